"""Signing in: who stands behind an e-mail address and password, or behind a provider's word.

With a password it takes three steps, because checking one is slow on purpose and must hold no
transaction: `stored_password` reads, `passwords.check` compares, `admit` counts the try and says
who it was.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, select

from dashboard.services import ledger
from models import SYSTEM_CHAIN, NotAllowed, Person

FREE_TRIES: Final = 5
LOCK: Final = timedelta(minutes=1)
LONGEST_LOCK: Final = timedelta(hours=1)
"""After so many wrong passwords in a row an account waits a minute, then two, four …"""


@dataclass(frozen=True)
class Claims:
    """What a provider of OpenID Connect says about somebody."""

    issuer: str
    subject: str
    email: str
    is_verified: bool
    name: str


def stored_password(session: Session, email: str) -> str | None:
    """Return the password hash of an open account; none where there is no such account."""
    person = _by_email(session, email)
    return person.password_hash if person is not None and person.is_active else None


def admit(
    session: Session, email: str, stored: str | None, *, is_right: bool, now: datetime
) -> str | None:
    """Count a try to sign in and return who it was; none where it is refused.

    `stored` is the hash that was checked. A wrong password counts; enough of them in a row lock
    the account for a while, in which even the right password is refused.
    """
    person = _by_email(session, email)
    if person is None or not person.is_active or person.password_hash is None:
        return None
    if person.locked_until is not None and now < person.locked_until:
        return None
    if is_right and person.password_hash == stored:
        person.failures, person.locked_until = 0, None
        session.flush()
        return person.id
    _count_failure(session, person, now)
    return None


def by_oidc(session: Session, claims: Claims, *, now: datetime) -> str:
    """Return the person a provider speaks of; somebody new is added without any role.

    An account made beforehand is taken over only where the provider says the address is verified.
    """
    known = session.exec(
        select(Person).where(Person.issuer == claims.issuer, Person.subject == claims.subject)
    ).one_or_none()
    person = known or _taken_over(session, claims, now) or _arrived(session, claims, now)
    if not person.is_active:
        raise NotAllowed("This account is closed. An administrator can open it again.")
    return person.id


def _count_failure(session: Session, person: Person, now: datetime) -> None:
    person.failures += 1
    if person.failures >= FREE_TRIES:
        wait = LOCK * 2 ** min(person.failures - FREE_TRIES, 10)
        person.locked_until = now + min(wait, LONGEST_LOCK)
        detail = {"failures": person.failures}
        ledger.record(session, SYSTEM_CHAIN, "person.lock", person.id, detail, by="system", now=now)
    session.flush()


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


def _by_email(session: Session, email: str) -> Person | None:
    return session.exec(select(Person).where(Person.email == email.strip().lower())).one_or_none()
