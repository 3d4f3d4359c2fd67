"""Files that came in: where each batch stands, and how people mapped the columns of theirs."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Moment, Table


class BatchState(Table, table=True):
    """Where a batch stands: begun, finished, withdrawn.

    A large file is recorded in many short transactions, so that nobody else has to wait. Until the
    batch is finished none of its rows is shown for review: it becomes visible as one piece, by one
    change in this table.
    """

    __tablename__ = "batch_state"
    batch_id: str = Field(primary_key=True, foreign_key="batch.id")
    recorded: int = 0  # rows that were new or corrected something
    finished_at: datetime | None = Field(default=None, sa_type=Moment, index=True)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)
    withdrawn_by: str = ""
    reason: str = ""


class ColumnMapping(Table, table=True):
    """How somebody read the columns of a kind of file, so that they need not say it again."""

    __tablename__ = "column_mapping"
    person_id: str = Field(primary_key=True, foreign_key="person.id")
    plan_code: str = Field(primary_key=True, foreign_key="plan.code")
    headers: str = Field(primary_key=True)  # SHA-256 of the headers, whatever their order
    content: dict[str, Any] = Field(sa_type=sa.JSON)  # roles, sign of decimals, what is fixed
    saved_at: datetime = Field(sa_type=Moment)
