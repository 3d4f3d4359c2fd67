"""Old workbooks (XLS): values, errors, formats and hiding by one parser."""

import io
import struct
from typing import Any, Final

import xlrd  # type: ignore[import-untyped]

from dashboard.exchange.reading import cells, guards, sheets
from dashboard.exchange.reading.guards import Form
from dashboard.exchange.reading.sheets import META, Book, Kind, Sheet

MOST_BYTES: Final = 25_000_000
ERRORS: Final = dict(xlrd.error_text_from_code)


def read(data: bytes, form: Form) -> Book:
    """Read every sheet of an old workbook."""
    guards.small(data, MOST_BYTES)
    try:
        with xlrd.open_workbook(
            file_contents=data, formatting_info=True, on_demand=True, logfile=io.StringIO()
        ) as book:
            found = [_sheet(book, sheet) for sheet in book.sheets() if sheet.name != META]
            return Book(form, found)
    except xlrd.XLRDError as error:
        if "encrypt" in str(error).lower():
            raise guards.locked() from error
        raise guards.broken() from error
    except (xlrd.compdoc.CompDocError, struct.error, ValueError, IndexError, KeyError) as error:
        raise guards.broken() from error
    except (AssertionError, TypeError, AttributeError, UnicodeError, OverflowError) as error:
        raise guards.broken() from error  # the parser trusts what it reads


def _sheet(book: Any, sheet: Any) -> Sheet:
    columns = [
        sheets.column(_cell(book, sheet.cell(row, column)) for row in range(sheet.nrows))
        for column in range(sheet.ncols)
    ]
    return Sheet(
        sheet.name,
        columns,
        sheet.nrows,
        is_hidden=sheet.visibility != 0,
        hidden_rows=frozenset(n + 1 for n, info in sheet.rowinfo_map.items() if info.hidden),
        hidden_columns=frozenset(n + 1 for n, info in sheet.colinfo_map.items() if info.hidden),
        merged=tuple((r1 + 1, c1 + 1, r2, c2) for r1, r2, c1, c2 in sheet.merged_cells),
    )


def _cell(book: Any, found: Any) -> tuple[str, Kind]:
    if found.ctype == xlrd.XL_CELL_NUMBER:
        if _format(book, found) is Kind.PERCENT:
            return cells.percent(found.value), Kind.PERCENT
        return cells.plain(found.value), Kind.NUMBER
    if found.ctype == xlrd.XL_CELL_DATE:
        return _day(book, found.value)
    if found.ctype == xlrd.XL_CELL_BOOLEAN:
        return str(bool(found.value)).upper(), Kind.BOOLEAN
    if found.ctype == xlrd.XL_CELL_ERROR:
        return ERRORS.get(found.value, "#ERROR"), Kind.ERROR
    return cells.cell(found.value)


def _format(book: Any, found: Any) -> Kind:
    style = book.xf_list[found.xf_index]
    told = book.format_map.get(style.format_key)
    return cells.kind_of(style.format_key, told.format_str if told else "")


def _day(book: Any, value: float) -> tuple[str, Kind]:
    if value < 1:
        return cells.plain(value), Kind.TIME
    try:
        return cells.cell(xlrd.xldate_as_datetime(value, book.datemode))
    except xlrd.xldate.XLDateError:
        return cells.plain(value), Kind.DATE
