"""The tables shown on pages, as files to take away: CSV, CSV for Excel, JSON.

Every one says whose data they are, as of when, under which licence, and whether they are pretend.
"""

import json as plain
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from dashboard.exchange import canonical
from dashboard.exchange.about import Meta, licence, moment
from dashboard.exchange.canonical import Field

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
FORMULA: Final = r"^[\s\u200b\ufeff]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]"
MARKS: Final = (
    Field("as_of", "string"),
    Field("data_source", "string"),
    Field("licence", "string"),
)
"""What stands at the end of every row: a file outlives its name, and rows their file."""
NUMERIC: Final = r"[-+]?[0-9]+([.,][0-9]+)?([eE][-+]?[0-9]+)?"


def csv(table: pd.DataFrame, meta: Meta) -> bytes:
    """Return the table as canonical CSV, as programs want it."""
    return _written(marked(table, meta))


def excel(table: pd.DataFrame, meta: Meta) -> bytes:
    """Return the table as CSV that a spreadsheet opens by a double click.

    It has a byte order mark, and an apostrophe before text that a spreadsheet would run as a
    formula. Codes of digits alone, such as M49, still lose their zeros in Excel.
    """
    found = marked(table, meta)
    text = [str(name) for name in found if kind(found[name]) == "string"]
    return BYTE_ORDER_MARK + _written(neutral(found, text))


def json(table: pd.DataFrame, meta: Meta) -> bytes:
    """Return the table as JSON: what it is, and a list of rows; a missing value is null."""
    content = {
        "title": meta.title,
        "source": meta.source,
        "as_of": moment(meta.as_of),
        "licence": licence(meta.licence),
        "is_illustrative": meta.is_illustrative,
        "rows": records(table),
    }
    return (plain.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as plain values: numbers, text, true and false, null where missing."""
    names = [str(name) for name in table]
    columns = [values(table[name]) for name in table]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def values(column: pd.Series) -> list[Any]:
    """Return a column as plain values; what is missing or not finite is None."""
    if kind(column) == "datetime":
        found: list[Any] = canonical.moments(column).to_pylist()
        return found
    gone = column.isna().to_numpy()
    if kind(column) == "number":
        gone = gone | ~np.isfinite(column.to_numpy(np.float64, na_value=np.nan))
    values: list[Any] = column.astype("object").tolist()
    return [None if lost else value for value, lost in zip(values, gone.tolist(), strict=True)]


def _written(table: pd.DataFrame) -> bytes:
    return canonical.csv(table, fields(table))


def fields(table: pd.DataFrame) -> list[Field]:
    """Return the columns of a table as canonical files name them."""
    return [Field(str(name), kind(table[name])) for name in table]


def marked(table: pd.DataFrame, meta: Meta) -> pd.DataFrame:
    """Add columns at the end of every row: a file outlives its name, and rows their file."""
    text = {
        "as_of": moment(meta.as_of),
        "data_source": meta.source,
        "licence": f"{meta.licence.name} {meta.licence.address}",
    }
    found = table.assign(
        **{name: pd.Series(word, index=table.index, dtype="str") for name, word in text.items()}
    )
    # A row that says itself whether it is pretend keeps its word.
    if "is_illustrative" not in table:
        found = found.assign(is_illustrative=meta.is_illustrative)
    return found


def marked_fields(given: Sequence[Field]) -> list[Field]:
    """Return the columns that `marked` makes of a table with these."""
    own = any(field.name == "is_illustrative" for field in given)
    return [*given, *MARKS, *(() if own else (Field("is_illustrative", "boolean"),))]


def kind(column: pd.Series) -> str:
    """Return the type of a column as canonical files name it."""
    found = column.dtype
    if pd.api.types.is_bool_dtype(found):
        return "boolean"
    if pd.api.types.is_integer_dtype(found):
        return "integer"
    if pd.api.types.is_float_dtype(found):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(found):
        return "datetime"
    return "string"


def neutral(table: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Return the table with its texts as no spreadsheet runs them."""
    return table.assign(**{name: _neutral(table[name]) for name in names})


def _neutral(column: pd.Series) -> pd.Series:
    """Put an apostrophe before what a spreadsheet would take for a formula, but not numbers.

    Each different text is looked at once: a column of a million rows has few of them.
    """
    distinct = pd.Series(column.dropna().unique(), dtype="str")
    risky = distinct.str.contains(FORMULA, regex=True)
    risky &= ~distinct.str.fullmatch(NUMERIC)
    if not risky.any():
        return column.astype("str")
    text = column.astype("str")
    return text.where(~column.isin(distinct[risky]), "'" + text)
