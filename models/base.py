"""What all tables share: our own registry, named constraints, and the types of columns."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, the same in every database, so that migrations can name it."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""The end of what has not ended."""
FIRST: Final = datetime(1, 1, 1, tzinfo=UTC)


class Table(SQLModel, registry=registry(metadata=sa.MetaData(naming_convention=NAMING))):
    """The base of our tables.

    It has a registry of its own, made anew whenever this package is imported, so that a program
    that reloads our modules (the dashboard does after an edit) never meets a table twice.
    """


class Moment(sa.types.TypeDecorator[datetime]):
    """A moment in UTC, stored as whole microseconds since 1970: exact and ordered."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware moment into microseconds."""
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn microseconds into an aware moment."""
        return None if value is None else moment(value)


class DecimalText(sa.types.TypeDecorator[Decimal]):
    """A decimal number stored as its plain text, so that 0.10 stays 0.10 in every database."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Write the number without exponent or grouping."""
        return None if value is None else plain(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """Read the number back."""
        return None if value is None else Decimal(value)


def micros(value: datetime) -> int:
    """Return a moment as whole microseconds since 1970; refuse one without a time zone."""
    if value.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return (value - EPOCH) // timedelta(microseconds=1)


def moment(value: int) -> datetime:
    """Return the moment that is so many microseconds after 1970."""
    return EPOCH + timedelta(microseconds=value)


def plain(value: Decimal) -> str:
    """Return the number as text without exponent: 1E+3 becomes 1000, 0.10 stays 0.10."""
    return format(value, "f")


def words(enum: type[StrEnum], name: str = "") -> sa.Enum:
    """Return the column type for a list of words: stored as written, checked by the database.

    The check is named after the list; where a table holds one list twice, name it yourself.
    """
    return sa.Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        name=name or enum.__name__.lower(),
        values_callable=_written,
        length=max(len(word) for word in enum),
        validate_strings=True,
    )


def _written(enum: type[StrEnum]) -> list[str]:
    return [word.value for word in enum]


def columns(table: type[Table]) -> sa.Table:
    """Return the table as the statements of SQLAlchemy Core want it."""
    declared: sa.Table = table.__table__  # type: ignore[attr-defined]
    return declared


def append_only(*tables: type[Table]) -> None:
    """Make the database itself refuse UPDATE and DELETE on these tables once they are created."""
    for table in tables:
        declared = columns(table)
        for dialect, statements in guards(declared.name).items():
            for statement in statements:
                ddl = sa.DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
                sa.event.listen(declared, "after_create", ddl)


def guards(table: str) -> dict[str, list[str]]:
    """Return, for each kind of database, the statements that make a table append-only.

    Migrations and `create_all` run the same ones.
    """
    message = f"{table} is append-only: record a new row instead"
    sqlite = [
        f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for verb in ("UPDATE", "DELETE")
    ]
    postgresql = [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$",
        f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]
    return {"sqlite": sqlite, "postgresql": postgresql}
