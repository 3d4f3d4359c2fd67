"""What the plan asks of every series: baseline, target, direction and limits, as flat arrays.

A series is an area and an indicator; its place is `area * number of indicators + indicator` in the
order of the cube. Rules are read once from a plan's small tables and then used by every method.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import frames

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.int8]

FIRST_REPORT, AT_ADOPTION, FIXED_YEAR, BEFORE_APPRAISAL = range(4)
BASELINE_RULES: Final = (
    "first_report",
    "status_at_adoption",
    "fixed_year",
    "latest_before_appraisal",
)
KINDS: Final = (
    "percentage",
    "rate",
    "ratio",
    "count",
    "currency",
    "ordinal",
    "binary",
    "text",
)
LEVELS: Final = ("ordinal", "binary")
"""Kinds whose values are levels: no distance between two of them has a meaning."""

LEVEL_PLACES: Final = tuple(KINDS.index(word) for word in LEVELS)

NEVER_NEGATIVE: Final = ("percentage", "rate", "ratio", "count", "currency", "ordinal", "binary")
_STANDING: Final = {"agreed": 0, "national": 1, "proposed": 2}


@dataclass(frozen=True)
class Rules:
    """What the plan asks of each series; every array has one entry a series.

    For a range target `target` is its lower and `target_upper` its upper bound; both are equal for
    a parity target, and `target_upper` is missing for a plain one. Places are places among the
    cube's years: the first year not before the base year or the target year.
    """

    direction: Floats  # -1, 0 or +1
    target: Floats
    target_upper: Floats
    target_year: Floats
    target_place: Ints
    base_rule: Bytes  # place in BASELINE_RULES
    base_year: Floats
    base_place: Ints
    base_value: Floats  # the plan's own figure, missing where the series gives it
    lower: Floats  # natural limits of the indicator
    upper: Floats
    kind: Bytes  # place in KINDS, -1 where unknown

    theory_until: Floats  # year in which a stated theory of direction ends, else missing

    @cached_property
    def has_range(self) -> bool:
        """Whether any target is a range."""
        return bool((~np.isnan(self.target_upper)).any())

    @cached_property
    def has_levels(self) -> bool:
        """Whether any series is of levels."""
        return bool(np.isin(self.kind, LEVEL_PLACES).any())

    def pick(self, series: Any) -> Self:
        """Return the rules of some series only, by places, slice or mask."""
        return type(self)(*(getattr(self, field.name)[series] for field in fields(self)))


@dataclass(frozen=True)
class Theory:
    """A stated reason to give an indicator without direction one for a while.

    So may a plan hold that in an early phase more victims should be identified. It needs a note
    for the reader and the last year in which it holds.
    """

    indicator: str
    direction: int  # +1 or -1
    note: str
    until: int

    def __post_init__(self) -> None:
        if self.direction not in {-1, 1} or not self.note.strip():
            raise ValueError(
                f"a theory of direction for {self.indicator} needs +1 or -1 and a note"
            )


def read(
    plan: frames.PlanFrames,
    *,
    interim_year: int | None = None,
    theories: Sequence[Theory] = (),
    year: int | None = None,
) -> Rules:
    """Return the rules of every series of the plan's cube.

    A target or baseline of an area goes before that of every area; among targets an agreed one
    goes before a national and a national before a proposed one, then the later year. With
    `interim_year` the interim targets of that year are read in place of the final ones.
    """
    table = _indicators(plan)
    places = {word: place for place, word in enumerate(KINDS)}
    kind = np.array([places.get(word, -1) for word in table["kind"].tolist()], dtype=np.int8)
    target, upper, due, is_equal = _targets(plan, interim_year)
    given, until = _directions(plan, table, theories, year)
    direction = np.broadcast_to(given, target.shape)
    # A ratio without direction and with a target to equal wants parity: nearer is better.
    parity = (kind == KINDS.index("ratio")) & (direction == 0) & (is_equal == 1)
    rule, base_year, base_value = _baselines(plan)
    lower = table["lower"].to_numpy(np.float64)
    floor = np.where(np.isin(kind, [places[word] for word in NEVER_NEGATIVE]), 0.0, np.nan)
    years = np.asarray(plan.cube.years, dtype=np.float64)
    return Rules(
        direction=np.where(parity, 1.0, direction).ravel(),
        target=target.ravel(),
        target_upper=np.where(parity, target, upper).ravel(),
        target_year=due.ravel(),
        target_place=np.searchsorted(years, due.ravel()).astype(np.int64),
        base_rule=np.nan_to_num(rule.ravel(), nan=FIRST_REPORT).astype(np.int8),
        base_year=base_year.ravel(),
        base_place=np.searchsorted(years, base_year.ravel()).astype(np.int64),
        base_value=base_value.ravel(),
        lower=_every_area(np.where(np.isnan(lower), floor, lower), target.shape),
        upper=_every_area(table["upper"].to_numpy(np.float64), target.shape),
        kind=np.broadcast_to(kind, target.shape).ravel(),
        theory_until=_every_area(until, target.shape),
    )


def _indicators(plan: frames.PlanFrames) -> pd.DataFrame:
    """Return the indicators in the order of the cube; what the plan does not know is missing."""
    table = plan.indicators
    if tuple(table["indicator"].tolist()) == plan.cube.indicators:
        return table
    return table.set_index("indicator").reindex(pd.Index(plan.cube.indicators))


def _directions(
    plan: frames.PlanFrames, table: pd.DataFrame, theories: Sequence[Theory], year: int | None
) -> tuple[Floats, Floats]:
    """Return the direction of each indicator and until when a theory gives it."""
    direction = np.nan_to_num(table["direction"].to_numpy(np.float64), nan=0.0)
    until = np.full(len(direction), np.nan)
    places = {code: place for place, code in enumerate(plan.cube.indicators)}
    for theory in theories:
        place = places.get(theory.indicator, -1)
        if place >= 0 and direction[place] == 0 and (year is None or year <= theory.until):
            direction[place], until[place] = theory.direction, theory.until
    return direction, until


def _every_area(values: Floats, shape: tuple[int, ...]) -> Floats:
    return np.broadcast_to(values, shape).ravel()


def _targets(plan: frames.PlanFrames, interim_year: int | None) -> Sequence[Floats]:
    """Return value, upper bound, year and whether it is to equal, of the target that counts."""
    rows = plan.targets
    is_interim, year = rows["is_interim"].to_numpy(), rows["year"].to_numpy(np.float64)
    value, operator = rows["value"].to_numpy(np.float64), _words(rows, "operator")
    wanted = is_interim & (year == interim_year) if interim_year else ~is_interim
    least = len(_STANDING)
    standing = np.array([_STANDING.get(one, least) for one in rows["status"].tolist()], np.int64)
    columns = (
        value,
        np.where(operator == "between", rows["upper"].to_numpy(np.float64), np.nan),
        year,
        np.where(operator == "=", 1.0, 0.0),
    )
    return _grids(plan, rows, columns, (year, -standing), wanted & ~np.isnan(value))


def _baselines(plan: frames.PlanFrames) -> Sequence[Floats]:
    """Return the place of the rule, the year and the value of the baseline that counts."""
    rows = plan.baselines
    places = {word: float(place) for place, word in enumerate(BASELINE_RULES)}
    words = rows["rule"].tolist()
    unknown = sorted(set(words) - set(places))
    if unknown:
        raise ValueError(f"unknown baseline rule {', '.join(unknown)}")
    rule = np.array([places[word] for word in words], dtype=np.float64)
    columns = (rule, *(rows[name].to_numpy(np.float64) for name in ("year", "value")))
    return _grids(plan, rows, columns, (), np.ones(len(rows), dtype=np.bool_))


def _words(rows: pd.DataFrame, name: str) -> npt.NDArray[np.object_]:
    return np.array(rows[name].tolist(), dtype=object)


def _grids(
    plan: frames.PlanFrames,
    rows: pd.DataFrame,
    columns: Sequence[Floats],
    order: Sequence[npt.NDArray[Any]],
    wanted: Bools,
) -> Sequence[Floats]:
    """Return area x indicator for each column, of the wanted row that counts.

    A row of an area goes before one of every area, then the later in `order` (keys as those of
    `numpy.lexsort`) goes before the earlier. Places are looked up once for all the columns.
    """
    indicators = {code: place for place, code in enumerate(plan.cube.indicators)}
    areas = {code: place for place, code in enumerate(plan.cube.areas)} | {"": _EVERYWHERE}
    column = np.array([indicators.get(one, -1) for one in rows["indicator"].tolist()], np.int64)
    line = np.array([areas.get(one, -1) for one in rows["area"].tolist()], np.int64)
    turn = np.lexsort(order) if order else np.arange(len(rows))
    turn = turn[(wanted & (column >= 0) & (line != -1))[turn]]
    general, own = turn[line[turn] == _EVERYWHERE], turn[line[turn] >= 0]
    grids = np.full((len(columns), len(plan.cube.areas), len(indicators)), np.nan)
    for grid, values in zip(grids, columns, strict=True):
        grid[:, column[general]] = values[general]
        grid[line[own], column[own]] = values[own]
    return list(grids)


_EVERYWHERE: Final = -2
