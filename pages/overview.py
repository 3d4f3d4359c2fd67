"""The whole plan at a glance: what stands where, who reports, and what comes next."""

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import cached, look, overview, widgets

found = widgets.open_picture(_("Overview"), lede=_("What has been promised, what is known of it."))
words = cached.words(found.plan.plan)
st.html(cached.kept("cards", lambda: overview.cards(found, words), found.plan.stamp.as_of))

left, right = st.columns([5, 6], gap="large")
with left:
    counts = cached.kept("objectives", lambda: overview.objectives(found), found.plan.stamp.as_of)
    title = overview.sentence(counts)
    widgets.chart(
        cached.figure(
            "objectives",
            lambda: charts.status_bar.draw(
                counts, **widgets.drawn(found, title, note=overview.core_note(), half=True)
            ),
            found.plan.stamp.as_of,
        ),
        counts,
        key="objectives",
        alt=charts.status_bar.alt(counts),
        found=found,
        how=overview.how_statuses(found),
    )
with right:
    indicator = widgets.pick_indicator(found)
    rows = cached.kept(
        "states", lambda: overview.states(found, indicator), indicator, found.plan.stamp.as_of
    )
    geographic = widgets.switch(_("Geographic map"), name="map")
    clicked = widgets.chart(
        cached.figure(
            "map",
            lambda: overview.world(found, words, indicator, rows, geographic=geographic),
            indicator,
            geographic,
            found.plan.stamp.as_of,
        ),
        rows,
        key="map",
        alt=charts.tiles.alt(rows, overview.placed(found)),
        found=found,
        how=overview.how_statuses(found),
        clickable=True,
    )
    if clicked:
        widgets.go_to("country", area=clicked[0])

st.subheader(_("What comes next, and what was last accepted"))
left, right = st.columns(2, gap="large")
left.html(overview.dates(words))
right.html(cached.kept("recent", lambda: overview.recent(found), found.plan.stamp.as_of))
with st.expander(_("What every reader should know")):
    for notice in words.notices:
        st.html(look.notice(notice))
