"""The plan as people know it: its objectives and measures, and how far each of them is."""

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import cached, frame, look, measure, plan, widgets

found = widgets.open_picture(_("Plan"), lede=_("From objective to measure to indicator."))
words = cached.words(found.plan.plan)
now = found.key
newest = cached.kept("reports", lambda: measure.reports(found), *now)
execution = cached.kept("all execution", lambda: plan.execution(found, newest), *now)
chosen = plan.pick_objective(words)
this = (chosen, *now)

if chosen:
    objective = words.objective(chosen)
    frame.show_trail([plan.crumb(words)], objective.title)
    st.header(f"{chosen}  {objective.title}")
    st.html(plan.objective(objective))
    series = cached.kept("by measure", lambda: plan.series(found, "measure"), *now)
    cached.html("listed", lambda: plan.listed(words, chosen, series, execution), *this)
    st.caption(plan.how_outline(found))
    counts = cached.kept("measures", lambda: plan.counts(found, chosen), *this)
    widgets.chart(
        cached.figure("measures", lambda: plan.bars(found, counts), *this),
        counts,
        key="measures",
        alt=cached.kept("measures alt", lambda: charts.status_bar.alt(counts), *this),
        found=found,
        how=plan.note(),
    )
else:
    cached.html("plan", lambda: plan.about(words), *now)
    series = cached.kept("by objective", lambda: plan.series(found, "objective"), *now)
    cached.html("outline", lambda: plan.outline(found, words, series, execution), *now)
    st.caption(plan.how_outline(found))
    st.header(_("Measures by objective"))
    by_measure = cached.kept("by measure", lambda: plan.series(found, "measure"), *now)
    cached.html("tree", lambda: plan.branches(words, by_measure, execution), *now)
    with widgets.section(_("Road map")):
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
