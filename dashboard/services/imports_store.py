"""Readings on their way into the record: as one piece, and without keeping anybody waiting.

A file of usual size is recorded in one transaction. A large one would hold the only place where
one can write for as long as it takes, so it is recorded in short transactions under one batch,
after all of it was checked; its rows wait unseen until the last is in, and then all of them become
visible by one change of the batch. Broken off in between, nothing was ever visible: the same file
sent again passes over what is there and finishes the rest.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.services import access, derived, imports_updates, ledger, lookup, review
from dashboard.services.imports_record import (
    UNCHANGED,
    asked_of,
    by_area,
    cell_ids,
    compared,
    drafts,
    reason,
)
from dashboard.services.imports_rows import Array, Readings
from dashboard.services.imports_updates import Report
from dashboard.services.ledger import Head
from dashboard.services.lookup import Ref
from dashboard.services.observations import FIELDS, OBSERVATIONS, OPEN, STATES
from models import (
    Batch,
    BatchState,
    Channel,
    Identity,
    State,
    Subject,
    WrongState,
    micros,
    reading,
    unit_of_work,
)

TOGETHER: Final = 10_000
"""Rows that are recorded in one transaction; a file with more goes in by parts."""
PART: Final = 100
"""Rows of one part: it is written in a few thousandths of a second."""
REST: Final = 0.25
"""How long to stand aside after a part, of the time it took: others write meanwhile."""
TURN: Final = 0.0005
"""Seconds after which an import lets another thread of the process have its turn."""


STORED: Final = (
    *("area_id", "indicator_id", "cell_id", *FIELDS, "year", "revises", "channel", "batch_id"),
    *("is_illustrative", "author_id", "recorded_at"),
)
"""The columns of an observation, but for its number."""


@dataclass(frozen=True)
class Incoming:
    """A batch on its way: whose, of which plan and file."""

    who: Identity
    plan: str
    id: str
    name: str
    digest: str
    rows: int
    now: datetime
    reports: tuple[Report, ...] = ()  # on measures: sent when the last figure is in


def store(engine: Engine, batch: Incoming, readings: Readings) -> int:
    """Record all rows without errors, and return how many were new or corrected something."""
    total = int((~readings.table["blocked"] & ~readings.table["left_out"]).sum())
    if total <= TOGETHER:
        return unit_of_work(engine, lambda session: _at_once(session, batch, readings))
    unit_of_work(engine, lambda session: _begun(session, batch))
    with _taking_turns():
        for area_id, at in by_area(readings):
            for part in _parts(engine, batch, readings, area_id, at):
                start = time.perf_counter()
                unit_of_work(engine, part)
                time.sleep(REST * (time.perf_counter() - start))
    return unit_of_work(engine, lambda session: _finished(session, batch))


_TURNS = threading.Lock()
_imports: list[float] = []


@contextmanager
def _taking_turns() -> Iterator[None]:
    """Let other threads have their turn ten times as often: a short write has many of them."""
    with _TURNS:
        _imports.append(_imports[0] if _imports else sys.getswitchinterval())
        sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        with _TURNS:
            usual = _imports.pop()
            if not _imports:
                sys.setswitchinterval(usual)


def _at_once(session: Session, batch: Incoming, readings: Readings) -> int:
    _begun(session, batch)
    cells = cell_ids(session, sorted(set(readings.texts("cell"))))
    for area_id, at in by_area(readings):
        rows = compared(session, drafts(readings, at))
        _record(session, batch, area_id, _plain(batch, rows, cells))
    return _finished(session, batch)


def _parts(
    engine: Engine, batch: Incoming, readings: Readings, area_id: int, at: Array
) -> Iterator[Callable[[Session], None]]:
    """Yield the transactions that record one area, each of a few hundred rows."""
    with reading(engine) as session:
        rows = compared(session, drafts(readings, at))
        since = _Since(_head(session, area_id))
    cells = unit_of_work(engine, lambda session: cell_ids(session, sorted(set(rows["cell"]))))
    ready = _plain(batch, rows, cells)  # made before the first transaction: nobody waits for it
    rows = rows[rows["outcome"] != UNCHANGED]
    for first in range(0, len(rows), PART):

        def work(session: Session, first: int = first) -> None:
            part = ready.part(first, first + PART)
            if since.concerns(session, ledger.hold(session, area_id), part):
                part = _plain(batch, compared(session, rows.iloc[first : first + PART]), cells)
            since.known = _record(session, batch, area_id, part)

        yield work


def _head(session: Session, area_id: int) -> Head:
    heads = ledger.HEADS
    wanted = sa.select(heads).where(heads.c.chain == area_id)
    found = session.connection().execute(wanted).one_or_none()
    return Head(area_id, 0, 0, 0, "") if found is None else Head(**found._mapping)


@dataclass
class _Since:
    """What others did in an area since its rows were compared with the record."""

    known: Head  # as our own last part left it
    keys: set[tuple[int, str, int]] = field(default_factory=set)
    is_quiet: bool = True

    def concerns(self, session: Session, head: Head, part: "_Plain") -> bool:
        """Say whether it may change what the rows of a part are to the record."""
        if head.audit_seq != self.known.audit_seq:
            o = OBSERVATIONS
            wanted = sa.select(o.c.indicator_id, o.c.period, o.c.cell_id).where(
                o.c.area_id == head.chain, o.c.seq > self.known.record_seq
            )
            self.keys |= {tuple(row) for row in session.connection().execute(wanted)}
            self.is_quiet = False
        if self.is_quiet:
            return False
        # A row that is corrected may have been accepted or withdrawn meanwhile.
        corrects = any(number is not None for number, _state, _step in part.earlier)
        return corrects or not self.keys.isdisjoint(part.keys)


def _begun(session: Session, batch: Incoming) -> int:
    """Put the batch into the record where it is not there yet: begun, and not finished."""
    if session.get(Batch, batch.id) is None:
        session.add(
            Batch(
                id=batch.id,
                plan_code=batch.plan,
                file_name=batch.name,
                digest=batch.digest,
                rows=batch.rows,
                author_id=batch.who.person_id,
                recorded_at=batch.now,
            )
        )
        session.flush()
        session.add(BatchState(batch_id=batch.id))
        session.flush()
    return 0


def _finished(session: Session, batch: Incoming) -> int:
    """Let the rows of the batch be seen; a batch that recorded nothing leaves no trace."""
    counted = sa.select(sa.func.count()).where(OBSERVATIONS.c.batch_id == batch.id)
    recorded = int(session.connection().execute(counted).scalar_one())
    standing, kept = session.get(BatchState, batch.id), session.get(Batch, batch.id)
    if standing is None or kept is None:
        raise WrongState("The batch was removed meanwhile. Send the file again.")
    recorded += imports_updates.send(
        session,
        batch.who,
        batch.reports,
        plan=batch.plan,
        batch=batch.id,
        now=kept.recorded_at,
    )
    if recorded == 0:
        session.delete(standing)
        session.flush()
        session.delete(kept)
    else:
        standing.recorded, standing.finished_at = recorded, batch.now
        session.add(standing)
    session.flush()
    return recorded


@dataclass(frozen=True)
class _Plain:
    """Rows as the driver takes them, but for their numbers, and what the ledger says of each."""

    rows: list[tuple[Any, ...]]
    told: list[list[Any]]
    keys: list[tuple[int, str, int]]  # indicator, period, cell
    earlier: list[tuple[int | None, str, int]]  # the row that each corrects: number, state, step

    def part(self, first: int, last: int) -> "_Plain":
        """Return some of the rows."""
        at = slice(first, last)
        return _Plain(self.rows[at], self.told[at], self.keys[at], self.earlier[at])


def _plain(batch: Incoming, rows: pd.DataFrame, cells: dict[str, int]) -> _Plain:
    """Return the rows that are new or correct something, ready to be stored."""
    rows = rows[rows["outcome"] != UNCHANGED]
    stored = _stored(batch, rows, cells)
    columns = {name: derived.plain(stored[name]) for name in STORED}
    earlier = zip(
        columns["revises"],
        derived.plain(rows["earlier_state"]),
        derived.plain(rows["earlier_step"]),
        strict=True,
    )
    return _Plain(
        list(zip(*columns.values(), strict=True)),
        _told(columns),
        list(zip(*(columns[name] for name in ("indicator_id", "period", "cell_id")), strict=True)),
        [(number, state or "", int(step or 0)) for number, state, step in earlier],
    )


def _record(session: Session, batch: Incoming, area_id: int, ready: _Plain) -> Head:
    """Record rows of one area and chain them; return the new head of its chain."""
    head = ledger.hold(session, area_id)
    if not ready.rows:
        return head
    access.require(batch.who, "submit", plan=batch.plan, area=area_id)
    _open(session, batch, area_id, ready.keys)
    code = _code(session, area_id)
    first, last = head.record_seq + 1, head.record_seq + len(ready.rows)
    numbered = [
        (number, *row) for number, row in zip(range(first, last + 1), ready.rows, strict=True)
    ]
    derived.insert_rows(session, OBSERVATIONS, ("seq", *STORED), numbered)
    _sent(session, batch, area_id, first, last)
    head = replace(head, record_seq=last)
    for number, (earlier, state, step) in zip(range(first, last + 1), ready.earlier, strict=True):
        if earlier is not None and state in OPEN:
            standing = _Standing(State(state), step, Subject.OBSERVATION)
            head = review.moved(
                session,
                head,
                Ref(code, int(earlier)),
                standing,
                State.SUPERSEDED,
                by=batch.who.person_id,
                now=batch.now,
                note=f"{code}-{number}",
            )
    moment = micros(batch.now)
    steps = (
        (number, 1, State.DRAFT, State.SUBMITTED, batch.who.person_id, moment, "")
        for number in range(first, last + 1)
    )
    detail = {
        "first": first,
        "last": last,
        "digest": ledger.digest(ready.told),
        "steps": ledger.steps_digest(steps),
    }
    head = ledger.append(
        session,
        head,
        "observation.imported",
        f"{code}-{first}",
        {**detail, "batch": batch.id},
        by=batch.who.person_id,
        now=batch.now,
    )
    ledger.keep(session, head)
    return head


@dataclass(frozen=True)
class _Standing:
    state: State
    step: int
    subject: Subject


def _open(
    session: Session, batch: Incoming, area_id: int, keys: list[tuple[int, str, int]]
) -> None:
    """Refuse what a round has locked meanwhile."""
    asked = set(asked_of(session, area_id))
    for about, period in sorted({key[:2] for key in keys if key[0] in asked}):
        why = reason(session, batch.who, area_id, about, period, now=batch.now)
        if why:
            raise WrongState(why)


def _code(session: Session, area_id: int) -> str:
    wanted = sa.select(lookup.AREA.c.code).where(lookup.AREA.c.id == area_id)
    return str(session.connection().execute(wanted).scalar_one())


def _stored(batch: Incoming, rows: pd.DataFrame, cells: dict[str, int]) -> pd.DataFrame:
    """Return the rows as they are stored in the table of observations, but for their numbers."""
    return rows[["area_id", "indicator_id", *FIELDS]].assign(
        cell_id=rows["cell"].map(cells),
        year=rows["period"].str.slice(0, 4).astype("int64"),
        revises=rows["earlier"],
        channel=Channel.IMPORT.value,
        batch_id=batch.id,
        is_illustrative=False,
        author_id=batch.who.person_id,
        recorded_at=micros(batch.now),
    )


def _told(columns: Mapping[str, list[Any]]) -> list[list[Any]]:
    """Return what the ledger says of each row, as `history.rows_digest` does."""
    told = [
        [None if value is None else str(value) for value in columns[name]]
        for name in (*FIELDS, "area_id", "indicator_id", "cell_id")
    ]
    return [list(row) for row in zip(*told, strict=True)]


def _sent(session: Session, batch: Incoming, area_id: int, first: int, last: int) -> None:
    """Open the review of rows just added, by two statements for all of them."""
    connection = session.connection()
    rows = sa.and_(OBSERVATIONS.c.area_id == area_id, OBSERVATIONS.c.seq.between(first, last))
    event = {"step": 1, "before": State.DRAFT, "after": State.SUBMITTED, "note": ""}
    event |= {"by": batch.who.person_id, "at": batch.now}
    connection.execute(_copied(review.EVENTS, event, rows))
    standing = {"subject": Subject.OBSERVATION, "state": State.SUBMITTED, "step": 1}
    connection.execute(_copied(STATES, {**standing, "at": batch.now}, rows))


def _copied(into: sa.Table, content: dict[str, Any], rows: sa.ColumnElement[bool]) -> sa.Insert:
    fixed = [sa.literal(value, into.c[name].type).label(name) for name, value in content.items()]
    chosen = sa.select(OBSERVATIONS.c.area_id, OBSERVATIONS.c.seq, *fixed).where(rows)
    return sa.insert(into).from_select(["area_id", "seq", *content], chosen)
