"""One figure: what it says, where it comes from, how it was reviewed, and why it counts."""

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import cached, evidence, frame, look, series, value, voices, why, widgets

found = widgets.open_picture(
    _("Value"), lede=_("One figure with its source, its evidence and its history.")
)
words = cached.words(found.plan.plan)
left, right = st.columns(2)
with left:
    code = widgets.pick_indicator(found)
text = words.indicator(code)
with right:
    area = value.pick_area(found, code)
if not area:
    st.stop()
here = (area, code, *found.key)
table = cached.kept("figures", lambda: series.figures(found, code, area), *here)
with left:
    period = value.pick_period(table)
with right:
    cell = value.pick_cell(table, period)
frame.show_trail(value.trail(found, words, text, area), period)
rows = table[(table["period"] == period) & (table["cell"] == cell)].to_dict("records")
st.header(f"{text.code}  {text.name}")
if not rows:
    st.html(look.empty(_("No figure of this series has been accepted.")))
    st.stop()
row, this = rows[0], (period, cell, *here)
cached.html("value", lambda: value.head(found, text, row), *this)
left, right = st.columns([3, 2], gap="large")
with left:
    line = cached.kept("part", lambda: series.values(found, code, area, cell), cell, *here)
    way = cached.kept("part ahead", lambda: series.ahead(found, code, area, cell), cell, *here)
    widgets.chart(
        cached.figure(
            "value",
            lambda: series.trend(found, text, area, line, way, highlight=int(row["year"])),
            *this,
        ),
        series.path(line, way),
        key="value_series",
        alt=series.told(text, line),
        found=found,
        how=series.how(found, way),
    )
with right:
    st.markdown(f"**{_('Where it comes from')}**")
    cached.html("value sheet", lambda: value.sheet(text, row, plan=found.plan.plan), *this)
    evidence.show(str(row["ref"]), plan=found.plan.plan)
cached.html("value beside", lambda: value.beside(text, table, row), *this)
st.header(_("How it was reviewed"))
past = cached.kept("history", lambda: series.history(found, code, area, cell=cell), cell, *here)
cached.html("value steps", lambda: value.steps(past, text, period), *this)
st.header(_("Why the series has its colour"))
cached.html("why", lambda: why.told(found, area, code), *here)
voices.draw(found.plan.plan, area, code, str(row["ref"]))
cached.html("value back", lambda: value.back(text, row), *this)
