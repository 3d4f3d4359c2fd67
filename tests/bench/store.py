"""A record of any size for benches: 193 States, indicators of the plan, years, and revisions.

It is written into the tables at once and not through the services, which other benches measure.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from sqlalchemy.engine import Engine
from sqlmodel import Session, select

from dashboard.services import derived, plans
from dashboard.services.history import OBSERVATIONS
from models import (
    FOREVER,
    SYSTEM,
    AreaKind,
    Cell,
    Indicator,
    ReferenceArea,
    micros,
    open_database,
    unit_of_work,
)
from models.migrations import upgrade
from seed import content

PLAN: Final = "UN-GPA"
FOUNDED: Final = datetime(2026, 1, 1, tzinfo=UTC)
PAST: Final = datetime(2023, 1, 1, tzinfo=UTC)
YEARS: Final = range(2010, 2025)
INDICATORS: Final = 60
PART: Final = 200_000


@dataclass(frozen=True)
class Size:
    """How many cells of disaggregation there are, and how many revisions each figure had."""

    cells: int = 1
    revisions: int = 1


def make(path: Path, size: Size) -> Engine:
    """Return a record of 193 States x 60 indicators x 15 years, as often as the size says."""
    engine = open_database(f"sqlite:///{path}")
    upgrade(engine)
    unit_of_work(engine, lambda session: _filled(session, size))
    return engine


def _filled(session: Session, size: Size) -> None:
    plans.install_areas(session, SYSTEM, now=FOUNDED)
    plans.install(session, SYSTEM, content.read(PLAN), now=FOUNDED)
    session.add_all(Cell(id=place, code=f"part=p{place}") for place in range(1, size.cells))
    session.flush()
    rows = _rows(session, size)
    for start in range(0, len(rows), PART):
        part = rows.iloc[start : start + PART]
        derived.insert(session, OBSERVATIONS, part)
        spans = part.assign(value=part["number"], denominator=None)
        derived.insert(session, derived.SPANS, spans)
        current = spans[spans["ended_at"] == micros(FOREVER)]
        if len(current):
            derived.insert(session, derived.CURRENT, current)


def _rows(session: Session, size: Size) -> pd.DataFrame:
    """Return every revision, by area, indicator, cell and year; the last of each counts."""
    kinds = ReferenceArea.kind
    areas = [one.id for one in session.exec(select(ReferenceArea).where(kinds == AreaKind.STATE))]
    asked = select(Indicator).where(Indicator.plan_code == PLAN, Indicator.min_cell == 0)
    indicators = [one.id for one in session.exec(asked)][:INDICATORS]
    axes = (sorted(areas), sorted(indicators), range(size.cells), YEARS, range(size.revisions))
    grid = pd.MultiIndex.from_product(
        axes, names=["area_id", "indicator_id", "cell_id", "year", "step"]
    ).to_frame(index=False)
    draw = np.random.default_rng(7).integers(0, 100_000, len(grid)) / 1000
    first = micros(datetime(2021, 1, 1, tzinfo=UTC))
    apart = timedelta(days=1500) // timedelta(microseconds=1) // size.revisions
    accepted = first + grid["step"] * apart + grid["year"] * 1000
    is_last = grid["step"] == size.revisions - 1
    return grid.assign(
        seq=grid.groupby("area_id").cumcount() + 1,
        period=grid["year"].astype("str"),
        number=draw,
        value=draw.astype(str),
        qualifier="",
        status="A",
        missing_reason="",
        text="",
        nature="C",
        source="Annual report of the Ministry",
        evidence="",
        note="",
        comment="",
        channel="fact",
        is_illustrative=False,
        author_id="system",
        recorded_at=accepted,
        accepted_at=accepted,
        ended_at=(accepted + apart).where(~is_last, micros(FOREVER)),
    )
