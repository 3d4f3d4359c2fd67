"""The ledger: an append-only, hash-chained trace of every change, one chain an area."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Moment, Table

SYSTEM_CHAIN = 0
"""The chain of what belongs to no area: people, grants, plans, snapshots, sign-in."""


class AuditEvent(Table, table=True):
    """Who did what when, chained by SHA-256 to the event before it in the same chain.

    `row_hash` is the SHA-256 of `prev_hash` and the canonical JSON of the other columns. People
    appear only by pseudonym, so that a person can be forgotten without breaking the chain.
    """

    __tablename__ = "audit_event"
    __table_args__ = (sa.Index(None, "at", "chain", "seq"),)  # to read it backwards, page by page
    chain: int = Field(primary_key=True)  # id of the area, or SYSTEM_CHAIN
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Moment)
    by: str
    action: str  # such as observation.accept
    subject: str  # such as KEN-17
    detail: str  # canonical JSON of what was recorded
    prev_hash: str
    row_hash: str


class ChainHead(Table, table=True):
    """The end of each chain, and the counters of its area. Derived from the append-only tables."""

    __tablename__ = "chain_head"
    chain: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    record_seq: int  # last number given to an observation or update
    audit_seq: int
    data_seq: int  # grows with every change that a reader could see
    head_hash: str


class Receipt(Table, table=True):
    """The answer given to a request, kept under its token: asked again, it is given again."""

    chain: int = Field(primary_key=True)
    token: str = Field(primary_key=True)
    by: str
    at: datetime = Field(sa_type=Moment)
    action: str
    answer: str  # JSON
