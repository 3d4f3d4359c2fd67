"""What a cell says as a period: a year as everybody writes it, or a part of one."""

import re
from dataclasses import dataclass
from typing import Final

from dashboard.exchange.reading.numbers import plain
from dashboard.exchange.reading.sheets import Kind

CANONICAL: Final = re.compile(
    r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-Q[1-4]|-S[12]|/P[1-9]Y)?"
)
LONGEST: Final = 100
"""Signs of a text that may still be a period."""
YEAR: Final = r"((?:19|20)\d\d)"
WORDS: Final = r"(?:year|année|ano|año|год|fy|cy|calendar year|financial year)?"
MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january janvier enero январь января يناير",
            "feb february février fevrier febrero февраль февраля فبراير",
            "mar march mars marzo март марта مارس",
            "apr april avril abril апрель апреля أبريل",
            "may mai mayo май мая مايو",
            "jun june juin junio июнь июня يونيو",
            "jul july juillet julio июль июля يوليو",
            "aug august août aout agosto август августа أغسطس",
            "sep sept september septembre septiembre сентябрь сентября سبتمبر",
            "oct october octobre octubre октябрь октября أكتوبر",
            "nov november novembre noviembre ноябрь ноября نوفمبر",
            "dec december décembre decembre diciembre декабрь декабря ديسمبر",
        ),
        start=1,
    )
    for name in names.split()
}


@dataclass(frozen=True)
class Period:
    """A period as the record writes it, or none, and the classes of its doubts."""

    period: str | None = None
    doubts: tuple[str, ...] = ()


def read(text: str, kind: Kind = Kind.TEXT, *, is_year: bool = False) -> Period:
    """Return the period a cell says; `is_year` where its column is one of years."""
    if kind is Kind.DATE:
        return _day(text, is_year)
    if kind in {Kind.ERROR, Kind.UNCOUNTED}:
        return Period(None, ("spreadsheet error" if kind is Kind.ERROR else "formula",))
    if CANONICAL.fullmatch(text):
        return Period(text)
    if len(text) > LONGEST:
        return Period(None, ("no period",))
    clean = plain(text)
    doubts = ("space",) if text != text.rstrip() and clean else ()
    if not clean:
        return Period(None, ("no period",))
    if CANONICAL.fullmatch(clean):
        return Period(clean, doubts)
    found = _written(clean.casefold())
    return Period(found.period, (*doubts, *found.doubts))


def _day(text: str, is_year: bool) -> Period:
    if text[:2] not in {"19", "20"} or text[:4] == "1905":
        # 2024 shown as a day is the 16th of July 1905.
        return Period(None, ("date for year",))
    day = text[:10]
    if is_year or day.endswith(("-01-01", "-12-31")):
        return Period(day[:4], () if day.endswith(("-01-01", "-12-31")) else ("day in year",))
    return Period(day)


def _written(text: str) -> Period:
    year = re.fullmatch(rf"{WORDS}\s*{YEAR}(?:\.0+)?\s*(?:г\.?|год|年|an)?", text)
    if year:
        is_fiscal = text.startswith(("fy", "financial"))
        return Period(year[1], ("fiscal year",) if is_fiscal else ())
    if re.fullmatch(rf"{YEAR}\s*(\*+|\(?[a-z]\)?|\(\d\d?\)|[¹²³]|\[\w\])", text):
        return Period(text[:4], ("footnote",))
    part = re.fullmatch(rf"{YEAR}[-\s/]*([qtкts])[-\s]*([1-4])", text) or None
    turned = re.fullmatch(rf"([qthкs])[-\s]*([1-4])[-\s/,]*{YEAR}", text)
    if part or turned:
        number, letter, which = (
            (part[1], part[2], part[3]) if part else (turned[3], turned[1], turned[2])  # type: ignore[index]
        )
        return _part(number, letter, which)
    half = re.fullmatch(rf"{YEAR}[-\s]*h([12])", text)
    if half:
        return Period(f"{half[1]}-S{half[2]}")
    pair = re.fullmatch(rf"{YEAR}\s*[-/]\s*(\d\d|{YEAR})", text)
    if pair:
        return _pair(int(pair[1]), pair[2])
    month = re.fullmatch(rf"(0?[1-9]|1[0-2])[/.-]{YEAR}", text)
    if month:
        return Period(f"{month[2]}-{int(month[1]):02}")
    named = re.fullmatch(rf"([^\W\d_]+)\.?[\s,-]+(?:de\s+)?{YEAR}", text)
    if named and named[1] in MONTHS:
        return Period(f"{named[2]}-{MONTHS[named[1]]:02}")
    day = re.fullmatch(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-]{YEAR}", text)
    if day:
        return _written_day(int(day[1]), int(day[2]), day[3])
    if re.fullmatch(r"'?\d\d", text):
        return Period(None, ("year of two digits",))
    if re.fullmatch(r"[-+]?\d+([.,]\d+)?", text):
        return Period(None, ("no such year",))
    return Period(None, ("no period",))


def _part(year: str, letter: str, number: str) -> Period:
    if letter in {"q", "t", "к"}:
        return Period(f"{year}-Q{number}")
    return Period(f"{year}-S{number}") if number in {"1", "2"} else Period(None, ("no period",))


def _pair(first: int, rest: str) -> Period:
    last = int(rest) if len(rest) == 4 else first // 100 * 100 + int(rest)
    if last == first + 1:
        return Period(None, ("two years",))
    years = last - first + 1
    if 2 < years <= 9:
        return Period(f"{first}/P{years}Y", ("several years",))
    if len(rest) == 2 and 1 <= int(rest) <= 12:
        return Period(f"{first}-{rest}")
    return Period(None, ("no period",))


def _written_day(first: int, second: int, year: str) -> Period:
    if first > 12 >= second:
        return Period(f"{year}-{second:02}-{first:02}")
    if second > 12 >= first:
        return Period(f"{year}-{first:02}-{second:02}")
    if first == second:
        return Period(f"{year}-{first:02}-{first:02}")
    return Period(None, ("day or month",))
