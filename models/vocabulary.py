"""The words of the field that the record may hold: one list for each, stored as written here."""

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What sort of number, or text, an indicator gives."""

    PERCENTAGE = "percentage"
    RATE = "rate"
    RATIO = "ratio"
    COUNT = "count"
    CURRENCY = "currency"
    ORDINAL = "ordinal"
    BINARY = "binary"
    TEXT = "text"


class Direction(StrEnum):
    """Which way is better; none where a rise can be good or bad (context only)."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class IndicatorType(StrEnum):
    """Structure, process or outcome, after the OHCHR indicator framework."""

    STRUCTURE = "structure"
    PROCESS = "process"
    OUTCOME = "outcome"


class Tier(StrEnum):
    """Core: asked of everyone. Standard: where data exist. Optional: where someone chooses."""

    CORE = "core"
    STANDARD = "standard"
    OPTIONAL = "optional"


class Level(StrEnum):
    """The level at which a value is entered."""

    NATIONAL = "national"
    REGIONAL = "regional"
    GLOBAL = "global"


class EntryMode(StrEnum):
    """Who brings a value: an import from an international source, a coordinator, or a sum."""

    CENTRAL_IMPORT = "central_import"
    COORDINATOR = "coordinator"
    COMPUTED = "computed"


class Frequency(StrEnum):
    """How often a value is asked for."""

    CONTINUOUS = "continuous"
    ANNUAL = "annual"
    EVERY_2_YEARS = "every_2_years"
    EVERY_4_YEARS = "every_4_years"


class Aggregation(StrEnum):
    """How values of States become the value of a region or the world."""

    SHARE_MEETING = "share_meeting"
    MEDIAN = "median"
    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"
    RATIO_OF_SUMS = "ratio_of_sums"
    SUM = "sum"
    RECOMPUTE = "recompute"
    DISTRIBUTION = "distribution"
    DIRECT = "direct"


class BaselineRule(StrEnum):
    """How the baseline of a series is found."""

    STATUS_AT_ADOPTION = "status_at_adoption"
    FIXED_YEAR = "fixed_year"
    FIRST_REPORT = "first_report"
    LATEST_BEFORE_APPRAISAL = "latest_before_appraisal"


class TargetStatus(StrEnum):
    """Who stands behind a target: this project, a State, or an agreed text."""

    PROPOSED = "proposed"
    NATIONAL = "national"
    AGREED = "agreed"


class Operator(StrEnum):
    """How a value is held against a target."""

    AT_LEAST = ">="
    AT_MOST = "<="
    EQUALS = "="
    BETWEEN = "between"


class Approach(StrEnum):
    """How a measure acts (A/64/130, para. 7)."""

    PUNITIVE = "punitive"
    RESTORATIVE = "restorative"
    PREVENTIVE = "preventive"
    ENABLING = "enabling"


class Origin(StrEnum):
    """Whether a text stands in the plan itself, in a treaty, or was added by this project."""

    GPA = "gpa"
    PLAN = "plan"
    TREATY = "treaty"
    SEED = "seed"


class Confidence(StrEnum):
    """How sure we are of a paragraph number."""

    VERIFIED = "verified"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


class ContentBasis(StrEnum):
    """How the content of a measure is known."""

    READ = "read"
    READ_PARTIAL = "read_partial"
    RECALL_HIGH = "recall_high"
    RECALL_MEDIUM = "recall_medium"
    NOT_GPA = "not_gpa"


class AreaKind(StrEnum):
    """What a reference area is."""

    WORLD = "world"
    REGION = "region"
    SUBREGION = "subregion"
    STATE = "state"
    OBSERVER = "observer"
    TERRITORY = "territory"
    GROUP = "group"


class Part(StrEnum):
    """The part an actor has in a measure."""

    LEAD = "lead"
    SUPPORT = "support"


class Relation(StrEnum):
    """How a measure stands to an article or target of another instrument."""

    EQUAL = "equal"
    SUBSET = "subset"
    SUPERSET = "superset"
    INTERSECTS = "intersects"
    RELATED = "related"


class State(StrEnum):
    """Where an observation or a measure update stands on its way into the accepted record."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ENDORSED = "endorsed"  # by a first reviewer, where the plan asks for two
    RETURNED = "returned"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class ObservationStatus(StrEnum):
    """SDMX observation status (CL_OBS_STATUS): what a value is, or why there is none."""

    NORMAL = "A"
    BREAK = "B"
    DEFINITION_DIFFERS = "D"
    ESTIMATED = "E"
    IMPUTED = "I"
    PROVISIONAL = "P"
    LOW_RELIABILITY = "U"
    NOT_AVAILABLE = "L"
    NOT_APPLICABLE = "M"
    SUPPRESSED = "Q"


MISSING: Final = frozenset(
    {
        ObservationStatus.NOT_AVAILABLE,
        ObservationStatus.NOT_APPLICABLE,
        ObservationStatus.SUPPRESSED,
    }
)
"""The states in which an observation honestly says that there is no value."""


class Qualifier(StrEnum):
    """Whether the number stands for itself or bounds the value."""

    EXACT = ""
    BELOW = "<"
    ABOVE = ">"


class Nature(StrEnum):
    """Who produced a figure (SDMX NATURE)."""

    COUNTRY = "C"
    COUNTRY_ADJUSTED = "CA"
    ESTIMATED = "E"
    MODELLED = "M"
    GLOBAL_MONITORING = "G"


class Channel(StrEnum):
    """How a row came into the record."""

    ENTRY = "entry"
    IMPORT = "import"
    API = "api"
    FACT = "fact"
    DEMO = "demo"


class Implementation(StrEnum):
    """How far a measure is carried out in an area."""

    NOT_STARTED = "not_started"
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    BLOCKED = "blocked"
    COMPLETED = "completed"
    DISCONTINUED = "discontinued"
    NOT_APPLICABLE = "not_applicable"


class Role(StrEnum):
    """What a person may do, within the plan and areas of the grant."""

    VIEWER = "viewer"
    COORDINATOR = "coordinator"
    FOCAL_POINT = "focal_point"
    REVIEWER = "reviewer"
    EVALUATOR = "evaluator"
    SECRETARIAT = "secretariat"
    CIVIL_SOCIETY = "civil_society"
    ADMINISTRATOR = "administrator"


class Purpose(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    RESET = "reset"


class Subject(StrEnum):
    """What a step of review is about."""

    OBSERVATION = "observation"
    MEASURE_UPDATE = "measure_update"


class Voice(StrEnum):
    """Who speaks about a value: the State itself, an evaluator, or civil society."""

    STATE = "state"
    EVALUATOR = "evaluator"
    CIVIL_SOCIETY = "civil_society"


class RemarkState(StrEnum):
    """Where a remark stands: shown to the State for its reply, open to all, or taken back."""

    GIVEN = "given"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
