"""My tasks: what is owed, by when, what came back, what is new, and why something is locked."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session

from dashboard.services import access, correspondence, drafts, review, rounds, tasks
from dashboard.services.tasks import Errand
from models import FIRST, FOREVER, Grant, Held, Identity, Indicator, NotAllowed, Role
from tests import rounds as tiny_rounds
from tests.rounds import CONTACT, DUE, LATE, send, send_all
from tests.tiny import AFRICA, KENYA, LEVEL, NAMIBIA, NOON, PERCENT, PLAN


@pytest.fixture
def secretariat(person: Callable[[str], Identity]) -> Identity:
    return person("secretariat")


@pytest.fixture
def code(session: Session, secretariat: Identity) -> str:
    return tiny_rounds.opened(session, secretariat)


@pytest.fixture
def regional(session: Session) -> Identity:
    """Give the coordinator of Namibia the whole of Africa."""
    return Identity(
        "neighbour",
        "Neighbour",
        "",
        (Held(Role.COORDINATOR, PLAN, frozenset({AFRICA, KENYA, NAMIBIA})),),
    )


def only(session: Session, who: Identity, now: object = NOON) -> Errand:
    (found,) = tasks.mine(session, who, plan=PLAN, now=now)  # type: ignore[arg-type]
    return found


def test_a_coordinator_sees_what_their_own_area_owes(
    session: Session, coordinator: Identity, code: str
) -> None:
    found = only(session, coordinator)
    assert (found.round, found.area, found.due, found.days) == (code, "KEN", DUE, 15)
    assert found.tasks["code"].tolist() == ["A.1", PERCENT, LEVEL]
    assert set(found.tasks["state"]) == {"not_started"}
    assert (found.expected, found.done, found.lock, found.receipt) == (3, 0, "", None)


def test_what_was_sent_back_stands_first_with_what_the_reviewer_wrote(
    session: Session, coordinator: Identity, reviewer: Identity, code: str
) -> None:
    ref = send(session, coordinator, indicator=LEVEL, value=Decimal(2))
    review.send_back(session, reviewer, ref, plan=PLAN, note="which law?", now=NOON)
    taken = send(session, coordinator)
    review.accept(session, reviewer, taken, plan=PLAN, note="thank you", now=NOON)
    drafts.keep(session, coordinator, {}, plan=PLAN, area="KEN", subject="A.1", now=NOON)
    found = only(session, coordinator).tasks
    assert found["state"].tolist() == ["returned", "draft", "accepted"]
    assert found["ref"].tolist() == ["KEN-1", "", "KEN-2"]
    assert found["note"].tolist() == ["which law?", "", ""]


def test_days_are_counted_from_the_areas_own_due_date(
    session: Session, coordinator: Identity, secretariat: Identity, code: str
) -> None:
    assert only(session, coordinator, LATE).days == -5
    assert only(session, coordinator, LATE).is_late
    until = date(2026, 8, 1)
    rounds.extend(
        session, secretariat, code, ["KEN"], due=until, reason="flood", token="e", now=LATE
    )
    found = only(session, coordinator, LATE)
    assert (found.days, found.is_late, found.extension_reason) == (12, False, "flood")


def test_a_lock_says_why_and_whom_to_ask(
    session: Session, coordinator: Identity, secretariat: Identity, code: str
) -> None:
    tiny_rounds.opened(session, secretariat, "next", name="Round to come", opens=date(2026, 7, 1))
    rounds.close(session, secretariat, code, token="c", now=NOON)
    locks = {
        found.name: found.lock for found in tasks.mine(session, coordinator, plan=PLAN, now=NOON)
    }
    assert locks["Round of 2024"] == (
        "Round of 2024 was closed on 2026-06-30; the due date was 2026-07-15. "
        f"Ask {CONTACT} for an extension."
    )
    assert locks["Round to come"] == (
        f"Round to come opens on 2026-07-01. Ask {CONTACT} if you have to send earlier."
    )


def test_a_sealed_round_is_no_task_any_more(
    session: Session, coordinator: Identity, secretariat: Identity, code: str
) -> None:
    rounds.close(session, secretariat, code, token="c", now=NOON)
    rounds.seal(session, secretariat, code, token="s", now=NOON)
    assert tasks.mine(session, coordinator, plan=PLAN, now=NOON) == []


def test_what_changed_since_the_last_visit_is_new(
    session: Session, coordinator: Identity, reviewer: Identity, secretariat: Identity, code: str
) -> None:
    ref = send(session, coordinator)
    assert not only(session, coordinator).tasks["is_new"].any(), "nothing stands out at first"
    correspondence.visit(session, coordinator, now=NOON)
    an_hour, a_day = NOON + timedelta(hours=1), NOON + timedelta(days=1)
    review.send_back(session, reviewer, ref, plan=PLAN, note="which year?", now=an_hour)
    rounds.remind(session, secretariat, code, ["KEN"], token="r", now=an_hour)
    found = only(session, coordinator, a_day)
    assert found.tasks.set_index("code")["is_new"].to_dict() == {
        PERCENT: True,
        "A.1": False,
        LEVEL: False,
    }
    assert found.is_reminded
    correspondence.visit(session, coordinator, now=a_day)
    assert only(session, coordinator, a_day).tasks["is_new"].any(), (
        "still new while it is looked at"
    )
    later = a_day + timedelta(hours=2)
    correspondence.visit(session, coordinator, now=later)
    assert not only(session, coordinator, later).tasks["is_new"].any()


def test_the_receipt_stands_at_the_end(session: Session, coordinator: Identity, code: str) -> None:
    send_all(session, coordinator)
    rounds.deliver(session, coordinator, code, "KEN", token="d", now=NOON)
    found = only(session, coordinator)
    assert (found.done, found.receipt) == (3, "KEN-2026-0001")


def test_only_those_who_report_have_tasks(
    session: Session, secretariat: Identity, reviewer: Identity, code: str
) -> None:
    for who in (secretariat, reviewer):
        with pytest.raises(NotAllowed, match="do not report"):
            tasks.mine(session, who, plan=PLAN, now=NOON)


def test_somebody_who_reports_for_a_region_sees_who_in_it_has_reported(
    session: Session, coordinator: Identity, regional: Identity, code: str
) -> None:
    send_all(session, coordinator)
    found = tasks.neighbours(session, regional, code, now=NOON)
    assert found is not None
    assert found.set_index("area")["status"].to_dict() == {
        "KEN": "submitted",
        "NAM": "not_started",
    }
    assert tasks.neighbours(session, coordinator, code, now=NOON) is None


def test_a_region_is_asked_for_what_regions_report(
    session: Session, secretariat: Identity, regional: Identity
) -> None:
    indicator = session.get_one(Indicator, 3)
    indicator.levels = ["national", "regional"]
    session.flush()
    tiny_rounds.opened(session, secretariat, areas=("KEN", "M49-002"))
    found = {one.area: one for one in tasks.mine(session, regional, plan=PLAN, now=NOON)}
    assert found["M49-002"].tasks["code"].tolist() == [LEVEL]
    assert found["KEN"].expected == 3


def test_a_grant_that_has_ended_leaves_no_task(session: Session, code: str) -> None:
    held = session.get_one(Grant, "grant-coordinator")
    assert (held.since, held.until) == (FIRST, FOREVER)
    held.until = NOON
    session.flush()
    who = access.identity(session, "coordinator", now=NOON)
    with pytest.raises(NotAllowed):
        tasks.mine(session, who, plan=PLAN, now=NOON)
