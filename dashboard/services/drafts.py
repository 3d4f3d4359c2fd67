"""What somebody has typed and not yet sent: kept as typed, until it is sent or thrown away.

A coordinator's figures and reports are kept, and a reviewer's comments to rows that wait.
"""

from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, select

from dashboard.services import access, lookup
from models import Draft, Identity

REVIEW: Final = "review"
"""The subject under which a reviewer's comments are kept; the detail is the number of the row."""


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
