"""Reports on measures: what they say of resources, and what the record keeps of it."""

from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, select

from dashboard.services import audit, contents, editions, review, updates
from models import BadInput, Identity, MeasureUpdate
from tests.tiny import NOON, PLAN, update


def say(**changes: Any) -> dict[str, Any]:
    return {**update().model_dump(), **changes}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"resources_needed": "10"}, "say in which currency the amounts are"),
        ({"resources_committed": "-1", "currency": "USD"}, "zero or more"),
        ({"resources_needed": "NaN", "currency": "USD"}, "finite"),
        ({"currency": "US dollars"}, "three letters"),
        ({"resources": "x" * 2001}, "2000"),
    ],
)
def test_resources_that_cannot_be_read_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        updates.parse(say(**changes))


def test_resources_are_kept_to_the_last_digit_and_leave_with_a_snapshot(
    session: Session, coordinator: Identity, reviewer: Identity, administrator: Identity
) -> None:
    told = updates.parse(
        say(
            resources="Two posts; the ministry pays one",
            resources_needed="250000.10",
            resources_committed="0",
            currency="kes",
        )
    )
    ref = updates.submit(session, coordinator, told, plan=PLAN, token="a", now=NOON)
    review.accept(session, reviewer, ref, plan=PLAN, now=NOON)
    kept = session.exec(select(MeasureUpdate)).one()
    amounts = (kept.resources_needed, kept.resources_committed, kept.currency, kept.batch_id)
    assert amounts == (Decimal("250000.10"), Decimal(0), "KES", None)
    assert str(kept.resources_needed) == "250000.10"
    tables = contents.tables(session, editions.in_force(session, PLAN, NOON), as_of=NOON)
    row = tables["measure_updates"].iloc[0]
    assert [row[name] for name in ("resources_needed", "resources_committed", "currency")] == [
        "250000.10",
        "0",
        "KES",
    ]
    assert not [said for said in audit.problems(session, administrator) if "KEN" in said]
