"""The page for files in a real browser: looked through, marked, recorded once, withdrawn whole."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import openpyxl  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect
from sqlmodel import Session, col, select

from dashboard.services import ledger, lookup, reads, sessions
from dashboard.settings import Settings
from models import (
    FIRST,
    FOREVER,
    Batch,
    Grant,
    Observation,
    Person,
    ReviewState,
    Role,
    open_database,
    unit_of_work,
)
from tests import messy
from tests.browser import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLAN, AREA, WHO = "UN-GPA", "UGA", "nora"
HEAD: Final = ("indicator", "area", "period", "value", "source")
GOOD: Final = [
    ("PT.8.1", "Uganda", 2024, 61.5, "Annual report 2025"),
    ("PT.10.1", "Uganda", 2024, 40, "Annual report 2025"),
]
WRONG: Final = ("PT.14.1", "Uganda", 2024, 161.5, "Annual report 2025")
WAIT: Final = 60_000


def handed(name: str, content: bytes) -> FilePayload:
    """Return a workbook as a browser hands it over."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": name, "mimeType": kind, "buffer": content}


def act(home: Path, work: Any) -> Any:
    """Do something in the record of this home."""
    engine = open_database(Settings.read({"HEADWAY_HOME": str(home)}).database)
    try:
        return unit_of_work(engine, work)
    finally:
        engine.dispose()


@pytest.fixture
def token(home: Path) -> str:
    """Give the session of somebody who reports for Uganda."""

    def made(session: Session) -> str:
        session.add(Person(id=WHO, email="nora@example.org", name="Nora", created_at=FIRST))
        session.flush()
        area = lookup.area(session, AREA).id
        session.add(
            Grant(
                id="grant-nora",
                person_id=WHO,
                role=Role.COORDINATOR,
                plan_code=PLAN,
                area_id=area,
                since=FIRST,
                until=FOREVER,
                granted_by="system",
                granted_at=FIRST,
            )
        )
        session.flush()
        return sessions.open_session(
            session, WHO, method="password", agent="", hours=12, now=datetime.now(UTC)
        )

    found: str = act(home, made)
    return found


@pytest.fixture
def page(browser: Browser, token: str, dashboard: str) -> Iterator[Visit]:
    """Give the page for files, opened by somebody who reports."""
    with browser.new_context(viewport={"width": 1440, "height": 1000}, locale="en-GB") as context:
        context.add_cookies([{"name": sessions.COOKIE, "value": token, "url": dashboard}])
        visit = Visit(context.new_page(), dashboard)
        visit.open(f"/upload?plan={PLAN}&area={AREA}")
        yield visit
        assert not visit.faults, "\n".join(visit.faults)


def choose(visit: Visit, *rows: Any) -> Page:
    """Choose a file, and wait until it was looked through."""
    page, content = visit.page, messy.xlsx({"Figures": [HEAD, *rows]})
    page.locator("input[type=file]").set_input_files(handed("uganda.xlsx", content))
    expect(page.get_by_role("tab", name="Readings")).to_be_visible(timeout=WAIT)
    return visit.settle()


def card(page: Page, name: str) -> Locator:
    """Return one of the counts above the tabs."""
    return page.locator(".hw-card", has_text=name).first


def told(home: Path) -> list[tuple[str, str]]:
    """Return what Nora's files brought: state and value of each figure."""

    def find(session: Session) -> list[tuple[str, str]]:
        rows = session.exec(
            select(ReviewState, Observation)
            .join(
                Observation,
                (col(Observation.area_id) == col(ReviewState.area_id))
                & (col(Observation.seq) == col(ReviewState.seq)),
            )
            .where(Observation.author_id == WHO)
            .order_by(col(Observation.seq))
        )
        return [(standing.state.value, str(row.value)) for standing, row in rows]

    found: list[tuple[str, str]] = act(home, find)
    return found


def state(home: Path) -> Any:
    """Return the version of the record and the heads of its chains."""
    return act(home, lambda session: (reads.version(session), ledger.heads(session)))


def test_faults_are_shown_with_cell_and_remedy_and_marked_in_the_file(
    page: Visit, home: Path
) -> None:
    before = state(home)
    shown = choose(page, *GOOD, WRONG)
    expect(card(shown, "Errors")).to_contain_text("1")
    expect(shown.get_by_role("button", name="Send 2 entries to review")).to_be_disabled()
    table = shown.locator('[data-testid="stDataFrame"]').first
    expect(table).to_be_visible()
    page.picture("upload-faults")
    schemes: list[Literal["light", "dark"]] = ["light", "dark"]
    for scheme in schemes:
        shown.emulate_media(color_scheme=scheme)
        shown.set_viewport_size({"width": 390, "height": 844})
        page.settle()
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert shown.evaluate(wide) <= 0
        page.picture(f"upload-phone-{scheme}")
    shown.set_viewport_size({"width": 1440, "height": 1000})
    page.settle()
    page.picture("upload-dark")
    with shown.expect_download(timeout=WAIT) as waiting:
        shown.get_by_role("button", name="every fault marked").click()
    marked = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert "161.5" in marked["Figures"]["D4"].comment.text
    listed = [[cell.value for cell in row] for row in marked["Faults"].iter_rows()]
    (line,) = [row for row in listed if "D4" in row]
    assert any("above 100" in str(cell) for cell in line)
    assert any("Correct the value" in str(cell) for cell in line)
    assert state(home) == before  # looking changes nothing


def test_a_file_is_recorded_once_and_withdrawn_whole(page: Visit, home: Path) -> None:
    shown = choose(page, *GOOD)
    shown.get_by_role("button", name="Send 2 entries to review").click()
    expect(shown.get_by_text("2 entries of uganda.xlsx were sent")).to_be_visible(timeout=WAIT)
    assert told(home) == [("submitted", "61.5"), ("submitted", "40")]
    before = state(home)

    choose(page, *GOOD)
    expect(shown.get_by_text("Nothing would change")).to_be_visible(timeout=WAIT)
    expect(shown.get_by_role("button", name="to review")).to_have_count(0)
    assert state(home) == before  # the same file twice changes nothing

    shown.get_by_role("button", name="Withdraw this batch").click()
    shown.get_by_label("Why?").fill("Sent by mistake")
    shown.keyboard.press("Enter")
    page.settle()
    shown.get_by_role("button", name="Withdraw all of it").click()
    expect(shown.get_by_text("Sent by mistake")).to_be_visible(timeout=WAIT)
    page.picture("upload-withdrawn")
    assert told(home) == [("withdrawn", "61.5"), ("withdrawn", "40")]
    # What was withdrawn can be sent again.
    expect(shown.get_by_role("button", name="Send 2 entries to review")).to_be_visible(timeout=WAIT)
    assert act(home, lambda session: len(session.exec(select(Batch)).all())) >= 1


def test_the_workbook_is_taken_filled_and_sent(page: Visit, home: Path) -> None:
    shown = page.page
    with shown.expect_download(timeout=WAIT) as waiting:
        shown.get_by_role("button", name="Download the workbook").click()
    made = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    sheet = made["Figures"]
    heads = [cell.value for cell in sheet[5]]
    line = next(row for row in range(6, 400) if sheet.cell(row, 1).value == "PT.8.1")
    sheet.cell(line, heads.index("Value") + 1).value = 61.5
    sheet.cell(line, heads.index("Source") + 1).value = "Annual report 2025"
    file = handed("filled.xlsx", messy.saved(made))
    shown.locator("input[type=file]").set_input_files(file)
    shown.get_by_role("button", name="to review").click(timeout=WAIT)
    expect(shown.get_by_text("1 entry of filled.xlsx was sent")).to_be_visible(timeout=WAIT)
    assert told(home) == [("submitted", "61.5")]
