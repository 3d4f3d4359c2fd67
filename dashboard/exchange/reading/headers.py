"""What a header says beyond one word: a year and a group, a period, two rows of headers in one.

`2022 female`, `PT.8.1 (thousands)` and `2019 Q3` each say more than one thing; so do a year and,
in the row below it, men and women. What is said of a column by such a header is a chain of parts,
each a kind (year, period, indicator, area, group) and a code. A header that may be read in two
ways, such as 2019/20, is never guessed: it carries the class of its doubt.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.exchange.reading import numbers, periods, vocabulary
from dashboard.exchange.reading.sheets import Kind
from dashboard.exchange.reading.vocabulary import normal

Part = tuple[str, str]
KINDS: Final = frozenset({"year", "period", "indicator", "area", "group"})
"""What a header may say of all the values below it."""
YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
PIECES: Final = re.compile(r"\s*[,;:/|()–—]\s*|\s+-\s+")
MARKED: Final = re.compile(r"(\s*(\([a-z]\)|\(\d{1,2}\)|\[\w{1,2}\]|[¹²³⁰⁴-⁹*†‡]))+$")


@dataclass(frozen=True)
class Said:
    """What a header says of its column; no part where it is doubtful beyond use."""

    parts: tuple[Part, ...] = ()
    doubt: str = ""


def read(text: str, names: Mapping[str, str], kind: Kind = Kind.TEXT) -> Said | None:
    """Return what a header says of every value below it; none where it says nothing of the kind.

    `names` are the roles of known words, such as `area:KEN` for Kenya.
    """
    if kind is Kind.DATE:
        return _dated(periods.read(text, kind, is_year=True))
    if year := vocabulary.year(text):
        return Said((("year", year),))
    whole = _named(text, names) or _named(vocabulary.UNIT.sub(" ", text), names)
    if whole is not None:
        return Said((whole,))
    if YEAR.search(numbers.plain(text)):
        return _with_year(text, names)
    return _pieces(text, names)


def _named(text: str, names: Mapping[str, str]) -> Part | None:
    kind, sign, code = names.get(normal(text).replace("%", "").strip(), "").partition(":")
    return (kind, code) if sign and kind in KINDS else None


def _dated(found: periods.Period) -> Said:
    doubt = next(iter(found.doubts), "")
    if found.period is None:
        return Said((), doubt)
    is_year = len(found.period) == 4
    return Said((("year" if is_year else "period", found.period),), doubt)


def _with_year(text: str, names: Mapping[str, str]) -> Said | None:
    """Return what a header with a year in it says: the year alone, or with something else."""
    plain = numbers.plain(vocabulary.bare(text))
    years = YEAR.findall(plain)
    if len(years) == 1:
        rest = MARKED.sub("", YEAR.sub(" ", plain)).strip(" _-,:;/")
        if not normal(rest) or vocabulary.KNOWN.get(normal(rest)) == "value":
            return Said((("year", years[0]),), "footnote" if MARKED.search(plain) else "")
        other = _named(rest, names)
        if other is not None:
            return Said((("year", years[0]), other))
    found = periods.read(text)
    if found.period is None and found.doubts[:1] == ("no period",):
        return _pieces(text, names)
    return _dated(found)


def _pieces(text: str, names: Mapping[str, str]) -> Said | None:
    """Return what the pieces of a header say together, where each of them is known."""
    pieces = [piece for piece in PIECES.split(text) if piece.strip()]
    if len(pieces) == 1:
        head, _space, tail = text.strip().rpartition(" ")
        pieces = [head, tail] if head else pieces
    if len(pieces) < 2:
        return None
    found = [
        ("year", year) if (year := vocabulary.year(piece)) else _named(piece, names)
        for piece in pieces
    ]
    parts = tuple(part for part in found if part is not None)
    return Said(parts) if len(parts) == len(found) and is_whole(parts) else None


def is_whole(parts: Sequence[Part]) -> bool:
    """Say whether no two parts say the same kind of thing."""
    kinds = ["year" if kind == "period" else kind for kind, _code in parts]
    kinds = [
        f"group {code.partition('=')[0]}" if kind == "group" else kind
        for kind, (_kind, code) in zip(kinds, parts, strict=True)
    ]
    return len(set(kinds)) == len(kinds)


def spread(texts: Sequence[str], places: Sequence[int], reach: Mapping[int, int]) -> dict[int, str]:
    """Return for each place the header that stands over it: its own, or one further to the left.

    `reach` gives the last column of merged cells by their first; where a row has any, a header
    reaches no further than its cells.
    """
    found: dict[int, str] = {}
    over, end, before = "", -1, -2
    for place in places:
        if texts[place].strip():
            over = texts[place].strip()
            end = reach.get(place, place if reach else len(texts))
        elif place != before + 1 or place > end:
            over = ""
        found[place], before = over, place
    return found
