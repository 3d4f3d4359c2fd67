"""The steps of a row: two levels of review, four eyes on every change, many answers at once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.services import (
    decisions,
    derived,
    evidence,
    ledger,
    observations,
    queues,
    reads,
    review,
)
from dashboard.services.decisions import Decision
from dashboard.services.lookup import Ref
from models import (
    Held,
    Identity,
    NotAllowed,
    Plan,
    Role,
    State,
    WrongState,
    columns,
    reading,
    unit_of_work,
)
from tests.tiny import AFRICA, CASES, KENYA, NAMIBIA, NOON, PERCENT, PLAN, UGANDA, draft


def send(engine: Engine, who: Identity, *, later: int = 0, **changes: Any) -> Ref:
    """Send a draft as a face would."""
    now = NOON + timedelta(minutes=later)
    row = draft(**changes)
    token = f"{row.area} {row.indicator} {row.period} {row.value} {later}"
    return unit_of_work(
        engine,
        lambda session: observations.submit(session, who, row, plan=PLAN, token=token, now=now),
    )


def accept(engine: Engine, who: Identity, ref: Ref, *, later: int = 0) -> None:
    """Accept a row as a face would."""
    now = NOON + timedelta(minutes=later)
    unit_of_work(engine, lambda session: review.accept(session, who, ref, plan=PLAN, now=now))


def withdraw(engine: Engine, who: Identity, ref: Ref) -> None:
    """Withdraw a row as a face would."""
    now = NOON + timedelta(hours=1)
    unit_of_work(
        engine, lambda session: review.withdraw(session, who, ref, plan=PLAN, note="why", now=now)
    )


def state(engine: Engine, ref: Ref) -> State | None:
    """Return where a row stands."""
    with reading(engine) as session:
        found = review.standing(session, KENYA, ref.seq)
        return None if found is None else State(found.state)


def both(who: Identity) -> Identity:
    """Return somebody who also reports for Kenya."""
    return replace(
        who, grants=(*who.grants, Held(Role.COORDINATOR, PLAN, frozenset({KENYA, NAMIBIA})))
    )


def of_africa(name: str) -> Identity:
    """Return a reviewer of one region only."""
    covers = frozenset({AFRICA, KENYA, NAMIBIA, UGANDA})
    return Identity(name, name, f"{name}@example.org", (Held(Role.REVIEWER, PLAN, covers),))


@pytest.fixture
def two_levels(engine: Engine) -> Engine:
    """Give a record whose plan asks for two levels of review."""
    with engine.begin() as connection:
        connection.execute(sa.update(columns(Plan)).values(review_levels=2))
    return engine


def test_where_the_plan_asks_for_two_levels_a_figure_counts_after_the_second(
    two_levels: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    ref = send(two_levels, coordinator)
    accept(two_levels, of_africa("first"), ref, later=1)
    assert state(two_levels, ref) is State.ENDORSED
    with reading(two_levels) as session:
        assert reads.observations(session, PLAN).empty
        assert queues.figures(session, of_africa("first"), plan=PLAN).empty
        assert queues.figures(session, reviewer, plan=PLAN)["state"].tolist() == ["endorsed"]
    with pytest.raises(NotAllowed, match="reviewer of the whole plan"):
        accept(two_levels, of_africa("second"), ref, later=2)
    accept(two_levels, reviewer, ref, later=3)
    assert state(two_levels, ref) is State.ACCEPTED
    with reading(two_levels) as session:
        assert reads.observations(session, PLAN)["value"].tolist() == [62.5]
        assert derived.differences(session) == []
        assert ledger.verify(session) == []


def test_one_person_never_is_both_levels(
    two_levels: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    ref = send(two_levels, coordinator)
    accept(two_levels, reviewer, ref, later=1)
    accept(two_levels, reviewer, ref, later=2)
    assert state(two_levels, ref) is State.ENDORSED


def test_an_endorsed_figure_can_still_be_returned_and_mended(
    two_levels: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    ref = send(two_levels, coordinator)
    accept(two_levels, of_africa("first"), ref, later=1)
    unit_of_work(
        two_levels,
        lambda session: review.send_back(
            session, reviewer, ref, plan=PLAN, note="which year?", now=NOON
        ),
    )
    assert state(two_levels, ref) is State.RETURNED
    mended = send(two_levels, coordinator, later=2, value=Decimal(63))
    assert state(two_levels, ref) is State.SUPERSEDED
    assert state(two_levels, mended) is State.SUBMITTED


def test_nobody_withdraws_alone_what_they_reported_and_what_counts(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    two_hats = both(replace(reviewer, person_id="two"))
    ref = send(engine, two_hats)
    accept(engine, reviewer, ref)
    with pytest.raises(NotAllowed, match="another reviewer"):
        withdraw(engine, two_hats, ref)
    assert state(engine, ref) is State.ACCEPTED
    withdraw(engine, reviewer, ref)
    assert state(engine, ref) is State.WITHDRAWN


def test_what_somebody_else_sent_is_sent_back_not_withdrawn(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    ref = send(engine, coordinator)
    for who in (both(reviewer), both(replace(coordinator, person_id="colleague"))):
        with pytest.raises(NotAllowed, match="send it back"):
            withdraw(engine, who, ref)
    with pytest.raises(NotAllowed):
        withdraw(engine, reviewer, ref)
    assert state(engine, ref) is State.SUBMITTED
    withdraw(engine, coordinator, ref)
    assert state(engine, ref) is State.WITHDRAWN


def test_who_has_no_part_in_an_area_learns_nothing_of_its_rows(
    engine: Engine, coordinator: Identity, neighbour: Identity, viewer: Identity
) -> None:
    ref = send(engine, coordinator)
    for who in (neighbour, viewer):
        with pytest.raises(NotAllowed):
            withdraw(engine, who, ref)
        with pytest.raises(NotAllowed):
            withdraw(engine, who, Ref("KEN", 99))


def test_many_answers_stand_each_for_itself(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    good = send(engine, coordinator)
    poor = send(engine, coordinator, period="2023", value=Decimal(10))
    own = send(engine, both(reviewer), period="2022", value=Decimal(20))
    asked = [
        Decision(poor, accept=False, note="the survey covers one county"),
        Decision(good, accept=True),
        Decision(own, accept=True),
        Decision(Ref("KEN", 99), accept=True),
        Decision(send(engine, coordinator, period="2021"), accept=False, note=" "),
    ]

    settle = partial(decisions.settle, who=reviewer, decisions=asked, plan=PLAN, now=NOON)
    for _again in range(2):
        found = unit_of_work(engine, settle)
        assert [each.ref for each in found] == [each.ref for each in asked]
        assert [each.state for each in found] == [State.RETURNED, State.ACCEPTED, None, None, None]
        assert "your own" in found[2].refused
        assert "no KEN-99" in found[3].refused
        assert "what has to be mended" in found[4].refused
    with reading(engine) as session:
        assert reads.observations(session, PLAN)["value"].tolist() == [62.5]
        assert ledger.verify(session) == []


def test_an_answer_to_a_screen_that_is_stale_is_refused(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    ref = send(engine, coordinator)
    withdraw(engine, coordinator, ref)
    stale = Decision(ref, accept=True, step=1)
    (found,) = unit_of_work(
        engine,
        lambda session: decisions.settle(session, reviewer, [stale], plan=PLAN, now=NOON),
    )
    assert found.state is None
    assert "withdrawn now" in found.refused


def test_a_row_that_another_reviewer_accepted_is_not_accepted_twice(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    ref = send(engine, coordinator)
    accept(engine, reviewer, ref)
    with pytest.raises(WrongState, match="can no longer be accepted"):
        accept(engine, of_africa("other"), ref)


def test_the_riskiest_stands_first_with_its_reasons(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    # Cases turned away: 20, 22, 21, 23 and then 230 (ten times 23, and far beyond changes of
    # 2, 1, 2). Victims assisted: nothing before, with evidence; then a corrected 62.5.
    for year, value in ((2019, 20), (2020, 22), (2021, 21), (2022, 23)):
        accept(
            engine,
            reviewer,
            send(engine, coordinator, indicator=CASES, period=str(year), value=Decimal(value)),
        )
    slip = send(engine, coordinator, indicator=CASES, period="2023", value=Decimal(230))
    calm = send(
        engine,
        coordinator,
        indicator=CASES,
        period="2018",
        value=Decimal(21),
        evidence="https://example.org/report",
    )
    first = send(engine, coordinator, evidence="https://example.org/report")
    with reading(engine) as session:
        table = queues.figures(session, reviewer, plan=PLAN).set_index("ref")
    assert table.index.tolist() == [str(slip), str(first), str(calm)]
    assert table.loc[str(slip), "reasons"] == "tenfold outlier large_change no_evidence"
    assert table.loc[str(slip), "risk"] == 4 + 3 + 2 + 1
    assert table.loc[str(first), "reasons"] == "first_report"
    # 2018 lies before all that is accepted: there is no period before it to compare with.
    assert table.loc[str(calm), "reasons"] == ""


def test_a_figure_like_those_before_it_is_clean(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    proof: dict[str, Any] = {"evidence": "https://example.org/report"}
    accept(engine, reviewer, send(engine, coordinator, period="2023", value=Decimal(60), **proof))
    send(engine, coordinator, **proof)
    with reading(engine) as session:
        (row,) = queues.figures(session, reviewer, plan=PLAN).to_dict("records")
    assert row["is_clean"]
    assert row["reasons"] == ""
    assert row["previous"] == 60


@pytest.mark.parametrize(
    ("before", "sent", "reasons"),
    [
        ("60", {"value": Decimal(80)}, "large_change"),  # 20 points of a percentage
        ("60", {"value": Decimal("79.9")}, ""),
        (
            "60",
            {"value": None, "status": "L", "missing_reason": "no survey", "source": ""},
            "now_missing",
        ),
    ],
)
def test_the_limits_of_a_large_change(
    engine: Engine,
    coordinator: Identity,
    reviewer: Identity,
    before: str,
    sent: dict[str, Any],
    reasons: str,
) -> None:
    accept(engine, reviewer, send(engine, coordinator, period="2023", value=Decimal(before)))
    send(engine, coordinator, evidence="https://example.org/report", indicator=PERCENT, **sent)
    with reading(engine) as session:
        (row,) = queues.figures(session, reviewer, plan=PLAN).to_dict("records")
    assert row["reasons"] == reasons


def test_what_counts_stands_field_by_field_beside_what_was_sent(
    engine: Engine, coordinator: Identity, reviewer: Identity, neighbour: Identity
) -> None:
    accept(engine, reviewer, send(engine, coordinator, note="first count"))
    corrected = send(engine, coordinator, later=1, value=Decimal(63), note="recount")
    fresh = send(engine, coordinator, later=1, period="2023")
    with reading(engine) as session:
        found = queues.counting(session, reviewer, [corrected, fresh], plan=PLAN)
        with pytest.raises(NotAllowed):
            queues.counting(session, neighbour, [corrected], plan=PLAN)
    assert set(found) == {corrected}
    assert (found[corrected]["value"], found[corrected]["note"]) == (Decimal("62.5"), "first count")


def test_a_file_of_the_library_is_evidence_too(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    ref = send(engine, coordinator)

    def prove(session: Session) -> None:
        number = evidence.add(
            session,
            coordinator,
            "KEN",
            {"title": "Annual report"},
            "https://example.org/report",
            plan=PLAN,
            token="e",
            now=NOON,
        )
        evidence.use(session, coordinator, ref, number, plan=PLAN, now=NOON)

    unit_of_work(engine, prove)
    with reading(engine) as session:
        (row,) = queues.figures(session, reviewer, plan=PLAN).to_dict("records")
    assert row["reasons"] == "first_report"
