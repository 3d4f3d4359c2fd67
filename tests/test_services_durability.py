"""A program killed in the middle of a write loses nothing that was acknowledged."""

import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import select

from dashboard.services import derived, ledger
from models import Observation, ReviewState, State, reading
from tests import crowd

SECONDS = float(os.environ.get("HEADWAY_CROWD_SECONDS", "6"))
"""How long fifty writers write; a minute where somebody takes the time."""


def killed_while_writing(url: str, *, enough: int) -> dict[int, Decimal]:
    """Let a program write so many figures and some more, kill it, and return what it was told."""
    command = [sys.executable, "-m", "tests.writer", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(enough)]
        time.sleep(random.uniform(0.01, 0.2))
        writer.kill()
        told += writer.stdout.readlines()
    whole = [line.split() for line in told if line.endswith("\n")]
    return {int(name.removeprefix("KEN-")): Decimal(value) for name, value in whole}


@pytest.mark.slow
def test_what_was_acknowledged_is_there_after_a_kill(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    acknowledged = killed_while_writing(url, enough=20)
    assert len(acknowledged) >= 20

    with reading(engine) as session:
        kept = {row.seq: row.value for row in session.exec(select(Observation))}
        assert acknowledged.items() <= kept.items()
        assert len(kept) <= len(acknowledged) + 1, "at most the write that was under way"
        states = set(session.exec(select(ReviewState.state)))
        assert states <= {State.ACCEPTED, State.SUPERSEDED}, "no step was torn off"
        assert derived.differences(session) == []
        assert ledger.verify(session) == []


@pytest.mark.slow
def test_fifty_writers_at_once_lose_nothing_and_double_nothing(engine: Engine) -> None:
    end = time.monotonic() + SECONDS
    logs = crowd.gather(engine, lambda _number: time.monotonic() < end)
    assert all(log.kept for log in logs), "everybody gets through"
    assert crowd.check(engine, logs) == sum(len(log.kept) for log in logs)


@pytest.mark.slow
def test_ten_rapid_clicks_store_one_row(engine: Engine) -> None:
    with ThreadPoolExecutor(10) as clicks:
        refs = set(clicks.map(lambda _click: crowd.send(engine, 0, 0), range(10)))
    assert len(refs) == 1
    with reading(engine) as session:
        assert len(session.exec(select(Observation.seq)).all()) == 1
        assert ledger.verify(session) == []
