"""The path ahead: the forecast of every year to the target, or the reason why there is none."""

import numpy as np
import pytest

from dashboard import frames, progress
from dashboard.progress import fan
from tests.vectors import plans

STEADY = [20.0 + 4 * at for at in range(17)]  # 2010 to 2026, on the way to 100 in 2030


def made(values: list[float], **stated: object) -> frames.PlanFrames:
    points = [("AAA", "I", 2010 + at, value) for at, value in enumerate(values)]
    other = [("BBB", "I", 2010 + at, 7.0) for at in range(5)]  # lies around on purpose
    return plans.plan([*points, *other], indicators={"I": dict(stated)})


def test_every_year_to_the_target_is_the_damped_slope_further_on() -> None:
    found = fan.path(made(STEADY), "AAA", "I", year=2026)
    # 84 is the latest; 4 a year, each further year with 0.8 of the step before
    assert found.rows["year"].tolist() == [2027, 2028, 2029, 2030]
    assert found.rows["value"].tolist() == pytest.approx([87.2, 89.76, 91.808, 93.4464])
    assert (found.reason, found.n_obs, found.model) == ("", 17, "outlook")


def test_the_last_year_is_the_outlook_of_the_whole_plan() -> None:
    wobbly = [20.0, 31.0, 29.0, 44.0, 41.0, 52.0, 50.0]
    plan = made(wobbly)
    row = progress.outlook(plan, year=2026).set_index("area").loc["AAA"]
    last = fan.path(plan, "AAA", "I", year=2026).rows.iloc[-1]
    assert last["year"] == row["year"]
    for name in ("value", "low", "high"):
        assert last[name] == pytest.approx(row[name], rel=1e-12)


def test_the_band_widens_the_further_it_looks() -> None:
    rows = fan.path(made([20.0, 31.0, 29.0, 44.0, 41.0]), "AAA", "I", year=2026).rows
    width = (rows["high"] - rows["low"]).to_numpy()
    assert (np.diff(width[:3]) > 0).all()
    assert rows["high"].max() <= 100  # never beyond the natural limit


@pytest.mark.parametrize(
    ("values", "stated", "reason"),
    [
        ([1.0, 2.0, 3.0], {}, "points"),
        ([1.0, 2.0, 3.0, 3.0], {"kind": "ordinal"}, "levels"),
        (STEADY, {"direction": 0}, "context"),
    ],
)
def test_where_the_method_does_not_allow_it_there_is_a_reason(
    values: list[float], stated: dict[str, object], reason: str
) -> None:
    found = fan.path(made(values, **stated), "AAA", "I", year=2026)
    assert (found.reason, len(found.rows)) == (reason, 0)


def test_without_a_target_ahead_nothing_is_foretold() -> None:
    points = [("AAA", "I", 2010 + at, value) for at, value in enumerate(STEADY)]
    assert fan.path(plans.plan(points, targets=[]), "AAA", "I", year=2026).reason == "target"
    assert fan.path(made(STEADY), "AAA", "I", year=2026).reason == ""


def test_a_series_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no series I of ZZZ"):
        fan.path(made(STEADY), "ZZZ", "I", year=2026)


def test_counts_are_foretold_as_independent_years() -> None:
    found = fan.path(
        made([5.0, 9.0, 2.0, 8.0, 6.0], kind="count", upper=np.nan), "AAA", "I", year=2026
    )
    assert found.model == "ols"
    assert (found.rows["low"] >= 0).all()
