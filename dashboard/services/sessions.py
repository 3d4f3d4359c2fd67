"""Signed-in browsers: open a session, find who holds it, end it.

A browser holds an opaque token of 256 bits; the record keeps only its SHA-256, so that a copy of
the database opens no door. A session ends after some hours without a click, after a week in any
case, and at once when it is revoked or the account is closed.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard.services import access, ledger
from models import SYSTEM_CHAIN, Identity, LoginSession, NotFound

COOKIE: Final = "headway_session"
"""The cookie in which a browser holds its token."""
LONGEST: Final = timedelta(days=7)
"""No session lives longer, however busy it is."""
TOUCH: Final = timedelta(minutes=5)
"""How exactly the last click is kept: a page must not write at every click."""
AGENT_LENGTH: Final = 200


@dataclass(frozen=True)
class Signed:
    """One signed-in browser, as its owner sees it."""

    handle: str  # names the session in a form; nobody can sign in with it
    method: str
    agent: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_this: bool


def open_session(
    session: Session, person_id: str, *, method: str, agent: str, hours: int, now: datetime
) -> str:
    """Open a session of at least `hours` for a person and return its token, told this once."""
    token = secrets.token_urlsafe(32)
    session.execute(
        sa.delete(LoginSession).where(
            col(LoginSession.person_id) == person_id, col(LoginSession.expires_at) <= now
        )
    )
    session.add(
        LoginSession(
            token_hash=hashed(token),
            person_id=person_id,
            method=method,
            agent=agent[:AGENT_LENGTH],
            created_at=now,
            seen_at=now,
            expires_at=now + max(LONGEST, timedelta(hours=hours)),
        )
    )
    session.flush()
    detail = {"method": method}
    ledger.record(session, SYSTEM_CHAIN, "session.open", person_id, detail, by=person_id, now=now)
    return token


def whose(session: Session, token: str, *, hours: int, now: datetime) -> Identity | None:
    """Return who holds this token, with their grants in force now; none where it has ended."""
    held = session.get(LoginSession, hashed(token))
    if held is None or not _is_alive(held, hours, now):
        return None
    who = access.identity(session, held.person_id, now=now)
    return who if who.person_id else None


def touch(session: Session, token: str, *, now: datetime) -> None:
    """Keep that this session was used, to within `TOUCH`."""
    session.execute(
        sa.update(LoginSession)
        .where(
            col(LoginSession.token_hash) == hashed(token), col(LoginSession.seen_at) < now - TOUCH
        )
        .values(seen_at=now)
    )


def close(session: Session, token: str, *, now: datetime) -> None:
    """End the session of this token; nothing happens where it has ended already."""
    _end(session, [col(LoginSession.token_hash) == hashed(token)], "session.close", None, now)


def revoke(session: Session, who: Identity, handle: str, *, now: datetime) -> None:
    """End one of a person's own sessions, named by its handle."""
    own = [col(LoginSession.token_hash) == handle, col(LoginSession.person_id) == who.person_id]
    if not _end(session, own, "session.revoke", who.person_id, now):
        raise NotFound("That session has already ended.")


def close_all(session: Session, person_id: str, *, by: str, now: datetime) -> int:
    """End every session of a person and return how many were open."""
    return _end(session, [col(LoginSession.person_id) == person_id], "session.revoke", by, now)


def listing(
    session: Session, who: Identity, *, token: str, hours: int, now: datetime
) -> list[Signed]:
    """Return a person's own open sessions, the latest used first; `token` is this browser's."""
    rows = session.exec(
        select(LoginSession)
        .where(LoginSession.person_id == who.person_id)
        .order_by(col(LoginSession.seen_at).desc())
    )
    this = hashed(token)
    return [
        Signed(
            row.token_hash,
            row.method,
            row.agent,
            row.created_at,
            row.seen_at,
            row.expires_at,
            row.token_hash == this,
        )
        for row in rows
        if _is_alive(row, hours, now)
    ]


def hashed(token: str) -> str:
    """Return what the record keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _is_alive(held: LoginSession, hours: int, now: datetime) -> bool:
    return (
        held.revoked_at is None
        and now < held.expires_at
        and now < held.seen_at + timedelta(hours=hours)
    )


def _end(
    session: Session,
    which: Sequence[sa.ColumnElement[bool]],
    action: str,
    by: str | None,
    now: datetime,
) -> int:
    """End the sessions that fit and are open, with one trace a person."""
    is_open = col(LoginSession.revoked_at).is_(None)
    people = session.exec(select(LoginSession.person_id).where(*which, is_open)).all()
    if not people:
        return 0
    session.execute(sa.update(LoginSession).where(*which, is_open).values(revoked_at=now))
    for person_id in sorted(set(people)):
        detail = {"sessions": people.count(person_id)}
        ledger.record(session, SYSTEM_CHAIN, action, person_id, detail, by=by or person_id, now=now)
    return len(people)
