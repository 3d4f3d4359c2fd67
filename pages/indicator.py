"""One indicator: what it is, where the world, its regions and each State stand, and why."""

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import cached, frame, indicator, look, overview, series, why, widgets

found = widgets.open_picture(_("Indicator"), lede=_("Definition, figures, targets and caveats."))
words = cached.words(found.plan.plan)
code = widgets.pick_indicator(found)
text = words.indicator(code)
frame.show_trail(indicator.trail(words, text), code)
about = (code, *found.key)
rows = cached.kept("latest", lambda: indicator.latest(found, code), *about)
st.header(f"{code}  {text.name}")
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
        how=indicator.how_aggregated(text, found),
    )
if indicator.is_national(text):
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

with widgets.section(_("One area over the years")):
    area = indicator.pick_area(found, code)
    here = (area, *about)
    if area:
        left, right = st.columns([3, 2], gap="large")
        with left:
            line = cached.kept("series", lambda: series.values(found, code, area), *here)
            way = cached.kept("ahead", lambda: series.ahead(found, code, area), *here)
            widgets.chart(
                cached.figure("series", lambda: series.trend(found, text, area, line, way), *here),
                cached.kept("path", lambda: series.path(line, way), *here),
                key="series",
                alt=cached.kept("series alt", lambda: series.told(text, line), *here),
                found=found,
                how=series.how(found, way),
            )
        with right:
            st.markdown(f"**{_('Why this colour')}**")
            cached.html("why", lambda: why.told(found, area, code), *here)
            widgets.link("country", _("The whole plan in this area"), area=area)
        figures = cached.kept("figures", lambda: series.figures(found, code, area), *here)
        parts = cached.kept("parts", lambda: series.parts(found, code, area), *here)
        cached.html("figures", lambda: series.listed(text, figures), *here)
        past = cached.kept("history", lambda: series.history(found, code, area), "_T", *here)
        cached.html("revisions", lambda: series.revisions(text, past), *here)
        st.subheader(_("Broken down"))
        cached.html("parts", lambda: series.broken_down(text, parts), *here)

if indicator.is_national(text):
    with widgets.section(_("Region by region")):
        fine = widgets.switch(_("Subregions"), name="fine")
        regions = indicator.panel_groups(found, fine=fine)
        panels = cached.kept(
            "panels", lambda: indicator.aggregates(found, code, regions), fine, *about
        )
        widgets.chart(
            cached.figure("panels", lambda: indicator.by_region(found, text, panels), fine, *about),
            panels,
            key="panels",
            alt=cached.kept(
                "panels alt", lambda: indicator.regions_alt(found, text, panels), fine, *about
            ),
            found=found,
            how=indicator.how_panels(text, found),
        )
    with widgets.section(_("Every State")):
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
            how=indicator.how_spread(),
        )
        left, right = st.columns(2)
        with left:
            order = indicator.pick_order(text)
        with right:
            within = indicator.pick_region(found)
        sorted_rows = cached.kept(
            "arranged",
            lambda: indicator.arranged(found, rows, order, within),
            order,
            within,
            *about,
        )
        st.caption(indicator.shown_of(sorted_rows))
        page = st.pagination(indicator.pages(sorted_rows), key=f"states_{order}_{within}")
        shown = indicator.leaf(sorted_rows, page)
        leaf = (order, within, page, *about)
        told = cached.kept("sources", lambda: indicator.sources(found, code, shown), *leaf)
        cached.html("states", lambda: indicator.states(text, shown, told), *leaf)

with widgets.section(_("Metadata sheet")):
    st.html(look.notice(text.fields["human_rights_caveat"], title=_("Human rights caveat.")))
    left, right = st.columns([3, 2], gap="large")
    with left:
        cached.html("sheet", lambda: indicator.sheet(words, text), *about)
    with right:
        st.html(look.stack(indicator.levels(text)))
