"""The record for programs: the services of the pages as JSON, described by OpenAPI 3.1.

It stands beside the pages in one process, or alone on the same database. What the pages may show,
it gives, and no more; where the installation is not public, it asks for the same sign-in or for a
token. With a token, reports come in, for the same review.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import FastAPI
from sqlalchemy.engine import Engine
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp

from dashboard import __version__
from dashboard.api import (
    briefs,
    described,
    finding,
    personal,
    posts,
    problems,
    reference,
    resources,
    snapshots,
    wordings,
)
from dashboard.api.answers import Desk, Heads
from dashboard.api.bounds import Bounds
from dashboard.settings import Settings

ABOUT = (
    "Plans, areas, observations, statuses, aggregates and snapshots, as anybody may read them on "
    "the pages, and reporting for whoever has a token. A missing value is null, never zero, and "
    "says why in `status` and `missing_reason`. Where generated figures are among the data, "
    "`meta.is_illustrative` is true. Readings can be made as of a moment. Answers carry an ETag: "
    "send it back in `If-None-Match` and get 304 while nothing has changed."
)


def make_app(
    engine: Callable[[], Engine],
    settings: Settings,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> ASGIApp:
    """Return the interface as an ASGI app with addresses below `/v1`; mount it under `/api`."""
    app = FastAPI(
        title="Headway",
        version=__version__,
        description=ABOUT,
        license_info={"name": "Data: CC BY 4.0; program: Apache-2.0"},
        docs_url=None,  # FastAPI's own pages load scripts from another host
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    desk = Desk(settings=settings, engine=engine, now=now)
    rooms = (wordings, resources, finding, personal, posts, snapshots, briefs)
    for room in rooms:
        app.include_router(room.router(desk), prefix="/v1")
    problems.install(app)
    described.install(app)

    @app.get("/", include_in_schema=False)
    def read_me(request: Request) -> HTMLResponse:
        return reference.page(app.openapi(), str(request.scope.get("root_path", "")))

    return Bounds(Heads(app))
