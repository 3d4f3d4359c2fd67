"""Files that come in: all of it sent to review, or nothing and every fault."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from dashboard.services import intake, ledger, queues, reads, review, snapshots
from models import BadInput, Identity, NotAllowed, reading, unit_of_work
from tests.tiny import CASES, NOON, PERCENT, PLAN

HEADER = "indicator,area,period,value,source\n"
GOOD = (
    HEADER
    + f"{PERCENT},KEN,2023,50.50,Ministry\n"
    + f"{PERCENT},KEN,2024,60,Ministry\n"
    + f"{CASES},KEN,2024,<5,Ministry\n"
)


def take(
    engine: Engine, who: Identity, text: str | bytes, *, dry: bool = False, later: int = 0
) -> intake.Taken:
    data = text.encode() if isinstance(text, str) else text
    now = NOON + timedelta(minutes=later)
    return intake.take(engine, who, data, plan=PLAN, name="f.csv", is_dry_run=dry, now=now)


def waiting(engine: Engine, reviewer: Identity) -> list[str]:
    with reading(engine) as session:
        queue = queues.figures(session, reviewer, plan=PLAN)
    return [f"{row.indicator} {row.period} {row.value}" for row in queue.itertuples()]


def state(engine: Engine) -> object:
    with reading(engine) as session:
        return reads.version(session), ledger.heads(session)


def test_a_file_is_sent_to_review_as_one_piece(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    taken = take(engine, coordinator, GOOD)
    assert (taken.rows, len(taken.refs)) == (3, 3)
    assert waiting(engine, reviewer) == [
        f"{PERCENT} 2023 50.5",
        f"{PERCENT} 2024 60.0",
        f"{CASES} 2024 5.0",
    ]


def test_the_same_file_sent_twice_changes_nothing(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    take(engine, coordinator, GOOD)
    before = waiting(engine, reviewer)
    again = take(engine, coordinator, GOOD, later=5)
    assert (again.rows, again.refs) == (3, ())
    assert waiting(engine, reviewer) == before


def test_a_dry_run_checks_everything_and_changes_nothing(
    engine: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    before = state(engine)
    taken = take(engine, coordinator, GOOD, dry=True)
    assert len(taken.refs) == 3
    assert state(engine) == before
    assert waiting(engine, reviewer) == []


BAD = {
    "duplicate key": (f"{PERCENT},KEN,2024,60,M\n{PERCENT},KEN,2024,61,M\n", "keep one of them"),
    "text in the value": (f"{PERCENT},KEN,2024,many,M\n", "value"),
    "thousands separator": (f'{PERCENT},KEN,2024,"1,234",M\n', "groups its digits"),
    "percentage over 100": (f"{PERCENT},KEN,2024,101,M\n", "100"),
    "negative percentage": (f"{PERCENT},KEN,2024,-1,M\n", "0"),
    "unknown country": (f"{PERCENT},XXX,2024,60,M\n", "No area has the code"),
    "year in the future": (f"{PERCENT},KEN,2099,60,M\n", "2099"),
    "non-numeric year": (f"{PERCENT},KEN,next,60,M\n", "period"),
    "empty value": (f"{PERCENT},KEN,2024,,M\n", "zero is a value"),
    "no source": (f"{PERCENT},KEN,2024,60,\n", "where the value comes from"),
    "formula": (f"{PERCENT},KEN,2024,=SUM(A1),M\n", "is a formula"),
    "unknown indicator": ("Z.9.9,KEN,2024,60,M\n", "no indicator with the code"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_with_one_bad_row_changes_nothing(
    engine: Engine, coordinator: Identity, reviewer: Identity, name: str
) -> None:
    rows, said = BAD[name]
    before = state(engine)
    with pytest.raises(BadInput) as caught:
        take(engine, coordinator, GOOD + rows.replace(",2024,", ",2022,"))
    assert said in str(caught.value)
    assert state(engine) == before
    assert waiting(engine, reviewer) == []


def test_nobody_sends_for_another_area(engine: Engine, neighbour: Identity) -> None:
    with pytest.raises(NotAllowed):
        take(engine, neighbour, GOOD)


def test_the_figures_of_a_snapshot_come_in_as_drafts_for_review(
    engine: Engine, coordinator: Identity, reviewer: Identity, evaluator: Identity
) -> None:
    taken = take(engine, coordinator, GOOD)
    for ref in taken.refs:
        unit_of_work(
            engine,
            lambda session, ref=ref: review.accept(  # type: ignore[misc]
                session, reviewer, ref, plan=PLAN, now=NOON
            ),
        )
    later = NOON + timedelta(days=1)
    sealed = unit_of_work(
        engine, lambda session: snapshots.take(session, evaluator, PLAN, name="One", now=later)
    )
    with reading(engine) as session:
        data = snapshots.content(session, sealed.id)
    again = take(engine, coordinator, data, later=2000)
    assert (again.rows, again.refs) == (3, ())  # the record says all that already
    with pytest.raises(BadInput):
        take(engine, coordinator, data[:-30])
    with pytest.raises(BadInput, match="and not of OTHER"):
        intake.read(data, "OTHER")


def test_a_real_file_of_another_program_is_refused_with_sentences() -> None:
    folder = Path(__file__).parents[2] / "shared" / "data" / "sdg_16_2_2"
    files = sorted(folder.glob("*.csv"))
    if not files:
        pytest.skip("the shared data are not here")
    for file in files:
        with pytest.raises(BadInput) as caught:
            intake.read(file.read_bytes(), PLAN)
        assert all(fault.where for fault in caught.value.faults)
        assert json.dumps([fault.message for fault in caught.value.faults])
