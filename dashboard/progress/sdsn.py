"""`sdsn`: bounded score, traffic light and arrow (methodology, section 8)."""

from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.progress.linear import EPS

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Names = npt.NDArray[np.str_]

LIGHTS: Final = ("green", "yellow", "orange", "red")
ARROWS: Final = (
    "on_track_or_maintaining",
    "moderately_improving",
    "stagnating",
    "decreasing",
)
GREY: Final = "grey"
LIGHT_COVERAGE: Final = 0.50
ARROW_COVERAGE: Final = 0.75
INDEX_COVERAGE: Final = 0.80


def raw_score(value: Floats, worst: Floats, best: Floats) -> Floats:
    """Return 100 (x - lo) / (opt - lo), not bounded; works for both directions.

    Raises `ValueError` where worst and best bound are equal: the indicator is set up wrongly.
    """
    span = np.asarray(best - worst, dtype=np.float64)
    if np.any(span == 0):
        raise ValueError("the worst and the best bound of an indicator must differ")
    return np.asarray(100.0 * (value - worst) / span, dtype=np.float64)


def score(value: Floats, worst: Floats, best: Floats) -> Floats:
    """Return the score bounded to 0 and 100."""
    return np.clip(raw_score(value, worst, best), 0.0, 100.0)


def light(value: Floats, red: Floats, green: Floats, sign: Floats) -> Names:
    """Return the traffic light of values in raw units; every bound belongs to the better side.

    `sign` is +1 where up is better, -1 where down is.
    """
    middle = 0.5 * (green + red)
    named = np.full(value.shape, "red", dtype="<U6")
    for bound, word in ((red, "orange"), (middle, "yellow"), (green, "green")):
        named[sign * (value - bound) >= -EPS] = word
    named[np.isnan(value)] = GREY
    return named


def arrow(
    first: tuple[Floats, Floats],
    last: tuple[Floats, Floats],
    green: Floats,
    target_year: Floats,
) -> Names:
    """Return where unbounded scores are heading; `first` and `last` are (score, year).

    At or past the green threshold is on track or maintaining. Else growth is held against the
    growth that would have led there: below 0 decreasing, below one half stagnating, below all of
    it moderately improving. Empty where a score is missing or no time has passed.
    """
    return np.array((*ARROWS, ""))[heading(first, last, green, target_year)]


def heading(
    first: tuple[Floats, Floats],
    last: tuple[Floats, Floats],
    green: Floats,
    target_year: Floats,
) -> npt.NDArray[np.int8]:
    """Return the place of the arrow among `ARROWS`, -1 where there is none; see `arrow`."""
    (s0, y0), (s1, y1) = first, last
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = (s1 - s0) / np.where(y1 > y0, y1 - y0, np.nan)
        needed = (green - s0) / np.where(target_year > y0, target_year - y0, np.nan)
        share = growth / needed
        place = np.full(s1.shape, -1, dtype=np.int8)
        place[share < 0.5 - EPS] = 2
        place[share >= 0.5 - EPS] = 1
        place[share >= 1.0 - EPS] = 0
        place[growth < -EPS] = 3
        place[s1 >= green - EPS] = 0
    return place


def mean(scores: Floats) -> Floats:
    """Return the mean of the scores there are, by row: a goal, the index or a region."""
    there = ~np.isnan(scores)
    n = there.sum(axis=-1)
    total = np.where(there, scores, 0.0).sum(axis=-1)
    out: Floats = np.divide(total, n, out=np.full(np.shape(n), np.nan), where=n > 0)
    return out


def goal_light(lights: Names) -> str:
    """Return the light of a goal from those of its indicators: the mean of its two worst.

    Green only if both are, red only if both are; grey if fewer than half have data.
    """
    seen = [LIGHTS.index(word) for word in lights.tolist() if word in LIGHTS]
    if not seen or len(seen) < LIGHT_COVERAGE * len(lights) - EPS:
        return GREY
    worst = sorted(seen)[-2:]
    if min(worst) == max(worst):
        return LIGHTS[worst[0]]
    # On the scale of 3 for green and 0 for red; what is not pure lies in between.
    middle = sum(3 - place for place in worst) / len(worst)
    return "yellow" if middle >= 1.5 - EPS else "orange"


def goal_arrow(arrows: Names) -> str:
    """Return the mean direction of a goal, empty if fewer than three quarters have an arrow."""
    points = {
        "decreasing": 0.0,
        "stagnating": 1.0,
        "moderately_improving": 2.0,
        "on_track_or_maintaining": 3.0,
    }
    seen = [points[word] for word in arrows.tolist() if word in points]
    if not seen or len(seen) < ARROW_COVERAGE * len(arrows) - EPS:
        return ""
    middle = sum(seen) / len(seen)
    return ARROWS[3 - round(middle)]


def index_score(goals: Floats, indicators_there: Floats, region: npt.NDArray[np.int64]) -> Floats:
    """Return the index of each country from its goal scores, country x goal.

    A missing goal takes the mean of its region, only here; a country with less than 80 % of its
    indicators (`indicators_there`, a share) has no index.
    """
    filled = goals.copy()
    for number in np.unique(region):
        inside = region == number
        means = mean(goals[inside].T)
        filled[inside] = np.where(np.isnan(goals[inside]), means, goals[inside])
    return np.where(indicators_there >= INDEX_COVERAGE - EPS, mean(filled), np.nan)
