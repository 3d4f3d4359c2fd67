"""JSON: a list of rows, or an object that holds one."""

import json
from decimal import Decimal
from typing import Any, Final

from dashboard.exchange.reading import sheets
from dashboard.exchange.reading.guards import Form
from dashboard.exchange.reading.sheets import Book, Kind, Sheet, Unreadable
from dashboard.i18n import _

HOLDERS: Final = ("rows", "data", "observations", "value", "values", "items", "results", "records")
MOST_ROWS: Final = 500_000
MOST_BYTES: Final = 50_000_000


def read(data: bytes, _form: Form) -> Book:
    """Read rows, one object each, or lists of which the first names the columns."""
    if len(data) > MOST_BYTES:
        raise Unreadable("size", _("The file is too large for JSON."), _("Send it as CSV."))
    rows = _rows(_parsed(data))
    if rows and all(isinstance(row, list) for row in rows):
        table = rows
    elif rows and all(isinstance(row, dict) for row in rows):
        names = list(dict.fromkeys(str(name) for row in rows for name in row))
        table = [names, *([row.get(name) for name in names] for row in rows)]
    else:
        raise _refused()
    width = max(len(row) for row in table)
    filled = [[*row, *[None] * (width - len(row))] for row in table]
    columns = [sheets.column(map(_cell, cells)) for cells in zip(*filled, strict=True)]
    return Book(Form.JSON, [Sheet("", columns, len(filled))])


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            "form",
            _("The file begins like JSON and cannot be read as such."),
            _("Write it as a list of objects in UTF-8, or send CSV."),
        ) from error


def _rows(content: Any) -> list[Any]:
    if isinstance(content, dict):
        held = [content[name] for name in HOLDERS if isinstance(content.get(name), list)]
        if not held:
            raise _refused()
        content = held[0]
    if not isinstance(content, list) or not content or len(content) > MOST_ROWS:
        raise _refused()
    return content


def _refused() -> Unreadable:
    return Unreadable(
        "form",
        _("The file is JSON, and holds no list of rows."),
        _("Write it as a list of objects, one for each figure."),
    )


def _cell(value: Any) -> tuple[str, Kind]:
    if value is None:
        return sheets.EMPTY
    if isinstance(value, bool):
        return str(value).upper(), Kind.BOOLEAN
    if isinstance(value, Decimal):
        return (format(value, "f"), Kind.NUMBER) if value.is_finite() else (str(value), Kind.TEXT)
    if isinstance(value, str):
        return value, Kind.TEXT
    return json.dumps(value, default=str, ensure_ascii=False), Kind.TEXT
