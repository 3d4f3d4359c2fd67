"""What a fast parser leaves out of a workbook: errors, formulas without result, per cent, hiding.

One pass over the XML of each sheet, element by element, holding nothing but the cells that differ.
"""

import io
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

from dashboard.exchange.reading import cells, guards
from dashboard.exchange.reading.guards import Form
from dashboard.exchange.reading.sheets import Kind, place

MOST_MARKS: Final = 1_000_000
MOST_REPEATED: Final = 16_384
FORMULA: Final = "=…"
"""What is shown for a formula of which only the place is known."""


@dataclass
class Marks:
    """The cells of a sheet that are not what they seem, by row and column as in the file."""

    kinds: dict[tuple[int, int], Kind] = field(default_factory=dict)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    columns: frozenset[int] = frozenset()
    box: list[int] = field(default_factory=list)  # first row and column with a value, and the last

    def reach(self, row: int, column: int) -> None:
        """Let the used range reach to this cell."""
        box = self.box
        if not box:
            self.box = [row, column, row, column]
            return
        box[0], box[1] = min(box[0], row), min(box[1], column)
        box[2], box[3] = max(box[2], row), max(box[3], column)

    @property
    def size(self) -> tuple[int, int]:
        """How many rows and columns the used range has."""
        if not self.box:
            return 0, 0
        return self.box[2] - self.box[0] + 1, self.box[3] - self.box[1] + 1


def read(data: bytes, form: Form) -> dict[str, Marks]:
    """Return the marks of each sheet by its name."""
    if form not in {Form.XLSX, Form.XLSM, Form.ODS}:
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _open_document(archive) if form is Form.ODS else _office(archive)
    except (expat.ExpatError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise guards.broken() from error


class _Walk:
    """Feeds a part of an archive to handlers named after its elements, without their prefix."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.buffer_text = True
        self.starts: dict[str, Any] = {}
        self.ends: dict[str, Any] = {}

    def walk(self, archive: zipfile.ZipFile, name: str) -> None:
        with archive.open(name) as opened:
            self.parser.ParseFile(opened)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        act = self.starts.get(name) or self.starts.get(name.rpartition(":")[2])
        if act is not None:
            act(attributes)

    def _end(self, name: str) -> None:
        act = self.ends.get(name) or self.ends.get(name.rpartition(":")[2])
        if act is not None:
            act()

    def _refuse(self, *_declared: Any) -> None:
        raise ValueError("a document type")


# Office Open XML ------------------------------------------------------------------------------


def _office(archive: zipfile.ZipFile) -> dict[str, Marks]:
    kinds = _styles(archive)
    return {name: _sheet(archive, part, kinds) for name, part in _parts(archive).items() if part}


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the archive in which each sheet stands."""
    targets: dict[str, str] = {}
    ids: dict[str, str] = {}
    names = {name.lower(): name for name in archive.namelist()}

    def related(found: Mapping[str, str]) -> None:
        target = found.get("Target", "")
        full = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        targets[found.get("Id", "")] = names.get(full.lower(), "")

    def listed(found: Mapping[str, str]) -> None:
        for key, value in found.items():
            if key.endswith(":id"):
                ids[found.get("name", "")] = value

    walk = _Walk()
    walk.starts["Relationship"] = related
    walk.walk(archive, names.get("xl/_rels/workbook.xml.rels", "xl/_rels/workbook.xml.rels"))
    walk = _Walk()
    walk.starts["sheet"] = listed
    walk.walk(archive, names.get("xl/workbook.xml", "xl/workbook.xml"))
    return {name: targets.get(relation, "") for name, relation in ids.items()}


def _styles(archive: zipfile.ZipFile) -> list[Kind]:
    """Return what the number format of each style makes of a number."""
    if "xl/styles.xml" not in archive.namelist():
        return []
    codes: dict[int, str] = {}
    kinds: list[Kind] = []
    inside = [False]
    walk = _Walk()
    walk.starts["numFmt"] = lambda found: codes.__setitem__(
        int(found.get("numFmtId", -1)), found.get("formatCode", "")
    )
    walk.starts["cellXfs"] = lambda _found: inside.__setitem__(0, True)
    walk.ends["cellXfs"] = lambda: inside.__setitem__(0, False)

    def style(found: Mapping[str, str]) -> None:
        if inside[0]:
            number = int(found.get("numFmtId", 0))
            kinds.append(cells.kind_of(number, codes.get(number, "")))

    walk.starts["xf"] = style
    walk.walk(archive, "xl/styles.xml")
    return kinds


class _SheetWalk(_Walk):
    """Walks a sheet of Office Open XML and keeps what is marked in it."""

    def __init__(self, kinds: list[Kind]) -> None:
        super().__init__()
        self.percents = {str(n) for n, kind in enumerate(kinds) if kind is Kind.PERCENT}
        self.marks = Marks()
        self.hidden: set[int] = set()
        self.columns: set[int] = set()
        self.row = 0
        self.column = 0
        self.about: dict[str, str] = {}
        self.has_formula = self.has_value = False
        self.said: list[str] = []
        self.starts = {
            "row": self._row,
            "c": self._cell,
            "f": self._formula,
            "v": self._value,
            "is": self._value,
            "mergeCell": self._merge,
            "col": self._col,
        }
        self.ends = {"c": self._cell_end}

    def _row(self, found: Mapping[str, str]) -> None:
        self.row = int(found.get("r") or self.row + 1)
        self.column = 0
        if found.get("hidden") in {"1", "true"}:
            self.hidden.add(self.row)

    def _col(self, found: Mapping[str, str]) -> None:
        if found.get("hidden") in {"1", "true"}:
            first, last = int(found.get("min", 0)), int(found.get("max", 0))
            self.columns |= set(range(first, min(last, first + MOST_REPEATED) + 1))

    def _merge(self, found: Mapping[str, str]) -> None:
        first, _colon, last = found.get("ref", "").partition(":")
        self.marks.merged.append((*place(first), *place(last or first)))

    def _cell(self, found: dict[str, str]) -> None:
        self.about = found
        self.has_formula = self.has_value = False
        row, column = place(found.get("r", ""))
        self.column = column or self.column + 1
        self.row = row or self.row

    def _formula(self, _found: Mapping[str, str]) -> None:
        self.has_formula = True

    def _value(self, _found: Mapping[str, str]) -> None:
        self.has_value = True
        if self.has_formula or self.about.get("t") == "e":
            self.said = []
            self.parser.CharacterDataHandler = self.said.append

    def _cell_end(self) -> None:
        about = self.about
        kind = about.get("t", "n")
        where = (self.row, self.column)
        if len(self.marks.kinds) > MOST_MARKS:
            raise ValueError("too many marks")
        self.parser.CharacterDataHandler = None
        if self.has_value or self.has_formula:
            self.marks.reach(self.row, self.column)
        if kind == "e":
            self.marks.kinds[where] = Kind.ERROR
            self.marks.texts[where] = "".join(self.said) or "#ERROR"
        elif self.has_formula and not (self.has_value and (kind == "str" or "".join(self.said))):
            self.marks.kinds[where] = Kind.UNCOUNTED
            self.marks.texts[where] = FORMULA
        elif kind == "n" and self.has_value and about.get("s") in self.percents:
            self.marks.kinds[where] = Kind.PERCENT


def _sheet(archive: zipfile.ZipFile, part: str, kinds: list[Kind]) -> Marks:
    walk = _SheetWalk(kinds)
    walk.walk(archive, part)
    return _finished(walk.marks, walk.hidden, walk.columns)


def _finished(marks: Marks, rows: set[int], columns: set[int]) -> Marks:
    marks.hidden_rows, marks.hidden_columns = frozenset(rows), frozenset(columns)
    marks.columns = frozenset(column for _row, column in marks.kinds)
    return marks


# OpenDocument ---------------------------------------------------------------------------------


class _ContentWalk(_Walk):
    """Walks the content of an OpenDocument workbook, sheet by sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Marks] = {}
        self.hidden: dict[str, set[int]] = defaultdict(set)
        self.columns: dict[str, set[int]] = defaultdict(set)
        self.name = ""
        self.row = self.column = self.next_row = self.next_column = 0
        self.starts = {
            "table:table": self._table,
            "table:table-column": self._col,
            "table:table-row": self._row,
            "table:table-cell": self._cell,
            "table:covered-table-cell": self._covered,
        }

    def _table(self, found: Mapping[str, str]) -> None:
        self.name = found.get("table:name", "")
        self.found[self.name] = Marks()
        self.row = self.column = 0
        self.next_row = self.next_column = 1

    def _col(self, found: Mapping[str, str]) -> None:
        times = min(int(found.get("table:number-columns-repeated", 1)), MOST_REPEATED)
        if found.get("table:visibility") in {"collapse", "filter"}:
            self.columns[self.name] |= set(range(self.next_column, self.next_column + times))
        self.next_column += times

    def _row(self, found: Mapping[str, str]) -> None:
        times = int(found.get("table:number-rows-repeated", 1))
        self.row, self.next_row = self.next_row, self.next_row + times
        self.next_column = 1
        if found.get("table:visibility") in {"collapse", "filter"}:
            most = min(times, MOST_REPEATED)
            self.hidden[self.name] |= set(range(self.row, self.row + most))

    def _covered(self, found: Mapping[str, str]) -> None:
        self.next_column += int(found.get("table:number-columns-repeated", 1))

    def _cell(self, found: Mapping[str, str]) -> None:
        times = int(found.get("table:number-columns-repeated", 1))
        self.column, self.next_column = self.next_column, self.next_column + times
        marks, where = self.found[self.name], (self.row, self.column)
        if "office:value-type" in found or "table:formula" in found:
            marks.reach(*where)
            marks.reach(self.next_row - 1, self.next_column - 1)
        if found.get("office:value-type") == "percentage":
            for step in range(min(times, MOST_REPEATED)):
                marks.kinds[self.row, self.column + step] = Kind.PERCENT
        elif found.get("calcext:value-type") == "error":
            marks.kinds[where] = Kind.ERROR
            marks.texts[where] = "#ERROR"
        elif "table:formula" in found and "office:value-type" not in found:
            marks.kinds[where] = Kind.UNCOUNTED
            marks.texts[where] = FORMULA
        wide = int(found.get("table:number-columns-spanned", 1))
        high = int(found.get("table:number-rows-spanned", 1))
        if wide > 1 or high > 1:
            last = (self.row + high - 1, self.column + wide - 1)
            marks.merged.append((*where, *last))
        if len(marks.kinds) > MOST_MARKS:
            raise ValueError("too many marks")


def _open_document(archive: zipfile.ZipFile) -> dict[str, Marks]:
    walk = _ContentWalk()
    walk.walk(archive, "content.xml")
    return {
        name: _finished(marks, walk.hidden[name], walk.columns[name])
        for name, marks in walk.found.items()
    }
