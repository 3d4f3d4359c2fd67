"""How fast programs may ask: so many requests a minute from one token, or from one address."""

import hashlib
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api.problems import problem
from dashboard.web.door import header
from dashboard.web.limits import Limit, origin

MINUTE: Final = timedelta(minutes=1)
WRITES: Final = 10
"""A request that writes counts for so many: it holds up others."""
READING: Final = frozenset({"GET", "HEAD"})


class Pace:
    """Let programs ask so often and no oftener; say when the next request is answered.

    Whoever shows a token is counted by it. A token that opens nothing counts for its address, so
    that guessing takes for ever.
    """

    def __init__(self, app: ASGIApp, *, each_minute: int, now: Callable[[], datetime]) -> None:
        self.app = app
        self.now = now
        self.reads = Limit(each_minute, MINUTE)
        self.writes = Limit(max(each_minute // WRITES, 1), MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 429 with the seconds to wait."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.reads if scope["method"] in READING else self.writes
        shown = header(scope, "authorization")
        address = f"address {origin(scope.get('client'))}"
        token = f"token {hashlib.sha256(shown.encode()).hexdigest()}" if shown else ""
        over = "" if limit.take(address, self.now()) else address
        if token and not over and not limit.take(token, self.now()):
            limit.give_back(address)
            over = token
        if over:
            await self._too_fast(limit, over)(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if token and message["type"] == "http.response.start" and message["status"] != 401:
                limit.give_back(address)
            await send(message)

        await self.app(scope, receive, counted)

    def _too_fast(self, limit: Limit, key: str) -> ASGIApp:
        seconds = max(1, math.ceil(limit.wait(key, self.now()).total_seconds()))
        told = (
            f"Too many requests: at most {limit.tries} a minute are answered. "
            f"Come back in {seconds} seconds."
        )
        return problem(429, told, headers={"Retry-After": str(seconds)})
