"""What a stranger meets is told: commands, settings, targets, statuses and methods."""

import re
import tomllib

from dashboard import cli
from dashboard.progress import METHODS, STATUSES
from tests import house

README = (house.ROOT / "README.md").read_text("utf-8")
METHOD = (house.ROOT / "dashboard" / "progress" / "METHOD.md").read_text("utf-8")


def test_every_command_is_told_in_the_readme() -> None:
    untold = [name for name in cli.main.commands if f"headway {name}" not in README]
    assert untold == []


def test_every_setting_is_told_in_the_readme() -> None:
    source = (house.ROOT / "dashboard" / "settings.py").read_text("utf-8")
    settings = set(re.findall(r"HEADWAY_[A-Z_]+", source))
    assert settings
    assert {name for name in settings if f"`{name}`" not in README} == set()


def test_no_setting_is_read_past_the_settings() -> None:
    known = set(re.findall(r"HEADWAY_[A-Z_]+", README))
    used = {
        name
        for path, text in house.texts()
        if path.suffix == ".py" and path.parts[0] in {"dashboard", "models", "pages", "seed"}
        for name in re.findall(r"HEADWAY_[A-Z_]+\b", text)
    }
    assert used - known == set()


def test_both_commands_of_the_readme_are_made() -> None:
    makefile = (house.ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    told = set(re.findall(r"`make ([a-z]+)", README))
    assert {"run", "test"} <= told <= targets


def test_every_status_is_told_in_the_method() -> None:
    assert [status for status in STATUSES if f"`{status}`" not in METHOD] == []


def test_every_method_is_told_in_the_method() -> None:
    assert [name for name in METHODS if f"`{name}`" not in METHOD] == []


def test_the_version_is_the_newest_in_the_changelog() -> None:
    project = tomllib.loads((house.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    changes = (house.ROOT / "CHANGELOG.md").read_text("utf-8")
    (newest, *_) = re.findall(r"^## ([0-9]+\.[0-9]+\.[0-9]+)", changes, re.MULTILINE)
    assert newest == project["version"]
