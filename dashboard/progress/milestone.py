"""`milestone`: yes or no, ordered levels, checklists (methodology, section 10).

Distances between levels have no meaning: no trend is fitted and no mean is taken across areas.
"""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Checklist:
    """One entry a checklist: the score with the unknown counted as nothing and as everything."""

    low: Floats
    high: Floats
    known: Floats  # share of the weight whose score is known
    status: Codes


def checklist(scores: Floats, weights: Floats, applies: npt.NDArray[np.bool_]) -> Checklist:
    """Return the interval of weighted scores, by row of items.

    `scores` lie between 0 and 1, missing where unknown; items that do not apply leave the count.
    """
    counted = np.where(applies, weights, 0.0)
    there = ~np.isnan(scores)
    whole = counted.sum(axis=-1)
    whole = np.where(whole > 0, whole, np.nan)
    gained = np.where(there, scores, 0.0) * counted
    low = gained.sum(axis=-1) / whole
    known = (counted * there).sum(axis=-1) / whole
    open_share = (counted * ~there).sum(axis=-1) / whole
    high = low + open_share
    status = np.full(low.shape, CODE["in_progress"], dtype=np.int8)
    with np.errstate(invalid="ignore"):
        status[high <= ROUNDING] = CODE["not_started"]
        status[low >= 1 - ROUNDING] = CODE["target_met"]
        status[known <= 0] = CODE["no_data"]
    status[np.isnan(whole)] = CODE["not_applicable"]
    return Checklist(low, high, known, status)
