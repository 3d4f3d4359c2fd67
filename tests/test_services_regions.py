"""Regions: the figure by the declared rule, who is behind it, who is missing, what it could be."""

import math
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from dashboard.services import regions
from dashboard.services.views import Picture
from models import NotFound
from tests.places import put, seen
from tests.tiny import LEVEL, PERCENT

AFRICA = "M49-002"


def standing(found: Picture, group: str, indicator: str) -> Any:
    """Return where a group stands on one indicator."""
    rows = regions.standing(found, group)
    return rows[rows["indicator"] == indicator].iloc[0]


def test_a_group_has_the_members_of_the_year_and_names_who_left(database: Engine) -> None:
    found = seen(database)
    assert regions.members(found, "EAC") == ["KEN"]
    rows = regions.belonging(found, "EAC").set_index("area")
    assert not rows.loc["UGA", "is_now"]
    assert rows.loc["UGA", "until"] == 2020
    assert regions.members(found, AFRICA) == ["KEN", "NAM", "UGA"]


def test_a_figure_stands_with_n_of_n_the_missing_and_its_bounds(database: Engine) -> None:
    # Level 3 meets: one of two that report; had Namibia reported it would be 1 or 2 of 3.
    put(database, ("KEN", LEVEL, 2024, 3), ("UGA", LEVEL, 2024, 2))
    row = standing(seen(database), AFRICA, LEVEL)
    assert (row["value"], row["n"], row["states"], row["missing"]) == (0.5, 2, 3, "NAM")
    assert (row["low"], row["high"]) == pytest.approx((1 / 3, 2 / 3))
    assert (row["rule"], row["year"]) == ("share_meeting", 2024)


def test_a_year_in_which_too_few_report_gives_way_to_the_last_good_one(database: Engine) -> None:
    put(
        database,
        *((area, PERCENT, 2024, value) for area, value in (("KEN", 40), ("UGA", 60))),
        ("KEN", PERCENT, 2026, 90),  # the running year: one of three
    )
    row = standing(seen(database), AFRICA, PERCENT)
    assert (row["value"], row["year"], row["n"]) == (50, 2024, 2)


def test_where_too_few_ever_report_coverage_is_shown_and_no_value(database: Engine) -> None:
    put(database, ("KEN", PERCENT, 2024, 40))
    row = standing(seen(database), AFRICA, PERCENT)
    assert math.isnan(row["value"])
    assert (row["n"], row["states"], row["missing"]) == (1, 3, "NAM UGA")
    assert row["status"] == "insufficient_data"


def test_what_nobody_reports_is_not_reported_by_all(database: Engine) -> None:
    row = standing(seen(database), AFRICA, PERCENT)
    assert (row["status"], row["n"], row["states"]) == ("no_data", 0, 3)
    assert row["missing"] == "KEN NAM UGA"


def test_the_same_states_are_those_that_report_at_both_ends(database: Engine) -> None:
    # 2020: 10, 20, 30; 2022: all but Namibia; 2024: 40, 80 and not Namibia.
    put(
        database,
        ("KEN", PERCENT, 2020, 10),
        ("NAM", PERCENT, 2020, 20),
        ("UGA", PERCENT, 2020, 30),
        ("FRA", PERCENT, 2020, 90),
        ("KEN", PERCENT, 2022, 20),
        ("KEN", PERCENT, 2024, 40),
        ("UGA", PERCENT, 2024, 80),
        ("FRA", PERCENT, 2024, 95),
    )
    rows = regions.over_time(seen(database), "M49-001", PERCENT)
    same = rows[rows["group"].str.endswith(regions.SAME)].set_index("year")
    whole = rows[~rows["group"].str.endswith(regions.SAME)].set_index("year")
    assert whole.loc[2020, "value"] == 25  # of four
    assert same.loc[2020, "value"] == 30  # of Kenya, Uganda and France
    assert (same.loc[2024, "value"], same.loc[2024, "n"], same.loc[2024, "states"]) == (80, 3, 3)
    assert not same.loc[2022, "is_publishable"], "one of three is fewer than half"


def test_every_member_has_a_road_and_the_silent_come_last(database: Engine) -> None:
    put(database, ("KEN", LEVEL, 2020, 1), ("KEN", LEVEL, 2024, 4), ("UGA", LEVEL, 2024, 2))
    roads = regions.roads(seen(database), AFRICA, LEVEL)
    assert roads["name"].tolist() == ["Kenya", "Uganda", "Namibia"]
    assert (roads["base"][0], roads["value"][0], roads["year"][0]) == (1, 4, 2024)
    assert roads["status"].tolist()[2] == "no_data"


def test_members_are_told_with_what_they_report(database: Engine) -> None:
    # Four core indicators have a direction; Kenya reports one of them, at its target.
    put(database, ("KEN", LEVEL, 2024, 4))
    rows = regions.table(seen(database), AFRICA).set_index("area")
    counted = rows[["n", "expected", "assessed", "good"]].T.to_dict("list")
    assert counted["KEN"] == [1, 4, 1, 1]
    assert counted["NAM"] == [0, 4, 0, 0]


def test_statuses_of_members_count_the_silent(database: Engine) -> None:
    put(database, ("KEN", LEVEL, 2024, 4))
    rows = regions.counts(seen(database), AFRICA)
    tally = rows.groupby("status")["count"].sum().to_dict()
    assert tally == {"target_met": 1, "no_data": 11}  # three States, four indicators


def test_only_regions_groups_and_the_world_are_offered(database: Engine) -> None:
    found = seen(database)
    assert regions.offered(found) == ["M49-001", AFRICA, "M49-150", "EAC"]
    assert regions.is_group(found, "EAC")
    assert not regions.is_group(found, "KEN")
    with pytest.raises(NotFound):
        regions.is_group(found, "ATLANTIS")
