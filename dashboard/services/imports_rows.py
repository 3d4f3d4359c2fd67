"""From the cells of a sheet to readings: one row for each figure, with where it was read.

What a text means is found once for each different text of a column; rows only carry numbers.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from dashboard.exchange.reading import faults, numbers, periods, vocabulary
from dashboard.exchange.reading.faults import Fault, Severity
from dashboard.exchange.reading.headers import Part
from dashboard.exchange.reading.layout import Layout
from dashboard.exchange.reading.numbers import Number
from dashboard.exchange.reading.sheets import Column, Kind, Sheet
from dashboard.exchange.reading.vocabulary import normal
from dashboard.services.imports_names import Names

Array = np.ndarray[Any, Any]
TEXTS: Final = (
    *("status", "missing_reason", "qualifier", "text", "numerator", "denominator", "nature"),
    *("source", "source_date", "evidence", "note", "comment", "unit"),
)
"""Roles whose text is taken as it stands; what it may be is checked later."""
FILLED: Final = ("area", "indicator", "period", "source", "unit", "breakdown", "category")
"""Roles in which a merged cell speaks for all its rows."""
SHORT: Final = 30
"""Signs of a text that may be the header of a second table."""
HEADERS: Final = 3
"""Words of headers in one row that make it the header of a second table."""
MOST_HINTS: Final = 20
MOST: Final = 50_000
"""Faults of one class that are told one by one."""


SUMS: Final = frozenset(
    map(normal, ("total", "grand total", "sum", "totals", "totaux", "somme", "suma", "итого"))
) | frozenset(map(normal, ("всего", "合计", "总计", "المجموع", "الإجمالي")))
"""Words before a sum of all rows."""


@dataclass(frozen=True)
class Options:
    """What a person said about a file: roles of columns, the sign of decimals, what is fixed."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    decimal: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)  # area, indicator, period, source
    sheets: tuple[str, ...] = ()
    name: str = ""  # of the file
    is_form: bool = False  # our own workbook: what is not filled in is no fault
    lacks: frozenset[str] = frozenset()  # fields of which the file does not speak


class Told(NamedTuple):
    """What one text means, and what is doubtful about it: classes and the words they need."""

    value: Any
    doubts: tuple[tuple[str, Mapping[str, object]], ...] = ()


class Pool:
    """Distinct values, each with its number."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._codes: dict[Any, int] = {}

    def code(self, value: Any) -> int:
        """Return the number of a value."""
        found = self._codes.get(value)
        if found is None:
            found = self._codes[value] = len(self.values)
            self.values.append(value)
        return found

    def take(self, codes: Array) -> Array:
        """Return the values of these numbers."""
        made = np.empty(len(self.values), dtype=object)
        made[:] = self.values
        found: Array = made[codes]
        return found


class Log:
    """The faults found so far; hints and floods of one class are counted, not listed."""

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self.counts: Counter[str] = Counter()
        self._hints: Counter[tuple[str, str, int]] = Counter()

    def add(
        self, name: str, sheet: str = "", row: int = 0, column: int = 0, /, **words: object
    ) -> bool:
        """Add a fault of a class, and say whether it is an error."""
        self.counts[name] += 1
        one = faults.fault(name, sheet, row, column, **words)
        if one.severity is Severity.HINT:
            self._hints[name, sheet, column] += 1
            if self._hints[name, sheet, column] > MOST_HINTS:
                return False
        if self.counts[name] <= MOST:
            self.found.append(one)
        return one.severity is Severity.ERROR


@dataclass
class Readings:
    """The readings of a file: a row each, of numbers into `pools`; `blocked` rows have errors."""

    table: pd.DataFrame
    pools: dict[str, Pool]
    sheets: Sequence[str]
    log: Log
    places: Mapping[tuple[int, str], int]  # sheet and role to the number of the column
    lacks: Sequence[frozenset[str]] = ()  # of each sheet: fields of which it does not speak
    kept: Mapping[str, dict[int, Any]] = field(default_factory=dict)  # what the record keeps

    def texts(self, name: str) -> Array:
        """Return a column as values instead of numbers."""
        return self.pools[name].take(self.table[name].to_numpy())


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
        self.parts.append(_Body(self, sheet, layout).readings())

    def result(self) -> Readings:
        """Return all readings so far."""
        parts = [part for part in self.parts if len(part)]
        table = pd.concat(parts, ignore_index=True) if parts else _nothing()
        return Readings(table, self.pools, self.sheets, self.log, self.places, self.lacks)


COLUMNS: Final = ("sheet", "row", "column", "area", "indicator", "cell", "period", "said", *TEXTS)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="int32") for name in COLUMNS}).assign(
        blocked=pd.Series(dtype="bool")
    )


class _Body:
    """The rows of one sheet below its header."""

    def __init__(self, reader: Reader, sheet: Sheet, layout: Layout) -> None:
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

    # What they say ------------------------------------------------------------------------

    def readings(self) -> pd.DataFrame:
        """Return the readings of the sheet."""
        if not len(self.rows):
            return _nothing()
        self._remarks()
        self._merged_values()
        self._headless()
        self._twins()
        self._unread()
        keys = {
            "indicator": self._key("indicator", self._indicator),
            "area": self._key("area", self._area()),
            "period": self._key("period", self._period()),
            "cell": self._cells(),
            **{name: self._text(name) for name in TEXTS},
        }
        self._forgive_totals()
        across = self.layout.across()
        if across:
            return pd.concat(
                [self._across(place, parts, keys) for place, parts in across.items()],
                ignore_index=True,
            )
        places = self.layout.at("value")
        if not places:
            return self._frame(keys, np.zeros(len(self.rows), dtype=np.int32), -1)
        return self._frame(keys, self._values(places[0]), places[0])

    def _frame(self, keys: Mapping[str, Array], said: Array, place: int) -> pd.DataFrame:
        table = pd.DataFrame(
            {
                "sheet": np.full(len(self.rows), len(self.reader.sheets) - 1, dtype=np.int16),
                "row": (self.rows + self.sheet.row).astype(np.int32),
                "column": np.full(len(self.rows), self._number(place), dtype=np.int16),
                **keys,
                "said": said,
                "blocked": self.blocked,
            }
        )
        kept: pd.DataFrame = table.loc[~self.dropped]
        return kept

    def _across(self, place: int, parts: Sequence[Part], keys: dict[str, Array]) -> pd.DataFrame:
        """Return the readings below a header that is itself a year, an indicator, a group."""
        own = dict(keys)
        for kind, code in parts:
            if kind == "group":
                own["cell"] = self._joined(keys["cell"], code)
                continue
            role = "period" if kind == "year" else kind
            value: Any = code
            if role == "area":
                value = next(n for n, row in self.names.areas.items() if row.code == code)
            elif role == "indicator":
                value = next(n for n, row in self.names.indicators.items() if row.code == code)
            own[role] = self._all(role, value)
        unit = self.layout.columns[place].unit
        if unit and not self.layout.at("unit"):
            own["unit"] = self._all("unit", unit)
        said = self._values(place)
        gaps = np.array([_is_blank(one) for one in self.reader.pools["said"].values])
        table = self._frame(own, said, place)
        filled: pd.DataFrame = table.loc[~gaps[table["said"].to_numpy()]]
        return filled

    def _all(self, name: str, value: Any) -> Array:
        """Return one value for every row."""
        return np.full(len(self.rows), self.reader.pools[name].code(value), dtype=np.int32)

    def _joined(self, cells: Array, code: str) -> Array:
        """Return the groups of each row together with one that its column is about."""
        pool = self.reader.pools["cell"]
        used, inverse = np.unique(cells, return_inverse=True)
        both = [pool.code(_joined(pool.values[one], code)) for one in used]
        made: Array = np.array(both, dtype=np.int32)[inverse]
        return made

    def _key(self, role: str, read: Callable[[str, Kind], Told]) -> Array:
        """Return the numbers of areas, indicators or periods; what stands fixed where none does."""
        places = self.layout.at(role)
        pool = self.reader.pools[role]
        fixed = self.reader.options.fixed.get(role, "")
        if not places:
            told = read(fixed, Kind.TEXT) if fixed else Told("")
            return np.full(len(self.rows), pool.code(told.value), dtype=np.int32)
        if len(places) > 1:
            return self._compared(role, places, read)
        return self._told(places[0], pool, read)

    def _told(
        self, place: int, pool: Pool, read: Callable[[str, Kind], Told], *, log: bool = True
    ) -> Array:
        """Return for each row the number of what its text means, and note what is doubtful."""
        column = self.sheet.columns[place]
        used, inverse = np.unique(self.codes[place][self.rows], return_inverse=True)
        told = [read(column.texts[code], column.kinds[code]) for code in used]
        codes = np.array([pool.code(one.value) for one in told], dtype=np.int32)[inverse]
        if log:
            doubtful = np.array([bool(one.doubts) for one in told], dtype=bool)[inverse]
            self._left_out(told, inverse, place)
            for at in np.flatnonzero(doubtful & ~self.dropped):
                row = int(self.rows[at]) + self.sheet.row
                for name, words in told[inverse[at]].doubts:
                    self.dropped[at] |= name == "total row"
                    is_error = self.log.add(
                        name, self.sheet.name, row, self._number(place), **words
                    )
                    self.blocked[at] |= is_error
        return codes

    def _left_out(self, told: list[Told], inverse: Array, place: int) -> None:
        """Leave out rows about which one remark speaks for all of them."""
        for number, one in enumerate(told):
            for name, words in one.doubts:
                if name == "not asked":
                    at = np.flatnonzero((inverse == number) & ~self.dropped)
                    self.dropped[at] = True
                    row = int(self.rows[at[0]]) + self.sheet.row if len(at) else 0
                    said = {**words, "n": len(at)}
                    self.log.add(name, self.sheet.name, row, self._number(place), **said)

    def _compared(self, role: str, places: list[int], read: Callable[[str, Kind], Told]) -> Array:
        """Read the column of codes; where it is blank, the next; where both differ, say so."""
        pool = self.reader.pools[role]
        before = self.blocked.copy()
        codes = self._told(places[0], pool, read)
        nothing = pool.code(-1)
        for place in places[1:]:
            other = self._told(place, pool, read, log=False)
            texts, mine = self.sheet.columns[place], self.sheet.columns[places[0]]
            blank = np.array([not text.strip() for text in mine.texts])[
                self.codes[places[0]][self.rows]
            ]
            empty = blank & (codes == nothing) & (other != nothing)
            codes[empty] = other[empty]
            self._forgive(places[0], role, empty, before)
            differ = (codes != other) & (codes != nothing) & (other != nothing)
            for at in np.flatnonzero(differ):
                row = int(self.rows[at])
                self.blocked[at] |= self.log.add(
                    "two areas" if role == "area" else "two indicators",
                    self.sheet.name,
                    row + self.sheet.row,
                    self._number(place),
                    text=mine.texts[self.codes[places[0]][row]],
                    other=texts.texts[self.codes[place][row]],
                )
        return codes

    def _forgive(self, place: int, role: str, rows: Array, before: Array) -> None:
        """Take back the fault of a blank code where the name beside it says the same."""
        if not rows.any():
            return
        lines = set((self.rows[rows] + self.sheet.row).tolist())
        number, name = self._number(place), f"no {role}"
        self.log.found = [
            one
            for one in self.log.found
            if not (
                one.name == name
                and one.column == number
                and one.row in lines
                and one.sheet == self.sheet.name
            )
        ]
        self.blocked[rows] = before[rows]

    def _forgive_totals(self) -> None:
        """Take back what is missing in a row that was left out because it is a sum."""
        lines = set((self.rows[self.dropped] + self.sheet.row).tolist())
        if lines:
            self.log.found = [
                one
                for one in self.log.found
                if not (
                    one.name in {"no indicator", "no area", "no period"}
                    and one.row in lines
                    and one.sheet == self.sheet.name
                )
            ]

    # Areas, indicators, periods -----------------------------------------------------------

    def _area(self) -> Callable[[str, Kind], Told]:
        places = self.layout.at("area")
        is_iso2 = False
        if places:
            texts = [text for text in self.sheet.columns[places[0]].texts if text.strip()]
            short = [text for text in texts if len(text.strip()) == 2]
            is_iso2 = len(short) > len(texts) / 2

        def read(text: str, _kind: Kind) -> Told:
            found = self.names.area(unscrambled(text) or text, is_iso2=is_iso2)
            doubts = list(_letters(text))
            if found.fault and not (found.id < 0 and any(n == "lost letters" for n, _w in doubts)):
                words = {"text": text.strip(), "near": found.near, "read": found.near or found.code}
                doubts.append((found.fault, words))
            if found.id >= 0 and text != text.rstrip():
                doubts.append(("space", {"text": text}))
            return Told(found.id, tuple(doubts))

        return read

    def _indicator(self, text: str, _kind: Kind) -> Told:
        found = self.names.indicator(text)
        doubts: list[tuple[str, Mapping[str, object]]] = []
        if found.fault:
            words = {"text": text.strip(), "near": found.near, "code": found.code}
            doubts.append((found.fault, {**words, "read": found.code}))
        if found.id >= 0 and text != text.rstrip():
            doubts.append(("space", {"text": text}))
        return Told(found.id, tuple(doubts))

    def _period(self) -> Callable[[str, Kind], Told]:
        places = self.layout.at("period")
        header = normal(self.layout.columns[places[0]].header) if places else ""
        is_year = any(word in header for word in ("year", "annee", "ano", "год", "年", "سنة"))

        def read(text: str, kind: Kind) -> Told:
            found = periods.read(text, kind, is_year=is_year)
            words = {"text": text.strip(), "read": found.period}
            return Told(found.period or "", tuple((name, words) for name in found.doubts))

        return read

    # Breakdowns ---------------------------------------------------------------------------

    def _cells(self) -> Array:
        """Return the numbers of the combinations of groups that each row is about."""
        parts = [
            self._told(place, self.reader.pools["cell"], self._cell)
            for place in self.layout.at("cell")
        ]
        for dimension in self.names.dimensions:
            places = self.layout.at(f"dimension:{dimension}")
            pool = self.reader.pools["cell"]
            parts += [self._told(place, pool, self._group(dimension)) for place in places]
        parts += [*self._categories(), *self._series()]
        pool = self.reader.pools["cell"]
        codes = np.full(len(self.rows), pool.code("_T"), dtype=np.int32)
        for part in parts:
            pairs, inverse = np.unique(np.stack([codes, part]), axis=1, return_inverse=True)
            joined = [_joined(pool.values[one], pool.values[two]) for one, two in pairs.T]
            codes = np.array([pool.code(cell) for cell in joined], dtype=np.int32)[inverse.ravel()]
        return codes

    def _group(self, dimension: str) -> Callable[[str, Kind], Told]:
        def read(text: str, _kind: Kind) -> Told:
            code = self.names.group(dimension, text)
            minors = self.names.minors(text) if code is None else ""
            if minors:
                return Told(minors)
            if code is None:
                words = {
                    "text": text.strip(),
                    "dimension": dimension,
                    "codes": ", ".join(self.names.codes.get(dimension, ())),
                }
                return Told("_T", (("unknown group", words),))
            return Told("_T" if code == "_T" else f"{dimension}={code}")

        return read

    def _cell(self, text: str, _kind: Kind) -> Told:
        """Read `sex=female;age=child_0_17`, in our words or in those of others."""
        cell = "_T"
        doubts: list[tuple[str, Mapping[str, object]]] = []
        for part in text.replace(",", ";").split(";"):
            dimension, sign, group = (piece.strip() for piece in part.partition("="))
            if not part.strip() or dimension in {"_T", "total", "Total"}:
                continue
            spelled = normal(dimension)
            word = next((one for one in self.names.dimensions if normal(one) == spelled), "")
            if not sign or not word:
                known = ", ".join(self.names.dimensions)
                words = {"text": part.strip(), "dimension": "breakdown", "codes": known}
                doubts.append(("unknown group", words))
                continue
            told = self._group(word)(group, Kind.TEXT)
            doubts += told.doubts
            cell = _joined(cell, told.value)
        return Told(cell, tuple(doubts))

    def _series(self) -> list[Array]:
        """Read the groups that the codes of a known file's series speak of."""
        places = self.layout.at("indicator")
        if not places or not self.names.cells:
            return []

        def read(text: str, _kind: Kind) -> Told:
            return Told(self.names.cells.get(normal(text), "_T"))

        return [self._told(places[0], self.reader.pools["cell"], read)]

    def _categories(self) -> list[Array]:
        """Read a pair of columns of which one names the breakdown and the other the group."""
        kinds, groups = self.layout.at("breakdown"), self.layout.at("category")
        if not kinds or not groups:
            return []
        kind, group = self.sheet.columns[kinds[0]], self.sheet.columns[groups[0]]
        pairs, inverse, counts = np.unique(
            np.stack([self.codes[kinds[0]][self.rows], self.codes[groups[0]][self.rows]]),
            axis=1,
            return_inverse=True,
            return_counts=True,
        )
        inverse = inverse.ravel()
        left_out: Counter[str] = Counter()
        cells = []
        for (one, two), n in zip(pairs.T, counts, strict=True):
            cell = self._category(kind.texts[one], group.texts[two])
            cells.append(cell or "_T")
            if cell is None:
                self.dropped |= inverse == len(cells) - 1
                left_out[kind.texts[one].strip()] += int(n)
        for text, n in left_out.items():
            self.log.add("breakdown left out", self.sheet.name, text=text, n=n)
        codes = np.array([self.reader.pools["cell"].code(cell) for cell in cells], dtype=np.int32)
        return [codes[inverse]]

    def _category(self, kind: str, group: str) -> str | None:
        word = normal(kind).removeprefix("by ").removeprefix("par ").removeprefix("por ")
        if self.names.group("", word) == "_T":
            return "_T" if self.names.group("", group) == "_T" else None
        for dimension in self.names.dimensions:
            if normal(dimension) in word.split() or word == dimension:
                code = self.names.group(dimension, group)
                return None if code is None else "_T" if code == "_T" else f"{dimension}={code}"
        return None

    # Texts and values ---------------------------------------------------------------------

    def _text(self, role: str) -> Array:
        places = self.layout.at(role)
        pool = self.reader.pools[role]
        fixed = self.reader.options.fixed.get(role, "")
        if not places:
            series = self.layout.at("indicator")
            if role == "unit" and not fixed and series and self.names.units:
                units = self.names.units
                return self._told(
                    series[0], pool, lambda text, _kind: Told(units.get(normal(text), ""))
                )
            return np.full(len(self.rows), pool.code(fixed), dtype=np.int32)
        column = self.sheet.columns[places[0]]
        used, inverse = np.unique(self.codes[places[0]][self.rows], return_inverse=True)
        found = [pool.code(column.texts[code].strip() or fixed) for code in used]
        codes: Array = np.array(found, dtype=np.int32)[inverse]
        return codes

    def _values(self, place: int) -> Array:
        """Return the numbers of what the cells of a column of values say."""
        column = self.sheet.columns[place]
        used, inverse = np.unique(self.codes[place][self.rows], return_inverse=True)
        cells = [(column.texts[code], column.kinds[code]) for code in used]
        point = self.reader.options.decimal or numbers.point(cells)
        pool = self.reader.pools["said"]
        codes = [pool.code((text, numbers.read(text, kind, point=point))) for text, kind in cells]
        found: Array = np.array(codes, dtype=np.int32)[inverse]
        return found

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


def _is_blank(said: Any) -> bool:
    return said == "" or (isinstance(said, tuple) and said[1].doubts[:1] == ("empty",))


def _joined(one: str, two: str) -> str:
    if two in {"", "_T"}:
        return one or "_T"
    return two if one in {"", "_T"} else ";".join(sorted([*one.split(";"), *two.split(";")]))


def _letters(text: str) -> list[tuple[str, Mapping[str, object]]]:
    """Return what is wrong with the letters of a text: lost, or saved in a wrong encoding."""
    if "\ufffd" in text:
        return [("lost letters", {"text": text.strip()})]
    mended = unscrambled(text)
    return [("mojibake", {"text": text.strip(), "read": mended.strip()})] if mended else []


def unscrambled(text: str) -> str:
    """Return what a text was before its UTF-8 was read as a Western encoding, or nothing."""
    if text.isascii() or not any(sign in text for sign in "ÃÂÐÑØÙâ"):
        return ""
    for encoding in ("cp1252", "latin-1"):
        try:
            mended = text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        return mended if mended != text else ""
    return ""


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


def number_of(said: Any) -> Number:
    """Return what a cell says as a number."""
    return said[1] if isinstance(said, tuple) else Number(is_gone=True, doubts=("empty",))
