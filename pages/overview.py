"""The whole plan at a glance: what stands where, who reports, and what comes next."""

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import cached, look, overview, widgets

found = widgets.open_picture(_("Overview"), lede=_("What has been promised, what is known of it."))
words = cached.words(found.plan.plan)
now = found.key
cached.html("cards", lambda: overview.cards(found, words), *now)

left, right = st.columns([5, 6], gap="large")
with left:
    counts = cached.kept("objectives", lambda: overview.objectives(found), *now)
    widgets.chart(
        cached.figure("objectives", lambda: overview.bars(found, counts), *now),
        counts,
        key="objectives",
        alt=cached.kept("objectives alt", lambda: charts.status_bar.alt(counts), *now),
        found=found,
        how=overview.how_statuses(found),
    )
with right:
    indicator = widgets.pick_indicator(found)
    rows = cached.kept("states", lambda: overview.states(found, indicator), indicator, *now)
    geographic = widgets.switch(_("Geographic map"), name="map")
    clicked = widgets.chart(
        cached.figure(
            "map",
            lambda: overview.world(found, words, indicator, rows, geographic=geographic),
            geographic,
            indicator,
            *now,
        ),
        rows,
        key="map",
        alt=cached.kept(
            "map alt", lambda: charts.tiles.alt(rows, overview.placed(found)), indicator, *now
        ),
        found=found,
        how=overview.how_statuses(found),
        clickable=True,
    )
    if clicked:
        widgets.go_to("country", area=clicked[0])

st.header(_("What comes next, and what was last accepted"))
left, right = st.columns(2, gap="large")
with left:
    cached.html("dates", lambda: overview.dates(words), *now)
with right:
    cached.html("recent", lambda: overview.recent(found), *now)
with st.expander(_("What every reader should know")):
    for notice in words.notices:
        st.html(look.notice(notice))
