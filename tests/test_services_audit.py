"""What somebody changed behind the guards is found, row by row, and nothing else is."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.services import audit, founding, observations, people, review, updates
from models import SYSTEM, Identity, NotAllowed, open_database, reading, unit_of_work
from models.migrations import upgrade
from tests.test_services_upkeep import unguarded
from tests.tiny import NOON, PLAN, chain, draft, update


@pytest.fixture
def record(engine: Engine, coordinator: Identity, reviewer: Identity) -> Engine:
    """Give a record with a corrected figure, one that was returned, and a measure update."""

    def work(session: Session) -> None:
        chain(session)
        for number, value in enumerate(("60", "62.5")):
            at = NOON + timedelta(minutes=number)
            ref = observations.submit(
                session, coordinator, draft(value=value), plan=PLAN, token=value, now=at
            )
            review.accept(session, reviewer, ref, plan=PLAN, note="checked", now=at)
        poor = draft(period="2023")
        ref = observations.submit(session, coordinator, poor, plan=PLAN, token="poor", now=NOON)
        review.send_back(session, reviewer, ref, plan=PLAN, note="which survey?", now=NOON)
        sent = updates.submit(session, coordinator, update(), plan=PLAN, token="u", now=NOON)
        review.accept(session, reviewer, sent, plan=PLAN, now=NOON)

    unit_of_work(engine, work)
    return engine


def problems(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return audit.problems(session, SYSTEM)


def test_nothing_is_found_where_nothing_was_touched(record: Engine) -> None:
    assert problems(record) == []


def test_only_an_administrator_looks(record: Engine, viewer: Identity) -> None:
    with reading(record) as session, pytest.raises(NotAllowed):
        audit.problems(session, viewer)


@pytest.mark.parametrize(
    ("table", "damage", "said"),
    [
        ("observation", "UPDATE observation SET value = '99' WHERE seq = 2", "KEN-2: the record"),
        ("observation", "UPDATE observation SET note = 'x' WHERE seq = 2", "KEN-2: the record"),
        (
            "measure_update",
            "UPDATE measure_update SET blocker = 'money' WHERE seq = 4",
            "KEN-4: the record",
        ),
        (
            "review_event",
            "UPDATE review_event SET note = 'fine' WHERE seq = 3 AND step = 2",
            "KEN-3: step 2 of its review was altered",
        ),
        (
            "review_event",
            "UPDATE review_event SET by = 'coordinator' WHERE seq = 2 AND step = 2",
            "KEN-2: step 2 of its review was altered",
        ),
        (
            "review_event",
            "UPDATE review_event SET at = at + 1 WHERE seq = 1 AND step = 3",
            "KEN-1: step 3 of its review was altered",
        ),
        (
            "review_event",
            "UPDATE review_event SET after = 'accepted' WHERE seq = 3 AND step = 2",
            "KEN-3: step 2 of its review was altered",
        ),
        (
            "review_event",
            "DELETE FROM review_event WHERE seq = 3 AND step = 2",
            "KEN-3: step 2 of its review is missing",
        ),
        (
            "review_event",
            "INSERT INTO review_event (area_id, seq, step, before, after, by, at, note) "
            "VALUES (404, 3, 3, 'returned', 'accepted', 'reviewer', 0, '')",
            "row 3 of area 404: step 3 has no link in the chain",
        ),
        (
            "audit_event",
            "DELETE FROM audit_event WHERE chain = 404 AND seq = 2",
            "chain 404, event 3: event 2 is missing before it",
        ),
    ],
)
def test_whoever_changes_the_record_behind_the_guards_is_found_out(
    record: Engine, table: str, damage: str, said: str
) -> None:
    unguarded(record, table, damage)
    assert any(line.startswith(said) for line in problems(record)), problems(record)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("SET area_id = NULL WHERE id = 'grant-coordinator'", "coordinator: is not one that was"),
        ("SET role = 'administrator' WHERE id = 'grant-viewer'", "viewer: is not one that was"),
        ("SET until = until - 1 WHERE id = 'grant-viewer'", "viewer: does not end when it was"),
    ],
)
def test_a_role_that_was_widened_or_drawn_out_is_found(
    record: Engine, damage: str, said: str
) -> None:
    with record.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql(f"UPDATE access_grant {damage}")
    assert len(problems(record)) == 1
    assert said in problems(record)[0]


def test_a_role_that_was_slipped_in_or_taken_out_is_found(record: Engine) -> None:
    with record.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO access_grant (id, person_id, role, since, until, granted_by, granted_at) "
            "VALUES ('mine', 'viewer', 'administrator', 0, 9000000000000000, 'system', 0)"
        )
        connection.exec_driver_sql("DELETE FROM access_grant WHERE id = 'grant-viewer'")
    assert problems(record) == [
        "grant grant-viewer: is no longer in the record",
        "grant mine of viewer: is not one that was given",
    ]


def test_a_role_that_was_ended_as_it_should_be_is_in_order(record: Engine) -> None:
    unit_of_work(record, lambda s: people.revoke(s, SYSTEM, "grant-viewer", now=NOON))
    assert problems(record) == []


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a real record once: the plans and facts that are shipped."""
    path = tmp_path_factory.mktemp("founded") / "headway.db"
    engine = open_database(f"sqlite:///{path}")
    upgrade(engine)
    for _name, step in founding.for_real(now=NOON):
        unit_of_work(engine, step)
    engine.dispose()
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("SELECT 1", ""),
        ("UPDATE target SET value = '50' WHERE id LIKE 'UN-GPA:%'", "target UN-GPA:"),
        ("DELETE FROM target WHERE id LIKE 'UN-GPA:%'", "target UN-GPA:"),
        ("UPDATE baseline SET year = 2001 WHERE id LIKE 'UN-GPA:%'", "baseline UN-GPA:"),
        ("UPDATE plan_edition SET content = '{\"code\": 1}'", "edition 1.0.0 of UN-GPA"),
        ("UPDATE review_event SET note = 'x' WHERE step = 1", "the steps of the rows taken in"),
        ("DELETE FROM review_event WHERE area_id = 404", "the steps of the rows taken in"),
    ],
)
def test_facts_and_plans_are_compared_with_what_was_installed(
    founded: Path, tmp_path: Path, damage: str, said: str
) -> None:
    shutil.copyfile(founded, tmp_path / "headway.db")
    engine = open_database(f"sqlite:///{tmp_path / 'headway.db'}")
    unguarded(engine, "review_event", damage)
    found = problems(engine)
    engine.dispose()
    assert found == [] if not said else any(said in line for line in found), found[:5]
