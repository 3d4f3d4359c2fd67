"""Every method on the series of a plan, and the working behind every verdict."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dashboard import frames, progress
from dashboard.frames import Flag
from dashboard.progress import assessment, presets, rules
from dashboard.progress.explanation import Step
from tests.vectors import plans

ALL = [(preset.method, preset.name) for preset in progress.PRESETS]
COUNT: Mapping[str, Any] = {"kind": "count", "upper": np.nan, "unit": "persons"}
ORDINAL: Mapping[str, Any] = {"kind": "ordinal", "upper": 4.0}


def messy_plan(seed: int = 3) -> frames.PlanFrames:
    """Return a plan of everything at once: gaps, flags, ranges, levels, own baselines, breaks."""
    rng = np.random.default_rng(seed)
    kinds: dict[str, Mapping[str, Any]] = {
        "UP": {},
        "DOWN": {"direction": -1},
        "CTX": {"direction": 0},
        "RANGE": {},
        "PARITY": {"kind": "ratio", "direction": 0, "upper": np.nan},
        "LEVEL": ORDINAL,
        "YES": {"kind": "binary", "upper": 1.0},
        "COUNT": {**COUNT, "direction": -1},
        "NOTARGET": {},
    }
    flags = [Flag.NONE] * 12 + [
        Flag.PROVISIONAL,
        Flag.ESTIMATED,
        Flag.BREAK,
        Flag.BELOW,
        Flag.ABOVE,
    ]
    points: list[plans.Point] = []
    for number in range(30):
        for name in kinds:
            for year in range(2010, 2032):
                if rng.random() < 0.5:
                    continue
                top = {"LEVEL": 4, "YES": 1}.get(name, 99)
                value = float(rng.integers(0, top + 1))
                value = value / 50 if name == "PARITY" else value
                flag = flags[rng.integers(len(flags))]
                flag = Flag.NONE if name in {"LEVEL", "YES"} and flag & (4 | 8) else flag
                points.append((f"S{number:02}", name, year, value, flag))
    targets = [
        {"indicator": "UP", "value": 90.0},
        {"indicator": "UP", "value": 60.0, "area": "S01", "status": "national", "year": 2025},
        {"indicator": "DOWN", "value": 0.0, "operator": "="},
        {"indicator": "CTX", "value": 50.0},
        {"indicator": "RANGE", "operator": "between", "value": 40.0, "upper": 60.0},
        {"indicator": "PARITY", "operator": "=", "value": 1.0},
        {"indicator": "LEVEL", "value": 3.0},
        {"indicator": "YES", "operator": "=", "value": 1.0},
        {"indicator": "COUNT", "operator": "<=", "value": 5.0},
    ]
    baselines = [
        {"indicator": "UP", "rule": "fixed_year", "year": 2014.0},
        {"indicator": "DOWN", "rule": "status_at_adoption", "year": 2010.0},
        {"indicator": "COUNT", "rule": "latest_before_appraisal", "year": 2020.0},
        {"indicator": "RANGE", "area": "S02", "rule": "fixed_year", "year": 2012.0, "value": 20.0},
    ]
    return plans.plan(points, indicators=kinds, targets=targets, baselines=baselines)


@pytest.mark.parametrize("year", [2012, 2021, 2031])
def test_statuses_alone_are_those_of_the_table(year: int) -> None:
    plan = messy_plan()
    table = progress.measure(plan, year=year)
    alone = assessment.statuses(plan.cube, rules.read(plan), year)
    place = np.array([plan.cube.areas.index(area) for area in table["area"]]) * len(
        plan.cube.indicators
    ) + np.array([plan.cube.indicators.index(name) for name in table["indicator"]])
    assert [progress.STATUSES[code] for code in alone[place]] == table["status"].tolist()


@pytest.mark.parametrize(("method", "preset"), ALL)
def test_every_method_gives_a_known_status_for_every_series(method: str, preset: str) -> None:
    table = progress.measure(messy_plan(), year=2026, method=method, preset=preset)
    assert set(table["status"]) <= set(progress.STATUSES)
    assert set(table.loc[table["indicator"] == "CTX", "status"]) <= {"context_only", "no_data"}
    assert set(table.loc[table["indicator"] == "LEVEL", "method"]) == {"milestone"}
    words = {word.split(":")[0] for flags in table["flags"] for word in flags.split()}
    assert words <= set(progress.FLAGS)


@pytest.mark.parametrize(("method", "preset"), ALL)
def test_a_met_target_is_met_by_every_method(method: str, preset: str) -> None:
    kind = COUNT if method == "count_change" else {}
    points = [("AAA", "I", 2010, 95.0), ("AAA", "I", 2020, 92.0), ("BBB", "I", 2020, 1.0)]
    plan = plans.plan(points, indicators={"I": kind}, targets=[{"indicator": "I", "value": 90.0}])
    table = progress.measure(plan, year=2021, method=method, preset=preset)
    # istat and the milestone of levels know no target or no pace, the others let it override
    expected = "stable" if preset == "istat" else "target_met"
    assert table.loc[table["area"] == "AAA", "status"].tolist() == [expected]


def test_an_unknown_method_or_preset_is_refused() -> None:
    for method, preset in (("magic", None), ("cagr", "unsd2099"), ("linear", "eurostat")):
        with pytest.raises(ValueError, match="no method of progress"):
            presets.find(method, preset)


def test_presets_have_one_name_each() -> None:
    assert len(set(ALL)) == len(ALL)


def test_a_direction_may_rest_on_a_stated_theory_for_a_while() -> None:
    plan = plans.plan(
        [("AAA", "I", 2010, 20.0), ("AAA", "I", 2020, 60.0)],
        indicators={"I": {**COUNT, "direction": 0}},
    )
    theory = progress.Theory(
        "I", 1, "Early on, more victims identified means better detection.", 2025
    )
    early = progress.measure(plan, year=2021, theories=[theory])
    assert early[["status", "flags"]].to_numpy().tolist() == [["on_track", "theory:2025"]]
    late = progress.measure(plan, year=2026, theories=[theory])
    assert late["status"].tolist() == ["context_only"]
    with pytest.raises(ValueError, match="a note"):
        progress.Theory("I", 1, " ", 2025)


def test_interim_targets_are_held_against_the_same_formula() -> None:
    plan = plans.plan(
        [("AAA", "I", 2010, 20.0), ("AAA", "I", 2020, 60.0)],
        targets=[
            {"indicator": "I", "value": 100.0},
            {"indicator": "I", "value": 80.0, "year": 2020, "is_interim": True},
        ],
    )
    assert progress.measure(plan, year=2021)["status"].tolist() == ["on_track"]
    assert progress.measure(plan, year=2021, interim=2020)["status"].tolist() == ["missed"]
    road = progress.paths(plan, year=2021)
    assert road[["year", "value", "stop"]].to_numpy().tolist() == [
        [2010.0, 20.0, "baseline"],
        [2020.0, 80.0, "interim"],
        [2030.0, 100.0, "target"],
    ]


def test_rare_events_are_compared_by_means_of_periods() -> None:
    values = {2010: 8.0, 2011: 0.0, 2012: 4.0, 2020: 2.0, 2021: 4.0}
    plan = plans.plan(
        [("AAA", "I", year, value) for year, value in values.items()],
        indicators={"I": {**COUNT, "direction": -1}},
        targets=[{"indicator": "I", "operator": "<=", "value": 2.0}],
    )
    row = progress.measure(plan, year=2022, periods=((2010, 2015), (2020, 2030))).iloc[0]
    # means 4 in 2011 and 3 in 2020.5: half of the road of 2
    assert row[["base", "base_year", "value", "year", "share"]].tolist() == [
        4.0, 2011.0, 3.0, 2020.5, 0.5]  # fmt: skip


def test_a_window_looks_at_the_last_years_only() -> None:
    points = [("AAA", "I", 2005, 90.0), ("AAA", "I", 2014, 20.0), ("AAA", "I", 2020, 60.0)]
    plan = plans.plan(points, years=tuple(range(2000, 2031)))
    row = progress.measure(plan, year=2021, method="cagr", window=15).iloc[0]
    assert row[["base_year", "status"]].tolist() == [2005.0, "deteriorating"]
    short = progress.measure(plan, year=2021, method="cagr", window=6).iloc[0]
    assert short[["base_year", "status"]].tolist() == [2014.0, "on_track"]


def test_a_disaggregation_is_measured_by_what_is_asked_of_the_total() -> None:
    plan = plans.plan([("AAA", "I", 2010, 20.0), ("AAA", "I", 2020, 60.0)])
    cube = plan.cube
    women = replace(
        cube,
        cells=("_T", "sex=female"),
        values=np.concatenate([cube.values, np.where(cube.values == 60, 28.0, cube.values)]),
        flags=np.concatenate([cube.flags] * 2),
    )
    both = replace(plan, cube=women)
    assert progress.measure(both, year=2021)["status"].tolist() == ["on_track"]
    found = progress.measure(both, year=2021, cell="sex=female")
    assert found["status"].tolist() == ["limited"]
    assert progress.explain(both, "AAA", "I", year=2021, cell="sex=female").status == "limited"
    with pytest.raises(ValueError, match="no disaggregation age=old"):
        progress.measure(both, year=2021, cell="age=old")


def test_only_the_last_52_years_are_read() -> None:
    years = range(1950, 2031)
    points = [("AAA", "I", 1950, 90.0), ("AAA", "I", 2010, 20.0), ("AAA", "I", 2020, 60.0)]
    row = progress.measure(plans.plan(points, years=tuple(years)), year=2021).iloc[0]
    assert row[["base_year", "status"]].tolist() == [2010.0, "on_track"]


def evaluated(step: Step) -> float:
    """Return what the filled-in formula gives when it is worked out."""
    text = re.sub(r"\^", "**", step.filled)
    known = {"max": max, "min": min, "abs": abs, "exp": math.exp}
    return float(eval(text, {"__builtins__": {}}, known))


@pytest.mark.parametrize(("method", "preset"), ALL)
def test_every_working_can_be_worked_out_again(method: str, preset: str) -> None:
    plan = messy_plan()
    checked = 0
    for area in plan.cube.areas[:5]:
        for indicator in plan.cube.indicators:
            told = progress.explain(plan, area, indicator, year=2026, method=method, preset=preset)
            assert told.plain()
            for step in told.steps:
                if step.filled:
                    assert evaluated(step) == pytest.approx(step.result, rel=1e-7, abs=1e-9), step
                    checked += 1
    assert checked > 10 or method == "count_change"


@pytest.mark.parametrize(("method", "preset"), ALL)
def test_the_explanation_has_the_status_of_the_table(method: str, preset: str) -> None:
    plan = messy_plan(4)
    table = progress.measure(plan, year=2026, method=method, preset=preset).head(15)
    for row in table.itertuples():
        told = progress.explain(
            plan, str(row.area), str(row.indicator), year=2026, method=method, preset=preset
        )
        assert told.status == told.assessment.status == row.status
        assert " ".join(told.assessment.flags) == row.flags
        assert told.assessment.label == row.label


def test_the_digest_of_the_inputs_changes_with_them_and_with_nothing_else() -> None:
    points = [("AAA", "I", 2010, 20.0), ("AAA", "I", 2020, 60.0)]

    def digest(extra: list[plans.Point], year: int = 2021) -> str:
        plan = plans.plan([*points, *extra])
        return progress.explain(plan, "AAA", "I", year=year).assessment.inputs_hash

    assert digest([]) == digest([("BBB", "I", 2020, 1.0)])
    assert digest([]) != digest([("AAA", "I", 2015, 1.0)])


def test_what_the_plan_does_not_have_cannot_be_explained() -> None:
    with pytest.raises(ValueError, match="no series J of AAA"):
        progress.explain(plans.plan([("AAA", "I", 2010, 1.0)]), "AAA", "J", year=2020)


def test_the_order_of_areas_and_indicators_does_not_matter() -> None:
    plan = messy_plan(5)
    cube = plan.cube
    lines, columns = np.arange(len(cube.areas))[::-1], np.arange(len(cube.indicators))[::-1]
    turned = replace(
        cube,
        areas=cube.areas[::-1],
        indicators=cube.indicators[::-1],
        values=np.ascontiguousarray(cube.values[:, lines][:, :, columns]),
        flags=np.ascontiguousarray(cube.flags[:, lines][:, :, columns]),
    )
    keys = ["area", "indicator"]
    for method, preset in ALL:
        one = progress.measure(plan, year=2026, method=method, preset=preset)
        two = progress.measure(replace(plan, cube=turned), year=2026, method=method, preset=preset)
        one, two = (table.sort_values(keys, ignore_index=True) for table in (one, two))
        assert one.round(9).equals(two.round(9))
