"""What waits for review: look at it beside the figure that counts, accept it or send it back."""

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import review, visit, widgets

found = widgets.open_picture(
    _("Review"), lede=_("Nothing counts before somebody else than its author has accepted it.")
)
person = visit.require("review", plan=found.plan.plan)
figures, measures = st.tabs(
    [_("Figures"), _("Reports on measures")], key="review_tab", on_change="rerun"
)
if figures.open:
    with figures:
        review.figures(found, person)
if measures.open:
    with measures:
        review.reports(found, person)
