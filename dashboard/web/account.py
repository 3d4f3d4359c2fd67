"""The account pages: sign in and out, one's own sessions, password and language.

Plain pages without any script, so that password managers, screen readers and old browsers can use
them. One sentence answers every refused sign-in, after the same time, so that nobody can find out
who has an account here.
"""

import asyncio
import time
from datetime import timedelta
from typing import Any, Final

from anyio import CapacityLimiter, to_thread
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import i18n
from dashboard.i18n import _
from dashboard.i18n.labels import word
from dashboard.services import factors, passwords, people, sessions, sign_in
from dashboard.web import account_factor, account_links, account_tokens, entry, forms, paper
from dashboard.web.door import Door, language, path
from dashboard.web.limits import Limit, origin
from models import HeadwayError, Identity, NotAllowed

TRIES: Final = 20
WITHIN: Final = timedelta(minutes=5)
"""Wrong tries from one address; an office behind one address still gets in."""
REFUSED_AFTER: Final = 0.5
"""Seconds after which a sign-in is refused, whatever was wrong with it."""
AT_ONCE: Final = 2
"""Passwords checked at a time: each takes 64 MiB."""
YEAR: Final = 365 * 24 * 3600


class Account:
    """The account pages of one installation."""

    def __init__(self, door: Door, *, oidc: ASGIApp | None = None) -> None:
        self.door = door
        self.limit = Limit(TRIES, WITHIN)
        self.checking = CapacityLimiter(AT_ONCE)
        self.oidc = oidc
        self.app = Starlette(
            routes=[
                Route("/account", self.sessions),
                Route("/account/sign-in", self.sign_in, methods=["GET", "POST"]),
                Route("/account/demonstration", self.demonstration, methods=["POST"]),
                Route("/account/sign-out", self.sign_out, methods=["GET", "POST"]),
                Route("/account/sessions", self.sessions, methods=["GET", "POST"]),
                Route("/account/password", self.password, methods=["GET", "POST"]),
                *account_factor.Factor(door, self.limit, self._fits).routes,
                *account_links.Links(door, self.limit).routes,
                *account_tokens.Tokens(door).routes,
                Route("/account/language", self.language, methods=["GET", "POST"]),
            ],
            exception_handlers={404: _not_found, HeadwayError: _refused},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak the reader's language and answer."""
        i18n.speak(language(scope))
        is_provider = self.oidc is not None and path(scope).startswith("/account/oidc")
        room = self.oidc if self.oidc is not None and is_provider else self.app
        await room(scope, receive, send)

    async def sign_in(self, request: Request) -> Response:
        """Ask for e-mail address and password, and let in whom they fit."""
        to = forms.local(request.query_params.get("next", "/"))
        if request.method == "GET":
            who = await self.door.who(request.scope)
            return RedirectResponse(to, 303) if who.person_id else await self._ask(request, to)
        began = time.monotonic()
        fields = await forms.read(request)
        to = forms.local(fields.get("next", "/"))
        if not forms.is_ours(request, fields):
            return await self._ask(request, to, 403, entry.too_old())
        client = origin(request.scope.get("client"))
        if not self.limit.take(client, self.door.now()):
            return await self._ask(request, to, 429, _("Too many tries. Wait five minutes."))
        answer = await self._try(request, fields, to)
        if answer is not None:
            self.limit.give_back(client)
            return answer
        await asyncio.sleep(max(0.0, REFUSED_AFTER - (time.monotonic() - began)))
        return await self._ask(request, to, 422, _does_not_fit(), email=fields.get("email", ""))

    async def _try(self, request: Request, fields: dict[str, str], to: str) -> Response | None:
        email, password = fields.get("email", ""), fields.get("password", "")
        stored = await self.door.read(lambda session: sign_in.stored_password(session, email))
        is_right = await to_thread.run_sync(
            passwords.check, stored, password, limiter=self.checking
        )
        now = self.door.now()

        def find(session: Session) -> sign_in.Admitted | None:
            return sign_in.admit(session, email, stored, is_right=is_right, now=now)

        return await entry.enter(request, self.door, find, method="password", to=to)

    async def _ask(
        self, request: Request, to: str, status: int = 200, problem: str = "", email: str = ""
    ) -> Response:
        now = self.door.now()
        shown = await self.door.read(lambda session: people.demonstration(session, now=now))
        provider = self.door.settings.oidc
        return self._page(
            request,
            "sign_in.html",
            status,
            to=to,
            problem=problem,
            done=_done(request.query_params.get("said", "")),
            email=email,
            provider=provider.name if provider is not None else None,
            persons=[
                (person, [word("role", held.role) for held in person.grants]) for person in shown
            ],
        )

    async def demonstration(self, request: Request) -> Response:
        """Let a visitor try the part of somebody of the demonstration."""
        fields, now = await forms.read(request), self.door.now()
        to = forms.local(fields.get("next", "/"))
        if not forms.is_ours(request, fields):
            return await self._ask(request, to, 403, entry.too_old())

        def find(session: Session) -> sign_in.Admitted | None:
            wanted = fields.get("person")
            shown = people.demonstration(session, now=now)
            return next((sign_in.Admitted(one.id) for one in shown if one.id == wanted), None)

        answer = await entry.enter(request, self.door, find, method="demonstration", to=to)
        return answer or await self._ask(request, to, 422, _does_not_fit())

    async def sign_out(self, request: Request) -> Response:
        """Ask whether to sign out, and do it."""
        if request.method == "GET":
            return self._page(request, "sign_out.html", who=await self.door.who(request.scope))
        fields = await forms.read(request)
        if not forms.is_ours(request, fields):
            return paper.sentence(403, _("Not done"), entry.too_old())
        return await entry.leave(request, self.door, to="/")

    async def sessions(self, request: Request) -> Response:
        """Show where a person is signed in, and end what they do not want."""
        who = await self.door.who(request.scope)
        if not who.person_id:
            return RedirectResponse("/account/sign-in?next=/account/sessions", 303)
        now, hours = self.door.now(), self.door.settings.session_hours
        token = request.cookies.get(sessions.COOKIE, "")
        if request.method == "GET":
            listed, standing = await self.door.read(
                lambda session: (
                    sessions.listing(session, who, token=token, hours=hours, now=now),
                    factors.standing(session, who),
                )
            )
            return self._page(request, "sessions.html", who=who, sessions=listed, standing=standing)
        fields = await forms.read(request)
        if not forms.is_ours(request, fields):
            return paper.sentence(403, _("Not done"), entry.too_old())
        if fields.get("handle") == "all":
            await self.door.write(
                lambda session: sessions.close_all(
                    session, who.person_id, by=who.person_id, now=now
                )
            )
            return await entry.leave(request, self.door, to="/account/sign-in?said=out")
        handle = fields.get("handle", "")
        await self.door.write(lambda session: sessions.revoke(session, who, handle, now=now))
        return RedirectResponse("/account/sessions", 303)

    async def password(self, request: Request) -> Response:
        """Change one's own password; every session ends with it."""
        who = await self.door.who(request.scope)
        if not who.person_id:
            return RedirectResponse("/account/sign-in?next=/account/password", 303)
        if request.method == "GET":
            return self._page(request, "password.html", who=who, problem="")
        fields, now = await forms.read(request), self.door.now()
        if not forms.is_ours(request, fields):
            return paper.sentence(403, _("Not done"), entry.too_old())
        if not self.limit.take(origin(request.scope.get("client")), now):
            return paper.sentence(429, _("Not done"), _("Too many tries. Wait five minutes."))
        is_right = await self._fits(who, fields.get("present", ""))
        problem = "" if is_right else _("That is not your present password.")
        if is_right:
            problem = await self._change(who, fields.get("password", ""))
        if problem:
            return self._page(request, "password.html", 422, who=who, problem=problem)
        return await entry.leave(request, self.door, to="/account/sign-in?said=password")

    async def _fits(self, who: Identity, password: str) -> bool:
        """Say whether this is the present password of somebody who is signed in."""
        stored = await self.door.read(lambda session: sign_in.stored_password(session, who.email))
        return await to_thread.run_sync(passwords.check, stored, password, limiter=self.checking)

    async def _change(self, who: Identity, password: str) -> str:
        """Set a new password and return what is wrong with it, or nothing."""
        now = self.door.now()
        try:
            await self.door.write(
                lambda session: people.set_password(session, who, who.person_id, password, now=now)
            )
        except HeadwayError as error:
            return entry.about_password(error)
        return ""

    async def language(self, request: Request) -> Response:
        """Offer the languages, and speak the one that is chosen from now on, in letters too."""
        if request.method == "GET":
            to = forms.local(request.query_params.get("next", "/"))
            return self._page(request, "language.html", to=to, languages=i18n.offered())
        fields = await forms.read(request)
        to, chosen = forms.local(fields.get("next", "/")), fields.get("language", "")
        if not forms.is_ours(request, fields) or chosen not in {*i18n.offered(), i18n.PSEUDO}:
            return paper.sentence(403, _("Not done"), entry.too_old())
        who = await self.door.who(request.scope)
        if who.person_id and chosen in i18n.offered() and chosen != who.language:
            await self.door.write(lambda session: people.set_language(session, who, chosen))
        answer = RedirectResponse(to, 303)
        return forms.set_cookie(answer, self.door, i18n.COOKIE, chosen, age=YEAR)

    def _page(self, request: Request, template: str, status: int = 200, **words: Any) -> Response:
        return entry.page(request, self.door, template, status, **words)


def _done(said: str) -> str:
    """Return what was done before somebody came to sign in; nothing where it is no word of ours."""
    words = {
        "password": _("The new password is set: sign in with it."),
        "out": _("You are signed out everywhere."),
    }
    return words.get(said, "")


def _does_not_fit() -> str:
    return _(
        "The e-mail address and the password do not fit together, or too many tries were made. "
        "Check both, or wait a few minutes."
    )


async def _not_found(request: Request, error: Exception) -> Response:
    return paper.not_found()


async def _refused(request: Request, error: Exception) -> Response:
    status = 403 if isinstance(error, NotAllowed) else 422
    return paper.sentence(status, _("Not done"), _(str(error)))
