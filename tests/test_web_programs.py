"""The interface alone on its database, and the pace at which programs are answered."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.services import access, tokens
from dashboard.settings import Settings
from dashboard.web.limits import Limit
from dashboard.web.programs import alone
from models import unit_of_work
from tests.door import Clock
from tests.postgres import free_port
from tests.tiny import NOON, PLAN

PATIENCE = 60.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(database: Engine, clock: Clock) -> Iterator[TestClient]:
    """Give the interface alone, which answers six requests a minute."""
    settings = Settings.read({"HEADWAY_HOME": "/nowhere", "HEADWAY_API_RATE": "6"})
    app = alone(lambda: database, settings, now=clock)
    with TestClient(app, base_url="http://localhost", client=("10.0.0.1", 50000)) as opened:
        yield opened


@pytest.fixture
def token(database: Engine) -> str:
    """Give a token with which figures of Kenya can be sent."""

    def work(session: Session) -> str:
        who = access.identity(session, "coordinator", now=NOON)
        return tokens.issue(session, who, "Test", ["submit"], now=NOON)[0]

    return unit_of_work(database, work)


def statuses(client: TestClient, count: int, **headers: str) -> list[int]:
    return [client.get("/api/v1/plans", headers=headers).status_code for _one in range(count)]


def test_it_answers_at_the_same_addresses_and_nowhere_else(client: TestClient) -> None:
    assert client.get("/", follow_redirects=False).headers["location"] == "/api/"
    answer = client.get("/api/v1/plans")
    assert [row["plan"] for row in answer.json()["data"]] == [PLAN]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get("/sdmx/v1/dataflow").status_code == 200
    assert client.get("/overview").status_code == 404
    assert client.get("/api/", headers={"Host": "evil.example"}).status_code == 400


def test_beyond_its_pace_an_address_waits_as_long_as_it_is_told(
    client: TestClient, clock: Clock
) -> None:
    assert statuses(client, 6) == [200] * 6
    clock.wait(seconds=20)
    answer = client.get("/api/v1/plans")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "40")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Come back in 40 seconds" in answer.json()["detail"]
    clock.wait(seconds=40)
    assert statuses(client, 1) == [200]


def test_whoever_shows_a_token_is_counted_by_it(
    client: TestClient, token: str, clock: Clock
) -> None:
    shown = {"Authorization": f"Bearer {token}"}
    assert statuses(client, 7, **shown) == [200] * 6 + [429]
    assert statuses(client, 7) == [200] * 6 + [429]


def test_guessing_at_tokens_counts_for_the_address(client: TestClient) -> None:
    guesses = [statuses(client, 1, Authorization=f"Bearer headway_{n}")[0] for n in range(8)]
    assert guesses == [401] * 6 + [429] * 2


def test_what_writes_counts_for_more(client: TestClient, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "12345678"}
    sent = [client.post("/api/v1/updates", json={}, headers=headers) for _one in range(2)]
    assert [answer.status_code for answer in sent] == [422, 429]
    assert statuses(client, 1) == [200]


def test_a_limit_says_how_long_to_wait() -> None:
    limit = Limit(2, timedelta(minutes=1))
    assert limit.wait("a", NOON) == timedelta()
    assert limit.take("a", NOON)
    assert limit.wait("a", NOON) == timedelta()
    assert limit.take("a", NOON + timedelta(seconds=10))
    assert limit.wait("a", NOON + timedelta(seconds=15)) == timedelta(seconds=45)
    assert limit.wait("b", NOON) == timedelta()


def test_it_needs_no_streamlit() -> None:
    code = (
        "import sys, dashboard.web.programs, dashboard.cli.api; print('streamlit' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.fixture
def start(template: Path, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Give a way to run `headway api` on the tiny record; it is stopped at the end."""
    shutil.copyfile(template, tmp_path / "headway.db")
    clean = {name: value for name, value in os.environ.items() if "HEADWAY" not in name}
    command = [str(Path(sys.executable).with_name("headway")), "api", "--port"]
    started: list[subprocess.Popen[bytes]] = []

    def run() -> str:
        port = free_port()
        started.append(
            subprocess.Popen([*command, str(port)], env=clean | {"HEADWAY_HOME": str(tmp_path)})
        )
        return f"http://127.0.0.1:{port}"

    yield run
    for process in started:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) in {0, -signal.SIGTERM}


@pytest.mark.slow
def test_the_command_serves_until_it_is_stopped(start: Callable[[], str]) -> None:
    url = start()
    end = time.monotonic() + PATIENCE
    while True:
        try:
            answer = httpx2.get(f"{url}/api/v1/plans")
            break
        except httpx2.TransportError:
            assert time.monotonic() < end
            time.sleep(0.1)
    assert answer.json()["data"][0]["plan"] == PLAN
