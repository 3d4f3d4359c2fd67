"""Enter figures and reports on measures; what is typed is kept until it is sent."""

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import cached, entry, grid, visit, widgets

found = widgets.open_picture(
    _("Enter data"), lede=_("What you type is kept as you type it, and counts once it is accepted.")
)
person = visit.require("submit", plan=found.plan.plan)
words = cached.words(found.plan.plan)
area = entry.pick_area(found, person)
widgets.link("upload", _("Send a workbook or any other file instead"), area=area)
labels = [_("Grid"), _("One figure"), _("Reports on measures"), _("What you have sent")]
asked = [name in st.query_params for name in ("indicator", "measure")]
first = asked.index(True) + 1 if any(asked) else 0
many, figures, measures, sent = st.tabs(
    labels,
    key="entry_tab",
    on_change="rerun",
    default=labels[st.session_state.setdefault("entry_first", first)],
)
if many.open:
    with many:
        grid.draw(found, words, person, area)
if figures.open:
    with figures:
        text = entry.pick_indicator(found, words, area)
        if text:
            form = entry.Figure(found.plan.plan, area, text.code, text)
            left, right = st.columns([3, 2], gap="large")
            with left:
                entry.draw_figure(form, words)
            with right:
                entry.beside_figure(found, form)
if measures.open:
    with measures:
        entry.draw_update(found.plan.plan, area, words)
if sent.open:
    with sent:
        st.html(entry.sent(found.plan.plan, person))
