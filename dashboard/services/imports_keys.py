"""What a reading is about: areas, indicators, periods and groups, and who may send them."""

from typing import Final

import numpy as np

from dashboard.services import rules
from dashboard.services.imports_rows import Array, Pool
from dashboard.services.imports_tools import Tools
from models import EntryMode

OF: Final = {"not yours": "area", "level": "area"}
"""Faults of a pair of area and indicator that are the area's."""


class Keys(Tools):
    """The checks of keys."""

    def _keys(self) -> None:
        area, period = self.pools["area"], self.pools["period"]
        known = np.array([isinstance(one, int) and one >= 0 for one in area.values])
        about = np.array([row is not None for row in self.limits.rows])
        dated = np.array([bool(one) for one in period.values])
        lost = ~(known[self.of("area")] & about[self.of("indicator")] & dated[self.of("period")])
        self.blocked |= lost
        self._period(period)
        if len(self.table):
            self._pairs(known, about)

    def _period(self, pool: Pool) -> None:
        codes = self.of("period")
        future = np.array([bool(one) and rules.starts(one) > self.today for one in pool.values])
        early = np.array([bool(one) and int(one[:4]) < rules.FIRST_YEAR for one in pool.values])
        said = {"first": rules.FIRST_YEAR}
        for name, wrong in (("future", future), ("too early", early)):
            at = np.flatnonzero(wrong[codes])
            self.mark(
                name, at, lambda one: {"text": pool.values[codes[one]], **said}, role="period"
            )

    def _pairs(self, known: Array, about: Array) -> None:
        """Check each pair of area and indicator once: level, right to send, way of entry."""
        area, indicator, cell = self.of("area"), self.of("indicator"), self.of("cell")
        good = known[area] & about[indicator]
        pairs = area.astype(np.int64) * len(self.limits.rows) + indicator
        used, inverse = np.unique(pairs, return_inverse=True)
        told = [
            self._pair(*divmod(int(pair), len(self.limits.rows)))
            if known[pair // len(self.limits.rows)] and about[pair % len(self.limits.rows)]
            else None
            for pair in used
        ]
        wrong = np.array([one is not None for one in told], dtype=bool)[inverse] & good
        for one in np.flatnonzero(wrong):
            name, words = told[inverse[one]]
            self.mark(name, [one], words, role=OF.get(name, "indicator"))
        self._broken_down(indicator, cell, about)

    def _pair(self, area: int, indicator: int) -> tuple[str, dict[str, object]] | None:
        place = self.names.areas[self.pools["area"].values[area]]
        row = self.limits.rows[indicator]
        words = {"text": place.name, "indicator": row.code, "levels": ", ".join(row.levels)}
        if self.covers is not None and place.id not in self.covers:
            return "not yours", words
        if rules.LEVELS[place.kind] not in row.levels:
            return "level", words
        if row.entry_mode == EntryMode.COMPUTED:
            return "computed", words
        if row.entry_mode == EntryMode.CENTRAL_IMPORT and self.covers is not None:
            return "loaded centrally", words
        return None

    def _broken_down(self, indicator: Array, cell: Array, about: Array) -> None:
        cells = self.pools["cell"].values
        pairs = cell.astype(np.int64) * len(self.limits.rows) + indicator
        used, inverse = np.unique(pairs, return_inverse=True)
        told: list[dict[str, object] | None] = []
        for pair in used:
            code, row = cells[pair // len(about)], self.limits.rows[pair % len(about)]
            parts = [part.split("=")[0] for part in code.split(";") if "=" in part]
            wrong = [part for part in parts if row is not None and part not in row.disaggregations]
            offered = ", ".join(row.disaggregations) if row is not None else ""
            told.append(
                {"indicator": row.code, "dimension": wrong[0], "codes": offered or "–"}
                if wrong
                else None
            )
        faulty = np.array([one is not None for one in told], dtype=bool)[inverse]
        for one in np.flatnonzero(faulty):
            words = told[inverse[one]] or {}
            self.mark("not broken down", [one], words, role="cell")
