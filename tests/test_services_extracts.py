"""A part of the record: what stands now, what stood once, and how much that is."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

import pandas as pd
import pytest
from sqlalchemy.engine import Engine

from dashboard.services import extracts, observations, review
from dashboard.services.disclosure import REASON
from dashboard.services.extracts import Wanted
from models import Identity, NotFound, reading, unit_of_work
from tests.tiny import CASES, NOON, PERCENT, PLAN, draft

SENT: Final[tuple[dict[str, Any], ...]] = (
    {"period": "2016", "value": Decimal("20.50")},
    {"period": "2024"},
    {"indicator": CASES, "period": "2023", "value": Decimal(3)},
    {"period": "2016", "value": Decimal(21)},
)


@pytest.fixture
def record(engine: Engine, coordinator: Identity, reviewer: Identity) -> Engine:
    """Give a record with a revision and a small count."""
    for number, changes in enumerate(SENT):
        at = NOON + timedelta(minutes=number)
        send = partial(observations.submit, who=coordinator, draft=draft(**changes), plan=PLAN)
        ref = unit_of_work(engine, partial(send, token=str(number), now=at))
        take = partial(review.accept, who=reviewer, ref=ref, plan=PLAN, now=at)
        unit_of_work(engine, take)
    return engine


def history(engine: Engine, wanted: Wanted, *, size: int = 2, **how: bool) -> pd.DataFrame:
    with reading(engine) as session:
        return pd.concat(list(extracts.history(session, wanted, size=size, **how)))


def test_history_holds_what_no_longer_counts_and_says_since_when(record: Engine) -> None:
    table = history(record, Wanted(PLAN))
    assert table["exact"].fillna("").tolist() == ["20.50", "21", "62.5", ""]
    ended = table["ended_at"].tolist()
    assert ended[0] == pd.Timestamp(NOON + timedelta(minutes=3))
    assert pd.isna(ended[1:]).all()


def test_history_hides_small_counts(record: Engine) -> None:
    row = history(record, Wanted(PLAN, indicators=(CASES,))).iloc[0]
    assert (row["status"], row["missing_reason"]) == ("Q", REASON)
    assert pd.isna(row["value"])


def test_history_is_of_its_moment(record: Engine) -> None:
    before = history(record, Wanted(PLAN, as_of=NOON + timedelta(minutes=2)))
    assert len(before) == 3
    assert before["ended_at"].isna().all(), "the revision had not come yet"


def test_history_can_come_by_when_it_was_accepted(record: Engine) -> None:
    table = history(record, Wanted(PLAN), by_moment=True)
    assert table["period"].tolist() == ["2016", "2024", "2023", "2016"]


@pytest.mark.parametrize(
    ("wanted", "now", "ever"),
    [
        (Wanted(PLAN), 3, 4),
        (Wanted(PLAN, indicators=(PERCENT,), years=(2016, 2020)), 1, 2),
        (Wanted(PLAN, areas=("FRA",)), 0, 0),
        (Wanted(PLAN, cells=("sex=female",)), 0, 0),
        (Wanted(PLAN, as_of=NOON), 1, 1),
    ],
)
def test_the_count_is_that_of_the_rows(record: Engine, wanted: Wanted, now: int, ever: int) -> None:
    with reading(record) as session:
        assert extracts.count(session, wanted) == now
        assert extracts.count(session, wanted, with_history=True) == ever
        assert len(extracts.observations(session, wanted).rows) == now


def test_a_code_that_is_not_there_is_said(record: Engine) -> None:
    with reading(record) as session, pytest.raises(NotFound, match="No area has the code 'XX9'"):
        extracts.count(session, Wanted(PLAN, areas=("XX9",)))
