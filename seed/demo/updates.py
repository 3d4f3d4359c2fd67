"""Pretended updates on measures: how far they are, what comes next, what stands in the way.

The texts are put together from a few sentences. They sound like a report and are none: each ends
with the word that says so.
"""

from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from models import Approach, Implementation
from seed.demo.history import DAY, END
from seed.demo.people import ELSEWHERE, HOME
from seed.demo.world import LAST_DAY, World, lot
from seed.entries import Measure, Plan

MARK: Final = " (illustrative)"
SOURCE: Final = "Generated for this demonstration: reported by nobody"
REPORTERS: Final = 70
PER_STATE: Final = 9
NATIONAL: Final = frozenset(
    {"STATES", "NATCOORD", "CJS", "LABINSP", "SOCSERV", "FIU", "RAPPORTEUR"}
)
STEPS: Final = (
    Implementation.NOT_STARTED,
    Implementation.PLANNED,
    Implementation.UNDER_WAY,
    Implementation.BLOCKED,
    Implementation.COMPLETED,
)
CHANCES: Final = (0.10, 0.20, 0.44, 0.10, 0.16)

MILESTONES: Final = {
    Approach.PREVENTIVE: (
        "Campaign in all provinces, in the languages of people at risk",
        "Ministries of labour and education sign a joint programme",
        "Survey of people at risk published",
    ),
    Approach.RESTORATIVE: (
        "Standard procedure for referral signed by all services",
        "Second shelter opened, with places for men",
        "Guardianship procedure for child victims in force",
    ),
    Approach.PUNITIVE: (
        "Amended criminal code in force",
        "Specialized prosecutors appointed in every court district",
        "Joint instructions on financial investigations issued",
    ),
    Approach.ENABLING: (
        "National plan costed and adopted",
        "Coordination body meets with civil society twice a year",
        "Agreement on joint teams with two neighbouring States",
    ),
}
BLOCKERS: Final = (
    "The budget line was not renewed",
    "The responsible body changed and has no head yet",
    "Data protection rules for sharing records are not agreed",
)
NEXT: Final = (
    "Ask the ministry of finance for a multi-year budget line",
    "Train officials at border posts and in labour inspection",
    "Consult survivors on the draft",
    "Publish the figures of last year",
)
WEAKNESSES: Final = (
    "Known in the capital, hardly applied elsewhere",
    "Depends on a single project that ends next year",
    "Staff change often and are not trained anew",
)
GAPS: Final = (
    "Men and boys are not covered",
    "No funds for interpretation",
    "Internal trafficking is not recorded",
)
CHALLENGES: Final = (
    "People move faster than services can follow",
    "Recruitment has moved online",
    "Victims fear that contact with officials ends in expulsion",
)
RESOURCES: Final = (
    "Salaries of the new posts; the ministry of finance pays half",
    "Training and translation; a regional programme pays",
    "Rent and staff of a shelter for three years",
)
CURRENCY: Final = "USD"
COSTED: Final = 0.35


def generate(plan: Plan, world: World, states: list[str], seed: int) -> pd.DataFrame:
    """Return accepted updates, each measure of a State followed over some years.

    Columns are those an update is loaded from: measure, area, the fields of an update, author,
    decider, recorded_at, decided_at, is_illustrative.
    """
    rng = lot(seed, f"{plan.code} updates")
    talking = [code for i, code in enumerate(world.states) if not world.is_silent[i]]
    chosen = rng.choice(np.array(talking), REPORTERS, replace=False)
    reporters = sorted((set(chosen.tolist()) | {HOME}) & set(states))
    asked = [measure for measure in plan.measures if NATIONAL & set(measure.lead)]
    rows = [
        row
        for state in reporters
        for number in sorted(rng.choice(len(asked), min(PER_STATE, len(asked)), replace=False))
        for row in _followed(state, asked[number], rng)
    ]
    table = _costed(pd.DataFrame(rows), lot(seed, f"{plan.code} resources"))
    for name in ("recorded_at", "decided_at"):
        table[name] = table[name].dt.tz_localize("UTC")
    return table.sort_values(["area", "recorded_at", "measure"], ignore_index=True)


def _costed(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add to a third of the updates what the measure takes and how much of it is committed."""
    is_told = rng.random(len(table)) < COSTED
    needed = rng.integers(4, 80, len(table)) * 25_000
    committed = (needed * rng.choice([0.0, 0.25, 0.5, 1.0], len(table))).astype("int64")
    texts = pd.Series(rng.choice(np.array(RESOURCES), len(table)) + MARK, index=table.index)
    none = pd.Series([None] * len(table), index=table.index, dtype="object")
    return table.assign(
        resources=texts.where(is_told, ""),
        resources_needed=none.where(~is_told, _amounts(needed)),
        resources_committed=none.where(~is_told, _amounts(committed)),
        currency=np.where(is_told, CURRENCY, ""),
    )


def _amounts(values: npt.NDArray[np.int64]) -> list[Decimal]:
    return [Decimal(int(value)) for value in values]


def _followed(state: str, measure: Measure, rng: np.random.Generator) -> list[dict[str, object]]:
    """Return what a State told about a measure, from its first update on, a year or two apart."""
    step = int(rng.choice(len(STEPS), p=CHANCES))
    day = np.datetime64("2014-03-01") + int(rng.integers(0, 4_200)) * DAY
    told: list[dict[str, object]] = []
    while day < END - 60 * DAY and len(told) < 3:
        told.append(_update(state, measure, STEPS[step], day, rng))
        if STEPS[step] is Implementation.COMPLETED:
            break
        step = min(step + int(rng.integers(0, 2)), len(STEPS) - 1)
        day = day + int(rng.integers(300, 800)) * DAY
    return told


def _update(
    state: str,
    measure: Measure,
    step: Implementation,
    day: np.datetime64,
    rng: np.random.Generator,
) -> dict[str, object]:
    def one(texts: tuple[str, ...], chance: float = 1) -> str:
        return str(rng.choice(np.array(texts))) + MARK if rng.random() < chance else ""

    is_open = step not in {Implementation.COMPLETED, Implementation.NOT_STARTED}
    due = pd.Timestamp(day + int(rng.integers(200, 900)) * DAY).date()
    recorded = pd.Timestamp(day) + pd.Timedelta(days=int(rng.integers(3, 30)), hours=9)
    return {
        "measure": measure.code,
        "area": state,
        "as_at": pd.Timestamp(day).date(),
        "implementation": step.value,
        "milestone": one(MILESTONES[measure.approach]),
        "milestone_due": due if is_open and due.year <= LAST_DAY.year + 3 else None,
        "blocker": one(BLOCKERS) if step is Implementation.BLOCKED else "",
        "next_step": one(NEXT, 0.8) if is_open else "",
        "weakness": one(WEAKNESSES, 0.5),
        "gap": one(GAPS, 0.5),
        "challenge": one(CHALLENGES, 0.4),
        "source": SOURCE,
        "evidence": "",
        "author": "coordinator" if state == HOME else ELSEWHERE,
        "decider": "reviewer",
        "recorded_at": recorded,
        "decided_at": recorded + pd.Timedelta(days=int(rng.integers(1, 25)), hours=3),
        "is_illustrative": True,
    }
