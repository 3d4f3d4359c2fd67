"""Files that never change while the program runs, compressed once and kept compressed.

Streamlit sends its bundle of several megabytes uncompressed, which is a long wait on a thin line.
Here each file is compressed when it is first asked for, and the result is kept in the
installation's home. Only files that were there at the start are answered: no path is ever made from
what a visitor sends.
"""

import gzip
import hashlib
import mimetypes
import os
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dashboard.web.door import header, path

ASSETS: Final = Path(__file__).parent.parent / "static"
"""Our own files: style sheets, pictures, fonts, map shapes. Served below /assets."""
COMPRESSED: Final = {".js", ".mjs", ".css", ".json", ".geojson", ".svg", ".html", ".txt", ".wasm"}
SMALLEST: Final = 1000
"""Files of fewer bytes are not worth compressing."""
FOREVER: Final = "public, max-age=31536000, immutable"
SHORTLY: Final = "public, max-age=300, must-revalidate"
TYPES: Final = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".geojson": "application/geo+json",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class _Copy:
    """A file as it is sent: its bytes, whether they are compressed, and its digest."""

    content: bytes
    is_compressed: bool
    digest: str


def address(name: str) -> str:
    """Return the address of one of our files, which changes when the file does."""
    return f"/assets/{quote(name)}?v={_digest(ASSETS / name)[:12]}"


class Files:
    """A folder, answered below a prefix.

    `are_hashed` says that the names change with the contents, so that browsers keep them for ever;
    otherwise they do so where the address carries the digest (`address`), and ask again if not.
    """

    def __init__(self, folder: Path, prefix: str, *, kept: Path, are_hashed: bool) -> None:
        self.prefix = prefix
        self.kept = kept
        self.are_hashed = are_hashed
        self.paths = {
            found.relative_to(folder).as_posix(): found
            for found in folder.rglob("*")
            if found.is_file() and not found.name.startswith(".")
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the file, compressed where the browser can read that."""
        found = self.paths.get(path(scope).removeprefix(self.prefix))
        if found is None:
            answer = Response("Not found", status_code=404, media_type="text/plain")
        elif scope["method"] not in {"GET", "HEAD"}:
            answer = Response(status_code=405, headers={"Allow": "GET, HEAD"})
        else:
            answer = await self._answer(found, scope)
        await answer(scope, receive, send)

    async def _answer(self, found: Path, scope: Scope) -> Response:
        can = "gzip" in header(scope, "accept-encoding")
        copy = await run_in_threadpool(self._copy, found, can=can)
        tag = f'"{copy.digest[:24]}{"-z" if copy.is_compressed else ""}"'
        headers = {"ETag": tag, "Cache-Control": self._keep(copy, scope), "Vary": "Accept-Encoding"}
        if tag in [part.strip() for part in header(scope, "if-none-match").split(",")]:
            return Response(status_code=304, headers=headers)
        if copy.is_compressed:
            headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(copy.content))
        content = b"" if scope["method"] == "HEAD" else copy.content
        return Response(content, headers=headers, media_type=_type(found))

    def _keep(self, copy: _Copy, scope: Scope) -> str:
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("v", [""])[0]
        is_named = len(asked) >= 8 and copy.digest.startswith(asked)
        return FOREVER if self.are_hashed or is_named else SHORTLY

    def _copy(self, found: Path, *, can: bool) -> _Copy:
        digest = _digest(found)
        if not can or found.suffix not in COMPRESSED or found.stat().st_size < SMALLEST:
            return _Copy(found.read_bytes(), False, digest)
        return _Copy(_compressed(found, self.kept / f"{digest}.gz"), True, digest)

    def prepare(self) -> int:
        """Compress every file that is worth it and not yet kept; return how many there are."""
        worth = [found for found in self.paths.values() if found.suffix in COMPRESSED]
        return sum(self._copy(found, can=True).is_compressed for found in worth)


def _compressed(found: Path, kept: Path) -> bytes:
    try:
        return kept.read_bytes()
    except FileNotFoundError:
        made = gzip.compress(found.read_bytes(), compresslevel=9, mtime=0)
        _keep(made, kept)
        return made


def _keep(content: bytes, kept: Path) -> None:
    """Write beside and rename, so that nobody ever reads half a file."""
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=kept.parent)
    except OSError:
        return  # a home that cannot be written to costs time, not the page
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(kept)


def _digest(found: Path) -> str:
    state = found.stat()
    return _digest_of(found, state.st_mtime_ns, state.st_size)


@cache
def _digest_of(found: Path, changed: int, size: int) -> str:
    return hashlib.sha256(found.read_bytes()).hexdigest()


def _type(found: Path) -> str:
    return (
        TYPES.get(found.suffix) or mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    )
