"""The house keeps its shape: rooms where they belong, names that hide nothing, thin pages."""

import ast
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests import house

ALLOWED = {"streamlit", "dashboard", "models"} | set(sys.stdlib_module_names)
"""What a page may import. Sums, pictures and SQL live in rooms that are tested without a page."""
ROOMS = {
    "dashboard.charts",
    "dashboard.exchange",
    "dashboard.frames",
    "dashboard.i18n",
    "dashboard.progress",
    "dashboard.services",
    "dashboard.ui",
}


def imported(tree: ast.Module) -> set[str]:
    """Return the dotted names of all modules a file imports."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "dashboard":
            names |= {f"dashboard.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_no_folder_of_pages_lies_beside_the_entry_script() -> None:
    # Streamlit would serve each of its files without the entry script, past every guard there.
    assert not (house.ROOT / "dashboard" / "pages").exists()


def test_nothing_under_dashboard_hides_another_package() -> None:
    # Streamlit puts dashboard/ first on the path: a module there would be found in place of one
    # of the same name in the standard library, in a dependency or in our own other rooms.
    ours = {"models", "seed", "pages", "tests", "dashboard"}
    taken = set(sys.stdlib_module_names) | set(packages_distributions()) | ours
    found = {path.stem for path in (house.ROOT / "dashboard").iterdir()} - {"__init__"}
    assert found & taken == set()


@pytest.mark.parametrize("page", house.pages(), ids=lambda path: path.stem)
def test_a_page_is_a_recipe(page: Path) -> None:
    tree = house.tree(page)
    made = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    defined = [node.name for node in ast.walk(tree) if isinstance(node, made)]
    assert defined == [], "what a page defines belongs in dashboard/ui, where it can be tested"
    for name in imported(tree):
        assert name.split(".")[0] in ALLOWED, f"a page does not import {name}"
        if name.startswith("dashboard."):
            assert ".".join(name.split(".")[:2]) in ROOMS, f"a page does not import {name}"


def test_there_are_pages_and_each_says_what_it_is_for() -> None:
    assert house.pages()
    for page in house.pages():
        assert ast.get_docstring(house.tree(page)), f"{page.name} has no first line"


def test_no_room_without_a_noun() -> None:
    homeless = {"utils", "helpers", "common", "core", "manager", "misc"}
    modules = {path.stem for path in house.tracked() if path.suffix == ".py"}
    folders = {parent.name for path in house.tracked() for parent in path.parents}
    assert (modules | folders) & homeless == set()


def test_nothing_of_the_visit_is_asked_inside_a_unit_of_work() -> None:
    """Who looks and what time it is are asked before: a lookup inside could wait for itself."""
    found = []
    for path in sorted((house.ROOT / "dashboard" / "ui").glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "visit.write":
                inside = ast.unparse(call.args[0])
                found += [f"{path.name}:{call.lineno}"] if "visit." in inside else []
    assert found == []
