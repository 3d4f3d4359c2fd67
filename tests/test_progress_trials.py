"""Robustness, outlook and confidence: beside the status, never in its place."""

import numpy as np
import pandas as pd
import pytest

from dashboard import frames, progress
from dashboard.frames import Flag
from dashboard.progress import cases, trend, trials
from dashboard.progress.points import Points
from tests.test_progress_methods import messy_plan
from tests.vectors import plans


def steady(values: list[float], first: int = 2010, **stated: object) -> frames.PlanFrames:
    points = [("AAA", "I", first + at, value) for at, value in enumerate(values)]
    return plans.plan(points, indicators={"I": dict(stated)})


def test_a_steady_road_is_on_track_by_most_methods() -> None:
    # 4 a year from 20 towards 100 in 2030, nearly: 2026 is 84
    row = progress.robustness(steady([20.0 + 4 * at for at in range(17)]), year=2026).iloc[0]
    assert (row["robustness"], row["agreement"]) == ("mostly", 0.75)
    # through the logit a share slows down near 100, and what is missing to 100 never reaches 0
    verdicts = row[list(trials.TRIALS)]
    assert verdicts.drop(["escap", "complement", "base_earlier"]).eq("on_track").all()
    assert verdicts[["escap", "complement"]].eq("too_slow").all()
    assert verdicts["base_earlier"] == ""  # nothing was reported before


def test_one_odd_last_value_makes_a_verdict_depend_on_it() -> None:
    row = progress.robustness(steady([20.0, 21.0, 22.0, 23.0, 24.0, 90.0]), year=2016).iloc[0]
    assert row["robustness"] == "method_dependent"
    assert (row["linear"], row["without_latest"], row["trend"]) == (
        "on_track", "too_slow", "too_slow")  # fmt: skip
    assert len(progress.sensitivity(steady([20.0, 21.0, 22.0, 23.0, 24.0, 90.0]), year=2016)) == 1


def test_what_has_no_verdict_has_no_robustness() -> None:
    plan = plans.plan(
        [
            ("A", "I", 2020, 5.0),
            ("A", "L", 2020, 1.0),
            ("A", "C", 2020, 1.0),
            ("A", "C", 2010, 1.0),
        ],
        indicators={"I": {}, "L": {"kind": "ordinal"}, "C": {"direction": 0}},
    )
    assert progress.robustness(plan, year=2021).empty


@pytest.mark.parametrize("year", [2016, 2026, 2031])
def test_the_quick_verdicts_are_those_of_the_methods(year: int) -> None:
    plan = messy_plan(9)
    table = progress.robustness(plan, year=year).set_index(["area", "indicator"])
    reduced = {word: trials.VERDICTS[code] for word, code in trials._VERDICT_OF.items()}
    for method, column in (("trend", "trend"), ("escap", "escap"), ("sdsn", "sdsn"),
                           ("cagr", "cagr"), ("linear", "linear")):  # fmt: skip
        whole = progress.measure(plan, year=year, method=method).set_index(["area", "indicator"])
        told = whole.loc[table.index, "status"].map(reduced).fillna("")
        judged = table[column] != ""
        if method == "trend":
            judged &= whole.loc[table.index, "n_obs"] >= trend.LEAST
        # an arrow needs a worst bound in the table, but not for the verdict
        judged &= told.ne("") if method == "sdsn" else True
        differs = table.index[judged & (table[column] != told)]
        assert differs.tolist() == [], method


def test_counting_slopes_finds_the_class_of_their_median() -> None:
    rng = np.random.default_rng(2)
    years = np.arange(2010.0, 2020.0)
    values = rng.integers(0, 6, (500, 10)).astype(np.float64)
    values[rng.random((500, 10)) < 0.3] = np.nan
    required = rng.choice([-0.5, 0.25, 1.0], 500)
    good, wrong = trials._beyond(values, years, required)
    points = Points(np.broadcast_to(years, values.shape), values)
    pace = trend.slopes(points) / required[:, None]
    assert good.tolist() == (pace >= 0.95 - 1e-9).sum(axis=1).tolist()
    assert wrong.tolist() == (pace <= -1e-9).sum(axis=1).tolist()


def test_an_outlook_is_a_band_and_a_word() -> None:
    row = progress.outlook(steady([20.0 + 4 * at for at in range(17)]), year=2026).iloc[0]
    # damped: 84 + 4 (0.8 + 0.64 + 0.512 + 0.4096) does not reach 100, and nothing scatters
    assert row["value"] == pytest.approx(84 + 4 * 2.3616)
    assert (row["low"], row["high"], row["odds"]) == (row["value"], row["value"], "very_unlikely")
    assert (row["trend"], row["model"], row["year"]) == ("rising", "outlook", 2030.0)


def test_counts_are_independent_years() -> None:
    plan = steady([5.0, 9.0, 2.0, 8.0, 6.0], kind="count", upper=np.nan, direction=0)
    row = progress.outlook(plan, year=2026).iloc[0]
    assert (row["model"], row["odds"]) == ("ols", "")
    assert row["low"] >= 0  # a count has a natural end


def test_three_points_and_levels_have_no_outlook() -> None:
    assert progress.outlook(steady([1.0, 2.0, 3.0]), year=2026).empty
    assert progress.outlook(steady([1.0, 2.0, 3.0, 3.0], kind="ordinal"), year=2026).empty


def test_flat_is_claimed_only_for_a_narrow_interval() -> None:
    found = trend.fit(Points(np.array([[2010.0, 2011, 2012, 2013]] * 2), np.array(
        [[5.0, 5.0, 5.0, 5.0], [5.0, 9.0, 1.0, 5.0]])))  # fmt: skip
    assert trend.words(found, np.array([1.0, 1.0])).tolist() == ["flat", "uncertain"]


def test_confidence_is_the_weakest_link() -> None:
    plan = plans.plan(
        [("A", "I", year, 20.0) for year in range(2015, 2021)]
        + [("B", "I", 2019, 20.0), ("B", "I", 2020, 20.0)]
        + [("C", "I", year, 20.0) for year in range(2012, 2017)],
    )
    table = progress.confidence(plan, year=2020).set_index("area")
    assert table["confidence"].to_dict() == {"A": "high", "B": "low", "C": "medium"}
    kept = progress.headline(
        progress.measure(plan, year=2020), progress.confidence(plan, year=2020)
    )
    assert kept["area"].tolist() == ["A", "C"]
    sources = pd.DataFrame({"area": ["A"], "indicator": ["I"], "source": ["administrative"]})
    graded = progress.confidence(plan, year=2020, sources=sources).set_index("area")
    assert graded.loc["A", "confidence"] == "medium"


def test_an_estimate_is_low_and_a_level_needs_no_points() -> None:
    plan = plans.plan(
        [("A", "I", 2018 + at, 20.0, Flag.ESTIMATED) for at in range(3)] + [("A", "L", 2020, 1.0)],
        indicators={"I": {}, "L": {"kind": "ordinal"}},
    )
    table = progress.confidence(plan, year=2020).set_index("indicator")
    assert table["confidence"].to_dict() == {"I": "low", "L": "high"}
    assert cases.read(plan, 2020).is_level.tolist() == [False, True]


def test_trials_leave_the_record_as_it_is_where_only_one_year_is_known() -> None:
    plan = steady([20.0])
    before = plan.cube.values.copy()
    progress.robustness(plan, year=2026)
    np.testing.assert_array_equal(plan.cube.values, before)
