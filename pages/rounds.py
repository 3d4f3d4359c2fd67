"""Reporting rounds: who was asked what, who stands where, and the steps of the secretariat."""

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import look, rounds, visit, widgets

found = widgets.open_picture(
    _("Reporting rounds"),
    lede=_("Open a round, see who has started, delivered or is late; extend, remind, close, seal."),
)
person = visit.require("coordinate", plan=found.plan.plan)
rounds.say()
cockpit, opening = st.tabs([_("Cockpit"), _("Open a round")], key="rounds_tab", on_change="rerun")
if cockpit.open:
    with cockpit:
        chosen = rounds.pick(found)
        if chosen is None:
            st.html(look.empty(_("No round has been opened yet.")))
        else:
            table = rounds.table(chosen, person)
            rounds.head(chosen, table.areas)
            st.caption(rounds.share(table.areas))
            rounds.finish(chosen, table.areas)
            rounds.heat_map(found, chosen, table)
            picked = rounds.pick_areas(table)
            rounds.act(chosen, picked)
if opening.open:
    with opening:
        rounds.opening(found, person)
