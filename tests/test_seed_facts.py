"""Facts: what is known has a source, and what is not known has no value."""

import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from models import SYSTEM, BadInput, ObservationStatus
from seed import content, facts, rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADOPTION = date(2010, 7, 30)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return facts.observations(content.read("UN-GPA"), now=NOON)


@pytest.fixture(scope="module")
def status(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["indicator"] == "G.1.1"].set_index(["area", "period"])


def treaty() -> facts.Treaty:
    return facts.read().treaties[0]


def test_albania_is_a_party_in_every_year(status: pd.DataFrame) -> None:
    rows_ = status.loc["ALB"]
    assert list(rows_["value"]) == ["2"] * 15  # 2010 to 2024
    assert rows_.loc["2010", "note"] == "Party since 2002-08-21 (ratification). Basis: read."


def test_a_state_steps_up_in_the_year_it_joins(status: pd.DataFrame) -> None:
    # The Czech Republic signed in 2002 and ratified on 17 December 2014.
    values = status.loc["CZE"]["value"]
    assert values["2013"] == "1"
    assert values["2014"] == "2"


def test_not_known_is_never_no(status: pd.DataFrame) -> None:
    values = status.loc["UGA"]
    assert values.loc["2022", "value"] == "1"
    for year in ("2023", "2024"):
        assert values.loc[year, "status"] == ObservationStatus.NOT_AVAILABLE
        assert "Not known after 2023-02-20" in str(values.loc[year, "missing_reason"])
    assert values.loc[["2023", "2024"], "value"].isna().all()


def test_fourteen_states_are_not_known_from_2023_on(status: pd.DataFrame) -> None:
    unknown = status[status["status"] == ObservationStatus.NOT_AVAILABLE]
    assert unknown.groupby("period").size().to_dict() == {"2023": 14, "2024": 14}


def test_nothing_is_said_about_years_after_the_list_was_read(status: pd.DataFrame) -> None:
    assert status.index.get_level_values("period").max() == "2024"
    last = status.xs("2024", level="period")
    assert set(last["status"]) == {"P", "U", "L"}


def test_a_state_that_did_not_exist_is_not_counted_as_no(status: pd.DataFrame) -> None:
    assert status.loc[("SSD", "2010"), "status"] == ObservationStatus.NOT_APPLICABLE
    assert status.loc[("SSD", "2011"), "value"] == "0"


def test_a_recalled_date_makes_the_value_weak(status: pd.DataFrame) -> None:
    # Japan accepted in 2017, by recall.
    assert status.loc[("JPN", "2017"), "status"] == ObservationStatus.LOW_RELIABILITY


def test_members_that_were_parties_agree_with_the_count_of_the_time(status: pd.DataFrame) -> None:
    # 180 parties were counted in November 2022: the European Union is one of them, and no State.
    parties = status.xs("2022", level="period")["value"] == "2"
    assert parties.sum() == 179
    assert treaty().parties == 182


def test_the_baseline_is_the_day_of_adoption_and_not_the_end_of_the_year(
    status: pd.DataFrame,
) -> None:
    plan = content.read("UN-GPA")
    ids = rows.numbers(plan, 1)
    values = {row.area_id: row.value for row in facts.baselines(plan, ids, now=NOON)}
    assert values[266] == Decimal(0)  # Gabon acceded in September 2010
    assert values[670] == Decimal(1)  # Saint Vincent and the Grenadines had signed
    assert status.loc[("GAB", "2010"), "value"] == "2"
    assert 728 not in values  # South Sudan


def test_the_european_union_has_a_row_and_no_value(table: pd.DataFrame) -> None:
    assert facts.read().of("TIPP", "EU")
    assert "EU" not in set(table["area"])


def test_world_figures_are_recorded_with_source_and_basis(table: pd.DataFrame) -> None:
    world = table[table["area"] == "M49-001"].set_index(["indicator", "period"])
    assert world.loc[("PN.7.1", "2024"), "value"] == "156"
    assert world.loc[("PN.7.1", "2024"), "source"] == "Global Report 2024 web pages"
    assert world.loc[("PV.1.3", "2021"), "status"] == ObservationStatus.ESTIMATED
    assert "basis: recall" in str(world.loc[("PV.1.3", "2021"), "note"])
    assert len(world) == 12


def test_another_quantity_is_never_recorded_as_a_value(table: pd.DataFrame) -> None:
    # Seven million dollars over ten years is not a value of "contributions in a year".
    assert table[table["indicator"] == "PT.12.1"].empty
    assert table[(table["indicator"] == "G.1.1") & (table["area"] == "M49-001")].empty


def test_facts_are_not_illustrative_and_nobody_in_particular_recorded_them(
    table: pd.DataFrame,
) -> None:
    assert not table["is_illustrative"].any()
    assert set(table["author"]) == {SYSTEM.person_id}
    assert not table.duplicated(["indicator", "area", "cell", "period"]).any()
    assert (table["source"] != "").all()


def test_a_plan_without_facts_has_none() -> None:
    assert facts.observations(content.read("OSCE-AP"), now=NOON).empty


def test_a_contradiction_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    shutil.copytree(facts.FACTS, folder)
    with (folder / "treaty_actions.csv").open("a", encoding="utf-8") as file:
        file.write("ALB,TIPP,not_party,2023-02-20,COUNT-2023,\n")
    with pytest.raises(BadInput, match="ALB, action: another row says that it became a party"):
        facts.read_folder(folder)
