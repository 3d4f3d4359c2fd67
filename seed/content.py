"""Read plans: a plan is a folder of TOML files in `seed/plans/`, and needs no code."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from models import BadInput, NotFound
from seed import crosschecks, files
from seed.entries import Indicator, Measure, Plan

PLANS: Final = files.HOME / "plans"

Numbered = TypeVar("Numbered", Measure, Indicator)


def folders(home: Path = PLANS) -> dict[str, Path]:
    """Return the folder of each plan by the plan's code, in alphabetical order."""
    found = (path for path in home.iterdir() if (path / "plan.toml").is_file())
    return {path.name.upper(): path for path in sorted(found)}


def codes() -> list[str]:
    """Return the codes of the plans that are shipped."""
    return list(folders())


@cache
def read(code: str) -> Plan:
    """Read and check a shipped plan.

    Raises `NotFound` where no plan has the code, and `BadInput` with file, entry and field of
    every fault.
    """
    known = folders()
    if code not in known:
        raise NotFound(f"No plan has the code {code}. There are: {', '.join(known)}.")
    return read_folder(known[code])


def read_folder(folder: Path) -> Plan:
    """Read and check the plan in a folder; raise `BadInput` with every fault."""
    bundle = files.read_folder(folder)
    plan = bundle.parse(Plan)
    faults = crosschecks.faults(plan, bundle, shipped())
    if faults:
        raise BadInput(*faults)
    rank = {objective.code: objective.position for objective in plan.objectives}
    return plan.model_copy(
        update={
            "objectives": sorted(plan.objectives, key=lambda objective: objective.position),
            "measures": ordered(plan.measures, rank),
            "indicators": ordered(plan.indicators, rank),
        }
    )


@cache
def shipped() -> dict[str, frozenset[str]]:
    """Return, for each shipped plan, the codes of its objectives and measures."""
    found: dict[str, frozenset[str]] = {}
    for code, folder in folders().items():
        content = files.read_folder(folder).content
        entries = [*content.get("objectives", []), *content.get("measures", [])]
        found[code] = frozenset(str(entry.get("code", "")) for entry in entries)
    return found


def ordered(entries: Sequence[Numbered], rank: dict[str, int]) -> list[Numbered]:
    """Return measures or indicators in the order of their objectives and then of their numbers."""
    return sorted(
        entries,
        key=lambda entry: (
            rank.get(entry.objective, 0),
            tuple(int(part) for part in entry.code.split(".")[1:]),
        ),
    )
