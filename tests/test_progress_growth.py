"""Compound growth: the presets' edges, each worked by hand."""

import numpy as np
import pytest

from dashboard.progress import growth
from dashboard.progress.linear import Road
from dashboard.progress.words import STATUSES, codes

NAN = np.nan


def road(*rows: tuple[float, float, float, float, float, float, float]) -> Road:
    """Rows of base, base year, value, year, target, target year, direction."""
    return Road(*np.array(rows, dtype=np.float64).T)


def words(found: growth.Growth) -> list[str]:
    return [STATUSES[code] for code in found.status]


def test_a_target_at_the_baseline_has_no_ratio() -> None:
    found = growth.eurostat(
        road((50, 2015, 60, 2020, 50, 2030, 1), (50, 2015, 40, 2020, 50, 2030, 1))
    )
    assert np.isnan(found.value).all()
    assert words(found) == ["target_met", "deteriorating"]


def test_all_negative_values_flip_the_sign() -> None:
    # -20 to -10 is half, up is better, -5 would be a quarter in three times the years
    found = growth.eurostat(road((-20, 2015, -10, 2020, -5, 2025, 1)))
    assert found.value[0] == pytest.approx(1.0)
    assert words(found) == ["on_track"]


def test_a_fall_to_zero_is_a_loss_of_everything() -> None:
    found = growth.eurostat(road((40, 2015, 0, 2020, NAN, NAN, -1)))
    assert found.growth[0] == -1
    assert words(found) == ["on_track"]


def test_a_change_of_sign_or_a_single_year_says_nothing_unless_met() -> None:
    found = growth.statcan(
        road(
            (-20, 2015, 10, 2020, 30, 2030, 1),
            (-20, 2015, 40, 2020, 30, 2030, 1),
            (50, 2020, 50, 2020, 80, 2030, 1),
        )
    )
    assert words(found) == ["insufficient_data", "target_met", "insufficient_data"]
    assert found.score[1] == 5


def test_zero_is_substituted_and_flagged() -> None:
    found = growth.statcan(road((0, 2015, 5, 2020, 50, 2030, 1), (40, 2015, 20, 2020, 0, 2030, -1)))
    assert found.base_substituted.tolist() == [True, False]
    assert found.target_substituted.tolist() == [False, True]


def test_near_a_limit_thresholds_shrink_to_nothing() -> None:
    base, limit = np.array([100.0, 50.0, 250.0, 150.0]), np.full(4, 100.0)
    # at the limit 0; half: 1 - 0.5^4.44; beyond twice the limit 1; once and a half as half below
    half = 1 - 0.5**4.44
    np.testing.assert_allclose(growth.softening(base, limit), [0.0, half, 1.0, half])
    found = growth.statcan(road((100, 2015, 100, 2020, NAN, NAN, 1)), np.array([100.0]))
    assert (words(found), found.score[0]) == (["on_track"], 5)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (105.1, "clear_improvement"),
        (105.0, "slight_improvement"),
        (101.0, "stable"),
        (99.0, "slight_worsening"),
        (95.0, "clear_worsening"),
    ],
)
def test_cut_points_of_istat_belong_to_the_worse_class(value: float, status: str) -> None:
    assert words(growth.istat(road((100, 2015, value, 2016, NAN, NAN, 1)))) == [status]


def test_unsd_counts_within_a_point_of_a_round_target_only_for_percentages() -> None:
    row = road((90, 2015, 99, 2020, 100, 2030, 1))
    assert words(growth.unsd2023(row, in_percent=np.array([True]))) == ["target_met"]
    assert words(growth.unsd2023(row, in_percent=np.array([False]))) == ["on_track"]


def test_without_direction_no_preset_gives_a_verdict() -> None:
    row = road((90, 2015, 99, 2020, 100, 2030, 0))
    for assess in growth.PRESETS.values():
        assert words(assess(row)) == ["context_only"]


def test_an_indicator_of_several_series_leaves_out_those_without_score() -> None:
    score, status = growth.combine(
        np.array([[5.0, NAN], [NAN, NAN]]),
        np.array([codes(["target_met", "no_data"]), codes(["no_data", "no_data"])]),
    )
    assert score[0] == 5
    assert np.isnan(score[1])
    assert [STATUSES[code] for code in status] == ["target_met", "insufficient_data"]
