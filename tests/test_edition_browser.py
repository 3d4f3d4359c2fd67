"""The static edition in a real browser, from a disk: whole, quiet, searchable, open to all."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.engine import Engine

from dashboard.services import edition
from models import reading
from tests.tiny import NOON, PERCENT, PLAN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
WITHOUT_FETCHING = {"preload": False}  # the pages let nobody fetch, the tool neither
PAGES = (
    *("index.html", "plan.html", "countries/KEN.html", f"indicators/{PERCENT}.html"),
    *("regions/M49-002.html", "measures/A.1.html", "countries.html", "data.html", "method.html"),
)


@pytest.fixture
def folder(database: Engine, tmp_path: Path) -> Path:
    """Give a folder with the edition of the tiny record."""
    with reading(database) as session:
        for name, content in edition.write(session, edition.Order(PLAN, NOON)):
            path = tmp_path / "site" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return tmp_path / "site"


def watched(page: Page) -> list[str]:
    """Return a list that every fault of the page will be added to."""
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith(("file:", "data:")) else faults.append(asked.url)
        ),
    )
    return faults


def unusable(page: Page) -> list[str]:
    found = Axe().run(page, options=WCAG | WITHOUT_FETCHING).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def test_every_kind_of_page_opens_from_a_disk_for_everybody(browser: Browser, folder: Path) -> None:
    for light in ("light", "dark"):
        with browser.new_context(color_scheme=light) as context:
            page = context.new_page()
            faults = watched(page)
            for name in PAGES:
                page.set_viewport_size({"width": 1280, "height": 900})
                page.goto((folder / name).as_uri())
                expect(page.get_by_role("searchbox")).to_be_visible()
                assert page.get_by_role("heading", level=1).count() == 1
                assert unusable(page) == [], (name, light)
                page.set_viewport_size({"width": 390, "height": 844})
                root = page.locator("html")
                assert root.evaluate("it => it.scrollWidth - it.clientWidth") <= 0, name
            assert faults == []


def test_a_country_is_found_by_its_name_in_another_language(browser: Browser, folder: Path) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        faults = watched(page)
        page.goto((folder / "indicators" / f"{PERCENT}.html").as_uri())
        box = page.get_by_role("searchbox")
        box.fill("namibie")
        expect(page.locator("#found a")).to_have_count(1)
        box.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Namibia")
        page.get_by_role("searchbox").fill("no such thing")
        expect(page.locator("#found")).to_have_text("Nothing found.")
        assert faults == []
