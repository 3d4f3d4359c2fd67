"""Read vectors and run the engine on them: one function for each file of the conformance set.

Each takes the rows of a file, as text, and returns its outputs by the name of their column without
`expect_`, one value a row.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dashboard.progress import (
    counts,
    escap,
    forecast,
    growth,
    linear,
    milestone,
    oecd,
    regions,
    sdsn,
    trend,
)
from dashboard.progress.points import Points
from dashboard.progress.words import CODE, STATUSES, Codes

Floats = npt.NDArray[np.float64]
Row = Mapping[str, str]
Outputs = dict[str, Any]

TOLERANCE: Final = 1e-9
PROJECTED: Final = 1e-6


def column(rows: Sequence[Row], name: str) -> Floats:
    """Return a column as numbers; an empty or absent cell is missing, true is 1 and false 0."""
    return np.array([number(row.get(name, "")) for row in rows], dtype=np.float64)


def number(text: str) -> float:
    """Return the number of a cell; `np.float64(1.5)` is read as 1.5."""
    text = text.strip().removeprefix("np.float64(").removesuffix(")")
    if text in {"", "null", "None", "unknown"}:
        return math.nan
    if text.lower() in _ANSWERS:
        return _ANSWERS[text.lower()]
    return float(text)


_ANSWERS: Final = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}


def lists(rows: Sequence[Row], name: str) -> Floats:
    """Return a column of JSON lists as rows of one width, filled up with missing."""
    cells = [json.loads(row.get(name) or "[]") for row in rows]
    out = np.full((len(cells), max([1, *map(len, cells)])), np.nan)
    for line, cell in enumerate(cells):
        out[line, : len(cell)] = [math.nan if it is None else float(it) for it in cell]
    return out


def _points(rows: Sequence[Row]) -> Points:
    return Points.of(lists(rows, "years"), lists(rows, "values"))


def _road(rows: Sequence[Row]) -> linear.Road:
    return linear.Road(
        base=column(rows, "base_value"),
        base_year=column(rows, "base_year"),
        value=column(rows, "current_value"),
        year=column(rows, "current_year"),
        target=column(rows, "target"),
        target_year=column(rows, "target_year"),
        direction=np.nan_to_num(column(rows, "direction")),
    )


def _words(status: Codes) -> list[str]:
    return [STATUSES[code] for code in status.tolist()]


def _linear(rows: Sequence[Row]) -> Outputs:
    found = linear.assess(_road(rows))
    return {
        "met": found.met.tolist(),
        "share": found.share,
        "share_capped": np.clip(found.share, 0.0, 1.0),
        "elapsed": found.elapsed,
        "actual_rate": found.actual_rate,
        "required_rate": found.required_rate,
        "pace": found.pace,
        "remaining_rate": found.needed_rate,
        "acceleration": found.acceleration,
        "year_reached": found.reached,
        "status": _words(found.status),
    }


def _growth(rows: Sequence[Row]) -> Outputs:
    road, limit = _road(rows), column(rows, "limit")
    results = {
        name: growth.statcan(road, limit) if name == "statcan" else assess(road)
        for name, assess in growth.PRESETS.items()
    }
    chosen = [results[row["preset"]] for row in rows]
    return {
        "value": [found.value[at] for at, found in enumerate(chosen)],
        "status": [STATUSES[found.status[at]] for at, found in enumerate(chosen)],
        "score": [found.score[at] for at, found in enumerate(chosen)],
    }


def _growth_aggregate(rows: Sequence[Row]) -> Outputs:
    scores = lists(rows, "series_scores")
    status = np.full(scores.shape, CODE["no_data"], dtype=np.int8)
    for line, row in enumerate(rows):
        words = json.loads(row["series_status"])
        status[line, : len(words)] = [CODE[word] for word in words]
    score, combined = growth.combine(scores, status)
    return {"score": score, "status": _words(combined)}


def _escap_index(rows: Sequence[Row]) -> Outputs:
    value, base, target = (column(rows, name) for name in ("value", "base_value", "target"))
    parity = np.array([row["kind"] == "parity" for row in rows])
    direction = np.where(parity, np.nan, column(rows, "direction"))
    csi = escap.index(value, base, target, direction)
    api = escap.index(value, base, target, direction, escap.API_SCALE)
    return {
        "index": csi,
        "csi_class": escap.csi_class(csi).tolist(),
        "api": api,
        "api_class": escap.api_class(api).tolist(),
    }


def _escap_extrapolation(rows: Sequence[Row]) -> Outputs:
    points, year, scale = _points(rows), column(rows, "year_to_predict"), column(rows, "scale")
    by_model = {
        model: escap.project(points, year, model=model, scale=scale).value for model in escap.MODELS
    }
    weighed = escap.weights(points, year)
    return {
        "weights": [line[~np.isnan(line)].tolist() for line in weighed],
        "value": [by_model[row["model"]][at] for at, row in enumerate(rows)],
    }


def _sdsn(rows: Sequence[Row]) -> Outputs:
    raw, worst, red, green, best = (
        column(rows, name)
        for name in ("raw", "lower_bound", "red_threshold", "green_threshold", "optimum")
    )
    score = np.full(len(rows), np.nan)
    usable = np.array([row["kind"] == "normalise" for row in rows]) & (worst != best)
    score[usable] = sdsn.score(raw[usable], worst[usable], best[usable])
    lights = sdsn.light(raw, red, green, np.sign(best - worst))
    arrows = sdsn.arrow(
        (column(rows, "score0"), column(rows, "year0")),
        (column(rows, "score1"), column(rows, "year1")),
        green,
        column(rows, "target_year"),
    )
    means = sdsn.mean(lists(rows, "members"))
    named = {"dashboard": lights, "trend": arrows}
    return {
        "score": [
            (score if row["kind"] == "normalise" else means)[at] for at, row in enumerate(rows)
        ],
        "class": [
            str(named[row["kind"]][at]) if row["kind"] in named else ""
            for at, row in enumerate(rows)
        ],
    }


def _oecd(rows: Sequence[Row]) -> Outputs:
    sd = oecd.spread(lists(rows, "peer_values"))
    found = oecd.assess(
        column(rows, "value"), column(rows, "target"), column(rows, "direction"), sd
    )
    return {
        "sd": found.sd,
        "signed_distance": found.signed,
        "distance": found.distance,
        "met": found.met.tolist(),
    }


def _milestone(rows: Sequence[Row]) -> Outputs:
    out: Outputs = {name: [math.nan] * len(rows) for name in ("low", "high", "known_share")}
    out["status"] = [""] * len(rows)
    kinds: dict[str, Callable[[Sequence[Row]], Outputs]] = {
        "binary": _binary,
        "ordinal": _ordinal,
        "checklist": _checklist,
    }
    for kind, assess in kinds.items():
        places = [at for at, row in enumerate(rows) if row["kind"] == kind]
        found = assess([rows[at] for at in places]) if places else {}
        for name, values in found.items():
            for at, value in zip(places, values, strict=True):
                out[name][at] = value
    return out


def _binary(rows: Sequence[Row]) -> Outputs:
    value = column(rows, "value")
    share = np.where(np.isnan(value), np.nan, (value >= 1).astype(np.float64))
    return {"low": share, "high": share, "status": _words(milestone.binary(value))}


def _ordinal(rows: Sequence[Row]) -> Outputs:
    share, status = milestone.ordinal(
        column(rows, "value"), column(rows, "base_level"), column(rows, "target_level")
    )
    return {"low": share, "high": share, "status": _words(status)}


def _checklist(rows: Sequence[Row]) -> Outputs:
    items = [json.loads(row["items"] or "[]") for row in rows]
    shape = (len(items), max([1, *map(len, items)]))
    weights, scores, applies = np.zeros(shape), np.full(shape, np.nan), np.zeros(shape, np.bool_)
    for line, cells in enumerate(items):
        for at, item in enumerate(cells):
            weights[line, at] = item["weight"]
            applies[line, at] = item["score"] != "na"
            known = isinstance(item["score"], int | float)
            scores[line, at] = item["score"] if known else math.nan
    found = milestone.checklist(scores, weights, applies)
    return {
        "low": found.low,
        "high": found.high,
        "known_share": found.known,
        "status": _words(found.status),
    }


def _counts(rows: Sequence[Row]) -> Outputs:
    found = counts.compare(
        *(column(rows, name) for name in ("count0", "exposure0", "count1", "exposure1"))
    )
    return {
        "rate_ratio": found.ratio,
        "low95": found.low,
        "high95": found.high,
        "p_exact": found.p,
        "change": found.change.tolist(),
    }


def _aggregate(rows: Sequence[Row]) -> Outputs:
    out: Outputs = {}
    for row in rows:
        members = json.loads(row["members"])
        value, weight, met = (
            np.array([number(str(member[name])) for member in members])[None, :, None]
            for name in ("value", "weight", "met")
        )
        for name, found in _aggregate_one(value, weight, met).items():
            out.setdefault(name, []).append(found)
    return out


def _aggregate_one(value: Floats, weight: Floats, met: Floats) -> dict[str, Any]:
    everyone = np.ones((1, 1, value.shape[1]))
    applies = np.ones(value.shape, dtype=np.bool_)
    behind = regions.coverage(~np.isnan(value), applies, everyone, weight)
    low, high = (np.where(np.isnan(met), missing_as, met) for missing_as in (0.0, 1.0))
    figures = {
        "country_coverage": behind.in_states,
        "weight_coverage": behind.in_weight,
        "mean": regions.mean(value, everyone),
        "median": regions.median(value, everyone),
        "weighted_mean": regions.weighted_mean(value, everyone, weight),
        "sum": regions.total(value, everyone),
        "share_met": regions.mean(met, everyone),
        "share_met_low": regions.mean(low, everyone),
        "share_met_high": regions.mean(high, everyone),
    }
    return {
        "n": float(behind.reporting[0, 0, 0]),
        "publishable": bool(behind.is_publishable()[0, 0, 0]),
        **{name: float(figure[0, 0, 0]) for name, figure in figures.items()},
    }


def _trend(rows: Sequence[Row]) -> Outputs:
    found = trend.fit(_points(rows))
    return {
        "slope": found.slope,
        "intercept": found.intercept,
        "slope_low90": found.low,
        "slope_high90": found.high,
        "mk_s": found.s,
        "mk_var": found.variance,
        "mk_z": found.z,
        "mk_p": found.p,
    }


def _forecast(rows: Sequence[Row]) -> Outputs:
    points = _points(rows)
    aim = forecast.Aim(
        year=column(rows, "year_to_predict"),
        target=column(rows, "target"),
        direction=column(rows, "direction"),
        lower=column(rows, "lower_limit"),
        upper=column(rows, "upper_limit"),
    )
    free = np.full(len(rows), np.nan)
    line = forecast.ols(points, forecast.Aim(aim.year, aim.target, aim.direction, free, free))
    heading = forecast.outlook(points, aim)
    return {
        "ols": line.value,
        "ols_low80": line.low,
        "ols_high80": line.high,
        "outlook": heading.value,
        "outlook_low80": heading.low,
        "outlook_high80": heading.high,
        "outlook_se": heading.se,
        "prob_target": heading.probability,
    }


FILES: Final[Mapping[str, tuple[Callable[[Sequence[Row]], Outputs], float]]] = {
    "linear.csv": (_linear, TOLERANCE),
    "eurostat.csv": (_growth, TOLERANCE),
    "eurostat_aggregate.csv": (_growth_aggregate, TOLERANCE),
    "escap_index.csv": (_escap_index, TOLERANCE),
    "escap_extrapolation.csv": (_escap_extrapolation, PROJECTED),
    "sdsn.csv": (_sdsn, TOLERANCE),
    "oecd.csv": (_oecd, TOLERANCE),
    "milestone.csv": (_milestone, TOLERANCE),
    "count_change.csv": (_counts, TOLERANCE),
    "aggregate.csv": (_aggregate, TOLERANCE),
    "trend.csv": (_trend, TOLERANCE),
    "forecast.csv": (_forecast, PROJECTED),
}
