"""A file as it was read: what each reading is to the record, every fault, and all as a table."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from dashboard.exchange.reading.faults import Fault, Severity
from dashboard.exchange.reading.layout import Layout
from dashboard.exchange.reading.vocabulary import normal
from dashboard.services.imports_names import Names
from dashboard.services.imports_record import NEW, REVISION, UNCHANGED
from dashboard.services.imports_rows import Options, Readings
from dashboard.services.imports_updates import Report

BLOCKED, LEFT_OUT = "blocked", "left out"
FIELDS: Final = (
    "indicator",
    "area",
    "period",
    "value",
    "source",
    "cell",
    "unit",
    "status",
    "missing_reason",
    "qualifier",
    "text",
    "numerator",
    "denominator",
    "nature",
    "source_date",
    "evidence",
    "note",
    "comment",
)
"""What a column may be said to be, besides a breakdown."""


@dataclass(frozen=True)
class Looked:
    """A file as it was read: its readings, what each is to the record, and every fault."""

    name: str
    form: str
    digest: str
    plan: str
    layouts: Mapping[str, Layout]
    readings: Readings
    outcome: np.ndarray[Any, Any]
    faults: tuple[Fault, ...]
    options: Options
    names: Names
    ready: str = ""  # the ready mapping that was applied
    reports: tuple[Report, ...] = ()  # on measures, of a filled workbook

    def of(self, severity: Severity) -> list[Fault]:
        """Return the faults of one severity."""
        return [fault for fault in self.faults if fault.severity == severity]

    @property
    def counts(self) -> dict[str, int]:
        """How many readings there are of each outcome."""
        return {
            name: int((self.outcome == name).sum())
            for name in (NEW, REVISION, UNCHANGED, BLOCKED, LEFT_OUT)
        }

    @property
    def sendable(self) -> int:
        """How many readings and reports would change the record."""
        return self.counts[NEW] + self.counts[REVISION] + len(self.reports)

    @property
    def is_blocked(self) -> bool:
        """Say whether the file as a whole cannot be taken in."""
        return not len(self.readings.table) and not self.reports

    @property
    def headers(self) -> str:
        """What is remembered for a kind of file: its headers, whatever their order."""
        return headers_digest(self.layouts.values())


def headers_digest(layouts: Any) -> str:
    """Return the SHA-256 of the headers of a file."""
    words = sorted({normal(one.header) for each in layouts for one in each.columns} - {""})
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def table(looked: Looked, *, limit: int | None = None) -> pd.DataFrame:
    """Return every reading as it would be stored, with where it was read.

    Columns: outcome, area, indicator, cell, period, value (exact decimal text), qualifier, status,
    missing_reason, text, numerator, denominator, nature, source, source_date, evidence, note,
    comment, sheet, row, column.
    """
    readings = looked.readings
    if not len(readings.table):
        return pd.DataFrame(columns=["outcome", *FIELDS, "sheet", "row", "column"])
    if limit is not None:
        readings = replace(readings, table=readings.table.iloc[:limit])
    found, names = readings.table, looked.names
    areas = {number: str(row.code) for number, row in names.areas.items()}
    abouts = {number: str(row.code) for number, row in names.indicators.items()}
    made = {
        "outcome": looked.outcome[: len(found)],
        "area": [areas.get(one, "") for one in readings.texts("area")],
        "indicator": [abouts.get(one, "") for one in readings.texts("indicator")],
        "cell": readings.texts("cell"),
        "period": readings.texts("period"),
        "value": readings.texts("number"),
        "qualifier": found["sign"].to_numpy(),
        "status": found["state"].to_numpy(),
        "missing_reason": readings.texts("missing_reason"),
        "text": readings.texts("text"),
        "numerator": found["numerator_text"].to_numpy(),
        "denominator": found["denominator_text"].to_numpy(),
        "nature": found["kind"].to_numpy(),
        "source": readings.texts("source"),
        "source_date": [None if day is None else day.isoformat() for day in found["day"]],
        "evidence": readings.texts("evidence"),
        "note": readings.texts("note"),
        "comment": readings.texts("comment"),
        "sheet": [readings.sheets[place] for place in found["sheet"]],
        "row": found["row"].to_numpy(),
        "column": found["column"].to_numpy(),
    }
    shown = pd.DataFrame(made)
    for name, kept in readings.kept.items():
        held = {at: value for at, value in kept.items() if at < len(shown)}
        shown.loc[list(held), name] = pd.Series(held, dtype="object")
    return shown
