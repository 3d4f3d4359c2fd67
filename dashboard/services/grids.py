"""What a grid of entry shows of an area: a row for each figure that is asked, with what is known.

One area and one section at a time: an objective of the plan, or all that an open round asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd
from sqlmodel import Session

from dashboard.services import access, drafts, lookup, xray
from dashboard.services.drafts import Cell
from dashboard.services.imports_record import latest
from models import MISSING, Identity, State

SHOWN: Final = (
    *("value", "text", "status", "missing_reason", "numerator", "denominator", "source"),
    *("source_date", "evidence", "note", "comment"),
)
TYPED: Final = ("value", "status", "missing_reason", "source", "evidence", "note")
"""What a row of the grid lets somebody type."""
SILENT: Final = frozenset(status.value for status in MISSING)
GONE: Final = (State.RETURNED, State.WITHDRAWN)
COLUMNS: Final = (
    *("indicator", "period", "cell", "seen", "state", "now", "last", "last_period"),
    *("last_source", *SHOWN, "is_typed"),
)


def rows(
    session: Session, who: Identity, cells: Sequence[Cell], *, plan: str, area: str
) -> pd.DataFrame:
    """Return a row for each of these cells, in their order.

    Columns: indicator, period, cell; seen (number of the newest row of the record, 0 where none),
    state (where it stands), now (its value), last and last_period (the value before it),
    last_source (what the series named last); what is typed (`SHOWN`, empty where nothing is), and
    is_typed.
    """
    place = lookup.area(session, area)
    access.require(who, "submit", plan=plan, area=place.id)
    codes = {cell.indicator for cell in cells}
    typed = drafts.cells(session, who, plan=plan, area=area, indicators=codes)
    newest = xray.newest_rows(session, place.id, plan, codes)
    before = _before(session, place.id, plan, codes)
    made = [_row(cell, newest.get(cell), typed.get(cell), before) for cell in cells]
    return pd.DataFrame(made, columns=list(COLUMNS))


def _before(session: Session, area_id: int, plan: str, codes: set[str]) -> pd.DataFrame:
    abouts = {lookup.indicator(session, plan, code).id: code for code in codes}
    held = latest(session, area_id, list(abouts))
    held = held[~held["state"].isin(list(GONE))]
    return held.assign(indicator=held["indicator_id"].map(abouts)).sort_values(["period", "seq"])


def _row(cell: Cell, row: Any, typed: Any, before: pd.DataFrame) -> dict[str, Any]:
    own = before[before["indicator"] == cell.indicator]
    same = own[(own["cell"] == cell.cell) & (own["period"] < cell.period) & own["value"].notna()]
    sources = own.loc[own["source"].fillna("") != "", "source"]
    said = typed or {}
    return {
        **cell._asdict(),
        "seen": int(said.get("seen") or 0) if typed else (int(row["seq"]) if row else 0),
        "state": str(row["state"]) if row else "",
        "now": _shown(row) if row else "",
        "last": str(same["value"].iloc[-1]) if len(same) else "",
        "last_period": str(same["period"].iloc[-1]) if len(same) else "",
        "last_source": str(sources.iloc[-1]) if len(sources) else "",
        **{name: str(said.get(name) or "") for name in SHOWN},
        "is_typed": bool(typed),
    }


def _shown(row: Any) -> str:
    if row["value"] is not None:
        return f"{row['qualifier'] or ''}{row['value']}"
    return str(row["text"] or row["status"])


# What is typed --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Typed:
    """What stands in the fields of a row, and what the row showed when it was made."""

    fields: Mapping[str, str]
    seen: int  # number of the newest row of the record then, 0 where there was none
    remembered: str  # source that stood there without anybody typing it


def keep(
    session: Session,
    who: Identity,
    typed: Mapping[Cell, Typed],
    *,
    plan: str,
    area: str,
    window: str,
    since: datetime,
    now: datetime,
) -> None:
    """Keep what stands in rows of a grid as drafts; a row that says nothing keeps nothing.

    What was said of a figure beside the grid (its components, a comment, answers) stays.
    """
    codes = {cell.indicator for cell in typed}
    known = drafts.cells(session, who, plan=plan, area=area, indicators=codes)
    content = {cell: _content(known.get(cell, {}), one) for cell, one in typed.items()}
    drafts.keep_cells(
        session, who, content, plan=plan, area=area, window=window, since=since, now=now
    )


def _content(known: Mapping[str, Any], typed: Typed) -> dict[str, Any] | None:
    fields = {name: typed.fields.get(name, "").strip() for name in TYPED}
    if not fields["status"] and known.get("status") not in SILENT:
        fields["status"] = known.get("status", "")
    beside = {
        name: said for name, said in drafts.said(known).items() if name not in {*TYPED, "seen"}
    }
    said = {name: text for name, text in (beside | fields).items() if text}
    only = {"source"} if fields["source"] == typed.remembered else set()
    return said | {"seen": typed.seen} if said.keys() - only else None
