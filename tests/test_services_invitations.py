"""One-time links: who hands them out, what they do, once, and what they never do."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.services import access, audit, invitations, ledger, people, sessions, sign_in
from models import (
    ANONYMOUS,
    SYSTEM,
    BadInput,
    Identity,
    NotAllowed,
    NotFound,
    Person,
    Purpose,
    Role,
    SignInNeeded,
    WrongState,
    reading,
    unit_of_work,
)
from tests.test_services_people import SECRET
from tests.tiny import NOON, PLAN, chain

EMAIL = "new@example.org"


def focal(session: Session) -> Identity:
    """Add the focal point of Kenya."""
    number = people.add(session, SYSTEM, email="focal@example.org", name="Femi", now=NOON)
    people.grant(session, SYSTEM, number, Role.FOCAL_POINT, plan=PLAN, area="KEN", now=NOON)
    return access.identity(session, number, now=NOON)


def invited(session: Session, who: Identity, **changes: object) -> invitations.Handed:
    asked = {"email": EMAIL, "name": "Nia", "role": Role.COORDINATOR, "plan": PLAN, "area": "KEN"}
    return invitations.invite(session, who, **(asked | changes), now=NOON)  # type: ignore[arg-type]


def test_whoever_is_invited_sets_a_password_and_has_the_role(engine: Engine) -> None:
    unit_of_work(engine, chain)
    who = unit_of_work(engine, focal)
    handed = unit_of_work(engine, lambda session: invited(session, who))
    with reading(engine) as session:
        asked = invitations.asked(session, handed.token, Purpose.INVITATION, now=NOON)
        assert (asked.role, asked.area, asked.needs_password) == (Role.COORDINATOR, "Kenya", True)
        assert sign_in.stored_password(session, EMAIL) is None
    unit_of_work(
        engine, lambda session: invitations.accept(session, handed.token, SECRET, now=NOON)
    )
    with reading(engine) as session:
        listed = people.listing(session, who, now=NOON)
        new = next(one for one in listed if one.email == EMAIL)
        assert [(held.role, held.area) for held in new.grants] == [(Role.COORDINATOR, "KEN")]
        assert sign_in.stored_password(session, EMAIL)
        assert ledger.verify(session) == audit.problems(session, SYSTEM) == []
    with pytest.raises(NotFound, match="used already"):
        unit_of_work(
            engine, lambda session: invitations.accept(session, handed.token, SECRET, now=NOON)
        )


@pytest.mark.parametrize(
    "changes",
    [{"role": Role.REVIEWER}, {"area": "NAM"}, {"area": None}, {"plan": None}, {"area": "EAC"}],
)
def test_a_focal_point_invites_to_its_own_country_and_plan_only(
    session: Session, changes: dict[str, object]
) -> None:
    with pytest.raises(NotAllowed, match="own country and plan"):
        invited(session, focal(session), **changes)


def test_others_invite_nobody(session: Session, coordinator: Identity) -> None:
    for who, refusal in ((coordinator, NotAllowed), (ANONYMOUS, SignInNeeded)):
        with pytest.raises(refusal):
            invited(session, who)
        with pytest.raises(refusal):
            invitations.hand_out(session, who, "viewer", now=NOON)
        with pytest.raises(refusal):
            invitations.withdraw(session, who, "viewer", now=NOON)


def test_an_invitation_lapses_after_three_days(session: Session) -> None:
    handed = invited(session, SYSTEM)
    late = NOON + timedelta(hours=72)
    with pytest.raises(NotFound, match="too old"):
        invitations.accept(session, handed.token, SECRET, now=late)
    invitations.accept(session, handed.token, SECRET, now=late - timedelta(seconds=1))


def test_a_newer_invitation_replaces_the_earlier_and_one_taken_back_is_dead(
    session: Session,
) -> None:
    earlier, newer = invited(session, SYSTEM), invited(session, SYSTEM)
    assert earlier.token != newer.token
    with pytest.raises(NotFound):
        invitations.accept(session, earlier.token, SECRET, now=NOON)
    new = next(one for one in people.listing(session, SYSTEM, now=NOON) if one.email == EMAIL)
    assert invitations.withdraw(session, SYSTEM, new.id, now=NOON) == 1
    with pytest.raises(NotFound):
        invitations.accept(session, newer.token, SECRET, now=NOON)


def test_an_invitation_is_worth_nothing_once_whoever_sent_it_may_not_give_it(
    session: Session,
) -> None:
    who = focal(session)
    handed = invited(session, who)
    people.deactivate(session, SYSTEM, who.person_id, now=NOON)
    with pytest.raises(NotFound):
        invitations.accept(session, handed.token, SECRET, now=NOON)


def test_an_invitation_never_replaces_a_password(session: Session) -> None:
    number = people.add(session, SYSTEM, email=EMAIL, name="Nia", password=SECRET, now=NOON)
    before = sign_in.stored_password(session, EMAIL)
    handed = invited(session, focal(session))
    them = access.identity(session, number, now=NOON)
    invitations.accept(session, handed.token, "another long secret", who=them, now=NOON)
    assert sign_in.stored_password(session, EMAIL) == before
    assert access.allows(access.identity(session, number, now=NOON), "submit", plan=PLAN, area=404)


def test_whoever_has_an_account_accepts_signed_in_and_nobody_does_it_for_them(
    session: Session,
) -> None:
    planted = invited(session, focal(session))
    promised = invited(session, SYSTEM, role=Role.ADMINISTRATOR, area=None, plan=None)
    invitations.accept(session, planted.token, "known to the focal point", now=NOON)
    for who in (ANONYMOUS, access.identity(session, "reviewer", now=NOON)):
        with pytest.raises(SignInNeeded, match="sign in with it"):
            invitations.accept(session, promised.token, "", who=who, now=NOON)


def test_nobody_invites_themselves_or_a_closed_account(session: Session) -> None:
    who = focal(session)
    with pytest.raises(NotAllowed, match="to themselves"):
        invited(session, who, email="focal@example.org")
    people.deactivate(session, SYSTEM, "viewer", now=NOON)
    with pytest.raises(WrongState, match="closed"):
        invited(session, who, email="viewer@example.org")


def test_a_reset_sets_the_password_ends_every_session_and_lifts_a_lock(session: Session) -> None:
    number = people.add(session, SYSTEM, email=EMAIL, name="Nia", password=SECRET, now=NOON)
    open_ = sessions.open_session(session, number, method="password", agent="", hours=12, now=NOON)
    session.get_one(Person, number).locked_until = NOON + timedelta(hours=1)
    links = [invitations.forgot(session, f" {EMAIL.upper()}", now=NOON) for _ in range(4)]
    assert [link is not None for link in links] == [True, True, True, False]
    assert links[0] is not None
    assert links[1] is not None
    with pytest.raises(BadInput, match="too short"), session.begin_nested():
        invitations.reset(session, links[0].token, "short", now=NOON)
    invitations.reset(session, links[0].token, "another long secret", now=NOON)
    assert sessions.whose(session, open_, hours=12, now=NOON) is None
    assert session.get_one(Person, number).locked_until is None
    for link in (links[0], links[1]):  # used, and ended with it
        with pytest.raises(NotFound):
            invitations.reset(session, link.token, SECRET, now=NOON)


def test_a_link_to_a_new_password_lasts_an_hour_and_is_no_invitation(session: Session) -> None:
    people.add(session, SYSTEM, email=EMAIL, name="Nia", password=SECRET, now=NOON)
    handed = invitations.forgot(session, EMAIL, now=NOON)
    assert handed is not None
    with pytest.raises(NotFound):
        invitations.accept(session, handed.token, SECRET, now=NOON)
    with pytest.raises(NotFound):
        invitations.reset(session, handed.token, SECRET, now=NOON + timedelta(hours=1))


def test_nobody_without_a_password_is_sent_a_link(session: Session) -> None:
    assert invitations.forgot(session, "nobody@example.org", now=NOON) is None
    assert invitations.forgot(session, "viewer@example.org", now=NOON) is None


def test_a_focal_point_hands_out_links_for_its_own_people_only(session: Session) -> None:
    who = focal(session)
    assert invitations.hand_out(session, who, "coordinator", now=NOON).email.startswith("coord")
    for other in ("administrator", "neighbour", "viewer", "reviewer"):
        with pytest.raises(NotAllowed):
            invitations.hand_out(session, who, other, now=NOON)
    people.grant(session, SYSTEM, "coordinator", Role.ADMINISTRATOR, now=NOON)
    with pytest.raises(NotAllowed):
        invitations.hand_out(session, who, "coordinator", now=NOON)


def test_the_record_keeps_no_token_and_the_trace_no_address(session: Session) -> None:
    handed = invited(session, SYSTEM)
    rows = [
        str(row)
        for table in ("one_time_link", "audit_event")
        for row in session.execute(sa.text(f"SELECT * FROM {table}"))
    ]
    assert not any(handed.token in row or EMAIL in row for row in rows)


def test_a_letter_brings_the_link_in_the_language_of_its_reader(session: Session) -> None:
    handed = invited(session, SYSTEM)
    made = invitations.letter(
        handed, "https://headway.example.org", sender="h@example.org", now=NOON
    )
    assert made["To"] == EMAIL
    assert f"https://headway.example.org/account/welcome/{handed.token}" in made.get_content()
