"""`trend`: Theil-Sen slope with its interval, and the Mann-Kendall test (section 11)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.progress import chance
from dashboard.progress.points import Points

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Names = npt.NDArray[np.str_]

LEAST: Final = 4
"""Points below which no trend is claimed."""

LEVEL: Final = 0.90
WORDS: Final = ("rising", "falling", "flat", "uncertain")
FLAT: Final = 0.10
"""Share of the required rate within which a whole interval counts as flat."""

_AT_ONCE: Final = 2_000_000


@dataclass(frozen=True)
class Trend:
    """One entry a series, missing below four points."""

    slope: Floats
    intercept: Floats
    low: Floats  # 90 % interval of the slope
    high: Floats
    s: Floats  # Mann-Kendall S, its variance, Z and two-sided p
    variance: Floats
    z: Floats
    p: Floats


def fit(points: Points) -> Trend:
    """Return the trend of each series."""
    width = points.values.shape[1]
    pairs = max(1, width * (width - 1) // 2)
    rows = max(1, _AT_ONCE // pairs)
    parts = [
        _fit(Points(points.times[at : at + rows], points.values[at : at + rows]))
        for at in range(0, max(1, len(points.values)), rows)
    ]
    names = Trend.__dataclass_fields__
    return Trend(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def slopes(points: Points) -> Floats:
    """Return the slope of every pair of points, series x pair, NaN where one is missing."""
    early, late = np.triu_indices(points.values.shape[1], 1)
    dv = points.values[:, late] - points.values[:, early]
    dt = points.times[:, late] - points.times[:, early]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(dt > 0, dv / dt, np.nan)


def median_slope(points: Points) -> Floats:
    """Return the Theil-Sen slope of each series, whatever the number of its points."""
    ordered = np.sort(slopes(points), axis=1)
    return median(ordered, np.count_nonzero(~np.isnan(ordered), axis=1))


def median(ordered: Floats, n: Places) -> Floats:
    """Return the median of the first n of each sorted row, missing where n is 0."""
    last = max(ordered.shape[1] - 1, 0)
    low = np.take_along_axis(ordered, np.clip((n - 1) // 2, 0, last)[:, None], axis=1)
    high = np.take_along_axis(ordered, np.clip(n // 2, 0, last)[:, None], axis=1)
    return np.where(n > 0, 0.5 * (low + high)[:, 0], np.nan)


def _fit(points: Points) -> Trend:
    n = points.n
    enough = n >= LEAST
    ordered = np.sort(slopes(points), axis=1)
    pairs = np.count_nonzero(~np.isnan(ordered), axis=1)
    slope = median(ordered, pairs)
    level = np.sort(points.values - slope[:, None] * points.times, axis=1)
    variance = _variance(points, n)
    low, high = _interval(ordered, pairs, variance)
    s, z = _mann_kendall(points, variance)
    return Trend(
        *(
            np.where(enough, part, np.nan)
            for part in (
                slope,
                median(level, n),
                low,
                high,
                s,
                variance,
                z,
                chance.normal_two_sided(z),
            )
        )
    )


def _variance(points: Points, n: Places) -> Floats:
    """Return the variance of S with ties: (n(n-1)(2n+5) - sum k(k-1)(2k+5)) / 18."""
    same = (points.values[:, :, None] == points.values[:, None, :]).sum(axis=2)
    # Every member of a group of k ties brings (k-1)(2k+5), together k times that.
    ties = np.where(points.there, (same - 1) * (2 * same + 5), 0).sum(axis=1)
    out: Floats = (n * (n - 1) * (2 * n + 5) - ties) / 18.0
    return out


def _interval(ordered: Floats, pairs: Places, variance: Floats) -> tuple[Floats, Floats]:
    """Return the interval of Sen (1968): the slopes at ranks z sqrt(var) around the middle."""
    reach = -chance.normal_quantile((1 - LEVEL) / 2) * np.sqrt(np.maximum(variance, 0.0))
    upper = np.minimum(np.round((pairs + reach) / 2.0).astype(np.int64), pairs - 1)
    lower = np.maximum(np.round((pairs - reach) / 2.0).astype(np.int64) - 1, 0)
    last = max(ordered.shape[1] - 1, 0)
    low, high = (
        np.take_along_axis(ordered, np.clip(rank, 0, last)[:, None], axis=1)[:, 0]
        for rank in (lower, upper)
    )
    return low, high


def _mann_kendall(points: Points, variance: Floats) -> tuple[Floats, Floats]:
    early, late = np.triu_indices(points.values.shape[1], 1)
    signs = np.sign(points.values[:, late] - points.values[:, early])
    s = np.where(np.isnan(signs), 0.0, signs).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (s - np.sign(s)) / np.sqrt(variance)
    return s, np.where((s == 0) | (variance <= 0), 0.0, z)


def words(trend: Trend, required: Floats) -> Names:
    """Return rising, falling, flat or uncertain.

    Flat is claimed only where the interval contains 0 and lies within 10 % of the required rate
    either way; where it contains 0 otherwise, or nothing is known, the trend is uncertain.
    """
    room = FLAT * np.abs(required)
    with np.errstate(invalid="ignore"):
        crosses = (trend.low <= 0) & (trend.high >= 0)
        flat = crosses & (trend.low >= -room) & (trend.high <= room)
        moving = np.where(trend.low > 0, "rising", np.where(trend.high < 0, "falling", "uncertain"))
    return np.where(flat, "flat", moving)
