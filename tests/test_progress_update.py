"""One accepted value: what it touches, the same as if everything had been done again."""

from typing import Any

import numpy as np
import pytest

from dashboard import frames, progress
from dashboard.frames import Flag
from dashboard.progress.update import Kept
from tests.vectors import plans


def kept() -> Kept:
    rng = np.random.default_rng(11)
    rules: dict[str, dict[str, Any]] = {
        "MEAN": {"aggregation": "mean", "aggregation_global": "median"},
        "SHARE": {"aggregation": "share_meeting", "aggregation_global": "share_meeting"},
        "WEIGHED": {"aggregation": "weighted_mean", "aggregation_global": "weighted_mean",
                    "weight": "population"},
        "SUM": {"aggregation": "sum", "aggregation_global": "sum", "kind": "count",
                "upper": np.nan, "min_cell": 5},
    }  # fmt: skip
    areas = [f"S{number}" for number in range(8)]
    points: list[plans.Point] = [
        (area, name, year, float(rng.integers(0, 100)))
        for area in areas
        for name in rules
        for year in range(2010, 2021)
        if rng.random() < 0.7
    ]
    return progress.keep(plans.plan(
        points, indicators=rules, years=tuple(range(2010, 2021)),
        regions={area: f"R{place % 2}" for place, area in enumerate(areas)}, extra_areas=areas,
        memberships=[("G", area, -np.inf, np.inf) for area in areas[:5]],
        weights=[("population", area, 2015, float(place + 1)) for place, area in enumerate(areas)],
    ))  # fmt: skip


@pytest.mark.parametrize("indicator", ["MEAN", "SHARE", "WEIGHED", "SUM"])
@pytest.mark.parametrize(
    ("value", "flag"), [(3.0, Flag.NONE), (np.nan, Flag.NOT_APPLICABLE), (7.0, Flag.BELOW)]
)
def test_a_revision_is_what_starting_over_would_give(
    indicator: str, value: float, flag: Flag
) -> None:
    held = kept()
    change = progress.Change("S2", indicator, 2019, value, flag)
    found = progress.revise(held, change, year=2021)
    plan: frames.PlanFrames = held.plan
    assert plan.cube.flags[0, plan.cube.areas.index("S2"), plan.cube.indicators.index(indicator),
                           9] == flag  # fmt: skip
    table = progress.measure(plan, year=2021).set_index(["area", "indicator"])
    assert found.status == table.loc[("S2", indicator), "status"]
    anew = progress.aggregate(plan, year=2019, indicators=[indicator]).set_index("group")
    assert {touched.group for touched in found.aggregates} >= {"WORLD", "R0", "G"}
    for touched in found.aggregates:
        row = anew.loc[touched.group]
        np.testing.assert_allclose(touched.value, row["value"])
        assert (touched.n, touched.states) == (row["n"], row["states"])
        assert touched.is_publishable == row["is_publishable"]


def test_many_revisions_leave_what_one_reading_would_give() -> None:
    held = kept()
    rng = np.random.default_rng(12)
    for _ in range(60):
        progress.revise(held, progress.Change(
            f"S{rng.integers(8)}", str(rng.choice(["MEAN", "WEIGHED"])),
            int(rng.integers(2010, 2021)), float(rng.integers(0, 100))), year=2021)  # fmt: skip
    again = progress.keep(held.plan)
    np.testing.assert_array_equal(held.picked.values, again.picked.values)
    np.testing.assert_array_equal(held.picked.low, again.picked.low)
    np.testing.assert_array_equal(held.picked.high, again.picked.high)


def test_a_cell_outside_the_cube_is_refused() -> None:
    with pytest.raises(ValueError, match="no cell for MEAN of S2 in 1999"):
        progress.revise(kept(), progress.Change("S2", "MEAN", 1999, 1.0), year=2021)
