"""Tokens with which programs act for a person: make one, list them, revoke them.

A program shows its token with every request. What it may do is decided then, not when the token
was made: what the scopes name, of what the person is still granted. The secret is told once; the
record keeps only its SHA-256, so that a copy of the database opens no door.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard.services import access, ledger
from dashboard.services.sessions import TOUCH, hashed
from models import (
    SYSTEM_CHAIN,
    ApiToken,
    BadInput,
    Fault,
    Identity,
    NotAllowed,
    NotFound,
    Person,
    SignInNeeded,
)

SCOPES: Final[Mapping[str, frozenset[str]]] = {
    "read": frozenset({"read"}),
    "reports": frozenset({"read", "reports"}),
    "submit": frozenset({"read", "submit"}),
    "history": frozenset({"read", "export_history"}),
}
"""What a token can be made for, and the actions that allows, where its person is granted them.

`reports` is for one's own reports, also before review; it needs no grant.
"""
START: Final = "headway_"
"""Every token begins with it, so that one that lies about is recognised."""
LONGEST: Final = timedelta(days=366)
USUAL: Final = timedelta(days=90)
MOST: Final = 20
"""Tokens in force that one person can have."""
NAME_LENGTH: Final = 80


@dataclass(frozen=True)
class Listed:
    """A token as its owner sees it: everything but the secret."""

    id: str
    person_id: str
    name: str
    scopes: tuple[str, ...]
    since: datetime
    until: datetime
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def is_in_force(self, now: datetime) -> bool:
        """Say whether a program can act with it now."""
        return self.revoked_at is None and self.since <= now < self.until


@dataclass(frozen=True)
class Bearer:
    """Who a program acts for, as far as its token goes, and the token's own name."""

    who: Identity
    token_id: str
    used_at: datetime | None

    def is_stale(self, now: datetime) -> bool:
        """Say whether its last use should be kept again."""
        return self.used_at is None or self.used_at < now - TOUCH


def issue(
    session: Session,
    who: Identity,
    name: str,
    scopes: Iterable[str],
    *,
    person_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    now: datetime,
) -> tuple[str, Listed]:
    """Make a token and return its secret, told this once, with how it is listed.

    People make their own; only the installation itself makes one for somebody else.
    """
    owner = person_id or who.person_id
    if not who.person_id:
        raise SignInNeeded("Please sign in to do this.")
    if not who.is_system and (owner != who.person_id or who.scopes is not None):
        raise NotAllowed("People make their own tokens, signed in on the account page.")
    since = now if since is None else since
    until = since + USUAL if until is None else until
    called, wanted = " ".join(name.split()), sorted(set(scopes))
    _check(called, wanted, since, until, now)
    person = session.get(Person, owner)
    if person is None or not person.is_active:
        raise NotFound("That account is not there, or closed.")
    mine = [one for one in _listing(session, owner) if one.until > now and not one.revoked_at]
    if len(mine) >= MOST:
        raise BadInput(f"There are {MOST} tokens in force already: revoke one that is not needed.")
    secret = START + secrets.token_urlsafe(32)
    token = ApiToken(
        id=secrets.token_hex(6),
        token_hash=hashed(secret),
        person_id=owner,
        name=called,
        scopes=" ".join(wanted),
        since=since,
        until=until,
        created_by=who.person_id,
        created_at=now,
    )
    session.add(token)
    session.flush()
    detail = {"token": token.id, "scopes": wanted, "until": until.isoformat()}
    ledger.record(session, SYSTEM_CHAIN, "token.issue", owner, detail, by=who.person_id, now=now)
    return secret, _listed(token)


def _check(name: str, scopes: list[str], since: datetime, until: datetime, now: datetime) -> None:
    faults = []
    if not name or len(name) > NAME_LENGTH:
        told = f"say in at most {NAME_LENGTH} characters what the token is for"
        faults.append(Fault("name", told))
    if not scopes:
        faults.append(Fault("scopes", "choose what the token may do"))
    for unknown in sorted(set(scopes) - set(SCOPES)):
        told = f"{unknown!r} is none of the scopes: {', '.join(SCOPES)}"
        faults.append(Fault("scopes", told))
    if not max(since, now) < until:
        faults.append(Fault("until", "has passed already, or lies before its beginning"))
    elif until - since > LONGEST:
        faults.append(Fault("until", f"is too far away: at most {LONGEST.days} days"))
    if faults:
        raise BadInput(*faults)


def bearer(session: Session, secret: str, *, now: datetime) -> Bearer | None:
    """Return whom a program acts for that shows this secret; none where that opens nothing."""
    found = session.exec(select(ApiToken).where(ApiToken.token_hash == hashed(secret))).first()
    if found is None or not _listed(found).is_in_force(now):
        return None
    who = access.identity(session, found.person_id, now=now)
    if not who.person_id:
        return None
    allowed = frozenset[str]().union(*(SCOPES.get(one, ()) for one in found.scopes.split()))
    return Bearer(replace(who, scopes=allowed), found.id, found.used_at)


def touch(session: Session, token_id: str, *, now: datetime) -> None:
    """Keep that a token was used, to within minutes."""
    used = col(ApiToken.used_at)
    session.execute(
        sa.update(ApiToken)
        .where(col(ApiToken.id) == token_id, sa.or_(used.is_(None), used < now - TOUCH))
        .values(used_at=now)
    )


def listing(session: Session, who: Identity, *, person_id: str | None = None) -> list[Listed]:
    """Return the tokens of a person, the newest first: one's own, or any by an administrator."""
    owner = person_id or who.person_id
    if owner != who.person_id:
        access.require(who, "administer")
    return _listing(session, owner) if owner else []


def everybody(session: Session, who: Identity) -> list[Listed]:
    """Return the tokens of everybody, the newest first, for administrators."""
    access.require(who, "administer")
    return _listing(session, None)


def revoke(session: Session, who: Identity, token_id: str, *, now: datetime) -> None:
    """End a token at once: one's own, or any by an administrator."""
    found = session.get(ApiToken, token_id)
    is_mine = found is not None and found.person_id == who.person_id and who.scopes is None
    if not is_mine:
        access.require(who, "administer")
    if found is None:
        raise NotFound(f"There is no token {token_id}.")
    if found.revoked_at is not None:
        return
    found.revoked_at = now
    session.add(found)
    session.flush()
    detail = {"token": found.id}
    by = who.person_id
    ledger.record(session, SYSTEM_CHAIN, "token.revoke", found.person_id, detail, by=by, now=now)


def _listing(session: Session, person_id: str | None) -> list[Listed]:
    wanted = select(ApiToken).order_by(col(ApiToken.created_at).desc(), col(ApiToken.id))
    if person_id is not None:
        wanted = wanted.where(ApiToken.person_id == person_id)
    return [_listed(one) for one in session.exec(wanted)]


def _listed(token: ApiToken) -> Listed:
    return Listed(
        token.id,
        token.person_id,
        token.name,
        tuple(token.scopes.split()),
        token.since,
        token.until,
        token.created_at,
        token.used_at,
        token.revoked_at,
    )
