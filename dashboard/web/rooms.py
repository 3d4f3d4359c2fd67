"""Rooms beside the pages: sign-in, interface, files. Each could stand alone."""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.web import files
from dashboard.web.door import Door, path
from dashboard.web.shell import shell

FIRST: Final = "/overview"


class Rooms:
    """Lead a request to the room its address begins with; everything else goes on."""

    def __init__(self, app: ASGIApp, *, rooms: Mapping[str, ASGIApp], door: Door) -> None:
        self.app = app
        self.rooms = rooms
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in a room, with the page, or pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        room = self._room(path(scope), scope.get("query_string", b"").decode("latin-1"))
        if room is self.app:
            # An origin would make Streamlit look up this machine's address at another host.
            headers = [pair for pair in scope["headers"] if pair[0] != b"origin"]
            scope = {**scope, "headers": headers}
        await room(scope, receive, send)

    def _room(self, address: str, query: str) -> ASGIApp:
        if address == "/api":
            return RedirectResponse("/api/", status_code=308)
        first = "/" + address.split("/", 2)[1]
        if first in self.rooms:
            return self.rooms[first]
        if address == FIRST:
            # The first page has the address of the house itself, and no other.
            return RedirectResponse(f"/?{query}" if query else "/", status_code=307)
        if address == "/" or address.removeprefix("/") in self.door.pages:
            return shell
        if address == "/robots.txt":
            return PlainTextResponse("User-agent: *\nDisallow: " + self._hidden() + "\n")
        if address == "/favicon.ico":
            return RedirectResponse(files.address("favicon.svg"), status_code=307)
        return self.app

    def _hidden(self) -> str:
        return "/account/" if self.door.settings.is_public else "/"


class Late:
    """A room that is built when somebody first comes: it costs a start nothing."""

    def __init__(self, build: Callable[[], ASGIApp], prefix: str) -> None:
        self.build = build
        self.prefix = prefix
        self.built: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Build the room if need be, and lead in; it sees addresses without the prefix."""
        if self.built is None:
            self.built = await run_in_threadpool(self.build)
        root = scope.get("root_path", "") + self.prefix
        await self.built({**scope, "root_path": root}, receive, send)
