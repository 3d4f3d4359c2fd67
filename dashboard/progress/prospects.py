"""Where series are heading: trend and outlook, beside the status and never in its place."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import frames
from dashboard.progress import cases, forecast, linear, trend
from dashboard.progress.cases import Case
from dashboard.progress.forecast import Aim, Forecast
from dashboard.progress.points import Points
from dashboard.progress.rules import KINDS
from dashboard.progress.words import N_, spelled

Floats = npt.NDArray[np.float64]

_COUNT: Final = KINDS.index("count")
TRENDS: Final[dict[str, str]] = {
    "rising": N_("rising"),
    "falling": N_("falling"),
    "flat": N_("flat"),
    "uncertain": N_("uncertain"),
}
OUTLOOKS: Final[frames.Schema] = {
    "area": "str",
    "indicator": "str",
    "n_obs": "int64",
    "slope": "float64",  # indicator unit a year
    "slope_low": "float64",  # 90 % interval
    "slope_high": "float64",
    "p": "float64",  # Mann-Kendall, two-sided
    "trend": "str",  # rising, falling, flat, uncertain
    "year": "float64",  # target year; missing, with all below, where none lies ahead
    "value": "float64",  # expected in that year, within the natural limits
    "low": "float64",  # band that holds four outcomes in five
    "high": "float64",
    "odds": "str",  # of meeting the target, as a word; empty where there is no target or direction
    "model": "str",  # outlook, or ols for counts
}


def outlook(plan: frames.PlanFrames, *, year: int) -> pd.DataFrame:
    """Return trend and outlook of every series with at least four values that count.

    Columns are those of `OUTLOOKS`. Levels have neither. The probability of meeting the target is
    given only as a word: where it is small the model is still too hopeful.
    """
    case = cases.read(plan, year)
    rows = np.flatnonzero((case.prepared.n_obs >= trend.LEAST) & ~case.is_level)
    found = trend.fit(_points(case, rows))
    ahead = forecasts(case, rows, found.slope)
    required = linear.assess(cases.road(case).pick(rows)).required_rate
    known = ~np.isnan(ahead.value)
    is_count = case.asked.kind[rows] == _COUNT
    table = pd.DataFrame(
        {
            "area": spelled(case.area[rows], plan.cube.areas),
            "indicator": spelled(case.indicator[rows], plan.cube.indicators),
            "n_obs": case.prepared.n_obs[rows],
            "slope": found.slope,
            "slope_low": found.low,
            "slope_high": found.high,
            "p": found.p,
            "trend": pd.Series(trend.words(found, required), dtype="str"),
            "year": np.where(known, case.asked.target_year[rows], np.nan),
            "value": ahead.value,
            "low": ahead.low,
            "high": ahead.high,
            "odds": pd.Series(forecast.words(ahead.probability), dtype="str"),
            "model": spelled(is_count.astype(np.int64), ("outlook", "ols")),
        }
    )
    return frames.check(table, OUTLOOKS)


def forecasts(case: Case, rows: npt.NDArray[np.int64], slope: Floats) -> Forecast:
    """Return the forecast of some series for their target year: `ols` for counts, else `outlook`.

    `slope` is their Theil-Sen slope. Missing where the target year does not lie ahead of the
    latest value.
    """
    asked, prepared = case.asked.pick(rows), case.prepared.pick(rows)
    road = cases.road(case).pick(rows)
    ranged = case.is_range[rows]
    aim = Aim(
        year=np.where(asked.target_year > prepared.year, asked.target_year, np.nan),
        target=road.target,
        direction=road.direction,
        lower=np.where(ranged, 0.0, asked.lower),
        upper=np.where(ranged, np.nan, asked.upper),
    )
    points = _points(case, rows)
    smooth, counted = forecast.outlook(points, aim, slope), forecast.ols(points, aim)
    is_count = asked.kind == _COUNT
    return Forecast(
        *(
            np.where(is_count, two, one)
            for one, two in zip(vars(smooth).values(), vars(counted).values(), strict=True)
        )
    )


def _points(case: Case, rows: npt.NDArray[np.int64]) -> Points:
    found = cases.points(case)
    return Points(found.times[rows], found.values[rows])
