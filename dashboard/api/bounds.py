"""What is too large or too odd to be read at all, refused before anything reads it."""

from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.api.problems import problem

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of the largest body: some ten thousand figures, and more than one request takes."""


class Bounds:
    """Refuse bodies beyond all measure, and addresses that no database can be asked about."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say what is wrong with it."""
        refusal = refused(scope) if scope["type"] == "http" else None
        await (refusal or self.app)(scope, receive, send)


def refused(scope: Scope) -> Response | None:
    """Return why a request is not read, or none where it is."""
    asked = scope.get("raw_path", b"") + b"?" + scope.get("query_string", b"")
    if b"\x00" in unquote_to_bytes(asked):
        return problem(422, "The address holds a character with the number 0: take it out.")
    if scope["method"] in {"GET", "HEAD"}:
        return None
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return problem(411, "Say in the header Content-Length how long the body is.")
    told = headers.get(b"content-length", b"0")
    if not told.isdigit() or int(told) > LARGEST:
        return problem(413, f"The body has more than {LARGEST:,} bytes: send it in parts.")
    return None
