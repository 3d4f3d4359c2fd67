"""A calendar feed: the due dates of what somebody owes, and the meetings and appraisals of plans.

It names no person. An entry keeps its identity for ever, so that a calendar program moves it when a
due date is extended instead of showing two.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import icalendar
from sqlmodel import Session, col, select

from dashboard import i18n
from dashboard.i18n import _
from dashboard.services import access, correspondence, plans, tasks
from dashboard.services.correspondence import UNKNOWN, Links
from dashboard.services.tasks import Errand
from models import Event, NotFound, Person, Plan


def feed(session: Session, links: Links, token: str, *, now: datetime) -> bytes:
    """Return the calendar behind a private address; `NotFound` where it leads nowhere any more."""
    person_id, number = links.holder("calendar", token)
    person = session.get(Person, person_id)
    kept = correspondence.of(session, person_id)
    if person is None or not person.is_active or kept.calendar != number:
        raise NotFound(UNKNOWN)
    who = access.identity(session, person_id, now=now)
    i18n.speak(i18n.choose([person.language]))
    stamp = now.replace(hour=0, minute=0, second=0, microsecond=0)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Headway//Due dates and meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Headway: due dates and meetings"))
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for plan in plans.listing(session):
        if access.allows(who, "submit", plan=plan.code):
            for errand in tasks.mine(session, who, plan=plan.code, now=now):
                calendar.add_component(_due(errand, links, plan, stamp))
        for event in _events(session, plan, stamp):
            calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _due(errand: Errand, links: Links, plan: Plan, stamp: datetime) -> icalendar.Event:
    left = errand.expected - errand.done
    told = (
        _("All {n} are delivered.").format(n=i18n.number(errand.expected))
        if left == 0
        else _("{done} of {expected} delivered.").format(
            done=i18n.number(errand.done), expected=i18n.number(errand.expected)
        )
    )
    ask = _("Whom to ask: {contact}").format(contact=errand.contact) if errand.contact else ""
    mark = _("Illustrative: this round was made up for a demonstration.")
    title = _("Report due: {area}, {round}").format(area=errand.area_name, round=errand.name)
    made = _entry(f"due-{errand.round}-{errand.area}".lower(), title, stamp, errand.due)
    lines = [told, ask, mark if errand.is_illustrative else ""]
    made.add("description", "\n".join(line for line in lines if line))
    made.add("url", links.page(f"tasks?plan={plan.code}&area={errand.area}"))
    made.add("categories", [_("Due date")])
    return made


def _events(session: Session, plan: Plan, stamp: datetime) -> Iterator[icalendar.Event]:
    wanted = select(Event).where(Event.plan_code == plan.code)
    for event in session.exec(wanted.order_by(col(Event.starts), col(Event.number))):
        # The number of an event moves when another is put before it; its words do not.
        words = f"{plan.code} {event.kind} {event.title} {event.starts.year}"
        name = hashlib.sha256(words.encode()).hexdigest()[:20]
        made = _entry(f"event-{name}", event.title, stamp, event.starts, event.ends)
        place = ", ".join(part for part in (event.body, event.place) if part)
        if place:
            made.add("location", place)
        if event.source:
            made.add("description", event.source)
        made.add("categories", [plan.short_title])
        yield made


def _entry(
    name: str, title: str, stamp: datetime, starts: date, ends: date | None = None
) -> icalendar.Event:
    made = icalendar.Event()
    made.add("uid", f"{name}@headway")
    made.add("dtstamp", stamp)
    made.add("summary", title)
    made.add("dtstart", starts)
    made.add("dtend", (ends or starts) + timedelta(days=1))  # the first day after
    made.add("transp", "TRANSPARENT")
    return made
