"""`headway digest`: shown first, sent once, as if it were another day."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlmodel import Session

from dashboard import cli
from dashboard.services import access, rounds
from models import open_database, unit_of_work
from tests.rounds import asked
from tests.tiny import PLAN

Run = Callable[..., str]


@pytest.fixture
def home(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an installation with a round that is due in five days."""
    for name in [name for name in os.environ if name.startswith("HEADWAY_")]:
        monkeypatch.delenv(name)
    place = tmp_path / "home"
    place.mkdir(mode=0o700)
    shutil.copyfile(template, place / "headway.db")
    monkeypatch.setenv("HEADWAY_HOME", str(place))
    engine = open_database(f"sqlite:///{place / 'headway.db'}")
    now = datetime.now(UTC)
    day = now.date()
    draft = asked(opens=day - timedelta(days=9), due=day + timedelta(days=5))

    def work(session: Session) -> None:
        who = access.identity(session, "secretariat", now=now)
        rounds.open_round(session, who, draft, plan=PLAN, token="t", now=now)

    unit_of_work(engine, work)
    engine.dispose()
    return place


@pytest.fixture
def run(home: Path) -> Run:
    def command(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(cli.main, ["digest", *words])
        assert done.exit_code == code, done.output
        assert "Traceback" not in done.output
        return done.output

    return command


def outbox(home: Path) -> list[Path]:
    return sorted((home / "outbox").glob("*.eml"))


def test_a_dry_run_shows_the_letters_and_sends_none(run: Run, home: Path) -> None:
    said = run("--dry-run")
    assert "Kenya: Round of 2024" in said
    assert "2 letters would leave." in said
    assert outbox(home) == []


def test_the_letters_of_a_day_leave_once(run: Run, home: Path) -> None:
    assert "2 letters have left." in run()
    assert "0 letters have left." in run()
    assert len(outbox(home)) == 2


def test_another_day_can_be_asked_for(run: Run) -> None:
    past = (datetime.now(UTC) - timedelta(days=60)).date()
    assert "0 letters would leave." in run("--dry-run", "--as-of-day", past.isoformat())
    assert "is no day: write 2026-03-01" in run("--as-of-day", "tomorrow", code=2)


def test_a_mail_server_that_is_away_is_said_and_the_letters_wait(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADWAY_SMTP", "smtp://127.0.0.1:1")
    said = run(code=1)
    assert "2 letters did not leave" in said
    assert "Check HEADWAY_SMTP" in said
    monkeypatch.delenv("HEADWAY_SMTP")
    assert "2 letters have left." in run()
