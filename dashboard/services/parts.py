"""The small tables of a plan as frames, straight from the database's driver.

A page of a program just started waits for these. Each statement is worded once for a kind of
database, and what the driver gives goes into whole columns: no row objects, no types to convert.
Orders are made here, by the characters of the codes, so that they are the same in every database.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard import frames
from models import (
    AreaKind,
    Baseline,
    Direction,
    Indicator,
    Level,
    MeasureIndicator,
    Membership,
    NotFound,
    Objective,
    OperationalMeasure,
    Plan,
    ReferenceArea,
    Target,
    Weight,
    columns,
    micros,
)

WORLD: Final = "M49-001"
DIRECTIONS: Final = {str(Direction.UP): 1, str(Direction.DOWN): -1, str(Direction.NONE): 0}

Column = Sequence[Any]
Places = npt.NDArray[np.int64]


# Asking --------------------------------------------------------------------------------------


def fetch(session: Session, statement: sa.Select[Any], **given: object) -> list[Column]:
    """Return the columns of a statement's rows as the driver gives them."""
    connection = session.connection()
    words, order = _worded(statement, connection.dialect)
    values = given if order is None else tuple(given[name] for name in order)
    result = connection.exec_driver_sql(words, values or None)
    rows = result.cursor.fetchall()
    result.close()
    return list(zip(*rows, strict=True)) or [()] * len(statement.selected_columns)


def _worded(statement: sa.Select[Any], dialect: sa.Dialect) -> tuple[str, tuple[str, ...] | None]:
    """Return a statement's text and the order of its values (none: by name), worded once."""
    known = (statement, dialect.name)
    if known not in _WORDED:
        compiled = statement.compile(dialect=dialect)
        order = compiled.positiontup if compiled.positional else None
        _WORDED[known] = (str(compiled), None if order is None else tuple(order))
    return _WORDED[known]


_WORDED: Final[dict[tuple[sa.Select[Any], str], tuple[str, tuple[str, ...] | None]]] = {}

_P, _O, _M, _I = (columns(one) for one in (Plan, Objective, OperationalMeasure, Indicator))
_A, _LINK = columns(ReferenceArea), columns(MeasureIndicator)
_MEMBER, _WEIGHT, _BASE, _TARGET = (columns(one) for one in (Membership, Weight, Baseline, Target))
PLAN: Final = sa.bindparam("plan", type_=sa.Text)
"""The code of the plan, where a statement asks for it."""
THEN: Final = sa.bindparam("then", type_=sa.BigInteger)
"""The moment, in microseconds, as of which a statement is asked."""


def _as_text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    return sa.cast(column, sa.Text)


# The plan ------------------------------------------------------------------------------------


class Head(NamedTuple):
    """What a plan is called, when it was adopted, and whom it is for."""

    title: str
    adopted: int  # year
    notices: tuple[str, ...]
    scope: str


_PLAN: Final = sa.select(
    _P.c.title, _as_text(_P.c.adopted), _as_text(_P.c.notices), _as_text(_P.c.about)
).where(_P.c.code == PLAN)


def head(session: Session, plan: str) -> Head:
    """Return the head of a plan."""
    title, adopted, notices, about = fetch(session, _PLAN, plan=plan)
    if not title:
        raise NotFound(f"No plan has the code {plan!r}.")
    scope = str(json.loads(about[0]).get("scope", WORLD))
    return Head(title[0], int(adopted[0][:4]), tuple(json.loads(notices[0])), scope)


_OBJECTIVES: Final = (
    sa.select(_O.c.code, _O.c.position, _O.c.title, _O.c.origin)
    .where(_O.c.plan_code == PLAN, sa.not_(_O.c.retired))
    .order_by(_O.c.position)
)


def objectives(session: Session, plan: str) -> pd.DataFrame:
    """Return the objectives of a plan: `frames.OBJECTIVES`."""
    return frames.build(frames.OBJECTIVES, *fetch(session, _OBJECTIVES, plan=plan))


_MEASURES: Final = (
    sa.select(_M.c.code, _O.c.code, _M.c.position, _M.c.title, _M.c.approach, _M.c.origin)
    .join(_O, _O.c.id == _M.c.objective_id)
    .where(_M.c.plan_code == PLAN, sa.not_(_M.c.retired))
    .order_by(_M.c.position)
)


def measures(session: Session, plan: str) -> pd.DataFrame:
    """Return the operational measures of a plan: `frames.MEASURES`."""
    return frames.build(frames.MEASURES, *fetch(session, _MEASURES, plan=plan))


_LINKS: Final = (
    sa.select(_M.c.code, _I.c.code, _LINK.c.is_primary)
    .join_from(_LINK, _M, _M.c.id == _LINK.c.measure_id)
    .join(_I, _I.c.id == _LINK.c.indicator_id)
    .where(_M.c.plan_code == PLAN)
    .order_by(_M.c.position, _I.c.position)
)


def links(session: Session, plan: str) -> pd.DataFrame:
    """Return which indicators show the achievement of which measure: `MEASURE_INDICATORS`."""
    return frames.build(frames.MEASURE_INDICATORS, *fetch(session, _LINKS, plan=plan))


_INDICATORS: Final = (
    sa.select(
        _I.c.id,
        _I.c.code,
        _O.c.code,
        _I.c.position,
        *(_I.c[name] for name in ("name", "unit", "kind", "direction", "type", "tier")),
        *(_I.c[name] for name in ("lower", "upper", "meets_operator", "meets_value")),
        *(_I.c[name] for name in ("aggregation", "aggregation_global", "aggregation_weight")),
        _I.c.min_coverage,
        _as_text(_I.c.levels),
        _I.c.min_cell,
        _I.c.scores_progress,
    )
    .join(_O, _O.c.id == _I.c.objective_id)
    .where(_I.c.plan_code == PLAN, sa.not_(_I.c.retired))
    .order_by(_I.c.position)
)


class Indicators(NamedTuple):
    """The indicators of a plan, with their numbers in this database."""

    ids: Places
    table: pd.DataFrame


def indicators(session: Session, plan: str, links_: pd.DataFrame) -> Indicators:
    """Return the indicators of a plan: `frames.INDICATORS`."""
    ids, code, objective, position, *rest = fetch(session, _INDICATORS, plan=plan)
    name, unit, kind, way, type_, tier, lower, upper, operator, meets, *rest = rest
    rule, rule_global, weight, coverage, levels, least, scores = rest
    pairs = zip(*(links_[one].tolist() for one in frames.MEASURE_INDICATORS), strict=True)
    primary: dict[str, str] = {}
    for measure, indicator, is_primary in pairs:
        if is_primary:
            primary.setdefault(indicator, measure)
    table = frames.build(
        frames.INDICATORS,
        code,
        objective,
        [primary.get(one, "") for one in code],
        position,
        name,
        unit,
        kind,
        [DIRECTIONS[one] if scored else 0 for one, scored in zip(way, scores, strict=True)],
        type_,
        tier,
        lower,
        upper,
        [one or "" for one in operator],
        meets,
        rule,
        rule_global,
        weight,
        coverage,
        [f'"{Level.NATIONAL}"' in text for text in levels],
        least,
    )
    return Indicators(np.array(ids, dtype=np.int64), table)


# Areas ---------------------------------------------------------------------------------------

_AREAS: Final = sa.select(
    *(_A.c[name] for name in ("id", "code", "name", "kind", "parent_id", "region_id")),
    *(_A.c[name] for name in ("subregion_id", "tile_column", "tile_row")),
)


class Areas(NamedTuple):
    """Every reference area: its table, its number in this database, its code by characters."""

    ids: Places
    codes: npt.NDArray[np.object_]
    turn: Places  # where each comes in the order of codes, from 1; at the end 0, for none
    kinds: Column
    parents: Column
    table: pd.DataFrame

    def places(self, numbers: Column) -> Places:
        """Return the place of each number among the areas, -1 where there is none."""
        wanted = np.array([-1 if one is None else one for one in numbers], dtype=np.int64)
        return ranks(wanted, self.ids)

    def named(self, places: Places) -> npt.NDArray[np.object_]:
        """Return the code at each place, empty for -1."""
        return np.append(self.codes, "")[places]

    def order(self, places: Places) -> Places:
        """Return where each place comes in the order of codes; none comes first."""
        return self.turn[places]


def ranks(numbers: Places, known: Places) -> Places:
    """Return the place of each number in a list, -1 where it is not in it."""
    order = np.argsort(known)
    spot = np.minimum(np.searchsorted(known[order], numbers), max(len(known) - 1, 0))
    found = order[spot]
    return np.where(known[found] == numbers, found, -1)


def areas(session: Session) -> Areas:
    """Return every reference area in the order of names: `frames.AREAS`."""
    found = fetch(session, _AREAS)
    ids = np.array(found[0], dtype=np.int64)
    order = np.lexsort((ids, np.array(found[2], dtype=object)))
    ids = ids[order]
    _ids, code, name, kind, parent, region, subregion, column, row = (
        [values[at] for at in order.tolist()] for values in found
    )
    codes = dict(zip(ids.tolist(), code, strict=True))
    table = frames.build(
        frames.AREAS,
        code,
        name,
        kind,
        [codes.get(one, "") for one in region],
        [codes.get(one, "") for one in subregion],
        [one == AreaKind.STATE for one in kind],
        [-1 if one is None else one for one in column],
        [-1 if one is None else one for one in row],
    )
    known = np.array(code, dtype=object)
    turn = np.zeros(len(known) + 1, dtype=np.int64)
    turn[np.argsort(known)] = np.arange(1, len(known) + 1)
    return Areas(ids, known, turn, kind, parent, table)


_MEMBERSHIPS: Final = sa.select(
    _MEMBER.c.group_id, _MEMBER.c.area_id, _as_text(_MEMBER.c.since), _as_text(_MEMBER.c.until)
)
_EVER: Final = (np.datetime64("0001-01-01"), np.datetime64("9999-12-31"))


def memberships(session: Session, places: Areas) -> pd.DataFrame:
    """Return who belongs where, groups and then the tree of regions: `frames.MEMBERSHIPS`."""
    group, area, since, until = fetch(session, _MEMBERSHIPS)
    whole, part = places.places(group), places.places(area)
    start, end = fractions(since), fractions(until)
    order = np.lexsort((start, places.order(part), places.order(whole)))
    above, below = _tree(places)
    always = np.full(len(above), np.inf)
    return frames.build(
        frames.MEMBERSHIPS,
        places.named(np.concatenate([whole[order], above])),
        places.named(np.concatenate([part[order], below])),
        np.concatenate([start[order], -always]),
        np.concatenate([end[order], always]),
    )


def _tree(places: Areas) -> tuple[Places, Places]:
    """Return regions, subregions and the world as groups that their States always belonged to."""
    parent = places.places(places.parents)
    leaves = {AreaKind.STATE.value, AreaKind.OBSERVER.value}
    lowest = np.flatnonzero([kind in leaves for kind in places.kinds])
    pairs = []
    above, below = parent[lowest], lowest
    while (is_there := above >= 0).any():  # level by level up the tree
        above, below = above[is_there], below[is_there]
        pairs.append((above, below))
        above = parent[above]
    if not pairs:
        return lowest[:0], lowest[:0]
    above, below = (np.concatenate(each) for each in zip(*pairs, strict=True))
    depth = np.repeat(np.arange(len(pairs)), [len(at) for at, _of in pairs])
    told = np.lexsort((depth, places.ids[below]))  # told State by State
    return above[told], below[told]


def fractions(days: Column) -> frames.Floats:
    """Return days (ISO text) as year fractions; the first and last day of all are never."""
    day = np.array(days, dtype="datetime64[D]")
    year = day.astype("datetime64[Y]")
    gone = (day - year.astype("datetime64[D]")).astype(np.float64)
    length = ((year + 1).astype("datetime64[D]") - year.astype("datetime64[D]")).astype(np.float64)
    found = year.astype(np.int64) + 1970 + gone / length
    return np.where(day == _EVER[0], -np.inf, np.where(day == _EVER[1], np.inf, found))


_WEIGHTS: Final = sa.select(_WEIGHT.c.name, _WEIGHT.c.area_id, _WEIGHT.c.year, _WEIGHT.c.value)


def weights(session: Session, places: Areas) -> pd.DataFrame:
    """Return the weights of areas: `frames.WEIGHTS`."""
    name, area, year, value = fetch(session, _WEIGHTS)
    names, at = np.array(name, dtype=object), places.places(area)
    years, values = np.array(year, dtype=np.int64), np.array(value, dtype=np.float64)
    order = np.lexsort((years, places.order(at), names))
    return frames.build(
        frames.WEIGHTS, names[order], places.named(at[order]), years[order], values[order]
    )


# Aims ----------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _aims(what: sa.Table, names: tuple[str, ...], *, is_past: bool) -> sa.Select[Any]:
    wanted = (
        sa.select(_I.c.code, _I.c.position, what.c.area_id, *(what.c[name] for name in names))
        .join(_I, _I.c.id == what.c.indicator_id)
        .where(_I.c.plan_code == PLAN)
        .order_by(what.c.year, what.c.id)
    )
    if not is_past:
        return wanted.where(what.c.retired_at.is_(None))
    still = sa.or_(what.c.retired_at.is_(None), what.c.retired_at > THEN)
    return wanted.where(what.c.recorded_at <= THEN, still)


def _of_plan(
    session: Session,
    schema: frames.Schema,
    what: sa.Table,
    places: Areas,
    of: tuple[str, datetime | None],
) -> pd.DataFrame:
    """Return targets or baselines in the order of the plan; those for every area come first."""
    plan, as_of = of
    names = tuple(schema)[2:]
    then = {} if as_of is None else {"then": micros(as_of)}
    statement = _aims(what, names, is_past=as_of is not None)
    indicator, position, area, *rest = fetch(session, statement, plan=plan, **then)
    where = places.places(area)
    order = np.lexsort((places.order(where), np.array(position, dtype=np.int64)))
    about, *told = (np.array(column, dtype=object)[order] for column in (indicator, *rest))
    return frames.build(schema, about, places.named(where[order]), *told)


def baselines(session: Session, places: Areas, of: tuple[str, datetime | None]) -> pd.DataFrame:
    """Return the baselines of a plan in force at a moment (none: now): `frames.BASELINES`."""
    return _of_plan(session, frames.BASELINES, _BASE, places, of)


def targets(session: Session, places: Areas, of: tuple[str, datetime | None]) -> pd.DataFrame:
    """Return the targets of a plan in force at a moment (none: now): `frames.TARGETS`."""
    return _of_plan(session, frames.TARGETS, _TARGET, places, of)
