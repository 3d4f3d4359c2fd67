"""Fifty writers at once: ours beside one bare thread of `sqlite3` that commits for all who wait.

The statements of our own writes are recorded once; the bare thread runs the very same, and takes,
as ours does, all that wait into one durable commit. On PostgreSQL, where its programs are on this
machine, ours alone is measured: there everybody commits for themselves.
"""

import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from sqlalchemy.engine import Engine

from models import open_database, unit_of_work
from models.migrations import upgrade
from tests import crowd, postgres, tiny
from tests.bench.report import Row, quantile
from tests.bench.writes import Statement, prepared, recorded_by

EACH = 24
"""Writes of one writer."""
MOST = 64
"""Writes in one commit, as in `models.together`."""
GOAL = 2.0


def run() -> list[Row]:
    """Measure how many writes a second fifty writers get through, and how long one waits."""
    with tempfile.TemporaryDirectory(prefix="headway-bench-") as folder:
        recorded, ours, bare = (
            prepared(Path(folder) / name, is_waiting=False) for name in ("recorded", "ours", "bare")
        )
        scripts = [recorded_by(recorded, write, n) for n in range(crowd.MANY * EACH)]
        rate, taken = by_us(ours)
        bare_rate, bare_taken = by_one_thread(Path(str(bare.url.database)), scripts)
        for engine in (recorded, ours, bare):
            engine.dispose()
    rows = [
        Row("50 writers, time a write", 1000 / rate, 1000 / bare_rate, "ms", GOAL),
        Row("50 writers, p95", quantile(taken, 0.95), quantile(bare_taken, 0.95), "ms", GOAL),
    ]
    programs = postgres.programs()
    if programs is not None:
        rows += on_postgres(programs)
    return rows


def write(engine: Engine, number: int) -> None:
    """Send the figure of one writer after the other."""
    crowd.send(engine, number % crowd.MANY, number // crowd.MANY)


def by_us(engine: Engine) -> tuple[float, list[float]]:
    """Return our writes a second, and the milliseconds of each."""
    begin = time.perf_counter()
    logs = crowd.gather(engine, lambda number: number < EACH)
    rate = crowd.MANY * EACH / (time.perf_counter() - begin)
    crowd.check(engine, logs)
    return rate, [one for log in logs for one in log.taken]


def by_one_thread(path: Path, scripts: list[list[Statement]]) -> tuple[float, list[float]]:
    """Return the same for a bare thread that groups the commits of fifty that wait."""
    waiting: SimpleQueue[tuple[list[Statement], Callable[[], None]] | None] = SimpleQueue()

    def commit() -> None:
        plain = sqlite3.connect(str(path), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            plain.execute(f"PRAGMA {pragma}")
        while (job := waiting.get()) is not None:
            jobs = [job]
            while len(jobs) < MOST and not waiting.empty():
                more = waiting.get()
                if more is None:
                    break
                jobs.append(more)
            plain.execute("BEGIN IMMEDIATE")
            for script, _done in jobs:
                for statement, values in script:
                    if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
                        plain.execute(statement, values).fetchall()
            plain.execute("COMMIT")
            for _script, done in jobs:
                done()
        plain.close()

    def send(writer: int) -> list[float]:
        taken = []
        for number in range(EACH):
            begin, done = time.perf_counter(), threading.Event()
            waiting.put((scripts[number * crowd.MANY + writer], done.set))
            done.wait()
            taken.append((time.perf_counter() - begin) * 1000)
        return taken

    committer = threading.Thread(target=commit)
    committer.start()
    begin = time.perf_counter()
    with ThreadPoolExecutor(crowd.MANY) as pool:
        taken = [one for own in pool.map(send, range(crowd.MANY)) for one in own]
    rate = len(taken) / (time.perf_counter() - begin)
    waiting.put(None)
    committer.join()
    return rate, taken


def on_postgres(programs: Path) -> list[Row]:
    """Return our own figures on PostgreSQL."""
    with postgres.running(programs) as server:
        engine = open_database(server.create("crowd"))
        upgrade(engine)
        unit_of_work(engine, tiny.fill)
        rate, taken = by_us(engine)
        engine.dispose()
    return [
        Row("50 writers on PostgreSQL, time a write", 1000 / rate, None, "ms"),
        Row("50 writers on PostgreSQL, p95", quantile(taken, 0.95), None, "ms"),
    ]
