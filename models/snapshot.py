"""Snapshots: the frozen copy of a plan's state, and its digest."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Moment, Table


class Snapshot(Table, table=True):
    """A frozen copy of a plan as it was known at a moment. Its bytes never change."""

    id: str = Field(primary_key=True)  # SHA-256 of the canonical manifest
    plan_code: str = Field(foreign_key="plan.code", index=True)
    name: str
    as_of: datetime = Field(sa_type=Moment)
    taken_at: datetime = Field(sa_type=Moment)
    taken_by: str
    file_name: str
    digest: str  # SHA-256 of the bytes
    size: int
    observations: int
    is_illustrative: bool
    manifest: str  # canonical JSON


class SnapshotBytes(Table, table=True):
    """The bytes of a snapshot, apart so that lists do not carry them."""

    __tablename__ = "snapshot_bytes"
    snapshot_id: str = Field(primary_key=True, foreign_key="snapshot.id")
    content: bytes = Field(sa_type=sa.LargeBinary)
