"""The rooms for programs: beside the pages, or alone on the same database, without Streamlit."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Final

import uvicorn
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from dashboard.api import make_app, sdmx
from dashboard.settings import Settings
from dashboard.web.headers import SecurityHeaders
from dashboard.web.hosts import Hosts
from dashboard.web.listening import PATIENCE, listen
from dashboard.web.pace import Pace
from models import Unavailable, open_database

Clock = Callable[[], datetime]
Database = Callable[[], Engine]
START: Final = "/api/"


def interface(engine: Database, settings: Settings, *, now: Clock) -> ASGIApp:
    """Return the interface for programs, which answers at its own pace."""
    app = make_app(engine, settings, now=now)
    return Pace(app, each_minute=settings.api_rate, now=now)


def statistics(engine: Database, settings: Settings, *, now: Clock) -> ASGIApp:
    """Return the service for statistical clients, which answers at its own pace."""
    app = sdmx.make_app(engine, settings, now=now)
    return Pace(app, each_minute=settings.api_rate, now=now)


def alone(engine: Database, settings: Settings, *, now: Clock) -> Starlette:
    """Return both at the addresses they have beside the pages, behind the same door."""
    return Starlette(
        routes=[
            Route("/", lambda _request: RedirectResponse(START)),
            Route("/api", lambda _request: RedirectResponse(START, status_code=308)),
            Mount("/api", interface(engine, settings, now=now)),
            Mount("/sdmx", statistics(engine, settings, now=now)),
        ],
        middleware=[
            Middleware(SecurityHeaders, behind_tls=settings.behind_tls),
            Middleware(Hosts, settings=settings),
        ],
    )


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve both until stopped, or raise `Unavailable` with what is missing."""

    @cache
    def engine() -> Engine:
        return open_database(settings.database)

    app = alone(engine, settings, now=lambda: datetime.now(UTC))
    with listen(host, port) as bound:
        how = uvicorn.Config(
            app,
            host=host,
            port=port,
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=PATIENCE,
        )
        server = uvicorn.Server(how)
        server.run(sockets=[bound])
    engine().dispose()
    if not server.started:
        raise Unavailable("The server did not start; the lines above say why.")
