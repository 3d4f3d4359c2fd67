"""Whatever its description allows or forbids, the interface answers as described.

Schemathesis draws questions and bodies from the description, right ones and wrong ones, and holds
every answer against it: status, type, headers and shape. Nothing it sends may break anything.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Config, GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.api import make_app
from dashboard.services import access, ledger, snapshots, tokens
from dashboard.settings import Settings
from models import open_database, reading, unit_of_work
from tests.test_api import LATER
from tests.tiny import NOON, PERCENT, PLAN

EXAMPLES = int(os.environ.get("HEADWAY_EXAMPLES", "8"))
"""Questions for each address, in the right and in the wrong way; more where there is time."""
SETTINGS = Settings.read({"HEADWAY_HOME": "/nowhere"})
pytestmark = pytest.mark.slow
load_all_checks()


def interface(engine: Callable[[], Engine]) -> Any:
    """Return the description of the interface, with the interface behind it.

    Characters with the number 0 are left out: they are refused everywhere, and tested beside.
    """
    app = make_app(engine, SETTINGS, now=lambda: LATER)
    project = ProjectConfig(generation=GenerationConfig(allow_x00=False))
    config = Config(projects=ProjectsConfig(default=project))
    return schemathesis.openapi.from_asgi("/openapi.json", app, config=config)


def nowhere() -> Engine:
    """Stand for a database where only the description is asked for."""
    raise NotImplementedError


OPERATIONS = {found.ok().label: found.ok() for found in interface(nowhere).get_all_operations()}
CAN_BE_WRONG = [name for name, one in OPERATIONS.items() if one.query or one.body]
"""What can be asked in a wrong way: a path alone is a code that there is or is not."""


@pytest.fixture(scope="module")
def engine(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give a record with some figures and a snapshot, to which everything may happen."""
    path = tmp_path_factory.mktemp("schema") / "headway.db"
    shutil.copyfile(template, path)
    made = open_database(f"sqlite:///{path}")
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def token(engine: Engine) -> str:
    """Fill the record and give a token that goes as far as a token can."""

    def work(session: Session) -> str:
        who = access.identity(session, "coordinator", now=NOON)
        evaluator = access.identity(session, "evaluator", now=NOON)
        snapshots.take(session, evaluator, PLAN, name="One", now=NOON)
        return tokens.issue(session, who, "Test", tokens.SCOPES, now=NOON)[0]

    return unit_of_work(engine, work)


@pytest.fixture(scope="module")
def operations(engine: Engine) -> dict[str, Any]:
    """Give every operation by its name."""
    found = [one.ok() for one in interface(lambda: engine).get_all_operations()]
    return {one.label: one for one in found}


def asked(
    operation: Any,
    mode: GenerationMode,
    token: str,
    without: Sequence[Any] = (),
    change: Callable[[Any], None] = lambda _case: None,
) -> None:
    """Ask in many ways, and hold every answer against the description."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def answered(case: Any) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        change(case)
        case.call_and_validate(headers=headers, excluded_checks=list(without))

    answered()


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_asked_rightly_is_answered_as_described(
    operations: dict[str, Any], token: str, name: str
) -> None:
    # That a figure needs a source, and a missing one a reason, JSON Schema cannot tell.
    is_post = name.startswith("POST")
    without = [positive_data_acceptance] if is_post else []
    asked(operations[name], GenerationMode.POSITIVE, token, without)


@pytest.mark.parametrize("name", CAN_BE_WRONG)
def test_what_is_asked_wrongly_is_refused_as_described(
    operations: dict[str, Any], token: str, name: str
) -> None:
    asked(operations[name], GenerationMode.NEGATIVE, token)


def about_kenya(case: Any) -> None:
    """Let what is sent be about what there is, so that it gets past the first check."""
    case.body["plan"] = PLAN
    for row in [*case.body.get("observations", []), *case.body.get("updates", [])]:
        codes = {"area": "KEN", "indicator": PERCENT, "measure": "A.1"}
        row |= {name: code for name, code in codes.items() if name in row}


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name.startswith("POST")])
def test_whatever_is_sent_about_kenya_is_recorded_or_refused_as_described(
    engine: Engine, operations: dict[str, Any], token: str, name: str
) -> None:
    without = [positive_data_acceptance]
    asked(operations[name], GenerationMode.POSITIVE, token, without, about_kenya)
    with reading(engine) as session:
        assert ledger.verify(session) == []
