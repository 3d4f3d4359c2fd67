"""A pretended reporting round: what some States sent in it, and what became of that.

Every figure repeats the State's own last one, or says that there is none. Who sent what is drawn by
lot, like everything else here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
import pandas as pd

from models import TOTAL, EntryMode, Level, ObservationStatus, State, Tier
from seed.areas import Areas
from seed.demo import world
from seed.demo.people import ELSEWHERE, HOME
from seed.entries import Plan

NAME: Final = "Illustrative round on 2025"
PERIOD: Final = "2025"
CONTACT: Final = "the secretariat of this demonstration"
TYPED: Final = "Illustrative: typed for this demonstration, and not sent"
EXTENSION: Final = "Illustrative: the statistical office publishes its figures later this year."
RETURNED: Final = "Illustrative: please say which office counted, and on which day."
OPENED: Final = datetime(2026, 9, 15, 9, tzinfo=UTC)
WITHDRAWN: Final = State.WITHDRAWN.value


@dataclass(frozen=True)
class Campaign:
    """Who does what in the pretended round, by codes of areas and indicators."""

    areas: tuple[str, ...]
    indicators: tuple[str, ...]
    accepted: tuple[str, ...]  # sent all, and all was accepted
    sent: tuple[str, ...]  # sent all, and it waits
    returned: tuple[str, ...]  # got a part of it back
    late: tuple[str, ...]  # asked for no extension
    rows: pd.DataFrame  # what they sent, as a history is loaded from


def plan_of(plan: Plan, found: Areas, known: pd.DataFrame, *, seed: int) -> Campaign:
    """Draw who did what in the pretended round; `known` are the observations so far."""
    states = sorted(found.members())
    rng = world.lot(seed, f"{plan.code} round")
    others = [code for code in states if code != HOME]
    lot = [str(code) for code in rng.permutation(np.array(others))]
    asked = tuple(
        one.code
        for one in plan.indicators
        if one.tier == Tier.CORE
        and one.entry_mode == EntryMode.COORDINATOR
        and Level.NATIONAL in one.levels
    )
    accepted, sent, returned = lot[:8], lot[8:20], lot[20:28]
    busy = pd.DataFrame({"area": [*accepted, *sent, *returned]})
    rows = _missing(busy, asked, known)
    own = _missing(pd.DataFrame({"area": [HOME]}), asked, known).head(1)
    rows = pd.concat([rows, own], ignore_index=True)
    first = rows.groupby("area").cumcount() < 2
    is_back = (rows["area"].isin([*returned, HOME]) & first).to_numpy(dtype=bool)
    return Campaign(
        tuple(states),
        asked,
        tuple(accepted),
        tuple(sent),
        tuple(returned),
        tuple(lot[28:70]),
        _written(rows, is_back),
    )


def _missing(areas: pd.DataFrame, asked: tuple[str, ...], known: pd.DataFrame) -> pd.DataFrame:
    """Return what these areas have not reported for the period, with their last figure."""
    whole = known[(known["cell"] == TOTAL) & (known["outcome"] != WITHDRAWN)]
    there = whole.loc[whole["period"] == PERIOD, ["area", "indicator"]].assign(is_there=True)
    wanted = areas.merge(pd.DataFrame({"indicator": list(asked)}), how="cross")
    wanted = wanted.merge(there, how="left").drop_duplicates()
    wanted = wanted[wanted["is_there"].isna()].drop(columns="is_there")
    before = whole[(whole["period"] < PERIOD) & whole["value"].notna()]
    last = before.sort_values("period", kind="stable").drop_duplicates(
        ["area", "indicator"], keep="last"
    )
    return wanted.merge(last.drop(columns=["period"]), on=["area", "indicator"], how="left")


def _written(rows: pd.DataFrame, is_back: world.Bools) -> pd.DataFrame:
    """Return the rows as a history is loaded from."""
    is_silent = rows["value"].isna()
    days = pd.to_timedelta(np.arange(len(rows)) % 40, unit="D")
    sent_at = pd.Series(pd.Timestamp(OPENED) + days, index=rows.index)
    empty = {"text": "", "evidence": "", "note": "", "comment": "", "source_date": None}
    source = "Illustrative figure, generated for this demonstration: reported by nobody"
    return rows.assign(
        **empty,
        period=PERIOD,
        cell=TOTAL,
        qualifier=rows["qualifier"].fillna(""),
        status=np.where(
            is_silent, ObservationStatus.NOT_AVAILABLE.value, ObservationStatus.NORMAL.value
        ),
        missing_reason=np.where(is_silent, "Illustrative: no register counts this yet", ""),
        nature=rows["nature"].fillna("C"),
        source=np.where(is_silent, "", source),
        author=np.where(rows["area"] == HOME, "coordinator", ELSEWHERE),
        decider=pd.Series("reviewer", rows.index, dtype=object).where(is_back, None),
        recorded_at=sent_at,
        decided_at=(sent_at + pd.Timedelta(days=2)).where(is_back),
        outcome=np.where(is_back, State.RETURNED.value, State.SUBMITTED.value),
        decision_note=np.where(is_back, RETURNED, ""),
        is_illustrative=True,
    )
