"""Ranks: ties share the better rank, and the next rank is skipped."""

import numpy as np
import numpy.typing as npt

from dashboard.progress.linear import EPS

Floats = npt.NDArray[np.float64]


def ranks(values: Floats, direction: float) -> Floats:
    """Return the rank of each value, 1 the best; missing where there is none or no direction.

    Values closer than the tolerance of ties share a rank.
    """
    out = np.full(values.shape, np.nan)
    there = np.flatnonzero(~np.isnan(values))
    if direction == 0 or there.size == 0:
        return out
    order = there[np.argsort(-np.sign(direction) * values[there], kind="stable")]
    steps = np.abs(np.diff(values[order])) > EPS
    first = np.concatenate([[0], np.where(steps, np.arange(1, len(order)), 0)])
    out[order] = np.maximum.accumulate(first) + 1.0
    return out
