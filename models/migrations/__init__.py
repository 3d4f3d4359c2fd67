"""The steps by which a database becomes what the tables declare, one script a change.

There is no way down: what the record once kept is never dropped by a migration. To go back, restore
the backup taken before the upgrade.
"""

from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from models.base import Table

FOLDER: Final = Path(__file__).parent
VERSION_TABLE: Final = "alembic_version"
OPTIONS: Final[dict[str, Any]] = {
    "target_metadata": Table.metadata,
    "version_table": VERSION_TABLE,
    "compare_type": True,
    "compare_server_default": True,
}
"""How the tables are held against a database; the same when upgrading, comparing and drafting."""


def head() -> str:
    """Return the number of the newest script, such as `0001`."""
    return max(path.stem.split("_")[0] for path in (FOLDER / "versions").glob("[0-9]*_*.py"))


def current(engine: Engine) -> str | None:
    """Return the number of the script the database stands at, or None where it is empty."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(VERSION_TABLE):
            return None
        return connection.execute(
            sa.select(sa.column("version_num", sa.String)).select_from(sa.table(VERSION_TABLE))
        ).scalar()


def is_current(engine: Engine) -> bool:
    """Say whether the database has all tables as this version of the program declares them."""
    return current(engine) == head()


def upgrade(engine: Engine) -> None:
    """Run every script the database does not have yet, all in one transaction."""
    # Alembic is loaded here because a program that only asks `is_current` should start fast.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
