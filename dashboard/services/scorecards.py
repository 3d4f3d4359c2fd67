"""What stands in the cells of the scorecard, and what changed between two states of the record.

A cell is either one series (an indicator in a State, or its aggregate in a group of States) or many
(all indicators of an objective). Of many the distribution of statuses is given, never one status
for all; and no cell is without the number of reports behind it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlmodel import Session, col, select

from dashboard import frames, progress
from dashboard.progress import cases
from dashboard.progress.groups import SHARE
from dashboard.progress.linear import EPS
from dashboard.progress.words import WITHOUT_VERDICT, spelled
from dashboard.services import reads, snapshots
from dashboard.services.views import GOOD, WITHHELD, Picture
from models import AreaKind, AreaName, ReferenceArea, ReportingRound

MOVES: Final = ("", "better", "same", "worse", "rising", "level", "falling")
"""How the latest value lies to the one before: towards the target, or, without one, just how."""
SERIES: Final[frames.Schema] = {
    "row": "str",
    "column": "str",
    "status": "str",
    "value": "float64",
    "is_share": "bool",  # the value is a fraction of States
    "year": "float64",
    "move": "str",  # one of MOVES
    "confidence": "str",  # high, medium, low; empty where nothing is known
    "n": "int64",  # reports behind it: 1 or 0 of a State, States of a group
    "expected": "int64",  # how many there should be
}
MANY: Final[frames.Schema] = {
    "row": "str",
    "column": "str",
    "status": "str",
    "count": "int64",
    "n": "int64",
    "expected": "int64",
    "better": "int64",  # series that moved towards their target with the latest report
    "worse": "int64",
}
CHANGES: Final[frames.Schema] = {
    "area": "str",
    "indicator": "str",
    "what": "str",  # first, newer, corrected, withdrawn, judged
    "before": "str",  # status
    "after": "str",
    "turn": "str",  # better, worse or empty
    "value": "float64",
    "year": "float64",
}
ORDER: Final = (
    *("target_met", "on_track", "clear_improvement", "moderate", "slight_improvement"),
    *("in_progress", "limited", "stable", "not_started", "stagnant", "slight_worsening"),
    *("moderate_away", "not_met", "deteriorating", "clear_worsening", "significant_away"),
    *("stagnant_or_regressing", "regressed", "lost", "missed"),
)
"""Verdicts, best first; what is not among them is no verdict."""


@dataclass(frozen=True)
class Since:
    """What the present is compared with."""

    moment: datetime
    snapshot: str = ""  # its name, where it is a snapshot
    identity: str = ""  # and its identity
    round: str = ""  # the name of the reporting round that it sealed, if any


def indicators(
    found: Picture,
    *,
    objective: str = "",
    tier: str = "",
    measures: Collection[str] | None = None,
) -> list[str]:
    """Return the indicators of an objective, a tier and some measures; all where none is given."""
    table = found.plan.indicators
    if measures is not None:
        links = found.plan.measure_indicators
        table = table[
            table["indicator"].isin(links.loc[links["measure"].isin(measures), "indicator"])
        ]
    if objective:
        table = table[table["objective"] == objective]
    if tier:
        table = table[table["tier"] == tier]
    return [str(code) for code in table["indicator"]]


def members(found: Picture, group: str) -> set[str]:
    """Return the areas that belong to a region or group in the year of the picture."""
    rows = found.plan.memberships
    now = (rows["group"] == group) & (rows["since"] <= found.year) & (rows["until"] > found.year)
    return set(rows.loc[now, "area"])


def moves(found: Picture) -> pd.DataFrame:
    """Return how the latest value of each series lies to the one before it, as one of `MOVES`.

    Towards the target is better, whichever way that is; of a range the distance to it counts. A
    series without a direction only rises or falls. With fewer than two values that can be held
    against each other nothing is said.
    """
    case = cases.read(found.plan, found.year)
    points = cases.points(case)
    _first, last = points.ends
    line = np.arange(len(last))
    step = points.steps()[1][line, last]
    way = np.where(case.is_range, -1.0, case.asked.direction)
    turn = np.sign(np.where(np.abs(step) <= EPS, 0.0, step)) * np.where(way == 0, 1.0, way)
    place = np.select([turn > 0, turn == 0, turn < 0], [1, 2, 3], 0) + np.where(way == 0, 3, 0)
    place = np.where(np.isnan(step), 0, place)
    table = pd.DataFrame(
        {
            "area": spelled(case.area, case.plan.cube.areas),
            "indicator": spelled(case.indicator, case.plan.cube.indicators),
            "move": spelled(place, MOVES),
        }
    )
    return table[place > 0].reset_index(drop=True)


def of_states(found: Picture, codes: Sequence[str], states: Sequence[str]) -> pd.DataFrame:
    """Return a cell of `SERIES` for each State and indicator, the silent included."""
    own = found.progress[
        found.progress["indicator"].isin(codes) & found.progress["area"].isin(states)
    ]
    sure = progress.confidence(found.plan, year=found.year)[["area", "indicator", "confidence"]]
    asked = found.plan.indicators.set_index("indicator")
    national = [code for code in codes if asked.loc[code, "national"]]
    grid = pd.MultiIndex.from_product([states, national], names=["area", "indicator"])
    table = pd.DataFrame(index=grid).reset_index()
    for part in (own, sure, moves(found)):
        table = table.merge(part, on=["area", "indicator"], how="left")
    context = table["indicator"].map(asked["direction"]) == 0
    silent = pd.Series(np.where(context, "context_only", "no_data"), index=table.index)
    told = table["value"].notna()
    stale = table["flags"].fillna("").str.contains("stale")
    withheld = table["flags"].fillna("").str.contains(WITHHELD)
    table = table.assign(
        row=table["area"],
        column=table["indicator"],
        status=table["status"].fillna(silent).where(told | ~context, "no_data"),
        move=table["move"].fillna("").mask(withheld | ~told, ""),
        confidence=table["confidence"].fillna("").where(told, ""),
        is_share=False,
        n=(told & ~stale).astype("int64"),
        expected=table["status"].ne("not_applicable").astype("int64"),
    )
    return frames.check(table, SERIES)


def of_groups(found: Picture, codes: Sequence[str], groups: Sequence[str]) -> pd.DataFrame:
    """Return a cell of `SERIES` for the aggregate of each group and indicator.

    The status is that of the aggregate over the States that report in both years; where too few
    report for an aggregate there is none, and the States that report are counted all the same.
    """
    assessed = progress.measure_groups(
        found.plan, year=found.year, groups=groups, method=found.method, preset=found.preset
    )
    reporting = _reporting(found, codes, groups)
    table = reporting.merge(assessed, on=["area", "indicator"], how="left", suffixes=("_all", ""))
    told = table["value"].notna()
    asked = found.plan.indicators.set_index("indicator")
    rule = np.where(table["area"] == found.plan.scope, "aggregation_global", "aggregation")
    rules_ = np.where(
        rule == "aggregation",
        table["indicator"].map(asked["aggregation"]),
        table["indicator"].map(asked["aggregation_global"]),
    )
    way = table["indicator"].map(asked["direction"]).to_numpy()
    is_share = pd.Series(np.equal(rules_, SHARE), index=table.index).astype("bool")
    nothing = table["n_all"].eq(0).map({True: "no_data", False: "insufficient_data"})
    known = told & table["n"].fillna(0).gt(0)
    national = table["indicator"].map(asked["national"])
    states = table["states"].where(known, table["states_all"])
    table = table.assign(
        row=table["area"],
        column=table["indicator"],
        status=table["status"].where(told, nothing).fillna("no_data"),
        move=_since_base(table, np.where(is_share & (way != 0), 1, way)),
        confidence=table["confidence"].fillna("").where(told, ""),
        is_share=is_share,
        n=table["n"].where(known, table["n_all"]).where(national, told).astype("int64"),
        expected=states.where(national, 1).astype("int64"),
    )
    return frames.check(table, SERIES)


def _reporting(found: Picture, codes: Sequence[str], groups: Sequence[str]) -> pd.DataFrame:
    """Return how many States of each group report each indicator with a value not too old."""
    fresh = found.progress[
        found.progress["indicator"].isin(codes)
        & found.progress["value"].notna()
        & ~found.progress["flags"].str.contains("stale")
    ]
    states = set(found.plan.areas.loc[found.plan.areas["is_member"], "area"])
    rows = []
    for group in groups:
        own = members(found, group) & states
        tally = fresh.loc[fresh["area"].isin(own), "indicator"].value_counts()
        rows += [(group, code, int(tally.get(code, 0)), len(own)) for code in codes]
    table = pd.DataFrame(rows, columns=["area", "indicator", "n_all", "states_all"])
    return table.astype({"area": "str", "indicator": "str"})


def _since_base(table: pd.DataFrame, way: npt.NDArray[np.int64]) -> pd.Series:
    """Return the move of a group from its baseline on, over the same States."""
    step = (table["value"] - table["base"]).to_numpy(np.float64)
    step = np.where(table["year"] > table["base_year"], step, np.nan)
    turn = np.sign(np.where(np.abs(step) <= EPS, 0.0, step)) * np.where(way == 0, 1, way)
    place = np.select([turn > 0, turn == 0, turn < 0], [1, 2, 3], 0) + np.where(way == 0, 3, 0)
    return spelled(np.where(np.isnan(step), 0, place), MOVES).set_axis(table.index)


def of_objectives(
    found: Picture, codes: Sequence[str], rows: Sequence[str], *, are_groups: bool
) -> pd.DataFrame:
    """Return rows of `MANY`: how many series of each status an objective has in a State or group.

    Of a group these are the series of its Member States, counted one by one.
    """
    kept = found.plan.indicators[found.plan.indicators["indicator"].isin(codes)]
    plan = replace(found.plan, indicators=kept.reset_index(drop=True))
    by = "group" if are_groups else "area"
    own = found.progress[found.progress["indicator"].isin(codes)]
    counted = progress.rollup(own, plan, by=[by, "objective"], year=found.year)
    counted = counted[counted[by].isin(rows)]
    turns = _turns(found, codes, rows, are_groups=are_groups)
    table = counted.rename(columns={by: "row", "objective": "column"}).merge(
        turns, on=["row", "column"], how="left"
    )
    return frames.check(table.fillna({"better": 0, "worse": 0}), MANY)


def _turns(
    found: Picture, codes: Sequence[str], rows: Sequence[str], *, are_groups: bool
) -> pd.DataFrame:
    """Return how many series of each row and objective got better, and how many worse."""
    moved = moves(found)
    moved = moved[moved["indicator"].isin(codes) & moved["move"].isin(["better", "worse"])]
    objective = dict(
        zip(found.plan.indicators["indicator"], found.plan.indicators["objective"], strict=True)
    )
    moved = moved.assign(column=moved["indicator"].map(objective), row=moved["area"])
    if are_groups:
        pairs = [(group, area) for group in rows for area in members(found, group)]
        links = pd.DataFrame(pairs, columns=["row", "area"]).astype("str")
        moved = moved.drop(columns="row").merge(links, on="area", how="inner")
    wide = moved.groupby(["row", "column", "move"], observed=True).size().unstack(fill_value=0)
    return wide.reindex(columns=["better", "worse"], fill_value=0).reset_index()


def summary(cells: pd.DataFrame, context: Collection[str] = ()) -> pd.DataFrame:
    """Return a row for each row of cells: how much of it reports, and how much of that does well.

    Columns: row, n, expected, assessed, good, coverage and share (missing where there is nothing
    to divide by). `cells` are `SERIES` or `MANY`; columns in `context` are not counted, and of
    single series neither is what is too old.
    """
    cells = cells[~cells["column"].isin(context)]
    count = cells["count"] if "count" in cells else cells["n"].clip(upper=1)
    verdict = ~cells["status"].isin(WITHOUT_VERDICT)
    table = pd.DataFrame(
        {
            "row": cells["row"],
            "assessed": count.where(verdict, 0),
            "good": count.where(cells["status"].isin(GOOD), 0),
        }
    )
    once = cells.drop_duplicates(["row", "column"])
    sums = once.groupby("row", sort=False)[["n", "expected"]].sum()
    sums = sums.join(table.groupby("row", sort=False)[["assessed", "good"]].sum())
    return sums.assign(
        coverage=sums["n"] / sums["expected"].where(sums["expected"] > 0),
        share=sums["good"] / sums["assessed"].where(sums["assessed"] > 0),
    ).reset_index()


def since(session: Session, plan: str, *, moment: datetime) -> Since:
    """Return what a moment is compared with: the last snapshot before it, or a year before it.

    A sealed round is a snapshot as well, and is named as the round.
    """
    for one in snapshots.listing(session, plan):
        if one.as_of < moment:
            sealed = select(ReportingRound.name).where(ReportingRound.snapshot_id == one.id)
            return Since(one.as_of, one.name, one.id, session.exec(sealed).first() or "")
    day = moment.date()
    back = date(day.year - 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
    return Since(reads.end_of(back))


def changes(now: Picture, before: Picture) -> pd.DataFrame:
    """Return the series that changed between two pictures, a row of `CHANGES` each.

    What: `first` reported at all, `newer` value, `corrected` value of the same year, `withdrawn`,
    or only `judged` otherwise, because time went by or what is asked was changed. A turn is only
    said from verdict to verdict.
    """
    key = ["area", "indicator"]
    kept = [*key, "value", "year", "status"]
    both = now.progress[kept].merge(
        before.progress[kept], on=key, how="outer", suffixes=("", "_before")
    )
    told, was = both["value"].notna(), both["value_before"].notna()
    same_year = both["year"] == both["year_before"]
    same = told & was & same_year & ((both["value"] - both["value_before"]).abs() <= EPS)
    after = both["status"].fillna("no_data")
    earlier = both["status_before"].fillna("no_data")
    what = np.select(
        [told & ~was, ~told & was, same | (~told & ~was), told & was & ~same_year],
        ["first", "withdrawn", "judged", "newer"],
        "corrected",
    )
    rank = {word: place for place, word in enumerate(ORDER)}
    gain = earlier.map(rank).astype("float64") - after.map(rank).astype("float64")
    table = both.assign(
        what=pd.Series(what, index=both.index).astype("str"),
        before=earlier,
        after=after,
        turn=pd.Series(
            np.select([gain > 0, gain < 0], ["better", "worse"], ""), index=both.index
        ).astype("str"),
    )
    silent = table["what"].eq("judged") & table["before"].eq(table["after"])
    return frames.check(table[~silent].reset_index(drop=True), CHANGES)


def names(session: Session, language: str) -> dict[str, str]:
    """Return the names of States and observers in a language; in English where it has none."""
    places = session.exec(
        select(ReferenceArea).where(
            col(ReferenceArea.kind).in_([AreaKind.STATE, AreaKind.OBSERVER])
        )
    ).all()
    spoken = session.exec(
        select(AreaName).where(AreaName.language == language).order_by(col(AreaName.since))
    ).all()
    named = {one.area_id: one.name for one in spoken}  # the newest name stays
    return {one.code: named.get(one.id or 0, one.name) for one in places}
