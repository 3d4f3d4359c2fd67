"""Whether a verdict survives another method, another base year, the loss of the newest value.

Every method is reduced to three verdicts: met or on track, too slow, the wrong way. Shown as a
flag beside the status, never in its place.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import frames
from dashboard.progress import cases, escap, growth, linear, methods, sdsn, trend
from dashboard.progress.cases import Case
from dashboard.progress.linear import EPS
from dashboard.progress.points import Points, tally
from dashboard.progress.prepare import prepare
from dashboard.progress.rules import KINDS
from dashboard.progress.words import N_, STATUSES, Codes, spelled

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

UNKNOWN, GOOD, SLOW, WRONG = range(4)
VERDICTS: Final = ("", "on_track", "too_slow", "wrong_way")
VERDICT_LABELS: Final[dict[str, str]] = {
    "on_track": N_("met or on track"),
    "too_slow": N_("too slow"),
    "wrong_way": N_("the wrong way"),
}
LABELS: Final[dict[str, str]] = {
    "robust": N_("Every method and every test says the same."),
    "mostly": N_("At least three quarters of methods and tests say the same."),
    "method_dependent": N_("The verdict depends on the method or on a single value."),
}
MOSTLY: Final = 0.75
FULL: Final = 100.0
_PERCENT: Final = KINDS.index("percentage")

TRIALS: Final = (
    "linear",
    "cagr",
    "sdsn",
    "escap",
    "trend",
    "base_earlier",
    "base_later",
    "without_latest",
    "complement",
)
"""The methods and the perturbations of the default, in the order of the columns."""

_VERDICT_OF: Final = {
    "target_met": GOOD,
    "on_track": GOOD,
    "moderate": SLOW,
    "limited": SLOW,
    "stagnant": SLOW,
    "missed": SLOW,
    "deteriorating": WRONG,
    "lost": WRONG,
}
_REDUCED: Final[Codes] = np.array(
    [_VERDICT_OF.get(word, UNKNOWN) for word in STATUSES], dtype=np.int8
)


@dataclass(frozen=True)
class Trials:
    """One row a series: the verdict of each of `TRIALS`, and how many agree with the first."""

    verdicts: Codes  # series x trial
    computable: npt.NDArray[np.int64]
    agreeing: npt.NDArray[np.int64]

    @property
    def agreement(self) -> Floats:
        """Return the share of computable trials that say what the default says."""
        judged = self.verdicts[:, 0] != UNKNOWN
        n = np.where(judged & (self.computable > 0), self.computable, 1)
        return np.where(judged, self.agreeing / n, np.nan)

    @property
    def words(self) -> npt.NDArray[np.str_]:
        """Return robust, mostly or method_dependent, empty where the default says nothing."""
        share = self.agreement
        named = np.where(share >= 1 - EPS, "robust", "method_dependent")
        named = np.where((share >= MOSTLY - EPS) & (share < 1 - EPS), "mostly", named)
        return np.where(np.isnan(share), "", named)


def robustness(plan: frames.PlanFrames, *, year: int) -> pd.DataFrame:
    """Return how far each verdict depends on the method, a row for each series that has one.

    Columns: area, indicator, robustness (a key of `LABELS`), agreement (share of computable
    trials), n (computable trials) and one column for each of `TRIALS` with its verdict.
    """
    case = cases.read(plan, year)
    found = trials(case)
    rows = np.flatnonzero(found.verdicts[:, 0] != UNKNOWN)
    return pd.DataFrame(
        {
            "area": spelled(case.area[rows], plan.cube.areas),
            "indicator": spelled(case.indicator[rows], plan.cube.indicators),
            "robustness": pd.Series(found.words[rows], dtype="str"),
            "agreement": found.agreement[rows],
            "n": found.computable[rows],
            **{
                name: spelled(found.verdicts[rows, place], VERDICTS)
                for place, name in enumerate(TRIALS)
            },
        }
    )


def sensitivity(plan: frames.PlanFrames, *, year: int) -> pd.DataFrame:
    """Return the series whose verdict depends on the method, least agreed on first."""
    table = robustness(plan, year=year)
    table = table[table["robustness"] == "method_dependent"]
    return table.sort_values(["agreement", "area", "indicator"], ignore_index=True)


def trials(case: Case) -> Trials:
    """Return the verdict of every method and perturbation on every series."""
    road, asked, prepared = cases.road(case), case.asked, case.prepared
    points = cases.points(case)
    verdicts = np.stack(
        [
            _REDUCED[methods.default(case.seen, prepared, asked)],
            _REDUCED[growth.eurostat(road).status],
            _arrow(road),
            _anticipated(case, road, points),
            _median_pace(road, points, case.seen.years.astype(np.float64)),
            _perturbed(case, base_step=-1),
            _perturbed(case, base_step=1),
            _perturbed(case, drop_latest=True),
            _complement(case, road),
        ],
        axis=1,
    )
    unfit = case.is_level | prepared.censored
    verdicts[unfit | np.isnan(road.target) | (road.direction == 0)] = UNKNOWN
    known = verdicts != UNKNOWN
    agreeing = known & (verdicts == verdicts[:, :1])
    return Trials(verdicts, known.sum(axis=1), agreeing.sum(axis=1))


def _met(road: linear.Road, verdict: Codes) -> Codes:
    verdict[linear.is_met(road.value, road.target, road.direction)] = GOOD
    return verdict


def _arrow(road: linear.Road) -> Codes:
    """Return the verdict of the arrow; the scale of scores cancels out of it."""
    d = road.direction
    place = sdsn.heading(
        (d * road.base, road.base_year),
        (d * road.value, road.year),
        d * road.target,
        road.target_year,
    )
    return _met(road, np.array([GOOD, SLOW, SLOW, WRONG, UNKNOWN], dtype=np.int8)[place])


def _anticipated(case: Case, road: linear.Road, points: Points) -> Codes:
    there = points.there
    grid = escap.Grid(case.seen.years.astype(np.float64), there, road.target_year)
    expected = grid.project(np.where(there, points.values, 0.0))
    share = (case.asked.kind == _PERCENT) & ~case.is_range
    if share.any():
        full = np.where(np.isnan(case.asked.upper), FULL, case.asked.upper)
        shaped = _through_logit(grid, points, full)
        expected = np.where(share & ~np.isnan(shaped), shaped, expected)
    api = escap.index(expected, road.base, road.target, road.direction, escap.API_SCALE)
    verdict = np.full(len(api), UNKNOWN, dtype=np.int8)
    with np.errstate(invalid="ignore"):
        verdict[api < -escap.NO_CHANGE] = WRONG
        verdict[api >= -escap.NO_CHANGE] = SLOW
        verdict[api > escap.API_CLASSES[0]] = GOOD
        verdict[road.year >= road.target_year] = SLOW
    return _met(road, verdict)


def _through_logit(grid: escap.Grid, points: Points, full: Floats) -> Floats:
    """Return the projection through the logit, missing where a value allows none."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        logit = full[:, None] - points.values
        np.divide(points.values, logit, out=logit)
        np.log(logit, out=logit)
        finite = np.isfinite(logit)
        logit[~finite] = 0.0
        shaped = full / (1.0 + np.exp(-grid.project(logit)))
    # A value at 0 or at the full scale, or beyond, has no finite logit.
    return np.where(tally(finite) == points.n, shaped, np.nan)


def _median_pace(road: linear.Road, points: Points, years: Floats) -> Codes:
    """Return the verdict of the Theil-Sen pace.

    On which side of a cut point a median lies is found by counting the slopes beyond it; only a
    median between two slopes on different sides is worked out.
    """
    n = points.n
    enough, way = n >= trend.LEAST, road.target - road.base
    span = road.target_year - road.base_year
    is_way = (road.direction * way > linear.TOUCH) & (span > 0) & enough
    required = np.divide(way, span, out=np.full(len(way), np.nan), where=is_way)
    ahead, back = (
        2 * count - n * (n - 1) // 2 for count in _beyond(points.values, years, required)
    )
    verdict = np.where(ahead > 0, GOOD, np.where(back > 0, WRONG, SLOW)).astype(np.int8)
    split = np.flatnonzero(is_way & ((ahead == 0) | (back == 0)))
    if split.size:
        slope = trend.median_slope(Points(points.times[split], points.values[split]))
        verdict[split] = _REDUCED[linear.by_pace(slope / required[split])]
    verdict[~is_way] = UNKNOWN
    with np.errstate(invalid="ignore"):
        lost = (road.direction * way <= linear.TOUCH) & (road.year > road.base_year)
        verdict[lost & enough] = WRONG
        verdict[(road.year >= road.target_year) & enough] = SLOW
    return _met(road, verdict)


def _beyond(
    values: Floats, years: Floats, required: Floats
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return how many pairwise slopes are on track, and how many go the wrong way, by series."""
    columns = np.multiply(values.T, np.sign(required), order="C")
    size = np.abs(required)
    good, wrong = (np.zeros(len(size), dtype=np.int64) for _ in range(2))
    reach, mark = np.empty(len(size)), np.empty(len(size), dtype=np.bool_)
    for early in range(len(years) - 1):
        ahead, back = (np.zeros(len(size), dtype=np.uint8) for _ in range(2))
        for late in range(early + 1, len(years)):
            # A slope is at a cut point where the later value reaches the early one plus so much.
            gap = years[late] - years[early]
            np.multiply(size, (linear.ON_TRACK - EPS) * gap, out=reach)
            np.add(reach, columns[early], out=reach)
            ahead += np.greater_equal(columns[late], reach, out=mark).view(np.uint8)
            np.multiply(size, -EPS * gap, out=reach)
            np.add(reach, columns[early], out=reach)
            back += np.less_equal(columns[late], reach, out=mark).view(np.uint8)
        good += ahead
        wrong += back
    return good, wrong


def _perturbed(case: Case, *, base_step: int = 0, drop_latest: bool = False) -> Codes:
    prepared = prepare(case.seen, case.asked, base_step=base_step, drop_latest=drop_latest)
    return _REDUCED[methods.default(case.seen, prepared, case.asked)]


def _complement(case: Case, road: linear.Road) -> Codes:
    """Return the verdict of compound growth of what is missing to 100 %."""
    verdict = np.full(len(road.value), UNKNOWN, dtype=np.int8)
    rows = np.flatnonzero((case.asked.kind == _PERCENT) & ~case.is_range)
    if rows.size:
        part = road.pick(rows)
        full = np.where(np.isnan(case.asked.upper), FULL, case.asked.upper)[rows]
        turned = replace(
            part,
            base=full - part.base,
            value=full - part.value,
            target=full - part.target,
            direction=-part.direction,
        )
        verdict[rows] = _REDUCED[growth.eurostat(turned).status]
    return verdict
