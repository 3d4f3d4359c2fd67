"""What the words of a table mean: states, who produced a figure, units, and people."""

import re
from collections.abc import Mapping
from typing import Any, Final

from dashboard.exchange.reading.vocabulary import SCALED, normal
from models import MISSING, Kind, Nature, ObservationStatus

GAPS: Final = frozenset(status.value for status in MISSING)
STATUSES: Final[Mapping[str, str]] = {
    **{status.value: status.value for status in ObservationStatus},
    **{
        normal(word): code
        for code, words in {
            "A": "normal|normal value|reported|final|verified|official|ok|validated",
            "B": "break|break in series|series break",
            "D": "definition differs",
            "E": "estimated|estimate|estimated value|est",
            "I": "imputed",
            "P": "provisional|preliminary|prov",
            "U": "low reliability|unreliable",
            "L": "not available|not collected|missing|no data|n/a",
            "M": "not applicable|cannot exist",
            "Q": "suppressed|confidential|missing suppressed",
        }.items()
        for word in words.split("|")
    },
}
NATURES: Final[Mapping[str, str]] = {
    **{nature.value: nature.value for nature in Nature},
    **{"country data": "C", "country adjusted": "CA", "estimated": "E", "modelled": "M"},
    **{"global monitoring": "G", "c": "C", "ca": "CA", "e": "E", "m": "M", "g": "G"},
    **{"global monitoring data": "G", "estimated data": "E", "modelled data": "M"},
}
PERSONAL: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.\w{2,}"
    r"|(?<![\d.,])\+?\d[\d ()/-]{8,}\d(?![\d.,])"
    r"|\b(mr|mrs|ms|miss|mme|sr|sra|señora|señor|frau|herr|г-жа|السيدة)\.? +[A-ZÀ-ÝА-Я][\w'-]+"
    r"|\b(born|née|né|nacid[oa]|dob|date of birth)\b.{0,20}\d{4}"
    r"|\b(passport|passeport|pasaporte|id card|case) *(no|number|nr|n°|#)?[.: ]*[A-Z]{0,3}\d{4,}"
    r"|\b(victim|survivor|witness|name)s?(?: is| was|'s name is|:| named| called)"
    r" +[A-ZÀ-ÝА-Я][\w'-]+ +[A-ZÀ-ÝА-Я][\w'-]+",
    re.IGNORECASE,
)
NAMED: Final = re.compile(
    r"\b(victim|survivor|witness|girl|boy|woman|man|child)s?,? (named |called )?"
    r"[A-ZÀ-ÝА-Я][a-zà-ýа-я'-]+ [A-ZÀ-ÝА-Я][a-zà-ýа-я'-]+"
)
LONGEST: Final = {
    "missing_reason": 1000,
    "text": 4000,
    "source": 1000,
    "evidence": 2000,
    "note": 4000,
    "comment": 4000,
}
UNITS: Final[Mapping[str, str]] = {
    normal(word): unit
    for unit, words in {
        "percent": "%|percent|per cent|percentage|pct|pt|pourcent|pour cent|por ciento|процент|"
        "проценты|百分比|نسبة مئوية|percentage of population|percent of population",
        "per 100000": "per 100 000|per 100,000|per 100000|per 100 000 population|per100k|/100000|"
        "per 100,000 population|pour 100 000 habitants|por 100 000 habitantes|per_100000_pop",
        "per 10000": "per 10 000|per 10,000|per 10,000 employed|per 10000",
        "per 1000": "per 1 000|per 1,000|per 1000|per 1,000 population|per mille|‰|per_1000_pop",
        "count": "count|counts|number|numbers|persons|people|victims|cases|num|no|countries|"
        "nombre|número|personnes|personas|number of persons|чел|человек|人|units|unit",
        "currency": "usd|us dollars|us$|$|usd per year|dollars|constant usd|current usd",
        "ratio": "ratio|index|quotient",
        "level": "level|score|scale|level 0 4|level 0 3|level 0 2|0 1|binary|yes no|ordinal",
        "thousands": "thousands|thousand|000|000s|in thousands|milliers|miles|тыс|k",
        "millions": "millions|million|in millions|mn|млн|m",
    }.items()
    for word in words.split("|")
}
OTHER_UNIT: Final = re.compile(
    r"\b(thousand|million|billion|milliard|millier|mill[oó]n)\w*\b|тыс|млн|млрд|‰|\bper\b|\bpermil|[€£¥]|"
    r"\b(euros?|pounds?|yen|francs?|pesos?|rupees?|shillings?|rubles?)\b|percentage points?",
    re.IGNORECASE,
)
"""Units of which it is certain that they are another, whatever else they say."""
MONEY: Final = re.compile(r"[A-Z]{3}")
"""The code of a currency; the one we know is told among the units."""
OF_KIND: Final[Mapping[Kind, str]] = {
    Kind.PERCENTAGE: "percent",
    Kind.COUNT: "count",
    Kind.CURRENCY: "currency",
    Kind.RATIO: "ratio",
    Kind.ORDINAL: "level",
    Kind.BINARY: "level",
}


def status_of(text: str) -> tuple[str, str]:
    """Return the class of fault of a state, or nothing, and the code it means."""
    if not text:
        return "", ObservationStatus.NORMAL.value
    chosen = re.match(r"([A-Z]): ", text)  # from the list of a workbook, with its meaning
    found = STATUSES.get(chosen[1] if chosen else text.upper()) or STATUSES.get(normal(text))
    return ("", found) if found else ("status", ObservationStatus.NORMAL.value)


def nature_of(text: str) -> tuple[str, str]:
    """Return the class of fault of who produced a figure, or nothing, and the code it means."""
    if not text:
        return "", Nature.COUNTRY.value
    found = NATURES.get(text) or NATURES.get(normal(text))
    return ("", found) if found else ("nature", Nature.COUNTRY.value)


def address_of(text: str) -> tuple[str, str]:
    """Return the class of fault of an address on the web, or nothing, and the address."""
    return ("", text) if not text or re.match(r"https?://\S+\.\S+", text) else ("address", text)


def personal(text: str) -> str:
    """Return the piece of a text that may name a person, or nothing."""
    text = text[: max(LONGEST.values())]
    found = PERSONAL.search(text) or NAMED.search(text)
    return found[0].strip()[:60] if found else ""


def wrong_unit(text: str, row: Any) -> str:
    """Return what is wrong with a unit for an indicator; nothing where they agree."""
    if not text or row is None or normal(text) == normal(row.unit):
        return ""
    if text == "not per cent":  # all that IATI says of a plain unit
        return "unit" if row.kind == Kind.PERCENTAGE else ""
    theirs = UNITS.get(normal(text))
    ours = OF_KIND.get(row.kind) or UNITS.get(normal(row.unit), "rate")
    if theirs is None:
        is_other = OTHER_UNIT.search(text) or SCALED.search(text)
        return "unit" if is_other or MONEY.fullmatch(text.strip()) else "unknown unit"
    if theirs == "count" and row.kind == Kind.RATE and "population" in row.unit:
        return "count"
    return "" if theirs == ours else "unit"


def per_how_many(unit: str) -> int:
    """Return of how many a rate is: per 100,000 population, per 1,000 population."""
    found = re.search(r"per ([0-9][0-9, ]*)", unit)
    return int(re.sub("[, ]", "", found[1])) if found else 1
