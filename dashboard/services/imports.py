"""Any table of figures: looked at first, with every fault; then recorded, or withdrawn whole.

`look` changes nothing. `take` records what `look` showed. Both read the file from its bytes alone.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from dashboard.exchange import reading as files
from dashboard.exchange.reading.faults import Fault, Severity
from dashboard.exchange.reading.sheets import Unreadable
from dashboard.services import access, imports_names, imports_store
from dashboard.services.imports_look import Look
from dashboard.services.imports_looked import BLOCKED, FIELDS, LEFT_OUT, Looked, table
from dashboard.services.imports_memory import remember, remembered
from dashboard.services.imports_names import Names
from dashboard.services.imports_people import people, population
from dashboard.services.imports_reader import Reader
from dashboard.services.imports_rows import Options
from dashboard.services.imports_store import Incoming
from models import BadInput, Batch, BatchState, Identity, NotAllowed, NotFound, Plan, reading

__all__ = [
    "BLOCKED",
    "FIELDS",
    "LEFT_OUT",
    "Looked",
    "Taken",
    "look",
    "looking",
    "population",
    "remember",
    "remembered",
    "table",
    "take",
]

# Looking --------------------------------------------------------------------------------------


def look(
    session: Session,
    who: Identity,
    data: bytes,
    *,
    plan: str,
    name: str,
    options: Options | None = None,
    population: bytes = b"",
    now: datetime,
) -> Looked:
    """Read a file and hold it against the plan and the record; change nothing."""
    access.require(who, "submit", plan=plan)
    if session.get(Plan, plan) is None:
        raise NotFound(f"There is no plan with the code {plan!r}.")
    names = imports_names.load(session, plan)
    told = replace(options or Options(), name=name)
    digest = hashlib.sha256(data).hexdigest()
    try:
        book = files.read(data, known=names.known())
    except Unreadable as refusal:
        return _unreadable(refusal, name=name, digest=digest, plan=plan, options=told, names=names)
    return Look(
        session,
        who,
        book,
        names=names,
        options=told,
        plan=plan,
        digest=digest,
        now=now,
        people=people(session, names, population),
    ).run()


def _unreadable(
    refusal: Unreadable, *, name: str, digest: str, plan: str, options: Options, names: Names
) -> Looked:
    readings = Reader(names, options).result()
    fault = Fault("", 0, 0, refusal.fault, Severity.ERROR, refusal.message, refusal.remedy)
    outcome = np.array([], dtype=object)
    return Looked(name, "", digest, plan, {}, readings, outcome, (fault,), options, names)


def looking(engine: Engine, who: Identity, data: bytes, **about: Any) -> Looked:
    """Look at a file with a reader of its own."""
    with reading(engine) as session:
        return look(session, who, data, **about)


# Taking in ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """What became of a file: the batch, and how many rows it put into the record."""

    batch: str
    recorded: int


def take(
    engine: Engine,
    who: Identity,
    looked: Looked,
    *,
    is_confirmed: bool,
    partly: bool,
    now: datetime,
) -> Taken:
    """Record what was looked at.

    Where there are errors nothing is recorded, unless `partly` leaves their rows out. Warnings
    have to be confirmed. A file that says what the record says already changes nothing.
    """
    access.require(who, "submit", plan=looked.plan)
    errors, warnings = looked.of(Severity.ERROR), looked.of(Severity.WARNING)
    if errors and (not partly or looked.is_blocked):
        if all(fault.name == "not yours" for fault in errors):
            raise NotAllowed(errors[0].message)
        raise BadInput(*(_plain(fault) for fault in errors))
    if warnings and not is_confirmed:
        raise BadInput(*(_plain(fault) for fault in warnings))
    with reading(engine) as session:
        batch = _begun(session, who, looked)
    if not looked.sendable and not batch:
        return Taken("", 0)
    incoming = Incoming(
        who,
        looked.plan,
        batch or _new(looked, who, now),
        looked.name,
        looked.digest,
        len(looked.outcome),
        now,
        looked.reports,
    )
    recorded = imports_store.store(engine, incoming, looked.readings)
    return Taken(incoming.id if recorded else "", recorded)


def _plain(fault: Fault) -> Any:
    from models import Fault as Said

    place = " ".join(part for part in (fault.sheet, fault.cell) if part)
    return Said(place, f"{fault.message} {fault.remedy}")


def _begun(session: Session, who: Identity, looked: Looked) -> str:
    """Return the batch of the same file and person that was broken off, or nothing."""
    wanted = (
        select(Batch.id)
        .join(BatchState, col(BatchState.batch_id) == col(Batch.id))
        .where(
            Batch.digest == looked.digest,
            Batch.author_id == who.person_id,
            Batch.plan_code == looked.plan,
            col(BatchState.finished_at).is_(None),
            col(BatchState.withdrawn_at).is_(None),
        )
    )
    return session.exec(wanted).first() or ""


def _new(looked: Looked, who: Identity, now: datetime) -> str:
    content = f"{looked.digest}:{looked.plan}:{who.person_id}:{now.isoformat()}"
    return hashlib.sha256(content.encode()).hexdigest()[:32]
