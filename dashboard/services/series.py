"""One indicator, one series, one value: the figures behind the pages that show them.

What is read here is what the public may read: `Picture` hides small counts, and so does every
extract of the record.
"""

from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd
from sqlmodel import Session

from dashboard import frames
from dashboard.frames import Flag
from dashboard.services import extracts, review, views
from dashboard.services.extracts import Wanted
from dashboard.services.views import Picture
from models import ANONYMOUS, FOREVER, TOTAL, State

CELLS: Final[frames.Schema] = {
    "cell": "str",
    "year": "int64",
    "value": "float64",  # missing where nothing was reported, or where it is withheld
    "is_withheld": "bool",
}
STEPS: Final = ("first", "revised", "withdrawn")


def latest(found: Picture, indicator: str) -> pd.DataFrame:
    """Return the state of an indicator in every Member State with how it moved since before.

    Columns are those of `views.latest`, previous (the value before the latest one), previous_year
    and change (in the unit of the indicator; missing where there was no value before).
    """
    table = views.latest(found, indicator)
    cube = found.plan.cube
    values = cube.totals[:, cube.indicators.index(indicator)]
    lines = values[pd.Index(cube.areas).get_indexer(pd.Index(table["area"]))]
    years = np.asarray(cube.years, dtype=np.float64)
    earlier = np.isfinite(lines) & (years < table["year"].to_numpy(np.float64)[:, None])
    place = np.where(earlier.any(axis=1), earlier.shape[1] - 1 - earlier[:, ::-1].argmax(axis=1), 0)
    known = earlier.any(axis=1)
    previous = np.where(known, lines[np.arange(len(lines)), place], np.nan)
    return table.assign(
        previous=previous,
        previous_year=np.where(known, years[place], np.nan),
        change=table["value"] - previous,
    )


def cells(found: Picture, indicator: str, area: str) -> pd.DataFrame:
    """Return every disaggregated value of a series, columns `CELLS`, withheld ones marked so."""
    cube = found.plan.cube
    if area not in cube.areas or indicator not in cube.indicators:
        return frames.empty(CELLS)
    spot = (cube.areas.index(area), cube.indicators.index(indicator))
    values = cube.values[1:, spot[0], spot[1]]
    withheld = (cube.flags[1:, spot[0], spot[1]] & np.uint8(Flag.SUPPRESSED)) > 0
    at, year = np.nonzero(np.isfinite(values) | withheld)
    table = pd.DataFrame(
        {
            "cell": np.asarray(cube.cells[1:], dtype=object)[at],
            "year": np.asarray(cube.years, dtype=np.int64)[year],
            "value": values[at, year],
            "is_withheld": withheld[at, year],
        }
    )
    return frames.check(table, CELLS)


def figures(
    session: Session,
    found: Picture,
    indicator: str,
    areas: tuple[str, ...],
    *,
    cells: tuple[str, ...] = (),
    years: tuple[int, int] | None = None,
) -> pd.DataFrame:
    """Return the accepted figures of some series with source, evidence and note, as known then.

    Columns are those of `extracts.COLUMNS`.
    """
    wanted = Wanted(
        plan=found.plan.plan,
        as_of=moment(found),
        areas=areas,
        indicators=(indicator,),
        cells=cells,
        years=years,
    )
    return extracts.observations(session, wanted).rows


def moment(found: Picture) -> datetime | None:
    """Return the moment that a picture is of, or none where it is of now."""
    known = found.plan.stamp.as_of
    return None if known == FOREVER else known


def revisions(
    session: Session, found: Picture, indicator: str, area: str, *, cell: str = TOTAL
) -> pd.DataFrame:
    """Return what became of the public figures of a series, newest first, and never by whom.

    Columns: those of `review.history`, step (one of `STEPS`), and before, before_status,
    before_text and before_qualifier (what was replaced). Only what was accepted is here; what
    waits is not public.
    """
    rows = review.history(
        session, ANONYMOUS, plan=found.plan.plan, area=area, indicator=indicator, cell=cell
    )
    until = moment(found)
    rows = rows if until is None else rows[rows["at"] <= until]
    taken = rows[rows["after"] == State.ACCEPTED].sort_values(["period", "at"], kind="stable")
    before = taken.groupby("period").shift(1)
    taken = taken.assign(
        step=np.where(before["ref"].notna(), "revised", "first"),
        before=before["value"],
        before_status=before["status"],
        before_text=before["text"],
        before_qualifier=before["qualifier"],
    )
    gone = rows[rows["after"] == State.WITHDRAWN].assign(
        step="withdrawn", before=np.nan, before_status="", before_text="", before_qualifier=""
    )
    both = pd.concat([taken, gone]) if len(gone) else taken
    return both.sort_values("at", ascending=False, kind="stable").reset_index(drop=True)
