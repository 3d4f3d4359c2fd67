"""Tokens: who makes them, what they open, and what no token ever opens."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from dashboard.services import access, ledger, people, tokens
from models import (
    ANONYMOUS,
    SYSTEM,
    ApiToken,
    AuditEvent,
    BadInput,
    Identity,
    NotAllowed,
    NotFound,
    Person,
    Role,
    SignInNeeded,
    columns,
)
from tests.tiny import KENYA, NAMIBIA, NOON, PLAN

LATER = NOON + timedelta(hours=1)


def made(session: Session, who: Identity, *scopes: str) -> str:
    secret, _listed = tokens.issue(session, who, "Nightly upload", scopes, now=NOON)
    return secret


def acting(session: Session, secret: str) -> Identity:
    found = tokens.bearer(session, secret, now=LATER)
    assert found is not None
    return found.who


def test_the_secret_is_told_once_and_the_record_keeps_its_hash_alone(
    session: Session, coordinator: Identity
) -> None:
    secret, listed = tokens.issue(session, coordinator, " Nightly  upload ", ["submit"], now=NOON)
    assert secret.startswith("headway_")
    assert len(secret) > 50
    assert (listed.name, listed.scopes) == ("Nightly upload", ("submit",))
    assert listed.until == NOON + timedelta(days=90)
    kept = session.execute(sa.select(columns(ApiToken))).one()
    assert secret not in repr(kept)
    event = session.exec(select(AuditEvent).where(AuditEvent.action == "token.issue")).one()
    assert secret not in event.detail
    assert "Nightly" not in event.detail  # what people write stays out of the chain
    assert (event.by, event.subject) == ("coordinator", "coordinator")
    assert ledger.verify(session) == []


def test_a_token_may_what_its_scope_names_of_what_the_person_may(
    session: Session, coordinator: Identity, viewer: Identity
) -> None:
    sender = acting(session, made(session, coordinator, "submit"))
    assert access.allows(sender, "submit", plan=PLAN, area=KENYA)
    assert not access.allows(sender, "submit", plan=PLAN, area=NAMIBIA)
    assert not access.allows(sender, "review", plan=PLAN, area=KENYA)
    assert access.areas(sender, "submit", plan=PLAN) == frozenset({KENYA})
    reader = acting(session, made(session, coordinator, "read"))
    assert access.allows(reader, "read")
    assert not access.allows(reader, "submit", plan=PLAN, area=KENYA)
    assert access.areas(reader, "submit", plan=PLAN) == frozenset()
    with pytest.raises(NotAllowed, match="does not go as far"):
        access.require(reader, "submit", plan=PLAN, area=KENYA)
    no_sender = acting(session, made(session, viewer, "submit"))
    with pytest.raises(NotAllowed, match="do not report for this area"):
        access.require(no_sender, "submit", plan=PLAN, area=KENYA)


@pytest.mark.parametrize("scope", tokens.SCOPES)
def test_no_token_reviews_invites_or_administers(
    session: Session, administrator: Identity, scope: str
) -> None:
    who = acting(session, made(session, administrator, scope))
    for action in ("review", "invite", "coordinate", "administer", "snapshot"):
        assert not access.allows(who, action)
    assert not access.may_give(session, who, Role.VIEWER, plan=None, area=None, now=LATER)


def test_what_ends_with_the_person_ends_with_the_token(
    session: Session, person: Callable[[str], Identity]
) -> None:
    secret = made(session, person("coordinator"), "submit")
    people.revoke(session, SYSTEM, "grant-coordinator", now=LATER)
    session.flush()
    later = tokens.bearer(session, secret, now=LATER + timedelta(seconds=1))
    assert later is not None
    assert not access.allows(later.who, "submit", plan=PLAN, area=KENYA)
    people.deactivate(session, SYSTEM, "coordinator", now=LATER)
    assert tokens.bearer(session, secret, now=LATER) is None


def test_a_token_holds_from_its_beginning_to_its_end(
    session: Session, coordinator: Identity
) -> None:
    since, until = NOON + timedelta(days=1), NOON + timedelta(days=3)
    secret, _listed = tokens.issue(
        session, coordinator, "x", ["read"], since=since, until=until, now=NOON
    )
    opens = [
        tokens.bearer(session, secret, now=NOON + timedelta(days=days)) is not None
        for days in (0, 1, 2, 3)
    ]
    assert opens == [False, True, True, False]


def test_a_revoked_token_opens_nothing_and_a_wrong_one_never_did(
    session: Session, coordinator: Identity, neighbour: Identity, administrator: Identity
) -> None:
    secrets = [made(session, coordinator, "read") for _one in range(2)]
    first, second = (one.id for one in tokens.listing(session, coordinator))
    with pytest.raises(NotAllowed):
        tokens.revoke(session, neighbour, first, now=LATER)
    tokens.revoke(session, coordinator, first, now=LATER)
    tokens.revoke(session, coordinator, first, now=LATER)
    tokens.revoke(session, administrator, second, now=LATER)
    assert [tokens.bearer(session, one, now=LATER) for one in secrets] == [None, None]
    assert tokens.bearer(session, "headway_nothing", now=LATER) is None
    traced = session.exec(select(AuditEvent).where(AuditEvent.action == "token.revoke")).all()
    assert [event.by for event in traced] == ["coordinator", "administrator"]
    with pytest.raises(NotFound, match="There is no token"):
        tokens.revoke(session, administrator, "none", now=LATER)


@pytest.mark.parametrize(
    ("name", "scopes", "days", "said"),
    [
        ("", ["read"], 1, "name: say in at most 80"),
        ("x" * 81, ["read"], 1, "name: say in at most 80"),
        ("x", [], 1, "scopes: choose"),
        ("x", ["read", "review"], 1, "'review' is none of the scopes"),
        ("x", ["read"], 0, "until: has passed"),
        ("x", ["read"], 400, "at most 366 days"),
    ],
)
def test_what_makes_no_token_is_said(
    session: Session, coordinator: Identity, name: str, scopes: list[str], days: int, said: str
) -> None:
    until = NOON + timedelta(days=days)
    with pytest.raises(BadInput, match=said):
        tokens.issue(session, coordinator, name, scopes, until=until, now=NOON)
    assert tokens.listing(session, coordinator) == []


def test_only_people_signed_in_make_tokens_and_for_themselves(
    session: Session, coordinator: Identity, administrator: Identity
) -> None:
    with pytest.raises(SignInNeeded):
        tokens.issue(session, ANONYMOUS, "x", ["read"], now=NOON)
    with pytest.raises(NotAllowed, match="make their own"):
        tokens.issue(session, administrator, "x", ["read"], person_id="coordinator", now=NOON)
    by_token = acting(session, made(session, coordinator, "submit"))
    with pytest.raises(NotAllowed, match="make their own"):
        tokens.issue(session, by_token, "x", ["read"], now=NOON)
    (listed,) = tokens.listing(session, coordinator)
    with pytest.raises(NotAllowed):
        tokens.revoke(session, by_token, listed.id, now=LATER)
    secret, _one = tokens.issue(session, SYSTEM, "x", ["read"], person_id="coordinator", now=NOON)
    assert acting(session, secret).person_id == "coordinator"
    with pytest.raises(NotFound, match="not there"):
        tokens.issue(session, SYSTEM, "x", ["read"], now=NOON)


def test_one_person_has_so_many_tokens_and_no_more(session: Session, viewer: Identity) -> None:
    for _one in range(tokens.MOST):
        made(session, viewer, "read")
    with pytest.raises(BadInput, match="revoke one"):
        made(session, viewer, "read")
    newest = tokens.listing(session, viewer)[0]
    tokens.revoke(session, viewer, newest.id, now=NOON)
    made(session, viewer, "read")


def test_lists_are_for_the_owner_and_for_administrators(
    session: Session, coordinator: Identity, viewer: Identity, administrator: Identity
) -> None:
    made(session, coordinator, "read")
    made(session, viewer, "read")
    assert [one.person_id for one in tokens.listing(session, viewer)] == ["viewer"]
    assert tokens.listing(session, ANONYMOUS) == []
    with pytest.raises(NotAllowed):
        tokens.listing(session, viewer, person_id="coordinator")
    assert len(tokens.listing(session, administrator, person_id="coordinator")) == 1
    assert {one.person_id for one in tokens.everybody(session, administrator)} == {
        "coordinator",
        "viewer",
    }


def test_the_last_use_is_kept_to_within_minutes(session: Session, viewer: Identity) -> None:
    secret = made(session, viewer, "read")
    moments = [NOON + timedelta(minutes=minutes) for minutes in (1, 2, 30)]
    seen = []
    for moment in moments:
        found = tokens.bearer(session, secret, now=moment)
        assert found is not None
        if found.is_stale(moment):
            tokens.touch(session, found.token_id, now=moment)
            session.expire_all()
        seen.append(tokens.listing(session, viewer)[0].used_at)
    assert seen == [moments[0], moments[0], moments[2]]


def test_an_account_that_is_closed_gets_no_token(session: Session, viewer: Identity) -> None:
    session.get_one(Person, "viewer").is_active = False
    with pytest.raises(NotFound, match="closed"):
        made(session, viewer, "read")
