"""One accepted value changes one series and its aggregates, and nothing else.

`keep` holds what every recomputation needs; `revise` patches the cube and works out only what the
value touches, the same as if everything had been done again.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dashboard import frames
from dashboard.frames import Flag
from dashboard.progress import aggregation, assessment, disclosure, rules
from dashboard.progress.rules import Rules
from dashboard.progress.selection import Selection, select
from dashboard.progress.words import STATUSES

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """An accepted value of a total; a value that is withdrawn is NaN."""

    area: str
    indicator: str
    year: int
    value: float
    flag: Flag = Flag.NONE
    denominator: float = math.nan  # of a ratio, where one is given


@dataclass(frozen=True)
class Touched:
    """A group's figure after a change."""

    group: str
    rule: str
    value: float
    n: int
    states: int
    coverage: float
    is_publishable: bool


@dataclass(frozen=True)
class Revision:
    """What a change did: the status of its series and the aggregates of its groups that year."""

    status: str
    aggregates: tuple[Touched, ...]


@dataclass(frozen=True)
class Kept:
    """A plan with what is asked of its series and how they are aggregated, kept between changes.

    Its arrays are written to by `revise`; whoever holds the plan's cube sees the new value.
    """

    plan: frames.PlanFrames
    asked: Rules
    picked: Selection


def keep(plan: frames.PlanFrames) -> Kept:
    """Return a plan ready for changes."""
    asked = rules.read(plan)
    return Kept(plan, asked, select(plan, asked=asked))


def revise(kept: Kept, change: Change, *, year: int) -> Revision:
    """Record a change in the cube and return what it did, as assessed in the year given.

    Raises `ValueError` for an area, indicator or year outside the cube.
    """
    cube = kept.plan.cube
    if (
        change.area not in cube.areas
        or change.indicator not in cube.indicators
        or change.year not in cube.years
    ):
        raise ValueError(f"no cell for {change.indicator} of {change.area} in {change.year}")
    line, column = cube.areas.index(change.area), cube.indicators.index(change.indicator)
    when = cube.years.index(change.year)
    cube.values[0, line, column, when] = change.value
    cube.flags[0, line, column, when] = int(change.flag)
    if cube.denominators is not None and not math.isnan(change.denominator):
        cube.denominators[line, column, when] = change.denominator
    at = (when, line, column)
    kept.picked.patch(at, change.value, int(change.flag), change.denominator)
    series = slice(place := line * len(cube.indicators) + column, place + 1)
    status = assessment.of_rows(
        cube.values[0, line, column][None],
        cube.flags[0, line, column][None],
        cube.years,
        kept.asked.pick(series),
        year,
    )
    return Revision(STATUSES[int(status[0])], _touched(kept, at))


def _touched(kept: Kept, at: tuple[int, int, int]) -> tuple[Touched, ...]:
    """Return the figures, in the year of the change, of every group that holds the area."""
    when, line, column = at
    part = kept.picked.narrowed(np.array([when]), np.array([column]))
    lines = np.flatnonzero(part.members[0, :, line] > 0)
    if part.min_cell[0] > 1:
        # What is hidden in one group may have to be hidden because of another.
        lines = np.arange(len(part.groups))
    part = part.of_groups(lines)
    figure, behind = aggregation.value(part, part.values), aggregation.coverage(part)
    figure[disclosure.concealed(kept.plan, part, figure)] = np.nan
    publishable = aggregation.published(kept.plan, part, figure)
    share = behind.in_states
    return tuple(
        Touched(
            group=group,
            rule=str(part.rules[place, 0]),
            value=float(figure[0, place, 0]),
            n=int(behind.reporting[0, place, 0]),
            states=int(behind.states[0, place, 0]),
            coverage=float(share[0, place, 0]),
            is_publishable=bool(publishable[0, place, 0]),
        )
        for place, group in enumerate(part.groups)
    )
