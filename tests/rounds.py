"""A round of the tiny record, and the ways tests go through it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlmodel import Session

from dashboard.services import observations, rounds, updates
from dashboard.services.lookup import Ref
from models import Identity, RoundInput
from tests.tiny import LEVEL, NOON, PERCENT, PLAN, draft, update

DUE: Final = date(2026, 7, 15)
"""Fifteen days after noon of the tests."""
LATE: Final = NOON + timedelta(days=20)
"""20 July: five days after the due date."""
CONTACT: Final = "Office of the plan, rounds@example.org"


def asked(**changes: Any) -> RoundInput:
    """Return a round that asks Kenya and Namibia for two indicators and a measure."""
    usual: dict[str, Any] = {
        "name": "Round of 2024",
        "period": "2024",
        "opens": date(2026, 6, 1),
        "due": DUE,
        "contact": CONTACT,
        "areas": ("KEN", "NAM"),
        "indicators": (PERCENT, LEVEL),
        "measures": ("A.1",),
    }
    return rounds.parse(usual | changes)


def opened(session: Session, who: Identity, token: str = "open", **changes: Any) -> str:
    """Open the round and return its code."""
    return rounds.open_round(session, who, asked(**changes), plan=PLAN, token=token, now=NOON)


def send(session: Session, who: Identity, **changes: Any) -> Ref:
    """Send a figure of Kenya, with these fields changed."""
    sent = draft(**changes)
    token = f"{sent.indicator}{sent.period}{sent.area}{sent.value}"
    return observations.submit(session, who, sent, plan=PLAN, token=token, now=NOON)


def send_all(session: Session, who: Identity) -> None:
    """Send all that the round asks of Kenya."""
    send(session, who)
    send(session, who, indicator=LEVEL, value=Decimal(2))
    updates.submit(session, who, update(), plan=PLAN, token="u", now=NOON)
