"""`forecast`: where a series is heading, with a band and a word for the odds (section 11).

The outlook is a field of its own beside the status: the status tells what happened so far.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.progress import chance, trend
from dashboard.progress.linear import TOUCH
from dashboard.progress.points import Points
from dashboard.progress.words import N_

Floats = npt.NDArray[np.float64]
Names = npt.NDArray[np.str_]

DAMPING: Final = 0.8
INFLATION: Final = 1.5
BAND: Final = 0.80
LEAST: Final = 4
_EXACT: Final = 1e-12
"""Scatter this small against the values is rounding: the series is an exact line."""

ODDS: Final[tuple[tuple[float, str], ...]] = (
    (0.90, "very_likely"),
    (0.66, "likely"),
    (0.33, "about_even"),
    (0.10, "unlikely"),
    (0.0, "very_unlikely"),
)
ODDS_LABELS: Final[dict[str, str]] = {
    "very_likely": N_("very likely"),
    "likely": N_("likely"),
    "about_even": N_("about even"),
    "unlikely": N_("unlikely"),
    "very_unlikely": N_("very unlikely"),
}


@dataclass(frozen=True)
class Forecast:
    """One entry a series, missing below four points; the band holds four outcomes in five.

    `probability` is that of meeting the target; never show it bare, show its word and the band.
    """

    value: Floats
    low: Floats
    high: Floats
    se: Floats
    probability: Floats


@dataclass(frozen=True)
class Aim:
    """What a forecast is held against; one entry a series, missing where there is none."""

    year: Floats
    target: Floats
    direction: Floats
    lower: Floats
    upper: Floats


def outlook(points: Points, aim: Aim, slope: Floats | None = None) -> Forecast:
    """Return the damped Theil-Sen forecast, for percentages, rates and indices.

    `slope` is the Theil-Sen slope where it is known already.

    f = v_n + s * sum of 0.8^k over the h whole years ahead, se = 1.5 sigma sqrt(h + h^2 / m)
    with sigma from the m successive differences, Student t with n - 2 degrees of freedom.
    """
    n = points.n
    end, value = points.at(points.ends[1])
    ahead = np.maximum(np.ceil(aim.year - end - _EXACT), 0.0)
    slope = trend.median_slope(points) if slope is None else slope
    dt, dv = points.steps()
    there = ~np.isnan(dt)
    m = there.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        scatter = np.where(there, (dv - slope[:, None] * dt) ** 2 / dt, 0.0).sum(axis=1)
        sigma = np.sqrt(scatter / (m - 1))
        se = INFLATION * sigma * np.sqrt(ahead + ahead**2 / m)
    damped = DAMPING * (1 - DAMPING**ahead) / (1 - DAMPING)
    return _finish(points, value + slope * damped, se, n, aim)


def ols(points: Points, aim: Aim) -> Forecast:
    """Return the least squares line with its prediction interval, for independent counts."""
    there, n = points.there, points.n
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(there, points.times - aim.year[:, None], 0.0)
        v = np.where(there, points.values, 0.0)
        mean_t, mean_v = t.sum(axis=1) / n, v.sum(axis=1) / n
        away = np.where(there, t - mean_t[:, None], 0.0)
        spread = (away * away).sum(axis=1)
        slope = (away * v).sum(axis=1) / spread
        left = np.where(there, v - mean_v[:, None] - slope[:, None] * away, 0.0)
        variance = (left * left).sum(axis=1) / (n - 2)
        se = np.sqrt(variance * (1 + 1 / n + mean_t**2 / spread))
        value = mean_v - slope * mean_t
    return _finish(points, value, se, n, aim)


def _finish(
    points: Points, value: Floats, se: Floats, n: npt.NDArray[np.int64], aim: Aim
) -> Forecast:
    """Return the forecast with band and probability; clamped only after the odds are taken."""
    size = np.maximum(1.0, np.where(points.there, np.abs(points.values), 0.0).max(axis=1))
    se = np.where(se <= _EXACT * size, 0.0, se)
    freedom = np.maximum(n - 2, 1)
    numbers, inverse = np.unique(freedom, return_inverse=True)
    reach = np.array([chance.student_quantile(0.5 + BAND / 2, int(it)) for it in numbers])[inverse]
    margin = aim.direction * (value - aim.target)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = chance.student_below(margin / se, freedom)
    sure = (margin >= -TOUCH * np.maximum(1.0, size)).astype(np.float64)
    odds = np.where(se == 0, np.where(np.isnan(margin), np.nan, sure), odds)
    odds = np.where(aim.direction == 0, np.nan, odds)
    floor = np.where(np.isnan(aim.lower), -np.inf, aim.lower)
    ceiling = np.where(np.isnan(aim.upper), np.inf, aim.upper)
    enough = n >= LEAST

    def shown(values: Floats) -> Floats:
        return np.where(enough, np.clip(values, floor, ceiling), np.nan)

    return Forecast(
        value=shown(value),
        low=shown(value - reach * se),
        high=shown(value + reach * se),
        se=np.where(enough, se, np.nan),
        probability=np.where(enough, odds, np.nan),
    )


def words(probability: Floats) -> Names:
    """Return the word for the odds, empty where they are not known."""
    named = np.full(probability.shape, "", dtype="<U13")
    with np.errstate(invalid="ignore"):
        for cut, word in reversed(ODDS):
            named[probability >= cut - 1e-9] = word
    return named
