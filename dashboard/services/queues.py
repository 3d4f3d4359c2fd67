"""What waits for a reviewer, the riskiest first, and what somebody has sent.

Risk is told in words, never hidden in a number: each reason says what a careful reader would look
at twice. A row without any reason is clean.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard.services import access, arriving, lookup, review
from dashboard.services.lookup import Ref
from dashboard.services.reads import table as rows_of
from models import (
    MISSING,
    CurrentValue,
    EvidenceUse,
    Identity,
    Indicator,
    Kind,
    Observation,
    ReferenceArea,
    ReviewState,
    State,
    Subject,
    columns,
)

RISKS: Final = {
    "tenfold": 4,  # ten times the period before, or a tenth of it: often a slip of the unit
    "outlier": 3,  # the change is far beyond the usual changes of this series
    "large_change": 2,  # by more than half, 20 percentage points, or two levels of a scale
    "replaces": 2,  # another figure already counts for this period
    "now_missing": 2,  # the period before had a value, this one says there is none
    "first_report": 1,  # nothing was accepted for this series before
    "no_evidence": 1,  # neither a link nor a file
}
"""Why a row is looked at twice, and how much each reason weighs in the order of the queue."""

FAR: Final = 3.5 * 1.4826
"""A change beyond so many median changes is an outlier (3.5 standard deviations, robustly)."""
ENOUGH: Final = 3
"""Changes a series must have before one can be called unusual."""

OBSERVATIONS: Final = columns(Observation)
STATES: Final = columns(ReviewState)
CURRENT: Final = columns(CurrentValue)
INDICATORS: Final = columns(Indicator)
AREAS: Final = columns(ReferenceArea)
USES: Final = columns(EvidenceUse)
SERIES: Final = ("area_id", "indicator_id", "cell_id")
SHOWN: Final = (
    *("period", "value", "text", "qualifier", "status", "missing_reason", "numerator"),
    *("denominator", "source", "source_date", "evidence", "note", "comment", "author_id"),
    *("recorded_at", "is_illustrative", "batch_id"),
)


def states(who: Identity, *, plan: str) -> tuple[State, ...]:
    """Return the states in which a row waits for this reviewer."""
    everywhere = access.areas(who, "review", plan=plan) is None
    return (State.SUBMITTED, State.ENDORSED) if everywhere else (State.SUBMITTED,)


def figures(session: Session, who: Identity, *, plan: str) -> pd.DataFrame:
    """Return the figures that wait for this reviewer, the riskiest first, beside what counts today.

    Columns: ref, area, name, indicator, title, unit, kind, period, cell, value, text, qualifier,
    status, missing_reason, numerator, denominator, source, source_date, evidence, note, comment,
    author_id, recorded_at, is_illustrative, batch_id, state, step, is_own, accepted (the accepted
    value of the same key), previous (the accepted value of the period before), risk (a whole
    number), reasons (words of `RISKS` divided by a space) and is_clean.
    """
    access.require(who, "review", plan=plan)
    waits = _waits(who, plan)
    table = rows_of(session, _beside(waits))
    table.insert(0, "ref", table["area"] + "-" + table["seq"].astype("str"))
    for name in ("value", "accepted", "previous"):
        table[name] = table[name].astype("float64")
    table = table.merge(_usual(session, waits), on=list(SERIES), how="left")
    table = weighed(table).drop(columns=[*SERIES, "usual", "changes", "past", "is_proved"])
    table = table.assign(is_own=table["author_id"] == who.person_id)
    return table.sort_values(
        ["risk", "recorded_at", "ref"], ascending=[False, True, True], ignore_index=True
    )


def _waits(who: Identity, plan: str) -> sa.Select[Any]:
    o = OBSERVATIONS
    wanted = (
        sa.select(o.c.area_id, o.c.indicator_id, o.c.cell_id)
        .join(STATES, sa.and_(STATES.c.area_id == o.c.area_id, STATES.c.seq == o.c.seq))
        .join(INDICATORS, INDICATORS.c.id == o.c.indicator_id)
        .where(
            STATES.c.state.in_(states(who, plan=plan)),
            STATES.c.subject == Subject.OBSERVATION,
            INDICATORS.c.plan_code == plan,
            # A batch that is still coming in becomes visible as one piece.
            arriving.is_whole(o),
        )
    )
    covers = access.areas(who, "review", plan=plan)
    return wanted if covers is None else wanted.where(o.c.area_id.in_(sorted(covers)))


def _beside(waits: sa.Select[Any]) -> sa.Select[Any]:
    o = OBSERVATIONS
    same = [CURRENT.c[name] == o.c[name] for name in SERIES]
    accepted = sa.select(CURRENT.c.value).where(*same, CURRENT.c.period == o.c.period)
    previous = (
        sa.select(CURRENT.c.value)
        .where(*same, CURRENT.c.period < o.c.period)
        .order_by(CURRENT.c.period.desc())
        .limit(1)
    )
    return (
        waits.add_columns(
            o.c.seq,
            AREAS.c.code.label("area"),
            AREAS.c.name,
            INDICATORS.c.code.label("indicator"),
            INDICATORS.c.name.label("title"),
            INDICATORS.c.unit,
            INDICATORS.c.kind,
            lookup.CELL.c.code.label("cell"),
            STATES.c.state,
            STATES.c.step,
            *(o.c[name] for name in SHOWN),
            _is_proved().label("is_proved"),
            accepted.scalar_subquery().label("accepted"),
            previous.scalar_subquery().label("previous"),
        )
        .join(AREAS, AREAS.c.id == o.c.area_id)
        .join(lookup.CELL, lookup.CELL.c.id == o.c.cell_id)
    )


def _is_proved() -> sa.ColumnElement[bool]:
    used = sa.select(USES.c.seq).where(
        USES.c.area_id == OBSERVATIONS.c.area_id, USES.c.seq == OBSERVATIONS.c.seq
    )
    return used.exists()


def _usual(session: Session, waits: sa.Select[Any]) -> pd.DataFrame:
    """Return, by series that waits: its median change, the number of changes and of values."""
    keys = waits.distinct().subquery()
    past = rows_of(
        session,
        sa.select(*(CURRENT.c[name] for name in SERIES), CURRENT.c.period, CURRENT.c.value).join(
            keys, sa.and_(*(keys.c[name] == CURRENT.c[name] for name in SERIES))
        ),
    )
    past = past.assign(value=past["value"].astype("float64")).dropna(subset=["value"])
    past = past.sort_values([*SERIES, "period"])
    past["change"] = past.groupby(list(SERIES))["value"].diff().abs()
    series = past.groupby(list(SERIES))
    found = series.agg(
        usual=("change", "median"), changes=("change", "count"), past=("value", "size")
    )
    return found.reset_index()


def weighed(table: pd.DataFrame) -> pd.DataFrame:
    """Return figures with the reasons to look at each twice, as one number and in words.

    `table` has kind, status, value, previous, accepted, evidence; past, changes and usual of the
    series. Added columns: risk, reasons, is_clean.
    """
    value, before = table["value"], table["previous"]
    change = (value - before).abs()
    greater = np.maximum(value.abs(), before.abs())
    smaller = np.minimum(value.abs(), before.abs())
    levels = table["kind"].isin([Kind.ORDINAL, Kind.BINARY])
    limit = np.where(table["kind"] == Kind.PERCENTAGE, 20.0, np.where(levels, 2.0, greater / 2))
    missing = table["status"].isin(list(MISSING))
    counted = ~levels & (table["kind"] != Kind.PERCENTAGE)
    signs = {
        "tenfold": counted & (smaller > 0) & (greater >= 10 * smaller),
        "outlier": (table["changes"] >= ENOUGH)
        & (change > FAR * table["usual"])
        & (change > 0)
        # A series that never moved has no usual change to measure by.
        & (table["usual"] > 0),
        "large_change": (change > 0) & (change >= limit),
        "replaces": table["accepted"].notna() & (table["accepted"] != value),
        "now_missing": missing & before.notna(),
        "first_report": table["past"].isna(),
        "no_evidence": ~missing & (table["evidence"] == "") & ~table["is_proved"].astype("bool"),
    }
    risk = sum((sign.astype("int64") * RISKS[name] for name, sign in signs.items()), start=0)
    reasons = pd.Series("", index=table.index, dtype="str")
    for name, sign in signs.items():
        reasons = reasons.where(~sign, reasons + f" {name}")
    return table.assign(risk=risk, reasons=reasons.str.strip(), is_clean=risk == 0)


def counting(
    session: Session, who: Identity, refs: Sequence[Ref], *, plan: str
) -> dict[Ref, dict[str, Any]]:
    """Return the fields of the figure that counts today for the key of each of these rows.

    A row for whose key nothing counts is left out, and so is one that the reviewer may not see.
    """
    o, accepted = OBSERVATIONS, OBSERVATIONS.alias()
    same = [CURRENT.c[name] == o.c[name] for name in (*SERIES, "period")]
    found: dict[Ref, dict[str, Any]] = {}
    for code in sorted({ref.area for ref in refs}):
        place = lookup.area(session, code)
        access.require(who, "review", plan=plan, area=place.id)
        wanted = (
            sa.select(o.c.seq.label("waiting"), *(accepted.c[name] for name in SHOWN))
            .join(CURRENT, sa.and_(*same))
            .join(
                accepted,
                sa.and_(accepted.c.area_id == CURRENT.c.area_id, accepted.c.seq == CURRENT.c.seq),
            )
            .where(
                o.c.area_id == place.id,
                o.c.seq.in_([ref.seq for ref in refs if ref.area == code]),
            )
        )
        for row in session.connection().execute(wanted):
            fields = dict(row._mapping)
            found[Ref(code, fields.pop("waiting"))] = fields
    return found


def mine(session: Session, who: Identity, *, plan: str) -> pd.DataFrame:
    """Return what a coordinator has sent and where it stands, newest first.

    Columns: ref, area, indicator, title, period, cell, value, state, at, note (of the last step).
    """
    o = OBSERVATIONS
    table = rows_of(
        session,
        sa.select(
            AREAS.c.code.label("area"),
            o.c.seq,
            INDICATORS.c.code.label("indicator"),
            INDICATORS.c.name.label("title"),
            o.c.period,
            lookup.CELL.c.code.label("cell"),
            o.c.value,
            STATES.c.state,
            STATES.c.at,
            review.last_note(),
        )
        .join(STATES, sa.and_(STATES.c.area_id == o.c.area_id, STATES.c.seq == o.c.seq))
        .join(AREAS, AREAS.c.id == o.c.area_id)
        .join(INDICATORS, INDICATORS.c.id == o.c.indicator_id)
        .join(lookup.CELL, lookup.CELL.c.id == o.c.cell_id)
        .where(o.c.author_id == who.person_id, INDICATORS.c.plan_code == plan)
        .where(arriving.is_whole(o))
        .order_by(STATES.c.at.desc(), o.c.seq.desc())
        .limit(500),
    )
    table.insert(0, "ref", table["area"] + "-" + table["seq"].astype("str"))
    return table.assign(value=table["value"].astype("float64"))
