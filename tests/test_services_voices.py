"""Three voices stand beside a value; the State may reply before others are heard."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.engine import Engine

from dashboard.services import audit, ledger, observations, review, voices
from dashboard.services.lookup import Ref
from models import (
    SYSTEM,
    BadInput,
    Held,
    Identity,
    NotAllowed,
    NotFound,
    Role,
    Voice,
    WrongState,
    reading,
    unit_of_work,
)
from tests.test_services_upkeep import unguarded
from tests.tiny import CASES, KENYA, NOON, PERCENT, PLAN, chain, draft

SECRETARIAT = Identity("s", "S", "s@example.org", (Held(Role.SECRETARIAT, PLAN, None),))
SOCIETY = Identity("n", "N", "n@example.org", (Held(Role.CIVIL_SOCIETY, PLAN, None),))


def give(engine: Engine, who: Identity, ref: Ref, voice: Voice, text: str, **more: int) -> int:
    """Say something as a face would."""
    return unit_of_work(
        engine,
        lambda session: voices.give(
            session, who, ref, voice, text, plan=PLAN, token=text, now=NOON, **more
        ),
    )


def publish(engine: Engine, who: Identity, number: int, *, days: int = 0) -> None:
    """Publish as a face would, some days later."""
    now = NOON + timedelta(days=days)
    unit_of_work(
        engine, lambda session: voices.publish(session, who, "KEN", number, plan=PLAN, now=now)
    )


def said(engine: Engine, who: Identity, indicator: str = PERCENT) -> list[tuple[str, str]]:
    """Return the voices and texts that somebody sees."""
    with reading(engine) as session:
        table = voices.on_series(session, who, plan=PLAN, area="KEN", indicator=indicator)
    return list(zip(table["voice"], table["text"], strict=True))


@pytest.fixture
def ref(engine: Engine, coordinator: Identity, reviewer: Identity) -> Ref:
    """Give an accepted figure of Kenya."""
    unit_of_work(engine, chain)
    sent = unit_of_work(
        engine,
        lambda session: observations.submit(
            session, coordinator, draft(), plan=PLAN, token="f", now=NOON
        ),
    )
    unit_of_work(
        engine, lambda session: review.accept(session, reviewer, sent, plan=PLAN, now=NOON)
    )
    return sent


def test_three_voices_stand_side_by_side(
    engine: Engine, ref: Ref, coordinator: Identity, evaluator: Identity, viewer: Identity
) -> None:
    give(engine, coordinator, ref, Voice.STATE, "Two counties are not counted yet.")
    finding = give(engine, evaluator, ref, Voice.EVALUATOR, "The survey leaves out children.")
    note = give(engine, SOCIETY, ref, Voice.CIVIL_SOCIETY, "Shelters were closed in May.")
    state = ("state", "Two counties are not counted yet.")
    assert said(engine, viewer) == [state]
    assert len(said(engine, coordinator)) == 3
    reply = give(engine, coordinator, ref, Voice.STATE, "From 2025 they are in.", answers=finding)
    assert (finding, note, reply) == (2, 3, 4)
    publish(engine, evaluator, finding)
    publish(engine, SECRETARIAT, note, days=31)
    assert said(engine, viewer) == [
        state,
        ("evaluator", "The survey leaves out children."),
        ("civil_society", "Shelters were closed in May."),
        ("state", "From 2025 they are in."),
    ]
    with reading(engine) as session:
        assert ledger.verify(session) == []
        assert audit.problems(session, SYSTEM) == []


def test_a_finding_waits_for_the_reply_or_for_the_end_of_its_time(
    engine: Engine, ref: Ref, evaluator: Identity
) -> None:
    finding = give(engine, evaluator, ref, Voice.EVALUATOR, "No source is named.")
    # 30 June and thirty days is 30 July: that day still belongs to the State.
    for days in (0, 30):
        with pytest.raises(WrongState, match="may reply until 2026-07-30"):
            publish(engine, evaluator, finding, days=days)
    publish(engine, evaluator, finding, days=31)
    publish(engine, evaluator, finding, days=32)


def test_what_a_state_may_still_reply_to_is_listed(
    engine: Engine, ref: Ref, coordinator: Identity, neighbour: Identity, evaluator: Identity
) -> None:
    finding = give(engine, evaluator, ref, Voice.EVALUATOR, "No source is named.")
    today = NOON.date()
    with reading(engine) as session:
        (row,) = voices.awaiting_reply(session, coordinator, plan=PLAN, today=today).to_dict(
            "records"
        )
        assert voices.awaiting_reply(session, neighbour, plan=PLAN, today=today).empty
        late = today + timedelta(days=31)
        assert voices.awaiting_reply(session, coordinator, plan=PLAN, today=late).empty
    assert (row["ref"], row["number"], row["indicator"]) == ("KEN-1", finding, PERCENT)
    give(engine, coordinator, ref, Voice.STATE, "The Ministry.", answers=finding)
    with reading(engine) as session:
        assert voices.awaiting_reply(session, coordinator, plan=PLAN, today=today).empty


def test_nobody_speaks_with_the_voice_of_another(
    engine: Engine,
    ref: Ref,
    coordinator: Identity,
    neighbour: Identity,
    evaluator: Identity,
    reviewer: Identity,
) -> None:
    speakers = {
        Voice.STATE: (neighbour, evaluator, reviewer, SOCIETY, SECRETARIAT),
        Voice.EVALUATOR: (coordinator, reviewer, SOCIETY, SECRETARIAT),
        Voice.CIVIL_SOCIETY: (coordinator, evaluator, reviewer, SECRETARIAT),
    }
    for voice, others in speakers.items():
        for who in others:
            with pytest.raises(NotAllowed):
                give(engine, who, ref, voice, "Not mine to say.")


def test_a_note_is_not_published_by_its_author(engine: Engine, ref: Ref) -> None:
    both = replace(SECRETARIAT, grants=(*SECRETARIAT.grants, *SOCIETY.grants))
    note = give(engine, both, ref, Voice.CIVIL_SOCIETY, "Shelters were closed.")
    with pytest.raises(NotAllowed, match="somebody other"):
        publish(engine, both, note, days=31)
    with pytest.raises(NotAllowed):
        publish(engine, SOCIETY, note, days=31)


def test_what_was_said_is_withdrawn_by_its_author_and_not_published_again(
    engine: Engine, ref: Ref, evaluator: Identity, coordinator: Identity, viewer: Identity
) -> None:
    finding = give(engine, evaluator, ref, Voice.EVALUATOR, "Wrong table.")
    publish(engine, evaluator, finding, days=31)

    def take(who: Identity, note: str) -> None:
        unit_of_work(
            engine,
            lambda session: voices.take_back(
                session, who, "KEN", finding, plan=PLAN, note=note, now=NOON + timedelta(days=40)
            ),
        )

    with pytest.raises(NotAllowed):
        take(coordinator, "We do not like it.")
    with pytest.raises(BadInput):
        take(evaluator, " ")
    take(evaluator, "I read the wrong table.")
    assert said(engine, viewer) == []
    with pytest.raises(WrongState, match="withdrawn"):
        publish(engine, evaluator, finding, days=41)
    with reading(engine) as session:
        assert ledger.verify(session) == []


def test_the_public_hears_nothing_about_a_count_that_is_hidden(
    engine: Engine, coordinator: Identity, reviewer: Identity, viewer: Identity
) -> None:
    small = draft(indicator=CASES, value=Decimal(3))
    sent = unit_of_work(
        engine,
        lambda session: observations.submit(
            session, coordinator, small, plan=PLAN, token="small", now=NOON
        ),
    )
    unit_of_work(
        engine, lambda session: review.accept(session, reviewer, sent, plan=PLAN, now=NOON)
    )
    give(engine, coordinator, sent, Voice.STATE, "All three came from one village.")
    assert said(engine, viewer, CASES) == []
    assert len(said(engine, coordinator, CASES)) == 1


def test_a_remark_sent_twice_is_one(engine: Engine, ref: Ref, coordinator: Identity) -> None:
    for _again in range(3):
        assert give(engine, coordinator, ref, Voice.STATE, "Once.") == 1
    assert said(engine, coordinator) == [("state", "Once.")]


def test_an_empty_remark_or_one_about_nothing_is_refused(
    engine: Engine, ref: Ref, coordinator: Identity, evaluator: Identity
) -> None:
    with pytest.raises(BadInput, match="write what"):
        give(engine, coordinator, ref, Voice.STATE, "  ")
    with pytest.raises(NotFound, match="KEN-9"):
        give(engine, coordinator, Ref("KEN", 9), Voice.STATE, "x")
    with pytest.raises(NotFound, match="no remark 7"):
        give(engine, coordinator, ref, Voice.STATE, "y", answers=7)
    with pytest.raises(BadInput, match="Only the State"):
        give(engine, evaluator, ref, Voice.EVALUATOR, "z", answers=1)


def test_a_remark_changed_behind_the_guards_is_found(
    engine: Engine, ref: Ref, coordinator: Identity
) -> None:
    give(engine, coordinator, ref, Voice.STATE, "As it was.")
    unguarded(engine, "remark", f"UPDATE remark SET text = 'x' WHERE area_id = {KENYA}")
    with reading(engine) as session:
        assert audit.problems(session, SYSTEM) == [
            "remark 1 on KEN-1: the record no longer says what was recorded"
        ]
