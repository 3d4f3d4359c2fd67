"""What a page shows that did not pass through gettext, found by way of the pseudo-locale.

In the pseudo-locale every translated string comes back ⟦marked⟧. What remains when the marked parts
are taken out has to be the record's own: names, titles, sources, figures.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa
from google.protobuf.message import Message  # type: ignore[import-untyped]
from sqlalchemy.engine import Engine
from sqlmodel import AutoString
from streamlit.testing.v1 import AppTest

from models import Table

READ: Final = frozenset(
    {"body", "label", "help", "placeholder", "options", "captions", "caption", "alt", "text"}
)
"""Fields of an element that a person reads."""
DRAWN: Final = frozenset({"text", "name", "hovertemplate", "ticktext", "ticksuffix", "tickprefix"})
"""Keys of a chart whose strings are drawn."""
TAG: Final = re.compile(r"<(style|script)\b.*?</\1>|</?[a-zA-Z!][^>]*>", re.DOTALL)
CELLS = re.compile(r'<div class="hw-(?:packed" hidden|sheet"><div hidden)>(.*?)</div>', re.DOTALL)
SIGNS: Final = frozenset({"alphabet", "cells", "codes", "years", "person", "window", "since"})
"""What a table or grid of cells says in signs, not in words."""
CODE = re.compile(r"[a-z_]+")
ATTRIBUTE: Final = re.compile(r"\b(?:aria-label|alt|title|placeholder)=\"([^\"]*)\"")
WORD: Final = re.compile(r"[A-Za-z]{3,}")
NO_WORDS: Final = re.compile(
    r":material/[a-z_]+:|%\{[^}]*\}|https?://\S*|:[a-z]+\[|\b(?=[a-f]*\d)[0-9a-f]{8,}\b|\b(min|max)\b"
    r"|\b[A-Z]{1,4}\.\d+(\.\d+)?\b|\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b"
)
"""Icons, places for figures, addresses, fingerprints, formulas, codes, and Babel's months."""
APART: Final = "\0"


def untranslated(app: AppTest, record: frozenset[str], document: str) -> set[str]:
    """Return every piece of text in a page that is neither marked nor the record's own.

    `document` is a text in Markdown that a page quotes whole.
    """
    whole = APART.join(record)
    titles = [text for text in record if len(text) > 3 and (" " in text or text[0].isupper())]
    titles.sort(key=len, reverse=True)
    found: set[str] = set()
    for text in {plainly(text).replace(plainly(document), "") for text in shown(app)}:
        for part in parts(text):
            begun = part.removesuffix("…")  # cut off where there was no room
            if part in record or (" " in part and begun in whole):
                continue
            left = part
            for title in titles:
                if title in left:
                    left = re.sub(rf"(?<!\w){re.escape(title)}(?!\w)", APART, left)
            found.update(piece for piece in pieces(left) if piece not in record)
    return found


def plainly(text: str) -> str:
    """Return a text without the marks of headings and without line breaks."""
    return " ".join(re.sub(r"^#+ ", "", text, flags=re.MULTILINE).split())


def shown(app: AppTest) -> Iterator[str]:
    """Yield every string a person reads in a page, charts and hints included."""
    for block in (app.main, app.sidebar):
        yield from _of(block)


def _of(node: Any) -> Iterator[str]:
    for child in getattr(node, "children", {}).values():
        yield from _of(child)
    proto = getattr(node, "proto", None)
    if isinstance(proto, Message):
        if proto.DESCRIPTOR.name == "PlotlyChart":
            yield from drawn(json.loads(proto.spec))
        yield from _fields(proto)


def _fields(proto: Message) -> Iterator[str]:
    for field, value in proto.ListFields():
        if isinstance(value, str):
            if field.name in READ:
                yield value
        elif isinstance(value, Message):
            yield from _fields(value)
        elif field.name in READ and not isinstance(value, (bool, int, float, bytes)):
            yield from (item for item in value if isinstance(item, str))


def drawn(node: Any, key: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for name, child in node.items():
            if not (key == "annotations" and name == "name"):  # for code, not for people
                yield from drawn(child, name)
    elif isinstance(node, list):
        for child in node:
            yield from drawn(child, key)
    elif isinstance(node, str) and key in DRAWN:
        yield node


def parts(text: str) -> Iterator[str]:
    """Yield the parts of a text between tags and marks, and those in attributes people read."""
    packed = CELLS.search(text)
    if packed is not None:
        # What a table of cells is drawn from: its words, and codes in small letters for the script.
        told = json.loads(html.unescape(packed[1]))
        for word in _texts({key: part for key, part in told.items() if key not in SIGNS}):
            if not CODE.fullmatch(word):
                yield from parts(word)
        text = text[: packed.start()] + text[packed.end() :]
    left = unmarked(text)
    for attribute in ATTRIBUTE.findall(left):
        yield from parts(html.unescape(attribute))
    yield from (part.strip() for part in html.unescape(TAG.sub(APART, left)).split(APART))


def pieces(text: str) -> Iterator[str]:
    """Yield what words are left of a part without icons, codes and figures."""
    for part in NO_WORDS.sub(APART, text).split(APART):
        piece = part.strip(" .,:;·–-—()[]*|/<>%0123456789+≥≤=\t\xa0")
        if WORD.search(piece):
            yield piece


def unmarked(text: str) -> str:
    """Return a text without its marked parts, which may lie in one another."""
    depth, kept = 0, []
    for sign in text:
        depth += sign == "⟦"
        kept.append(sign if depth == 0 else "")
        if sign == "⟧":
            depth -= 1
            kept.append(APART)
    return "".join(kept)


def record_of(engine: Engine) -> frozenset[str]:
    """Return every text that stands in the record, also those within lists and tables."""
    texts: set[str] = set()
    with engine.connect() as connection:
        for table in Table.metadata.sorted_tables:
            if table.name in {"audit_event", "snapshot_bytes", "packed_series"}:
                continue
            wanted = [column for column in table.columns if isinstance(column.type, AutoString)]
            listed = [column for column in table.columns if isinstance(column.type, sa.JSON)]
            for column in (*wanted, *listed):
                for value in connection.execute(sa.select(column).distinct()).scalars():
                    texts.update(_texts(value))
    return frozenset(texts)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, dict):
        for child in value.values():
            yield from _texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from _texts(child)
