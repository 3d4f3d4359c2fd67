"""What a file holds once it is read: sheets of columns, each the distinct texts it has.

A column of two million cells holds perhaps a thousand different texts. What a text means is found
out once for each of them, in plain code; the rows only carry numbers.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

import numpy as np

Codes = np.ndarray[Any, np.dtype[np.int32]]


class Unreadable(Exception):
    """A file that cannot be read at all: of which class of fault, why, and what to do."""

    def __init__(self, fault: str, message: str, remedy: str) -> None:
        self.fault, self.message, self.remedy = fault, message, remedy
        super().__init__(f"{message} {remedy}")


class Kind(IntEnum):
    """What a cell was in its file; in delimited text every cell is text."""

    TEXT = 0
    NUMBER = 1
    PERCENT = 2  # a number shown as per cent: its text is what the reader of the sheet saw
    DATE = 3
    TIME = 4
    BOOLEAN = 5
    ERROR = 6  # such as #DIV/0!
    UNCOUNTED = 7  # a formula whose result was never stored


@dataclass(frozen=True)
class Column:
    """The cells of a column: distinct texts, their kinds, and for each row which text it has."""

    texts: Sequence[str]
    kinds: Sequence[Kind]
    codes: Codes

    def text(self, row: int) -> str:
        """Return the text of a row, counted from zero."""
        return self.texts[int(self.codes[row])]


@dataclass(frozen=True)
class Sheet:
    """A table of cells. `row` and `column` are the numbers of its first cell, counted from one."""

    name: str
    columns: Sequence[Column]
    height: int
    row: int = 1
    column: int = 1
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()  # numbered as in the file
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()  # first row, column, last row, column


@dataclass(frozen=True)
class Remark:
    """Something about the file as a whole that its reader should be told."""

    fault: str
    message: str
    remedy: str
    sheet: str = ""
    is_hint: bool = False


@dataclass(frozen=True)
class Book:
    """All that was read from a file."""

    form: str
    sheets: Sequence[Sheet]
    remarks: Sequence[Remark] = field(default=())
    meta: Sequence[Sequence[str]] = ()  # rows of our own very hidden sheet, where there is one


META: Final = "_meta"
"""The hidden sheet by which our own workbooks are known again."""
EMPTY: Final = ("", Kind.TEXT)


def column(cells: Iterable[tuple[str, Kind]]) -> Column:
    """Return a column from its cells, from the top."""
    known: dict[tuple[str, Kind], int] = {EMPTY: 0}
    codes = np.fromiter((known.setdefault(cell, len(known)) for cell in cells), dtype=np.int32)
    return Column([text for text, _kind in known], [kind for _text, kind in known], codes)


def letters(number: int) -> str:
    """Return the letters of a column: 1 is A, 27 is AA."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """Return the address of a cell as spreadsheets write it, such as `C7`."""
    return f"{letters(column)}{row}"


def place(reference: str) -> tuple[int, int]:
    """Return the row and column of an address such as `$C$7`; 0 and 0 where it is none."""
    found = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})", reference)
    if found is None:
        return 0, 0
    number = 0
    for letter in found[1].upper():
        number = number * 26 + ord(letter) - 64
    return int(found[2]), number
