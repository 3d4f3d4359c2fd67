"""Reporting rounds: the secretariat opens, extends, reminds, closes and seals; areas deliver.

Every step is traced in the chain of each area it concerns, and in that of the system where it
concerns the round as a whole. What an area owes and where it stands is never stored: it follows
from what was sent, so that it cannot be wrong.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa
from pydantic import ValidationError
from sqlmodel import Session, col, select

from dashboard.services import access, ledger, locks, lookup, owed, snapshots
from dashboard.services.snapshots import Ready
from models import (
    SYSTEM_CHAIN,
    BadInput,
    ChainHead,
    Draft,
    EntryMode,
    Fault,
    Identity,
    Indicator,
    NotFound,
    OperationalMeasure,
    Plan,
    ReportingRound,
    RoundArea,
    RoundIndicator,
    RoundInput,
    RoundMeasure,
    Submission,
    WrongState,
    bad_input,
    columns,
    micros,
)

DONE: Final = ("submitted", "accepted")
"""The states in which an area owes nothing more of a thing."""


@dataclass(frozen=True)
class Receipt:
    """What an area is given when it has delivered."""

    number: str
    round: str
    name: str
    period: str
    area: str
    area_name: str
    rows: int
    refs: tuple[str, ...]
    digest: str
    is_late: bool
    is_illustrative: bool
    recorded_at: datetime


# The secretariat ------------------------------------------------------------------------------


def parse(fields: Mapping[str, Any]) -> RoundInput:
    """Return the round that these fields make, or raise `BadInput` field by field."""
    try:
        return RoundInput.model_validate(fields)
    except ValidationError as error:
        raise bad_input(error) from error


def open_round(
    session: Session,
    who: Identity,
    draft: RoundInput,
    *,
    plan: str,
    token: str,
    now: datetime,
    is_illustrative: bool = False,
) -> str:
    """Open a round and return its code; the same token opens no second one."""
    access.require(who, "coordinate", plan=plan)
    if session.get(Plan, plan) is None:
        raise NotFound(f"No plan has the code {plan}.")
    areas = {lookup.area(session, code).id: code for code in draft.areas}
    _require_all(who, plan, areas)
    indicators = [_asked_indicator(session, plan, code) for code in draft.indicators]
    measures = [_asked_measure(session, plan, code) for code in draft.measures]

    def work() -> dict[str, Any]:
        code = _next_code(session, plan)
        given = draft.model_dump(exclude={"areas", "indicators", "measures"})
        session.add(
            ReportingRound(
                **given,
                code=code,
                plan_code=plan,
                opened_by=who.person_id,
                opened_at=now,
                is_illustrative=is_illustrative,
            )
        )
        session.flush()
        session.add_all(RoundIndicator(round_code=code, indicator_id=one) for one in indicators)
        session.add_all(RoundMeasure(round_code=code, measure_id=one) for one in measures)
        session.add_all(RoundArea(area_id=one, round_code=code, due=draft.due) for one in areas)
        session.flush()
        detail = {"period": draft.period, "due": draft.due.isoformat(), "areas": len(areas)}
        asks = {"indicators": len(indicators), "measures": len(measures)}
        _trace(session, areas, "round.opened", code, detail | asks, by=who, now=now)
        return {"code": code}

    answer = ledger.once(
        session, SYSTEM_CHAIN, token, "round.opened", work, by=who.person_id, now=now
    )
    return str(answer["code"])


def extend(
    session: Session,
    who: Identity,
    code: str,
    areas: Sequence[str],
    *,
    due: date,
    reason: str,
    token: str,
    now: datetime,
) -> int:
    """Give areas another due date, with a reason, also after the round was closed; say how many."""
    if not reason.strip():
        raise BadInput(Fault("reason", "say why the due date is another, so that others can see"))
    if due < now.date():
        raise BadInput(Fault("due", f"{due} is past: choose a day from today on"))
    found, asked = _some(session, who, code, areas)
    if found.sealed_at is not None:
        raise WrongState(f"{found.name} is sealed: open a new round for what comes late.")

    def work() -> dict[str, Any]:
        detail = {"due": due.isoformat(), "reason": ledger.digest(reason)}
        for one in asked:
            one.due, one.extension_reason = due, reason.strip()
            one.extended_by, one.extended_at = who.person_id, now
        session.flush()
        ids = [one.area_id for one in asked]
        _trace(session, ids, "round.extended", code, detail, by=who, now=now)
        return {"areas": len(asked)}

    return _once(session, who, token, "round.extended", work, now=now)


def remind(
    session: Session, who: Identity, code: str, areas: Sequence[str], *, token: str, now: datetime
) -> int:
    """Let the next letters to those who report for these areas remind them; say how many areas."""
    found, asked = _some(session, who, code, areas)
    if found.sealed_at is not None:
        raise WrongState(f"{found.name} is sealed: there is nothing left to deliver.")

    def work() -> dict[str, Any]:
        for one in asked:
            one.reminded_by, one.reminded_at = who.person_id, now
        session.flush()
        ids = [one.area_id for one in asked]
        _trace(session, ids, "round.reminded", code, {}, by=who, now=now)
        return {"areas": len(asked)}

    return _once(session, who, token, "round.reminded", work, now=now)


def close(session: Session, who: Identity, code: str, *, token: str, now: datetime) -> None:
    """Close a round: from now on only areas with an extension can send in it."""
    found = get(session, code)
    areas = _areas(session, code)
    _require_all(who, found.plan_code, [one.area_id for one in areas])

    def work() -> dict[str, Any]:
        if found.closed_at is not None:
            raise WrongState(f"{found.name} is closed already.")
        found.closed_by, found.closed_at = who.person_id, now
        session.flush()
        ids = [one.area_id for one in areas]
        _trace(session, ids, "round.closed", code, {}, by=who, now=now)
        return {"areas": len(areas)}

    _once(session, who, token, "round.closed", work, now=now)


def seal(
    session: Session,
    who: Identity,
    code: str,
    *,
    ready: Ready | None = None,
    publisher: str = "Headway",
    token: str,
    now: datetime,
) -> str:
    """Seal a closed round with a snapshot and return its identity; nothing more can be sent in it.

    `ready` is a snapshot sealed while only reading (`snapshots.seal`); none: it is made here.
    """
    found = get(session, code)
    areas = _areas(session, code)
    ids = [one.area_id for one in areas]
    _require_all(who, found.plan_code, ids)

    def work() -> dict[str, Any]:
        _require_sealable(session, found, areas, now.date())
        made = ready or snapshots.seal(
            session, who, found.plan_code, name=found.name, publisher=publisher, now=now
        )
        taken = snapshots.keep(session, who, made, now=now)
        found.sealed_by, found.sealed_at, found.snapshot_id = who.person_id, now, taken.id
        session.flush()
        _trace(session, ids, "round.sealed", code, {"snapshot": taken.id}, by=who, now=now)
        return {"snapshot": taken.id}

    answer = ledger.once(
        session, SYSTEM_CHAIN, token, "round.sealed", work, by=who.person_id, now=now
    )
    return str(answer["snapshot"])


def _require_sealable(
    session: Session, found: ReportingRound, areas: list[RoundArea], today: date
) -> None:
    if found.sealed_at is not None:
        raise WrongState(f"{found.name} is sealed already.")
    if found.closed_at is None:
        raise WrongState(f"{found.name} is still open: close it before you seal it.")
    late = [one.area_id for one in areas if one.extended_at is not None and one.due >= today]
    if late:
        names = ", ".join(access.codes(session, frozenset(late))[:10])
        raise WrongState(
            f"{found.name} has extensions that still run ({names}): seal it when they have ended, "
            "or give these areas an earlier day."
        )


# Those who report -----------------------------------------------------------------------------


def deliver(
    session: Session, who: Identity, code: str, area: str, *, token: str, now: datetime
) -> Receipt:
    """Declare that an area has delivered all that a round asks of it, and return the receipt.

    Refused with what is still missing, each with its code. Where nothing was sent since the last
    receipt, that one is given again.
    """
    place = lookup.area(session, area)
    found = get(session, code)
    access.require(who, "submit", plan=found.plan_code, area=place.id)
    asked = session.get(RoundArea, (place.id, code))
    if asked is None:
        raise NotFound(f"{found.name} asks nothing of {place.name}.")
    if why := why_locked(found, asked, now.date()):
        raise WrongState(why)
    if now.date() < found.opens:
        raise WrongState(f"{found.name} opens on {found.opens}: until then nothing is due in it.")

    def work() -> dict[str, Any]:
        return {"number": _receipt(session, who, found, asked, place.code, now=now).number}

    answer = ledger.once(
        session, place.id, token, "round.submitted", work, by=who.person_id, now=now
    )
    return receipt(session, who, str(answer["number"]))


def _receipt(
    session: Session,
    who: Identity,
    found: ReportingRound,
    asked: RoundArea,
    area: str,
    *,
    now: datetime,
) -> Submission:
    table = owed.table(session, found, areas=[asked.area_id])
    open_ = table[~table["state"].isin(DONE)]
    if table.empty or not open_.empty:
        raise BadInput(
            *(Fault(row["code"], _MISSING[row["state"]]) for row in open_.to_dict("records"))
        )
    refs = [f"{area}-{seq}" for seq in table["seq"].astype("int64").sort_values()]
    content = ledger.digest({"round": found.code, "area": area, "rows": refs})
    known = session.exec(
        select(Submission).where(
            Submission.area_id == asked.area_id,
            Submission.round_code == found.code,
            Submission.digest == content,
        )
    ).first()
    if known is not None:
        return known
    made = Submission(
        area_id=asked.area_id,
        number=_next_number(session, asked.area_id, area, now.year),
        round_code=found.code,
        rows=len(refs),
        refs=refs,
        digest=content,
        is_late=now.date() > asked.due,
        is_illustrative=found.is_illustrative,
        author_id=who.person_id,
        recorded_at=now,
    )
    session.add(made)
    session.flush()
    detail = {"round": found.code, "rows": made.rows, "digest": content}
    ledger.record(
        session, asked.area_id, "round.submitted", made.number, detail, by=who.person_id, now=now
    )
    return made


_MISSING: Final = {
    "not_started": "nothing was sent yet: send a figure, or say why there is none",
    "draft": "is typed and not yet sent: send it to review",
    "returned": "was sent back: answer what the reviewer wrote",
}


def receipt(session: Session, who: Identity, number: str) -> Receipt:
    """Return a receipt by its number, to those who report or review there or run the round."""
    place = columns(Submission)
    row = session.exec(select(Submission).where(place.c.number == number)).first()
    found = None if row is None else get(session, row.round_code)
    if row is None or found is None or not _may_see(who, found.plan_code, row.area_id):
        raise NotFound(f"There is no receipt {number!r} that you may see.")
    area = session.connection().execute(
        sa.select(lookup.AREA.c.code, lookup.AREA.c.name).where(lookup.AREA.c.id == row.area_id)
    )
    code, name = area.one()
    return Receipt(
        row.number,
        found.code,
        found.name,
        found.period,
        code,
        name,
        row.rows,
        tuple(row.refs),
        row.digest,
        row.is_late,
        row.is_illustrative,
        row.recorded_at,
    )


def _may_see(who: Identity, plan: str, area: int) -> bool:
    return any(
        access.allows(who, action, plan=plan, area=area)
        for action in ("submit", "review", "coordinate", "export_history")
    )


def receipts(session: Session, code: str) -> pd.DataFrame:
    """Return the newest receipt of each area in a round: area_id, receipt, received_at."""
    s = columns(Submission)
    wanted = (
        sa.select(s.c.area_id, s.c.number.label("receipt"), s.c.recorded_at.label("received_at"))
        .where(s.c.round_code == code)
        .order_by(s.c.area_id, s.c.recorded_at)
    )
    rows = session.connection().execute(wanted).all()
    table = pd.DataFrame(rows, columns=["area_id", "receipt", "received_at"])
    return table.drop_duplicates("area_id", keep="last")


# What is known --------------------------------------------------------------------------------


def get(session: Session, code: str) -> ReportingRound:
    """Return the round with this code."""
    found = session.get(ReportingRound, code)
    if found is None:
        raise NotFound(f"There is no round {code!r}.")
    return found


def listing(session: Session, plan: str) -> list[ReportingRound]:
    """Return the rounds of a plan, the one due last first."""
    wanted = select(ReportingRound).where(ReportingRound.plan_code == plan)
    return list(session.exec(wanted.order_by(col(ReportingRound.due).desc(), "code")))


def why_locked(found: ReportingRound, asked: RoundArea, today: date) -> str:
    """Return why an area can send nothing in a round, and whom to ask; empty where it can."""
    return locks.reason(
        locks.Standing(
            found.name,
            found.contact,
            found.closed_at,
            found.sealed_at,
            asked.due,
            asked.extended_at,
        ),
        today=today,
    )


def state(found: ReportingRound, today: date) -> str:
    """Return where a round stands: planned, open, closed or sealed."""
    if found.sealed_at is not None:
        return "sealed"
    if found.closed_at is not None:
        return "closed"
    return "planned" if today < found.opens else "open"


def cockpit(session: Session, who: Identity, code: str, *, now: datetime) -> pd.DataFrame:
    """Return where each area that somebody runs a round for stands in it.

    Columns: area_id, area, name, region, due, is_extended, extension_reason, expected,
    not_started, draft, submitted, returned, accepted (counts of what is asked), progress (share
    that is sent or accepted), status (of the area as one word), is_late, reminded_at, receipt,
    received_at.
    """
    found = get(session, code)
    access.require(who, "coordinate", plan=found.plan_code)
    return standing(
        session, found, covers=access.areas(who, "coordinate", plan=found.plan_code), now=now
    )


def standing(
    session: Session, found: ReportingRound, *, covers: Iterable[int] | None, now: datetime
) -> pd.DataFrame:
    """Return the columns of `cockpit` for these areas (none: all); for those who may see them."""
    areas = owed.areas(session, found, None if covers is None else list(covers))
    table = owed.table(session, found, areas=None if covers is None else areas["area_id"].tolist())
    return owed.by_area(areas, table, today=now.date()).merge(
        receipts(session, found.code), on="area_id", how="left"
    )


# Within ---------------------------------------------------------------------------------------


def _once(
    session: Session, who: Identity, token: str, action: str, work: Any, *, now: datetime
) -> int:
    answer = ledger.once(session, SYSTEM_CHAIN, token, action, work, by=who.person_id, now=now)
    return int(answer["areas"])


def _trace(
    session: Session,
    areas: Iterable[int],
    action: str,
    code: str,
    detail: Mapping[str, Any],
    *,
    by: Identity,
    now: datetime,
) -> None:
    for chain in (SYSTEM_CHAIN, *sorted(areas)):  # always in this order: nobody waits in a ring
        ledger.record(session, chain, action, code, detail, by=by.person_id, now=now)


def _require_all(who: Identity, plan: str, areas: Iterable[int]) -> None:
    access.require(who, "coordinate", plan=plan)
    for area in areas:
        access.require(who, "coordinate", plan=plan, area=area)


def _some(
    session: Session, who: Identity, code: str, areas: Sequence[str]
) -> tuple[ReportingRound, list[RoundArea]]:
    found = get(session, code)
    if not areas:
        raise BadInput(Fault("areas", "choose at least one area"))
    asked = []
    for name in dict.fromkeys(areas):
        place = lookup.area(session, name)
        access.require(who, "coordinate", plan=found.plan_code, area=place.id)
        one = session.get(RoundArea, (place.id, code))
        if one is None:
            raise NotFound(f"{found.name} asks nothing of {place.name}.")
        asked.append(one)
    return found, asked


def _areas(session: Session, code: str) -> list[RoundArea]:
    wanted = select(RoundArea).where(RoundArea.round_code == code)
    return list(session.exec(wanted.order_by(col(RoundArea.area_id))))


def _asked_indicator(session: Session, plan: str, code: str) -> int:
    about: Any = lookup.indicator(session, plan, code)
    if about.entry_mode != EntryMode.COORDINATOR:
        raise BadInput(
            Fault("indicators", f"{code} is not entered by coordinators: leave it out of the round")
        )
    return int(about.id)


def _asked_measure(session: Session, plan: str, code: str) -> int:
    wanted = select(OperationalMeasure.id).where(
        OperationalMeasure.plan_code == plan, OperationalMeasure.code == code
    )
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound(f"The plan {plan} has no measure with the code {code!r}.")
    return found


def _next_code(session: Session, plan: str) -> str:
    wanted = select(sa.func.count()).select_from(ReportingRound)
    known = session.exec(wanted.where(ReportingRound.plan_code == plan)).one()
    return f"{plan}-R{known + 1}"


def _next_number(session: Session, area_id: int, area: str, year: int) -> str:
    start = f"{area}-{year}-"
    wanted = select(sa.func.count()).select_from(Submission)
    of_year = (Submission.area_id == area_id, col(Submission.number).startswith(start))
    return f"{start}{session.exec(wanted.where(*of_year)).one() + 1:04}"


def codes_asked(session: Session, found: ReportingRound) -> tuple[list[str], list[str]]:
    """Return the codes of the indicators and of the measures that a round asks for."""
    indicators = (
        select(Indicator.code)
        .join(RoundIndicator, col(RoundIndicator.indicator_id) == col(Indicator.id))
        .where(RoundIndicator.round_code == found.code)
        .order_by(col(Indicator.position))
    )
    measures = (
        select(OperationalMeasure.code)
        .join(RoundMeasure, col(RoundMeasure.measure_id) == col(OperationalMeasure.id))
        .where(RoundMeasure.round_code == found.code)
        .order_by(col(OperationalMeasure.position))
    )
    return list(session.exec(indicators)), list(session.exec(measures))


def stamp(session: Session) -> tuple[int, int, int]:
    """Return what changes whenever anything may stand elsewhere in a round; cheap to ask."""
    heads, typed = columns(ChainHead), columns(Draft)
    steps = sa.select(sa.func.coalesce(sa.func.sum(heads.c.audit_seq), 0)).scalar_subquery()
    count = sa.select(sa.func.count()).select_from(typed).scalar_subquery()
    last = sa.select(sa.func.max(typed.c.saved_at)).scalar_subquery()
    row = session.connection().execute(sa.select(steps, count, last)).one()
    saved: datetime | None = row[2]
    return int(row[0]), int(row[1]), 0 if saved is None else micros(saved)
