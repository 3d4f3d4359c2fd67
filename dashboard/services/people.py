"""People and what they are granted: accounts and roles.

Every change is an administrator's within the plan and area of that role, or a focal point's for
the coordinators and viewers of its own country and plan. It is traced, and names people by
pseudonym only, so that a person can be forgotten without breaking the trace. The installation
itself (`SYSTEM`) makes the first.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard.services import access, ledger, passwords, sessions
from models import (
    FOREVER,
    SYSTEM_CHAIN,
    BadInput,
    Fault,
    Grant,
    Identity,
    NotAllowed,
    NotFound,
    Observation,
    OneTimeLink,
    Person,
    Plan,
    ReferenceArea,
    Role,
    SecondFactor,
    WrongState,
    micros,
)

ONLY_OWN: Final = (
    "A focal point invites and retires the coordinators and viewers of its own country and plan, "
    "an administrator the people of its own plan and area: an administrator of everything can do "
    "the rest."
)


@dataclass(frozen=True)
class Granted:
    """A role somebody holds, with the codes of its plan and area (none: every one)."""

    id: str
    role: Role
    plan: str | None
    area: str | None
    since: datetime
    until: datetime
    from_group: str | None  # of the sign-in provider, which gives it again at the next sign-in


@dataclass(frozen=True)
class Account:
    """A person as an administrator sees them."""

    id: str
    name: str
    email: str
    is_active: bool
    is_illustrative: bool
    has_password: bool
    has_factor: bool
    provider: str | None
    created_at: datetime
    grants: tuple[Granted, ...]


def add(
    session: Session,
    who: Identity,
    *,
    email: str,
    name: str,
    password: str | None = None,
    is_illustrative: bool = False,
    now: datetime,
) -> str:
    """Add a person without any role and return their pseudonym; a focal point sets no password."""
    access.require(who, "invite")
    if password is not None or is_illustrative:
        access.require(who, "administer")
    email, name = _email(email), " ".join(name.split())
    if not name:
        raise BadInput(Fault("name", "is empty: write how the person is called"))
    if _by_email(session, email) is not None:
        raise BadInput(Fault("email", f"{email} already has an account"))
    person = Person(
        id=secrets.token_hex(8),
        email=email,
        name=name,
        password_hash=None
        if password is None
        else passwords.make_hash(password, email=email, name=name),
        is_illustrative=is_illustrative,
        created_at=now,
    )
    session.add(person)
    session.flush()
    detail = {"illustrative": is_illustrative, "password": password is not None}
    _trace(session, "person.add", person.id, detail, by=who, now=now)
    return person.id


def has_password(session: Session, who: Identity) -> bool:
    """Say whether somebody signs in with a password of this installation."""
    return _person(session, who.person_id).password_hash is not None


def set_language(session: Session, who: Identity, language: str) -> None:
    """Keep the language in which somebody gets their letters: no right hangs on it, so no trace."""
    _person(session, who.person_id).language = language
    session.flush()


def set_password(
    session: Session, who: Identity, person_id: str, password: str, *, now: datetime
) -> None:
    """Give a person a new password and end their sessions; one's own, or by an administrator."""
    if who.person_id != person_id:
        _require_theirs(session, who, person_id, now)
    person = _person(session, person_id)
    person.password_hash = passwords.make_hash(password, email=person.email, name=person.name)
    person.failures, person.locked_until = 0, None
    session.flush()
    _trace(session, "person.password", person_id, {}, by=who, now=now)
    sessions.close_all(session, person_id, by=who.person_id, now=now)


def grant(
    session: Session,
    who: Identity,
    person_id: str,
    role: Role,
    *,
    plan: str | None = None,
    area: str | None = None,
    until: datetime = FOREVER,
    now: datetime,
) -> str:
    """Give a person a role, in a plan and an area or group (none: every one); return its id."""
    area_id = asked(session, who, role, plan=plan, area=area, now=now)
    person = _person(session, person_id)
    if who.person_id == person_id:
        raise NotAllowed("Nobody gives a role to themselves: ask another administrator.")
    given = Grant(
        id=secrets.token_hex(8),
        person_id=person.id,
        role=role,
        plan_code=plan,
        area_id=area_id,
        since=now,
        until=until,
        granted_by=who.person_id,
        granted_at=now,
    )
    session.add(given)
    chain(session, given, area, by=who, now=now)
    return given.id


def chain(session: Session, given: Grant, area: str | None, *, by: Identity, now: datetime) -> None:
    """Append a grant to the ledger, with all that it permits, so that none can be slipped in."""
    session.flush()
    detail = {
        "grant": given.id,
        "role": given.role.value,
        "plan": given.plan_code,
        "area": area,
        "until": micros(given.until),
        "digest": digest(given),
        **({"group": given.from_group} if given.from_group else {}),
    }
    _trace(session, "grant.give", given.person_id, detail, by=by, now=now)


def digest(given: Grant) -> str:
    """Return by what a grant is recognised: all of it but its end, which moves when it is ended."""
    fields = given.model_dump(mode="json", exclude={"since", "until", "granted_at"})
    return ledger.digest(
        {**fields, "since": micros(given.since), "granted_at": micros(given.granted_at)}
    )


def asked(
    session: Session,
    who: Identity,
    role: Role,
    *,
    plan: str | None,
    area: str | None,
    now: datetime,
) -> int | None:
    """Return the area (none: everywhere) for which somebody may give a role, or say why not."""
    access.require(who, "invite")
    if plan is not None and session.get(Plan, plan) is None:
        raise NotFound(f"No plan has the code {plan}.")
    area_id = None if area is None else _area(session, area)
    if not access.may_give(session, who, role, plan=plan, area=area_id, now=now):
        raise NotAllowed(ONLY_OWN)
    return area_id


def revoke(session: Session, who: Identity, grant_id: str, *, now: datetime) -> None:
    """End a role from now on; what was done under it stays."""
    access.require(who, "invite")
    held = session.get(Grant, grant_id)
    if held is None or held.until <= now:
        raise NotFound("That role has already ended.")
    place: dict[str, Any] = {"plan": held.plan_code, "area": held.area_id}
    if not access.may_give(session, who, held.role, **place, now=now):
        raise NotAllowed(ONLY_OWN)
    before = _administrators(session, now)
    end(session, held, by=who, now=now)
    _keep_an_administrator(session, before, now)


def end(session: Session, held: Grant, *, by: Identity, now: datetime) -> None:
    """End a role that is held, and chain that it ended."""
    held.until = now
    session.flush()
    detail = {"grant": held.id, "until": micros(now)}
    _trace(session, "grant.end", held.person_id, detail, by=by, now=now)


def deactivate(session: Session, who: Identity, person_id: str, *, now: datetime) -> None:
    """Close an account and end its sessions; what the person did stays."""
    _require_theirs(session, who, person_id, now)
    person, before = _person(session, person_id), _administrators(session, now)
    person.is_active = False
    session.flush()
    _keep_an_administrator(session, before, now)
    _trace(session, "person.close", person_id, {}, by=who, now=now)
    sessions.close_all(session, person_id, by=who.person_id, now=now)


def activate(session: Session, who: Identity, person_id: str, *, now: datetime) -> None:
    """Open a closed account again, and lift a lock."""
    _require_theirs(session, who, person_id, now)
    person = _person(session, person_id)
    person.is_active, person.failures, person.locked_until = True, 0, None
    session.flush()
    _trace(session, "person.open", person_id, {}, by=who, now=now)


def listing(session: Session, who: Identity, *, now: datetime) -> list[Account]:
    """Return everybody with an account and the roles they hold now, by name.

    A focal point, or an administrator of one plan or area, sees those who hold, or are invited to,
    a role that they give, and that role alone; such an administrator also those without any role.
    """
    access.require(who, "invite")
    everybody = session.exec(select(Person).order_by(Person.name, Person.id)).all()
    grants = _grants(session, now)
    on = _with_factor(session)
    if access.is_everywhere(who, "administer"):
        return [_account(one, grants.get(one.id, ()), on) for one in everybody]
    rows = session.exec(select(Grant).where(col(Grant.until) > now)).all()
    links = _invitations(session, now)
    own = {row.id for row in rows if _is_own(session, who, row, now)}
    shown = {link.person_id for link in links if _is_own(session, who, link, now)}
    shown |= {row.person_id for row in rows if row.id in own}
    if access.allows(who, "administer"):
        given: list[Grant | OneTimeLink] = [*rows, *links]
        shown |= {one.id for one in everybody} - {one.person_id for one in given}
    return [
        _account(one, tuple(held for held in grants.get(one.id, ()) if held.id in own), on)
        for one in everybody
        if one.id in shown
    ]


def is_theirs(session: Session, who: Identity, person_id: str, *, now: datetime) -> bool:
    """Say whether somebody looks after this account: an administrator, or whoever gave its roles.

    All but an administrator of everything look after an account only where they could have given
    every role in it, and every one that it is invited to: nobody reaches above themselves.
    """
    if access.is_everywhere(who, "administer"):
        return True
    rows = session.exec(
        select(Grant).where(Grant.person_id == person_id, col(Grant.until) > now)
    ).all()
    links = [link for link in _invitations(session, now) if link.person_id == person_id]
    given: list[Grant | OneTimeLink] = [*rows, *links]
    return bool(rows) and all(_is_own(session, who, row, now) for row in given)


def _require_theirs(session: Session, who: Identity, person_id: str, now: datetime) -> None:
    access.require(who, "administer")
    if not is_theirs(session, who, person_id, now=now):
        raise NotAllowed(ONLY_OWN)


def _invitations(session: Session, now: datetime) -> Sequence[OneTimeLink]:
    """Return the invitations to a role that are open."""
    wanted = select(OneTimeLink).where(
        col(OneTimeLink.role).is_not(None),
        col(OneTimeLink.used_at).is_(None),
        col(OneTimeLink.expires_at) > now,
    )
    return session.exec(wanted).all()


def _is_own(session: Session, who: Identity, row: Grant | OneTimeLink, now: datetime) -> bool:
    place: dict[str, Any] = {"plan": row.plan_code, "area": row.area_id}
    return row.role is not None and access.may_give(session, who, row.role, **place, now=now)


def demonstration(session: Session, *, now: datetime) -> list[Account]:
    """Return the people of a demonstration, or nobody where this is a real record.

    A demonstration holds generated observations, and every open account in it is illustrative.
    """
    people = session.exec(
        select(Person).where(col(Person.is_active)).order_by(Person.name, Person.id)
    ).all()
    if not people or not all(person.is_illustrative for person in people):
        return []
    generated = select(Observation.seq).where(col(Observation.is_illustrative)).limit(1)
    if session.exec(generated).first() is None:
        return []
    grants = _grants(session, now)
    return [_account(person, grants.get(person.id, ())) for person in people]


def _administrators(session: Session, now: datetime) -> tuple[bool, bool]:
    """Say whether there is an administrator of everything, and whether there is any at all."""
    ledger.hold(session, SYSTEM_CHAIN)  # so that two cannot each remove the other
    places = session.exec(
        select(Grant.plan_code, Grant.area_id)
        .join(Person, col(Person.id) == col(Grant.person_id))
        .where(
            Grant.role == Role.ADMINISTRATOR,
            col(Grant.since) <= now,
            col(Grant.until) > now,
            col(Person.is_active),
        )
    ).all()
    return (None, None) in places, bool(places)


def _keep_an_administrator(session: Session, before: tuple[bool, bool], now: datetime) -> None:
    if _administrators(session, now) < before:
        raise WrongState("This is the last administrator: make another one first.")


def _with_factor(session: Session) -> frozenset[str]:
    """Return those who are asked for a second factor."""
    confirmed = col(SecondFactor.confirmed_at).is_not(None)
    return frozenset(session.exec(select(SecondFactor.person_id).where(confirmed)))


def _grants(session: Session, now: datetime) -> dict[str, tuple[Granted, ...]]:
    asked = (
        sa.select(
            *(getattr(Grant, name) for name in ("person_id", "id", "role", "plan_code")),
            col(ReferenceArea.code),
            *(col(Grant.since), col(Grant.until), col(Grant.from_group)),
        )
        .outerjoin(ReferenceArea, col(ReferenceArea.id) == col(Grant.area_id))
        .where(col(Grant.since) <= now, col(Grant.until) > now)
        .order_by(col(Grant.since), col(Grant.id))
    )
    found: dict[str, tuple[Granted, ...]] = {}
    for person_id, *held in session.execute(asked):
        found[person_id] = (*found.get(person_id, ()), Granted(*held))
    return found


def _account(
    person: Person, grants: tuple[Granted, ...], on: frozenset[str] = frozenset()
) -> Account:
    return Account(
        person.id,
        person.name,
        person.email,
        person.is_active,
        person.is_illustrative,
        person.password_hash is not None,
        person.id in on,
        person.issuer,
        person.created_at,
        grants,
    )


def _trace(
    session: Session,
    action: str,
    subject: str,
    detail: Mapping[str, object],
    *,
    by: Identity,
    now: datetime,
) -> None:
    ledger.record(session, SYSTEM_CHAIN, action, subject, detail, by=by.person_id, now=now)


def _person(session: Session, person_id: str) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("Nobody has that account.")
    return person


def _by_email(session: Session, email: str) -> Person | None:
    return session.exec(select(Person).where(Person.email == email)).one_or_none()


def _area(session: Session, code: str) -> int:
    area = session.exec(select(ReferenceArea.id).where(ReferenceArea.code == code)).one_or_none()
    if area is None:
        raise NotFound(f"No area has the code {code}.")
    return area


def _email(text: str) -> str:
    email = text.strip().lower()
    before, _, after = email.partition("@")
    if not before or "." not in after or "@" in after or any(sign.isspace() for sign in email):
        raise BadInput(Fault("email", f"{text.strip()!r} is not an e-mail address"))
    return email
