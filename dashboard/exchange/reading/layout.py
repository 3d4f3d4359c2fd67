"""How a sheet is laid out: where its header stands, and what each of its columns means.

What cannot be told from the words themselves is said to be a guess, and is shown to a person.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from rapidfuzz import fuzz, process

from dashboard.exchange.reading import headers, vocabulary
from dashboard.exchange.reading.headers import Part, Said
from dashboard.exchange.reading.sheets import Kind, Sheet
from dashboard.exchange.reading.vocabulary import CODES_FIRST, normal

How = Literal["known", "guessed", "told", "unknown", "twin", "second"]
LONGEST: Final = 200
"""Signs of a text that may still be a header."""
LOOKED_AT: Final = 40
"""Rows from the top among which the header is sought."""
NEAR: Final = 88
"""How like a known word a header must be, of 100, to be guessed."""
SINGLE: Final = frozenset({"value", "period", "unit", "status", "source", "text", "qualifier"})
PROPER: Final = frozenset(
    {
        *("value", "obs value", "txtvalue", "new value", "valeur", "valor", "значение", "数值"),
        *("القيمة", "period", "timeperiod", "time period", "unit", "status", "source"),
    }
)
"""Of two columns with a role that stands once, the one called by its proper name is read."""
ACROSS: Final = tuple(f"{kind}:" for kind in sorted(headers.KINDS))
"""Roles of columns whose header itself says the year, the indicator, the area or the group."""
NEUTRAL: Final = ("", "period", "value", "area", "indicator")
"""Roles of a header that only says what the headers below it are."""


@dataclass(frozen=True)
class Meaning:
    """What a column means: its header, its role (empty: passed over), and how that is known.

    `more` is what its header says besides its role; `doubt` the class of what is doubtful in it.
    """

    header: str
    role: str
    how: How = "known"
    unit: str = ""
    more: tuple[Part, ...] = ()
    doubt: str = ""

    @property
    def parts(self) -> tuple[Part, ...]:
        """All that the header says of the values below it."""
        kind, sign, code = self.role.partition(":")
        return ((kind, code), *self.more) if sign and kind in headers.KINDS else ()


@dataclass(frozen=True)
class Layout:
    """Where the header of a sheet stands (counted from zero; -1: nowhere) and its columns."""

    header: int
    columns: tuple[Meaning, ...]

    def at(self, role: str) -> list[int]:
        """Return the columns of a role, those with codes first."""
        found = [place for place, column in enumerate(self.columns) if column.role == role]
        return sorted(
            found, key=lambda place: not CODES_FIRST.search(normal(self.columns[place].header))
        )

    def across(self) -> dict[int, tuple[Part, ...]]:
        """Return the columns whose header says a year, an indicator, an area: kinds and codes."""
        return {place: column.parts for place, column in enumerate(self.columns) if column.parts}

    def kinds(self) -> frozenset[str]:
        """Return what every header across says: periods, indicators, areas or groups."""
        found = [
            {"period" if kind == "year" else kind for kind, _code in parts}
            for parts in self.across().values()
        ]
        return frozenset(set.intersection(*found)) if found else frozenset()


def find(sheet: Sheet, names: Mapping[str, str]) -> Layout:
    """Return the layout of a sheet; `names` are further headers and their roles.

    The header is the row, among the first, in which most cells are known words; a row further
    down wins only where it has more of them.
    """
    best, most = Layout(-1, ()), 0
    for row in range(min(sheet.height, LOOKED_AT)):
        layout = Layout(row, tuple(_meaning(text, names, kind) for text, kind in _row(sheet, row)))
        score = _score(layout)
        if score > most:
            best, most = layout, score
    return _settled(_doubled(sheet, best, names)) if most >= 2 else Layout(-1, ())


def _row(sheet: Sheet, row: int) -> list[tuple[str, Kind]]:
    codes = [(column, int(column.codes[row])) for column in sheet.columns]
    return [(column.texts[code].strip(), column.kinds[code]) for column, code in codes]


# Two rows of headers --------------------------------------------------------------------------


def _doubled(sheet: Sheet, layout: Layout, names: Mapping[str, str]) -> Layout:
    """Return the layout with what a second row of headers, below it or above it, adds to it."""
    if layout.header + 1 < sheet.height:
        below = _continued(sheet, layout, names)
        if below is not None:
            return below
    return _headed(sheet, layout, names) if layout.header > 0 else layout


def _continued(sheet: Sheet, layout: Layout, names: Mapping[str, str]) -> Layout | None:
    """Read the row below a header as its second row; none where it is the first of the figures."""
    below = _row(sheet, layout.header + 1)
    filled = [place for place, (text, _kind) in enumerate(below) if text]
    keys = {
        place
        for place, column in enumerate(layout.columns)
        if column.role and not column.parts and place not in filled
    }
    said = {place: headers.read(below[place][0], names, below[place][1]) for place in filled}
    is_words = all(
        one is not None or not re.search(r"\d", below[place][0]) for place, one in said.items()
    )
    if len(filled) < 2 or not keys or not is_words:
        return None
    over = headers.spread(
        [column.header for column in layout.columns], filled, _reach(sheet, layout.header)
    )
    tops = {place: _meaning(over[place], names) for place in filled}
    if not all(one.parts or one.role in NEUTRAL for one in tops.values()):
        return None
    if not any(one.parts for one in tops.values()) and not all(said.values()):
        return None
    columns = [
        _both(column, tops[place], below[place][0], said[place]) if place in said else column
        for place, column in enumerate(layout.columns)
    ]
    return Layout(layout.header + 1, tuple(columns))


def _headed(sheet: Sheet, layout: Layout, names: Mapping[str, str]) -> Layout:
    """Return the layout with what the row above its headers says of them, where it does."""
    above = _row(sheet, layout.header - 1)
    places = list(layout.across())
    over = headers.spread([text for text, _kind in above], places, _reach(sheet, layout.header - 1))
    said = {text: headers.read(text, names) for text in over.values() if text}
    if not said or any(one is None or not one.parts for one in said.values()):
        return layout
    columns = list(layout.columns)
    for place in places:
        found = said.get(over[place])
        if found is None:
            continue
        parts = (*columns[place].parts, *found.parts)
        if not headers.is_whole(parts):
            return layout
        columns[place] = replace(
            columns[place], header=f"{over[place]} / {columns[place].header}", more=parts[1:]
        )
    return Layout(layout.header, tuple(columns))


def _reach(sheet: Sheet, row: int) -> dict[int, int]:
    """Return the last column of each range of merged cells in a row by its first."""
    line = sheet.row + row
    return {
        left - sheet.column: right - sheet.column
        for top, left, bottom, right in sheet.merged
        if top <= line <= bottom and right > left
    }


def _both(column: Meaning, top: Meaning, text: str, said: Said | None) -> Meaning:
    """Return what two headers, one below the other, say together."""
    header = f"{top.header} / {text}" if top.header else text
    parts = (*top.parts, *(said.parts if said else ()))
    if said is None or not said.parts or not headers.is_whole(parts):
        return Meaning(header, "", "second")
    unit = column.unit or top.unit or vocabulary.unit(text)
    (kind, code), *more = parts
    return Meaning(header, f"{kind}:{code}", "known", unit, tuple(more), top.doubt or said.doubt)


def guess(sheet: Sheet) -> Layout:
    """Return the row that looks most like a header where no word of it is known."""
    best, most = -1, 2
    for row in range(min(sheet.height - 1, LOOKED_AT)):
        texts = [column.text(row).strip() for column in sheet.columns]
        words = sum(bool(re.search(r"[^\W\d_]", text)) for text in texts)
        if words > most:
            best, most = row, words
    if best < 0:
        return Layout(-1, ())
    headers = [column.text(best).strip() for column in sheet.columns]
    return _settled(Layout(best, tuple(_meaning(text, {}) for text in headers)))


def _score(layout: Layout) -> int:
    """Return how many different roles the cells of a row have; years across count together."""
    known = [column for column in layout.columns if column.how == "known" and column.role]
    kinds = {column.role for column in known}
    sorts = {role.partition(":")[0] for role in kinds if role.startswith(ACROSS)}
    across = sum(role.startswith(ACROSS) for role in kinds)
    if len(sorts) > 1 and len(kinds) == across:
        return 0  # a row of figures names an indicator, an area and a year, no header does
    texts = [column.header for column in layout.columns if column.header]
    if len(kinds) - across == 0 and across < 2:
        return 0
    too_long = sum(len(text) > 120 for text in texts)
    return 3 * (len(kinds) - across) + min(across, 4) - too_long


def _meaning(text: str, names: Mapping[str, str], kind: Kind = Kind.TEXT) -> Meaning:
    word, unit = normal(text), vocabulary.unit(text)
    if not word:
        return Meaning(text, "", "unknown")
    bare = normal(vocabulary.UNIT.sub(" ", text)).replace("%", "").strip()
    for known in (word, bare):
        role = vocabulary.KNOWN.get(known, names.get(known))
        if role is not None:
            return Meaning(text, role, unit=unit)
    said = headers.read(text, names, kind) if len(text) < LONGEST else None
    if said is None:
        return Meaning(text, "", "unknown", unit)
    if not said.parts:
        return Meaning(text, "", "unknown", unit, doubt=said.doubt)
    (first, code), *more = said.parts
    return Meaning(text, f"{first}:{code}", "known", unit, tuple(more), said.doubt)


def _settled(layout: Layout) -> Layout:
    """Guess the rest of a header, and let no role that can stand once stand twice."""
    groups = {code for column in layout.columns for kind, code in column.parts if kind == "group"}
    if groups == {"_T"}:  # a column of totals, and not the total of a breakdown
        layout = Layout(
            layout.header,
            tuple(
                replace(one, role="", how="unknown", more=())
                if ("group", "_T") in one.parts
                else one
                for one in layout.columns
            ),
        )
    taken = {column.role for column in layout.columns}
    columns = []
    for column in layout.columns:
        guess = _guess(column, taken) if column.how == "unknown" and column.header else column
        taken.add(guess.role)
        columns.append(guess)
    return Layout(layout.header, tuple(_once(columns)))


def _guess(column: Meaning, taken: set[str]) -> Meaning:
    word = normal(vocabulary.UNIT.sub(" ", column.header))
    if len(word) < 4:
        return column
    found = process.extractOne(word, list(vocabulary.KNOWN), scorer=fuzz.ratio, score_cutoff=NEAR)
    role = vocabulary.KNOWN[found[0]] if found else ""
    return replace(column, role=role, how="guessed") if role and role not in taken else column


def _once(columns: Sequence[Meaning]) -> list[Meaning]:
    named = {column.role for column in columns if normal(column.header) in PROPER}
    seen: set[str] = set()
    kept: list[Meaning] = []
    for column in columns:
        is_proper = normal(column.header) in PROPER
        is_twin = column.role in SINGLE and (
            column.role in seen or (column.role in named and not is_proper)
        )
        if not is_twin:
            seen.add(column.role)
        kept.append(replace(column, role="", how="twin") if is_twin else column)
    return kept


def told(layout: Layout, mapping: Mapping[str, str]) -> Layout:
    """Return the layout with the roles a person gave to columns by their header."""
    wanted = {normal(header): role for header, role in mapping.items()}
    columns = [
        replace(column, role=wanted[normal(column.header)], how="told", more=(), doubt="")
        if normal(column.header) in wanted
        else column
        for column in layout.columns
    ]
    return Layout(layout.header, tuple(columns))
