"""What is not reported by States: regions, organizations, the world, and what is computed."""

from typing import Final

import numpy as np
import pandas as pd

from models import EntryMode, IndicatorType, Kind, Level, ObservationStatus, State
from seed.areas import WORLD, Areas
from seed.demo.world import FIRST_YEAR, LAST_DAY, YEARS, World, lot
from seed.entries import Indicator, Plan

ORGANIZATION: Final = "Regional organization"
COVERED: Final = {"M49-002": 34, "M49-019": 29, "M49-142": 31, "M49-150": 29, "M49-009": 4}
"""Countries of each region in a report with 127 of them, to begin with."""
RECENT: Final = 3
"""A value counts as recent in its own year and the next two: at its end it is 24 months old."""


def of_regions(plan: Plan, found: Areas, seed: int) -> pd.DataFrame:
    """Return rows of core indicators that regions, organizations or the world report.

    Columns: area, indicator, year, value, numerator, denominator.
    """
    tables = []
    for indicator in plan.indicators:
        rng = lot(seed, f"{indicator.name} beyond States")
        if indicator.name == "Regional plan with monitoring framework":
            tables.append(_levels(indicator, _organizations(found), 4, rng))
        elif indicator.name == "National situation analysis":
            tables.append(_levels(indicator, [*_organizations(found)[:6], WORLD], 3, rng))
        elif indicator.name == "Countries covered by the Global Report":
            tables.append(_covered(indicator, rng))
        elif indicator.name == "Contributions to the trust fund for victims":
            tables.append(_contributions(indicator, found, rng))
        elif indicator.name == "Resource requirement funded":
            tables.append(_funded(indicator, _organizations(found)[:8], rng))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _organizations(found: Areas) -> list[str]:
    return [area.code for area in found.areas if area.note == ORGANIZATION]


def _table(
    indicator: Indicator, areas: list[str], years: np.ndarray, value: np.ndarray
) -> pd.DataFrame:
    """Return one row an area and year; `value` is area by year, NaN where there is no report."""
    index, year = np.nonzero(~np.isnan(value))
    return pd.DataFrame(
        {
            "area": np.array(areas, dtype=object)[index],
            "indicator": indicator.code,
            "year": years[year],
            "value": value[index, year],
            "numerator": np.nan,
            "denominator": np.nan,
        }
    )


def _levels(
    indicator: Indicator, areas: list[str], top: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw levels that start anywhere below the middle and step up now and then."""
    steps = rng.random((len(areas), len(YEARS))) < 0.14
    begin = rng.integers(0, 3, len(areas))[:, None]
    value = np.minimum(begin + np.cumsum(steps, axis=1), top).astype(np.float64)
    value[rng.random(value.shape) < 0.15] = np.nan
    if indicator.type is IndicatorType.STRUCTURE:
        value[:, 0] = begin[:, 0]
    return _table(indicator, areas, YEARS, value)


def _covered(indicator: Indicator, rng: np.random.Generator) -> pd.DataFrame:
    """Count countries in each edition, every second year; the world's count is a known fact."""
    editions = YEARS[(YEARS % 2 == 0) & (YEARS >= 2012) & (YEARS <= 2024)]
    begin = np.array(list(COVERED.values()), dtype=np.float64)[:, None]
    more = rng.integers(0, 2, (len(begin), len(editions)))
    more[-1] = 0
    return _table(indicator, list(COVERED), editions, begin + np.cumsum(more, axis=1))


def _contributions(indicator: Indicator, found: Areas, rng: np.random.Generator) -> pd.DataFrame:
    """Draw gifts of forty States in some years, and the world's sum of them and of others."""
    donors = sorted(rng.choice(np.array(found.members()), 40, replace=False).tolist())
    years = YEARS[1:-1]
    usual = rng.lognormal(9.6, 1.0, len(donors))[:, None] * 1.06 ** (years - years[0])
    gift = np.round(usual * rng.lognormal(0, 0.4, usual.shape), -2)
    gift[rng.random(gift.shape) > 0.4] = np.nan
    total = np.nansum(gift, axis=0) + np.round(rng.lognormal(12, 0.5, len(years)), -2)
    states = _table(indicator, donors, years, gift)
    return pd.concat([states, _table(indicator, [WORLD], years, total[None, :])])


def _funded(indicator: Indicator, areas: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """Draw costed plans of organizations and the part of them that is committed."""
    years = YEARS[4:-1]
    needed = np.round(rng.lognormal(14, 0.6, (len(areas), 1)) * 1.03 ** (years - years[0]), -3)
    given = np.round(needed * rng.beta(5, 5, needed.shape), -3)
    table = _table(indicator, areas, years, 100 * given / needed)
    return table.assign(numerator=given.ravel(), denominator=needed.ravel())


def timeliness(plan: Plan, told: pd.DataFrame, world: World) -> pd.DataFrame:
    """Return, for each State and year, the share of core indicators with a recent accepted value.

    This is what the dashboard computes: made here from the generated rows alone, so that it agrees
    with them. Facts are left out on both sides.
    """
    wanted = [each for each in plan.indicators if each.entry_mode is EntryMode.COMPUTED]
    about = next((each for each in wanted if each.tier == "core"), None)
    if about is None:
        return pd.DataFrame()
    national = {
        each.code
        for each in plan.indicators
        if each.tier == "core" and Level.NATIONAL in each.levels and each.kind is not Kind.CURRENCY
    }
    rows = told[
        told["indicator"].isin(national)
        & (told["cell"] == "_T")
        & (told["outcome"] == State.ACCEPTED.value)
        & ~told["status"].eq(ObservationStatus.NOT_AVAILABLE.value)
    ]
    have = _have(rows, world)
    asked = rows.groupby("indicator")["year"].min().to_numpy()
    whole = (asked[:, None] <= YEARS).sum(axis=0)
    part = have.sum(axis=0)
    closed = whole > 0
    closed[[0, -1]] = False  # nothing was recorded in the first year; the last is not over
    state, year = np.nonzero(np.broadcast_to(closed, part.shape))
    return pd.DataFrame(
        {
            "area": np.array(world.states, dtype=object)[state],
            "indicator": about.code,
            "year": YEARS[year],
            "numerator": part[state, year].astype(np.float64),
            "denominator": whole[year].astype(np.float64),
        }
    ).assign(value=lambda table: 100 * table["numerator"] / table["denominator"])


def _have(rows: pd.DataFrame, world: World) -> np.ndarray:
    """Return, indicator by State by year, whether a recent value was accepted by the year's end."""
    codes, indicator = np.unique(rows["indicator"].to_numpy().astype(str), return_inverse=True)
    have = np.zeros((len(codes), len(world.states), len(YEARS)), dtype=bool)
    state = np.searchsorted(np.array(world.states), rows["area"].to_numpy().astype(str))
    accepted = rows["decided_at"].dt.year.to_numpy().astype(np.int64)
    for age in range(RECENT):
        year = rows["year"].to_numpy() + age
        fits = (accepted <= year) & (year <= YEARS[-1])
        have[indicator[fits], state[fits], year[fits] - FIRST_YEAR] = True
    return have


def recorded(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Give rows the moments at which they were recorded and accepted, soon after their year."""
    spring = (table["year"].to_numpy() - 1970 + 1).astype("M8[Y]").astype("M8[D]")
    day = spring + rng.integers(40, 130, len(table)) * np.timedelta64(1, "D")
    last = np.datetime64(LAST_DAY.isoformat()) - np.timedelta64(12, "D")
    moment = np.minimum(day, last).astype("M8[us]") + np.timedelta64(10, "h")
    return table.assign(
        recorded_at=moment,
        decided_at=moment + np.timedelta64(26, "h"),
        cell="_T",
        is_below=False,
        status=ObservationStatus.NORMAL.value,
        outcome=State.ACCEPTED.value,
        missing_reason="",
        note="",
        comment="",
        decision_note="",
    )
