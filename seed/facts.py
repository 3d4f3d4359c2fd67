"""Facts that are known, from where and until when: treaty status, and figures for the world.

The tables stand in `seed/facts/`; its README tells how the value of a year follows from the days of
the actions, and why "not known" is never "no". World figures stand with the plan.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple

import pandas as pd
from pydantic import Field

from models import (
    SYSTEM,
    TOTAL,
    AreaKind,
    BadInput,
    Baseline,
    BaselineRule,
    Fault,
    Nature,
    ObservationStatus,
    Qualifier,
    State,
    plain,
)
from seed import areas, files, rows
from seed.entries import Entry, Plan, Text

FACTS: Final = files.HOME / "facts"
PARTY: Final = frozenset({"ratification", "acceptance", "approval", "accession", "succession"})
NONE, SIGNED, BOUND = 0, 1, 2

Step = Literal[
    "signature",
    "ratification",
    "acceptance",
    "approval",
    "accession",
    "succession",
    "not_party",
]
Basis = Literal["read", "excerpt", "recall", "unstated", "inferred"]


class Action(Entry):
    """What a State did towards a treaty on a day, or that it was not a party then."""

    area: str
    instrument: str
    action: Step
    date: date
    source: str
    note: str = ""


class FactSource(Entry):
    """Where a fact comes from and how it is known."""

    source: str
    basis: Basis
    what: Text


class Treaty(Entry):
    """A treaty whose status answers an indicator, and how far the facts reach."""

    plan: str
    indicator: str
    instrument: str
    first_year: Annotated[int, Field(ge=1990)]
    last_read: date
    parties: int
    address: str
    source: Text


class Standing(NamedTuple):
    """Where a State stands towards a treaty on a day: a level, or none with the reason."""

    value: int | None
    status: ObservationStatus
    note: str  # why, in words: beside the figure, or in place of it


@dataclass(frozen=True)
class Facts:
    """The facts that are shipped."""

    treaties: tuple[Treaty, ...]
    actions: tuple[Action, ...]
    sources: dict[str, FactSource]

    def of(self, instrument: str, area: str) -> list[Action]:
        """Return what an area did towards an instrument, oldest first."""
        return self._by_area.get((instrument, area), [])

    @cached_property
    def _by_area(self) -> dict[tuple[str, str], list[Action]]:
        found: dict[tuple[str, str], list[Action]] = {}
        for each in sorted(self.actions, key=lambda each: each.date):
            found.setdefault((each.instrument, each.area), []).append(each)
        return found

    def standing(self, treaty: Treaty, area: str, day: date) -> Standing:
        """Return where an area stood towards a treaty at the end of a day.

        The day counts only as far as the list was read. Missing, with the reason, where it is not
        known; the README tells the rule.
        """
        day = min(day, treaty.last_read)
        known = self.of(treaty.instrument, area)
        bound = next((each for each in known if each.action in PARTY), None)
        signed = next((each for each in known if each.action == "signature"), None)
        absent = next((each for each in known if each.action == "not_party"), None)
        if bound is not None and bound.date <= day:
            return self._told(BOUND, bound, f"Party since {bound.date} ({bound.action}).")
        if bound is None and (absent is None or day > absent.date):
            until = f" after {absent.date}" if absent else ""
            return Standing(
                None,
                ObservationStatus.NOT_AVAILABLE,
                f"Not known{until}: the State may have become a party since.",
            )
        if signed is not None and signed.date <= day:
            return self._told(SIGNED, signed, f"Signed on {signed.date}; not a party on {day}.")
        return self._told(NONE, bound or absent, f"Neither signed nor party on {day}.")

    def _told(self, value: int, ground: Action | None, words: str) -> Standing:
        basis = self.sources[ground.source].basis if ground else "unstated"
        weak = basis in {"recall", "unstated"}
        status = ObservationStatus.LOW_RELIABILITY if weak else ObservationStatus.NORMAL
        return Standing(value, status, f"{words} Basis: {basis}.")


@cache
def read() -> Facts:
    """Read and check the facts that are shipped; raise `BadInput` with every fault."""
    return read_folder(FACTS)


def read_folder(folder: Path) -> Facts:
    """Read and check the three tables of a folder; raise `BadInput` with every fault."""
    actions = files.read_table(folder / "treaty_actions.csv", Action)
    told = files.read_table(folder / "sources.csv", FactSource)
    treaties = files.read_table(folder / "treaties.csv", Treaty)
    found = Facts(tuple(treaties), tuple(actions), {each.source: each for each in told})
    places, faults = set(areas.codes()), []
    for line, each in enumerate(actions, start=2):
        where = f"treaty_actions.csv, line {line}, {each.area}"
        if each.area not in places:
            faults.append(Fault(f"{where}, area", f"there is no area {each.area}"))
        if each.source not in found.sources:
            faults.append(Fault(f"{where}, source", f"sources.csv does not tell {each.source}"))
        if each.action == "not_party" and any(
            other.action in PARTY and other.date <= each.date
            for other in found.of(each.instrument, each.area)
        ):
            faults.append(Fault(f"{where}, action", "another row says that it became a party"))
    if faults:
        raise BadInput(*faults)
    return found


def observations(plan: Plan, *, now: datetime) -> pd.DataFrame:
    """Return the known values of a plan as accepted observations, recorded now.

    One row an area, indicator and period, with the columns that a history is loaded from: treaty
    status of every State and year, and the plan's own known values. Numbers are decimal text.
    """
    told = [*_treaty_rows(plan), *_world_rows(plan)]
    table = pd.DataFrame(told, columns=list(_row().keys()))
    return table.assign(
        author=SYSTEM.person_id, decider=SYSTEM.person_id, recorded_at=now, decided_at=now
    )


def baselines(plan: Plan, ids: rows.Numbers, *, now: datetime) -> list[Baseline]:
    """Return the baseline of each State where it is known: treaty status at the plan's adoption."""
    numbers = {area.code: area.number for area in areas.read().areas}
    made = []
    for treaty in _treaties(plan):
        for area in _reporters(treaty):
            standing = read().standing(treaty, area, plan.adopted)
            if standing.value is None or not _existed(area, plan.adopted):
                continue
            rule, year = BaselineRule.STATUS_AT_ADOPTION, plan.adopted.year
            note = f"Status on {plan.adopted}. {standing.note}"
            made.append(
                Baseline(
                    id=rows.key("FACT", f"{plan.code}:{treaty.indicator}", area, standing.value),
                    indicator_id=ids.indicators[treaty.indicator],
                    area_id=numbers[area],
                    rule=rule,
                    year=year,
                    value=Decimal(standing.value),
                    note=note,
                    recorded_at=now,
                )
            )
    return made


def _treaties(plan: Plan) -> list[Treaty]:
    return [treaty for treaty in read().treaties if treaty.plan == plan.code]


def _reporters(treaty: Treaty) -> list[str]:
    """Return the States that the facts say anything about: members and observers, no groups."""
    told = {each.area for each in read().actions if each.instrument == treaty.instrument}
    kinds = {AreaKind.STATE, AreaKind.OBSERVER}
    return sorted(
        area.code for area in areas.read().areas if area.kind in kinds and area.code in told
    )


def _existed(area: str, day: date) -> bool:
    """Say whether a State was in its United Nations group on a day: a new State joins one late."""
    joined = [
        member.since
        for member in areas.read().memberships
        if member.area == area and member.group.startswith("UN-")
    ]
    return not joined or min(joined) <= day


def _row(**given: Any) -> dict[str, Any]:
    return {
        "indicator": "",
        "area": "",
        "cell": TOTAL,
        "period": "",
        "value": None,
        "qualifier": Qualifier.EXACT.value,
        "status": ObservationStatus.NORMAL.value,
        "missing_reason": "",
        "text": "",
        "numerator": None,
        "denominator": None,
        "nature": Nature.GLOBAL_MONITORING.value,
        "source": "",
        "source_date": None,
        "evidence": "",
        "note": "",
        "comment": "",
        "outcome": State.ACCEPTED.value,
        "decision_note": "",
        "is_illustrative": False,
        **given,
    }


def _treaty_rows(plan: Plan) -> list[dict[str, Any]]:
    return [
        _treaty_row(treaty, area, year)
        for treaty in _treaties(plan)
        for area in _reporters(treaty)
        for year in range(treaty.first_year, treaty.last_read.year + 1)
    ]


def _treaty_row(treaty: Treaty, area: str, year: int) -> dict[str, Any]:
    last_day = date(year, 12, 31)
    standing = read().standing(treaty, area, last_day)
    if not _existed(area, last_day):
        standing = Standing(None, ObservationStatus.NOT_APPLICABLE, "Not yet a State in this year.")
    is_missing = standing.value is None
    status = standing.status
    if status is ObservationStatus.NORMAL and last_day > treaty.last_read:
        status = ObservationStatus.PROVISIONAL
    return _row(
        indicator=treaty.indicator,
        area=area,
        period=str(year),
        value=None if is_missing else str(standing.value),
        status=status.value,
        missing_reason=standing.note if is_missing else "",
        source=treaty.source,
        source_date=treaty.last_read,
        evidence=treaty.address,
        note="" if is_missing else standing.note,
    )


def _world_rows(plan: Plan) -> list[dict[str, Any]]:
    return [
        _row(
            indicator=known.indicator,
            area=known.area,
            period=known.period,
            value=plain(known.value),
            status=known.status.value,
            source=known.source,
            note="; ".join(
                part
                for part in (
                    known.note,
                    known.period_text and f"period as worded: {known.period_text}",
                    f"basis: {known.basis}",
                )
                if part
            ),
        )
        for known in plan.known_values
        if known.use == "observation"
    ]
