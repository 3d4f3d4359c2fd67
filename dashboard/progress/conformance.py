"""Hold the engine against vectors: a folder of CSV files, one for each method.

    python -m dashboard.progress.conformance DIR

prints `NAME.csv: N passed, M failed` for each file and the first failures of each. Columns that
start with `expect_` are outputs, `note` and `provenance` are comments, everything else is input.
The format is told in METHOD.md.
"""

import csv
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dashboard.progress.vectors import FILES, Outputs, Row, number

PUBLISHED_SCORES: Final = 2e-3
"""Room, in points of 100, for published scores that were stored in single precision."""

ROUNDING: Final = 1e-12
"""Absolute room for values that ought to be 0."""

SHOWN: Final = 5


@dataclass(frozen=True)
class Verdict:
    """How a file fared; each failure is a sentence."""

    name: str
    passed: int
    failures: tuple[str, ...]

    def plain(self) -> str:
        """Return the line that is printed for the file."""
        return f"{self.name}: {self.passed} passed, {len(self.failures)} failed"


def check(path: Path) -> Verdict:
    """Return how the engine fares against one file of vectors."""
    with path.open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, str]] = list(csv.DictReader(file))
    assess, tolerance = FILES[path.name]
    found = assess(rows) if rows else {}
    failures = []
    for at, row in enumerate(rows):
        asked = {
            name: cell
            for name, cell in row.items()
            if name.startswith("expect_") and not (cell == "" and _is_optional(name, row))
        }
        got = {name: _output(found, name, at) for name in asked}
        wrong = [
            f"{name}: expected {cell or 'nothing'}, found {got[name]}"
            for name, cell in asked.items()
            if not _agrees(cell, got[name], row, tolerance)
        ]
        if wrong:
            failures.append(f"{row['id']}: {'; '.join(wrong)}")
    return Verdict(path.name, len(rows) - len(failures), tuple(failures))


def _output(found: Outputs, name: str, at: int) -> Any:
    """Return an output of a row; a column that the engine does not know is never right."""
    values = found.get(name.removeprefix("expect_"))
    return "not computed" if values is None else values[at]


def _is_optional(name: str, row: Row) -> bool:
    """Return whether an empty cell asks for nothing: a row fills only the columns of its kind."""
    score = "kind" in row or row.get("preset", "statcan") != "statcan"
    return name in {"expect_class", "expect_weights"} or (name == "expect_score" and score)


def _agrees(cell: str, found: Any, row: Row, tolerance: float) -> bool:
    if isinstance(found, str):
        return cell == found
    is_published = "raw" in row and row["provenance"].startswith("published")
    least = PUBLISHED_SCORES if is_published else ROUNDING
    if isinstance(found, list):
        expected = json.loads(cell or "[]")
        return len(expected) == len(found) and all(
            _near(float(left), right, tolerance, least)
            for left, right in zip(expected, found, strict=True)
        )
    return _near(number(cell), float(found), tolerance, least)


def _near(expected: float, found: float, tolerance: float, least: float) -> bool:
    if math.isnan(expected) or math.isnan(found):
        return math.isnan(expected) and math.isnan(found)
    return abs(found - expected) <= max(tolerance * abs(expected), least)


def main(arguments: Sequence[str]) -> int:
    """Check every known file of a folder; return 0 only if there is one and all pass."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m dashboard.progress.conformance DIR\n")
        return 2
    folder = Path(arguments[0])
    verdicts = [check(folder / name) for name in sorted(FILES) if (folder / name).is_file()]
    for verdict in verdicts:
        sys.stdout.write(verdict.plain() + "\n")
        for failure in verdict.failures[:SHOWN]:
            sys.stdout.write(f"  {failure}\n")
    if not verdicts:
        sys.stderr.write(f"no vectors in {folder}\n")
    return 0 if verdicts and not any(verdict.failures for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
