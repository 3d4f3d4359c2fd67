"""Voices beside a value: what a State, an evaluator and civil society say, each in its own words.

Nothing is overwritten: a remark is a row of its own, a reply another, and each step on the way to
publication is kept.
"""

from datetime import date, datetime

from sqlmodel import Field

from models.base import Moment, Table, words
from models.vocabulary import RemarkState, Voice


class Remark(Table, table=True):
    """What one voice says about one observation."""

    area_id: int = Field(primary_key=True, foreign_key="area.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int  # of the observation in its area
    voice: Voice = Field(sa_type=words(Voice))
    answers: int | None = None  # number of the remark that this one replies to
    text: str = Field(max_length=4000)
    reply_until: date | None = None  # the State may reply before publication until this day
    author_id: str
    recorded_at: datetime = Field(sa_type=Moment)


class RemarkStep(Table, table=True):
    """One step of a remark: given, published or withdrawn."""

    __tablename__ = "remark_step"
    area_id: int = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    step: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    after: RemarkState = Field(sa_type=words(RemarkState))
    by: str
    at: datetime = Field(sa_type=Moment)
    note: str = ""
