"""The whole plan for one State, on one page."""

from functools import partial

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import cached, country, overview, why, widgets

found = widgets.open_picture(_("Country"), lede=_("The whole plan for one State."))
words = cached.words(found.plan.plan)
area = country.pick(found)
moment = found.plan.stamp.as_of
rows = cached.kept("profile", lambda: country.profile(found, area), area, moment)
st.html(country.head(found, area))
st.html(country.cards(found, area, rows))

counts = country.counts(found, rows)
widgets.chart(
    cached.figure("profile", lambda: country.bars(found, area, counts), area, moment),
    counts,
    key="profile",
    alt=charts.status_bar.alt(counts),
    found=found,
    how=overview.how_statuses(found),
)
left, right = st.columns(2, gap="large")
left.html(country.strongest(found, rows))
right.html(country.weakest(found, rows))

st.subheader(_("Every indicator"))
st.html(country.table(found, area, rows))
code = widgets.choose(
    _("Why this colour"),
    country.assessed(rows),
    name="indicator",
    show=lambda code: f"{code}  {words.indicator(code).name}",
    index=None,
    placeholder=_("Choose an indicator"),
)
if code:
    st.html(cached.kept("why", partial(why.told, found, area, code), area, code, moment))
    widgets.link("indicator", _("The series and its sources"), indicator=code, area=area)
with st.expander(_("What is not reported")):
    st.html(country.silent(rows))
with st.expander(_("Download this table")):
    widgets.offer(rows, title=country.title(found, area), found=found, key=f"country-{area}")

st.subheader(_("Measures: how far, and what stands in the way"))
st.html(country.updates(found, words, area))
