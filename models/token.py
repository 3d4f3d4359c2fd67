"""Tokens with which programs act for a person."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Moment, Table


class ApiToken(Table, table=True):
    """What a program shows instead of a password. Only the hash of its secret is kept."""

    __tablename__ = "api_token"
    __table_args__ = (sa.Index(None, "person_id"),)
    id: str = Field(primary_key=True)  # names the token in lists; nobody can act with it
    token_hash: str = Field(unique=True)
    person_id: str = Field(foreign_key="person.id")
    name: str  # what it is for, in its owner's words
    scopes: str  # what it may do, in words with spaces between
    since: datetime = Field(sa_type=Moment)
    until: datetime = Field(sa_type=Moment)
    created_by: str
    created_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)  # to within minutes
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
