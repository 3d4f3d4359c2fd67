"""The working of each method on one series, and the rule that leads from it to a verdict."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from dashboard.progress.escap import API_SCALE
from dashboard.progress.explanation import Sentence, Working
from dashboard.progress.growth import SUBSTITUTE
from dashboard.progress.linear import EPS, MODERATE, Linear
from dashboard.progress.words import N_

RULES: Final[dict[str, str]] = {
    "target_met": N_("{value} has reached the target {target}; that counts whatever the pace."),
    "missed": N_("The target year {target_year} has come and {value} does not reach {target}."),
    "lost": N_("The target {target} was held at the start, with {base}; {value} no longer does."),
    "in_progress": N_("{value} is past the start {base} and short of the target {target}."),
    "not_started": N_("The level is still the starting level {base}."),
    "regressed": N_("The level {value} is behind the starting level {base}."),
    "not_met": N_("The answer is still no."),
    "insufficient_data": N_("Too few usable values for this method, and the target is not met."),
    "no_data": N_("Nothing is reported that could be assessed."),
    "not_applicable": N_("It does not apply, no target is set, or the method is for other data."),
    "context_only": N_("The indicator has no direction: up may be good or bad, so no colour."),
}
"""Rules that hold under every method, by status."""

CENSORED: Final = N_("A limit such as <5 leaves open on which side of a class the value lies.")

SCALES: Final[dict[str, str]] = {
    "linear": N_(
        "Pace q: from 0.95 on track, from 0.60 moderate, above 0 limited, 0 no change, below 0 "
        "moving away."
    ),
    "trend": N_(
        "Pace q of the median slope: from 0.95 on track, from 0.60 moderate, above 0 limited, 0 no "
        "change, below 0 moving away."
    ),
    "level_trend": N_(
        "Two readings: the level against the target, and the pace q as in the default method."
    ),
    "cagr:eurostat": N_(
        "Ratio R: from 0.95 significant progress, from 0.60 moderate, from 0 insufficient, below 0 "
        "movement away. Without target growth G: from 1 % a year, 0, -1 %."
    ),
    "cagr:statcan": N_(
        "Ratio R: from 0.95 on track, from 0.60 acceleration needed, from 0 limited, below 0 "
        "deterioration. Without target growth G: from 1.5 %, 0.5 % and 0 a year, times C."
    ),
    "cagr:unsd2023": N_(
        "Expected share Q: from 0.95 on track, from 0.10 fair progress, below stagnation or "
        "regression. Without target growth G: from 2 % and 0.5 % a year."
    ),
    "cagr:istat": N_(
        "Growth G: above 5 % a year clear improvement, above 1 % slight, above -1 % stable, above "
        "-5 % slight worsening, else clear worsening."
    ),
    "escap": N_(
        "API: above 90 the target will be met, above 0 it must accelerate, else turn round."
    ),
    "sdsn": N_(
        "Growth of the score over the growth needed: from 1 on track, from 0.5 moderately "
        "improving, from 0 stagnating, below 0 decreasing."
    ),
    "oecd": N_("The distance in standard deviations of the peers; 0 is at the target."),
    "count_change": N_(
        "Higher or lower only if the whole 95 % interval of the rate ratio lies on one side of 1."
    ),
    "milestone": N_("Levels are compared, never averaged or extrapolated."),
}
"""How each method, or preset, classes its main number."""


@dataclass(frozen=True)
class Numbers:
    """The numbers of one series; missing is NaN."""

    b: float
    t0: float
    x: float
    t1: float
    T: float
    due: float
    U: float
    d: float
    facts: Linear  # of one series
    parts: Mapping[str, float]  # components of the method


def work(method: str, preset: str, it: Numbers) -> Working:
    """Return the working of a method on one series."""
    working = Working(b=it.b, t0=it.t0, x=it.x, t1=it.t1, T=it.T, tT=it.due, U=it.U, d=it.d)
    letters = ("x", "b", "T")
    if not np.isnan(it.U) and method not in {"milestone", "count_change"}:
        letters = _distances(working, it)
    _BY_METHOD[method](working, it, letters, preset)
    return working


def rule(method: str, preset: str, status: str, it: Numbers, *, is_limit: bool) -> Sentence:
    """Return the sentence that tells why these numbers lead to this status."""
    if is_limit and status == "insufficient_data":
        return Sentence(CENSORED)
    if status in RULES and not (method == "oecd" and status == "in_progress"):
        return Sentence(
            RULES[status],
            {"base": it.b, "value": it.x, "target": it.T, "target_year": it.due},
        )
    return Sentence(SCALES.get(f"{method}:{preset}", SCALES.get(method, "")))


_Letters = tuple[str, str, str]


def _distances(working: Working, it: Numbers) -> _Letters:
    """Write how far baseline and value lie outside the range; the target is then 0."""
    for symbol, letter, value in (("b'", "b", it.b), ("x'", "x", it.x)):
        away = max(it.T - value, value - it.U, 0.0)
        formula = f"max(T - {letter}, {letter} - U, 0)"
        working.write(symbol, N_("distance to the range"), formula, away)
    working.know(**{"T'": 0.0, "d'": -1.0})
    return "x'", "b'", "T'"


def _linear(working: Working, it: Numbers, letters: _Letters, preset: str) -> None:
    x, b, t = letters
    share, actual = float(it.facts.share[0]), float(it.facts.actual_rate[0])
    working.write("p", N_("share of the road"), f"({x} - {b}) / ({t} - {b})", share)
    working.write("a", N_("actual rate a year"), f"({x} - {b}) / (t1 - t0)", actual)
    _required(working, it, letters)
    working.write("q", N_("pace"), "a / r", float(it.facts.pace[0]))
    needed = float(it.facts.needed_rate[0])
    working.write("rr", N_("rate needed from now on"), f"({t} - {x}) / (tT - t1)", needed)
    reached = float(it.facts.reached[0])
    working.write("tx", N_("year reached at this pace"), f"t1 + ({t} - {x}) / a", reached)


def _required(working: Working, it: Numbers, letters: _Letters) -> None:
    _, b, t = letters
    required = float(it.facts.required_rate[0])
    working.write("r", N_("required rate a year"), f"({t} - {b}) / (tT - t0)", required)


def _growth(working: Working, it: Numbers, letters: _Letters, preset: str) -> None:
    x, b, t = letters
    working.know(n=it.t1 - it.t0, N=it.due - it.t0)
    for letter in (b, t):
        if working.filled(letter) == "0" and not (preset == "unsd2023" and letter == t):
            working.know(**{f"{letter}z": SUBSTITUTE})
            b, t = (f"{it_}z" if it_ == letter else it_ for it_ in (b, t))
    parts = it.parts
    working.write("g", N_("actual growth a year"), f"({x} / {b})^(1 / n) - 1", parts["growth"])
    direction = "d'" if letters[0] == "x'" else "d"
    sign = -1.0 if preset in {"eurostat", "statcan", "istat"} and it.b < 0 else 1.0
    working.know(s=sign)
    if preset == "unsd2023":
        formula = f"{x} * (1 + g)^(tT - t1)"
        working.write("E", N_("value expected in the target year"), formula, parts["projected"])
        if not np.isnan(parts["projected"]):
            share = f"(E - {letters[1]}) / ({letters[2]} - {letters[1]})"
            working.write("Q", N_("expected share of the road"), share, parts["value"])
            return
    if not np.isnan(parts["required_growth"]) and preset != "istat":
        formula = f"({t} / {b})^(1 / N) - 1"
        working.write("gT", N_("required growth a year"), formula, parts["required_growth"])
        formula = f"s * {direction} * g / abs(gT)"
        working.write("R", N_("actual over required growth"), formula, parts["value"])
    else:
        formula = f"s * {direction} * g"
        working.write("G", N_("growth in the good direction"), formula, parts["value"])
    if preset == "statcan":
        _score(working, it)


def _score(working: Working, it: Numbers) -> None:
    """Write the score of Statistics Canada by the branch that holds."""
    parts, label = it.parts, N_("score from -5 to 5")
    value, soft = parts["value"], parts["softening"]
    if bool(it.facts.met[0]):
        working.tell("score", label, N_("5, for the target is met"), parts["score"])
    elif not np.isnan(parts["required_growth"]):
        rising = value >= MODERATE - EPS
        formula = "min(5, 7.1429 * R - 4.2857)" if rising else "max(-5, 4.1667 * R - 2.5)"
        working.write("score", label, formula, parts["score"])
    else:
        working.tell("C", N_("softening near the limit"), N_("1 - distance^4.44"), soft)
        formula = "500 * G / C - 2.5"
        if value < -EPS:
            formula = "max(-5, 125 * G - 2.5)"
        elif soft == 0:
            formula = "5"
        elif value >= 0.015 * soft - EPS:
            formula = "min(5, 500 * G / C - 5)"
        elif value >= 0.005 * soft - EPS:
            formula = "250 * G / C - 1.25"
        working.write("score", label, formula, parts["score"])


def _escap(working: Working, it: Numbers, letters: _Letters, preset: str) -> None:
    x, b, t = letters
    d = "d'" if x == "x'" else "d"
    met = bool(it.facts.met[0])
    if met:
        working.tell("CSI", N_("current status"), N_("10, for the target is met"), it.parts["csi"])
        working.tell(
            "API", N_("anticipated progress"), N_("100, for the target is met"), it.parts["api"]
        )
        return
    formula = f"10 * {d} * ({x} - {b}) / abs({t} - {b})"
    working.write("CSI", N_("current status"), formula, it.parts["csi"])
    working.tell(
        "E",
        N_("value expected in the target year"),
        N_("weighted line through all points, weights (tT - t first) / (tT - t)"),
        it.parts["projected"],
    )
    label, api = N_("anticipated progress"), it.parts["api"]
    if api == API_SCALE:
        working.tell("API", label, N_("100, for the expected value meets the target"), api)
    else:
        working.write("API", label, f"100 * {d} * (E - {b}) / abs({t} - {b})", api)


def _sdsn(working: Working, it: Numbers, letters: _Letters, preset: str) -> None:
    x, b, t = letters
    worst = it.parts["worst"]
    working.tell(
        "lo",
        N_("worst bound"),
        N_("natural limit, else the 2.5th percentile of all States"),
        worst,
    )
    if np.isnan(worst):
        return
    target = 0.0 if x == "x'" else it.T
    known = {letter: float(working.filled(letter).strip("()")) for letter in (b, x)}
    s0, s1 = (100.0 * (known[letter] - worst) / (target - worst) for letter in (b, x))
    working.write("s0", N_("score at the start"), f"100 * ({b} - lo) / ({t} - lo)", s0)
    working.write("s1", N_("score now"), f"100 * ({x} - lo) / ({t} - lo)", s1)
    if it.t1 > it.t0 and it.due > it.t0:
        needed = (100.0 - s0) / (it.due - it.t0)
        working.write(
            "m", N_("growth a year"), "(s1 - s0) / (t1 - t0)", (s1 - s0) / (it.t1 - it.t0)
        )
        working.write("k", N_("growth needed"), "(100 - s0) / (tT - t0)", needed)
        if needed != 0:
            share = (s1 - s0) / (it.t1 - it.t0) / needed
            working.write("q", N_("growth over growth needed"), "m / k", share)


def _oecd(working: Working, it: Numbers, letters: _Letters, preset: str) -> None:
    x, _, t = letters
    working.tell("sd", N_("spread of the peers"), N_("standard deviation, n - 1"), it.parts["sd"])
    if x == "x":
        working.know(T=it.parts["target"])
    d = "d'" if x == "x'" else "d"
    working.write("D", N_("distance"), f"{d} * ({t} - {x}) / sd", it.parts["signed_distance"])


def _milestone(working: Working, it: Numbers, letters: _Letters, preset: str) -> None:
    share, label = it.parts.get("share", np.nan), N_("share of the levels")
    if it.d * (it.T - it.b) > 0 or (it.d == 0 and it.b < it.T):
        working.write("p", label, "min(max((x - b) / (T - b), 0), 1)", share)
    else:
        working.tell("p", label, N_("1 where the level is held, else 0"), share)


def _counts(working: Working, it: Numbers, letters: _Letters, preset: str) -> None:
    parts = it.parts
    working.know(e0=parts["exposure_before"], e1=parts["exposure_after"])
    formula = "((x + 0.5) / e1) / ((b + 0.5) / e0)"
    working.write("RR", N_("rate ratio"), formula, parts["ratio"])
    reach = "1.95996398454 * (1 / (x + 0.5) + 1 / (b + 0.5))^0.5"
    working.write("low", N_("lower end, 95 %"), f"RR * exp(-{reach})", parts["low"])
    working.write("high", N_("upper end, 95 %"), f"RR * exp({reach})", parts["high"])
    working.tell("P", N_("exact p"), N_("two-sided binomial"), parts["p"])


def _level_trend(working: Working, it: Numbers, letters: _Letters, preset: str) -> None:
    _sdsn(working, it, letters, preset)
    _linear(working, it, letters, preset)


def _trend(working: Working, it: Numbers, letters: _Letters, preset: str) -> None:
    slope = it.parts["slope"]
    working.tell("a", N_("slope a year"), N_("median of the slopes of all pairs of points"), slope)
    _required(working, it, letters)
    if not np.isnan(slope):
        required = float(it.facts.required_rate[0])
        working.write("q", N_("pace"), "a / r", slope / required if required else np.nan)


_BY_METHOD: Final[Mapping[str, Callable[[Working, Numbers, _Letters, str], None]]] = {
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
