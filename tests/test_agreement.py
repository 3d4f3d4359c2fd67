"""One figure, everywhere the same: on the screen, in the table twin, in the note, in the API."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.routing import Mount
from streamlit.testing.v1 import AppTest

from dashboard.api import make_app
from dashboard.exchange.brief import Note
from dashboard.services import briefs, observations, review, texts, views
from dashboard.settings import Settings
from dashboard.ui import cached, visit
from models import Identity, reading, unit_of_work
from tests.tiny import CASES, CONTEXT, LEVEL, NOON, PERCENT, PLAN, draft

ROOT = Path(__file__).parent.parent
SENT = {
    "KEN": [
        (PERCENT, 2015, "40"),
        (PERCENT, 2020, "55"),
        (PERCENT, 2024, "62.5"),
        (LEVEL, 2024, "2"),
        (CASES, 2015, "30"),
        (CASES, 2020, "20"),
        (CASES, 2024, "10"),
        (CONTEXT, 2024, "31"),
    ],
    "NAM": [(PERCENT, 2015, "80"), (PERCENT, 2024, "91.3"), (LEVEL, 2024, "3")],
}
SAMPLE = (
    ("KEN", PERCENT, "62.5", "Moderate progress"),
    ("KEN", LEVEL, "2", "Not started"),
    ("KEN", CASES, "10", "Target met"),
    ("NAM", PERCENT, "91.3", "Target met"),
)
"""Cells with the value and the verdict, worked by hand.

From 40 in 2015 to 62.5 in 2024 is 2.5 a year, and 3.33 are needed to reach 90 by 2030: pace 0.75.
A level that stays where it began has not started. 10 are no more than the 10 that are asked, and
91.3 is beyond 90.
"""


@pytest.fixture
def record(
    database: Engine, coordinator: Identity, neighbour: Identity, reviewer: Identity
) -> Engine:
    """Put the figures of two States into the record."""
    for area, rows in SENT.items():
        who = coordinator if area == "KEN" else neighbour
        for indicator, year, value in rows:
            sent = draft(indicator=indicator, area=area, period=str(year), value=Decimal(value))
            send = partial(observations.submit, who=who, draft=sent, plan=PLAN)
            token = f"{indicator}{area}{year}"
            ref = unit_of_work(database, partial(send, token=token, now=NOON))
            take = partial(review.accept, who=reviewer, ref=ref, plan=PLAN, now=NOON)
            unit_of_work(database, take)
    return database


@pytest.fixture
def page(record: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give a way to open a page, with the table of a chart opened."""
    monkeypatch.setattr(visit, "engine", lambda: record)
    monkeypatch.setattr(visit, "agent", lambda: "")
    monkeypatch.setattr(visit, "cookies", dict)
    monkeypatch.setattr(visit, "now", lambda: NOON)
    cached.forget()
    visit.forget()

    def open_page(name: str, *, opened: str = "", **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
        app.run()
        app.switch_page(str(ROOT / "pages" / f"{name}.py"))
        app.query_params.update(query)
        if opened:
            app.session_state[f"{opened}_more"] = True
        return app.run()

    yield open_page
    cached.forget()
    visit.forget()


@pytest.fixture
def client(record: Engine) -> Iterator[TestClient]:
    """Give the interface for programs on the same record at the same moment."""
    settings = Settings.read({"HEADWAY_HOME": "/nowhere"})
    app = make_app(lambda: record, settings, now=lambda: NOON)
    with TestClient(Starlette(routes=[Mount("/api", app)])) as opened:
        yield opened


def noted(record: Engine, area: str) -> Note:
    """Return the note on an area."""
    with reading(record) as session:
        found = views.picture(session, PLAN, today=NOON)
        words = texts.load(session, PLAN)
        return briefs.note(
            session, found, area, words=words, publisher="The tests", address="", now=NOON
        )


def row_of(app: AppTest, name: str) -> str:
    """Return the words of the table row that an indicator has on a page."""
    whole = "\n".join(str(block.proto.body) for block in app.get("html"))
    rows = [row for row in re.findall(r"<tr>.*?</tr>", whole, re.DOTALL) if name in unescape(row)]
    assert rows, f"{name} is in no table of the page"
    return unescape(re.sub(r"<[^>]+>", " ", rows[-1]))


NAMES = {
    PERCENT: "Victims assisted",
    LEVEL: "Referral mechanism",
    CASES: "Victims turned away",
}


@pytest.mark.parametrize(("area", "indicator", "value", "status"), SAMPLE)
def test_a_cell_is_the_same_on_screen_in_its_table_in_the_note_and_in_the_api(
    page: Any,
    client: TestClient,
    record: Engine,
    area: str,
    indicator: str,
    value: str,
    status: str,
) -> None:
    answer = client.get("/api/v1/progress", params={"plan": PLAN, "area": area})
    told = next(row for row in answer.json()["data"] if row["indicator"] == indicator)
    exact = max(rest for rest in SENT[area] if rest[0] == indicator)
    assert told["value"] == float(exact[2])
    assert told["year"] == 2024
    assert told["assessed"] == 2026

    row = next(row for row in noted(record, area).indicators.rows if row.name == NAMES[indicator])
    assert row.scale.value == told["value"]
    assert row.scale.verdict.status == told["status"]
    assert row.scale.verdict.word == status
    assert row.cells[1].replace("%", "") == f"{value} (2024)"

    screen = row_of(page("country", area=area), NAMES[indicator])
    assert status in screen
    assert "2024" in screen
    assert re.search(rf"\b{re.escape(value)}\b", screen)

    twin = page("indicator", indicator=indicator, area=area, opened="map").dataframe[0].value
    assert isinstance(twin, pd.DataFrame)
    line = " ".join(str(cell) for cell in twin[twin.iloc[:, 1].eq(row_name(area))].iloc[0])
    assert status in line or told["status"] in line
    assert str(told["value"]) in line or value in line


def row_name(area: str) -> str:
    """Return the name of a State."""
    return {"KEN": "Kenya", "NAM": "Namibia"}[area]


def test_the_strongest_and_weakest_are_those_of_the_page(page: Any, record: Engine) -> None:
    made = noted(record, "KEN")
    app = page("country", area="KEN")
    whole = unescape("\n".join(str(block.proto.body) for block in app.get("html")))
    for caption, findings in (("Three strongest", made.strongest), ("Three weakest", made.weakest)):
        table = whole.partition(caption)[2].partition("</table>")[0]
        shown = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', table, re.DOTALL)
        assert len(shown) == len(findings.rows) > 0
        for cell, finding in zip(shown, findings.rows, strict=True):
            assert finding.name in cell


def test_the_figures_of_the_headline_are_those_of_the_page(page: Any, record: Engine) -> None:
    app = page("country", area="KEN")
    whole = unescape("\n".join(str(block.proto.body) for block in app.get("html")))
    told = re.sub(r"<[^>]+>", " ", whole)
    reported, good, median = (fact.value for fact in noted(record, "KEN").facts)
    assert (reported, good, median) == ("3 of 4", "1 of 3", "2")
    assert re.search(r"Core indicators reported\s+3\s.*?3 of 4 report", told, re.DOTALL)
    assert re.search(r"On track or met\s+1\s+of 3\b", told)
    assert re.search(r"Region's median of core indicators reported\s+2\b", told)


def test_a_figure_of_a_group_is_that_of_the_api_and_of_its_page(
    page: Any, client: TestClient, record: Engine
) -> None:
    answer = client.get(
        "/api/v1/aggregates", params={"plan": PLAN, "group": "M49-002", "indicator": PERCENT}
    )
    # Two of three States report in 2024: the median of 62.5 and 91.3.
    told = next(row for row in answer.json()["data"] if row["year"] == 2024)
    assert (told["value"], told["n"], told["states"]) == (76.9, 2, 3)
    row = next(
        row for row in noted(record, "M49-002").indicators.rows if row.name == NAMES[PERCENT]
    )
    assert row.scale.value == told["value"]
    assert row.cells[:2] == ("76.9% (2024)", "2 of 3")
    screen = row_of(page("region", area="M49-002"), NAMES[PERCENT])
    assert "76.9" in screen
    assert re.search(r"2 of 3\b", screen)


def test_the_note_on_the_screen_is_the_note_of_the_api(page: Any, client: TestClient) -> None:
    app = page("brief", area="KEN", plan=PLAN)
    whole = "\n".join(str(block.proto.body) for block in app.get("html"))
    file = client.get("/api/v1/briefs/KEN.html", params={"plan": PLAN}).text
    start, end = '<section class="bn-out">', "</section>"
    shown, sent = (
        re.sub(r"</?h\d>", "", text.partition(start)[2].partition(end)[0]) for text in (whole, file)
    )
    assert shown == sent != ""
    assert "62.5% (2024)" in whole
    assert "62.5% (2024)" in file
    assert "api/v1/briefs/KEN.pdf?" in whole
