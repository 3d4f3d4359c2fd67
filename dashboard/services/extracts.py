"""A part of the record, page by page: what is asked for and no more, however large the rest is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard.services import contents, disclosure, lookup
from models import (
    FOREVER,
    CurrentValue,
    NotFound,
    Observation,
    Plan,
    ValueSpan,
    columns,
    micros,
)

KEY: Final = ("area_id", "indicator_id", "cell_id", "period")
TEXTS: Final = ("text", "missing_reason", "nature", "source", "evidence", "note")


class Place(NamedTuple):
    """Where a page ends: the key of its last row."""

    area_id: int
    indicator_id: int
    cell_id: int
    period: str


@dataclass(frozen=True)
class Wanted:
    """Which observations are asked for; nothing said means all."""

    plan: str
    as_of: datetime | None = None
    areas: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    years: tuple[int, int] | None = None  # first and last
    after: Place | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Page:
    """Some observations, and where the next ones begin (none: these were the last)."""

    rows: pd.DataFrame
    next: Place | None
    is_illustrative: bool  # any generated row among them


def observations(session: Session, wanted: Wanted) -> Page:
    """Return accepted observations, one row each, by area, indicator, cell and period.

    Columns: area, m49, indicator, cell, period, year, value (float), exact (decimal text),
    qualifier, status, text, missing_reason, numerator, denominator, nature, source, source_date,
    evidence, note, accepted_at, ref, is_illustrative. Raises `NotFound` for a code that is not in
    the record, since an empty answer would look like missing data. Small counts are not shown.
    """
    rows = _statement(session, wanted)
    limit = wanted.limit
    found = contents.fetched(session, rows if limit is None else rows.limit(limit + 1))
    more = limit is not None and len(found) > limit
    shown = found.iloc[:limit] if more else found
    last = Place(*shown[list(KEY)].astype("object").iloc[-1].tolist()) if more else None
    public = disclosure.without(
        session,
        shown,
        indicators=shown["indicator_id"].unique(),
        as_of=wanted.as_of,
        areas=shown["area_id"].unique(),
    )
    ready = _ready(public)
    return Page(ready, last, bool(ready["is_illustrative"].any()))


def chunks(session: Session, wanted: Wanted, *, size: int) -> Iterator[pd.DataFrame]:
    """Yield what stands at the moment (none: now), so many rows a time, as `observations` does."""
    asked = replace(wanted, limit=size)
    while True:
        page = observations(session, asked)
        yield page.rows
        if page.next is None:
            return
        asked = replace(asked, after=page.next)


def count(session: Session, wanted: Wanted, *, with_history: bool = False) -> int:
    """Return how many observations are asked for, without reading them.

    Raises `NotFound` as `observations` does.
    """
    held = _held(wanted, with_history)
    rows: sa.Select[Any] = sa.select(sa.func.count()).select_from(held)
    if wanted.cells:
        rows = rows.join(lookup.CELL, lookup.CELL.c.id == held.c.cell_id)
    if wanted.as_of is not None and not with_history:
        rows = rows.where(held.c.ended_at > wanted.as_of)
    return int(session.connection().execute(_kept(session, rows, wanted, held)).scalar_one())


def history(
    session: Session, wanted: Wanted, *, size: int, by_moment: bool = False
) -> Iterator[pd.DataFrame]:
    """Yield everything that was ever accepted by the moment (none: by now), so many rows a time.

    Each series comes whole, its revisions in their order; `by_moment` puts what was accepted first
    before everything else. Columns: `COLUMNS` and ended_at, which is missing while a figure counts.
    The session must stay open until the end.
    """
    rows = _statement(session, wanted, with_history=True)
    held = columns(ValueSpan)
    rows = rows.add_columns(sa.type_coerce(held.c.ended_at, sa.BigInteger).label("ended_at"))
    if by_moment:
        rows = rows.order_by(None).order_by(held.c.accepted_at, *(held.c[name] for name in KEY))
    connection = session.connection().execution_options(yield_per=size)
    with connection.execute(rows) as result:  # closed as well where nobody reads to the end
        names = list(result.keys())
        for part in result.partitions(size):
            found = pd.DataFrame(dict(zip(names, zip(*part, strict=True), strict=True)))
            yield _ended(session, found, wanted)


def _ended(session: Session, found: pd.DataFrame, wanted: Wanted) -> pd.DataFrame:
    public = disclosure.without(
        session,
        found,
        indicators=found["indicator_id"].unique(),
        as_of=wanted.as_of,
        areas=found["area_id"].unique(),
    )
    gone = found["ended_at"] <= micros(wanted.as_of or FOREVER)
    gone &= found["ended_at"] != micros(FOREVER)
    ended = pd.to_datetime(found["ended_at"].where(gone), unit="us", utc=True)
    return _ready(public).assign(ended_at=ended.astype("datetime64[us, UTC]"))


def _held(wanted: Wanted, with_history: bool) -> Any:
    return columns(ValueSpan if with_history or wanted.as_of is not None else CurrentValue)


def _kept(session: Session, rows: sa.Select[Any], wanted: Wanted, held: Any) -> sa.Select[Any]:
    """Return a statement narrowed to what is asked for; cells must be joined where some are."""
    rows = rows.where(held.c.indicator_id.in_(_indicators(session, wanted)))
    if wanted.as_of is not None:
        rows = rows.where(held.c.accepted_at <= wanted.as_of)
    if wanted.areas:
        places = [lookup.area(session, code).id for code in wanted.areas]
        rows = rows.where(held.c.area_id.in_(places))
    if wanted.cells:
        rows = rows.where(lookup.CELL.c.code.in_(wanted.cells))
    if wanted.years is not None:
        rows = rows.where(held.c.year.between(*wanted.years))
    return rows


def _statement(session: Session, wanted: Wanted, *, with_history: bool = False) -> sa.Select[Any]:
    held = _held(wanted, with_history)
    o, a, i, c = columns(Observation), lookup.AREA, lookup.INDICATOR, lookup.CELL
    decimals = {"exact": "value", "numerator": "numerator", "denominator": "denominator"}
    rows: sa.Select[Any] = (
        sa.select(
            *(held.c[name] for name in KEY),
            a.c.code.label("area"),
            a.c.m49,
            i.c.code.label("indicator"),
            c.c.code.label("cell"),
            held.c.year,
            held.c.value,
            sa.cast(held.c.qualifier, sa.Text).label("qualifier"),
            sa.cast(held.c.status, sa.Text).label("status"),
            *(sa.cast(o.c[name], sa.Text).label(label) for label, name in decimals.items()),
            *(sa.cast(o.c[name], sa.Text).label(name) for name in TEXTS),
            sa.cast(o.c.source_date, sa.Text).label("source_date"),
            sa.type_coerce(held.c.accepted_at, sa.BigInteger).label("accepted_at"),
            held.c.seq,
            held.c.is_illustrative,
        )
        .join(o, sa.and_(o.c.area_id == held.c.area_id, o.c.seq == held.c.seq))
        .join(a, a.c.id == held.c.area_id)
        .join(i, i.c.id == held.c.indicator_id)
        .join(c, c.c.id == held.c.cell_id)
        .order_by(*(held.c[name] for name in KEY))
    )
    kept = _kept(session, rows, wanted, held)
    if with_history:
        return kept.order_by(held.c.accepted_at)
    if wanted.as_of is not None:
        kept = kept.where(held.c.ended_at > wanted.as_of)
    if wanted.after is not None:
        reached = sa.tuple_(*(held.c[name] for name in KEY))
        kept = kept.where(reached > sa.tuple_(*(sa.literal(part) for part in wanted.after)))
    return kept


def _indicators(session: Session, wanted: Wanted) -> list[int]:
    if session.get(Plan, wanted.plan) is None:
        raise NotFound(f"No plan has the code {wanted.plan!r}.")
    if wanted.indicators:
        codes: Iterable[str] = wanted.indicators
        return [lookup.indicator(session, wanted.plan, code).id for code in codes]
    i = lookup.INDICATOR
    every = sa.select(i.c.id).where(i.c.plan_code == wanted.plan, sa.not_(i.c.retired))
    return list(session.connection().execute(every).scalars())


def _ready(found: pd.DataFrame) -> pd.DataFrame:
    texts = (*TEXTS, "qualifier", "status", "m49", "cell", "period", "area", "indicator")
    moments = pd.to_datetime(found["accepted_at"].astype("int64"), unit="us", utc=True)
    return found.assign(
        **{name: found[name].astype("str").fillna("") for name in texts},
        **{
            name: found[name].astype("str")
            for name in ("exact", "numerator", "denominator", "source_date")
        },
        value=found["value"].astype("float64"),
        year=found["year"].astype("int64"),
        accepted_at=moments.astype("datetime64[us, UTC]"),
        ref=found["area"].astype("str") + "-" + found["seq"].astype("str"),
        is_illustrative=found["is_illustrative"].astype("bool"),
    )[list(COLUMNS)]


COLUMNS: Final = (
    *("area", "m49", "indicator", "cell", "period", "year", "value", "exact", "qualifier"),
    *("status", "text", "missing_reason", "numerator", "denominator", "nature", "source"),
    *("source_date", "evidence", "note", "accepted_at", "ref", "is_illustrative"),
)
"""The columns of an extract, in the order in which files have them."""


def is_illustrative(session: Session, plan: str) -> bool:
    """Say whether any accepted figure of a plan was generated for demonstration."""
    held, i = columns(CurrentValue), lookup.INDICATOR
    generated = (
        sa.select(sa.literal(1))
        .select_from(held)
        .join(i, i.c.id == held.c.indicator_id)
        .where(i.c.plan_code == plan, held.c.is_illustrative)
        .limit(1)
    )
    return session.connection().execute(generated).first() is not None
