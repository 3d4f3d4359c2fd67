"""The same snapshot for other readers: Parquet, a workbook, SDMX and IATI beside the tables.

They are made from the tables and nothing else, and the manifest names them like every other file.
So their bytes hang on no clock, no machine and no library that packs: Parquet and workbook are
stored and not packed, for the file around them packs them.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.exchange import archive, sdmx, told
from dashboard.exchange.about import ILLUSTRATIVE, Meta, SnapshotTables, moment
from dashboard.exchange.canonical import ROWS, Field
from dashboard.exchange.iati import outgoing
from dashboard.exchange.schema import RESOURCES, Resource
from dashboard.exchange.sdmx import artefacts, structures
from dashboard.exchange.spreadsheet import KINDS, READ
from dashboard.exchange.spreadsheet_xml import START, foot, frame, head, rows
from dashboard.exchange.spreadsheet_xml import told as explained

SHEETS: Final = (
    *("observations", "statuses", "aggregates", "targets", "baselines", "measure_updates"),
    *("indicators", "measures", "objectives", "areas"),
)
"""Tables in the workbook; what is of use to programs alone stands in CSV and Parquet."""
LEFT_OUT: Final = frozenset({"m49", "year", "numerator", "denominator", "evidence"})
"""Columns of observations that the workbook leaves to CSV and Parquet."""
MOST_IN_WORKBOOK: Final = 250_000
"""Rows of a table above which the workbook points to CSV and Parquet instead."""
MOST_IN_ACTIVITIES: Final = 100_000
"""Figures above which activities of IATI would be too long for any reader."""
TYPES: Final = {
    "string": pa.string(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
}


def members(snapshot: SnapshotTables, tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return the further files of a snapshot by path; `tables` are its tables in order."""
    about = told.meta(snapshot)
    ordered = SnapshotTables(snapshot.about, tables, snapshot.wording)
    found = {
        f"parquet/{name}.parquet": parquet(tables[name], RESOURCES[name], about)
        for name in RESOURCES
    }
    found[f"xlsx/{snapshot.about.plan.lower()}.xlsx"] = workbook(tables, about)
    return found | _sdmx(ordered, about) | _iati(ordered, about)


def parquet(table: pd.DataFrame, resource: Resource, meta: Meta) -> bytes:
    """Return a table as Parquet: typed, a missing value is null, with what it says about itself."""
    arrays = [_array(table[field.name], field) for field in resource.fields]
    fields = [
        pa.field(field.name, TYPES[field.type], metadata={"description": field.says})
        for field in resource.fields
    ]
    said = {
        "title": f"{meta.title}: {resource.title}",
        "source": meta.source,
        "as_of": moment(meta.as_of),
        "licence": f"{meta.licence.name} {meta.licence.address}",
        "mark": ILLUSTRATIVE if meta.is_illustrative else "",
    }
    out = io.BytesIO()
    made = pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=said))
    pq.write_table(made, out, compression="none")
    return out.getvalue()


def _array(column: pd.Series, field: Field) -> pa.Array:
    kind = TYPES[field.type]
    if field.type in {"number", "date"} and not pd.api.types.is_numeric_dtype(column):
        text = pa.array(column, pa.string(), from_pandas=True)
        return pa.compute.if_else(pa.compute.equal(text, ""), None, text).cast(kind)
    found = pa.array(column, kind, from_pandas=True)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def workbook(tables: Mapping[str, pd.DataFrame], meta: Meta) -> bytes:
    """Return the tables that people read as one workbook; its first sheet says how to read it."""
    sheets: dict[str, bytes] = {}
    lines = _lines(meta)
    for name in SHEETS:
        resource, table = RESOURCES[name], tables[name]
        fields = [
            field
            for field in resource.fields
            if name != "observations" or field.name not in LEFT_OUT
        ]
        if len(table) > MOST_IN_WORKBOOK:
            lines.append((name, f"{len(table)} rows: too many for a workbook, see {resource.path}"))
            continue
        lines.append((name, f"{resource.title}; {len(table)} rows, from {resource.path}"))
        sheets[name] = _sheet(table, fields, meta)
        lines += [(f"  {field.name}", _said(field)) for field in fields]
    first = explained(lines, is_illustrative=meta.is_illustrative)
    parts = {
        f"xl/worksheets/sheet{place}.xml": content
        for place, content in enumerate([first, *sheets.values()], start=1)
    }
    for path, text in frame(meta, [READ, *sheets]).items():
        parts[path] = (START + text).encode()
    return archive.pack(parts, is_stored=True)


def _lines(meta: Meta) -> list[tuple[str, str]]:
    mark = [("Mind", ILLUSTRATIVE)] if meta.is_illustrative else []
    return [
        *mark,
        ("Title", meta.title),
        ("Source", meta.source),
        ("Record as of", moment(meta.as_of)),
        ("Licence", f"{meta.licence.title} ({meta.licence.name}), {meta.licence.address}"),
        ("Real or pretend", ILLUSTRATIVE if mark else "as reported and accepted"),
        ("Missing values", "An empty cell was not reported or does not apply; it is never zero."),
        ("Codes", "codebook.md, beside this workbook, says what each code means."),
        ("Sheets", "Each is one table of the snapshot; its columns from left to right:"),
    ]


def _said(field: Field) -> str:
    kind = KINDS[field.type]
    return f"{kind}: {field.says}" if field.says else kind


def _sheet(table: pd.DataFrame, fields: Sequence[Field], meta: Meta) -> bytes:
    starts = range(0, len(table), ROWS)
    filled = (rows(table.iloc[start : start + ROWS], fields, start + 2) for start in starts)
    return b"".join([head(meta, fields, table), *filled, foot(meta, len(fields), len(table) + 1)])


def _sdmx(snapshot: SnapshotTables, meta: Meta) -> dict[str, bytes]:
    made = told.structure(snapshot)
    figures = told.numeric(snapshot)
    series = figures.sort_values(["area", "indicator", "cell", "period"], kind="stable")
    chunks = [series.iloc[start : start + ROWS] for start in range(0, len(series), ROWS)]
    whole = artefacts.chosen(made, artefacts.KINDS, frozenset(), "none")
    return {
        "sdmx/structure.xml": structures.write(
            [whole], version="3.0", prepared=snapshot.about.as_of
        ),
        **{
            path: b"".join(sdmx.FORMATS[form].write(chunks, made, meta, flow=made.id))
            for path, form in (
                ("sdmx/observations.csv", "sdmx-csv"),
                ("sdmx/observations.xml", "sdmx-ml-3.0"),
            )
        },
    }


def _iati(snapshot: SnapshotTables, meta: Meta) -> dict[str, bytes]:
    figures = told.figures(snapshot)
    if len(figures) > MOST_IN_ACTIVITIES:
        return {}
    written = outgoing.write([figures], told.results(snapshot), meta)
    return {"iati/activities.xml": b"".join(written)}
