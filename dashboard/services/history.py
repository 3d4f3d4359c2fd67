"""A whole history taken in at once: known facts, demonstration data, a restored snapshot.

The rows come with what became of them and when. They are stored in bulk, with the same events,
spans and chains that single steps would have left, one link a chain for all rows of an area.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard.services import derived, ledger, lookup
from dashboard.services.derived import CONTENT, KEY, plain
from dashboard.services.observations import FIELDS, written
from models import (
    FOREVER,
    TOTAL,
    BadInput,
    Channel,
    Observation,
    ReviewEvent,
    ReviewState,
    State,
    Subject,
    columns,
    micros,
)

OBSERVATIONS: Final = columns(Observation)
EVENTS: Final = columns(ReviewEvent)
STATES: Final = columns(ReviewState)
CODES: Final = ["indicator", "area", "cell", "period"]
MOMENTS: Final = ["recorded_at", "decided_at"]
STEP: Final = ["seq", "step", "before", "after", "by", "at", "note"]
TEXTS: Final = [
    "qualifier",
    "status",
    "missing_reason",
    "text",
    "nature",
    "source",
    "evidence",
    "note",
    "comment",
]


def load(
    session: Session,
    rows: pd.DataFrame,
    *,
    plan: str,
    channel: Channel,
    by: str,
    now: datetime,
) -> int:
    """Store rows with their history, and return how many.

    `rows` has indicator, area, cell, period (codes); value, numerator, denominator (decimal text or
    none); the text fields of an observation; source_date; author, decider (pseudonyms);
    recorded_at, decided_at (aware moments, the second none while a row waits); outcome (the step
    after submission: accepted, returned, withdrawn, or submitted where none); decision_note;
    is_illustrative. An accepted row ends at the next acceptance of the same key.
    """
    if rows.empty:
        return 0
    table = _numbered(session, _coded(session, rows, plan))
    events = _events(table)
    _store(session, table, events, channel)
    _derive(session, table, events)
    _chain(session, table, events, by=by, now=now)
    return len(table)


def _coded(session: Session, rows: pd.DataFrame, plan: str) -> pd.DataFrame:
    connection = session.connection()
    area = {
        row.code: row.id
        for row in connection.execute(sa.select(lookup.AREA.c.code, lookup.AREA.c.id))
    }
    indicator = {
        row.code: row.id
        for row in connection.execute(
            sa.select(lookup.INDICATOR.c.code, lookup.INDICATOR.c.id).where(
                lookup.INDICATOR.c.plan_code == plan
            )
        )
    }
    cells = {code: lookup.cell(session, code) for code in rows["cell"].unique()}
    cells.setdefault(TOTAL, 0)
    table = rows.assign(
        area_id=rows["area"].map(area),
        indicator_id=rows["indicator"].map(indicator),
        cell_id=rows["cell"].map(cells),
        year=rows["period"].str.slice(0, 4).astype("int64"),
    )
    for name, number in (("area", "area_id"), ("indicator", "indicator_id")):
        unknown = sorted(set(table.loc[table[number].isna(), name]))
        if unknown:
            raise BadInput(f"Unknown {name}: {', '.join(unknown[:10])}.")
    for name in MOMENTS:
        table[name] = _micros(table[name])
    return table.astype({"area_id": "int64", "indicator_id": "int64"})


def _micros(moments: pd.Series) -> pd.Series:
    # Missing moments stay missing; the rest become whole microseconds.
    stamps = pd.to_datetime(moments, utc=True).astype("datetime64[us, UTC]")
    return stamps.astype("int64").where(stamps.notna()).astype("Int64")


def _numbered(session: Session, table: pd.DataFrame) -> pd.DataFrame:
    # Numbers follow the order in which the rows were recorded, area by area.
    table = table.sort_values(["area_id", "recorded_at"], kind="stable").reset_index(drop=True)
    ends = {}
    for area_id in table["area_id"].unique():
        ends[area_id] = ledger.hold(session, int(area_id)).record_seq
    table["seq"] = table.groupby("area_id").cumcount() + 1 + table["area_id"].map(ends)
    table["revises"] = table.groupby(KEY)["seq"].shift().astype("Int64")
    return table


def _events(table: pd.DataFrame) -> pd.DataFrame:
    base = table[["area_id", "seq"]]
    sent = base.assign(
        step=1,
        before=State.DRAFT.value,
        after=State.SUBMITTED.value,
        by=table["author"],
        at=table["recorded_at"],
        note="",
    )
    decided = table[table["outcome"] != State.SUBMITTED]
    settled = decided[["area_id", "seq"]].assign(
        step=2,
        before=State.SUBMITTED.value,
        after=decided["outcome"],
        by=decided["decider"],
        at=decided["decided_at"],
        note=decided["decision_note"],
    )
    taken = decided[decided["outcome"] == State.ACCEPTED].sort_values([*KEY, "decided_at"])
    following = taken.groupby(KEY)[["seq", "decided_at", "decider"]].shift(-1)
    ended = taken[following["seq"].notna()]
    after = following.loc[ended.index]
    replaced = ended[["area_id", "seq"]].assign(
        step=3,
        before=State.ACCEPTED.value,
        after=State.SUPERSEDED.value,
        by=after["decider"],
        at=after["decided_at"],
        note=ended["area"] + "-" + after["seq"].astype("int64").astype("str"),
    )
    return pd.concat([sent, settled, replaced]).sort_values(["area_id", "seq", "step"])


def _store(session: Session, table: pd.DataFrame, events: pd.DataFrame, channel: Channel) -> None:
    observation = table[
        [*KEY, "year", "seq", "revises", *FIELDS[1:], "recorded_at", "is_illustrative"]
    ].assign(author_id=table["author"], channel=channel.value, batch_id=None)
    observation["source_date"] = table["source_date"].map(
        lambda day: day.isoformat() if hasattr(day, "isoformat") else None
    )
    last = events.drop_duplicates(["area_id", "seq"], keep="last")
    standing = last[["area_id", "seq", "step", "at"]].assign(
        state=last["after"], subject=Subject.OBSERVATION.value
    )
    for into, rows in ((OBSERVATIONS, observation), (EVENTS, events), (STATES, standing)):
        derived.insert(session, into, rows)


def _derive(session: Session, table: pd.DataFrame, events: pd.DataFrame) -> None:
    history = derived.spans(table[[*KEY, *CONTENT]], events)
    for name in ("value", "denominator"):
        history[name] = pd.to_numeric(history[name].astype("object"))
    history["ended_at"] = history["ended_at"].fillna(micros(FOREVER)).astype("int64")
    current = history[history["ended_at"] == micros(FOREVER)].drop(columns="ended_at")
    derived.insert(session, derived.SPANS, history)
    if current.empty:
        return  # all of it waits, or no longer counts
    derived.insert(session, derived.CURRENT, current)
    derived.pack_again(session, current["area_id"].unique().tolist())


def _chain(
    session: Session, table: pd.DataFrame, events: pd.DataFrame, *, by: str, now: datetime
) -> None:
    taken = {int(str(area_id)): steps for area_id, steps in events.groupby("area_id")}
    for area_id, rows in table.groupby("area_id", sort=True):
        head = ledger.hold(session, int(str(area_id)))
        code = rows["area"].iloc[0]
        first, last = int(rows["seq"].iloc[0]), int(rows["seq"].iloc[-1])
        detail = {
            "first": first,
            "last": last,
            "digest": rows_digest(rows),
            "steps": ledger.steps_digest(taken[head.chain][STEP].itertuples(index=False)),
        }
        head = ledger.append(
            session, head, "observation.history", f"{code}-{first}", detail, by=by, now=now
        )
        ledger.keep(session, replace(head, record_seq=last, data_seq=head.data_seq + len(rows)))


def rows_digest(rows: pd.DataFrame) -> str:
    """Return the SHA-256 by which the ledger recognises many rows at once, in their order."""
    names = [*FIELDS, "area_id", "indicator_id", "cell_id"]
    columns_ = ([written(value) for value in plain(rows[name])] for name in names)
    return ledger.digest([list(row) for row in zip(*columns_, strict=True)])
