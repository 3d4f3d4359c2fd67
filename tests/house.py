"""Ways to look at the project's own files, for the tests of the house itself."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@cache
def tracked() -> list[Path]:
    """Return every file under version control, or skip where there is no git."""
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the project's files are not under git here")
    paths = [ROOT / name for name in done.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def texts() -> Iterator[tuple[Path, str]]:
    """Yield the name and text of every tracked file that is text."""
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content:
            yield path.relative_to(ROOT), content.decode("utf-8", errors="replace")


def tree(path: Path) -> ast.Module:
    """Return a Python file as a tree."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def pages() -> list[Path]:
    """Return the page scripts."""
    return sorted(path for path in (ROOT / "pages").glob("*.py") if path.name != "__init__.py")
