"""Briefing notes from the interface for programs: the right file, for whoever may read."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.routing import Mount

from dashboard.api import make_app
from dashboard.services import observations, review
from dashboard.settings import Settings
from models import Identity, unit_of_work
from tests.tiny import NOON, PLAN, draft

Put = Callable[[str], None]


@pytest.fixture
def put(database: Engine, coordinator: Identity, reviewer: Identity) -> Put:
    """Give a way to have Kenya's figure of a year accepted."""

    def accept(year: str) -> None:
        def work(session: Any) -> None:
            sent = draft(period=year)
            ref = observations.submit(session, coordinator, sent, plan=PLAN, token=year, now=NOON)
            review.accept(session, reviewer, ref, plan=PLAN, now=NOON)

        unit_of_work(database, work)

    return accept


def served(database: Engine, home: Path, **environ: str) -> TestClient:
    settings = Settings.read({"HEADWAY_HOME": str(home), **environ})
    app = make_app(lambda: database, settings, now=lambda: NOON)
    return TestClient(Starlette(routes=[Mount("/api", app)]), raise_server_exceptions=False)


@pytest.fixture
def client(database: Engine, put: Put, tmp_path: Path) -> Iterator[TestClient]:
    """Give the interface of a public installation with one figure."""
    put("2024")
    with served(database, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("area", ["KEN", "NAM", "M49-002", "M49-001", "EAC"])
def test_a_note_is_handed_out_as_pdf_and_as_html(client: TestClient, area: str) -> None:
    paper = client.get(f"/api/v1/briefs/{area}.pdf")
    assert paper.status_code == 200, paper.text
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-1.7")
    name = f"headway-note-tiny-{area.lower()}-2026-06-30.pdf"
    assert paper.headers["content-disposition"] == f'inline; filename="{name}"'
    screen = client.get(f"/api/v1/briefs/{area}.html", params={"plan": PLAN})
    assert screen.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in screen.headers["content-security-policy"]
    assert "<h1>" in screen.text


def test_a_note_is_sent_once_until_the_record_changes(client: TestClient, put: Put) -> None:
    first = client.get("/api/v1/briefs/KEN.html")
    held = {"If-None-Match": first.headers["etag"]}
    assert client.get("/api/v1/briefs/KEN.html", headers=held).status_code == 304
    put("2025")
    again = client.get("/api/v1/briefs/KEN.html", headers=held)
    assert again.status_code == 200
    assert "(2025)" in again.text


def test_a_note_of_a_past_day_and_by_another_method(client: TestClient) -> None:
    past = client.get("/api/v1/briefs/KEN.html", params={"as_of": "2020-01-01"}).text
    assert "as it was known on January 1, 2020" in past
    assert "62.5" not in past
    other = client.get("/api/v1/briefs/KEN.html", params={"method": "cagr:eurostat"}).text
    assert "by another method than the default" in other


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("briefs/ATLANTIS.pdf", 404, "ATLANTIS"),
        ("briefs/KEN.pdf?plan=NONE", 404, "NONE"),
        ("briefs/KEN.pdf?method=magic", 422, "magic"),
        ("briefs/KEN.pdf?as_of=soon", 422, "as_of"),
        ("briefs/KEN.docx", 404, "nothing at this address"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    client: TestClient, address: str, status: int, said: str
) -> None:
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_a_closed_installation_asks_for_a_sign_in(database: Engine, tmp_path: Path) -> None:
    with served(database, tmp_path, HEADWAY_PUBLIC="no") as closed:
        assert closed.get("/api/v1/briefs/KEN.pdf").status_code == 401


def test_the_notes_are_described(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()["paths"]
    assert {"/v1/briefs/{area}.pdf", "/v1/briefs/{area}.html"} <= set(described)
