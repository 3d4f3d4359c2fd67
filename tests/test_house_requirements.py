"""What is installed is pinned by hash, covers what the project asks for, and may be used freely."""

import ast
import importlib.metadata
import re
import tomllib
from functools import cache

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests import house

OURS = {"dashboard", "models", "pages", "seed", "tests", "headway"}
FILES = ("requirements.txt", "requirements-dev.txt", "requirements-tools.txt")
PERMISSIVE = re.compile(r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|Unlicense)\b")
ALLOWED = {
    "certifi": "MPL-2.0, a list of certificates that is not changed",
    "fontpkg-noto-sans": "OFL-1.1, fonts that are embedded in the notes we print",
    "fontpkg-noto-sans-arabic": "OFL-1.1, fonts that are embedded in the notes we print",
    "psycopg": "LGPL-3.0, optional: only where PostgreSQL is used, and only linked to",
    "psycopg-binary": "LGPL-3.0, optional: only where PostgreSQL is used, and only linked to",
}
FOR_TESTS = {
    "axe-playwright-python": "MIT in its own text; it carries axe-core, MPL-2.0",
    "click-default-group": "public domain; comes with Datasette, which is Apache",
    "hypothesis": "MPL-2.0",
    "odfpy": "Apache, or GPL at one's choice",
    "pathspec": "MPL-2.0",
    "text-unidecode": "Artistic, or GPL at one's choice",
}


@cache
def pins(name: str) -> dict[str, tuple[str, list[str], str]]:
    """Return, for each package in a file: its version, its hashes and its marker."""
    text = (house.ROOT / name).read_text("utf-8")
    found: dict[str, tuple[str, list[str], str]] = {}
    for block in re.split(r"\n(?=\S)", text.strip()):
        line, *hashes = re.split(r"\s*\\\n\s+", block)
        asked = Requirement(line)
        (version,) = (part.version for part in asked.specifier if part.operator == "==")
        found[canonicalize_name(asked.name)] = (version, hashes, str(asked.marker or ""))
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_has_one_version_and_its_hashes(name: str) -> None:
    for package, (_, hashes, _) in pins(name).items():
        assert hashes, f"{package} has no hash"
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in hashes), package


@pytest.mark.parametrize("name", FILES)
def test_no_requirements_file_names_an_index(name: str) -> None:
    text = (house.ROOT / name).read_text("utf-8")
    assert "://" not in text
    assert re.findall(r"^--(?!hash)", text, re.MULTILINE) == []
    assert not (house.ROOT / "uv.lock").exists()


def test_the_pins_cover_what_the_project_asks_for() -> None:
    project = tomllib.loads((house.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    for asked, name in (
        ([*project["dependencies"], *extras["postgres"], *extras["s3"]], "requirements.txt"),
        (extras["dev"], "requirements-dev.txt"),
    ):
        for requirement in map(Requirement, asked):
            version, _, _ = pins(name)[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), f"{requirement} is pinned to {version}"


def test_the_tests_run_on_the_pins_of_the_program() -> None:
    tests = pins("requirements-dev.txt")
    different = {
        name: (pin[0], tests.get(name, ("nothing",))[0])
        for name, pin in pins("requirements.txt").items()
        if tests.get(name, ("nothing",))[0] != pin[0]
    }
    assert different == {}


def test_what_is_installed_is_what_is_pinned() -> None:
    for name, (version, _, marker) in pins("requirements.txt").items():
        if not marker or Requirement(f"x ; {marker}").marker.evaluate():  # type: ignore[union-attr]
            installed = Version(importlib.metadata.version(name))
            assert installed == Version(version), f"{name}: run `make setup`"


def test_every_package_that_is_imported_is_asked_for() -> None:
    project = tomllib.loads((house.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    distributions = importlib.metadata.packages_distributions()
    for rooms, asked in (
        (("dashboard", "models", "pages", "seed"), [*project["dependencies"], *extras["s3"]]),
        (("tests",), [*project["dependencies"], *extras["dev"]]),
    ):
        names = {canonicalize_name(Requirement(line).name) for line in asked}
        for package in imported(rooms) & distributions.keys() - OURS:
            owners = {canonicalize_name(owner) for owner in distributions[package]}
            assert owners & names, f"{package} is imported in {rooms} but not asked for"


def imported(rooms: tuple[str, ...]) -> set[str]:
    """Return the first names of all modules that are imported in some rooms."""
    found: set[str] = set()
    for path in house.tracked():
        if path.suffix == ".py" and path.relative_to(house.ROOT).parts[0] in rooms:
            for node in ast.walk(house.tree(path)):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("requirements.txt", ALLOWED), ("requirements-dev.txt", ALLOWED | FOR_TESTS)],
)
def test_licences_are_permissive(name: str, allowed: dict[str, str]) -> None:
    for package in pins(name).keys() - allowed.keys():
        try:
            about = importlib.metadata.metadata(package)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system
        said = licence(about)
        assert PERMISSIVE.search(said), f"{package}: {said}"
        assert "GPL" not in said, f"{package}: {said}"


def licence(about: importlib.metadata.PackageMetadata) -> str:
    """Return what a package says of its licence: expression, classifiers, or its first line."""
    if "License-Expression" in about:
        return about["License-Expression"]
    classed = [line for line in about.get_all("Classifier") or [] if line.startswith("License")]
    return "; ".join(classed or about.get_all("License") or []).split("\n")[0]
