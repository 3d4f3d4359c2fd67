"""Fair peers: the few States most like one, chosen by a rule that fits in a sentence.

Whoever picks the peers can make any State look good or bad, so nobody picks them. The distance
between two States counts steps: one for each doubling of the population, one for another subregion
and two for another region, one for each situation (least developed, landlocked developing, small
island developing) that only one of them is in, one where only one of them is bound by the treaty
that the plan builds on. The States with the fewest steps are the peers; on a tie the order of their
codes decides. Income is not among it: no list of income groups comes with the program.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import frames
from dashboard.services import views
from dashboard.services.views import Picture
from models import NotFound
from seed import facts

FEW: Final = 5
"""How many peers a State is held against."""
LEAST: Final = 3
"""Values from which on a median of peers is shown: fewer would point at single States."""
SITUATIONS: Final = ("LDC", "LLDC", "SIDS")
SAME_REGION, OTHER_REGION = 1.0, 2.0
PEERS: Final[frames.Schema] = {
    "area": "str",
    "name": "str",
    "steps": "float64",
    "doublings": "float64",  # between the populations
    "away": "float64",  # 0 in the same subregion, 1 in the same region, 2 elsewhere
    "situations": "float64",  # that only one of both is in
    "regime": "float64",  # 1 where only one of both is a party
}


def of(found: Picture, area: str, *, most: int = FEW) -> pd.DataFrame:
    """Return the Member States most like an area, nearest first; columns `PEERS`.

    Without its population an area has no fair peers, and a State without one is nobody's peer.
    """
    places = views.by_code(found)
    if area not in places.index:
        raise NotFound(f"No area has the code {area!r}.")
    others = places[places["is_member"] & (places.index != area)]
    size = population(found).reindex([area, *others.index]).to_numpy(np.float64)
    doublings = np.abs(np.log2(size[1:] / size[0]))
    own = places.loc[area]
    near, nearest = (
        others[name].eq(own[name]) & others[name].ne("") for name in ("region", "subregion")
    )
    away = np.where(nearest, 0.0, np.where(near, SAME_REGION, OTHER_REGION))
    unlike = {
        "situations": _unlike(
            found.once("situations", lambda: _situations(found)), area, others.index
        ),
        "regime": _unlike(found.once("parties", lambda: _parties(found)), area, others.index),
    }
    table = pd.DataFrame(
        {
            "area": others.index,
            "name": others["name"].to_numpy(),
            "steps": doublings + away + unlike["situations"] + unlike["regime"],
            "doublings": doublings,
            "away": away,
            **unlike,
        }
    ).dropna(subset="steps")
    closest = table.sort_values(["steps", "area"], kind="stable").head(most)
    return frames.check(closest.reset_index(drop=True), PEERS)


def population(found: Picture) -> pd.Series:
    """Return the population of every area where it is known, of the year nearest to the picture."""
    return found.once("population", lambda: _population(found))


def _population(found: Picture) -> pd.Series:
    rows = found.plan.weights
    rows = rows[rows["weight"].eq("population") & (rows["value"] > 0)]
    rows = rows.assign(far=(rows["year"] - found.year).abs())
    nearest = rows.sort_values(["far", "year"], kind="stable").drop_duplicates("area")
    return nearest.set_index("area")["value"]


def medians(found: Picture, areas: list[str]) -> pd.DataFrame:
    """Return the median of the latest values of some areas, by indicator; stale ones are left out.

    Columns: indicator, median (missing below `LEAST` values), n, of, since and until (the years the
    values are of).
    """
    own = views.fresh(found)
    inside = own[own["area"].isin(areas) & own["value"].notna()]
    table = (
        inside.groupby("indicator")
        .agg(median=("value", "median"), n=("value", "count"), since=("year", "min"),
             until=("year", "max"))
        .reset_index()
    )  # fmt: skip
    return table.assign(median=table["median"].where(table["n"] >= LEAST), of=len(areas))


def _situations(found: Picture) -> pd.DataFrame:
    """Return 1 for who is in which situation in the year of the picture, a column for each."""
    rows = found.plan.memberships
    end = found.year + 1.0
    now = rows[rows["group"].isin(SITUATIONS) & (rows["since"] < end) & (rows["until"] >= end)]
    inside = pd.crosstab(now["area"], now["group"]).clip(upper=1)
    return inside.reindex(found.plan.areas["area"], fill_value=0).astype("float64")


def _parties(found: Picture) -> pd.DataFrame:
    """Return 1 for who is bound by each treaty the program ships facts of, missing if not known."""
    codes = [it.indicator for it in facts.read().treaties if it.plan == found.plan.plan]
    rows = found.progress[found.progress["indicator"].isin(codes) & found.progress["value"].notna()]
    wide = rows.pivot_table(index="area", columns="indicator", values="value")
    return wide.ge(facts.BOUND).astype("float64")


def _unlike(table: pd.DataFrame, area: str, others: pd.Index) -> npt.NDArray[np.float64]:
    """Return in how many columns an area and each other differ; what is not known differs not."""
    told = table.reindex([area, *others]).to_numpy(np.float64)
    unlike: npt.NDArray[np.float64] = np.nansum(np.abs(told[1:] - told[0]), axis=1)
    return unlike
