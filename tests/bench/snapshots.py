"""Files out of the store, the record as of a past day, and the verification of a snapshot.

Ours and the reference take turns in one process, in CPU seconds; each reading is checked to find
as many rows as its reference.
"""

import io
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pandas as pd
import polars as pl
from sqlalchemy.engine import Engine

from dashboard.exchange import Meta, SnapshotTables, archive, datapackage, spreadsheet, verify
from dashboard.exchange import table as tables
from dashboard.services import downloads, extracts, lookup, reads, snapshots
from dashboard.services.downloads import Choice
from dashboard.services.extracts import Wanted
from models import micros, reading
from tests.bench import store
from tests.bench.report import Row
from tests.bench.store import FOUNDED, PAST, PLAN, Size

TURNS: Final = 3
FILES: Final = 2.0
BOOK: Final = 2.0
WHOLE: Final = 1.5
COUNTRY: Final = 1.5
INDICATOR: Final = 10.0
VERIFIED: Final = 30.0
NOTE: Final = 2.0
SIZES: Final = {"173,000": Size(1, 1), "2 million": Size(12, 1)}
"""Observations by how many they are; the second only where there is time: `BENCH_LARGE=1`."""
META: Final = Meta("A plan", "The tests", FOUNDED, is_illustrative=False)
Work = Callable[[], int]


def run() -> list[Row]:
    """Measure files of each size, the past, a snapshot of a million rows and a country."""
    rows: list[Row] = []
    for name, size in SIZES.items():
        if size.cells > 1 and not os.environ.get("BENCH_LARGE"):
            continue
        with TemporaryDirectory() as folder:
            engine = store.make(Path(folder) / "headway.db", size)
            rows += [*_files(engine, name), *_books(engine, name), *_notes(engine, name)]
            engine.dispose()
    with TemporaryDirectory() as folder:
        engine = store.make(Path(folder) / "headway.db", Size(1, 6))
        rows += _past(engine, Path(folder) / "plain.db", "1 million revisions")
        engine.dispose()
    return [*rows, *_verified()]


def _timed(ours: Work, reference: Work) -> tuple[float, float]:
    """Return the least CPU seconds of both, taken in turns; both must find as many rows."""
    found: tuple[list[float], list[float]] = ([], [])
    for _turn in range(TURNS):
        counts = []
        for place, work in enumerate((ours, reference)):
            begun = time.process_time()
            counts.append(work())
            found[place].append(time.process_time() - begun)
        assert counts[0] == counts[1], counts
    return min(found[0]), min(found[1])


def _frame(engine: Engine) -> pd.DataFrame:
    with reading(engine) as session:
        choice = Choice(PLAN)
        chunks = downloads._observations(session, choice, size=50_000)
        return tables.marked(pd.concat(list(chunks), ignore_index=True), META)


def _streamed(engine: Engine, form: str) -> bytes:
    with reading(engine) as session:
        return b"".join(
            downloads.stream(session, form, Choice(PLAN), publisher="Headway", now=FOUNDED)
        )


def _files(engine: Engine, name: str) -> Iterator[Row]:
    """CSV, Parquet and a zip of both out of the store, beside Polars from its memory."""
    whole = pl.from_pandas(_frame(engine))

    def ours() -> int:
        files = {form: _streamed(engine, form) for form in ("csv", "parquet")}
        archive.pack(files)
        return files["csv"].count(b"\n") - 1

    def reference() -> int:
        files = {}
        for form, write in (("csv", whole.write_csv), ("parquet", whole.write_parquet)):
            out = io.BytesIO()
            write(out)
            files[form] = out.getvalue()
        archive.pack(files)
        return whole.height

    yield Row(f"CSV, Parquet and zip, {name}", *_timed(ours, reference), "s", FILES)


def _books(engine: Engine, name: str) -> Iterator[Row]:
    """A workbook of eight columns, beside the same cells joined by Polars and packed."""
    names = ["area", "indicator", "cell", "period", "value", "status", "source", "year"]
    frame = _frame(engine)[names].assign(value=lambda table: table["value"].astype("float64"))
    texts = pl.from_pandas(frame)

    def ours() -> int:
        fields = tables.fields(frame)
        parts = (frame.iloc[at : at + 50_000] for at in range(0, len(frame), 50_000))
        sum(len(part) for part in spreadsheet.stream(parts, fields, META))
        return len(frame)

    def reference() -> int:
        cells = [
            pl.format("<c><v>{}</v></c>", pl.col(one))
            if texts.schema[one].is_numeric()
            else pl.format('<c t="inlineStr"><is><t>{}</t></is></c>', pl.col(one))
            for one in names
        ]
        made = texts.select(pl.concat_str([pl.lit("<row>"), *cells, pl.lit("</row>")]))
        packer = zlib.compressobj(1)
        packer.compress("".join(made.to_series().to_list()).encode())
        packer.flush()
        return texts.height

    yield Row(f"workbook, {name}", *_timed(ours, reference), "s", BOOK)


def _notes(engine: Engine, name: str) -> Iterator[Row]:
    """All figures of one country as a file."""
    with reading(engine) as session:
        begun = time.process_time()
        choice = Choice(PLAN, areas=("KEN",))
        for _part in downloads.stream(session, "csv", choice, publisher="Headway", now=FOUNDED):
            pass
        took = time.process_time() - begun
    yield Row(f"figures of a country as CSV, {name}", took, None, "s", NOTE)


def _plain(engine: Engine, path: Path) -> sqlite3.Connection:
    """Return a table of spans alone, clustered by series and moment, as one would write by hand."""
    plain = sqlite3.connect(path)
    plain.execute(
        "CREATE TABLE span (series INTEGER, year INTEGER, since INTEGER, until INTEGER,"
        " value REAL, status TEXT, area INTEGER, indicator INTEGER,"
        " PRIMARY KEY (series, year, since)) WITHOUT ROWID"
    )
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT area_id * 1000000 + indicator_id, year, accepted_at, ended_at, value, status,"
            " area_id, indicator_id FROM value_span"
        ).fetchall()
    plain.executemany("INSERT INTO span VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(tuple, rows))
    plain.commit()
    return plain


def _past(engine: Engine, path: Path, name: str) -> Iterator[Row]:
    """The plan, a country and an indicator as known at a past day."""
    plain, then = _plain(engine, path), micros(PAST)
    stood = "SELECT series, year, value, status FROM span WHERE since <= ? AND until > ?"

    def asked(more: str, *given: int) -> int:
        return len(plain.execute(stood + more, (then, then, *given)).fetchall())

    def whole() -> int:
        with reading(engine) as session:
            plan = reads.load(session, PLAN, as_of=PAST)
        return int(np.isfinite(plan.cube.values).sum())

    def part(**some: Any) -> int:
        with reading(engine) as session:
            return len(extracts.observations(session, Wanted(PLAN, as_of=PAST, **some)).rows)

    yield Row(f"whole plan as of a day, {name}", *_timed(whole, lambda: asked("")), "s", WHOLE)
    country, reference = _timed(
        lambda: part(areas=("KEN",)),
        lambda: asked(" AND series BETWEEN ? AND ?", 404_000_000, 404_999_999),
    )
    yield Row(f"one country as of a day, {name}", country * 1e3, reference * 1e3, "ms", COUNTRY)
    with reading(engine) as session:
        code = extracts.observations(session, Wanted(PLAN, limit=1)).rows["indicator"].iloc[0]
        number = lookup.indicator(session, PLAN, code).id
    one, reference = _timed(
        lambda: part(indicators=(str(code),)), lambda: asked(" AND indicator = ?", int(number))
    )
    yield Row(f"one indicator as of a day, {name}", one * 1e3, None, "ms", INDICATOR)
    yield Row("  the same, beside a table of spans alone", one * 1e3, reference * 1e3, "ms")
    plain.close()


def _verified() -> Iterator[Row]:
    """Every check of a snapshot with a million revisions, statuses and aggregates done again."""
    with TemporaryDirectory() as folder:
        engine = store.make(Path(folder) / "headway.db", Size(1, 6))
        with reading(engine) as session:
            found = snapshots.as_known(session, PLAN, FOUNDED)
        engine.dispose()
    made = datapackage.seal(_named(found), in_every_form=False)
    begun = time.process_time()
    report = verify.verify(made.content)
    took = time.process_time() - begun
    assert report.is_sound, report.line
    rows = sum(report.rows.values())
    yield Row(f"verify a snapshot of {rows:,} rows", took, None, "s", VERIFIED)


def _named(found: SnapshotTables) -> SnapshotTables:
    return replace(found, about=replace(found.about, name="Bench", publisher="The tests"))
