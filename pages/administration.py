"""People and what they may do, the health of the installation, and the trace of changes."""

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import administration, visit, widgets

found = widgets.open_picture(_("Administration"), lede=_("People, roles, health and trace."))
person = visit.require("invite")
names = [_("People")]
if administration.sees_all(person):
    names.append(_("Trace of changes"))
people, *rest = st.tabs(names, key="admin_tab", on_change="rerun")
if people.open:
    with people:
        administration.people(found, person)
for trace in rest:
    if trace.open:
        with trace:
            administration.trace(person)
