"""What a workbook of ours says of itself in a sheet that nobody sees.

Each row is a word and what follows it. By it a filled workbook is known again, whatever its name,
its language, or the program it was saved with.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dashboard.exchange.reading.sheets import META

MADE_BY: Final = "headway workbook"
FORM: Final = "1"
LISTS: Final = "_lists"


@dataclass(frozen=True)
class Origin:
    """For whom a workbook was made, and what each of its columns means.

    `columns` gives for each sheet the header and role of its columns, `words` what a word that can
    be chosen in a list stands for.
    """

    plan: str
    area: str = ""
    round: str = ""
    period: str = ""
    figures: str = ""  # the sheet of figures
    measures: str = ""  # the sheet of reports on measures; empty where it has none
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    passed_over: tuple[str, ...] = ()  # sheets that are for people alone
    digest: str = ""

    @property
    def is_form(self) -> bool:
        """Say whether it is a workbook to fill in, and no marked copy of another file."""
        return bool(self.figures)


def digest(about: Origin) -> str:
    """Return the SHA-256 of what a workbook says of itself, but for the sheets for people."""
    told = "\n".join("\t".join(row) for row in _told(about))
    return hashlib.sha256(told.encode()).hexdigest()


def is_whole(about: Origin) -> bool:
    """Say whether a workbook says of itself what it said when it was made."""
    return about.digest == digest(about)


def pairs(columns: Mapping[str, Mapping[str, str]], sheet: str) -> Iterable[tuple[str, str]]:
    """Return the headers of a sheet and their roles."""
    return columns[sheet].items()


def write(book: Any, about: Origin) -> None:
    """Add the hidden sheet to a workbook that is being made."""
    sheet = book.add_worksheet(META)
    for line, row in enumerate(rows(about)):
        for place, text in enumerate(row):
            sheet.write_string(line, place, text)
    sheet.very_hidden()


def rows(about: Origin) -> list[list[str]]:
    """Return what the hidden sheet says; a copy keeps the digest of what it was made from."""
    told = [*_told(about), *(["passed over", name] for name in about.passed_over)]
    return [*told, ["digest", about.digest or digest(about)]]


def _told(about: Origin) -> list[list[str]]:
    told = [["made by", MADE_BY], ["form", FORM]]
    told += [
        [name, getattr(about, name)]
        for name in ("plan", "area", "round", "period", "figures", "measures")
    ]
    told += [
        ["column", sheet, header, role]
        for sheet in about.columns
        for header, role in pairs(about.columns, sheet)
    ]
    return [*told, *(["word", text, code] for text, code in about.words.items())]


def origin(told: Sequence[Sequence[str]]) -> Origin | None:
    """Return what the hidden sheet of a file says; none where it is not of our making."""
    if not told or list(told[0][:2]) != ["made by", MADE_BY]:
        return None
    padded = [[*row, "", "", "", ""][:4] for row in told]
    said = {row[0]: row[1] for row in padded}
    columns: dict[str, dict[str, str]] = {}
    for name, sheet, header, role in padded:
        if name == "column":
            columns.setdefault(sheet, {})[header] = role
    return Origin(
        plan=said.get("plan", ""),
        area=said.get("area", ""),
        round=said.get("round", ""),
        period=said.get("period", ""),
        figures=said.get("figures", ""),
        measures=said.get("measures", ""),
        columns=columns,
        words={row[1]: row[2] for row in padded if row[0] == "word"},
        passed_over=tuple(row[1] for row in padded if row[0] == "passed over"),
        digest=said.get("digest", ""),
    )
