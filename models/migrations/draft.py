"""Drafts the script for a change of the tables: `python -m models.migrations.draft NAME`.

It upgrades an empty database in memory, compares it with the declared tables and writes the
difference as the next script. With `--anew` it writes `0001` again from nothing, which is allowed
only until the first release. Read the draft before you commit it: a comparison cannot tell a
renamed column from a new one, and it sees neither checks nor triggers.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.operations.ops import MigrateOperation, UpgradeOps

from models import HISTORY, Table
from models.database import open_database
from models.migrations import FOLDER, OPTIONS, head, upgrade

FIRST = '''"""The record: all its tables, and the guards that keep history from being changed.

Drafted by `python -m models.migrations.draft --anew`.
"""

import sqlalchemy as sa
from alembic import op

from models.base import guards

revision = "0001"
down_revision = None

HISTORY = (
    {history}
)


def upgrade() -> None:
    """Make the tables, those first that others refer to, then the guards."""
    for make in (
        {makers}
    ):
        make()
    for table in HISTORY:
        for statement in guards(table)[op.get_bind().dialect.name]:
            op.execute(statement)


{tables}
'''
TABLE = """def _{name}() -> None:
    {body}
"""
NEXT = '''"""{title}."""

import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = "{previous}"


def upgrade() -> None:
    """Make the change."""
    {body}
'''


def first() -> str:
    """Return the text of the script that makes every declared table in an empty database."""
    tables: dict[str, list[MigrateOperation]] = {}
    with sa.create_engine("sqlite://").connect() as connection:
        for step in _difference(connection).ops:
            tables.setdefault(step.table_name, []).append(step)  # type: ignore[attr-defined]
    return FIRST.format(
        history="\n".join(f'"{table.__tablename__}",' for table in HISTORY),
        makers="\n".join(f"_{name}," for name in tables),
        tables="\n\n".join(
            TABLE.format(name=name, body=_code(UpgradeOps(steps), render_as_batch=False))
            for name, steps in tables.items()
        ),
    )


def following(title: str) -> str:
    """Return the text of the script that leads from the newest one to the declared tables."""
    engine = open_database("sqlite://")
    upgrade(engine)
    with engine.connect() as connection:
        body = _code(_difference(connection), render_as_batch=True)
    number = f"{int(head()) + 1:04}"
    return NEXT.format(title=title, number=number, previous=head(), body=body)


def _difference(connection: sa.Connection) -> UpgradeOps:
    context = MigrationContext.configure(connection, opts=OPTIONS)
    found = produce_migrations(context, Table.metadata).upgrade_ops
    if found is None or found.is_empty():
        sys.exit("The scripts already lead to the declared tables: nothing to draft.")
    return found


def _code(steps: UpgradeOps, *, render_as_batch: bool) -> str:
    text = render_python_code(steps, render_as_batch=render_as_batch, render_item=_plainly)
    lines = [line for line in text.splitlines() if not line.strip().startswith("#")]
    return "\n".join(lines).strip()


def _plainly(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    # A script must say the same for ever, so it names the database's types, not ours.
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def main(arguments: Iterable[str]) -> Path:
    """Write the draft and return where."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("name", nargs="?", help="what changes, such as 'resources of a measure'")
    parser.add_argument("--anew", action="store_true", help="write 0001 again from nothing")
    asked = parser.parse_args(list(arguments))
    if asked.anew:
        if head() > "0001":
            parser.error("there are later scripts: 0001 stays as it is")
        path, text = FOLDER / "versions" / "0001_the_record.py", first()
    elif asked.name:
        title = asked.name.strip().capitalize()
        text = following(title)
        path = FOLDER / "versions" / f"{int(head()) + 1:04}_{'_'.join(title.lower().split())}.py"
    else:
        parser.error("say what changes, or --anew")
    path.write_text(text, encoding="utf-8")
    return path


if __name__ == "__main__":
    print(main(sys.argv[1:]))
