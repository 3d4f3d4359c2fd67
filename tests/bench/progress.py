"""Speed of the arithmetic, beside bare numpy, pandas, Polars and DuckDB in the same run.

`python -m tests.bench.progress` prints figure, reference and ratio. Times are CPU time, medians of
interleaved runs; each comparison first checks that both sides find the same.
"""

import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl

from dashboard import frames, progress
from dashboard.progress import assessment, cases, regions, rules, selection, trials
from dashboard.progress.rules import Rules
from tests.bench.report import Row, table
from tests.vectors import plans

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

SEED: Final = 64293
AREAS: Final = 193
INDICATORS: Final = 70
YEARS: Final = tuple(range(2010, 2027))
CELLS: Final = 12
GAPS: Final = 0.12
NOW: Final = 2026
RUNS: Final = 15


@dataclass(frozen=True)
class Timed:
    """Median CPU time of ours and of a reference, in milliseconds."""

    ours: float
    reference: float


def world(cells: int = 1) -> frames.PlanFrames:
    """Return 193 States x 70 indicators x 17 years, with regions, groups, gaps and flags."""
    rng = np.random.default_rng(SEED)
    names = [f"S{number:03}" for number in range(AREAS)]
    indicators = [f"I{number:02}" for number in range(INDICATORS)]
    shape = (cells, AREAS, INDICATORS, len(YEARS))
    start = rng.uniform(5.0, 80.0, (*shape[:3], 1))
    values = np.clip(start + np.cumsum(rng.normal(0.8, 2.0, shape), axis=3), 0.0, 100.0).round(2)
    values[rng.random(shape) < GAPS] = np.nan
    flags = np.zeros(shape, dtype=np.uint8)
    flags[rng.random(shape) < 0.03] = int(frames.Flag.PROVISIONAL)
    groups = [
        (f"G{number:02}", name, -np.inf, np.inf if rng.random() < 0.9 else 2018.5)
        for number in range(26)
        for name in rng.choice(names, 26, replace=False).tolist()
    ]
    rule_names = ["mean", "median", "weighted_mean", "sum"]
    base = plans.plan(
        [("S000", "I00", 2010, 1.0)],
        indicators={
            name: {
                "direction": int(rng.choice([-1, 1])),
                "aggregation": rule_names[place % 4],
                "aggregation_global": rule_names[place % 4],
                "weight": "population",
            }
            for place, name in enumerate(indicators)
        },
        targets=[{"indicator": name, "value": float(rng.integers(20, 100))} for name in indicators],
        baselines=[
            {"indicator": name, "rule": rule, "year": year}
            for name, (rule, year) in zip(
                indicators,
                [("first_report", np.nan)] * 37
                + [("status_at_adoption", 2010.0)] * 9
                + [("fixed_year", 2015.0)] * 17
                + [("latest_before_appraisal", 2025.0)] * 7,
                strict=True,
            )
        ],
        regions={name: f"R{place % 5}" for place, name in enumerate(names)},
        memberships=groups,
        weights=[("population", name, 2020, float(rng.integers(1, 1400))) for name in names],
        years=YEARS,
        extra_areas=names,
    )
    cube = frames.Cube(
        cells=("_T", *(f"part={number}" for number in range(1, cells))),
        areas=tuple(names),
        indicators=tuple(indicators),
        years=YEARS,
        values=values,
        flags=flags,
    )
    return replace(base, cube=cube)


def bare(values: Floats, asked: Rules, spoken: Sequence[int] = YEARS) -> Codes:
    """Return the same statuses in bare numpy: no flags, no breaks, no levels, no ranges."""
    years = np.array(spoken, dtype=np.float64)
    there, line, width = ~np.isnan(values), np.arange(len(values)), len(spoken)
    any_ = there.any(axis=1)
    last = width - 1 - there[:, ::-1].argmax(axis=1)
    first = there.argmax(axis=1)
    wanted = there & (years >= asked.base_year[:, None])
    after = np.where(wanted.any(axis=1), wanted.argmax(axis=1), -1)
    wanted = there & (years < asked.base_year[:, None])
    before = np.where(wanted.any(axis=1), width - 1 - wanted[:, ::-1].argmax(axis=1), -1)
    ahead = np.where(after >= 0, years[after] - asked.base_year, np.inf)
    behind = np.where(before >= 0, asked.base_year - years[before], np.inf)
    near = np.where(np.minimum(ahead, behind) <= 2, np.where(ahead <= behind, after, before), -1)
    choices = [first, after, near, np.where(before >= 0, before, after)]
    place = np.choose(asked.base_rule, choices)
    base = np.where(place >= 0, values[line, place], np.nan)
    value, target, d = values[line, last], asked.target, asked.direction
    gone, span = years[last] - years[place], asked.target_year - years[place]
    with np.errstate(divide="ignore", invalid="ignore"):
        pace = (value - base) / (target - base) * span / gone
    word = {name: number for number, name in enumerate(progress.STATUSES)}
    found = np.select(
        [
            ~any_,
            d * (value - target) >= -1e-12,
            np.isnan(base),
            (d * (target - base) <= 1e-12) & (gone > 0),
            (d * (target - base) <= 1e-12) | (gone <= 0),
            pace >= 0.95 - 1e-9,
            pace >= 0.60 - 1e-9,
            pace >= 1e-9,
            np.abs(pace) < 1e-9,
        ],
        [
            word[name]
            for name in (
                "no_data", "target_met", "insufficient_data", "lost", "insufficient_data",
                "on_track", "moderate", "limited", "stagnant",
            )
        ],
        word["deteriorating"],
    )  # fmt: skip
    return found.astype(np.int8)


def apart(group: pd.DataFrame) -> str:
    """Return the status of one series as an analyst would write it for `groupby.apply`."""
    line = group.dropna(subset="value").sort_values("year")
    if line.empty:
        return "no_data"
    asked, last = group.iloc[0], line.iloc[-1]
    first = line.iloc[0]
    d, target = asked["direction"], asked["target"]
    if d * (last["value"] - target) >= -1e-12:
        return "target_met"
    if d * (target - first["value"]) <= 1e-12:
        return "lost"
    if last["year"] <= first["year"]:
        return "insufficient_data"
    pace = (last["value"] - first["value"]) / (target - first["value"])
    pace *= (asked["target_year"] - first["year"]) / (last["year"] - first["year"])
    if abs(pace) < 1e-9:
        return "stagnant"
    for cut, word in ((0.95, "on_track"), (0.60, "moderate"), (0.0, "limited")):
        if pace >= cut:
            return word
    return "deteriorating"


def timed(ours: Callable[[], Any], reference: Callable[[], Any], runs: int = RUNS) -> Timed:
    """Return median CPU times of both, run by turns after one turn to warm up."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(runs + 1):
        for call, kept in zip((ours, reference), times, strict=True):
            start = time.process_time()
            call()
            if turn:
                kept.append(1000 * (time.process_time() - start))
    return Timed(*(float(np.median(kept)) for kept in times))


def _statuses() -> list[Row]:
    plan = world()
    asked = rules.read(plan)
    flat = plan.cube.totals.reshape(-1, len(YEARS))

    def ours() -> Codes:
        return assessment.statuses(plan.cube, asked, NOW)

    def anew() -> Codes:
        return assessment.statuses(plan.cube, rules.read(plan), NOW)

    if (ours() != bare(flat, asked)).any():
        raise AssertionError("the bare formula finds other statuses")
    size = f"{len(flat):,} series"
    warm, cold = timed(ours, lambda: bare(flat, asked)), timed(anew, lambda: bare(flat, asked))
    whole = timed(lambda: progress.measure(plan, year=NOW), lambda: bare(flat, asked))
    case = cases.read(plan, NOW)
    tested = timed(lambda: trials.trials(case), ours)
    slow = _groupby(plan, asked)
    return [
        Row(f"statuses of {size}, kept plan, to bare numpy", *_both(warm), "ms", 2.0),
        Row("statuses of a plan just loaded, to bare numpy", *_both(cold), "ms", 8.0),
        Row("the whole table with flags and labels, to bare numpy", *_both(whole), "ms"),
        Row("statuses, to pandas groupby.apply", warm.ours, slow, "ms", 1 / 1000),
        Row("robustness of every series, to one pass of statuses", *_both(tested), "ms", 20.0),
    ]


def _both(times: Timed) -> tuple[float, float]:
    return times.ours, times.reference


def _groupby(plan: frames.PlanFrames, asked: Rules) -> float:
    """Return the CPU time of the same statuses by `groupby.apply`, in milliseconds."""
    cube = plan.cube
    keys = pd.MultiIndex.from_product([cube.areas, cube.indicators, YEARS])
    keys.names = ["area", "indicator", "year"]
    times = len(YEARS)
    long = pd.DataFrame({"value": cube.totals.ravel()}, index=keys).reset_index()
    long = long.assign(
        **{
            name: np.repeat(getattr(asked, name), times)
            for name in ("direction", "target", "target_year")
        }
    )
    start = time.process_time()
    long.groupby(["area", "indicator"])[list(long.columns)].apply(apart)
    return 1000 * (time.process_time() - start)


def _many_cells() -> list[Row]:
    plan = world(CELLS)
    asked = rules.read(plan)
    cube, width = plan.cube, len(YEARS)

    def ours() -> list[Codes]:
        return [
            assessment.of_rows(
                values.reshape(-1, width), flags.reshape(-1, width), YEARS, asked, NOW
            )
            for values, flags in zip(cube.values, cube.flags, strict=True)
        ]

    def reference() -> list[Codes]:
        return [bare(values.reshape(-1, width), asked) for values in cube.values]

    if any((one != two).any() for one, two in zip(ours(), reference(), strict=True)):
        raise AssertionError("the bare formula finds other statuses")
    both = timed(ours, reference, 5)
    tracemalloc.start()
    ours()
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    size = (cube.values.nbytes + cube.flags.nbytes) / 2**20
    n = int((~np.isnan(cube.values)).sum())
    one = world()
    tracemalloc.start()
    progress.measure(one, year=NOW)
    whole = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    small = (one.cube.values.nbytes + one.cube.flags.nbytes) / 2**20
    return [
        Row(
            f"statuses of {n:,} observations in {CELLS} cells, to bare numpy",
            *_both(both),
            "ms",
            2.0,
        ),
        Row("memory beyond the cube for that, to the cube", peak, size, "MiB", 4.0),
        Row("memory of the whole table, to its cube", whole, small, "MiB", 4.0),
    ]


def _aggregates() -> list[Row]:
    plan = world()
    picked = selection.select(plan)
    values, members, weights = picked.values, picked.members, picked.weights

    def ours() -> tuple[Floats, ...]:
        behind = regions.coverage(~np.isnan(values), picked.applies, members, weights)
        return (
            behind.reporting,
            regions.mean(values, members),
            regions.median(values, members),
            regions.weighted_mean(values, members, weights),
        )

    def reference() -> tuple[Floats, ...]:
        return _bare_aggregates(values, members, weights)

    for one, two in zip(ours(), reference(), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-9)
    both = timed(ours, reference)
    observations, belonging = _long(plan, picked)
    by_polars = timed(ours, lambda: _polars(observations, belonging), 5)
    connection = duckdb.connect()
    connection.register("observations", observations.to_arrow())
    connection.register("belonging", belonging.to_arrow())
    by_duckdb = timed(ours, lambda: connection.execute(_SQL).fetchnumpy(), 5)
    found = _polars(observations, belonging).height
    size = f"{found:,} aggregates"
    return [
        Row(f"{size} with median, to bare numpy", *_both(both), "ms", 1.2),
        Row(f"{size} with median, to Polars", *_both(by_polars), "ms", 1.0),
        Row(f"{size} with median, to DuckDB", *_both(by_duckdb), "ms", 1.0),
    ]


def _bare_aggregates(values: Floats, members: Floats, weights: Floats) -> tuple[Floats, ...]:
    """Return n, mean, median and weighted mean of each group, group by group in bare numpy."""
    years, groups, _ = members.shape
    shape = (years, groups, values.shape[2])
    n, mean, median, weighted = (np.full(shape, np.nan) for _ in range(4))
    for group in range(groups):
        who = np.flatnonzero(members[:, group].any(axis=0))
        inside = members[:, group, who][:, :, None] > 0
        part, weigh = np.where(inside, values[:, who], np.nan), weights[:, who]
        there = ~np.isnan(part)
        n[:, group] = count = there.sum(axis=1)
        plain = np.where(there, part, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean[:, group] = plain.sum(axis=1) / count
            weighted[:, group] = (plain * weigh).sum(axis=1) / (weigh * there).sum(axis=1)
        ordered = np.sort(part, axis=1)
        low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, len(who) - 1)
        median[:, group] = 0.5 * (
            np.take_along_axis(ordered, low[:, None], axis=1)[:, 0]
            + np.take_along_axis(ordered, high[:, None], axis=1)[:, 0]
        )
    return n, mean, median, weighted


def _long(
    plan: frames.PlanFrames, picked: selection.Selection
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the observations, and who belongs where in which year, as long tables of integers."""
    year, area, indicator = np.nonzero(~np.isnan(picked.values))
    observations = pl.DataFrame(
        {
            "year": year.astype(np.int16),
            "area": area.astype(np.int16),
            "indicator": indicator.astype(np.int16),
            "value": picked.values[year, area, indicator],
            "weight": picked.weights[year, area, indicator],
        }
    )
    year, group, area = np.nonzero(picked.members)
    belonging = pl.DataFrame(
        {
            "year": year.astype(np.int16),
            "group": group.astype(np.int16),
            "area": area.astype(np.int16),
        }
    )
    return observations, belonging


def _polars(observations: pl.DataFrame, belonging: pl.DataFrame) -> pl.DataFrame:
    value, weight = pl.col("value"), pl.col("weight")
    return (
        observations.lazy()
        .join(belonging.lazy(), on=["year", "area"])
        .group_by(["group", "indicator", "year"])
        .agg(
            value.len().alias("n"),
            value.mean().alias("mean"),
            value.median().alias("median"),
            ((value * weight).sum() / weight.sum()).alias("weighted"),
        )
        .collect()
    )


_SQL: Final = """
    select "group", indicator, year, count(*), avg(value), median(value),
           sum(value * weight) / sum(weight)
    from observations join belonging using (year, area)
    group by all
"""


def _update() -> list[Row]:
    held = progress.keep(world())
    rng = np.random.default_rng(SEED)
    spent = []
    for _ in range(300):
        change = progress.Change(
            f"S{rng.integers(AREAS):03}",
            f"I{rng.integers(INDICATORS):02}",
            int(rng.choice(YEARS)),
            float(rng.integers(0, 100)),
        )
        start = time.process_time()
        progress.revise(held, change, year=NOW)
        spent.append(1000 * (time.process_time() - start))
    p95 = float(np.quantile(spent, 0.95))
    return [Row("an accepted value: its status and aggregates, p95", p95, None, "ms", 2.0)]


def run() -> Sequence[Row]:
    """Measure, and return a row for each figure."""
    return [*_statuses(), *_many_cells(), *_aggregates(), *_update()]


if __name__ == "__main__":
    print(table(run()))
