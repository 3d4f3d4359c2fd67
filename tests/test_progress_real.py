"""Real values to regions by declared rule, against figures that are public knowledge."""

from pathlib import Path

import pandas as pd
import pytest

from dashboard import progress
from tests import panel

DATA = Path(__file__).parent.parent.parent / "shared" / "data"

pytestmark = [
    pytest.mark.skipif(
        not (DATA / "sdg_policy_panel").is_dir(), reason="the shared data is absent"
    ),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return panel.figures(DATA)


def figure(table: pd.DataFrame, series: str, group: str, year: int) -> pd.Series:
    found = table[
        (table["indicator"] == series) & (table["group"] == group) & (table["year"] == year)
    ]
    assert len(found) == 1
    return found.iloc[0]


def test_migration_policies_are_a_share_of_the_governments_that_report(table: pd.DataFrame) -> None:
    world = figure(table, "SG_CPA_MIGRS", "WORLD", 2019)
    # the report of 2019 says 54 per cent of the 111 governments with data
    assert round(100 * world["value"]) == 54
    assert (world["n"], world["states"]) == (111, 193)
    assert world["low"] < world["value"] < world["high"]
    assert len(world["missing"].split()) == 193 - 111


def test_who_is_not_on_a_complete_list_has_none(table: pd.DataFrame) -> None:
    # 39 per cent of countries had an institution of A status in 2018
    assert round(100 * figure(table, "SG_NHR_IMPLN", "WORLD", 2018)["value"]) == 39
    assert figure(table, "SG_SCP_CNTRY", "WORLD", 2019)["value"] == 79


def test_a_law_is_in_force_from_its_year_on(table: pd.DataFrame) -> None:
    # 127 countries had a law on access to information in 2020
    assert figure(table, "SG_INF_ACCSS", "WORLD", 2020)["value"] == 127
    counts = table[(table["indicator"] == "SG_INF_ACCSS") & (table["group"] == "WORLD")]
    assert counts.sort_values("year")["value"].is_monotonic_increasing


def test_access_to_electricity_is_weighted_by_population(table: pd.DataFrame) -> None:
    # 89 per cent of the world, 44 of Sub-Saharan Africa in 2017
    assert round(figure(table, "EG_ELC_ACCS", "WORLD", 2017)["value"]) == 89
    assert round(figure(table, "EG_ELC_ACCS", "202", 2017)["value"]) == 44


def test_population_adds_up(table: pd.DataFrame) -> None:
    # 7.795 thousand million in 2020, in thousands; regions add up to the world
    people = table[(table["indicator"] == "POPULATION") & (table["year"] == 2020)]
    sizes = people.set_index("group")["value"]
    assert sizes["WORLD"] == pytest.approx(7_794_799, rel=1e-4)
    regions = [code for code in sizes.index if code in {"002", "009", "019", "142", "150"}]
    assert len(regions) == 5
    assert sizes[regions].sum() == pytest.approx(sizes["WORLD"], rel=1e-9)


def test_where_few_report_the_figure_is_not_publishable(table: pd.DataFrame) -> None:
    scores = table[table["indicator"] == "SG_DSR_LGRGSR"]
    thin = scores[(scores["coverage"] < 0.5) | (scores["weight_coverage"] < 0.5)]
    assert not thin["is_publishable"].any()


def test_a_comparison_over_time_is_of_the_same_states() -> None:
    declared = panel.SERIES["SG_REG_BRTH90N"]
    values = pd.read_csv(
        DATA / "sdg_policy_panel" / "country_values.csv", keep_default_na=False, dtype="str"
    ).astype({"year": "int64"})
    values = values[values["series"] == "SG_REG_BRTH90N"]
    plan = panel.panel(DATA, "SG_REG_BRTH90N", declared, values)
    found = progress.matched(plan, first=2015, last=2018, groups=["WORLD"]).iloc[0]
    wide = values.pivot_table(index="iso3", columns="year", values="value", aggfunc="first")
    wide = wide.astype("float64").reindex(plan.cube.areas)
    both = wide[[2015, 2018]].dropna()
    assert found["n"] == len(both)
    assert found["first"] == pytest.approx(both[2015].mean())
    assert found["last"] == pytest.approx(both[2018].mean())
    assert found["last_full"] == pytest.approx(wide[2018].mean())
