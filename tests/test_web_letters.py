"""Links in letters: ending them with one click, signed out too; the private calendar."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from dashboard.services import correspondence, digests
from dashboard.web import letters
from dashboard.web.door import Door
from dashboard.web.letters import Letters
from models import Identity, reading, unit_of_work
from tests import door as doors
from tests import rounds as tiny_rounds
from tests.door import Clock
from tests.tiny import NOON


@pytest.fixture
def door(database: Engine, tmp_path: Path, person: Callable[[str], Identity]) -> Door:
    unit_of_work(database, lambda session: tiny_rounds.opened(session, person("secretariat")))
    return doors.door(database, tmp_path, Clock(), is_public=False)


@pytest.fixture
def browser(door: Door) -> TestClient:
    rooms = dict.fromkeys(("/letters", "/calendar"), Letters(door))
    return TestClient(doors.house(door, rooms), base_url=doors.ADDRESS, client=("10.0.0.1", 50000))


def path(address: str) -> str:
    return address.removeprefix("http://localhost:8501")


def written_to(door: Door) -> set[str]:
    with reading(door.engine()) as session:
        found = digests.write(session, letters.links(door), day=NOON.date(), now=NOON)
    return {letter.person_id for letter in found}


def test_opening_the_link_asks_and_a_click_ends_the_letters(
    door: Door, browser: TestClient
) -> None:
    link = path(letters.links(door).unsubscribe("coordinator"))
    page = browser.get(link)
    assert page.status_code == 200
    assert f'action="{link}"' in page.text
    assert "coordinator" in written_to(door), "a program that opens links ends nothing"
    done = browser.post(link)
    assert done.status_code == 200
    assert "You get no more letters" in done.text
    assert written_to(door) == {"neighbour"}


def test_one_click_of_a_mail_program_is_enough(door: Door, browser: TestClient) -> None:
    link = path(letters.links(door).unsubscribe("coordinator"))
    done = browser.post(link, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert written_to(door) == {"neighbour"}


def test_a_link_made_by_somebody_else_ends_nothing(door: Door, browser: TestClient) -> None:
    link = path(letters.links(door).unsubscribe("coordinator"))
    answer = browser.post(link.replace("coordinator", "neighbour"))
    assert answer.status_code == 404
    assert "not valid" in answer.text
    assert written_to(door) == {"coordinator", "neighbour"}


def test_the_calendar_is_read_by_its_address_alone(door: Door, browser: TestClient) -> None:
    answer = browser.get(path(letters.links(door).calendar("coordinator", 1)))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "private, no-store"
    assert "Report due: Kenya" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_renewed_address_leads_nowhere(
    door: Door, browser: TestClient, coordinator: Identity
) -> None:
    unit_of_work(
        door.engine(),
        lambda session: correspondence.renew_calendar(session, coordinator, seen=1, now=NOON),
    )
    answer = browser.get(path(letters.links(door).calendar("coordinator", 1)))
    assert answer.status_code == 404


def test_guessing_is_slowed_down(door: Door, browser: TestClient) -> None:
    answers = {browser.get("/calendar/guess.1.x.ics").status_code for _ in range(letters.TRIES)}
    assert answers == {404}
    assert browser.get("/calendar/guess.1.x.ics").status_code == 429


@pytest.mark.parametrize("address", ["/letters", "/letters/else", "/calendar/x", "/calendar/"])
def test_other_addresses_lead_nowhere(browser: TestClient, address: str) -> None:
    assert browser.get(address).status_code == 404
