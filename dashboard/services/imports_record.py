"""Readings held against the record: what is new, what corrects, what is out of all proportion."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard.services import disclosure, locks, lookup
from dashboard.services.imports_checks import Checks
from dashboard.services.imports_rows import Array, Readings
from dashboard.services.imports_tools import short
from dashboard.services.imports_words import GAPS
from dashboard.services.observations import FIELDS, OBSERVATIONS, STATES
from models import (
    TOTAL,
    Baseline,
    Cell,
    Identity,
    Qualifier,
    ReportingRound,
    RoundArea,
    RoundIndicator,
    State,
    Subject,
    WrongState,
    columns,
)

CELLS: Final = columns(Cell)
BASELINES: Final = columns(Baseline)
ROUNDS: Final = columns(ReportingRound)
ASKED: Final = columns(RoundArea)
WANTED: Final = columns(RoundIndicator)
KEY: Final = ["indicator_id", "cell", "period"]
NUMBERS: Final = ("value", "numerator", "denominator")
NEW, REVISION, UNCHANGED = "new", "revision", "unchanged"
KEPT: Final = (
    *("status", "missing_reason", "text", "numerator", "denominator", "nature", "source"),
    *("source_date", "evidence", "note", "comment"),
)
"""Fields that a file without a column for them leaves as they are."""
OF_VALUE: Final = ("missing_reason", "numerator", "denominator", "source", "source_date")
"""Those that belong to one value, and go when it is corrected."""
JUMP: Final = 50.0
"""How many times the usual value of its series a figure must be to be asked about."""
ALONE: Final = 100.0
"""How many times the next largest figure of other areas one must be to be asked about."""


def drafts(readings: Readings, at: Array) -> pd.DataFrame:
    """Return these readings as the fields of observations, with the numbers behind the codes.

    Columns: at (place in the readings), area_id, indicator_id, cell, the fields of an observation.
    """
    table, pools = readings.table.iloc[at], readings.pools

    def said(name: str) -> Array:
        return pools[name].take(table[name].to_numpy())

    status = table["state"].to_numpy()
    made = {
        "at": at,
        "area_id": said("area").astype(np.int64),
        "indicator_id": said("indicator").astype(np.int64),
        "cell": said("cell"),
        "period": said("period"),
        "value": said("number"),
        "qualifier": table["sign"].to_numpy(),
        "status": status,
        "missing_reason": said("missing_reason"),
        "text": said("text"),
        "numerator": table["numerator_text"].to_numpy(),
        "denominator": table["denominator_text"].to_numpy(),
        "nature": table["kind"].to_numpy(),
        "source": said("source"),
        "source_date": [None if day is None else day.isoformat() for day in table["day"]],
        "evidence": said("evidence"),
        "note": said("note"),
        "comment": said("comment"),
    }
    lacks = np.empty(len(readings.lacks), dtype=object)
    lacks[:] = readings.lacks
    made["lacks"] = lacks[table["sheet"].to_numpy()]
    return pd.DataFrame(
        {name: pd.Series(values, dtype=_kind(values)) for name, values in made.items()}
    )


def _kind(values: Any) -> Any:
    return "int64" if getattr(values, "dtype", None) == np.int64 else "object"


def by_area(readings: Readings) -> Iterator[tuple[int, Array]]:
    """Yield each area with the places of its rows that may be sent, in the order of the file."""
    table = readings.table
    good = np.flatnonzero(~table["blocked"].to_numpy() & ~table["left_out"].to_numpy())
    if not len(good):
        return
    codes = table["area"].to_numpy()[good]
    order = np.argsort(codes, kind="stable")
    edges = np.flatnonzero(np.diff(codes[order], prepend=-1))
    for start, end in zip(edges, [*edges[1:], len(order)], strict=True):
        place = good[order[start:end]]
        yield int(readings.pools["area"].values[codes[order[start]]]), place


def latest(session: Session, area_id: int, indicators: Sequence[int]) -> pd.DataFrame:
    """Return the newest row of each key of an area that was not withdrawn."""
    o = OBSERVATIONS
    wanted = (
        sa.select(
            o.c.seq,
            o.c.indicator_id,
            CELLS.c.code.label("cell"),
            *(sa.type_coerce(o.c[name], sa.Text).label(name) for name in FIELDS),
            STATES.c.state,
            STATES.c.step,
        )
        .join(STATES, sa.and_(STATES.c.area_id == o.c.area_id, STATES.c.seq == o.c.seq))
        .join(CELLS, CELLS.c.id == o.c.cell_id)
        .where(
            o.c.area_id == area_id,
            o.c.indicator_id.in_(list(indicators)),
            STATES.c.state.not_in([State.WITHDRAWN]),
        )
        .order_by(o.c.seq)
    )
    result = session.connection().execute(wanted)
    table = pd.DataFrame(result.all(), columns=list(result.keys()), dtype="object")
    return table.drop_duplicates(KEY, keep="last")


def compared(session: Session, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the drafts of one area with what they are to the record.

    What the file does not speak of stays as the record has it.

    Added columns: outcome (new, revision, unchanged), earlier (number of the row corrected, or
    none), earlier_state, earlier_step, earlier_value.
    """
    held = latest(session, int(rows["area_id"].iloc[0]), sorted(set(rows["indicator_id"].tolist())))
    held = held.rename(columns={name: f"held_{name}" for name in FIELDS[1:]})
    held["indicator_id"] = held["indicator_id"].astype("int64")
    joined = rows.merge(held, on=KEY, how="left")
    joined.index = rows.index
    rows = _keeping(rows, joined)
    joined[list(KEPT)] = rows[list(KEPT)]
    there = joined["seq"].notna().to_numpy()
    same = there & (joined["state"] != State.RETURNED).to_numpy()
    for name in FIELDS[1:]:
        same &= _equal(joined[name], joined[f"held_{name}"], is_number=name in NUMBERS)
    # A figure that our own file hid says nothing of the one that is held.
    same |= rows["missing_reason"].eq(disclosure.REASON).to_numpy()
    outcome = np.where(same, UNCHANGED, np.where(there, REVISION, NEW))
    return rows.assign(
        outcome=outcome,
        earlier=joined["seq"].astype("object").where(there, None),
        earlier_state=joined["state"],
        earlier_step=joined["step"],
        earlier_value=joined["held_value"],
    )


def _keeping(rows: pd.DataFrame, joined: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with what the record holds in fields of which the file does not speak."""
    there = joined["seq"].notna().to_numpy()
    if not there.any():
        return rows
    same = there & _equal(joined["value"], joined["held_value"], is_number=True)
    same &= _equal(joined["qualifier"], joined["held_qualifier"], is_number=False)
    kept = {}
    for name in KEPT:
        lacking = there & rows["lacks"].map(lambda one, name=name: name in one).to_numpy(dtype=bool)
        if name in OF_VALUE:
            lacking &= same
        elif name == "status":  # a value ends the gap that was held
            lacking &= same | ~joined["held_status"].isin(GAPS).to_numpy()
        if lacking.any():
            kept[name] = rows[name].mask(lacking, joined[f"held_{name}"])
    return rows.assign(**kept)


def _equal(one: pd.Series, two: pd.Series, *, is_number: bool) -> Array:
    if is_number:
        left, right = (pd.to_numeric(side).to_numpy(dtype="float64") for side in (one, two))
        same: Array = (left == right) | (np.isnan(left) & np.isnan(right))
        return same
    blank: Array = (one.isna() & two.isna()).to_numpy()
    said: Array = (one == two).to_numpy()
    return blank | said


class Against:
    """The checks of one file against what the record holds."""

    def __init__(self, session: Session, checks: Checks, who: Identity, *, now: datetime) -> None:
        self.session, self.checks, self.who, self.now = session, checks, who, now
        self.readings = checks.readings
        self.outcome = np.full(len(self.readings.table), "", dtype=object)
        self.kept: dict[str, dict[int, Any]] = {}  # fields of corrected rows, by their place

    def run(self) -> Array:
        """Compare area by area, say what is out of proportion, and return every row's outcome."""
        self._baselines()
        self._alone()
        for area_id, at in by_area(self.readings):
            rows = drafts(self.readings, at)
            self._locked(area_id, rows)
            found = compared(self.session, rows)
            self.outcome[at] = found["outcome"].to_numpy()
            self._keeps(rows, found[found["outcome"] == REVISION])
            self._revised(found)
            self._jumps(area_id, rows)
        return self.outcome

    def _keeps(self, rows: pd.DataFrame, found: pd.DataFrame) -> None:
        """Note which fields of corrected rows stay as the record has them."""
        for name in KEPT:
            stays = found[name] != rows.loc[found.index, name]
            stays &= found[name].notna() | rows.loc[found.index, name].notna()
            if stays.any():
                kept = zip(found.loc[stays, "at"], found.loc[stays, name], strict=True)
                self.kept.setdefault(name, {}).update((int(at), value) for at, value in kept)

    def _revised(self, found: pd.DataFrame) -> None:
        wrong = found[(found["outcome"] == REVISION) & (found["value"] != found["earlier_value"])]
        for at, value, earlier in zip(
            wrong["at"], wrong["value"], wrong["earlier_value"], strict=True
        ):
            words = {"text": value or "–", "other": earlier or "–"}
            self.checks.mark("revision", [at], words)

    def _jumps(self, area_id: int, rows: pd.DataFrame) -> None:
        """Hold each figure against the usual one of its series, in the file and in the record."""
        exact = rows[(rows["qualifier"] == Qualifier.EXACT) & rows["value"].notna()]
        if exact.empty:
            return
        mine = exact[["at", *KEY]].assign(value=pd.to_numeric(exact["value"]))
        held = latest(self.session, area_id, sorted(set(mine["indicator_id"].tolist())))
        held = held[held["value"].notna() & (held["qualifier"] == "")]
        theirs = held[KEY].assign(value=pd.to_numeric(held["value"]), at=-1)
        both = pd.concat([mine, theirs.astype({"indicator_id": "int64"})], ignore_index=True)
        both = both.drop_duplicates(KEY)
        series = both.groupby(["indicator_id", "cell"])["value"]
        count, least, usual = (series.transform(how) for how in ("count", "min", "median"))
        usual = usual.where(count > 2, least)
        is_mine = both["at"] >= 0
        high = is_mine & (count > 1) & (usual > 0) & (both["value"] >= JUMP * usual)
        high &= both["value"] >= 200
        low = is_mine & (count > 2) & (both["value"] > 0) & (usual >= 200)
        low &= both["value"] * JUMP <= usual
        for name, found in (("jump", both[high]), ("fall", both[low])):
            normal = usual[found.index]
            for at, value, typical in zip(found["at"], found["value"], normal, strict=True):
                times = max(value / typical, typical / value)
                words = {"text": short(value), "usual": short(typical), "times": f"{times:,.0f}"}
                self.checks.mark(name, [at], words)

    def _alone(self) -> None:
        """Ask about a figure that is out of all proportion to those of every other area."""
        table = self.readings.table
        good = ~table["blocked"] & ~table["left_out"] & (table["sign"] == "") & (table["value"] > 0)
        shown = table.loc[good, ["area", "indicator", "cell", "period", "value"]]
        top = shown.groupby(["indicator", "cell"], observed=True)["value"]
        for _key, values in top:
            ranked = values.sort_values()
            if (
                len(ranked) < 4
                or ranked.iloc[-1] < ALONE * ranked.iloc[-2]
                or ranked.iloc[-1] < 200
            ):
                continue
            at = ranked.index[-1]
            same = shown.loc[values.index, "area"] == shown.at[at, "area"]
            if same.sum() > 1:
                continue  # its own series says more
            usual = ranked.iloc[:-1].median()
            times = f"{ranked.iloc[-1] / usual:,.0f}"
            words = {"text": short(ranked.iloc[-1]), "usual": short(usual), "times": times}
            self.checks.mark("jump", [at], words)

    def _baselines(self) -> None:
        ids = [one for one in self.readings.pools["indicator"].values if isinstance(one, int)]
        wanted = sa.select(BASELINES.c.indicator_id, sa.func.max(BASELINES.c.year).label("year"))
        wanted = wanted.where(
            BASELINES.c.indicator_id.in_(ids),
            BASELINES.c.retired_at.is_(None),
            BASELINES.c.area_id.is_(None),
        ).group_by(BASELINES.c.indicator_id)
        years = {row.indicator_id: row.year for row in self.session.connection().execute(wanted)}
        first = np.array(
            [years.get(one) or 0 for one in self.readings.pools["indicator"].values], dtype=np.int64
        )
        told = np.array(
            [int(one[:4]) if one else 9999 for one in self.readings.pools["period"].values]
        )
        table = self.readings.table
        period, about = table["period"].to_numpy(), table["indicator"].to_numpy()
        at = np.flatnonzero((told[period] < first[about]) & ~table["blocked"].to_numpy())
        periods = self.readings.pools["period"].values
        self.checks.mark(
            "before the baseline",
            at,
            lambda one: {
                "text": periods[period[one]],
                "other": int(first[about[one]]),
            },
            role="period",
        )

    def _locked(self, area_id: int, rows: pd.DataFrame) -> None:
        asked = asked_of(self.session, area_id)
        wanted = rows[rows["indicator_id"].isin(asked)]
        for about, period in wanted[["indicator_id", "period"]].drop_duplicates().to_numpy():
            why = reason(self.session, self.who, area_id, int(about), str(period), now=self.now)
            if why:
                same = (wanted["indicator_id"] == about) & (wanted["period"] == period)
                self.checks.mark("locked", wanted.loc[same, "at"], {"text": why}, role="area")


def asked_of(session: Session, area_id: int) -> frozenset[int]:
    """Return the indicators that a round which is closed has asked of an area."""
    wanted = (
        sa.select(WANTED.c.indicator_id)
        .join(ROUNDS, ROUNDS.c.code == WANTED.c.round_code)
        .join(ASKED, ROUNDS.c.code == ASKED.c.round_code)
        .where(
            ASKED.c.area_id == area_id,
            sa.or_(ROUNDS.c.closed_at.is_not(None), ROUNDS.c.sealed_at.is_not(None)),
        )
    )
    return frozenset(session.connection().execute(wanted).scalars())


def reason(
    session: Session, who: Identity, area_id: int, about: int, period: str, *, now: datetime
) -> str:
    """Return why a figure can no longer be sent, or nothing."""
    try:
        locks.require_open(
            session, who, Subject.OBSERVATION, area=area_id, about=about, period=period, now=now
        )
    except WrongState as refusal:
        return str(refusal)
    return ""


def cell_ids(session: Session, codes: Sequence[str]) -> dict[str, int]:
    """Return the number of each combination of groups, given where it is new."""
    return {code: lookup.cell(session, code) if code != TOTAL else 0 for code in codes}
