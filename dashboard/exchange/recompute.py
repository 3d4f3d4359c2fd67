"""From the tables of a snapshot back to a plan as frames, so that its sums can be done again."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from dashboard import frames, progress
from dashboard.exchange.about import SnapshotTables
from dashboard.frames import Flag

FLAGS: Final[Mapping[str, Flag]] = {
    "A": Flag.NONE,
    "B": Flag.BREAK,
    "D": Flag.BREAK,
    "E": Flag.ESTIMATED,
    "I": Flag.ESTIMATED,
    "U": Flag.ESTIMATED,
    "P": Flag.PROVISIONAL,
    "L": Flag.NOT_AVAILABLE,
    "M": Flag.NOT_APPLICABLE,
    "Q": Flag.SUPPRESSED,
    "": Flag.NONE,
    "<": Flag.BELOW,
    ">": Flag.ABOVE,
}
"""Flags of observation statuses and qualifiers; the same as where the record packs its series."""
TOTAL: Final = "_T"
CLOSE: Final = 1e-9
"""Relative tolerance of numbers that are computed again; statuses must match exactly."""


def statuses(snapshot: SnapshotTables) -> pd.DataFrame:
    """Return the progress of every series, computed from the tables of the snapshot alone."""
    about = snapshot.about
    return progress.measure(
        plan_frames(snapshot),
        year=about.assessed,
        method=about.method,
        preset=about.preset or None,
    )


def differences(snapshot: SnapshotTables) -> list[str]:
    """Return a sentence for each status that does not follow from the snapshot's own data."""
    keys = ["area", "indicator"]
    told = snapshot.tables["statuses"]
    numbers = [name for name, kind in frames.PROGRESS.items() if kind == "float64"]
    stated = told.assign(**{name: _doubles(told[name]) for name in numbers})
    both = stated.merge(
        statuses(snapshot), on=keys, how="outer", suffixes=("", "_again"), indicator=True
    )
    wrong = (both["_merge"] != "both") | (both["status"] != both["status_again"])
    for name in numbers:
        one, two = both[name].to_numpy(np.float64), both[f"{name}_again"].to_numpy(np.float64)
        wrong |= ~np.isclose(one, two, rtol=CLOSE, atol=1e-12, equal_nan=True)
    wrong |= both["flags"].fillna("") != both["flags_again"].fillna("")
    found = both.loc[wrong, [*keys, "status", "status_again"]].fillna("absent")
    return [
        f"{row.area} {row.indicator} is {row.status}, computed again it is {row.status_again}"
        for row in found.itertuples()
    ]


def plan_frames(snapshot: SnapshotTables) -> frames.PlanFrames:
    """Return the plan of a snapshot as every measure and chart wants it."""
    tables, about = snapshot.tables, snapshot.about
    return frames.PlanFrames(
        plan=about.plan,
        title=about.title,
        stamp=frames.Stamp(about.as_of, 0, about.is_illustrative),
        objectives=_checked(tables["objectives"], frames.OBJECTIVES),
        measures=_checked(tables["measures"], frames.MEASURES),
        measure_indicators=_checked(tables["measure_indicators"], frames.MEASURE_INDICATORS),
        indicators=_checked(
            tables["indicators"].sort_values("position"), frames.INDICATORS
        ).reset_index(drop=True),
        areas=_checked(tables["areas"], frames.AREAS),
        memberships=_memberships(tables["memberships"]),
        weights=_checked(tables["weights"], frames.WEIGHTS),
        baselines=_checked(tables["baselines"], frames.BASELINES),
        targets=_checked(tables["targets"], frames.TARGETS),
        cube=_cube(tables["observations"], tables["indicators"], tables["areas"]),
    )


def _checked(table: pd.DataFrame, schema: frames.Schema) -> pd.DataFrame:
    doubles = {name: _doubles(table[name]) for name, kind in schema.items() if kind == "float64"}
    return frames.check(table.assign(**doubles), schema)


def _doubles(values: pd.Series) -> pd.Series:
    """Return decimal text, or whole numbers, as doubles; missing where nothing stands."""
    return pd.to_numeric(values.replace("", None), errors="raise").astype("float64")


def _memberships(table: pd.DataFrame) -> pd.DataFrame:
    return frames.check(
        table.assign(
            since=table["since"].map(lambda day: _fraction(day, -np.inf)).astype("float64"),
            until=table["until"].map(lambda day: _fraction(day, np.inf)).astype("float64"),
        ),
        frames.MEMBERSHIPS,
    )


def _fraction(day: str, never: float) -> float:
    if not day:
        return never
    given = date.fromisoformat(day)
    start = date(given.year, 1, 1)
    return given.year + (given - start).days / (date(given.year + 1, 1, 1) - start).days


def _cube(observations: pd.DataFrame, indicators: pd.DataFrame, areas: pd.DataFrame) -> frames.Cube:
    """Return the totals as a cube; of several periods in a year the last one stays."""
    rows = observations[observations["cell"] == TOTAL].sort_values("period", kind="stable")
    codes = tuple(indicators.sort_values("position")["indicator"])
    places = tuple(areas["area"])
    years = rows["year"].to_numpy(np.int64)
    first, last = (int(years.min()), int(years.max())) if len(years) else (0, 0)
    shape = (1, len(places), len(codes), last - first + 1)
    values = np.full(shape, np.nan)
    flags = np.zeros(shape, dtype=np.uint8)
    denominators = np.full(shape[1:], np.nan)
    line = pd.Index(places).get_indexer(pd.Index(rows["area"]))
    column = pd.Index(codes).get_indexer(pd.Index(rows["indicator"]))
    marks = {code: int(flag) for code, flag in FLAGS.items()}
    flag = rows["status"].map(marks) | rows["qualifier"].map(marks)
    values[0, line, column, years - first] = _doubles(rows["value"]).to_numpy()
    flags[0, line, column, years - first] = flag.to_numpy(np.uint8)
    denominators[line, column, years - first] = _doubles(rows["denominator"]).to_numpy()
    return frames.Cube(
        cells=(TOTAL,),
        areas=places,
        indicators=codes,
        years=tuple(range(first, last + 1)),
        values=values,
        flags=flags,
        denominators=denominators,
    )
