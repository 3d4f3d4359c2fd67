"""Regional figures from real national values, by declared rule: `python -m tests.panel FOLDER`.

The folder holds the policy panel, populations, countries and memberships of the shared data. Each
series has one of the shapes that a plan of action has, and the rule that its meaning asks for:

* levels with States that do not report: the share of reporting States at level 3 or above;
* lists of those that say yes: whoever is not on a complete list has not, so absent is no;
* a value that is a year: in force from that year on, the count of States;
* per cent of people: the mean weighted by population, and population itself: the sum;
* a score between 0 and 1: every reporting State counts once.
"""

import csv
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from dashboard import frames, progress
from dashboard.frames import Flag
from tests.vectors import plans

YEARS: Final = tuple(range(2000, 2021))
WORLD: Final = "001"


@dataclass(frozen=True)
class Declared:
    """What a series is and how it goes from States to regions."""

    kind: str
    rule: str
    fill: Callable[[pd.DataFrame, pd.Index], pd.DataFrame]
    meets: float = np.nan
    members_only: bool = True
    upper: float = np.nan


def _reported(rows: pd.DataFrame, areas: pd.Index) -> pd.DataFrame:
    """Return the values as they are; `N` is a report that says nothing."""
    return rows.assign(value=pd.to_numeric(rows["value"].replace("N", None)))


def _listed(rows: pd.DataFrame, areas: pd.Index) -> pd.DataFrame:
    """Return yes for whoever is listed and no for everybody else, in every year of the list."""
    years = sorted(rows["year"].unique())
    everyone = pd.MultiIndex.from_product([areas, years], names=["iso3", "year"])
    listed = rows.set_index(["iso3", "year"])["value"].astype("float64")
    return listed.reindex(everyone, fill_value=0.0).reset_index()


def _in_force(rows: pd.DataFrame, areas: pd.Index) -> pd.DataFrame:
    """Return 1 from the year that is the value on, else 0."""
    since = rows.set_index("iso3")["value"].astype("int64").reindex(areas)
    grid = pd.DataFrame({year: (since <= year).astype("float64") for year in YEARS}, index=areas)
    return grid.rename_axis("iso3").melt(ignore_index=False, var_name="year").reset_index()


SERIES: Final[Mapping[str, Declared]] = {
    "SG_CPA_MIGRS": Declared("ordinal", "share_meeting", _reported, meets=3, upper=4),
    "SG_NHR_IMPLN": Declared("binary", "share_meeting", _listed, meets=1, upper=1),
    "SG_SCP_CNTRY": Declared("count", "sum", _listed, members_only=False),
    "SG_INF_ACCSS": Declared("count", "sum", _in_force, members_only=False),
    "SG_REG_BRTH90N": Declared("binary", "share_meeting", _reported, meets=1, upper=1),
    "EG_ELC_ACCS": Declared(
        "percentage", "weighted_mean", _reported, members_only=False, upper=100
    ),
    "SG_DSR_LGRGSR": Declared("ratio", "mean", _reported, upper=1),
    "POPULATION": Declared("count", "sum", _reported, members_only=False),
}
PEOPLE: Final = "POPULATION"
TOTALS: Final = ("", "allarea", "alldomains")


def figures(folder: Path) -> pd.DataFrame:
    """Return the figure of every region, group and the world for each series and year.

    Columns are those of `progress.aggregate`, with the series as indicator.
    """
    values = _read(folder / "sdg_policy_panel" / "country_values.csv")
    values = values[values["dimension"].isin(TOTALS)]
    people = _read(folder / "population" / "population_wpp2019_1990_2020.csv")
    people = people.rename(columns={"population_thousands": "value"}).assign(series=PEOPLE)
    values = pd.concat([values, people], ignore_index=True).astype({"year": "int64"})
    tables = []
    for series, declared in SERIES.items():
        plan = panel(folder, series, declared, values[values["series"] == series])
        table = progress.aggregate(plan)
        tables.append(table[table["n"] > 0])
    return pd.concat(tables, ignore_index=True)


def panel(folder: Path, series: str, declared: Declared, values: pd.DataFrame) -> frames.PlanFrames:
    """Return one series as a plan with its regions, groups and population weights."""
    countries = _read(folder / "countries" / "countries_m49.csv")
    people = _read(folder / "population" / "population_wpp2019_1990_2020.csv")
    counted = (
        countries["un_status"] == "member"
        if declared.members_only
        else countries["iso3"].isin(people["iso3"])
    )
    countries = countries[counted]
    areas = pd.Index(countries["iso3"], name="iso3")
    rows = declared.fill(values[values["iso3"].isin(areas)], areas)
    rows = rows[rows["year"].isin(YEARS)]
    points: list[plans.Point] = [
        (iso, series, int(year), float(value), Flag.NOT_AVAILABLE if np.isnan(value) else Flag.NONE)
        for iso, year, value in zip(rows["iso3"], rows["year"], rows["value"], strict=True)
    ]
    stated: dict[str, Any] = {
        "kind": declared.kind,
        "upper": declared.upper,
        "aggregation": declared.rule,
        "aggregation_global": declared.rule,
        "meets_op": "" if np.isnan(declared.meets) else ">=",
        "meets_value": declared.meets,
        "weight": "population" if declared.rule == "weighted_mean" else "",
        "min_coverage": 0.5,
    }
    weights = people.astype({"year": "int64", "population_thousands": "float64"})
    return plans.plan(
        points,
        indicators={series: stated},
        targets=[],
        regions=dict(zip(countries["iso3"], countries["sdg_region_code"], strict=True)),
        memberships=[*_memberships(folder, areas), *_tree(countries)],
        weights=[
            ("population", iso, int(year), float(size))
            for iso, year, size in weights.itertuples(index=False)
        ],
        years=YEARS,
        extra_areas=list(areas),
    )


def _memberships(folder: Path, areas: pd.Index) -> list[tuple[str, str, float, float]]:
    rows = _read(folder / "memberships" / "group_memberships.csv")
    return [
        (group, iso, _fraction(since, -np.inf), _fraction(until, np.inf))
        for group, iso, since, until in rows.itertuples(index=False)
        if iso in areas
    ]


def _tree(countries: pd.DataFrame) -> list[tuple[str, str, float, float]]:
    """Return the regions of M49 that are not regions of the SDG grouping as well."""
    taken = set(countries["sdg_region_code"])
    return [
        (code, iso, -np.inf, np.inf)
        for column in ("region_code", "subregion_code", "intermediate_code")
        for code, iso in zip(countries[column], countries["iso3"], strict=True)
        if code and code not in taken
    ]


def _fraction(day: str, never: float) -> float:
    return float(day[:4]) + (float(day[5:7]) - 1) / 12 if day else never


def _read(path: Path) -> pd.DataFrame:
    # Namibia's code is NA, and N means that nothing is reported.
    return pd.read_csv(path, keep_default_na=False, dtype="str")


def main(arguments: list[str]) -> int:
    """Print the figures of a folder as CSV."""
    table = figures(Path(arguments[0]))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.itertuples(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
