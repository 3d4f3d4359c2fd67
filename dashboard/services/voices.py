"""Three voices beside a value: the State's comment, an evaluator's finding, civil society's note.

Each speaks for itself and none overwrites another. A State's comment on its own value is open at
once. A finding or a note is first shown to the State, which may reply; it is published when the
State has replied or its time for a reply is over, and never by the person who wrote a note.
"""

from datetime import date, datetime, timedelta
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard.services import access, disclosure, ledger, lookup
from dashboard.services.lookup import Ref
from dashboard.services.reads import table as rows_of
from models import (
    BadInput,
    Fault,
    Identity,
    Indicator,
    NotAllowed,
    NotFound,
    Observation,
    Remark,
    RemarkState,
    RemarkStep,
    ReviewEvent,
    State,
    Voice,
    WrongState,
    columns,
)

REPLY: Final = timedelta(days=30)
"""How long a State may take to reply before a finding or note about its value is published."""
LONGEST: Final = 4000
SPEAKS: Final[dict[Voice, access.Action]] = {
    Voice.STATE: "submit",
    Voice.EVALUATOR: "find",
    Voice.CIVIL_SOCIETY: "remark",
}
PUBLISHES: Final[dict[Voice, access.Action]] = {
    Voice.STATE: "submit",
    Voice.EVALUATOR: "find",
    Voice.CIVIL_SOCIETY: "coordinate",
}
REMARKS: Final = columns(Remark)
STEPS: Final = columns(RemarkStep)
OBSERVATIONS: Final = columns(Observation)
EVENTS: Final = columns(ReviewEvent)
INDICATORS: Final = columns(Indicator)
SHOWN: Final = (
    *("ref", "number", "indicator", "cell", "period", "voice", "answers", "text", "state"),
    *("reply_until", "recorded_at", "at", "author_id"),
)


def speaks(who: Identity, *, plan: str, area: int) -> list[Voice]:
    """Return the voices with which somebody may speak about an area's values."""
    return [
        voice
        for voice, action in SPEAKS.items()
        if access.allows(who, action, plan=plan, area=area)
    ]


def give(
    session: Session,
    who: Identity,
    ref: Ref,
    voice: Voice,
    text: str,
    *,
    plan: str,
    token: str,
    now: datetime,
    answers: int | None = None,
) -> int:
    """Record what a voice says about an observation, and return the remark's number in its area.

    `answers` is the number of the remark that the State replies to.
    """
    area = lookup.area(session, ref.area)
    access.require(who, SPEAKS[voice], plan=plan, area=area.id)
    if not text.strip():
        raise BadInput(Fault("text", "write what is to be said"))
    if len(text) > LONGEST:
        raise BadInput(Fault("text", f"is longer than {LONGEST} signs: shorten it"))
    _about(session, area.id, ref, plan)
    if answers is not None:
        if voice is not Voice.STATE:
            raise BadInput("Only the State replies; others write a remark of their own.")
        asked = _remark(session, area.id, answers, plan)
        if asked.voice == Voice.STATE or asked.seq != ref.seq:
            raise BadInput("A reply answers a finding or a note about the same value.")

    def work() -> dict[str, Any]:
        head = ledger.hold(session, area.id)
        highest = sa.select(sa.func.max(REMARKS.c.number)).where(REMARKS.c.area_id == area.id)
        number = (session.connection().execute(highest).scalar() or 0) + 1
        row = {
            "area_id": area.id,
            "number": number,
            "seq": ref.seq,
            "voice": voice,
            "answers": answers,
            "text": text.strip(),
            "reply_until": None if voice is Voice.STATE else (now + REPLY).date(),
            "author_id": who.person_id,
            "recorded_at": now,
        }
        session.connection().execute(sa.insert(REMARKS), row)
        detail = {"number": number, "digest": digest(row)}
        head = _step(
            session, head, ref, number, RemarkState.GIVEN, step=1, who=who, now=now, detail=detail
        )
        if voice is Voice.STATE:
            head = _step(
                session, head, ref, number, RemarkState.PUBLISHED, step=2, who=who, now=now
            )
        ledger.keep(session, head)
        return {"number": number}

    action = f"remark.{voice}"
    return int(
        ledger.once(session, area.id, token, action, work, by=who.person_id, now=now)["number"]
    )


def digest(row: dict[str, Any]) -> str:
    """Return the SHA-256 by which the ledger recognises a remark's content."""
    names = ("area_id", "number", "seq", "voice", "answers", "text", "reply_until")
    return ledger.digest([None if row[name] is None else str(row[name]) for name in names])


def publish(
    session: Session, who: Identity, area: str, number: int, *, plan: str, now: datetime
) -> None:
    """Open a finding or a note to all: once the State has replied, or its time is over."""
    place = lookup.area(session, area)
    row = _remark(session, place.id, number, plan)
    voice = Voice(row.voice)
    access.require(who, PUBLISHES[voice], plan=plan, area=place.id)
    head = ledger.hold(session, place.id)
    last = _last(session, place.id, number)
    if last.after == RemarkState.PUBLISHED:
        return
    if last.after == RemarkState.WITHDRAWN:
        raise WrongState("This remark was withdrawn: it is not published.")
    if voice is Voice.CIVIL_SOCIETY and row.author_id == who.person_id:
        raise NotAllowed("A note is published by somebody other than its author.")
    if not _is_answered(session, place.id, number) and now.date() <= row.reply_until:
        raise WrongState(
            f"The State may reply until {row.reply_until}: this is published after its reply, "
            "or after that day."
        )
    ref = Ref(place.code, row.seq)
    head = _step(
        session, head, ref, number, RemarkState.PUBLISHED, step=last.step + 1, who=who, now=now
    )
    ledger.keep(session, head)


def take_back(
    session: Session, who: Identity, area: str, number: int, *, plan: str, note: str, now: datetime
) -> None:
    """Withdraw one's own remark, with a reason: it is no longer shown, and stays in the record."""
    place = lookup.area(session, area)
    row = _remark(session, place.id, number, plan)
    access.require(who, SPEAKS[Voice(row.voice)], plan=plan, area=place.id)
    if row.author_id != who.person_id:
        raise NotAllowed("A remark is withdrawn by whoever wrote it.")
    if not note.strip():
        raise BadInput(Fault("note", "say why it is withdrawn"))
    head = ledger.hold(session, place.id)
    last = _last(session, place.id, number)
    if last.after == RemarkState.WITHDRAWN:
        return
    ref = Ref(place.code, row.seq)
    head = _step(
        session,
        head,
        ref,
        number,
        RemarkState.WITHDRAWN,
        step=last.step + 1,
        who=who,
        now=now,
        note=note,
    )
    ledger.keep(session, head)


def _step(
    session: Session,
    head: ledger.Head,
    ref: Ref,
    number: int,
    after: RemarkState,
    *,
    step: int,
    who: Identity,
    now: datetime,
    detail: dict[str, Any] | None = None,
    note: str = "",
) -> ledger.Head:
    row = {"area_id": head.chain, "number": number, "step": step, "after": after}
    session.connection().execute(
        sa.insert(STEPS), {**row, "by": who.person_id, "at": now, "note": note}
    )
    told = {"number": number, "step": step, "note": ledger.digest(note), **(detail or {})}
    return ledger.append(
        session, head, f"remark.{after}", str(ref), told, by=who.person_id, now=now
    )


def _about(session: Session, area_id: int, ref: Ref, plan: str) -> None:
    wanted = (
        sa.select(OBSERVATIONS.c.seq)
        .join(INDICATORS, INDICATORS.c.id == OBSERVATIONS.c.indicator_id)
        .where(
            OBSERVATIONS.c.area_id == area_id,
            OBSERVATIONS.c.seq == ref.seq,
            INDICATORS.c.plan_code == plan,
        )
    )
    if session.connection().execute(wanted).one_or_none() is None:
        raise NotFound(f"There is no figure {ref} in the plan {plan}.")


def _remark(session: Session, area_id: int, number: int, plan: str) -> Any:
    wanted = (
        sa.select(REMARKS)
        .join(
            OBSERVATIONS,
            sa.and_(
                OBSERVATIONS.c.area_id == REMARKS.c.area_id, OBSERVATIONS.c.seq == REMARKS.c.seq
            ),
        )
        .join(INDICATORS, INDICATORS.c.id == OBSERVATIONS.c.indicator_id)
        .where(
            REMARKS.c.area_id == area_id,
            REMARKS.c.number == number,
            INDICATORS.c.plan_code == plan,
        )
    )
    found = session.connection().execute(wanted).one_or_none()
    if found is None:
        raise NotFound(f"There is no remark {number} on this area.")
    return found


def _last(session: Session, area_id: int, number: int) -> Any:
    wanted = (
        sa.select(STEPS)
        .where(STEPS.c.area_id == area_id, STEPS.c.number == number)
        .order_by(STEPS.c.step.desc())
        .limit(1)
    )
    return session.connection().execute(wanted).one()


def _is_answered(session: Session, area_id: int, number: int) -> bool:
    wanted = sa.select(REMARKS.c.number).where(
        REMARKS.c.area_id == area_id, REMARKS.c.answers == number
    )
    return session.connection().execute(wanted.limit(1)).first() is not None


def on_series(
    session: Session, who: Identity, *, plan: str, area: str, indicator: str
) -> pd.DataFrame:
    """Return what is said about the values of a series, oldest first, as this reader may see it.

    The public sees what is published about values that were accepted and are not hidden as small
    counts. Who reports, reviews or evaluates there, and who runs the rounds, sees all that is not
    withdrawn; whoever wrote a remark sees their own.
    Columns: ref, number, indicator, cell, period, voice, answers, text, state, reply_until,
    recorded_at, at (of the last step), author_id (empty to the public).
    """
    place = lookup.area(session, area)
    about = lookup.indicator(session, plan, indicator)
    table = rows_of(session, _said(place.id, about.id)).assign(indicator=indicator)
    table.insert(0, "ref", f"{place.code}-" + table["seq"].astype("str"))
    table = table[table["state"] != RemarkState.WITHDRAWN]
    insider = any(
        access.allows(who, action, plan=plan, area=place.id)
        for action in ("submit", "review", "find", "coordinate")
    )
    if insider:
        return table[list(SHOWN)]
    own = (table["author_id"] == who.person_id) & bool(who.person_id)
    # What is said about a hidden count could give it away.
    closed = disclosure.hidden(session, [about.id], areas=[place.id])
    hide = pd.MultiIndex.from_frame(table[["area_id", "seq"]].astype("int64")).isin(closed)
    is_open = (table["state"] == RemarkState.PUBLISHED) & table["was_accepted"].astype("bool")
    return table.loc[(is_open & ~hide) | own, list(SHOWN)].assign(author_id="")


def _said(area_id: int, indicator_id: int) -> sa.Select[Any]:
    newest = (
        sa.select(STEPS.c.area_id, STEPS.c.number, sa.func.max(STEPS.c.step).label("step"))
        .where(STEPS.c.area_id == area_id)
        .group_by(STEPS.c.area_id, STEPS.c.number)
        .subquery()
    )
    accepted = sa.select(EVENTS.c.seq).where(
        EVENTS.c.area_id == REMARKS.c.area_id,
        EVENTS.c.seq == REMARKS.c.seq,
        EVENTS.c.after == State.ACCEPTED,
    )
    o = OBSERVATIONS
    return (
        sa.select(
            REMARKS,
            STEPS.c.after.label("state"),
            STEPS.c.at,
            accepted.exists().label("was_accepted"),
            o.c.period,
            o.c.value,
            o.c.indicator_id,
            o.c.qualifier,
            o.c.status,
            lookup.CELL.c.code.label("cell"),
        )
        .join(o, sa.and_(o.c.area_id == REMARKS.c.area_id, o.c.seq == REMARKS.c.seq))
        .join(lookup.CELL, lookup.CELL.c.id == o.c.cell_id)
        .join(newest, newest.c.number == REMARKS.c.number)
        .join(
            STEPS,
            sa.and_(
                STEPS.c.area_id == REMARKS.c.area_id,
                STEPS.c.number == REMARKS.c.number,
                STEPS.c.step == newest.c.step,
            ),
        )
        .where(REMARKS.c.area_id == area_id, o.c.indicator_id == indicator_id)
        .order_by(REMARKS.c.number)
    )


def awaiting_reply(session: Session, who: Identity, *, plan: str, today: date) -> pd.DataFrame:
    """Return the findings and notes that a coordinator's areas may still reply to.

    Columns: area, ref, number, indicator, period, voice, text, reply_until.
    """
    covers = access.areas(who, "submit", plan=plan)
    reply = REMARKS.alias()
    answered = sa.select(reply.c.number).where(
        reply.c.area_id == REMARKS.c.area_id, reply.c.answers == REMARKS.c.number
    )
    gone = sa.select(STEPS.c.number).where(
        STEPS.c.area_id == REMARKS.c.area_id,
        STEPS.c.number == REMARKS.c.number,
        STEPS.c.after != RemarkState.GIVEN,
    )
    o = OBSERVATIONS
    wanted = (
        sa.select(
            lookup.AREA.c.code.label("area"),
            REMARKS.c.seq,
            REMARKS.c.number,
            INDICATORS.c.code.label("indicator"),
            o.c.period,
            REMARKS.c.voice,
            REMARKS.c.text,
            REMARKS.c.reply_until,
        )
        .join(lookup.AREA, lookup.AREA.c.id == REMARKS.c.area_id)
        .join(o, sa.and_(o.c.area_id == REMARKS.c.area_id, o.c.seq == REMARKS.c.seq))
        .join(INDICATORS, INDICATORS.c.id == o.c.indicator_id)
        .where(
            REMARKS.c.voice != Voice.STATE,
            REMARKS.c.reply_until >= today,
            INDICATORS.c.plan_code == plan,
            ~answered.exists(),
            ~gone.exists(),
        )
        .order_by(REMARKS.c.reply_until, REMARKS.c.area_id, REMARKS.c.number)
    )
    if covers is not None:
        wanted = wanted.where(REMARKS.c.area_id.in_(sorted(covers)))
    table = rows_of(session, wanted)
    table.insert(1, "ref", table["area"] + "-" + table["seq"].astype("str"))
    return table.drop(columns="seq")
