"""Plans as people write them: what a plan file may say, entry by entry.

The words of a field are those of the record (`models`), so that nothing has two names. A line
break inside a text is a space.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from models import (
    PERIOD,
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
    Level,
    ObservationStatus,
    Operator,
    Origin,
    TargetStatus,
    Tier,
)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _whole(text: str) -> str:
    if not text:
        raise ValueError("the text is empty: write it or remove the field")
    return text


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("write a number, without quotation marks")
    return Decimal(value)


def _period(text: str) -> str:
    if PERIOD.fullmatch(text) is None:
        raise ValueError("a period is written 2024, 2024-07, 2024-Q3, 2024-07-30 or 2024/P2Y")
    return text


Text = Annotated[str, AfterValidator(_folded), AfterValidator(_whole)]
Number = Annotated[Decimal, BeforeValidator(_number)]
Integer = Annotated[int, Field(strict=True)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")]
Language = Literal["ar", "en", "es", "fr", "ru", "zh"]
Pillar = Literal["development", "justice", "security", "human_rights"]
Period = Annotated[str, AfterValidator(_period)]
PartialDate = Annotated[str, Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]
Translations = dict[Language, Text]


class Entry(BaseModel):
    """The base of all entries: no field beyond those named, and none changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Purpose(Entry):
    """What the plan is for, in one sentence."""

    key: str
    text: Text
    content_basis: ContentBasis
    content_source: Text


class Appraisal(Entry):
    """A high-level look at the plan as a whole."""

    year: Integer
    starts: date | None = None
    ends: date | None = None
    outcome: Text
    basis: Text


class Source(Entry):
    """Something that was read while the content was compiled."""

    id: Code
    what: Text
    used_for: Text


class Objective(Entry):
    """What the plan wants to reach."""

    code: Code
    position: Integer
    title: Text
    titles: Translations = {}
    description: Text
    section: str = ""
    paras: str = ""
    para_confidence: Confidence
    origin: Origin
    colour: str


class Actor(Entry):
    """Somebody who carries out measures."""

    code: Code
    name: Text
    kind: str


class Instrument(Entry):
    """A treaty, a set of principles or an agenda, with the articles that measures refer to."""

    code: Code
    title: Text
    adopted: PartialDate
    in_force: PartialDate | None = None
    kind: str
    scope: str
    depositary: Text | None = None
    basis: Text
    articles: dict[str, Text]

    def article(self, reference: str) -> str | None:
        """Return the listed article a reference such as `9(1)` belongs to, or none."""
        if reference in self.articles:
            return reference
        head = reference.partition("(")[0]
        return head if head in self.articles else None


class ScaleLevel(Entry):
    """A level of a scale, and when it applies."""

    value: Integer
    label: Text
    meaning: Text


class Scale(Entry):
    """The levels of an ordinal indicator, or a checklist."""

    code: Code
    name: Text
    lowest: Integer
    highest: Integer
    meets: Integer
    criteria: list[Text] = []
    levels: list[ScaleLevel]


class Dimension(Entry):
    """A way to break a figure down."""

    code: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    name: Text
    codes: list[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]] = []
    codes_from: Literal["instruments"] | None = None


class Measure(Entry):
    """What somebody is to do for an objective."""

    code: Annotated[str, Field(pattern=r"^[A-Z]+\.[1-9]\d*$")]
    title: Text
    titles: Translations = {}
    description: Text
    paras: str = ""
    para_confidence: Confidence
    content_basis: ContentBasis
    content_source: Text
    founding_paras: list[str] = []
    origin: Origin
    approach: Approach
    dimensions: list[Pillar]
    lead: list[Code] = []
    support: list[Code] = []
    crosswalk: dict[Code, list[str]] = {}

    @property
    def objective(self) -> str:
        """The code of the objective: what stands before the number."""
        return self.code.partition(".")[0]


class Baseline(Entry):
    """How the starting point of a series is found."""

    rule: BaselineRule
    year: Integer | None = None
    note: Text | None = None


class Target(Entry):
    """Where a series is to go; without a value where the agreed text names none."""

    operator: Operator
    value: Number | None = None
    upper: Number | None = None
    year: Integer
    applies_to: Text
    status: TargetStatus
    note: Text | None = None


class Meets(Entry):
    """When a State counts as meeting the target in a share of States."""

    operator: Operator
    value: Number


class Aggregate(Entry):
    """How values of States become the value of a region and of the world."""

    region: Aggregation
    world: Aggregation
    weight: str | None = None
    min_coverage: float = Field(default=0, ge=0, le=1)
    note: Text | None = None


class Indicator(Entry):
    """What is measured, how, and with which caveat."""

    code: Annotated[str, Field(pattern=r"^[A-Z]+(\.[1-9]\d*){2}$")]
    name: Text
    names: Translations = {}
    definition: Text
    measures: Annotated[list[str], Field(min_length=1)]
    tier: Tier
    type: IndicatorType
    kind: Kind
    unit: Text
    scale: Code | None = None
    direction: Direction
    direction_note: Text | None = None
    scores_progress: StrictBool = True
    numerator: Text | None = None
    denominator: Text | None = None
    disaggregations: list[str] = []
    lower: Number | None = None
    upper: Number | None = None
    step: Number | None = None
    is_integer: StrictBool = False
    numerator_within_denominator: StrictBool = False
    levels: Annotated[list[Level], Field(min_length=1)]
    entry_mode: EntryMode
    frequency: Frequency
    baseline: Baseline
    target: Target | None = None
    meets: Meets | None = None
    aggregation: Aggregate
    source: Text
    custodian: Text
    source_alternatives: list[Text] = []
    sdg_indicator: str | None = None
    human_rights_caveat: Text
    min_cell: Annotated[int, Field(strict=True, ge=0)] = 0

    @property
    def objective(self) -> str:
        """The code of the objective: what stands before the first number."""
        return self.code.partition(".")[0]

    @property
    def is_sensitive(self) -> bool:
        """Whether small counts are suppressed in public."""
        return self.min_cell > 0


class KnownValue(Entry):
    """A figure that is already known: a value of the indicator, or one only shown beside it."""

    indicator: str
    area: str
    use: Literal["observation", "reference"]
    series: str | None = None
    period: str
    period_text: str | None = None  # as the source words it
    value: Number
    status: ObservationStatus = ObservationStatus.NORMAL
    source: Text
    basis: Literal["read", "recall"]
    note: Text | None = None


class Event(Entry):
    """A date in the life of the plan."""

    starts: date
    ends: date | None = None
    title: Text
    kind: Literal["appraisal", "meeting", "adoption", "other"]
    body: Code
    place: Text | None = None
    source: Text
    basis: Text


class Recurring(Entry):
    """What comes again every year or so."""

    what: Text
    when: Text
    basis: Text


class RelatedPlan(Entry):
    """Another organization's plan in the same field."""

    code: Code
    organization: Text
    title: Text
    adopted: PartialDate
    period: str | None = None
    status: Text
    ship_as: Literal["plan", "crosswalk"]
    crosswalk_to: list[Code]
    members: list[str] = []
    members_count: Integer | None = None
    membership_source: Text
    membership_basis: Text
    basis: Text
    note: Text | None = None


class Grouping(Entry):
    """A way to group countries that readers of the plan use."""

    code: Code
    name: Text
    kind: Text
    members: Text | None = None
    source: Text
    use: Text


class Plan(Entry):
    """A plan as its folder says it. Lists are in the order of objectives and numbers."""

    schema_version: Literal[1]
    code: Code
    compiled: date  # names the edition
    language: Language
    document: Text
    status: Text
    licence_note: Text
    scope: str  # code of the area the plan is for
    review_levels: Literal[1, 2] = 1
    notices: list[Text]
    title: Text
    short_title: Text
    titles: Translations
    titles_basis: dict[Language, str] = {}
    symbol: str
    annex: StrictBool = False
    adopted: date
    adopted_how: Text | None = None
    adopted_by: Text
    published: date | None = None
    launched: date | None = None
    agenda_item: Text | None = None
    legal_nature: Text
    languages: list[Language] = []
    paragraphs_total: Integer | None = None
    paragraphs_total_confidence: Confidence | None = None
    mandate_chain: list[Text] = []
    purposes: list[Purpose] = []
    appraisals: list[Appraisal] = []
    sources: list[Source] = []
    vocabulary: dict[str, dict[str, Text]] = {}
    objectives: list[Objective]
    measures: list[Measure]
    actors: list[Actor] = []
    instruments: list[Instrument] = []
    scales: list[Scale] = []
    dimensions: list[Dimension] = []
    indicators: list[Indicator] = []
    known_values: list[KnownValue] = []
    events: list[Event] = []
    recurring: list[Recurring] = []
    related_plans: list[RelatedPlan] = []
    groupings: list[Grouping] = []

    def note_of(self, indicator: Indicator) -> str:
        """Return the note on an indicator's aggregation: its own, or that of the rule."""
        notes = self.vocabulary.get("aggregation_notes", {})
        return indicator.aggregation.note or notes.get(indicator.aggregation.region, "")

    def baseline_note_of(self, indicator: Indicator) -> str:
        """Return the note on an indicator's baseline: its own, or that of the rule."""
        notes = self.vocabulary.get("baseline_notes", {})
        return indicator.baseline.note or notes.get(indicator.baseline.rule, "")
