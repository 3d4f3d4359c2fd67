"""IATI 2.03 written: one activity for each area, its objectives as results.

A value is text in this standard, so words are told too. Where nothing was reported there is no
`actual`: an empty one would look like a report.
"""

import calendar
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import pandas as pd

from dashboard.exchange.about import ILLUSTRATIVE, Meta, moment
from dashboard.exchange.sdmx.columns import FORBIDDEN

MEDIA: Final = "application/xml"
MEASURES: Final = {"percentage": "2", "binary": "3", "ordinal": "4", "text": "5"}
"""IndicatorMeasure: unit (1) where nothing else is said."""
SCOPES: Final = {"N": "4", "R": "2", "G": "1"}
OUTCOME: Final = "2"
OWN: Final = "99"
"""Vocabulary of the reporting organisation."""
STATUSES: Final = {
    "B": "break in series",
    "D": "definition differs",
    "E": "estimated",
    "I": "imputed",
    "P": "provisional",
    "U": "low reliability",
}
Row = Mapping[Hashable, Any]
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Indicator:
    """An indicator as a result tells it."""

    code: str
    names: Mapping[str, str]
    definition: str
    unit: str
    kind: str
    direction: str  # up, down or none
    sdg: str = ""


@dataclass(frozen=True)
class Result:
    """An objective with its indicators."""

    code: str
    names: Mapping[str, str]
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Place:
    """An area: its name, codes, and whether it is national, regional or global (N, R, G)."""

    name: str
    iso2: str
    m49: str
    level: str


@dataclass(frozen=True)
class Plan:
    """What every activity says of the plan, and its targets and baselines by area."""

    code: str
    names: Mapping[str, str]
    description: str
    adopted: date
    agency: str
    publisher: str
    results: tuple[Result, ...]
    places: Mapping[str, Place]
    targets: pd.DataFrame = field(default_factory=pd.DataFrame)
    baselines: pd.DataFrame = field(default_factory=pd.DataFrame)


def write(rows: Iterable[pd.DataFrame], plan: Plan, meta: Meta) -> Iterator[bytes]:
    """Yield an activity for each area; the rows of an area are to come one after another."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03"'
        f' generated-datetime="{moment(meta.as_of)}">\n'
    ).encode()
    aims = Aims(_indexed(plan.targets), _indexed(plan.baselines))
    for area, figures in _by_area(rows):
        made = _activity(area, figures, plan, aims, meta)
        if made is not None:
            indent(made)
            yield tostring(made, encoding="utf-8") + b"\n"
    yield b"</iati-activities>\n"


def _by_area(rows: Iterable[pd.DataFrame]) -> Iterator[tuple[str, pd.DataFrame]]:
    held: list[pd.DataFrame] = []
    for chunk in rows:
        for area, figures in chunk.groupby("area", sort=False):
            if held and held[0]["area"].iloc[0] != area:
                yield str(held[0]["area"].iloc[0]), pd.concat(held)
                held = []
            held.append(figures)
    if held:
        yield str(held[0]["area"].iloc[0]), pd.concat(held)


@dataclass(frozen=True)
class Aims:
    """Targets and baselines by area and indicator."""

    targets: Mapping[tuple[str, str], list[Row]]
    baselines: Mapping[tuple[str, str], list[Row]]


def _indexed(table: pd.DataFrame) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in table.to_dict("records"):
        found.setdefault((row["area"], row["indicator"]), []).append(row)
    return found


def _of(aims: Mapping[tuple[str, str], list[Row]], area: str, indicator: str) -> list[Row]:
    """Return the aims of an area for an indicator: its own, else those of each area."""
    return aims.get((area, indicator)) or aims.get(("EACH", indicator), [])


def _activity(
    area: str, figures: pd.DataFrame, plan: Plan, aims: Aims, meta: Meta
) -> Element | None:
    told = figures[(figures["exact"].fillna("") != "") | (figures["text"] != "")]
    by_indicator: dict[str, list[Row]] = {}
    for row in told.to_dict("records"):
        by_indicator.setdefault(row["indicator"], []).append(row)
    if not by_indicator:
        return None
    place = plan.places[area]
    mark = f" ({ILLUSTRATIVE})" if meta.is_illustrative else ""
    made = Element("iati-activity", {LANG: "en", "default-currency": "USD"})
    SubElement(made, "iati-identifier").text = f"{plan.agency}-{plan.code}-{place.iso2 or area}"
    who = SubElement(made, "reporting-org", ref=plan.agency, type="40")
    _say(who, {"en": plan.publisher})
    _said(made, "title", {"en": f"{plan.names['en']}: {place.name}{mark}"})
    _said(made, "description", {"en": f"{plan.description}{mark}"}, type="1")
    _said(made, "participating-org", {"en": place.name}, role="4", type="10")
    SubElement(made, "activity-status", code="2")
    SubElement(made, "activity-date", {"type": "2", "iso-date": plan.adopted.isoformat()})
    SubElement(made, "activity-scope", code=SCOPES[place.level])
    if place.iso2:
        SubElement(made, "recipient-country", code=place.iso2)
    elif place.m49:
        SubElement(made, "recipient-region", code=place.m49, vocabulary="2")
    for result in plan.results:
        used = [one for one in result.indicators if one.code in by_indicator]
        if used:
            made.append(_result(result, used, area, by_indicator, aims))
    return made


def _result(
    result: Result,
    used: list[Indicator],
    area: str,
    figures: Mapping[str, list[Row]],
    aims: Aims,
) -> Element:
    made = Element("result", {"type": OUTCOME, "aggregation-status": "false"})
    _said(made, "title", result.names)
    for one in used:
        made.append(_indicator(one, area, figures[one.code], aims))
    return made


def _indicator(one: Indicator, area: str, figures: list[Row], aims: Aims) -> Element:
    about = {"measure": MEASURES.get(one.kind, "1"), "aggregation-status": "false"}
    if one.direction in {"up", "down"}:
        about["ascending"] = "true" if one.direction == "up" else "false"
    made = Element("indicator", about)
    _said(made, "title", one.names)
    _said(made, "description", {"en": " ".join((one.definition, f"Unit: {one.unit}."))})
    SubElement(made, "reference", vocabulary=OWN, code=one.code)
    if one.sdg:
        SubElement(made, "reference", vocabulary="9", code=one.sdg)
    for row in _of(aims.baselines, area, one.code):
        found = SubElement(made, "baseline", year=row["period"], value=row["exact"])
        _comment(found, row["note"])
    periods: dict[str, tuple[list[Any], list[Any]]] = {}
    for actual in figures:
        periods.setdefault(str(actual["period"]), ([], []))[1].append(actual)
    for aim in _of(aims.targets, area, one.code):
        periods.setdefault(str(aim["period"]), ([], []))[0].append(aim)
    for period, (wanted, actuals) in sorted(periods.items()):
        _period(made, period, wanted, actuals)
    return made


def _period(above: Element, period: str, aims: list[Any], actuals: list[Any]) -> None:
    first, last = span(period)
    made = SubElement(above, "period")
    SubElement(made, "period-start", {"iso-date": first})
    SubElement(made, "period-end", {"iso-date": last})
    for row in aims:
        found = SubElement(made, "target", value=row["exact"])
        upper = f"; to {row['upper']}" if row["upper"] else ""
        _comment(found, f"{row['qualifier']}{upper}. {row['note']}")
    for row in actuals:
        _actual(made, row)


def _actual(above: Element, row: Mapping[str, Any]) -> None:
    exact = row["exact"] if isinstance(row["exact"], str) else ""
    value = f"{row['qualifier']}{exact}" if exact else row["text"]
    made = SubElement(above, "actual", value=_clean(value))
    if row["cell"] != "_T":
        for part in str(row["cell"]).split(";"):
            name, _, code = part.partition("=")
            SubElement(made, "dimension", name=name, value=code)
    status = STATUSES.get(row["status"], "")
    said = (
        f"{row['status']}: {status}" if status else "",
        f"Source: {row['source']}" if row["source"] else "",
        row["note"],
        ILLUSTRATIVE if row["is_illustrative"] else "",
    )
    _comment(made, ". ".join(part for part in said if part))
    if row.get("evidence"):
        link = SubElement(made, "document-link", url=row["evidence"], format="text/html")
        _said(link, "title", {"en": "Evidence"})
        SubElement(link, "category", code="A08")


def _comment(above: Element, text: str) -> None:
    if text.strip():
        _said(above, "comment", {"en": text})


def _said(above: Element, name: str, names: Mapping[str, str], **about: str) -> None:
    _say(SubElement(above, name, about), names)


def _say(made: Element, names: Mapping[str, str]) -> None:
    for language, text in names.items():
        SubElement(made, "narrative", {LANG: language}).text = _clean(text)


def _clean(text: str) -> str:
    return text.translate(FORBIDDEN)


def span(period: str) -> tuple[str, str]:
    """Return the first and last day of a period of the record."""
    year = int(period[:4])
    if "/P" in period:
        return f"{year}-01-01", f"{year + int(period[6]) - 1}-12-31"
    if len(period) == 10:
        return period, period
    if len(period) == 4:
        return f"{year}-01-01", f"{year}-12-31"
    months = {"Q": 3, "S": 6}.get(period[5], 1)
    part = int(period[6]) if months > 1 else int(period[5:7])
    first, last = (part - 1) * months + 1, part * months
    return f"{year}-{first:02}-01", f"{year}-{last:02}-{calendar.monthrange(year, last)[1]}"
