"""The plan as people know it: objective, measure, who does it, how far it is."""

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import cached, look, plan, widgets

found = widgets.open_picture(_("Plan"), lede=_("From objective to measure to indicator."))
words = cached.words(found.plan.plan)
now = found.key
cached.html("plan", lambda: plan.about(words), *now)
chosen = plan.pick_objective(words)
objective = words.objective(chosen)
st.html(plan.objective(objective))

counts = cached.kept("measures", lambda: plan.counts(found, chosen), chosen, *now)
if not counts.empty:
    widgets.chart(
        cached.figure("measures", lambda: plan.bars(found, counts), chosen, *now),
        counts,
        key="measures",
        alt=cached.kept("measures alt", lambda: charts.status_bar.alt(counts), chosen, *now),
        found=found,
        how=plan.note(),
    )

measures = plan.measures_of(words, chosen)
opened = widgets.choose(
    _("Measure"),
    [measure.code for measure in measures],
    name="measure",
    show=lambda code: f"{code}  {words.measure(code).title}",
)
measure = words.measure(opened or measures[0].code)
this = (measure.code, *now)
st.header(f"{measure.code}  {measure.title}")
cached.html("measure", lambda: plan.measure(measure), *this)
reports = cached.kept("reports", lambda: plan.reports(found), *now)
left, right = st.columns([3, 2], gap="large")
with left:
    cached.html("measure indicators", lambda: plan.indicators(found, words, measure), *this)
with right:
    cached.html("implementation", lambda: plan.implementation(reports, measure.code), *this)
cached.html("in the way", lambda: plan.standing_in_the_way(found, reports, measure.code), *this)
st.header(_("Road map"))
events = cached.kept("events", lambda: plan.events(words), *now)
widgets.chart(
    cached.figure("events", lambda: plan.road(found, events), *now),
    events,
    key="events",
    alt=cached.kept("events alt", lambda: charts.timeline.alt(events), *now),
    found=found,
    how=_("Dates as told by the plan and its sources."),
)
with st.expander(_("Related plans")):
    cached.html("related", lambda: plan.related(words), *now)
with st.expander(_("What every reader should know")):
    for notice in words.notices:
        st.html(look.notice(notice))
