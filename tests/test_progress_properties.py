"""What must hold whatever the numbers: units, monotonicity, bounds, splitting, silence."""

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dashboard import progress
from dashboard.progress import disclosure, linear, regions, sdsn
from dashboard.progress.linear import Road
from dashboard.progress.words import CODE
from tests.vectors import plans

NUMBERS = st.integers(-10_000, 10_000).map(lambda number: number / 100)
YEARS = st.integers(2000, 2035).map(float)
VALUES = st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=12)


@st.composite
def roads(draw: st.DrawFn) -> Road:
    def cell(of: st.SearchStrategy[float]) -> np.ndarray:
        return np.array([draw(of)])

    return Road(
        base=cell(NUMBERS),
        base_year=cell(YEARS),
        value=cell(NUMBERS),
        year=cell(YEARS),
        target=cell(NUMBERS),
        target_year=cell(YEARS),
        direction=cell(st.sampled_from([-1.0, 1.0])),
    )


@settings(deadline=None)
@given(roads(), st.sampled_from([0.125, 8.0]), st.integers(-4096, 4096))
def test_another_unit_changes_no_share_and_no_status(road: Road, factor: float, shift: int) -> None:
    # Powers of two and whole shifts, so that the numbers themselves lose nothing.
    turned = replace(
        road,
        base=road.base * factor + shift,
        value=road.value * factor + shift,
        target=road.target * factor + shift,
    )
    assume(not np.isclose(road.target - road.base, 0.0, atol=1e-6) or road.target == road.base)
    one, two = linear.assess(road), linear.assess(turned)
    np.testing.assert_allclose(one.share, two.share, rtol=1e-6, atol=1e-6)
    near = [abs(one.pace[0] - cut) < 1e-6 for cut in (0.0, 0.6, 0.95)]
    assume(not any(near) or one.pace[0] == 0)
    assume(not np.isclose(road.value, road.target, atol=1e-6) or road.value == road.target)
    assert one.status == two.status


@settings(deadline=None)
@given(roads(), st.integers(0, 5000).map(lambda number: number / 100))
def test_a_better_value_never_has_a_worse_status(road: Road, step: float) -> None:
    better = replace(road, value=road.value + road.direction * step)
    order = [
        CODE[word]
        for word in (
            "deteriorating", "lost", "stagnant", "limited", "moderate", "on_track", "missed",
            "target_met",
        )
    ]  # fmt: skip
    one, two = (int(linear.statuses(it)[0]) for it in (road, better))
    if one in order and two in order:
        assert order.index(two) >= order.index(one)


@settings(deadline=None)
@given(roads())
def test_statuses_alone_are_those_of_the_whole_assessment(road: Road) -> None:
    pace = linear.assess(road).pace[0]
    assume(not any(0 < abs(abs(pace - cut) - 1e-9) < 1e-12 for cut in (0.0, 0.6, 0.95)))
    assert linear.statuses(road) == linear.assess(road).status


@settings(deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from([0.5, 4.0]), st.integers(-512, 512))
def test_a_score_does_not_depend_on_the_unit(
    value: float, worst: float, best: float, factor: float, shift: int
) -> None:
    assume(abs(worst - best) > 1e-3)
    plain = [np.array([it]) for it in (value, worst, best)]
    turned = [it * factor + shift for it in plain]
    np.testing.assert_allclose(sdsn.score(*plain), sdsn.score(*turned), rtol=1e-6, atol=1e-6)
    assert 0 <= sdsn.score(*plain)[0] <= 100


def grids(values: list[int | None]) -> tuple[np.ndarray, np.ndarray]:
    cells = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return cells[None, :, None], np.ones((1, 1, len(values)))


@settings(deadline=None, max_examples=40)
@given(VALUES, st.data(), st.sampled_from(["mean", "median", "sum", "weighted_mean"]))
def test_the_bounds_hold_whatever_the_silent_would_have_said(
    values: list[int | None], data: st.DataObject, rule: str
) -> None:
    names = [f"S{place}" for place in range(len(values))]
    full = [data.draw(st.integers(0, 100)) if value is None else value for value in values]
    weights = [("population", name, 2020, float(data.draw(st.integers(1, 9)))) for name in names]
    stated = {"I": {"aggregation_global": rule, "aggregation": rule,
                    "weight": "population" if rule == "weighted_mean" else ""}}  # fmt: skip

    def world(cells: list[int | None]) -> tuple[float, float, float]:
        plan = plans.plan(
            [(name, "I", 2020, np.nan if cell is None else float(cell))
             for name, cell in zip(names, cells, strict=True)],
            indicators=stated, weights=weights, years=(2020,))  # fmt: skip
        row = progress.aggregate(plan, groups=["WORLD"]).iloc[0]
        return row["value"], row["low"], row["high"]

    known, low, high = world(values)
    truth, *_ = world(list(full))
    assert low - 1e-9 <= truth <= high + 1e-9
    if not np.isnan(known):
        assert low - 1e-9 <= known <= high + 1e-9


@settings(deadline=None)
@given(VALUES)
def test_one_more_silent_state_changes_no_figure(values: list[int | None]) -> None:
    fewer, members = grids(values)
    more, wider = grids([*values, None])
    for figure in (regions.mean, regions.median, regions.total):
        np.testing.assert_array_equal(figure(fewer, members), figure(more, wider))
    one, two = np.ones_like(fewer), np.ones_like(more)
    np.testing.assert_array_equal(
        regions.weighted_mean(fewer, members, one), regions.weighted_mean(more, wider, two)
    )


@settings(deadline=None)
@given(VALUES, st.data())
def test_a_region_split_in_two_adds_up_again(values: list[int | None], data: st.DataObject) -> None:
    cells, whole = grids(values)
    first = np.array([data.draw(st.booleans()) for _ in values], dtype=np.float64)
    halves = np.stack([first, 1 - first])[None]
    parts = regions.total(cells, halves)
    expected = regions.total(cells, whole)[0, 0, 0]
    found = np.nansum(parts) if (~np.isnan(parts)).any() else np.nan
    np.testing.assert_array_equal(found, expected)


@settings(deadline=None)
@given(VALUES, st.randoms())
def test_the_order_of_states_does_not_matter(values: list[int | None], random: object) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for figure in (regions.mean, regions.median, regions.total):
        one, two = figure(*grids(values)), figure(*grids(shuffled))
        np.testing.assert_allclose(one, two, rtol=1e-12)


@settings(deadline=None)
@given(
    st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=5),
    st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_no_hidden_value_can_be_worked_out_from_the_sums_that_are_shown(
    members: list[list[bool]], hide: list[bool]
) -> None:
    groups, hidden = np.array(members), np.array(hide)
    reports = np.ones(6, dtype=np.bool_)
    conceal = disclosure.revealing(groups, hidden, reports)
    shown = groups[~conceal][:, hidden].astype(np.float64)
    for place in range(shown.shape[1]):
        unit = np.eye(shown.shape[1])[place]
        with_unit = np.vstack([shown, unit])
        rank = np.linalg.matrix_rank(shown) if shown.size else 0
        assert np.linalg.matrix_rank(with_unit) == rank + 1
