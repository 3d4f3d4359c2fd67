"""Backups: the whole record in one file, and back.

A record on SQLite is copied as a database, while people go on working. A record on PostgreSQL is
written table by table into a zip that any of our databases can take back, so it is also the way
from SQLite to PostgreSQL. Sessions are left out: whoever restores does not sign anybody in.
"""

import hashlib
import itertools
import json
import os
import sqlite3
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.services import derived
from models import (
    ApiToken,
    AuditEvent,
    BadInput,
    CurrentValue,
    LoginSession,
    Observation,
    PackedSeries,
    Person,
    Plan,
    Table,
    Unavailable,
    ValueSpan,
    WrongState,
    columns,
    migrations,
    reading,
    writing,
)
from models.base import DecimalText, Moment

Tell = Callable[[int, int], None]
"""Told how much is done, of how much."""

MAGIC: Final = b"SQLite format 3\x00"
FORMAT: Final = "headway-dump"
INDEX: Final = "headway-dump.json"
ROWS: Final = 2_000
PAGES: Final = 2_000
LEFT_OUT: Final = frozenset(
    {columns(one).name for one in (LoginSession, ApiToken, CurrentValue, ValueSpan, PackedSeries)}
)
"""What a dump does not hold: sessions and tokens end, and derived tables follow from the rest."""
TOLD: Final = tuple(columns(one) for one in (Plan, Person, Observation, AuditEvent))


def _silent(_done: int, _whole: int) -> None:
    """Tell nobody."""


def backup(
    engine: Engine, path: Path, *, portable: bool = False, now: datetime, tell: Tell = _silent
) -> Path:
    """Write the whole record to a file that is not there yet, and return its path.

    SQLite gives a database file, PostgreSQL or `portable` a zip. The file is complete or absent.
    """
    if path.exists():
        raise WrongState(f"{path} is already there: choose another name, nothing was overwritten.")
    if migrations.current(engine) is None:
        raise WrongState("There is no record to back up yet.")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        if engine.dialect.name == "sqlite" and not portable:
            _copy_file(engine, partial, tell)
        else:
            _dump(engine, partial, now, tell)
        os.chmod(partial, 0o600)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def counts(session: Session) -> dict[str, int]:
    """Return how many rows each table has."""
    connection = session.connection()
    return {
        table.name: int(
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        )
        for table in Table.metadata.sorted_tables
    }


def _copy_file(engine: Engine, path: Path, tell: Tell) -> None:
    with closing(engine.raw_connection()) as pooled, closing(sqlite3.connect(path)) as target:
        source: Any = pooled.driver_connection
        source.backup(
            target, pages=PAGES, progress=lambda _status, left, whole: tell(whole - left, whole)
        )
        target.execute("PRAGMA journal_mode=DELETE")
        for ended in (LoginSession, ApiToken):  # nobody is let in by a restore
            target.execute(f"DELETE FROM {columns(ended).name}")  # noqa: S608 - a table of ours
        target.commit()
        said = target.execute("PRAGMA quick_check(1)").fetchone()[0]
    if said != "ok":
        raise Unavailable(f"The copy is not whole ({said}); nothing was kept of it.")


def restore(
    engine: Engine, path: Path, *, replace: bool = False, tell: Tell = _silent
) -> dict[str, int]:
    """Bring a backup back into a database without a record, and return the rows of each table.

    `replace` lets a SQLite record be replaced that is already there. Nothing is changed unless the
    whole backup can be brought back.
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    with path.open("rb") as opened:
        head = opened.read(len(MAGIC))
    is_file = head == MAGIC
    if has_record(engine) and not (replace and is_file and engine.dialect.name == "sqlite"):
        raise WrongState(
            "This database has a record in it, and a backup is brought back into an empty one. "
            "Set HEADWAY_HOME or HEADWAY_DATABASE to another place"
            + (", or add --replace." if is_file and engine.dialect.name == "sqlite" else ".")
        )
    if is_file:
        return _from_file(engine, path, tell)
    return _from_dump(engine, path, tell)


def has_record(engine: Engine) -> bool:
    """Say whether anything was ever written into the database."""
    names = set(sa.inspect(engine).get_table_names())
    with engine.connect() as connection:
        return any(
            connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
            for table in TOLD
            if table.name in names
        )


def _from_file(engine: Engine, path: Path, tell: Tell) -> dict[str, int]:
    """Bring back a database file: as it is into SQLite, table by table into PostgreSQL."""
    _check_file(path)
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(path)) as given, closing(engine.raw_connection()) as pooled:
            target: Any = pooled.driver_connection
            given.backup(
                target,
                pages=PAGES,
                progress=lambda _status, left, whole: tell(whole - left, whole),
            )
        with reading(engine) as session:
            return counts(session)
    source = sa.create_engine(f"sqlite:///file:{path.resolve()}?mode=ro&uri=true")
    try:
        _check_version(migrations.current(source), path)
        with reading(source) as session:
            wanted = {table.name: counts(session)[table.name] for table in kept()}
            rows = ((table, part) for table in kept() for part in _read(session, table))
            return _load(engine, rows, wanted, tell)
    finally:
        source.dispose()


def _check_file(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path.resolve()}?mode=ro", uri=True)) as given:
            said = given.execute("PRAGMA quick_check(1)").fetchone()[0]
            tables = {row[0] for row in given.execute("SELECT name FROM sqlite_master")}
    except sqlite3.DatabaseError as error:
        raise BadInput(f"{path} is a damaged database ({error}).") from error
    if said != "ok":
        raise BadInput(f"{path} is a damaged database ({said}).")
    if migrations.VERSION_TABLE not in tables or columns(Plan).name not in tables:
        raise BadInput(f"{path} is a database, but not one of Headway.")


def _check_version(at: str | None, path: Path) -> None:
    if at != migrations.head():
        raise Unavailable(
            f"{path} comes from a record at {at}, and this version of Headway is at "
            f"{migrations.head()}: bring it back with the version it comes from, then run "
            "`headway upgrade`."
        )


# Table by table --------------------------------------------------------------------------------


def kept() -> list[sa.Table]:
    """Return the tables that a dump holds, those first that others refer to."""
    return [table for table in Table.metadata.sorted_tables if table.name not in LEFT_OUT]


def stored(table: sa.Table) -> sa.TableClause:
    """Return the table with the types in which its values are stored, the same everywhere."""
    return sa.table(table.name, *(sa.column(one.name, _storage(one.type)) for one in table.columns))


def _storage(declared: Any) -> Any:
    if isinstance(declared, Moment):
        return sa.BigInteger()
    if isinstance(declared, DecimalText | sa.Enum):
        return sa.Text()
    return declared


def _read(session: Session, table: sa.Table) -> Iterator[list[tuple[Any, ...]]]:
    keys = [one.name for one in table.primary_key.columns]
    bare = stored(table)
    wanted = sa.select(bare).order_by(*(bare.c[name] for name in keys))
    parent = next((key.parent.name for key in table.foreign_keys if key.column.table is table), "")
    if parent:
        rows = [tuple(row) for row in session.connection().execute(wanted)]
        names = [column.name for column in table.columns]
        yield _parents_first(rows, names.index(keys[0]), names.index(parent))
        return
    result = session.connection().execution_options(yield_per=ROWS).execute(wanted)
    for part in result.partitions():
        yield [tuple(row) for row in part]


def _parents_first(rows: list[tuple[Any, ...]], key: int, parent: int) -> list[tuple[Any, ...]]:
    """Put rows after those of the same table that they refer to."""
    placed: list[tuple[Any, ...]] = []
    known: set[Any] = {None}
    while rows:
        ready = [row for row in rows if row[parent] in known]
        later = [row for row in rows if row[parent] not in known]
        if not ready:
            raise Unavailable("Some rows of the record refer to each other in a circle.")
        placed += ready
        known |= {row[key] for row in ready}
        rows = later
    return placed


def _dump(engine: Engine, path: Path, now: datetime, tell: Tell) -> None:
    told: dict[str, Any] = {}
    done = 0
    with (
        reading(engine) as session,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
    ):
        wanted = counts(session)
        whole = sum(wanted[table.name] for table in kept())
        for table in kept():
            digest, rows = hashlib.sha256(), 0
            with packed.open(f"{table.name}.jsonl", "w", force_zip64=True) as out:
                for part in _read(session, table):
                    lines = "".join(f"{_line(row)}\n" for row in part).encode()
                    out.write(lines)
                    digest.update(lines)
                    rows += len(part)
                    tell(done + rows, whole)
            if rows != wanted[table.name]:
                raise Unavailable(f"The table {table.name} could not be read whole.")
            done += rows
            told[table.name] = {"rows": rows, "sha256": digest.hexdigest()}
        index = {
            "format": FORMAT,
            "format_version": 1,
            "at": migrations.current(engine),
            "taken_at": now.isoformat(),
            "tables": told,
        }
        packed.writestr(INDEX, json.dumps(index, indent=1))


def _line(row: tuple[Any, ...]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode()
    raise TypeError(f"a dump cannot hold {type(value).__name__}")


def _from_dump(engine: Engine, path: Path, tell: Tell) -> dict[str, int]:
    try:
        with zipfile.ZipFile(path) as packed:
            index = json.loads(packed.read(INDEX))
            if index["format"] != FORMAT:
                raise BadInput(f"{path} is a zip, but no backup of Headway.")
            _check_version(index["at"], path)
            wanted = {table.name: index["tables"][table.name]["rows"] for table in kept()}
            return _load(engine, _unpacked(packed, index["tables"], path), wanted, tell)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, zlib.error, EOFError) as error:
        raise BadInput(f"{path} is no whole backup of Headway ({error}).") from error


def _unpacked(
    packed: zipfile.ZipFile, told: dict[str, Any], path: Path
) -> Iterator[tuple[sa.Table, list[tuple[Any, ...]]]]:
    for table in kept():
        digest, rows = hashlib.sha256(), 0
        readers = [_reader(one.type) for one in table.columns]
        with packed.open(f"{table.name}.jsonl") as lines:
            while part := list(itertools.islice(lines, ROWS)):
                for line in part:
                    digest.update(line)
                rows += len(part)
                yield table, [_row(line, readers) for line in part]
        wanted = told[table.name]
        if (rows, digest.hexdigest()) != (wanted["rows"], wanted["sha256"]):
            raise BadInput(f"{path}: the table {table.name} was altered since it was written.")


def _row(line: bytes, readers: list[Callable[[Any], Any] | None]) -> tuple[Any, ...]:
    return tuple(
        value if value is None or read is None else read(value)
        for value, read in zip(json.loads(line), readers, strict=True)
    )


def _reader(declared: Any) -> Callable[[Any], Any] | None:
    if isinstance(declared, sa.Date):
        return date.fromisoformat
    return b64decode if isinstance(declared, sa.LargeBinary) else None


def _insert(session: Session, table: sa.Table, rows: list[tuple[Any, ...]]) -> None:
    names = [column.name for column in table.columns]
    if rows:
        session.connection().execute(
            sa.insert(stored(table)), [dict(zip(names, row, strict=True)) for row in rows]
        )


def _load(
    engine: Engine,
    rows: Iterator[tuple[sa.Table, list[tuple[Any, ...]]]],
    wanted: Mapping[str, int],
    tell: Tell,
) -> dict[str, int]:
    """Store rows of all tables in one transaction, and make what follows from them."""
    migrations.upgrade(engine)
    with writing(engine) as session:
        done = 0
        for table, part in rows:
            _insert(session, table, part)
            done += len(part)
            tell(done, sum(wanted.values()))
        derived.rebuild(session)
        there = counts(session)
        short = sorted(name for name, rows_ in wanted.items() if there[name] != rows_)
        if short:
            raise Unavailable(f"Not everything came back: {', '.join(short)}. Nothing was kept.")
    return there
