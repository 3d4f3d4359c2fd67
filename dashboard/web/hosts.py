"""Which names this installation answers to.

A page of another site can make a name of its own point at this machine and then read what answers
(DNS rebinding). So only names that are ours are answered. Where none are set, those are local
names, this machine's name and plain addresses, which cannot be made to point elsewhere.

And only pages of ours may open the connection of a page: Streamlit lets in every page of this
machine, whatever its port, and asks another host for our address before it refuses the rest.
"""

import re
import socket
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.settings import Settings
from dashboard.web.door import header

_HOST: Final = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{1,5})?")
_REFUSED: Final = (
    "This address is not one of this installation's. Set HEADWAY_HOSTS to answer to it."
)


def names(settings: Settings) -> tuple[str, ...]:
    """Return the names to answer to: `*` any, `*.example.org` any below, `<address>` any number."""
    own = urlsplit(settings.base_url).hostname
    if settings.allowed_hosts:
        return (*settings.allowed_hosts, *([own] if own else ()))
    local = ("localhost", "*.localhost", "<address>", socket.gethostname())
    return (*local, own) if own else local


def is_ours(host: str, ours: Iterable[str]) -> bool:
    """Say whether a Host header names one of ours."""
    parts = _HOST.fullmatch(host.lower())
    if parts is None:
        return False
    name = parts["name"].strip("[]").rstrip(".")
    return any(_fits(name, pattern.lower()) for pattern in ours)


def _fits(name: str, pattern: str) -> bool:
    if pattern == "<address>":
        return _is_address(name)
    if pattern.startswith("*."):
        return name.endswith(pattern[1:])
    return pattern in {"*", name}


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


class Hosts:
    """Refuse what is addressed to a name that is not ours, or comes from a page that is not."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self.ours = names(settings)
        self.base = urlsplit(settings.base_url).netloc.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on where the name is ours."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            if self._is_ours(scope) and self._is_from_us(scope):
                await self.app(_from_here(scope), receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
        elif self._is_ours(scope):
            await self.app(scope, receive, send)
        else:
            await PlainTextResponse(_REFUSED, status_code=400)(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        return is_ours(header(scope, "host"), self.ours)

    def _is_from_us(self, scope: Scope) -> bool:
        """Say whether a page of ours opens this; a program sends no origin and has no cookies."""
        origin = header(scope, "origin")
        place = urlsplit(origin).netloc.lower()
        return not origin or (place != "" and place in {header(scope, "host").lower(), self.base})


def _from_here(scope: Scope) -> Scope:
    """Return the request as from the name it is addressed to, which a proxy may have changed."""
    host = header(scope, "host").encode("latin-1")
    headers = [
        (name, b"http://" + host if name == b"origin" else value)
        for name, value in scope["headers"]
    ]
    return {**scope, "headers": headers}
