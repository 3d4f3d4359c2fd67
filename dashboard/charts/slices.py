"""Pieces of a plan in the shape the pictures take: tidy rows with names, years and flags."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from dashboard import frames

SERIES: Final[frames.Schema] = {
    "area": "str",
    "name": "str",
    "year": "int64",
    "value": "float64",  # missing where nothing was reported for the year
    "flags": "uint8",  # bits of frames.Flag
}
"""What `trend` and `small_multiples` draw: a row for each area and year, reported or not."""


def series(
    plan: frames.PlanFrames,
    indicator: str,
    areas: Sequence[str],
    *,
    until: int | None = None,
    cell: str = "_T",
) -> pd.DataFrame:
    """Return the values of an indicator in some areas as `SERIES` rows, one for every year.

    Years after `until` are left out, so that a year that is not yet due is not shown as missing.
    Areas or an indicator the cube does not hold give no rows.
    """
    cube = plan.cube
    known = [area for area in areas if area in cube.areas]
    if indicator not in cube.indicators or cell not in cube.cells or not known:
        return frames.empty(SERIES)
    lines = [cube.areas.index(area) for area in known]
    column, layer = cube.indicators.index(indicator), cube.cells.index(cell)
    names = plan.areas.drop_duplicates("area").set_index("area")["name"]
    years = np.asarray(cube.years, dtype=np.int64)
    table = pd.DataFrame(
        {
            "area": np.repeat(np.asarray(known, dtype=object), len(years)),
            "year": np.tile(years, len(known)),
            "value": cube.values[layer, lines, column].ravel(),
            "flags": cube.flags[layer, lines, column].ravel(),
        }
    ).astype({"area": "str"})
    table["name"] = table["area"].map(names).fillna(table["area"])
    if until is not None:
        table = table[table["year"] <= until]
    return frames.check(table.reset_index(drop=True), SERIES)
