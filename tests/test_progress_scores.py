"""Scores, lights, arrows, distances and projections: edges worked by hand."""

import numpy as np
import pytest

from dashboard.progress import escap, oecd, ranking, sdsn
from dashboard.progress.points import Points

NAN = np.nan


def points(years: list[float], values: list[float]) -> Points:
    return Points(np.array([years]), np.array([values]))


def test_equal_bounds_are_a_mistake_in_the_indicator() -> None:
    with pytest.raises(ValueError, match="must differ"):
        sdsn.score(np.array([1.0]), np.array([3.0]), np.array([3.0]))


def test_a_goal_is_judged_by_its_two_worst() -> None:
    assert sdsn.goal_light(np.array(["green", "red", "red"])) == "red"
    assert sdsn.goal_light(np.array(["green", "green", "green"])) == "green"
    assert sdsn.goal_light(np.array(["green", "green", "red"])) == "yellow"  # (3 + 0) / 2
    assert sdsn.goal_light(np.array(["green", "orange", "red"])) == "orange"  # (1 + 0) / 2
    assert sdsn.goal_light(np.array(["green", "grey", "grey"])) == "grey"  # a third has data
    assert sdsn.goal_light(np.array(["green"])) == "green"


def test_a_goal_arrow_needs_three_quarters() -> None:
    good = "on_track_or_maintaining"
    assert sdsn.goal_arrow(np.array([good, good, good, ""])) == good
    assert sdsn.goal_arrow(np.array([good, good, "", ""])) == ""


def test_only_the_index_fills_a_missing_goal() -> None:
    goals = np.array([[60.0, NAN], [80.0, 40.0], [10.0, 10.0]])
    index = sdsn.index_score(goals, np.array([0.9, 0.8, 0.7]), np.array([1, 1, 1]))
    # the regional mean of goal 2 is 25: (60 + 25) / 2; the third reports too little
    np.testing.assert_allclose(index, [42.5, 60.0, NAN])


def test_fewer_than_three_peers_are_no_yardstick() -> None:
    assert np.isnan(oecd.spread(np.array([[1.0, 2.0, NAN]]))).all()
    assert oecd.spread(np.array([[0.1 * 3, 0.3, 0.3]]))[0] == pytest.approx(0.0, abs=1e-15)


def test_the_target_from_peers_stands_at_their_good_end() -> None:
    peers = np.array([[0.0, 10.0, 20.0, 30.0, 40.0]] * 2)
    np.testing.assert_allclose(oecd.target_from(peers, np.array([1.0, -1.0])), [36.0, 4.0])


def test_a_value_seen_in_the_target_year_needs_no_projection() -> None:
    found = escap.project(points([2020, 2030], [10, 17]), np.array([2030.0]))
    assert found.value[0] == 17


def test_one_point_is_no_line_and_a_start_at_zero_no_growth() -> None:
    year = np.array([2030.0])
    assert np.isnan(escap.project(points([2020], [10]), year).value).all()
    zero = points([2010, 2020], [0, 10])
    assert np.isnan(escap.project(zero, year, model="geometric").value).all()
    with pytest.raises(ValueError, match="no model"):
        escap.project(zero, year, model="magic")


def test_a_share_at_its_end_falls_back_to_the_line_and_says_so() -> None:
    found = escap.project(
        points([2010, 2020], [0, 50]),
        np.array([2030.0]),
        model="logit_ols",
        scale=np.array([100.0]),
    )
    assert found.value[0] == pytest.approx(100.0)
    assert found.fell_back[0]


def test_the_gap_is_what_is_left_of_the_road() -> None:
    assert escap.gap(np.array([60.0]), np.array([20.0]), np.array([100.0]))[0] == 50
    assert np.isnan(escap.gap(np.array([60.0]), np.array([20.0]), np.array([20.0]))).all()


def test_sums_over_a_grid_give_the_line_that_points_give() -> None:
    rng = np.random.default_rng(7)
    years = np.arange(2010.0, 2027.0)
    values = rng.normal(50, 20, (200, 17))
    values[rng.random((200, 17)) < 0.4] = np.nan
    year = rng.choice([2028.0, 2030.0, NAN], 200)
    there = ~np.isnan(values)
    quick = escap.Grid(years, there, year).project(np.where(there, values, 0.0))
    slow = escap.project(Points(np.broadcast_to(years, values.shape), values), year).value
    known = ~np.isnan(year)
    np.testing.assert_allclose(quick[known], slow[known], rtol=1e-8)


def test_a_regional_index_needs_two_points_in_more_than_half() -> None:
    index = np.array([[4.0, 2.0], [6.0, 4.0], [NAN, 8.0]])
    points = np.array([[2, 2], [3, 1], [0, 1]])
    np.testing.assert_allclose(escap.regional(index, points), [5.0, NAN])


def test_two_values_for_one_period_are_an_error_and_one_told_twice_is_one() -> None:
    twice = Points.of(np.array([[2011.0, 2010.0, 2011.0]]), np.array([[5.0, 1.0, 5.0]]))
    assert twice.n.tolist() == [2]
    with pytest.raises(ValueError, match="two different values"):
        Points.of(np.array([[2010.0, 2010.0]]), np.array([[1.0, 2.0]]))


def test_ties_share_a_rank_and_the_next_is_skipped() -> None:
    values = np.array([3.0, NAN, 5.0, 3.0 + 1e-12, 1.0])
    np.testing.assert_array_equal(ranking.ranks(values, 1), [2, NAN, 1, 2, 4])
    np.testing.assert_array_equal(ranking.ranks(values, -1), [2, NAN, 4, 2, 1])
    assert np.isnan(ranking.ranks(values, 0)).all()
