"""The door through which pages, files and sums read the record: codes and frames, never rows.

Every reading can be made as of a moment: then it holds what had been accepted by that moment, the
targets in force and the plan as installed. Without a moment it holds what is accepted now.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Final

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard import frames
from dashboard.services import derived, disclosure, lookup, packed, parts
from dashboard.services.packed import Places, Series
from models import (
    FOREVER,
    TOTAL,
    ChainHead,
    Indicator,
    Observation,
    ReferenceArea,
    ValueSpan,
    columns,
    micros,
)

WORLD: Final = parts.WORLD


def version(session: Session) -> int:
    """Return a number that grows with every change that a reader could see; cheap to ask."""
    return int(parts.fetch(session, _VERSION)[0][0])


_VERSION: Final = sa.select(
    sa.func.coalesce(sa.func.sum(columns(ChainHead).c.data_seq), sa.literal_column("0"))
)


def load(session: Session, plan: str, *, as_of: datetime | None = None) -> frames.PlanFrames:
    """Return a plan as frames and cube, as known at a moment (none: now)."""
    head = parts.head(session, plan)
    links = parts.links(session, plan)
    asked = parts.indicators(session, plan, links)
    places = parts.areas(session)
    memberships = parts.memberships(session, places)
    series = _series(session, plan, asked, as_of)
    return frames.PlanFrames(
        plan=plan,
        title=head.title,
        stamp=frames.Stamp(as_of or FOREVER, version(session), bool(series.pretended.any())),
        objectives=parts.objectives(session, plan),
        measures=parts.measures(session, plan),
        measure_indicators=links,
        indicators=asked.table,
        areas=_within(places.table, memberships, head.scope, as_of),
        memberships=memberships,
        weights=parts.weights(session, places),
        baselines=parts.baselines(session, places, (plan, as_of)),
        targets=parts.targets(session, places, (plan, as_of)),
        cube=_cube(session, series, asked, places, empty=head.adopted),
        notices=head.notices,
        scope=head.scope,
    )


def _within(
    areas: pd.DataFrame, memberships: pd.DataFrame, scope: str, as_of: datetime | None
) -> pd.DataFrame:
    """Return the areas with `is_member` said of those that the plan is for."""
    if scope == WORLD:
        return areas
    when = np.inf if as_of is None else as_of.year + as_of.timetuple().tm_yday / 366
    now = memberships[memberships["group"] == scope]
    if as_of is not None:
        now = now[(now["since"] <= when) & (now["until"] > when)]
    else:
        now = now[now["until"] == np.inf]
    return areas.assign(is_member=areas["area"].isin(now["area"]))


def table(session: Session, statement: sa.Select[Any]) -> pd.DataFrame:
    """Return the rows of a statement as a frame, in this session's own view of the record."""
    result = session.connection().execute(statement)
    return pd.DataFrame(result.all(), columns=list(result.keys()))


_PACKED: Final = sa.select(*(derived.PACKED.c[name] for name in (*packed.OF, *packed.CONTENT)))
_STOOD: Final = (*derived.KEY, *derived.CONTENT)
_SPANS: Final = (
    sa.select(*(derived.SPANS.c[name] for name in _STOOD))
    .join(lookup.INDICATOR, lookup.INDICATOR.c.id == derived.SPANS.c.indicator_id)
    .where(
        lookup.INDICATOR.c.plan_code == parts.PLAN,
        derived.SPANS.c.accepted_at <= parts.THEN,
        derived.SPANS.c.ended_at > parts.THEN,
    )
)
_NO: Final[sa.ColumnElement[Any]] = sa.literal_column("0")
_STILL: Final = sa.case((derived.SPANS.c.ended_at > parts.THEN, derived.SPANS.c.seq), else_=_NO)
_MARKS: Final = sa.select(
    sa.func.count(),
    sa.func.coalesce(sa.func.sum(derived.SPANS.c.seq), _NO),
    sa.func.coalesce(sa.func.sum(_STILL), _NO),
).where(derived.SPANS.c.accepted_at <= parts.THEN)
_MOST: Final = 4
"""Past moments whose series are kept."""
_stood: dict[tuple[object, ...], Series] = {}
_CELLS: Final = sa.select(lookup.CELL.c.id, lookup.CELL.c.code)


def _series(session: Session, plan: str, asked: parts.Indicators, as_of: datetime | None) -> Series:
    """Return the accepted series of a plan's indicators, as known at a moment (none: now)."""
    if as_of is None:
        found = Series.read(*parts.fetch(session, _PACKED))
    else:
        found = _past(session, plan, micros(as_of))
    return found.only(asked.ids)


def _past(session: Session, plan: str, then: int) -> Series:
    """Return the series that were accepted at a moment, read once while that past stays the same.

    What is accepted today changes no past. Only what was put in later with an older moment does,
    such as a restored record: how many rows the past has, and which, shows that.
    """
    marks = [column[0] for column in parts.fetch(session, _MARKS, then=then)]
    key = (session.connection().engine.pool, plan, then, *marks)
    found = _stood.get(key)
    if found is None:
        stood = parts.fetch(session, _SPANS, plan=plan, then=then)
        table = pd.DataFrame(dict(zip(_STOOD, stood, strict=True)))
        found = Series.of(derived.with_flags(table))
        while len(_stood) >= _MOST:
            _stood.pop(next(iter(_stood)), None)
        _stood[key] = found
    return found


def _cube(
    session: Session, series: Series, asked: parts.Indicators, places: parts.Areas, *, empty: int
) -> frames.Cube:
    """Return series as a cube; `empty` is its only year where there are none."""
    number, code = parts.fetch(session, _CELLS)
    cells = {0: TOTAL} | dict(zip(number, code, strict=True))
    used = np.array([0, *sorted(set(series.cell.tolist()) - {0})], dtype=np.int64)
    first = int(series.first.min(initial=9999 if len(series.first) else empty))
    last = int((series.first + series.length).max(initial=first + 1)) - 1
    shape = (len(used), len(places.ids), len(asked.ids), last - first + 1)
    spots = np.zeros(len(series.first), dtype=np.int64)
    axes = ((series.cell, used), (series.area, places.ids), (series.indicator, asked.ids))
    for numbers, known in axes:
        spots = spots * len(known) + parts.ranks(numbers, known)
    before = np.cumsum(series.length) - series.length
    starts = spots * shape[-1] + series.first - first - before
    at = np.repeat(starts, series.length)
    at += np.arange(len(series.values))
    behind = np.flatnonzero(~np.isnan(series.denominators))
    behind = behind[at[behind] < np.prod(shape[1:])]  # of totals only
    nothing = np.full(shape[1:], np.nan) if len(behind) else np.broadcast_to(np.nan, shape[1:])

    def filled(into: np.ndarray[Any, Any], at: Places, content: np.ndarray[Any, Any]) -> Any:
        if len(at):
            into.reshape(-1)[at] = content
        return into

    return frames.Cube(
        cells=tuple(cells[number] for number in used.tolist()),
        areas=tuple(places.codes.tolist()),
        indicators=tuple(asked.table["indicator"]),
        years=tuple(range(first, last + 1)),
        values=filled(np.full(shape, np.nan), at, series.values),
        flags=filled(np.zeros(shape, dtype=np.uint8), at, series.flags),
        denominators=filled(nothing, at[behind], series.denominators[behind]),
    )


def observations(
    session: Session,
    plan: str,
    *,
    as_of: datetime | None = None,
    areas: Iterable[str] | None = None,
    indicators: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Return the accepted observations of a plan, one row each, in the order of their keys.

    Nothing is hidden in it: it is not for the public. Columns: `frames.OBSERVATIONS`, and exact
    (the value as decimal text), missing_reason, text, nature, source_date, evidence, note,
    numerator, denominator and ref.
    """
    s, o = columns(ValueSpan), columns(Observation)
    i, a = columns(Indicator), columns(ReferenceArea)
    moment = as_of or FOREVER
    extra = ["missing_reason", "text", "nature", "source_date", "evidence", "note"]
    wanted = (
        sa.select(
            a.c.code.label("area"),
            i.c.code.label("indicator"),
            lookup.CELL.c.code.label("cell"),
            s.c.period,
            s.c.year,
            s.c.value,
            s.c.qualifier,
            s.c.status,
            o.c.source,
            s.c.accepted_at,
            s.c.is_illustrative,
            o.c.value.label("exact"),
            o.c.numerator,
            o.c.denominator,
            *(o.c[name] for name in extra),
            o.c.seq,
        )
        .join(o, sa.and_(o.c.area_id == s.c.area_id, o.c.seq == s.c.seq))
        .join(i, i.c.id == s.c.indicator_id)
        .join(a, a.c.id == s.c.area_id)
        .join(lookup.CELL, lookup.CELL.c.id == s.c.cell_id)
        .where(i.c.plan_code == plan, s.c.accepted_at <= moment, s.c.ended_at >= moment)
        .order_by(i.c.position, a.c.code, lookup.CELL.c.code, s.c.period)
    )
    if as_of is not None:
        wanted = wanted.where(s.c.ended_at > moment)
    if areas is not None:
        wanted = wanted.where(a.c.code.in_(list(areas)))
    if indicators is not None:
        wanted = wanted.where(i.c.code.in_(list(indicators)))
    rows = table(session, wanted)
    rows["accepted_at"] = pd.to_datetime(rows["accepted_at"], utc=True).astype(
        "datetime64[us, UTC]"
    )
    rows["value"] = rows["value"].astype("float64")
    rows["is_illustrative"] = rows["is_illustrative"].astype("bool")
    rows["ref"] = rows["area"] + "-" + rows["seq"].astype("str")
    return rows


def recent(session: Session, plan: str, *, as_of: datetime, limit: int = 8) -> pd.DataFrame:
    """Return the figures accepted last before a moment, newest first.

    Columns: area, name, indicator, title, period, value, accepted_at, is_illustrative, area_id,
    indicator_id and seq. Small counts are not shown: their value is missing.
    """
    s, i, a = columns(ValueSpan), columns(Indicator), columns(ReferenceArea)
    rows = table(
        session,
        sa.select(
            s.c.area_id,
            s.c.indicator_id,
            s.c.seq,
            a.c.code.label("area"),
            a.c.name,
            i.c.code.label("indicator"),
            i.c.name.label("title"),
            s.c.period,
            s.c.value,
            s.c.accepted_at,
            s.c.is_illustrative,
        )
        .join(i, i.c.id == s.c.indicator_id)
        .join(a, a.c.id == s.c.area_id)
        .where(i.c.plan_code == plan, s.c.accepted_at <= as_of, s.c.cell_id == 0)
        .order_by(s.c.accepted_at.desc(), a.c.name, i.c.position)
        .limit(limit),
    )
    return disclosure.without(
        session,
        rows.assign(value=rows["value"].astype("float64")),
        indicators=rows["indicator_id"].unique(),
        areas=rows["area_id"].unique(),
        as_of=as_of,
    )


def end_of(day: date) -> datetime:
    """Return the last microsecond of a day in UTC: what was known at its end."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, 999_999, tzinfo=UTC)
