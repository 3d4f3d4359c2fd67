"""Roll-up: how many series have which status, out of how many that were expected.

The distribution comes first; a mean of capped shares stands beside it, never in its place.
Context-only indicators never enter, what does not apply leaves the count, and a stale value counts
as not reported.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import frames
from dashboard.progress import membership
from dashboard.progress.words import STATUSES, WITHOUT_VERDICT, spelled

Places = npt.NDArray[np.int64]

BY: Final = (
    "plan",
    "objective",
    "measure",
    "indicator",
    "area",
    "region",
    "subregion",
    "group",
)
COUNTS: Final[frames.Schema] = {
    "status": "str",
    "count": "int64",
    "n": "int64",  # series that report
    "expected": "int64",  # series that should
    "stale": "int64",  # among those that do not report: with a value that is too old
    "mean_share": "float64",  # mean of capped shares, equal weights
    "n_share": "int64",  # series behind it
    "is_alert": "bool",  # any series moves away
}
_ALERT: Final = ("deteriorating", "lost", "regressed")


def rollup(
    progress: pd.DataFrame,
    plan: frames.PlanFrames,
    by: str | Sequence[str] = "objective",
    *,
    year: int | None = None,
) -> pd.DataFrame:
    """Return one row for each key and status: how many series, with n of N.

    `by` is one or several of `BY`; its columns come first, then those of `COUNTS`. Series that
    are expected and do not report are counted under `no_data`. Groups have the members of `year`,
    without one, or outside the years of the cube, those of the nearest year in it.
    """
    keys = [by] if isinstance(by, str) else list(by)
    unknown = [key for key in keys if key not in BY]
    if unknown:
        raise ValueError(f"progress is not rolled up by {', '.join(unknown)}")
    pairs = _expected(progress, plan, with_groups="area" in keys)
    for key in keys:
        pairs = _keyed(pairs, key, plan, year)
    pairs = pairs.reset_index(drop=True)
    code = pairs["code"].to_numpy()
    number, names = _numbered(pairs, keys)
    counts = np.zeros((len(names), len(STATUSES)), dtype=np.int64)
    np.add.at(counts, (number, code), 1)
    silent = STATUSES.index("no_data")
    shares = pairs["share"].to_numpy(np.float64)
    has_share = ~np.isnan(shares)
    size = len(names)
    n_share = np.bincount(number[has_share], minlength=size)
    total = np.bincount(number[has_share], weights=shares[has_share], minlength=size)
    mean = np.divide(total, n_share, out=np.full(size, np.nan), where=n_share > 0)
    expected = counts.sum(axis=1)
    alert = counts[:, [STATUSES.index(word) for word in _ALERT]].sum(axis=1) > 0
    stale = np.bincount(number[pairs["is_stale"].to_numpy()], minlength=size)
    line, status = np.nonzero(counts)
    rows = names.iloc[line].reset_index(drop=True)
    return rows.assign(
        status=spelled(status, STATUSES),
        count=counts[line, status],
        n=(expected - counts[:, silent])[line],
        expected=expected[line],
        stale=stale[line].astype(np.int64),
        mean_share=mean[line],
        n_share=n_share[line].astype(np.int64),
        is_alert=alert[line],
    )


def _numbered(pairs: pd.DataFrame, keys: list[str]) -> tuple[Places, pd.DataFrame]:
    grouped = pairs.groupby(keys, sort=True, observed=True)
    names = grouped.size().reset_index()[keys]
    return grouped.ngroup().to_numpy().astype(np.int64), names


def _expected(
    progress: pd.DataFrame, plan: frames.PlanFrames, *, with_groups: bool
) -> pd.DataFrame:
    """Return every series that should report, with its status, share and staleness.

    Of national indicators that is every Member State; of others whoever has one, or the world.
    """
    table = plan.indicators
    equal = plan.targets.loc[plan.targets["operator"] == "=", "indicator"]
    parity = table["kind"].eq("ratio") & table["indicator"].isin(equal)
    counted = table[table["direction"].ne(0) | parity]
    national = counted.loc[counted["national"], "indicator"].to_numpy(object)
    other = counted.loc[~counted["national"], "indicator"].to_numpy(object)
    states = plan.areas.loc[plan.areas["is_member"], "area"].to_numpy(object)
    own = progress[progress["indicator"].isin(other)]
    nobody = np.setdiff1d(other, own["indicator"].to_numpy(object))
    worlds = plan.areas.loc[plan.areas["kind"] == "world", "area"].tolist()
    grid = pd.DataFrame(
        {
            "area": np.concatenate(
                [
                    np.repeat(states, len(national)),
                    own["area"].to_numpy(object),
                    np.full(len(nobody), (worlds or [membership.WORLD])[0], dtype=object),
                ]
            ),
            "indicator": np.concatenate(
                [np.tile(national, len(states)), own["indicator"].to_numpy(object), nobody]
            ),
        }
    ).astype("str")
    known = progress[progress["indicator"].isin(counted["indicator"])]
    known = known[["area", "indicator", "status", "share", "flags"]]
    pairs = grid.merge(known, on=["area", "indicator"], how="outer" if with_groups else "left")
    pairs["is_stale"] = pairs["flags"].fillna("").str.contains("stale", regex=False)
    status = pairs["status"].where(~pairs["is_stale"]).fillna("no_data")
    pairs["code"] = pd.Categorical(status, categories=list(STATUSES)).codes.astype(np.int64)
    is_judged = ~pairs["is_stale"] & ~pairs["status"].isin(WITHOUT_VERDICT)
    pairs["share"] = pairs["share"].where(is_judged).clip(0.0, 1.0)
    skipped = [STATUSES.index("context_only"), STATUSES.index("not_applicable")]
    return pairs[~pairs["code"].isin(skipped)]


def _keyed(
    pairs: pd.DataFrame, key: str, plan: frames.PlanFrames, year: int | None
) -> pd.DataFrame:
    if key in {"indicator", "area"}:
        return pairs
    if key == "plan":
        return pairs.assign(plan=plan.plan)
    if key == "objective":
        objective = plan.indicators.set_index("indicator")["objective"]
        return pairs.assign(objective=pairs["indicator"].map(objective))
    if key == "measure":
        links = plan.measure_indicators[["measure", "indicator"]]
        return pairs.merge(links, on="indicator", how="inner")
    if key in {"region", "subregion"}:
        placed = plan.areas.set_index("area")[key]
        placed = placed[placed != ""]
        pairs = pairs.assign(**{key: pairs["area"].map(placed)})
        return pairs[pairs[key].notna()]
    belonging = membership.read(plan)
    years = np.asarray(plan.cube.years)
    place = len(years) - 1 if year is None else int(np.abs(years - year).argmin())
    group, area = np.nonzero(belonging.members[:, :, place])
    links = pd.DataFrame(
        {
            "group": spelled(group, belonging.groups),
            "area": spelled(area, plan.cube.areas),
        }
    )
    return pairs.merge(links, on="area", how="inner")
