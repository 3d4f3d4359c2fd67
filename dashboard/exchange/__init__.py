"""Formats: tables out as files, snapshots out and in. Frames and bytes, never the database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from dashboard.exchange import spreadsheet, table
from dashboard.exchange.about import CC_BY, ILLUSTRATIVE, About, Licence, Meta, SnapshotTables
from dashboard.progress import N_


@dataclass(frozen=True)
class Format:
    """A way to take a table away."""

    label: str  # in English; faces translate it
    suffix: str
    media_type: str
    write: Callable[[pd.DataFrame, Meta], bytes]


FORMATS: Final = {
    "xlsx": Format(
        N_("Excel"),
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        spreadsheet.write,
    ),
    "excel": Format(N_("CSV for Excel"), ".excel.csv", "text/csv; charset=utf-8", table.excel),
    "csv": Format(N_("CSV for programs"), ".csv", "text/csv; charset=utf-8", table.csv),
    "json": Format(N_("JSON"), ".json", "application/json", table.json),
}
"""Every way in which a table shown on a page can be taken away."""

__all__ = [
    "CC_BY",
    "FORMATS",
    "ILLUSTRATIVE",
    "About",
    "Format",
    "Licence",
    "Meta",
    "SnapshotTables",
]
