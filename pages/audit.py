"""The trail of changes: who did what, when, to what, and whether the chain is whole."""

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import audit, widgets

found = widgets.open_picture(
    _("Trail of changes"),
    lede=_("Who did what, when, and to which figure; and proof that nothing was altered since."),
)
person = audit.reader()
asked = audit.pick(found, person)
if not audit.may_trace(person):
    st.caption(_("You see what you did yourself, and what was done to your account."))
told = audit.page(person, asked)
if told is not None:
    audit.show(found, person, asked, told)
    audit.chains(person, asked.area)
