"""Two to six areas side by side, over the whole plan or one indicator."""

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.services import comparisons
from dashboard.ui import cached, compare, look, overview, places, widgets

found = widgets.open_picture(
    _("Compare"), lede=_("Countries, regions and groups side by side, every value with its year.")
)
words = cached.words(found.plan.plan)
first, second, third = st.columns([4, 3, 3])
with first:
    areas = compare.pick(found)
with second:
    code = compare.pick_view(words)
with third:
    objective = "" if code else compare.pick_objective(words)
if len(areas) < comparisons.FEWEST:
    st.html(look.empty(_("Choose at least two areas."), _("Up to six can be read side by side.")))
    st.stop()
about = (tuple(areas), *found.key)
rows = cached.kept("compare", lambda: compare.table(found, areas), *about)
said = cached.kept("differences", lambda: compare.differences(found, rows), *about)

if code:
    text = words.indicator(code)
    this = (code, *about)
    cached.html("compare one", lambda: compare.one(found, areas, text, rows, said), *this)
    left, right = st.columns(2, gap="large")
    with left:
        series = cached.kept(
            "compare series", lambda: compare.series(found, areas, code, rows), *this
        )
        widgets.chart(
            cached.figure("compare", lambda: compare.lines(found, text, series, rows), *this),
            series,
            key="compare",
            alt=cached.kept("compare alt", lambda: compare.lines_alt(text, series, rows), *this),
            found=found,
            how=compare.how(),
        )
    with right:
        roads = cached.kept("compare roads", lambda: compare.roads(found, text, rows), *this)
        widgets.chart(
            cached.figure("compare roads", lambda: compare.dumbbells(found, text, roads), *this),
            roads,
            key="compare_roads",
            alt=cached.kept("roads alt", lambda: charts.dumbbell.alt(roads), *this),
            found=found,
            how=places.ways(),
        )
    widgets.link("indicator", _("The indicator in every area"), indicator=code)
else:
    counts = cached.kept("compare counts", lambda: compare.counts(found, areas), *about)
    widgets.chart(
        cached.figure("compare bars", lambda: compare.bars(found, areas, counts), *about),
        counts,
        key="compare_bars",
        alt=cached.kept("compare bars alt", lambda: charts.status_bar.alt(counts), *about),
        found=found,
        how=overview.how_statuses(found),
    )
    st.markdown(f"**{compare.clear(said)}**")
    cached.html(
        "compare whole",
        lambda: compare.whole(found, areas, rows, said, objective),
        objective,
        *about,
    )
st.caption(compare.how())
box = st.expander(_("Download the comparison"), key="download", on_change="rerun")
if box.open:
    with box:
        widgets.offer(
            compare.file(found, rows, said),
            title=_("Comparison: {areas}").format(areas=", ".join(areas)),
            found=found,
            key="compare",
        )
