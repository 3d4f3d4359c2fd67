"""The few distributions that progress needs: Student t, normal and binomial.

Written out so that no further library is needed to run; the tests hold them against one.
"""

import math
from functools import lru_cache
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_TINY: Final = 1e-300
_STEPS: Final = 500
_NEARLY: Final = 3e-16
_TIE: Final = 1 + 1e-7
"""How much larger a probability may be and still count as no larger, against rounding."""


def normal_quantile(probability: float) -> float:
    """Return the point that a standard normal value lies below with this probability."""
    return NormalDist().inv_cdf(probability)


def normal_two_sided(z: Floats) -> Floats:
    """Return the probability of a standard normal value at least as far from 0."""
    tails = np.frompyfunc(lambda value: math.erfc(abs(value) / math.sqrt(2)), 1, 1)(z)
    return np.asarray(tails, dtype=np.float64)


def student_below(t: Floats, freedom: Floats) -> Floats:
    """Return the probability that a Student t value lies below t."""
    t, freedom = np.broadcast_arrays(np.asarray(t, np.float64), np.asarray(freedom, np.float64))
    with np.errstate(invalid="ignore", over="ignore"):
        square = t * t
        inner = freedom / (freedom + square)
        outer = np.where(np.isinf(square), 1.0, square / (freedom + square))
    tail = 0.5 * incomplete_beta(freedom / 2, np.full(t.shape, 0.5), inner, outer)
    return np.where(t > 0, 1.0 - tail, tail)


@lru_cache(maxsize=1024)
def student_quantile(probability: float, freedom: int) -> float:
    """Return the point that a Student t value lies below with this probability (Newton)."""
    if probability == 0.5:
        return 0.0
    log_norm = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)
    log_norm -= 0.5 * math.log(freedom * math.pi)
    # Newton from the normal point keeps to one side of the root and so never overshoots.
    t = normal_quantile(probability)
    for _ in range(200):
        below = float(student_below(np.array([t]), np.array([float(freedom)]))[0])
        density = math.exp(log_norm - (freedom + 1) / 2 * math.log1p(t * t / freedom))
        step = (below - probability) / density
        t -= step
        if abs(step) <= 1e-15 * abs(t):
            break
    return t


def incomplete_beta(a: Floats, b: Floats, x: Floats, rest: Floats) -> Floats:
    """Return the regularised incomplete beta function at x, with rest = 1 - x given exactly."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log_front = a * np.log(x) + b * np.log(rest) - _log_beta(a, b)
        front = np.exp(log_front)
    swap = x > (a + 1) / (a + b + 2)
    first, second = np.where(swap, b, a), np.where(swap, a, b)
    part = front / first * _fraction(first, second, np.where(swap, rest, x))
    part = np.where(np.isnan(front) & ~np.isnan(x), 0.0, part)
    return np.where(swap, 1.0 - part, part)


def _log_beta(a: Floats, b: Floats) -> Floats:
    log_gamma = np.frompyfunc(math.lgamma, 1, 1)
    total = log_gamma(a) + log_gamma(b) - log_gamma(a + b)
    return np.asarray(total, dtype=np.float64)


def _fraction(a: Floats, b: Floats, x: Floats) -> Floats:
    """Return the continued fraction of the incomplete beta function (Lentz)."""

    def away(value: Floats) -> Floats:
        return np.where(np.abs(value) < _TINY, _TINY, value)

    c = np.ones_like(x)
    d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0))
    total = d.copy()
    for m in range(1, _STEPS):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / away(1.0 + numerator * d)
            c = away(1.0 + numerator / c)
            change = c * d
            total = total * change
        if np.all((np.abs(change - 1.0) < _NEARLY) | np.isnan(change)):
            break
    return total


def binomial_two_sided(successes: int, trials: int, probability: float) -> float:
    """Return the exact two-sided p: the chance of an outcome no likelier than this one.

    The probabilities are built from the ratios of neighbours and scaled to sum to 1, so that even
    the smallest keep their digits.
    """
    if trials == 0:
        return 1.0
    k = np.arange(trials)
    ratios = np.log((trials - k) / (k + 1.0)) + math.log(probability / (1.0 - probability))
    logs = np.concatenate([[0.0], np.cumsum(ratios)])
    chances = np.exp(logs - logs.max())
    counted = logs <= logs[successes] + math.log(_TIE)
    return min(1.0, float(chances[counted].sum() / chances.sum()))
