"""The download centre: choose a part of the plan, look at it, and take it away."""

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import cached, downloads, widgets

found = widgets.open_picture(
    _("Download centre"),
    lede=_("Choose what you need, look at the first rows, and take it away in the form you use."),
)
choice = downloads.pick(found)
rows = downloads.counted(found, choice)
st.header(_("What you get"))
downloads.preview(found, choice, rows)
st.header(_("Files"))
cached.html("forms", lambda: downloads.files(choice, rows), choice, rows)
downloads.elsewhere(choice)
