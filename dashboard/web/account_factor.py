"""The pages of the second factor: its code while signing in, and setting it up or removing it.

The picture that an app reads is drawn here, as part of the page: the secret goes nowhere else.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.i18n import _
from dashboard.services import factors, people, sign_in
from dashboard.web import entry, forms, paper
from dashboard.web.door import Door
from dashboard.web.limits import Limit, origin
from models import Identity

PAGE: Final = "/account/factor"
SEALED: Final = "second factor"

Fits = Callable[[Identity, str], Awaitable[bool]]
"""Says whether a password is somebody's present one."""


class Factor:
    """The pages of the second factor of one installation."""

    def __init__(self, door: Door, limit: Limit, fits: Fits) -> None:
        self.door = door
        self.limit = limit
        self.fits = fits
        both = ["GET", "POST"]
        self.routes = [
            Route(entry.ASKS, self.code, methods=both),
            Route(PAGE, self.factor, methods=both),
        ]

    async def code(self, request: Request) -> Response:
        """Ask whoever is half in for their code, and let them in whole."""
        half = entry.half(request, self.door)
        if half is None:
            return RedirectResponse("/account/sign-in", 303)
        if request.method == "GET":
            return entry.page(request, self.door, "code.html", problem="")
        fields, now = await forms.read(request), self.door.now()
        if not forms.is_ours(request, fields):
            return entry.page(request, self.door, "code.html", 403, problem=entry.too_old())
        client = origin(request.scope.get("client"))
        if not self.limit.take(client, now):
            said = _("Too many tries. Wait five minutes.")
            return entry.page(request, self.door, "code.html", 429, problem=said)
        box = entry.box(self.door, SEALED)

        def find(session: Session) -> sign_in.Admitted | None:
            return sign_in.complete(session, half.admitted, fields.get("code", ""), box, now=now)

        method = f"{half.method}+code"
        answer = await entry.enter(request, self.door, find, method=method, to=half.to)
        if answer is None:
            return entry.page(request, self.door, "code.html", 422, problem=_does_not_fit())
        self.limit.give_back(client)
        answer.delete_cookie(
            entry.HALF, entry.ASKS, secure=self.door.settings.behind_tls, httponly=True
        )
        return answer

    async def factor(self, request: Request) -> Response:
        """Show how far one's second factor is, and set it up, renew its codes or remove it."""
        who = await self.door.who(request.scope)
        if not who.person_id:
            return RedirectResponse(f"/account/sign-in?next={PAGE}", 303)
        if request.method == "GET":
            return await self._show(request, who)
        fields, now = await forms.read(request), self.door.now()
        if not forms.is_ours(request, fields):
            return paper.sentence(403, _("Not done"), entry.too_old())
        client = origin(request.scope.get("client"))
        if not self.limit.take(client, now):
            return paper.sentence(429, _("Not done"), _("Too many tries. Wait five minutes."))
        steps = {"begin": self._begin, "confirm": self._codes, "codes": self._codes}
        answer = await steps.get(fields.get("do", ""), self._remove)(request, who, fields)
        if answer.status_code < 400:
            self.limit.give_back(client)
        return answer

    async def _begin(self, request: Request, who: Identity, fields: dict[str, str]) -> Response:
        if not await self._is_them(who, fields):
            return await self._show(request, who, _("That is not your present password."))
        box, now = entry.box(self.door, SEALED), self.door.now()
        await self.door.write(lambda session: factors.begin(session, who, box, now=now))
        return RedirectResponse(PAGE, 303)

    async def _codes(self, request: Request, who: Identity, fields: dict[str, str]) -> Response:
        """Turn the factor on, or renew its recovery codes: both by a code, both show them once."""
        box, now, code = entry.box(self.door, SEALED), self.door.now(), fields.get("code", "")
        work = factors.confirm if fields["do"] == "confirm" else factors.renew_codes
        codes = await self.door.write(lambda session: work(session, who, code, box, now=now))
        if not codes:
            return await self._show(request, who, _does_not_fit())
        return entry.page(request, self.door, "recovery.html", codes=codes)

    async def _remove(self, request: Request, who: Identity, fields: dict[str, str]) -> Response:
        if not await self._is_them(who, fields):
            return await self._show(request, who, _("That is not your present password."))
        box, now, code = entry.box(self.door, SEALED), self.door.now(), fields.get("code", "")
        is_gone = await self.door.write(
            lambda session: factors.remove(session, who, code, box, now=now)
        )
        if not is_gone:
            return await self._show(request, who, _does_not_fit())
        return RedirectResponse(PAGE, 303)

    async def _is_them(self, who: Identity, fields: dict[str, str]) -> bool:
        """Say whether the password that was typed is theirs; whoever has none needs none."""
        has_one = await self.door.read(lambda session: people.has_password(session, who))
        return not has_one or await self.fits(who, fields.get("present", ""))

    async def _show(self, request: Request, who: Identity, problem: str = "") -> Response:
        box, now = entry.box(self.door, SEALED), self.door.now()
        provider = self.door.settings.oidc

        def read(session: Session) -> dict[str, Any]:
            return {
                "standing": factors.standing(session, who),
                "begun": factors.begun(session, who, box, now=now),
                "has_password": people.has_password(session, who),
            }

        words = await self.door.read(read)
        begun = words["begun"]
        return entry.page(
            request,
            self.door,
            "factor.html",
            422 if problem else 200,
            who=who,
            problem=problem,
            picture=_picture(begun.address) if begun else "",
            provider=provider.name if provider is not None and not provider.asks_code else "",
            **words,
        )


def _does_not_fit() -> str:
    return _(
        "The code does not fit, was used already, or too many tries were made. Wait for the next "
        "one, and check that your telephone shows the right time."
    )


def _picture(address: str) -> str:
    """Return the address as a picture that an app reads: dark on light in dark mode too."""
    import segno

    made = segno.make_qr(address, error="m")
    drawn: str = made.svg_inline(dark="#000", light="#fff", border=4, omitsize=True)
    return drawn
