"""`linear`: share of the road covered and pace, the default method (methodology, section 5).

p = (x - b) / (T - b), q = p / (n / N): how far, and whether fast enough. Signs, zeros and sign
changes need no special case, which is the main reason for the default.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from dashboard.progress.words import CODE, Codes

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

EPS: Final = 1e-9
"""A ratio this close below a threshold has reached it: ties go to the better class."""

TOUCH: Final = 1e-12
"""A value this close to the target, in the indicator's unit, has met it."""

ON_TRACK: Final = 0.95
MODERATE: Final = 0.60


@dataclass(frozen=True)
class Road:
    """From where, to where and until when; one entry a series, missing is NaN."""

    base: Floats
    base_year: Floats
    value: Floats
    year: Floats
    target: Floats
    target_year: Floats
    direction: Floats  # -1, 0 or +1

    def pick(self, series: Any) -> Self:
        """Return some series only, by places, slice or mask."""
        return type(self)(*(values[series] for values in vars(self).values()))


@dataclass(frozen=True)
class Linear:
    """One entry a series. Rates are in the indicator's unit a year, shares are plain fractions."""

    met: Bools
    share: Floats
    elapsed: Floats
    actual_rate: Floats
    required_rate: Floats
    pace: Floats
    needed_rate: Floats
    acceleration: Floats
    reached: Floats
    status: Codes


def is_met(value: Floats, target: Floats, direction: Floats) -> Bools:
    """Return whether the observed value stands at the target or beyond it."""
    return direction * (value - target) >= -TOUCH


def distance(value: Floats, low: Floats, high: Floats) -> Floats:
    """Return how far a value lies outside the range, 0 inside it."""
    return np.maximum(np.maximum(low - value, value - high), 0.0)


def assess(road: Road) -> Linear:
    """Assess many series at once.

    Share and pace are missing where the target lies at the baseline or behind it (a target to
    maintain). `reached` is the year in which the target is met at the pace so far, missing when
    the series does not move towards it; `acceleration` is needed over actual rate.
    """
    base, value, target, direction = road.base, road.value, road.target, road.direction
    with np.errstate(divide="ignore", invalid="ignore"):
        gone, plan = road.year - road.base_year, road.target_year - road.base_year
        met = is_met(value, target, direction)
        way = _way(road)
        span = np.where(plan > 0, plan, np.nan)
        change = value - base
        actual = change / np.where(gone > 0, gone, np.nan)
        required = way / span
        pace = actual / required
        open_road = ~met & (road.year < road.target_year) & ~np.isnan(pace)
        needed = np.where(open_road, (target - value) / (road.target_year - road.year), np.nan)
        forward = np.where(~met & (direction * actual > 0), actual, np.nan)
        return Linear(
            met=met,
            share=change / way,
            elapsed=np.minimum(gone / span, 1.0),
            actual_rate=actual,
            required_rate=required,
            pace=pace,
            needed_rate=needed,
            acceleration=needed / forward,
            reached=road.year + (target - value) / forward,
            status=classify(road, pace),
        )


def statuses(road: Road) -> Codes:
    """Return the statuses alone: the same as `assess`, without what is only shown."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gone, plan = road.year - road.base_year, road.target_year - road.base_year
        pace = (road.value - road.base) * plan / (_way(road) * gone)
        pace[(gone <= 0) | (plan <= 0)] = np.nan
    return classify(road, pace)


def _way(road: Road) -> Floats:
    """Return the length of the road with its sign, missing where there is none."""
    way = road.target - road.base
    way[road.direction * way <= TOUCH] = np.nan
    return way


def by_pace(pace: Floats) -> Codes:
    """Return the class of a ratio of actual over required pace; missing is not enough data."""
    # The classes are neighbours in STATUSES, best first, and counting the cut points that a
    # pace has not reached finds its place among them.
    place = (pace < ON_TRACK - EPS).view(np.int8) + (pace < MODERATE - EPS).view(np.int8)
    place += (pace < EPS).view(np.int8)
    place += (pace <= -EPS).view(np.int8)
    place += np.int8(CODE["on_track"])
    place[np.isnan(pace)] = CODE["insufficient_data"]
    return place


def classify(road: Road, pace: Floats) -> Codes:
    """Return the status in the order of the methodology, its first rule written last."""
    status = by_pace(pace)
    with np.errstate(invalid="ignore"):
        way = road.direction * (road.target - road.base)
        status[(way <= TOUCH) & (road.year > road.base_year)] = CODE["lost"]
        status[road.year >= road.target_year] = CODE["missed"]
        status[is_met(road.value, road.target, road.direction)] = CODE["target_met"]
    status[np.isnan(road.target)] = CODE["not_applicable"]
    status[road.direction == 0] = CODE["context_only"]
    status[np.isnan(road.value)] = CODE["no_data"]
    return status
