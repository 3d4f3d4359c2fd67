"""The part of a plan that is to be aggregated, year first, with what the rules need to know."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import frames
from dashboard.frames import Flag
from dashboard.progress import membership, regions, rules
from dashboard.progress.linear import TOUCH, distance, is_met
from dashboard.progress.prepare import OPEN_END

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Places = Ints
Cell = TypeVar("Cell", bound=np.generic)

POPULATION: Final = "population"
BY_WEIGHT: Final = ("weighted_mean", "ratio_of_sums")


@dataclass(frozen=True)
class Selection:
    """A part of a plan. A value known only as a limit is no value: it enters the bounds."""

    groups: tuple[str, ...]
    columns: Places  # indicators, as places in the cube
    when: Places  # years, as places in the cube
    values: Floats  # year x area x indicator
    low: Floats  # the same with the least where there is no value, missing if unbounded
    high: Floats
    condition: "Condition"
    applies: Bools  # year x area x indicator
    members: Floats  # year x group x area, 1 and 0
    weights: Floats  # year x area x indicator, of the rule
    scale: Floats  # year x area x indicator, for the coverage
    rules: npt.NDArray[np.object_]  # group x indicator
    least: Floats  # indicator: coverage from which a figure is published
    limits: tuple[Floats, Floats]  # indicator: natural limits
    by_weight: Bools  # indicator: whether any rule weighs
    pooled: Bools  # indicator: whether the weights are its own denominators
    min_cell: Ints  # indicator: smallest count that may be shown, 0 where nothing is hidden

    def narrowed(self, when: Places, columns: Places) -> "Selection":
        """Return some years and indicators of the selection, by their places in it."""
        condition = self.condition
        cells = np.ix_(when, np.arange(self.values.shape[1]), columns)
        return Selection(
            groups=self.groups,
            columns=self.columns[columns],
            when=self.when[when],
            values=self.values[cells],
            low=self.low[cells],
            high=self.high[cells],
            condition=Condition(
                target=condition.target[:, columns],
                upper=condition.upper[:, columns],
                sign=condition.sign[:, columns],
                exact=condition.exact[columns],
            ),
            applies=self.applies[cells],
            members=self.members[when],
            weights=self.weights[cells],
            scale=self.scale[cells],
            rules=self.rules[:, columns],
            least=self.least[columns],
            limits=(self.limits[0][columns], self.limits[1][columns]),
            by_weight=self.by_weight[columns],
            pooled=self.pooled[columns],
            min_cell=self.min_cell[columns],
        )

    def of_groups(self, lines: Places) -> "Selection":
        """Return some groups of the selection, by their places in it."""
        return replace(
            self,
            groups=tuple(self.groups[line] for line in lines),
            members=self.members[:, lines],
            rules=self.rules[lines],
        )

    def patch(self, at: tuple[int, int, int], value: float, flag: int, weight: float) -> None:
        """Write one reported value, its flag byte and its own weight (NaN keeps the old one).

        `at` is the place of the year, area and indicator in the selection.
        """
        if self.pooled[at[2]] and not np.isnan(weight):
            self.weights[at] = weight
        cell = tuple(slice(place, place + 1) for place in at)
        limits = (self.limits[0][cell[2]], self.limits[1][cell[2]])
        told = _told(
            np.full((1, 1, 1), value),
            np.full((1, 1, 1), flag, dtype=np.uint8),
            self.by_weight[cell[2]] & np.isnan(self.weights[cell]),
            limits,
        )
        for grid, part in zip((self.values, self.low, self.high, self.applies), told, strict=True):
            grid[cell] = part


@dataclass(frozen=True)
class Condition:
    """When a State meets an indicator: the stated bound, else the target that holds for it."""

    target: Floats  # area x indicator
    upper: Floats  # area x indicator, missing where the target is no range
    sign: Floats  # area x indicator: +1 up is better, -1 down, 0 neither
    exact: Bools  # indicator: only the very value meets

    def met(self, values: Floats) -> Floats:
        """Return 1 where a value meets, 0 where not, NaN where it is not known."""
        inside = np.where(np.isnan(self.upper), np.inf, distance(values, self.target, self.upper))
        met = np.where(
            self.exact,
            np.abs(values - self.target) <= TOUCH,
            (inside <= TOUCH)
            | (np.isnan(self.upper) & (self.sign != 0) & is_met(values, self.target, self.sign)),
        )
        return np.where(np.isnan(values) | np.isnan(self.target), np.nan, met.astype(np.float64))


def places(known: Sequence[object], wanted: Sequence[object], what: str) -> Places:
    """Return where the wanted stand among the known, or raise `ValueError` that names them."""
    index = {name: place for place, name in enumerate(known)}
    unknown = [str(name) for name in wanted if name not in index]
    if unknown:
        raise ValueError(f"no {what} is called {', '.join(unknown)}")
    return np.array([index[name] for name in wanted], dtype=np.int64)


def select(
    plan: frames.PlanFrames,
    *,
    groups: Sequence[str] | None = None,
    indicators: Sequence[str] | None = None,
    years: Sequence[int] | None = None,
    asked: rules.Rules | None = None,
) -> Selection:
    """Return the groups, indicators and years of a plan, all where none are given."""
    cube = plan.cube
    asked = asked or rules.read(plan)
    belonging = membership.read(plan)
    names = tuple(belonging.groups if groups is None else groups)
    lines = places(belonging.groups, names, "group or region")
    columns = places(cube.indicators, list(indicators or cube.indicators), "indicator")
    when = places(cube.years, list(cube.years if years is None else years), "year")
    table = plan.indicators.set_index("indicator").reindex(pd.Index(cube.indicators)).iloc[columns]
    raw = _cut(cube.totals, columns, when)
    flag = _cut(cube.flags[0], columns, when)
    scale, weights = _weights(plan, table, columns, when)
    rule = _rules(plan, table, names)
    by_weight = np.logical_or.reduce(np.isin(rule, BY_WEIGHT), axis=0)
    limits = _limits(asked, cube, columns)
    values, low, high, applies = _told(raw, flag, by_weight & np.isnan(weights), limits)
    members = np.moveaxis(belonging.members[lines][:, :, when], -1, 0)
    return Selection(
        groups=names,
        columns=columns,
        when=when,
        values=values,
        low=low,
        high=high,
        condition=_condition(asked, cube, table, columns),
        applies=applies,
        members=np.ascontiguousarray(members, dtype=np.float64),
        weights=weights,
        scale=scale,
        rules=rule,
        least=table["min_coverage"].fillna(regions.MIN_COVERAGE).to_numpy(np.float64),
        limits=limits,
        by_weight=by_weight,
        pooled=_pooled(table),
        min_cell=table["min_cell"].fillna(0).to_numpy(np.int64),
    )


def _cut(grid: npt.NDArray[Cell], columns: Places, when: Places) -> npt.NDArray[Cell]:
    """Return area x indicator x year as year x area x indicator, some columns and years only."""
    part = grid if len(columns) == grid.shape[1] else grid[:, columns]
    part = part if len(when) == grid.shape[2] else part[:, :, when]
    return np.ascontiguousarray(np.moveaxis(part, -1, 0))


def _limits(asked: rules.Rules, cube: frames.Cube, columns: Places) -> tuple[Floats, Floats]:
    shape = cube.totals.shape[:2]
    if shape[0] == 0:
        nothing = np.full(len(columns), np.nan)
        return nothing, nothing
    return asked.lower.reshape(shape)[0, columns], asked.upper.reshape(shape)[0, columns]


def _told(
    raw: Floats, flag: npt.NDArray[np.uint8], unweighted: Bools, limits: tuple[Floats, Floats]
) -> tuple[Floats, Floats, Floats, Bools]:
    """Return the values that count, the least and the most each could be, and where it applies.

    A mean by weight has no use for a value without weight: such a State counts as missing. So
    does a mere limit, which still narrows the bounds.
    """
    below, above = ((flag & np.uint8(side)) != 0 for side in (Flag.BELOW, Flag.ABOVE))
    values = np.where(below | above | unweighted, np.nan, raw)
    hair = OPEN_END * np.maximum(1.0, np.abs(raw))
    absent = np.isnan(values)
    low = np.where(absent, np.where(above, raw + hair, limits[0]), values)
    high = np.where(absent, np.where(below, raw - hair, limits[1]), values)
    applies = ((flag & np.uint8(Flag.NOT_APPLICABLE)) == 0) | ~np.isnan(raw)
    return values, low, high, applies


def _rules(
    plan: frames.PlanFrames, table: pd.DataFrame, names: Sequence[str]
) -> npt.NDArray[np.object_]:
    worlds = {membership.WORLD, *plan.areas.loc[plan.areas["kind"] == "world", "area"]}
    is_world = np.array([name in worlds for name in names], dtype=np.bool_)
    everywhere: npt.NDArray[np.object_] = np.where(
        is_world[:, None],
        table["aggregation_global"].to_numpy(object),
        table["aggregation"].to_numpy(object),
    )
    return everywhere


def _condition(
    asked: rules.Rules, cube: frames.Cube, table: pd.DataFrame, columns: Places
) -> Condition:
    shape = cube.totals.shape[:2]
    operator = table["meets_op"].fillna("").to_numpy(object)
    bound = table["meets_value"].to_numpy(np.float64)
    stated = (operator != "") & ~np.isnan(bound)
    sign = np.where(operator == "<=", -1.0, 1.0)
    return Condition(
        target=np.where(stated, bound, asked.target.reshape(shape)[:, columns]),
        upper=np.where(stated, np.nan, asked.target_upper.reshape(shape)[:, columns]),
        sign=np.where(stated, sign, asked.direction.reshape(shape)[:, columns]),
        exact=stated & (operator == "="),
    )


def _weights(
    plan: frames.PlanFrames, table: pd.DataFrame, columns: Places, when: Places
) -> tuple[Floats, Floats]:
    """Return the weights for coverage and those of the rule, both year x area x indicator.

    Coverage is by the named weight where the record holds it, else by population; a ratio of sums
    is by its own denominators, which only those who report can give.
    """
    named = table["weight"].fillna("").to_numpy(object)
    # A weight of which the record holds nothing leaves the usual one: population.
    held = np.isin(named, plan.weights["weight"].unique())
    named = np.where(held, named, POPULATION)
    scale = np.full((len(when), len(plan.cube.areas), len(columns)), np.nan)
    for name in sorted(set(named.tolist())):
        scale[:, :, named == name] = weight(plan, name)[:, when].T[:, :, None]
    own = _pooled(table)
    if not own.any():
        return scale, scale
    weights = scale.copy()
    weights[:, :, own] = np.nan
    if plan.cube.denominators is not None:
        weights[:, :, own] = _cut(plan.cube.denominators, columns[own], when)
    return scale, weights


def _pooled(table: pd.DataFrame) -> Bools:
    """Return which indicators weigh by their own denominators."""
    rules_ = table[["aggregation", "aggregation_global"]].to_numpy(object)
    pooled = np.logical_or.reduce(np.isin(rules_, ["ratio_of_sums"]), axis=1)
    return np.logical_and(pooled, (table["weight"].fillna("") == "").to_numpy(np.bool_))


def weight(plan: frames.PlanFrames, name: str) -> Floats:
    """Return a weight as area x year, from the nearest year that is known, the earlier on a tie."""
    rows = plan.weights[plan.weights["weight"] == name]
    if rows.empty:
        return np.full((len(plan.cube.areas), len(plan.cube.years)), np.nan)
    known = np.sort(rows["year"].unique())
    given = np.full((len(plan.cube.areas), len(known)), np.nan)
    line = pd.Index(plan.cube.areas).get_indexer(pd.Index(rows["area"]))
    place = np.searchsorted(known, rows["year"].to_numpy())
    given[line[line >= 0], place[line >= 0]] = rows["value"].to_numpy(np.float64)[line >= 0]
    gap = np.abs(known[None, :] - np.asarray(plan.cube.years)[:, None]).astype(np.float64)
    away = np.where(np.isnan(given)[:, None, :], np.inf, gap[None, :, :])
    return np.take_along_axis(given, np.argmin(away, axis=2), axis=1)
