"""SDMX of 173,000 and 2 million observations, beside pyarrow's CSV of the same rows."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from dashboard.exchange import Meta, sdmx
from dashboard.exchange.sdmx import columns, model
from dashboard.exchange.sdmx.model import Area, Code, Structure
from tests.bench.report import Row

CHUNK: Final = 20_000
YEARS: Final = 15
MOST_TIMES: Final = 3.0
MOST_MEGABYTES: Final = 200.0
REFERENCE: Final = "pyarrow"
SIZES: Final = (173_000, 2_000_000)
NOON: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
META: Final = Meta("A plan", "The tests", NOON, is_illustrative=True)
AREAS: Final = tuple(f"A{number:03}" for number in range(193))
INDICATORS: Final = tuple(f"I.{number}" for number in range(700))


def structure() -> Structure:
    """Return a structure with as many areas and indicators as the rows need."""
    series = {code: model.identifier(code) for code in INDICATORS}
    codes = {name: model.fixed(name) for name in model.LISTED}
    codes["SERIES"] = tuple(Code(one, {"en": one}) for one in series.values())
    codes["REF_AREA"] = tuple(Code(f"{at:03}", {"en": one}) for at, one in enumerate(AREAS))
    codes["UNIT_MEASURE"] = (Code("PERCENT", {"en": "per cent"}),)
    return Structure(
        agency="TESTS",
        id="BENCH",
        version="1.0.0",
        names={"en": "Bench"},
        codes=codes,
        categories=(),
        series=series,
        units=dict.fromkeys(series.values(), "PERCENT"),
        areas={one: Area(f"{at:03}", "N") for at, one in enumerate(AREAS)},
    )


def rows(n: int) -> Iterator[pd.DataFrame]:
    """Yield n observations, series by series, a chunk at a time."""
    draw = np.random.default_rng(7)
    for first in range(0, n, CHUNK):
        at = np.arange(first, min(first + CHUNK, n))
        series = at // YEARS
        value = draw.integers(0, 100_000, len(at)) / 1000
        year = 2010 + at % YEARS
        yield pd.DataFrame(
            {
                "area": np.array(AREAS)[series // len(INDICATORS) % len(AREAS)],
                "indicator": np.array(INDICATORS)[series % len(INDICATORS)],
                "cell": "_T",
                "period": year.astype(str),
                "exact": value.astype(str),
                "qualifier": "",
                "status": "A",
                "missing_reason": "",
                "nature": "C",
                "source": "Annual report of the Ministry",
                "note": "",
                "accepted_at": pd.Series([pd.Timestamp(NOON)] * len(at)).astype(
                    "datetime64[us, UTC]"
                ),
                "is_illustrative": False,
            }
        )


def write(form: str, n: int, path: Path) -> tuple[float, int]:
    """Write n observations; return the CPU seconds of the writer alone and the peak of memory."""
    described = structure()
    drawing = writing = 0.0

    def timed() -> Iterator[pd.DataFrame]:
        nonlocal drawing
        source = rows(n)
        while True:
            begun = time.process_time()
            chunk = next(source, None)
            drawing += time.process_time() - begun
            if chunk is None:
                return
            yield chunk

    begun = time.process_time()
    with path.open("wb") as opened:
        if form == REFERENCE:
            for chunk in timed():
                shaped = columns.shaped(chunk, described)
                table = pa.table({name: one.array() for name, one in shaped.items()})
                before = time.process_time()
                pa.csv.write_csv(table, opened)
                writing += time.process_time() - before
        else:
            for part in sdmx.FORMATS[form].write(timed(), described, META):
                opened.write(part)
            writing = time.process_time() - begun - drawing
    return writing, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _measured(form: str, n: int, folder: Path) -> tuple[float, int]:
    """Measure in a process of its own: memory that was once taken is never given back."""
    code = (
        "import json, sys; from pathlib import Path; from tests.bench import standards; "
        f"print(json.dumps(standards.write({form!r}, {n}, Path(sys.argv[1]))))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(folder / "written")],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, peak = json.loads(ran.stdout)
    return seconds, peak


def run() -> list[Row]:
    """Return how long SDMX takes beside pyarrow's CSV of the same rows, and at what memory."""
    found = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        _seconds, nothing = _measured(REFERENCE, 0, folder)
        for n in SIZES:
            reference, _peak = _measured(REFERENCE, n, folder)
            for form in sdmx.FORMATS:
                seconds, peak = _measured(form, n, folder)
                what = f"{form}, {n:,} observations"
                found += [
                    Row(what, seconds, reference, "s", MOST_TIMES),
                    Row(f"{what}: memory at most", peak / 1e6, None, "MB", MOST_MEGABYTES),
                    Row(f"{what}: over the program itself", (peak - nothing) / 1e6, None, "MB"),
                ]
    return found
