"""A file goes in as one piece, twice without a trace, and comes out as one piece."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session, select

from dashboard.services import (
    audit,
    batches,
    imports,
    imports_store,
    observations,
    owed,
    queues,
    review,
    rounds,
)
from dashboard.services.imports_rows import Options
from dashboard.services.lookup import Ref
from models import (
    BadInput,
    Batch,
    Identity,
    NotAllowed,
    NotFound,
    Observation,
    ReviewState,
    WrongState,
    reading,
    unit_of_work,
)
from tests import messy
from tests.tiny import CASES, CONTEXT, KENYA, NOON, PERCENT, PLAN, draft

HEAD = ("indicator", "area", "period", "value", "source")
ROWS: list[tuple[Any, ...]] = [
    (PERCENT, "KEN", 2023, "50.50", "Ministry"),
    (PERCENT, "KEN", 2024, 60, "Ministry"),
    (CASES, "KEN", 2024, "<5", "Ministry"),
]


def look(engine: Engine, who: Identity, *rows: Any, **options: Any) -> imports.Looked:
    data = messy.csv([HEAD, *(rows or ROWS)]).encode()
    about = {"plan": PLAN, "name": "f.csv", "options": Options(**options), "now": NOON}
    return imports.looking(engine, who, data, **about)


def take(
    engine: Engine, who: Identity, *rows: Any, minutes: int = 0, partly: bool = False
) -> imports.Taken:
    looked = look(engine, who, *rows)
    now = NOON + timedelta(minutes=minutes)
    return imports.take(engine, who, looked, is_confirmed=True, partly=partly, now=now)


def waiting(engine: Engine, reviewer: Identity) -> list[str]:
    with reading(engine) as session:
        queue = queues.figures(session, reviewer, plan=PLAN)
    return sorted(f"{row.indicator} {row.period} {row.value}" for row in queue.itertuples())


def states(engine: Engine) -> list[str]:
    with reading(engine) as session:
        rows = session.exec(select(ReviewState).order_by(ReviewState.seq))  # type: ignore[arg-type]
        return [row.state.value for row in rows]


def is_whole(engine: Engine, administrator: Identity) -> bool:
    with reading(engine) as session:
        found = audit.problems(session, administrator)
    return [one for one in found if not one.startswith("grant grant-")] == []


def test_a_file_goes_in_as_one_batch_and_twice_changes_nothing(
    engine: Engine, coordinator: Identity, reviewer: Identity, administrator: Identity
) -> None:
    taken = take(engine, coordinator)
    assert taken.recorded == 3
    sent = [f"{PERCENT} 2023 50.5", f"{PERCENT} 2024 60.0", f"{CASES} 2024 5.0"]
    assert waiting(engine, reviewer) == sorted(sent)
    assert look(engine, coordinator).counts["unchanged"] == 3
    assert take(engine, coordinator, minutes=5) == imports.Taken("", 0)
    assert len(states(engine)) == 3
    with reading(engine) as session:
        stored = session.exec(select(Observation)).all()
        (kept,) = batches.listing(session, coordinator, plan=PLAN)
    assert {row.batch_id for row in stored} == {taken.batch}
    assert sorted(str(row.value) for row in stored) == ["5", "50.50", "60"]
    assert (kept.id, kept.recorded, kept.name) == (taken.batch, 3, "f.csv")
    assert is_whole(engine, administrator)


def test_what_differs_corrects_and_what_waits_is_replaced(
    engine: Engine, coordinator: Identity, reviewer: Identity, administrator: Identity
) -> None:
    take(engine, coordinator)
    changed = [(PERCENT, "KEN", 2023, 51, "Ministry"), ROWS[1]]
    looked = look(engine, coordinator, *changed)
    assert (looked.counts["revision"], looked.counts["unchanged"]) == (1, 1)
    assert [(one.name, one.cell) for one in looked.faults] == [("revision", "D2")]
    take(engine, coordinator, *changed, minutes=5)
    assert states(engine) == ["superseded", "submitted", "submitted", "submitted"]
    assert f"{PERCENT} 2023 51.0" in waiting(engine, reviewer)
    assert is_whole(engine, administrator)


def test_errors_keep_the_file_out_unless_their_rows_are_left_out(
    database: Engine, coordinator: Identity
) -> None:
    rows = [*ROWS, (PERCENT, "KEN", 2022, 101, "M")]
    with pytest.raises(BadInput, match="above 100"):
        take(database, coordinator, *rows)
    assert states(database) == []
    assert take(database, coordinator, *rows, partly=True).recorded == 3


def test_warnings_have_to_be_confirmed(database: Engine, coordinator: Identity) -> None:
    looked = look(database, coordinator, (CASES, "KEN", 2021, "12*", "M"))
    with pytest.raises(BadInput, match="carries a mark"):
        imports.take(database, coordinator, looked, is_confirmed=False, partly=False, now=NOON)
    assert states(database) == []
    taken = imports.take(database, coordinator, looked, is_confirmed=True, partly=False, now=NOON)
    assert taken.recorded == 1


def test_nobody_sends_for_another_area_or_without_a_role(
    database: Engine, neighbour: Identity, viewer: Identity
) -> None:
    with pytest.raises(NotAllowed, match="Kenya"):
        take(database, neighbour)
    with pytest.raises(NotAllowed):
        look(database, viewer)
    assert states(database) == []


def test_a_right_lost_between_looking_and_sending_counts(
    database: Engine, coordinator: Identity, viewer: Identity, neighbour: Identity
) -> None:
    looked = look(database, coordinator)
    for who in (viewer, neighbour):
        with pytest.raises(NotAllowed):
            imports.take(database, who, looked, is_confirmed=True, partly=False, now=NOON)
    assert states(database) == []


def test_a_batch_is_withdrawn_whole_and_can_be_sent_again(
    engine: Engine, coordinator: Identity, reviewer: Identity, administrator: Identity
) -> None:
    batch = take(engine, coordinator).batch
    moved = unit_of_work(
        engine,
        lambda s: batches.withdraw(s, coordinator, batch, note="wrong file", now=NOON),
    )
    again = unit_of_work(
        engine, lambda s: batches.withdraw(s, coordinator, batch, note="wrong file", now=NOON)
    )
    assert (moved, again) == (3, 0)
    assert states(engine) == ["withdrawn"] * 3
    assert waiting(engine, reviewer) == []
    assert take(engine, coordinator, minutes=5).recorded == 3
    assert is_whole(engine, administrator)


def test_an_accepted_batch_needs_a_reviewer_to_be_withdrawn(
    database: Engine, coordinator: Identity, neighbour: Identity, reviewer: Identity
) -> None:
    batch = take(database, coordinator).batch

    def withdraw(who: Identity, note: str = "wrong file") -> int:
        return unit_of_work(
            database, lambda s: batches.withdraw(s, who, batch, note=note, now=NOON)
        )

    unit_of_work(database, lambda s: review.accept(s, reviewer, Ref("KEN", 1), plan=PLAN, now=NOON))
    with pytest.raises(WrongState, match="reviewer"):
        withdraw(coordinator)
    with pytest.raises(NotAllowed):
        withdraw(neighbour)
    with pytest.raises(BadInput):
        withdraw(coordinator, note=" ")
    with pytest.raises(NotFound):
        unit_of_work(
            database, lambda s: batches.withdraw(s, coordinator, "none", note="x", now=NOON)
        )
    assert states(database) == ["accepted", "submitted", "submitted"]
    assert withdraw(reviewer) == 3
    assert states(database) == ["withdrawn", "returned", "returned"]


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file count as a large one, recorded in parts of two rows."""
    monkeypatch.setattr(imports_store, "TOGETHER", 0)
    monkeypatch.setattr(imports_store, "PART", 2)


@pytest.mark.usefixtures("parts")
def test_a_large_file_goes_in_by_parts_and_is_seen_as_one(
    engine: Engine, coordinator: Identity, reviewer: Identity, administrator: Identity
) -> None:
    rows = [(CONTEXT, "KEN", year, year - 1990, "M") for year in range(2000, 2007)]
    assert take(engine, coordinator, *rows).recorded == 7
    assert len(waiting(engine, reviewer)) == 7
    assert take(engine, coordinator, *rows, minutes=5).recorded == 0
    assert is_whole(engine, administrator)


@pytest.mark.usefixtures("parts")
def test_a_large_file_broken_off_is_unseen_and_goes_on_when_sent_again(
    engine: Engine, coordinator: Identity, reviewer: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(CONTEXT, "KEN", year, year - 1990, "M") for year in range(2000, 2007)]
    with monkeypatch.context() as patch:
        patch.setattr(imports_store, "_finished", _broken)
        with pytest.raises(ConnectionError):
            take(engine, coordinator, *rows)
    assert len(states(engine)) == 7
    assert waiting(engine, reviewer) == []
    later = [*rows, (CONTEXT, "KEN", 2008, 18, "M")]
    take(engine, coordinator, *later, minutes=5)  # another file: its own row is seen
    assert len(waiting(engine, reviewer)) == 1
    looked = look(engine, coordinator, *rows)
    now = NOON + timedelta(minutes=9)
    imports.take(engine, coordinator, looked, is_confirmed=True, partly=False, now=now)
    assert len(waiting(engine, reviewer)) == 8
    with reading(engine) as session:
        assert len(session.exec(select(Batch)).all()) == 2


def _broken(*_about: Any) -> int:
    raise ConnectionError


@pytest.mark.usefixtures("parts")
def test_a_write_of_another_between_two_parts_is_not_lost(
    database: Engine,
    coordinator: Identity,
    administrator: Identity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [(CONTEXT, "KEN", year, year - 1990, "M") for year in range(2000, 2007)]
    sent: list[Ref] = []

    def elsewhere(_seconds: float) -> None:
        if not sent:
            other = draft(indicator=CONTEXT, period="2006", value="99")
            sent.append(
                unit_of_work(
                    database,
                    lambda s: observations.submit(
                        s, coordinator, other, plan=PLAN, token="t", now=NOON
                    ),
                )
            )

    monkeypatch.setattr("dashboard.services.imports_store.time.sleep", elsewhere)
    take(database, coordinator, *rows)
    assert states(database).count("superseded") == 1
    assert states(database).count("submitted") == 7
    assert is_whole(database, administrator)


def test_how_columns_were_read_is_remembered_for_such_files(
    database: Engine, coordinator: Identity, person: Callable[[str], Identity]
) -> None:
    head = ("Kennzahl", "Land", "Jahr", "Wert", "Quelle")
    data = messy.csv([head, (CASES, "KEN", 2021, 12, "M")], ";").encode()
    about: dict[str, Any] = {"plan": PLAN, "name": "f.csv", "now": NOON}
    looked = imports.looking(database, coordinator, data, **about)
    assert looked.sendable == 0
    told = Options(mapping=dict(zip(head, HEAD, strict=True)))
    unit_of_work(database, lambda s: imports.remember(s, coordinator, looked, told, now=NOON))
    assert imports.looking(database, coordinator, data, **about).sendable == 1
    assert imports.looking(database, person("neighbour"), data, **about).sendable == 0


@pytest.mark.usefixtures("parts")
def test_rows_of_a_batch_that_is_not_whole_are_nobodys_yet(
    engine: Engine,
    coordinator: Identity,
    reviewer: Identity,
    secretariat: Identity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = unit_of_work(engine, lambda s: opened(s, secretariat))
    rows = [(CONTEXT, "KEN", year, year - 1990, "M") for year in range(2019, 2026)]
    with monkeypatch.context() as patch:
        patch.setattr(imports_store, "_finished", _broken)
        with pytest.raises(ConnectionError):
            take(engine, coordinator, *rows)
    with reading(engine) as session:
        assert queues.mine(session, coordinator, plan=PLAN).empty
        asked = owed.table(session, rounds.get(session, code))
        assert set(asked.loc[asked["area_id"] == KENYA, "state"]) == {"not_started"}
    with pytest.raises(WrongState, match="still coming in"):
        unit_of_work(
            engine, lambda s: review.accept(s, reviewer, Ref("KEN", 1), plan=PLAN, now=NOON)
        )
    take(engine, coordinator, *rows)
    with reading(engine) as session:
        assert len(queues.mine(session, coordinator, plan=PLAN)) == 7
        asked = owed.table(session, rounds.get(session, code))
        assert "submitted" in set(asked.loc[asked["area_id"] == KENYA, "state"])


def held(engine: Engine, number: int) -> Observation:
    """Return a row of Kenya."""
    with reading(engine) as session:
        return session.exec(
            select(Observation).where(Observation.area_id == KENYA, Observation.seq == number)
        ).one()


def test_a_file_that_lacks_a_field_never_changes_it(engine: Engine, coordinator: Identity) -> None:
    head = (*HEAD, "numerator", "denominator", "status", "note", "evidence", "source date")
    full = [
        (
            PERCENT,
            "KEN",
            2023,
            50,
            "Survey",
            5,
            10,
            "E",
            "estimate",
            "https://a.test/b",
            "2024-02-01",
        ),
        (PERCENT, "KEN", 2024, 60, "Survey", 6, 10, "P", "first", "https://a.test/c", "2025-02-01"),
        (CONTEXT, "KEN", 2024, "", "", "", "", "L", "", "", ""),
    ]
    reasons = [(*head, "reason"), *((*row, "" if row[3] else "lost") for row in full)]

    def look(rows: Any, name: str) -> imports.Looked:
        data = messy.csv(rows).encode()
        return imports.looking(engine, coordinator, data, plan=PLAN, name=name, now=NOON)

    def send(looked: imports.Looked) -> int:
        taken = imports.take(engine, coordinator, looked, is_confirmed=True, partly=False, now=NOON)
        return taken.recorded

    assert send(look(reasons, "full.csv")) == 3
    short = [HEAD[:4], *(row[:4] for row in full[:2])]
    assert look(short, "short.csv").counts["unchanged"] == 2
    assert send(look(short, "short.csv")) == 0

    changed = [HEAD[:4], (PERCENT, "KEN", 2024, 61), (CONTEXT, "KEN", 2024, 7)]
    looked = look(changed, "changed.csv")
    shown = imports.table(looked)
    assert shown[["status", "note"]].to_numpy().tolist() == [["P", "first"], ["A", ""]]
    assert send(looked) == 2
    row, gap = held(engine, 4), held(engine, 5)
    found: tuple[Any, ...] = (row.value, row.status, row.note, row.evidence)
    assert found == (61, "P", "first", "https://a.test/c")
    assert (row.numerator, row.source, row.source_date) == (None, "changed.csv", None)
    ended: tuple[Any, ...] = (gap.value, gap.status, gap.missing_reason)
    assert ended == (7, "A", "")


def test_a_closed_round_locks_what_a_file_brings(
    database: Engine, coordinator: Identity, secretariat: Identity
) -> None:
    code = unit_of_work(database, lambda s: opened(s, secretariat))
    before = look(database, coordinator, (CONTEXT, "KEN", 2025, 5, "M"))
    unit_of_work(database, lambda s: rounds.close(s, secretariat, code, token="c", now=NOON))
    looked = look(database, coordinator, (CONTEXT, "KEN", 2025, 5, "M"))
    assert [fault.name for fault in looked.faults] == ["locked"]
    assert "secretariat@example.org" in looked.faults[0].message
    with pytest.raises(BadInput, match="was closed"):
        imports.take(database, coordinator, looked, is_confirmed=True, partly=False, now=NOON)
    with pytest.raises(WrongState, match="was closed"):  # it was closed after the look
        imports.take(database, coordinator, before, is_confirmed=True, partly=False, now=NOON)
    assert states(database) == []


@pytest.fixture
def secretariat(person: Callable[[str], Identity]) -> Identity:
    """Give somebody who opens and closes rounds."""
    return person("secretariat")


def opened(session: Session, secretariat: Identity) -> str:
    """Open a round on 2025 that asks Kenya for one figure."""
    content = {
        "name": "Round on 2025",
        "period": "2025",
        "indicators": [CONTEXT],
        "measures": [],
        "areas": ["KEN"],
        "opens": date(2026, 1, 1),
        "due": date(2026, 12, 31),
        "contact": "secretariat@example.org",
    }
    asked = rounds.parse(content)
    return rounds.open_round(session, secretariat, asked, plan=PLAN, token="o", now=NOON)
