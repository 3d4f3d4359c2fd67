"""`milestone`: yes or no, ordered levels, checklists (methodology, section 10).

Distances between levels have no meaning: no trend is fitted and no mean is taken across areas.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.progress.linear import TOUCH
from dashboard.progress.words import CODE, Codes

Floats = npt.NDArray[np.float64]

ROUNDING: Final = 1e-12


def binary(value: Floats) -> Codes:
    """Return the status of yes (1), no (0) and unknown (missing)."""
    status = np.where(value >= 1 - TOUCH, CODE["target_met"], CODE["not_met"]).astype(np.int8)
    status[np.isnan(value)] = CODE["no_data"]
    return status


def ordinal(value: Floats, base: Floats, target: Floats) -> tuple[Floats, Codes]:
    """Return the capped share of levels climbed and the status; higher levels are better.

    share = clip((v - b) / (T - b), 0, 1), for display only. Without a starting level only "target
    met" can be said.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        met = value >= target - TOUCH
        road = np.where(target - base > TOUCH, target - base, np.nan)
        share = np.where(met & ~np.isnan(base), 1.0, np.clip((value - base) / road, 0.0, 1.0))
        share = np.where(~met & np.isnan(road) & ~np.isnan(base) & (value < base), 0.0, share)
        status = np.full(value.shape, CODE["insufficient_data"], dtype=np.int8)
        status[value > base] = CODE["in_progress"]
        status[np.abs(value - base) <= TOUCH] = CODE["not_started"]
        status[value < base - TOUCH] = CODE["regressed"]
    status[met] = CODE["target_met"]
    status[np.isnan(target)] = CODE["not_applicable"]
    status[np.isnan(value)] = CODE["no_data"]
    return share, status
