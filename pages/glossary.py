"""The words of the field as they are used here, in plain words."""

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import cached, glossary, widgets

found = widgets.open_picture(_("Glossary"), lede=_("The words used here, in plain words."))
term = glossary.asked()
if term:
    st.html(glossary.one(term))
cached.html("glossary", glossary.everything)
widgets.link("methodology", _("How every status and every aggregate is made"))
