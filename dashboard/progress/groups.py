"""Regions and groups as series of their own: the status of the aggregate value.

A region is assessed twice, by its aggregate here and by the distribution of its States in
`rollup`; both are shown.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import frames
from dashboard.progress import aggregation, assessment, cases, grades, methods, presets
from dashboard.progress.cases import Case
from dashboard.progress.linear import EPS
from dashboard.progress.regions import ratio
from dashboard.progress.rules import KINDS, Rules
from dashboard.progress.selection import Selection, select
from dashboard.progress.words import spelled

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

ASSESSED_GROUPS: Final[frames.Schema] = {
    **assessment.ASSESSMENTS,
    "n": "int64",  # States in the matched panel
    "states": "int64",  # States of the group in the year of the latest value
    "base_full": "float64",  # of whoever reported in the base year
    "value_full": "float64",
    "confidence": "str",  # the weakest of age, points and coverage
}
SHARE: Final = "share_meeting"


def measure_groups(
    plan: frames.PlanFrames,
    *,
    year: int,
    groups: Sequence[str] | None = None,
    method: str = presets.DEFAULT,
    preset: str | None = None,
) -> pd.DataFrame:
    """Return the assessment of the aggregate of each group, columns `ASSESSED_GROUPS`.

    Only publishable aggregates count. Baseline and latest value are of the matched panel: the
    States that belong and report in both years. A share of States that meet a condition is to
    become 1, unless the group has a target of its own (above 1 it is read as per cent); other
    rules take the target of every area, except a sum, which takes only the group's own.
    """
    chosen = presets.find(method, preset)
    whole = cases.within_reach(plan, year)
    picked = select(whole, groups=groups)
    behind = aggregation.coverage(picked)
    case = cases.read(_as_plan(whole, picked), year)
    case = replace(case, asked=_asked(case, picked))
    case, n, full = _matched(case, picked, behind.states)
    outcome = methods.assess(case, chosen.method, chosen.name)
    rows = np.flatnonzero(case.seen.asked)
    place = np.maximum(case.prepared.place[rows], 0)
    states = behind.states[place, case.area[rows], case.indicator[rows]]
    table = assessment.table(case, chosen, outcome).assign(
        n=n[rows].astype(np.int64),
        states=states.astype(np.int64),
        confidence=_confidence(case, rows, ratio(n[rows], states)),
        base_full=full[0][rows],
        value_full=full[1][rows],
    )
    return frames.check(table, ASSESSED_GROUPS)


def _confidence(case: Case, rows: npt.NDArray[np.int64], share: Floats) -> pd.Series:
    """Return the weakest link of each group; a figure entered for it needs no coverage."""
    prepared = case.prepared.pick(rows)
    points = grades.by_points(prepared.n_obs)
    points[case.is_level[rows]] = grades.HIGH
    covered = np.where(np.isnan(share) | (share == 0), grades.HIGH, grades.by_coverage(share))
    weakest = np.maximum(np.maximum(grades.by_age(case.year - prepared.year), points), covered)
    return spelled(weakest, grades.GRADES)


def _as_plan(plan: frames.PlanFrames, picked: Selection) -> frames.PlanFrames:
    """Return a plan whose areas are the groups and whose values are their aggregates."""
    own = aggregation.entered(plan, picked)
    figure = aggregation.value(picked, picked.values)
    publishable = aggregation.published(plan, picked, figure)
    values = np.where(np.isnan(own), np.where(publishable, figure, np.nan), own)
    grid = np.ascontiguousarray(np.moveaxis(values, 0, -1))[None]
    cube = frames.Cube(
        cells=plan.cube.cells[:1],
        areas=picked.groups,
        indicators=plan.cube.indicators,
        years=plan.cube.years,
        values=grid,
        flags=np.zeros(grid.shape, dtype=np.uint8),
    )
    # A figure given as the baseline of every area is that of a State, not of a group.
    rows = plan.baselines
    kept = rows["value"].isna() | rows["area"].isin(picked.groups)
    return replace(plan, cube=cube, baselines=rows[kept])


def _asked(case: Case, picked: Selection) -> Rules:
    """Return what is asked of aggregates, where that differs from what is asked of States."""
    asked, rule = case.asked, picked.rules.ravel()
    own = _has_own_target(case)
    share = np.equal(rule, SHARE).astype(np.bool_)
    target = np.where(share & ~own, 1.0, asked.target)
    target = np.where(share & (target > 1), target / 100.0, target)
    target = np.where(np.equal(rule, "sum").astype(np.bool_) & ~own, np.nan, target)
    return replace(
        asked,
        target=target,
        target_upper=np.where(share, np.nan, asked.target_upper),
        direction=np.where(share & (asked.direction != 0), 1.0, asked.direction),
        lower=np.where(share, 0.0, asked.lower),
        upper=np.where(share, 1.0, asked.upper),
        kind=np.where(share, np.int8(KINDS.index("percentage")), asked.kind),
        target_place=np.where(np.isnan(target), len(case.plan.cube.years), asked.target_place),
    )


def _has_own_target(case: Case) -> Bools:
    rows = case.plan.targets
    line = pd.Index(case.plan.cube.areas).get_indexer(pd.Index(rows["area"]))
    column = pd.Index(case.plan.cube.indicators).get_indexer(pd.Index(rows["indicator"]))
    given = (line >= 0) & (column >= 0) & ~rows["is_interim"].to_numpy(np.bool_)
    own = np.zeros((len(case.plan.cube.areas), len(case.plan.cube.indicators)), dtype=np.bool_)
    own[line[given], column[given]] = True
    return own.ravel()


def _matched(
    case: Case, picked: Selection, states: Floats
) -> tuple[Case, Floats, tuple[Floats, Floats]]:
    """Return the case over matched panels, how many States stand in each, and the full values."""
    prepared, shape = case.prepared, picked.rules.shape
    base, value = prepared.base.copy(), prepared.value.copy()
    n = np.zeros(len(value))
    counted = ~np.isin(picked.rules.ravel(), aggregation.ENTERED)
    pairs = np.stack([prepared.base_place, prepared.place], axis=1)
    usable = counted & (pairs >= 0).all(axis=1)
    for first, last in np.unique(pairs[usable], axis=0).tolist():
        rows = np.flatnonzero(usable & (pairs == (first, last)).all(axis=1))
        group, indicator = np.divmod(rows, shape[1])
        columns, inverse = np.unique(indicator, return_inverse=True)
        one, two, size = aggregation.panel(picked.narrowed(np.array([first, last]), columns))
        n[rows] = size[group, inverse]
        # A panel too thin to be published says where the group stands, but not how it got there.
        enough = n[rows] >= picked.least[indicator] * states[last, group, indicator] - EPS
        base[rows] = np.where(enough, one[group, inverse], np.nan)
        value[rows] = np.where(enough, two[group, inverse], value[rows])
    full = (prepared.base, prepared.value)
    return replace(case, prepared=replace(prepared, base=base, value=value)), n, full
