"""Any table that people keep: workbooks, delimited text, JSON; read safely and with its marks.

What a file is, its bytes say and not its name. Before a parser sees them, limits of size are held
against what the file declares. What cannot be read at all is refused with one sentence; what reads
doubtfully is kept as it stands and marked, for the record to judge.
"""

from collections.abc import Callable
from typing import Final

from dashboard.exchange.reading import biff, delimited, guards, rows, workbooks
from dashboard.exchange.reading.guards import Form
from dashboard.exchange.reading.sheets import Book, Column, Kind, Sheet, Unreadable

__all__ = ["Book", "Column", "Form", "Kind", "Sheet", "Unreadable", "read"]

_READERS: Final[dict[Form, Callable[[bytes, Form], Book]]] = {
    Form.XLSX: workbooks.read,
    Form.XLSM: workbooks.read,
    Form.ODS: workbooks.read,
    Form.XLS: biff.read,
    Form.JSON: rows.read,
}


def read(data: bytes, *, known: frozenset[str] = frozenset()) -> Book:
    """Read a file into sheets of columns, or raise `Unreadable` with a sentence.

    `known` are words in small letters that the file may hold, such as the names of areas: where
    the encoding of a text is not declared, the one in which most of them appear is taken.
    """
    from dashboard.exchange.sdmx import incoming  # which reads tables with the help of this room

    standard = incoming.read(data, known)
    if standard is not None:
        return standard
    form = guards.check(data)
    if form is Form.TEXT:
        return delimited.read(data, known)
    return _READERS[form](data, form)
