"""What changed in the record: between moments, snapshots, and one and the other."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.engine import Engine

from dashboard.services import differences
from dashboard.services.differences import Differences
from models import BadInput, Identity, NotFound, reading
from tests.test_services_snapshots import accept, send, take, withdraw
from tests.tiny import NOON, PERCENT, PLAN

LATER = NOON + timedelta(days=1)


def between(engine: Engine, start: str, end: str) -> Differences:
    with reading(engine) as session:
        ends = [differences.point(session, PLAN, one, now=LATER) for one in (start, end)]
        return differences.between(session, PLAN, *ends, now=LATER)


@pytest.fixture
def record(engine: Engine, coordinator: Identity, reviewer: Identity) -> Engine:
    """Give a record with two figures, the later of which is corrected after two hours."""
    for hour, period, value in ((0, "2016", 20), (0, "2024", 60), (2, "2024", 70), (2, "2025", 71)):
        at = NOON + timedelta(hours=hour)
        ref = send(engine, coordinator, at=at, period=period, value=Decimal(value))
        accept(engine, reviewer, ref, at=at)
    return engine


HOUR = (NOON + timedelta(hours=1)).isoformat()


def test_between_two_moments_each_figure_has_its_cause(record: Engine) -> None:
    found = between(record, HOUR, "now")
    told = found.observations[["area", "indicator", "period", "value_before", "value_after"]]
    assert told.to_numpy(object).tolist() == [
        ["KEN", PERCENT, "2024", "60", "70"],
        ["KEN", PERCENT, "2025", "", "71"],
    ]
    assert found.observations["cause"].tolist() == ["revision", "report"]
    kenya = found.statuses.iloc[0]
    # From 20 towards 90: 40/70 and 51/70 of the road.
    assert (kenya["share_before"], kenya["share_after"]) == (0.5714285714, 0.7285714286)


def test_a_snapshot_stands_for_its_moment(record: Engine, evaluator: Identity) -> None:
    taken = take(record, evaluator, as_of=NOON + timedelta(hours=1), now=LATER)
    by_moment, by_snapshot = between(record, HOUR, "now"), between(record, taken.id[:12], "now")
    for name in ("observations", "statuses", "aggregates", "counts"):
        assert getattr(by_moment, name).equals(getattr(by_snapshot, name)), name


def test_what_was_withdrawn_is_told_as_withdrawn(
    record: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    at = NOON + timedelta(hours=3)
    ref = send(record, coordinator, at=at, period="2020", value=Decimal(33))
    accept(record, reviewer, ref, at=at)
    withdraw(record, reviewer, ref, at=at + timedelta(hours=2))
    found = between(record, (at + timedelta(hours=1)).isoformat(), "now")
    assert found.observations[["period", "cause"]].to_numpy(object).tolist() == [
        ["2020", "withdrawal"]
    ]


@pytest.mark.parametrize(
    ("start", "end", "error", "said"),
    [
        ("now", HOUR, BadInput, "earlier state first"),
        (HOUR, "2030-01-01", BadInput, "in the future"),
        ("last year", "now", BadInput, "neither a day"),
        ("ab" * 16, "now", NotFound, "No snapshot"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(
    record: Engine, start: str, end: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        between(record, start, end)
