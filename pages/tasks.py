"""My tasks: what reporting rounds ask of me, by when, what came back, and the receipt."""

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import look, tasks, visit, voices, widgets

found = widgets.open_picture(
    _("My tasks"), lede=_("What you owe, by when, and what came back; what needs you first.")
)
person = visit.require("submit", plan=found.plan.plan)
errands = tasks.errands(found.plan.plan, person)
if errands:
    errand = tasks.pick(errands)
    tasks.head(errand)
    tasks.deliver(errand)
    if not errand.lock and errand.done < errand.expected:
        widgets.link(
            "entry",
            _("Fill in all figures in one grid"),
            area=errand.area,
            section=f"round:{errand.round}",
        )
        widgets.link("upload", _("Or fill in a workbook, and upload it"), area=errand.area)
    tasks.listing(errand)
    tasks.neighbours(found, errand)
else:
    st.html(
        look.empty(
            _("No reporting round asks anything of you now."),
            _("You can send figures at any time all the same."),
        )
    )
voices.awaiting(found.plan.plan)
tasks.letters(person)
