"""One measure: its text, who carries it out, what it serves, its indicators, how far it is."""

import streamlit as st

from dashboard import charts
from dashboard.i18n import _
from dashboard.ui import cached, frame, measure, widgets

found = widgets.open_picture(
    _("Measure"), lede=_("What is to be done, by whom, and how far it is, with who has not said.")
)
words = cached.words(found.plan.plan)
code = measure.pick(words)
text = words.measure(code)
frame.show_trail(measure.trail(words, text), code)
st.header(f"{text.code}  {text.title}")
this = (code, *found.key)
newest = cached.kept("reports", lambda: measure.reports(found), *found.key)
cached.html("measure", lambda: measure.told(text, words), *this)
cached.html("measure cards", lambda: measure.cards(found, text, newest), *this)

st.header(_("Indicators against their targets"))
area = measure.pick_area(found)
here = (area, *this)
bullets = cached.kept("bullets", lambda: measure.bullets(found, text, area), *here)
widgets.chart(
    cached.figure("bullets", lambda: measure.against_targets(found, bullets, area), *here),
    bullets,
    key="bullets",
    alt=cached.kept("bullets alt", lambda: charts.bullet.alt(bullets), *here),
    found=found,
    how=measure.how_bullets(found, area),
)
cached.html("bullets links", lambda: measure.links(bullets, words, area), *here)

with widgets.section(_("How far it is carried out")):
    counts = cached.kept("execution", lambda: measure.execution(found, newest, code), *this)
    widgets.chart(
        cached.figure("execution", lambda: measure.carried_out(found, counts), *this),
        counts,
        key="execution",
        alt=cached.kept("execution alt", lambda: charts.status_bar.alt(counts), *this),
        found=found,
        how=measure.how_execution(),
    )
    cached.html("blocked", lambda: measure.blocked(found, newest, code), *this)
    cached.html("in the way", lambda: measure.in_the_way(found, newest, code), *this)
    cached.html("resources", lambda: measure.resourced(found, newest, code), *this)

with widgets.section(_("Road map")):
    events = cached.kept("road", lambda: measure.road(found, words, text, newest), *this)
    widgets.chart(
        cached.figure("road", lambda: measure.road_map(found, events, newest, code), *this),
        events,
        key="road",
        alt=cached.kept("road alt", lambda: charts.timeline.alt(events), *this),
        found=found,
        how=measure.how_road(),
    )
    cached.html("late", lambda: measure.late(measure.overdue(found, newest, code)), *this)

with widgets.section(_("What it serves")):
    cached.html("served", lambda: measure.served(text), *this)
