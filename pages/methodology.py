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
st.header(_("Where the verdict depends on the method"))
box = st.expander(_("Try every series by every method"), key="sensitivity", on_change="rerun")
if box.open:
    with box:
        methodology.sensitivity(found)
st.header(_("What the content of the plan rests on"))
cached.html("sources", lambda: methodology.sources(words), found.plan.plan)
cached.html("confidence", lambda: methodology.confidence(words), found.plan.plan)
