"""Objectives or indicators against countries or regions: level, change, coverage, and why."""

from functools import partial

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import cached, cell, cells, look, scorecard, widgets

found = widgets.open_picture(
    _("Scorecard"), lede=_("Every State and region on every objective and indicator.")
)
words = cached.words(found.plan.plan)
with widgets.folded(_("Rows, columns and order")):
    first = st.columns(4)
box = st.expander(_("More filters"), key="filters", on_change="rerun")
more = box.columns(4) if box.open else []
view = scorecard.pick_view(found, words, first, more)
now = (view, *found.key)
on = scorecard.active(view, words)
if on:
    st.caption(on)

shown = cached.kept("scorecard", lambda: scorecard.card(found, words, view), *now)
if shown.cells.empty:
    st.html(look.empty(_("Nothing passes these filters."), _("Take one of them away.")))
    st.stop()
cached.html("scorecard", lambda: scorecard.figure(shown), *now)
cells.more(
    cached.kept("scorecard twin", lambda: scorecard.twin(shown), *now),
    key="scorecard",
    alt=cached.kept("scorecard alt", lambda: scorecard.alt(shown), *now),
    found=found,
    how=scorecard.how(shown),
    picture=lambda: scorecard.picture(shown),
    labels=scorecard.labels(),
)

title, *places = st.columns(3, vertical_alignment="bottom")
title.html(cells.picked(_("Why this cell looks as it does")))
row, column = cell.pick(shown, places)
if row and column:
    cached.html("cell", partial(cell.told, shown, row, column), row, column, *now)
    if not view.is_many:
        place = {} if view.are_groups else {"area": row}
        widgets.link("indicator", _("The series and its sources"), indicator=column, **place)
    if view.are_groups:
        widgets.link("region", _("The whole plan in this group"), area=row)
    else:
        widgets.link("country", _("The whole plan in this country"), area=row)
else:
    st.caption(_("Choose a cell in the table, with the mouse or with arrow keys and Enter."))
