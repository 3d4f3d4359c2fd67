"""The page of tokens: made in a form, shown once, ended with a button."""

import re
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from dashboard.services import sessions, tokens
from models import Identity, reading
from tests import door as doors
from tests.door import Clock, field
from tests.tiny import NOON

HERE = "/account/tokens"
SECRET = re.compile(r"<code>(headway_[\w-]+)</code>")


@pytest.fixture
def browser(database: Engine, tmp_path: Path) -> TestClient:
    """Give a browser in which the coordinator of Kenya is signed in."""
    made = doors.client(doors.door(database, tmp_path, Clock(), is_public=False))
    made.cookies.set(sessions.COOKIE, doors.open_for(database, "coordinator"))
    return made


def asked(browser: TestClient, **fields: str) -> tuple[int, str]:
    answer = browser.post(HERE, data={"form": field(browser.get(HERE)), **fields})
    return answer.status_code, answer.text


def test_a_token_is_shown_once_opens_and_is_ended(
    database: Engine, browser: TestClient, coordinator: Identity
) -> None:
    status, shown = asked(browser, name="Upload", submit="on", read="on", days="30")
    assert status == 200
    (secret,) = SECRET.findall(shown)
    assert SECRET.findall(browser.get(HERE).text) == []
    with reading(database) as session:
        found = tokens.bearer(session, secret, now=NOON)
        (listed,) = tokens.listing(session, coordinator)
    assert found is not None
    assert found.who.scopes == frozenset({"read", "submit"})
    assert (listed.until - NOON).days == 30
    assert asked(browser, revoke=listed.id)[0] == 303
    with reading(database) as session:
        assert tokens.bearer(session, secret, now=NOON) is None
    assert "Upload" not in browser.get(HERE).text


def test_what_is_missing_is_said_and_what_was_typed_stays(browser: TestClient) -> None:
    status, shown = asked(browser, name="<My upload>", days="7")
    assert status == 422
    assert "choose what the token may do" in shown
    assert "&lt;My upload&gt;" in shown
    assert '<option value="7" selected>' in shown


def test_the_page_is_for_whoever_is_signed_in_and_forms_must_be_ours(
    database: Engine, browser: TestClient, viewer: Identity
) -> None:
    forged = browser.post(HERE, data={"form": "x", "name": "n", "read": "on"})
    assert forged.status_code == 403
    browser.cookies.delete(sessions.COOKIE)
    away = browser.get(HERE)
    assert (away.status_code, away.headers["location"]) == (303, f"/account/sign-in?next={HERE}")
    assert HERE in browser_of(database, browser).get("/account").text


def browser_of(database: Engine, browser: TestClient) -> TestClient:
    browser.cookies.set(sessions.COOKIE, doors.open_for(database, "viewer"))
    return browser


def test_whoever_shows_a_token_comes_as_far_as_the_room_that_looks_at_it(
    browser: TestClient,
) -> None:
    browser.cookies.delete(sessions.COOKIE)
    shown = {"Authorization": "Bearer headway_x"}
    assert browser.get("/api/v1/plans").status_code == 401
    assert browser.get("/api/v1/plans", headers=shown).text == "figures"
    assert browser.get("/entry", headers=shown).status_code == 303
