"""The tables that say the accepted record again, in the form that pages read fast.

`current_value`, `value_span` and `packed_series` follow from `observation` and `review_event`
alone. A step of review patches them in its own transaction; `rebuild` makes them anew, and a
maintenance command and a test hold both against each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard.frames import Flag
from dashboard.services import packed
from dashboard.services.lookup import Key
from dashboard.services.packed import Series as Packed
from models import (
    FOREVER,
    CurrentValue,
    Observation,
    ObservationStatus,
    PackedSeries,
    Qualifier,
    ReviewEvent,
    State,
    ValueSpan,
    columns,
)

OBSERVATIONS: Final = columns(Observation)
EVENTS: Final = columns(ReviewEvent)
CURRENT: Final = columns(CurrentValue)
SPANS: Final = columns(ValueSpan)
PACKED: Final = columns(PackedSeries)
SERIES: Final = ["area_id", "indicator_id", "cell_id"]
BLOCK: Final = [*packed.OF]
DOUBLES: Final = ("value", "denominator")
KEY: Final = [*SERIES, "period"]
AREAS_AT_ONCE: Final = 50
"""Areas whose values are packed anew at once."""
CHUNK: Final = 20_000
"""Rows sent to the database at once."""
CONTENT: Final = [
    *("year", "value", "denominator", "qualifier", "status", "is_illustrative", "seq"),
]

STATUS_FLAGS: Final[Mapping[str, Flag]] = {
    ObservationStatus.NORMAL: Flag.NONE,
    ObservationStatus.BREAK: Flag.BREAK,
    ObservationStatus.DEFINITION_DIFFERS: Flag.BREAK,
    ObservationStatus.ESTIMATED: Flag.ESTIMATED,
    ObservationStatus.IMPUTED: Flag.ESTIMATED,
    ObservationStatus.LOW_RELIABILITY: Flag.ESTIMATED,
    ObservationStatus.PROVISIONAL: Flag.PROVISIONAL,
    ObservationStatus.NOT_AVAILABLE: Flag.NOT_AVAILABLE,
    ObservationStatus.NOT_APPLICABLE: Flag.NOT_APPLICABLE,
    ObservationStatus.SUPPRESSED: Flag.SUPPRESSED,
}
QUALIFIER_FLAGS: Final[Mapping[str, Flag]] = {
    Qualifier.EXACT: Flag.NONE,
    Qualifier.BELOW: Flag.BELOW,
    Qualifier.ABOVE: Flag.ABOVE,
}

FLAGS: Final = {
    (status, qualifier): int(about | bound)
    for status, about in STATUS_FLAGS.items()
    for qualifier, bound in QUALIFIER_FLAGS.items()
}


def _at(table: sa.Table, names: list[str]) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == sa.bindparam(f"of_{name}") for name in names))


# Statements of every write are built once: to build one takes longer than to run it.
_ACCEPTED: Final = sa.select(CURRENT).where(_at(CURRENT, KEY))
_END: Final = sa.update(SPANS).where(
    _at(SPANS, KEY), SPANS.c.accepted_at == sa.bindparam("of_accepted_at")
)
_ENDED: Final = sa.select(sa.func.max(SPANS.c.ended_at)).where(_at(SPANS, KEY))
_REMOVE: Final = sa.delete(CURRENT).where(_at(CURRENT, KEY))
_ACCEPT: Final = sa.insert(CURRENT)
_BEGIN: Final = sa.insert(SPANS)
_VALUES: Final = (
    sa.select(*(CURRENT.c[name] for name in CONTENT if name != "seq"))
    .where(_at(CURRENT, SERIES))
    .order_by(CURRENT.c.period)
)
_BLOCK: Final = sa.select(*(PACKED.c[name] for name in packed.CONTENT)).where(_at(PACKED, BLOCK))
_UNPACK: Final = sa.delete(PACKED).where(_at(PACKED, BLOCK))
_REPACK: Final = sa.update(PACKED).where(_at(PACKED, BLOCK))
_PACK: Final = sa.insert(PACKED)


def _of(key: Key, names: list[str]) -> dict[str, Any]:
    return {f"of_{name}": getattr(key, name) for name in names}


def accepted(session: Session, key: Key) -> sa.Row[Any] | None:
    """Return the accepted row of a key, or none."""
    return session.connection().execute(_ACCEPTED, _of(key, KEY)).one_or_none()


def ended(session: Session, key: Key) -> datetime | None:
    """Return when a key last ceased to have an accepted row, or none if it never had one."""
    found: datetime | None = session.connection().execute(_ENDED, _of(key, KEY)).scalar()
    return found


def replace(
    session: Session,
    key: Key,
    before: sa.Row[Any] | None,
    content: Mapping[str, Any] | None,
    *,
    at: datetime,
) -> None:
    """Let this content (none: nothing) be the accepted one of a key from this moment on.

    `before` is what `accepted` returned; `content` has the columns of `CONTENT`.
    """
    connection = session.connection()
    if before is not None:
        of = _of(key, KEY)
        connection.execute(_END, {**of, "of_accepted_at": before.accepted_at, "ended_at": at})
        connection.execute(_REMOVE, of)
    if content is not None:
        row = {**key._asdict(), **content, "accepted_at": at}
        connection.execute(_ACCEPT, row)
        connection.execute(_BEGIN, {**row, "ended_at": FOREVER})
    _repack(session, key)


def _repack(session: Session, key: Key) -> None:
    connection = session.connection()
    before = connection.execute(_BLOCK, _of(key, BLOCK)).one_or_none()
    rows = connection.execute(_VALUES, _of(key, SERIES)).all()
    held = None if before is None else before._asdict()
    content = packed.replaced(held, key.indicator_id, _one(key, rows))
    if content is None:
        connection.execute(_UNPACK, _of(key, BLOCK))
    elif before is None:
        connection.execute(_PACK, {"area_id": key.area_id, "cell_id": key.cell_id, **content})
    else:
        connection.execute(_REPACK, _of(key, BLOCK) | content)


def _one(key: Key, rows: Sequence[sa.Row[Any]]) -> Packed:
    """Return the series of a key, whose accepted rows these are."""
    own = {name: np.full(len(rows), getattr(key, name)) for name in SERIES}
    told = {
        name: np.array([getattr(row, name) for row in rows]) for name in ("year", "is_illustrative")
    }
    doubles = {
        name: np.array([getattr(row, name) for row in rows], dtype=np.float64)
        for name in ("value", "denominator")
    }
    flags = np.array([flag(row.status, row.qualifier) for row in rows], dtype=np.uint8)
    return Packed.of_sorted({**own, **told, **doubles, "flags": flags})


def flag(status: str, qualifier: str) -> int:
    """Return the flag byte of a status and a qualifier."""
    return FLAGS[status, qualifier]


def spans(observations: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return which observation of each key was the accepted one from when to when.

    `observations` has the columns of `KEY` and `CONTENT`, `events` area_id, seq, after, at
    (microseconds); the result has both and accepted_at, ended_at in microseconds.
    """
    steps = events.sort_values(["area_id", "seq", "step"])
    came = steps[steps["after"] == State.ACCEPTED].drop_duplicates(["area_id", "seq"])
    went = steps[steps["before"] == State.ACCEPTED].drop_duplicates(["area_id", "seq"])
    made = came[["area_id", "seq", "at"]].rename(columns={"at": "accepted_at"})
    made = made.merge(
        went[["area_id", "seq", "at"]].rename(columns={"at": "ended_at"}),
        on=["area_id", "seq"],
        how="left",
    )
    return observations.merge(made, on=["area_id", "seq"])


def pack(current: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the packed rows of accepted ones (columns of `KEY`, `CONTENT` and flags)."""
    return Packed.of(current).written()


def pack_again(session: Session, areas: Iterable[int]) -> None:
    """Pack the accepted rows of whole areas anew, after many were stored at once."""
    connection = session.connection()
    which = sorted(set(areas))
    names = [*KEY, *CONTENT]
    for start in range(0, len(which), AREAS_AT_ONCE):
        some = which[start : start + AREAS_AT_ONCE]
        wanted = sa.select(*(CURRENT.c[name] for name in names)).where(CURRENT.c.area_id.in_(some))
        current = _frame(connection, wanted)
        connection.execute(sa.delete(PACKED).where(PACKED.c.area_id.in_(some)))
        if len(current):
            connection.execute(_PACK, pack(with_flags(current)))


def with_flags(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with a column of flag bytes made from its status and qualifier."""
    status = table["status"].map({str(k): int(v) for k, v in STATUS_FLAGS.items()})
    qualifier = table["qualifier"].map({str(k): int(v) for k, v in QUALIFIER_FLAGS.items()})
    return table.assign(flags=(status + qualifier).astype("uint8"))


def from_truth(session: Session) -> dict[str, pd.DataFrame]:
    """Return what the derived tables must hold, worked out from the append-only ones alone."""
    connection = session.connection()
    observations = _frame(
        connection, sa.select(*(OBSERVATIONS.c[name] for name in [*KEY, *CONTENT]))
    )
    for name in ("value", "denominator"):
        observations[name] = pd.to_numeric(observations[name].astype("object").map(_double))
    events = _frame(connection, sa.select(EVENTS))
    events["at"] = _micros(events["at"])
    history = spans(observations, events)
    history["ended_at"] = history["ended_at"].fillna(_forever()).astype("int64")
    current = history[history["ended_at"] == _forever()].drop(columns="ended_at")
    packed = pd.DataFrame(pack(with_flags(current))) if len(current) else pd.DataFrame()
    return {"value_span": history, "current_value": current, "packed_series": packed}


def _double(value: object) -> float | None:
    return None if value is None else float(str(value))


def _forever() -> int:
    from models import micros

    return micros(FOREVER)


def _micros(moments: pd.Series) -> pd.Series:
    from models import micros

    return moments.map(micros).astype("int64")


def _frame(connection: sa.Connection, statement: sa.Select[Any]) -> pd.DataFrame:
    result = connection.execute(statement)
    return pd.DataFrame(result.all(), columns=list(result.keys()))


def stored(session: Session) -> dict[str, pd.DataFrame]:
    """Return what the derived tables do hold, in the shape of `from_truth`."""
    connection = session.connection()
    found = {table.name: _frame(connection, sa.select(table)) for table in (SPANS, CURRENT, PACKED)}
    for name in ("value_span", "current_value"):
        found[name]["accepted_at"] = _micros(found[name]["accepted_at"])
    found["value_span"]["ended_at"] = _micros(found["value_span"]["ended_at"])
    return found


def differences(session: Session) -> list[str]:
    """Return a sentence for each derived table that differs from the truth."""
    right, real = from_truth(session), stored(session)
    faults = []
    for name, wanted in right.items():
        keys = BLOCK if name == "packed_series" else [*KEY, "accepted_at"]
        held = real[name]
        if len(wanted) != len(held):
            faults.append(f"{name} holds {len(held)} rows instead of {len(wanted)}")
        elif len(wanted):
            names = list(wanted.columns)
            one = wanted.sort_values(keys).reset_index(drop=True).astype("object")
            two = held[names].sort_values(keys).reset_index(drop=True).astype("object")
            same = (one == two) | (one.isna() & two.isna())
            wrong = int((~same).any(axis=1).sum())
            if wrong:
                faults.append(f"{name} holds {wrong} rows that do not follow from the record")
    return faults


def rebuild(session: Session) -> dict[str, int]:
    """Make the derived tables anew from the truth, and return how many rows each has now."""
    right = from_truth(session)
    connection = session.connection()
    for table in (SPANS, CURRENT, PACKED):
        connection.execute(sa.delete(table))
    counts = {}
    for table in (SPANS, CURRENT, PACKED):
        rows = right[table.name]
        counts[table.name] = len(rows)
        if len(rows):
            insert(session, table, rows)
    return counts


def insert(session: Session, into: sa.Table, rows: pd.DataFrame) -> None:
    """Insert the rows of a frame whose values are already as they are stored, missing as none.

    The driver is called at once: SQLAlchemy's own way costs several times the database's.
    """
    names = [name for name in into.c.keys() if name in rows]  # noqa: SIM118 - not a dict
    for start in range(0, len(rows), CHUNK):
        part = rows.iloc[start : start + CHUNK]
        values = list(zip(*(plain(part[name]) for name in names), strict=True))
        insert_rows(session, into, names, values)


def insert_rows(
    session: Session, into: sa.Table, names: Sequence[str], rows: list[tuple[Any, ...]]
) -> None:
    """Insert rows whose values are already as they are stored, by the driver itself."""
    connection = session.connection()
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    quoted = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join(mark for _name in names)
    statement = f'INSERT INTO "{into.name}" ({quoted}) VALUES ({marks})'  # noqa: S608 - our names
    connection.exec_driver_sql(statement, rows)


def plain(column: pd.Series) -> list[Any]:
    """Return the values of a column as Python's own, missing as none."""
    values = column.astype("object")
    found: list[Any] = values.where(column.notna(), None).tolist()
    return found
