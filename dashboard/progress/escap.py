"""`escap`: Current Status Index and Anticipated Progress Index (methodology, section 7).

CSI says how much of the road is covered on a scale of 10, API how much of it will be by the target
year, on a scale of 100, if the weighted trend goes on.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.progress.linear import TOUCH, is_met
from dashboard.progress.points import Points

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Names = npt.NDArray[np.str_]

LEAST_POINTS: Final = 2
NO_CHANGE: Final = 1e-9
"""An index this close to 0 is 0."""

CSI_SCALE: Final = 10.0
API_SCALE: Final = 100.0
CSI_CLASSES: Final = (9.0, "on_track", "slow_progress", "regression")
API_CLASSES: Final = (90.0, "will_meet", "accelerate", "no_progress")
MODELS: Final = ("wls", "logit_wls", "geometric", "logit_ols", "logit_mean_rate")


@dataclass(frozen=True)
class Projection:
    """Values expected in a year; `fell_back` where a logit could not be taken."""

    value: Floats
    fell_back: Bools


def index(
    value: Floats, base: Floats, target: Floats, direction: Floats, scale: float = CSI_SCALE
) -> Floats:
    """Return CSI of an observed value, or with `scale` 100 API of a projected one.

    scale * d (x - b) / |T - b|, the full scale where the target is met. A direction of 0 or
    missing means parity: scale - scale * |T - x| / |T - b|. Missing where T = b, unless met.
    """
    parity = np.isnan(direction) | (direction == 0)
    way = np.abs(target - base)
    way = np.where(way <= TOUCH, np.nan, way)
    directed = direction * (value - base) / way
    nearer = 1.0 - np.abs(target - value) / way
    met = np.where(parity, np.abs(target - value) <= TOUCH, is_met(value, target, direction))
    return np.where(met, scale, scale * np.where(parity, nearer, directed))


def gap(value: Floats, base: Floats, target: Floats) -> Floats:
    """Return the road left in per cent of the whole, as UNECE publishes it."""
    way = np.abs(target - base)
    return API_SCALE * np.abs(target - value) / np.where(way <= TOUCH, np.nan, way)


def csi_class(csi: Floats) -> Names:
    """Return on_track above 9, regression at or below 0, else slow_progress; empty if missing."""
    return _class(csi, CSI_CLASSES)


def api_class(api: Floats) -> Names:
    """Return will_meet above 90, no_progress at or below 0, else accelerate; empty if missing."""
    return _class(api, API_CLASSES)


def _class(values: Floats, classes: tuple[float, str, str, str]) -> Names:
    cut, best, middle, worst = classes
    # The published classes leave both cut points to the worse side. What a fitted line makes of
    # no change at all may differ from 0 by rounding.
    named = np.where(values > cut, best, np.where(values > NO_CHANGE, middle, worst))
    return np.where(np.isnan(values), "", named)


def regional(index: Floats, points: npt.NDArray[np.int64]) -> Floats:
    """Return the plain mean over countries of each indicator, country x indicator.

    An indicator enters only if more than half of the countries have at least two points; every
    country counts once, to avoid a bias towards larger economies.
    """
    enough = (points >= LEAST_POINTS).sum(axis=0) * 2 > len(points)
    there = ~np.isnan(index)
    n = there.sum(axis=0)
    total = np.where(there, index, 0.0).sum(axis=0)
    out = np.full(index.shape[1], np.nan)
    np.divide(total, n, out=out, where=enough & (n > 0))
    return out


def weights(points: Points, year: Floats) -> Floats:
    """Return (tau - t_1) / (tau - t_i): the newest point weighs most."""
    first, _ = points.ends
    start = points.at(first)[0]
    span = year[:, None] - points.times
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(points.there & (span > 0), (year - start)[:, None] / span, np.nan)


def project(
    points: Points, year: Floats, *, model: str = "wls", scale: Floats | None = None
) -> Projection:
    """Return the value that a series is expected to have in a year, by one of `MODELS`.

    A logit model needs the `scale` on which the values are shares; where a value is not strictly
    between 0 and it, the whole series falls back to `wls`. A value observed in the year itself is
    returned as it is; two points are needed otherwise.
    """
    if model not in MODELS:
        raise ValueError(f"no model of projection is called {model}")
    if model == "geometric":
        found, fell = _geometric(points, year), np.zeros(len(year), dtype=np.bool_)
    elif model == "wls":
        found, fell = _line(points, year, weights(points, year)), np.zeros(len(year), np.bool_)
    else:
        found, fell = _logit(points, year, model, scale)
    observed = points.there & (points.times == year[:, None])
    known = np.where(observed, points.values, 0.0).sum(axis=1)
    return Projection(np.where(observed.any(axis=1), known, found), fell)


class Grid:
    """The `wls` projection of many series over one axis of years, from sums.

    With weights 1 / (tau - t) and time counted back from tau, w t = -1 and w t^2 = tau - t: five
    sums, which are matrix products, give the same line as `project`. Points at or after tau carry
    no weight.
    """

    def __init__(self, years: Floats, there: Bools, year: Floats) -> None:
        low, high = np.nanmin(year, initial=np.inf), np.nanmax(year, initial=-np.inf)
        if low >= high:
            taus, self._kind = np.array([high]), np.zeros(len(year), dtype=np.int64)
        else:
            taus, self._kind = np.unique(np.nan_to_num(year), return_inverse=True)
        back = taus[None, :] - years[:, None]
        self._ahead = back > 0
        self._weight = np.where(self._ahead, 1.0 / np.where(self._ahead, back, 1.0), 0.0)
        marks = there.astype(np.float64)
        self._w = self._summed(marks, self._weight)
        self._wtt = self._summed(marks, np.where(self._ahead, back, 0.0))
        self.n = self._summed(marks, self._ahead.astype(np.float64))

    def _summed(self, left: Floats, right: Floats) -> Floats:
        whole = left @ right
        if whole.shape[1] == 1:
            only: Floats = whole[:, 0]
            return only
        return np.take_along_axis(whole, self._kind[:, None], axis=1)[:, 0]

    def project(self, filled: Floats) -> Floats:
        """Return the projection of values, 0 where there is none; missing below two points."""
        wv = self._summed(filled, self._weight)
        v = self._summed(filled, self._ahead.astype(np.float64))
        with np.errstate(divide="ignore", invalid="ignore"):
            line = (wv * self._wtt - self.n * v) / (self._w * self._wtt - self.n * self.n)
        return np.where(self.n >= 2, line, np.nan)


def _line(points: Points, year: Floats, weight: Floats) -> Floats:
    """Return the weighted least squares line at a year; both slope and level are weighted."""
    there = points.there & ~np.isnan(weight)
    w = np.where(there, weight, 0.0)
    # Time is counted from the year asked for, so that the level of the line is the answer.
    t = np.where(there, points.times - year[:, None], 0.0)
    v = np.where(there, points.values, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = w.sum(axis=1)
        mean_t, mean_v = (w * t).sum(axis=1) / total, (w * v).sum(axis=1) / total
        away = np.where(there, t - mean_t[:, None], 0.0)
        spread = (w * away * away).sum(axis=1)
        slope = (w * away * (v - mean_v[:, None])).sum(axis=1) / spread
        return np.where(there.sum(axis=1) >= 2, mean_v - slope * mean_t, np.nan)


def _geometric(points: Points, year: Floats) -> Floats:
    """Return x (x / v_1)^((tau - t_n) / (t_n - t_1))."""
    first, last = points.ends
    (start, low), (end, high) = points.at(first), points.at(last)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = high / np.where(low == 0, np.nan, low)
        power = (year - end) / np.where(end > start, end - start, np.nan)
        return high * np.power(np.where(ratio >= 0, ratio, np.nan), power)


def _logit(points: Points, year: Floats, model: str, scale: Floats | None) -> tuple[Floats, Bools]:
    full = np.full(len(year), np.nan) if scale is None else scale
    with np.errstate(divide="ignore", invalid="ignore"):
        share = points.values / full[:, None]
        inside = (share > 0) & (share < 1)
        z = points.replaced(np.where(inside, np.log(share / (1 - share)), np.nan))
    fell = np.count_nonzero(points.there & ~inside, axis=1) > 0
    if model == "logit_wls":
        found = _line(z, year, weights(z, year))
    elif model == "logit_ols":
        found = _line(z, year, np.where(z.there, 1.0, np.nan))
    else:
        dt, dv = z.steps()
        rates = dv / dt
        there = ~np.isnan(rates)
        with np.errstate(invalid="ignore"):
            rate = np.where(there, rates, 0.0).sum(axis=1) / there.sum(axis=1)
        end, level = z.at(z.ends[1])
        found = level + rate * (year - end)
    with np.errstate(over="ignore"):
        back = full / (1.0 + np.exp(-found))
    return np.where(fell, _line(points, year, weights(points, year)), back), fell
