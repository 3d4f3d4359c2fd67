"""The plan: objectives, operational measures, indicators, and all that they refer to.

Codes are the plan's own (`PT.4.1`) and never change once published. Numbers (`id`) are small,
given when a plan is installed, and only join tables within one database; no file carries them.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from models.base import DecimalText, Moment, Table, words
from models.vocabulary import (
    Aggregation,
    Approach,
    BaselineRule,
    Confidence,
    ContentBasis,
    Direction,
    EntryMode,
    Frequency,
    IndicatorType,
    Kind,
    Operator,
    Origin,
    Part,
    Relation,
    TargetStatus,
    Tier,
)

Names = dict[str, str]


class Plan(Table, table=True):
    """A plan of action."""

    code: str = Field(primary_key=True)
    number: int = Field(unique=True)
    title: str
    short_title: str
    titles: Names = Field(sa_type=sa.JSON)
    symbol: str
    adopted: date
    adopted_by: str
    legal_nature: str
    notices: list[str] = Field(sa_type=sa.JSON)  # what every reader must be told
    review_levels: int = 1  # 2: a regional reviewer endorses, a global one accepts
    about: dict[str, Any] = Field(sa_type=sa.JSON)  # purposes, appraisals, mandate, sources


class PlanEdition(Table, table=True):
    """One published wording of a plan: installing a changed file makes a new edition."""

    __tablename__ = "plan_edition"
    plan_code: str = Field(primary_key=True, foreign_key="plan.code")
    version: str = Field(primary_key=True)
    digest: str  # SHA-256 of the content files
    installed_at: datetime = Field(sa_type=Moment)
    content: dict[str, Any] = Field(sa_type=sa.JSON)  # the files as read, so that it can be rebuilt


class Objective(Table, table=True):
    """What the plan wants to reach."""

    __table_args__ = (sa.UniqueConstraint("plan_code", "code"),)
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    plan_code: str = Field(foreign_key="plan.code")
    code: str
    position: int
    title: str
    titles: Names = Field(sa_type=sa.JSON)
    description: str
    section: str
    paras: str
    para_confidence: Confidence = Field(sa_type=words(Confidence))
    origin: Origin = Field(sa_type=words(Origin))
    retired: bool = False


class OperationalMeasure(Table, table=True):
    """What somebody is to do for an objective."""

    __tablename__ = "measure"
    __table_args__ = (sa.UniqueConstraint("plan_code", "code"),)
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    plan_code: str = Field(foreign_key="plan.code")
    objective_id: int = Field(foreign_key="objective.id")
    code: str
    position: int
    title: str
    titles: Names = Field(sa_type=sa.JSON)
    description: str
    paras: str
    para_confidence: Confidence = Field(sa_type=words(Confidence))
    content_basis: ContentBasis = Field(sa_type=words(ContentBasis))
    content_source: str
    founding_paras: list[str] = Field(sa_type=sa.JSON)  # paragraphs of the founding report
    approach: Approach = Field(sa_type=words(Approach))
    dimensions: list[str] = Field(sa_type=sa.JSON)
    origin: Origin = Field(sa_type=words(Origin))
    retired: bool = False


class Scale(Table, table=True):
    """The levels of an ordinal indicator, or a checklist."""

    plan_code: str = Field(primary_key=True, foreign_key="plan.code")
    code: str = Field(primary_key=True)
    name: str
    lowest: int
    highest: int
    meets: int
    criteria: list[str] = Field(sa_type=sa.JSON)


class ScaleLevel(Table, table=True):
    """One level of a scale, with the text that says when it applies."""

    __tablename__ = "scale_level"
    __table_args__ = (
        sa.ForeignKeyConstraint(["plan_code", "scale_code"], ["scale.plan_code", "scale.code"]),
    )
    plan_code: str = Field(primary_key=True)
    scale_code: str = Field(primary_key=True)
    value: int = Field(primary_key=True)
    label: str
    meaning: str


class Dimension(Table, table=True):
    """A way to break a value down, such as sex or age, and its codes in order."""

    plan_code: str = Field(primary_key=True, foreign_key="plan.code")
    code: str = Field(primary_key=True)
    name: str
    codes: list[str] = Field(sa_type=sa.JSON)


class Indicator(Table, table=True):
    """What is measured: definition, unit, limits, rules and caveats."""

    __table_args__ = (
        sa.UniqueConstraint("plan_code", "code"),
        sa.ForeignKeyConstraint(["plan_code", "scale_code"], ["scale.plan_code", "scale.code"]),
    )
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    plan_code: str = Field(foreign_key="plan.code")
    objective_id: int = Field(foreign_key="objective.id")
    code: str
    position: int
    name: str
    names: Names = Field(sa_type=sa.JSON)
    definition: str
    unit: str
    kind: Kind = Field(sa_type=words(Kind))
    direction: Direction = Field(sa_type=words(Direction))
    direction_note: str = ""
    type: IndicatorType = Field(sa_type=words(IndicatorType))
    tier: Tier = Field(sa_type=words(Tier))
    scale_code: str | None = None
    numerator: str = ""
    denominator: str = ""
    disaggregations: list[str] = Field(sa_type=sa.JSON)
    levels: list[str] = Field(sa_type=sa.JSON)  # national, regional, global
    entry_mode: EntryMode = Field(sa_type=words(EntryMode))
    frequency: Frequency = Field(sa_type=words(Frequency))
    aggregation: Aggregation = Field(sa_type=words(Aggregation))  # from States to a region
    aggregation_global: Aggregation = Field(sa_type=words(Aggregation, "aggregation_global"))
    aggregation_weight: str = ""
    aggregation_note: str = ""
    min_coverage: float = 0.0
    meets_operator: Operator | None = Field(default=None, sa_type=words(Operator))
    meets_value: Decimal | None = Field(default=None, sa_type=DecimalText)
    lower: Decimal | None = Field(default=None, sa_type=DecimalText)
    upper: Decimal | None = Field(default=None, sa_type=DecimalText)
    step: Decimal | None = Field(default=None, sa_type=DecimalText)
    is_integer: bool = False
    numerator_within_denominator: bool = False
    scores_progress: bool = True
    source: str
    custodian: str
    source_alternatives: list[str] = Field(sa_type=sa.JSON)
    sdg_indicator: str = ""
    human_rights_caveat: str
    is_sensitive: bool = False
    min_cell: int = 0  # public cells from 1 to min_cell - 1 are suppressed
    retired: bool = False


class MeasureIndicator(Table, table=True):
    """Which indicators show the achievement of a measure; the first named is the primary one."""

    __tablename__ = "measure_indicator"
    measure_id: int = Field(primary_key=True, foreign_key="measure.id")
    indicator_id: int = Field(primary_key=True, foreign_key="indicator.id")
    is_primary: bool


class Actor(Table, table=True):
    """Somebody who carries out a measure: a body, a service, a group of organizations."""

    plan_code: str = Field(primary_key=True, foreign_key="plan.code")
    code: str = Field(primary_key=True)
    name: str
    kind: str


class MeasureActor(Table, table=True):
    """The part of an actor in a measure."""

    __tablename__ = "measure_actor"
    __table_args__ = (
        sa.ForeignKeyConstraint(["plan_code", "actor_code"], ["actor.plan_code", "actor.code"]),
    )
    measure_id: int = Field(primary_key=True, foreign_key="measure.id")
    plan_code: str = Field(primary_key=True)
    actor_code: str = Field(primary_key=True)
    part: Part = Field(sa_type=words(Part))
    position: int


class Instrument(Table, table=True):
    """A treaty, a set of principles or another text that measures serve."""

    code: str = Field(primary_key=True)
    title: str
    kind: str
    scope: str
    adopted: str  # a date, or as much of one as is known
    in_force: str
    depositary: str
    basis: str


class Article(Table, table=True):
    """An article of an instrument."""

    instrument_code: str = Field(primary_key=True, foreign_key="instrument.code")
    code: str = Field(primary_key=True)
    position: int
    title: str


class CrosswalkLink(Table, table=True):
    """How a measure stands to an article of an instrument, or to a target of the SDGs."""

    __tablename__ = "crosswalk_link"
    measure_id: int = Field(primary_key=True, foreign_key="measure.id")
    instrument_code: str = Field(primary_key=True)  # `SDG` for targets of the 2030 Agenda
    reference: str = Field(primary_key=True)  # `9(1)`, or `16.2`
    article_code: str | None = None  # the article the reference belongs to, where listed
    relation: Relation = Field(sa_type=words(Relation))
    note: str = ""


class Event(Table, table=True):
    """A date in the life of the plan: an appraisal, a meeting, an adoption."""

    plan_code: str = Field(primary_key=True, foreign_key="plan.code")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    starts: date
    ends: date | None = None
    title: str
    kind: str  # appraisal, meeting, adoption, other
    body: str
    place: str
    source: str
    basis: str


class RelatedPlan(Table, table=True):
    """Another organization's plan in the same field, and where it touches this one."""

    __tablename__ = "related_plan"
    plan_code: str = Field(primary_key=True, foreign_key="plan.code")
    code: str = Field(primary_key=True)
    organization: str
    title: str
    adopted: str
    period: str
    status: str
    objectives: list[str] = Field(sa_type=sa.JSON)
    members: list[str] = Field(sa_type=sa.JSON)
    basis: str
    note: str


class Baseline(Table, table=True):
    """Where a series starts: a rule for every area, or one value. Never edited, only retired."""

    __table_args__ = (sa.Index(None, "indicator_id", "area_id"),)
    id: str = Field(primary_key=True)
    indicator_id: int = Field(foreign_key="indicator.id")
    area_id: int | None = Field(default=None, foreign_key="area.id")  # none: every area
    rule: BaselineRule = Field(sa_type=words(BaselineRule))
    year: int | None = None
    value: Decimal | None = Field(default=None, sa_type=DecimalText)
    note: str = ""
    is_illustrative: bool = False
    recorded_at: datetime = Field(sa_type=Moment)
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class Target(Table, table=True):
    """Where a series is to go, by when, and who says so. Never edited, only retired."""

    __table_args__ = (sa.Index(None, "indicator_id", "area_id"),)
    id: str = Field(primary_key=True)
    indicator_id: int = Field(foreign_key="indicator.id")
    area_id: int | None = Field(default=None, foreign_key="area.id")  # none: each area
    operator: Operator = Field(sa_type=words(Operator))
    value: Decimal = Field(sa_type=DecimalText)
    upper: Decimal | None = Field(default=None, sa_type=DecimalText)  # of a range target
    year: int
    is_interim: bool = False  # a milestone on the way
    status: TargetStatus = Field(sa_type=words(TargetStatus))
    applies_to: str = ""  # in the plan's own words
    note: str = ""
    is_illustrative: bool = False
    recorded_at: datetime = Field(sa_type=Moment)
    retired_at: datetime | None = Field(default=None, sa_type=Moment)
