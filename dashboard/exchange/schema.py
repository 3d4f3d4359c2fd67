"""The tables of a snapshot: their columns, keys and references, in the order of the file.

Both sides read this one list: what is written follows it, and the descriptor in the file says it to
whoever reads. Columns are only added, at the end, and then `FORMAT_VERSION` grows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.exchange.canonical import Field
from dashboard.exchange.codelists import CODE_LISTS

FORMAT_VERSION: Final = "1"
PROFILE: Final = "https://datapackage.org/profiles/2.0/"
M49: Final = "^[0-9]{3}$"
PERIOD: Final = (
    "^(19|20)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?|-Q[1-4]|-S[12]|/P[1-9]Y)?$"
)
CELL: Final = "^(_T|[a-z_]+=[a-z0-9_]+(;[a-z_]+=[a-z0-9_]+)*)$"
HASH: Final = "^[0-9a-f]{64}$"


@dataclass(frozen=True)
class Reference:
    """Columns whose values stand in another table."""

    columns: tuple[str, ...]
    resource: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Resource:
    """A table of the snapshot."""

    name: str
    title: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()

    @property
    def path(self) -> str:
        """Where the table lies in the file."""
        return f"data/{self.name}.csv"


def text(name: str, says: str = "", **rules: Any) -> Field:
    """Return a column of text."""
    return Field(name, "string", says, **rules)


def code(name: str, says: str = "", *, pattern: str = "") -> Field:
    """Return a column of codes that is never empty."""
    return Field(name, "string", says, required=True, pattern=pattern)


def listed(name: str, codes: str, says: str = "", *, required: bool = True) -> Field:
    """Return a column whose values stand in a code list."""
    return Field(name, "string", says, required=required, codes=codes)


def number(name: str, says: str = "", **rules: Any) -> Field:
    """Return a column of decimal numbers."""
    return Field(name, "number", says, **rules)


def whole(name: str, says: str = "", **rules: Any) -> Field:
    """Return a column of whole numbers."""
    return Field(name, "integer", says, **rules)


def truth(name: str, says: str = "") -> Field:
    """Return a column of true and false, never empty."""
    return Field(name, "boolean", says, required=True)


def day(name: str, says: str = "", *, required: bool = False) -> Field:
    """Return a column of days."""
    return Field(name, "date", says, required=required)


def instant(name: str, says: str = "", *, required: bool = False) -> Field:
    """Return a column of moments in UTC."""
    return Field(name, "datetime", says, required=required)


def to(resource: str, field: str, column: str = "") -> Reference:
    """Return a reference of one column to the key of another table."""
    return Reference((column or field,), resource, (field,))


ILLUSTRATIVE: Final = truth("is_illustrative", "Generated for demonstration, not reported")
AREA: Final = code("area", "ISO alpha-3 code of a State, else our code of the region or group")
AREA_M49: Final = text("m49", "M49 code: three digits, kept as text", pattern=M49)
INDICATOR: Final = code("indicator", "Code of the indicator in the plan")
PERIOD_FIELD: Final = code("period", "SDMX time period the figure is about", pattern=PERIOD)
CELL_FIELD: Final = code("cell", "_T for the total, else the disaggregation", pattern=CELL)

CONTENT: Final = (
    number("value", "The figure in the unit of the indicator; empty where there is none"),
    text("text", "What is reported in words, for indicators that have no figure"),
    listed("qualifier", "qualifier", "Whether the figure only bounds the value", required=False),
    listed("status", "observation_status", "What the figure is, or why there is none"),
    text("missing_reason", "Why there is no figure, in the words of who reports"),
    number("numerator"),
    number("denominator"),
    listed("nature", "nature", "Who produced the figure"),
    text("source", "Where the figure comes from"),
    day("source_date"),
    text("evidence", "Address of the evidence"),
    text("note", "Public note"),
)
"""What an observation says, after its key."""

_PLAN = Resource(
    "plan",
    "The plan",
    (
        code("plan"),
        text("title", required=True),
        text("short_title"),
        text("symbol", "Document symbol"),
        day("adopted", required=True),
        text("adopted_by"),
        text("legal_nature"),
        text("edition", "Edition of its content in the record"),
    ),
    ("plan",),
)
_OBJECTIVES = Resource(
    "objectives",
    "Objectives",
    (
        code("objective"),
        whole("position", required=True),
        text("title", required=True),
        text("description"),
        text("section"),
        text("paras", "Paragraphs of the plan"),
        listed("para_confidence", "confidence"),
        listed("origin", "origin"),
    ),
    ("objective",),
)
_MEASURES = Resource(
    "measures",
    "Operational measures",
    (
        code("measure"),
        code("objective"),
        whole("position", required=True),
        text("title", required=True),
        text("description"),
        text("paras", "Paragraphs of the plan"),
        listed("para_confidence", "confidence"),
        listed("content_basis", "content_basis"),
        text("content_source"),
        listed("approach", "approach"),
        text("dimensions", "Dimensions, divided by a space"),
        listed("origin", "origin"),
    ),
    ("measure",),
    (to("objectives", "objective"),),
)
_SCALES = Resource(
    "scales",
    "Scales of ordinal indicators",
    (
        code("scale"),
        text("name", required=True),
        whole("lowest", required=True),
        whole("highest", required=True),
        whole("meets", "Level from which the target is met", required=True),
    ),
    ("scale",),
)
_LEVELS = Resource(
    "scale_levels",
    "Levels of the scales",
    (code("scale"), whole("value", required=True), text("label", required=True), text("meaning")),
    ("scale", "value"),
    (to("scales", "scale"),),
)
_DIMENSIONS = Resource(
    "dimensions",
    "Dimensions of disaggregation and their codes",
    (code("dimension"), code("code"), text("name"), whole("position", required=True)),
    ("dimension", "code"),
)
_INDICATORS = Resource(
    "indicators",
    "Indicators",
    (
        INDICATOR,
        code("objective"),
        text("measure", "Measure it shows first"),
        whole("position", required=True),
        text("name", required=True),
        text("definition"),
        text("unit"),
        listed("kind", "kind"),
        whole(
            "direction",
            "1 a rise is better, -1 a fall is better, 0 context only",
            required=True,
            least=-1,
            most=1,
        ),
        text("direction_note"),
        listed("type", "indicator_type"),
        listed("tier", "tier"),
        text("scale"),
        text("numerator"),
        text("denominator"),
        number("lower", "Natural lower limit"),
        number("upper", "Natural upper limit"),
        listed("meets_op", "operator", "How a State is held to meet", required=False),
        number("meets_value"),
        listed("aggregation", "aggregation", "From States to a region"),
        listed("aggregation_global", "aggregation", "From States to the world"),
        text("weight", "Name of the weight in a weighted mean"),
        number(
            "min_coverage",
            "Share of States below which no aggregate is published",
            required=True,
            least=0,
            most=1,
        ),
        text("aggregation_note"),
        truth("national", "Whether States report it"),
        whole(
            "min_cell",
            "Smallest count that is shown; 0 where nothing is suppressed",
            required=True,
            least=0,
        ),
        text("source"),
        text("custodian"),
        text("sdg_indicator"),
        text("human_rights_caveat"),
    ),
    ("indicator",),
    (to("objectives", "objective"), to("measures", "measure"), to("scales", "scale")),
)
_MEASURE_INDICATORS = Resource(
    "measure_indicators",
    "Which indicators show which measure",
    (code("measure"), INDICATOR, truth("is_primary")),
    ("measure", "indicator"),
    (to("measures", "measure"), to("indicators", "indicator")),
)
_AREAS = Resource(
    "areas",
    "Reference areas",
    (
        AREA,
        AREA_M49,
        text("iso2", pattern="^[A-Z]{2}$"),
        text("iso3", pattern="^[A-Z]{3}$"),
        listed("kind", "area_kind"),
        text("name", required=True),
        text("name_ar"),
        text("name_es"),
        text("name_fr"),
        text("name_ru"),
        text("name_zh"),
        text("region", "Code of the M49 region"),
        text("subregion", "Code of the M49 subregion"),
        truth("is_member", "Member State of the United Nations"),
        whole("column", "Place in the tile grid, -1 where it has none", required=True),
        whole("row", required=True),
    ),
    ("area",),
    (to("areas", "area", "region"), to("areas", "area", "subregion")),
)
_MEMBERSHIPS = Resource(
    "memberships",
    "Who belonged to which group when",
    (
        code("group"),
        code("area"),
        day("since", "First day; empty where always"),
        day("until", "Day it ended; empty where it has not"),
        text("basis"),
    ),
    ("group", "area", "since"),
    (to("areas", "area", "group"), to("areas", "area")),
)
_WEIGHTS = Resource(
    "weights",
    "Weights of areas in weighted means",
    (
        code("weight"),
        code("area"),
        whole("year", required=True),
        number("value", required=True),
        text("source"),
    ),
    ("weight", "area", "year"),
    (to("areas", "area"),),
)
_BASELINES = Resource(
    "baselines",
    "Baselines",
    (
        code("baseline", "Key of the baseline in the record"),
        INDICATOR,
        text("area", "Empty where the rule holds for every area"),
        listed("rule", "baseline_rule"),
        whole("year"),
        number("value", "Empty where the series gives it"),
        text("note"),
        ILLUSTRATIVE,
        instant("recorded_at", required=True),
    ),
    ("baseline",),
    (to("indicators", "indicator"), to("areas", "area")),
)
_TARGETS = Resource(
    "targets",
    "Targets and milestones",
    (
        code("target", "Key of the target in the record"),
        INDICATOR,
        text("area", "Empty where the target holds for each area"),
        listed("operator", "operator"),
        number("value", required=True),
        number("upper", "Upper bound of a range"),
        whole("year", required=True),
        truth("is_interim", "A milestone on the way"),
        listed("status", "target_status", "Who stands behind it"),
        text("applies_to"),
        text("note"),
        ILLUSTRATIVE,
        instant("recorded_at", required=True),
    ),
    ("target",),
    (to("indicators", "indicator"), to("areas", "area")),
)
_OBSERVATIONS = Resource(
    "observations",
    "Accepted observations as of the snapshot",
    (
        AREA,
        AREA_M49,
        INDICATOR,
        CELL_FIELD,
        PERIOD_FIELD,
        whole("year", "Reference year: the first of a longer period", required=True),
        *CONTENT,
        whole("revision", "Number of the revision in the record of its area", required=True),
        instant("accepted_at", required=True),
        ILLUSTRATIVE,
    ),
    ("area", "indicator", "cell", "period"),
    (
        to("areas", "area"),
        to("indicators", "indicator"),
        Reference(("area", "revision"), "revisions", ("area", "revision")),
    ),
)
_REVISIONS = Resource(
    "revisions",
    "Every observation that was ever the accepted one, with its span",
    (
        AREA,
        whole("revision", "Number in the record of its area", required=True),
        INDICATOR,
        CELL_FIELD,
        PERIOD_FIELD,
        whole("year", required=True),
        *CONTENT,
        whole("revises", "Revision of the same area that it corrects"),
        instant("recorded_at", required=True),
        instant("accepted_at", required=True),
        instant("ended_at", "Empty where it is still the accepted one"),
        listed("ended", "ended", "Why it is no longer the accepted one", required=False),
        ILLUSTRATIVE,
    ),
    ("area", "revision"),
    (to("areas", "area"), to("indicators", "indicator")),
)
_STATUSES = Resource(
    "statuses",
    "Progress of each series, with the method that judged it",
    (
        AREA,
        INDICATOR,
        code("method"),
        text("preset"),
        code("engine", "Version of the arithmetic that computed it"),
        whole("assessed", "Year of assessment", required=True),
        listed("status", "progress_status"),
        whole("base_year"),
        number("base"),
        whole("year", "Year of the latest usable value"),
        number("value"),
        whole("target_year"),
        number("target"),
        number("share", "Share of the road from baseline to target, not capped"),
        number("elapsed", "Share of the time gone"),
        number("pace", "Actual over required rate"),
        number("actual_rate", "Unit of the indicator a year"),
        number("required_rate"),
        number("needed_rate", "From the latest value to the target"),
        number("reached", "Year in which the target is met at this pace"),
        whole("n_obs", "Usable values", required=True, least=0),
        text("flags", "Words divided by a space; see the code list progress_flag"),
    ),
    ("area", "indicator", "method", "preset"),
    (to("areas", "area"), to("indicators", "indicator")),
)
_AGGREGATES = Resource(
    "aggregates",
    "Regions, groups and the world: each figure with how many States stand behind it",
    (
        code("group", "Code of the region, the group or the world"),
        INDICATOR,
        whole("year", required=True),
        listed("rule", "aggregation", "How the figure follows from those of the States"),
        number("value", "Empty where too few report; a share of States is a fraction"),
        whole("n", "States that report", required=True, least=0),
        whole("states", "States that belong to the group", required=True, least=0),
        number("coverage", "n over states; empty for a figure reported for the group itself"),
        number("weight_coverage", "Share of the weight that reports"),
        number("low", "What the figure could be at least, had all reported"),
        number("high", "What it could be at most"),
        truth("is_publishable", "Whether enough States, and enough weight, report"),
    ),
    ("group", "indicator", "year"),
    (to("areas", "area", "group"), to("indicators", "indicator")),
)
_UPDATES = Resource(
    "measure_updates",
    "Accepted reports on the implementation of measures",
    (
        AREA,
        AREA_M49,
        whole("update", "Number in the record of its area", required=True),
        code("measure"),
        day("as_at", required=True),
        listed("implementation", "implementation"),
        text("milestone"),
        day("milestone_due"),
        text("blocker"),
        text("next_step"),
        text("weakness"),
        text("gap"),
        text("challenge"),
        text("resources", "What the measure takes, and who gives it"),
        number("resources_needed", "Amount that it takes, in the currency named", least=0),
        number("resources_committed", "Amount that is committed to it", least=0),
        text("currency", "ISO 4217 code of the amounts"),
        text("source"),
        text("evidence"),
        instant("accepted_at", required=True),
        ILLUSTRATIVE,
    ),
    ("area", "update"),
    (to("areas", "area"), to("measures", "measure")),
)
_CHAINS = Resource(
    "chains",
    "Where each chain of the audit trail stood",
    (
        code("chain", "Area whose chain it is; SYSTEM for what belongs to no area"),
        whole("events", "Number of events in the chain", required=True, least=1),
        code("head", "SHA-256 of its last event", pattern=HASH),
    ),
    ("chain",),
)

RESOURCES: Final[Mapping[str, Resource]] = {
    resource.name: resource
    for resource in (
        _PLAN,
        _OBJECTIVES,
        _MEASURES,
        _MEASURE_INDICATORS,
        _INDICATORS,
        _SCALES,
        _LEVELS,
        _DIMENSIONS,
        _AREAS,
        _MEMBERSHIPS,
        _WEIGHTS,
        _BASELINES,
        _TARGETS,
        _OBSERVATIONS,
        _REVISIONS,
        _STATUSES,
        _AGGREGATES,
        _UPDATES,
        _CHAINS,
    )
}


def descriptor(resource: Resource) -> dict[str, Any]:
    """Return the Table Schema of a resource, as it stands in `datapackage.json`."""
    found: dict[str, Any] = {
        "fields": [_field(field, resource) for field in resource.fields],
        "missingValues": [""],
        "primaryKey": list(resource.key),
    }
    if resource.references:
        found["foreignKeys"] = [_reference(one, resource) for one in resource.references]
    return found


def _field(field: Field, resource: Resource) -> dict[str, Any]:
    found: dict[str, Any] = {"name": field.name, "type": field.type}
    if field.says:
        found["description"] = field.says
    rules: dict[str, Any] = {}
    if field.required:
        rules["required"] = True
    if field.pattern:
        rules["pattern"] = field.pattern
    if field.codes:
        rules["enum"] = list(CODE_LISTS[field.codes])
    if field.least is not None:
        rules["minimum"] = field.least
    if field.most is not None:
        rules["maximum"] = field.most
    if rules:
        found["constraints"] = rules
    return found


def _reference(one: Reference, resource: Resource) -> dict[str, Any]:
    # The standard writes the table itself as an empty name.
    target = "" if one.resource == resource.name else one.resource
    return {
        "fields": list(one.columns),
        "reference": {"resource": target, "fields": list(one.fields)},
    }
