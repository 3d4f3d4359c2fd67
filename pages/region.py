"""A region or group: its figures, who stands behind them, who is missing, and its members."""

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import brief, cached, overview, places, region, widgets

found = widgets.open_picture(
    _("Region or group"), lede=_("Figures by each indicator's own rule, and who is behind them.")
)
words = cached.words(found.plan.plan)
group = region.pick(found)
widgets.show_trail(region.trail(found, group), found.names[group])
about = (group, *found.key)
past = cached.kept("belonging", lambda: region.history(found, group), *about)
rows = cached.kept("group standing", lambda: region.standing(found, group), *about)
belong = cached.kept("members", lambda: region.members(found, group), *about)
cached.html("region", lambda: region.head(found, group, past), *about)
cached.html("region cards", lambda: region.cards(found, group, rows, belong), *about)
brief.offer(found, group)
others = cached.kept("compared", lambda: region.compared(found, group), *about)
widgets.link("compare", _("Compare it with others"), **others)

codes = cached.kept("region codes", lambda: region.indicators(rows), *about)
code = widgets.pick_indicator(found, codes)
text = words.indicator(code)
this = (code, *about)
left, right = st.columns(2, gap="large")
with left:
    table = cached.kept("over time", lambda: region.over_time(found, group, code), *this)
    widgets.chart(
        cached.figure("over time", lambda: region.trend(found, group, text, table), *this),
        table,
        key="over_time",
        alt=cached.kept(
            "over time alt", lambda: region.trend_alt(found, group, text, table), *this
        ),
        found=found,
        how=region.how_over_time(found, text, table),
    )
    roads = cached.kept("roads", lambda: region.roads(found, group, code), *this)
    clicked = widgets.chart(
        cached.figure("spread", lambda: region.spread(found, group, text, roads), *this),
        roads,
        key="spread",
        alt=cached.kept("spread alt", lambda: charts.spread.alt(roads), *this),
        found=found,
        how=region.how_spread(roads),
        clickable=True,
    )
    if clicked:
        widgets.go_to("country", area=clicked[0])
with right:
    whole = len(roads) <= region.MOST or widgets.switch(_("All members"), name="all")
    shown = len(roads) if whole else region.MOST
    drawn = roads.head(shown)
    widgets.chart(
        cached.figure(
            "roads",
            lambda: region.dumbbells(found, group, text, roads, shown),
            whole,
            *this,
        ),
        drawn,
        key="roads",
        alt=cached.kept(
            "roads alt", lambda: charts.dumbbell.alt(drawn, unit=text.fields["unit"]), whole, *this
        ),
        found=found,
        how=places.ways(),
    )

with widgets.section(_("Every indicator")):
    cached.html("aggregates", lambda: region.aggregates(found, group, rows), *about)
box = st.expander(_("What lacks a figure, and who is missing"), key="missing", on_change="rerun")
if box.open:
    box.html(region.missing(found, rows))
box = st.expander(_("Download these figures"), key="download", on_change="rerun")
if box.open:
    with box:
        title = f"{found.names[group]}: {found.plan.title}"
        widgets.offer(rows, title=title, found=found, key=f"region-{group}")

with widgets.section(_("Members")):
    left, right = st.columns(2, gap="large")
    with left:
        cached.html("members", lambda: region.members_table(found, belong, past), *about)
    with right:
        counts = cached.kept("group counts", lambda: region.counts(found, group), *about)
        widgets.chart(
            cached.figure("group bars", lambda: region.bars(found, group, counts), *about),
            counts,
            key="group_bars",
            alt=cached.kept("group bars alt", lambda: charts.status_bar.alt(counts), *about),
            found=found,
            how=overview.how_statuses(found),
        )
