"""A whole history taken in at once: known facts, demonstration data, a restored snapshot.

The rows come with what became of them and when. They are stored in bulk, with the same events,
spans and chains that single steps would have left, one link a chain for all rows of an area.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard.services import derived, ledger, lookup, updates
from dashboard.services.derived import CONTENT, KEY, plain
from dashboard.services.observations import FIELDS, written
from models import (
    FOREVER,
    TOTAL,
    BadInput,
    Channel,
    MeasureUpdate,
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
NUMBERS: Final = ["value", "numerator", "denominator"]
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


def restore(
    session: Session, rows: pd.DataFrame, *, plan: str, channel: Channel
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Store rows that were all accepted once, under the numbers that they had; `chain` them then.

    `rows` has what `load` wants of an observation, and seq, revises, recorded_at, accepted_at,
    ended_at (none while it counts) and ended (the state that followed). Returned are the rows and
    the steps as stored.
    """
    table = _coded(session, rows.assign(decided_at=rows["accepted_at"]), plan)
    base = table[["area_id", "seq"]].assign(by=table["author"], note="")
    sent = base.assign(
        step=1, before=State.DRAFT.value, after=State.SUBMITTED.value, at=table["recorded_at"]
    )
    taken = base.assign(
        step=2, before=State.SUBMITTED.value, after=State.ACCEPTED.value, at=table["decided_at"]
    )
    left = base.assign(
        step=3, before=State.ACCEPTED.value, after=table["ended"], at=_micros(table["ended_at"])
    )
    steps = pd.concat([sent, taken, left[table["ended_at"].notna()]])
    steps = steps.sort_values(["area_id", "seq", "step"]).astype({"at": "int64"})
    table = table.sort_values(["area_id", "seq"], ignore_index=True)
    if len(table):
        _store(session, table, steps, channel)
        _derive(session, table, steps)
    return table, steps


def chain(
    session: Session,
    table: pd.DataFrame,
    steps: pd.DataFrame,
    reports: Sequence[MeasureUpdate],
    *,
    by: str,
    now: datetime,
) -> None:
    """Chain rows, steps and accepted reports that were restored: two links an area at most.

    Figures and reports share their numbers, so the first link of an area has the steps of both.
    """
    figures = {int(str(number)): part for number, part in table.groupby("area_id")}
    trodden = {int(str(number)): part for number, part in steps.groupby("area_id")}
    codes = lookup.codes(session)
    told: dict[int, list[MeasureUpdate]] = {}
    for report in reports:
        told.setdefault(report.area_id, []).append(report)
    for number in sorted(figures.keys() | told.keys()):
        part, own = figures.get(number), told.get(number, [])
        seqs = [*(part["seq"] if part is not None else ()), *(one.seq for one in own)]
        first, last = int(min(seqs)), int(max(seqs))
        walked = _walked(trodden.get(number), own)
        links = []
        if part is not None:
            links.append(("observation.history", rows_digest(part)))
        if own:
            rows = [one.model_dump() for one in own]
            links.append(("measure_update.history", updates.rows_digest(rows)))
        head = ledger.hold(session, number)
        for place, (action, content) in enumerate(links):
            detail = {
                "first": first,
                "last": last,
                "digest": content,
                "steps": ledger.steps_digest(walked if place == 0 else ()),
            }
            subject = f"{codes[number]}-{first}"
            head = ledger.append(session, head, action, subject, detail, by=by, now=now)
        ledger.keep(
            session,
            replace(
                head,
                record_seq=max(head.record_seq, last),
                data_seq=head.data_seq + len(seqs),
            ),
        )


def _walked(
    steps: pd.DataFrame | None, reports: Sequence[MeasureUpdate]
) -> list[tuple[object, ...]]:
    """Return the steps of an area's figures and reports, in the order of their numbers."""
    own = [] if steps is None else list(steps[STEP].itertuples(index=False, name=None))
    for one in reports:
        at = micros(one.recorded_at)
        sent = (one.seq, 1, State.DRAFT, State.SUBMITTED, one.author_id, at, "")
        own += [sent, (one.seq, 2, State.SUBMITTED, State.ACCEPTED, one.author_id, at, "")]
    return sorted(own, key=lambda step: (step[0], step[1]))


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
