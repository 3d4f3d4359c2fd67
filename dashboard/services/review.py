"""The steps of an observation or measure update, from submitted to accepted or withdrawn.

What may follow what is data. Each step appends one `ReviewEvent` and one link to the area's chain,
and moves the derived tables, all in one transaction. A step that was already made by the same
person changes nothing; a step on a row that has moved on is refused with a sentence.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard.services import access, arriving, derived, disclosure, ledger, lookup
from dashboard.services.ledger import Head
from dashboard.services.lookup import Key, Ref
from models import (
    BadInput,
    Fault,
    Identity,
    Indicator,
    MeasureUpdate,
    NotAllowed,
    NotFound,
    Observation,
    OperationalMeasure,
    Plan,
    ReviewEvent,
    ReviewState,
    State,
    Subject,
    WrongState,
    columns,
)

STEPS: Final[dict[State | None, frozenset[State]]] = {
    None: frozenset({State.DRAFT, State.SUBMITTED}),
    State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset(
        {State.ENDORSED, State.ACCEPTED, State.RETURNED, State.SUPERSEDED, State.WITHDRAWN}
    ),
    State.ENDORSED: frozenset({State.ACCEPTED, State.RETURNED, State.SUPERSEDED, State.WITHDRAWN}),
    State.RETURNED: frozenset({State.SUPERSEDED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset({State.SUPERSEDED, State.WITHDRAWN}),
}
"""What may follow what. A state that is no key is final."""

EVENTS: Final = columns(ReviewEvent)
STATES: Final = columns(ReviewState)
OBSERVATIONS: Final = columns(Observation)
UPDATES: Final = columns(MeasureUpdate)
_TICK: Final = timedelta(microseconds=1)

# Statements of every write are built once: to build one takes longer than to run it.
_ONE: Final = sa.and_(
    STATES.c.area_id == sa.bindparam("of"), STATES.c.seq == sa.bindparam("number")
)
_STANDING: Final = sa.select(STATES).where(_ONE)
_STEP: Final = sa.insert(EVENTS)
_OPEN: Final = sa.insert(STATES)
_MOVE: Final = sa.update(STATES).where(_ONE)


def _row(table: sa.Table, about: sa.Table, about_id: sa.Column[int]) -> sa.Select[Any]:
    plan = columns(Plan)
    return (
        sa.select(table, plan.c.review_levels)
        .join(about, about.c.id == about_id)
        .join(plan, plan.c.code == about.c.plan_code)
        .where(
            table.c.area_id == sa.bindparam("of"),
            table.c.seq == sa.bindparam("number"),
            about.c.plan_code == sa.bindparam("plan"),
        )
    )


_ROW: Final = {
    Subject.OBSERVATION: _row(OBSERVATIONS, columns(Indicator), OBSERVATIONS.c.indicator_id),
    Subject.MEASURE_UPDATE: _row(UPDATES, columns(OperationalMeasure), UPDATES.c.measure_id),
}


def opened(
    session: Session,
    head: Head,
    ref: Ref,
    subject: Subject,
    *,
    state: State,
    detail: dict[str, Any],
    by: str,
    now: datetime,
) -> Head:
    """Record the first step of a row just added, and return the chain's new head."""
    connection = session.connection()
    event = {"area_id": head.chain, "seq": ref.seq, "step": 1, "before": State.DRAFT}
    connection.execute(_STEP, {**event, "after": state, "by": by, "at": now, "note": ""})
    standing = {"area_id": head.chain, "seq": ref.seq, "subject": subject, "state": state}
    connection.execute(_OPEN, {**standing, "step": 1, "at": now})
    return ledger.append(session, head, f"{subject}.{state}", str(ref), detail, by=by, now=now)


def moved(
    session: Session,
    head: Head,
    ref: Ref,
    standing: Any,
    after: State,
    *,
    by: str,
    now: datetime,
    note: str = "",
) -> Head:
    """Record a further step of a row and return the chain's new head; refuse one that cannot be."""
    if after not in STEPS.get(standing.state, frozenset()):
        raise WrongState(
            f"{ref} is {standing.state}: it can no longer be {after}. "
            "Reload to see where it stands."
        )
    connection = session.connection()
    step = standing.step + 1
    event = {"area_id": head.chain, "seq": ref.seq, "step": step, "before": standing.state}
    connection.execute(_STEP, {**event, "after": after, "by": by, "at": now, "note": note})
    connection.execute(
        _MOVE,
        {"of": head.chain, "number": ref.seq, "state": after, "step": step, "at": now},
    )
    detail = {"before": standing.state, "step": step, "note": ledger.digest(note)}
    action = f"{standing.subject}.{after}"
    return ledger.append(session, head, action, str(ref), detail, by=by, now=now)


def standing(session: Session, area_id: int, seq: int) -> sa.Row[Any] | None:
    """Return where a row stands."""
    wanted = {"of": area_id, "number": seq}
    return session.connection().execute(_STANDING, wanted).one_or_none()


def accept(
    session: Session, who: Identity, ref: Ref, *, plan: str, note: str = "", now: datetime
) -> Ref:
    """Accept a submitted row: from now on it is the figure that counts.

    The figure accepted before it is superseded, never changed. Nobody accepts their own. Where the
    plan asks for two levels, the first reviewer endorses, and another one, who reviews the whole
    plan, accepts.
    """
    area, stands, row, head = _begin(session, who, ref, ("review",), plan)
    done = stands.state in {State.ACCEPTED, State.ENDORSED}
    if done and _last_by(session, area.id, ref.seq) == who.person_id:
        return ref
    if row.author_id == who.person_id:
        raise NotAllowed(
            f"{ref} is your own: somebody else has to accept it (four eyes on every figure)."
        )
    if row.review_levels > 1 and stands.state == State.SUBMITTED:
        head = moved(session, head, ref, stands, State.ENDORSED, by=who.person_id, now=now)
        ledger.keep(session, head)
        return ref
    if stands.state == State.ENDORSED and access.areas(who, "review", plan=plan) is not None:
        raise NotAllowed(
            f"{ref} is endorsed: now a reviewer of the whole plan has to accept it. "
            "An administrator can tell you who that is."
        )
    before = None
    if stands.subject == Subject.OBSERVATION:
        before, now = _before(session, row, now)
    head = moved(session, head, ref, stands, State.ACCEPTED, by=who.person_id, now=now, note=note)
    if stands.subject == Subject.OBSERVATION:
        head = _settle(session, head, area, row, before, by=who.person_id, now=now)
    else:
        head = _follow(session, head, area, row, by=who.person_id, now=now)
    ledger.keep(session, replace(head, data_seq=head.data_seq + 1))
    return ref


def send_back(
    session: Session, who: Identity, ref: Ref, *, plan: str, note: str, now: datetime
) -> Ref:
    """Return a submitted row to its author with what has to be mended."""
    if not note.strip():
        raise BadInput(Fault("note", "say what has to be mended, so that the author can"))
    area, stands, row, head = _begin(session, who, ref, ("review",), plan)
    if stands.state == State.RETURNED and _last_by(session, area.id, ref.seq) == who.person_id:
        return ref
    if row.author_id == who.person_id:
        raise NotAllowed(f"{ref} is your own: withdraw it instead of returning it to yourself.")
    head = moved(session, head, ref, stands, State.RETURNED, by=who.person_id, now=now, note=note)
    ledger.keep(session, head)
    return ref


def withdraw(
    session: Session, who: Identity, ref: Ref, *, plan: str, note: str, now: datetime
) -> Ref:
    """Take a row back: one's own while it is not accepted; a reviewer an accepted one, with reason.

    Nothing is deleted: the row stays in the history and no longer counts. Four eyes here too: what
    counts is never withdrawn by its author alone, and what somebody else sent is sent back.
    """
    if not note.strip():
        raise BadInput(Fault("note", "say why it is withdrawn"))
    area, stands, row, head = _begin(session, who, ref, ("submit", "review"), plan)
    if stands.state == State.WITHDRAWN:
        return ref
    own, counted = row.author_id == who.person_id, stands.state == State.ACCEPTED
    access.require(who, "review" if counted else "submit", plan=plan, area=area.id)
    if own and counted:
        raise NotAllowed(f"{ref} is your own and counts: another reviewer has to withdraw it.")
    if not own and not counted:
        raise NotAllowed(f"{ref} was sent by somebody else and does not count: send it back.")
    before = None
    if counted and stands.subject == Subject.OBSERVATION:
        before, now = _before(session, row, now)
    head = moved(session, head, ref, stands, State.WITHDRAWN, by=who.person_id, now=now, note=note)
    if before is not None and before.seq == row.seq:
        derived.replace(session, _key(row), before, None, at=now)
    ledger.keep(session, replace(head, data_seq=head.data_seq + int(counted)))
    return ref


def _begin(
    session: Session, who: Identity, ref: Ref, actions: tuple[access.Action, ...], plan: str
) -> Any:
    area = lookup.area(session, ref.area)
    if not any(access.allows(who, action, plan=plan, area=area.id) for action in actions):
        access.require(who, actions[-1], plan=plan, area=area.id)
    head = ledger.hold(session, area.id)
    stands = standing(session, area.id, ref.seq)
    if stands is None:
        raise NotFound(f"There is no {ref} in the record.")
    wanted = {"of": area.id, "number": ref.seq, "plan": plan}
    row = session.connection().execute(_ROW[stands.subject], wanted).one_or_none()
    if row is None:
        raise NotFound(f"{ref} does not belong to the plan {plan}.")
    if stands.subject == Subject.OBSERVATION:
        arriving.require_whole(session, row.batch_id)
    return area, stands, row, head


def _last_by(session: Session, area_id: int, seq: int) -> str | None:
    wanted = (
        sa.select(EVENTS.c.by)
        .where(EVENTS.c.area_id == area_id, EVENTS.c.seq == seq)
        .order_by(EVENTS.c.step.desc())
        .limit(1)
    )
    return session.connection().execute(wanted).scalar()


def _after(now: datetime, before: sa.Row[Any]) -> datetime:
    # Two acceptances of one key never share a moment, even if the clock stands still.
    accepted_at: datetime = before.accepted_at
    return max(now, accepted_at + _TICK)


def _key(row: Any) -> Key:
    return Key(row.area_id, row.indicator_id, row.cell_id, row.period)


def _before(session: Session, row: Any, now: datetime) -> tuple[sa.Row[Any] | None, datetime]:
    """Return the accepted row of a key, and a moment after all that happened to the key."""
    before = derived.accepted(session, _key(row))
    if before is not None:
        return before, _after(now, before)
    ended = derived.ended(session, _key(row))
    return None, now if ended is None else max(now, ended)


def _settle(
    session: Session,
    head: Head,
    area: Any,
    row: Any,
    before: sa.Row[Any] | None,
    *,
    by: str,
    now: datetime,
) -> Head:
    if before is not None:
        old = Ref(area.code, before.seq)
        stands = standing(session, area.id, before.seq)
        head = moved(
            session,
            head,
            old,
            stands,
            State.SUPERSEDED,
            by=by,
            now=now,
            note=f"{area.code}-{row.seq}",
        )
    content = {
        "year": row.year,
        "value": None if row.value is None else float(row.value),
        "denominator": None if row.denominator is None else float(row.denominator),
        "qualifier": row.qualifier,
        "status": row.status,
        "is_illustrative": row.is_illustrative,
        "seq": row.seq,
    }
    derived.replace(session, _key(row), before, content, at=now)
    return head


def _follow(session: Session, head: Head, area: Any, row: Any, *, by: str, now: datetime) -> Head:
    # A later report on the same day replaces the earlier one; older days stay as history.
    same = (
        sa.select(UPDATES.c.seq)
        .join(STATES, sa.and_(STATES.c.area_id == UPDATES.c.area_id, STATES.c.seq == UPDATES.c.seq))
        .where(
            UPDATES.c.area_id == area.id,
            UPDATES.c.measure_id == row.measure_id,
            UPDATES.c.as_at == row.as_at,
            UPDATES.c.seq != row.seq,
            STATES.c.state == State.ACCEPTED,
        )
    )
    for seq in session.connection().execute(same).scalars().all():
        stands = standing(session, area.id, seq)
        old = Ref(area.code, seq)
        head = moved(
            session,
            head,
            old,
            stands,
            State.SUPERSEDED,
            by=by,
            now=now,
            note=f"{area.code}-{row.seq}",
        )
    return head


def last_note() -> sa.Label[str]:
    """Return the note of the last step of a row, beside its `review_state`."""
    note = sa.select(EVENTS.c.note).where(
        EVENTS.c.area_id == STATES.c.area_id,
        EVENTS.c.seq == STATES.c.seq,
        EVENTS.c.step == STATES.c.step,
    )
    return note.scalar_subquery().label("note")


def history(
    session: Session, who: Identity, *, plan: str, area: str, indicator: str, cell: str = "_T"
) -> pd.DataFrame:
    """Return every step of every observation of a series, newest first.

    The public sees accepted figures and what became of them, small counts hidden; those who
    report, review or evaluate there see all, also what was never accepted, and who did what (by
    pseudonym).
    Columns: ref, period, value, qualifier, status, missing_reason, source, evidence, note,
    before, after, by, at, step_note, is_illustrative.
    """
    place = lookup.area(session, area)
    about = lookup.indicator(session, plan, indicator)
    cells = sa.select(lookup.CELL.c.id).where(lookup.CELL.c.code == cell).scalar_subquery()
    o = OBSERVATIONS
    shown = ["period", "value", "text", "qualifier", "status", "missing_reason", "source"]
    wanted = (
        sa.select(
            o.c.seq,
            *(o.c[name] for name in [*shown, "evidence", "note", "is_illustrative"]),
            EVENTS.c.before,
            EVENTS.c.after,
            EVENTS.c.by,
            EVENTS.c.at,
            EVENTS.c.note.label("step_note"),
        )
        .join(EVENTS, sa.and_(EVENTS.c.area_id == o.c.area_id, EVENTS.c.seq == o.c.seq))
        .where(o.c.area_id == place.id, o.c.indicator_id == about.id, o.c.cell_id == cells)
        .order_by(EVENTS.c.at.desc(), o.c.seq.desc(), EVENTS.c.step.desc())
    )
    result = session.connection().execute(wanted)
    table = pd.DataFrame(result.all(), columns=list(result.keys()))
    table.insert(0, "ref", f"{place.code}-" + table["seq"].astype("str"))
    table["value"] = table["value"].map(lambda value: None if value is None else float(value))
    insider = any(
        access.allows(who, action, plan=plan, area=place.id)
        for action in ("submit", "review", "export_history")
    )
    if insider:
        return table
    ever = set(table.loc[table["after"] == State.ACCEPTED, "ref"])
    public = table[
        table["ref"].isin(ever)
        & (table["after"].isin([State.ACCEPTED, State.SUPERSEDED, State.WITHDRAWN]))
    ]
    open_to_all = disclosure.without(
        session,
        public.assign(area_id=place.id),
        indicators=[about.id],
        areas=[place.id],
    )
    return open_to_all.drop(columns="area_id").assign(by="", step_note="")
