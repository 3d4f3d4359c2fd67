"""Rows of a batch that is still coming in: nobody sees or decides on them until it is whole."""

from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from models import BatchState, WrongState, columns

STANDINGS: Final = columns(BatchState)


def unfinished() -> sa.Select[Any]:
    """Return the batches whose rows are not to be seen yet."""
    return sa.select(STANDINGS.c.batch_id).where(STANDINGS.c.finished_at.is_(None))


def is_whole(rows: sa.FromClause) -> sa.ColumnElement[bool]:
    """Return the condition that a row of the table of observations belongs to no such batch."""
    return sa.or_(rows.c.batch_id.is_(None), rows.c.batch_id.not_in(unfinished()))


def require_whole(session: Session, batch: str | None) -> None:
    """Raise `WrongState` for a row whose batch is still coming in."""
    if batch is None:
        return
    wanted = unfinished().where(STANDINGS.c.batch_id == batch)
    if session.connection().execute(wanted).first() is not None:
        raise WrongState(
            "The file with this row is still coming in. Wait until all of it is there."
        )
