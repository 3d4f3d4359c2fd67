"""How every answer is made: who may have it, whether it is news, how it is packed."""

import gzip
import json
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd
from pydantic import BaseModel
from sqlalchemy.engine import Engine
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import __version__, progress
from dashboard.exchange import CC_BY, ILLUSTRATIVE
from dashboard.exchange.about import moment
from dashboard.exchange.table import records
from dashboard.services import access, reads, sessions, tokens, views
from dashboard.services.views import Picture
from dashboard.settings import Settings
from models import (
    ANONYMOUS,
    BadInput,
    Fault,
    Identity,
    NotFound,
    SignInNeeded,
    reading,
    unit_of_work,
)

PACKED_FROM: Final = 1000
"""Bytes from which an answer is worth compressing."""
READY: Final = 32 * 1024 * 1024
"""Bytes of answers that are kept ready."""
JSON: Final = "application/json"
SCHEME: Final = "bearer "
UNSIGNED: Final = (
    "Writing takes a token: make one on the account page and send it in the header Authorization, "
    "as `Bearer headway_…`."
)
ENDED: Final = (
    "This token opens nothing: it has ended, was revoked, or was not copied whole. Its owner can "
    "make another on the account page."
)


@dataclass(frozen=True)
class Found:
    """What an answer says: rows or one thing, what they were read from, where the next begin."""

    data: Any
    plan: str | None = None
    as_of: datetime | None = None
    is_illustrative: bool = False
    source: str = ""
    notices: tuple[str, ...] = ()
    next: str | None = None


class Kept:
    """The last few things that were worked out; one request works them out, others wait for it."""

    def __init__(self, most: int = 4) -> None:
        self._most = most
        self._made: dict[Hashable, Any] = {}
        self._making = threading.RLock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what is kept under this key, made where it is not."""
        with self._making:
            if key not in self._made:
                made = make()
                while len(self._made) >= self._most:
                    self._made.pop(next(iter(self._made)))
                self._made[key] = made
            return self._made[key]


@dataclass(frozen=True)
class Wrapped:
    """An answer as it leaves: its bytes, and how they are packed."""

    body: bytes
    headers: dict[str, str]


class Ready:
    """Answers as they left, for whoever asks the same of the same record again.

    Keys name the version of the record, so that nothing old is ever given. Those asked for last
    stay, as many as fit.
    """

    def __init__(self, most: int = READY) -> None:
        self._most = most
        self._size = 0
        self._held: OrderedDict[Hashable, Wrapped] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Wrapped | None:
        """Return an answer, or none where it has to be made."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def keep(self, key: Hashable, made: Wrapped) -> None:
        """Keep an answer, and let go of those asked for longest ago where they do not all fit."""
        with self._lock:
            if key in self._held or len(made.body) > self._most:
                return
            self._held[key] = made
            self._size += len(made.body)
            while self._size > self._most:
                _key, gone = self._held.popitem(last=False)
                self._size -= len(gone.body)


@dataclass(frozen=True)
class Desk:
    """Where requests are answered: settings, database, clock, and what was lately worked out."""

    settings: Settings
    engine: Callable[[], Engine]
    now: Callable[[], datetime]
    kept: Kept = field(default_factory=Kept)
    ready: Ready = field(default_factory=Ready)

    def who(self, session: Session, request: Request) -> Identity:
        """Return who asks: by a token, by the cookie of a session, or the anonymous visitor."""
        shown = secret(request)
        if shown is not None:
            found = self._bearer(session, shown)
            if found.is_stale(self.now()):
                self._touch(found.token_id)
            return found.who
        token = request.cookies.get(sessions.COOKIE)
        if not token:
            return ANONYMOUS
        hours = self.settings.session_hours
        return sessions.whose(session, token, hours=hours, now=self.now()) or ANONYMOUS

    def _bearer(self, session: Session, shown: str) -> tokens.Bearer:
        found = tokens.bearer(session, shown, now=self.now())
        if found is None:
            raise SignInNeeded(ENDED)
        return found

    def _touch(self, token_id: str) -> None:
        unit_of_work(self.engine(), lambda session: tokens.touch(session, token_id, now=self.now()))

    def admit(self, session: Session, request: Request, plan: str | None) -> None:
        """Let in everybody where the installation is public, else only whom it has granted it.

        A token that opens nothing is refused in any case: whoever sends one counts on it.
        """
        if not self.settings.is_public:
            access.require(self.who(session, request), "read", plan=plan)
        elif secret(request) is not None:
            self.who(session, request)

    def write(
        self, request: Request, work: Callable[[Session, Identity], dict[str, Any]]
    ) -> Response:
        """Do the work of whoever shows a token, all of it or nothing, and answer with what it says.

        No cookie is believed here, so that no page of another site can write in anybody's name.
        """
        shown = secret(request)
        if shown is None:
            raise SignInNeeded(UNSIGNED)

        def whole(session: Session) -> dict[str, Any]:
            found = self._bearer(session, shown)
            tokens.touch(session, found.token_id, now=self.now())
            return work(session, found.who)

        said = unit_of_work(self.engine(), whole)
        return packed(request, said, {"Cache-Control": "no-store"}, status=201)

    def answer(
        self,
        request: Request,
        find: Callable[[Session], Found],
        *,
        plan: str | None = None,
        fields: str = "",
        of: type[BaseModel] | None = None,
    ) -> Response:
        """Answer with what `find` finds, or with 304 where the asker has that already.

        `fields` names the columns of a row `of` this shape that are asked for; nothing means all.
        """
        with reading(self.engine()) as session:
            self.admit(session, request, plan)
            version = reads.version(session)
            tag = f'W/"{version}-{self.now().astimezone(UTC).year}-{__version__}"'
            headers = self.headers(tag)
            if knows(request, tag):
                return Response(status_code=304, headers=headers)
            key = (str(request.url), tag, takes_gzip(request.headers.get("accept-encoding", "")))
            ready = self.ready.get(key)
            if ready is None:
                found = chosen(find(session), fields, of)
                ready = wrapped(request, self._enveloped(found, version))
                self.ready.keep(key, ready)
        return Response(ready.body, headers=headers | ready.headers, media_type=JSON)

    def own(
        self,
        request: Request,
        find: Callable[[Session, Identity], Found],
        *,
        fields: str = "",
        of: type[BaseModel] | None = None,
    ) -> Response:
        """Answer with what depends on who asks, and let nobody else keep it."""
        with reading(self.engine()) as session:
            who = self.who(session, request)
            if not self.settings.is_public:
                access.require(who, "read")
            version = reads.version(session)
            found = chosen(find(session, who), fields, of)
        headers = {"Cache-Control": "private, no-store"}
        return packed(request, self._enveloped(found, version), headers)

    def plain(self, request: Request, find: Callable[[Session], Any]) -> Response:
        """Answer anybody with what `find` finds, and let nobody keep it."""
        with reading(self.engine()) as session:
            found = find(session)
        return packed(request, found, {"Cache-Control": "no-store", **self.shared()})

    def headers(self, tag: str) -> dict[str, str]:
        """Return the headers of an answer that must be asked for again before it is reused."""
        reach = "public" if self.settings.is_public else "private"
        own = "" if self.settings.is_public else ", Authorization, Cookie"
        return {
            "ETag": tag,
            "Cache-Control": f"{reach}, no-cache",
            "Vary": f"Accept-Encoding{own}",
            **self.shared(),
        }

    def shared(self) -> dict[str, str]:
        """Return the headers by which scripts of other sites may read public data."""
        if not self.settings.is_public:
            return {}
        return {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "ETag",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }

    def _enveloped(self, found: Found, version: int) -> dict[str, Any]:
        data = records(found.data) if isinstance(found.data, pd.DataFrame) else found.data
        meta = {
            "plan": found.plan,
            "as_of": None if found.as_of is None else moment(found.as_of),
            "version": version,
            "is_illustrative": found.is_illustrative,
            "notice": ILLUSTRATIVE if found.is_illustrative else None,
            "notices": list(found.notices),
            "source": found.source or self.settings.agency,
            "licence": {"name": CC_BY.name, "title": CC_BY.title, "path": CC_BY.address},
            "software": f"headway {__version__}",
        }
        return {"meta": meta, "data": data, "next": found.next}

    def picture(self, session: Session, plan: str, as_of: datetime | None) -> Picture:
        """Return a plan with its statuses, worked out once for a version of the record."""
        today = self.now()
        key = ("picture", plan, as_of, reads.version(session), today.astimezone(UTC).year)
        found: Picture = self.kept.get(
            key, lambda: views.picture(session, plan, as_of=as_of, today=today)
        )
        return found

    def aggregates(self, session: Session, plan: str, as_of: datetime | None) -> pd.DataFrame:
        """Return every aggregate of a plan, worked out once for a version of the record."""
        picture = self.picture(session, plan, as_of)
        key = ("aggregates", plan, as_of, reads.version(session), picture.year)
        found: pd.DataFrame = self.kept.get(key, lambda: progress.aggregate(picture.plan))
        return found


def secret(request: Request) -> str | None:
    """Return the token that a program shows, or none where it shows none."""
    said = request.headers.get("authorization", "")
    if said[: len(SCHEME)].lower() != SCHEME:
        return None
    return said[len(SCHEME) :].strip()


def chosen(found: Found, fields: str, of: type[BaseModel] | None) -> Found:
    """Return the same with the named columns alone, or raise `BadInput` for one there is not."""
    if not fields or of is None:
        return found
    names = list(dict.fromkeys(fields.split(",")))
    unknown = [name for name in names if name not in of.model_fields]
    if unknown:
        known = ", ".join(of.model_fields)
        raise BadInput(Fault("fields", f"there is no column {unknown[0]!r}: there are {known}"))
    if isinstance(found.data, pd.DataFrame):
        return replace(found, data=found.data[names])
    return replace(found, data=[{name: row[name] for name in names} for row in found.data])


def knows(request: Request, tag: str) -> bool:
    """Say whether the asker has this version of the answer; weak and strong tags are alike here."""
    held = request.headers.get("if-none-match", "")
    tags = {one.strip().removeprefix("W/") for one in held.split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags


def packed(request: Request, content: Any, headers: dict[str, str], status: int = 200) -> Response:
    """Return JSON, compressed where the asker can read that and it is worth it."""
    ready = wrapped(request, content)
    headers = headers | ready.headers
    return Response(ready.body, status_code=status, headers=headers, media_type=JSON)


def wrapped(request: Request, content: Any) -> Wrapped:
    """Write content as JSON, compressed where the asker can read that and it is worth it."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    if len(body) >= PACKED_FROM and takes_gzip(request.headers.get("accept-encoding", "")):
        body = gzip.compress(body, compresslevel=5, mtime=0)
        return Wrapped(body, {"Content-Encoding": "gzip"})
    return Wrapped(body, {})


def takes_gzip(accepted: str) -> bool:
    """Say whether a header of encodings allows gzip; `gzip;q=0` forbids it."""
    for one in accepted.lower().split(","):
        name, _, weight = one.partition(";")
        if name.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def cursor(parts: Sequence[Any]) -> str:
    """Return where a page ends as a word for an address."""
    return urlsafe_b64encode(json.dumps(list(parts)).encode()).decode().rstrip("=")


def read_cursor(word: str, *kinds: type) -> list[Any]:
    """Read where a page ended; raise `NotFound` for a word that no answer gave."""
    try:
        parts = json.loads(urlsafe_b64decode(word + "=" * (-len(word) % 4)))
    except (NotBase64, ValueError, RecursionError):
        parts = None
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds):
        raise NotFound(
            "There is no such page: the cursor is not one that an answer gave in `next`."
        )
    return parts


class Heads:
    """Answer HEAD as GET without a body; everything but reading is refused by the app itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def headers_only(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, headers_only)
