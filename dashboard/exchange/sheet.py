"""Observations as a person writes them in a table: CSV in, rows of text out, or every fault.

What the columns may be called is told here once; what the cells may say is for the record to
judge. Nothing is guessed: a number written in a way that could be read twice is a fault.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

NEEDED: Final = ("indicator", "area", "period", "value")
COLUMNS: Final = (
    *NEEDED,
    *("cell", "status", "missing_reason", "qualifier", "text", "numerator", "denominator"),
    *("nature", "source", "source_date", "evidence", "note", "comment"),
)
IGNORED: Final = frozenset(
    {
        *("m49", "year", "revision", "accepted_at", "is_illustrative", "exact", "ref"),
        *("as_of", "data_source", "licence"),
    }
)
"""Columns of our own files that say again what others say, or that the record gives itself."""
NUMBERS: Final = ("value", "numerator", "denominator")
GROUPED: Final = re.compile(r"-?[0-9]{1,3}([ ,.'\u00a0\u202f][0-9]{3})+([.,][0-9]+)?")
COMMA: Final = re.compile(r"-?[0-9]+,[0-9]+")
BOUND: Final = re.compile(r"([<>])\s*(-?[0-9]+(\.[0-9]+)?)")
MOST_BYTES: Final = 50_000_000
MOST_ROWS: Final = 200_000


@dataclass(frozen=True)
class Complaint:
    """Something that is wrong with the file: where, what, and how to mend it."""

    where: str
    message: str


@dataclass(frozen=True)
class Sheet:
    """The rows of a file by the names of their columns, each with its line, and what is wrong."""

    rows: tuple[tuple[int, dict[str, str]], ...]
    complaints: tuple[Complaint, ...]


def read(data: bytes) -> Sheet:
    """Read a table of observations; lines are counted as a text editor counts them."""
    try:
        text = _text(data)
        dialect = _divider(text)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect, strict=True)
        header = [_name(cell) for cell in next(reader, [])]
        wrong = _header(header)
        if wrong:
            return Sheet((), tuple(wrong))
        return _rows(reader, header)
    except _Unreadable as error:
        return Sheet((), (Complaint("file", str(error)),))
    except csv.Error as error:
        return Sheet((), (Complaint("file", f"is no table ({error}): save it as CSV (UTF-8)"),))


class _Unreadable(Exception):
    """The file as a whole cannot be read."""


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise _Unreadable(f"has more than {MOST_BYTES // 1_000_000} MB: send it in parts")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise _Unreadable("is a workbook: save it as CSV (UTF-8) first")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Unreadable(
            f"is not UTF-8 (line {line}): in the spreadsheet choose “CSV UTF-8” when saving"
        ) from None
    if "\x00" in text:
        raise _Unreadable("holds signs that are no text: save it as CSV (UTF-8)")
    if not text.strip():
        raise _Unreadable("is empty")
    return text


def _divider(text: str) -> str:
    """Return what divides the columns: the sign that the header has most of."""
    header = text.lstrip().splitlines()[0]
    return max(",;\t", key=header.count)


def _name(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", cell.strip().lower())


def _header(header: Sequence[str]) -> list[Complaint]:
    has_year = "year" in header and "period" not in header
    needed = [name for name in NEEDED if not (name == "period" and has_year)]
    missing = [name for name in needed if name not in header]
    wrong = [
        Complaint(f"column {name}", "is missing from the first line: add it") for name in missing
    ]
    known = {*COLUMNS, *IGNORED}
    unknown = [name for name in header if name and name not in known]
    wrong += [
        Complaint(f"column {name}", f"is not known; there are: {', '.join(COLUMNS)}")
        for name in unknown
    ]
    twice = {name for name in header if name and header.count(name) > 1}
    wrong += [Complaint(f"column {name}", "stands there twice") for name in sorted(twice)]
    return wrong


def _rows(reader: Any, header: list[str]) -> Sheet:
    if "period" not in header:
        header = ["period" if name == "year" else name for name in header]
    rows: list[tuple[int, dict[str, str]]] = []
    complaints: list[Complaint] = []
    for cells in reader:
        line = reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            told = f"has {len(cells)} cells, the first line has {len(header)}"
            complaints.append(Complaint(f"line {line}", told))
            continue
        if len(rows) == MOST_ROWS:
            told = f"has more than {MOST_ROWS} rows: send it in parts"
            return Sheet((), (Complaint("file", told),))
        row = {
            name: cell.strip()
            for name, cell in zip(header, cells, strict=True)
            if name and name not in IGNORED
        }
        wrong = [
            Complaint(f"line {line}, {name}", told)
            for name in NUMBERS
            if (told := _misread(row.get(name, "")))
        ]
        complaints += wrong
        rows.append((line, _bounded(row)))
    if not rows and not complaints:
        complaints.append(Complaint("file", "has no row below its first line"))
    return Sheet(tuple(rows), tuple(complaints))


def _misread(cell: str) -> str:
    """Return what is wrong with the way a number is written; nothing where it is plain."""
    if cell.startswith(("=", "@")):
        return f"{cell!r} is a formula: write the number itself"
    if cell.startswith("#"):
        return f"{cell!r} is an error of the spreadsheet: mend it there"
    if cell.endswith("%"):
        return f"{cell!r}: write the number without the sign %"
    if GROUPED.fullmatch(cell) and not re.fullmatch(r"-?[0-9]{1,3}\.[0-9]{3}", cell):
        return f"{cell!r} groups its digits: write them without a space, comma or point between"
    if COMMA.fullmatch(cell):
        return f"{cell!r}: write decimals with a point"
    return ""


def _bounded(row: dict[str, str]) -> dict[str, str]:
    """Read `<5` in the value column as what it says: a bound."""
    found = BOUND.fullmatch(row.get("value", ""))
    if found is None or row.get("qualifier"):
        return row
    return {**row, "qualifier": found[1], "value": found[2]}
