"""Where the measures of a plan stand: their indicators held against targets, their execution.

Reports on measures are kept apart from figures: a measure that is under way is not an indicator
that rises, and the other way round.
"""

from typing import Final

import numpy as np
import pandas as pd

from dashboard import frames, progress
from dashboard.services import views
from dashboard.services.views import Picture
from models import AreaKind, NotFound

STATES: Final = frozenset({AreaKind.STATE, AreaKind.OBSERVER, AreaKind.TERRITORY})
SHARE: Final = "share_meeting"
SUM: Final = "sum"
HUNDRED: Final = 100.0
STANDING: Final[frames.Schema] = {
    "indicator": "str",
    "name": "str",
    "unit": "str",  # per cent where the figure is a share of States
    "rule": "str",  # how the figure of a group comes about; empty for a State
    "value": "float64",
    "year": "float64",
    "base": "float64",
    "base_year": "float64",
    "target": "float64",
    "target_year": "float64",
    "target_status": "str",  # proposed, national, agreed; empty where no target is set
    "operator": "str",
    "beside": "float64",  # median of a State's region; the world's figure beside a region's
    "lower": "float64",
    "upper": "float64",
    "status": "str",
    "n": "int64",  # States behind the figure of a group, of `states`
    "states": "int64",
    "is_low": "bool",  # of low confidence
    "is_direct": "bool",  # entered for the group itself: no States are counted behind it
}
COUNTS: Final[frames.Schema] = {"measure": "str", "implementation": "str", "n": "int64"}
SILENT: Final = "no_data"
"""What stands for an area that has not reported on a measure."""


def standing(found: Picture, area: str) -> pd.DataFrame:
    """Return how each indicator stands in an area against its target, a row each.

    Columns are those of `STANDING`, in the order of the plan. For a State it is its own series;
    for a region, a group or the world the aggregate by the indicator's own rule.
    """
    kinds = dict(zip(found.plan.areas["area"], found.plan.areas["kind"], strict=True))
    if area not in kinds:
        raise NotFound(f"No area has the code {area!r}.")
    table = _of_state(found, area) if kinds[area] in STATES else _of_group(found, area)
    return frames.check(_aimed(found, table, area), STANDING)


def _of_state(found: Picture, area: str) -> pd.DataFrame:
    rows = views.profile(found, area)
    graded = progress.confidence(found.plan, year=found.year)
    low = graded[(graded["area"] == area) & (graded["confidence"] == "low")]["indicator"]
    return rows.assign(
        rule="",
        beside=rows["median"],
        is_low=rows["indicator"].isin(low),
        n=0,
        states=0,
        is_direct=False,
    )


def _of_group(found: Picture, area: str) -> pd.DataFrame:
    world = found.plan.scope
    both = progress.measure_groups(
        found.plan,
        year=found.year,
        groups=list(dict.fromkeys([area, world])),
        method=found.method,
        preset=found.preset,
    )
    own = both[both["area"] == area]
    above = both.loc[both["area"] == world, ["indicator", "value"]]
    beside = (
        above.rename(columns={"value": "beside"})
        if area != world
        else above[:0].assign(beside=np.nan)
    )
    kept = ["indicator", "name", "unit", "direction", "aggregation", "aggregation_global"]
    table = found.plan.indicators[kept].merge(own.drop(columns="area"), on="indicator", how="left")
    table = table.merge(beside[["indicator", "beside"]], on="indicator", how="left")
    rule = table["aggregation_global"] if area == views.WORLD else table["aggregation"]
    share = rule == SHARE
    scale = np.where(share, HUNDRED, 1.0)
    silent = np.where(table["direction"] == 0, "context_only", SILENT)
    figures = {name: table[name] * scale for name in ("value", "base", "target", "beside")}
    return table.assign(
        **figures,
        rule=rule,
        unit=table["unit"].mask(share, "%"),
        status=table["status"].fillna(pd.Series(silent, index=table.index)),
        n=table["n"].fillna(0).astype("int64"),
        states=table["states"].fillna(0).astype("int64"),
        is_low=table["confidence"].eq("low"),
        is_direct=rule.isin(["direct", "recompute"]),
    )


def _aimed(found: Picture, table: pd.DataFrame, area: str) -> pd.DataFrame:
    """Add who stands behind each target, and the natural limits of each figure."""
    aims = found.plan.targets
    aims = aims[~aims["is_interim"] & aims["area"].isin([area, found.plan.scope, ""])]
    nearest = aims["area"].map({area: 0, found.plan.scope: 1}).fillna(2)
    first = aims.assign(nearest=nearest).sort_values("nearest", kind="stable")
    first = first.drop_duplicates("indicator")
    first = first[["indicator", "status", "operator", "value", "year", "nearest"]].rename(
        columns={"status": "target_status", "value": "aim", "year": "aim_year"}
    )
    limits = found.plan.indicators[["indicator", "lower", "upper"]]
    wide = table.drop(columns=["lower", "upper"], errors="ignore")
    wide = wide.merge(first, on="indicator", how="left").merge(limits, on="indicator", how="left")
    share = wide["rule"] == SHARE
    # A series without a value has a target all the same. A sum takes no target of single States.
    meant = wide["aim"].mask(share, HUNDRED).mask((wide["rule"] == SUM) & (wide["nearest"] == 2))
    target = wide["target"].fillna(meant)
    aimless = target.isna()
    return wide.assign(
        target=target,
        target_year=wide["target_year"].fillna(wide["aim_year"]).mask(aimless),
        lower=wide["lower"].mask(share, 0.0),
        upper=wide["upper"].mask(share, HUNDRED),
        operator=wide["operator"].fillna("").mask(share, ">="),
        target_status=wide["target_status"].fillna("").mask(aimless, ""),
    )


def latest(reports: pd.DataFrame) -> pd.DataFrame:
    """Return the newest of the accepted reports of each area on each measure."""
    order = reports.sort_values("as_at", kind="stable")
    return order.drop_duplicates(["area", "measure"], keep="last").reset_index(drop=True)


def execution(found: Picture, newest: pd.DataFrame) -> pd.DataFrame:
    """Return in how many Member States each measure stands where, the silent ones counted.

    `newest` are the newest reports. Columns are those of `COUNTS`; every measure adds up to the
    number of Member States, so no share is without its n of N.
    """
    members = found.plan.areas.loc[found.plan.areas["is_member"], "area"]
    own = newest[newest["area"].isin(members)]
    table = own.assign(implementation=own["implementation"].map(str))
    table = table.groupby(["measure", "implementation"]).size().reset_index(name="n")
    told = table.groupby("measure")["n"].sum()
    every = found.plan.measures["measure"]
    silent = pd.DataFrame(
        {
            "measure": every,
            "implementation": SILENT,
            "n": len(members) - every.map(told).fillna(0).astype("int64"),
        }
    )
    both = pd.concat([table, silent], ignore_index=True)
    place = {code: at for at, code in enumerate(every)}
    both = both[both["measure"].isin(place)]
    both = both.sort_values("measure", key=lambda codes: codes.map(place), kind="stable")
    return frames.check(both.reset_index(drop=True), COUNTS)


def by_region(found: Picture, newest: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return where a measure stands in every Member State: area, region, implementation."""
    members = found.plan.areas[found.plan.areas["is_member"]][["area", "name", "region"]]
    own = newest.loc[newest["measure"] == measure, ["area", "implementation", "as_at"]]
    table = members.merge(own, on="area", how="left")
    told = table["implementation"].astype("object")
    told = told.where(told.notna(), SILENT).map(str)
    return table.assign(implementation=told.astype("str"))


def milestones(newest: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the milestones that areas have named for a measure, the soonest due first.

    Columns: area, milestone, due, implementation. One without a date stands last.
    """
    own = newest[(newest["measure"] == measure) & newest["milestone"].str.strip().ne("")]
    table = own[["area", "milestone", "milestone_due", "implementation"]]
    table = table.rename(columns={"milestone_due": "due"})
    due = pd.to_datetime(table["due"]).astype("datetime64[us]")
    table = table.assign(due=due, implementation=table["implementation"].map(str))
    return table.sort_values(["due", "area"], na_position="last").reset_index(drop=True)
