"""Letting somebody in: every way to sign in ends here, in one session of our own.

Whoever has a second factor is half in first: for some minutes a sealed cookie says who they are and
what they proved, and opens nothing but the page that asks for the code.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.i18n import _
from dashboard.services import sessions
from dashboard.services.sign_in import Admitted
from dashboard.web import forms, paper, secret
from dashboard.web.door import Door
from models import BadInput, HeadwayError, micros

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

HALF: Final = "headway_half"
"""The cookie of somebody who is half in."""
LASTS: Final = timedelta(minutes=5)
ASKS: Final = "/account/code"


@dataclass(frozen=True)
class Half:
    """Somebody who proved the first thing and not yet the second."""

    admitted: Admitted
    method: str
    to: str


def page(request: Request, door: Door, template: str, status: int = 200, **words: Any) -> Response:
    """Return a page with a form that only this browser can send back."""
    browser = forms.key(request)
    answer = paper.page(template, status, form=forms.token(request, browser), **words)
    return forms.tie(answer, door, browser)


def too_old() -> str:
    """Return what is said of a form that is not ours."""
    return _("This form was too old, or came from elsewhere. Please try again.")


def about_password(error: HeadwayError) -> str:
    """Return what is wrong with a password as a sentence about it."""
    if isinstance(error, BadInput):
        return " ".join(
            _("This password {what}.").format(what=_(fault.message)) for fault in error.faults
        )
    return _(str(error))


async def enter(
    request: Request,
    door: Door,
    find: Callable[[Session], Admitted | None],
    *,
    method: str,
    to: str,
) -> Response | None:
    """Open a session for whom `find` names and lead on; none where it names nobody.

    Whoever is asked for a code is led to its page, without a session. The browser's earlier
    session, if any, ends with a new one: a token planted there is worth nothing.
    """
    earlier = request.cookies.get(sessions.COOKIE)
    agent, hours, now = _agent(request), door.settings.session_hours, door.now()

    def work(session: Session) -> tuple[Admitted, str] | None:
        admitted = find(session)
        if admitted is None:
            return None
        if admitted.needs_code:
            return admitted, ""
        if earlier:
            sessions.close(session, earlier, now=now)
        token = sessions.open_session(
            session, admitted.person_id, method=method, agent=agent, hours=hours, now=now
        )
        return admitted, token

    let_in = await door.write(work)
    if let_in is None:
        return None
    admitted, token = let_in
    if admitted.needs_code:
        return _half_in(door, Half(admitted, method, to))
    answer = RedirectResponse(forms.local(to), status_code=303)
    answer.headers["Cache-Control"] = "no-store"
    return forms.set_cookie(answer, door, sessions.COOKIE, token)


def _half_in(door: Door, half: Half) -> Response:
    until = micros(door.now() + LASTS)
    sealed = box(door, "half in").encrypt(json.dumps(asdict(half) | {"until": until}).encode())
    answer = RedirectResponse(ASKS, status_code=303, headers={"Cache-Control": "no-store"})
    age = int(LASTS.total_seconds())
    return forms.set_cookie(answer, door, HALF, sealed.decode(), path=ASKS, age=age)


def half(request: Request, door: Door) -> Half | None:
    """Return who is half in, in this browser; none where nobody is, or for too long."""
    from cryptography.fernet import InvalidToken

    try:
        said = json.loads(box(door, "half in").decrypt(request.cookies.get(HALF, "").encode()))
    except InvalidToken:
        return None
    if said["until"] <= micros(door.now()):
        return None
    return Half(Admitted(**said["admitted"]), said["method"], said["to"])


def box(door: Door, purpose: str) -> "Fernet":
    """Return what seals with a key of this installation for one purpose."""
    from cryptography.fernet import Fernet

    return Fernet(urlsafe_b64encode(bytes.fromhex(secret.derived(door.secret, purpose))))


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
