"""A browser's visit: whose it is, in which language, on which database, at what time.

Every run of a page begins with `begin`, and so does every fragment and callback that speaks: they
run without the rest of the page. Nothing is believed from an earlier run: the cookie is read, and
its session looked up, each time.
"""

import math
import os
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from typing import Final, Generic, Literal, NoReturn, TypeVar
from urllib.parse import urlencode, urlsplit

import streamlit as st
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard import i18n
from dashboard.i18n import _
from dashboard.services import access, sessions
from dashboard.settings import Settings
from models import (
    ANONYMOUS,
    BadInput,
    Fault,
    HeadwayError,
    Identity,
    NotAllowed,
    SignInNeeded,
    Work,
    open_database,
    reading,
    unit_of_work,
)

Result = TypeVar("Result")

REMEMBERED: Final = 3.0
"""Seconds for which a session that was looked up is believed, so that a click costs no query."""
MOST: Final = 4096
_PERSON: Final = "_visit_person"
_FORM: Final = "_visit_form_"


@cache
def settings() -> Settings:
    """Return the settings of this installation, read once."""
    return Settings.read(os.environ)


@cache
def engine() -> Engine:
    """Return the one engine of this process; no cache that visitors could clear holds it."""
    return open_database(settings().database)


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def cookies() -> Mapping[str, str]:
    """Return the cookies this browser sent. The one place where they are read."""
    return st.context.cookies


# Whose ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    who: Identity
    at: float  # seconds of the monotonic clock


_known: dict[str, _Known] = {}
_touched: dict[str, float] = {}
_lock = threading.Lock()


def holder(token: str) -> Identity:
    """Return who holds a session's token; anonymous where it has ended."""
    key, clock = sessions.hashed(token), time.monotonic()
    known = _known.get(key)
    if known is not None and clock - known.at < REMEMBERED:
        return known.who
    with reading(engine()) as session:
        who = sessions.whose(session, token, hours=settings().session_hours, now=now())
    if who is None:
        with _lock:
            _known.pop(key, None)
        return ANONYMOUS
    with _lock:
        if len(_known) >= MOST:
            _known.clear()
        _known[key] = _Known(who, clock)
    return who


def _keep_awake(token: str) -> None:
    """Let the session know of this click, at most once in a while."""
    key, clock = sessions.hashed(token), time.monotonic()
    if clock - _touched.get(key, -math.inf) < sessions.TOUCH.total_seconds():
        return
    unit_of_work(engine(), lambda session: sessions.touch(session, token, now=now()))
    with _lock:
        if len(_touched) >= MOST:
            _touched.clear()
        _touched[key] = clock


def forget() -> None:
    """Believe nothing that was looked up before: somebody signed out, or rights changed."""
    with _lock:
        _known.clear()


def who() -> Identity:
    """Return who is looking, or the anonymous visitor."""
    token = cookies().get(sessions.COOKIE)
    return holder(token) if token else ANONYMOUS


def begin() -> Identity:
    """Begin a run: speak the visitor's language, and start afresh where the person has changed."""
    i18n.speak(language())
    person = who()
    if st.session_state.get(_PERSON, person.person_id) != person.person_id:
        st.session_state.clear()
    st.session_state[_PERSON] = person.person_id
    if person.person_id:
        _keep_awake(cookies()[sessions.COOKIE])
    return person


def may_read() -> bool:
    """Say whether this visitor may read what is accepted: everyone, where it is public."""
    return settings().is_public or access.allows(who(), "read")


def require(*actions: access.Action, plan: str | None = None) -> Identity:
    """Return who is looking, or end the page with a sentence where they may do none of this.

    This spares people a dead end. What protects is the service that does it.
    """
    person = who()
    try:
        if not any(access.allows(person, action, plan=plan) for action in actions):
            access.require(person, actions[0], plan=plan)
    except NotAllowed as refusal:
        refuse(refusal)
    return person


def refuse(refusal: NotAllowed) -> NoReturn:
    """Show why not, with the way to sign in where that would help, and end the page."""
    st.warning(_(str(refusal)), icon=":material/lock:")
    if isinstance(refusal, SignInNeeded):
        _show_links({sign_in_address(): _("Sign in")})
    st.stop()


def show_account() -> None:
    """Show who is looking, with the ways to the account, to signing in and to another language."""
    person = who()
    back = urlencode({"next": here()})
    links = {f"/account/language?{back}": _("Language")}
    if person.person_id:
        links = {"/account/sessions": person.name, "/account/sign-out": _("Sign out")} | links
    else:
        links = {sign_in_address(): _("Sign in")} | links
    _show_links(links)


def _show_links(links: Mapping[str, str]) -> None:
    """Show links that lead out of the pages in this tab, which Streamlit's own links do not."""
    anchors = (
        f'<a href="{escape(to)}" target="_self">{escape(text)}</a>' for to, text in links.items()
    )
    st.markdown(" · ".join(anchors), unsafe_allow_html=True)


def sign_in_address() -> str:
    """Return the address of the sign-in page, which leads back to this page."""
    return f"/account/sign-in?{urlencode({'next': here()})}"


def here() -> str:
    """Return path and choices of the page now looked at."""
    at = urlsplit(st.context.url or "")
    return f"{at.path or '/'}?{at.query}" if at.query else at.path or "/"


def address() -> str:
    """Return the address of this installation: the one that is set, else the one asked for."""
    at = urlsplit(st.context.url or "")
    asked = f"{at.scheme}://{at.netloc}" if at.netloc else settings().address
    return settings().base_url or asked


# How ------------------------------------------------------------------------------------------


def language() -> str:
    """Return the visitor's language: what they chose, else what their browser prefers."""
    wanted = (cookies().get(i18n.COOKIE), st.context.locale)
    return i18n.choose(code for code in wanted if code)


def theme() -> Literal["light", "dark"]:
    """Return whether this browser shows the page light or dark."""
    return st.context.theme.type or "light"


def agent() -> str:
    """Return what the browser says it is."""
    return st.context.headers.get("User-Agent") or ""


# The record -----------------------------------------------------------------------------------


@contextmanager
def read() -> Iterator[Session]:
    """Open a session that only reads."""
    with reading(engine()) as session:
        yield session


@dataclass(frozen=True)
class Outcome(Generic[Result]):
    """What came of a write: its result, or what was wrong, for people to mend."""

    result: Result | None
    faults: tuple[Fault, ...] = ()

    @property
    def is_done(self) -> bool:
        """Say whether it is in the record."""
        return not self.faults

    @property
    def message(self) -> str:
        """Return what was wrong, a line each; empty where nothing was."""
        return "\n\n".join(_(str(fault)) for fault in self.faults)


def token(form: str) -> str:
    """Return the token of a form of this name, the same until something was written with it.

    Put it into the key of the form or button as well: once it is used, a click that is still on
    its way belongs to a button that is gone, and a repeat of the same click finds the first answer.
    """
    made: str = st.session_state.setdefault(_FORM + form, secrets.token_urlsafe(16))
    return made


def write(work: Work[Result], *, token: str) -> Outcome[Result]:
    """Do the work in one transaction, or say what was wrong; then the form gets a new token.

    Call nothing of Streamlit inside the work: it may run twice, and a rerun would undo it.
    """
    try:
        result = unit_of_work(engine(), work)
    except BadInput as error:
        return Outcome(None, error.faults)
    except HeadwayError as error:
        return Outcome(None, (Fault("", str(error)),))
    forget()
    for key in [key for key, kept in st.session_state.items() if kept == token]:
        if str(key).startswith(_FORM):
            del st.session_state[key]
    return Outcome(result)
