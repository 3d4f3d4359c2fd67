"""Batches: files that were taken in as one piece, listed, and taken back as one piece."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard.services import lookup, review
from dashboard.services.lookup import Ref
from models import (
    BadInput,
    Batch,
    BatchState,
    Identity,
    NotFound,
    Observation,
    ReviewState,
    State,
    WrongState,
    columns,
)

OBSERVATIONS: Final = columns(Observation)
STATES: Final = columns(ReviewState)
STANDINGS: Final = columns(BatchState)
MOVABLE: Final = (State.SUBMITTED, State.ENDORSED, State.RETURNED, State.ACCEPTED)


def unfinished() -> sa.Select[Any]:
    """Return the batches whose rows are not to be seen yet."""
    return sa.select(STANDINGS.c.batch_id).where(STANDINGS.c.finished_at.is_(None))


@dataclass(frozen=True)
class Kept:
    """A batch in the record."""

    id: str
    name: str
    recorded: int
    author: str
    recorded_at: datetime
    finished_at: datetime | None
    withdrawn_at: datetime | None
    reason: str


def listing(session: Session, who: Identity, *, plan: str) -> list[Kept]:
    """Return the batches that somebody sent, newest first."""
    wanted = (
        select(Batch, BatchState)
        .join(BatchState, col(BatchState.batch_id) == col(Batch.id))
        .where(Batch.plan_code == plan, Batch.author_id == who.person_id)
        .order_by(col(Batch.recorded_at).desc())
    )
    return [
        Kept(
            batch.id,
            batch.file_name,
            state.recorded,
            batch.author_id,
            batch.recorded_at,
            state.finished_at,
            state.withdrawn_at,
            state.reason,
        )
        for batch, state in session.exec(wanted)
    ]


def withdraw(session: Session, who: Identity, batch: str, *, note: str, now: datetime) -> int:
    """Take a whole batch back, and return how many rows that concerned.

    Its rows stay in the history and no longer count. Its author can do so while none of them is
    accepted; afterwards a reviewer can, and rows of others that followed are not touched.
    """
    kept, standing = session.get(Batch, batch), session.get(BatchState, batch)
    if kept is None or standing is None:
        raise NotFound("There is no such batch.")
    if not note.strip():
        raise BadInput("Say why the batch is withdrawn.")
    if standing.withdrawn_at is not None:
        return 0
    rows = _standing(session, batch)
    if kept.author_id == who.person_id and any(state == State.ACCEPTED for _ref, state in rows):
        raise WrongState(
            "Some of its figures are accepted: a reviewer has to withdraw the batch. "
            "Nothing was changed."
        )
    moved = 0
    for ref, state in rows:
        if state in MOVABLE:
            review.withdraw(session, who, ref, plan=kept.plan_code, note=note, now=now)
            moved += 1
    standing.withdrawn_at, standing.withdrawn_by, standing.reason = now, who.person_id, note
    session.add(standing)
    session.flush()
    return moved


def _standing(session: Session, batch: str) -> Sequence[tuple[Ref, State]]:
    """Return the rows of a batch and where each stands."""
    o = OBSERVATIONS
    wanted = (
        sa.select(lookup.AREA.c.code, o.c.seq, STATES.c.state)
        .join(lookup.AREA, lookup.AREA.c.id == o.c.area_id)
        .join(STATES, sa.and_(STATES.c.area_id == o.c.area_id, STATES.c.seq == o.c.seq))
        .where(o.c.batch_id == batch)
        .order_by(o.c.area_id, o.c.seq)
    )
    rows = session.connection().execute(wanted)
    return [(Ref(row.code, row.seq), row.state) for row in rows]
