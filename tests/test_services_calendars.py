"""The calendar feed: due dates and events, the same identities for ever, no person in it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from sqlmodel import Session

from dashboard.services import calendars, correspondence, rounds
from dashboard.services.correspondence import Links
from models import ANONYMOUS, Event, Identity, NotFound, Person, SignInNeeded
from tests import rounds as tiny_rounds
from tests.tiny import NOON, PLAN

LINKS = Links("https://headway.example.org", b"a secret of the tests")
MEETINGS = (
    ("Appraisal at high level", "appraisal", date(2026, 11, 22), date(2026, 11, 23)),
    ("Appraisal at high level", "appraisal", date(2030, 11, 22), None),
)


@pytest.fixture
def code(session: Session, person: Callable[[str], Identity]) -> str:
    session.add_all(
        Event(
            plan_code=PLAN,
            number=number,
            starts=starts,
            ends=ends,
            title=title,
            kind=kind,
            body="General Assembly",
            place="New York",
            source="A/TEST/1, para. 9",
            basis="",
        )
        for number, (title, kind, starts, ends) in enumerate(MEETINGS, start=1)
    )
    return tiny_rounds.opened(session, person("secretariat"))


def token(address: str) -> str:
    return address.rpartition("/")[2].removesuffix(".ics")


def read(session: Session, person_id: str = "coordinator", number: int = 1) -> dict[str, Any]:
    content = calendars.feed(session, LINKS, token(LINKS.calendar(person_id, number)), now=NOON)
    found = icalendar.Calendar.from_ical(content)
    assert found.errors == []
    return {str(event["uid"]): event for event in found.walk("VEVENT")}


def test_due_dates_and_events_are_whole_days(session: Session, code: str) -> None:
    events = read(session)
    due = events["due-tiny-r1-ken@headway"]
    assert due["summary"] == "Report due: Kenya, Round of 2024"
    assert (due["dtstart"].dt, due["dtend"].dt) == (date(2026, 7, 15), date(2026, 7, 16))
    assert "0 of 3 delivered." in due["description"]
    meetings = {event["dtstart"].dt: event for event in events.values() if event is not due}
    assert meetings[date(2026, 11, 22)]["dtend"].dt == date(2026, 11, 24), "the day after its last"
    assert meetings[date(2030, 11, 22)]["dtend"].dt == date(2030, 11, 23)
    assert meetings[date(2030, 11, 22)]["location"] == "General Assembly, New York"


def test_an_extension_moves_the_entry_and_keeps_its_identity(
    session: Session, code: str, person: Callable[[str], Identity]
) -> None:
    before = set(read(session))
    until = date(2026, 8, 1)
    who = person("secretariat")
    rounds.extend(session, who, code, ["KEN"], due=until, reason="flood", token="e", now=NOON)
    after = read(session)
    assert set(after) == before
    assert after["due-tiny-r1-ken@headway"]["dtstart"].dt == until


def test_events_keep_their_identity_when_another_is_put_before_them(
    session: Session, code: str
) -> None:
    before = set(read(session))
    for number in (2, 1):
        session.get_one(Event, (PLAN, number)).number = number + 1
        session.flush()
    assert set(read(session)) == before


def test_who_reports_nowhere_gets_the_events_alone(session: Session, code: str) -> None:
    assert len(read(session, "viewer")) == 2


def test_the_feed_names_nobody(session: Session, code: str) -> None:
    address = LINKS.calendar("coordinator", 1)
    content = calendars.feed(session, LINKS, token(address), now=NOON).decode()
    for name in ("Coordinator", "coordinator@", "example.org/calendar"):
        assert name not in content


def test_the_private_address_can_be_renewed(
    session: Session, code: str, coordinator: Identity
) -> None:
    assert correspondence.renew_calendar(session, coordinator, seen=1, now=NOON) == 2
    assert correspondence.renew_calendar(session, coordinator, seen=1, now=NOON) == 2, "a 2nd click"
    with pytest.raises(NotFound, match="replaced by a newer one"):
        read(session, number=1)
    assert read(session, number=2)
    with pytest.raises(SignInNeeded):
        correspondence.renew_calendar(session, ANONYMOUS, seen=1, now=NOON)


@pytest.mark.parametrize(
    "address",
    [
        "coordinator.1.0000000000000000000000000000000000000000",
        token(LINKS.calendar("coordinator", 1)) + "0",
        token(LINKS.calendar("coordinator", 1)).replace("coordinator", "neighbour"),
        token(LINKS.calendar("coordinator", 1)).replace(".1.", ".2."),
        token(LINKS.unsubscribe("coordinator")),
        token(Links(LINKS.base, b"another secret").calendar("coordinator", 1)),
        "",
        "..",
        "coordinator.٣.x",
    ],
)
def test_an_address_that_was_not_given_leads_nowhere(
    session: Session, code: str, address: str
) -> None:
    with pytest.raises(NotFound, match="not valid"):
        calendars.feed(session, LINKS, address, now=NOON)


def test_a_closed_account_has_no_calendar(session: Session, code: str) -> None:
    session.get_one(Person, "coordinator").is_active = False
    session.flush()
    with pytest.raises(NotFound):
        read(session)


def test_the_feed_is_the_same_all_day(session: Session, code: str) -> None:
    address = token(LINKS.calendar("coordinator", 1))
    first = calendars.feed(session, LINKS, address, now=NOON)
    assert first == calendars.feed(session, LINKS, address, now=NOON + timedelta(hours=3))
