"""The pages behind one-time links: coming in by invitation, and a new password.

Opening a link only asks, since mail programs open links by themselves; its button does it.
"""

import logging
from typing import Final

from sqlmodel import Session
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.i18n import _
from dashboard.i18n.labels import word
from dashboard.services import invitations, outbox
from dashboard.services.invitations import Handed
from dashboard.web import entry, forms, paper
from dashboard.web.door import Door
from dashboard.web.limits import Limit, origin
from models import BadInput, NotFound, Purpose, Unavailable

DONE: Final = "/account/sign-in"

log = logging.getLogger(__name__)


class Links:
    """The pages behind one-time links of one installation."""

    def __init__(self, door: Door, limit: Limit) -> None:
        self.door = door
        self.limit = limit
        both = ["GET", "POST"]
        self.routes = [
            Route("/account/forgot", self.forgot, methods=both),
            Route("/account/welcome/{token}", self.welcome, methods=both),
            Route("/account/reset/{token}", self.reset, methods=both),
        ]

    async def forgot(self, request: Request) -> Response:
        """Ask for an e-mail address, and send a link there if it has an account."""
        if request.method == "GET":
            return entry.page(request, self.door, "forgot.html")
        fields = await forms.read(request)
        refused = self._refused(request, fields)
        if refused is not None:
            return refused
        # All that depends on whether there is such an account happens after the answer.
        email = fields.get("email", "")
        answer = paper.sentence(
            200,
            _("Look into your e-mail"),
            _(
                "If this address has an account here with a password, a letter with a link is on "
                "its way. The link works once, within an hour."
            ),
            way=("/account/sign-in", _("Sign in")),
        )
        answer.background = BackgroundTask(self._send, email)
        return answer

    async def _send(self, email: str) -> None:
        now = self.door.now()
        handed = await self.door.write(lambda session: invitations.forgot(session, email, now=now))
        if handed is not None:
            await run_in_threadpool(self._deliver, handed)

    def _deliver(self, handed: Handed) -> None:
        settings, now = self.door.settings, self.door.now()
        made = invitations.letter(handed, settings.address, sender=settings.mail.sender, now=now)
        try:
            outbox.way(settings.mail, settings.home)(made)
        except Unavailable as error:
            log.warning("A letter with a link to a new password did not leave: %s", error)

    async def welcome(self, request: Request) -> Response:
        """Ask an invited person for their password, and give them the role."""
        return await self._page(request, Purpose.INVITATION)

    async def reset(self, request: Request) -> Response:
        """Ask for a new password, and set it."""
        return await self._page(request, Purpose.RESET)

    async def _page(self, request: Request, purpose: Purpose) -> Response:
        token, now = request.path_params["token"], self.door.now()
        try:
            asked = await self.door.read(
                lambda session: invitations.asked(session, token, purpose, now=now)
            )
        except NotFound as error:
            said, way = _(str(error)), ("/account/forgot", _("Ask for a new password"))
            if purpose == Purpose.INVITATION:
                said += " " + _("Whoever invited you can send another.")
                way = ("/account/sign-in", _("Sign in"))
            return paper.sentence(404, _("This link leads no further"), said, way=way)
        parts = [word("role", asked.role) if asked.role else "", asked.area or ""]
        place = ", ".join(part for part in parts if part)
        who = await self.door.who(request.scope)
        is_other = not asked.needs_password and who.person_id != asked.person_id
        words = {
            **{"asked": asked, "place": place, "token": token, "kind": invitations.PAGES[purpose]},
            "signs_in_first": purpose == Purpose.INVITATION and is_other,
        }
        if request.method == "GET":
            return entry.page(request, self.door, "link.html", problem="", **words)
        fields = await forms.read(request)
        refused = self._refused(request, fields)
        if refused is not None:
            return refused
        password = fields.get("password", "")

        def work(session: Session) -> None:
            if purpose == Purpose.INVITATION:
                invitations.accept(session, token, password, who=who, now=now)
            else:
                invitations.reset(session, token, password, now=now)

        try:
            await self.door.write(work)
        except BadInput as error:
            problem = entry.about_password(error)
            return entry.page(request, self.door, "link.html", 422, problem=problem, **words)
        done = f"{DONE}?said=password"
        if purpose == Purpose.INVITATION and not asked.needs_password:
            done = "/"  # they are signed in
        return RedirectResponse(done, 303, headers={"Cache-Control": "no-store"})

    def _refused(self, request: Request, fields: dict[str, str]) -> Response | None:
        if not forms.is_ours(request, fields):
            return paper.sentence(403, _("Not done"), entry.too_old())
        if not self.limit.take(origin(request.scope.get("client")), self.door.now()):
            return paper.sentence(429, _("Not done"), _("Too many tries. Wait five minutes."))
        return None
