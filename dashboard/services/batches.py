"""Batches: files that were taken in as one piece, listed, and taken back as one piece."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard.services import access, ledger, lookup, review
from dashboard.services.lookup import Ref
from models import (
    BadInput,
    Batch,
    BatchState,
    Identity,
    MeasureUpdate,
    NotFound,
    Observation,
    ReviewState,
    State,
    WrongState,
    columns,
)

OBSERVATIONS: Final = columns(Observation)
UPDATES: Final = columns(MeasureUpdate)
STATES: Final = columns(ReviewState)
OPEN: Final = (State.SUBMITTED, State.ENDORSED, State.RETURNED)
_MOVE: Final = (
    sa.update(STATES)
    .where(STATES.c.area_id == sa.bindparam("of"), STATES.c.seq == sa.bindparam("number"))
    .values(state=State.WITHDRAWN, step=sa.bindparam("next"), at=sa.bindparam("then"))
)


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
    accepted; afterwards a reviewer can, who sends back what still waits. Rows of others that
    followed are not touched.
    """
    kept, standing = session.get(Batch, batch), session.get(BatchState, batch)
    if kept is None or standing is None:
        raise NotFound("There is no such batch.")
    if not note.strip():
        raise BadInput("Say why the batch is withdrawn.")
    if standing.withdrawn_at is not None:
        return 0
    rows = _standing(session, kept)
    if kept.author_id == who.person_id:
        if any(row.state == State.ACCEPTED for row in rows):
            raise WrongState(
                "Some of its figures are accepted: a reviewer has to withdraw the batch. "
                "Nothing was changed."
            )
        moved = _withdrawn(session, who, kept, rows, note=note, now=now)
    else:
        moved = _decided(session, who, kept, rows, note=note, now=now)
    standing.withdrawn_at, standing.withdrawn_by, standing.reason = now, who.person_id, note
    standing.finished_at = standing.finished_at or now
    session.add(standing)
    session.flush()
    return moved


def _withdrawn(
    session: Session,
    who: Identity,
    kept: Batch,
    rows: Sequence[sa.Row[Any]],
    *,
    note: str,
    now: datetime,
) -> int:
    """Take one's own rows back, area by area: a few statements for all rows of an area."""
    own = [row for row in rows if row.state in OPEN]
    digest = ledger.digest(note)
    for area_id, group in groupby(own, key=lambda row: row.area_id):
        access.require(who, "submit", plan=kept.plan_code, area=area_id)
        head = ledger.hold(session, area_id)
        part = list(group)
        steps = [
            {"area_id": area_id, "seq": row.seq, "step": row.step + 1, "before": row.state}
            | {"after": State.WITHDRAWN, "by": who.person_id, "at": now, "note": note}
            for row in part
        ]
        session.connection().execute(sa.insert(review.EVENTS), steps)
        session.connection().execute(
            _MOVE,
            [{"of": area_id, "number": row.seq, "next": row.step + 1, "then": now} for row in part],
        )
        told = (
            (
                f"{row.subject}.{State.WITHDRAWN}",
                str(Ref(row.code, row.seq)),
                {"before": row.state, "step": row.step + 1, "note": digest},
            )
            for row in part
        )
        ledger.keep(session, ledger.append_all(session, head, told, by=who.person_id, now=now))
    return len(own)


def _decided(
    session: Session,
    who: Identity,
    kept: Batch,
    rows: Sequence[sa.Row[Any]],
    *,
    note: str,
    now: datetime,
) -> int:
    """Take back as a reviewer: what counts is withdrawn, what waits is sent back."""
    moved = 0
    for row in rows:
        ref = Ref(row.code, row.seq)
        if row.state == State.ACCEPTED:
            review.withdraw(session, who, ref, plan=kept.plan_code, note=note, now=now)
        elif row.state in {State.SUBMITTED, State.ENDORSED}:
            review.send_back(session, who, ref, plan=kept.plan_code, note=note, now=now)
        else:
            continue
        moved += 1
    if not moved:
        access.require(who, "review", plan=kept.plan_code)
    return moved


def _standing(session: Session, kept: Batch) -> Sequence[sa.Row[Any]]:
    """Return the figures and reports of a batch, and where each stands."""
    connection = session.connection()
    rows = [
        row
        for table in (OBSERVATIONS, UPDATES)
        for row in connection.execute(_found(table).where(table.c.batch_id == kept.id))
    ]
    return sorted(rows, key=lambda row: (row.area_id, row.seq))


def _found(rows: sa.Table) -> sa.Select[Any]:
    return (
        sa.select(
            lookup.AREA.c.code,
            rows.c.area_id,
            rows.c.seq,
            STATES.c.state,
            STATES.c.step,
            STATES.c.subject,
        )
        .join(lookup.AREA, lookup.AREA.c.id == rows.c.area_id)
        .join(STATES, sa.and_(STATES.c.area_id == rows.c.area_id, STATES.c.seq == rows.c.seq))
    )
