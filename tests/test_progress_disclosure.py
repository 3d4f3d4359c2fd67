"""Small counts stay hidden, and so does whatever would give them away."""

import numpy as np

from dashboard import frames, progress
from dashboard.frames import Flag
from dashboard.progress import disclosure
from tests.vectors import plans

CELLS = ("_T", "sex=female", "sex=male", "age=child;sex=female", "age=adult;sex=female")
SENSITIVE = {"I": {"kind": "count", "upper": np.nan, "min_cell": 10, "aggregation": "sum",
                   "aggregation_global": "sum"}}  # fmt: skip


def column(values: list[float]) -> np.ndarray:
    return np.array(values)[:, None]


def protected(values: list[float]) -> list[bool]:
    cells = column(values)
    small = (cells > 0) & (cells < 10)
    hide = disclosure.protect(cells, small, disclosure.relations(CELLS))
    found: list[bool] = hide[:, 0].tolist()
    return found


def test_cells_are_related_by_the_one_dimension_they_split() -> None:
    found = {(it.whole, it.parts) for it in disclosure.relations(CELLS)}
    assert found == {(0, (1, 2)), (1, (3, 4))}


def test_a_second_part_is_hidden_with_the_first() -> None:
    # 4 women of 50 could be had by subtracting the men, so these are hidden too; so are both ages
    assert protected([50.0, 4.0, 46.0, 4.0, 0.0]) == [False, True, True, True, False]
    assert protected([50.0, 30.0, 20.0, 26.0, 4.0]) == [False, False, False, True, True]


def test_where_only_zeros_are_left_a_zero_is_hidden() -> None:
    assert protected([4.0, 4.0, 0.0, np.nan, np.nan])[:3] == [True, True, False]
    assert protected([14.0, 14.0, 0.0, 5.0, 9.0]) == [False, False, False, True, True]


def test_nothing_small_hides_nothing() -> None:
    assert protected([50.0, 25.0, 25.0, 0.0, 25.0]) == [False] * 5


def plan(counts: dict[str, float], regions: dict[str, str]) -> frames.PlanFrames:
    return plans.plan(
        [(area, "I", 2020, count) for area, count in counts.items()],
        indicators=SENSITIVE,
        regions=regions,
        years=(2020,),
    )


def test_the_plan_that_is_published_has_no_small_counts() -> None:
    shown = progress.disclosed(plan({"A": 4.0, "B": 0.0, "C": 40.0}, {}))
    assert np.isnan(shown.cube.totals[0, 0, 0])
    assert shown.cube.flags[0, 0, 0, 0] == Flag.SUPPRESSED
    assert shown.cube.totals[1:, 0, 0].tolist() == [0.0, 40.0]  # a reported zero is a value


def test_a_sum_that_gives_a_small_count_away_is_hidden() -> None:
    # A's 4 is R1's 44 less B's 40, and the world's less R2's would give R1's
    base = plan(
        {"A": 4.0, "B": 40.0, "C": 30.0, "D": 30.0}, {"A": "R1", "B": "R1", "C": "R2", "D": "R2"}
    )
    table = progress.aggregate(base).set_index("group")
    assert table["value"].isna().to_dict() == {"WORLD": True, "R1": True, "R2": False}
    assert not table.loc["R1", "is_publishable"]


def test_two_small_counts_cover_each_other_and_leave_the_sum() -> None:
    base = plan({"A": 4.0, "B": 7.0, "C": 30.0}, {"A": "R1", "B": "R1", "C": "R2"})
    table = progress.aggregate(base).set_index("group")
    assert table["value"].to_dict() == {"WORLD": 41.0, "R1": 11.0, "R2": 30.0}


def test_a_share_of_few_people_is_hidden_by_its_denominator() -> None:
    base = plans.plan(
        [("A", "I", 2020, 50.0), ("B", "I", 2020, 50.0)],
        indicators={"I": {"min_cell": 10}},
        years=(2020,),
    )
    cube = base.cube
    pooled = frames.Cube(
        cube.cells, cube.areas, cube.indicators, cube.years, cube.values, cube.flags,
        np.array([[[8.0]], [[80.0]]]),
    )  # fmt: skip
    shown = progress.disclosed(frames.PlanFrames(**{**vars(base), "cube": pooled}))
    assert np.isnan(shown.cube.totals[:, 0, 0]).tolist() == [True, False]
