"""One row a series: preparation, the default method and what each flag says."""

import numpy as np
import pandas as pd
import pytest

from dashboard import frames, progress
from dashboard.frames import Flag
from tests.vectors import plans


def only(table: pd.DataFrame) -> pd.Series:
    assert len(table) == 1
    return table.iloc[0]


def test_half_of_the_road_in_half_of_the_time_is_on_track() -> None:
    plan = plans.plan([("AAA", "I", 2010, 20.0), ("AAA", "I", 2020, 60.0)])
    row = only(progress.measure(plan, year=2021))
    # road 80 in 20 years: required 4 a year; gone 40 in 10 years: actual 4 a year
    assert (row["share"], row["elapsed"], row["pace"]) == (0.5, 0.5, 1.0)
    assert (row["actual_rate"], row["required_rate"], row["needed_rate"]) == (4.0, 4.0, 4.0)
    assert (row["reached"], row["status"], row["flags"]) == (2030.0, "on_track", "")


def test_columns_are_those_of_the_contract() -> None:
    table = progress.measure(plans.plan([("AAA", "I", 2010, 20.0)]), year=2021)
    assert {name: str(kind) for name, kind in table.dtypes.items()} == dict(progress.ASSESSMENTS)
    assert set(frames.PROGRESS) <= set(table.columns)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (100.0, "target_met"),
        (58.0, "on_track"),
        (44.0, "moderate"),
        (21.0, "limited"),
        (20.0, "stagnant"),
        (19.0, "deteriorating"),
    ],
)
def test_classes_by_pace(value: float, status: str) -> None:
    # required 4 a year: after 10 years 40 is pace 1, 38 pace 0.95, 24 pace 0.60
    plan = plans.plan([("AAA", "I", 2010, 20.0), ("AAA", "I", 2020, value)])
    assert only(progress.measure(plan, year=2021))["status"] == status


def test_a_value_in_the_target_year_decides_and_later_ones_change_nothing() -> None:
    points = [("AAA", "I", 2010, 20.0), ("AAA", "I", 2030, 99.0), ("AAA", "I", 2031, 100.0)]
    row = only(progress.measure(plans.plan(points), year=2031))
    assert (row["status"], row["year"], row["flags"]) == ("missed", 2030.0, "after_plan")


def test_values_after_the_assessment_do_not_exist() -> None:
    points = [("AAA", "I", 2010, 20.0), ("AAA", "I", 2020, 60.0), ("AAA", "I", 2024, 90.0)]
    assert only(progress.measure(plans.plan(points), year=2022))["value"] == 60.0


def test_the_nearest_value_within_two_years_stands_in_for_a_fixed_year() -> None:
    rule = [{"indicator": "I", "rule": "fixed_year", "year": 2015.0}]
    points = [("AAA", "I", 2013, 10.0), ("AAA", "I", 2016, 20.0), ("AAA", "I", 2020, 60.0)]
    row = only(progress.measure(plans.plan(points, baselines=rule), year=2021))
    assert (row["base"], row["base_year"], row["flags"]) == (20.0, 2016.0, "baseline_shifted:2016")
    points = [("AAA", "I", 2012, 10.0), ("AAA", "I", 2020, 60.0)]
    row = only(progress.measure(plans.plan(points, baselines=rule), year=2021))
    assert np.isnan(row["base"])
    assert row["status"] == "insufficient_data"


def test_status_at_adoption_takes_the_first_value_from_then_on() -> None:
    rule = [{"indicator": "I", "rule": "status_at_adoption", "year": 2010.0}]
    points = [("AAA", "I", 2012, 10.0), ("AAA", "I", 2020, 60.0)]
    row = only(progress.measure(plans.plan(points, baselines=rule), year=2021))
    assert (row["base"], row["flags"]) == (10.0, "baseline_shifted:2012")


def test_the_latest_value_before_the_appraisal_is_strictly_before() -> None:
    rule = [{"indicator": "I", "rule": "latest_before_appraisal", "year": 2025.0}]
    points = [("AAA", "I", y, float(y - 2000)) for y in (2020, 2024, 2025, 2026)]
    row = only(progress.measure(plans.plan(points, baselines=rule), year=2026))
    assert (row["base"], row["base_year"], row["flags"]) == (24.0, 2024.0, "")


def test_the_plans_own_baseline_wins_and_an_areas_own_target_too() -> None:
    plan = plans.plan(
        [("AAA", "I", 2012, 10.0), ("AAA", "I", 2020, 60.0), ("BBB", "I", 2020, 60.0)],
        baselines=[
            {"indicator": "I", "rule": "fixed_year", "year": 2010.0, "value": 20.0},
            {"indicator": "I", "area": "BBB", "rule": "first_report"},
        ],
        targets=[
            {"indicator": "I", "area": "AAA", "value": 60.0, "status": "national"},
            {"indicator": "I", "value": 100.0},
        ],
    )
    table = progress.measure(plan, year=2021)
    assert table["base"].tolist() == [20.0, 60.0]
    assert table["base_year"].tolist() == [2010.0, 2020.0]
    assert table["target"].tolist() == [60.0, 100.0]
    assert table["status"].tolist() == ["target_met", "insufficient_data"]


def test_only_the_part_after_a_break_counts() -> None:
    points: list[plans.Point] = [
        ("AAA", "I", 2010, 90.0),
        ("AAA", "I", 2015, 20.0, Flag.BREAK),
        ("AAA", "I", 2020, 48.0),
    ]
    row = only(progress.measure(plans.plan(points), year=2021))
    # after the break: 28 of 80 in 5 of 15 years, pace 1.05
    assert (row["base"], row["base_year"], row["status"]) == (20.0, 2015.0, "on_track")
    assert row["flags"] == "break"
    row = only(progress.measure(plans.plan(points[:2]), year=2021))
    assert row["status"] == "insufficient_data"


def test_old_and_provisional_values_are_flagged() -> None:
    points: list[plans.Point] = [
        ("AAA", "I", 2010, 20.0),
        ("AAA", "I", 2015, 40.0, Flag.PROVISIONAL),
    ]
    plan = plans.plan(points)
    assert only(progress.measure(plan, year=2020))["flags"] == "provisional"
    assert only(progress.measure(plan, year=2021))["flags"] == "provisional stale"


def test_a_limit_is_an_interval() -> None:
    down = {"I": {"kind": "count", "unit": "persons", "direction": -1, "upper": np.nan}}

    def status(target: float) -> pd.Series:
        return only(
            progress.measure(
                plans.plan(
                    [("AAA", "I", 2010, 30.0), ("AAA", "I", 2020, 5.0, Flag.BELOW)],
                    indicators=down,
                    targets=[{"indicator": "I", "operator": "<=", "value": target}],
                ),
                year=2021,
            )
        )

    assert status(10.0)["status"] == "target_met"  # whatever lies below 5 is below 10
    assert status(3.0)["status"] == "insufficient_data"  # 0 would meet it, 4.9 would not
    assert status(3.0)["flags"] == "censored"
    assert np.isnan(status(3.0)["share"])


def test_without_direction_there_is_no_colour_even_at_the_target() -> None:
    plan = plans.plan(
        [("AAA", "I", 2010, 20.0), ("AAA", "I", 2020, 100.0)],
        indicators={"I": {"direction": 0, "kind": "count"}},
    )
    assert only(progress.measure(plan, year=2021))["status"] == "context_only"


def test_levels_have_no_pace() -> None:
    plan = plans.plan(
        [("AAA", "I", 2010, 1.0), ("AAA", "I", 2020, 2.0)],
        indicators={"I": {"kind": "ordinal", "upper": 4.0}},
        targets=[{"indicator": "I", "value": 3.0}],
    )
    row = only(progress.measure(plan, year=2021))
    assert (row["share"], row["status"]) == (0.5, "in_progress")
    assert np.isnan(row["pace"])


def test_what_is_not_applicable_or_not_available_is_said() -> None:
    plan = plans.plan(
        [
            ("AAA", "I", 2015, np.nan, Flag.NOT_APPLICABLE),
            ("BBB", "I", 2015, np.nan, Flag.NOT_AVAILABLE),
        ],
        extra_areas=["CCC"],
    )
    table = progress.measure(plan, year=2021)
    assert dict(zip(table["area"], table["status"], strict=True)) == {
        "AAA": "not_applicable",
        "BBB": "no_data",
    }


def test_a_range_is_met_inside_and_measured_by_the_distance_to_it() -> None:
    between = [{"indicator": "I", "operator": "between", "value": 40.0, "upper": 60.0}]

    def row(base: float, value: float) -> pd.Series:
        points = [("AAA", "I", 2010, base), ("AAA", "I", 2020, value)]
        return only(progress.measure(plans.plan(points, targets=between), year=2021))

    assert row(20.0, 41.0)["status"] == "target_met"
    # distance 20 at the start, 10 now: half of the road in half of the time
    assert row(80.0, 70.0)[["share", "pace", "status"]].tolist() == [0.5, 1.0, "on_track"]
    assert row(50.0, 70.0)["status"] == "lost"
