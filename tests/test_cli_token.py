"""`headway token`: a token made, listed and ended from the terminal."""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboard import cli
from dashboard.cli.token import SCOPES
from dashboard.services import tokens
from models import open_database, reading

WHO = "coordinator@example.org"


@pytest.fixture
def home(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an installation with the tiny record."""
    for name in [name for name in os.environ if name.startswith("HEADWAY_")]:
        monkeypatch.delenv(name)
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    place = tmp_path / "home"
    place.mkdir(mode=0o700)
    shutil.copyfile(template, place / "headway.db")
    monkeypatch.setenv("HEADWAY_HOME", str(place))
    return place


def token(*words: object, code: int = 0) -> Result:
    done = CliRunner().invoke(cli.main, ["token", *(str(word) for word in words)])
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done


def test_the_command_offers_every_scope_there_is() -> None:
    assert tuple(tokens.SCOPES) == SCOPES


def test_a_token_is_made_listed_and_ended(home: Path) -> None:
    made = token("add", WHO, "--name", "Upload", "--scope", "submit", "--scope", "read")
    secret = made.stdout.strip()
    assert secret.startswith("headway_")
    (told,) = json.loads(token("list", "--json").output)
    assert (told["email"], told["name"], told["scopes"]) == (WHO, "Upload", ["read", "submit"])
    assert told["is_in_force"] is True
    assert secret not in token("list").output
    engine = open_database(f"sqlite:///{home / 'headway.db'}")
    with reading(engine) as session:
        found = tokens.bearer(session, secret, now=datetime.now(UTC))
    engine.dispose()
    assert found is not None
    assert found.who.person_id == "coordinator"
    assert "opens nothing" in token("revoke", told["id"]).output
    assert "(ended)" in token("list", WHO).output
    assert token("list", "viewer@example.org").output == ""


@pytest.mark.usefixtures("home")
def test_what_makes_no_token_is_a_sentence() -> None:
    asked = ("--name", "x", "--scope", "read")
    assert "Nobody has an account" in token("add", "no@example.org", *asked, code=1).output
    assert "has passed" in token("add", WHO, *asked, "--until", "2020-01-01", code=1).output
    assert "There is no token" in token("revoke", "nothing", code=1).output
    assert "review" in token("add", WHO, "--name", "x", "--scope", "review", code=2).output
