"""Doctor and backups: what is wrong is found and mended; what was backed up comes back whole."""

import json
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.services import (
    backups,
    derived,
    ledger,
    observations,
    review,
    sessions,
    snapshots,
    upkeep,
)
from dashboard.services.upkeep import Health
from dashboard.settings import Settings
from models import (
    ApiToken,
    BadInput,
    Identity,
    LoginSession,
    Snapshot,
    Table,
    Unavailable,
    WrongState,
    open_database,
    reading,
    unit_of_work,
)
from tests.tiny import NOON, PLAN, chain, draft

LATER = NOON + timedelta(days=1)


@pytest.fixture
def record(
    engine: Engine, coordinator: Identity, reviewer: Identity, evaluator: Identity
) -> Engine:
    """Give a record with values, a correction, a snapshot and somebody signed in."""
    for minute, (period, value) in enumerate((("2023", 50), ("2024", 60), ("2024", 61))):
        at = NOON + timedelta(minutes=minute)
        sent = draft(period=period, value=Decimal(value))

        def work(session: Session, at: datetime = at, sent: object = sent) -> None:
            ref = observations.submit(
                session,
                coordinator,
                sent,  # type: ignore[arg-type]
                plan=PLAN,
                token=at.isoformat(),
                now=at,
            )
            review.accept(session, reviewer, ref, plan=PLAN, now=at)

        unit_of_work(engine, work)

    def rest(session: Session) -> None:
        chain(session)
        snapshots.take(session, evaluator, PLAN, name="One", now=NOON + timedelta(hours=1))
        sessions.open_session(
            session, "viewer", method="password", agent="", hours=1, now=NOON + timedelta(hours=2)
        )

    unit_of_work(engine, rest)
    return engine


def settings(home: Path, **environ: str) -> Settings:
    return Settings.read({"HEADWAY_HOME": str(home), **environ})


def looked(engine: Engine, home: Path, now: datetime = LATER) -> dict[str, upkeep.Check]:
    found = {}
    for name, probe in upkeep.checks(engine, settings(home), now=now):
        found[name] = upkeep.look(name, probe)
    return found


def bad(engine: Engine, home: Path, now: datetime = LATER) -> dict[str, str]:
    return {
        name: check.found
        for name, check in looked(engine, home, now).items()
        if check.health == Health.BAD
    }


def run(engine: Engine, *statements: str) -> None:
    unit_of_work(engine, lambda session: [session.execute(sa.text(one)) for one in statements])


def unguarded(engine: Engine, table: str, *statements: str) -> None:
    """Do what only somebody with the database's own tools can do: switch a guard off, and write."""
    if engine.dialect.name == "sqlite":
        off = [f"DROP TRIGGER {table}_refuse_{verb}" for verb in ("update", "delete")]
    else:
        off = [f"ALTER TABLE {table} DISABLE TRIGGER ALL"]
    run(engine, *off, *statements)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home that nobody else can look into."""
    place = tmp_path / "home"
    place.mkdir(mode=0o700)
    return place


def test_a_record_as_it_should_be_is_healthy(record: Engine, home: Path) -> None:
    found = looked(record, home)
    assert {name: check.health for name, check in found.items()} == dict.fromkeys(
        found, Health.GOOD
    )
    assert len(found) == 11


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE current_value SET value = 99",
        "DELETE FROM current_value",
        "UPDATE value_span SET ended_at = accepted_at",
        "DELETE FROM packed_series",
        "UPDATE review_state SET state = 'withdrawn'",
    ],
)
def test_a_derived_table_that_differs_is_found_and_made_anew(
    record: Engine, home: Path, damage: str
) -> None:
    run(record, damage)
    found = bad(record, home)
    assert list(found) == ["derived tables"]
    assert "headway doctor --rebuild" in found["derived tables"]
    upkeep.rebuild(record)
    assert bad(record, home) == {}
    with reading(record) as session:
        assert derived.differences(session) == []


def test_an_altered_event_of_the_audit_trail_is_found(record: Engine, home: Path) -> None:
    unguarded(record, "audit_event", "UPDATE audit_event SET action = 'x' WHERE seq = 2")
    assert "was altered after it was written" in bad(record, home)["audit trail"]


def test_altered_bytes_of_a_snapshot_are_found(record: Engine, home: Path) -> None:
    flip = "UPDATE snapshot SET digest = 'x'"
    unguarded(record, "snapshot", flip)
    assert "not those that were sealed" in bad(record, home)["snapshots"]


def test_a_database_without_tables_is_bad_and_says_what_to_do(empty: Engine, home: Path) -> None:
    found = bad(empty, home)
    assert "headway init" in found["tables"]
    assert found["plans"].startswith("cannot be checked")


def test_a_database_that_cannot_be_reached_is_bad_and_raises_nothing(home: Path) -> None:
    lost = open_database("postgresql+psycopg://nobody@127.0.0.1:9/none")
    found = bad(lost, home)
    assert "cannot be reached" in found["database"]
    lost.dispose()


def test_a_clock_behind_the_record_is_bad(record: Engine, home: Path) -> None:
    assert "set the clock right" in bad(record, home, NOON - timedelta(days=1))["clock"]


def test_a_home_for_everybody_is_doubtful_and_one_that_is_not_there_bad(
    record: Engine, home: Path
) -> None:
    home.chmod(0o755)
    check = looked(record, home)["home"]
    assert (check.health, "chmod o-rwx" in check.found) == (Health.DOUBTFUL, True)
    assert "home" in bad(record, home / "nowhere")


def test_a_record_without_an_administrator_is_doubtful(record: Engine, home: Path) -> None:
    run(record, "UPDATE person SET is_active = false WHERE id = 'administrator'")
    assert looked(record, home)["administrator"].health == Health.DOUBTFUL


# Backups --------------------------------------------------------------------------------------


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Return everything in a database but who is let in."""
    with reading(engine) as session:
        connection = session.connection()
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(sa.select(table))), key=repr
            )
            for table in Table.metadata.sorted_tables
            if table.name not in {LoginSession.__tablename__, ApiToken.__tablename__}
        }


def restored(engine: Engine, path: Path) -> Engine:
    backups.restore(engine, path)
    return engine


def test_a_backup_comes_back_whole_in_whichever_database(
    record: Engine, empty: Engine, tmp_path: Path
) -> None:
    path = backups.backup(record, tmp_path / "b.zip", portable=True, now=LATER)
    assert rows(restored(empty, path)) == rows(record)
    with reading(empty) as session:
        assert ledger.verify(session) == []
        assert derived.differences(session) == []
        assert snapshots.rebuild(session, snapshots.listing(session)[0].id).is_same
        assert session.execute(sa.select(LoginSession)).first() is None


def test_the_restored_record_can_be_written_to_and_its_history_not_changed(
    record: Engine, empty: Engine, coordinator: Identity, tmp_path: Path
) -> None:
    restored(empty, backups.backup(record, tmp_path / "b.zip", portable=True, now=LATER))
    ref = unit_of_work(
        empty,
        lambda session: observations.submit(
            session, coordinator, draft(period="2025"), plan=PLAN, token="new", now=LATER
        ),
    )
    assert str(ref) == "KEN-4"
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        run(empty, "DELETE FROM observation")


def test_a_database_file_comes_back_whole_in_whichever_database(
    database: Engine, empty: Engine, coordinator: Identity, tmp_path: Path
) -> None:
    unit_of_work(
        database,
        lambda session: observations.submit(
            session, coordinator, draft(), plan=PLAN, token="a", now=NOON
        ),
    )
    path = backups.backup(database, tmp_path / "b.db", now=LATER)
    assert path.stat().st_mode & 0o777 == 0o600
    assert rows(restored(empty, path)) == rows(database)


def test_people_go_on_working_while_a_backup_is_made(
    database: Engine, coordinator: Identity, tmp_path: Path
) -> None:
    def work_on(_done: int, _whole: int) -> None:
        if not sent:
            sent.append(
                unit_of_work(
                    database,
                    lambda session: observations.submit(
                        session, coordinator, draft(), plan=PLAN, token="a", now=NOON
                    ),
                )
            )

    sent: list[object] = []
    path = backups.backup(database, tmp_path / "b.db", now=LATER, tell=work_on)
    assert sent
    with sqlite3.connect(path) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()


def test_a_backup_overwrites_nothing_and_leaves_nothing_half_done(
    record: Engine, tmp_path: Path
) -> None:
    path = backups.backup(record, tmp_path / "b.zip", portable=True, now=LATER)
    with pytest.raises(WrongState, match="already there"):
        backups.backup(record, path, portable=True, now=LATER)

    def fail(_done: int, _whole: int) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        backups.backup(record, tmp_path / "c.zip", portable=True, now=LATER, tell=fail)
    assert {one.name for one in tmp_path.glob("*.*")} >= {"b.zip"}
    assert not list(tmp_path.glob("*c.zip*"))


def test_a_record_is_not_restored_over(record: Engine, tmp_path: Path) -> None:
    before = rows(record)
    path = backups.backup(record, tmp_path / "b.zip", portable=True, now=LATER)
    with pytest.raises(WrongState, match="has a record in it"):
        backups.restore(record, path)
    assert rows(record) == before


def test_a_sqlite_record_is_replaced_where_that_is_asked_for(
    database: Engine, coordinator: Identity, tmp_path: Path
) -> None:
    path = backups.backup(database, tmp_path / "b.db", now=LATER)
    before = rows(database)
    unit_of_work(
        database,
        lambda session: observations.submit(
            session, coordinator, draft(), plan=PLAN, token="a", now=NOON
        ),
    )
    backups.restore(database, path, replace=True)
    assert rows(database) == before


def altered(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """Return a copy of a dump in which one member is changed."""
    copy = path.with_name("altered.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == name else content)
    return copy


def test_an_altered_or_foreign_file_brings_nothing_back(
    record: Engine, empty: Engine, tmp_path: Path
) -> None:
    path = backups.backup(record, tmp_path / "b.zip", portable=True, now=LATER)
    changed = altered(path, "observation.jsonl", lambda data: data.replace(b'"61"', b'"16"'))
    with pytest.raises(BadInput, match="was altered since it was written"):
        backups.restore(empty, changed)
    shorter = altered(path, "review_event.jsonl", lambda data: data[: len(data) // 2])
    with pytest.raises((BadInput, Unavailable)):
        backups.restore(empty, shorter)
    (tmp_path / "text.txt").write_text("hello")
    (tmp_path / "other.zip").write_bytes(altered(path, "-", bytes).read_bytes()[:200])
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE plan (code TEXT)")
    other.close()
    for name in ("text.txt", "other.zip", "other.db", "absent.zip"):
        with pytest.raises(BadInput):
            backups.restore(empty, tmp_path / name)
    assert not backups.has_record(empty)


def test_a_dump_of_another_version_is_refused_with_what_to_do(
    record: Engine, empty: Engine, tmp_path: Path
) -> None:
    path = backups.backup(record, tmp_path / "b.zip", portable=True, now=LATER)

    def older(data: bytes) -> bytes:
        return json.dumps(json.loads(data) | {"at": "0000"}).encode()

    with pytest.raises(Unavailable, match="headway upgrade"):
        backups.restore(empty, altered(path, backups.INDEX, older))


def test_an_empty_database_has_nothing_to_back_up(empty: Engine, tmp_path: Path) -> None:
    with pytest.raises(WrongState, match="no record"):
        backups.backup(empty, tmp_path / "b.zip", portable=True, now=LATER)


def test_a_snapshot_in_a_backup_is_the_same_snapshot(
    record: Engine, empty: Engine, tmp_path: Path
) -> None:
    restored(empty, backups.backup(record, tmp_path / "b.zip", portable=True, now=LATER))
    with reading(record) as one, reading(empty) as two:
        kept = one.execute(sa.select(Snapshot.id)).scalars().one()  # type: ignore[call-overload]
        assert snapshots.content(one, kept) == snapshots.content(two, kept)
