"""Comparing: every value with its year, and a difference is only called clear where it is."""

from typing import Any

import pandas as pd
import pytest
from sqlalchemy.engine import Engine

from dashboard.services import comparisons
from models import BadInput
from tests.places import put, seen
from tests.tiny import CONTEXT, LEVEL, PERCENT

STEADY = [("KEN", PERCENT, 2020, 40), ("KEN", PERCENT, 2022, 41), ("KEN", PERCENT, 2024, 42)]
HIGHER = [("UGA", PERCENT, 2020, 60), ("UGA", PERCENT, 2022, 61), ("UGA", PERCENT, 2024, 62)]


def difference(engine: Engine, indicator: str, *areas: str) -> Any:
    """Return what is said of the difference of some areas on one indicator."""
    found = seen(engine)
    rows = comparisons.differences(found, comparisons.table(found, areas or ("KEN", "UGA")))
    return rows.set_index("indicator").loc[indicator]


def test_a_difference_larger_than_the_usual_swing_is_clear(database: Engine) -> None:
    put(database, *STEADY, *HIGHER)
    row = difference(database, PERCENT)
    assert (row["lowest"], row["highest"], row["difference"]) == ("KEN", "UGA", 20)
    assert row["verdict"] == "clear"


def test_a_difference_within_the_usual_swing_is_not(database: Engine) -> None:
    # Kenya's steps are 20 and 18: half of the time it moves by more than the gap of 4.
    kenya = (("KEN", PERCENT, year, value) for year, value in ((2020, 40), (2022, 60), (2024, 42)))
    put(database, *kenya, ("UGA", PERCENT, 2024, 46))
    row = difference(database, PERCENT)
    assert row["verdict"] == "uncertain"
    assert "swing" in row["reasons"].split()


def test_years_that_lie_far_apart_make_a_difference_uncertain(database: Engine) -> None:
    put(database, *STEADY, ("UGA", PERCENT, 2021, 90))
    assert "years" in difference(database, PERCENT)["reasons"].split()
    assert difference(database, PERCENT)["verdict"] == "uncertain"


def test_an_estimate_makes_a_difference_uncertain(database: Engine) -> None:
    put(database, *STEADY)
    put(database, *HIGHER, status="E")
    assert "unsure" in difference(database, PERCENT)["reasons"].split()


def test_equal_values_are_alike_and_one_value_is_no_comparison(database: Engine) -> None:
    put(database, ("KEN", LEVEL, 2024, 3), ("UGA", LEVEL, 2024, 3), ("KEN", PERCENT, 2024, 5))
    assert difference(database, LEVEL)["verdict"] == "none"
    assert difference(database, PERCENT)["verdict"] == "missing"


def test_levels_have_no_swing_and_context_is_only_told(database: Engine) -> None:
    levels = ("KEN", LEVEL, 2024, 3), ("UGA", LEVEL, 2024, 1)
    put(database, *levels, ("KEN", CONTEXT, 2024, 7), ("UGA", CONTEXT, 2024, 1))
    assert difference(database, LEVEL)["verdict"] == "clear"
    assert "context" in difference(database, CONTEXT)["reasons"].split()


def test_a_share_of_states_is_never_held_against_the_level_of_one(database: Engine) -> None:
    put(database, ("KEN", LEVEL, 2024, 3), ("UGA", LEVEL, 2024, 1))
    row = difference(database, LEVEL, "KEN", "UGA", "M49-002")
    assert "kinds" in row["reasons"].split()
    assert {row["lowest"], row["highest"]} == {"KEN", "UGA"}


def test_groups_whose_silent_members_could_turn_it_round_are_uncertain(database: Engine) -> None:
    # Africa: 2 of 3 report, none meets, could be 1/3; Europe: all one meets.
    put(database, ("KEN", LEVEL, 2024, 1), ("UGA", LEVEL, 2024, 1), ("FRA", LEVEL, 2024, 3))
    assert difference(database, LEVEL, "M49-002", "M49-150")["verdict"] == "clear"
    # The world: 3 of 4 report, 1/3 meets, could be 1/4 to 2/4; Africa could be up to 1/3.
    row = difference(database, LEVEL, "M49-002", "M49-001")
    assert row["verdict"] == "uncertain"
    assert "bounds" in row["reasons"].split()


def test_an_area_that_does_not_report_keeps_its_row(database: Engine) -> None:
    put(database, *STEADY)
    found = seen(database)
    rows = comparisons.table(found, ["KEN", "UGA"])
    silent = rows[(rows["area"] == "UGA") & (rows["indicator"] == PERCENT)].iloc[0]
    assert silent["status"] == "no_data"
    assert pd.isna(silent["value"])
    assert len(rows) == 2 * len(found.plan.indicators)


def test_more_than_six_areas_are_refused_and_unknown_ones_dropped(database: Engine) -> None:
    found = seen(database)
    assert comparisons.check(found, ["KEN", "ATLANTIS", "KEN", "UGA"]) == ["KEN", "UGA"]
    with pytest.raises(BadInput, match="at most 6"):
        comparisons.check(found, list(found.plan.areas["area"])[:7])


def test_statuses_are_counted_for_a_state_and_for_the_members_of_a_group(database: Engine) -> None:
    put(database, ("KEN", LEVEL, 2024, 4))
    rows = comparisons.statuses(seen(database), ["KEN", "M49-002"])
    tally = {(row["area"], row["status"]): row["n"] for row in rows.to_dict("records")}
    assert tally == {
        ("KEN", "target_met"): 1,
        ("KEN", "no_data"): 3,
        ("M49-002", "target_met"): 1,
        ("M49-002", "no_data"): 11,
    }
