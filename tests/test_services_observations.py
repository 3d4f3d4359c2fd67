"""Observations on their way into the record, and what the record then says."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.services import derived, ledger, observations, reads, review
from dashboard.services.lookup import Ref
from models import (
    BadInput,
    Identity,
    NotAllowed,
    NotFound,
    WrongState,
    reading,
    unit_of_work,
    writing,
)
from tests.tiny import CASES, LEVEL, NOON, PERCENT, PLAN, TEXT, draft


def send(engine: Engine, who: Identity, *, token: str, later: int = 0, **changes: object) -> Ref:
    """Send a draft as a face would."""
    now = NOON + timedelta(minutes=later)
    return unit_of_work(
        engine,
        lambda session: observations.submit(
            session, who, draft(**changes), plan=PLAN, token=token, now=now
        ),
    )


def accept(engine: Engine, who: Identity, ref: Ref, *, later: int = 0) -> None:
    """Accept a row as a face would."""
    now = NOON + timedelta(minutes=later)
    unit_of_work(engine, lambda session: review.accept(session, who, ref, plan=PLAN, now=now))


def values(engine: Engine, *, as_of_minutes: int | None = None) -> list[float]:
    """Return the values of the percentage that count."""
    moment = None if as_of_minutes is None else NOON + timedelta(minutes=as_of_minutes)
    with reading(engine) as session:
        table = reads.observations(session, PLAN, as_of=moment, indicators=[PERCENT])
    return [float(value) for value in table["value"]]


def test_only_an_accepted_value_counts(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    ref = send(engine, coordinator, token="a")
    assert str(ref) == "KEN-1"
    assert values(engine) == []
    accept(engine, reviewer, ref)
    assert values(engine) == [62.5]


def test_a_correction_supersedes_and_the_earlier_value_stays_readable_as_of_its_day(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    accept(engine, reviewer, send(engine, coordinator, token="a"), later=1)
    accept(
        engine, reviewer, send(engine, coordinator, token="b", later=2, value=Decimal(70)), later=3
    )
    assert values(engine) == [70]
    assert values(engine, as_of_minutes=2) == [62.5]
    assert values(engine, as_of_minutes=0) == []
    with reading(engine) as session:
        cube = reads.load(session, PLAN).cube
        spot = (cube.areas.index("KEN"), cube.indicators.index(PERCENT))
        assert cube.totals[spot].tolist() == [70.0]
        assert derived.differences(session) == []
        assert ledger.verify(session) == []


def test_the_same_form_sent_ten_times_stores_one_row(engine: Engine, coordinator: Identity) -> None:
    refs = {send(engine, coordinator, token="same") for _ in range(10)}
    assert refs == {Ref("KEN", 1)}
    with reading(engine) as session:
        assert session.connection().execute(text("SELECT count(*) FROM observation")).scalar() == 1


def test_a_token_cannot_be_used_by_somebody_else(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    send(engine, coordinator, token="mine")
    with pytest.raises(WrongState, match="already used"):
        unit_of_work(
            engine,
            lambda session: ledger.once(
                session, 404, "mine", "observation.submitted", dict, by="other", now=NOON
            ),
        )


def test_nobody_accepts_their_own_value(engine: Engine, administrator: Identity) -> None:
    from dataclasses import replace

    from models import Held, Role

    both = replace(
        administrator,
        grants=(Held(Role.COORDINATOR, None, None), Held(Role.REVIEWER, None, None)),
    )
    ref = send(engine, both, token="a")
    with pytest.raises(NotAllowed, match="your own"):
        accept(engine, both, ref)
    assert values(engine) == []


def test_nobody_reports_for_another_country(engine: Engine, neighbour: Identity) -> None:
    with pytest.raises(NotAllowed):
        send(engine, neighbour, token="a")


def test_accepting_twice_changes_nothing_and_a_stale_screen_is_told(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    ref = send(engine, coordinator, token="a")
    accept(engine, reviewer, ref)
    accept(engine, reviewer, ref, later=5)
    with reading(engine) as session:
        count = text("SELECT count(*) FROM review_event")
        assert session.connection().execute(count).scalar() == 2
    with pytest.raises(WrongState, match="Reload"):
        unit_of_work(
            engine,
            lambda session: review.send_back(
                session, reviewer, ref, plan=PLAN, note="too late", now=NOON
            ),
        )


def test_a_returned_value_is_corrected_by_a_new_row(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    ref = send(engine, coordinator, token="a")
    unit_of_work(
        engine,
        lambda session: review.send_back(
            session, reviewer, ref, plan=PLAN, note="The table says 26.5", now=NOON
        ),
    )
    second = send(engine, coordinator, token="b", later=1, value=Decimal("26.5"))
    accept(engine, reviewer, second, later=2)
    assert values(engine) == [26.5]
    with reading(engine) as session:
        steps = review.history(session, coordinator, plan=PLAN, area="KEN", indicator=PERCENT)
    told = [(row.ref, row.after) for row in steps.iloc[::-1].itertuples()]
    assert told == [
        ("KEN-1", "submitted"),
        ("KEN-1", "returned"),
        ("KEN-1", "superseded"),
        ("KEN-2", "submitted"),
        ("KEN-2", "accepted"),
    ]


def test_the_public_never_sees_what_was_not_accepted(
    engine: Engine, coordinator: Identity, viewer: Identity
) -> None:
    send(engine, coordinator, token="a")
    with reading(engine) as session:
        seen = review.history(session, viewer, plan=PLAN, area="KEN", indicator=PERCENT)
        inside = review.history(session, coordinator, plan=PLAN, area="KEN", indicator=PERCENT)
    assert len(seen) == 0
    assert len(inside) == 1


def test_a_withdrawn_value_no_longer_counts_and_is_not_lost(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    ref = send(engine, coordinator, token="a")
    accept(engine, reviewer, ref, later=1)
    with pytest.raises(NotAllowed):
        unit_of_work(
            engine,
            lambda session: review.withdraw(
                session, coordinator, ref, plan=PLAN, note="mistake", now=NOON
            ),
        )
    unit_of_work(
        engine,
        lambda session: review.withdraw(
            session,
            reviewer,
            ref,
            plan=PLAN,
            note="The source was withdrawn",
            now=NOON + timedelta(minutes=2),
        ),
    )
    assert values(engine) == []
    assert values(engine, as_of_minutes=1) == [62.5]
    with reading(engine) as session:
        assert derived.differences(session) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"value": Decimal("120")}, "above 100"),
        ({"value": Decimal(-1)}, "below 0"),
        ({"period": "2027"}, "future"),
        ({"indicator": LEVEL, "value": Decimal("2.5")}, "whole number"),
        ({"indicator": LEVEL, "value": Decimal(7)}, "above 4"),
        ({"indicator": CASES, "value": Decimal(3), "cell": "age=young"}, "not by age"),
        ({"indicator": CASES, "value": Decimal(3), "cell": "sex=unknown"}, "no code unknown"),
        ({"numerator": Decimal(10), "denominator": Decimal(20)}, "does not follow"),
        ({"indicator": TEXT}, "asks for words"),
    ],
)
def test_a_wrong_figure_is_refused_with_a_sentence(
    engine: Engine, coordinator: Identity, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        send(engine, coordinator, token="a", **changes)
    with reading(engine) as session:
        assert session.connection().execute(text("SELECT count(*) FROM observation")).scalar() == 0


def test_an_unknown_code_is_answered_with_the_nearest_one(
    engine: Engine, coordinator: Identity
) -> None:
    with pytest.raises(NotFound, match="Did you mean A\\.2\\.1"):
        send(engine, coordinator, token="a", indicator="A2.1")


def test_namibia_is_found_by_its_two_letters(engine: Engine, neighbour: Identity) -> None:
    assert send(engine, neighbour, token="a", area="NA").area == "NAM"


def test_a_form_that_did_not_see_the_newest_row_is_told(
    engine: Engine, coordinator: Identity
) -> None:
    send(engine, coordinator, token="a")
    with pytest.raises(WrongState, match="KEN-1"):
        unit_of_work(
            engine,
            lambda session: observations.submit(
                session, coordinator, draft(), plan=PLAN, token="b", now=NOON, seen=0
            ),
        )


def test_missing_is_a_state_with_a_reason_and_never_zero(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    with pytest.raises(ValueError, match="say why"):
        draft(value=None, status="L", source="")
    ref = send(
        engine,
        coordinator,
        token="a",
        value=None,
        status="L",
        source="",
        missing_reason="The register starts in 2027",
    )
    accept(engine, reviewer, ref)
    with reading(engine) as session:
        cube = reads.load(session, PLAN).cube
        spot = (cube.areas.index("KEN"), cube.indicators.index(PERCENT), 0)
    assert cube.totals[spot] != cube.totals[spot]
    assert cube.flags[0][spot] == 128


def test_a_file_sent_twice_changes_nothing(engine: Engine, coordinator: Identity) -> None:
    drafts = [draft(period=str(year)) for year in range(2015, 2025)]
    for token, expected in (("a", 10), ("b", 0)):
        work = partial(
            observations.submit_many,
            who=coordinator,
            drafts=drafts,
            plan=PLAN,
            token=token,
            now=NOON,
        )
        refs = unit_of_work(engine, work)
        assert len(refs) == expected


def test_one_bad_row_keeps_the_whole_file_out_and_all_faults_are_told(
    engine: Engine, coordinator: Identity
) -> None:
    drafts = [
        draft(),
        draft(),
        draft(period="2023", value=Decimal(101)),
        draft(period="2022", indicator="X.1"),
    ]
    with pytest.raises(BadInput, match="row 4") as first:
        unit_of_work(
            engine,
            lambda session: observations.submit_many(
                session, coordinator, drafts, plan=PLAN, token="a", now=NOON
            ),
        )
    assert len(first.value.faults) == 1
    with pytest.raises(BadInput) as second:
        unit_of_work(
            engine,
            lambda session: observations.submit_many(
                session, coordinator, drafts[:3], plan=PLAN, token="b", now=NOON
            ),
        )
    assert [fault.where for fault in second.value.faults] == ["row 2", "row 3, value"]
    with reading(engine) as session:
        assert session.connection().execute(text("SELECT count(*) FROM observation")).scalar() == 0


def test_what_the_derived_tables_hold_can_be_rebuilt(
    database: Engine, session: Session, coordinator: Identity, reviewer: Identity
) -> None:
    for number, value in enumerate(("10", "20", "30")):
        ref = observations.submit(
            session, coordinator, draft(value=Decimal(value)), plan=PLAN, token=value, now=NOON
        )
        at = NOON + timedelta(minutes=number)
        review.accept(session, reviewer, ref, plan=PLAN, now=at)
    before = derived.stored(session)
    counts = derived.rebuild(session)
    after = derived.stored(session)
    assert counts == {"value_span": 3, "current_value": 1, "packed_series": 1}
    for name, table in before.items():
        assert table.equals(after[name]), name


def test_two_acceptances_at_one_moment_follow_each_other(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    accept(engine, reviewer, send(engine, coordinator, token="a"))
    second = send(engine, coordinator, token="b", value=Decimal(70))
    accept(engine, reviewer, second)
    unit_of_work(
        engine,
        lambda session: review.withdraw(
            session, reviewer, second, plan=PLAN, note="mistake", now=NOON
        ),
    )
    accept(engine, reviewer, send(engine, coordinator, token="c", value=Decimal(80)))
    assert values(engine) == [80]
    with reading(engine) as session:
        assert derived.differences(session) == []
        assert ledger.verify(session) == []
    with writing(engine) as session:
        derived.rebuild(session)
    assert values(engine) == [80]


def test_a_form_sent_again_with_another_figure_is_told_and_nothing_is_lost_in_silence(
    engine: Engine, coordinator: Identity
) -> None:
    send(engine, coordinator, token="one")
    with pytest.raises(WrongState, match="another figure"):
        send(engine, coordinator, token="one", value=Decimal(70))
