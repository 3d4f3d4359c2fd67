"""How values came into the record: who reported when, what was sent back, corrected or left open.

Works on one indicator at a time. A table has one row a State and year; numbers stay numbers until
`generate` writes them as text.
"""

from typing import Final

import numpy as np
import pandas as pd

from models import (
    EntryMode,
    Frequency,
    IndicatorType,
    Kind,
    ObservationStatus,
    State,
)
from seed.demo.profiles import Profile
from seed.demo.values import Grid, is_few
from seed.demo.world import LAST_DAY, YEARS, Bools, World
from seed.entries import Indicator

DAY: Final = np.timedelta64(1, "D")
START: Final = np.datetime64("2011-02-01")
"""Before this day nothing was recorded: the plan was half a year old."""
END: Final = np.datetime64(LAST_DAY.isoformat())
APPRAISALS: Final = (2013, 2017, 2021, 2025)

WHY_MISSING: Final = {
    ObservationStatus.NOT_AVAILABLE: (
        "The records of this year are not complete.",
        "The responsible ministry did not answer in time.",
        "Figures are kept by province and were not put together.",
    ),
    ObservationStatus.NOT_APPLICABLE: ("Nothing was counted in this year, so there is no share.",),
    ObservationStatus.SUPPRESSED: ("Fewer than five persons: not shown, to protect them.",),
}
RETURNED: Final = (
    "The value does not fit the earlier years: please check the unit.",
    "Please name the document the figure comes from.",
    "The denominator differs from last year's: please explain or correct it.",
)
CORRECTED: Final = (
    "Corrected after a recount.",
    "Corrected: two registers had been counted twice.",
    "Final figure in place of the provisional one.",
)


def due(indicator: Indicator, profile: Profile) -> Bools:
    """Return the years in which the indicator is asked for."""
    every: dict[Frequency, Bools] = {
        Frequency.EVERY_2_YEARS: YEARS % 2 == 0,
        Frequency.EVERY_4_YEARS: np.isin(YEARS, APPRAISALS),
    }
    usual = np.ones(len(YEARS), dtype=bool)
    found: Bools = every.get(indicator.frequency, usual) & (profile.first_year <= YEARS)
    return found


def reported(
    indicator: Indicator, profile: Profile, world: World, rng: np.random.Generator
) -> Bools:
    """Return, State by year, whether there is a report."""
    size = (len(world.states), len(YEARS))
    answers = rng.random(size) < profile.coverage
    if indicator.entry_mode is EntryMode.COORDINATOR:
        answers &= rng.random(size) < world.diligence[:, None]
        answers &= world.first_report[:, None] <= YEARS
        if indicator.type is IndicatorType.STRUCTURE:
            # A first report on laws and bodies also says how they stood when the plan was adopted.
            answers[:, 0] = rng.random(size[0]) < 0.9
        answers[world.is_silent] = False
    found: Bools = answers & due(indicator, profile)[None, :]
    return found


def tell(
    indicator: Indicator, grid: Grid, profile: Profile, world: World, rng: np.random.Generator
) -> pd.DataFrame:
    """Return every row of an indicator's totals with its moments and what became of it.

    Columns: state, year (numbers), cell, value, numerator, denominator, is_below, status,
    missing_reason, note, comment, recorded_at, decided_at, outcome, decision_note.
    """
    state, year = np.nonzero(reported(indicator, profile, world, rng))
    table = pd.DataFrame(
        {
            "state": state,
            "year": YEARS[year],
            "value": grid.value[state, year],
            "numerator": grid.numerator[state, year],
            "denominator": grid.denominator[state, year],
            "is_below": grid.is_below[state, year],
            "status": grid.status[state, year],
        }
    ).assign(cell="_T", missing_reason="", note="", comment="", decision_note="")
    table["recorded_at"] = _sent(indicator, table, world, rng)
    table = table[table["recorded_at"] < END].reset_index(drop=True)
    table = _marked(indicator, table, rng)
    table["decided_at"] = table["recorded_at"] + _days(rng, len(table), 1, 16)
    table["outcome"] = State.ACCEPTED.value
    table = pd.concat(
        [table, _sent_back(indicator, table, rng), _corrected(indicator, table, rng)],
        ignore_index=True,
    )
    return settled(table, rng)


def _sent(
    indicator: Indicator, table: pd.DataFrame, world: World, rng: np.random.Generator
) -> pd.Series:
    """Return when each row was sent: what stands in law soon, what is counted in the next year."""
    state = table["state"].to_numpy()
    year = np.maximum(table["year"], world.first_report[state] - 1).to_numpy()
    if indicator.entry_mode is not EntryMode.COORDINATOR:
        year = table["year"].to_numpy()
    is_status = indicator.type is IndicatorType.STRUCTURE
    month = np.timedelta64(6 if is_status else 14, "M")
    begin = ((year - 1970).astype("M8[Y]").astype("M8[M]") + month).astype("M8[D]")
    pause = world.delay[state] * (0.4 if is_status else 1) + rng.exponential(25, len(table))
    day = np.maximum(begin + pause.astype(np.int64) * DAY, START)
    return _at_work(day, rng)


def _at_work(day: np.ndarray, rng: np.random.Generator) -> pd.Series:
    """Return a moment in working hours of that day, or of the Monday after."""
    weekday = (day.astype("M8[D]").astype(np.int64) + 3) % 7
    monday = day + np.where(weekday > 4, 7 - weekday, 0) * DAY
    seconds = rng.integers(7 * 3600, 16 * 3600, len(day)).astype("m8[s]")
    return pd.Series((monday.astype("M8[s]") + seconds).astype("M8[us]"))


def _days(rng: np.random.Generator, size: int, least: int, usual: float) -> np.ndarray:
    days = least + rng.exponential(usual, size)
    minutes = rng.integers(5, 115, size).astype("m8[m]")
    pause: np.ndarray = (days.astype("m8[D]") + minutes).astype("m8[us]")
    return pause


def _marked(indicator: Indicator, table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Mark some values as estimated, provisional, missing or a break, and let a few lie far out."""
    chance, size = rng.random(len(table)), len(table)
    is_counted = indicator.kind not in {Kind.ORDINAL, Kind.BINARY}
    has_value = table["value"].notna().to_numpy()
    gone = has_value & (chance < 0.025)
    status = table["status"].to_numpy().astype(object)
    status[gone] = ObservationStatus.NOT_AVAILABLE.value
    note = np.full(size, "", dtype=object)
    if is_counted:
        recent = table["year"].to_numpy() >= END.astype("M8[Y]").astype(int) + 1970 - 2
        for low, high, mark, words in (
            (0.03, 0.08, ObservationStatus.ESTIMATED, "Estimated from part of the registers."),
            (0.08, 0.20, ObservationStatus.PROVISIONAL, "Provisional: the year is not yet closed."),
            (0.20, 0.21, ObservationStatus.BREAK, "From this year on counted by a new register."),
        ):
            chosen = has_value & (chance >= low) & (chance < high)
            if mark is ObservationStatus.PROVISIONAL:
                chosen |= has_value & recent & (chance >= low) & (chance < 0.45)
            status[chosen], note[chosen] = mark.value, words
    table = table.assign(status=status, note=note)
    table.loc[gone, ["value", "numerator", "denominator"]] = np.nan
    table.loc[gone, "is_below"] = False
    table.loc[gone, "note"] = ""
    far = (chance > 0.996) & table["numerator"].notna().to_numpy()
    return reasons(_changed(indicator, table, np.where(far, 2.6, 1.0)), rng)


def reasons(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Say why a value is missing, where it is."""
    words = table["missing_reason"].to_numpy().astype(object)
    for status, texts in WHY_MISSING.items():
        where = (table["status"] == status.value).to_numpy()
        words[where] = rng.choice(np.array(texts, dtype=object), int(where.sum()))
    return table.assign(missing_reason=words)


def _changed(indicator: Indicator, table: pd.DataFrame, factor: np.ndarray) -> pd.DataFrame:
    """Return the rows with their numerators changed by a factor and their values made anew.

    Levels move by one where the factor is not 1. Rows that hide their numerator stay as they are.
    """
    table = table.copy()
    if indicator.kind in {Kind.ORDINAL, Kind.BINARY}:
        top = table["value"].max()
        step = np.sign(factor - 1)
        table["value"] = np.clip(table["value"] + step, 0, top)
        return table
    is_share = indicator.kind is Kind.PERCENTAGE
    part = table["numerator"] * factor
    part = np.round(part, 2) if indicator.kind is Kind.RATIO else np.round(part)
    if is_share:
        part = np.minimum(part, table["denominator"])
    # A count that would become small enough to hide stays as it was.
    known = part.notna().to_numpy() & (factor != 1) & ~is_few(part.to_numpy())
    table.loc[known, "numerator"] = part[known]
    made = (100 if is_share else 1) * part / table["denominator"]
    table.loc[known, "value"] = made[known]
    return table


def _sent_back(indicator: Indicator, table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return first attempts that a reviewer returned, each before the row that took its place."""
    has_value = table["value"].notna().to_numpy()
    is_late = (table["recorded_at"] > START + 90 * DAY).to_numpy()
    chosen = has_value & is_late & (rng.random(len(table)) < 0.05)
    first = _changed(indicator, table[chosen], rng.choice([0.6, 1.7], int(chosen.sum())))
    earlier = np.minimum(_days(rng, len(first), 15, 20), 80 * DAY)
    return first.assign(
        recorded_at=first["recorded_at"] - earlier,
        decided_at=first["recorded_at"] - earlier / 2,
        outcome=State.RETURNED.value,
        decision_note=rng.choice(np.array(RETURNED, dtype=object), len(first)),
        note="",
    )


def _corrected(indicator: Indicator, table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return later corrections of accepted values; every other provisional one becomes final."""
    has_value = table["value"].notna().to_numpy()
    is_open = (table["status"] == ObservationStatus.PROVISIONAL.value).to_numpy()
    chosen = has_value & (rng.random(len(table)) < np.where(is_open, 0.6, 0.045))
    later = _changed(
        indicator, table[chosen], rng.choice([0.92, 0.97, 1.04, 1.1], int(chosen.sum()))
    )
    pause = _days(rng, len(later), 90, 250)
    words = np.where(is_open[chosen], CORRECTED[2], rng.choice(CORRECTED[:2], len(later)))
    later = later.assign(
        recorded_at=later["recorded_at"] + pause,
        decided_at=later["decided_at"] + pause + _days(rng, len(later), 1, 12),
        status=ObservationStatus.NORMAL.value,
        note=words,
    )
    is_other = (later["value"] != table["value"][chosen]).to_numpy()
    return later[is_other | is_open[chosen]]


def settled(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Leave out what lies in the future, and leave open what was not decided by the last day."""
    table = table[table["recorded_at"] < END].reset_index(drop=True)
    chance = rng.random(len(table))
    recent = (table["recorded_at"] > END - 45 * DAY).to_numpy()
    is_final = (table["outcome"] == State.ACCEPTED.value).to_numpy()
    waits = (table["decided_at"] >= END).to_numpy() | (is_final & recent & (chance < 0.7))
    gone = is_final & ~waits & (chance > 0.996)
    outcome = table["outcome"].to_numpy().astype(object)
    outcome[waits], outcome[gone] = State.SUBMITTED.value, State.WITHDRAWN.value
    words = table["decision_note"].to_numpy().astype(object)
    words[waits], words[gone] = "", "Sent by mistake."
    return table.assign(
        outcome=outcome,
        decision_note=words,
        decided_at=table["decided_at"].where(~waits),
    )
