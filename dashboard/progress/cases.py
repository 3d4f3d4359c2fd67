"""What every method looks at: the series of a plan, prepared, with what is asked of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard import frames
from dashboard.progress import bits, linear, rules
from dashboard.progress.points import Points
from dashboard.progress.prepare import Prepared, Reported, gather, prepare
from dashboard.progress.rules import Rules, Theory
from dashboard.progress.selection import POPULATION, weight

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Period = tuple[int, int]
TOTAL: Final = "_T"
"""The cell that is not broken down."""


@dataclass(frozen=True)
class Case:
    """All series of a plan as known in one year; arrays have one entry a series."""

    plan: frames.PlanFrames
    asked: Rules
    seen: Reported
    prepared: Prepared
    year: int

    @property
    def is_level(self) -> Bools:
        """Return which series are of levels, yes or no among them."""
        return np.isin(self.asked.kind, rules.LEVEL_PLACES)

    @property
    def is_range(self) -> Bools:
        """Return which series have a range, or parity, for target."""
        return ~np.isnan(self.asked.target_upper)

    @property
    def area(self) -> Ints:
        """Return the place of each series' area."""
        return np.arange(len(self.prepared.value)) // max(1, len(self.plan.cube.indicators))

    @property
    def indicator(self) -> Ints:
        """Return the place of each series' indicator."""
        return np.arange(len(self.prepared.value)) % max(1, len(self.plan.cube.indicators))


def read(
    plan: frames.PlanFrames,
    year: int,
    *,
    interim: int | None = None,
    theories: Sequence[Theory] = (),
    periods: tuple[Period, Period] | None = None,
    window: int | None = None,
    cell: str = TOTAL,
) -> Case:
    """Return the series of a plan, ready to be assessed in the year given.

    `interim` assesses against the interim targets of that year; `periods` puts the means of two
    spans of years in place of single baseline and latest values, for rare and bursty events;
    `window` takes the first value at most so many years before the latest for baseline; `cell`
    reads a disaggregation in place of the total.
    """
    if cell not in plan.cube.cells:
        raise ValueError(f"the plan has no disaggregation {cell}")
    place = plan.cube.cells.index(cell)
    plan = within_reach(plan, year)
    asked = rules.read(plan, interim_year=interim, theories=theories, year=year)
    shape = (-1, len(plan.cube.years))
    seen = gather(
        plan.cube.values[place].reshape(shape),
        plan.cube.flags[place].reshape(shape),
        plan.cube.years,
        year,
    )
    prepared = prepare(seen, asked, window=window)
    if periods is not None:
        prepared = averaged(seen, prepared, periods)
    return Case(plan, asked, seen, prepared, year)


def within_reach(plan: frames.PlanFrames, year: int) -> frames.PlanFrames:
    """Return the plan with the last 52 years before the assessment, which is all that is read."""
    cube = plan.cube
    last = int(np.searchsorted(np.asarray(cube.years), year, side="right"))
    if last <= bits.WIDTH:
        return plan
    span = slice(last - bits.WIDTH, last)
    return replace(
        plan,
        cube=replace(
            cube,
            years=cube.years[span],
            values=np.ascontiguousarray(cube.values[..., span]),
            flags=np.ascontiguousarray(cube.flags[..., span]),
            denominators=None if cube.denominators is None else cube.denominators[..., span],
        ),
    )


def averaged(seen: Reported, prepared: Prepared, periods: tuple[Period, Period]) -> Prepared:
    """Return baseline and latest value as means of spans of years, dated by their mean year."""
    (base, base_year), (value, year) = (_mean(seen, *span) for span in periods)
    nothing = np.zeros(len(base), dtype=np.uint8)
    return replace(
        prepared,
        base=base,
        base_year=base_year,
        base_flag=nothing,
        value=value,
        year=year,
        flag=nothing,
    )


def _mean(seen: Reported, first: int, last: int) -> tuple[Floats, Floats]:
    inside = (seen.years >= first) & (seen.years <= last)
    values = seen.values[:, inside]
    there = ~np.isnan(values)
    n = there.sum(axis=1)
    n = np.where(n > 0, n, np.nan)
    years = np.where(there, seen.years[inside], 0).sum(axis=1) / n
    return np.where(there, values, 0.0).sum(axis=1) / n, years


def road(case: Case) -> linear.Road:
    """Return the road of every series; to a range it is the distance, which is to become 0."""
    return road_of(case.prepared, case.asked)


def road_of(
    prepared: Prepared, asked: Rules, base: Floats | None = None, value: Floats | None = None
) -> linear.Road:
    """Return the road of prepared series, with other ends of it where these are given."""
    base = prepared.base if base is None else base
    value = prepared.value if value is None else value
    target, direction = asked.target, asked.direction
    if asked.has_range:
        ranged = ~np.isnan(asked.target_upper)
        base = np.where(ranged, linear.distance(base, target, asked.target_upper), base)
        value = np.where(ranged, linear.distance(value, target, asked.target_upper), value)
        direction = np.where(ranged & (direction != 0), -1.0, direction)
        target = np.where(ranged, 0.0, target)
    return linear.Road(
        base=base,
        base_year=prepared.base_year,
        value=value,
        year=prepared.year,
        target=target,
        target_year=asked.target_year,
        direction=direction,
    )


def points(case: Case) -> Points:
    """Return the points that count, as distances where the target is a range."""
    found = Points.used(case.seen, case.prepared.used)
    if not case.asked.has_range:
        return found
    away = linear.distance(
        found.values, case.asked.target[:, None], case.asked.target_upper[:, None]
    )
    return found.replaced(np.where(case.is_range[:, None], away, found.values))


def exposure(case: Case) -> tuple[Floats, Floats]:
    """Return the population in the year of baseline and latest value, 1 where it is not known."""
    grid = weight(case.plan, POPULATION)
    known = np.asarray(case.plan.cube.years, dtype=np.float64)
    return tuple(  # type: ignore[return-value]
        _at_year(grid, case.area, known, year)
        for year in (case.prepared.base_year, case.prepared.year)
    )


def _at_year(grid: Floats, area: Ints, known: Floats, year: Floats) -> Floats:
    if grid.size == 0:
        return np.ones(len(area))
    place = np.clip(np.searchsorted(known, np.nan_to_num(year)), 0, len(known) - 1)
    found = grid[area, place]
    return np.where(np.isnan(found), 1.0, found)
