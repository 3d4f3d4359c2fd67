"""How progress is measured, what the plan's content rests on, and what to keep in mind."""

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import cached, look, methodology, widgets

found = widgets.open_picture(
    _("Methodology"), lede=_("How every status and every aggregate is made, to be checked by hand.")
)
words = cached.words(found.plan.plan)
for notice in words.notices:
    st.html(look.notice(notice))
st.html(look.key(methodology.statuses()))
st.markdown(methodology.method())
st.subheader(_("What the content of the plan rests on"))
st.html(methodology.sources(words))
st.html(methodology.confidence(words))
