"""Forms of ours: read within bounds, believed only when this browser got them from us."""

import hashlib
import hmac
import secrets
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from dashboard.services import sessions
from dashboard.web.door import Door

COOKIE: Final = "headway_form"
FIELD: Final = "form"
LARGEST: Final = 16_384
"""Bytes of the largest form we send ourselves, with room to spare."""


async def read(request: Request) -> dict[str, str]:
    """Return the fields of a form; none where it is too large or no form."""
    kept = b""
    async for part in request.stream():
        kept += part
        if len(kept) > LARGEST:
            return {}
    return dict(parse_qsl(kept.decode("utf-8", "replace"), keep_blank_values=True))


def key(request: Request) -> str:
    """Return what ties forms to this browser, fresh where it has none yet."""
    return request.cookies.get(COOKIE) or secrets.token_urlsafe(32)


def token(request: Request, browser: str) -> str:
    """Return what a form of ours carries: only this browser, in this session, can send it back."""
    held = request.cookies.get(sessions.COOKIE, "")
    return hmac.new(browser.encode(), held.encode(), hashlib.sha256).hexdigest()


def is_ours(request: Request, fields: dict[str, str]) -> bool:
    """Say whether a form came from a page of ours in this browser."""
    browser = request.cookies.get(COOKIE)
    if browser is None or request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return False
    sent = fields.get(FIELD, "").encode()
    return hmac.compare_digest(token(request, browser).encode(), sent)


def tie(response: Response, door: Door, browser: str) -> Response:
    """Give the browser what its forms are tied to."""
    return set_cookie(response, door, COOKIE, browser, path="/account")


def set_cookie(
    response: Response,
    door: Door,
    name: str,
    value: str,
    *,
    path: str = "/",
    age: int | None = None,
) -> Response:
    """Set a cookie that no script can read and no other site sends along with a form."""
    response.set_cookie(
        name,
        value,
        max_age=age,
        path=path,
        secure=door.settings.behind_tls,
        httponly=True,
        samesite="lax",
    )
    return response


def local(address: str) -> str:
    """Return an address on this installation to go on to; the start where it leads elsewhere."""
    is_plain = address.isprintable() and "\\" not in address and len(address) <= 2000
    if not is_plain or not address.startswith("/") or address.startswith("//"):
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc else address
