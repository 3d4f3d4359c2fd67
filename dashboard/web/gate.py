"""The gate: which addresses there are, and who may ask for them. What is not named is closed.

Health, sign-in and the files that every page needs are open. Pages, their connection and what they
offer for download follow the rule for reading: everyone, or only people with a role. Uploads are
for people who are signed in. Streamlit's measures, agent interface and own sign-in stay closed.
"""

from collections.abc import Callable
from enum import Enum
from typing import Final
from urllib.parse import urlencode

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import i18n
from dashboard.i18n import _
from dashboard.web import paper
from dashboard.web.door import Door, header, language, path


class Need(Enum):
    """What it takes to be answered."""

    NOTHING = 0
    READ = 1
    SIGNED_IN = 2
    CLOSED = 3


EXACT: Final = {
    "/_stcore/health": Need.NOTHING,
    "/robots.txt": Need.NOTHING,
    "/favicon.ico": Need.NOTHING,
    "/_stcore/host-config": Need.READ,
    "/_stcore/stream": Need.READ,
    "/": Need.READ,
}
BELOW: Final = {
    "/account": Need.NOTHING,
    "/assets": Need.NOTHING,
    "/letters": Need.NOTHING,
    "/calendar": Need.NOTHING,
    "/drafts": Need.NOTHING,  # it says itself who is missing
    "/static": Need.NOTHING,
    "/api": Need.READ,
    "/sdmx": Need.READ,
    "/evidence": Need.READ,
    "/download": Need.READ,
    "/media": Need.READ,
    "/component": Need.READ,
    "/_stcore/bidi-components": Need.READ,
    "/_stcore/upload_file": Need.SIGNED_IN,
}
BY_TOKEN: Final = ("/api/", "/sdmx/")
"""What programs ask for with a token, which these rooms look at themselves."""
FORGED: Final = (b"x-headway-", b"x-forwarded-user", b"x-forwarded-email", b"x-auth-request-")
"""Headers in which a proxy may name a person. We take nobody's word, so nobody sends them on."""


def need(address: str, pages: frozenset[str]) -> Need:
    """Return what it takes to ask for an address."""
    if address in EXACT:
        return EXACT[address]
    if address.removeprefix("/") in pages:
        return Need.READ
    for prefix, wanted in BELOW.items():
        if address == prefix or address.startswith(f"{prefix}/"):
            return wanted
    return Need.CLOSED


class Gate:
    """Let in who may come in; send away the others in the language they read."""

    def __init__(self, app: ASGIApp, *, door: Door) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer why not."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        if refusal is None:
            kept = [pair for pair in scope["headers"] if not pair[0].lower().startswith(FORGED)]
            await self.app({**scope, "headers": kept}, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal()(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Callable[[], Response] | None:
        address = path(scope)
        wanted = need(address, self.door.pages)
        if wanted is Need.NOTHING or (wanted is Need.READ and self.door.settings.is_public):
            return None
        if address.startswith(BY_TOKEN) and header(scope, "authorization"):
            return None
        i18n.speak(language(scope))
        if wanted is Need.CLOSED:
            return paper.not_found
        who = await self.door.who(scope)
        if not who.person_id:
            return lambda: _sign_in(scope, address)
        if not self.door.may_read(who):
            return lambda: _not_yet(address)
        return None


def _sign_in(scope: Scope, address: str) -> Response:
    if address.startswith(("/_stcore", "/media", "/api", "/sdmx", "/component")):
        return JSONResponse({"detail": "Please sign in to do this."}, status_code=401)
    query = scope["query_string"].decode("latin-1")
    back = f"{address}?{query}" if query else address
    answer = RedirectResponse(f"/account/sign-in?{urlencode({'next': back})}", status_code=303)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _not_yet(address: str) -> Response:
    words = _("This installation is not public, and your account has no role in it yet.")
    if address.startswith(("/_stcore", "/media", "/api", "/sdmx", "/component")):
        return JSONResponse({"detail": words}, status_code=403)
    return paper.sentence(403, _("Not open to you yet"), words)
