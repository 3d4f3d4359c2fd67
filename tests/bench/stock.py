"""Records to measure on: every State reports every indicator nearly every year, to any depth.

The plan, the areas and the people are those of the demonstration; the figures are drawn by lot,
the same every time.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from sqlmodel import Session

from dashboard.services import founding, history
from models import SYSTEM, Channel, Kind, open_database, unit_of_work
from models.migrations import upgrade
from seed import areas, content
from seed.demo.world import lot

PLAN: Final = "UN-GPA"
SEED: Final = 64293
YEARS: Final = tuple(range(2010, 2027))
GAPS: Final = 0.12
NOW: Final = datetime(2026, 11, 1, 9, tzinfo=UTC)
CELLS: Final = (
    *("_T", "sex=female", "sex=male", "age=child_0_17", "age=adult_18_plus"),
    *("age=child_0_17;sex=female", "age=adult_18_plus;sex=female"),
    *("age=child_0_17;sex=male", "age=adult_18_plus;sex=male", "disability=with_disability"),
)
"""Ten cells of the whole panel hold 2 million figures."""
TOPS: Final = {Kind.BINARY: 2, Kind.ORDINAL: 5}


def large(folder: Path) -> Path:
    """Make a record of 2 million figures, or take the one HEADWAY_BENCH_LARGE names."""
    ready = os.environ.get("HEADWAY_BENCH_LARGE")
    return Path(ready) if ready else panel(folder, CELLS)


def panel(folder: Path, cells: tuple[str, ...] = CELLS[:1]) -> Path:
    """Make a record in which every State reports every indicator; return its home."""
    folder.mkdir(exist_ok=True, mode=0o700)
    engine = open_database(f"sqlite:///{folder / 'headway.db'}")
    upgrade(engine)
    for _name, step in founding.for_real(now=NOW, with_facts=False):
        unit_of_work(engine, step)
    unit_of_work(engine, founding._targets(PLAN))
    for area in areas.read().members():
        unit_of_work(engine, lambda session, area=area: _report(session, area, cells))  # type: ignore[misc]
    engine.dispose()
    return folder


def _report(session: Session, area: str, cells: tuple[str, ...]) -> int:
    """Store the figures of one State, accepted in the year after."""
    rows = _figures(area, cells)
    return history.load(
        session, rows, plan=PLAN, channel=Channel.DEMO, by=SYSTEM.person_id, now=NOW
    )


def _figures(area: str, cells: tuple[str, ...]) -> pd.DataFrame:
    rng = lot(SEED, area)
    asked = content.read(PLAN).indicators
    shape = (len(cells), len(asked), len(YEARS))
    start = rng.uniform(5.0, 80.0, (*shape[:2], 1))
    drawn = np.clip(start + np.cumsum(rng.normal(0.8, 2.0, shape), axis=2), 0.0, 100.0)
    for place, one in enumerate(asked):
        if one.kind in TOPS:
            drawn[:, place] = np.floor(drawn[:, place] / 100.001 * TOPS[one.kind])
        elif one.kind is Kind.RATIO:
            drawn[:, place] /= 100.0
    there = rng.random(shape) >= GAPS
    cell, indicator, year = np.nonzero(there)
    told = [min(NOW, datetime(one + 1, 3, 1, 9, tzinfo=UTC)) for one in YEARS]
    when = pd.Series(told, dtype="datetime64[us, UTC]").iloc[year].reset_index(drop=True)
    codes = np.array([each.code for each in asked], dtype=object)
    years = np.array([str(one) for one in YEARS], dtype=object)
    fixed = {
        **dict.fromkeys(("qualifier", "missing_reason", "text", "evidence", "note", "comment"), ""),
        **dict.fromkeys(("numerator", "denominator", "source_date"), None),
        "status": "A",
        "nature": "C",
        "source": "Drawn by lot, to measure the program",
        "author": "bench",
        "decider": "other",
        "outcome": "accepted",
        "decision_note": "",
        "is_illustrative": True,
    }
    return pd.DataFrame(
        {
            "indicator": codes[indicator],
            "area": area,
            "cell": np.array(cells, dtype=object)[cell],
            "period": years[year],
            "value": np.char.mod("%.2f", drawn[there]).astype(object),
            "recorded_at": when,
            "decided_at": when,
        }
    ).assign(**fixed)
