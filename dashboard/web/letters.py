"""What a link in a letter leads to, signed out too: ending the letters, and the private calendar.

The link itself is the right to use it. Opening the first only asks, since mail programs open links
by themselves; a click on its button, or the one click of RFC 8058, does it.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dashboard import i18n
from dashboard.i18n import _
from dashboard.services import calendars, correspondence, digests
from dashboard.services.correspondence import Links
from dashboard.web import paper
from dashboard.web.door import Door, language
from dashboard.web.limits import Limit, origin
from models import NotFound

TRIES: Final = 120
WITHIN: Final = timedelta(minutes=5)
"""Links asked for from one address; an office behind one address still gets its calendars."""
HOUR: Final = 6
"""Hour of the day (UTC) from which the running server sends the letters of the day."""
APART: Final = 1800.0
"""Seconds between two looks at whether there are letters to send."""

log = logging.getLogger(__name__)


def links(door: Door) -> Links:
    """Return the addresses that letters and feeds of this installation carry."""
    return Links(door.settings.address, door.secret)


class Letters:
    """The pages behind the links in letters."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.links = links(door)
        self.limit = Limit(TRIES, WITHIN)
        self.app = Starlette(
            routes=[
                Route("/letters/unsubscribe/{token}", self.unsubscribe, methods=["GET", "POST"]),
                Route("/calendar/{token}.ics", self.calendar),
            ],
            exception_handlers={404: _not_found, NotFound: _not_found},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak the reader's language and answer."""
        i18n.speak(language(scope))
        if self.limit.take(origin(scope.get("client")), self.door.now()):
            await self.app(scope, receive, send)
            return
        words = _("Too many tries. Wait five minutes.")
        await paper.sentence(429, _("Not done"), words)(scope, receive, send)

    async def unsubscribe(self, request: Request) -> Response:
        """Ask whether the letters shall end, and end them."""
        token = request.path_params["token"]
        person_id, _number = self.links.holder("letters", token)
        if request.method == "GET":
            return paper.page("unsubscribe.html", token=token)
        now = self.door.now()
        await self.door.write(
            lambda session: correspondence.unsubscribe(session, person_id, now=now)
        )
        words = _("You get no more letters. Your tasks page offers to take them up again.")
        return paper.sentence(200, _("No more letters"), words)

    async def calendar(self, request: Request) -> Response:
        """Answer with the calendar behind a private address."""
        token, now = request.path_params["token"], self.door.now()
        content = await self.door.read(
            lambda session: calendars.feed(session, self.links, token, now=now)
        )
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": 'inline; filename="headway.ics"',
            "X-Robots-Tag": "noindex",
        }
        return Response(content, media_type="text/calendar", headers=headers)


async def _not_found(request: Request, error: Exception) -> Response:
    if isinstance(error, NotFound):
        return paper.sentence(404, _("Nothing here"), _(str(error)))
    return paper.not_found()


async def daily(door: Door) -> None:
    """Send the letters of each day once, from the morning on."""
    while True:
        now = door.now()
        if now.hour >= HOUR:
            await run_in_threadpool(_send, door, now)
        await asyncio.sleep(APART)


def _send(door: Door, now: datetime) -> None:
    post = digests.Post.of(door.settings, links(door))
    try:
        done = digests.run(door.engine(), post, day=now.date(), now=now)
    except Exception:
        log.exception("The letters of the day could not be written; they are tried again.")
        return
    for failure in done.failures[:1]:
        log.warning(failure)
