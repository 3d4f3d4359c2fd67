"""How far a verdict can be leaned on: its weakest link among age, points, source and coverage.

Low confidence never changes a status. It changes how it is drawn, and keeps it out of headline
counts.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import frames
from dashboard.frames import Flag
from dashboard.progress import cases
from dashboard.progress.linear import EPS
from dashboard.progress.words import N_, spelled

Floats = npt.NDArray[np.float64]
Grades = npt.NDArray[np.int8]

HIGH, MEDIUM, LOW = range(3)
GRADES: Final = ("high", "medium", "low")
GRADE_LABELS: Final[dict[str, str]] = {
    "high": N_("high confidence"),
    "medium": N_("medium confidence"),
    "low": N_("low confidence"),
}
SOURCES: Final[dict[str, int]] = {
    "official": HIGH,  # official statistic or treaty body
    "administrative": MEDIUM,
    "estimate": LOW,  # estimate or media
}
CONFIDENCE: Final[frames.Schema] = {
    "area": "str",
    "indicator": "str",
    "age": "str",
    "points": "str",
    "source": "str",
    "confidence": "str",
}


def confidence(
    plan: frames.PlanFrames, *, year: int, sources: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the confidence in every series with a value, and its parts.

    `sources` (area, indicator, source) grades the source of the latest value by the words of
    `SOURCES`; without it a value is official unless it is flagged as an estimate. Levels need no
    number of points, for no trend is read from them.
    """
    case = cases.read(plan, year)
    rows = np.flatnonzero(case.prepared.place >= 0)
    prepared = case.prepared.pick(rows)
    estimated = (prepared.flag & np.uint8(Flag.ESTIMATED)) != 0
    source = np.where(estimated, LOW, HIGH).astype(np.int8)
    area = spelled(case.area[rows], plan.cube.areas)
    indicator = spelled(case.indicator[rows], plan.cube.indicators)
    if sources is not None:
        source = _graded(sources, area, indicator, source)
    points = by_points(prepared.n_obs)
    points[case.is_level[rows]] = HIGH
    age = by_age(year - prepared.year)
    weakest = np.maximum(np.maximum(age, points), source)
    table = pd.DataFrame(
        {
            "area": area,
            "indicator": indicator,
            "age": spelled(age, GRADES),
            "points": spelled(points, GRADES),
            "source": spelled(source, GRADES),
            "confidence": spelled(weakest, GRADES),
        }
    )
    return frames.check(table, CONFIDENCE)


def headline(progress: pd.DataFrame, graded: pd.DataFrame) -> pd.DataFrame:
    """Return a table of progress without the series of low confidence, for headline counts."""
    low = graded.loc[graded["confidence"] == GRADES[LOW], ["area", "indicator"]]
    marked = progress.merge(low.assign(is_low=True), on=["area", "indicator"], how="left")
    return progress[marked["is_low"].isna().to_numpy()].reset_index(drop=True)


def by_age(years: Floats) -> Grades:
    """Return high up to 2 years, medium up to 5, else low."""
    return np.where(years <= 2, HIGH, np.where(years <= 5, MEDIUM, LOW)).astype(np.int8)


def by_points(n: npt.NDArray[np.int64]) -> Grades:
    """Return high from 5 points, medium from 3, else low."""
    return np.where(n >= 5, HIGH, np.where(n >= 3, MEDIUM, LOW)).astype(np.int8)


def by_coverage(share: Floats) -> Grades:
    """Return high from 80 % of States or weight, medium from 50 %, else low; for groups only."""
    medium = np.where(share >= 0.5 - EPS, MEDIUM, LOW)
    return np.where(share >= 0.8 - EPS, HIGH, medium).astype(np.int8)


def _graded(sources: pd.DataFrame, area: pd.Series, indicator: pd.Series, usual: Grades) -> Grades:
    keys = pd.DataFrame({"area": area, "indicator": indicator})
    named = keys.merge(sources, on=["area", "indicator"], how="left", validate="one_to_one")
    given = named["source"].map(SOURCES)
    return np.where(given.isna(), usual, given.fillna(HIGH)).astype(np.int8)
