"""What changed in one area since a moment: figures that are new or corrected, verdicts that moved.

Only the rows of the one area are read. Both sides are assessed by today's targets, so that a change
of verdict is one of the figures, or of the time that went by, and never of the aim.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard import frames, progress
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import derived, lookup, views
from dashboard.services.views import Picture
from models import TOTAL

PEER_METHODS: Final = frozenset({"sdsn", "oecd"})
"""Methods that hold a State against all others: one area alone cannot be assessed by them."""
CHANGES: Final[frames.Schema] = {
    "indicator": "str",
    "name": "str",
    "unit": "str",
    "what": "str",  # first, newer, corrected, withdrawn, or verdict where only that moved
    "before": "float64",  # missing where there was none, or where counts may be small
    "before_year": "float64",
    "value": "float64",
    "year": "float64",
    "status_before": "str",  # empty where the method needs all States
    "status": "str",
    "moved": "int64",  # +1 the verdict is better than before, -1 worse, 0 the same or none
}


def since(session: Session, found: Picture, area: str, moment: datetime) -> pd.DataFrame:
    """Return what changed in an area between a moment and the picture; columns `CHANGES`.

    Verdicts that moved come first, worse before better, then new figures by indicator.
    """
    then = _measured(session, found, area, moment)
    now = found.progress[found.progress["area"] == area]
    shown = ["indicator", "value", "year", "status"]
    both = now[shown].merge(then[shown], on="indicator", how="outer", suffixes=("", "_before"))
    table = found.plan.indicators[["indicator", "position", "name", "unit", "min_cell"]].merge(
        both, on="indicator"
    )
    known, was = table["value"].notna(), table["value_before"].notna()
    later = table["year"] > table["year_before"]
    what = np.select(
        [known & ~was, was & ~known, known & was & later, known & was
         & (table["value"] != table["value_before"])],
        ["first", "withdrawn", "newer", "corrected"],
        default="verdict",
    )  # fmt: skip
    moved = _moved(table["status_before"].fillna(""), table["status"].fillna(""))
    if found.method in PEER_METHODS:
        moved[:] = 0
    told = table.assign(
        what=what,
        moved=moved,
        before=table["value_before"].where(table["min_cell"] <= 1),
        before_year=table["year_before"],
        status_before=table["status_before"].fillna("no_data")
        if found.method not in PEER_METHODS
        else "",
        status=table["status"].fillna("no_data"),
    )
    told = told[(told["what"] != "verdict") | (told["moved"] != 0)]
    order = told["moved"].map({-1: 0, 1: 1, 0: 2})
    told = told.assign(order=order).sort_values(["order", "position"], kind="stable")
    return frames.check(told.reset_index(drop=True), CHANGES)


def _moved(before: pd.Series, after: pd.Series) -> npt.NDArray[np.int64]:
    """Return in which direction a verdict moved; 0 where there was or is none."""
    rank = {
        word: place for place, word in enumerate(progress.STATUSES) if word not in WITHOUT_VERDICT
    }
    was, now = (words.map(rank).astype("float64") for words in (before, after))
    step = (was - now).fillna(0.0).to_numpy(np.float64)
    signs: npt.NDArray[np.int64] = np.sign(step).astype(np.int64)
    return signs


def _measured(session: Session, found: Picture, area: str, moment: datetime) -> pd.DataFrame:
    """Return the assessments of one area as they stood at a moment, by the picture's method."""
    plan = replace(found.plan, cube=_cube(session, found, area, moment))
    plan = progress.disclosed(plan)
    method, preset = found.method, found.preset
    if method in PEER_METHODS:
        method, preset = progress.DEFAULT, None
    table = progress.measure(plan, year=moment.year, method=method, preset=preset)
    return views.judged(plan, table)


def _cube(session: Session, found: Picture, area: str, moment: datetime) -> frames.Cube:
    """Return the values of one area that were accepted at a moment."""
    s, i, cells = derived.SPANS, lookup.INDICATOR, lookup.CELL
    wanted = (
        sa.select(i.c.code.label("indicator"), cells.c.code.label("cell"), s.c.period,
                  *(s.c[name] for name in derived.CONTENT))
        .join(i, i.c.id == s.c.indicator_id)
        .join(cells, cells.c.id == s.c.cell_id)
        .where(
            s.c.area_id == lookup.area(session, area).id,
            i.c.plan_code == found.plan.plan,
            s.c.accepted_at <= moment,
            s.c.ended_at > moment,
        )
        .order_by(s.c.period)
    )  # fmt: skip
    result = session.connection().execute(wanted)
    rows = pd.DataFrame(result.all(), columns=list(result.keys()))
    rows = derived.with_flags(rows)
    kept = [TOTAL, *sorted(set(rows["cell"]) - {TOTAL})]
    years = found.plan.cube.years
    codes = found.plan.cube.indicators
    rows = rows[rows["indicator"].isin(codes) & rows["year"].isin(years)]
    spots = (
        pd.Index(kept).get_indexer(pd.Index(rows["cell"])),
        0,
        pd.Index(codes).get_indexer(pd.Index(rows["indicator"])),
        pd.Index(years).get_indexer(pd.Index(rows["year"])),
    )
    shape = (len(kept), 1, len(codes), len(years))
    values, flags = np.full(shape, np.nan), np.zeros(shape, dtype=np.uint8)
    below = np.full(shape, np.nan)
    values[spots] = rows["value"].astype("float64")
    flags[spots] = rows["flags"]
    below[spots] = rows["denominator"].astype("float64")
    return frames.Cube(tuple(kept), (area,), codes, years, values, flags, below[0])
