"""SDMX of others, read: CSV 1.0 and 2.0, ML 2.0 to 3.0, JSON 1.0 and 2.0.

A file is known by what it says and not by its name. Markup is read as a stream, without entities
and without addresses being followed.
"""

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import (  # type: ignore[import-untyped]
    ParseError,
    iterparse,
)

from dashboard.exchange.iati import incoming as iati
from dashboard.exchange.reading import delimited, guards
from dashboard.exchange.reading.sheets import Book, Column, Unreadable
from dashboard.exchange.sdmx import gathered
from dashboard.exchange.sdmx.gathered import Gathering
from dashboard.i18n import _

FIRST: Final = re.compile(
    r'^\ufeff?"?(?P<word>STRUCTURE(\[(?P<inner>.)\])?|DATAFLOW)"?(?P<divider>[,;\t|])'
)
MESSAGES: Final = frozenset(
    {
        *("StructureSpecificData", "StructureSpecificTimeSeriesData", "GenericData"),
        *("GenericTimeSeriesData", "CompactData", "UtilityData", "MessageGroup"),
    }
)
OTHERS: Final = frozenset({"Structure", "CrossSectionalData", "Error", "GenericMetadata"})
IATI: Final = "iati-activities"
WIDE_MARKUP: Final = re.compile(rb"(\xff\xfe<\x00|\xfe\xff\x00<)")
"""The first signs of markup in UTF-16."""
MOST_DEPTH: Final = 40


def read(data: bytes, known: frozenset[str]) -> Book | None:
    """Read a file of a statistical standard; none where it is of no such kind."""
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"<" or WIDE_MARKUP.match(data):
        return markup(data)
    if start[:1] == b"{" and b'"data' in data[:200_000]:
        return notation(data)
    head = data[:4096].decode("utf-8-sig", errors="ignore")
    if FIRST.match(head) and re.search(r"OBS_VALUE|TIME_PERIOD", head.split("\n", 1)[0]):
        return comma_separated(data, known)
    return None


# CSV ------------------------------------------------------------------------------------------


def comma_separated(data: bytes, known: frozenset[str]) -> Book:
    """Read SDMX-CSV, whatever divides its columns."""
    guards.small(data, guards.MOST_BYTES)
    text, remarks = delimited.decoded(data, known)
    text = text.lstrip("\ufeff")
    first = FIRST.match(text)
    assert first is not None
    # The sign within brackets divides the values of one cell, which are not read apart here.
    text = re.sub(r'^("?STRUCTURE)\[.\]', r"\1", text)
    book = delimited.read(f"sep={first['divider']}\n{text}".encode(), known)
    sheet = book.sheets[0]
    headers = [column.text(0).strip() for column in sheet.columns]
    has_labels = any(": " in header for header in headers)
    has_names = "STRUCTURE_NAME" in headers
    found: dict[str, Column] = {}
    for header, column in zip(headers, sheet.columns, strict=True):
        name = re.sub(r"\[.*\]$", "", header.split(":")[0]).strip()
        if not name or (has_names and not re.fullmatch(r"[A-Z][A-Z0-9_@$-]*", name)):
            continue
        name = name.replace(" ", "_").upper()
        if name in found:
            raise Unreadable(
                "form",
                _("Two columns are called {name}.").format(name=name[:60]),
                _("Keep the one that holds the codes, and send it again."),
            )
        body = Column(column.texts, column.kinds, column.codes[1:])
        found[name] = _coded(body) if has_labels and ":" in header else body
    flows = _used(found.get("STRUCTURE_ID") or found.get("DATAFLOW"))
    return gathered.book(
        found,
        sheet.height - 1,
        "sdmx-csv",
        flow=" ".join(flows),
        actions=_used(found.get("ACTION")),
        remarks=[*remarks, *book.remarks],
    )


def _coded(column: Column) -> Column:
    """Return codes alone where codes and names stand in one cell, `404: Kenya`."""
    return replace(column, texts=[text.split(": ", 1)[0] for text in column.texts])


def _used(column: Column | None) -> set[str]:
    if column is None:
        return set()
    return {column.texts[code] for code in set(column.codes.tolist())}


# ML -------------------------------------------------------------------------------------------


def markup(data: bytes) -> Book | None:
    """Read SDMX-ML or IATI; none where the markup is neither."""
    guards.small(data, guards.MOST_BYTES)
    try:
        reader = iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True)
        _event, root = next(reader)
        name = local(root.tag)
        if name == IATI:
            return iati.read(root, reader)
        if name in OTHERS:
            raise Unreadable(
                "form",
                _("The file is an SDMX message without series of observations ({name}).").format(
                    name=name
                ),
                _("Ask for data by series, and send what comes."),
            )
        if name not in MESSAGES:
            return None
        return _Messages(root, reader).book()
    except DefusedXmlException as error:
        raise Unreadable(
            "entities",
            _("The file declares a document type or entities, which no such message does."),
            _("Take the message anew from whoever made it, and send it again."),
        ) from error
    except ParseError as error:
        raise Unreadable(
            "damaged",
            _("The markup breaks off in line {line}.").format(line=error.position[0]),
            _("Take the message anew from whoever made it, and send it again."),
        ) from error


def local(tag: Any) -> str:
    """Return the name of an element without its space."""
    return str(tag).rpartition("}")[2]


class _Messages:
    """Reads series and observations as they come, and forgets them at once."""

    def __init__(self, root: Element, reader: Iterator[tuple[str, Element]]) -> None:
        self.root, self.reader = root, reader
        self.gathering = Gathering()
        self.actions: set[str] = set()
        self.flows: set[str] = set()
        self.sets: dict[str, str] = {}
        self.groups: list[tuple[dict[str, str], dict[str, str]]] = []

    def book(self) -> Book:
        """Return what was read."""
        series: dict[str, str] = {}
        depth, in_series, in_set = 1, 0, 0
        group: Element | None = None
        is_generic = "Generic" in local(self.root.tag)
        for event, element in self.reader:
            name = local(element.tag)
            if event == "start":
                depth += 1
                if depth > MOST_DEPTH:
                    raise gathered.too_large()
                if name == "DataSet":
                    in_set = depth
                    self._set(element)
                elif name == "Series":
                    in_series = depth
                    series = {} if is_generic else _plain(element.attrib)
                    if group is not None:  # what a group says holds for the series within it
                        self.groups.append(_group(group, is_generic=is_generic))
                        group = None
                elif name.endswith("Group") or name == "Atts":
                    group = element
                continue
            depth -= 1
            if name == "Obs":
                own = _generic(element) if is_generic else _plain(element.attrib, element)
                self._add({**self.sets, **series, **own})
                element.clear()
            elif name in {"SeriesKey", "Attributes"} and is_generic:
                held = {in_series: series, in_set: self.sets}.get(depth, {})
                held |= _values(element)
            elif element is group:
                self.groups.append(_group(group, is_generic=is_generic))
                group = None
                element.clear()
            elif name == "Header":
                self._header(element)
            elif name == "Series":
                element.clear()
                series, in_series = {}, 0
        return gathered.book(
            self.gathering.columns(),
            self.gathering.rows,
            "sdmx-ml",
            flow=" ".join(sorted(self.flows)),
            actions=self.actions,
        )

    def _set(self, element: Element) -> None:
        self.sets, self.groups = {}, []
        for key, text in element.attrib.items():
            if local(key) == "action":
                self.actions.add(text)
            elif "}" not in key and re.fullmatch(r"[A-Z][A-Z0-9_]*", key):
                self.sets[key] = text

    def _header(self, header: Element) -> None:
        for element in header.iter():
            if local(element.tag) == "Ref":
                self.flows.add(element.attrib.get("id", ""))
            text = (element.text or "").strip()
            if "Dataflow=" in text:
                self.flows.add(text)
            if local(element.tag) == "DataSetAction":
                self.actions.add(text)
            if local(element.tag) == "KeyFamilyRef":
                self.flows.add(text)

    def _add(self, found: dict[str, str]) -> None:
        for key, told in self.groups:
            if all(found.get(name) == code for name, code in key.items()):
                found = {**told, **found}
        self.gathering.add({**found, "OBS_VALUE": found.get("OBS_VALUE", "")})


def _plain(found: Mapping[str, str], element: Element | None = None) -> dict[str, str]:
    """Return the components of a structure-specific element."""
    told = {name: text for name, text in found.items() if "}" not in name}
    if element is not None:
        for part in element:
            if local(part.tag) == "Comp":
                values = [(one.text or "").strip() for one in part if local(one.tag) == "Value"]
                told[part.attrib.get("id", "COMP")] = "; ".join(values)
    told.pop("type", None)
    return told


def _generic(element: Element) -> dict[str, str]:
    """Return the components of a generic observation."""
    found: dict[str, str] = {}
    for part in element:
        name = local(part.tag)
        if name in {"ObsDimension", "Time"}:
            key = part.attrib.get("id", "TIME_PERIOD")
            found[key] = part.attrib.get("value", (part.text or "").strip())
        elif name == "ObsValue":
            found["OBS_VALUE"] = part.attrib.get("value", "")
        else:
            found |= _values(part)
    return found


def _values(element: Element) -> dict[str, str]:
    return {
        one.attrib.get("id") or one.attrib.get("concept", ""): one.attrib.get("value", "")
        for one in element
        if local(one.tag) == "Value"
    }


def _group(element: Element, *, is_generic: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Return the key of a group and what it says of all series that have that key."""
    if not is_generic:
        told = _plain(element.attrib)
        attributes = {
            name: text
            for name, text in told.items()
            if name in gathered.PASSED_OVER
            or any(name in names for role, names in gathered.ROLES.items() if role in DESCRIBES)
        }
        return {name: text for name, text in told.items() if name not in attributes}, attributes
    key: dict[str, str] = {}
    attributes = {}
    for part in element:
        if local(part.tag) == "GroupKey":
            key = _values(part)
        elif local(part.tag) == "Attributes":
            attributes = _values(part)
    return key, attributes


DESCRIBES: Final = frozenset({"unit", "status", "nature", "source", "note"})
"""Roles of attributes: what a group says beside its key."""


# JSON -----------------------------------------------------------------------------------------


def notation(data: bytes) -> Book | None:
    """Read SDMX-JSON; none where the text is JSON of another kind."""
    guards.small(data, guards.MOST_BYTES)
    try:
        content = json.loads(data.decode("utf-8-sig"), parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return None
    body = content.get("data", content) if isinstance(content, dict) else None
    if not isinstance(body, dict) or "dataSets" not in body:
        return None
    try:
        return _json(body)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(
            "damaged",
            _("The file begins like SDMX-JSON and contradicts itself."),
            _("Take the message anew from whoever made it, and send it again."),
        ) from error


def _json(body: dict[str, Any]) -> Book:
    structures = body.get("structures") or [body["structure"]]
    gathering = Gathering()
    actions: set[str] = set()
    flows: set[str] = set()
    for each in body["dataSets"]:
        structure = structures[int(each.get("structure", 0))]
        actions.add(str(each.get("action", "")))
        flows.update(
            str(link.get("urn", "")) for link in structure.get("links", []) if "urn" in link
        )
        for found in _data_set(each, structure):
            gathering.add(found)
    return gathered.book(
        gathering.columns(),
        gathering.rows,
        "sdmx-json",
        flow=" ".join(sorted(flows)),
        actions=actions,
    )


def _data_set(each: dict[str, Any], structure: dict[str, Any]) -> Iterator[dict[str, str]]:
    dimensions, told = structure["dimensions"], structure.get("attributes", {})
    fixed = {
        one["id"]: _code(one["values"][0])
        for one in dimensions.get("dataSet", [])
        if one.get("values")
    }
    fixed |= _attributes(each.get("attributes", []), told.get("dataSet", []))
    measures = [one["id"] for one in structure.get("measures", {}).get("observation", [])] or [
        "OBS_VALUE"
    ]
    if len(measures) > 1:
        raise Unreadable(
            "form",
            _("The message has several measures: {names}.").format(names=", ".join(measures)[:200]),
            _("Several measures at once are not read: send one, as OBS_VALUE."),
        )
    inner, outer = dimensions.get("observation", []), dimensions.get("series", [])
    attributes = told.get("observation", [])
    groups = _Groups(each, told.get("dimensionGroup", []))

    def observed(base: dict[str, str], prefix: str, every: dict[str, Any]) -> Any:
        for key, values in every.items():
            yield {
                **fixed,
                **groups.of(f"{prefix}{key}"),
                **base,
                **_keyed(key, inner),
                **_attributes(values[1:], attributes),
                "OBS_VALUE": _text(values[0]) if values else "",
            }

    for key, series in each.get("series", {}).items():
        base = {
            **_keyed(key, outer),
            **_attributes(series.get("attributes", []), told.get("series", [])),
        }
        yield from observed(base, f"{key}:", series.get("observations", {}))
    yield from observed({}, "", each.get("observations", {}))


class _Groups:
    """What groups of series say of all of them: attributes by keys with blank places."""

    def __init__(self, each: dict[str, Any], told: list[Any]) -> None:
        self.rules = [
            (key.split(":"), _attributes(values, told))
            for key, values in each.get("dimensionGroupAttributes", {}).items()
        ]

    def of(self, key: str) -> dict[str, str]:
        """Return the attributes of the groups that a key belongs to."""
        found: dict[str, str] = {}
        if self.rules:
            parts = key.split(":")
            for wanted, told in self.rules:
                if all(not code or code == part for code, part in zip(wanted, parts, strict=False)):
                    found |= told
        return found


def _keyed(key: str, dimensions: list[dict[str, Any]]) -> dict[str, str]:
    if not dimensions:
        return {}
    places = key.split(":")
    if len(places) != len(dimensions) or not all(place.isdigit() for place in places):
        raise ValueError(key)
    return {
        one["id"]: _code(one["values"][int(place)])
        for one, place in zip(dimensions, places, strict=True)
    }


def _attributes(values: list[Any], told: list[dict[str, Any]]) -> dict[str, str]:
    found = {}
    for one, value in zip(told, values, strict=False):
        if value is None:
            continue
        listed = one.get("values") or []
        is_index = bool(listed) and isinstance(value, str) and re.fullmatch(r"\d+", value)
        found[one["id"]] = _code(listed[int(value)]) if is_index else _text(value)
    return found


def _code(value: Any) -> str:
    if value is None:
        return ""
    return str(value.get("id", value.get("value", "")))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dict):
        return str(value.get("en") or next(iter(value.values()), ""))
    if isinstance(value, list):
        return "; ".join(_text(one) for one in value)
    return str(value)
