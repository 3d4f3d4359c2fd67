"""Observations: an append-only history, the steps of their review, and tables derived from both.

The truth is in three tables that the database itself keeps from being changed: `observation`,
`measure_update` and `review_event`. `review_state`, `current_value`, `value_span` and
`packed_series` only say the same again in the form that a page reads fast; they are written in the
same transaction, can be rebuilt from the truth at any time, and a test compares them.

The reporting area is the first column of every key, so that the record can be spread by area.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Self

import sqlalchemy as sa
from pydantic import AfterValidator, model_validator
from sqlmodel import Field, SQLModel

from models.base import FOREVER, DecimalText, Moment, Table, words
from models.vocabulary import (
    MISSING,
    Channel,
    Implementation,
    Nature,
    ObservationStatus,
    Qualifier,
    State,
    Subject,
)

TOTAL: Final = "_T"
"""The cell that is not broken down."""
DIGITS: Final = 15
"""A value has at most so many significant digits, so that a double holds it exactly."""
PERIOD: Final = re.compile(
    r"(?P<year>(19|20)\d\d)(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-Q[1-4]|-S[12]|/P[1-9]Y)?"
)
CURRENCY: Final = re.compile(r"[A-Z]{3}")
CELL: Final = re.compile(r"_T|[a-z_]+=[a-z0-9_]+(;[a-z_]+=[a-z0-9_]+)*")


def _period(text: str) -> str:
    if PERIOD.fullmatch(text) is None:
        raise ValueError("a period is written 2024, 2024-07, 2024-Q3, 2024-07-30 or 2024/P2Y")
    if len(text) == 10:
        date.fromisoformat(text)
    return text


def _cell(text: str) -> str:
    if CELL.fullmatch(text) is None:
        raise ValueError("a disaggregation is written _T or sex=female;age=child_0_17")
    return text if text == TOTAL else ";".join(sorted(text.split(";")))


def _exact(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError("a value is a finite number")
    if len(value.normalize().as_tuple().digits) > DIGITS or abs(value) >= Decimal(10) ** DIGITS:
        raise ValueError(f"a value has at most {DIGITS} significant digits")
    return value


def web_address(text: str) -> str:
    """Return an address of the web, or nothing; refuse anything else."""
    if text and not re.match(r"https?://\S+\.\S+", text):
        raise ValueError("an address starts with http:// or https://")
    return text


def _amount(value: Decimal) -> Decimal:
    if value < 0:
        raise ValueError("an amount is zero or more")
    return _exact(value)


def _currency(text: str) -> str:
    text = text.strip().upper()
    if text and CURRENCY.fullmatch(text) is None:
        raise ValueError("a currency is written with its three letters, such as USD or KES")
    return text


Exact = Annotated[Decimal, AfterValidator(_exact)]
Amount = Annotated[Decimal, AfterValidator(_amount)]


class ObservationFields(SQLModel):
    """The fields a coordinator fills in: written once, used by form, API and table."""

    period: Annotated[str, AfterValidator(_period)]
    value: Exact | None = Field(default=None, sa_type=DecimalText)
    qualifier: Qualifier = Field(default=Qualifier.EXACT, sa_type=words(Qualifier))
    status: ObservationStatus = Field(
        default=ObservationStatus.NORMAL, sa_type=words(ObservationStatus)
    )
    missing_reason: str = Field(default="", max_length=1000)
    text: str = Field(default="", max_length=4000)  # the answer, where the indicator asks for words
    numerator: Exact | None = Field(default=None, sa_type=DecimalText)
    denominator: Exact | None = Field(default=None, sa_type=DecimalText)
    nature: Nature = Field(default=Nature.COUNTRY, sa_type=words(Nature))
    source: str = Field(default="", max_length=1000)
    source_date: date | None = None
    evidence: Annotated[str, AfterValidator(web_address)] = Field(default="", max_length=2000)
    note: str = Field(default="", max_length=4000)  # public, beside the figure
    comment: str = Field(default="", max_length=4000)  # to the reviewer only


class ObservationInput(ObservationFields):
    """A draft as it comes from a form, a file or the API, with the plan's own codes."""

    indicator: str
    area: str
    cell: Annotated[str, AfterValidator(_cell)] = TOTAL

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.status in MISSING:
            if self.value is not None:
                raise ValueError("a missing value has no number: clear the value or the status")
            if not self.missing_reason.strip():
                raise ValueError("say why there is no value")
        elif self.value is None and not self.text.strip():
            raise ValueError("give a value, or say why there is none (zero is a value)")
        elif not self.source.strip():
            raise ValueError("say where the value comes from")
        return self

    @property
    def year(self) -> int:
        """The reference year: the first where the period covers several."""
        return int(self.period[:4])


class Observation(Table, ObservationFields, table=True):
    """An observation in the record. Never edited: a correction is a new row."""

    __table_args__ = (
        sa.CheckConstraint(
            "(status IN ('L', 'M', 'Q')) = (value IS NULL AND text = '')", "value_or_reason"
        ),
        sa.Index(None, "area_id", "indicator_id", "cell_id", "period"),
        sa.Index(None, "batch_id"),
    )
    area_id: int = Field(primary_key=True, foreign_key="area.id")
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    indicator_id: int = Field(foreign_key="indicator.id")
    cell_id: int = Field(foreign_key="cell.id")
    year: int
    revises: int | None = None  # seq of the row this one corrects
    channel: Channel = Field(sa_type=words(Channel))
    batch_id: str | None = None
    is_illustrative: bool = False
    author_id: str  # a pseudonym: people stand in their own table
    recorded_at: datetime = Field(sa_type=Moment)


class Cell(Table, table=True):
    """One combination of disaggregations; number 0 is the total."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    code: str = Field(unique=True)


class UpdateFields(SQLModel):
    """What a coordinator reports on a measure."""

    as_at: date
    implementation: Implementation = Field(sa_type=words(Implementation))
    milestone: str = Field(default="", max_length=2000)
    milestone_due: date | None = None
    blocker: str = Field(default="", max_length=2000)
    next_step: str = Field(default="", max_length=2000)
    weakness: str = Field(default="", max_length=2000)
    gap: str = Field(default="", max_length=2000)
    challenge: str = Field(default="", max_length=2000)
    resources: str = Field(default="", max_length=2000)  # what it takes, and who gives it
    resources_needed: Amount | None = Field(default=None, sa_type=DecimalText)
    resources_committed: Amount | None = Field(default=None, sa_type=DecimalText)
    currency: Annotated[str, AfterValidator(_currency)] = ""
    source: str = Field(default="", max_length=1000)
    evidence: Annotated[str, AfterValidator(web_address)] = Field(default="", max_length=2000)


class UpdateInput(UpdateFields):
    """A measure update as it comes from a form or the API."""

    measure: str
    area: str

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        if self.implementation == Implementation.BLOCKED and not self.blocker.strip():
            raise ValueError("say what blocks the measure")
        has_amount = self.resources_needed is not None or self.resources_committed is not None
        if has_amount and not self.currency:
            raise ValueError("say in which currency the amounts are, such as USD")
        return self


class MeasureUpdate(Table, UpdateFields, table=True):
    """How far a measure is carried out in an area. Never edited: a later one follows it."""

    __tablename__ = "measure_update"
    __table_args__ = (
        sa.Index(None, "area_id", "measure_id", "as_at"),
        sa.Index(None, "batch_id"),
    )
    area_id: int = Field(primary_key=True, foreign_key="area.id")
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    measure_id: int = Field(foreign_key="measure.id")
    revises: int | None = None
    channel: Channel = Field(sa_type=words(Channel))
    batch_id: str | None = None
    is_illustrative: bool = False
    author_id: str
    recorded_at: datetime = Field(sa_type=Moment)


class ReviewEvent(Table, table=True):
    """One step of an observation or update on its way: before, after, who, when, why."""

    __tablename__ = "review_event"
    area_id: int = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    step: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    before: State | None = Field(default=None, sa_type=words(State, "before"))
    after: State = Field(sa_type=words(State))
    by: str
    at: datetime = Field(sa_type=Moment)
    note: str = ""


class ReviewState(Table, table=True):
    """Where each row stands now. Derived from `review_event`."""

    __tablename__ = "review_state"
    __table_args__ = (sa.Index(None, "state", "area_id"),)
    area_id: int = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    subject: Subject = Field(sa_type=words(Subject))
    state: State = Field(sa_type=words(State))
    step: int
    at: datetime = Field(sa_type=Moment)


class CurrentValue(Table, table=True):
    """The accepted observation of each key. Derived."""

    __tablename__ = "current_value"
    __table_args__ = (
        sa.Index(None, "indicator_id", "cell_id"),
        {"sqlite_with_rowid": False},
    )
    area_id: int = Field(primary_key=True)
    indicator_id: int = Field(primary_key=True)
    cell_id: int = Field(primary_key=True)
    period: str = Field(primary_key=True)
    year: int
    value: float | None
    denominator: float | None  # of a rate or percentage, where it was reported
    qualifier: Qualifier = Field(sa_type=sa.String(1))
    status: ObservationStatus = Field(sa_type=sa.String(1))
    is_illustrative: bool
    seq: int
    accepted_at: datetime = Field(sa_type=Moment)


class ValueSpan(Table, table=True):
    """Which observation was the accepted one from when to when. Derived; for as-of reading."""

    __tablename__ = "value_span"
    __table_args__ = (
        sa.Index(None, "indicator_id", "cell_id", "area_id", "period", "accepted_at"),
        {"sqlite_with_rowid": False},
    )
    area_id: int = Field(primary_key=True)
    indicator_id: int = Field(primary_key=True)
    cell_id: int = Field(primary_key=True)
    period: str = Field(primary_key=True)
    accepted_at: datetime = Field(primary_key=True, sa_type=Moment)
    ended_at: datetime = Field(default=FOREVER, sa_type=Moment)
    year: int
    value: float | None
    denominator: float | None  # of a rate or percentage, where it was reported
    qualifier: Qualifier = Field(sa_type=sa.String(1))
    status: ObservationStatus = Field(sa_type=sa.String(1))
    is_illustrative: bool
    seq: int


class PackedSeries(Table, table=True):
    """The accepted values of the series of an area and cell, one behind the other. Derived."""

    __tablename__ = "packed_series"
    area_id: int = Field(primary_key=True)
    cell_id: int = Field(primary_key=True)
    heads: bytes  # indicator, first year, years, and whether any value is generated
    values: bytes  # doubles, a year apart
    flags: bytes
    denominators: bytes | None  # none where no denominator was reported


class Draft(Table, table=True):
    """Work not yet sent: what a person has typed, kept as typed. Scratch, not record."""

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    area_id: int = Field(primary_key=True, foreign_key="area.id")
    subject: str = Field(primary_key=True)  # indicator or measure code
    detail: str = Field(primary_key=True)  # period and cell, or empty
    plan_code: str = Field(primary_key=True, foreign_key="plan.code")
    content: dict[str, Any] = Field(sa_type=sa.JSON)
    saved_at: datetime = Field(sa_type=Moment)


class Batch(Table, table=True):
    """A file that was taken in as one piece and can be withdrawn as one."""

    id: str = Field(primary_key=True)
    plan_code: str = Field(foreign_key="plan.code")
    file_name: str
    digest: str = Field(index=True)
    rows: int
    author_id: str
    recorded_at: datetime = Field(sa_type=Moment)
