"""Why something can no longer be sent, and whom to ask: a lock never goes without both.

A figure is locked once every round that asked this area for it is closed. An extension opens it
again until its day, and what a reviewer sent back may always be answered until the round is sealed.
"""

from datetime import date, datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from models import (
    Identity,
    MeasureUpdate,
    Observation,
    ReportingRound,
    ReviewState,
    RoundArea,
    RoundIndicator,
    RoundMeasure,
    State,
    Subject,
    WrongState,
    columns,
)

ROUNDS: Final = columns(ReportingRound)
AREAS: Final = columns(RoundArea)
ASKED: Final = {
    Subject.OBSERVATION: columns(RoundIndicator).c.indicator_id,
    Subject.MEASURE_UPDATE: columns(RoundMeasure).c.measure_id,
}
ROWS: Final = {
    Subject.OBSERVATION: columns(Observation),
    Subject.MEASURE_UPDATE: columns(MeasureUpdate),
}
STATES: Final = columns(ReviewState)
SECRETARIAT: Final = "the secretariat"


class Standing(NamedTuple):
    """Where a round stands for one area."""

    name: str
    contact: str
    closed_at: datetime | None
    sealed_at: datetime | None
    due: date
    extended_at: datetime | None


def _rounds(subject: Subject) -> sa.Select[Any]:
    about = ASKED[subject]
    return (
        sa.select(
            *(ROUNDS.c[name] for name in ("name", "period", "contact", "closed_at", "sealed_at")),
            AREAS.c.due,
            AREAS.c.extended_at,
        )
        .join(AREAS, AREAS.c.round_code == ROUNDS.c.code)
        .join(about.table, about.table.c.round_code == ROUNDS.c.code)
        .where(AREAS.c.area_id == sa.bindparam("area"), about == sa.bindparam("about"))
        .order_by(AREAS.c.due)
    )


def _standing(subject: Subject) -> sa.Select[Any]:
    rows, about = ROWS[subject], ASKED[subject].name
    return (
        sa.select(STATES.c.state)
        .join(rows, sa.and_(rows.c.area_id == STATES.c.area_id, rows.c.seq == STATES.c.seq))
        .where(rows.c.area_id == sa.bindparam("area"), rows.c[about] == sa.bindparam("about"))
        .where(STATES.c.state.not_in([State.WITHDRAWN, State.SUPERSEDED]))
        .order_by(STATES.c.seq.desc())
        .limit(1)
    )


# Statements of every write are built once: to build one takes longer than to run it.
_ROUNDS: Final = {subject: _rounds(subject) for subject in ASKED}
_STANDING: Final = {subject: _standing(subject) for subject in ASKED}


def require_open(
    session: Session,
    who: Identity,
    subject: Subject,
    *,
    area: int,
    about: int,
    period: str = "",
    now: datetime,
) -> None:
    """Raise `WrongState`, with why and whom to ask, where a closed round locks what is sent.

    `about` is the number of the indicator or measure; a report on a measure has no period.
    """
    if who.is_system:
        return
    connection = session.connection()
    wanted = {"area": area, "about": about}
    asked = [
        row
        for row in connection.execute(_ROUNDS[subject], wanted)
        if not period or covers(row.period, period)
    ]
    said = [why for row in asked if (why := reason(row, today=now.date()))]
    if not asked or len(said) < len(asked):
        return
    returned = connection.execute(_STANDING[subject], wanted).scalar() == State.RETURNED
    if not (returned and any(row.sealed_at is None for row in asked)):
        raise WrongState(said[-1])


def covers(asked: str, period: str) -> bool:
    """Say whether a period is of the one asked for: 2025-Q3 is of 2025, and only of itself."""
    return period == asked or (len(asked) == 4 and period[:4] == asked)


def reason(row: Any, *, today: date) -> str:
    """Return why nothing can be sent in a round, and whom to ask; empty where it is open.

    `row` has what a `Standing` has.
    """
    ask = row.contact or SECRETARIAT
    if row.sealed_at is not None:
        return (
            f"{row.name} was sealed on {row.sealed_at:%Y-%m-%d}, and its snapshot is cited: it "
            f"takes nothing more. Ask {ask} about a correction in the next round."
        )
    if row.closed_at is None or (row.extended_at is not None and today <= row.due):
        return ""
    return (
        f"{row.name} was closed on {row.closed_at:%Y-%m-%d}; the due date was {row.due}. "
        f"Ask {ask} for an extension."
    )
