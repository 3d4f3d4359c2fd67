"""Break values down by sex and age, so that the parts add up to the total."""

from typing import Final

import numpy as np
import pandas as pd

from models import State
from seed.demo.history import reasons
from seed.demo.values import Grid, per_head, percentages
from seed.entries import Indicator

FIRST_YEAR: Final = 2015
"""Earlier years are not broken down."""
GIRLS, WOMEN, BOYS, MEN = (
    "age=child_0_17;sex=female",
    "age=adult_18_plus;sex=female",
    "age=child_0_17;sex=male",
    "age=adult_18_plus;sex=male",
)
MARGINS: Final = {
    GIRLS: (0,),
    WOMEN: (1,),
    BOYS: (2,),
    MEN: (3,),
    "sex=female": (0, 1),
    "sex=male": (2, 3),
    "age=child_0_17": (0, 2),
    "age=adult_18_plus": (1, 3),
}
"""Each cell as the parts it is made of: girls, women, boys, men."""
BY_SEX: Final = ("sex=female", "sex=male")

COUNTED: Final = frozenset({"Detected victims of trafficking"})
"""Matters whose cases are broken down by sex and age."""
SHARED: Final = {
    "Births registered before age 5": 0.49,
    "Identified victims who received assistance": 0.62,
}
"""Matters whose shares are given by sex, with the usual part of women and girls."""


def broken_down(
    indicator: Indicator, table: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the rows of an indicator's cells, for accepted totals whose parts are known."""
    base = table[
        (table["outcome"] == State.ACCEPTED.value)
        & (table["year"] >= FIRST_YEAR)
        & table["numerator"].notna()
    ]
    # Only the first accepted total of a year is broken down: corrections keep to the total.
    base = base.sort_values("recorded_at", kind="stable").drop_duplicates(["state", "year"])
    if indicator.name in COUNTED:
        grids = _by_sex_and_age(base, rng)
    elif indicator.name in SHARED:
        grids = _by_sex(indicator, base, SHARED[indicator.name], rng)
    else:
        return table.iloc[:0]
    return pd.concat([_rows(base, cell, grid, rng) for cell, grid in grids.items()])


def _by_sex_and_age(base: pd.DataFrame, rng: np.random.Generator) -> dict[str, Grid]:
    """Divide cases among girls, women, boys, men and those not told apart."""
    cases = base["numerator"].to_numpy().astype(np.int64)
    people = base["denominator"].to_numpy()
    chances = rng.dirichlet([20, 42, 14, 18, 6], len(base))
    parts = rng.multinomial(cases, chances).astype(np.float64)
    return {cell: per_head(parts[:, list(of)].sum(axis=1), people) for cell, of in MARGINS.items()}


def _by_sex(
    indicator: Indicator, base: pd.DataFrame, usual: float, rng: np.random.Generator
) -> dict[str, Grid]:
    """Divide numerator and denominator between the sexes."""
    whole = base["denominator"].to_numpy().astype(np.int64)
    part = base["numerator"].to_numpy().astype(np.int64)
    women = rng.binomial(whole, usual)
    reached = rng.hypergeometric(part, whole - part, women)
    pairs = ((reached, women), (part - reached, whole - women))
    return {
        cell: percentages(
            part_.astype(np.float64), whole_.astype(np.float64), is_sensitive=indicator.is_sensitive
        )
        for cell, (part_, whole_) in zip(BY_SEX, pairs, strict=True)
    }


def _rows(base: pd.DataFrame, cell: str, grid: Grid, rng: np.random.Generator) -> pd.DataFrame:
    """Return one cell's rows; the status of the total holds where there is a value."""
    status = np.where(np.isnan(grid.value), grid.status, base["status"].to_numpy().astype(str))
    rows = base.assign(
        cell=cell,
        value=grid.value,
        numerator=grid.numerator,
        denominator=grid.denominator,
        is_below=grid.is_below,
        status=status,
    )
    return reasons(rows, rng)
