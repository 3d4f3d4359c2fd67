"""One way to write a table and one way to write JSON: the same content is always the same bytes.

The canonical CSV of this program is UTF-8 without a byte order mark, lines end in LF, text stands
in double quotes and numbers do not, decimals have a point, days are ISO, moments are UTC with six
decimals, and nothing at all stands where a value is missing. Numbers are spelled here and not by a
library, so that a new version of one changes no byte of an old file.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import rfc8785

ROWS: Final = 50_000
"""So many rows are spelled at a time: enough to be fast, little enough to stay small in memory."""
NUMBER: Final = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$"
DATE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
PLAIN: Final = ("integer", "number", "boolean", "date", "datetime")
"""Kinds of column that are written without quotes."""


@dataclass(frozen=True)
class Field:
    """One column of a table that leaves the house: its name, its type and what it says."""

    name: str
    type: str  # string, or one of PLAIN
    says: str = ""
    required: bool = False
    pattern: str = ""
    codes: str = ""  # name of the code list the values come from
    least: float | None = None
    most: float | None = None


def json(content: Any) -> bytes:
    """Return canonical JSON (RFC 8785): sorted keys, no spaces, one spelling for every number."""
    return rfc8785.dumps(content)


def csv(table: pd.DataFrame, fields: Sequence[Field]) -> bytes:
    """Return the table as canonical CSV, its rows in the order given.

    Raises `ValueError` where a column is missing or holds what does not fit its type: that is an
    error of ours and must not reach a file.
    """
    out = io.BytesIO()
    for part in lines(table, fields):
        out.write(part)
    return out.getvalue()


def lines(table: pd.DataFrame, fields: Sequence[Field]) -> Iterator[bytes]:
    """Yield the header, then the rows, some ten thousand at a time."""
    missing = [field.name for field in fields if field.name not in table.columns]
    if missing:
        raise ValueError(f"table lacks the columns {', '.join(missing)}")
    yield (",".join(field.name for field in fields) + "\n").encode()
    for start in range(0, len(table), ROWS):
        part = table.iloc[start : start + ROWS]
        yield joined([spelled(part[field.name], field) for field in fields])


def joined(columns: Sequence[pa.Array]) -> bytes:
    """Return columns of text as lines with commas between them."""
    line = pc.binary_join_element_wise(*columns, ",") if len(columns) > 1 else columns[0]
    whole = pc.binary_join(
        pa.ListArray.from_arrays(pa.array([0, len(line)], pa.int32()), line), "\n"
    )
    text: str = whole[0].as_py()
    return text.encode() + b"\n"


def spelled(column: pd.Series, field: Field) -> pa.Array:
    """Return a column as the text that stands in the file; empty where a value is missing."""
    text = quoted(_text(column)) if field.type == "string" else _plain(column, field)
    text = pc.fill_null(text, "")
    if field.required and pc.any(pc.equal(text, ""), min_count=0).as_py():
        raise ValueError(f"column {field.name} is empty in some row")
    return text


def quoted(values: pa.Array) -> pa.Array:
    """Return text in double quotes, those inside doubled; nothing where it is empty."""
    inside = pc.replace_substring(values, '"', '""')
    marked = pc.binary_join_element_wise('"', inside, '"', "")
    return pc.fill_null(pc.if_else(pc.equal(values, ""), "", marked), "")


def _plain(column: pd.Series, field: Field) -> pa.Array:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind == "f":
        return _numbers(column.to_numpy(np.float64), whole=field.type == "integer")
    if field.type == "datetime":
        return moments(column)
    if field.type == "boolean":
        return pa.array(column.astype("boolean"), pa.bool_(), from_pandas=True).cast(pa.string())
    if field.type == "integer":
        return pa.array(column, pa.int64(), from_pandas=True).cast(pa.string())
    text = _text(column)
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    return _fitting(text, NUMBER if field.type == "number" else DATE, field)


def _fitting(text: pa.Array, pattern: str, field: Field) -> pa.Array:
    fits = pc.fill_null(pc.match_substring_regex(text, pattern), fill_value=True)
    if not pc.all(fits, min_count=0).as_py():
        wrong = pc.filter(text, pc.invert(fits))[0].as_py()
        raise ValueError(f"column {field.name}: {wrong!r} is no {field.type}")
    return text


def _text(column: pd.Series) -> pa.Array:
    values = pa.array(column, pa.string(), from_pandas=True)
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def moments(column: pd.Series) -> pa.Array:
    """Return moments as ISO text in UTC with six decimals, null where there is none."""
    stamps = pa.array(column, pa.timestamp("us", tz="UTC"), from_pandas=True)
    text = stamps.cast(pa.timestamp("us")).cast(pa.string())
    return pc.binary_join_element_wise(pc.replace_substring(text, " ", "T"), "Z", "")


def _numbers(values: npt.NDArray[np.float64], *, whole: bool) -> pa.Array:
    """Spell each different number once: a column of a million has few of them."""
    there = ~np.isnan(values)
    distinct, place = np.unique(values[there], return_inverse=True)
    words = pa.array([_whole(value) if whole else number(value) for value in distinct.tolist()])
    places = np.zeros(len(values), dtype=np.int64)
    places[there] = place
    if not len(distinct):
        return pa.nulls(len(values), pa.string())
    return pc.take(words.cast(pa.string()), pa.array(places, mask=~there))


def _whole(value: float) -> str:
    if not value.is_integer():
        raise ValueError(f"{value!r} is not a whole number")
    return str(int(value))


def number(value: float) -> str:
    """Return the shortest text that reads back as the same number, without a needless `.0`.

    Raises `ValueError` for infinity and for what is not a number: neither belongs into a file.
    """
    if not np.isfinite(value):
        raise ValueError(f"{value!r} cannot be written as a number")
    if value == 0:
        return "0"  # minus zero is zero
    return repr(float(value)).removesuffix(".0")


def ordered(table: pd.DataFrame, keys: Iterable[str]) -> pd.DataFrame:
    """Return the rows in the order of these columns, text by code point, numbers by size."""
    names = list(keys)
    columns = [_sortable(table[name]) for name in names]
    order = pc.sort_indices(
        pa.table(columns, names=names), sort_keys=[(name, "ascending") for name in names]
    )
    found: pd.DataFrame = table.iloc[order.to_numpy()].reset_index(drop=True)
    return found


def _sortable(column: pd.Series) -> pa.Array:
    values = pa.array(column, from_pandas=True)
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_large_string(values.type) or pa.types.is_null(values.type):
        values = values.cast(pa.string())
    return values
