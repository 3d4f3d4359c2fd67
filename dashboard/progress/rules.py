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
    table = plan.indicators.set_index("indicator").reindex(pd.Index(plan.cube.indicators))
    kind = np.array(
        [KINDS.index(word) if word in KINDS else -1 for word in table["kind"]], dtype=np.int8
    )
    targets = _chosen(plan, interim_year)
    target, upper, due = (_grid(plan, targets, name) for name in ("value", "upper", "year"))
    equal = _grid(plan, targets, "equal") == 1
    given, until = _directions(table, theories, year)
    direction = np.broadcast_to(given, target.shape)
    # A ratio without direction and with a target to equal wants parity: nearer is better.
    parity = (kind == KINDS.index("ratio")) & (direction == 0) & equal
    baselines = _baselines(plan)
    rule, base_year, base_value = (
        _grid(plan, baselines, name) for name in ("place", "year", "value")
    )
    lower = table["lower"].to_numpy(np.float64)
    floor = np.where(table["kind"].isin(NEVER_NEGATIVE), 0.0, np.nan)
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


def _directions(
    table: pd.DataFrame, theories: Sequence[Theory], year: int | None
) -> tuple[Floats, Floats]:
    """Return the direction of each indicator and until when a theory gives it."""
    direction = table["direction"].fillna(0).to_numpy(np.float64, copy=True)
    until = np.full(len(direction), np.nan)
    for theory in theories:
        place = table.index.get_indexer(pd.Index([theory.indicator]))[0]
        if place >= 0 and direction[place] == 0 and (year is None or year <= theory.until):
            direction[place], until[place] = theory.direction, theory.until
    return direction, until


def _every_area(values: Floats, shape: tuple[int, ...]) -> Floats:
    return np.broadcast_to(values, shape).ravel()


def _chosen(plan: frames.PlanFrames, interim_year: int | None) -> pd.DataFrame:
    """Return the targets that count, the one that wins last, so that it is written last."""
    rows = plan.targets
    wanted = (
        rows["is_interim"] & (rows["year"] == interim_year)
        if interim_year
        else (~rows["is_interim"])
    )
    rows = rows[wanted & rows["value"].notna()]
    standing = rows["status"].map(_STANDING).fillna(len(_STANDING)).to_numpy(np.int64)
    own = (rows["area"] != "").to_numpy()
    rows = rows.iloc[np.lexsort((rows["year"].to_numpy(), -standing, own))]
    return rows.assign(
        upper=rows["upper"].where(rows["operator"] == "between"),
        equal=(rows["operator"] == "=").astype(np.float64),
    )


def _baselines(plan: frames.PlanFrames) -> pd.DataFrame:
    rows = plan.baselines
    places = {word: place for place, word in enumerate(BASELINE_RULES)}
    unknown = sorted(set(rows["rule"]) - set(places))
    if unknown:
        raise ValueError(f"unknown baseline rule {', '.join(unknown)}")
    rows = rows.iloc[np.argsort((rows["area"] != "").to_numpy(), kind="stable")]
    return rows.assign(place=rows["rule"].map(places).astype(np.float64))


def _grid(plan: frames.PlanFrames, rows: pd.DataFrame, name: str) -> Floats:
    """Return area x indicator with a column of rows written over the row's area or over all."""
    grid = np.full((len(plan.cube.areas), len(plan.cube.indicators)), np.nan)
    column = pd.Index(plan.cube.indicators).get_indexer(pd.Index(rows["indicator"]))
    line = pd.Index(plan.cube.areas).get_indexer(pd.Index(rows["area"]))
    values = rows[name].to_numpy(np.float64)
    everywhere = (rows["area"] == "").to_numpy()
    general = everywhere & (column >= 0)
    grid[:, column[general]] = values[general]
    own = ~everywhere & (column >= 0) & (line >= 0)
    grid[line[own], column[own]] = values[own]
    return grid
