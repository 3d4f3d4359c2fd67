"""Reporting rounds: what is asked of whom by when, the receipts for it, and letters about it.

A round asks some areas for some indicators and measures of one period. Its areas have a due date of
their own, which can be extended. What was delivered stands in receipts that nobody can change.
"""

from datetime import date, datetime
from typing import Annotated, Self

import sqlalchemy as sa
from pydantic import AfterValidator, model_validator
from sqlmodel import Field, SQLModel

from models.base import Moment, Table
from models.observation import PERIOD


def _period(text: str) -> str:
    if PERIOD.fullmatch(text) is None:
        raise ValueError("a period is written 2024, 2024-07, 2024-Q3 or 2024-S1")
    return text


class RoundFields(SQLModel):
    """What the secretariat says of a round: written once, used by form and table."""

    name: str = Field(min_length=3, max_length=120)
    period: Annotated[str, AfterValidator(_period)]  # what the figures are about, such as 2025
    opens: date
    due: date
    contact: str = Field(default="", max_length=200)  # whom to ask, as everybody may read it
    note: str = Field(default="", max_length=4000)


class RoundInput(RoundFields):
    """A round as it comes from a form: its fields, and the codes of what is asked of whom."""

    areas: tuple[str, ...]
    indicators: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.due < self.opens:
            raise ValueError("the due date lies before the day on which the round opens")
        if not self.areas:
            raise ValueError("choose at least one area that is asked")
        if not self.indicators and not self.measures:
            raise ValueError("choose at least one indicator or measure to ask for")
        return self


class ReportingRound(Table, RoundFields, table=True):
    """One call for reports: opened, later closed, at last sealed with a snapshot."""

    __tablename__ = "reporting_round"
    code: str = Field(primary_key=True)  # of the plan and a number: UN-GPA-R3
    plan_code: str = Field(foreign_key="plan.code", index=True)
    opened_by: str
    opened_at: datetime = Field(sa_type=Moment)
    closed_by: str | None = None
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    sealed_by: str | None = None
    sealed_at: datetime | None = Field(default=None, sa_type=Moment)
    snapshot_id: str | None = Field(default=None, foreign_key="snapshot.id")
    is_illustrative: bool = False


class RoundIndicator(Table, table=True):
    """An indicator that a round asks for."""

    __tablename__ = "round_indicator"
    round_code: str = Field(primary_key=True, foreign_key="reporting_round.code")
    indicator_id: int = Field(primary_key=True, foreign_key="indicator.id")


class RoundMeasure(Table, table=True):
    """A measure on which a round asks for a report."""

    __tablename__ = "round_measure"
    round_code: str = Field(primary_key=True, foreign_key="reporting_round.code")
    measure_id: int = Field(primary_key=True, foreign_key="measure.id")


class RoundArea(Table, table=True):
    """An area that a round asks, its own due date, and who last extended or reminded it."""

    __tablename__ = "round_area"
    __table_args__ = (sa.Index(None, "round_code"),)
    area_id: int = Field(primary_key=True, foreign_key="area.id")
    round_code: str = Field(primary_key=True, foreign_key="reporting_round.code")
    due: date
    extended_by: str | None = None
    extended_at: datetime | None = Field(default=None, sa_type=Moment)
    extension_reason: str = ""
    reminded_by: str | None = None
    reminded_at: datetime | None = Field(default=None, sa_type=Moment)


class Submission(Table, table=True):
    """The receipt for all that an area delivered in a round. Never edited: a later one follows."""

    __table_args__ = (sa.Index(None, "round_code"),)
    area_id: int = Field(primary_key=True, foreign_key="area.id")
    number: str = Field(primary_key=True)  # on the receipt: KEN-2026-0007
    round_code: str = Field(foreign_key="reporting_round.code")
    rows: int
    refs: list[str] = Field(sa_type=sa.JSON)  # the observations and reports it stands for
    digest: str  # SHA-256 over the round, the area and the digests of the rows
    is_late: bool
    is_illustrative: bool = False
    author_id: str
    recorded_at: datetime = Field(sa_type=Moment)


class Message(Table, table=True):
    """A letter to a person: recorded before it is sent, at most one a day."""

    __table_args__ = (sa.UniqueConstraint("person_id", "day"),)
    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    day: date
    language: str
    subject: str
    body: str
    topics: list[str] = Field(sa_type=sa.JSON)  # what it tells, so that it is told once
    recorded_at: datetime = Field(sa_type=Moment)
    tried_at: datetime | None = Field(default=None, sa_type=Moment)  # set before it leaves
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    failure: str = ""  # what the mail server said


class Correspondence(Table, table=True):
    """How a person is written to: whether at all, their private address, their last visits."""

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    unsubscribed_at: datetime | None = Field(default=None, sa_type=Moment)
    calendar: int = 1  # grows when the private address of the calendar is renewed
    visited_at: datetime | None = Field(default=None, sa_type=Moment)
    visited_before: datetime | None = Field(default=None, sa_type=Moment)
