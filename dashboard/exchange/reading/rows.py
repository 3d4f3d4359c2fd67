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
MOST_POWER: Final = 30
"""Digits before or after the point of a number; one written with more is no figure."""
WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
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
        text = data.decode("utf-16" if data[:2] in WIDE else "utf-8-sig")
    except ValueError as error:
        raise _unreadable() from error
    try:
        return _json(text)
    except (ValueError, RecursionError) as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines):
            raise _unreadable() from error
    try:
        return [_json(line) for line in lines]  # an object in each line
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error


def _json(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        name = next(one for one in names if names.count(one) > 1)
        raise Unreadable(
            "form",
            _("The file says “{name}” twice of one row.").format(name=name[:60]),
            _("Keep the right one, and send it again."),
        )
    return found


def _unreadable() -> Unreadable:
    return Unreadable(
        "form",
        _("The file begins like JSON and cannot be read as such."),
        _("Write it as a list of objects in UTF-8, or send CSV."),
    )


def _rows(content: Any) -> list[Any]:
    if isinstance(content, dict):
        content = _held(content)
    if not isinstance(content, list) or not content or len(content) > MOST_ROWS:
        raise _refused()
    return content


def _held(content: dict[str, Any]) -> list[Any]:
    """Return the rows that an object holds: by a usual name, or as columns of one length."""
    heads, body = content.get("columns"), content.get("data")
    if heads and isinstance(heads, list) and isinstance(body, list):
        return [heads, *body]
    held = [content[name] for name in HOLDERS if isinstance(content.get(name), list)]
    if len(held) == 1 and all(isinstance(row, list | dict) for row in held[0]):
        return list(held[0])
    columns = list(content.values())
    are_lists = len(columns) > 1 and all(isinstance(cells, list) for cells in columns)
    if are_lists and len({len(cells) for cells in columns}) == 1:
        return [list(content), *map(list, zip(*columns, strict=True))]
    if not held:
        raise _refused()
    return list(held[0])


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
        is_number = value.is_finite() and abs(value.adjusted()) < MOST_POWER
        return (format(value, "f"), Kind.NUMBER) if is_number else (str(value), Kind.TEXT)
    if isinstance(value, str):
        return value, Kind.TEXT
    return json.dumps(value, default=str, ensure_ascii=False), Kind.TEXT
