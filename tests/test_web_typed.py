"""What a grid sends while somebody types: kept as drafts, by those who may, from our own page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from dashboard.services import drafts, sessions
from dashboard.services.drafts import Cell
from dashboard.web.typed import MOST, Typing
from models import Identity, reading, unit_of_work
from tests import door as doors
from tests.door import Clock
from tests.tiny import CASES, NOON, PERCENT, PLAN

CELL = [PERCENT, "2025", "_T"]
NONE = {"value": "", "status": "", "missing_reason": "", "source": "", "evidence": "", "note": ""}


@pytest.fixture
def visitor(database: Engine, tmp_path: Path) -> Iterator[TestClient]:
    """Give the coordinator of Kenya in a browser."""
    door = doors.door(database, tmp_path, Clock())
    app = doors.house(door, {"/drafts": Typing(door)})
    with TestClient(app, base_url=doors.ADDRESS, follow_redirects=False) as browser:
        browser.cookies.set(sessions.COOKIE, doors.open_for(database, "coordinator"))
        yield browser


def send(visitor: TestClient, *cells: Any, **changes: Any) -> httpx2.Response:
    told = {"plan": PLAN, "area": "KEN", "window": "one", "since": NOON.isoformat()}
    return visitor.post("/drafts", json={**told, "cells": cells, **changes})


def row(cell: list[str] = CELL, seen: int = 0, remembered: str = "", **fields: str) -> list[Any]:
    return [cell, {**NONE, **fields}, seen, remembered]


def kept(engine: Engine, who: Identity) -> dict[Cell, dict[str, Any]]:
    with reading(engine) as session:
        found = drafts.cells(session, who, plan=PLAN, area="KEN")
    return {cell: drafts.said(content) for cell, content in found.items()}


def test_what_is_typed_is_kept_as_it_stands(
    visitor: TestClient, database: Engine, coordinator: Identity
) -> None:
    answer = send(visitor, row(value=" 41,5 ", source="Survey", seen=3))
    assert (answer.status_code, answer.json()) == (200, {"at": NOON.isoformat()})
    assert kept(database, coordinator) == {
        Cell(*CELL): {"value": "41,5", "source": "Survey", "seen": 3}
    }
    send(visitor, row(value="41,5", source="Survey", status="L", missing_reason="none"))
    assert kept(database, coordinator)[Cell(*CELL)]["status"] == "L"
    send(visitor, row())
    assert kept(database, coordinator) == {}


def test_a_source_that_stood_there_is_not_typed(
    visitor: TestClient, database: Engine, coordinator: Identity
) -> None:
    send(visitor, row(source="Survey", remembered="Survey"))
    assert kept(database, coordinator) == {}
    send(visitor, row([CASES, "2025", "_T"], source="Another", remembered="Survey"))
    assert kept(database, coordinator) == {Cell(CASES, "2025", "_T"): {"source": "Another"}}


def test_what_was_said_of_a_figure_beside_the_grid_stays(
    visitor: TestClient, database: Engine, coordinator: Identity
) -> None:
    beside = {"value": "40", "numerator": "2", "denominator": "5", "comment": "as agreed"}
    unit_of_work(
        database,
        lambda session: drafts.keep_cells(
            session, coordinator, {Cell(*CELL): beside}, plan=PLAN, area="KEN",
            window="one", since=NOON, now=NOON,
        ),
    )  # fmt: skip
    send(visitor, row(value="41"))
    assert kept(database, coordinator)[Cell(*CELL)] == beside | {"value": "41"}


def test_two_windows_of_one_person_do_not_undo_each_other(
    visitor: TestClient, database: Engine, coordinator: Identity
) -> None:
    before = NOON.replace(hour=NOON.hour - 1).isoformat()
    send(visitor, row(value="1"), window="one", since=before)
    send(visitor, row(value="2"), window="two", since=before)
    with reading(database) as session:
        found = drafts.cells(session, coordinator, plan=PLAN, area="KEN")[Cell(*CELL)]
    assert (found["value"], found[drafts.OTHER]["value"]) == ("2", "1")


def test_nobody_types_for_another_country_or_without_signing_in(
    visitor: TestClient, database: Engine, coordinator: Identity
) -> None:
    answer = send(visitor, row(value="1"), area="NAM")
    assert (answer.status_code, "report for this area" in answer.json()["said"]) == (403, True)
    visitor.cookies.clear()
    answer = send(visitor, row(value="1"))
    assert (answer.status_code, "sign in" in answer.json()["said"]) == (401, True)
    assert kept(database, coordinator) == {}


def test_a_page_of_another_site_is_not_listened_to(
    visitor: TestClient, database: Engine, coordinator: Identity
) -> None:
    told = '{"plan": "TINY", "cells": []}'
    assert visitor.post("/drafts", content=told).status_code == 403
    json = {"Content-Type": "application/json"}
    for site in ("cross-site", "same-site"):
        answer = visitor.post("/drafts", content=told, headers={**json, "Sec-Fetch-Site": site})
        assert answer.status_code == 403
    assert kept(database, coordinator) == {}


@pytest.mark.parametrize(
    "told", ["", "[]", "{}", '{"cells": [1]}', '{"cells": [[["a"], {}, 1, ""]]}']
)
def test_a_message_that_cannot_be_read_is_refused_in_words(visitor: TestClient, told: str) -> None:
    answer = visitor.post("/drafts", content=told, headers={"Content-Type": "application/json"})
    assert (answer.status_code, "reload the page" in answer.json()["said"]) == (422, True)


def test_more_than_a_grid_holds_is_refused(visitor: TestClient) -> None:
    answer = send(visitor, row(note="x" * MOST))
    assert (answer.status_code, "more than a grid" in answer.json()["said"]) == (422, True)
