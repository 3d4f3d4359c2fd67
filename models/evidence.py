"""Evidence: files and links that show where figures come from, each with its revisions and uses.

One piece of evidence may serve many figures and reports of its area, and a figure many pieces. The
bytes of a file lie in a store beside the database, under their own SHA-256.
"""

from datetime import date, datetime
from typing import Annotated

import sqlalchemy as sa
from pydantic import AfterValidator
from sqlmodel import Field, SQLModel

from models.base import Moment, Table
from models.observation import web_address


class EvidenceFields(SQLModel):
    """What is said about a piece of evidence: written once, used by form and table."""

    title: str = Field(min_length=3, max_length=300)
    is_public: bool = False  # restricted until somebody says otherwise
    expires: date | None = None  # after this day it no longer proves what it did


class Evidence(Table, EvidenceFields, table=True):
    """A piece of evidence of one area; its content is in its revisions."""

    area_id: int = Field(primary_key=True, foreign_key="area.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    author_id: str
    recorded_at: datetime = Field(sa_type=Moment)
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class EvidenceRevision(Table, table=True):
    """One state of a piece of evidence: a file in the store, or an address. Never edited."""

    __tablename__ = "evidence_revision"
    __table_args__ = (
        sa.CheckConstraint("(digest = '') = (address <> '')", "file_or_address"),
        sa.Index(None, "digest"),
    )
    area_id: int = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    revision: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    address: Annotated[str, AfterValidator(web_address)] = Field(default="", max_length=2000)
    file_name: str = ""
    media_type: str = ""  # by content, not by name
    size: int = 0  # bytes
    digest: str = ""  # SHA-256 of the bytes
    author_id: str
    recorded_at: datetime = Field(sa_type=Moment)


class EvidenceUse(Table, table=True):
    """A piece of evidence that a figure or report of its area rests on."""

    __tablename__ = "evidence_use"
    __table_args__ = (sa.Index(None, "area_id", "seq"),)
    area_id: int = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    revision: int  # the state it was in when it was named
    author_id: str
    recorded_at: datetime = Field(sa_type=Moment)
