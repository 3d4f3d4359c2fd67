"""What is accepted later leaves a past moment as it was; what is put into that past shows in it."""

from datetime import timedelta
from decimal import Decimal

import numpy as np
from sqlmodel import Session

from dashboard.services import observations, reads, review
from models import Identity
from tests.tiny import NOON, PERCENT, PLAN, draft

HOUR = timedelta(hours=1)


def accept(
    session: Session, people: tuple[Identity, Identity], period: str, value: str, hours: int
) -> None:
    coordinator, reviewer = people
    now = NOON + hours * HOUR
    sent = draft(indicator=PERCENT, period=period, value=Decimal(value))
    token = f"{period}{value}"
    ref = observations.submit(session, coordinator, sent, plan=PLAN, token=token, now=now)
    review.accept(session, reviewer, ref, plan=PLAN, now=now)


def known(session: Session, hours: int) -> list[float]:
    """Return every value that was accepted so many hours after noon."""
    cube = reads.load(session, PLAN, as_of=NOON + hours * HOUR).cube
    return sorted(cube.totals[~np.isnan(cube.totals)].tolist())


def test_a_past_moment_stays_as_it_was_and_takes_in_what_is_put_into_it(
    session: Session, coordinator: Identity, reviewer: Identity
) -> None:
    people = (coordinator, reviewer)
    accept(session, people, "2022", "10", 0)
    assert known(session, 5) == [10.0]
    accept(session, people, "2023", "20", 6)  # after the moment
    assert known(session, 5) == [10.0]
    accept(session, people, "2021", "30", 3)  # a record restored from elsewhere: before it
    assert known(session, 5) == [10.0, 30.0]
    accept(session, people, "2022", "40", 4)  # a correction that was in force by then
    assert known(session, 5) == [30.0, 40.0]
    assert known(session, 2) == [10.0]
