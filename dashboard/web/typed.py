"""Where a grid of entry sends what is typed, key by key as it were: kept as drafts, never sent on.

It takes the same road as every other draft, through the service that checks who may report for the
area; the page has only to ask again until it is answered.
"""

import json
from datetime import UTC, datetime
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dashboard import i18n
from dashboard.i18n import _
from dashboard.services import grids
from dashboard.services.drafts import Cell
from dashboard.services.grids import Typed
from dashboard.web.door import Door, header, language
from models import BadInput, HeadwayError, NotAllowed, SignInNeeded

MOST: Final = 1_000_000
"""Bytes of one message: all cells of the widest grid, filled to the brim."""


class Typing:
    """`POST /drafts`: the cells in which something was typed, and what stands in them now."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.app = Starlette(
            routes=[Route("/drafts", self.keep, methods=["POST"])],
            exception_handlers={HeadwayError: _refused},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak the reader's language and answer."""
        i18n.speak(language(scope))
        await self.app(scope, receive, send)

    async def keep(self, request: Request) -> Response:
        """Keep what was typed, and say when; a page of another site is not listened to."""
        if header(request.scope, "sec-fetch-site") not in {"", "same-origin"} or not header(
            request.scope, "content-type"
        ).startswith("application/json"):
            raise NotAllowed("What is typed is only taken from a page of this dashboard.")
        who = await self.door.who(request.scope)
        if not who.person_id:
            raise SignInNeeded("Please sign in again: what you typed waits in this browser.")
        said = _read(await _body(request))
        now = self.door.now()
        await self.door.write(lambda session: grids.keep(session, who, **said, now=now))
        return JSONResponse({"at": now.isoformat()})


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MOST:
            raise BadInput("This is more than a grid holds: send less at once.")
    return bytes(content)


def _read(content: bytes) -> dict[str, Any]:
    """Return a message as the service takes it, or refuse what no page of ours would send."""
    try:
        told = json.loads(content)
        cells = {
            Cell(*(str(part) for part in cell)): Typed(
                {str(name): str(text) for name, text in fields.items()}, int(seen), str(remembered)
            )
            for cell, fields, seen, remembered in told["cells"]
        }
        return {
            "typed": cells,
            "plan": str(told["plan"]),
            "area": str(told["area"]),
            "window": str(told["window"]),
            "since": datetime.fromisoformat(told["since"]).astimezone(UTC),
        }
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise BadInput("This message cannot be read: reload the page.") from error


async def _refused(_request: Request, error: Exception) -> Response:
    status = 403 if isinstance(error, NotAllowed) else 422
    if isinstance(error, SignInNeeded):
        status = 401
    return JSONResponse({"said": _(str(error))}, status_code=status)
