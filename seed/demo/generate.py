"""Generate the demonstration of a plan: observations with their history, updates, targets."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd

from models import (
    EntryMode,
    Kind,
    Level,
    Nature,
    Operator,
    Qualifier,
    State,
    Target,
    TargetStatus,
    Tier,
)
from seed import rows
from seed.areas import WORLD, Areas
from seed.demo import beyond, cells, history, updates, values, world
from seed.demo.people import ELSEWHERE, HOME
from seed.demo.profiles import DEFAULT, FACTUAL, PROFILES
from seed.entries import Indicator, Plan

SEED: Final = 64_293
"""The plan is A/RES/64/293."""
SOURCE: Final = "Illustrative figure, generated for this demonstration: reported by nobody"
PLACES: Final = {
    Kind.ORDINAL: 0,
    Kind.BINARY: 0,
    Kind.PERCENTAGE: 1,
    Kind.RATE: 3,
    Kind.RATIO: 2,
    Kind.CURRENCY: 0,
    Kind.COUNT: 0,
}
"""Decimal places of a value."""
COLUMNS: Final = (
    *("indicator", "area", "cell", "period", "value", "qualifier", "status", "missing_reason"),
    *("text", "numerator", "denominator", "nature", "source", "source_date", "evidence", "note"),
    *("comment", "author", "decider", "recorded_at", "decided_at", "outcome", "decision_note"),
    "is_illustrative",
)
DONE: Final = (State.ACCEPTED.value, State.RETURNED.value, State.WITHDRAWN.value)


@dataclass(frozen=True)
class Demo:
    """What is generated for a plan, in the tables that a history is loaded from.

    `author` and `decider` are keys of `PEOPLE`, or `demo` for everybody else.
    """

    observations: pd.DataFrame
    updates: pd.DataFrame


def generate(plan: Plan, found: Areas, *, seed: int = SEED) -> Demo:
    """Generate the demonstration of a plan: the same plan, areas and seed give the same bytes.

    Two plans that ask for the same matter by the same name get the same answers.
    """
    made = world.make(found, seed)
    scope = set(made.states)
    if plan.scope != WORLD:
        scope &= found.group(plan.scope, world.LAST_DAY)
    tables = [
        _national(plan, indicator, made, seed)
        for indicator in plan.indicators
        if is_generated(indicator)
    ]
    told = pd.concat(tables, ignore_index=True)
    told = told[told["area"].isin(scope)]
    more = [beyond.of_regions(plan, found, seed), beyond.timeliness(plan, told, made)]
    rng = world.lot(seed, f"{plan.code} moments")
    more = [beyond.recorded(table, rng) for table in more if len(table)]
    return Demo(
        _written(plan, pd.concat([told, *more], ignore_index=True)),
        updates.generate(plan, made, sorted(scope), seed),
    )


def is_generated(indicator: Indicator) -> bool:
    """Say whether States are made to report an indicator: every core one, and some others."""
    if Level.NATIONAL not in indicator.levels or indicator.entry_mode is EntryMode.COMPUTED:
        return False
    if indicator.name in FACTUAL or indicator.kind in {Kind.CURRENCY, Kind.COUNT, Kind.TEXT}:
        return False
    return indicator.tier is Tier.CORE or indicator.name in PROFILES


def _national(plan: Plan, indicator: Indicator, made: world.World, seed: int) -> pd.DataFrame:
    rng = world.lot(seed, indicator.name)
    profile = PROFILES.get(indicator.name, DEFAULT)
    top = next((scale.highest for scale in plan.scales if scale.code == indicator.scale), 0)
    grid = values.make(indicator, top, profile, made, rng)
    totals = history.tell(indicator, grid, profile, made, rng)
    table = pd.concat([totals, cells.broken_down(indicator, totals, rng)], ignore_index=True)
    names = np.array(made.states, dtype=object)
    return table.assign(indicator=indicator.code, area=names[table["state"].to_numpy()])


def _written(plan: Plan, table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with numbers as text and every column a history is loaded from."""
    table = table.sort_values(
        ["area", "recorded_at", "indicator", "year", "cell"], kind="stable", ignore_index=True
    )
    kinds = table["indicator"].map({each.code: each.kind.value for each in plan.indicators})
    modes = table["indicator"].map({each.code: each.entry_mode for each in plan.indicators})
    is_central = modes == EntryMode.CENTRAL_IMPORT
    author = np.where(table["area"] == HOME, "coordinator", ELSEWHERE)
    is_decided = table["outcome"].isin(DONE)
    withdrawn = table["outcome"] == State.WITHDRAWN.value
    decider = np.where(withdrawn, author, "reviewer")
    written = table.assign(
        period=table["year"].astype("str"),
        value=_text(table["value"], kinds.map({k.value: n for k, n in PLACES.items()})),
        numerator=_part(table["numerator"], kinds),
        denominator=_part(table["denominator"], kinds),
        qualifier=np.where(table["is_below"], Qualifier.BELOW.value, Qualifier.EXACT.value),
        text="",
        nature=np.where(is_central, Nature.GLOBAL_MONITORING.value, Nature.COUNTRY.value),
        source=np.where(table["missing_reason"] == "", SOURCE, ""),
        source_date=None,
        evidence="",
        author=np.where(is_central, ELSEWHERE, author),
        decider=pd.Series(decider, index=table.index, dtype=object).where(is_decided, None),
        recorded_at=table["recorded_at"].dt.tz_localize("UTC"),
        decided_at=table["decided_at"].dt.tz_localize("UTC"),
        is_illustrative=True,
    )
    return written[list(COLUMNS)]


def _text(numbers: pd.Series, places: pd.Series) -> pd.Series:
    """Return numbers as plain decimal text with so many places; missing stays missing."""
    text = np.full(len(numbers), None, dtype=object)
    given = numbers.to_numpy()
    for count in sorted(set(places)):
        chosen = (places == count).to_numpy() & ~np.isnan(given)
        text[chosen] = np.char.mod(f"%.{count}f", given[chosen]).astype(object)
    return pd.Series(text, index=numbers.index, dtype=object)


def _part(numbers: pd.Series, kinds: pd.Series) -> pd.Series:
    """Return numerators and denominators as text: whole numbers, but for shares and population."""
    is_whole = numbers.isna() | (numbers == np.floor(numbers))
    places = pd.Series(np.where(is_whole, 0, 2), index=numbers.index)
    return _text(numbers, places)


def targets(
    plan: Plan, found: Areas, ids: rows.Numbers, *, seed: int = SEED, now: datetime | None = None
) -> list[Target]:
    """Return pretended national targets and milestones of some States for some indicators.

    A State aims at what the plan proposes, or a little beside it; half of them name a milestone for
    2027 on the way. `now` is when they count as recorded (none: the middle of 2024).
    """
    rng = world.lot(seed, f"{plan.code} targets")
    moment = now or datetime(2024, 6, 14, 9, tzinfo=UTC)
    numbers = {area.code: area.number for area in found.areas}
    states = sorted(set(rng.choice(np.array(found.members()), 24, replace=False)) | {HOME})
    made: list[Target] = []
    for indicator in plan.indicators:
        if not is_generated(indicator) or indicator.target is None:
            continue
        for state in states:
            if rng.random() < 0.3:
                made += [
                    Target(
                        id=rows.key("DEMO", f"{plan.code}:{indicator.code}", state, year, value),
                        indicator_id=ids.indicators[indicator.code],
                        area_id=numbers[state],
                        operator=indicator.target.operator,
                        value=value,
                        year=year,
                        is_interim=is_interim,
                        status=TargetStatus.NATIONAL,
                        applies_to=state,
                        note=SOURCE,
                        is_illustrative=True,
                        recorded_at=moment,
                    )
                    for year, value, is_interim in _aims(indicator, rng)
                ]
    return made


def _aims(indicator: Indicator, rng: np.random.Generator) -> list[tuple[int, Decimal, bool]]:
    """Return year, value and whether it is a milestone, for what a State aims at."""
    proposed = indicator.target
    if proposed is None or proposed.value is None or proposed.operator is Operator.EQUALS:
        return []
    is_level = indicator.kind in {Kind.ORDINAL, Kind.BINARY}
    aim = proposed.value
    if indicator.kind is Kind.PERCENTAGE:
        aim = min(aim + int(rng.choice([-10, -5, 0, 5])), Decimal(100))
    half_way = aim - 1 if is_level else aim * Decimal("0.8")
    wanted = [(2027, half_way, True)] if rng.random() < 0.5 else []
    return [*wanted, (2029, aim, False)]
