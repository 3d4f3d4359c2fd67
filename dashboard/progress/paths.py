"""The road itself: from the baseline through interim targets to the target, for drawing."""

from typing import Final

import numpy as np
import pandas as pd

from dashboard import frames
from dashboard.progress import cases
from dashboard.progress.words import spelled

STOPS: Final = ("baseline", "interim", "target")
PATHS: Final[frames.Schema] = {
    "area": "str",
    "indicator": "str",
    "year": "float64",
    "value": "float64",
    "stop": "str",  # baseline, interim or target
}


def paths(plan: frames.PlanFrames, *, year: int) -> pd.DataFrame:
    """Return the stops of the road of every series with a baseline and a target.

    Between two stops the road is a straight line. Columns are those of `PATHS`, in the order of
    area, indicator and year.
    """
    whole = cases.read(plan, year)
    rows = np.flatnonzero(~np.isnan(whole.prepared.base) & ~np.isnan(whole.asked.target))
    start = whole.prepared.pick(rows)
    stops = [(start.base_year, start.base, 0)]
    due = np.unique(plan.targets.loc[plan.targets["is_interim"], "year"].to_numpy())
    for when in due.tolist():
        asked = cases.read(plan, year, interim=int(when)).asked.pick(rows)
        stops.append((asked.target_year, asked.target, 1))
    end = whole.asked.pick(rows)
    stops.append((end.target_year, end.target, 2))
    table = pd.concat(
        [
            pd.DataFrame(
                {
                    "area": spelled(whole.area[rows], plan.cube.areas),
                    "indicator": spelled(whole.indicator[rows], plan.cube.indicators),
                    "year": when,
                    "value": value,
                    "stop": STOPS[stop],
                }
            )
            for when, value, stop in stops
        ],
        ignore_index=True,
    )
    table = table[table["year"].notna() & table["value"].notna()]
    ordered = table.sort_values(["area", "indicator", "year"], kind="stable", ignore_index=True)
    return frames.check(ordered, PATHS)
