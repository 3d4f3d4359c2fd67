"""Briefing notes for programs and for links: a country, region or group as PDF or HTML."""

import hashlib
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from dashboard import i18n, progress
from dashboard.api import shapes
from dashboard.api.answers import Desk, Kept, knows
from dashboard.api.asked import PROBLEMS, as_of
from dashboard.services import briefs, plans, reads, texts
from dashboard.services.briefs import Form, Note
from dashboard.services.views import Picture
from models import NotFound, reading

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
MOST: Final = 48
"""Notes and files that are kept as they were made."""


class BriefAsked(shapes.AsKnown):
    """Which note is asked for."""

    plan: Annotated[str | None, Query(description="Code of the plan; else the first")] = None
    method: shapes.Method = progress.DEFAULT
    language: Annotated[str, Query(description="One that the pages speak, such as `fr`")] = "en"


def router(desk: Desk) -> APIRouter:
    """Return the notes, answered at this desk."""
    made = APIRouter(responses=PROBLEMS, tags=["briefs"])
    kept = Kept(MOST)

    @made.get(
        "/briefs/{area}.pdf",
        response_class=Response,
        responses={200: {"content": {briefs.MIME["pdf"]: {}}, "description": "PDF/UA-1, A4"}},
    )
    def paper(request: Request, area: str, asked: Annotated[BriefAsked, Query()]) -> Response:
        """Hand out the briefing note on a country, region or group as PDF."""
        return _answer(desk, kept, request, area, asked, "pdf")

    @made.get(
        "/briefs/{area}.html",
        response_class=Response,
        responses={200: {"content": {"text/html": {}}, "description": "One file of HTML"}},
    )
    def screen(request: Request, area: str, asked: Annotated[BriefAsked, Query()]) -> Response:
        """Hand out the briefing note on a country, region or group as HTML."""
        return _answer(desk, kept, request, area, asked, "html")

    return made


def _answer(  # noqa: PLR0917 - what it takes to answer
    desk: Desk, kept: Kept, request: Request, area: str, asked: BriefAsked, form: Form
) -> Response:
    known = as_of(asked.as_of)
    i18n.speak(i18n.choose([asked.language]))
    here = desk.settings.base_url or f"{request.url.scheme}://{request.url.netloc}"
    with reading(desk.engine()) as session:
        plan = _plan(session, asked.plan)
        desk.admit(session, request, plan)
        about = (area, plan, known, asked.method, i18n.language(), here, desk.now().date())
        key = (*about, reads.version(session))
        made: Note = kept.get(
            key, lambda: _note(desk, session, area, plan, known=known, asked=asked, here=here)
        )
    content: bytes = kept.get(
        (form, *key), lambda: briefs.write(made, form, home=desk.settings.home)
    )
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = desk.headers(tag) | {
        "Content-Disposition": f'inline; filename="{briefs.file_name(made, form)}"',
        "Content-Language": i18n.language(),
        "Content-Security-Policy": POLICY,
    }
    if knows(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=briefs.MIME[form])


def _plan(session: Session, code: str | None) -> str:
    codes = [plan.code for plan in plans.listing(session)]
    if code is None and codes:
        return codes[0]
    if code not in codes:
        raise NotFound(f"No plan has the code {code!r}.")
    return code


def _note(
    desk: Desk,
    session: Session,
    area: str,
    plan: str,
    *,
    known: datetime | None,
    asked: BriefAsked,
    here: str,
) -> Note:
    def picture(moment: datetime | None) -> Picture:
        return briefs.by_method(desk.picture(session, plan, moment), asked.method)

    return briefs.note(
        session,
        picture(known),
        area,
        words=texts.load(session, plan),
        publisher=desk.settings.agency,
        address=here,
        before=picture,
        now=desk.now(),
    )
