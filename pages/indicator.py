"""One indicator: what it is, where the world and each State stands, and why."""

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import cached, indicator, look, overview, why, widgets

found = widgets.open_picture(_("Indicator"), lede=_("Definition, figures, targets and caveats."))
words = cached.words(found.plan.plan)
code = widgets.pick_indicator(found)
text = words.indicator(code)
about = (code, *found.key)
rows = cached.kept("latest", lambda: indicator.latest(found, code), *about)
cached.html("indicator", lambda: indicator.head(text), *about)
cached.html("indicator cards", lambda: indicator.cards(found, text, rows), *about)

left, right = st.columns(2, gap="large")
with left:
    groups = indicator.pick_groups(found)
    these = (*about, tuple(groups))
    table = cached.kept("groups", lambda: indicator.aggregates(found, code, groups), *these)
    widgets.chart(
        cached.figure("groups", lambda: indicator.regions(found, text, table), *these),
        table,
        key="groups",
        alt=cached.kept("groups", lambda: indicator.regions_alt(found, text, table), "alt", *these),
        found=found,
        how=indicator.how_aggregated(text),
    )
with right:
    geographic = widgets.switch(_("Geographic map"), name="map")
    states = cached.kept("states", lambda: overview.states(found, code), *about)
    clicked = widgets.chart(
        cached.figure(
            "map",
            lambda: overview.world(found, words, code, states, geographic=geographic),
            geographic,
            *about,
        ),
        states,
        key="map",
        alt=cached.kept(
            "map alt", lambda: charts.tiles.alt(states, overview.placed(found)), *about
        ),
        found=found,
        how=overview.how_statuses(found),
        clickable=True,
    )
    if clicked:
        widgets.choose_now(area=clicked[0])

st.header(_("One area over the years"))
area = indicator.pick_area(found, code)
here = (area, *about)
if area:
    left, right = st.columns([3, 2], gap="large")
    with left:
        series = cached.kept("series", lambda: indicator.series(found, code, area), *here)
        widgets.chart(
            cached.figure("series", lambda: indicator.trend(found, text, area, series), *here),
            series,
            key="series",
            alt=charts.trend.alt(series, unit=text.fields["unit"]),
            found=found,
            how=overview.how_statuses(found),
        )
    with right:
        st.markdown(f"**{_('Why this colour')}**")
        cached.html("why", lambda: why.told(found, area, code), *here)
        widgets.link("country", _("The whole plan in this area"), area=area)
    box = st.expander(
        _("Every figure with its source, and every revision"), key="steps", on_change="rerun"
    )
    if box.open:
        box.html(indicator.revisions(found, code, area))

left, right = st.columns(2, gap="large")
with left:
    st.header(_("Spread of the latest values"))
    widgets.chart(
        cached.figure("spread", lambda: indicator.spread(found, text, rows, area), *here),
        rows,
        key="spread",
        alt=cached.kept(
            "spread alt",
            lambda: charts.spread.alt(indicator.values(rows), highlight=area),
            *here,
        ),
        found=found,
        how=_("Each dot is one Member State at its latest value; years may differ."),
    )
with right:
    st.header(_("Metadata sheet"))
    cached.html("sheet", lambda: indicator.sheet(words, text), *about)
    for level in indicator.levels(text):
        st.html(level)
    st.html(look.notice(text.fields["human_rights_caveat"], title=_("Human rights caveat.")))
