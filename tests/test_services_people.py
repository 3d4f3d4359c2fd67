"""Accounts, roles and signing in: who may change them, what is refused, what is traced."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard.services import access, ledger, passwords, people, sign_in
from models import (
    SYSTEM,
    AuditEvent,
    BadInput,
    Grant,
    HeadwayError,
    Identity,
    NotAllowed,
    NotFound,
    Person,
    Role,
    SignInNeeded,
    WrongState,
    columns,
)
from models.person import ANONYMOUS
from tests.tiny import NOON

SECRET = "correct horse battery"
CLAIMS = sign_in.Claims("https://id.example", "7", "amina@example.org", True, "Amina Odhiambo")


def added(session: Session, who: Identity = SYSTEM, email: str = "Amina@Example.org ") -> str:
    return people.add(session, who, email=email, name="Amina  Odhiambo", password=SECRET, now=NOON)


def tried(session: Session, password: str, at: int = 0, email: str = "amina@example.org") -> bool:
    stored = sign_in.stored_password(session, email)
    is_right = passwords.check(stored, password)
    now = NOON + timedelta(seconds=at)
    return sign_in.admit(session, email, stored, is_right=is_right, now=now) is not None


def test_the_installation_makes_the_first_administrator(session: Session) -> None:
    first = added(session)
    people.grant(session, SYSTEM, first, Role.ADMINISTRATOR, now=NOON)
    who = access.identity(session, first, now=NOON)
    assert (who.name, who.email) == ("Amina Odhiambo", "amina@example.org")
    assert access.allows(who, "administer")


def test_only_an_administrator_changes_accounts(session: Session, reviewer: Identity) -> None:
    for who, refusal in ((reviewer, NotAllowed), (ANONYMOUS, SignInNeeded)):
        for change in (
            lambda who=who: added(session, who),
            lambda who=who: people.set_password(session, who, "viewer", SECRET, now=NOON),
            lambda who=who: people.grant(session, who, "viewer", Role.REVIEWER, now=NOON),
            lambda who=who: people.revoke(session, who, "grant-viewer", now=NOON),
            lambda who=who: people.deactivate(session, who, "viewer", now=NOON),
            lambda who=who: people.activate(session, who, "viewer", now=NOON),
            lambda who=who: people.listing(session, who, now=NOON),
        ):
            with pytest.raises(refusal):
                change()
    assert session.execute(sa.select(columns(AuditEvent))).all() == []


@pytest.mark.parametrize("email", ["", "amina", "amina@", "@example.org", "a b@example.org", "a@b"])
def test_an_address_must_look_like_one(session: Session, email: str) -> None:
    with pytest.raises(BadInput, match="is not an e-mail address"):
        added(session, email=email)


def test_two_accounts_cannot_share_an_address(session: Session) -> None:
    added(session)
    with pytest.raises(BadInput, match=r"amina@example\.org already has an account"):
        added(session, email="AMINA@example.org")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "too short: use at least 12"),
        ("a" * 1001, "too long"),
        ("aaaaaaaaaaaabbb", "easy to guess"),
        ("amina's secret", "easy to guess"),
        ("AMINA ODHIAMBO 1", "easy to guess"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(
    session: Session, password: str, why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        people.add(
            session, SYSTEM, email="amina@x.org", name="Amina Odhiambo", password=password, now=NOON
        )


def test_a_password_is_kept_as_an_argon2id_hash(session: Session) -> None:
    added(session)
    stored = sign_in.stored_password(session, "amina@example.org")
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert passwords.check(stored, SECRET)
    assert not passwords.check(stored, SECRET.title())
    assert not passwords.check(None, SECRET)


def test_the_right_password_signs_in_and_forgives_earlier_slips(session: Session) -> None:
    added(session)
    for _ in range(3):
        assert [tried(session, word) for word in ("wrong", "wrong", SECRET)] == [False, False, True]
    assert tried(session, SECRET, email=" AMINA@example.org ")


def test_five_wrong_passwords_lock_the_account_for_a_minute_then_two(session: Session) -> None:
    added(session)
    assert not any(tried(session, "wrong") for _ in range(5))
    assert not tried(session, SECRET, at=59)
    assert not tried(session, "wrong", at=60)  # one more: two minutes from here
    assert not tried(session, SECRET, at=60 + 119)
    assert tried(session, SECRET, at=60 + 120)
    locks = session.execute(sa.select(columns(AuditEvent)).where(col(AuditEvent.by) == "system"))
    assert [row.action for row in locks if row.action == "person.lock"] == ["person.lock"] * 2


def test_a_lock_never_lasts_longer_than_an_hour(session: Session) -> None:
    person_id = added(session)
    person = session.get(Person, person_id)
    assert person is not None
    person.failures = 10_000
    assert not tried(session, "wrong")
    assert tried(session, SECRET, at=3600)


def test_a_password_changed_meanwhile_is_not_accepted(session: Session) -> None:
    person_id = added(session)
    stored = sign_in.stored_password(session, "amina@example.org")
    people.set_password(session, SYSTEM, person_id, "another long secret", now=NOON)
    assert sign_in.admit(session, "amina@example.org", stored, is_right=True, now=NOON) is None


def test_a_closed_account_signs_nobody_in(session: Session) -> None:
    people.deactivate(session, SYSTEM, added(session), now=NOON)
    assert sign_in.stored_password(session, "amina@example.org") is None
    assert not tried(session, SECRET)


def test_people_change_their_own_password_only(session: Session, reviewer: Identity) -> None:
    people.set_password(session, reviewer, "reviewer", SECRET, now=NOON)
    with pytest.raises(NotAllowed):
        people.set_password(session, reviewer, "coordinator", SECRET, now=NOON)


def test_a_role_is_given_for_a_plan_and_an_area_and_can_end(
    session: Session, administrator: Identity
) -> None:
    until = NOON + timedelta(days=1)
    given = people.grant(
        session,
        administrator,
        "viewer",
        Role.COORDINATOR,
        plan="TINY",
        area="KEN",
        until=until,
        now=NOON,
    )
    who = access.identity(session, "viewer", now=NOON)
    assert access.allows(who, "submit", plan="TINY", area=404)
    assert not access.allows(who, "submit", plan="TINY", area=516)
    assert not access.allows(access.identity(session, "viewer", now=until), "submit")
    people.revoke(session, administrator, given, now=NOON)
    assert not access.allows(access.identity(session, "viewer", now=NOON), "submit")
    with pytest.raises(NotFound, match="already ended"):
        people.revoke(session, administrator, given, now=NOON)


def test_a_role_needs_a_plan_area_and_person_that_exist(
    session: Session, administrator: Identity
) -> None:
    for plan, area in (("NONE", None), (None, "XXX")):
        with pytest.raises(NotFound, match="has the code"):
            people.grant(
                session, administrator, "viewer", Role.REVIEWER, plan=plan, area=area, now=NOON
            )
    with pytest.raises(NotFound, match="Nobody has that account"):
        people.grant(session, administrator, "nobody", Role.REVIEWER, now=NOON)


def test_nobody_gives_a_role_to_themselves(session: Session, administrator: Identity) -> None:
    with pytest.raises(NotAllowed, match="another administrator"):
        people.grant(session, administrator, "administrator", Role.REVIEWER, now=NOON)


def test_the_last_administrator_stays(session: Session, administrator: Identity) -> None:
    with pytest.raises(WrongState, match="last administrator"):
        people.revoke(session, administrator, "grant-administrator", now=NOON)
    session.rollback()
    with pytest.raises(WrongState, match="last administrator"):
        people.deactivate(session, administrator, "administrator", now=NOON)
    session.rollback()
    people.grant(session, administrator, "viewer", Role.ADMINISTRATOR, now=NOON)
    people.revoke(session, administrator, "grant-administrator", now=NOON)
    assert not access.allows(access.identity(session, "administrator", now=NOON), "administer")


def test_the_list_shows_everybody_with_the_roles_they_hold_now(
    session: Session, administrator: Identity
) -> None:
    people.revoke(session, administrator, "grant-reviewer", now=NOON)
    shown = {account.id: account for account in people.listing(session, administrator, now=NOON)}
    assert list(shown) == sorted(shown)
    held = shown["coordinator"].grants[0]
    assert (held.role, held.plan, held.area) == (Role.COORDINATOR, "TINY", "KEN")
    assert shown["reviewer"].grants == ()
    assert not shown["viewer"].has_password


def test_every_change_is_traced_by_pseudonym(session: Session, administrator: Identity) -> None:
    person_id = added(session, administrator)
    given = people.grant(session, administrator, person_id, Role.REVIEWER, now=NOON)
    people.revoke(session, administrator, given, now=NOON)
    people.set_password(session, administrator, person_id, SECRET, now=NOON)
    people.deactivate(session, administrator, person_id, now=NOON)
    people.activate(session, administrator, person_id, now=NOON)
    events = session.execute(sa.select(columns(AuditEvent))).all()
    assert [event.action for event in events] == [
        "person.add",
        "grant.give",
        "grant.end",
        "person.password",
        "person.close",
        "person.open",
    ]
    assert {(event.subject, event.by) for event in events} == {(person_id, "administrator")}
    assert "amina" not in str(events).lower()
    assert ledger.verify(session) == []


def test_somebody_new_from_a_provider_arrives_without_any_role(session: Session) -> None:
    person_id = sign_in.by_oidc(session, CLAIMS, now=NOON).person_id
    who = access.identity(session, person_id, now=NOON)
    assert (who.name, who.email, who.grants) == ("Amina Odhiambo", "amina@example.org", ())
    assert sign_in.by_oidc(session, CLAIMS, now=NOON).person_id == person_id


def test_a_provider_may_keep_names_and_addresses_to_itself(session: Session) -> None:
    silent = sign_in.Claims("https://id.example", "8", "", False, "")
    person_id = sign_in.by_oidc(session, silent, now=NOON).person_id
    who = access.identity(session, person_id, now=NOON)
    assert who.name == who.email
    assert who.email.startswith("oidc-")


def test_an_account_made_beforehand_is_taken_over_where_the_address_is_verified(
    session: Session,
) -> None:
    person_id = added(session)
    assert sign_in.by_oidc(session, CLAIMS, now=NOON).person_id == person_id


def test_an_address_that_is_not_verified_takes_over_nothing(session: Session) -> None:
    added(session)
    claims = sign_in.Claims("https://id.example", "7", "amina@example.org", False, "Mallory")
    with pytest.raises(NotAllowed, match="does not confirm"):
        sign_in.by_oidc(session, claims, now=NOON)


def test_a_second_subject_cannot_take_over_a_linked_account(session: Session) -> None:
    sign_in.by_oidc(session, CLAIMS, now=NOON)
    other = sign_in.Claims("https://id.example", "9", "amina@example.org", True, "Mallory")
    with pytest.raises(NotAllowed, match="Another account"):
        sign_in.by_oidc(session, other, now=NOON)


def test_a_closed_account_is_closed_to_its_provider_too(
    session: Session, administrator: Identity
) -> None:
    person_id = sign_in.by_oidc(session, CLAIMS, now=NOON).person_id
    people.deactivate(session, administrator, person_id, now=NOON)
    with pytest.raises(NotAllowed, match="account is closed"):
        sign_in.by_oidc(session, CLAIMS, now=NOON)


def test_a_real_record_has_no_people_to_try_out(session: Session) -> None:
    assert people.demonstration(session, now=NOON) == []
    for person in session.exec(select(Person)):
        person.is_illustrative = True
    session.flush()
    assert people.demonstration(session, now=NOON) == []  # no generated observation yet


def test_errors_are_sentences(session: Session) -> None:
    with pytest.raises(HeadwayError) as caught:
        people.revoke(session, SYSTEM, "none", now=NOON)
    assert str(caught.value).endswith(".")
    assert session.exec(select(Grant)).first() is not None


@pytest.fixture
def focal(session: Session) -> Identity:
    """Give the focal point of Kenya in the tiny plan, and an old viewer's role left as it is."""
    number = people.add(session, SYSTEM, email="focal@example.org", name="Femi", now=NOON)
    people.grant(session, SYSTEM, number, Role.FOCAL_POINT, plan="TINY", area="KEN", now=NOON)
    return access.identity(session, number, now=NOON)


def test_a_focal_point_reports_and_gives_and_ends_roles_of_its_own_country(
    session: Session, focal: Identity
) -> None:
    assert access.allows(focal, "submit", plan="TINY", area=404)
    assert not access.allows(focal, "review")
    given = people.grant(
        session, focal, "reviewer", Role.COORDINATOR, plan="TINY", area="KEN", now=NOON
    )
    people.revoke(session, focal, given, now=NOON)
    people.revoke(session, focal, "grant-coordinator", now=NOON)
    assert not access.allows(access.identity(session, "coordinator", now=NOON), "submit")


@pytest.mark.parametrize(
    ("role", "plan", "area"),
    [
        (Role.REVIEWER, "TINY", "KEN"),
        (Role.FOCAL_POINT, "TINY", "KEN"),
        (Role.ADMINISTRATOR, "TINY", "KEN"),
        (Role.COORDINATOR, "TINY", "NAM"),
        (Role.COORDINATOR, "TINY", "EAC"),  # Kenya is one of its members
        (Role.COORDINATOR, "TINY", "M49-002"),
        (Role.COORDINATOR, "TINY", "M49-001"),
        (Role.COORDINATOR, "TINY", None),
        (Role.COORDINATOR, None, "KEN"),
    ],
)
def test_a_focal_point_gives_nothing_beyond_its_own_country_plan_and_two_roles(
    session: Session, focal: Identity, role: Role, plan: str | None, area: str | None
) -> None:
    with pytest.raises(NotAllowed, match="own country and plan"):
        people.grant(session, focal, "viewer", role, plan=plan, area=area, now=NOON)


def test_a_focal_point_ends_no_role_of_others_and_gives_itself_none(
    session: Session, focal: Identity
) -> None:
    for grant in ("grant-neighbour", "grant-reviewer", "grant-administrator", "grant-viewer"):
        with pytest.raises(NotAllowed):
            people.revoke(session, focal, grant, now=NOON)
    with pytest.raises(NotAllowed, match="to themselves"):
        people.grant(
            session, focal, focal.person_id, Role.COORDINATOR, plan="TINY", area="KEN", now=NOON
        )


def test_a_focal_point_sees_only_the_people_of_its_own_country(
    session: Session, focal: Identity
) -> None:
    shown = people.listing(session, focal, now=NOON)
    assert [(one.id, [held.id for held in one.grants]) for one in shown] == [
        ("coordinator", ["grant-coordinator"])
    ]


def test_a_focal_point_looks_after_an_account_only_where_all_its_roles_are_its_own(
    session: Session, focal: Identity
) -> None:
    assert people.is_theirs(session, focal, "coordinator", now=NOON)
    assert not people.is_theirs(session, focal, "viewer", now=NOON)
    people.grant(session, SYSTEM, "coordinator", Role.REVIEWER, now=NOON)
    assert not people.is_theirs(session, focal, "coordinator", now=NOON)


@pytest.fixture
def local(session: Session) -> Identity:
    """Give the administrator of Kenya in the tiny plan."""
    number = people.add(session, SYSTEM, email="local@example.org", name="Lin", now=NOON)
    people.grant(session, SYSTEM, number, Role.ADMINISTRATOR, plan="TINY", area="KEN", now=NOON)
    return access.identity(session, number, now=NOON)


def test_an_administrator_of_one_place_gives_and_ends_every_role_there(
    session: Session, local: Identity
) -> None:
    for role in Role:
        given = people.grant(session, local, "viewer", role, plan="TINY", area="KEN", now=NOON)
        people.revoke(session, local, given, now=NOON)
    people.revoke(session, local, "grant-coordinator", now=NOON)


@pytest.mark.parametrize(
    ("plan", "area"),
    [
        (None, "KEN"),
        (None, None),
        ("TINY", None),
        ("TINY", "NAM"),
        ("TINY", "EAC"),  # Kenya is one of its members
        ("TINY", "M49-002"),
        ("TINY", "M49-001"),
    ],
)
def test_and_nothing_beyond_it(
    session: Session, local: Identity, plan: str | None, area: str | None
) -> None:
    for role in (Role.ADMINISTRATOR, Role.VIEWER):
        with pytest.raises(NotAllowed, match="its own plan and area"):
            people.grant(session, local, "viewer", role, plan=plan, area=area, now=NOON)


def test_an_administrator_of_a_plan_gives_roles_everywhere_in_it(session: Session) -> None:
    number = people.add(session, SYSTEM, email="plan@example.org", name="Pia", now=NOON)
    people.grant(session, SYSTEM, number, Role.ADMINISTRATOR, plan="TINY", now=NOON)
    who = access.identity(session, number, now=NOON)
    for area in (None, "NAM", "M49-001"):
        people.grant(session, who, "viewer", Role.REVIEWER, plan="TINY", area=area, now=NOON)
    with pytest.raises(NotAllowed):
        people.grant(session, who, "viewer", Role.REVIEWER, area="NAM", now=NOON)


def test_an_administrator_of_one_place_cannot_reach_above_through_an_account(
    session: Session, local: Identity
) -> None:
    # Who holds something here and something more elsewhere is not theirs.
    people.grant(session, SYSTEM, "reviewer", Role.VIEWER, plan="TINY", area="KEN", now=NOON)
    for person_id in ("administrator", "reviewer", "neighbour", "viewer"):
        with pytest.raises(NotAllowed, match="its own plan and area"):
            people.set_password(session, local, person_id, SECRET, now=NOON)
        for change in (people.deactivate, people.activate):
            with pytest.raises(NotAllowed, match="its own plan and area"):
                change(session, local, person_id, now=NOON)
    with pytest.raises(NotAllowed):
        people.revoke(session, local, "grant-administrator", now=NOON)
    people.set_password(session, local, "coordinator", SECRET, now=NOON)
    people.deactivate(session, local, "coordinator", now=NOON)


def test_an_administrator_of_one_place_sees_its_people_and_those_without_a_role(
    session: Session, local: Identity
) -> None:
    new = added(session)
    people.grant(session, SYSTEM, "neighbour", Role.VIEWER, plan="TINY", area="KEN", now=NOON)
    shown = {one.id: one.grants for one in people.listing(session, local, now=NOON)}
    assert set(shown) == {"coordinator", "neighbour", local.person_id, new}
    assert [held.area for held in shown["neighbour"]] == ["KEN"]  # and not what it does elsewhere
    with pytest.raises(NotAllowed):  # it may be promised more: only its role makes it theirs
        people.set_password(session, local, new, SECRET, now=NOON)
    people.grant(session, local, new, Role.VIEWER, plan="TINY", area="KEN", now=NOON)
    people.set_password(session, local, new, SECRET, now=NOON)


def test_the_last_administrator_of_everything_stays_though_there_is_one_of_a_place(
    session: Session, local: Identity
) -> None:
    with pytest.raises(WrongState, match="last administrator"):
        people.revoke(session, SYSTEM, "grant-administrator", now=NOON)
    session.rollback()
    people.grant(session, SYSTEM, "viewer", Role.ADMINISTRATOR, now=NOON)
    people.revoke(session, SYSTEM, "grant-administrator", now=NOON)
