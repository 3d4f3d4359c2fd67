"""Measures: indicators held against their targets, and how far a measure is carried out."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from sqlmodel import Session

from dashboard.services import measures, observations, review, updates, views
from dashboard.services.views import Picture
from models import Identity
from tests.tiny import CASES, CONTEXT, LEVEL, NOON, PERCENT, PLAN, TREATY, draft, update


@pytest.fixture
def found(session: Session, coordinator: Identity, reviewer: Identity) -> Picture:
    """Give the tiny plan with Kenya's share of victims assisted: 40, then 60."""
    for year, value in ((2015, "40"), (2025, "60")):
        sent = observations.submit(
            session,
            coordinator,
            draft(indicator=PERCENT, period=str(year), value=Decimal(value)),
            plan=PLAN,
            token=f"t{year}",
            now=NOON,
        )
        review.accept(session, reviewer, sent, plan=PLAN, now=NOON)
    return views.picture(session, PLAN, today=NOON)


def row(table: pd.DataFrame, indicator: str) -> pd.Series:
    found = table.set_index("indicator").loc[indicator]
    assert isinstance(found, pd.Series)
    return found


def test_a_state_is_held_against_the_target_that_holds_for_it(found: Picture) -> None:
    own = row(measures.standing(found, "KEN"), PERCENT)
    assert (own["value"], own["base"], own["target"], own["target_year"]) == (60, 40, 90, 2030)
    assert (own["target_status"], own["operator"]) == ("proposed", ">=")


def test_a_series_without_a_value_still_has_its_target(found: Picture) -> None:
    own = row(measures.standing(found, "KEN"), LEVEL)
    assert np.isnan(own["value"])
    assert (own["status"], own["target"], own["target_year"]) == ("no_data", 4, 2030)


def test_no_target_stays_no_target(found: Picture) -> None:
    own = row(measures.standing(found, "KEN"), CONTEXT)
    assert np.isnan(own["target"])
    assert (own["target_status"], own["status"]) == ("", "context_only")


def test_a_share_of_states_is_to_become_all_of_them(found: Picture) -> None:
    own = row(measures.standing(found, "M49-001"), TREATY)
    assert (own["unit"], own["target"], own["upper"]) == ("%", 100, 100)


def test_a_sum_takes_no_target_of_single_states(found: Picture) -> None:
    assert np.isnan(row(measures.standing(found, "M49-001"), CASES)["target"])
    assert row(measures.standing(found, "KEN"), CASES)["target"] == 10


def sent(session: Session, people: tuple[Identity, Identity], **changes: object) -> None:
    coordinator, reviewer = people
    ref = updates.submit(
        session, coordinator, update(**changes), plan=PLAN, token=str(changes), now=NOON
    )
    review.accept(session, reviewer, ref, plan=PLAN, now=NOON)


def test_every_measure_adds_up_to_the_member_states(
    session: Session, found: Picture, coordinator: Identity, reviewer: Identity
) -> None:
    sent(session, (coordinator, reviewer), implementation="blocked", blocker="No budget")
    newest = measures.latest(updates.accepted(session, plan=PLAN))
    counts = measures.execution(found, newest)
    assert counts.groupby("measure")["n"].sum().to_dict() == {"A.1": 4, "A.2": 4, "B.1": 4}
    one = counts[counts["measure"] == "A.1"].set_index("implementation")["n"].to_dict()
    assert one == {"blocked": 1, "no_data": 3}
    where = measures.by_region(found, newest, "A.1").set_index("area")["implementation"]
    assert where.to_dict() == {
        "FRA": "no_data", "KEN": "blocked", "NAM": "no_data", "UGA": "no_data",
    }  # fmt: skip


def test_only_the_newest_report_of_an_area_counts(
    session: Session, found: Picture, coordinator: Identity, reviewer: Identity
) -> None:
    people = (coordinator, reviewer)
    sent(session, people, as_at="2026-03-01", implementation="planned", milestone="Law drafted")
    sent(session, people, as_at="2026-05-01", implementation="completed", milestone="Law passed")
    newest = measures.latest(updates.accepted(session, plan=PLAN))
    assert newest["implementation"].map(str).tolist() == ["completed"]
    assert measures.milestones(newest, "A.1")["milestone"].tolist() == ["Law passed"]


def test_what_still_waits_for_review_does_not_count(
    session: Session, found: Picture, coordinator: Identity
) -> None:
    updates.submit(session, coordinator, update(), plan=PLAN, token="waits", now=NOON)
    newest = measures.latest(updates.accepted(session, plan=PLAN))
    counts = measures.execution(found, newest)
    assert counts["implementation"].unique().tolist() == ["no_data"]
