"""One process: the pages, sign-in, the interface for programs, and files, behind one door.

`headway run` starts it; so does `streamlit run dashboard/asgi.py` while developing, which looks for
the literal `st.App(…)` below, and `uvicorn dashboard.asgi:app` with one worker.
"""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import streamlit as st
from starlette.types import ASGIApp
from streamlit import file_util
from streamlit.runtime import RuntimeState, get_instance

from dashboard.ui import visit
from dashboard.web import errors, platform, secret
from dashboard.web.account import Account
from dashboard.web.door import Door
from dashboard.web.files import ASSETS, Files
from dashboard.web.rooms import Late
from dashboard.web.serve import check_record
from dashboard.web.stack import stack
from models import HeadwayError

HERE: Final = Path(__file__).resolve().parent
SETTINGS: Final = visit.settings()
SECRET: Final = secret.read(SETTINGS.home)
KEPT: Final = SETTINGS.home / "cache" / "compressed"

SETTLED: Final = 5.0
"""Seconds after which a first page is surely drawn."""

log = logging.getLogger(__name__)


def interface() -> ASGIApp:
    """Build the interface for programs, with all it takes, when somebody first asks for it."""
    from dashboard.web.programs import interface

    return interface(visit.engine, SETTINGS, now=visit.now)


def statistics() -> ASGIApp:
    """Build the service for statistical clients, when somebody first asks for it."""
    from dashboard.web.programs import statistics

    return statistics(visit.engine, SETTINGS, now=visit.now)


def provider() -> ASGIApp:
    """Build the pages for signing in with a provider."""
    from dashboard.web.oidc import Provider

    assert SETTINGS.oidc is not None
    return Provider(DOOR, SETTINGS.oidc).app


def letters() -> ASGIApp:
    """Build the pages behind the links in letters, and the calendars."""
    from dashboard.web.letters import Letters

    return Letters(DOOR)


def library() -> ASGIApp:
    """Build the room that hands out files of evidence."""
    from dashboard.web.evidence import Library

    return Library(DOOR)


def centre() -> ASGIApp:
    """Build the room that sends the files of the download centre."""
    from dashboard.web.downloads import Downloads

    return Downloads(DOOR)


def typed() -> ASGIApp:
    """Build the room that keeps what is typed into a grid."""
    from dashboard.web.typed import Typing

    return Typing(DOOR)


async def write_daily() -> None:
    """Send the letters of each day, where a mail server is set."""
    from dashboard.web.letters import daily

    await daily(DOOR)


DOOR: Final = Door(
    settings=SETTINGS,
    engine=visit.engine,
    holder=visit.holder,
    forget=visit.forget,
    now=visit.now,
    secret=SECRET,
    pages=frozenset(page.stem for page in (HERE.parent / "pages").glob("[a-z]*.py")),
)
BUNDLE: Final = Files(
    Path(file_util.get_static_dir()) / "static", "/static/", kept=KEPT, are_hashed=True
)
ROOMS: Final[dict[str, ASGIApp]] = {
    "/account": Account(DOOR, oidc=Late(provider, "") if SETTINGS.oidc else None),
    "/api": Late(interface, "/api"),
    "/sdmx": Late(statistics, "/sdmx"),
    **dict.fromkeys(("/calendar", "/letters"), Late(letters, "")),
    "/evidence": Late(library, ""),
    "/drafts": Late(typed, ""),
    "/download": Late(centre, ""),
    "/assets": Files(ASSETS, "/assets/", kept=KEPT, are_hashed=False),
    "/static": BUNDLE,
}


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Check what the installation needs, warm up beside the first visitors, and tidy up."""
    for warning in platform.warnings():
        log.warning(warning)
    try:
        check_record(SETTINGS)
    except HeadwayError as error:
        log.error(error)
        raise
    beside = [asyncio.create_task(warm_up())]
    if SETTINGS.mail.is_server:
        beside.append(asyncio.create_task(write_daily()))
    yield {}
    for task in beside:
        task.cancel()
    visit.engine().dispose()


async def warm_up() -> None:
    """Draw the first page once for nobody, so that the first visitor finds everything at hand."""
    await asyncio.to_thread(load)
    runtime = get_instance()
    if runtime.state is RuntimeState.ONE_OR_MORE_SESSIONS_CONNECTED:
        await asyncio.sleep(SETTLED)  # somebody was faster: their page is being drawn
    else:
        await runtime.does_script_run_without_error()
    if not platform.is_watching():
        gc.collect()
        gc.freeze()  # what is there now stays: no collection need look at it again
    await asyncio.to_thread(BUNDLE.prepare)


def load() -> None:
    """Load what every page needs to read and to draw."""
    from dashboard.ui import cached, widgets  # noqa: F401


app = st.App(
    HERE / "app.py",
    lifespan=lifespan,
    middleware=stack(DOOR, ROOMS),
    on_script_error=errors.on_script_error,
    exception_handlers={500: errors.on_server_error},
)
platform.enforce(secret.derived(SECRET, "streamlit"))
