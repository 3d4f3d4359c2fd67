"""One indicator: what it is, where the world and each State stands, and why."""

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import cached, indicator, look, overview, why, widgets

found = widgets.open_picture(_("Indicator"), lede=_("Definition, figures, targets and caveats."))
words = cached.words(found.plan.plan)
code = widgets.pick_indicator(found)
text = words.indicator(code)
moment = found.plan.stamp.as_of
st.html(indicator.head(text))
rows = cached.kept("latest", lambda: indicator.latest(found, code), code, moment)
st.html(indicator.cards(found, text, rows))

left, right = st.columns(2, gap="large")
with left:
    groups = indicator.pick_groups(found)
    table = cached.kept(
        "groups", lambda: indicator.aggregates(found, code, groups), code, tuple(groups), moment
    )
    widgets.chart(
        cached.figure(
            "groups",
            lambda: indicator.regions(found, text, table),
            code,
            tuple(groups),
            moment,
        ),
        table,
        key="groups",
        alt=indicator.regions_alt(found, text, table),
        found=found,
        how=indicator.how_aggregated(text),
    )
with right:
    geographic = widgets.switch(_("Geographic map"), name="map")
    states = cached.kept("states", lambda: overview.states(found, code), code, moment)
    clicked = widgets.chart(
        cached.figure(
            "map",
            lambda: overview.world(found, words, code, states, geographic=geographic),
            code,
            geographic,
            moment,
        ),
        states,
        key="map",
        alt=charts.tiles.alt(states, overview.placed(found)),
        found=found,
        how=overview.how_statuses(found),
        clickable=True,
    )
    if clicked:
        widgets.choose_now(area=clicked[0])

st.subheader(_("One area over the years"))
area = indicator.pick_area(found, code)
if area:
    left, right = st.columns([3, 2], gap="large")
    with left:
        series = cached.kept(
            "series", lambda: indicator.series(found, code, area), code, area, moment
        )
        widgets.chart(
            cached.figure(
                "series", lambda: indicator.trend(found, text, area, series), code, area, moment
            ),
            series,
            key="series",
            alt=charts.trend.alt(series, unit=text.fields["unit"]),
            found=found,
            how=overview.how_statuses(found),
        )
    with right:
        st.markdown(f"**{_('Why this colour')}**")
        st.html(cached.kept("why", lambda: why.told(found, area, code), area, code, moment))
        widgets.link("country", _("The whole plan in this area"), area=area)
    with st.expander(_("Every figure with its source, and every revision")):
        st.html(indicator.revisions(found, code, area))

left, right = st.columns(2, gap="large")
with left:
    st.subheader(_("Spread of the latest values"))
    widgets.chart(
        cached.figure(
            "spread", lambda: indicator.spread(found, text, rows, area), code, area, moment
        ),
        rows,
        key="spread",
        alt=charts.spread.alt(indicator.values(rows), highlight=area),
        found=found,
        how=_("Each dot is one Member State at its latest value; years may differ."),
    )
with right:
    st.subheader(_("Metadata sheet"))
    st.html(indicator.sheet(words, text))
    for level in indicator.levels(text):
        st.html(level)
    st.html(look.notice(text.fields["human_rights_caveat"], title=_("Human rights caveat.")))
