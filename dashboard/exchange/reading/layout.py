"""How a sheet is laid out: where its header stands, and what each of its columns means.

What cannot be told from the words themselves is said to be a guess, and is shown to a person.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from rapidfuzz import fuzz, process

from dashboard.exchange.reading import vocabulary
from dashboard.exchange.reading.sheets import Sheet
from dashboard.exchange.reading.vocabulary import CODES_FIRST, normal

How = Literal["known", "guessed", "told", "unknown", "twin"]
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
ACROSS: Final = ("year:", "indicator:", "area:")
"""Roles of columns whose header itself says the year, the indicator or the area."""


@dataclass(frozen=True)
class Meaning:
    """What a column means: its header, its role (empty: passed over), and how that is known."""

    header: str
    role: str
    how: How = "known"
    unit: str = ""


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

    def across(self) -> dict[int, tuple[str, str]]:
        """Return the columns whose header says a year, an indicator or an area: role and code."""
        return {
            place: (kind, code)
            for place, column in enumerate(self.columns)
            for kind, sign, code in [column.role.partition(":")]
            if sign and f"{kind}:" in ACROSS
        }


def find(sheet: Sheet, names: Mapping[str, str]) -> Layout:
    """Return the layout of a sheet; `names` are further headers and their roles.

    The header is the row, among the first, in which most cells are known words; a row further
    down wins only where it has more of them.
    """
    best, most = Layout(-1, ()), 0
    for row in range(min(sheet.height, LOOKED_AT)):
        texts = [column.text(row).strip() for column in sheet.columns]
        layout = Layout(row, tuple(_meaning(text, names) for text in texts))
        score = _score(layout)
        if score > most:
            best, most = layout, score
    return _settled(best) if most >= 2 else Layout(-1, ())


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


def _meaning(text: str, names: Mapping[str, str]) -> Meaning:
    word, unit = normal(text), vocabulary.unit(text)
    if not word:
        return Meaning(text, "", "unknown")
    if year := vocabulary.year(text):
        return Meaning(text, f"year:{year}")
    bare = normal(vocabulary.UNIT.sub(" ", text)).replace("%", "").strip()
    for known in (word, bare):
        role = vocabulary.KNOWN.get(known, names.get(known))
        if role is not None:
            return Meaning(text, role, unit=unit)
    return Meaning(text, "", "unknown", unit)


def _settled(layout: Layout) -> Layout:
    """Guess the rest of a header, and let no role that can stand once stand twice."""
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
        is_same = normal(column.header) in {normal(one.header) for one in kept}
        how: How = "twin" if is_same and column.role == "value" else "known"
        kept.append(replace(column, role="", how=how) if is_twin else column)
    return kept


def told(layout: Layout, mapping: Mapping[str, str]) -> Layout:
    """Return the layout with the roles a person gave to columns by their header."""
    wanted = {normal(header): role for header, role in mapping.items()}
    columns = [
        replace(column, role=wanted[normal(column.header)], how="told")
        if normal(column.header) in wanted
        else column
        for column in layout.columns
    ]
    return Layout(layout.header, tuple(columns))
