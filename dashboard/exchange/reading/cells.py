"""What a number, a day or a truth value of a workbook is as text, and what its format says."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from dashboard.exchange.reading.sheets import EMPTY, Kind

PERCENTS: Final = frozenset({9, 10})
DAYS: Final = frozenset({*range(14, 18), 22, *range(27, 37), *range(50, 59)})
TIMES: Final = frozenset({18, 19, 20, 21, 45, 46, 47})
"""Number formats that have no text in the file (ECMA-376, 18.8.30)."""
ERRORS: Final = re.compile(
    r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|GETTING_DATA|SPILL!|CALC!|FIELD!|BLOCKED!|#+)"
    r"|Err:\d{3}|#+",
    re.IGNORECASE,
)


def plain(value: float) -> str:
    """Return a double as a spreadsheet shows it: at most 15 digits, no exponent."""
    return format(Decimal(format(value, ".15g")), "f")


def percent(value: float) -> str:
    """Return a share as the percentage that was shown: 0.615 is 61.5."""
    return format((Decimal(format(value, ".15g")) * 100).normalize(), "f")


def cell(value: Any) -> tuple[str, Kind]:
    """Return a value as a parser gave it: its text and its kind."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return str(value).upper(), Kind.BOOLEAN
    if isinstance(value, int | float):
        return plain(value), Kind.NUMBER
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return (value.date() if is_day else value).isoformat(), Kind.DATE
    if isinstance(value, date):
        return value.isoformat(), Kind.DATE
    if isinstance(value, time | timedelta):
        return str(value), Kind.TIME
    text = str(value)
    return text, Kind.ERROR if ERRORS.fullmatch(text.strip()) else Kind.TEXT


def kind_of(number: int, code: str) -> Kind:
    """Return what a number format makes of a number: per cent, a day, or the number itself."""
    if number in PERCENTS:
        return Kind.PERCENT
    if number in DAYS or number in TIMES:
        return Kind.DATE
    # Signs in quotes and brackets are words, colours and conditions, not formats.
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", code.split(";", maxsplit=1)[0]).lower()
    if "%" in bare:
        return Kind.PERCENT
    return Kind.DATE if re.search(r"[ymdhs]", bare) and "general" not in bare else Kind.NUMBER
