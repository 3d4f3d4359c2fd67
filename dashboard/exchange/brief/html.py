"""A briefing note as one page of HTML: nothing loaded, readable by everybody, and printable.

It is well-formed XML as well, so that programs can read it without a browser. `page` is the file;
`piece` is the same content to be shown inside another page.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Final

from dashboard.exchange.brief import svg
from dashboard.exchange.brief.note import (
    Bars,
    Colours,
    Findings,
    Indicators,
    Note,
    Passage,
    Row,
    Verdict,
)

SHEET: Final = Path(__file__).with_name("note.css")
NAME: Final = "bn"
"""Beginning of every class, so that the piece keeps its look inside another page."""
STAMPS: Final = 4
"""How often the mark stands across a note of illustrative data."""

_INLINE: Final = re.compile(
    r'<svg (?:role="img" aria-label="([^"]*)"|aria-hidden="true") (.*?</svg>)', re.DOTALL
)


def page(note: Note) -> str:
    """Return the note as a file of HTML."""
    title = escape(f"{note.title} – {note.kicker}")
    return (
        f'<!DOCTYPE html>\n<html lang="{note.language}" dir="{note.direction}" '
        'xmlns="http://www.w3.org/1999/xhtml">\n<head>\n<meta charset="utf-8"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f'<meta name="author" content="{escape(note.author)}"/>\n'
        f'<meta name="date" content="{note.day.isoformat()}"/>\n'
        f"<title>{title}</title>\n<style>{_sheet()}\nbody {{ margin: 0; }}</style>\n</head>\n"
        f"<body>\n{_whole(note, 1, 'main')}\n</body>\n</html>\n"
    )


def piece(note: Note) -> str:
    """Return the note to be shown on a page that has a first heading of its own.

    Its pictures are images, for whoever shows a foreign piece takes drawings out of it.
    """
    return f"<style>{_sheet()}</style>\n{_INLINE.sub(_as_image, _whole(note, 2, 'article'))}"


def _as_image(drawn: re.Match[str]) -> str:
    markup = b64encode(f"<svg {drawn[2]}".encode()).decode()
    return f'<img alt="{drawn[1] or ""}" src="data:image/svg+xml;base64,{markup}"/>'


@lru_cache(maxsize=1)
def _sheet() -> str:
    return SHEET.read_text("utf-8")


def _whole(note: Note, level: int, tag: str) -> str:
    blocks = [
        _mark(note),
        _head(note, level),
        _sentences(note.sentences, level + 1),
        _facts(note),
        _bars(note, level + 1),
        _columns(
            _findings(note.strongest, note.colours, level + 1),
            _findings(note.weakest, note.colours, level + 1),
        ),
        _columns(_passage(note.changed, level + 1), _passage(note.blocked, level + 1)),
        _indicators(note, level + 1),
        _passage(note.context, level + 1) if note.context.lines else "",
        _passage(note.caveats, level + 1),
        _columns(_passage(note.method, level + 1), _passage(note.citation, level + 1)),
        _mark(note),
    ]
    stamp = (
        f'<div class="{NAME}-stamp" aria-hidden="true">'
        + f"<span>{escape(note.stamp)}</span>" * STAMPS
        + "</div>"
        if note.is_illustrative
        else ""
    )
    inside = "\n".join(block for block in blocks if block)
    return (
        f'<{tag} class="{NAME}" lang="{note.language}" dir="{note.direction}" '
        f'style="{_colours(note.colours)}">{stamp}\n{inside}\n</{tag}>'
    )


def _colours(colours: Colours) -> str:
    return "".join(
        f"--{NAME}-{name.replace('_', '-')}:{getattr(colours, name)};"
        for name in colours.__dataclass_fields__
    )


def _mark(note: Note) -> str:
    return f'<p class="{NAME}-mark">{escape(note.mark)}</p>' if note.is_illustrative else ""


def _head(note: Note, level: int) -> str:
    return (
        f'<header><p class="{NAME}-kicker">{escape(note.kicker)}</p>'
        f"<h{level}>{escape(note.title)}</h{level}>"
        f'<p class="{NAME}-lede">{escape(note.lede)}</p></header>'
    )


def _sentences(passage: Passage, level: int) -> str:
    items = _items(passage.lines)
    return (
        f'<section class="{NAME}-out"><h{level}>{escape(passage.title)}</h{level}>'
        f"<ol>{items}</ol><p>{escape(passage.note)}</p></section>"
    )


def _facts(note: Note) -> str:
    facts = "".join(
        f'<div class="{NAME}-fact"><dt>{escape(fact.label)}</dt>'
        f"<dd><b>{escape(fact.value)}</b> <span>{escape(fact.detail)}</span></dd></div>"
        for fact in note.facts
    )
    return f'<dl class="{NAME}-facts">{facts}</dl>'


def _bars(note: Note, level: int) -> str:
    bars = note.statuses
    title = f"<h{level}>{escape(bars.title)}</h{level}>"
    under = f'<p class="{NAME}-note">{escape(bars.note)}</p>'
    if not bars.bars:
        return f"<section>{title}{under}</section>"
    mirrored = note.direction == "rtl"
    rows = "".join(
        f'<tr><th scope="row">{escape(bar.label)}</th>'
        f"<td>{_picture(svg.bar(bar, note.colours, mirrored=mirrored), bar.said)}</td>"
        f'<td class="{NAME}-num">{escape(bar.shown)}</td></tr>'
        for bar in bars.bars
    )
    return (
        f"<section>{title}{_table(f'{NAME}-bars', bars.title, bars.heads, rows)}"
        f"{_key(bars, note.colours)}{under}</section>"
    )


def _key(bars: Bars, colours: Colours) -> str:
    entries = "".join(f"<li>{_status(one, colours)}</li>" for one in bars.key)
    return f'<ul class="{NAME}-key">{entries}</ul>'


def _findings(findings: Findings, colours: Colours, level: int) -> str:
    title = f"<h{level}>{escape(findings.title)}</h{level}>"
    if not findings.rows:
        return f"<section>{title}<p>{escape(findings.nothing)}</p></section>"
    rows = "".join(
        f"<li><b>{escape(row.name)}</b>: {escape(row.said)}"
        f"{' ' + _status(row.verdict, colours) if row.verdict else ''}</li>"
        for row in findings.rows
    )
    return f"<section>{title}<ol>{rows}</ol></section>"


def _passage(passage: Passage, level: int) -> str:
    title = f"<h{level}>{escape(passage.title)}</h{level}>"
    under = f'<p class="{NAME}-note">{escape(passage.note)}</p>' if passage.note else ""
    if len(passage.lines) == 1:
        return f"<section>{title}<p>{escape(passage.lines[0])}</p>{under}</section>"
    return f"<section>{title}<ul>{_items(passage.lines)}</ul>{under}</section>"


def _indicators(note: Note, level: int) -> str:
    table = note.indicators
    mirrored = note.direction == "rtl"
    rows = "".join(
        f'<tr><th scope="row">{escape(row.name)}{_aside(row.mark)}</th>'
        f"<td>{_scale(row, note.colours, mirrored=mirrored)}</td>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in row.cells)
        + f"<td>{_status(row.scale.verdict, note.colours)}</td></tr>"
        for row in table.rows
    )
    return (
        f'<section class="{NAME}-wide"><h{level}>{escape(table.title)}</h{level}>'
        f"{_marks(table, note.colours)}"
        f"{_table(f'{NAME}-rows', table.title, table.heads, rows)}"
        f'<p class="{NAME}-note">{escape(table.note)}</p></section>'
    )


def _scale(row: Row, colours: Colours, *, mirrored: bool) -> str:
    return _picture(svg.scale(row.scale, colours, mirrored=mirrored), row.scale.said)


def _marks(table: Indicators, colours: Colours) -> str:
    entries = "".join(
        f"<li>{_decor(svg.key(kind, colours))} {escape(word)}</li>" for kind, word in table.marks
    )
    return f'<ul class="{NAME}-key">{entries}</ul>'


def _table(name: str, caption: str, heads: Iterable[str], rows: str) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    return (
        f'<div class="{NAME}-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="{name}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _aside(mark: str) -> str:
    return f" <small>({escape(mark)})</small>" if mark else ""


def _status(verdict: Verdict, colours: Colours) -> str:
    return (
        f'<span class="{NAME}-status">{_decor(svg.swatch(verdict, colours))} '
        f"{escape(verdict.word)}</span>"
    )


def _picture(markup: str, said: str) -> str:
    named = f'<svg role="img" aria-label="{escape(said)}" '
    return markup.replace("<svg ", named, 1)


def _decor(markup: str) -> str:
    return markup.replace("<svg ", '<svg aria-hidden="true" ', 1)


def _columns(left: str, right: str) -> str:
    return f'<div class="{NAME}-columns">{left}{right}</div>'


def _items(lines: Iterable[str]) -> str:
    return "".join(f"<li>{escape(line)}</li>" for line in lines)
