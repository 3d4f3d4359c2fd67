"""What somebody has sent, page by page, with where each row stands; and what a program sends once.

Reports of one's own are shown also before review: to their author, and to nobody else.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard.services import access, arriving, ledger, lookup, review
from dashboard.services.lookup import Ref
from dashboard.services.reads import table
from models import (
    SYSTEM_CHAIN,
    TOTAL,
    BadInput,
    Fault,
    Identity,
    Indicator,
    MeasureUpdate,
    NotAllowed,
    Observation,
    OperationalMeasure,
    ReferenceArea,
    ReviewState,
    SignInNeeded,
    State,
    Subject,
    WrongState,
    columns,
)

SCOPE: Final = "reports"
"""What a token must allow for its person's own reports to be read with it."""
ROW: Final = ("ref", "subject", "area", "about", "title", "period", "cell", "value")
STANDING: Final = ("state", "at", "note")


@dataclass(frozen=True)
class Page:
    """Some reports, and the area and number after which the next ones come (none: the last)."""

    rows: pd.DataFrame
    next: tuple[str, int] | None


def mine(
    session: Session,
    who: Identity,
    *,
    plan: str,
    states: Sequence[State] = (),
    refs: Sequence[Ref] = (),
    after: tuple[str, int] | None = None,
    limit: int = 500,
) -> Page:
    """Return what somebody has sent, observations and measure updates, by area and number.

    Columns: those of `ROW` and `STANDING`; subject is observation or measure_update, about is the
    code of the indicator or measure.
    """
    if not who.person_id:
        raise SignInNeeded("Please sign in to do this.")
    if not access.reaches(who, SCOPE):
        raise NotAllowed(access.BEYOND)
    both = sa.union_all(*(_rows(who, plan, subject) for subject in Subject)).subquery()
    wanted = sa.select(both).order_by(both.c.area, both.c.seq).limit(limit + 1)
    if states:
        wanted = wanted.where(both.c.state.in_(states))
    if refs:
        names = sa.tuple_(both.c.area, both.c.seq)
        wanted = wanted.where(names.in_([(ref.area, ref.seq) for ref in refs]))
    if after is not None:
        beyond = sa.and_(both.c.area == after[0], both.c.seq > after[1])
        wanted = wanted.where(sa.or_(both.c.area > after[0], beyond))
    found = table(session, wanted)
    shown = found.iloc[:limit]
    last = shown.iloc[-1] if len(found) > limit else None
    reached = None if last is None else (str(last["area"]), int(last["seq"]))
    ready = shown.assign(
        ref=shown["area"].astype("str") + "-" + shown["seq"].astype("str"),
        value=shown["value"].astype("float64"),
        at=pd.to_datetime(shown["at"], utc=True).astype("datetime64[us, UTC]"),
    )
    return Page(ready[[*ROW, *STANDING]], reached)


def _rows(who: Identity, plan: str, subject: Subject) -> sa.Select[Any]:
    """Return the statement for one's observations, or for one's measure updates."""
    area, states = columns(ReferenceArea), columns(ReviewState)
    is_value = subject == Subject.OBSERVATION
    row = columns(Observation if is_value else MeasureUpdate)
    about = columns(Indicator if is_value else OperationalMeasure)
    wanted = (
        sa.select(
            area.c.code.label("area"),
            row.c.seq,
            sa.literal(str(subject)).label("subject"),
            about.c.code.label("about"),
            (about.c.name if is_value else about.c.title).label("title"),
            (row.c.period if is_value else sa.cast(row.c.as_at, sa.Text)).label("period"),
            (lookup.CELL.c.code if is_value else sa.literal(TOTAL)).label("cell"),
            (sa.cast(row.c.value, sa.Text) if is_value else sa.cast(None, sa.Text)).label("value"),
            sa.cast(states.c.state, sa.Text).label("state"),
            states.c.at,
            review.last_note().label("note"),
        )
        .select_from(row)
        .join(states, sa.and_(states.c.area_id == row.c.area_id, states.c.seq == row.c.seq))
        .join(area, area.c.id == row.c.area_id)
        .join(about, about.c.id == (row.c.indicator_id if is_value else row.c.measure_id))
        .where(row.c.author_id == who.person_id, about.c.plan_code == plan)
    )
    if is_value:
        cell = lookup.CELL
        return wanted.join(cell, cell.c.id == row.c.cell_id).where(arriving.is_whole(row))
    return wanted


def read_ref(text: str) -> Ref:
    """Return the name of a row, such as `KEN-17`, or raise `BadInput`."""
    area, _dash, number = text.rpartition("-")
    if not area or not number.isascii() or not number.isdigit() or len(number) > 9:
        raise BadInput(Fault("ref", f"{text!r} is no name of a report: it looks like KEN-17"))
    return Ref(area, int(number))


def once(
    session: Session,
    who: Identity,
    key: str,
    asked: Any,
    work: Callable[[], dict[str, Any]],
    *,
    action: str,
    now: datetime,
) -> dict[str, Any]:
    """Do what a program asks once for its key; asked again, give the same answer.

    `asked` is all that it asks, as JSON: the same key with something else is refused.
    """
    sent = ledger.digest([action, asked])
    token = f"api-{ledger.digest([who.person_id, key])}"

    def first() -> dict[str, Any]:
        # Read back at once, so that the first answer is byte for byte the one given again.
        return {"sent": sent, "said": json.loads(ledger.canonical(work()))}

    answer = ledger.once(session, SYSTEM_CHAIN, token, "api.sent", first, by=who.person_id, now=now)
    if answer["sent"] != sent:
        raise WrongState(
            "This Idempotency-Key was already used for something else. Take a new key for a new "
            "request, and the same for the same one alone."
        )
    said: dict[str, Any] = answer["said"]
    return said
