"""Tables that leave the house chunk by chunk, whatever their length: memory stays what it was.

Each form says whose data they are, as of when, under which licence, and whether they are pretend.
"""

import json as plain
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.exchange import canonical, spreadsheet
from dashboard.exchange import table as tables
from dashboard.exchange.about import ILLUSTRATIVE, Meta, licence, moment
from dashboard.exchange.canonical import Field
from dashboard.exchange.sdmx import Stream, columns
from dashboard.exchange.sdmx.columns import Coded
from dashboard.exchange.spreadsheet_xml import Drain
from dashboard.progress import N_

Chunks = Iterable[pd.DataFrame]
CSV: Final = "text/csv; charset=utf-8"
ARROW: Final = {
    "string": pa.string(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
}
"""What a kind of column is in Parquet."""


def csv(chunks: Chunks, fields: Sequence[Field], meta: Meta) -> Iterator[bytes]:
    """Yield canonical CSV, as programs want it."""
    return _lines(chunks, fields, meta, is_for_excel=False)


def excel(chunks: Chunks, fields: Sequence[Field], meta: Meta) -> Iterator[bytes]:
    """Yield CSV that a spreadsheet opens by a double click and runs nothing of."""
    yield tables.BYTE_ORDER_MARK
    yield from _lines(chunks, fields, meta, is_for_excel=True)


def _lines(
    chunks: Chunks, fields: Sequence[Field], meta: Meta, *, is_for_excel: bool
) -> Iterator[bytes]:
    every = tables.marked_fields(fields)
    texts = [field.name for field in every if field.type == "string"]
    yield (",".join(field.name for field in every) + "\n").encode()
    for chunk in chunks:
        marked = tables.marked(chunk, meta)
        ready = tables.neutral(marked, texts) if is_for_excel else marked
        lines = canonical.lines(ready, every)
        next(lines)  # the names, which stand on top already
        yield from lines


def json(chunks: Chunks, fields: Sequence[Field], meta: Meta) -> Iterator[bytes]:
    """Yield JSON: what it is, and a list of rows; numbers as reported, a missing value is null."""
    about = {
        "title": meta.title,
        "source": meta.source,
        "as_of": moment(meta.as_of),
        "licence": licence(meta.licence),
        "is_illustrative": meta.is_illustrative,
    }
    yield plain.dumps(about, ensure_ascii=False, indent=1)[:-2].encode() + b',\n "rows": ['
    before = "\n  {"
    for chunk in chunks:
        if not len(chunk):
            continue
        parts: list[Any] = []
        for field in fields:
            mark = "{" if not parts else ", "
            parts += [f'{mark}"{field.name}": ', _value(chunk[field.name], field)]
        made = columns.glued([",\n  ", *parts, "}"])
        yield columns.octets(made)[0 if before == "," else 1 :]
        before = ","
    yield b"\n ]\n}\n"


def _value(column: pd.Series, field: Field) -> "Coded | pa.Array":
    """Return a column as values of JSON."""
    if field.type == "string":
        return columns.coded(column).map(lambda text: _said(text) if text else "null")
    spelled = canonical.spelled(column, field)
    if field.type in {"date", "datetime"}:
        marked = pc.binary_join_element_wise('"', spelled, '"', "")
        return pc.if_else(pc.equal(spelled, ""), "null", marked)
    return pc.if_else(pc.equal(spelled, ""), "null", spelled)


def _said(text: str) -> str:
    return plain.dumps(text, ensure_ascii=False)


def parquet(chunks: Chunks, fields: Sequence[Field], meta: Meta) -> Iterator[bytes]:
    """Yield Parquet; numbers are doubles, and what goes along stands in the file's own notes."""
    import pyarrow.parquet as pq

    every = tables.marked_fields(fields)
    notes = {
        "title": meta.title,
        "source": meta.source,
        "as_of": moment(meta.as_of),
        "licence": f"{meta.licence.name} {meta.licence.address}",
        "is_illustrative": str(meta.is_illustrative).lower(),
        "mark": ILLUSTRATIVE if meta.is_illustrative else "",
    }
    schema = pa.schema([(field.name, ARROW[field.type]) for field in every], metadata=notes)
    drain = Drain()
    with pq.ParquetWriter(drain, schema, compression="zstd") as writer:
        for chunk in chunks:
            if len(chunk):
                marked = tables.marked(chunk, meta)
                arrays = [_typed(marked[field.name], field) for field in every]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
                yield drain.take()
    yield drain.take()


def _typed(column: pd.Series, field: Field) -> pa.Array:
    """Return a column in its type; numbers and days may come as text, empty where there is none."""
    kind = ARROW[field.type]
    found = pa.array(column, from_pandas=True)
    found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    if pa.types.is_string(found.type) or pa.types.is_large_string(found.type):
        found = pc.if_else(pc.equal(found, ""), pa.scalar(None, found.type), found)
    return found.cast(kind)


FORMS: Final = {
    "csv": Stream(N_("CSV"), ".csv", CSV, csv),
    "excel": Stream(N_("CSV for Excel"), ".excel.csv", CSV, excel),
    "xlsx": Stream(
        N_("Excel"),
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        spreadsheet.stream,
    ),
    "json": Stream(N_("JSON"), ".json", "application/json", json),
    "parquet": Stream(N_("Parquet"), ".parquet", "application/vnd.apache.parquet", parquet),
}
"""Every form in which a table of any length leaves: `write(chunks, fields, meta)`."""
