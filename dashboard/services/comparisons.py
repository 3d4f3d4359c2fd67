"""A few areas side by side, and whether a difference between them means anything.

A difference is called clear only if nothing speaks against it: the years lie close, neither figure
is old, estimated or of low confidence, it is larger than what the series swing from year to year,
and, between groups, the silent could not turn it round. Whatever does is told by its name.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from dashboard import frames, progress
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import peers, regions
from dashboard.services.views import Picture
from models import BadInput, Kind

FEWEST, MOST = 2, 6
APART: Final = 2
"""Years that two figures may lie apart and still be held against each other."""
UNSURE: Final = frozenset({"estimated", "censored"})
LEVELS: Final = (Kind.ORDINAL.value, Kind.BINARY.value)
RULES_OF_ONE: Final = ("", "median", "mean", "weighted_mean", "ratio_of_sums", "recompute")
"""Rules whose figure is of the same kind as that of one State."""
COMPARED: Final[frames.Schema] = {
    "area": "str",
    "indicator": "str",
    "value": "float64",  # a share of States is a fraction
    "year": "float64",
    "base": "float64",
    "base_year": "float64",
    "target": "float64",
    "status": "str",
    "flags": "str",
    "rule": "str",  # of a group; empty for a State
    "n": "int64",  # States behind the figure of a group; 0 for a State
    "states": "int64",
    "low": "float64",
    "high": "float64",
    "confidence": "str",
    "sure": "str",  # robust, mostly, method_dependent, or empty where no trial can be made
}
DIFFERENCES: Final[frames.Schema] = {
    "indicator": "str",
    "lowest": "str",
    "highest": "str",
    "difference": "float64",  # highest less lowest, in the unit; missing if nothing is comparable
    "verdict": "str",  # clear, uncertain, none (alike), missing
    "reasons": "str",  # words divided by a space, what speaks against
}
REASONS: Final = (
    "years", "old", "unsure", "bounds", "swing", "method",
    "provisional", "levels", "kinds", "context",
)  # fmt: skip
"""What may stand beside a difference; the first six speak against it, the others inform."""
_AGAINST: Final = frozenset(REASONS[:6])


def check(found: Picture, areas: Sequence[str]) -> list[str]:
    """Return the areas that can be compared, each once; raise `BadInput` above six."""
    known = set(found.plan.areas["area"])
    picked = [area for area in dict.fromkeys(areas) if area in known]
    if len(picked) > MOST:
        raise BadInput(f"{len(picked)} areas are too many to compare; at most {MOST} can be read.")
    return picked


def table(found: Picture, areas: Sequence[str]) -> pd.DataFrame:
    """Return the figures of some areas on every indicator; columns `COMPARED`.

    An area that does not report keeps its row, with status `no_data`.
    """
    sure = progress.robustness(found.plan, year=found.year)[["area", "indicator", "robustness"]]
    graded = progress.confidence(found.plan, year=found.year)[["area", "indicator", "confidence"]]
    own = found.progress.merge(sure, on=["area", "indicator"], how="left")
    own = own.merge(graded, on=["area", "indicator"], how="left").rename(
        columns={"robustness": "sure"}
    )
    codes = found.plan.indicators[["indicator", "direction"]]
    parts = []
    for area in areas:
        if regions.is_group(found, area):
            rows = regions.standing(found, area).assign(flags="", sure="")
            rows = rows.drop(columns="direction")
        else:
            rows = own[own["area"] == area].assign(rule="", n=0, states=0, low=np.nan, high=np.nan)
        parts.append(
            codes.merge(rows.drop(columns="area", errors="ignore"), how="left").assign(area=area)
        )
    whole = pd.concat(parts, ignore_index=True)
    silent = np.where(whole["direction"] == 0, "context_only", "no_data")
    texts = {name: whole[name].fillna("") for name in ("flags", "rule", "confidence", "sure")}
    numbers = {name: whole[name].fillna(0).astype("int64") for name in ("n", "states")}
    status = whole["status"].fillna(pd.Series(silent, index=whole.index))
    return frames.check(whole.assign(status=status, **texts, **numbers), COMPARED)


def differences(found: Picture, compared: pd.DataFrame) -> pd.DataFrame:
    """Return for each indicator who stands lowest and highest and whether that means anything.

    `compared` is what `table` gives. Only figures of one kind are held against each other: those of
    States with means and medians of groups, or shares of States with each other.
    """
    facts = found.plan.indicators.set_index("indicator")
    told = []
    for code, rows in compared.groupby("indicator", sort=False):
        row = {"indicator": code, "lowest": "", "highest": "", "difference": np.nan}
        alike, mixed = _of_one_kind(rows[rows["value"].notna()])
        if len(alike) < FEWEST:
            told.append(row | {"verdict": "missing", "reasons": "kinds" if mixed else ""})
            continue
        ends = alike.sort_values("value", kind="stable").iloc[[0, -1]]
        gap = float(ends["value"].iloc[1] - ends["value"].iloc[0])
        reasons = _reasons(found, facts.loc[code], ends, gap)
        reasons |= {"kinds"} if mixed else set()
        verdict = "none" if gap == 0 else "uncertain" if reasons & _AGAINST else "clear"
        told.append(
            row
            | {
                "lowest": ends["area"].iloc[0],
                "highest": ends["area"].iloc[1],
                "difference": gap,
                "verdict": verdict,
                "reasons": " ".join(word for word in REASONS if word in reasons),
            }
        )
    return frames.check(pd.DataFrame(told, columns=list(DIFFERENCES)), DIFFERENCES)


def _of_one_kind(rows: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Return the rows of the kind that most are of, and whether others were left out."""
    kind = rows["rule"].where(~rows["rule"].isin(RULES_OF_ONE), "")
    if kind.empty:
        return rows, False
    most = kind.value_counts(sort=True).index[0]
    return rows[kind == most], bool((kind != most).any())


def _reasons(found: Picture, facts: Any, ends: pd.DataFrame, gap: float) -> set[str]:
    years = ends["year"].to_numpy(np.float64)
    flags = set(" ".join(ends["flags"]).split())
    doubted = ends["confidence"].eq("low") & ends["rule"].eq("")  # of groups the bounds say more
    levels = facts["kind"] in LEVELS and ends["rule"].eq("").all()
    tests = {
        "years": bool(np.ptp(years) > APART),
        "old": "stale" in flags,
        "unsure": bool(doubted.any() or flags & UNSURE),
        "bounds": _overlap(ends),
        "swing": not levels and gap <= _swing(found, facts.name, ends),
        "method": bool(
            ends["sure"].eq("method_dependent").any()
            and ends["status"].nunique() > 1
            and not ends["status"].isin(WITHOUT_VERDICT).any()
        ),
        "provisional": "provisional" in flags,
        "levels": bool(levels),
        "context": facts["direction"] == 0,
    }
    return {word for word, holds in tests.items() if holds}


def _overlap(ends: pd.DataFrame) -> bool:
    """Say whether the lower of two groups could have been the higher, had all reported."""
    if not (ends["n"] > 0).any():
        return False
    top = float(ends["high"].fillna(ends["value"]).iloc[0])
    bottom = float(ends["low"].fillna(ends["value"]).iloc[1])
    return top >= bottom


def _swing(found: Picture, indicator: str, ends: pd.DataFrame) -> float:
    """Return by how much the two series usually change from report to report, the larger of both.

    The median of the absolute steps of a State's own values; 0 where there are fewer than two
    steps, and for groups, whose bounds say more.
    """
    cube = found.plan.cube
    column = cube.indicators.index(indicator)
    seen = [place for place, year in enumerate(cube.years) if year <= found.year]
    swings = [0.0]
    for row in ends.to_dict("records"):
        if row["rule"] or row["area"] not in cube.areas:
            continue
        line = cube.totals[cube.areas.index(row["area"]), column][seen]
        steps = np.abs(np.diff(line[~np.isnan(line)]))
        swings.append(float(np.median(steps)) if len(steps) >= FEWEST else 0.0)
    return max(swings)


def statuses(found: Picture, areas: Sequence[str], *, tier: str = "core") -> pd.DataFrame:
    """Return how many series of each status each area has, of members where it is a group.

    Columns: area, status, n.
    """
    parts = []
    for area in areas:
        if regions.is_group(found, area):
            rows = regions.counts(found, area, tier=tier)
            tally = rows.groupby("status")["count"].sum()
        else:
            plan = found.plan.indicators
            asked = plan[plan["national"] & plan["direction"].ne(0) & plan["tier"].eq(tier)]
            own = found.progress[found.progress["area"] == area].set_index("indicator")
            status = own["status"].reindex(asked["indicator"])
            old = own["flags"].reindex(asked["indicator"]).fillna("").str.contains("stale")
            tally = status.mask(old, "no_data").fillna("no_data").value_counts()
            tally = tally.drop("not_applicable", errors="ignore")
        parts.append(pd.DataFrame({"area": area, "status": tally.index, "n": tally.to_numpy()}))
    return pd.concat(parts, ignore_index=True)


def medians(found: Picture) -> pd.DataFrame:
    """Return the median of all Member States by indicator, with n of N and its years."""
    states = found.plan.areas.loc[found.plan.areas["is_member"], "area"]
    return peers.medians(found, [str(code) for code in states])
