"""A large table with planted faults: read, checked, recorded with its history; and who waits.

The reference for an import is told twice: sorted tuples, ready made, into one bare table by
`sqlite3`; and the very rows that our own record ends up with (figures, steps, standings, with
their keys and indexes), both in one durable transaction and without a check. The reference for the
writer beside an import is the same writer when it is quiet. Every planted fault must be found, and
none invented.
"""

import random
import resource
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine import Engine

from dashboard.exchange.reading.faults import Severity
from dashboard.services import imports, observations
from models import SYSTEM, Held, Identity, Role, open_database, unit_of_work
from models.migrations import upgrade
from tests import messy, tiny
from tests.bench.report import Row, quantile

ROWS: Final = 173_000
FAULTS: Final = 1_677
GOAL, WAITING, SLOWED, MEMORY = 4.0, 5.0, 6.0, 500.0
NOW: Final = datetime(2026, 6, 30, tzinfo=UTC)
AREAS: Final = ("KEN", "NAM", "UGA")
HEAD: Final = "indicator,area,period,value,source\n"
NEIGHBOUR: Final = Identity(
    "neighbour", "Neighbour", "", (Held(Role.COORDINATOR, tiny.PLAN, frozenset({tiny.FRANCE})),)
)
PLANTED: Final = {
    "text": (3, "many"),
    "above the limit": (3, "101"),
    "below the limit": (3, "-1"),
    "unknown area": (1, "XQX"),
    "no period": (2, "next year"),
    "unknown indicator": (0, "Z.99.9"),
    "empty": (3, ""),
}
"""The seven kinds: which cell of a row is spoilt, and how."""

Cells = list[str]


def run() -> list[Row]:
    """Measure an import, the writer beside it, and the dry run of a form's worth of rows."""
    clean = figures(ROWS)
    planted = spoilt(clean)
    data = (HEAD + "".join(",".join(row) + "\n" for row in clean)).encode()
    with tempfile.TemporaryDirectory(prefix="headway-bench-") as folder:
        reference = stored(Path(folder) / "raw.db", clean)
        engine = prepared(Path(folder) / "ours.db")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        quiet = written(engine, seconds=3.0)
        start = time.perf_counter()
        looked = look(engine, data)
        checked = time.perf_counter() - start
        missed, invented = compared(looked, planted)
        beside, slowed = written_beside(engine, looked)
        alone = prepared(Path(folder) / "alone.db")
        again = look(alone, data)
        took = taken_in(alone, again)
        alone.dispose()
        whole = stored_whole(Path(folder) / "alone.db", Path(folder) / "whole.db")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        small = (HEAD + "".join(",".join(row) + "\n" for row in figures(10_000))).encode()
        start = time.perf_counter()
        look(engine, small)
        dry = time.perf_counter() - start
        book = messy.xlsx({"Figures": [HEAD.strip().split(","), *typed(figures(10_000))]})
        start = time.perf_counter()
        look(engine, book)
        filled = time.perf_counter() - start
        engine.dispose()
    name = f"import of {ROWS:,} rows"
    p95 = quantile(quiet, 0.95)
    return [
        Row(f"{name}, read and checked", checked, reference, "s"),
        Row(f"{name}, with history, beside a bare table", checked + took, reference, "s"),
        Row(f"{name}, with history, beside its own rows", checked + took, whole, "s", GOAL),
        Row(f"{name}, while another writes", slowed, took, "s", SLOWED),
        Row("  planted faults not found", missed, None, "", 0),
        Row("  faults invented", invented, None, "", 0),
        Row("  memory beyond what was there", peak - before, None, "MB", MEMORY),
        Row("  p95 of a writer beside it", quantile(beside, 0.95), p95, "ms", WAITING),
        Row("dry run of 10,000 rows", dry, None, "s", 3.0),
        Row("dry run of a workbook of 10,000 rows", filled, None, "s", 3.0),
    ]


def figures(rows: int) -> list[Cells]:
    """Return rows as texts, each with a key of its own and a value that is not unusual."""
    chance = random.Random(1)
    days = [date(1990, 1, 1) + timedelta(days=one) for one in range(13_300)]
    indicators = (tiny.PERCENT, tiny.CASES, tiny.CONTEXT, tiny.LEVEL)
    places = [(indicator, area) for indicator in indicators for area in AREAS]
    places.append((tiny.CONTEXT, "FRA"))
    keys = [(*place, day.isoformat()) for place in places for day in days]
    top = {tiny.LEVEL: 4}
    return [
        [*key, str(chance.randint(*((0, top[key[0]]) if key[0] in top else (40, 60)))), "Ministry"]
        for key in keys[:rows]
    ]


def typed(rows: list[Cells]) -> list[list[str | int]]:
    """Return rows with their values as numbers, as a workbook keeps them."""
    return [[*row[:3], int(row[3]), *row[4:]] for row in rows]


def spoilt(rows: list[Cells]) -> Counter[tuple[str, int]]:
    """Spoil some of the rows, and return the class of fault and line of each."""
    chance = random.Random(2)
    names = list(PLANTED)
    limited = [at for at, row in enumerate(rows) if row[0] == tiny.PERCENT]
    planted: Counter[tuple[str, int]] = Counter()
    for number, at in enumerate(chance.sample(limited, FAULTS)):
        name = names[number % len(names)]
        place, text = PLANTED[name]
        rows[at][place] = text
        planted[name, at + 2] += 1
    return planted


def stored(path: Path, rows: Sequence[Cells]) -> float:
    """Return the seconds in which ready, sorted tuples go into one table."""
    ready = sorted((*row[:3], 1.0 * at, row[4], at) for at, row in enumerate(rows))
    plain = sqlite3.connect(path, isolation_level=None)
    plain.execute("PRAGMA journal_mode=WAL")
    plain.execute("PRAGMA synchronous=FULL")
    plain.execute(
        "CREATE TABLE figure (indicator TEXT, area TEXT, period TEXT, value REAL, source TEXT, "
        "seq INTEGER, PRIMARY KEY (indicator, area, period, seq)) WITHOUT ROWID"
    )
    start = time.perf_counter()
    plain.execute("BEGIN IMMEDIATE")
    plain.executemany("INSERT INTO figure VALUES (?, ?, ?, ?, ?, ?)", ready)
    plain.execute("COMMIT")
    taken = time.perf_counter() - start
    plain.close()
    return taken


def stored_whole(made: Path, into: Path) -> float:
    """Return the seconds in which the rows of a finished import go into the same empty tables."""
    plain = sqlite3.connect(into, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        plain.execute(f"PRAGMA {pragma}")
    plain.execute("ATTACH ? AS made", (str(made),))
    kept = []
    for name in ("observation", "review_event", "review_state"):
        scripts = plain.execute(
            "SELECT sql FROM made.sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", (name,)
        )
        for (script,) in scripts.fetchall():
            plain.execute(script)
        rows = plain.execute(f"SELECT * FROM made.{name} ORDER BY 1, 2").fetchall()
        marks = ", ".join("?" * len(rows[0]))
        kept.append((f"INSERT INTO main.{name} VALUES ({marks})", rows))
    start = time.perf_counter()
    plain.execute("BEGIN IMMEDIATE")
    for statement, rows in kept:
        plain.executemany(statement, rows)
    plain.execute("COMMIT")
    taken = time.perf_counter() - start
    plain.close()
    return taken


def taken_in(engine: Engine, looked: imports.Looked) -> float:
    """Record a file, and return the seconds it took."""
    start = time.perf_counter()
    imports.take(engine, SYSTEM, looked, is_confirmed=True, partly=True, now=NOW)
    return time.perf_counter() - start


def prepared(path: Path) -> Engine:
    """Return a database with the tiny record."""
    engine = open_database(f"sqlite:///{path}")
    upgrade(engine)
    unit_of_work(engine, tiny.fill)
    return engine


def look(engine: Engine, data: bytes) -> imports.Looked:
    """Read a file and hold it against the record."""
    return imports.looking(engine, SYSTEM, data, plan=tiny.PLAN, name="large.csv", now=NOW)


def compared(looked: imports.Looked, planted: Counter[tuple[str, int]]) -> tuple[int, int]:
    """Return how many planted faults were not found, and how many errors were invented."""
    errors = looked.of(Severity.ERROR)
    found = Counter((fault.name, fault.row) for fault in errors)
    lines = {line for _name, line in planted}
    return (planted - found).total(), sum(fault.row not in lines for fault in errors)


def written(engine: Engine, *, seconds: float = 0.0, until: Any = None) -> list[float]:
    """Send one figure after the other, and return how many milliseconds each took."""
    taken, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or (until is not None and not until.is_set()):
        number = next(_NUMBERS)
        draft = tiny.draft(area="FRA", period=str(1990 + number % 36), value=str(number % 100))
        start = time.perf_counter()
        unit_of_work(
            engine,
            lambda session, draft=draft, number=number: observations.submit(  # type: ignore[misc]
                session, NEIGHBOUR, draft, plan=tiny.PLAN, token=f"t{number}", now=NOW
            ),
        )
        taken.append((time.perf_counter() - start) * 1000)
        time.sleep(0.005)
    return taken


_NUMBERS: Final = iter(range(1_000_000))


def written_beside(engine: Engine, looked: imports.Looked) -> tuple[list[float], float]:
    """Record a file while another person writes; return what each write took, and the seconds."""
    done = threading.Event()
    taken: list[float] = []
    writer = threading.Thread(target=lambda: taken.extend(written(engine, until=done)))
    writer.start()
    try:
        took = taken_in(engine, looked)
    finally:
        done.set()
        writer.join()
    return taken, took
