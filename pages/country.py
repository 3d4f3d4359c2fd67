"""The whole plan for one State, on one page."""

from functools import partial

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import cached, country, overview, why, widgets

found = widgets.open_picture(_("Country"), lede=_("The whole plan for one State."))
words = cached.words(found.plan.plan)
area = country.pick(found)
about = (area, *found.key)
rows = cached.kept("profile", lambda: country.profile(found, area), *about)
cached.html("country", lambda: country.head(found, area), *about)
cached.html("country cards", lambda: country.cards(found, area, rows), *about)

counts = cached.kept("profile counts", lambda: country.counts(found, rows), *about)
widgets.chart(
    cached.figure("profile", lambda: country.bars(found, area, counts), *about),
    counts,
    key="profile",
    alt=cached.kept("profile alt", lambda: charts.status_bar.alt(counts), *about),
    found=found,
    how=overview.how_statuses(found),
)
left, right = st.columns(2, gap="large")
with left:
    cached.html("strongest", lambda: country.strongest(area, rows), *about)
with right:
    cached.html("weakest", lambda: country.weakest(area, rows), *about)

st.header(_("Every indicator"))
cached.html("indicators", lambda: country.table(found, area, rows), *about)
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
box = st.expander(_("What is not reported"), key="silent", on_change="rerun")
if box.open:
    box.html(country.silent(rows))
box = st.expander(_("Download this table"), key="download", on_change="rerun")
if box.open:
    with box:
        widgets.offer(rows, title=country.title(found, area), found=found, key=f"country-{area}")

st.header(_("Measures: how far, and what stands in the way"))
cached.html("country updates", lambda: country.updates(found, words, area), *about)
