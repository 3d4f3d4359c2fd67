"""What the rooms behind the door share: settings, database, clock, and who holds a token."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from typing import TypeVar

from sqlalchemy.engine import Engine
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from dashboard import i18n
from dashboard.services import access, sessions
from dashboard.settings import Settings
from models import ANONYMOUS, Identity, Work, reading, unit_of_work

Result = TypeVar("Result")


@dataclass(frozen=True)
class Door:
    """One installation, as the web sees it."""

    settings: Settings
    engine: Callable[[], Engine]
    holder: Callable[[str], Identity]  # who holds a session's token
    forget: Callable[[], None]  # believe no token that was looked up before
    now: Callable[[], datetime]
    secret: bytes  # signs what only lives in a cookie for minutes
    pages: frozenset[str]  # addresses of the pages, without the slash

    async def who(self, scope: Scope) -> Identity:
        """Return who asks, or the anonymous visitor."""
        token = cookies(scope).get(sessions.COOKIE)
        return await run_in_threadpool(self.holder, token) if token else ANONYMOUS

    async def read(self, work: Work[Result]) -> Result:
        """Read from the record beside the event loop."""

        def reader() -> Result:
            with reading(self.engine()) as session:
                return work(session)

        return await run_in_threadpool(reader)

    async def write(self, work: Work[Result]) -> Result:
        """Do the work in one transaction beside the event loop; rights may have changed by it."""
        result = await run_in_threadpool(unit_of_work, self.engine(), work)
        self.forget()
        return result

    def may_read(self, who: Identity) -> bool:
        """Say whether somebody may read what is accepted: everyone, where it is public."""
        return self.settings.is_public or access.allows(who, "read")


def header(scope: Scope, name: str) -> str:
    """Return the first header of this name in lower case, or nothing."""
    wanted = name.encode()
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    return next((value.decode("latin-1") for key, value in headers if key == wanted), "")


def cookies(scope: Scope) -> dict[str, str]:
    """Return the cookies of a request; none where they cannot be read."""
    jar = SimpleCookie()
    try:
        jar.load(header(scope, "cookie"))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def path(scope: Scope) -> str:
    """Return the address asked for, without what a proxy put before it."""
    full: str = scope["path"]
    before: str = scope.get("root_path", "")
    return full[len(before) :] if before and full.startswith(f"{before}/") else full


def language(scope: Scope) -> str:
    """Return the reader's language: what they chose, else what their browser prefers."""
    chosen = cookies(scope).get(i18n.COOKIE, "")
    preferred = [
        part.partition(";")[0].strip() for part in header(scope, "accept-language").split(",")
    ]
    return i18n.choose([chosen, *preferred])
