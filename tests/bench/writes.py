"""One audited, durable write: ours beside raw sqlite3 that runs the very same statements.

The statements of our own writes are recorded once, with their values, and then run again by
`sqlite3` alone on a second copy of the same database, with the same write-ahead log and the same
durability. Ours and raw take turns, so that both meet the same machine.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from dashboard.services import observations, review, updates
from dashboard.services.lookup import Ref
from models import Held, Identity, Role, open_database, unit_of_work
from models.migrations import upgrade
from tests import tiny
from tests.bench.report import Row, quantile

INDICATORS = (tiny.PERCENT, tiny.CASES, tiny.LEVEL, tiny.CONTEXT)
YEARS = 36
WRITES = YEARS * len(INDICATORS)
GOAL = 3.0

COORDINATOR = Identity(
    "coordinator", "Coordinator", "", (Held(Role.COORDINATOR, tiny.PLAN, frozenset({tiny.KENYA})),)
)
REVIEWER = Identity("reviewer", "Reviewer", "", (Held(Role.REVIEWER, None, None),))

Statement = tuple[str, Any]
Write = Callable[[Engine, int], None]


def run() -> list[Row]:
    """Measure each kind of write and return its median and 95th percentile."""
    rows = []
    for name, write, is_waiting in (
        ("send a figure", submit, False),
        ("accept a figure", accept, True),
        ("send a measure update", update, False),
    ):
        ours, raw = measured(write, is_waiting=is_waiting)
        rows += [
            Row(f"{name}, median", median(ours), median(raw), "ms"),
            Row(f"{name}, p95", quantile(ours, 0.95), quantile(raw, 0.95), "ms", GOAL),
        ]
    return rows


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return quantile(values, 0.5)


def measured(write: Write, *, is_waiting: bool) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each write: by our program, and by sqlite3 alone."""
    with tempfile.TemporaryDirectory(prefix="headway-bench-") as folder:
        recorded, ours, raw = (
            prepared(Path(folder) / name, is_waiting=is_waiting)
            for name in ("recorded", "ours", "raw")
        )
        scripts = [recorded_by(recorded, write, number) for number in range(WRITES)]
        plain = sqlite3.connect(str(raw.url.database), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            plain.execute(f"PRAGMA {pragma}")
        taken: tuple[list[float], list[float]] = ([], [])
        for number, script in enumerate(scripts):
            taken[0].append(clocked(lambda number=number: write(ours, number)))  # type: ignore[misc]
            taken[1].append(clocked(lambda script=script: replay(plain, script)))  # type: ignore[misc]
        plain.close()
        for engine in (recorded, ours, raw):
            engine.dispose()
    warm = WRITES // 10
    return taken[0][warm:], taken[1][warm:]


def prepared(path: Path, *, is_waiting: bool) -> Engine:
    """Return a database with the tiny record, and figures that wait for review where asked."""
    engine = open_database(f"sqlite:///{path}")
    upgrade(engine)
    unit_of_work(engine, tiny.fill)
    if is_waiting:
        for number in range(WRITES):
            submit(engine, number)
    return engine


def recorded_by(engine: Engine, write: Write, number: int) -> list[Statement]:
    """Run one write and return every statement it ran, with its values."""
    script: list[Statement] = []

    def keep(
        _connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool
    ) -> None:
        script.append((statement, values))

    sa.event.listen(engine, "before_cursor_execute", keep)
    write(engine, number)
    sa.event.remove(engine, "before_cursor_execute", keep)
    return script


def replay(plain: sqlite3.Connection, script: list[Statement]) -> None:
    """Run recorded statements in one durable transaction, reading what they return."""
    for statement, values in script:
        plain.execute(statement, values).fetchall()
    plain.execute("COMMIT")


def clocked(act: Callable[[], None]) -> float:
    """Return how many milliseconds an act takes."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def submit(engine: Engine, number: int) -> None:
    """Send one figure of Kenya's, each about another year or indicator."""
    year, indicator = 1990 + number % YEARS, INDICATORS[number // YEARS]
    draft = tiny.draft(indicator=indicator, period=str(year), value="3")
    unit_of_work(
        engine,
        lambda session: observations.submit(
            session, COORDINATOR, draft, plan=tiny.PLAN, token=str(number), now=tiny.NOON
        ),
    )


def accept(engine: Engine, number: int) -> None:
    """Accept one figure that waits."""
    ref = Ref("KEN", number + 1)
    unit_of_work(
        engine,
        lambda session: review.accept(session, REVIEWER, ref, plan=tiny.PLAN, now=tiny.NOON),
    )


def update(engine: Engine, number: int) -> None:
    """Send one measure update."""
    sent = tiny.update(next_step=f"step {number}")
    unit_of_work(
        engine,
        lambda session: updates.submit(
            session, COORDINATOR, sent, plan=tiny.PLAN, token=str(number), now=tiny.NOON
        ),
    )
