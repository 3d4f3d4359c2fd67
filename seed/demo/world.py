"""The pretended world: what its States are able to do, and how they report."""

import zlib
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from models import AreaKind
from seed.areas import Areas

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FIRST_YEAR: Final = 2010
LAST_DAY: Final = date(2026, 10, 31)
"""The last day of the pretended world: nothing is recorded later."""
YEARS: Final = np.arange(FIRST_YEAR, LAST_DAY.year + 1)
GROWTH: Final = 1.01
"""Population a year: weights are of one year, so earlier ones are only guessed at."""


@dataclass(frozen=True)
class World:
    """The States in alphabetical order, each with its lot. Arrays have one value a State."""

    states: tuple[str, ...]
    people: Floats  # thousands, in the year of the weights
    ability: Floats  # on a logit scale, 0 in the middle
    drive: Floats  # how fast it improves, beside what all do
    first_report: Ints  # the year of its first report
    diligence: Floats  # the chance that it answers a question it is asked
    delay: Floats  # usual days between the end of a year and the report
    is_silent: Bools  # never reports

    def population(self) -> Floats:
        """Return the population, thousands, State by year."""
        weights_of: Final = 2024
        return self.people[:, None] * GROWTH ** (YEARS[None, :] - weights_of)


def lot(seed: int, name: str) -> np.random.Generator:
    """Return the source of chance for one matter: the same name always draws the same."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def make(found: Areas, seed: int) -> World:
    """Draw the world: subregions differ, States within them more."""
    rng = lot(seed, "world")
    states = found.members()
    size = len(states)
    weight = {share.area: share.thousands for share in found.weights}
    places = {code: _subregion(found, code) for code in states}
    names = sorted(set(places.values()))
    shift = dict(zip(names, rng.normal(0, 0.35, len(names)), strict=True))
    start = np.minimum(2011 + rng.geometric(0.35, size) - 1, 2021)
    slow = rng.random(size)
    delay = np.where(slow < 0.6, 60, np.where(slow < 0.9, 240, 500)) + rng.uniform(0, 90, size)
    silent = np.zeros(size, dtype=bool)
    silent[rng.choice(size, 11, replace=False)] = True
    silent[list(states).index("KEN")] = False  # the coordinator of the demonstration reports
    return World(
        states,
        np.array([weight[code] for code in states]),
        np.array([shift[places[code]] for code in states]) + rng.normal(0, 0.8, size),
        rng.normal(0, 0.05, size),
        start.astype(np.int64),
        rng.beta(6, 2, size),
        delay,
        silent,
    )


def _subregion(found: Areas, code: str) -> str:
    inner = (area for area in found.ancestors(code) if area.kind is AreaKind.SUBREGION)
    return next(inner).code
