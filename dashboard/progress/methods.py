"""Every method on the series of a plan: from the same prepared case to one verdict a series.

What is common is settled here once: a met target is met by any method, levels are only ever
assessed as levels, and a value known as a mere limit gives no verdict that its ends do not share.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.frames import Flag
from dashboard.progress import (
    cases,
    counts,
    escap,
    growth,
    linear,
    milestone,
    oecd,
    sdsn,
    trend,
)
from dashboard.progress.cases import Case
from dashboard.progress.growth import Growth
from dashboard.progress.prepare import LIMIT, Prepared, Reported, interval
from dashboard.progress.rules import KINDS, LEVEL_PLACES, Rules
from dashboard.progress.words import CODE, Codes

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Names = npt.NDArray[np.str_]

_BINARY: Final = KINDS.index("binary")
_PERCENT: Final = KINDS.index("percentage")
_COUNT: Final = KINDS.index("count")
NONE: Final = np.int8(-1)
HUNDRED: Final = 100.0
WORST_PERCENTILE: Final = 0.025


@dataclass(frozen=True)
class Outcome:
    """What a method says, one entry a series.

    `label` is the place of the method's own class among `words`, -1 where it has none.
    """

    score: Floats  # the main number
    status: Codes
    label: Codes
    words: tuple[str, ...] = ()
    components: Mapping[str, Floats] = field(default_factory=dict)
    flags: Mapping[str, Bools] = field(default_factory=dict)


def assess(case: Case, method: str, preset: str) -> Outcome:
    """Return the verdict of a method on every series of a case."""
    outcome = _METHODS[method](case, preset)
    status = outcome.status.copy()
    score, label = outcome.score, outcome.label
    level = case.is_level
    if method != "milestone" and level.any():
        steps = levels(case.prepared, case.asked)
        status[level] = steps.status[level]
        score = np.where(level, steps.score, score)
        label = np.where(level, NONE, label)
    doubtful = case.prepared.censored & ~level
    if doubtful.any():
        ends = _of_both_ends(case.prepared, case.asked, method, preset, doubtful)
        status[doubtful] = ends
        score = np.where(doubtful, np.nan, score)
        label = np.where(doubtful, NONE, label)
    settle(case.seen, case.prepared, case.asked, status)
    return replace(outcome, score=score, status=status, label=label)


def default(seen: Reported, prepared: Prepared, asked: Rules) -> Codes:
    """Return the statuses of the default method, as `assess` does, without what is only shown."""
    status = linear.statuses(cases.road_of(prepared, asked))
    if asked.has_levels:
        level = np.isin(asked.kind, LEVEL_PLACES)
        status[level] = levels(prepared.pick(level), asked.pick(level)).status
    if seen.present & LIMIT:
        doubtful = prepared.censored & ~np.isin(asked.kind, LEVEL_PLACES)
        status[doubtful] = _of_both_ends(prepared, asked, "linear", "v1", doubtful)
    settle(seen, prepared, asked, status)
    return status


def settle(seen: Reported, prepared: Prepared, asked: Rules, status: Codes) -> None:
    """Write what no method may decide otherwise."""
    nothing = np.isnan(prepared.value)
    status[asked.direction == 0] = CODE["context_only"]
    status[nothing] = CODE["no_data"]
    if seen.present & Flag.NOT_APPLICABLE:
        status[seen.not_applicable] = CODE["not_applicable"]


def levels(prepared: Prepared, asked: Rules) -> Outcome:
    """Assess by levels; where fewer is better the scale is turned round.

    Yes or no has no steps: what is not yes is not met. After the target year it is missed.
    """
    sign = np.where(asked.direction < 0, -1.0, 1.0)
    yes = np.where(asked.direction < 0, 0.0, 1.0)
    target = np.where((asked.kind == _BINARY) & np.isnan(asked.target), yes, asked.target)
    share, status = milestone.ordinal(prepared.value * sign, prepared.base * sign, target * sign)
    open_ = np.isin(
        status,
        [CODE[word] for word in ("in_progress", "not_started", "regressed", "insufficient_data")],
    )
    status[open_ & (asked.kind == _BINARY)] = CODE["not_met"]
    status[open_ & (prepared.year >= asked.target_year)] = CODE["missed"]
    return Outcome(share, status, _no_labels(status))


def _no_labels(status: Codes) -> Codes:
    return np.full(len(status), NONE, dtype=np.int8)


def _linear(case: Case, preset: str) -> Outcome:
    found = linear.assess(cases.road(case))
    return Outcome(found.pace, found.status, _no_labels(found.status))


def _of_both_ends(
    prepared: Prepared, asked: Rules, method: str, preset: str, doubtful: Bools
) -> Codes:
    """Return the verdict on `<5` on which both ends of every interval agree, else no verdict.

    Methods that fit a line through all points can only say that the target is met.
    """
    prepared, asked = prepared.pick(doubtful), asked.pick(doubtful)
    base = interval(prepared.base, prepared.base_flag, asked)
    value = interval(prepared.value, prepared.flag, asked)
    verdicts = np.array(
        [
            _by_road(method, preset, cases.road_of(prepared, asked, b, x))
            for b in base
            for x in value
        ]
    )
    agreed = (verdicts == verdicts[0]).all(axis=0)
    return np.where(agreed, verdicts[0], CODE["insufficient_data"]).astype(np.int8)


def _by_road(method: str, preset: str, road: linear.Road) -> Codes:
    if method == "linear":
        return linear.statuses(road)
    if method == "cagr":
        return growth.PRESETS[preset](road).status
    met = linear.is_met(road.value, road.target, road.direction)
    return np.where(met, CODE["target_met"], CODE["insufficient_data"]).astype(np.int8)


def _growth(case: Case, preset: str) -> Outcome:
    road, asked = cases.road(case), case.asked
    if preset == "statcan":
        limit = np.where(asked.direction > 0, asked.upper, asked.lower)
        # A lower limit of 0 softens nothing: every size is at least twice 0.
        found: Growth = growth.statcan(road, limit)
    elif preset == "unsd2023":
        found = growth.unsd2023(road, in_percent=asked.kind == _PERCENT)
    else:
        found = growth.PRESETS[preset](road)
    return Outcome(
        score=found.score if preset == "statcan" else found.value,
        status=found.status,
        label=_no_labels(found.status),
        components={
            "value": found.value,
            "growth": found.growth,
            "required_growth": found.required,
            "projected": found.projected,
            "score": found.score,
            "softening": found.softening,
        },
        flags={
            "zero_base_substituted": found.base_substituted,
            "zero_target_substituted": found.target_substituted,
        },
    )


_API_STATUS: Final = {
    "will_meet": "on_track",
    "accelerate": "limited",
    "no_progress": "deteriorating",
}


def _escap(case: Case, preset: str) -> Outcome:
    road, points = cases.road(case), cases.points(case)
    share = (case.asked.kind == _PERCENT) & ~case.is_range
    full = np.where(np.isnan(case.asked.upper), HUNDRED, case.asked.upper)
    line = escap.project(points, road.target_year)
    shaped = escap.project(points, road.target_year, model="logit_wls", scale=full)
    expected = np.where(share, shaped.value, line.value)
    csi = escap.index(road.value, road.base, road.target, road.direction)
    met = linear.is_met(road.value, road.target, road.direction)
    api = escap.index(expected, road.base, road.target, road.direction, escap.API_SCALE)
    api = np.where(met, escap.API_SCALE, api)
    named = escap.api_class(api)
    status = _mapped(named, _API_STATUS)
    status[np.abs(api) <= escap.NO_CHANGE] = CODE["stagnant"]
    status[met] = CODE["target_met"]
    _past(road, met, status)
    return Outcome(
        score=api,
        status=status,
        label=_places(named, tuple(_API_STATUS)),
        words=tuple(_API_STATUS),
        components={
            "csi": csi,
            "api": api,
            "projected": expected,
            "gap": escap.gap(expected, road.base, road.target),
        },
        flags={"logit_fallback": share & shaped.fell_back},
    )


def _past(road: linear.Road, met: Bools, status: Codes) -> None:
    """Write what has come due, and targets that are not set."""
    with np.errstate(invalid="ignore"):
        status[~met & (road.year >= road.target_year)] = CODE["missed"]
    status[np.isnan(road.target)] = CODE["not_applicable"]


def _mapped(names: Names, statuses: Mapping[str, str]) -> Codes:
    out = np.full(len(names), CODE["insufficient_data"], dtype=np.int8)
    for name, status in statuses.items():
        out[names == name] = CODE[status]
    return out


_ARROW_STATUS: Final = {
    "on_track_or_maintaining": "on_track",
    "moderately_improving": "moderate",
    "stagnating": "limited",
    "decreasing": "deteriorating",
}


def worst_bounds(case: Case) -> Floats:
    """Return the worst bound of each series: the natural limit, else the 2.5th percentile.

    The percentile is of all national values of the indicator up to the assessment, from the end
    that is worse.
    """
    asked = case.asked
    up = asked.direction > 0
    natural = np.where(up, asked.lower, asked.upper)
    indicators = max(1, len(case.plan.cube.indicators))
    areas = len(case.seen.values) // indicators
    grid = case.seen.values.reshape(areas, indicators, -1)[_states(case)]
    flat = np.moveaxis(grid, 1, 0).reshape(indicators, -1)
    ends = np.full((2, indicators), np.nan)
    some = (~np.isnan(flat)).any(axis=1)
    if some.any():
        quantiles = (WORST_PERCENTILE, 1 - WORST_PERCENTILE)
        ends[:, some] = np.nanquantile(flat[some], quantiles, axis=1)
    found = np.where(up, ends[0][case.indicator], ends[1][case.indicator])
    return np.where(np.isnan(natural), found, natural)


def _states(case: Case) -> npt.NDArray[np.int64]:
    """Return the places of the areas that are Member States."""
    members = case.plan.areas.loc[case.plan.areas["is_member"], "area"]
    return np.flatnonzero(np.isin(np.array(case.plan.cube.areas, dtype=object), members))


def _sdsn(case: Case, preset: str) -> Outcome:
    road = cases.road(case)
    worst = worst_bounds(case)
    if case.asked.has_range:
        worst = np.where(case.is_range, road.base, worst)  # a distance: the worst seen is the first
    worst = np.where(road.direction * (road.target - worst) > 0, worst, np.nan)
    red = 0.5 * (worst + road.target)
    s0, s1 = (sdsn.raw_score(value, worst, road.target) for value in (road.base, road.value))
    arrow = sdsn.arrow(
        (s0, road.base_year), (s1, road.year), np.full(len(s1), HUNDRED), road.target_year
    )
    met = linear.is_met(road.value, road.target, road.direction)
    status = _mapped(arrow, _ARROW_STATUS)
    status[met] = CODE["target_met"]
    status[np.isnan(road.target)] = CODE["not_applicable"]
    light = sdsn.light(road.value, red, road.target, road.direction)
    score = np.clip(np.where(met, HUNDRED, s1), 0.0, HUNDRED)
    return Outcome(
        score=score,
        status=status,
        label=_places(arrow, sdsn.ARROWS),
        words=sdsn.ARROWS,
        components={
            "score": score,
            "worst": worst,
            "red": red,
            "light": _places(light, (*sdsn.LIGHTS, sdsn.GREY)).astype(np.float64),
        },
    )


def _places(names: Names, words: tuple[str, ...]) -> Codes:
    """Return the place of each name among words, -1 where it is not there."""
    out = np.full(len(names), NONE, dtype=np.int8)
    for place, word in enumerate(words):
        out[names == word] = place
    return out


def _oecd(case: Case, preset: str) -> Outcome:
    road = cases.road(case)
    indicators = max(1, len(case.plan.cube.indicators))
    fresh = np.where(case.prepared.stale(case.year) | case.is_level, np.nan, road.value)
    peers = fresh.reshape(-1, indicators)[_states(case)].T
    sd = oecd.spread(peers)[case.indicator] if peers.size else np.full(len(road.value), np.nan)
    best = oecd.target_from(peers, road.direction.reshape(-1, indicators)[0]) if peers.size else sd
    assumed = np.isnan(road.target) & (road.direction != 0)
    target = np.where(assumed, best[case.indicator], road.target) if peers.size else road.target
    found = oecd.assess(road.value, target, road.direction, sd)
    status = np.where(np.isnan(found.distance), CODE["insufficient_data"], CODE["in_progress"])
    status = status.astype(np.int8)
    status[found.met] = CODE["target_met"]
    with np.errstate(invalid="ignore"):
        status[~found.met & (road.year >= road.target_year)] = CODE["missed"]
    return Outcome(
        score=found.distance,
        status=status,
        label=_no_labels(status),
        components={"sd": found.sd, "signed_distance": found.signed, "target": target},
        flags={"assumed_target": assumed},
    )


CHANGES: Final = ("lower", "no_clear_change", "higher")
_CHANGE: Final = {1.0: "clear_improvement", -1.0: "clear_worsening"}


def _counts(case: Case, preset: str) -> Outcome:
    prepared = case.prepared
    e0, e1 = cases.exposure(case)
    is_count = case.asked.kind == _COUNT
    moved = is_count & (prepared.year > prepared.base_year)
    x0, x1 = (np.where(moved, part, np.nan) for part in (prepared.base, prepared.value))
    found = counts.compare(x0, e0, x1, e1)
    status = _mapped(found.change, {"no_clear_change": "stable"})
    heading = _places(found.change, CHANGES) - 1.0
    heading[found.change == ""] = np.nan
    for sign, word in _CHANGE.items():
        status[heading * case.asked.direction == sign] = CODE[word]
    met = linear.is_met(prepared.value, case.asked.target, case.asked.direction)
    status[met & ~case.is_range] = CODE["target_met"]
    status[~is_count] = CODE["not_applicable"]
    return Outcome(
        score=found.ratio,
        status=status,
        label=_places(found.change, CHANGES),
        words=CHANGES,
        components={
            "ratio": found.ratio,
            "low": found.low,
            "high": found.high,
            "p": found.p,
            "exposure_before": e0,
            "exposure_after": e1,
        },
    )


def _level_trend(case: Case, preset: str) -> Outcome:
    """Place each series in the cell of its level against the target and its pace."""
    level, pace = _sdsn(case, "v1"), linear.assess(cases.road(case))
    light = level.components["light"]
    known = np.where(light < len(sdsn.LIGHTS), light, NONE)
    return Outcome(
        score=level.score,
        status=pace.status,
        label=np.nan_to_num(known, nan=float(NONE)).astype(np.int8),
        words=sdsn.LIGHTS,
        components={**level.components, "pace": pace.pace},
    )


def _trend(case: Case, preset: str) -> Outcome:
    """Judge the pace of the Theil-Sen slope in place of the line between two points."""
    road, found = cases.road(case), trend.fit(cases.points(case))
    required = linear.assess(road).required_rate
    with np.errstate(divide="ignore", invalid="ignore"):
        pace = found.slope / required
    return Outcome(
        score=pace,
        status=linear.classify(road, pace),
        label=_places(trend.words(found, required), trend.WORDS),
        words=trend.WORDS,
        components={
            "slope": found.slope,
            "low": found.low,
            "high": found.high,
            "p": found.p,
            "required_rate": required,
        },
    )


def _milestone(case: Case, preset: str) -> Outcome:
    return levels(case.prepared, case.asked)


_METHODS: Final[Mapping[str, Callable[[Case, str], Outcome]]] = {
    "linear": _linear,
    "cagr": _growth,
    "escap": _escap,
    "sdsn": _sdsn,
    "oecd": _oecd,
    "milestone": _milestone,
    "count_change": _counts,
    "level_trend": _level_trend,
    "trend": _trend,
}
