"""From States to groups: rules, coverage, bounds, membership by year, who is missing."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard import frames, progress
from dashboard.frames import Flag
from tests.vectors import plans

ALWAYS = (-np.inf, np.inf)
YEARS = (2015, 2020)


def plan(
    values: Mapping[str, float | tuple[float, Flag]],
    rule: str,
    weights: Mapping[str, float] | None = None,
    **stated: Any,
) -> frames.PlanFrames:
    points: list[plans.Point] = []
    for area, value in values.items():
        points.append((area, "I", 2020, *(value if isinstance(value, tuple) else (value,))))
    stated = {"aggregation": rule, "aggregation_global": rule, **stated}
    return plans.plan(
        points,
        indicators={"I": stated},
        weights=[("population", area, 2020, size) for area, size in (weights or {}).items()],
        years=YEARS,
    )


def world(table: pd.DataFrame) -> pd.Series:
    rows = table[(table["group"] == "WORLD") & (table["year"] == 2020)]
    assert len(rows) == 1
    return rows.iloc[0]


NOT_REPORTED = (np.nan, Flag.NONE)


@pytest.mark.parametrize(
    ("rule", "value", "low", "high"),
    [
        # 10, 20 and 60 of four States; the fourth could bring 0 to 100
        ("mean", 30.0, 22.5, 47.5),
        ("median", 20.0, 15.0, 40.0),
        ("sum", 90.0, 90.0, 190.0),
        # weights 1, 2, 1, and 4 for the fourth: (10 + 40 + 60) / 4 = 27.5
        ("weighted_mean", 27.5, 13.75, 63.75),
    ],
)
def test_rules_and_bounds(rule: str, value: float, low: float, high: float) -> None:
    found = world(progress.aggregate(plan(
        {"A": 10.0, "B": 20.0, "C": 60.0, "D": NOT_REPORTED}, rule,
        {"A": 1.0, "B": 2.0, "C": 1.0, "D": 4.0}, weight="population",
    )))  # fmt: skip
    assert found[["value", "low", "high"]].tolist() == [value, low, high]
    assert found[["n", "states", "coverage", "weight_coverage"]].tolist() == [3, 4, 0.75, 0.5]
    assert found["is_publishable"]
    assert found["missing"] == "D"


def test_a_share_is_bounded_by_the_missing_either_way() -> None:
    found = world(progress.aggregate(plan(
        {"A": 3.0, "B": 1.0, "C": NOT_REPORTED, "D": NOT_REPORTED}, "share_meeting",
        kind="ordinal", meets_op=">=", meets_value=3.0, upper=4.0,
    )))  # fmt: skip
    assert found[["value", "low", "high", "n"]].tolist() == [0.5, 0.25, 0.75, 2]


def test_without_a_stated_condition_the_target_decides() -> None:
    found = world(progress.aggregate(plan({"A": 100.0, "B": 99.0}, "share_meeting")))
    assert found["value"] == 0.5


def test_a_limit_is_no_value_but_narrows_the_bounds() -> None:
    found = world(progress.aggregate(plan({"A": 10.0, "B": (5.0, Flag.BELOW)}, "mean")))
    assert (found["value"], found["n"], found["low"]) == (10.0, 1, 5.0)
    assert found["high"] == pytest.approx(7.5)
    # below 5 is below 50 for certain
    decided = world(progress.aggregate(plan(
        {"A": 10.0, "B": (5.0, Flag.BELOW)}, "share_meeting", meets_op="<=", meets_value=50.0
    )))  # fmt: skip
    assert (decided["low"], decided["high"]) == (1.0, 1.0)


def test_to_whom_it_does_not_apply_does_not_count() -> None:
    found = world(progress.aggregate(plan({"A": 10.0, "B": (np.nan, Flag.NOT_APPLICABLE)}, "mean")))
    assert (found["states"], found["coverage"], found["missing"]) == (1, 1.0, "")


def test_thin_weight_is_not_published() -> None:
    found = world(progress.aggregate(plan(
        {"A": 10.0, "B": 10.0, "C": NOT_REPORTED}, "mean", {"A": 1.0, "B": 1.0, "C": 98.0}
    )))  # fmt: skip
    assert (found["coverage"] > 0.5, found["is_publishable"]) == (True, False)


def test_a_ratio_of_sums_pools_numerators_and_denominators() -> None:
    base = plan({"A": 50.0, "B": 10.0}, "ratio_of_sums")
    cube = base.cube
    denominators = np.full(cube.totals.shape, np.nan)
    denominators[0, 0, 1], denominators[1, 0, 1] = 10.0, 90.0
    pooled = frames.Cube(
        cube.cells, cube.areas, cube.indicators, cube.years, cube.values, cube.flags, denominators
    )
    whole = frames.PlanFrames(**{**vars(base), "cube": pooled})
    # 5 of 10 and 9 of 90: 14 of 100
    assert world(progress.aggregate(whole))["value"] == pytest.approx(14.0)
    # a silent State whose denominator is not known could outweigh the others: no bound but 0 to 100
    assert (world(progress.aggregate(whole))["low"], world(progress.aggregate(whole))["high"]) == (
        pytest.approx(14.0), pytest.approx(14.0))  # fmt: skip
    silent = plan({"A": 50.0, "B": 10.0, "C": NOT_REPORTED}, "ratio_of_sums")
    below = np.full(silent.cube.totals.shape, np.nan)
    below[:2, 0, 1] = 10.0, 90.0
    found = world(
        progress.aggregate(replace(silent, cube=replace(silent.cube, denominators=below)))
    )
    assert (found["value"], found["low"], found["high"]) == (pytest.approx(14.0), 0, 100)
    # without denominators nobody can be pooled
    found = world(progress.aggregate(base))
    assert (found["n"], found["is_publishable"]) == (0, False)


def test_a_group_has_its_members_of_the_year() -> None:
    base = plans.plan(
        [(area, "I", year, value) for area, value in (("A", 10.0), ("B", 30.0)) for year in YEARS],
        years=YEARS,
        memberships=[("G", "A", *ALWAYS), ("G", "B", -np.inf, 2020.08)],
    )
    table = progress.aggregate(base, groups=["G"])
    # B left in January 2020 and is no member at the end of that year
    assert dict(zip(table["year"], table["value"], strict=True)) == {2015: 20.0, 2020: 10.0}
    assert dict(zip(table["year"], table["states"], strict=True)) == {2015: 2, 2020: 1}


def test_what_is_entered_for_the_world_stands_as_it_is() -> None:
    base = plans.plan(
        [("WORLD", "I", 2020, 7.0), ("A", "I", 2020, 1.0)],
        indicators={"I": {"aggregation": "direct", "aggregation_global": "direct"}},
        years=YEARS,
    )
    table = progress.aggregate(base)
    assert table[["group", "value", "n", "is_publishable"]].to_numpy().tolist() == [
        ["WORLD", 7.0, 0, True]
    ]


def test_another_rule_may_stand_beside_the_declared_one() -> None:
    base = plan({"A": 10.0, "B": 20.0, "C": 60.0}, "mean")
    assert world(progress.aggregate(base, rule="median"))["value"] == 20.0


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"groups": ["X"]}, "group or region"),
        ({"indicators": ["X"]}, "indicator"),
        ({"year": 1900}, "year"),
        ({"rule": "magic"}, "rule"),
    ],
)
def test_what_does_not_exist_is_named(asked: Mapping[str, Any], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        progress.aggregate(plan({"A": 10.0}, "mean"), **asked)


def test_weights_come_from_the_nearest_year() -> None:
    base = plans.plan(
        [("A", "I", 2020, 10.0), ("B", "I", 2020, 20.0)],
        indicators={"I": {"aggregation_global": "weighted_mean", "weight": "population"}},
        weights=[
            ("population", "A", 2010, 1.0),
            ("population", "A", 2019, 3.0),
            ("population", "B", 2024, 1.0),
        ],
        years=YEARS,
    )
    assert world(progress.aggregate(base))["value"] == 12.5


def test_a_group_is_assessed_over_the_same_states() -> None:
    base = plans.plan(
        [("A", "I", 2015, 20.0), ("A", "I", 2020, 60.0), ("B", "I", 2020, 0.0)],
        years=YEARS,
        indicators={"I": {"min_coverage": 0.5}},
    )
    row = progress.measure_groups(base, year=2021, groups=["WORLD"]).iloc[0]
    # of A alone: 40 of 80 in 5 of 15 years; with B the value of 2020 would be 30
    assert row[["base", "value", "n", "states", "value_full"]].tolist() == [20.0, 60.0, 1, 2, 30.0]
    assert row[["share", "status"]].tolist() == [0.5, "on_track"]
    assert row["confidence"] == "low"  # two points


def test_a_share_that_meets_is_to_become_one() -> None:
    base = plans.plan(
        [(area, "I", year, level) for area, year, level in (
            ("A", 2015, 0.0), ("B", 2015, 0.0), ("A", 2020, 3.0), ("B", 2020, 0.0))],
        years=YEARS,
        indicators={"I": {
            "kind": "ordinal", "aggregation": "share_meeting", "meets_op": ">=",
            "aggregation_global": "share_meeting", "meets_value": 3.0, "upper": 4.0}},
        targets=[{"indicator": "I", "value": 3.0}],
    )  # fmt: skip
    row = progress.measure_groups(base, year=2021, groups=["WORLD"]).iloc[0]
    assert row[["base", "value", "target", "share", "status"]].tolist() == [
        0.0, 0.5, 1.0, 0.5, "on_track"]  # fmt: skip


def test_a_sum_has_no_target_but_the_groups_own() -> None:
    stated = {"I": {"kind": "count", "upper": np.nan, "aggregation": "sum",
                    "aggregation_global": "sum"}}  # fmt: skip
    points: list[plans.Point] = [("A", "I", 2015, 5.0), ("A", "I", 2020, 10.0)]
    general = plans.plan(points, years=YEARS, indicators=stated)
    assert progress.measure_groups(general, year=2021)["status"].tolist() == ["not_applicable"] * 2
    own = plans.plan(points, years=YEARS, indicators=stated, targets=[
        {"indicator": "I", "value": 20.0}, {"indicator": "I", "area": "WORLD", "value": 10.0}
    ])  # fmt: skip
    found = progress.measure_groups(own, year=2021, groups=["WORLD"])
    assert found["status"].tolist() == ["target_met"]


def test_a_weight_of_which_the_record_holds_nothing_gives_way_to_population() -> None:
    found = world(progress.aggregate(plan(
        {"A": 10.0, "B": 20.0, "C": 60.0, "D": NOT_REPORTED}, "weighted_mean",
        {"A": 1.0, "B": 2.0, "C": 1.0, "D": 4.0}, weight="children_under_5",
    )))  # fmt: skip
    assert found[["value", "n", "weight_coverage"]].tolist() == [27.5, 3, 0.5]


def whole(silent_before: float) -> frames.PlanFrames:
    """Return a plan in which two of three States meet in 2020, and the third no longer reports."""
    return plans.plan(
        [
            *((area, "I", 2015, 1.0) for area in "AB"),
            ("C", "I", 2015, silent_before),
            *((area, "I", 2020, 3.0) for area in "AB"),
            ("C", "I", 2020, *NOT_REPORTED),
        ],
        indicators={
            "I": {
                "aggregation": "share_meeting", "aggregation_global": "share_meeting",
                "kind": "ordinal", "meets_op": ">=", "meets_value": 3.0, "upper": 4.0,
            }
        },
        years=YEARS,
    )  # fmt: skip


def test_all_is_not_said_while_one_who_failed_is_silent() -> None:
    found = world(progress.aggregate(whole(1.0)))
    assert found[["value", "n", "states"]].tolist() == [1.0, 2, 3]
    assert not found["is_publishable"]
    # Asked for that year alone it is no other, and the group is judged by the year before.
    alone = world(progress.aggregate(whole(1.0), year=2020))
    assert not alone["is_publishable"]
    judged = progress.measure_groups(whole(1.0), year=2020, groups=["WORLD"])
    assert judged[["value", "year"]].to_numpy().tolist() == [[0.0, 2015.0]]
    assert judged["status"].tolist() != ["target_met"]


def test_all_is_said_with_how_many_where_the_silent_met_when_last_known() -> None:
    found = world(progress.aggregate(whole(4.0)))
    assert found[["value", "n", "states"]].tolist() == [1.0, 2, 3]
    assert found["is_publishable"]
