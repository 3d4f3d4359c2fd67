"""What an SDMX address asks for: versions 1.5 and 2.2 of the interface, read into one form."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from dashboard.exchange.sdmx import model
from dashboard.services import reads

EVERY: Final = frozenset({"", "all", "*", "latest", "+", "~"})
"""Words for all there is, or for the newest; there is one version of everything."""
STRUCTURES: Final = frozenset(
    {"dataflow", "datastructure", "codelist", "conceptscheme", "categoryscheme", "categorisation"}
)
LACKED: Final = frozenset(
    {
        *("agencyscheme", "dataproviderscheme", "dataconsumerscheme", "organisationunitscheme"),
        *("organisationscheme", "metadatastructure", "metadataflow", "hierarchicalcodelist"),
        *("hierarchy", "hierarchyassociation", "structureset", "process", "provisionagreement"),
        *("reportingtaxonomy", "contentconstraint", "dataconstraint", "attachmentconstraint"),
        *("actualconstraint", "allowedconstraint", "metadataconstraint", "valuelist"),
        *("transformationscheme", "rulesetscheme", "customtypescheme", "namepersonalisationscheme"),
        *("vtlmappingscheme", "structuremap", "representationmap", "userdefinedoperatorscheme"),
        *("schema", "metadata", "registration", "metadataproviderscheme"),
    }
)
"""What other servers may have and this one does not."""
REFERENCES: Final = frozenset(
    {"none", "children", "descendants", "parents", "parentsandsiblings", "ancestors", "all"}
)
OPERATORS: Final = ("eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew")
Test = Callable[[str], bool]


class Refused(Exception):
    """An address that cannot be answered: status, and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        self.status, self.sentence = status, sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class AskedData:
    """Which figures an address asks for."""

    version: int
    agency: str
    flow: str
    number: str
    keys: tuple[tuple[frozenset[str], ...], ...]  # none: all; an empty place: any code
    tests: Mapping[str, tuple[Test, ...]] = field(default_factory=dict)
    start: str = ""
    end: str = ""
    updated_after: datetime | None = None
    as_of: datetime | None = None
    with_history: bool = False
    first: int | None = None
    last: int | None = None
    offset: int = 0
    limit: int | None = None
    detail: str = "full"
    component: str = ""  # of which an availability is asked


@dataclass(frozen=True)
class AskedStructure:
    """Which artefacts an address asks for."""

    version: int
    kinds: tuple[str, ...]
    agency: str
    ids: frozenset[str]
    number: str
    references: str
    detail: str


def query(raw: bytes) -> dict[str, str]:
    """Read the words after the question mark; a `+` there is a plus, as SDMX means it."""
    found = {}
    for part in raw.decode("latin-1").split("&"):
        name, _, value = part.partition("=")
        if name:
            found[unquote(name)] = unquote(value)
    return found


def parts(path: str) -> list[str]:
    """Return the pieces of an address, without the empty ones at its end."""
    found = path.strip("/").split("/")
    return [unquote(part) for part in found]


def data(version: int, pieces: list[str], said: Mapping[str, str]) -> AskedData:
    """Read an address of data or availability, after that word."""
    if version == 1:
        agency, flow, number = _reference(pieces[0] if pieces else "")
        rest = pieces[1:]
        key = rest[0] if rest else ""
        provider = rest[1] if len(rest) > 1 else ""
        component = rest[2] if len(rest) > 2 else ""
        if provider not in EVERY and provider != agency and agency not in EVERY:
            raise Refused(404, f"No data provider has the code {provider!r}.")
    else:
        context, agency, flow, number, key, component = [*pieces, *[""] * 6][:6]
        if context not in {"dataflow", "datastructure", "*", ""}:
            raise Refused(501, "Figures are offered by dataflow: write data/dataflow/AGENCY/ID/*.")
    _known(said, DATA_WORDS)
    if said.get("dimensionAtObservation", "TIME_PERIOD") not in {"TIME_PERIOD", ""}:
        raise Refused(501, "Series are told over time: dimensionAtObservation=TIME_PERIOD.")
    history = said.get("includeHistory", "false").lower()
    if history not in {"true", "false"}:
        raise Refused(400, "includeHistory is true or false.")
    return AskedData(
        version=version,
        agency=agency,
        flow=flow,
        number=number,
        keys=_keys(key),
        tests=_tests(said),
        start=_period(said, "startPeriod"),
        end=_period(said, "endPeriod"),
        updated_after=_moment(said, "updatedAfter"),
        as_of=_moment(said, "asOf"),
        with_history=history == "true",
        first=_whole(said, "firstNObservations"),
        last=_whole(said, "lastNObservations"),
        offset=_whole(said, "offset") or 0,
        limit=_whole(said, "limit"),
        detail=_detail(said),
        component=component,
    )


DATA_WORDS: Final = frozenset(
    {
        *("startPeriod", "endPeriod", "updatedAfter", "asOf", "includeHistory", "detail"),
        *("firstNObservations", "lastNObservations", "dimensionAtObservation", "format"),
        *("offset", "limit", "sort", "attributes", "measures", "references", "mode", "labels"),
        *("reportingYearStartDay", "locale", "file", "compress"),
    }
)
STRUCTURE_WORDS: Final = frozenset({"references", "detail", "format", "locale", "asOf"})


def _known(said: Mapping[str, str], words: frozenset[str]) -> None:
    for name in said:
        if name not in words and not name.startswith("c["):
            raise Refused(400, f"There is no parameter {name!r}.")


def _reference(text: str) -> tuple[str, str, str]:
    """Read a flow of version 1: `ID`, `AGENCY,ID` or `AGENCY,ID,VERSION`."""
    found = text.split(",")
    if len(found) == 1:
        return "all", found[0], "latest"
    return found[0], found[1], found[2] if len(found) > 2 else "latest"


def _keys(text: str) -> tuple[tuple[frozenset[str], ...], ...]:
    if text in EVERY:
        return ()
    return tuple(_key(one) for one in text.split(","))


def _key(text: str) -> tuple[frozenset[str], ...]:
    places = text.split(".")
    if len(places) != len(model.KEY):
        raise Refused(
            400,
            f"A key has {len(model.KEY)} places, divided by points ({'.'.join(model.KEY)}); "
            f"this one has {len(places)}.",
        )
    found = []
    for place in places:
        codes = frozenset() if place in {"", "*"} else frozenset(place.split("+"))
        if any(not re.fullmatch(r"[A-Za-z0-9_@$-]+", code) for code in codes):
            raise Refused(400, f"The key holds {place!r}, which is no code.")
        found.append(codes)
    return tuple(found)


def _tests(said: Mapping[str, str]) -> dict[str, tuple[Test, ...]]:
    found: dict[str, tuple[Test, ...]] = {}
    for name, value in said.items():
        inside = re.fullmatch(r"c\[([A-Za-z0-9_]+)\]", name)
        if inside is None:
            if name.startswith("c["):
                raise Refused(400, f"A filter is written c[REF_AREA]=404; this one is {name!r}.")
            continue
        component = inside[1]
        if component not in {*model.KEY, model.TIME, *model.ATTRIBUTES, model.MEASURE}:
            raise Refused(400, f"The structure has no component {component!r}.")
        found[component] = tuple(_any(one, component) for one in value.split("+"))
    return found


def _any(text: str, component: str) -> Test:
    tests = [_test(one, component) for one in text.split(",")]
    return lambda code: any(test(code) for test in tests)


def _test(text: str, component: str) -> Test:
    operator, sign, word = text.partition(":")
    if not sign or operator not in OPERATORS:
        operator, word = "eq", text
    if component == model.TIME:
        return time(operator, word)
    if component == model.MEASURE:
        return _number(operator, word)
    simple: dict[str, Test] = {
        "eq": lambda code: word in {code, "*"},
        "ne": lambda code: code != word,
        "lt": lambda code: code < word,
        "le": lambda code: code <= word,
        "gt": lambda code: code > word,
        "ge": lambda code: code >= word,
        "co": lambda code: word in code,
        "nc": lambda code: word not in code,
        "sw": lambda code: code.startswith(word),
        "ew": lambda code: code.endswith(word),
    }
    return simple[operator]


def time(operator: str, word: str) -> Test:
    """Return a test of periods: `ge:2020` takes those that begin in 2020 or later."""
    first, last = span(word)
    ordered: dict[str, Test] = {
        "eq": lambda text: first <= span(text)[0] and span(text)[1] <= last,
        "ne": lambda text: not (first <= span(text)[0] and span(text)[1] <= last),
        "lt": lambda text: span(text)[1] < first,
        "le": lambda text: span(text)[1] <= last,
        "gt": lambda text: span(text)[0] > last,
        "ge": lambda text: span(text)[0] >= first,
    }
    if operator not in ordered:
        raise Refused(400, f"A period cannot be asked for with {operator!r}.")
    return ordered[operator]


def _number(operator: str, word: str) -> Test:
    try:
        limit = float(word)
    except ValueError:
        raise Refused(400, f"A value is compared with a number; {word!r} is none.") from None
    ordered: dict[str, Callable[[float], bool]] = {
        "eq": lambda value: value == limit,
        "ne": lambda value: value != limit,
        "lt": lambda value: value < limit,
        "le": lambda value: value <= limit,
        "gt": lambda value: value > limit,
        "ge": lambda value: value >= limit,
    }
    if operator not in ordered:
        raise Refused(400, f"A value cannot be asked for with {operator!r}.")
    return lambda text: ordered[operator](float(text))


PERIOD: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?P<part>Q[1-4]|S[12]|A1|(?P<month>0[1-9]|1[0-2])"
    r"(?:-(?P<day>\d\d))?))?(?:T[0-9:.Z+-]*)?(?:/P(?P<years>\d)Y)?"
)


def span(text: str) -> tuple[str, str]:
    """Return the first and last day of a period."""
    found = PERIOD.fullmatch(text)
    if found is None:
        raise Refused(400, f"{text!r} is no period: write 2024, 2024-07, 2024-Q3 or 2024-07-30.")
    year, part = found["year"], found["part"] or ""
    if found["years"]:
        return f"{year}-01-01", f"{int(year) + int(found['years']) - 1}-12-31"
    if found["day"]:
        return text[:10], text[:10]
    if found["month"]:
        return f"{year}-{found['month']}-01", f"{year}-{found['month']}-31"
    if part[:1] in {"Q", "S"}:
        months = {"Q": 3, "S": 6}[part[0]]
        first = (int(part[1]) - 1) * months + 1
        return f"{year}-{first:02}-01", f"{year}-{first + months - 1:02}-31"
    return f"{year}-01-01", f"{year}-12-31"


def _period(said: Mapping[str, str], name: str) -> str:
    text = said.get(name, "")
    if text:
        span(text)
    return text


def _moment(said: Mapping[str, str], name: str) -> datetime | None:
    text = said.get(name, "")
    if not text:
        return None
    try:
        if len(text) == 10:
            return reads.end_of(datetime.fromisoformat(text).date())
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise Refused(400, f"{name} is a moment such as 2026-03-01T12:00:00Z.") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _whole(said: Mapping[str, str], name: str) -> int | None:
    text = said.get(name, "")
    if not text:
        return None
    if not re.fullmatch(r"\d{1,9}", text):
        raise Refused(400, f"{name} is a whole number.")
    return int(text)


def _detail(said: Mapping[str, str]) -> str:
    detail = said.get("detail", "full").lower()
    if said.get("attributes", "").lower() == "none":
        detail = "dataonly"
    if detail not in {"full", "dataonly", "serieskeysonly", "nodata"}:
        raise Refused(400, "detail is full, dataonly, serieskeysonly or nodata.")
    return detail


def structure(version: int, pieces: list[str], said: Mapping[str, str]) -> AskedStructure:
    """Read an address of artefacts: kind, agency, identifier, version."""
    kind, agency, name, number = [*pieces, *[""] * 4][:4]
    _known(said, STRUCTURE_WORDS)
    if kind in LACKED:
        raise Refused(501, f"This service has no artefacts of the kind {kind!r}.")
    kinds = tuple(sorted(STRUCTURES)) if kind in {"structure", "*"} else (kind,)
    if not set(kinds) <= STRUCTURES:
        raise Refused(404, f"There is no kind of artefact {kind!r}.")
    references = said.get("references", "none").lower()
    if references not in REFERENCES | STRUCTURES:
        raise Refused(501 if references in LACKED else 400, f"references={references} is unknown.")
    detail = said.get("detail", "full").lower()
    ids = frozenset() if name in EVERY else frozenset(re.split("[+,]", name))
    return AskedStructure(version, kinds, agency, ids, number, references, detail)
