"""`linear`: share of the road covered and pace, the default method (methodology, section 5).

p = (x - b) / (T - b), q = p / (n / N): how far, and whether fast enough. Signs, zeros and sign
changes need no special case, which is the main reason for the default.
"""

from dataclasses import dataclass
from typing import Final

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
        way = target - base
        is_way = direction * way > TOUCH
        way = np.where(is_way, way, np.nan)
        span = np.where(plan > 0, plan, np.nan)
        change = value - base
        actual = change / np.where(gone > 0, gone, np.nan)
        required = way / span
        pace = actual / required
        due = road.year >= road.target_year
        open_road = ~met & ~due & ~np.isnan(pace)
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
            status=_status(road, met, due, ~is_way & (gone > 0), pace),
        )


def by_pace(pace: Floats) -> Codes:
    """Return the class of a ratio of actual over required pace; missing is not enough data."""
    status = np.full(pace.shape, CODE["insufficient_data"], dtype=np.int8)
    with np.errstate(invalid="ignore"):
        status[pace < EPS] = CODE["deteriorating"]
        status[np.abs(pace) < EPS] = CODE["stagnant"]
        status[pace >= EPS] = CODE["limited"]
        status[pace >= MODERATE - EPS] = CODE["moderate"]
        status[pace >= ON_TRACK - EPS] = CODE["on_track"]
    return status


def _status(road: Road, met: Bools, due: Bools, maintain: Bools, pace: Floats) -> Codes:
    """Return the status in the order of the methodology, its first rule written last."""
    status = by_pace(pace)
    status[maintain & ~np.isnan(road.base)] = CODE["lost"]
    status[due] = CODE["missed"]
    status[met] = CODE["target_met"]
    status[np.isnan(road.target)] = CODE["not_applicable"]
    status[road.direction == 0] = CODE["context_only"]
    status[np.isnan(road.value)] = CODE["no_data"]
    return status
