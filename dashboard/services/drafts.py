"""What somebody has typed and not yet sent: kept as typed, until it is sent or thrown away.

A coordinator's figures and reports are kept, and a reviewer's comments to rows that wait. The cells
of a grid are kept one by one, so that two windows in which somebody types do not undo each other.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlmodel import Session, select

from dashboard.services import access, lookup
from models import Draft, Identity

REVIEW: Final = "review"
"""The subject under which a reviewer's comments are kept; the detail is the number of the row."""
OTHER: Final = "other"
"""The field of a cell that holds what was typed for it in another window of the same person."""
WINDOW: Final = "window"


class Cell(NamedTuple):
    """A cell of a grid: which indicator, which period, of whom."""

    indicator: str
    period: str
    cell: str

    @property
    def detail(self) -> str:
        """What tells the drafts of one indicator apart."""
        return f"{self.period} {self.cell}"


def keep(
    session: Session,
    who: Identity,
    content: dict[str, Any],
    *,
    plan: str,
    area: str,
    subject: str,
    detail: str = "",
    now: datetime,
) -> None:
    """Keep what was typed about a subject (an indicator or measure code) in an area."""
    place = lookup.area(session, area)
    if not access.allows(who, "review", plan=plan, area=place.id):
        access.require(who, "submit", plan=plan, area=place.id)
    session.merge(
        Draft(
            person_id=who.person_id,
            area_id=place.id,
            subject=subject,
            detail=detail,
            plan_code=plan,
            content=content,
            saved_at=now,
        )
    )
    session.flush()


def find(
    session: Session, who: Identity, *, plan: str, area: str, subject: str, detail: str = ""
) -> dict[str, Any] | None:
    """Return what was typed, or none."""
    place = lookup.area(session, area)
    found = session.get(Draft, (who.person_id, place.id, subject, detail, plan))
    return None if found is None else found.content


def listing(session: Session, who: Identity, *, plan: str) -> list[Draft]:
    """Return all figures and reports that somebody has not yet sent, newest first."""
    mine = select(Draft).where(
        Draft.person_id == who.person_id, Draft.plan_code == plan, Draft.subject != REVIEW
    )
    return sorted(session.exec(mine).all(), key=lambda draft: draft.saved_at, reverse=True)


def comments(session: Session, who: Identity, *, plan: str) -> dict[str, str]:
    """Return the comments a reviewer has typed and not yet sent, by the number of the row."""
    mine = select(Draft).where(
        Draft.person_id == who.person_id, Draft.plan_code == plan, Draft.subject == REVIEW
    )
    return {draft.detail: str(draft.content.get("note", "")) for draft in session.exec(mine)}


def drop(
    session: Session, who: Identity, *, plan: str, area: str, subject: str, detail: str = ""
) -> None:
    """Throw away what was typed; nothing happens where there is none."""
    place = lookup.area(session, area)
    found = session.get(Draft, (who.person_id, place.id, subject, detail, plan))
    if found is not None:
        session.delete(found)
        session.flush()


def cells(
    session: Session, who: Identity, *, plan: str, area: str, indicators: set[str] | None = None
) -> dict[Cell, dict[str, Any]]:
    """Return what somebody has typed into the grids of an area, by cell."""
    place = lookup.area(session, area)
    wanted = select(Draft).where(
        Draft.person_id == who.person_id,
        Draft.area_id == place.id,
        Draft.plan_code == plan,
        Draft.detail != "",
        Draft.subject != REVIEW,
    )
    found = {}
    for draft in session.exec(wanted.order_by("subject", "detail")):
        period, _space, cell = draft.detail.partition(" ")
        if indicators is None or draft.subject in indicators:
            found[Cell(draft.subject, period, cell)] = draft.content
    return found


def keep_cells(
    session: Session,
    who: Identity,
    typed: Mapping[Cell, Mapping[str, Any] | None],
    *,
    plan: str,
    area: str,
    window: str,
    since: datetime,
    now: datetime,
) -> None:
    """Keep what was typed into some cells; none for a cell throws away what was kept of it.

    `window` tells the windows of one person apart, and `since` is when this one last read what was
    kept. What another window kept meanwhile is not lost: it stays beside the new words as `other`.
    """
    place = lookup.area(session, area)
    access.require(who, "submit", plan=plan, area=place.id)
    for cell, fields in typed.items():
        key = (who.person_id, place.id, cell.indicator, cell.detail, plan)
        found = session.get(Draft, key)
        if fields is None:
            if found is not None:
                session.delete(found)
            continue
        content = {**fields, WINDOW: window}
        if found is not None:
            known = dict(found.content)
            other = known.pop(OTHER, None)
            is_theirs = known.get(WINDOW) != window and found.saved_at > since
            if is_theirs and said(known) != said(content):
                other = said(known)
            if other and other != said(content):
                content[OTHER] = other
        session.merge(
            Draft(
                person_id=who.person_id,
                area_id=place.id,
                subject=cell.indicator,
                detail=cell.detail,
                plan_code=plan,
                content=content,
                saved_at=now,
            )
        )
    session.flush()


def said(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a cell that say something."""
    return {name: value for name, value in content.items() if value and name not in {OTHER, WINDOW}}
