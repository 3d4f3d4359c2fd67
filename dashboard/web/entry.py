"""Letting somebody in: every way to sign in ends here, in one session of our own."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.i18n import _
from dashboard.services import sessions
from dashboard.web import forms, paper
from dashboard.web.door import Door


def page(request: Request, door: Door, template: str, status: int = 200, **words: Any) -> Response:
    """Return a page with a form that only this browser can send back."""
    browser = forms.key(request)
    answer = paper.page(template, status, form=forms.token(request, browser), **words)
    return forms.tie(answer, door, browser)


def too_old() -> str:
    """Return what is said of a form that is not ours."""
    return _("This form was too old, or came from elsewhere. Please try again.")


async def enter(
    request: Request,
    door: Door,
    find: Callable[[Session], str | None],
    *,
    method: str,
    to: str,
) -> Response | None:
    """Open a session for whom `find` names and lead on; none where it names nobody.

    The browser's earlier session, if any, ends with it: a token planted there is worth nothing.
    """
    earlier = request.cookies.get(sessions.COOKIE)
    agent, hours, now = _agent(request), door.settings.session_hours, door.now()

    def work(session: Session) -> str | None:
        person_id = find(session)
        if person_id is None:
            return None
        if earlier:
            sessions.close(session, earlier, now=now)
        return sessions.open_session(
            session, person_id, method=method, agent=agent, hours=hours, now=now
        )

    token = await door.write(work)
    if token is None:
        return None
    answer = RedirectResponse(forms.local(to), status_code=303)
    answer.headers["Cache-Control"] = "no-store"
    return forms.set_cookie(answer, door, sessions.COOKIE, token)


async def leave(request: Request, door: Door, *, to: str) -> Response:
    """End this browser's session and lead on."""
    token, now = request.cookies.get(sessions.COOKIE), door.now()
    if token:
        await door.write(lambda session: sessions.close(session, token, now=now))
    answer = RedirectResponse(forms.local(to), status_code=303)
    answer.headers["Cache-Control"] = "no-store"
    answer.delete_cookie(sessions.COOKIE, secure=door.settings.behind_tls, httponly=True)
    return answer


def _agent(request: Request) -> str:
    """Return the browser and system in a few words, for people to tell their sessions apart."""
    told = request.headers.get("user-agent", "")
    browsers = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome"}
    systems = {
        "Android": "Android",
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Windows": "Windows",
        "Mac OS X": "Mac",
        "Linux": "Linux",
    }
    browser = next((name for sign, name in browsers.items() if sign in told), "")
    browser = browser or ("Safari" if "Safari/" in told else "")
    system = next((name for sign, name in systems.items() if sign in told), "")
    return ", ".join(word for word in (browser, system) if word)
