"""Signed-in browsers: what opens, what ends, and what the record keeps of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from dashboard.services import ledger, people, sessions
from models import AuditEvent, Identity, LoginSession, NotFound, Person, columns
from tests.tiny import NOON

HOURS = 12
HOUR = timedelta(hours=1)


def signed_in(session: Session, person: str = "reviewer", agent: str = "Firefox") -> str:
    return sessions.open_session(
        session, person, method="password", agent=agent, hours=HOURS, now=NOON
    )


def test_a_token_says_who_holds_it_and_with_which_roles(session: Session) -> None:
    who = sessions.whose(session, signed_in(session), hours=HOURS, now=NOON)
    assert who is not None
    assert who.person_id == "reviewer"
    assert [held.role.value for held in who.grants] == ["reviewer"]


def test_a_token_nobody_was_given_opens_nothing(session: Session) -> None:
    signed_in(session)
    assert sessions.whose(session, "guessed", hours=HOURS, now=NOON) is None


def test_the_record_keeps_no_token(session: Session) -> None:
    token = signed_in(session)
    kept = session.execute(sa.select(columns(LoginSession))).one()
    assert token not in kept
    assert len(token) >= 43  # 256 bits in base 64


def test_every_session_has_a_token_of_its_own(session: Session) -> None:
    assert signed_in(session) != signed_in(session)


def test_a_session_ends_when_nobody_clicks(session: Session) -> None:
    token = signed_in(session)
    almost = NOON + HOURS * HOUR - timedelta(seconds=1)
    assert sessions.whose(session, token, hours=HOURS, now=almost) is not None
    assert sessions.whose(session, token, hours=HOURS, now=NOON + HOURS * HOUR) is None


def test_a_click_keeps_a_session_open(session: Session) -> None:
    token = signed_in(session)
    sessions.touch(session, token, now=NOON + 11 * HOUR)
    assert sessions.whose(session, token, hours=HOURS, now=NOON + 22 * HOUR) is not None


def test_clicks_within_five_minutes_are_not_written(session: Session) -> None:
    sessions.touch(session, signed_in(session), now=NOON + timedelta(minutes=4))
    assert session.exec(select(LoginSession)).one().seen_at == NOON


def test_no_session_outlives_a_week_however_busy_it_is(session: Session) -> None:
    token = signed_in(session)
    for hour in range(1, 7 * 24 + 1):
        sessions.touch(session, token, now=NOON + hour * HOUR)
    week = NOON + timedelta(days=7)
    almost = week - timedelta(seconds=1)
    assert sessions.whose(session, token, hours=HOURS, now=almost) is not None
    assert sessions.whose(session, token, hours=HOURS, now=week) is None


def test_a_closed_session_stays_closed(session: Session) -> None:
    token, other = signed_in(session), signed_in(session)
    sessions.close(session, token, now=NOON)
    sessions.touch(session, token, now=NOON + HOUR)
    assert sessions.whose(session, token, hours=HOURS, now=NOON) is None
    assert sessions.whose(session, other, hours=HOURS, now=NOON) is not None


def test_closing_an_account_ends_its_sessions_at_once(
    session: Session, administrator: Identity
) -> None:
    token = signed_in(session)
    people.deactivate(session, administrator, "reviewer", now=NOON)
    people.activate(session, administrator, "reviewer", now=NOON)
    assert sessions.whose(session, token, hours=HOURS, now=NOON) is None


def test_an_account_closed_by_other_means_signs_nobody_in(session: Session) -> None:
    token = signed_in(session)
    person = session.get(Person, "reviewer")
    assert person is not None
    person.is_active = False
    session.flush()
    assert sessions.whose(session, token, hours=HOURS, now=NOON) is None


def test_people_see_and_end_their_own_sessions_only(
    session: Session, reviewer: Identity, coordinator: Identity
) -> None:
    here, there = signed_in(session), signed_in(session, agent="Phone")
    signed_in(session, "coordinator")
    listed = sessions.listing(session, reviewer, token=here, hours=HOURS, now=NOON)
    assert {(row.agent, row.is_this) for row in listed} == {("Firefox", True), ("Phone", False)}
    phone = next(row.handle for row in listed if row.agent == "Phone")
    with pytest.raises(NotFound, match="already ended"):
        sessions.revoke(session, coordinator, phone, now=NOON)
    sessions.revoke(session, reviewer, phone, now=NOON)
    assert sessions.whose(session, there, hours=HOURS, now=NOON) is None
    assert sessions.whose(session, here, hours=HOURS, now=NOON) is not None


def test_a_handle_is_no_token(session: Session, reviewer: Identity) -> None:
    token = signed_in(session)
    (row,) = sessions.listing(session, reviewer, token=token, hours=HOURS, now=NOON)
    assert sessions.whose(session, row.handle, hours=HOURS, now=NOON) is None


def test_all_sessions_of_a_person_end_together(session: Session) -> None:
    tokens = [signed_in(session) for _ in range(3)]
    mine = signed_in(session, "coordinator")
    assert sessions.close_all(session, "reviewer", by="reviewer", now=NOON) == 3
    assert [sessions.whose(session, token, hours=HOURS, now=NOON) for token in tokens] == [None] * 3
    assert sessions.whose(session, mine, hours=HOURS, now=NOON) is not None


def test_opening_and_ending_leave_a_trace_without_the_token(session: Session) -> None:
    token = signed_in(session)
    sessions.close(session, token, now=NOON)
    sessions.close(session, token, now=NOON)  # twice changes nothing
    events = session.execute(sa.select(columns(AuditEvent))).all()
    assert [(event.action, event.subject, event.by) for event in events] == [
        ("session.open", "reviewer", "reviewer"),
        ("session.close", "reviewer", "reviewer"),
    ]
    assert token not in str(events)
    assert ledger.verify(session) == []


def test_sessions_long_ended_are_forgotten_at_the_next_sign_in(session: Session) -> None:
    signed_in(session)
    later = NOON + timedelta(days=8)
    sessions.open_session(session, "reviewer", method="password", agent="", hours=HOURS, now=later)
    assert session.exec(select(LoginSession.created_at)).all() == [later]
