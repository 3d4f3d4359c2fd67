"""What a reading says: its value, its bound, its level, or why it has none."""

import re
from typing import Any, Final

import numpy as np
import pandas as pd

from dashboard.exchange.reading.numbers import TRUTH
from dashboard.exchange.reading.vocabulary import normal
from dashboard.services import rules
from dashboard.services.imports_rows import Pool, number_of
from dashboard.services.imports_tools import Tools, real
from dashboard.services.imports_words import GAPS, status_of
from models import Kind

SIGNS: Final = {"": "", "<": "<", ">": ">", "1": "<", "0": "", "true": "<", "false": ""}


class Values(Tools):
    """The checks of cells of values."""

    def _values(self) -> None:
        """Give each row its value, bound and status; say what is doubtful about the cell."""
        said = self.of("said")
        found = [number_of(one) for one in self.pools["said"].values]
        pool = self.pools.setdefault("number", Pool())
        codes = np.array([pool.code(one.value) for one in found], dtype=np.int32)
        numbers_ = np.array([real(one.value, np.nan) for one in found])
        signs = np.array([one.qualifier for one in found], dtype=object)
        status = self.by_text("status", status_of)
        self.number, self.amount = codes[said], numbers_[said]
        self.words = self.of("text").copy()
        self.state = status
        doubtful = np.array([bool(one.doubts) or one.is_percent for one in found])
        odd = doubtful[said] | self.limits.is_text[self.of("indicator")]
        for one in np.flatnonzero(odd):
            self._doubt(int(one), found[said[one]])
        self.table = self.table.assign(
            number=self.number,
            value=self.amount,
            text=self.words,
            sign=pd.Series(signs[said], dtype="object"),
            state=pd.Series(status, dtype="object"),
        )
        self._bounds()
        self._gaps()

    def _doubt(self, one: int, found: Any) -> None:
        """Say what is doubtful about one cell, now that its indicator is known."""
        row, text = self.indicator(one), self._said(one)
        if self._is_gap(one) and (found.is_gone or not text.strip()):
            return
        if row is not None and row.kind == Kind.TEXT:
            self._words(one, found, text)
            return
        name = found.doubts[-1] if found.doubts else ""
        if row is not None and name in {"text", "truth value", "unit in value"}:
            value = self._level(row, text)
            if value is not None:
                label = "yes or no" if row.kind == Kind.BINARY else "level by its name"
                self._set(one, value)
                self.mark(label, [one], {"text": text.strip(), "read": value})
                return
        if name == "empty":
            self._empty(one)
            return
        for name in found.doubts:
            words = {"text": text.strip(), "read": found.value}
            self.mark(name, [one], words)
        if found.value is None:
            self.blocked[one] |= not found.is_gone
            self.left_out[one] |= found.is_gone
        if found.is_percent and row is not None and row.kind != Kind.PERCENTAGE:
            words = {"text": found.value, "indicator": row.code, "unit": row.unit}
            self.mark("per cent", [one], words)

    def _said(self, one: int) -> str:
        said = self.pools["said"].values[self.of("said")[one]]
        return said[0] if isinstance(said, tuple) else str(said)

    def _is_gap(self, one: int) -> bool:
        return self.state[one] in GAPS

    def _set(self, one: int, value: str) -> None:
        self.number[one] = self.pools["number"].code(value)
        self.amount[one] = float(value)

    def _words(self, one: int, found: Any, text: str) -> None:
        """Take the cell of an indicator that asks for words as its words."""
        has_words = bool(self.pools["text"].values[self.of("text")[one]])
        if not has_words and text.strip() and found.value is None:
            self.words[one] = self.pools["text"].code(text.strip())
        elif found.value is not None:
            words = {"indicator": self.indicator(one).code}
            self.mark("words wanted", [one], words)
        elif not has_words:
            self._empty(one)

    def _empty(self, one: int) -> None:
        if self.options.is_form:
            self.left_out[one] = True
        elif not self.pools["text"].values[self.of("text")[one]]:
            self.mark("empty", [one], {})

    def _level(self, row: Any, text: str) -> str | None:
        """Return the level that a text names: its label, or yes and no."""
        word = normal(text)
        if row.kind == Kind.BINARY and word in TRUTH:
            return TRUTH[word]
        known = self.names.levels.get(row.scale_code or "", {})
        value = known.get(word)
        if value is None:
            start = re.match(r"(?:level |niveau |nivel )?(\d+)\b", word)
            is_level = row.kind in rules.WHOLE and bool(known) and start is not None
            value = int(start[1]) if is_level and start else None
            if value is not None and value not in known.values():
                return None
        return None if value is None else str(value)

    def _bounds(self) -> None:
        """Take the column of bounds where the cell itself has none."""
        given = self.by_text("qualifier", lambda text: ("", SIGNS.get(text.lower(), "")))
        sign = self.table["sign"].to_numpy()
        self.table = self.table.assign(
            sign=pd.Series(np.where(sign == "", given, sign), dtype="object")
        )

    def _gaps(self) -> None:
        """Check that a row either has a value or says why it has none."""
        gap = self.table["state"].isin(GAPS).to_numpy()
        has = np.isfinite(self.table["value"].to_numpy())
        status = self.table["state"].to_numpy()
        reasons = np.array([bool(one) for one in self.pools["missing_reason"].values])
        unsaid = ~reasons[self.of("missing_reason")]
        self.mark("value with a gap", np.flatnonzero(gap & has), lambda one: {"text": status[one]})
        silent = np.flatnonzero(gap & ~has & unsaid)
        self.mark("no reason", silent, lambda one: {"text": status[one]}, role="status")
