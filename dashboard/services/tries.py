"""Tries to sign in: wrong passwords and wrong codes count together, and lock for a while.

Whoever has only half of what it takes gets no further by trying: the count is forgiven once
everything was right, and not before.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from dashboard.services import ledger
from models import SYSTEM_CHAIN, Person

FREE: Final = 5
LOCK: Final = timedelta(minutes=1)
LONGEST_LOCK: Final = timedelta(hours=1)
"""After so many wrong tries in a row an account waits a minute, then two, four …"""


def counted(session: Session, wanted: SelectOfScalar[Person]) -> Person | None:
    """Return somebody who tries, and keep every other try of theirs waiting until the commit.

    So that a hundred tries at once count as a hundred, and not as one.
    """
    return session.exec(wanted.with_for_update()).one_or_none()


def are_locked(person: Person, *, now: datetime) -> bool:
    """Say whether even the right password or code is refused now."""
    return person.locked_until is not None and now < person.locked_until


def count(session: Session, person: Person, *, now: datetime) -> None:
    """Count a wrong try; enough of them in a row lock the account."""
    person.failures += 1
    if person.failures >= FREE:
        wait = LOCK * 2 ** min(person.failures - FREE, 10)
        person.locked_until = now + min(wait, LONGEST_LOCK)
        detail = {"failures": person.failures}
        ledger.record(session, SYSTEM_CHAIN, "person.lock", person.id, detail, by="system", now=now)
    session.flush()


def forgive(session: Session, person: Person) -> None:
    """Forget the wrong tries of somebody who proved who they are."""
    person.failures, person.locked_until = 0, None
    session.flush()
