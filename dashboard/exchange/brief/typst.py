"""A briefing note on paper: PDF/A-2a and PDF/UA-1, tagged, the same bytes from the same content.

Typst sets it. It refuses whatever would not be accessible: a picture without words, a character
that no font has. Only fonts that come with the program, or that the installation adds, are used.
"""

import json
import re
import threading
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import fontpkg  # type: ignore[import-untyped]
import typst

from dashboard.exchange.brief import svg
from dashboard.exchange.brief.note import Note
from dashboard.i18n import _

TEMPLATE: Final = Path(__file__).with_name("note.typ")
PROBE: Final = Path(__file__).with_name("probe.typ")
"""A document of nothing but a text, to see whether fonts can show it."""
STANDARDS: "Final[list[typst.PDFStandard]]" = ["a-2a", "ua-1"]
SIZES: Final = ("8.6", "8.2", "7.8", "7.4", "7")
"""Sizes of the text in points, tried one after another until two pages hold it."""
MOST_PAGES: Final = 2
FIRST: Final = ("Noto Sans", "Noto Sans Arabic")
LAST: Final = ("DejaVu Sans Mono",)  # comes with Typst, and has the signs of every status
STAND_IN: Final = "□"
"""Stands for a character that no font has, such as a pictograph in what a person wrote."""
_UNKNOWN: Final = re.compile(r'the text `"(.+?)"` could not be displayed')

_setting = threading.Lock()


class NoFont(Exception):
    """No font at hand has the script of the note; `text` is what cannot be shown."""

    def __init__(self, text: str) -> None:
        super().__init__(f"no font has {text!r}")
        self.text = text


def pdf(note: Note, *, fonts: Path | None = None) -> bytes:
    """Return a note as PDF, on at most two pages wherever its content allows that.

    `fonts` is a folder with further fonts. Raises `NoFont` where none has the note's script; a
    single character that none has is replaced, and the note says so.
    """
    with _setting:  # one compiler, and what it has learnt, for all
        compiler, families = _compiler(fonts)
        script = unknown(compiler, families, f"{note.page}{note.sentences.title}{note.title}")
        if script:
            raise NoFont(script)
        readable = _readable(note, compiler, families)
        given = _given(readable, families)
        made = b""
        for size in SIZES:
            made = _made(compiler, given | {"size": size}, note)
            if pages(compiler) <= MOST_PAGES:
                break
        return made


def is_readable(text: str, fonts: Path | None = None) -> bool:
    """Say whether the fonts at hand can show every character of a text."""
    with _setting:
        return not unknown(*_compiler(fonts), text)


def pages(compiler: typst.Compiler) -> int:
    """Return how many pages the document has that was compiled last."""
    return int(json.loads(compiler.query("<pages>", field="value", one=True)))


def unknown(compiler: typst.Compiler, families: list[str], text: str) -> str:
    """Return what of a text no font can show, empty where all can be shown."""
    given = {"text": text, "fonts": json.dumps(families)}
    try:
        compiler.compile(
            PROBE, format="pdf", sys_inputs=given, pdf_standards=STANDARDS, timestamp=0
        )
    except typst.TypstError as error:
        return _refused(error)
    return ""


def _refused(error: typst.TypstError) -> str:
    found = _UNKNOWN.search(error.message)
    if found is None:
        raise error
    return str(json.loads(f'"{found[1]}"')) if "\\" not in found[1] else found[1]


def _readable(note: Note, compiler: typst.Compiler, families: list[str]) -> Note:
    """Return the note with a stand-in for every character that no font has."""
    text = "".join(sorted(set(json.dumps(asdict(note), default=str, ensure_ascii=False))))
    gone: set[str] = set()
    while cluster := unknown(compiler, families, text):
        gone |= set(cluster)
        text = "".join(letter for letter in text if letter not in gone)
    if not gone:
        return note
    table = str.maketrans(dict.fromkeys(gone, STAND_IN))
    said = _("A character that no font of this installation has is shown as {sign}.")
    noted = replace(
        note,
        caveats=replace(note.caveats, lines=(*note.caveats.lines, said.format(sign=STAND_IN))),
    )
    readable: Note = _translated(noted, table)
    return readable


def _translated(value: Any, table: dict[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, tuple):
        return tuple(_translated(one, table) for one in value)
    if hasattr(value, "__dataclass_fields__"):
        changed = {
            name: _translated(getattr(value, name), table) for name in value.__dataclass_fields__
        }
        return replace(value, **changed)
    return value


def _given(note: Note, families: list[str]) -> dict[str, str]:
    """Return what the template is made from: the note, its pictures and its fonts, as JSON."""
    mirrored = note.direction == "rtl"
    verdicts = [
        *note.statuses.key,
        *(
            row.verdict
            for row in (*note.strongest.rows, *note.weakest.rows)
            if row.verdict is not None
        ),
        *(row.scale.verdict for row in note.indicators.rows),
    ]
    colours = note.colours
    pictures = {
        "bars": [svg.bar(bar, colours, mirrored=mirrored) for bar in note.statuses.bars],
        "scales": [
            svg.scale(row.scale, colours, mirrored=mirrored) for row in note.indicators.rows
        ],
        "swatches": {one.status: svg.swatch(one, colours) for one in verdicts},
        "key": {kind: svg.key(kind, colours) for kind in svg.KINDS},
    }
    told = asdict(note) | {"day": [note.day.year, note.day.month, note.day.day]}
    return {
        "note": json.dumps(told, ensure_ascii=False, sort_keys=True),
        "pictures": json.dumps(pictures, ensure_ascii=False, sort_keys=True),
        "fonts": json.dumps(families),
    }


def _made(compiler: typst.Compiler, given: dict[str, str], note: Note) -> bytes:
    day = datetime(note.day.year, note.day.month, note.day.day, tzinfo=UTC)
    made = compiler.compile(
        TEMPLATE,
        format="pdf",
        sys_inputs=given,
        pdf_standards=STANDARDS,
        timestamp=int(day.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=2)
def _compiler(fonts: Path | None) -> tuple[typst.Compiler, list[str]]:
    """Return the compiler, and the families of fonts in the order in which they are asked."""
    folders = [path for name in fontpkg.families() for path in _folders(name)]
    further = [fonts] if fonts is not None and fonts.is_dir() else []
    found = typst.Fonts(include_system_fonts=False, font_paths=[*folders, *further])
    have = found.families()
    others = sorted(set(have) - {*FIRST, *LAST})
    families = [*(name for name in FIRST if name in have), *others, *LAST]
    return typst.Compiler(TEMPLATE, font_paths=found), families


def _folders(name: str) -> list[Path]:
    return sorted({file.path.parent for file in fontpkg.family(name).files})
