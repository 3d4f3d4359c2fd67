"""The database: SQLite by default, PostgreSQL where it is outgrown. Readers and units of work.

A reader sees one state of the record from begin to end. A unit of work is a function that gets a
session, and either all it did is kept, durably, or nothing is. It may be run again when the
database says that it collided with another, so it does nothing else: no message, file or cache.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from models.base import append_only
from models.errors import Unavailable
from models.evidence import EvidenceRevision
from models.ledger import AuditEvent
from models.observation import MeasureUpdate, Observation, ReviewEvent
from models.remark import Remark, RemarkStep
from models.round import Submission
from models.snapshot import Snapshot, SnapshotBytes
from models.together import Line

Result = TypeVar("Result")
Work = Callable[[Session], Result]

HISTORY: Final = (
    *(Observation, MeasureUpdate, ReviewEvent, AuditEvent, Snapshot, SnapshotBytes),
    Submission,
    Remark,
    RemarkStep,
    EvidenceRevision,
)
"""Tables in which nothing is ever changed or removed; the database itself refuses it."""
append_only(*HISTORY)

TRIES: Final = 10
COLLIDED: Final = {"40001", "40P01"}
"""PostgreSQL's words for: run it again."""


def open_database(url: str) -> Engine:
    """Return an engine for `sqlite:///path/to/file` or `postgresql+psycopg://…`.

    SQLite: write-ahead log, every commit durable, foreign keys checked, waits 20 s for a writer.
    """
    made = sa.make_url(url)
    if made.get_backend_name() != "sqlite":
        return sa.create_engine(made, pool_pre_ping=True)
    if made.database and made.database != ":memory:":
        Path(made.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(made, connect_args={"timeout": 20})
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    # A transaction that read first cannot become a writer while another writes: take the write
    # lock at once, but only where something will be written.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a session that only reads, and close it at the end."""
    bound = engine
    if engine.dialect.name == "postgresql":
        bound = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    with Session(bound) as session:
        yield session


@lru_cache(maxsize=64)
def _writer(engine: Engine) -> Engine:
    # Made once an engine: each made anew would join the engine's listeners again.
    return engine.execution_options(writes=True)


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Open a session that writes: commit at the end, undo all if anything raises."""
    with Session(_writer(engine), expire_on_commit=False) as session:
        yield session
        session.commit()


@lru_cache(maxsize=64)
def _line(engine: Engine) -> Line:
    return Line(_writer(engine))


def unit_of_work(engine: Engine, work: Work[Result]) -> Result:
    """Run the work in one transaction; run it again when it collided with another.

    On SQLite the writers of this process share their commits (`models.together`).
    """
    if engine.dialect.name == "sqlite":
        result: Result = _line(engine).write(work)
        return result
    for attempt in range(TRIES):
        try:
            with writing(engine) as session:
                return work(session)
        except DBAPIError as error:
            if attempt == TRIES - 1 or not _collided(error):
                raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
    raise AssertionError("the last try returns or raises")


def _collided(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in COLLIDED


def check_connection(engine: Engine) -> None:
    """Raise `Unavailable` with a sentence where the database cannot be reached."""
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except OperationalError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise Unavailable(
            f"The database {where} cannot be reached. Check that the server runs and that "
            "HEADWAY_DATABASE names it correctly."
        ) from error
