"""A door for tests: the real one, on a test's database and clock, before a house of cardboard."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
from argon2 import PasswordHasher
from sqlalchemy.engine import Engine
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from dashboard.services import people, sessions
from dashboard.settings import Settings
from dashboard.web.account import Account
from dashboard.web.door import Door
from dashboard.web.files import ASSETS, Files
from dashboard.web.stack import stack
from models import ANONYMOUS, SYSTEM, Identity, Person, Role, reading, unit_of_work
from tests.tiny import NOON

ADDRESS = "http://localhost"
STREAM = "ws://localhost/_stcore/stream"
EMAIL, PASSWORD = "amina@example.org", "correct horse battery"


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


def door(engine: Engine, home: Path, clock: Callable[[], datetime], **settings: object) -> Door:
    """Return a door on this database; `settings` change those of a public installation."""
    made = replace(Settings.read({"HEADWAY_HOME": str(home)}), **settings)  # type: ignore[arg-type]

    def holder(token: str) -> Identity:
        with reading(engine) as session:
            found = sessions.whose(session, token, hours=made.session_hours, now=clock())
        return found or ANONYMOUS

    return Door(
        settings=made,
        engine=lambda: engine,
        holder=holder,
        forget=lambda: None,
        now=clock,
        secret=b"secret of the tests",
        pages=frozenset({"overview", "entry"}),
    )


def client(door: Door, **rooms: ASGIApp) -> TestClient:
    """Return a browser that keeps cookies, at this door."""
    kept = door.settings.home / "compressed"
    inside: Mapping[str, ASGIApp] = {
        "/account": Account(door, oidc=rooms.get("oidc")),
        "/assets": Files(ASSETS, "/assets/", kept=kept, are_hashed=False),
        "/api": PlainTextResponse("figures"),
    }
    return TestClient(
        house(door, inside), base_url=ADDRESS, follow_redirects=False, client=("10.0.0.1", 50000)
    )


def house(door: Door, rooms: Mapping[str, ASGIApp]) -> ASGIApp:
    """Return what stands for Streamlit: it tells what reached it, and repeats what it is sent."""

    async def reached(request: Request) -> Response:
        told = f"reached {request.url.path}\n{dict(request.headers)}"
        return PlainTextResponse(told, headers={"Set-Cookie": "_xsrf=1; Path=/"})

    async def repeat(websocket: WebSocket) -> None:
        await websocket.accept()
        async for message in websocket.iter_bytes():
            await websocket.send_bytes(message)

    routes = [
        WebSocketRoute("/_stcore/stream", repeat),
        Route("/{path:path}", reached, methods=["GET", "POST", "PUT"]),
    ]
    return Starlette(routes=routes, middleware=stack(door, rooms))


def add_person(engine: Engine, *roles: Role) -> str:
    """Add Amina, whose password is quick to check, and give her these roles everywhere."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

    def add(session: Session) -> str:
        person_id = people.add(session, SYSTEM, email=EMAIL, name="Amina", now=NOON)
        session.get_one(Person, person_id).password_hash = quick
        return person_id

    person_id = unit_of_work(engine, add)
    for role in roles:
        unit_of_work(
            engine,
            lambda session, role=role: people.grant(session, SYSTEM, person_id, role, now=NOON),  # type: ignore[misc]
        )
    return person_id


def open_for(engine: Engine, person_id: str) -> str:
    """Sign somebody in behind the door's back and return the token."""
    return unit_of_work(
        engine,
        lambda session: sessions.open_session(
            session, person_id, method="password", agent="Test", hours=12, now=NOON
        ),
    )


def field(page: httpx2.Response, name: str = "form") -> str:
    """Return a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"the page has no field {name}"
    return found[1]


def sign_in(
    browser: TestClient, email: str = EMAIL, password: str = PASSWORD, to: str = "/"
) -> httpx2.Response:
    """Fill in the sign-in form and send it."""
    page = browser.get("/account/sign-in", params={"next": to})
    form = {"form": field(page), "next": to, "email": email, "password": password}
    return browser.post("/account/sign-in", data=form)
