"""`oecd`: distance to a target in standard deviations of the peers (methodology, section 9)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.progress.linear import is_met

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEAST_PEERS: Final = 3
DEFAULT_TARGET: Final = 0.90
"""Percentile of the peers that stands in where no target is agreed."""


@dataclass(frozen=True)
class Distance:
    """One entry a series; `signed` is negative beyond the target, `distance` stops at 0."""

    sd: Floats
    signed: Floats
    distance: Floats
    met: Bools


def spread(peers: Floats) -> Floats:
    """Return the standard deviation (n - 1) of each row of peers, missing below three of them."""
    there = ~np.isnan(peers)
    n = there.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(there, peers, 0.0).sum(axis=-1) / n
        away = np.where(there, peers - mean[..., None], 0.0)
        sd = np.sqrt((away * away).sum(axis=-1) / (n - 1))
    # Equal peers differ by rounding alone.
    flat = np.where(there, peers, -np.inf).max(axis=-1) == np.where(there, peers, np.inf).min(-1)
    return np.where(n >= LEAST_PEERS, np.where(flat, 0.0, sd), np.nan)


def assess(value: Floats, target: Floats, direction: Floats, sd: Floats) -> Distance:
    """Return D = d (T - x) / sd and max(0, D), which is 0 where the target is met."""
    with np.errstate(divide="ignore", invalid="ignore"):
        signed = direction * (target - value) / np.where(sd > 0, sd, np.nan)
    met = is_met(value, target, direction)
    return Distance(sd, signed, np.where(met, 0.0, np.maximum(signed, 0.0)), met)


def target_from(peers: Floats, direction: Floats) -> Floats:
    """Return the 90th percentile of each row of peers, from the good end."""
    out = np.full(peers.shape[0], np.nan)
    some = (~np.isnan(peers)).any(axis=1)
    high = np.nanquantile(peers[some], DEFAULT_TARGET, axis=1)
    low = np.nanquantile(peers[some], 1 - DEFAULT_TARGET, axis=1)
    out[some] = np.where(direction[some] < 0, low, high)
    return out
