"""Writers that share a commit: nothing is lost, one that fails harms none, all is durable."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard import i18n
from dashboard.services import ledger, observations, reads
from models import BadInput, Identity, Person, open_database, reading, unit_of_work
from tests.tiny import NOON, PLAN, draft

YEARS = range(1990, 2026)


def crowd(*works: Callable[[], object]) -> list[object]:
    """Do all of this at once, and return what each gave or raised."""
    gate = threading.Barrier(len(works))

    def go(work: Callable[[], object]) -> object:
        gate.wait()
        try:
            return work()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(go, works))


def commits(engine: Engine) -> list[int]:
    """Count the commits from now on."""
    seen: list[int] = []
    sa.event.listen(engine, "commit", lambda _connection: seen.append(1))
    return seen


def test_many_at_once_are_all_kept_and_share_commits(
    database: Engine, coordinator: Identity
) -> None:
    counted = commits(database)

    def send(year: int) -> Callable[[], object]:
        row = draft(period=str(year))
        return lambda: unit_of_work(
            database,
            lambda session: observations.submit(
                session, coordinator, row, plan=PLAN, token=str(year), now=NOON
            ),
        )

    refs = crowd(*(send(year) for year in YEARS))
    assert sorted(ref.seq for ref in refs) == list(range(1, len(YEARS) + 1))  # type: ignore[attr-defined]
    assert len(counted) < len(YEARS)
    again = open_database(str(database.url))
    with reading(again) as session:
        stored = session.connection().execute(sa.text("SELECT count(*) FROM observation"))
        assert stored.scalar() == len(YEARS)
        assert ledger.verify(session) == []
        assert reads.version(session) >= 0
    again.dispose()


def test_one_that_fails_undoes_itself_alone(database: Engine) -> None:
    def rename(name: str, *, fails: bool) -> Callable[[], object]:
        def work(session: Session) -> str:
            person = session.get(Person, name)
            assert person is not None
            person.name = f"{name} renamed"
            session.flush()
            if fails:
                raise BadInput("no")
            return name

        return lambda: unit_of_work(database, work)

    names = ["coordinator", "neighbour", "reviewer", "evaluator", "administrator", "viewer"]
    found = crowd(*(rename(name, fails=place % 2 == 1) for place, name in enumerate(names)))
    assert [isinstance(one, BadInput) for one in found] == [False, True] * 3
    with reading(database) as session:
        renamed = {name: session.get(Person, name).name for name in names}  # type: ignore[union-attr]
    assert [renamed[name].endswith("renamed") for name in names] == [True, False] * 3


def test_each_speaks_its_own_language(database: Engine) -> None:
    languages = ["ar", "en", "es", "fr", "ru", "zh"] * 4

    def say(language: str) -> Callable[[], object]:
        def ask() -> object:
            i18n.speak(language)
            return unit_of_work(database, lambda _session: i18n.language())

        return ask

    assert crowd(*map(say, languages)) == languages


def test_work_that_is_broken_is_raised_where_it_was_asked(database: Engine) -> None:
    def broken(session: Session) -> None:
        session.connection().execute(sa.text("INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(sa.exc.OperationalError, match="nowhere"):
        unit_of_work(database, broken)
    assert unit_of_work(database, lambda _session: "fine") == "fine"
