"""Which rows of a sheet are figures, and what stands beside them: sums, notes, hidden or unread."""

from typing import TYPE_CHECKING, Final

import numpy as np

from dashboard.exchange.reading import numbers, vocabulary
from dashboard.exchange.reading.layout import Layout
from dashboard.exchange.reading.sheets import Column, Sheet
from dashboard.exchange.reading.vocabulary import normal
from dashboard.services.imports_rows import Array, Log

if TYPE_CHECKING:
    from dashboard.services.imports_reader import Reader

FILLED: Final = ("area", "indicator", "period", "source", "unit", "breakdown", "category")
"""Roles in which a merged cell speaks for all its rows."""
SHORT: Final = 30
"""Signs of a text that may be the header of a second table."""
HEADERS: Final = 3
"""Words of headers in one row that make it the header of a second table."""
SUMS: Final = frozenset(
    map(normal, ("total", "grand total", "sum", "totals", "totaux", "somme", "suma", "итого"))
) | frozenset(map(normal, ("всего", "合计", "总计", "المجموع", "الإجمالي")))
"""Words before a sum of all rows."""


class Beside:
    """The rows of one sheet below its header."""

    def __init__(self, reader: "Reader", sheet: Sheet, layout: Layout) -> None:
        self.reader, self.sheet, self.layout = reader, sheet, layout
        self.names, self.log = reader.names, reader.log
        self.codes = [
            _filled(sheet, layout, place, self.log) for place in range(len(sheet.columns))
        ]
        self.rows = self._rows()
        self.blocked = np.zeros(len(self.rows), dtype=bool)
        self.dropped = np.zeros(len(self.rows), dtype=bool)

    # Which rows ---------------------------------------------------------------------------

    def _rows(self) -> Array:
        """Return the rows below the header that hold anything, counted from the first cell."""
        first = self.layout.header + 1
        is_filled = np.zeros(self.sheet.height, dtype=bool)
        is_header = np.ones(self.sheet.height, dtype=bool)
        seen = 0
        for place, column in enumerate(self.sheet.columns):
            blank = np.array([not text.strip() for text in column.texts])
            is_filled |= ~blank[column.codes]
            meant = self.layout.columns[place]
            if meant.role and self.layout.header >= 0:
                seen += 1
                same = np.array([text.strip() == meant.header for text in column.texts])
                is_header &= same[column.codes]
        again = np.flatnonzero(is_header & (seen > 1))
        for row in again[again >= first]:
            self.log.add("header again", self.sheet.name, self.sheet.row + int(row))
        is_filled &= ~is_header if seen > 1 else True
        is_filled[:first] = False
        second = self._second_table(is_filled)
        if second:
            is_filled[second:] = False
        found: Array = np.flatnonzero(is_filled & ~self._beside(is_filled))
        return found

    def _second_table(self, is_filled: Array) -> int:
        """Return the row in which the header of another table stands; 0 where there is none."""
        if self.layout.header < 0:
            return 0
        words = np.zeros(self.sheet.height, dtype=np.int16)
        for column in self.sheet.columns:
            known = [
                len(text) < SHORT and bool(vocabulary.KNOWN.get(normal(text)))
                for text in column.texts
            ]
            words += np.array(known, dtype=bool)[column.codes]
        found = np.flatnonzero(is_filled & (words >= HEADERS))
        if not len(found):
            return 0
        self.log.add("second table", self.sheet.name, self.sheet.row + int(found[0]))
        return int(found[0])

    def _beside(self, is_filled: Array) -> Array:
        """Return which rows are no figures: a note that stands alone, or a sum of all rows."""
        aside = np.zeros(self.sheet.height, dtype=bool)
        roles = [column.role for column in self.layout.columns]
        keys = [
            place for place, role in enumerate(roles) if role in {"indicator", "area", "period"}
        ]
        figures = {*self.layout.at("value"), *self.layout.across()}
        if self.layout.header < 0 or len(keys) < 2 or not figures:
            return aside
        texts = [np.array([bool(text.strip()) for text in c.texts]) for c in self.sheet.columns]
        there = np.stack(
            [has[column.codes] for has, column in zip(texts, self.sheet.columns, strict=True)]
        )
        valued = there[sorted(figures)].any(axis=0)
        whose = [place for place in keys if roles[place] != "period"]
        named = there[whose if len(whose) > 1 else keys].sum(axis=0)
        alone = is_filled & ~valued & (there.sum(axis=0) == 1)
        for row in np.flatnonzero(is_filled & (alone | (valued & (named == 1)))):
            place = int(np.flatnonzero(there[:, row])[0])
            text = self.sheet.columns[place].text(int(row)).strip()
            if not alone[row] and (place not in keys or normal(text) not in SUMS):
                continue
            name = "note row" if alone[row] else "total row"
            at = (self.sheet.row + int(row), self._number(place))
            self.log.add(name, self.sheet.name, *at, text=text[:120])
            aside[row] = True
        return aside

    def _number(self, place: int) -> int:
        return self.sheet.column + place

    # Columns beside those that are read ---------------------------------------------------

    def _texts_of(self, place: int) -> Array:
        """Return the cells of a column in the rows that are read, without the spaces around."""
        texts = np.empty(len(self.sheet.columns[place].texts), dtype=object)
        texts[:] = [text.strip() for text in self.sheet.columns[place].texts]
        found: Array = texts[self.codes[place][self.rows]]
        return found

    def _headless(self) -> None:
        """Block rows with figures in a column that has no header: something was cut or shifted."""
        headers = [bool(column.header) for column in self.layout.columns]
        if self.layout.header < 0 or not any(headers):
            return
        for place in range(headers.index(True) + 1, len(headers)):
            if headers[place]:
                continue
            texts = self._texts_of(place)
            is_text = not self.sheet.name  # where signs divide the cells, one too many shifts them
            for at in np.flatnonzero(texts != ""):
                if is_text or numbers.read(texts[at]).value is not None:
                    where = (int(self.rows[at]) + self.sheet.row, self._number(place))
                    words = {"text": texts[at][:80]}
                    self.blocked[at] |= self.log.add("headless", self.sheet.name, *where, **words)

    def _merged_values(self) -> None:
        """Block the rows of a value that stands in merged cells of several rows."""
        figures = {
            self._number(place) for place in (*self.layout.at("value"), *self.layout.across())
        }
        lines = self.rows + self.sheet.row
        for top, left, bottom, right in self.sheet.merged:
            at = np.flatnonzero((lines >= top) & (lines <= bottom))
            if bottom > top and len(at) and figures & set(range(left, right + 1)):
                text = self.sheet.columns[left - self.sheet.column].text(top - self.sheet.row)
                if text.strip():
                    self.log.add("merged value", self.sheet.name, top, left, text=text.strip())
                    self.blocked[at] = True

    def _twins(self) -> None:
        """Warn where a second column of values or of periods says something else."""
        for place, column in enumerate(self.layout.columns):
            if column.how != "twin" or column.role:
                continue
            role = vocabulary.KNOWN.get(normal(column.header), "")
            held = self.layout.at(role)
            is_told = held and normal(column.header) == normal(self.layout.columns[held[0]].header)
            if role not in {"value", "period"} or not held or is_told:
                continue
            theirs, ours = self._texts_of(place), self._texts_of(held[0])
            other = np.flatnonzero((theirs != "") & (theirs != ours))
            if len(other):
                where = (int(self.rows[other[0]]) + self.sheet.row, self._number(place))
                read = self.layout.columns[held[0]].header
                words = {"text": column.header, "role": role, "read": read}
                self.log.add("second column", self.sheet.name, *where, **words)

    def _unread(self) -> None:
        """Block rows of which a column that is not read says that they are about some people."""
        for place, column in enumerate(self.layout.columns):
            if column.how != "unknown" or column.role or not column.header:
                continue
            texts = self._texts_of(place)
            about = {text for text in set(texts) if self._is_group(text)}
            for at in np.flatnonzero(np.isin(texts, list(about))) if about else ():
                where = (int(self.rows[at]) + self.sheet.row, self._number(place))
                words = {"text": texts[at], "column": column.header}
                self.blocked[at] |= self.log.add(
                    "unread breakdown", self.sheet.name, *where, **words
                )

    def _is_group(self, text: str) -> bool:
        """Say whether a text is a word for a group of people, in some breakdown."""
        if len(text) < 3 or text.isdigit():
            return False
        found = {self.names.group(dimension, text) for dimension in self.names.dimensions}
        return bool(found - {None, "_T"}) or bool(self.names.minors(text))

    # Remarks on the sheet -----------------------------------------------------------------

    def _remarks(self) -> None:
        hidden = sorted(self.sheet.hidden_rows & set((self.rows + self.sheet.row).tolist()))
        if hidden:
            self.log.add("hidden row", self.sheet.name, hidden[0], n=len(hidden))
        for place, column in enumerate(self.layout.columns):
            number = self._number(place)
            if column.role and number in self.sheet.hidden_columns:
                row = self.sheet.row + self.layout.header
                self.log.add("hidden column", self.sheet.name, row, number, text=column.header)


def _filled(sheet: Sheet, layout: Layout, place: int, log: Log) -> Array:
    """Return the codes of a column with merged cells filled in where they speak for their rows."""
    column: Column = sheet.columns[place]
    role, number = layout.columns[place].role if layout.columns else "", sheet.column + place
    codes: Array = column.codes
    for top, left, bottom, right in sheet.merged:
        first, last = top - sheet.row, min(bottom - sheet.row, sheet.height - 1)
        if not left <= number <= right or first <= layout.header or first >= last or not role:
            continue
        if first < 0 or first >= sheet.height or not column.text(first).strip():
            continue
        if role in FILLED or role.startswith("dimension:"):
            codes = codes.copy()
            codes[first : last + 1] = codes[first]
            log.add("merged", sheet.name, top, number, text=column.text(first).strip())
    return codes
