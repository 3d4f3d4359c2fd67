"""Measure updates: how far a measure is carried out in an area, and what stands in the way."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa
from pydantic import ValidationError
from sqlmodel import Session

from dashboard.services import access, ledger, locks, lookup, observations, queues, review
from dashboard.services.lookup import Ref
from models import (
    BadInput,
    Channel,
    Fault,
    Identity,
    MeasureUpdate,
    NotFound,
    OperationalMeasure,
    ReferenceArea,
    ReviewEvent,
    ReviewState,
    State,
    Subject,
    UpdateFields,
    UpdateInput,
    bad_input,
    columns,
    micros,
)

UPDATES: Final = columns(MeasureUpdate)
MEASURES: Final = columns(OperationalMeasure)
STATES: Final = columns(ReviewState)
EVENTS: Final = columns(ReviewEvent)
FIELDS: Final = tuple(UpdateFields.model_fields)


_ADD_ROW: Final = sa.insert(UPDATES)
_BY_CODE: Final = sa.select(MEASURES.c.id).where(
    MEASURES.c.plan_code == sa.bindparam("plan"), MEASURES.c.code == sa.bindparam("code")
)


def parse(fields: dict[str, Any], where: str = "") -> UpdateInput:
    """Return the update that these fields make, or raise `BadInput` field by field."""
    try:
        return UpdateInput.model_validate(fields)
    except ValidationError as error:
        raise bad_input(error, where) from error


def submit(
    session: Session,
    who: Identity,
    update: UpdateInput,
    *,
    plan: str,
    token: str,
    now: datetime,
    channel: Channel = Channel.ENTRY,
    batch: str | None = None,
) -> Ref:
    """Record how a measure stands in an area and open its review."""
    area = lookup.area(session, update.area)
    access.require(who, "submit", plan=plan, area=area.id)
    about = measure_id(session, plan, update.measure)
    if update.as_at > now.date():
        raise BadInput(Fault("as_at", f"{update.as_at} lies in the future"))

    def work() -> dict[str, Any]:
        head = ledger.hold(session, area.id)
        locks.require_open(session, who, Subject.MEASURE_UPDATE, area=area.id, about=about, now=now)
        row = {
            **{name: getattr(update, name) for name in FIELDS},
            "area_id": area.id,
            "seq": head.record_seq + 1,
            "measure_id": about,
            "revises": None,
            "channel": channel,
            "batch_id": batch,
            "is_illustrative": False,
            "author_id": who.person_id,
            "recorded_at": now,
        }
        session.connection().execute(_ADD_ROW, row)
        ref = Ref(area.code, head.record_seq + 1)
        head = review.opened(
            session,
            replace(head, record_seq=ref.seq),
            ref,
            Subject.MEASURE_UPDATE,
            state=State.SUBMITTED,
            detail={"digest": digest(row)},
            by=who.person_id,
            now=now,
        )
        ledger.keep(session, head)
        return {"area": ref.area, "seq": ref.seq}

    answer = ledger.once(
        session, area.id, token, "measure_update.submitted", work, by=who.person_id, now=now
    )
    return Ref(answer["area"], answer["seq"])


def digest(row: dict[str, Any]) -> str:
    """Return the SHA-256 by which the ledger recognises an update's content."""
    content = [row[name] for name in (*FIELDS, "area_id", "measure_id")]
    return ledger.digest([observations.written(value) for value in content])


def measure_id(session: Session, plan: str, code: str) -> int:
    """Return the number of a measure, or raise `NotFound`."""
    found = session.connection().execute(_BY_CODE, {"plan": plan, "code": code}).scalar()
    if found is None:
        raise NotFound(f"The plan {plan} has no measure with the code {code!r}.")
    return int(found)


def load(
    session: Session,
    rows: pd.DataFrame,
    *,
    plan: str,
    channel: Channel,
    by: str,
    now: datetime,
) -> int:
    """Store accepted updates in bulk (demonstration data, a restored snapshot); return how many.

    `rows` has measure, area (codes), the fields of an update, author, decider, recorded_at,
    decided_at and is_illustrative.
    """
    if rows.empty:
        return 0
    connection = session.connection()
    area = {
        r.code: r.id for r in connection.execute(sa.select(lookup.AREA.c.code, lookup.AREA.c.id))
    }
    measure = {
        r.code: r.id
        for r in connection.execute(
            sa.select(MEASURES.c.code, MEASURES.c.id).where(MEASURES.c.plan_code == plan)
        )
    }
    order = rows.assign(area_id=rows["area"].map(area)).sort_values(["area_id", "recorded_at"])
    for area_id, group in order.groupby("area_id", sort=True):
        head = ledger.hold(session, int(str(area_id)))
        first = head.record_seq + 1
        stored, steps = [], []
        for row in group.to_dict("records"):
            head = replace(head, record_seq=head.record_seq + 1)
            stored.append(_store(connection, row, head, measure[row["measure"]], channel))
            steps += _steps(connection, row, head)
        detail = {
            "first": first,
            "last": head.record_seq,
            "digest": rows_digest(stored),
            "steps": ledger.steps_digest(steps),
        }
        subject = f"{group['area'].iloc[0]}-{first}"
        head = ledger.append(
            session, head, "measure_update.history", subject, detail, by=by, now=now
        )
        ledger.keep(session, replace(head, data_seq=head.data_seq + len(group)))
    return len(rows)


def rows_digest(rows: list[dict[str, Any]]) -> str:
    """Return the SHA-256 by which the ledger recognises many updates at once, in their order."""
    return ledger.digest([digest(row) for row in rows])


def _store(
    connection: sa.Connection, row: dict[Any, Any], head: Any, measure_id: int, channel: Channel
) -> dict[str, Any]:
    place = {"area_id": head.chain, "seq": head.record_seq}
    fields = {name: _plain(row[name]) for name in FIELDS}
    stored = {
        **fields,
        **place,
        "measure_id": measure_id,
        "revises": None,
        "channel": channel,
        "batch_id": None,
        "is_illustrative": row["is_illustrative"],
        "author_id": row["author"],
        "recorded_at": row["recorded_at"],
    }
    connection.execute(sa.insert(UPDATES), stored)
    return stored


def _plain(value: Any) -> Any:
    """Return a field as the database gives it back, so that both have one digest."""
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, datetime) else value


def _steps(connection: sa.Connection, row: dict[Any, Any], head: Any) -> list[tuple[Any, ...]]:
    """Store the two steps of an update that was accepted, and return them as the ledger says."""
    place = {"area_id": head.chain, "seq": head.record_seq}
    steps = [
        (State.DRAFT, State.SUBMITTED, row["author"], row["recorded_at"]),
        (State.SUBMITTED, State.ACCEPTED, row["decider"], row["decided_at"]),
    ]
    for step, (before, after, by, at) in enumerate(steps, start=1):
        event = {**place, "step": step, "before": before, "after": after}
        connection.execute(sa.insert(EVENTS), {**event, "by": by, "at": at, "note": ""})
    standing = {**place, "subject": Subject.MEASURE_UPDATE, "state": State.ACCEPTED}
    connection.execute(sa.insert(STATES), {**standing, "step": 2, "at": row["decided_at"]})
    return [
        (head.record_seq, step, before, after, by, micros(at), "")
        for step, (before, after, by, at) in enumerate(steps, start=1)
    ]


def accepted(session: Session, *, plan: str, as_of: datetime | None = None) -> pd.DataFrame:
    """Return every accepted update of a plan, oldest first, as known at a moment (none: now).

    Columns: ref, area, measure, the fields of an update, accepted_at, is_illustrative.
    """
    area = columns(ReferenceArea)
    wanted = (
        sa.select(
            area.c.code.label("area"),
            UPDATES.c.seq,
            MEASURES.c.code.label("measure"),
            *(UPDATES.c[name] for name in FIELDS),
            UPDATES.c.is_illustrative,
            EVENTS.c.at.label("accepted_at"),
        )
        .join(area, area.c.id == UPDATES.c.area_id)
        .join(MEASURES, MEASURES.c.id == UPDATES.c.measure_id)
        .join(
            EVENTS,
            sa.and_(
                EVENTS.c.area_id == UPDATES.c.area_id,
                EVENTS.c.seq == UPDATES.c.seq,
                EVENTS.c.after == State.ACCEPTED,
            ),
        )
        .where(MEASURES.c.plan_code == plan)
        .order_by(UPDATES.c.as_at, UPDATES.c.area_id, UPDATES.c.seq)
    )
    later = EVENTS.alias()
    gone = sa.select(later.c.seq).where(
        later.c.area_id == UPDATES.c.area_id,
        later.c.seq == UPDATES.c.seq,
        later.c.before == State.ACCEPTED,
    )
    if as_of is not None:
        wanted = wanted.where(EVENTS.c.at <= as_of)
        gone = gone.where(later.c.at <= as_of)
    result = session.connection().execute(wanted.where(~gone.exists()))
    table = pd.DataFrame(result.all(), columns=list(result.keys()))
    table.insert(0, "ref", table["area"] + "-" + table["seq"].astype("str"))
    return table


def mine(session: Session, who: Identity, *, plan: str) -> pd.DataFrame:
    """Return the reports somebody has sent and where they stand, newest first.

    Columns are those of `queues.mine`; indicator and title are the measure's, period is the day.
    """
    area = columns(ReferenceArea)
    wanted = (
        sa.select(
            area.c.code.label("area"),
            UPDATES.c.seq,
            MEASURES.c.code.label("indicator"),
            MEASURES.c.title,
            UPDATES.c.as_at.label("period"),
            STATES.c.state,
            STATES.c.at,
            review.last_note(),
        )
        .join(STATES, sa.and_(STATES.c.area_id == UPDATES.c.area_id, STATES.c.seq == UPDATES.c.seq))
        .join(area, area.c.id == UPDATES.c.area_id)
        .join(MEASURES, MEASURES.c.id == UPDATES.c.measure_id)
        .where(UPDATES.c.author_id == who.person_id, MEASURES.c.plan_code == plan)
        .order_by(STATES.c.at.desc(), UPDATES.c.seq.desc())
        .limit(500)
    )
    result = session.connection().execute(wanted)
    table = pd.DataFrame(result.all(), columns=list(result.keys()))
    table.insert(0, "ref", table["area"] + "-" + table["seq"].astype("str"))
    return table.assign(period=table["period"].map(str), cell="_T", value=float("nan"))


def queue(session: Session, who: Identity, *, plan: str) -> pd.DataFrame:
    """Return the updates that wait for this reviewer, oldest first, with their state and step."""
    access.require(who, "review", plan=plan)
    area = columns(ReferenceArea)
    wanted = (
        sa.select(
            area.c.code.label("area"),
            area.c.name,
            UPDATES.c.seq,
            MEASURES.c.code.label("measure"),
            MEASURES.c.title,
            *(UPDATES.c[name] for name in FIELDS),
            UPDATES.c.author_id,
            UPDATES.c.recorded_at,
            STATES.c.state,
            STATES.c.step,
        )
        .join(STATES, sa.and_(STATES.c.area_id == UPDATES.c.area_id, STATES.c.seq == UPDATES.c.seq))
        .join(area, area.c.id == UPDATES.c.area_id)
        .join(MEASURES, MEASURES.c.id == UPDATES.c.measure_id)
        .where(STATES.c.state.in_(queues.states(who, plan=plan)), MEASURES.c.plan_code == plan)
        .order_by(UPDATES.c.recorded_at)
    )
    covers = access.areas(who, "review", plan=plan)
    if covers is not None:
        wanted = wanted.where(UPDATES.c.area_id.in_(sorted(covers)))
    result = session.connection().execute(wanted)
    table = pd.DataFrame(result.all(), columns=list(result.keys()))
    table.insert(0, "ref", table["area"] + "-" + table["seq"].astype("str"))
    return table.assign(is_own=table["author_id"] == who.person_id)
