"""From States to regions, groups and the world: sums, means and medians over whole cubes.

Arrays are laid out year x area (or group) x indicator, so that one matrix product a year sums over
the States. No figure leaves without how many States, and how much weight, stand behind it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.progress.linear import EPS

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MIN_COVERAGE: Final = 0.5
"""Share of States, and of weight, that must report before an aggregate is published."""


@dataclass(frozen=True)
class Coverage:
    """Who stands behind a figure, year x group x indicator."""

    reporting: Floats  # States that report
    states: Floats  # States that belong and to which the indicator applies
    weight_reporting: Floats
    weight: Floats

    @property
    def in_states(self) -> Floats:
        """Return reporting over all States, missing for a group without members."""
        return ratio(self.reporting, self.states)

    @property
    def in_weight(self) -> Floats:
        """Return reporting over all weight, missing where no weight is known."""
        return ratio(self.weight_reporting, self.weight)

    def is_publishable(self, least: Floats | float = MIN_COVERAGE) -> Bools:
        """Return whether enough States, and where weight is known enough weight, report."""
        weight = self.in_weight
        return (self.in_states >= least - EPS) & (np.isnan(weight) | (weight >= least - EPS))


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, missing where the whole is 0."""
    out = np.full(part.shape, np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out


def coverage(there: Bools, applies: Bools, members: Floats, weights: Floats) -> Coverage:
    """Return who reports in each group.

    `there` and `applies` are year x area x indicator, `members` year x group x area of 1 and 0,
    `weights` year x area x indicator with NaN for unknown, which counts for no weight.
    """
    weigh = np.nan_to_num(weights) * applies
    return Coverage(
        reporting=members @ there.astype(np.float64),
        states=members @ applies.astype(np.float64),
        weight_reporting=members @ (weigh * there),
        weight=members @ weigh,
    )


def total(values: Floats, members: Floats) -> Floats:
    """Return the sum over reporting members, missing where none reports; NaN is not reported."""
    there = ~np.isnan(values)
    counted = members @ there.astype(np.float64)
    return np.where(counted > 0, members @ np.where(there, values, 0.0), np.nan)


def mean(values: Floats, members: Floats) -> Floats:
    """Return the plain mean over reporting members: every State counts once."""
    there = ~np.isnan(values)
    return ratio(members @ np.where(there, values, 0.0), members @ there.astype(np.float64))


def weighted_mean(values: Floats, members: Floats, weights: Floats) -> Floats:
    """Return the mean by weight over members with both a value and a weight.

    With denominators as weights this is the ratio of sums.
    """
    both = ~np.isnan(values) & ~np.isnan(weights)
    weigh = np.where(both, weights, 0.0)
    return ratio(members @ (weigh * np.where(both, values, 0.0)), members @ weigh)


def median(values: Floats, members: Floats) -> Floats:
    """Return the median over reporting members."""
    n = (members @ (~np.isnan(values)).astype(np.float64)).astype(np.int64)
    out = np.full(n.shape, np.nan)
    # The areas come last, so that what is sorted lies side by side.
    lanes = np.ascontiguousarray(np.swapaxes(values, 1, 2))
    belongs = members > 0
    for group in range(members.shape[1]):
        line = belongs[:, group, :]
        chosen = np.flatnonzero(line.any(axis=0))
        if chosen.size == 0:
            continue
        part = lanes[:, :, chosen]
        sometimes = np.flatnonzero(~line[:, chosen].all(axis=0))
        for place in sometimes.tolist():
            part[~line[:, chosen[place]], :, place] = np.nan
        part.sort(axis=-1)
        out[:, group] = _middle(part, n[:, group])
    return out


def _middle(ordered: Floats, n: npt.NDArray[np.int64]) -> Floats:
    """Return the median of the first n of the last axis, sorted with the missing last."""
    width = ordered.shape[-1]
    start = np.arange(0, ordered.size, width).reshape(n.shape)
    flat = ordered.reshape(-1)
    lower = flat.take(start + np.maximum(n - 1, 0) // 2)
    higher = flat.take(start + np.minimum(n // 2, width - 1))
    return np.where(n > 0, 0.5 * (lower + higher), np.nan)
