"""Reporting rounds: opened, extended, reminded, closed and sealed; what is owed; receipts."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session, select

from dashboard.services import drafts, ledger, observations, review, rounds, updates
from dashboard.services.lookup import Ref
from models import (
    ANONYMOUS,
    SYSTEM,
    AuditEvent,
    BadInput,
    Identity,
    NotAllowed,
    NotFound,
    ReportingRound,
    SignInNeeded,
    Submission,
    WrongState,
    unit_of_work,
)
from tests.rounds import DUE, LATE, asked, opened, send, send_all
from tests.tiny import KENYA, LEVEL, NAMIBIA, NOON, PERCENT, PLAN, TREATY, draft, update


@pytest.fixture
def secretariat(person: Callable[[str], Identity]) -> Identity:
    return person("secretariat")


@pytest.fixture
def code(session: Session, secretariat: Identity) -> str:
    return rounds.open_round(session, secretariat, asked(), plan=PLAN, token="open", now=NOON)


def where(session: Session, who: Identity, code: str, area: str, now: Any = NOON) -> Any:
    table = rounds.cockpit(session, who, code, now=now).set_index("area")
    return table.loc[area].to_dict()


# Opening --------------------------------------------------------------------------------------


def test_a_round_is_opened_once_for_a_token(session: Session, secretariat: Identity) -> None:
    first = rounds.open_round(session, secretariat, asked(), plan=PLAN, token="t", now=NOON)
    again = rounds.open_round(session, secretariat, asked(), plan=PLAN, token="t", now=LATE)
    other = rounds.open_round(session, secretariat, asked(), plan=PLAN, token="u", now=NOON)
    assert (first, again, other) == ("TINY-R1", "TINY-R1", "TINY-R2")
    assert len(rounds.listing(session, PLAN)) == 2


def test_every_area_that_is_asked_has_it_in_its_chain(session: Session, code: str) -> None:
    events = session.exec(select(AuditEvent).where(AuditEvent.action == "round.opened")).all()
    assert {event.chain for event in events} == {0, KENYA, NAMIBIA}
    assert ledger.verify(session) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"due": date(2026, 5, 1)}, "the due date lies before the day"),
        ({"areas": ()}, "choose at least one area"),
        ({"indicators": (), "measures": ()}, "choose at least one indicator or measure"),
        ({"period": "last year"}, "a period is written"),
    ],
)
def test_a_round_that_cannot_be_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        asked(**change)


def test_nobody_is_asked_for_what_coordinators_do_not_enter(
    session: Session, secretariat: Identity
) -> None:
    wanted = asked(indicators=(PERCENT, TREATY))
    with pytest.raises(BadInput, match=r"B\.1\.3 is not entered by coordinators"):
        rounds.open_round(session, secretariat, wanted, plan=PLAN, token="t", now=NOON)
    assert session.exec(select(ReportingRound)).all() == []


STEPS: dict[str, Callable[..., Any]] = {
    "open": lambda s, who, code: rounds.open_round(s, who, asked(), plan=PLAN, token="x", now=NOON),
    "extend": lambda s, who, code: rounds.extend(
        s, who, code, ["KEN"], due=DUE, reason="flood", token="x", now=NOON
    ),
    "remind": lambda s, who, code: rounds.remind(s, who, code, ["KEN"], token="x", now=NOON),
    "close": lambda s, who, code: rounds.close(s, who, code, token="x", now=NOON),
    "seal": lambda s, who, code: rounds.seal(s, who, code, token="x", now=NOON),
    "cockpit": lambda s, who, code: rounds.cockpit(s, who, code, now=NOON),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", ["coordinator", "reviewer", "evaluator", "viewer"])
def test_only_the_secretariat_and_administrators_run_rounds(
    session: Session, person: Callable[[str], Identity], code: str, step: str, name: str
) -> None:
    with pytest.raises(NotAllowed, match="run by the secretariat"):
        STEPS[step](session, person(name), code)
    with pytest.raises(SignInNeeded):
        STEPS[step](session, ANONYMOUS, code)


@pytest.mark.parametrize("step", ["open", "extend", "remind", "close", "cockpit"])
def test_an_administrator_may_run_rounds_too(
    session: Session, person: Callable[[str], Identity], code: str, step: str
) -> None:
    STEPS[step](session, person("administrator"), code)


def test_the_secretariat_neither_submits_nor_reviews(
    session: Session, secretariat: Identity, coordinator: Identity, code: str
) -> None:
    with pytest.raises(NotAllowed):
        send(session, secretariat)
    ref = send(session, coordinator)
    with pytest.raises(NotAllowed):
        review.accept(session, secretariat, ref, plan=PLAN, now=NOON)


# Where an area stands -------------------------------------------------------------------------


def test_what_is_owed_follows_what_was_sent(
    session: Session,
    secretariat: Identity,
    coordinator: Identity,
    reviewer: Identity,
    code: str,
) -> None:
    assert where(session, secretariat, code, "KEN")["status"] == "not_started"
    drafts.keep(
        session, coordinator, {"value": "6"}, plan=PLAN, area="KEN", subject=LEVEL, now=NOON
    )
    found = where(session, secretariat, code, "KEN")
    assert (found["status"], found["draft"], found["not_started"]) == ("started", 1, 2)
    first = send(session, coordinator)
    second = send(session, coordinator, indicator=LEVEL, value=Decimal(2))
    found = where(session, secretariat, code, "KEN")
    assert (found["submitted"], found["draft"], found["not_started"]) == (2, 0, 1)
    assert found["progress"] == pytest.approx(2 / 3)
    review.accept(session, reviewer, first, plan=PLAN, now=NOON)
    review.send_back(session, reviewer, second, plan=PLAN, note="which year?", now=NOON)
    found = where(session, secretariat, code, "KEN")
    assert (found["accepted"], found["returned"], found["expected"]) == (1, 1, 3)
    assert found["status"] == "returned"
    namibia = where(session, secretariat, code, "NAM")
    assert (namibia["expected"], namibia["not_started"], namibia["progress"]) == (3, 3, 0.0)


def test_a_figure_of_another_year_or_of_a_part_pays_no_debt(
    session: Session, secretariat: Identity, coordinator: Identity
) -> None:
    wanted = asked(indicators=(PERCENT, "A.1.2"), measures=())
    code = rounds.open_round(session, secretariat, wanted, plan=PLAN, token="t", now=NOON)
    send(session, coordinator, period="2023")
    send(session, coordinator, indicator="A.1.2", value=Decimal(7), cell="sex=female")
    assert where(session, secretariat, code, "KEN")["not_started"] == 2
    send(session, coordinator, period="2024-07")
    assert where(session, secretariat, code, "KEN")["not_started"] == 1


def test_an_honest_missing_value_is_a_report(
    session: Session, secretariat: Identity, coordinator: Identity, code: str
) -> None:
    send(session, coordinator, value=None, status="L", missing_reason="no register yet", source="")
    assert where(session, secretariat, code, "KEN")["submitted"] == 1


def test_an_area_is_late_once_its_own_due_date_is_past(
    session: Session, secretariat: Identity, code: str
) -> None:
    assert not where(session, secretariat, code, "KEN")["is_late"]
    found = where(session, secretariat, code, "KEN", now=LATE)
    assert found["is_late"]
    assert found["status"] == "late"
    rounds.extend(
        session,
        secretariat,
        code,
        ["KEN"],
        due=date(2026, 8, 1),
        reason="flood",
        token="e",
        now=LATE,
    )
    found = where(session, secretariat, code, "KEN", now=LATE)
    assert not found["is_late"]
    assert (found["is_extended"], found["extension_reason"]) == (True, "flood")
    assert where(session, secretariat, code, "NAM", now=LATE)["is_late"]


# Closing --------------------------------------------------------------------------------------


def test_a_closed_round_locks_and_says_why_and_whom_to_ask(
    session: Session, secretariat: Identity, coordinator: Identity, code: str
) -> None:
    rounds.close(session, secretariat, code, token="c", now=NOON)
    with pytest.raises(WrongState) as refusal:
        send(session, coordinator)
    assert "Round of 2024 was closed on 2026-06-30; the due date was 2026-07-15." in str(
        refusal.value
    )
    assert "Ask Office of the plan, rounds@example.org for an extension." in str(refusal.value)
    with pytest.raises(WrongState, match="was closed"):
        updates.submit(session, coordinator, update(), plan=PLAN, token="u", now=NOON)
    with pytest.raises(WrongState, match="was closed"):
        rounds.deliver(session, coordinator, code, "KEN", token="d", now=NOON)
    send(session, coordinator, period="2023")  # nobody closed the year before


def test_a_file_is_locked_out_like_a_form(
    session: Session, secretariat: Identity, coordinator: Identity, code: str
) -> None:
    rounds.close(session, secretariat, code, token="c", now=NOON)
    with pytest.raises(WrongState, match="was closed"):
        observations.submit_many(session, coordinator, [draft()], plan=PLAN, token="f", now=NOON)


def test_an_extension_opens_a_closed_round_for_one_area_until_its_day(
    session: Session, secretariat: Identity, coordinator: Identity, neighbour: Identity, code: str
) -> None:
    rounds.close(session, secretariat, code, token="c", now=NOON)
    until = date(2026, 8, 1)
    rounds.extend(
        session, secretariat, code, ["KEN"], due=until, reason="flood", token="e", now=NOON
    )
    send(session, coordinator)
    with pytest.raises(WrongState, match="was closed"):
        send(session, neighbour, area="NAM")
    late = draft(indicator=LEVEL, value=Decimal(1))
    after = NOON + timedelta(days=33)  # 2 August
    with pytest.raises(WrongState, match="the due date was 2026-08-01"):
        observations.submit(session, coordinator, late, plan=PLAN, token="l", now=after)


def test_what_was_sent_back_may_be_answered_after_the_close(
    session: Session, secretariat: Identity, coordinator: Identity, reviewer: Identity, code: str
) -> None:
    ref = send(session, coordinator)
    review.send_back(session, reviewer, ref, plan=PLAN, note="which year?", now=NOON)
    rounds.close(session, secretariat, code, token="c", now=NOON)
    send(session, coordinator, value=Decimal(61))
    with pytest.raises(WrongState, match="was closed"):
        send(session, coordinator, indicator=LEVEL, value=Decimal(1))


def test_closing_twice_with_one_token_is_harmless_and_with_another_refused(
    session: Session, secretariat: Identity, code: str
) -> None:
    rounds.close(session, secretariat, code, token="c", now=NOON)
    rounds.close(session, secretariat, code, token="c", now=NOON)
    with pytest.raises(WrongState, match="closed already"):
        rounds.close(session, secretariat, code, token="d", now=NOON)


def test_an_extension_needs_a_reason_and_a_day_to_come(
    session: Session, secretariat: Identity, code: str
) -> None:
    for changes, said in (
        ({"reason": " "}, "say why"),
        ({"due": date(2026, 6, 29)}, "is past"),
        ({"areas": []}, "choose at least one area"),
    ):
        given: dict[str, Any] = {"areas": ["KEN"], "due": DUE, "reason": "flood"} | changes
        with pytest.raises(BadInput, match=said):
            rounds.extend(session, secretariat, code, **given, token="e", now=NOON)
    with pytest.raises(NotFound, match="asks nothing of France"):
        rounds.extend(
            session, secretariat, code, ["FRA"], due=DUE, reason="flood", token="e", now=NOON
        )


# Sealing --------------------------------------------------------------------------------------


def test_a_round_is_sealed_with_a_snapshot_once_it_is_closed(
    session: Session, secretariat: Identity, coordinator: Identity, reviewer: Identity, code: str
) -> None:
    review.accept(session, reviewer, send(session, coordinator), plan=PLAN, now=NOON)
    with pytest.raises(WrongState, match="still open"):
        rounds.seal(session, secretariat, code, token="s", now=NOON)
    rounds.close(session, secretariat, code, token="c", now=NOON)
    identity = rounds.seal(session, secretariat, code, token="s2", now=NOON)
    assert rounds.seal(session, secretariat, code, token="s2", now=LATE) == identity
    assert rounds.get(session, code).snapshot_id == identity
    with pytest.raises(WrongState, match="sealed already"):
        rounds.seal(session, secretariat, code, token="s3", now=NOON)
    with pytest.raises(WrongState, match="open a new round"):
        rounds.extend(
            session, secretariat, code, ["KEN"], due=DUE, reason="flood", token="e", now=NOON
        )
    with pytest.raises(WrongState, match="was sealed on 2026-06-30, and its snapshot is cited"):
        send(session, coordinator, value=Decimal(61))


def test_a_round_is_not_sealed_while_an_extension_runs(
    session: Session, secretariat: Identity, code: str
) -> None:
    rounds.close(session, secretariat, code, token="c", now=NOON)
    rounds.extend(session, secretariat, code, ["KEN"], due=DUE, reason="flood", token="e", now=NOON)
    with pytest.raises(WrongState, match=r"extensions that still run \(KEN\)"):
        rounds.seal(session, secretariat, code, token="s", now=NOON)


# Receipts -------------------------------------------------------------------------------------


def test_a_receipt_is_given_when_everything_was_sent(
    session: Session, coordinator: Identity, code: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        rounds.deliver(session, coordinator, code, "KEN", token="d", now=NOON)
    assert {fault.where for fault in refusal.value.faults} == {PERCENT, LEVEL, "A.1"}
    send_all(session, coordinator)
    given = rounds.deliver(session, coordinator, code, "KEN", token="e", now=NOON)
    assert given.number == "KEN-2026-0001"
    assert (given.rows, given.refs, given.is_late) == (3, ("KEN-1", "KEN-2", "KEN-3"), False)
    for token in ("e", "f"):  # the same click again, and another with nothing new
        again = rounds.deliver(session, coordinator, code, "KEN", token=token, now=LATE)
        assert again == given
    send(session, coordinator, value=Decimal(61))
    later = rounds.deliver(session, coordinator, code, "KEN", token="g", now=LATE)
    assert (later.number, later.is_late) == ("KEN-2026-0002", True)
    assert len(session.exec(select(Submission)).all()) == 2
    assert ledger.verify(session) == []


def test_a_receipt_is_for_those_it_concerns(
    session: Session, coordinator: Identity, neighbour: Identity, reviewer: Identity, code: str
) -> None:
    send_all(session, coordinator)
    given = rounds.deliver(session, coordinator, code, "KEN", token="e", now=NOON)
    assert rounds.receipt(session, reviewer, given.number) == given
    with pytest.raises(NotFound, match="no receipt"):
        rounds.receipt(session, neighbour, given.number)
    with pytest.raises(NotAllowed):
        rounds.deliver(session, neighbour, code, "KEN", token="x", now=NOON)


def test_nothing_is_delivered_before_the_round_opens(
    session: Session, secretariat: Identity, coordinator: Identity
) -> None:
    wanted = asked(opens=date(2026, 7, 1))
    code = rounds.open_round(session, secretariat, wanted, plan=PLAN, token="t", now=NOON)
    with pytest.raises(WrongState, match="opens on 2026-07-01"):
        rounds.deliver(session, coordinator, code, "KEN", token="d", now=NOON)


def test_the_installation_itself_is_never_locked_out(
    session: Session, secretariat: Identity, code: str
) -> None:
    rounds.close(session, secretariat, code, token="c", now=NOON)
    send(session, SYSTEM)


def test_a_round_goes_its_way_on_both_databases(
    engine: Engine, person: Callable[[str], Identity]
) -> None:
    office, sender, judge = person("secretariat"), person("coordinator"), person("reviewer")

    def go(session: Session) -> None:
        code = opened(session, office)
        send_all(session, sender)
        given = rounds.deliver(session, sender, code, "KEN", token="d", now=NOON)
        assert given.number == "KEN-2026-0001"
        for seq in (1, 2, 3):
            review.accept(session, judge, Ref("KEN", seq), plan=PLAN, now=NOON)
        rounds.remind(session, office, code, ["NAM"], token="r", now=NOON)
        rounds.close(session, office, code, token="c", now=NOON)
        rounds.seal(session, office, code, token="s", now=NOON)
        table = rounds.cockpit(session, office, code, now=LATE).set_index("area")
        assert table["status"].to_dict() == {"KEN": "accepted", "NAM": "late"}
        assert table["receipt"].fillna("").to_dict() == {"KEN": "KEN-2026-0001", "NAM": ""}
        assert rounds.stamp(session)[0] > 0
        assert ledger.verify(session) == []

    unit_of_work(engine, go)
