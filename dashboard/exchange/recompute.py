"""From the tables of a snapshot back to a plan as frames, so that its sums can be done again."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from dashboard import frames, progress
from dashboard.exchange import canonical
from dashboard.exchange.about import SnapshotTables
from dashboard.exchange.schema import RESOURCES
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
USED: Final = (
    *("objectives", "measures", "measure_indicators", "indicators", "areas", "memberships"),
    *("weights", "baselines", "targets", "observations"),
)
CLOSE: Final = 1e-9
"""Relative tolerance of numbers that are computed again; statuses must match exactly."""
DIGITS: Final = 10
"""Significant digits of computed numbers in a file. Processors add in different orders, and the
last digits of a double tell which; what is written must be the same on every machine."""
COMPUTED: Final = (
    *("share", "elapsed", "pace", "actual_rate", "required_rate", "needed_rate", "reached"),
    *("value", "low", "high", "coverage", "weight_coverage"),
)


def statuses(snapshot: SnapshotTables) -> pd.DataFrame:
    """Return the progress of every series, computed from the tables of the snapshot alone."""
    about = snapshot.about
    table = progress.measure(
        plan_frames(snapshot),
        year=about.assessed,
        method=about.method,
        preset=about.preset or None,
    )
    observed = table["value"]
    return _rounded(table).assign(value=observed)


def aggregates(snapshot: SnapshotTables) -> pd.DataFrame:
    """Return the aggregates that anybody reports for, computed from the snapshot alone.

    Where too few report, how few is told and the figure is not.
    """
    table = progress.aggregate(plan_frames(snapshot))
    table = table[(table["n"] > 0) | table["is_publishable"]].reset_index(drop=True)
    shown = {name: table[name].where(table["is_publishable"]) for name in ("value", "low", "high")}
    return _rounded(table.assign(**shown))


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    names = [name for name in COMPUTED if name in table]
    return table.assign(**{name: rounded(table[name].to_numpy(np.float64)) for name in names})


def rounded(values: frames.Floats) -> frames.Floats:
    """Return numbers to ten significant digits, and never to less than two decimals."""
    size = np.abs(np.where((values == 0) | ~np.isfinite(values), 1.0, values))
    decimals = np.clip(DIGITS - 1 - np.floor(np.log10(size)), 2, 15)
    scale = 10.0**decimals
    found: frames.Floats = np.where(
        values == np.rint(values), values, np.rint(values * scale) / scale
    )
    return found


def wrong_statuses(snapshot: SnapshotTables) -> list[str]:
    """Return a sentence for each status that does not follow from the snapshot's own data."""
    found = _compared(
        snapshot.tables["statuses"],
        statuses(snapshot),
        ["area", "indicator"],
        [name for name, kind in frames.PROGRESS.items() if kind == "float64"],
        ["status", "flags"],
    )
    return [
        f"{row.area} {row.indicator} is {row.status}, computed again it is {row.status_again}"
        for row in found.fillna("absent").itertuples()
    ]


def wrong_aggregates(snapshot: SnapshotTables) -> list[str]:
    """Return a sentence for each aggregate that does not follow from the snapshot's own data."""
    found = _compared(
        snapshot.tables["aggregates"],
        aggregates(snapshot),
        ["group", "indicator", "year"],
        ["value", "coverage", "weight_coverage", "low", "high", "n", "states"],
        ["rule", "is_publishable"],
    )
    return [
        f"{row.group} {row.indicator} {row.year} is {row.value} of {row.n} States, computed again "
        f"it is {row.value_again} of {row.n_again}"
        for row in found.astype("object").fillna("absent").itertuples()
    ]


def _compared(
    told: pd.DataFrame, again: pd.DataFrame, keys: list[str], numbers: list[str], words: list[str]
) -> pd.DataFrame:
    """Return the rows in which both tables differ, one beside the other."""
    one, two = (
        table[keys + numbers + words].assign(**{name: doubles(table[name]) for name in numbers})
        for table in (told, again)
    )
    both = one.merge(two, on=keys, how="outer", suffixes=("", "_again"), indicator=True)
    wrong = (both["_merge"] != "both").to_numpy()
    for name in numbers:
        left, right = (both[f"{name}{which}"].to_numpy(np.float64) for which in ("", "_again"))
        wrong = wrong | ~np.isclose(left, right, rtol=CLOSE, atol=1e-12, equal_nan=True)
    for name in words:
        stated, found = (both[f"{name}{which}"].astype("str") for which in ("", "_again"))
        wrong = wrong | (stated != found).to_numpy()
    return both[wrong].drop(columns="_merge")


def plan_frames(snapshot: SnapshotTables) -> frames.PlanFrames:
    """Return the plan of a snapshot as every measure and chart wants it.

    Its rows are put in the order of the file, so that sums are done in one order everywhere.
    """
    about = snapshot.about
    tables = {
        name: canonical.ordered(table, RESOURCES[name].key)
        for name, table in snapshot.tables.items()
        if name in USED
    }
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
    numbers = {name: doubles(table[name]) for name, kind in schema.items() if kind == "float64"}
    return frames.check(table.assign(**numbers), schema)


def doubles(values: pd.Series) -> pd.Series:
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
    flag = sum(rows[name].map(marks).astype("uint8") for name in ("status", "qualifier"))
    values[0, line, column, years - first] = doubles(rows["value"]).to_numpy()
    flags[0, line, column, years - first] = np.asarray(flag)
    denominators[line, column, years - first] = doubles(rows["denominator"]).to_numpy()
    return frames.Cube(
        cells=(TOTAL,),
        areas=places,
        indicators=codes,
        years=tuple(range(first, last + 1)),
        values=values,
        flags=flags,
        denominators=denominators,
    )
