"""The shapes of questions and answers, as OpenAPI describes them and tests hold answers against."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from dashboard import progress
from dashboard.services import briefs, search
from models import CELL, TOTAL, AreaKind, State

Row = TypeVar("Row")


def one_of(words: Sequence[str]) -> Callable[[str], str]:
    """Return a check that a word is one of these."""

    def check(word: str) -> str:
        if word not in words:
            raise ValueError(f"{word!r} is none of {', '.join(words)}")
        return word

    return check


Many = Annotated[list[str], Field(default_factory=list)]
MOMENT: Any = [{"type": "string", "format": form} for form in ("date", "date-time")]
AsOf = Annotated[
    str | None,
    Field(
        description="A day, `2026-03-01` (its end, in UTC), or a moment, `2026-03-01T12:00:00Z`: "
        "answer as the record was known then",
        json_schema_extra=lambda schema: schema.update(anyOf=MOMENT),
    ),
]
Fields = Annotated[
    str, Field(max_length=500, description="Names of columns, divided by commas; else all")
]
Cells = Annotated[
    list[Annotated[str, Field(pattern=f"^({CELL.pattern})$")]],
    Field(default_factory=list, description="`_T` for totals, or `sex=female;age=child_0_17`"),
]
Method = Annotated[
    str,
    AfterValidator(one_of(briefs.methods())),
    Field(
        description="`linear`, or a method and its preset, such as `cagr:eurostat`",
        json_schema_extra={"enum": [*briefs.methods()]},
    ),
]
Status = Annotated[
    str,
    AfterValidator(one_of(progress.STATUSES)),
    Field(json_schema_extra={"enum": [*progress.STATUSES]}),
]
Found = Annotated[
    str, AfterValidator(one_of(search.KINDS)), Field(json_schema_extra={"enum": [*search.KINDS]})
]


class Question(BaseModel):
    """The base of all filters: a filter that does not exist is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class AsKnown(Question):
    """Answer as of a moment."""

    as_of: AsOf = None


class Columns(Question):
    """Answer with some columns alone."""

    fields: Fields = ""


class Pages(Columns):
    """Answer page by page."""

    cursor: Annotated[str, Field(max_length=500, description="`next` of the page before")] = ""
    limit: Annotated[int, Field(ge=1, le=5000, description="Rows a page")] = 500


class Shown(AsKnown, Columns):
    """Answer with some columns, as of a moment."""


class Paged(AsKnown, Pages):
    """Answer page by page, as of a moment."""


class PlanAsked(Paged):
    """Filters shared by what stands in a plan."""

    plan: Annotated[str, Field(description="Code of the plan")]
    indicator: Many
    year: Annotated[int | None, Field(ge=1900, le=2200)] = None


class ObservationsAsked(PlanAsked):
    """Filters of observations."""

    area: Many
    cell: Cells
    from_year: Annotated[int | None, Field(ge=1900, le=2200)] = None
    to_year: Annotated[int | None, Field(ge=1900, le=2200)] = None


class ProgressAsked(Paged):
    """Filters of progress."""

    plan: Annotated[str, Field(description="Code of the plan")]
    indicator: Many
    area: Many
    status: Annotated[list[Status], Field(default_factory=list)]
    method: Method = progress.DEFAULT
    why: Annotated[
        bool, Field(description="Say in sentences how each status came about; at most 200 rows")
    ] = False


class AggregatesAsked(PlanAsked):
    """Filters of aggregates."""

    group: Annotated[list[str], Field(default_factory=list, description="Region, group or world")]


class AreasAsked(Shown):
    """Filters of areas."""

    kind: Annotated[list[AreaKind], Field(default_factory=list)]
    area: Annotated[list[str], Field(default_factory=list, description="Code of an area")]


class SnapshotsAsked(Shown):
    """Filters of snapshots."""

    plan: str | None = None


class SearchAsked(Columns):
    """What is looked for."""

    q: Annotated[str, Field(min_length=1, max_length=200, description="Words, in any language")]
    plan: Annotated[str | None, Field(description="Look into this plan too")] = None
    kind: Annotated[list[Found], Field(default_factory=list)]
    limit: Annotated[int, Field(ge=1, le=200, description="How many at most")] = 20


class ReportsAsked(Pages):
    """Filters of one's own reports."""

    plan: Annotated[str, Field(description="Code of the plan")]
    state: Annotated[
        list[State],
        Field(default_factory=list, description="Where in review; else wherever they stand"),
    ]


class HistoryAsked(Shown):
    """Which series' history is asked for."""

    plan: Annotated[str, Field(description="Code of the plan")]
    area: str
    indicator: str
    cell: Annotated[str, Field(pattern=f"^({CELL.pattern})$", description="`_T` for totals")] = (
        TOTAL
    )


class LicenceShape(BaseModel):
    """Under which terms the data may be used."""

    name: str
    title: str
    path: str


class Meta(BaseModel):
    """What goes along with every answer."""

    plan: str | None
    as_of: str | None = Field(description="Null where the answer is of now")
    version: int = Field(description="Grows with every change that a reader can see")
    is_illustrative: bool = Field(description="Generated figures are among the data")
    notice: str | None
    notices: list[str] = Field(description="What every reader of the plan must be told")
    source: str
    licence: LicenceShape
    software: str


class Envelope(BaseModel, Generic[Row]):
    """An answer."""

    meta: Meta
    data: Row
    next: str | None = Field(description="Cursor of the next page; null on the last")


class PlanRow(BaseModel):
    """A plan."""

    plan: str
    title: str
    short_title: str
    symbol: str
    adopted: str
    adopted_by: str
    legal_nature: str
    edition: str
    notices: list[str]
    is_illustrative: bool


class ObjectiveRow(BaseModel):
    """An objective."""

    objective: str
    title: str
    description: str
    section: str
    paras: str
    para_confidence: str
    origin: str


class MeasureRow(BaseModel):
    """An operational measure."""

    measure: str
    objective: str
    title: str
    description: str
    paras: str
    para_confidence: str
    content_basis: str
    approach: str
    dimensions: list[str]
    origin: str
    lead: list[str]
    support: list[str]
    indicators: list[str]


class IndicatorRow(BaseModel):
    """An indicator."""

    indicator: str
    objective: str
    measures: list[str]
    name: str
    definition: str
    unit: str
    kind: str
    direction: str
    type: str
    tier: str
    aggregation: str
    aggregation_global: str
    min_coverage: float
    lower: float | None
    upper: float | None
    source: str
    custodian: str
    sdg_indicator: str
    human_rights_caveat: str
    scores_progress: bool


class AreaRow(BaseModel):
    """A reference area."""

    area: str
    m49: str
    iso2: str
    iso3: str
    kind: str
    name: str
    names: dict[str, str]
    region: str
    subregion: str
    is_member: bool


class ObservationRow(BaseModel):
    """An accepted observation."""

    area: str
    m49: str
    indicator: str
    cell: str
    period: str
    year: int
    value: float | None = Field(description="Null where there is none: `status` says why")
    exact: str | None = Field(description="The value as the decimal text that was reported")
    qualifier: str
    status: str = Field(description="SDMX observation status")
    text: str
    missing_reason: str
    numerator: str | None
    denominator: str | None
    nature: str
    source: str
    source_date: str | None
    evidence: str
    note: str
    accepted_at: str
    ref: str
    is_illustrative: bool


class ProgressRow(BaseModel):
    """The progress of a series."""

    area: str
    indicator: str
    status: str
    base_year: float | None
    base: float | None
    year: float | None
    value: float | None
    target_year: float | None
    target: float | None
    share: float | None
    elapsed: float | None
    pace: float | None
    actual_rate: float | None
    required_rate: float | None
    needed_rate: float | None
    reached: float | None
    n_obs: int
    flags: list[str]
    method: str
    assessed: int
    why: str | None


class AggregateRow(BaseModel):
    """A figure of a region, a group or the world, and who stands behind it."""

    group: str
    indicator: str
    year: int
    rule: str
    value: float | None = Field(description="Null where too few States report")
    n: int = Field(description="States that report")
    states: int = Field(description="States that belong to the group")
    coverage: float | None
    weight_coverage: float | None
    low: float | None
    high: float | None
    is_publishable: bool
    missing: list[str] = Field(description="States that do not report")


class SnapshotRow(BaseModel):
    """A snapshot."""

    id: str
    plan: str
    name: str
    as_of: str
    taken_at: str
    file_name: str
    address: str
    sha256: str
    bytes: int
    observations: int
    is_illustrative: bool


class HealthRow(BaseModel):
    """Whether the installation answers."""

    status: str
    version: int


class HitRow(BaseModel):
    """Something that was found."""

    kind: str
    code: str
    title: str
    detail: str
    page: str = Field(description="The page that shows it")
    choices: dict[str, str] = Field(description="What to choose on that page")


class ReportRow(BaseModel):
    """A report of one's own, and where it stands."""

    ref: str
    subject: str = Field(description="`observation` or `measure_update`")
    area: str
    about: str = Field(description="Code of the indicator or measure")
    title: str
    period: str
    cell: str
    value: float | None
    state: str
    at: str = Field(description="When it came to stand there")
    note: str = Field(description="What was said with the last step")


class StepRow(BaseModel):
    """A step of an observation on its way."""

    ref: str
    period: str
    value: float | None
    text: str
    qualifier: str
    status: str
    missing_reason: str
    source: str
    evidence: str
    note: str
    is_illustrative: bool
    before: str | None
    after: str
    by: str = Field(description="A pseudonym, for those who report, review or evaluate there")
    at: str
    step_note: str


class RecordedRow(BaseModel):
    """A row that was recorded, and what it is about."""

    ref: str
    area: str
    about: str = Field(description="Code of the indicator or measure")
    period: str
    cell: str


class Sent(BaseModel):
    """What became of what was sent."""

    plan: str
    state: str = Field(description="`submitted`: it waits for review and does not count yet")
    recorded: list[RecordedRow]
    unchanged: int = Field(description="Rows that say what the record says already")


class Withdrawn(BaseModel):
    """A report that was taken back."""

    plan: str
    ref: str
    state: str


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    faults: list[dict[str, str]] = []
