"""A region or group: who belongs, where it stands by each indicator's own rule, and who is missing.

No figure of a group is handed out without how many of how many States stand behind it, who is
missing, and what it could have been had they reported.
"""

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from dashboard import frames, progress
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import views
from dashboard.services.views import GOOD, Picture
from models import AreaKind, NotFound

TREE: Final = (AreaKind.WORLD, AreaKind.REGION, AreaKind.SUBREGION)
SHARE: Final = "share_meeting"
SAME: Final = "same"
"""What stands behind the code of a group for the line of the States that report at both ends."""
HALF: Final = 0.5
ENDS: Final = 2
LEAST: Final = 3
"""States from which on a line of the same States is drawn: fewer are looked at one by one."""
STANDING: Final[frames.Schema] = {
    "indicator": "str",
    "objective": "str",
    "name": "str",
    "unit": "str",
    "tier": "str",
    "direction": "int64",
    "rule": "str",
    "value": "float64",  # of all that report, missing where too few do
    "year": "float64",
    "n": "int64",
    "states": "int64",
    "low": "float64",  # what it could be at least had all reported, missing if unbounded
    "high": "float64",
    "missing": "str",  # codes divided by a space
    "base": "float64",  # of the same States in both years
    "base_year": "float64",
    "same": "float64",
    "n_same": "int64",
    "target": "float64",
    "target_year": "float64",
    "share": "float64",
    "pace": "float64",
    "status": "str",
    "confidence": "str",
}


def offered(found: Picture) -> list[str]:
    """Return the groups that can be shown: what the plan is for, then regions, parts, groups."""
    peopled = set(found.plan.memberships["group"])
    order = {kind.value: place for place, kind in enumerate((*TREE, AreaKind.GROUP))}
    areas = found.plan.areas
    areas = areas[areas["area"].isin(peopled) & areas["kind"].isin(order)]
    place = areas["kind"].map(order).where(areas["area"] != found.plan.scope, -1)
    ordered = areas.assign(place=place).sort_values("place", kind="stable")
    return [str(code) for code in ordered["area"]]


def is_group(found: Picture, area: str) -> bool:
    """Say whether an area is a region, a group or the world; `NotFound` where there is none."""
    kinds = found.plan.areas.set_index("area")["kind"]
    if area not in kinds.index:
        raise NotFound(f"No area has the code {area!r}.")
    return kinds[area] in {kind.value for kind in (*TREE, AreaKind.GROUP)}


def belonging(found: Picture, group: str) -> pd.DataFrame:
    """Return who belongs or once belonged to a group, by name: area, name, since, until, is_now.

    Days are year fractions, without bound where they always did or still do. Who belongs on the
    last day of the picture's year belongs now, as in every figure of that year. Regions and the
    world hold Member States only.
    """
    rows = found.plan.memberships
    places = found.plan.areas.set_index("area")
    own = rows[rows["group"] == group].copy()
    if places.loc[group, "kind"] in {kind.value for kind in TREE}:
        own = own[own["area"].map(places["is_member"]).eq(True)]
    end = found.year + 1.0
    own["is_now"] = (own["since"] < end) & (own["until"] >= end)
    own["name"] = own["area"].map(places["name"])
    latest = own.sort_values(["is_now", "since"]).drop_duplicates("area", keep="last")
    return latest.sort_values("name")[["area", "name", "since", "until", "is_now"]].reset_index(
        drop=True
    )


def members(found: Picture, group: str) -> list[str]:
    """Return who belongs to a group in the year of the picture, in the order of their names."""
    rows = belonging(found, group)
    return [str(code) for code in rows.loc[rows["is_now"], "area"]]


def standing(found: Picture, group: str) -> pd.DataFrame:
    """Return where a group stands on each indicator, by its declared rule; columns `STANDING`.

    The figure is that of the latest year in which enough States report; where there is no such year
    the one that most report in is shown without its value, with who is missing. Way and verdict
    are of the States that report in both years.
    """
    every = progress.aggregate(found.plan, groups=[group])
    every = every[every["year"] <= found.year]
    ranked = every.assign(shown=every["is_publishable"] & every["value"].notna())
    best = ranked.assign(when=ranked["year"].where(ranked["shown"], -1.0))
    best = best.sort_values(["indicator", "shown", "when", "n", "year"], kind="stable")
    best = best.drop_duplicates("indicator", keep="last")
    for name in ("value", "low", "high"):
        best[name] = best[name].where(best["shown"])
    judged = progress.measure_groups(
        found.plan, year=found.year, groups=[group], method=found.method, preset=found.preset
    ).rename(columns={"value": "same", "n": "n_same"})
    kept = ["indicator", "base", "base_year", "same", "n_same", "target", "target_year", "share",
            "pace", "status", "confidence"]  # fmt: skip
    asked = found.plan.indicators[
        ["indicator", "objective", "name", "unit", "tier", "direction", "national", "aggregation"]
    ]
    table = asked.merge(best.drop(columns=["group"]), on="indicator", how="left")
    table = table.merge(judged[kept], on="indicator", how="left")
    table = table[table["national"] | table["value"].notna()]
    size = len(members(found, group))
    silent = np.where(table["direction"] == 0, "context_only", "no_data")
    too_few = table["n"].fillna(0).gt(0) & table["direction"].ne(0)
    status = table["status"].fillna(pd.Series(silent, index=table.index))
    filled = table.assign(
        status=status.mask(table["value"].isna() & too_few, "insufficient_data"),
        rule=table["rule"].fillna(table["aggregation"]),
        missing=table["missing"].fillna(" ".join(members(found, group))),
        confidence=table["confidence"].fillna(""),
        year=table["year"].astype("float64"),
        **{name: table[name].fillna(0).astype("int64") for name in ("n", "n_same")},
        states=table["states"].fillna(size).astype("int64"),
    )
    return frames.check(filled.reset_index(drop=True), STANDING)


def over_time(found: Picture, group: str, indicator: str) -> pd.DataFrame:
    """Return the yearly figures of a group, and those of the same States all along.

    The same States are those that belong and report both in the first year that may be published
    and in the last complete one. Their rows have the code of the group with `SAME` behind it, and
    `states` is how many they are: a figure of these States, shown where half of them report, and
    none of the group. For sums of small counts there are none: the difference could point at a
    person. Years after the last one of which anything is known are left out: they are not yet due.
    Columns are those of `progress.aggregation.AGGREGATES`.
    """
    rows = progress.aggregate(found.plan, groups=[group], indicators=[indicator])
    known = rows.loc[rows["n"].gt(0) | rows["value"].notna(), "year"]
    rows = rows[rows["year"] <= min(found.year, known.max() if len(known) else found.year)]
    shown = rows[rows["is_publishable"] & rows["value"].notna() & (rows["year"] < found.year)]
    facts = found.plan.indicators.set_index("indicator").loc[indicator]
    counts = facts["min_cell"] > 1 and shown["rule"].eq("sum").any()
    if shown["year"].nunique() < ENDS or shown["states"].eq(0).any() or counts:
        return rows
    first, last = int(shown["year"].min()), int(shown["year"].max())
    panel = _reporting(found, group, indicator, first) & _reporting(found, group, indicator, last)
    if len(panel) < LEAST:
        return rows
    cube = found.plan.cube
    values = cube.values.copy()
    values[:, ~pd.Index(cube.areas).isin(sorted(panel))] = np.nan
    only = replace(found.plan, cube=replace(cube, values=values))
    same = progress.aggregate(only, groups=[group], indicators=[indicator])
    same = same[(same["year"] >= first) & (same["year"] <= last)]
    share = same["n"] / len(panel)
    told = same.assign(
        group=f"{group} {SAME}",
        states=len(panel),
        coverage=share,
        weight_coverage=np.nan,
        low=np.nan,
        high=np.nan,
        is_publishable=share.ge(HALF) & same["value"].notna(),
        missing="",
    )
    return pd.concat([rows, told], ignore_index=True)


def _reporting(found: Picture, group: str, indicator: str, year: int) -> set[str]:
    """Return who belongs to a group and reports an indicator in a year."""
    rows = progress.aggregate(found.plan, groups=[group], indicators=[indicator], year=year)
    silent = set(str(rows["missing"].iloc[0]).split())
    cube = found.plan.cube
    grid = cube.totals[:, cube.indicators.index(indicator), cube.years.index(year)]
    belong = found.plan.memberships
    end = year + 1.0
    inside = belong[
        (belong["group"] == group) & (belong["since"] < end) & (belong["until"] >= end)
    ]["area"]
    told = {area for area, known in zip(cube.areas, ~np.isnan(grid), strict=True) if known}
    return (set(inside) & told) - silent


def roads(found: Picture, group: str, indicator: str) -> pd.DataFrame:
    """Return the way of every member from its baseline to now, those that report first.

    Columns: area and those that `charts.dumbbell` takes; the silent keep their rows.
    """
    belong = pd.DataFrame({"area": members(found, group)})
    names = found.plan.areas[["area", "name"]]
    own = found.progress[found.progress["indicator"] == indicator]
    kept = ["area", "base_year", "base", "year", "value", "target", "status"]
    table = belong.merge(names, on="area").merge(own[kept], on="area", how="left")
    rank = {word: place for place, word in enumerate(progress.STATUSES)}
    table = table.assign(status=table["status"].fillna("no_data"))
    order = table["status"].map(rank)
    told = table.assign(order=order, silent=table["value"].isna())
    told = told.sort_values(["silent", "order", "name"], kind="stable")
    return told[["name", *kept]].reset_index(drop=True)


def counts(found: Picture, group: str, *, tier: str = "core") -> pd.DataFrame:
    """Return how many series of the members have which status, by objective, n of N.

    Columns are those of `progress.rollup` by objective: what members should report and do not is
    counted as not reported.
    """
    plan = views.only(found.plan, tier)
    national = plan.indicators[plan.indicators["national"]]
    inside = members(found, group)
    areas = plan.areas.assign(is_member=plan.areas["area"].isin(inside))
    asked = replace(plan, indicators=national.reset_index(drop=True), areas=areas)
    rows = found.progress[
        found.progress["area"].isin(inside)
        & found.progress["indicator"].isin(national["indicator"])
    ]
    return progress.rollup(rows, asked, by="objective", year=found.year)


def table(found: Picture, group: str, *, tier: str = "core") -> pd.DataFrame:
    """Return a row for each member: what it reports and how much of that is on track or met.

    Columns: area, name, n, expected, coverage, assessed, good, latest (the newest year with a value
    of any indicator).
    """
    asked = views.only(found.plan, tier).indicators
    core = asked.loc[asked["national"] & asked["direction"].ne(0), "indicator"]
    own = found.progress
    fresh = own[own["indicator"].isin(core) & ~own["flags"].str.contains("stale")]
    judged = fresh[~fresh["status"].isin(WITHOUT_VERDICT)]
    inside = pd.DataFrame({"area": members(found, group)}).merge(
        found.plan.areas[["area", "name"]], on="area"
    )
    by = inside["area"]
    latest = own.groupby("area")["year"].max()
    told = inside.assign(
        n=by.map(fresh[fresh["value"].notna()].groupby("area").size()).fillna(0).astype("int64"),
        expected=len(core),
        assessed=by.map(judged.groupby("area").size()).fillna(0).astype("int64"),
        good=by.map(judged[judged["status"].isin(GOOD)].groupby("area").size())
        .fillna(0)
        .astype("int64"),
        latest=by.map(latest),
    )
    return told.assign(coverage=told["n"] / max(len(core), 1))
