"""Where one series is heading, year by year: the outlook as a path with its band, for drawing.

It is the forecast of `prospects` for each year from the latest value to the target year, and it
says why where the method does not allow one. It stands beside the status, never in its place.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from dashboard import frames
from dashboard.progress import cases, forecast, trend
from dashboard.progress.forecast import Aim
from dashboard.progress.points import Points
from dashboard.progress.rules import KINDS

FAN: Final[frames.Schema] = {
    "year": "int64",
    "value": "float64",  # expected, within the natural limits of the indicator
    "low": "float64",  # band that holds four outcomes in five
    "high": "float64",
}
LEAST: Final = forecast.LEAST
"""Data points below which nothing is foretold."""
_COUNT: Final = KINDS.index("count")


@dataclass(frozen=True)
class Fan:
    """A path ahead, or the reason why there is none."""

    rows: pd.DataFrame  # of `FAN`; empty where a reason is given
    n_obs: int
    reason: str  # levels, context, range, points, target, or empty
    odds: str = ""  # the word for meeting the target
    model: str = ""  # outlook, or ols for counts


def path(plan: frames.PlanFrames, area: str, indicator: str, *, year: int) -> Fan:
    """Return the path of one series from its latest value to its target year.

    Reasons for none: `levels` (between levels there is no pace), `context` (no direction is
    better), `range` (a distance to a range is no value to draw), `points` (fewer than `LEAST`
    data points count), `target` (no target year lies ahead of the latest value). Raises
    `ValueError` for a series that the plan does not have.
    """
    case = cases.read(alone(plan, area, indicator), year)
    n = int(case.prepared.n_obs[0])
    reason = _reason(case, n)
    if reason:
        return Fan(frames.empty(FAN), n, reason)
    latest, due = float(case.prepared.year[0]), float(case.asked.target_year[0])
    years = np.append(np.arange(np.floor(latest) + 1, due), due)
    whole = cases.points(case)
    points = Points(
        np.repeat(whole.times, len(years), axis=0), np.repeat(whole.values, len(years), axis=0)
    )
    every = np.ones(len(years))
    asked = case.asked
    aim = Aim(
        year=years,
        target=every * asked.target[0],
        direction=every * asked.direction[0],
        lower=every * asked.lower[0],
        upper=every * asked.upper[0],
    )
    is_count = bool(asked.kind[0] == _COUNT)
    slope = every * trend.median_slope(whole)[0]
    found = forecast.ols(points, aim) if is_count else forecast.outlook(points, aim, slope)
    rows = pd.DataFrame({"year": years, "value": found.value, "low": found.low, "high": found.high})
    odds = str(forecast.words(found.probability[-1:])[0])
    return Fan(frames.check(rows, FAN), n, "", odds, "ols" if is_count else "outlook")


def alone(plan: frames.PlanFrames, area: str, indicator: str) -> frames.PlanFrames:
    """Return the plan with one series, so that a sum over it costs what one series costs."""
    cube = plan.cube
    if area not in cube.areas or indicator not in cube.indicators:
        raise ValueError(f"the plan has no series {indicator} of {area}")
    line, column = cube.areas.index(area), cube.indicators.index(indicator)
    spot = (slice(0, 1), slice(line, line + 1), slice(column, column + 1))
    one = frames.Cube(
        cells=cube.cells[:1],
        areas=(area,),
        indicators=(indicator,),
        years=cube.years,
        values=cube.values[spot],
        flags=cube.flags[spot],
    )

    def about(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["indicator"] == indicator].reset_index(drop=True)

    return replace(
        plan,
        cube=one,
        indicators=about(plan.indicators),
        baselines=about(plan.baselines),
        targets=about(plan.targets),
    )


def _reason(case: cases.Case, n: int) -> str:
    asked, prepared = case.asked, case.prepared
    if case.is_level[0]:
        return "levels"
    if asked.direction[0] == 0:
        return "context"
    if case.is_range[0]:
        return "range"
    if n < LEAST:
        return "points"
    ahead = asked.target_year[0] > prepared.year[0] and not np.isnan(asked.target[0])
    return "" if ahead else "target"
