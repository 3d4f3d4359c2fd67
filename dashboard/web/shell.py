"""The page a browser starts from: Streamlit's, in the reader's language and under our name.

The language and direction stand in it from the first byte, so that nothing flips over later and
screen readers pronounce it rightly; and without JavaScript it says in our words what to do.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from streamlit import file_util

from dashboard import i18n
from dashboard.i18n import _
from dashboard.web import files
from dashboard.web.door import header, language

NAME: Final = "Headway"
SHEETS: Final = ("fonts", "colours", "look", "cells")
"""Our style sheets, in the order in which they stand."""


@dataclass(frozen=True)
class _Page:
    plain: bytes
    packed: bytes
    tag: str


async def shell(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the page, compressed where the browser can read that."""
    if scope["method"] not in {"GET", "HEAD"}:
        await Response(status_code=405, headers={"Allow": "GET, HEAD"})(scope, receive, send)
        return
    page = _page(language(scope))
    headers = {
        "ETag": page.tag,
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding, Accept-Language, Cookie",
    }
    if page.tag in header(scope, "if-none-match"):
        await Response(status_code=304, headers=headers)(scope, receive, send)
        return
    body = page.plain
    if "gzip" in header(scope, "accept-encoding"):
        headers["Content-Encoding"], body = "gzip", page.packed
    headers["Content-Length"] = str(len(body))
    content = b"" if scope["method"] == "HEAD" else body
    await Response(content, headers=headers, media_type="text/html")(scope, receive, send)


@cache
def _page(code: str) -> _Page:
    source = Path(file_util.get_static_dir()) / "index.html"
    plain = written(source.read_text(encoding="utf-8"), code).encode()
    tag = hashlib.sha256(plain).hexdigest()[:24]
    return _Page(plain, gzip.compress(plain, 9, mtime=0), f'"{tag}"')


def written(source: str, code: str) -> str:
    """Return Streamlit's page as ours: language, name, icon, and words without JavaScript."""
    i18n.speak(code)
    what = _("Follow an action plan from objective to outcome: enter, review, show and prove.")
    without = _(
        "Headway draws its pages with JavaScript, which is switched off here. "
        "The same figures can be read as plain data under"
    )
    scripts = "".join(
        f'<script src="{files.address(name)}"{when}></script>'
        for name, when in (("start.js", ""), ("cells.js", " defer"), ("download.js", " defer"))
    )
    # After Streamlit's own rules, which stand in the head, so that ours win.
    sheets = "".join(
        f'<link rel="stylesheet" href="{files.address(name + ".css")}">' for name in SHEETS
    )
    changes = {
        r"</body>": f"  {sheets}\n  </body>",
        r'<html lang="en">': f'<html lang="{code.replace("_", "-")}" dir="{i18n.direction()}">',
        r"<title>.*?</title>": f"<title>{NAME}</title>\n"
        f'    <meta name="description" content="{escape(what)}" />\n'
        '    <meta name="color-scheme" content="light dark" />',
        r'<link rel="shortcut icon"[^>]*>': '<link rel="icon" type="image/svg+xml" '
        f'href="{files.address("favicon.svg")}" />',
        r'<link rel="service-desc"[^>]*>': "",
        r"<!--[^>]*(agent API|prerenderReady)[^>]*-->": "",
        r"<script>[^<]*prerenderReady[^<]*</script>": scripts,
        r'<link\s+rel="preload"[^>]*SourceSans[^>]*>': "",
        r"<noscript>.*?</noscript>": "<noscript>"
        f'<p>{escape(without)} <a href="/api/">/api/</a>.</p></noscript>',
    }
    for found, ours in changes.items():
        source = re.sub(found, lambda _match, ours=ours: ours, source, flags=re.DOTALL)  # type: ignore[misc]
    return source
