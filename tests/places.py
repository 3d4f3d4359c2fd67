"""Figures for the tiny record, put in as a history, for tests about places."""

from datetime import datetime

import pandas as pd
from sqlalchemy.engine import Engine

from dashboard.services import history, views
from dashboard.services.views import Picture
from models import SYSTEM, TOTAL, Channel, reading, unit_of_work
from tests.tiny import NOON, PLAN

Told = tuple[str, str, int, float | None]
"""Area, indicator, year, value."""


def put(engine: Engine, *told: Told, at: datetime = NOON, **more: str) -> None:
    """Put accepted figures into the record at a moment; `more` are further fields of each."""
    rows = pd.DataFrame(
        [
            {
                **dict.fromkeys(history.TEXTS, ""),
                "status": "A",
                "nature": "C",
                "source": "The tests",
                "area": area,
                "indicator": indicator,
                "cell": TOTAL,
                "period": str(year),
                "value": None if value is None else f"{value:g}",
                "numerator": None,
                "denominator": None,
                "source_date": None,
                "outcome": "accepted",
                "decision_note": "",
                "author": SYSTEM.person_id,
                "decider": SYSTEM.person_id,
                "recorded_at": at,
                "decided_at": at,
                "is_illustrative": False,
                **more,
            }
            for area, indicator, year, value in told
        ]
    )
    unit_of_work(
        engine,
        lambda session: history.load(
            session, rows, plan=PLAN, channel=Channel.IMPORT, by=SYSTEM.person_id, now=at
        ),
    )


def seen(engine: Engine, *, as_of: datetime | None = None) -> Picture:
    """Return the picture of the tiny plan at noon."""
    with reading(engine) as session:
        return views.picture(session, PLAN, as_of=as_of, today=NOON)
