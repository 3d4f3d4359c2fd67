"""Values of one indicator in every State and year: arrays of State by year.

A value is made from its parts, so that a share follows from its numerator and denominator, a rate
from cases and population, and everything stays within the indicator's limits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from models import Kind, ObservationStatus
from seed.demo.profiles import Profile
from seed.demo.world import FIRST_YEAR, YEARS, Bools, Floats, World
from seed.entries import Indicator

Texts = npt.NDArray[np.str_]

SMALL: Final = 5
"""Counts from 1 to 4 of a sensitive matter are given as `<5`."""


@dataclass(frozen=True)
class Grid:
    """Values with their parts, State by year; NaN where there is no such number."""

    value: Floats
    numerator: Floats
    denominator: Floats
    is_below: Bools  # the value is an upper bound
    status: Texts  # why there is no value, or normal


def make(
    indicator: Indicator, top: int, profile: Profile, world: World, rng: np.random.Generator
) -> Grid:
    """Return the values of an indicator; `top` is the highest level of its scale."""
    share = path(profile, world, rng)
    makers: dict[Kind, Callable[[], Grid]] = {
        Kind.ORDINAL: lambda: levels(share, top, rng),
        Kind.BINARY: lambda: levels(share, top, rng),
        Kind.PERCENTAGE: lambda: shares(indicator, share, profile, world, rng),
        Kind.RATE: lambda: rates(share, world, rng),
        Kind.RATIO: lambda: ratios(share, rng),
    }
    return makers[indicator.kind]()


def path(profile: Profile, world: World, rng: np.random.Generator) -> Floats:
    """Return the share reached in each State and year, between 0 and 1, as a wandering curve."""
    size = (len(world.states), len(YEARS))
    begin = np.log(profile.start / (1 - profile.start))
    height = begin + profile.spread * (world.ability + rng.normal(0, 1, size[0]))
    pace = profile.rise + np.sign(profile.rise) * (world.drive + rng.normal(0, 0.03, size[0]))
    drift = np.cumsum(rng.normal(0, 0.10, size), axis=1)
    curve = height[:, None] + pace[:, None] * (YEARS - FIRST_YEAR) + drift
    share: Floats = 1 / (1 + np.exp(-curve))
    return share


def levels(share: Floats, top: int, rng: np.random.Generator) -> Grid:
    """Turn shares into levels that step up and stay, but for a few that fall back by one."""
    height = np.maximum.accumulate(np.floor(share * (top + 0.999)), axis=1)
    falls = rng.random(len(height)) < 0.07
    since = rng.integers(2013, 2025, len(height))
    lapsed = falls[:, None] & (since[:, None] <= YEARS) & (since[:, None] + 3 > YEARS)
    nothing = np.full_like(height, np.nan)
    return plain(np.clip(height - lapsed, 0, top), nothing, nothing)


def shares(
    indicator: Indicator, share: Floats, profile: Profile, world: World, rng: np.random.Generator
) -> Grid:
    """Return percentages that follow from whole numerators and denominators."""
    fixed = indicator.denominator or ""
    if fixed.isdigit():
        whole = np.full(share.shape, float(fixed))
    else:
        typical = profile.size * (world.people / 10_000) ** profile.power
        swing = typical * rng.lognormal(0, 0.35, len(world.states))
        whole = rng.poisson(np.outer(swing, 1.03 ** (YEARS - FIRST_YEAR))).astype(np.float64)
    part = rng.binomial(whole.astype(np.int64), share).astype(np.float64)
    return percentages(part, whole, is_sensitive=indicator.is_sensitive)


def percentages(part: Floats, whole: Floats, *, is_sensitive: bool) -> Grid:
    """Return `part` of `whole` in per cent; none where nothing was counted.

    Of a sensitive matter a part from 1 to 4 is given as the bound that `<5` sets, and nothing is
    said where the whole is that small itself.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        grid = plain(100 * part / whole, part, whole)
        bound = 100 * SMALL / whole
    if is_sensitive:
        grid = hidden(grid, bound, is_few(part) & (whole >= SMALL))
        grid = without(grid, is_few(whole), ObservationStatus.SUPPRESSED)
    return without(grid, whole == 0, ObservationStatus.NOT_APPLICABLE)


def rates(share: Floats, world: World, rng: np.random.Generator) -> Grid:
    """Return cases per 100,000 people, `<5` where there are few; a share of 0.01 is one case."""
    people = np.maximum(np.round(world.population() / 100, 2), 0.01)  # hundred thousands
    return per_head(rng.poisson(share * 100 * people).astype(np.float64), people)


def per_head(cases: Floats, people: Floats) -> Grid:
    """Return cases over population; a case count from 1 to 4 is given as the bound `<5` sets."""
    return hidden(plain(cases / people, cases, people), SMALL / people, is_few(cases))


def ratios(share: Floats, rng: np.random.Generator) -> Grid:
    """Return one share over another, both rounded as published."""
    under = np.round(rng.uniform(0.2, 0.6, share.shape), 2)
    over = np.round(under * np.clip(2 * share, 0, 1.3), 2)
    return plain(over / under, over, under)


def plain(value: Floats, numerator: Floats, denominator: Floats) -> Grid:
    """Return values that all stand for themselves."""
    usual = np.full(value.shape, ObservationStatus.NORMAL.value)
    return Grid(value, numerator, denominator, np.zeros(value.shape, dtype=bool), usual)


def is_few(count: Floats) -> Bools:
    """Say where a count is from 1 to 4."""
    few: Bools = (count > 0) & (count < SMALL)
    return few


def hidden(grid: Grid, bound: Floats, where: Bools) -> Grid:
    """Give the bound in place of the value, and no numerator, in some places."""
    return Grid(
        np.where(where, bound, grid.value),
        np.where(where, np.nan, grid.numerator),
        grid.denominator,
        grid.is_below | where,
        grid.status,
    )


def without(grid: Grid, where: Bools, status: ObservationStatus) -> Grid:
    """Take value and parts away in some places, and say why."""
    return Grid(
        np.where(where, np.nan, grid.value),
        np.where(where, np.nan, grid.numerator),
        np.where(where, np.nan, grid.denominator),
        grid.is_below & ~where,
        np.where(where, status.value, grid.status),
    )
