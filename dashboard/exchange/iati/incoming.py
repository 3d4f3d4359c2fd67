"""IATI of others, read: what activities say they reached, as rows for the importer.

Targets and baselines are left out and said to be. Text values stay text: an indicator of words
takes them, and any other says that they are no number. Figures of a place within a country are
never taken for the country.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from xml.etree.ElementTree import Element

from dashboard.exchange.about import ILLUSTRATIVE
from dashboard.exchange.reading.sheets import Book, Remark
from dashboard.exchange.sdmx import gathered
from dashboard.exchange.sdmx.gathered import Gathering
from dashboard.i18n import _, number

OWN: Final = ("99", "9")
"""Vocabularies whose codes may be ours: of the reporting organisation, and the SDG indicators."""
STATUS: Final = re.compile(r"^([ABDEIPU]): [a-z ]+(?:\. |$)")
SOURCE: Final = re.compile(r"^Source: (.+?)(?:\. |$)")
MEASURES: Final = {"1": "not per cent", "2": "percent"}
"""What an indicator of IATI is measured in, as far as it says so."""
MOST_DEPTH: Final = 40


def read(_root: Element, reader: Iterator[tuple[str, Element]]) -> Book:
    """Read activities as they come, and forget each when it is read."""
    gathering = Gathering()
    aims = depth = 0
    for event, element in reader:
        depth += 1 if event == "start" else -1
        if depth > MOST_DEPTH:
            raise gathered.too_large()
        if event == "end" and element.tag == "iati-activity":
            aims += sum(1 for name in ("target", "baseline") for _one in element.iter(name))
            for row in _activity(element):
                gathering.add(row)
            element.clear()
    remarks = []
    if aims:
        remarks.append(
            Remark(
                "aims",
                _("{n} targets and baselines of the file are not read.").format(n=number(aims)),
                _("Targets are set by whoever runs the plan."),
                is_hint=True,
            )
        )
    columns = gathering.columns()
    return gathered.book(columns, gathering.rows, "iati", remarks=remarks)


def _activity(activity: Element) -> Iterator[dict[str, str]]:
    area = _area(activity)
    source = _narrative(activity.find("reporting-org"))
    for indicator in activity.iterfind("result/indicator"):
        code = _code(indicator)
        for period in indicator.iterfind("period"):
            when = _when(period)
            for actual in period.iterfind("actual"):
                value = actual.attrib.get("value", "").strip()
                if not value:
                    continue  # an actual without a value reports nothing
                yield {
                    "SERIES": code,
                    "REF_AREA": area,
                    "TIME_PERIOD": when,
                    "OBS_VALUE": _bare(value),
                    "OBS_QUALIFIER": {"<": "LT", ">": "GT"}.get(value[:1], ""),
                    "UNIT_MEASURE": MEASURES.get(indicator.get("measure", ""), ""),
                    **_said(actual, source),
                    **_dimensions(actual),
                }


def _bare(value: str) -> str:
    """Return a value without the sign of a bound, where a number follows it."""
    rest = value[1:].strip()
    return rest if value[:1] in {"<", ">"} and gathered.NUMBER.fullmatch(rest) else value


def _area(activity: Element) -> str:
    """Return the one area an activity is about; nothing where there are several or none."""
    countries = [one.attrib.get("code", "") for one in activity.iterfind("recipient-country")]
    regions = list(activity.iterfind("recipient-region"))
    if len(countries) == 1 and not regions:
        return countries[0]
    if len(regions) == 1 and not countries:
        one = regions[0]
        is_m49 = one.attrib.get("vocabulary", "1") == "2"
        return one.attrib.get("code", "") if is_m49 else _narrative(one)
    return ", ".join([*countries, *(_narrative(one) for one in regions)])


def _code(indicator: Element) -> str:
    """Return our code of an indicator where it is given; else its title."""
    found = {
        one.attrib.get("vocabulary", ""): one.attrib.get("code", "")
        for one in indicator.iterfind("reference")
    }
    return next((found[name] for name in OWN if found.get(name)), "") or _narrative(
        indicator.find("title")
    )


def _when(period: Element) -> str:
    first, last = (_day(period.find(name)) for name in ("period-start", "period-end"))
    if first is None or last is None:
        return ""
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    is_whole = first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]
    if is_whole and first.month == 1 and months % 12 == 0 and 1 <= months // 12 <= 9:
        years = months // 12
        return str(first.year) if years == 1 else f"{first.year}/P{years}Y"
    if is_whole and months == 1:
        return f"{first:%Y-%m}"
    for length, sign in ((3, "Q"), (6, "S")):
        if is_whole and months == length and (first.month - 1) % length == 0:
            return f"{first.year}-{sign}{(first.month - 1) // length + 1}"
    return first.isoformat() if first == last else f"{first} – {last}"


def _day(element: Element | None) -> date | None:
    try:
        return date.fromisoformat("" if element is None else element.attrib.get("iso-date", ""))
    except ValueError:
        return None


def _said(actual: Element, source: str) -> dict[str, str]:
    text = _narrative(actual.find("comment"))
    for mark in (f". {ILLUSTRATIVE}", ILLUSTRATIVE):  # the file's word, and not the reporter's
        text = text.removesuffix(mark)
    status = STATUS.match(text)
    rest = text[status.end() :] if status else text
    named = SOURCE.match(rest)
    return {
        "OBS_STATUS": status[1] if status else "",
        "SOURCE_DETAIL": named[1] if named else source,
        "COMMENT_OBS": rest[named.end() :] if named else rest,
    }


def _dimensions(actual: Element) -> dict[str, str]:
    """Return the breakdown of a figure; a place within the area is one too."""
    found = {
        _component(one.attrib.get("name", "")): one.attrib.get("value", "") or "?"
        for one in actual.iterfind("dimension")
    }
    places = [one.attrib.get("ref", "") for one in actual.iterfind("location")]
    if places:
        found["SUBNATIONAL_LOCATION"] = " ".join(places) or "?"
    return found


def _component(name: str) -> str:
    """Return the name of a dimension; ours stand as they are, so that they are known again."""
    return f"BY {name.strip()}"


def _narrative(element: Element | None) -> str:
    """Return what an element says in English, else in its first language."""
    if element is None:
        return ""
    told: list[Any] = list(element.iterfind("narrative"))
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    english = [one for one in told if one.attrib.get(lang, "en") == "en"]
    first = next(iter([*english, *told]), None)
    return "" if first is None else " ".join("".join(first.itertext()).split())
