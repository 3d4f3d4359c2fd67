"""Small plans for the tests of progress, built from a few words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from dashboard import frames

STAMP = frames.Stamp(as_of=datetime(2026, 11, 24, tzinfo=UTC), version=1, is_illustrative=False)
INDICATOR: Mapping[str, Any] = {
    "objective": "G",
    "measure": "G.1",
    "position": 1,
    "name": "",
    "unit": "%",
    "kind": "percentage",
    "direction": 1,
    "type": "process",
    "tier": "core",
    "lower": 0.0,
    "upper": 100.0,
    "meets_op": "",
    "meets_value": np.nan,
    "aggregation": "mean",
    "aggregation_global": "mean",
    "weight": "",
    "min_coverage": 0.5,
    "national": True,
    "min_cell": 0,
}
TARGET: Mapping[str, Any] = {
    "area": "",
    "operator": ">=",
    "value": 100.0,
    "upper": np.nan,
    "year": 2030,
    "status": "agreed",
    "is_interim": False,
}
BASELINE: Mapping[str, Any] = {"area": "", "rule": "first_report", "year": np.nan, "value": np.nan}

Point = tuple[str, str, int, float] | tuple[str, str, int, float, frames.Flag]


def table(schema: frames.Schema, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows as a checked frame."""
    return frames.check(pd.DataFrame(list(rows), columns=list(schema)), schema)


def plan(
    points: Sequence[Point],
    *,
    indicators: Mapping[str, Mapping[str, Any]] | None = None,
    targets: Sequence[Mapping[str, Any]] | None = None,
    baselines: Sequence[Mapping[str, Any]] = (),
    regions: Mapping[str, str] | None = None,
    memberships: Sequence[tuple[str, str, float, float]] = (),
    weights: Sequence[tuple[str, str, int, float]] = (),
    years: Sequence[int] = tuple(range(2010, 2032)),
    extra_areas: Sequence[str] = (),
) -> frames.PlanFrames:
    """Return a plan with these reported points; without targets every indicator is to reach 100."""
    wanted = indicators or {"I": {}}
    areas = list(dict.fromkeys([point[0] for point in points] + list(extra_areas)))
    states = [area for area in areas if area != "WORLD"]
    if targets is None:
        targets = [{"indicator": name} for name in wanted]
    place = {area: (regions or {}).get(area, "R1") for area in states}
    area_rows: list[dict[str, Any]] = [
        {
            "area": area,
            "name": area,
            "kind": "state",
            "region": place[area],
            "subregion": "",
            "is_member": True,
            "column": -1,
            "row": -1,
        }
        for area in states
    ]
    area_rows += [
        {
            "area": code,
            "name": code,
            "kind": kind,
            "region": "",
            "subregion": "",
            "is_member": False,
            "column": -1,
            "row": -1,
        }
        for code, kind in [
            *((code, "region") for code in sorted(set(place.values()))),
            ("WORLD", "world"),
        ]
    ]
    return frames.PlanFrames(
        plan="T",
        title="Test plan",
        stamp=STAMP,
        objectives=table(
            frames.OBJECTIVES,
            [
                {"objective": "G", "position": 1, "title": "Goal", "origin": "plan"},
                {"objective": "H", "position": 2, "title": "Help", "origin": "plan"},
            ],
        ),
        measures=table(
            frames.MEASURES,
            [
                {
                    "measure": "G.1",
                    "objective": "G",
                    "position": 1,
                    "title": "One",
                    "approach": "",
                    "origin": "plan",
                }
            ],
        ),
        measure_indicators=table(
            frames.MEASURE_INDICATORS,
            [{"measure": "G.1", "indicator": name, "is_primary": True} for name in wanted],
        ),
        indicators=table(
            frames.INDICATORS,
            [{**INDICATOR, "indicator": name, "name": name, **own} for name, own in wanted.items()],
        ),
        areas=table(frames.AREAS, area_rows),
        memberships=table(
            frames.MEMBERSHIPS,
            [dict(zip(frames.MEMBERSHIPS, row, strict=True)) for row in memberships],
        ),
        weights=table(
            frames.WEIGHTS, [dict(zip(frames.WEIGHTS, row, strict=True)) for row in weights]
        ),
        baselines=table(frames.BASELINES, [{**BASELINE, **row} for row in baselines]),
        targets=table(frames.TARGETS, [{**TARGET, **row} for row in targets]),
        cube=cube(points, areas, list(wanted), years),
    )


def cube(
    points: Sequence[Point], areas: Sequence[str], indicators: Sequence[str], years: Sequence[int]
) -> frames.Cube:
    """Return a cube of totals that holds these points."""
    values = np.full((1, len(areas), len(indicators), len(years)), np.nan)
    flags = np.zeros(values.shape, dtype=np.uint8)
    for area, indicator, year, value, *flag in points:
        where = (0, areas.index(area), indicators.index(indicator), years.index(year))
        values[where] = value
        flags[where] = flag[0] if flag else 0
    return frames.Cube(("_T",), tuple(areas), tuple(indicators), tuple(years), values, flags)
