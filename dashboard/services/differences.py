"""What changed in a plan between two snapshots, two moments, or one and the other."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from sqlmodel import Session

from dashboard.exchange import SnapshotTables, datapackage, differences
from dashboard.exchange.differences import CAUSES, Differences
from dashboard.services import reads, snapshots
from models import BadInput, Fault, Snapshot

__all__ = ["CAUSES", "Differences", "Point", "between", "point"]

IDENTITY: Final = re.compile(r"(sha256:)?[0-9a-f]{8,64}")
NOW: Final = "now"


@dataclass(frozen=True)
class Point:
    """One end of a comparison: a snapshot, or a moment of the record."""

    as_of: datetime
    snapshot: Snapshot | None = None

    @property
    def key(self) -> str:
        """What tells this end from every other."""
        return self.snapshot.id if self.snapshot else self.as_of.isoformat()


def point(session: Session, plan: str, text: str, *, now: datetime) -> Point:
    """Read an end: `now`, a day (its end), a moment, or the identity of a snapshot of the plan.

    Raises `BadInput` for what is none of them, `NotFound` for a snapshot that is not there.
    """
    word = text.strip().lower()
    if word == NOW:
        return Point(now)
    if IDENTITY.fullmatch(word):
        found = snapshots.get(session, word)
        if found.plan_code != plan:
            said = f"{text!r} is a snapshot of {found.plan_code}, not of {plan}"
            raise BadInput(Fault("snapshot", said))
        return Point(found.as_of, found)
    try:
        moment = (
            reads.end_of(date.fromisoformat(word))
            if len(word) == len("2026-03-01")
            else _moment(text.strip())
        )
    except (ValueError, OverflowError):
        said = f"{text!r} is neither a day, a moment, the identity of a snapshot, nor {NOW!r}"
        raise BadInput(Fault("moment", said)) from None
    return Point(min(moment, now) if moment.date() == now.date() else moment)


def _moment(text: str) -> datetime:
    """Return a moment; one that names no zone is in UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def between(session: Session, plan: str, start: Point, end: Point, *, now: datetime) -> Differences:
    """Return every difference between two ends, each with what it is due to.

    A snapshot speaks for itself, from its own file. A moment is read from the record, which keeps
    memberships, weights and names of areas only as they are now: a change of those is seen between
    two snapshots. Raises `BadInput` where the first end is the later one or lies in the future.
    """
    if end.as_of > now:
        raise BadInput(Fault("as of", "lies in the future: what will be known then is not known"))
    if start.as_of > end.as_of:
        raise BadInput(Fault("from", "lies after the end: name the earlier state first"))
    return differences.between(*(_known(session, plan, one) for one in (start, end)))


def _known(session: Session, plan: str, one: Point) -> SnapshotTables:
    if one.snapshot is not None:
        return datapackage.read(snapshots.content(session, one.snapshot.id))
    return datapackage.settled(snapshots.as_known(session, plan, one.as_of))
