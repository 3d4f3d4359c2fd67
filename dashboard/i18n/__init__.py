"""Words and formats of the interface in the reader's language.

Every visible string is written in English inside `_()`; translations are gettext catalogues under
`locales/`. A face says once per request whose language is spoken (`speak`); everything below only
calls `_` and the formats. Missing values are shown as missing, never as zero.
"""

import gettext
import math
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import date as Day
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from babel import Locale, dates, numbers

LOCALES: Final = Path(__file__).parent / "locales"
LANGUAGES: Final = {
    "ar": "العربية",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "ru": "Русский",
    "zh": "中文",
}
"""The six official languages of the United Nations; those with a catalogue are offered."""
RIGHT_TO_LEFT: Final = frozenset({"ar"})
PSEUDO: Final = "en_XA"
"""A language for tests: every string that passes through here comes back ⟦marked⟧."""
COOKIE: Final = "headway_language"
"""The cookie in which a browser keeps the language that was chosen."""
NOTHING: Final = "–"

_language: ContextVar[str] = ContextVar("language", default="en")


class _Marked(gettext.NullTranslations):
    """The pseudo-locale: marks and lengthens, so that what is not translated stands out."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@cache
def offered() -> Mapping[str, str]:
    """Return the languages that can be chosen: code to own name."""
    found = {
        code: name
        for code, name in LANGUAGES.items()
        if code == "en" or (LOCALES / code / "LC_MESSAGES" / "headway.mo").exists()
    }
    return MappingProxyType(found)


def choose(wanted: Iterable[str]) -> str:
    """Return the first of these languages that is offered (`fr` for `fr-CH`), else English."""
    known = offered()
    for code in wanted:
        if code == PSEUDO:
            return PSEUDO
        short = code.replace("_", "-").partition("-")[0].lower()
        if short in known:
            return short
    return "en"


def speak(language: str) -> None:
    """Speak this language from here on, in this thread or task; English where it is unknown."""
    _language.set(language if language == PSEUDO or language in LANGUAGES else "en")


def language() -> str:
    """Return the language now spoken."""
    return _language.get()


def direction() -> str:
    """Return `rtl` or `ltr` for the language now spoken."""
    return "rtl" if language() in RIGHT_TO_LEFT else "ltr"


@lru_cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == PSEUDO:
        return _Marked()
    return gettext.translation("headway", LOCALES, languages=[code], fallback=True)


@lru_cache
def _locale(code: str) -> Locale:
    return Locale.parse("en" if code == PSEUDO else code)


def _(text: str) -> str:
    """Return the text in the language now spoken."""
    return _catalogue(language()).gettext(text)


def plural(one: str, many: str, count: int) -> str:
    """Return the text for this count; `{n}` in it becomes the count, formatted."""
    return _catalogue(language()).ngettext(one, many, count).format(n=number(count))


def number(value: float | int | None, digits: int = 1) -> str:
    """Return a number with at most so many decimals; a dash where it is missing."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return NOTHING
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return str(numbers.format_decimal(value, format=pattern, locale=_locale(language())))


def decimal(text: str) -> Decimal:
    """Read a number as people write it in the language now spoken; `ValueError` says how to."""
    try:
        return numbers.parse_decimal(text.strip(), locale=_locale(language()), strict=True)
    except numbers.NumberFormatError as error:
        example = numbers.format_decimal(Decimal("1234.5"), locale=_locale(language()))
        said = _("{text} is not a number: write it like {example}")
        raise ValueError(said.format(text=text.strip(), example=example)) from error


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share from 0 to 1 as per cent; a dash where it is missing."""
    if share is None or not math.isfinite(share):
        return NOTHING
    pattern = "#,##0" + ("." + "#" * digits if digits else "") + "%"
    return str(numbers.format_percent(share, format=pattern, locale=_locale(language())))


def date(value: Day | datetime | None, style: str = "medium") -> str:
    """Return a day in the reader's order and words."""
    if value is None:
        return NOTHING
    return str(dates.format_date(value, format=style, locale=_locale(language())))


def instant(value: datetime | None) -> str:
    """Return a moment to the minute, in UTC and saying so."""
    if value is None:
        return NOTHING
    text = dates.format_datetime(value, format="d MMM y, HH:mm", locale=_locale(language()))
    return f"{text} UTC"


def listing(words: list[str]) -> str:
    """Return words as a list in the reader's language: a, b and c."""
    from babel.lists import format_list

    return str(format_list(words, locale=_locale(language()))) if words else NOTHING
