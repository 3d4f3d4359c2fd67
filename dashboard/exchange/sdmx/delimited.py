"""SDMX-CSV: one row an observation, one column a component; versions 1.0 and 2.0."""

from collections.abc import Iterable, Iterator
from typing import Final

import pandas as pd
import pyarrow as pa

from dashboard.exchange.about import Meta
from dashboard.exchange.sdmx import columns, model
from dashboard.exchange.sdmx.columns import Columns
from dashboard.exchange.sdmx.model import Structure

MEDIA: Final = "application/vnd.sdmx.data+csv"


def write(
    rows: Iterable[pd.DataFrame],
    structure: Structure,
    meta: Meta,
    *,
    flow: str = "",
    version: str = "2.0",
) -> Iterator[bytes]:
    """Yield the observations as SDMX-CSV, chunk by chunk."""
    shaped = (columns.shaped(chunk, structure) for chunk in rows)
    return message(shaped, structure, meta, flow=flow, version=version)


def message(
    chunks: Iterable[Columns],
    structure: Structure,
    _meta: Meta,
    *,
    flow: str = "",
    version: str = "2.0",
) -> Iterator[bytes]:
    """Yield columns that are ready; the header comes even where there is no row."""
    name = flow or structure.id
    if version.startswith("1"):
        first = {"DATAFLOW": f"{structure.agency}:{name}({structure.short})"}
    else:
        first = {
            "STRUCTURE": "dataflow",
            "STRUCTURE_ID": f"{structure.agency}:{name}({structure.version})",
            "ACTION": "I",
        }
    header = (*first, *model.KEY, model.TIME, model.MEASURE, *model.ATTRIBUTES)
    yield (",".join(header) + "\n").encode()
    start = ",".join(_quoted(text) for text in first.values())
    for chunk in chunks:
        n = columns.height(chunk)
        if not n:
            continue
        begins = columns.changes(chunk)
        series = pa.array(begins)
        # A key is the same in all rows of its series: it is put together once for each.
        key = [cell for name in model.KEY for cell in (",", chunk[name].only(series))]
        heads = columns.glued([start, *key, ","])
        rest = [cell for name in model.ATTRIBUTES for cell in (",", chunk[name].map(_quoted))]
        parts = [chunk[model.TIME], ",", chunk[model.MEASURE], *rest, "\n"]
        yield columns.octets(columns.glued([columns.repeated(heads, begins, n), *parts]))


def _quoted(text: str) -> str:
    """Return a text as a cell: between quotation marks where it holds a sign of the format."""
    if not any(sign in text for sign in ',"\n\r'):
        return text
    return '"' + text.replace('"', '""') + '"'
