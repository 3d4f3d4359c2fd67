"""The plan as people know it: objective, measure, who does it, how far it is."""

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import cached, look, plan, widgets

found = widgets.open_picture(_("Plan"), lede=_("From objective to measure to indicator."))
words = cached.words(found.plan.plan)
st.html(plan.about(words))
chosen = plan.pick_objective(words)
objective = words.objective(chosen)
st.html(plan.objective(objective))

counts = cached.kept("measures", lambda: plan.counts(found, chosen), chosen, found.plan.stamp.as_of)
if not counts.empty:
    widgets.chart(
        cached.figure(
            "measures",
            lambda: charts.status_bar.draw(
                counts, **widgets.drawn(found, plan.sentence(counts), note=plan.note())
            ),
            chosen,
            found.plan.stamp.as_of,
        ),
        counts,
        key="measures",
        alt=charts.status_bar.alt(counts),
        found=found,
        how=plan.note(),
    )

reports = cached.kept("updates", lambda: plan.reports(found), found.plan.stamp.as_of)
measures = plan.measures_of(words, chosen)
opened = widgets.choose(
    _("Measure"),
    [measure.code for measure in measures],
    name="measure",
    show=lambda code: f"{code}  {words.measure(code).title}",
)
measure = words.measure(opened or measures[0].code)
st.subheader(f"{measure.code}  {measure.title}")
st.html(plan.measure(measure))
left, right = st.columns([3, 2], gap="large")
with left:
    st.html(plan.indicators(found, words, measure))
with right:
    st.html(plan.implementation(reports, measure.code))
st.html(plan.standing_in_the_way(found, reports, measure.code))
st.subheader(_("Road map"))
events = cached.kept("events", lambda: plan.events(words))
widgets.chart(
    cached.figure("events", lambda: plan.road(found, events)),
    events,
    key="events",
    alt=charts.timeline.alt(events),
    found=found,
    how=_("Dates as told by the plan and its sources."),
)
with st.expander(_("Related plans")):
    st.html(plan.related(words))
with st.expander(_("What every reader should know")):
    for notice in words.notices:
        st.html(look.notice(notice))
