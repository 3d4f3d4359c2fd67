"""A record of 2 million figures, made in a minute: the whole panel, broken down by plain SQL.

Figures are copied within the database, with every table that says them again; the packed series
are made from them by the program's own hand.
"""

import os
import shutil
import sqlite3
from pathlib import Path
from typing import Final

from dashboard.services import derived
from models import columns, open_database, unit_of_work
from models.observation import CurrentValue, Observation, ReviewEvent, ReviewState, ValueSpan
from tests.bench import stock

STEP: Final = 10_000
"""Numbers of rows a cell is away from the next; the panel has fewer rows in each area."""
TABLES: Final = tuple(
    columns(table) for table in (Observation, ReviewEvent, ReviewState, CurrentValue, ValueSpan)
)


def large(folder: Path, panel: Path) -> Path:
    """Make the panel's record ten times as deep, or take the one HEADWAY_BENCH_LARGE names."""
    ready = os.environ.get("HEADWAY_BENCH_LARGE")
    if ready:
        return Path(ready)
    shutil.copytree(panel, folder)
    with sqlite3.connect(folder / "headway.db", isolation_level=None) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.execute("BEGIN IMMEDIATE")
        cells = list(enumerate(stock.CELLS))[1:]
        database.executemany("INSERT INTO cell (id, code) VALUES (?, ?)", cells)
        for table in TABLES:
            database.execute(_copied(table.name, list(table.c.keys())))
        database.execute("COMMIT")
        areas = [
            number for (number,) in database.execute("SELECT DISTINCT area_id FROM current_value")
        ]
    database.close()
    engine = open_database(f"sqlite:///{folder / 'headway.db'}")
    unit_of_work(engine, lambda session: derived.pack_again(session, areas))
    engine.dispose()
    return folder


def _copied(table: str, names: list[str]) -> str:
    """Return the statement that copies the rows of totals into every other cell."""
    new = {
        "seq": f"old.seq + cell.id * {STEP}",
        "cell_id": "cell.id",
        "value": "round(old.value * (1 - cell.id / 20.0), 2)",
    }
    taken = ", ".join(new.get(name, f'old."{name}"') for name in names)
    into = ", ".join(f'"{name}"' for name in names)
    return (  # our own names
        f'INSERT INTO "{table}" ({into}) SELECT {taken} FROM "{table}" AS old '
        "JOIN cell ON cell.id > 0"
    )
