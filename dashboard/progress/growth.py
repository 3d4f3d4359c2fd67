"""`cagr`: actual against required compound growth (methodology, section 6).

g = (x / b)^(1 / n) - 1 and gT = (T / b)^(1 / N) - 1. The presets are those of Eurostat, Statistics
Canada (the method built into Open SDG), the UN Statistics Division of 2023 and ISTAT.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.progress.linear import EPS, MODERATE, ON_TRACK, Road, is_met
from dashboard.progress.words import CODE, Codes

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SUBSTITUTE: Final = 0.001
"""What stands in for a zero baseline or target, as Statistics Canada publishes it."""

DAMPING: Final = 4.44
"""Exponent by which thresholds shrink near a natural limit."""

UNSD_FAIR: Final = 0.10
UNSD_GROWTH: Final = (0.02, 0.005)
UNSD_ROUND_TARGETS: Final = (0.0, 100.0)
UNSD_NEAR: Final = 1.0


@dataclass(frozen=True)
class Growth:
    """One entry a series. `value` is the ratio where a target is set, else the signed growth."""

    value: Floats
    status: Codes
    score: Floats  # statcan only, from -5 to 5
    softening: Floats  # statcan only: C on the thresholds, 1 where no limit is near
    growth: Floats  # g, a fraction a year
    required: Floats  # gT, missing without target
    projected: Floats  # unsd2023 only: value expected in the target year
    base_substituted: Bools
    target_substituted: Bools


def compound(start: Floats, end: Floats, years: Floats) -> Floats:
    """Return the growth a year, missing where the sign changes, the start is 0 or no year passed.

    An end of 0 is a growth of -1, a loss of everything.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = end / np.where(start == 0, np.nan, start)
        ratio = np.where((ratio < 0) | (years <= 0), np.nan, ratio)
        grown: Floats = np.power(ratio, 1.0 / np.where(years > 0, years, np.nan)) - 1.0
        return grown


def eurostat(road: Road) -> Growth:
    """Assess by the cut points 0.95, 0.60 and 0, without a target by 1 %, 0 and -1 % a year."""
    ratio, signed, parts = _ratio(road)
    free = _classes(
        signed,
        (
            (-np.inf, "significant_away"),
            (-0.01, "moderate_away"),
            (0.0, "moderate"),
            (0.01, "on_track"),
        ),
    )
    return _finish(road, ratio, signed, free, parts)


def statcan(road: Road, limit: Floats | None = None) -> Growth:
    """Assess as Open SDG does; a natural limit softens the thresholds where no target is set."""
    ratio, signed, parts = _ratio(road)
    base = np.where(road.base == 0, SUBSTITUTE, road.base)
    factor = np.ones_like(signed) if limit is None else softening(base, limit)
    free = np.full(signed.shape, CODE["insufficient_data"], dtype=np.int8)
    with np.errstate(invalid="ignore"):
        free[signed < -EPS] = CODE["deteriorating"]
        for cut, word in ((0.0, "limited"), (0.005, "moderate"), (0.015, "on_track")):
            free[signed >= cut * factor - EPS] = CODE[word]
    result = _finish(road, ratio, signed, free, parts)
    score = np.where(np.isnan(road.target), _score_free(signed, factor), _score_to_target(ratio))
    score = np.where(result.status == CODE["target_met"], 5.0, score)
    return replace(result, score=score, softening=factor)


def softening(base: Floats, limit: Floats) -> Floats:
    """Return the factor C on the thresholds: 1 far from the limit, 0 at it; 1 without a limit."""
    size, bound = np.abs(base), np.abs(limit)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = 1.0 - np.power(size / bound, DAMPING)
        outside = 1.0 - np.power((2 * bound - size) / bound, DAMPING)
    factor = np.where(size <= bound, inside, np.where(size >= 2 * bound, 1.0, outside))
    return np.where(np.isnan(limit), 1.0, factor)


def unsd2023(road: Road, *, in_percent: Bools | None = None) -> Growth:
    """Assess by the value expected in the target year at the growth so far.

    Q = (E - b) / (T - b) with E = x (1 + g)^(tT - t1). A target of 0 or 100 counts as met within
    one percentage point where `in_percent` holds (everywhere, if it is not given).
    """
    base = road.base
    has_target = ~np.isnan(road.target)
    start = np.where((base == 0) & has_target, SUBSTITUTE, base)
    growth = compound(start, road.value, road.year - road.base_year)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        expected = road.value * np.power(1.0 + growth, road.target_year - road.year)
        way = road.target - base
        share = (expected - base) / np.where(way == 0, np.nan, way)
    signed = road.direction * growth
    status = np.where(
        has_target,
        _classes(
            share,
            ((-np.inf, "stagnant_or_regressing"), (UNSD_FAIR, "moderate"), (ON_TRACK, "on_track")),
        ),
        _classes(
            signed,
            (
                (-np.inf, "stagnant_or_regressing"),
                (UNSD_GROWTH[1], "moderate"),
                (UNSD_GROWTH[0], "on_track"),
            ),
        ),
    ).astype(np.int8)
    status[has_target & (way == 0)] = CODE["stagnant_or_regressing"]
    near = np.isin(road.target, UNSD_ROUND_TARGETS) & (
        np.abs(road.value - road.target) <= UNSD_NEAR + EPS
    )
    near = near if in_percent is None else near & in_percent
    status[near | is_met(road.value, road.target, road.direction)] = CODE["target_met"]
    _bare(road, status)
    nothing = np.full(base.shape, np.nan)
    return Growth(
        value=np.where(has_target, share, signed),
        status=status,
        score=nothing,
        softening=nothing,
        growth=growth,
        required=nothing,
        projected=np.where(has_target, expected, np.nan),
        base_substituted=(base == 0) & has_target,
        target_substituted=np.zeros(base.shape, dtype=np.bool_),
    )


def istat(road: Road) -> Growth:
    """Assess the growth alone, by 5 % and 1 % a year either way; cut points are the worse class."""
    _, signed, parts = _ratio(Road(**{**vars(road), "target": np.full(road.base.shape, np.nan)}))
    status = np.full(signed.shape, CODE["insufficient_data"], dtype=np.int8)
    with np.errstate(invalid="ignore"):
        status[~np.isnan(signed)] = CODE["clear_worsening"]
        for cut, word in (
            (-0.05, "slight_worsening"),
            (-0.01, "stable"),
            (0.01, "slight_improvement"),
            (0.05, "clear_improvement"),
        ):
            status[signed > cut + EPS] = CODE[word]
    _bare(road, status)
    nothing = np.full(signed.shape, np.nan)
    return Growth(
        value=signed,
        status=status,
        score=nothing,
        softening=nothing,
        growth=parts[0],
        required=nothing,
        projected=nothing,
        base_substituted=parts[2],
        target_substituted=parts[3],
    )


def combine(scores: Floats, status: Codes) -> tuple[Floats, Codes]:
    """Return score and status of an indicator from its series (Statistics Canada), by row.

    The plain mean of the scores there are; met only if every series is met.
    """
    there = ~np.isnan(scores)
    n = there.sum(axis=-1)
    total = np.where(there, scores, 0.0).sum(axis=-1)
    score = np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0)
    out = _classes(
        score,
        ((-np.inf, "deteriorating"), (-2.5, "limited"), (0.0, "moderate"), (2.5, "on_track")),
    )
    out[((status == CODE["target_met"]) | ~there).all(axis=-1) & (n > 0)] = CODE["target_met"]
    return score, out


PRESETS: Final[Mapping[str, Callable[[Road], Growth]]] = {
    "eurostat": eurostat,
    "statcan": statcan,
    "unsd2023": unsd2023,
    "istat": istat,
}

_Parts = tuple[Floats, Floats, Bools, Bools]


def _ratio(road: Road) -> tuple[Floats, Floats, _Parts]:
    """Return R, the signed growth G and (g, gT, zero baseline, zero target)."""
    zero_base, zero_target = road.base == 0, road.target == 0
    base = np.where(zero_base, SUBSTITUTE, road.base)
    target = np.where(zero_target, SUBSTITUTE, road.target)
    growth = compound(base, road.value, road.year - road.base_year)
    required = compound(base, target, road.target_year - road.base_year)
    required = np.where(target == base, 0.0, required)
    signed = np.where(base < 0, -1.0, 1.0) * road.direction * growth
    size = np.abs(required)
    ratio = np.divide(signed, size, out=np.full(signed.shape, np.nan), where=size > 0)
    return ratio, signed, (growth, required, zero_base, zero_target)


def _finish(road: Road, ratio: Floats, signed: Floats, free: Codes, parts: _Parts) -> Growth:
    """Return the result with classes by ratio where a target is set, else the free ones."""
    growth, required, zero_base, zero_target = parts
    has_target = ~np.isnan(road.target)
    status = np.where(
        has_target,
        _classes(
            ratio,
            (
                (-np.inf, "deteriorating"),
                (0.0, "limited"),
                (MODERATE, "moderate"),
                (ON_TRACK, "on_track"),
            ),
        ),
        free,
    ).astype(np.int8)
    # Target at the baseline: there is no ratio, and a value that is not there has moved away.
    status[has_target & (required == 0) & ~np.isnan(growth)] = CODE["deteriorating"]
    status[is_met(road.value, road.target, road.direction)] = CODE["target_met"]
    _bare(road, status)
    return Growth(
        value=np.where(has_target, ratio, signed),
        status=status,
        score=np.full(ratio.shape, np.nan),
        softening=np.full(ratio.shape, np.nan),
        growth=growth,
        required=required,
        projected=np.full(ratio.shape, np.nan),
        base_substituted=zero_base,
        target_substituted=zero_target,
    )


def _bare(road: Road, status: Codes) -> None:
    """Write what no formula decides: no direction, no value."""
    status[road.direction == 0] = CODE["context_only"]
    status[np.isnan(road.value)] = CODE["no_data"]


def _classes(values: Floats, cuts: tuple[tuple[float, str], ...]) -> Codes:
    """Return the last class whose cut point is reached; missing is not enough data."""
    status = np.full(values.shape, CODE["insufficient_data"], dtype=np.int8)
    with np.errstate(invalid="ignore"):
        for cut, word in cuts:
            status[values >= cut - EPS] = CODE[word]
    return status


def _score_to_target(ratio: Floats) -> Floats:
    # The rounded coefficients are those of the published code.
    rising = np.minimum(5.0, 7.1429 * ratio - 4.2857)
    falling = np.maximum(-5.0, 4.1667 * ratio - 2.5)
    return np.where(ratio >= MODERATE - EPS, rising, falling)


def _score_free(signed: Floats, factor: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        score = 500.0 * signed / factor - 2.5
        score = np.where(signed >= 0.005 * factor - EPS, 250.0 * signed / factor - 1.25, score)
        fast = np.minimum(5.0, 500.0 * signed / factor - 5.0)
        score = np.where(signed >= 0.015 * factor - EPS, fast, score)
    score = np.where(factor == 0, 5.0, score)
    return np.where(signed < -EPS, np.maximum(-5.0, 125.0 * signed - 2.5), score)
