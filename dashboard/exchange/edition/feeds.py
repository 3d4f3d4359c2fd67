"""What stands beside the pages of the static edition: search, news, the list of pages, colours."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape, quoteattr

ATOM: Final = "http://www.w3.org/2005/Atom"
SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


def search(entries: Iterable[Sequence[str]]) -> bytes:
    """Return what can be found as a script: title, kind, page, and other names, folded.

    A script, since a page opened from a disk may fetch nothing.
    """
    rows = json.dumps(list(entries), ensure_ascii=False, separators=(",", ":"))
    safe = rows.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"window.headwayIndex={safe};\n".encode()


def atom(about: Mapping[str, str], as_of: datetime, entries: Iterable[Mapping[str, str]]) -> bytes:
    """Return news as Atom: `about` has id, title, rights, author; entries id, title, at, to."""
    items = "".join(
        f"<entry><id>{escape(one['id'])}</id><title>{escape(one['title'])}</title>"
        f"<updated>{one['at']}</updated><link href={quoteattr(one['to'])}/>"
        f"<summary>{escape(one['summary'])}</summary></entry>\n"
        for one in entries
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="{ATOM}">\n'
        f"<id>{escape(about['id'])}</id><title>{escape(about['title'])}</title>"
        f"<updated>{stamp(as_of)}</updated><rights>{escape(about['rights'])}</rights>"
        f"<author><name>{escape(about['author'])}</name></author>\n{items}</feed>\n"
    ).encode()


def stamp(moment: datetime) -> str:
    """Return a moment as feeds write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sitemap(address: str, paths: Iterable[str], as_of: datetime) -> bytes:
    """Return the list of pages for search engines, below an address."""
    day = as_of.astimezone(UTC).date().isoformat()
    rows = "".join(
        f"<url><loc>{escape(f'{address}/{path}')}</loc><lastmod>{day}</lastmod></url>\n"
        for path in paths
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{SITEMAP}">\n{rows}</urlset>\n'
    ).encode()


def colours(light: Mapping[str, str], dark: Mapping[str, str]) -> bytes:
    """Return the colours of both lights as a sheet; the reader's system says which counts."""
    rows = "".join(f"  --hw-{name}: light-dark({light[name]}, {dark[name]});\n" for name in light)
    return f":root {{\n  color-scheme: light dark;\n{rows}}}\n".encode()
