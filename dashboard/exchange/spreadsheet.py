"""A table as an Excel workbook: the rows, and a sheet that tells how to read them.

Numbers are numbers, days are days, text is text and never a formula, what is missing is an empty
cell. The workbook is made chunk by chunk, whatever its length; the same table gives the same bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

import pandas as pd

from dashboard.exchange import table as tables
from dashboard.exchange.about import ILLUSTRATIVE, Meta, moment
from dashboard.exchange.canonical import Field
from dashboard.exchange.spreadsheet_xml import START, Zip, foot, frame, head, rows, told

DATA: Final = "Data"
READ: Final = "How to read"
MOST_ROWS: Final = 1_048_575
"""Rows that a sheet holds below its names; what is more goes on in the next sheet."""
MOST_BYTES: Final = 1_500_000_000
"""A sheet as XML stays below what readers without large files can open."""
KINDS: Final = {
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
    "date": "day",
    "datetime": "moment in UTC",
    "string": "text",
}


def write(table: pd.DataFrame, meta: Meta) -> bytes:
    """Return the table as a workbook of two sheets: `Data` and `How to read`."""
    return b"".join(stream([table], tables.fields(table), meta))


def stream(
    chunks: Iterable[pd.DataFrame],
    fields: Sequence[Field],
    meta: Meta,
    *,
    most: int = MOST_ROWS,
) -> Iterator[bytes]:
    """Yield a workbook: sheets of data with at most so many rows each, and how to read them."""
    every = tables.marked_fields(fields)
    feed = _Feed((tables.marked(chunk, meta) for chunk in chunks), every, meta, most)
    packed, sheets = Zip(), [DATA]
    while True:
        yield from packed.member(f"xl/worksheets/sheet{len(sheets)}.xml", feed.sheet())
        if feed.is_done:
            break
        sheets.append(f"{DATA} {len(sheets) + 1}")
    sheets.append(READ)
    lines = told(_told(every, meta, feed.total), is_illustrative=meta.is_illustrative)
    yield from packed.member(f"xl/worksheets/sheet{len(sheets)}.xml", [lines])
    for path, text in frame(meta, sheets).items():
        yield from packed.member(path, [(START + text).encode()])
    yield packed.end()


class _Feed:
    """The rows of all sheets, given out until one of them is full."""

    def __init__(
        self, chunks: Iterable[pd.DataFrame], fields: Sequence[Field], meta: Meta, most: int
    ) -> None:
        self._chunks, self._fields, self._meta, self._most = chunks, fields, meta, most
        names = [field.name for field in fields]
        self._waiting = (chunk[names] for chunk in self._chunks if len(chunk))
        self._next = next(self._waiting, pd.DataFrame(columns=names))
        self.is_done = False
        self.total = 0

    def sheet(self) -> Iterator[bytes]:
        """Yield the XML of one sheet."""
        begin = head(self._meta, self._fields, self._next)
        size, filled = len(begin), 0
        yield begin
        while filled < self._most and size < MOST_BYTES:
            part = self._next.iloc[: self._most - filled]
            made = rows(part, self._fields, filled + 2)
            size, filled = size + len(made), filled + len(part)
            yield made
            self._next = self._next.iloc[len(part) :]
            if self._next.empty:
                self._next = next(self._waiting, self._next)
            if self._next.empty:
                self.is_done = True
                break
        self.total += filled
        yield foot(self._meta, len(self._fields), filled + 1)


def _told(fields: Sequence[Field], meta: Meta, n: int) -> Iterator[tuple[str, str]]:
    """Yield what a reader has to know, line by line; the warning comes first."""
    mark = [("Mind", ILLUSTRATIVE)] if meta.is_illustrative else []
    yield from chain(
        mark,
        (
            ("Title", meta.title),
            ("Source", meta.source),
            ("Record as of", moment(meta.as_of)),
            ("Licence", f"{meta.licence.title} ({meta.licence.name}), {meta.licence.address}"),
            ("Real or pretend", ILLUSTRATIVE if mark else "as reported and accepted"),
            ("Rows", str(n)),
            (
                "Missing values",
                "An empty cell was not reported or does not apply; it never means zero.",
            ),
            ("Columns", "of the sheet Data, from left to right:"),
        ),
        ((field.name, _described(field)) for field in fields),
    )


def _described(field: Field) -> str:
    kind = KINDS[field.type]
    return f"{kind}: {field.says}" if field.says else kind
