"""A table shown on a page as an Excel workbook: the rows, and a sheet that tells how to read them.

Numbers are numbers, text is text and never a formula, what is missing is an empty cell. The same
table gives the same bytes.
"""

import io
from collections.abc import Iterator
from datetime import UTC
from typing import Any, Final

import pandas as pd

from dashboard.exchange import table as tables
from dashboard.exchange.about import ILLUSTRATIVE, Meta, moment

DATA: Final = "Data"
READ: Final = "How to read"
KINDS: Final = {
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
    "datetime": "moment in UTC",
    "string": "text",
}
WIDEST: Final = 60
"""Characters of the widest column; longer text runs on in its cell."""


def write(table: pd.DataFrame, meta: Meta) -> bytes:
    """Return the table as a workbook of two sheets: `Data` and `How to read`.

    A table of more rows than a sheet can hold (1,048,575) raises `ValueError`.
    """
    import xlsxwriter  # type: ignore[import-untyped]  # who asks for a workbook waits for it

    marked = tables.marked(table, meta)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        },
    )
    book.set_properties(
        {
            "title": meta.title,
            "author": meta.source,
            "comments": ILLUSTRATIVE if meta.is_illustrative else "",
            "created": meta.as_of.astimezone(UTC).replace(tzinfo=None),
        }
    )
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    _fill_data(book.add_worksheet(DATA), marked, meta, bold)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    warning = book.add_format({"bold": True, "text_wrap": True, "font_color": "#8A4B00"})
    _fill_read(book.add_worksheet(READ), marked, meta, (bold, wrapped, warning))
    book.close()
    return target.getvalue()


def _fill_data(sheet: Any, marked: pd.DataFrame, meta: Meta, bold: Any) -> None:
    height, width = marked.shape
    if height >= sheet.xls_rowmax:
        raise ValueError(f"A sheet holds {sheet.xls_rowmax - 1} rows, the table has {height}.")
    for place, name in enumerate(marked):
        values = tables.values(marked[name])
        sheet.write_string(0, place, str(name), bold)
        for line, value in enumerate(values, start=1):
            _put(sheet, line, place, value)
        longest = max((len(str(value)) for value in values if value is not None), default=0)
        sheet.set_column(place, place, min(max(longest, len(str(name))) + 2, WIDEST))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, height, max(width - 1, 0))
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    if meta.is_illustrative:
        sheet.set_header(f"&C&B{ILLUSTRATIVE}")
        sheet.set_tab_color("#8A4B00")


def _put(sheet: Any, line: int, place: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, str(value))


def _fill_read(sheet: Any, marked: pd.DataFrame, meta: Meta, formats: tuple[Any, ...]) -> None:
    bold, wrapped, warning = formats
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 84)
    if meta.is_illustrative:
        sheet.write_string(0, 0, "Mind", warning)
        sheet.write_string(0, 1, ILLUSTRATIVE, warning)
    for line, (name, text) in enumerate(_told(marked, meta), start=int(meta.is_illustrative)):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, text, wrapped)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _told(marked: pd.DataFrame, meta: Meta) -> Iterator[tuple[str, str]]:
    """Yield what a reader has to know, line by line."""
    yield "Title", meta.title
    yield "Source", meta.source
    yield "Record as of", moment(meta.as_of)
    yield "Licence", f"{meta.licence.title} ({meta.licence.name}), {meta.licence.address}"
    yield "Real or pretend", ILLUSTRATIVE if meta.is_illustrative else "as reported and accepted"
    yield "Rows", str(len(marked))
    yield "Missing values", "An empty cell was not reported or does not apply; it never means zero."
    yield "Columns", "of the sheet Data, from left to right:"
    for name in marked:
        yield str(name), KINDS[tables.kind(marked[name])]
