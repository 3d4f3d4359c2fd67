"""How somebody read a kind of file before, kept for the next one with the same headers."""

from datetime import datetime

from sqlmodel import Session

from dashboard.services.imports_looked import Looked
from dashboard.services.imports_rows import Options
from models import ColumnMapping, Identity


def remembered(session: Session, who: Identity, plan: str, headers: str) -> Options | None:
    """Return how somebody read such a file before, or none."""
    kept = session.get(ColumnMapping, (who.person_id, plan, headers))
    if kept is None:
        return None
    content = kept.content
    return Options(
        mapping=content.get("mapping", {}),
        decimal=content.get("decimal", ""),
        fixed=content.get("fixed", {}),
    )


def remember(
    session: Session, who: Identity, looked: Looked, options: Options, *, now: datetime
) -> None:
    """Keep how somebody reads such a file, for the next time."""
    if not who.person_id or who.is_system:
        return
    content = {
        "mapping": dict(options.mapping),
        "decimal": options.decimal,
        "fixed": dict(options.fixed),
    }
    session.merge(
        ColumnMapping(
            person_id=who.person_id,
            plan_code=looked.plan,
            headers=looked.headers,
            content=content,
            saved_at=now,
        )
    )
    session.flush()
