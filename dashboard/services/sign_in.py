"""Signing in: who stands behind an e-mail address and password, or behind a provider's word.

With a password it takes three steps, because checking one is slow on purpose and must hold no
transaction: `stored_password` reads, `passwords.check` compares, `admit` counts the try and says
who it was. Whoever has a second factor is then only half in: `complete` takes its code.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from dashboard.services import factors, groups, ledger, tries
from dashboard.settings import GroupRole
from models import SYSTEM_CHAIN, NotAllowed, Person

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


@dataclass(frozen=True)
class Admitted:
    """Somebody who proved who they are; half in only, where a code is still asked for.

    `proof` stands for what they proved it with: once that is changed, it is worth nothing.
    """

    person_id: str
    needs_code: bool = False
    proof: str = ""


@dataclass(frozen=True)
class Claims:
    """What a provider of OpenID Connect says about somebody."""

    issuer: str
    subject: str
    email: str
    is_verified: bool
    name: str
    groups: frozenset[str] = frozenset()


def stored_password(session: Session, email: str) -> str | None:
    """Return the password hash of an open account; none where there is no such account."""
    person = _by_email(session, email)
    return person.password_hash if person is not None and person.is_active else None


def admit(
    session: Session, email: str, stored: str | None, *, is_right: bool, now: datetime
) -> Admitted | None:
    """Count a try to sign in and return who it was; none where it is refused.

    `stored` is the hash that was checked. A wrong password counts; enough of them in a row lock
    the account for a while, in which even the right password is refused. The right one forgives
    them, but not before the code, where one is asked for.
    """
    person = tries.counted(session, _with_email(email))
    if person is None or not person.is_active or person.password_hash is None:
        return None
    if tries.are_locked(person, now=now):
        return None
    if not is_right or person.password_hash != stored:
        tries.count(session, person, now=now)
        return None
    if factors.is_on(session, person.id):
        return Admitted(person.id, True, _proof(person, "password"))
    tries.forgive(session, person)
    return Admitted(person.id)


def complete(
    session: Session, half: Admitted, code: str, box: "Fernet", *, now: datetime
) -> Admitted | None:
    """Count a try with a code of somebody who is half in, and return who it was.

    None where it does not fit, the account waits, or what was proved first has changed.
    """
    person = session.get(Person, half.person_id)
    if person is None or half.proof not in {_proof(person, "password"), _proof(person, "oidc")}:
        return None
    is_right = factors.prove(session, person.id, code, box, now=now)
    return Admitted(person.id) if is_right else None


def by_oidc(
    session: Session,
    claims: Claims,
    *,
    rules: Iterable[GroupRole] = (),
    asks_code: bool = False,
    now: datetime,
) -> Admitted:
    """Return the person a provider speaks of; somebody new has the roles of their groups alone.

    An account made beforehand is taken over only where the provider says the address is verified.
    Our own second factor is asked for only where the installation wants it beside the provider's.
    """
    known = session.exec(
        select(Person).where(Person.issuer == claims.issuer, Person.subject == claims.subject)
    ).one_or_none()
    person = known or _taken_over(session, claims, now) or _arrived(session, claims, now)
    if not person.is_active:
        raise NotAllowed("This account is closed. An administrator can open it again.")
    groups.match(session, person.id, claims.groups, rules, now=now)
    if asks_code and factors.is_on(session, person.id):
        return Admitted(person.id, True, _proof(person, "oidc"))
    return Admitted(person.id)


def _taken_over(session: Session, claims: Claims, now: datetime) -> Person | None:
    person = _by_email(session, claims.email) if claims.email else None
    if person is None:
        return None
    if not claims.is_verified or person.issuer is not None:
        raise NotAllowed(
            "Another account has this e-mail address, and the provider does not confirm that it "
            "is yours. An administrator can help."
        )
    person.issuer, person.subject = claims.issuer, claims.subject
    session.flush()
    _trace(session, "person.link", person, now)
    return person


def _arrived(session: Session, claims: Claims, now: datetime) -> Person:
    key = hashlib.sha256(f"{claims.issuer}\n{claims.subject}".encode()).hexdigest()[:16]
    email = claims.email.strip().lower()
    person = Person(
        id=secrets.token_hex(8),
        email=email or f"oidc-{key}",
        name=" ".join(claims.name.split()) or email or f"oidc-{key}",
        issuer=claims.issuer,
        subject=claims.subject,
        created_at=now,
    )
    session.add(person)
    session.flush()
    _trace(session, "person.arrive", person, now)
    return person


def _trace(session: Session, action: str, person: Person, now: datetime) -> None:
    detail = {"issuer": person.issuer}
    ledger.record(session, SYSTEM_CHAIN, action, person.id, detail, by=person.id, now=now)


def _proof(person: Person, way: str) -> str:
    """Return what stands for the password, or for the provider's word, of a person."""
    known = person.password_hash if way == "password" else f"{person.issuer}\n{person.subject}"
    return hashlib.sha256(f"{way}\n{person.id}\n{known}".encode()).hexdigest()


def _by_email(session: Session, email: str) -> Person | None:
    return session.exec(_with_email(email)).one_or_none()


def _with_email(email: str) -> SelectOfScalar[Person]:
    return select(Person).where(Person.email == email.strip().lower())
