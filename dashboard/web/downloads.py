"""Files of the download centre, sent while they are read: memory stays what it was.

`/download/csv?plan=…` gives the part of a plan that the words of the address name; the browser
shows how far it is. A page that asks with a ticket can tell how many rows of how many are sent.
"""

import logging
import re
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dashboard import __version__, i18n
from dashboard.i18n import _
from dashboard.services import downloads, reads
from dashboard.services.downloads import Choice
from dashboard.web import paper
from dashboard.web.door import Door, header, language
from dashboard.web.limits import origin
from models import BadInput, NotFound, Unavailable, reading

AT_ONCE: Final = 8
"""Files that are sent at the same time; whoever comes after them is asked to wait."""
EACH: Final = 3
"""Files that one address fetches at the same time."""
KEPT: Final = 200
"""Tickets that are remembered."""
TICKET: Final = re.compile(r"[A-Za-z0-9-]{8,40}")
PACKED: Final = frozenset({"xlsx", "parquet"})
"""Forms that are compressed in themselves."""

log = logging.getLogger(__name__)


@dataclass
class Progress:
    """How far a file is."""

    of: int
    rows: int = 0
    is_done: bool = False
    has_failed: bool = False


class Busy(Exception):
    """Too many files are being sent."""


class Downloads:
    """`/download/{form}?…`, and `/download/progress?ticket=…` for how far it is."""

    def __init__(self, door: Door, *, at_once: int = AT_ONCE, each: int = EACH) -> None:
        self.door = door
        self.at_once, self.each = at_once, each
        self.tickets: dict[str, Progress] = {}
        self.sending: list[str] = []
        self.lock = threading.Lock()
        self.app = Starlette(
            routes=[
                Route("/download/progress", self.progress),
                Route("/download/{form}", self.fetch),
            ],
            exception_handlers={
                404: _missing,
                NotFound: _missing,
                BadInput: _refused,
                Busy: _busy,
                Unavailable: _unavailable,
            },
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak the reader's language and answer."""
        i18n.speak(language(scope))
        await self.app(scope, receive, send)

    async def progress(self, request: Request) -> Response:
        """Tell how many rows of a file are sent, to the page that asked for it."""
        known = self.tickets.get(request.query_params.get("ticket", ""))
        told = (
            {"rows": 0, "of": 0, "done": False, "failed": False, "known": False}
            if known is None
            else {
                "rows": known.rows,
                "of": known.of,
                "done": known.is_done,
                "failed": known.has_failed,
                "known": True,
            }
        )
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    async def fetch(self, request: Request) -> Response:
        """Send a file, beginning with its first rows."""
        form = request.path_params["form"]
        choice = downloads.parse(request.query_params)
        downloads.check(choice, form, now=self.door.now())
        return await run_in_threadpool(self._answer, request, form, choice)

    def _answer(self, request: Request, form: str, choice: Choice) -> Response:
        with ExitStack() as stack:
            session = stack.enter_context(reading(self.door.engine()))
            tag = f'W/"{reads.version(session)}-{form}-{__version__}"'
            now, publisher = self.door.now(), self.door.settings.agency
            meta = downloads.about(session, choice, publisher=publisher, now=now)
            headers = {
                "ETag": tag,
                "Cache-Control": "no-cache",
                "Vary": "Accept-Encoding, Cookie",
                "Content-Disposition": "attachment; filename="
                f'"{downloads.file_name(choice, form, meta)}"',
                "Link": f'<{meta.licence.address}>; rel="license"',
            }
            if tag in header(request.scope, "if-none-match"):
                return Response(status_code=304, headers=headers)
            media = downloads.FORMS[form].media_type
            if request.method == "HEAD":
                downloads.count(session, choice, now=now)  # a code that is not there is said here
                return _without_length(headers, media)
            stack.enter_context(_Place(self, origin(request.scope.get("client"))))
            known = self._ticket(request.query_params)
            if known is not None:
                known.of = downloads.count(session, choice, now=now)

            def heard(rows: int) -> None:
                if known is not None:
                    known.rows += rows

            parts = downloads.stream(
                session, form, choice, publisher=publisher, now=now, heard=heard
            )
            first = next(parts)  # what cannot be had is said before anything is sent
            packs = form not in PACKED and "gzip" in header(request.scope, "accept-encoding")
            if packs:
                headers["Content-Encoding"] = "gzip"
            body = _sent(chain([first], parts), stack.pop_all(), known, packs=packs)
        next(body)  # from here on, what is open is closed with the answer, whatever becomes of it
        return StreamingResponse(body, headers=headers, media_type=media)

    def _ticket(self, words: Mapping[str, str]) -> Progress | None:
        ticket = words.get("ticket", "")
        if not TICKET.fullmatch(ticket):
            return None
        with self.lock:
            while len(self.tickets) >= KEPT:
                self.tickets.pop(next(iter(self.tickets)))
            self.tickets[ticket] = Progress(0)
            return self.tickets[ticket]


class _Place:
    """One of the places for files that are being sent."""

    def __init__(self, room: Downloads, who: str) -> None:
        self.room, self.who = room, who

    def __enter__(self) -> None:
        with self.room.lock:
            taken = self.room.sending
            if len(taken) >= self.room.at_once or taken.count(self.who) >= self.room.each:
                raise Busy
            taken.append(self.who)

    def __exit__(self, *_error: object) -> None:
        with self.room.lock:
            self.room.sending.remove(self.who)


def _sent(
    parts: Iterator[bytes], held: ExitStack, known: Progress | None, *, packs: bool
) -> Iterator[bytes]:
    """Yield the bytes of an answer; what was held open for it is closed at its end."""
    with held:
        try:
            yield b""
            yield from _squeezed(parts) if packs else parts
        except Exception:
            log.exception("A download broke off.")
            raise
        else:
            if known is not None:
                known.is_done = True
        finally:
            if known is not None:
                known.has_failed = not known.is_done


def _squeezed(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield bytes compressed, each part at once, so that nobody waits for the next."""
    packer = zlib.compressobj(4, zlib.DEFLATED, 31)
    for part in parts:
        yield packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


def _without_length(headers: Mapping[str, str], media: str) -> Response:
    answer = Response(headers=dict(headers), media_type=media)
    del answer.headers["content-length"]  # how long it is, only writing it would tell
    return answer


async def _missing(_request: Request, error: Exception) -> Response:
    if isinstance(error, NotFound):
        return paper.sentence(404, _("Nothing here"), _(str(error)))
    return paper.not_found()


async def _refused(_request: Request, error: Exception) -> Response:
    return paper.sentence(400, _("Not done"), str(error))


async def _unavailable(_request: Request, error: Exception) -> Response:
    return paper.sentence(503, _("Not done"), _(str(error)))


async def _busy(_request: Request, _error: Exception) -> Response:
    words = _("Many files are being fetched just now. Please try again in a minute.")
    answer = paper.sentence(503, _("Not done"), words)
    answer.headers["Retry-After"] = "60"
    return answer
