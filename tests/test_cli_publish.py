"""`headway publish`: a folder of pages, written over only where it is one of ours."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.engine import Engine

from dashboard import cli


@pytest.fixture
def installation(database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an installation with the tiny record; its folder is also where files may go."""
    database.dispose()
    monkeypatch.setenv("HEADWAY_HOME", str(tmp_path))
    monkeypatch.setenv("LANGUAGE", "en")
    return tmp_path


def publish(*words: object, code: int = 0) -> Result:
    done = CliRunner().invoke(cli.main, ["publish", *(str(word) for word in words)])
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done


def test_an_edition_is_written_and_written_again(installation: Path) -> None:
    site = installation / "site"
    told = publish(site, "--as-of", "2026-07-01", "--address", "https://example.org/").output
    assert "as known at 1 Jul 2026, 23:59 UTC" in told
    assert "https://example.org/index.html" in (site / "sitemap.xml").read_text()
    first = (site / "index.html").read_bytes()
    publish(site, "--as-of", "2026-07-01")
    assert (site / "index.html").read_bytes() != first, "it has no address any more"
    assert not (site / "sitemap.xml").exists(), "what an edition has no longer is taken away"


def test_a_folder_of_others_is_left_alone(installation: Path) -> None:
    (installation / "own").mkdir()
    (installation / "own" / "letter.txt").write_text("mine")
    assert "holds other files" in publish(installation / "own", code=2).output
    assert [path.name for path in (installation / "own").iterdir()] == ["letter.txt"]


def test_what_cannot_be_published_is_said(installation: Path) -> None:
    site = installation / "site"
    both = publish(site, "--snapshot", "abc", "--as-of", "2026-07-01", code=2)
    assert "not both" in both.output
    assert "No pages can be written in xx" in publish(site, "--language", "xx", code=2).output
    assert "No plan has the code" in publish(site, "--plan", "NONE", code=1).output
    assert "snapshot" in publish(site, "--snapshot", "abc", code=1).output
    assert not site.exists()
