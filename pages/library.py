"""Evidence: the files and links behind the figures of an area, and what rests on them."""

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import evidence, visit, widgets

found = widgets.open_picture(
    _("Evidence"), lede=_("Files and links behind the figures: one proof may serve several.")
)
area = evidence.pick_area(found, visit.who())
if area is None:
    st.stop()
evidence.draw(found, area)
