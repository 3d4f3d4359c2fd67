"""`count_change`: has a count risen or fallen by more than chance (methodology, section 10).

The rate ratio with a continuity of one half, its log-normal 95 % interval, and the exact
conditional binomial p.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.progress import chance

Floats = npt.NDArray[np.float64]
Names = npt.NDArray[np.str_]

HALF: Final = 0.5
LEVEL: Final = 0.95


@dataclass(frozen=True)
class Change:
    """One entry a comparison; `change` is higher, lower, no_clear_change or empty."""

    ratio: Floats
    low: Floats
    high: Floats
    p: Floats
    change: Names


def compare(count0: Floats, exposure0: Floats, count1: Floats, exposure1: Floats) -> Change:
    """Compare later counts (1) with earlier ones (0).

    RR = ((x1 + .5) / e1) / ((x0 + .5) / e0); the variance of its logarithm is
    1 / (x1 + .5) + 1 / (x0 + .5). Exposure is population, years or reporting States. Missing
    where a count is missing or negative, or an exposure is not above 0.
    """
    good = (count0 >= 0) & (count1 >= 0) & (exposure0 > 0) & (exposure1 > 0)
    x0, e0, x1, e1 = (np.where(good, it, np.nan) for it in (count0, exposure0, count1, exposure1))
    ratio = ((x1 + HALF) / e1) / ((x0 + HALF) / e0)
    reach = chance.normal_quantile(0.5 + LEVEL / 2) * np.sqrt(1 / (x1 + HALF) + 1 / (x0 + HALF))
    low, high = ratio * np.exp(-reach), ratio * np.exp(reach)
    change = np.where(low > 1, "higher", np.where(high < 1, "lower", "no_clear_change"))
    return Change(ratio, low, high, _exact(x0, e0, x1, e1), np.where(good, change, ""))


def _exact(x0: Floats, e0: Floats, x1: Floats, e1: Floats) -> Floats:
    """Return the exact p that x1 of x0 + x1 fall to the later side by its share of exposure."""
    p = np.full(x0.shape, np.nan)
    for place in np.flatnonzero(~np.isnan(x0)):
        later, both = round(float(x1.flat[place])), round(float((x0 + x1).flat[place]))
        share = float(e1.flat[place] / (e0.flat[place] + e1.flat[place]))
        p.flat[place] = chance.binomial_two_sided(min(later, both), both, share)
    return p
