"""Files of evidence, handed out as downloads alone: never shown inside the page, never run."""

from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dashboard import i18n
from dashboard.i18n import _
from dashboard.services import evidence, stores
from dashboard.web import paper
from dashboard.web.door import Door, language
from models import NotFound, Unavailable


class Library:
    """`/evidence/KEN/3` and `/evidence/KEN/3/1`: the newest state of a piece, or an earlier one."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.store = stores.store(door.settings)
        self.app = Starlette(
            routes=[
                Route("/evidence/{area}/{number:int}", self.fetch),
                Route("/evidence/{area}/{number:int}/{revision:int}", self.fetch),
            ],
            exception_handlers={404: _missing, NotFound: _missing, Unavailable: _unavailable},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak the reader's language and answer."""
        i18n.speak(language(scope))
        await self.app(scope, receive, send)

    async def fetch(self, request: Request) -> Response:
        """Hand out a file to somebody who may open it, or lead to an address."""
        who = await self.door.who(request.scope)
        if not self.door.may_read(who):
            raise NotFound("There is no evidence that you may open.")
        asked = request.path_params
        if max(asked["number"], asked.get("revision", 0)) > 2**31:
            raise NotFound("There is no evidence with such a number.")
        found = await self.door.read(
            lambda session: evidence.open_file(
                session, who, asked["area"], asked["number"], revision=asked.get("revision")
            )
        )
        if found.address:
            return RedirectResponse(found.address, status_code=303)
        content = await run_in_threadpool(self.store.get, found.digest)
        headers = {
            "Content-Disposition": f"attachment; filename*=utf-8''{quote(found.file_name)}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "ETag": f'"{found.digest}"',
        }
        return Response(content, media_type=found.media_type, headers=headers)


async def _missing(_request: Request, error: Exception) -> Response:
    if isinstance(error, NotFound):
        return paper.sentence(404, _("Nothing here"), _(str(error)))
    return paper.not_found()


async def _unavailable(_request: Request, error: Exception) -> Response:
    return paper.sentence(503, _("Not done"), _(str(error)))
