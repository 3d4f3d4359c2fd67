"""What changed since a moment: figures that came, were corrected, and verdicts that moved."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.services import changes, observations, review
from models import Identity, reading, unit_of_work
from tests.places import seen
from tests.tiny import CASES, LEVEL, NOON, PERCENT, PLAN, draft

Report = Callable[[str, int, str, datetime], None]
EARLY = NOON - timedelta(days=400)
THEN = NOON - timedelta(days=365)


def told(engine: Engine, area: str = "KEN") -> list[dict[Any, Any]]:
    """Return what changed in a year."""
    with reading(engine) as session:
        return changes.since(session, seen(engine), area, THEN).to_dict("records")


@pytest.fixture
def report(engine: Engine, coordinator: Identity, reviewer: Identity) -> Report:
    """Give a way to send a figure and have it accepted at a moment."""

    def send(indicator: str, year: int, value: str, at: datetime) -> None:
        def work(session: Session) -> None:
            sent = draft(indicator=indicator, period=str(year), value=Decimal(value))
            ref = observations.submit(
                session, coordinator, sent, plan=PLAN, token=f"{indicator}{year}{value}", now=at
            )
            review.accept(session, reviewer, ref, plan=PLAN, now=at)

        unit_of_work(engine, work)

    return send


def test_a_new_figure_that_moves_a_verdict_comes_first(engine: Engine, report: Report) -> None:
    # By 2020, 55 of the way from 40 (2015) to 90 (2030): pace 0.9. By 2024 it has fallen to 45.
    report(PERCENT, 2015, "40", EARLY)
    report(PERCENT, 2020, "55", EARLY)
    report(LEVEL, 2024, "2", NOON - timedelta(days=2))
    report(PERCENT, 2024, "45", NOON - timedelta(days=1))
    first, second = told(engine)
    assert (first["indicator"], first["what"], first["moved"]) == (PERCENT, "newer", -1)
    assert (first["before"], first["before_year"], first["value"]) == (55, 2020, 45)
    assert (first["status_before"], first["status"]) == ("moderate", "limited")
    assert (second["indicator"], second["what"], second["status_before"]) == (
        LEVEL,
        "first",
        "no_data",
    )


def test_a_correction_is_called_one(engine: Engine, report: Report) -> None:
    report(PERCENT, 2024, "50", EARLY)
    report(PERCENT, 2024, "52", NOON - timedelta(days=1))
    (row,) = told(engine)
    assert (row["what"], row["before"], row["value"]) == ("corrected", 50, 52)


def test_what_was_known_before_is_no_change(engine: Engine, report: Report) -> None:
    report(PERCENT, 2024, "50", EARLY)
    assert told(engine) == []
    assert told(engine, "UGA") == []


def test_an_earlier_count_that_could_be_small_is_not_told(engine: Engine, report: Report) -> None:
    report(CASES, 2023, "40", EARLY)
    report(CASES, 2024, "30", NOON - timedelta(days=1))
    (row,) = told(engine)
    assert row["value"] == 30
    assert row["before"] != row["before"]
