"""How a note is cited: by the snapshot that holds the same state of the record, else by the record.

A snapshot holds the same state where nothing that a reader could see was recorded between its
moment and the moment of the note.
"""

from datetime import datetime
from typing import Final
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard import progress
from dashboard.exchange import CC_BY
from dashboard.i18n import _, instant
from dashboard.services.briefs.subject import Subject, pinned
from models import (
    SYSTEM_CHAIN,
    AuditEvent,
    Baseline,
    ReviewEvent,
    Snapshot,
    State,
    Target,
    columns,
)

QUIET: Final = ("snapshot.", "session.", "person.", "role.")
"""Beginnings of actions of the installation that change no figure."""


def lines(subject: Subject) -> tuple[str, ...]:
    """Return how to cite the note, and under which terms it may be used."""
    kept = newest(subject.session, subject.found.plan.plan, subject.moment)
    told = [
        _("{agency} ({year}). Briefing note on {area}: {plan}. {address}").format(
            agency=subject.publisher,
            year=subject.day.year,
            area=subject.name,
            plan=subject.found.plan.title,
            address=address(subject),
        )
    ]
    if kept is not None and is_same(subject.session, kept.as_of, subject.moment):
        told.append(
            _("Data: snapshot “{name}”, as known at {moment}, sha256:{identity}").format(
                name=kept.name, moment=instant(kept.as_of), identity=kept.id
            )
        )
    else:
        told.append(
            _(
                "Data: the record as known on {day}, version {version}; no snapshot holds exactly "
                "this state."
            ).format(day=subject.known, version=subject.found.plan.stamp.version)
        )
    return (*told, _("Licence: {licence}.").format(licence=CC_BY.title))


def address(subject: Subject) -> str:
    """Return the address that gives this note again, with the day it is of."""
    found = subject.found
    choices = {"area": subject.area, "plan": found.plan.plan, "as_of": pinned(subject)}
    if found.method != progress.DEFAULT:
        choices["method"] = f"{found.method}:{found.preset}" if found.preset else found.method
    return f"{subject.address}/brief?{urlencode(choices)}"


def newest(session: Session, plan: str, moment: datetime) -> Snapshot | None:
    """Return the last snapshot of a plan that is of this moment or an earlier one."""
    wanted = (
        select(Snapshot)
        .where(Snapshot.plan_code == plan, col(Snapshot.as_of) <= moment)
        .order_by(col(Snapshot.as_of).desc(), col(Snapshot.taken_at).desc())
        .limit(1)
    )
    return session.exec(wanted).first()


def is_same(session: Session, earlier: datetime, later: datetime) -> bool:
    """Say whether nothing that a reader could see was recorded between two moments."""
    if earlier == later:
        return True
    events, chains = columns(ReviewEvent), columns(AuditEvent)
    counted = sa.or_(events.c.after == State.ACCEPTED, events.c.before == State.ACCEPTED)
    asked = [
        sa.select(events.c.seq).where(events.c.at > earlier, events.c.at <= later, counted),
        sa.select(chains.c.seq).where(
            chains.c.chain == SYSTEM_CHAIN,
            chains.c.at > earlier,
            chains.c.at <= later,
            *(sa.not_(chains.c.action.startswith(word, autoescape=True)) for word in QUIET),
        ),
        *(
            sa.select(aims.c.id).where(when > earlier, when <= later)
            for aims in (columns(Target), columns(Baseline))
            for when in (aims.c.recorded_at, aims.c.retired_at)
        ),
    ]
    connection = session.connection()
    return all(connection.execute(wanted.limit(1)).first() is None for wanted in asked)
