"""The static edition: plain pages that need no server, laid out from what services worked out.

Nothing here computes or words anything. The same content gives the same bytes; no page asks another
host, or this one by script, for anything, so that a folder on a disk is as good as an address.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2
from markdown_it import MarkdownIt

from dashboard.exchange.edition import drawing

TEMPLATES: Final = Path(__file__).parent / "templates"
ASSETS: Final = Path(__file__).parent
OWN: Final = ("edition.css", "edition.js")
"""Assets that lie beside the templates."""
WRAPPED: Final = {
    "<table>": '<div class="hw-scroll" tabindex="0"><table class="hw-table">',
    "</table>": "</table></div>",
    "<pre>": '<pre tabindex="0">',
}
"""What is wide scrolls by itself, also without a mouse."""


def page(template: str, content: Mapping[str, Any]) -> bytes:
    """Return a page of the edition."""
    text = _environment().get_template(template).render(content)
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip()).encode() + b"\n"


def told(markdown: str) -> str:
    """Return a text of ours as HTML, its headings one level down; markup in it stays text."""
    lines = (f"#{line}" if line.startswith("#") else line for line in markdown.splitlines())
    made: str = _reader().render("\n".join(lines))
    for plain, ours in WRAPPED.items():
        made = made.replace(plain, ours)
    return made


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


@cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(tiles=drawing.tiles, line=drawing.line, strip=drawing.strip,
                        scale=drawing.scale)  # fmt: skip
    return made
