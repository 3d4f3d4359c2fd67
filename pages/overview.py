"""The whole plan at a glance: what stands where, who reports, what changed, what comes next."""

from functools import partial

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import brief, cached, cells, look, overview, widgets

found = widgets.open_picture(_("Overview"))
words = cached.words(found.plan.plan)
now = found.key
left, right = st.columns([3, 11], gap="medium", vertical_alignment="center")
with left:
    overview.find_country(found)
change = cached.kept("turned", lambda: overview.turned(found), *now)
with right:
    cached.html("cards", lambda: overview.cards(found, words, change), *now)

counts = cached.kept("objectives", lambda: overview.objectives(found), *now)
key = st.container()
left, right = st.columns([5, 8], gap="medium")
with left:
    cached.html("objectives", lambda: overview.bars_table(found, counts), *now)
    cells.more(
        counts,
        key="objectives",
        alt=cached.kept("objectives alt", lambda: charts.status_bar.alt(counts), *now),
        found=found,
        how=overview.how_statuses(found),
        picture=lambda: overview.bars(found, counts),
    )
with right:
    figure = st.container()
    pick, turn = st.columns([2, 1], vertical_alignment="bottom")
    with pick:
        indicator = widgets.pick_indicator(found)
    with turn:
        geographic = widgets.switch(_("Geographic map"), name="map")
    this = (indicator, *now)
    rows = cached.kept("states", lambda: overview.states(found, indicator), *this)
    alt = cached.kept("map alt", lambda: charts.tiles.alt(rows, overview.placed(found)), *this)
    how = overview.how_statuses(found)
    draw = partial(overview.world, found, words, indicator, rows, geographic=geographic)
    with figure:
        if geographic:
            clicked = widgets.chart(
                cached.figure("map", draw, *this),
                rows,
                key="map",
                alt=alt,
                found=found,
                how=how,
                clickable=True,
            )
            if clicked:
                widgets.go_to("country", area=clicked[0])
        else:
            cached.html("tiles", lambda: overview.tiles(found, words, indicator, rows), *this)
    if not geographic:
        cells.more(rows, key="tiles", alt=alt, found=found, how=how, picture=draw)
with key:
    cached.html("key", lambda: overview.key(found, counts, rows), *this)

with widgets.section(_("What changed"), anchor="changed"):
    cached.html("changed", lambda: overview.changed(found, words, change), *now)
    brief.offer(found, found.plan.scope)
with widgets.section(_("What is awaited")):
    cached.html("awaited", lambda: overview.awaited(found, words), *now)
    who = cached.kept("who reports", lambda: overview.reporting(found), *now)
    cells.more(
        who,
        key="reporting",
        alt=cached.kept("who reports alt", lambda: charts.coverage.alt(who), *now),
        found=found,
        how=overview.how_reporting(),
        picture=lambda: overview.dots(found, who),
        title=_("Who reports, region by region"),
    )
with widgets.section(_("What comes next, and what was last accepted"), anchor="dates"):
    left, right = st.columns(2, gap="large")
    with left:
        cached.html("dates", lambda: overview.dates(found, words), *now)
    with right:
        cached.html("recent", lambda: overview.recent(found), *now)
with st.expander(_("What every reader should know")):
    st.html(look.stack(look.notice(notice) for notice in words.notices))
