"""What a plan is in SDMX: its dimensions, attributes, code lists, flows and categories.

The key has the dimensions of the structure of the Sustainable Development Goals, in its order, so
that whoever reads those figures reads ours. Nothing here knows where the plan is kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dashboard.exchange import codelists

TOTAL: Final = "_T"
KEY: Final = (
    *("FREQ", "REPORTING_TYPE", "SERIES", "REF_AREA", "SEX", "AGE", "URBANISATION"),
    *("INCOME_WEALTH_QUANTILE", "EDUCATION_LEV", "OCCUPATION", "CUST_BREAKDOWN"),
    *("COMPOSITE_BREAKDOWN", "DISABILITY_STATUS", "ACTIVITY", "PRODUCT"),
)
"""The dimensions of the key but time, in order."""
TIME: Final = "TIME_PERIOD"
MEASURE: Final = "OBS_VALUE"
SERIES_ATTRIBUTES: Final = ("UNIT_MEASURE",)
CODED: Final = ("UNIT_MULT", "OBS_STATUS", "NATURE", "OBS_QUALIFIER")
UNCODED: Final = (
    *("UPPER_BOUND", "TIME_DETAIL", "SOURCE_DETAIL", "COMMENT_OBS", "DATA_LAST_UPDATE"),
    "ILLUSTRATIVE",
)
ATTRIBUTES: Final = (*SERIES_ATTRIBUTES, *CODED, *UNCODED)
NEEDED: Final = frozenset({"UNIT_MEASURE", "OBS_STATUS"})
"""Attributes that every series or observation has."""
BREAKDOWNS: Final[Mapping[str, str]] = {
    "sex": "SEX",
    "age": "AGE",
    "form": "COMPOSITE_BREAKDOWN",
    "disability": "DISABILITY_STATUS",
    "sector": "ACTIVITY",
    "profession": "OCCUPATION",
}
"""Which dimension of the key a breakdown of ours is; all others share CUST_BREAKDOWN."""
CUSTOM: Final = "CUST_BREAKDOWN"
OUR_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "sex": {"female": "F", "male": "M", "other_or_not_stated": "_O"},
    "age": {"child_0_17": "Y0T17", "adult_18_plus": "Y_GE18", "unknown": "_U"},
}
QUALIFIERS: Final = {"<": "LT", ">": "GT", ">=": "GE", "<=": "LE", "=": "EQ", "between": "IN"}
SHARED: Final = frozenset(
    {"FREQ", "REPORTING_TYPE", "REF_AREA", "UNIT_MULT", "OBS_STATUS", "NATURE", "OBS_QUALIFIER"}
)
"""Components whose code list is the same in every plan."""
LISTED: Final = (*KEY, *SERIES_ATTRIBUTES, *CODED)
"""Components that have a code list."""
CONCEPTS: Final[Mapping[str, str]] = {
    "FREQ": "Frequency",
    "REPORTING_TYPE": "Reporting type",
    "SERIES": "Indicator",
    "REF_AREA": "Reference area",
    "SEX": "Sex",
    "AGE": "Age",
    "URBANISATION": "Degree of urbanisation",
    "INCOME_WEALTH_QUANTILE": "Income or wealth quantile",
    "EDUCATION_LEV": "Education level",
    "OCCUPATION": "Occupation",
    "CUST_BREAKDOWN": "Custom breakdown",
    "COMPOSITE_BREAKDOWN": "Composite breakdown",
    "DISABILITY_STATUS": "Disability status",
    "ACTIVITY": "Economic activity",
    "PRODUCT": "Product",
    "TIME_PERIOD": "Time period",
    "OBS_VALUE": "Observation value",
    "UNIT_MEASURE": "Unit of measure",
    "UNIT_MULT": "Unit multiplier",
    "OBS_STATUS": "Observation status",
    "NATURE": "Nature of the data point",
    "OBS_QUALIFIER": "Whether the value is a bound",
    "UPPER_BOUND": "Upper bound of a range",
    "TIME_DETAIL": "Period as reported",
    "SOURCE_DETAIL": "Source",
    "COMMENT_OBS": "Comment on the observation, or why there is no value",
    "DATA_LAST_UPDATE": "When the record accepted it",
    "ILLUSTRATIVE": "Whether it was generated for demonstration",
}
FREQUENCIES: Final = {
    "A": "Annual",
    "S": "Half-yearly",
    "Q": "Quarterly",
    "M": "Monthly",
    "D": "Daily",
    **{f"A{years}": f"Every {years} years" for years in range(2, 10)},
}
REPORTING: Final = {"N": "National", "R": "Regional", "G": "Global"}
UNITS: Final = {"percentage": "PERCENT", "count": "NUMBER", "ratio": "RATIO", "ordinal": "LEVEL"}
BOUNDS: Final = {
    "LT": "Below the value",
    "GT": "Above the value",
    "GE": "At least the value",
    "LE": "At most the value",
    "EQ": "The value itself",
    "IN": "Between the value and UPPER_BOUND",
}
EACH: Final = "EACH"
"""The reference area of a target that holds for each area by itself."""
LANGUAGES: Final = ("en", "ar", "es", "fr", "ru", "zh")


@dataclass(frozen=True)
class Code:
    """A code: what it is called in each language, and what stands above it."""

    id: str
    names: Mapping[str, str]
    parent: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)  # annotations by their type


@dataclass(frozen=True)
class Category:
    """A place in the plan: an objective, a measure or an indicator, and what lies below."""

    id: str
    names: Mapping[str, str]
    below: tuple["Category", ...] = ()


@dataclass(frozen=True)
class Flow:
    """A flow of figures: reported ones, targets or baselines."""

    id: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Area:
    """What a reference area of ours is in SDMX."""

    code: str
    reporting: str  # N, R or G


@dataclass(frozen=True)
class Structure:
    """A plan in SDMX, and the way from the codes of the record to it."""

    agency: str
    id: str
    version: str  # three parts, such as 1.0.0
    names: Mapping[str, str]
    codes: Mapping[str, tuple[Code, ...]]  # by component
    categories: tuple[Category, ...]
    series: Mapping[str, str]  # code of an indicator to SERIES
    units: Mapping[str, str]  # SERIES to UNIT_MEASURE
    areas: Mapping[str, Area]  # code of an area to what it is
    is_illustrative: bool = False
    prepared: datetime | None = None

    @property
    def flows(self) -> tuple[Flow, ...]:
        """The flows of the plan; the first has the id of the structure."""
        kinds = {"": "", "_TGT": "targets", "_BAS": "baselines"}
        return tuple(
            Flow(
                f"{self.id}{end}",
                {
                    code: f"{name}: {said}" if said else name
                    for code, name in self.names.items()
                    if code == "en" or not said
                },
            )
            for end, said in kinds.items()
        )

    @property
    def scheme(self) -> str:
        """The category scheme: objectives, measures and indicators of the plan."""
        return f"CAT_{self.id}"

    def listed(self, component: str) -> str:
        """Return the code list of a component; none where it is not coded."""
        if component not in LISTED:
            return ""
        if component == "REF_AREA":
            return "CL_AREA"
        return f"CL_{component}" if component in SHARED else f"CL_{component}_{self.id}"

    @property
    def short(self) -> str:
        """The version as SDMX 2.1 writes it."""
        return ".".join(self.version.split(".")[:2])


def identifier(text: str, *, first: str = "X") -> str:
    """Return a text as an SDMX identifier: letters, digits and `_`, a letter first."""
    found = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_") or first
    return found if found[0].isalpha() else f"{first}{found}"


def split(cell: str) -> dict[str, str]:
    """Return a disaggregation of the record as dimensions of the key; totals are left out."""
    found: dict[str, str] = {}
    if cell == TOTAL:
        return found
    for part in cell.split(";"):
        kind, _, code = part.partition("=")
        name = BREAKDOWNS.get(kind, CUSTOM)
        word = breakdown(kind, code)
        found[name] = f"{found[name]}@{word}" if name in found else word
    return found


def breakdown(kind: str, code: str) -> str:
    """Return the SDMX code of one group of a breakdown."""
    known = OUR_CODES.get(kind, {}).get(code)
    if known:
        return known
    return code.upper() if kind in BREAKDOWNS else f"{kind.upper()}-{code.upper()}"


def joined(found: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return dimensions of the key as breakdowns and groups of the record, the way back."""
    parts = []
    kinds = {name: kind for kind, name in BREAKDOWNS.items()}
    for name, word in found.items():
        if name == CUSTOM and "-" in word:
            pairs = [piece.partition("-") for piece in word.split("@")]
            parts += [(kind.lower(), code.lower()) for kind, _, code in pairs]
        elif name in kinds:
            ours = {their: our for our, their in OUR_CODES.get(kinds[name], {}).items()}
            parts.append((kinds[name], ours.get(word, word.lower())))
        else:
            parts.append((name.lower(), word))
    return parts


def period(text: str) -> tuple[str, str, str]:
    """Return a period of the record as FREQ, TIME_PERIOD and TIME_DETAIL."""
    if "/P" in text:
        start, _, length = text.partition("/")
        return f"A{length[1]}", f"{start}-01-01/{length}", text
    kinds = {4: "A", 10: "D"}
    freq = kinds.get(len(text)) or {"Q": "Q", "S": "S"}.get(text[5], "M")
    return freq, text, ""


def unit(kind: str, text: str) -> str:
    """Return the UNIT_MEASURE of an indicator of this kind and unit."""
    if kind in UNITS:
        return UNITS[kind]
    if kind == "binary":
        return "BINARY"
    base = re.match(r"per ([0-9][0-9, ]*)", text)
    if kind == "rate" and base:
        number = re.sub(r"[, ]", "", base[1])
        return f"PER_{number}" + ("_POP" if "population" in text else "")
    return identifier(text or kind, first="U_").upper()


def fixed(component: str) -> tuple[Code, ...]:
    """Return the code list of a component that is the same in every plan."""
    lists: Mapping[str, Mapping[str, str]] = {
        "FREQ": FREQUENCIES,
        "REPORTING_TYPE": REPORTING,
        "UNIT_MULT": {"0": "Units"},
        "OBS_STATUS": codelists.OBSERVATION_STATUS,
        "NATURE": codelists.NATURE,
        "OBS_QUALIFIER": BOUNDS,
    }
    found = lists.get(component, {TOTAL: "Total, or not broken down"})
    return tuple(Code(code, {"en": name}) for code, name in found.items())


def urn(kind: str, structure: Structure, name: str, version: str, item: str = "") -> str:
    """Return the name of an artefact as it is written in SDMX 3.0."""
    packages = {
        "Codelist": "codelist",
        "ConceptScheme": "conceptscheme",
        "Concept": "conceptscheme",
        "DataStructure": "datastructure",
        "Dataflow": "datastructure",
        "CategoryScheme": "categoryscheme",
        "Category": "categoryscheme",
        "Categorisation": "categoryscheme",
    }
    start = f"urn:sdmx:org.sdmx.infomodel.{packages[kind]}.{kind}={structure.agency}"
    end = f".{item}" if item else ""
    return f"{start}:{name}({version}){end}"


def names(text: str, others: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return names by language, English first; languages without a name are left out."""
    said = {"en": text, **(others or {})}
    return {code: said[code] for code in LANGUAGES if said.get(code)}
