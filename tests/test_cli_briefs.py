"""`headway brief`: a note on paper or for the browser, from the terminal."""

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboard import cli


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


def brief(*words: object, code: int = 0) -> Result:
    done = CliRunner().invoke(cli.main, ["brief", *(str(word) for word in words)])
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done


@pytest.mark.usefixtures("home")
def test_a_note_goes_to_the_file_that_was_named(tmp_path: Path) -> None:
    paper, screen = tmp_path / "kenya.pdf", tmp_path / "africa.html"
    assert "Briefing note on Kenya" in brief("ken", "-o", paper).output
    assert paper.read_bytes().startswith(b"%PDF-1.7")
    brief("M49-002", "-o", screen)
    assert screen.read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.usefixtures("home")
def test_a_note_goes_to_the_output_where_no_file_is_named() -> None:
    assert brief("KEN").stdout_bytes.startswith(b"%PDF-1.7")
    shown = brief("KEN", "--html", "--as-of", "2020-01-01", "--method", "cagr:eurostat").output
    assert "as it was known on January 1, 2020" in shown
    assert "another method than the default" in shown


@pytest.mark.usefixtures("home")
def test_what_cannot_be_is_a_sentence_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "note.pdf"
    assert "ATLANTIS" in brief("ATLANTIS", "-o", path, code=1).output
    assert "magic" in brief("KEN", "--method", "magic", "-o", path, code=1).output
    assert not path.exists()
