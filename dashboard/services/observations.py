"""Observations on their way into the record: one, many, or a whole history at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from pydantic import ValidationError
from sqlmodel import Session

from dashboard.services import access, ledger, locks, lookup, review, rules
from dashboard.services.lookup import Key, Ref
from models import (
    BadInput,
    Channel,
    Fault,
    Identity,
    NotFound,
    Observation,
    ObservationFields,
    ObservationInput,
    ReviewState,
    State,
    Subject,
    WrongState,
    bad_input,
    columns,
    plain,
)

OBSERVATIONS: Final = columns(Observation)
STATES: Final = columns(ReviewState)
FIELDS: Final = tuple(ObservationFields.model_fields)
OPEN: Final = (State.SUBMITTED, State.ENDORSED, State.RETURNED)

# Statements of every write are built once: to build one takes longer than to run it.
_ADD_ROW: Final = sa.insert(OBSERVATIONS)
_LATEST: Final = (
    sa.select(STATES)
    .join(
        OBSERVATIONS,
        sa.and_(OBSERVATIONS.c.area_id == STATES.c.area_id, OBSERVATIONS.c.seq == STATES.c.seq),
    )
    .where(
        *(OBSERVATIONS.c[name] == sa.bindparam(name) for name in Key._fields),
        STATES.c.state != State.WITHDRAWN,
    )
    .order_by(STATES.c.seq.desc())
    .limit(1)
)


def parse(fields: dict[str, Any], where: str = "") -> ObservationInput:
    """Return the draft that these fields make, or raise `BadInput` field by field."""
    try:
        return ObservationInput.model_validate(fields)
    except ValidationError as error:
        raise bad_input(error, where) from error


def submit(
    session: Session,
    who: Identity,
    draft: ObservationInput,
    *,
    plan: str,
    token: str,
    now: datetime,
    seen: int | None = None,
    channel: Channel = Channel.ENTRY,
) -> Ref:
    """Record a new observation and open its review.

    `token` is the form's own: sent again it gives the first answer and changes nothing. `seen` is
    the number of the row that the form showed for this key (none: it showed no row, and nothing is
    compared); where somebody sent another since, this is refused so that neither is lost.
    """
    area = lookup.area(session, draft.area)
    access.require(who, "submit", plan=plan, area=area.id)
    about = lookup.indicator(session, plan, draft.indicator)
    faults = rules.check(
        draft,
        about,
        area,
        dimensions=lookup.dimensions(session, plan) if draft.cell != "_T" else {},
        today=now.date(),
        centrally=access.areas(who, "submit", plan=plan) is None,
    )
    if faults:
        raise BadInput(*faults)

    fields = [written(getattr(draft, name)) for name in FIELDS]
    content = ledger.digest([*fields, area.code, draft.indicator, draft.cell])

    def work() -> dict[str, Any]:
        key = Key(area.id, about.id, lookup.cell(session, draft.cell), draft.period)
        seq = _add(session, who, draft, area.code, key, seen=seen, channel=channel, now=now)
        return {"area": area.code, "seq": seq, "content": content}

    answer = ledger.once(
        session, area.id, token, "observation.submitted", work, by=who.person_id, now=now
    )
    if answer["content"] != content:
        raise WrongState("This form was already sent with another figure. Reload the page.")
    return Ref(answer["area"], answer["seq"])


def _add(
    session: Session,
    who: Identity,
    draft: ObservationInput,
    code: str,
    key: Key,
    *,
    seen: int | None,
    channel: Channel,
    now: datetime,
    batch: str | None = None,
) -> int:
    head = ledger.hold(session, key.area_id)
    about, period = key.indicator_id, key.period
    locks.require_open(
        session, who, Subject.OBSERVATION, area=key.area_id, about=about, period=period, now=now
    )
    earlier = _latest(session, key)
    if seen is not None and earlier is not None and earlier.seq != seen:
        raise WrongState(
            f"Somebody sent {code}-{earlier.seq} for this figure while you were writing. "
            "Reload to see it; what you typed is kept as a draft."
        )
    content = {name: getattr(draft, name) for name in FIELDS}
    row = {
        **content,
        **dict(zip(("area_id", "indicator_id", "cell_id"), key[:3], strict=True)),
        "seq": head.record_seq + 1,
        "year": draft.year,
        "revises": None if earlier is None else earlier.seq,
        "channel": channel,
        "batch_id": batch,
        "is_illustrative": False,
        "author_id": who.person_id,
        "recorded_at": now,
    }
    session.connection().execute(_ADD_ROW, row)
    head = replace(head, record_seq=head.record_seq + 1)
    if earlier is not None and earlier.state in OPEN:
        # A newer report takes the place of one that still waits or was returned.
        old = Ref(code, earlier.seq)
        head = review.moved(
            session,
            head,
            old,
            earlier,
            State.SUPERSEDED,
            by=who.person_id,
            now=now,
            note=f"{code}-{head.record_seq}",
        )
    ref = Ref(code, head.record_seq)
    head = review.opened(
        session,
        head,
        ref,
        Subject.OBSERVATION,
        state=State.SUBMITTED,
        detail={"digest": digest(row)},
        by=who.person_id,
        now=now,
    )
    ledger.keep(session, head)
    return head.record_seq


def _latest(session: Session, key: Key) -> sa.Row[Any] | None:
    return session.connection().execute(_LATEST, key._asdict()).one_or_none()


def _says_the_same(session: Session, key: Key, draft: ObservationInput) -> bool:
    newest = _latest(session, key)
    if newest is None or newest.state == State.RETURNED:
        return False
    row = session.connection().execute(
        sa.select(*(OBSERVATIONS.c[name] for name in FIELDS)).where(
            OBSERVATIONS.c.area_id == key.area_id, OBSERVATIONS.c.seq == newest.seq
        )
    )
    return all(value == getattr(draft, name) for name, value in row.one()._mapping.items())


def _behind(
    session: Session, plan: str, drafts: Sequence[ObservationInput]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the areas and indicators behind the codes, or every code that is unknown."""
    faults: list[Fault] = []
    places: dict[str, Any] = {}
    abouts: dict[str, Any] = {}
    for number, draft in enumerate(drafts, start=1):
        try:
            if draft.area not in places:
                places[draft.area] = lookup.area(session, draft.area)
            if draft.indicator not in abouts:
                abouts[draft.indicator] = lookup.indicator(session, plan, draft.indicator)
        except NotFound as error:
            faults.append(Fault(f"row {number}", str(error)))
    if faults:
        raise BadInput(*faults)
    return places, abouts


def _check_all(
    session: Session,
    who: Identity,
    drafts: Sequence[ObservationInput],
    places: dict[str, Any],
    abouts: dict[str, Any],
    *,
    plan: str,
    now: datetime,
) -> None:
    dimensions = lookup.dimensions(session, plan)
    centrally = access.areas(who, "submit", plan=plan) is None
    rows: dict[tuple[str, str, str, str], int] = {}
    faults: list[Fault] = []
    for number, draft in enumerate(drafts, start=1):
        place = places[draft.area]
        key = (place.code, draft.indicator, draft.cell, draft.period)
        if key in rows:
            twin = f"{' '.join(key)} stands in row {rows[key]} already: keep one of them"
            faults.append(Fault(f"row {number}", twin))
        rows.setdefault(key, number)
        found = rules.check(
            draft,
            abouts[draft.indicator],
            place,
            dimensions=dimensions,
            today=now.date(),
            centrally=centrally,
        )
        faults += [Fault(f"row {number}, {fault.where}", fault.message) for fault in found]
    if faults:
        raise BadInput(*faults)


def digest(row: dict[str, Any]) -> str:
    """Return the SHA-256 by which the ledger recognises an observation's content."""
    content = [written(row[name]) for name in (*FIELDS, "area_id", "indicator_id", "cell_id")]
    return ledger.digest(content)


def written(value: object) -> str | None:
    """Return a field as it is written in the ledger: numbers and dates as text, none as none."""
    if value is None:
        return None
    return plain(value) if isinstance(value, Decimal) else str(value)


def submit_many(
    session: Session,
    who: Identity,
    drafts: Sequence[ObservationInput],
    *,
    plan: str,
    token: str,
    now: datetime,
    batch: str | None = None,
    channel: Channel = Channel.IMPORT,
) -> list[Ref]:
    """Record many observations in one go: all of them, or none and every fault at once.

    A draft that says just what the newest row of its key says is passed over, so that the same
    file sent twice changes nothing.
    """
    if not drafts:
        raise BadInput("There is no value to record.")
    places, abouts = _behind(session, plan, drafts)
    for place in places.values():
        access.require(who, "submit", plan=plan, area=place.id)
    _check_all(session, who, drafts, places, abouts, plan=plan, now=now)

    def work() -> dict[str, Any]:
        refs = []
        for draft in drafts:
            place, about = places[draft.area], abouts[draft.indicator]
            key = Key(place.id, about.id, lookup.cell(session, draft.cell), draft.period)
            if _says_the_same(session, key, draft):
                continue
            seq = _add(
                session,
                who,
                draft,
                place.code,
                key,
                seen=None,
                channel=channel,
                now=now,
                batch=batch,
            )
            refs.append([place.code, seq])
        return {"refs": refs}

    answer = ledger.once(session, 0, token, "observation.batch", work, by=who.person_id, now=now)
    return [Ref(area, seq) for area, seq in answer["refs"]]
