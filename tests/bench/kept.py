"""What a page costs from the state of the record to bytes: run once for each record, by `readers`.

`python -m tests.bench.kept HOME` prints milliseconds of processor time as JSON. It stands in a
process of its own because a process serves one record.
"""

import json
import logging
import os
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from models import open_database, reading
from tests.bench.stock import PLAN

TURNS: Final = 40
STATES: Final = ("KEN", "FRA", "BRA", "IND", "NGA", "THA", "MEX", "EGY", "CAN", "FJI")
POINTS: Final = """
SELECT indicator_id, year, value FROM current_value WHERE area_id = ? AND cell_id = 0
"""
LINES: Final = "SELECT indicator, year, value FROM line WHERE area = ?"


def main(home: str) -> None:
    """Print the times of pages and of a country, each beside its reference."""
    os.environ["HEADWAY_HOME"] = home
    logging.disable(logging.WARNING)  # Streamlit warns that there is no browser
    database = Path(home) / "headway.db"
    found: dict[str, tuple[float, ...]] = {
        page: pieces(page, Path(home)) for page in ("overview", "scorecard")
    }
    json.dump(found | {"country": country(database)}, sys.stdout)


def pieces(page: str, home: Path) -> tuple[float, float]:
    """Return the time to give every kept piece of a page, and to read the same bytes by key."""
    from streamlit.testing.v1 import AppTest

    from dashboard.ui import cached, visit

    visit.cookies, visit.agent = dict, str  # there is no browser here
    root = Path(__file__).parents[2]
    app = AppTest.from_file(str(root / "dashboard" / "app.py"), default_timeout=300).run()
    app.switch_page(str(root / "pages" / f"{page}.py")).run()
    assert not app.exception
    asked: list[tuple[object, ...]] = []
    kept = cached.kept

    def noted(name: str, make: Callable[[], Any], *about: object) -> Any:
        asked.append((name, *about))
        return kept(name, make, *about)

    cached.kept = noted
    app.run()
    cached.kept = kept

    def ours() -> bytes:
        cached.forget()  # the version of the record is asked anew, as after a while
        cached.picture(PLAN)
        cached.words(PLAN)
        told: list[Any] = [kept(str(name), str, *about) for name, *about in asked]
        return "".join(piece for piece in told if isinstance(piece, str)).encode()

    whole = ours()
    assert len(whole) > 5_000
    store = open_database(f"sqlite:///{home / 'blobs.db'}")
    with store.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS blob (page PRIMARY KEY, content)")
        connection.exec_driver_sql("INSERT OR REPLACE INTO blob VALUES (?, ?)", (page, whole))
    wanted = sa.text("SELECT content FROM blob WHERE page = :page")

    def ready() -> object:
        with reading(store) as session:
            return session.connection().execute(wanted, {"page": page}).scalar()

    return both(ours, ready)


def country(database: Path) -> tuple[float, float, float]:
    """Return the time of a State's whole plan: kept, worked out anew; and of three key ranges.

    The ranges are its points and two lines, read by key from an open connection.

    The lines are the aggregates of the world and of the State's region, stored ready beside.
    """
    from dashboard import progress
    from dashboard.services import profiles
    from dashboard.ui import cached

    found = cached.picture(PLAN)
    region = dict(zip(found.plan.areas["area"], found.plan.areas["region"], strict=True))
    groups = [found.plan.scope, *sorted({str(region[state]) for state in STATES})]
    lines = progress.aggregate(found.plan, groups=groups)[["group", "indicator", "year", "value"]]
    store = sqlite3.connect(database.with_name("blobs.db"))
    store.execute("DROP TABLE IF EXISTS line")
    store.execute(
        "CREATE TABLE line (area TEXT, indicator TEXT, year INTEGER, value REAL, "
        "PRIMARY KEY (area, indicator, year)) WITHOUT ROWID"
    )
    store.executemany("INSERT INTO line VALUES (?, ?, ?, ?)", lines.to_numpy().tolist())
    store.commit()
    record = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    number = dict(record.execute("SELECT code, id FROM area").fetchall())
    turn = iter(range(10**6))

    def anew() -> object:
        return profiles.standing(found, STATES[next(turn) // 2 % len(STATES)])

    def ours() -> object:
        cached.forget()
        state = STATES[next(turn) // 2 % len(STATES)]
        known = cached.picture(PLAN)
        return cached.kept("standing", lambda: profiles.standing(known, state), state, *known.key)

    def ranges() -> object:
        state = STATES[next(turn) // 2 % len(STATES)]
        points = record.execute(POINTS, (number[state],)).fetchall()
        areas = (found.plan.scope, region[state])
        return [points, *(store.execute(LINES, (area,)).fetchall() for area in areas)]

    first, points = both(anew, ranges)
    for _state in STATES:
        ours()
        next(turn)
    return both(ours, ranges)[0], points, first


def both(ours: Callable[[], object], reference: Callable[[], object]) -> tuple[float, float]:
    """Return the median processor milliseconds of two ways that take turns."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _turn in range(TURNS):
        for times, way in zip(taken, (ours, reference), strict=True):
            start = time.process_time()
            way()
            times.append((time.process_time() - start) * 1000)
    return statistics.median(taken[0]), statistics.median(taken[1])


if __name__ == "__main__":
    main(sys.argv[1])
