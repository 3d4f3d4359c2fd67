"""The whole plan for one State, on one page."""

from functools import partial

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import brief, cached, country, overview, situation, why, widgets

found = widgets.open_picture(_("Country"), lede=_("The whole plan for one State."))
words = cached.words(found.plan.plan)
area = country.pick(found)
widgets.show_trail(country.trail(found, area), found.names[area])
about = (area, *found.key)
rows = cached.kept("standing", lambda: country.standing(found, area), *about)
cached.html("country", lambda: country.head(found, area), *about)
cached.html("country cards", lambda: country.cards(found, area, rows), *about)
brief.offer(found, area)

left, right = st.columns(2, gap="large")
with left:
    cached.html("strongest", lambda: country.strongest(found, area, rows), *about)
with right:
    cached.html("weakest", lambda: country.weakest(found, area, rows), *about)
st.caption(country.how_picked())

left, right = st.columns(2, gap="large")
with left, widgets.section(_("What changed")):
    _said, since = country.pick_since(found)
    changed = cached.kept("changed", lambda: country.changed(found, area, since), since, *about)
    cached.html("changes", lambda: country.changes_told(found, area, changed, since), since, *about)
with right, widgets.section(_("What is awaited, and from whom")):
    cached.html("awaited", lambda: country.awaited(found, words, area, rows), *about)

with widgets.section(_("Against target, region and fair peers")):
    cached.html("fair peers", lambda: country.fair_peers(found, area), *about)
    left, right = st.columns(2, gap="large")
    with left:
        most = cached.kept("most reported", lambda: country.most_reported(rows), *about)
        objective = country.pick_objective(words, most)
        this = (objective, *about)
        bullets = cached.kept(
            "bullets", lambda: country.bullets(found, area, rows, objective), *this
        )
        widgets.chart(
            cached.figure(
                "against", lambda: country.against(found, area, bullets, objective), *this
            ),
            bullets,
            key="against",
            alt=cached.kept("against alt", lambda: charts.bullet.alt(bullets), *this),
            found=found,
            how=country.how_against(),
        )
    with right:
        counts = cached.kept("profile counts", lambda: country.counts(found, rows), *about)
        widgets.chart(
            cached.figure("profile", lambda: country.bars(found, area, counts), *about),
            counts,
            key="profile",
            alt=cached.kept("profile alt", lambda: charts.status_bar.alt(counts), *about),
            found=found,
            how=overview.how_statuses(found),
        )
        code = widgets.choose(
            _("Why this colour"),
            cached.kept("assessed", lambda: country.assessed(rows), *about),
            name="indicator",
            show=lambda code: f"{code}  {words.indicator(code).name}",
            index=None,
            placeholder=_("Choose an indicator"),
        )
        if code:
            cached.html("why", partial(why.told, found, area, code), code, *about)
            widgets.link("indicator", _("The series and its sources"), indicator=code, area=area)
    cached.html("indicators", lambda: country.table(found, area, rows), *about)

with widgets.section(_("The situation")):
    reports = cached.kept("reports of areas", lambda: situation.reports(found), *found.key)
    cached.html("context", lambda: situation.context(found, area, rows), *about)
    cached.html("narrative", lambda: situation.narrative(found, words, reports, area), *about)
    cached.html("treaties", lambda: situation.treaties(found, words, area), *about)

with widgets.section(_("Measures: how far, and what stands in the way")):
    cached.html("blocked", lambda: situation.blocked(found, words, reports, area), *about)
    cached.html("measures", lambda: situation.measures(found, words, reports, area), *about)

box = st.expander(_("Download this page's tables"), key="download", on_change="rerun")
if box.open:
    with box:
        name = found.names[area]
        st.caption(_("Every indicator, with target, region's median and peers' median"))
        widgets.offer(rows, title=country.title(found, area), found=found, key=f"country-{area}")
        st.caption(_("What changed"))
        widgets.offer(changed, title=f"{name}: {_said}", found=found, key=f"changes-{area}")
        st.caption(_("What is awaited, and from whom"))
        silent = country.silent(words, found, area, rows)
        widgets.offer(
            silent, title=_("{area}: awaited").format(area=name), found=found, key=f"awaited-{area}"
        )
        st.caption(_("Reports on measures"))
        widgets.offer(
            situation.own_reports(reports, area),
            title=_("{area}: measures").format(area=name),
            found=found,
            key=f"measures-{area}",
        )
