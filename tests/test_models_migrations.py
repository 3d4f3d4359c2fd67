"""A migrated database equals the declared tables, on SQLite and PostgreSQL, and keeps history."""

import ast

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Engine

from models import HISTORY, ReportingRound, Table, columns, migrations
from models.migrations import draft
from tests.tiny import KENYA, NOON, PLAN

BEHIND = (
    "The scripts in models/migrations/versions do not lead to the declared tables. Draft the "
    "change with `make migration NAME='what changes'` (before the first release `make migration` "
    "writes 0001 again), then read the draft"
)
PG_SCHEMA = """
SELECT 'column', table_name, column_name, data_type || ' ' || coalesce(character_maximum_length, 0)
       || ' ' || is_nullable || ' ' || coalesce(column_default, '')
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL
SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
  FROM pg_trigger WHERE NOT tgisinternal
"""


def schema(engine: Engine) -> set[tuple[str, ...]]:
    """Return everything the database says of its tables, whatever order it was declared in."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            rows = connection.exec_driver_sql(PG_SCHEMA).all()
            return {tuple(row) for row in rows if row[1] != migrations.VERSION_TABLE}
        rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master").all()
    return {
        (row.type, row.name, line.strip().rstrip(","))
        for row in rows
        for line in (row.sql or "").splitlines()
        if migrations.VERSION_TABLE not in row.name
    }


def row(table: sa.Table) -> dict[str, object]:
    """Return a row that the table accepts, of the tiny record's areas and plan."""
    known: dict[str, object] = {
        "area_id": KENYA,
        "indicator_id": 1,
        "measure_id": 1,
        "cell_id": 0,
        "plan_code": PLAN,
    }
    if table.name == "evidence_revision":
        known["address"] = ""  # a file, not an address
    return known | {
        column.name: _value(column)
        for column in table.columns
        if column.name not in known and not column.nullable
    }


def _value(column: sa.Column[object]) -> object:
    match column.type:
        case sa.Enum() as words:
            return words.enums[0]
        case sa.Date():
            return NOON.date()
        case sa.LargeBinary():
            return b"x"
        case sa.JSON():
            return ["x"]
        case sa.Integer() | sa.Boolean():
            return 1
        case sa.String():
            return "x"
        case _:
            return NOON


def test_a_migrated_database_equals_the_declared_tables(empty: Engine) -> None:
    migrations.upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts=migrations.OPTIONS)
        assert compare_metadata(context, Table.metadata) == [], BEHIND


def test_checks_indexes_and_triggers_are_the_declared_ones_too(empty: Engine) -> None:
    Table.metadata.create_all(empty)
    wanted = schema(empty)
    Table.metadata.drop_all(empty)
    migrations.upgrade(empty)
    assert schema(empty) == wanted, BEHIND


def test_upgrading_says_where_it_stands_and_may_be_repeated(empty: Engine) -> None:
    assert migrations.current(empty) is None
    assert not migrations.is_current(empty)
    migrations.upgrade(empty)
    migrations.upgrade(empty)
    assert migrations.is_current(empty)
    assert migrations.current(empty) == migrations.head()


def test_a_script_that_fails_leaves_nothing_behind(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.base.guards", lambda table: {empty.dialect.name: ["NO SUCH WORD"]})
    with pytest.raises(sa.exc.DBAPIError):
        migrations.upgrade(empty)
    assert sa.inspect(empty).get_table_names() == []


@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_history_cannot_be_changed_or_removed(engine: Engine, verb: str) -> None:
    if verb.startswith("TRUNCATE") and engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    tables = [Table.metadata.tables[str(table.__tablename__)] for table in HISTORY]
    with engine.execution_options(writes=True).begin() as connection:
        for table in [columns(ReportingRound), *tables]:  # a receipt is of a round
            known = {name: value for name, value in row(table).items() if name in table.columns}
            connection.execute(sa.insert(table).values(known))
    for table in tables:
        key = next(iter(table.primary_key)).name
        with (
            engine.connect() as connection,
            pytest.raises(sa.exc.DBAPIError, match=f"{table.name} is append-only"),
        ):
            connection.exec_driver_sql(verb.format(table.name, key, key))


def test_there_is_no_way_down() -> None:
    for path in (migrations.FOLDER / "versions").glob("*.py"):
        named = {
            node.name
            for node in ast.parse(path.read_text("utf-8")).body
            if isinstance(node, ast.FunctionDef)
        }
        assert "upgrade" in named
        assert "downgrade" not in named, f"{path.name}: history is never dropped; use a backup"


def test_scripts_are_numbered_without_a_gap() -> None:
    names = sorted(path.name for path in (migrations.FOLDER / "versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{n:04}" for n in range(1, len(names) + 1)]


def test_the_draft_of_an_unchanged_model_is_refused() -> None:
    with pytest.raises(SystemExit, match="nothing to draft"):
        draft.following("nothing")
