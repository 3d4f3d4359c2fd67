"""What each matter looks like in the pretended world: where it starts, how it moves, its size."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Profile:
    """How one matter behaves, by the name of its indicator (so that two plans agree on it)."""

    start: float = 0.35  # share reached in 2010 by a State in the middle
    rise: float = 0.09  # a year, on a logit scale
    size: float = 40  # denominator of a State of ten million people
    power: float = 0.5  # how the denominator grows with population
    first_year: int = 2010
    coverage: float = 0.85  # chance that the question is answered by a State that reports
    spread: float = 0.6  # how much States differ beside their ability


DEFAULT: Final = Profile()

PROFILES: Final[dict[str, Profile]] = {
    "National strategy or plan of action in force": Profile(0.5, 0.10),
    "Human-rights-based approach of the national response": Profile(0.4, 0.08, first_year=2012),
    "Stage in the UNTOC Review Mechanism": Profile(0.02, 0.28, first_year=2020, coverage=0.9),
    "At-risk groups covered by a targeted programme": Profile(0.35, 0.10, 7, 0.08),
    "Administrative data system on trafficking": Profile(0.25, 0.10, first_year=2016),
    "Births registered before age 5": Profile(0.82, 0.05, 180_000, 1.0, spread=0.9),
    "Measures to discourage demand": Profile(0.28, 0.08),
    "National referral mechanism": Profile(0.38, 0.11),
    "Victim identification procedure": Profile(0.36, 0.10, first_year=2012),
    "Detected victims of trafficking": Profile(0.014, 0.05, coverage=0.75, spread=0.9),
    "Officials trained": Profile(0.22, 0.09, 2_400, 0.6, first_year=2012),
    "Non-punishment in law": Profile(0.35, 0.09),
    "Identified victims who received assistance": Profile(0.55, 0.08, 90, 0.6),
    "Child victims with guardian and best-interests procedure": Profile(0.45, 0.09, 22, 0.6),
    "Victims awarded and paid compensation": Profile(0.08, 0.09, 30, 0.6),
    "Criminalization in line with the Protocol": Profile(0.62, 0.10),
    "Persons convicted of trafficking": Profile(0.0014, 0.04, coverage=0.7, spread=0.8),
    "Enforcement parity for forced labour": Profile(0.35, 0.03, first_year=2014, coverage=0.6),
    "National coordination mechanism": Profile(0.5, 0.10),
    "National situation analysis": Profile(0.42, 0.09, first_year=2012),
    "Resource requirement funded": Profile(0.4, 0.04, 4_000_000, 0.6, first_year=2013),
    "Working Group recommendations acted on": Profile(0.35, 0.08, 60, 0.0, first_year=2012),
    "National rapporteur or equivalent independent mechanism": Profile(0.3, 0.09),
    "Public national progress report": Profile(0.35, 0.10, first_year=2012),
    "Assistance not conditional on cooperation": Profile(0.4, 0.08),
    "Service matrix covered": Profile(0.4, 0.07),
    "Victims arrested, detained or penalized": Profile(0.16, -0.08, 70, 0.6, coverage=0.5),
    "Survivor participation": Profile(0.12, 0.12, first_year=2014),
    "Specialized investigation and prosecution": Profile(0.45, 0.09),
    "Liability of legal persons": Profile(0.4, 0.07),
    "Parallel financial investigations": Profile(0.12, 0.10, 45, 0.6, coverage=0.6),
    "Workers covered by labour law in high-risk sectors": Profile(0.45, 0.05),
}

FACTUAL: Final = frozenset(
    {
        "Trafficking Protocol: treaty action",
        "Organized Crime Convention: treaty action",
        "Breadth of adherence to related instruments",
    }
)
"""Matters of treaty record: facts or nothing, never generated."""
