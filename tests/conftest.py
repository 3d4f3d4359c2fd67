"""What tests share: a tiny record in a fresh database, and one person a role.

The databases are made once a run by the real migrations and copied for each test, so a test costs
a file copy. `database` is SQLite; `engine` is SQLite and, where a server can be had, PostgreSQL.
"""

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard import i18n
from dashboard.services import access
from models import Identity, open_database, reading, unit_of_work, writing
from models.migrations import upgrade
from tests import postgres, tiny
from tests.tiny import NOON

pytest_plugins = ("tests.browser",)
TINY = "headway_tiny"


def prepare(engine: Engine) -> Engine:
    """Bring an empty database up to date and fill in the tiny record."""
    upgrade(engine)
    unit_of_work(engine, tiny.fill)
    return engine


@pytest.fixture(autouse=True)
def english() -> None:
    """Begin every test in English, whatever the test before it spoke."""
    i18n.speak("en")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("template") / "headway.db"
    engine = prepare(open_database(f"sqlite:///{path}"))
    engine.dispose()  # the last connection folds the write-ahead log into the file
    return path


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Iterator[Engine]:
    """Give a fresh SQLite file with the tiny record."""
    shutil.copyfile(template, tmp_path / "headway.db")
    engine = open_database(f"sqlite:///{tmp_path / 'headway.db'}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """Start one PostgreSQL server for the run, or skip with a sentence where there is none."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip(postgres.MISSING)
    with postgres.running(programs) as server:
        prepare(open_database(server.create(TINY))).dispose()
        yield server


numbers = itertools.count()


def copied(server: postgres.Server, template: str) -> Iterator[Engine]:
    """Give a PostgreSQL database of one's own, copied from a template, and drop it at the end."""
    name = f"test_{next(numbers)}"
    engine = open_database(server.create(name, template))
    yield engine
    engine.dispose()
    server.drop(name)


@pytest.fixture
def postgres_database(postgres_server: postgres.Server) -> Iterator[Engine]:
    """Give a fresh PostgreSQL database with the tiny record."""
    yield from copied(postgres_server, TINY)


BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give a fresh database with the tiny record: SQLite, and then PostgreSQL."""
    name = "database" if request.param == "sqlite" else "postgres_database"
    found: Engine = request.getfixturevalue(name)
    return found


@pytest.fixture(params=BOTH)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Give a database with no table at all: SQLite, and then PostgreSQL."""
    if request.param == "sqlite":
        engine = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
        engine.dispose()
    else:
        yield from copied(request.getfixturevalue("postgres_server"), "template1")


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    """Give a session that writes; what it did is kept when the test ends."""
    with writing(database) as opened:
        yield opened


@pytest.fixture
def person(database: Engine) -> Callable[[str], Identity]:
    """Give a way to get anybody of the tiny record, with the grants they hold at noon."""

    def find(name: str) -> Identity:
        with reading(database) as opened:
            return access.identity(opened, name, now=NOON)

    return find


@pytest.fixture
def coordinator(person: Callable[[str], Identity]) -> Identity:
    """Give the coordinator of Kenya."""
    return person("coordinator")


@pytest.fixture
def neighbour(person: Callable[[str], Identity]) -> Identity:
    """Give the coordinator of Namibia."""
    return person("neighbour")


@pytest.fixture
def reviewer(person: Callable[[str], Identity]) -> Identity:
    """Give a reviewer of every area."""
    return person("reviewer")


@pytest.fixture
def evaluator(person: Callable[[str], Identity]) -> Identity:
    """Give an evaluator."""
    return person("evaluator")


@pytest.fixture
def administrator(person: Callable[[str], Identity]) -> Identity:
    """Give an administrator."""
    return person("administrator")


@pytest.fixture
def viewer(person: Callable[[str], Identity]) -> Identity:
    """Give somebody who may only read."""
    return person("viewer")
