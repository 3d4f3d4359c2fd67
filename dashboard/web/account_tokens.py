"""The page of one's own tokens: make one for a program, see when each was used, end it."""

from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard import i18n
from dashboard.i18n import _
from dashboard.services import tokens
from dashboard.web import entry, forms, paper
from dashboard.web.door import Door
from models import BadInput, Identity

HERE: Final = "/account/tokens"
DAYS: Final = (7, 30, 90, 180, 366)


class Tokens:
    """The page of tokens of one installation."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.routes = [Route(HERE, self.page, methods=["GET", "POST"])]

    async def page(self, request: Request) -> Response:
        """Show a person's tokens, make one, or end one."""
        who = await self.door.who(request.scope)
        if not who.person_id:
            return RedirectResponse(f"/account/sign-in?next={HERE}", 303)
        if request.method == "GET":
            return await self._shown(request, who)
        fields = await forms.read(request)
        if not forms.is_ours(request, fields):
            return paper.sentence(403, _("Not done"), entry.too_old())
        now = self.door.now()
        ended = fields.get("revoke")
        if ended is not None:
            await self.door.write(lambda session: tokens.revoke(session, who, ended, now=now))
            return RedirectResponse(HERE, 303)
        return await self._made(request, who, fields)

    async def _made(self, request: Request, who: Identity, fields: dict[str, str]) -> Response:
        now = self.door.now()
        name, scopes = fields.get("name", ""), [one for one in tokens.SCOPES if one in fields]
        until = now + timedelta(days=_days(fields.get("days", "")))
        try:
            secret, _listed = await self.door.write(
                lambda session: tokens.issue(session, who, name, scopes, until=until, now=now)
            )
        except BadInput as error:
            told = " ".join(_(fault.message) for fault in error.faults)
            return await self._shown(request, who, 422, problem=told, fields=fields)
        return await self._shown(request, who, secret=secret)

    async def _shown(
        self,
        request: Request,
        who: Identity,
        status: int = 200,
        *,
        problem: str = "",
        secret: str = "",
        fields: dict[str, str] | None = None,
    ) -> Response:
        listed = await self.door.read(lambda session: tokens.listing(session, who))
        now = self.door.now()
        return entry.page(
            request,
            self.door,
            "tokens.html",
            status,
            problem=problem,
            secret=secret,
            fields=fields or {},
            tokens=[one for one in listed if one.until > now and one.revoked_at is None],
            scopes=_scopes(),
            days=DAYS,
            day=i18n.date,
            longest=tokens.NAME_LENGTH,
        )


def _days(chosen: str) -> int:
    return int(chosen) if chosen in map(str, DAYS) else tokens.USUAL.days


def _scopes() -> dict[str, str]:
    """Return what each scope lets a program do, in words."""
    told = {
        "read": _("Read what is accepted, also where this installation is not public"),
        "reports": _("Read your own reports and where they stand in review"),
        "submit": _("Send figures and measure reports in your name, for review"),
        "history": _("Read the history of values, where your role allows it"),
    }
    return {scope: told[scope] for scope in tokens.SCOPES}
