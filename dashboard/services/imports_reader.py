"""Reads the sheets of a file one after another into one table of readings."""

import pandas as pd

from dashboard.exchange.reading.layout import Layout
from dashboard.exchange.reading.sheets import Sheet
from dashboard.services.imports_body import Body
from dashboard.services.imports_names import Names
from dashboard.services.imports_rows import TEXTS, Log, Options, Pool, Readings, nothing


class Reader:
    """Reads sheets one after another into one table of readings."""

    def __init__(self, names: Names, options: Options) -> None:
        self.names, self.options = names, options
        self.log = Log()
        self.pools = {
            name: Pool() for name in ("area", "indicator", "cell", "period", "said", *TEXTS)
        }
        for pool in self.pools.values():
            pool.code("")
        self.parts: list[pd.DataFrame] = []
        self.sheets: list[str] = []
        self.lacks: list[frozenset[str]] = []
        self.places: dict[tuple[int, str], int] = {}

    def read(self, sheet: Sheet, layout: Layout) -> None:
        """Read a sheet."""
        self.sheets.append(sheet.name)
        self.lacks.append(self.options.lacks - {column.role for column in layout.columns})
        for place, column in enumerate(layout.columns):
            role = "cell" if column.role.startswith("dimension:") else column.role
            where = (len(self.sheets) - 1, role)
            self.places.setdefault(where, sheet.column + place)
        self.parts.append(Body(self, sheet, layout).readings())

    def result(self) -> Readings:
        """Return all readings so far."""
        parts = [part for part in self.parts if len(part)]
        table = pd.concat(parts, ignore_index=True) if parts else nothing()
        return Readings(table, self.pools, self.sheets, self.log, self.places, self.lacks)
