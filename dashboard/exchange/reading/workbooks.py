"""Workbooks: values by a fast parser, and what it leaves out by one bounded look at the XML."""

import io
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

import python_calamine as calamine

from dashboard.exchange.reading import cells, guards, markup, sheets
from dashboard.exchange.reading.guards import Form
from dashboard.exchange.reading.markup import Marks
from dashboard.exchange.reading.sheets import META, Book, Column, Kind, Remark, Sheet, Unreadable
from dashboard.i18n import _, number

MOST_CELLS: Final = 2_000_000
MOST_SHEETS: Final = 200
VISIBLE: Final = calamine.SheetVisibleEnum.Visible
TABLES: Final = calamine.SheetTypeEnum.WorkSheet


def read(data: bytes, form: Form) -> Book:
    """Read every sheet of a workbook."""
    try:
        with calamine.load_workbook(io.BytesIO(data)) as book:
            return _book(book, data, form)
    except calamine.PasswordError as error:
        raise guards.locked() from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise guards.broken() from error
    except BaseException as error:  # a panic of the parser is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise guards.broken() from error


def _book(book: Any, data: bytes, form: Form) -> Book:
    about = [one for one in book.sheets_metadata if one.typ == TABLES]
    if len(about) > MOST_SHEETS:
        raise Unreadable(
            "size",
            _("The workbook has {n} sheets.").format(n=number(len(about))),
            _("Keep only those with figures."),
        )
    marks = markup.read(data, form)
    _bounded(marks)
    found: list[Sheet] = []
    meta: Sequence[Sequence[str]] = ()
    for one in about:
        if one.name == META:
            meta = [[str(cell) for cell in row] for row in _values(book, one.name)[0]]
            continue
        rows, first = _values(book, one.name)
        found.append(
            _sheet(one.name, rows, first, marks.get(one.name, Marks()), one.visible != VISIBLE)
        )
    return Book(form, found, _remarks(form), meta)


def _bounded(marks: Mapping[str, Marks]) -> None:
    """Refuse sheets that reach too far before the parser makes room for every cell of theirs."""
    left = MOST_CELLS
    for name, found in marks.items():
        rows, columns = found.size
        left -= rows * columns
        if left < 0:
            raise Unreadable(
                "used range",
                _("The sheet “{name}” reaches over {rows} rows and {columns} columns.").format(
                    name=name, rows=number(rows), columns=number(columns)
                ),
                _("Delete what lies beyond the table, save, and send it again."),
            )


def _values(book: Any, name: str) -> tuple[list[list[Any]], tuple[int, int]]:
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None:
        return [], (1, 1)
    return sheet.to_python(skip_empty_area=True), (sheet.start[0] + 1, sheet.start[1] + 1)


def _remarks(form: Form) -> list[Remark]:
    if form is not Form.XLSM:
        return []
    message = _("The workbook holds macros. They were not run, and are not needed here.")
    return [Remark("macros", message, _("Save it as XLSX without macros."), is_hint=True)]


def _sheet(
    name: str, rows: list[list[Any]], first: tuple[int, int], marks: Marks, is_hidden: bool
) -> Sheet:
    row, column = first
    rows = _reaching(rows, first, marks)
    columns = [
        _column(values, column + place, row, marks)
        for place, values in enumerate(zip_longest(*rows, fillvalue=""))
    ]
    return Sheet(
        name,
        columns,
        len(rows),
        row=row,
        column=column,
        is_hidden=is_hidden,
        hidden_rows=marks.hidden_rows,
        hidden_columns=marks.hidden_columns,
        merged=tuple(marks.merged),
    )


def _reaching(rows: list[list[Any]], first: tuple[int, int], marks: Marks) -> list[list[Any]]:
    """Return the rows, long and wide enough for every cell the parser showed as blank."""
    blank = [place for place, kind in marks.kinds.items() if kind >= Kind.ERROR]
    last = max((row for row, _column in blank), default=0)
    wide = max((column for _row, column in blank), default=0)
    width = max(max(map(len, rows), default=0), wide - first[1] + 1)
    missing = last - first[0] + 1 - len(rows)
    filled = [[*row, *[""] * (width - len(row))] for row in rows]
    return [*filled, *([""] * width for _row in range(max(missing, 0)))]


def _column(values: Sequence[Any], column: int, first: int, marks: Marks) -> Column:
    if column not in marks.columns:
        return sheets.column(map(cells.cell, values))
    kinds, texts = marks.kinds, marks.texts
    return sheets.column(
        _marked(value, kinds.get((row, column)), texts.get((row, column), ""))
        for row, value in enumerate(values, start=first)
    )


def _marked(value: Any, kind: Kind | None, text: str) -> tuple[str, Kind]:
    """Return a cell as its mark says, where it has one."""
    if kind is None:
        return cells.cell(value)
    if kind is Kind.PERCENT and isinstance(value, int | float) and not isinstance(value, bool):
        return cells.percent(value), kind
    if kind in {Kind.ERROR, Kind.UNCOUNTED} and (value is None or value == ""):
        return text, kind
    return cells.cell(value)
