"""Roll-up: distribution first, n of N, what counts and what does not."""

import numpy as np
import pandas as pd
import pytest

from dashboard import frames, progress
from dashboard.frames import Flag
from tests.vectors import plans


def tiny() -> frames.PlanFrames:
    return plans.plan(
        [
            ("A", "I", 2010, 20.0), ("A", "I", 2020, 60.0),  # on track
            ("B", "I", 2010, 20.0), ("B", "I", 2020, 10.0),  # moving away
            ("C", "I", 2010, 20.0), ("C", "I", 2012, 60.0),  # stale in 2021
            ("D", "I", 2015, np.nan, Flag.NOT_APPLICABLE),
            ("A", "CTX", 2020, 5.0),
            ("WORLD", "W", 2010, 0.0), ("WORLD", "W", 2020, 100.0),
        ],
        indicators={"I": {}, "CTX": {"direction": 0}, "W": {"national": False, "objective": "H"}},
        regions={"A": "R1", "B": "R1", "C": "R2", "D": "R2", "E": "R2"},
        extra_areas=["E"],
        memberships=[("G", "A", -np.inf, 2015.0), ("G", "B", -np.inf, np.inf)],
    )  # fmt: skip


def counts(table: pd.DataFrame, **keys: str) -> dict[str, int]:
    for name, value in keys.items():
        table = table[table[name] == value]
    return dict(zip(table["status"], table["count"].tolist(), strict=True))


def test_silent_and_stale_series_are_counted_as_not_reported() -> None:
    plan = tiny()
    table = progress.rollup(progress.measure(plan, year=2021), plan, by="objective")
    assert counts(table, objective="G") == {"on_track": 1, "deteriorating": 1, "no_data": 2}
    row = table[table["objective"] == "G"].iloc[0]
    # of five States one is not asked; C is stale and E silent
    assert row[["n", "expected", "stale", "n_share"]].tolist() == [2, 4, 1, 2]
    # shares 0.5 and -0.125, the second capped at 0
    assert row["mean_share"] == 0.25
    assert row["is_alert"]


def test_context_only_indicators_never_enter() -> None:
    plan = tiny()
    table = progress.rollup(progress.measure(plan, year=2021), plan, by="indicator")
    assert set(table["indicator"]) == {"I", "W"}


def test_a_value_for_the_world_counts_once() -> None:
    plan = tiny()
    table = progress.rollup(progress.measure(plan, year=2021), plan, by="objective")
    assert counts(table, objective="H") == {"target_met": 1}
    silent = progress.rollup(progress.measure(plan, year=2009), plan, by="objective")
    assert counts(silent, objective="H") == {"no_data": 1}


def test_keys_may_be_combined_and_groups_have_the_members_of_the_year() -> None:
    plan = tiny()
    measured = progress.measure(plan, year=2021)
    table = progress.rollup(measured, plan, by=["region", "objective"])
    assert counts(table, region="R1", objective="G") == {"on_track": 1, "deteriorating": 1}
    grouped = progress.rollup(measured, plan, by="group", year=2021)
    assert counts(grouped, group="G") == {"deteriorating": 1}
    before = progress.rollup(measured, plan, by="group", year=2013)
    assert counts(before, group="G") == {"on_track": 1, "deteriorating": 1}


def test_after_the_last_year_of_the_record_groups_keep_the_members_they_had() -> None:
    plan = tiny()
    last = progress.rollup(progress.measure(plan, year=2020), plan, by="group", year=2020)
    later = progress.rollup(progress.measure(plan, year=2020), plan, by="group", year=2031)
    pd.testing.assert_frame_equal(last, later)


@pytest.mark.parametrize("by", ["plan", "measure", "area", "subregion"])
def test_every_key_gives_counts_that_add_up(by: str) -> None:
    plan = tiny()
    table = progress.rollup(progress.measure(plan, year=2021), plan, by=by)
    assert (table.groupby(by)["count"].sum() == table.groupby(by)["expected"].first()).all()


def test_an_unknown_key_is_named() -> None:
    plan = tiny()
    with pytest.raises(ValueError, match="colour"):
        progress.rollup(progress.measure(plan, year=2021), plan, by="colour")
