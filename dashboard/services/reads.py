"""The door through which pages, files and sums read the record: codes and frames, never rows.

Every reading can be made as of a moment: then it holds what had been accepted by that moment, the
targets in force and the plan as installed. Without a moment it holds what is accepted now.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard import frames
from dashboard.services import derived, disclosure, lookup
from models import (
    FOREVER,
    TOTAL,
    AreaKind,
    Baseline,
    ChainHead,
    CurrentValue,
    Direction,
    Indicator,
    Level,
    MeasureIndicator,
    Membership,
    NotFound,
    Objective,
    Observation,
    OperationalMeasure,
    PackedSeries,
    Plan,
    ReferenceArea,
    Target,
    ValueSpan,
    Weight,
    columns,
)

WORLD: Final = "M49-001"
DIRECTIONS: Final = {Direction.UP: 1, Direction.DOWN: -1, Direction.NONE: 0}


def version(session: Session) -> int:
    """Return a number that grows with every change that a reader could see; cheap to ask."""
    heads = columns(ChainHead)
    total = sa.select(sa.func.coalesce(sa.func.sum(heads.c.data_seq), 0))
    return int(session.connection().execute(total).scalar_one())


def load(session: Session, plan: str, *, as_of: datetime | None = None) -> frames.PlanFrames:
    """Return a plan as frames and cube, as known at a moment (none: now)."""
    found = session.get(Plan, plan)
    if found is None:
        raise NotFound(f"No plan has the code {plan!r}.")
    indicators = _indicators(session, plan)
    areas, numbers = _areas(session)
    memberships = _memberships(session)
    scope = str(found.about.get("scope", WORLD))
    areas = _within(areas, memberships, scope, as_of)
    cube, illustrative = _cube(session, indicators, numbers, as_of, empty=found.adopted.year)
    targets = _targets(session, plan, as_of)
    stamp = frames.Stamp(as_of or FOREVER, version(session), illustrative)
    return frames.PlanFrames(
        plan=plan,
        title=found.title,
        stamp=stamp,
        objectives=_objectives(session, plan),
        measures=_measures(session, plan),
        measure_indicators=_links(session, plan),
        indicators=frames.check(indicators, frames.INDICATORS),
        areas=areas,
        memberships=memberships,
        weights=_weights(session),
        baselines=_baselines(session, plan, as_of),
        targets=targets,
        cube=cube,
        notices=tuple(found.notices),
        scope=scope,
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


def _objectives(session: Session, plan: str) -> pd.DataFrame:
    o = columns(Objective)
    rows = table(
        session,
        sa.select(o.c.code.label("objective"), o.c.position, o.c.title, o.c.origin)
        .where(o.c.plan_code == plan, sa.not_(o.c.retired))
        .order_by(o.c.position),
    )
    return frames.check(_words(rows, "origin"), frames.OBJECTIVES)


def _measures(session: Session, plan: str) -> pd.DataFrame:
    m, o = columns(OperationalMeasure), columns(Objective)
    rows = table(
        session,
        sa.select(
            m.c.code.label("measure"),
            o.c.code.label("objective"),
            m.c.position,
            m.c.title,
            m.c.approach,
            m.c.origin,
        )
        .join(o, o.c.id == m.c.objective_id)
        .where(m.c.plan_code == plan, sa.not_(m.c.retired))
        .order_by(m.c.position),
    )
    return frames.check(_words(rows, "approach", "origin"), frames.MEASURES)


def _links(session: Session, plan: str) -> pd.DataFrame:
    link, m, i = columns(MeasureIndicator), columns(OperationalMeasure), columns(Indicator)
    rows = table(
        session,
        sa.select(m.c.code.label("measure"), i.c.code.label("indicator"), link.c.is_primary)
        .join(m, m.c.id == link.c.measure_id)
        .join(i, i.c.id == link.c.indicator_id)
        .where(m.c.plan_code == plan)
        .order_by(m.c.position, i.c.position),
    )
    return frames.check(rows, frames.MEASURE_INDICATORS)


def _indicators(session: Session, plan: str) -> pd.DataFrame:
    i, o = columns(Indicator), columns(Objective)
    m, link = columns(OperationalMeasure), columns(MeasureIndicator)
    primary = (
        sa.select(m.c.code)
        .join(link, link.c.measure_id == m.c.id)
        .where(link.c.indicator_id == i.c.id, link.c.is_primary)
        .limit(1)
    )
    names = ["position", "name", "unit", "kind", "type", "tier", "aggregation", "min_coverage"]
    rows = table(
        session,
        sa.select(
            i.c.id,
            i.c.code.label("indicator"),
            o.c.code.label("objective"),
            primary.scalar_subquery().label("measure"),
            *(i.c[name] for name in names),
            i.c.direction,
            i.c.lower,
            i.c.upper,
            i.c.meets_operator,
            i.c.meets_value,
            i.c.aggregation_global,
            i.c.aggregation_weight,
            i.c.levels,
            i.c.min_cell,
            i.c.scores_progress,
        )
        .join(o, o.c.id == i.c.objective_id)
        .where(i.c.plan_code == plan, sa.not_(i.c.retired))
        .order_by(i.c.position),
    )
    rows = _words(rows, "kind", "type", "tier", "aggregation", "aggregation_global")
    direction = rows["direction"].map(DIRECTIONS).where(rows["scores_progress"], 0)
    return rows.assign(
        direction=direction.astype("int64"),
        lower=_doubles(rows["lower"]),
        upper=_doubles(rows["upper"]),
        meets_op=rows["meets_operator"].fillna("").map(str).astype("str"),
        meets_value=_doubles(rows["meets_value"]),
        weight=rows["aggregation_weight"],
        national=rows["levels"].map(lambda levels: Level.NATIONAL in levels).astype("bool"),
        measure=rows["measure"].fillna(""),
    )


def _areas(session: Session) -> tuple[pd.DataFrame, dict[int, str]]:
    a = columns(ReferenceArea)
    rows = table(session, sa.select(a).order_by(a.c.name, a.c.id))
    codes = dict(zip(rows["id"], rows["code"], strict=True))
    shown = rows.assign(
        area=rows["code"],
        region=rows["region_id"].map(codes).fillna(""),
        subregion=rows["subregion_id"].map(codes).fillna(""),
        is_member=rows["kind"] == AreaKind.STATE,
        column=rows["tile_column"].fillna(-1).astype("int64"),
        row=rows["tile_row"].fillna(-1).astype("int64"),
    )
    return frames.check(_words(shown, "kind"), frames.AREAS), codes


def _memberships(session: Session) -> pd.DataFrame:
    m, a = columns(Membership), columns(ReferenceArea)
    group = a.alias("grp")
    rows = table(
        session,
        sa.select(group.c.code.label("group"), a.c.code.label("area"), m.c.since, m.c.until)
        .join(group, group.c.id == m.c.group_id)
        .join(a, a.c.id == m.c.area_id)
        .order_by(group.c.code, a.c.code, m.c.since),
    )
    named = rows.assign(since=_fractions(rows["since"]), until=_fractions(rows["until"]))
    tree = _tree(session)
    both = pd.concat([named, tree], ignore_index=True)
    return frames.check(both, frames.MEMBERSHIPS)


def _tree(session: Session) -> pd.DataFrame:
    """Return regions, subregions and the world as groups that their States always belonged to."""
    a = columns(ReferenceArea)
    rows = table(session, sa.select(a.c.id, a.c.code, a.c.kind, a.c.parent_id))
    parent = dict(zip(rows["id"], rows["parent_id"], strict=True))
    code = dict(zip(rows["id"], rows["code"], strict=True))
    pairs: list[tuple[str, str]] = []
    states = rows[rows["kind"].isin([AreaKind.STATE, AreaKind.OBSERVER])]
    for number, name in zip(states["id"], states["code"], strict=True):
        above = parent[number]
        while above is not None and not pd.isna(above):
            pairs.append((code[above], name))
            above = parent[above]
    table_ = pd.DataFrame(pairs, columns=["group", "area"])
    return table_.assign(since=-np.inf, until=np.inf)


def _fractions(days: pd.Series) -> pd.Series:
    return days.map(_fraction).astype("float64")


def _fraction(day: date) -> float:
    if day in {date.min, date.max}:
        return -np.inf if day == date.min else np.inf
    start = date(day.year, 1, 1)
    return day.year + (day - start).days / (date(day.year + 1, 1, 1) - start).days


def _weights(session: Session) -> pd.DataFrame:
    w, a = columns(Weight), columns(ReferenceArea)
    rows = table(
        session,
        sa.select(w.c.name.label("weight"), a.c.code.label("area"), w.c.year, w.c.value)
        .join(a, a.c.id == w.c.area_id)
        .order_by(w.c.name, a.c.code, w.c.year),
    )
    return frames.check(rows, frames.WEIGHTS)


def _baselines(session: Session, plan: str, as_of: datetime | None) -> pd.DataFrame:
    b = columns(Baseline)
    rows = table(session, _about(b, plan, as_of, b.c.rule, b.c.year, b.c.value))
    ready = _words(rows, "rule").assign(
        year=_doubles(rows["year"]), value=_doubles(rows["value"]), area=rows["area"].fillna("")
    )
    return frames.check(ready, frames.BASELINES)


def _targets(session: Session, plan: str, as_of: datetime | None) -> pd.DataFrame:
    t = columns(Target)
    names = ["operator", "value", "upper", "year", "status", "is_interim"]
    rows = table(session, _about(t, plan, as_of, *(t.c[name] for name in names)))
    ready = _words(rows, "operator", "status").assign(
        value=_doubles(rows["value"]), upper=_doubles(rows["upper"]), area=rows["area"].fillna("")
    )
    return frames.check(ready, frames.TARGETS)


def _about(
    what: sa.Table, plan: str, as_of: datetime | None, *shown: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    i, a = columns(Indicator), columns(ReferenceArea)
    wanted = (
        sa.select(i.c.code.label("indicator"), a.c.code.label("area"), *shown)
        .join(i, i.c.id == what.c.indicator_id)
        .outerjoin(a, a.c.id == what.c.area_id)
        .where(i.c.plan_code == plan)
        .order_by(i.c.position, a.c.code, what.c.year, what.c.id)
    )
    if as_of is None:
        return wanted.where(what.c.retired_at.is_(None))
    still = sa.or_(what.c.retired_at.is_(None), what.c.retired_at > as_of)
    return wanted.where(what.c.recorded_at <= as_of, still)


def _words(rows: pd.DataFrame, *names: str) -> pd.DataFrame:
    return rows.assign(**{name: rows[name].map(str).astype("str") for name in names})


def _doubles(values: pd.Series) -> pd.Series:
    return values.astype("object").map(_double).astype("float64")


def _double(value: object) -> float:
    return np.nan if value is None or value is pd.NA else float(str(value))


Places = np.ndarray[Any, np.dtype[np.int64]]


class _Series(NamedTuple):
    """Packed series, column by column."""

    cell: Places
    area: Places
    indicator: Places
    first: Places  # first year
    values: Sequence[bytes]
    flags: Sequence[bytes]
    denominators: Sequence[bytes | None]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]]) -> "_Series":
        """Turn rows with these columns into columns."""
        found = list(zip(*rows, strict=True)) or [()] * len(cls._fields)
        cell, area, indicator, first = (np.array(each, dtype=np.int64) for each in found[:4])
        values, flags, denominators = found[4:]
        return cls(cell, area, indicator, first, values, flags, denominators)


_SERIES: Final = (
    *("cell_id", "area_id", "indicator_id", "first_year"),
    *("values", "flags", "denominators"),
)


def _cube(
    session: Session,
    indicators: pd.DataFrame,
    areas: dict[int, str],
    as_of: datetime | None,
    *,
    empty: int,
) -> tuple[frames.Cube, bool]:
    """Return the cube, and whether anything in it is generated; `empty` is its year if it is."""
    wanted = [int(number) for number in indicators["id"]]
    series, illustrative = (
        _packed(session, wanted) if as_of is None else _packed_as_of(session, wanted, as_of)
    )
    named = session.connection().execute(sa.select(lookup.CELL.c.id, lookup.CELL.c.code))
    cells = {0: TOTAL} | {row.id: row.code for row in named}
    used = [0, *sorted(set(series.cell.tolist()) - {0})]
    lengths = np.array([len(marks) for marks in series.flags], dtype=np.int64)
    first = int(series.first.min(initial=empty if not len(lengths) else 9999))
    last = int((series.first + lengths).max(initial=first + 1)) - 1
    shape = (len(used), len(areas), len(wanted), last - first + 1)
    spots = np.zeros(len(lengths), dtype=np.int64)
    axes = ((series.cell, used), (series.area, list(areas)), (series.indicator, wanted))
    for numbers, known in axes:
        spots = spots * len(known) + _ranks(numbers, known)
    spots = spots * shape[-1] + series.first - first
    below = [at for at, packed in enumerate(series.denominators) if packed and not series.cell[at]]
    cube = frames.Cube(
        cells=tuple(cells[number] for number in used),
        areas=tuple(areas.values()),
        indicators=tuple(indicators["indicator"]),
        years=tuple(range(first, last + 1)),
        values=_filled(np.full(shape, np.nan), spots, lengths, series.values),
        flags=_filled(np.zeros(shape, dtype=np.uint8), spots, lengths, series.flags),
        denominators=_filled(
            np.full(shape[1:], np.nan),
            spots[below],
            lengths[below],
            [series.denominators[at] or b"" for at in below],
        ),
    )
    return cube, illustrative


def _ranks(numbers: Places, known: Sequence[int]) -> Places:
    """Return the place of each number in a list."""
    order = np.argsort(known)
    return order[np.searchsorted(np.array(known)[order], numbers)]


def _filled(
    into: np.ndarray[Any, Any], spots: Places, lengths: Places, packed: Sequence[bytes]
) -> np.ndarray[Any, Any]:
    """Put the bytes of many series into a cube, all at once, and return it."""
    content = np.frombuffer(b"".join(packed), dtype=into.dtype)
    before = np.cumsum(lengths) - lengths
    into.reshape(-1)[np.repeat(spots - before, lengths) + np.arange(len(content))] = content
    return into


def _packed(session: Session, indicators: list[int]) -> tuple[_Series, bool]:
    packed, current = columns(PackedSeries), columns(CurrentValue)
    connection = session.connection()
    wanted = sa.select(*(packed.c[name] for name in _SERIES))
    rows = connection.execute(wanted.where(packed.c.indicator_id.in_(indicators))).all()
    pretend = sa.select(sa.literal(1)).where(
        current.c.indicator_id.in_(indicators), current.c.is_illustrative
    )
    found = connection.execute(pretend.limit(1)).first() is not None
    return _Series.of(rows), found


def _packed_as_of(session: Session, indicators: list[int], as_of: datetime) -> tuple[_Series, bool]:
    s = columns(ValueSpan)
    rows = table(
        session,
        sa.select(*(s.c[name] for name in [*derived.KEY, *derived.CONTENT])).where(
            s.c.indicator_id.in_(indicators), s.c.accepted_at <= as_of, s.c.ended_at > as_of
        ),
    )
    if rows.empty:
        return _Series.of([]), False
    packed = derived.pack(derived.with_flags(rows))
    found = [[row[name] for name in _SERIES] for row in packed]
    return _Series.of(found), bool(rows["is_illustrative"].any())


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
