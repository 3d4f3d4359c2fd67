"""Look into the ledger: the latest changes, and whether the record still says what was chained."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard.services import access, history, ledger, observations, updates
from dashboard.services.reads import table
from models import AuditEvent, Identity, MeasureUpdate, Observation, ReferenceArea, columns

EVENTS: Final = columns(AuditEvent)
AREA: Final = columns(ReferenceArea)


def latest(session: Session, who: Identity, *, limit: int = 200) -> pd.DataFrame:
    """Return the latest events of every chain, newest first: area, seq, at, by, action, subject."""
    access.require(who, "administer")
    rows = table(
        session,
        sa.select(EVENTS, AREA.c.code.label("area"))
        .outerjoin(AREA, AREA.c.id == EVENTS.c.chain)
        .order_by(EVENTS.c.at.desc(), EVENTS.c.chain, EVENTS.c.seq.desc())
        .limit(limit),
    )
    return rows.assign(area=rows["area"].fillna("–"))


def problems(session: Session, who: Identity) -> list[str]:
    """Return a sentence for each thing that is not as it was chained; none where all is whole.

    Chains are walked from their beginning, and every observation and measure update is compared
    with the digest that was chained when it was recorded.
    """
    access.require(who, "administer")
    return [*ledger.verify(session), *_contents(session)]


def _contents(session: Session) -> Iterator[str]:
    rows = _by_row(session, columns(Observation))
    reports = _by_row(session, columns(MeasureUpdate))
    wanted = sa.select(EVENTS.c.chain, EVENTS.c.action, EVENTS.c.subject, EVENTS.c.detail).where(
        EVENTS.c.action.in_(list(_READERS))
    )
    chained: set[tuple[int, int]] = set()
    for event in session.connection().execute(wanted):
        detail = json.loads(event.detail)
        numbers, found = _READERS[event.action](event, detail, rows, reports)
        chained |= {(event.chain, number) for number in numbers}
        if found != detail["digest"]:
            yield f"{event.subject}: the record no longer says what was recorded"
    for area, number in sorted((set(rows) | set(reports)) - chained):
        yield f"row {number} of area {area}: is in the record without a link in the chain"


Rows = dict[tuple[int, int], dict[str, Any]]
Read = tuple[range, str]


def _by_row(session: Session, what: sa.Table) -> Rows:
    result = session.connection().execute(sa.select(what))
    return {(row.area_id, row.seq): dict(row._mapping) for row in result}


def _number(event: Any) -> int:
    return int(str(event.subject).rpartition("-")[2])


def _observation(event: Any, _detail: Any, rows: Rows, _reports: Rows) -> Read:
    seq = _number(event)
    row = rows.get((event.chain, seq))
    return range(seq, seq + 1), observations.digest(row) if row else ""


def _update(event: Any, _detail: Any, _rows: Rows, reports: Rows) -> Read:
    seq = _number(event)
    row = reports.get((event.chain, seq))
    return range(seq, seq + 1), updates.digest(row) if row else ""


def _history(event: Any, detail: Any, rows: Rows, _reports: Rows) -> Read:
    numbers = range(detail["first"], detail["last"] + 1)
    there = [rows[key] for number in numbers if (key := (event.chain, number)) in rows]
    return numbers, history.rows_digest(pd.DataFrame(there, dtype="object")) if there else ""


def _updates(event: Any, detail: Any, _rows: Rows, reports: Rows) -> Read:
    numbers = range(detail["first"], detail["last"] + 1)
    there = [reports[key] for number in numbers if (key := (event.chain, number)) in reports]
    return numbers, updates.rows_digest(there)


_READERS: Final = {
    "observation.submitted": _observation,
    "measure_update.submitted": _update,
    "observation.history": _history,
    "measure_update.history": _updates,
}
