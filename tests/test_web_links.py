"""One-time links in a browser: opening asks, the button does, and nobody learns who is here."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from dashboard.services import invitations
from models import SYSTEM, Role, unit_of_work
from tests import door as doors
from tests.door import EMAIL, Clock, field
from tests.tiny import NOON

FRESH = "another long secret"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def browser(database: Engine, tmp_path: Path, clock: Clock) -> TestClient:
    return doors.client(doors.door(database, tmp_path, clock, is_public=False))


def ask(browser: TestClient, email: str) -> str:
    """Send the form for a lost password and return what is answered."""
    form = {"form": field(browser.get("/account/forgot")), "email": email}
    answer = browser.post("/account/forgot", data=form)
    assert answer.status_code == 200
    return answer.text


def letters(home: Path) -> list[str]:
    """Return the addresses of the links in the letters that left."""
    found = []
    for file in sorted((home / "outbox").glob("*.eml")):
        made = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert made["To"] == EMAIL
        lines = made.get_content().splitlines()
        found += [line.partition("8501")[2] for line in lines if line.startswith("http")]
    return found


def press(browser: TestClient, address: str, password: str = FRESH) -> int:
    form = {"form": field(browser.get(address)), "password": password}
    return browser.post(address, data=form).status_code


def test_a_lost_password_is_replaced_by_the_link_in_a_letter(
    browser: TestClient, database: Engine, tmp_path: Path
) -> None:
    doors.add_person(database, Role.REVIEWER)
    ask(browser, EMAIL)
    (address,) = letters(tmp_path)
    assert browser.get(address).status_code == 200
    assert browser.get(address).status_code == 200  # opening uses nothing up
    assert press(browser, address, "short") == 422
    assert press(browser, address) == 303
    assert browser.get(address).status_code == 404
    assert doors.sign_in(browser, password=FRESH).status_code == 303


def test_the_answer_is_the_same_whether_or_not_there_is_an_account(
    browser: TestClient, database: Engine, tmp_path: Path
) -> None:
    doors.add_person(database)
    assert ask(browser, EMAIL) == ask(browser, "nobody@example.org")
    assert len(letters(tmp_path)) == 1


def test_asking_for_links_is_limited(browser: TestClient) -> None:
    form = {"form": field(browser.get("/account/forgot")), "email": "nobody@example.org"}
    answers = [browser.post("/account/forgot", data=form).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]


def test_an_invitation_asks_for_a_password_and_leads_to_signing_in(
    browser: TestClient, database: Engine, clock: Clock
) -> None:
    handed = unit_of_work(
        database,
        lambda session: invitations.invite(
            session, SYSTEM, email=EMAIL, name="Amina", role=Role.VIEWER, now=NOON
        ),
    )
    address = handed.address("")
    assert "Viewer" in browser.get(address).text
    form = {"password": FRESH}
    assert browser.post(address, data=form).status_code == 403  # not from our page
    assert press(browser, address) == 303
    assert doors.sign_in(browser, password=FRESH).status_code == 303
    assert browser.get("/entry").status_code == 200
    clock.wait(hours=73)
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("kind", ["welcome", "reset"])
def test_a_made_up_link_leads_nowhere(browser: TestClient, kind: str) -> None:
    answer = browser.get(f"/account/{kind}/{'x' * 43}")
    assert answer.status_code == 404
    assert "used already, is too old" in answer.text


def test_whoever_has_an_account_signs_in_to_accept(
    browser: TestClient, database: Engine, clock: Clock
) -> None:
    doors.add_person(database)
    handed = unit_of_work(
        database,
        lambda session: invitations.invite(
            session, SYSTEM, email=EMAIL, name="Amina", role=Role.VIEWER, now=NOON
        ),
    )
    address = handed.address("")
    page = browser.get(address)
    assert f"/account/sign-in?next={address}" in page.text
    assert "<form" not in page.text
    form = {"form": field(browser.get("/account/forgot"))}
    assert browser.post(address, data=form).status_code == 403  # past the page, too
    assert doors.sign_in(browser, to=address).headers["location"] == address
    answer = browser.post(address, data={"form": field(browser.get(address))})
    assert answer.headers["location"] == "/"
    assert browser.get("/entry").status_code == 200
