"""The scorecard and the tiles in a real browser: with the mouse, with the keyboard, and back."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser import Visit, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CODE = "PT.5.1"
OVERVIEW: ViewportSize = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def address(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one dashboard for all tests, on a copy of the demonstration database."""
    home = shutil.copytree(demonstration, tmp_path_factory.mktemp("scorecard") / "home")
    with serving(home) as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visit]:
    """Give a visitor with a fresh browser profile."""
    with browser.new_context(viewport=OVERVIEW, locale="en-GB") as context:
        made = Visit(context.new_page(), address)
        yield made
        assert not made.faults, "\n".join(made.faults)


def told(page: Page) -> str:
    """Return what the part of the page that has the focus says of itself."""
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') || ''"))


def test_a_click_on_a_cell_says_why_and_back_takes_it_away(visitor: Visit) -> None:
    page = visitor.open("/scorecard?columns=indicators")
    cell = page.get_by_role("gridcell", name=re.compile(rf"^Kenya, {re.escape(CODE)} "))
    cell.click()
    visitor.settle()
    assert f"row=KEN&column={CODE}" in page.url
    expect(page.locator(".hw-why")).to_be_in_viewport()
    expect(cell).to_have_attribute("aria-selected", "true")
    visitor.picture("scorecard-why")
    page.get_by_role("link", name="The series and its sources").click()
    page.wait_for_url(re.compile(rf"/indicator\?.*indicator={re.escape(CODE)}"))
    visitor.settle()
    page.go_back()
    page.wait_for_url(re.compile(rf"/scorecard\?.*row=KEN&column={re.escape(CODE)}"))
    visitor.settle()
    page.go_back()
    page.wait_for_url(lambda url: "/scorecard?" in url and "row=" not in url)
    visitor.settle()
    expect(page.get_by_text("Choose a cell in the table")).to_be_visible()


def test_cells_are_walked_with_arrows_and_opened_with_enter(visitor: Visit) -> None:
    page = visitor.open("/scorecard?columns=indicators")
    grid = page.get_by_role("grid")
    expect(grid.locator('td[tabindex="0"]')).to_have_count(1)  # one stop for the tab key
    grid.locator('td[tabindex="0"]').focus()
    first = told(page)
    assert first.startswith("Afghanistan, ")
    page.keyboard.press("ArrowDown")
    assert told(page).startswith("Albania, ")
    page.keyboard.press("ArrowRight")
    second = told(page)
    assert second.startswith("Albania, ")
    assert second.split(":")[0] != first.split(":")[0]
    page.keyboard.press("Enter")
    visitor.settle()
    assert "row=ALB" in page.url
    expect(page.locator(".hw-why, .hw-empty").last).to_be_in_viewport()


def test_heads_stay_in_sight_while_the_table_scrolls(visitor: Visit) -> None:
    page = visitor.open("/scorecard")
    page.get_by_role("grid").wait_for()
    box = page.locator(".hw-cells").first
    box.evaluate("element => element.scrollTo(0, 3000)")
    expect(page.get_by_role("columnheader", name="General commitments")).to_be_in_viewport()


def test_every_member_state_and_observer_is_a_tile_with_its_code(visitor: Visit) -> None:
    page = visitor.open("/")
    tiles = page.locator(".hw-tiles > a")
    expect(tiles).to_have_count(195)
    assert set(map(len, tiles.locator("span").all_inner_texts())) == {3}
    sizes = tiles.evaluate_all(
        "all => all.map(one => Math.round(one.getBoundingClientRect().width))"
    )
    assert max(sizes) - min(sizes) <= 1, "Malta and Nauru count as much as the largest State"


def test_tiles_are_walked_with_arrows_and_lead_to_their_state(visitor: Visit) -> None:
    page = visitor.open("/")
    start = page.locator('.hw-tiles > a[tabindex="0"]')
    expect(start).to_have_count(1)
    start.focus()
    before = told(page)
    page.keyboard.press("ArrowRight")
    assert told(page) != before
    code = str(page.evaluate("document.activeElement.querySelector('span').textContent"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/country\?area={code}$"))


def test_a_visitor_finds_their_country_with_two_clicks(visitor: Visit) -> None:
    page = visitor.open("/")
    page.get_by_label("Find a country").click()
    page.get_by_role("option", name="Afghanistan").click()
    page.wait_for_url(re.compile(r"/country\?area=AFG$"))
    visitor.settle()


def test_what_is_essential_stands_on_the_first_screen(visitor: Visit) -> None:
    page = visitor.open("/")
    for part in (
        page.get_by_label("Find a country"),
        page.get_by_text("States reporting"),
        page.get_by_text(re.compile("^Changed since")).first,
        page.get_by_text("Next date"),
        page.get_by_role("link", name="Follow-up, monitoring and resources"),
        page.locator(".hw-tiles > a").last,
    ):
        expect(part).to_be_in_viewport()


def test_an_objective_leads_to_its_scorecard(visitor: Visit) -> None:
    page = visitor.open("/")
    page.get_by_role("link", name="General commitments").click()
    page.wait_for_url(re.compile(r"/scorecard\?columns=indicators&objective=G$"))
    visitor.settle()
    expect(page.get_by_role("grid")).to_be_visible()


def test_the_map_turns_into_the_one_people_know_with_its_notice(visitor: Visit) -> None:
    page = visitor.open("/?map=yes")
    notice = page.get_by_text(re.compile("do not imply official")).first
    notice.wait_for()
    assert page.locator(".hw-tiles").count() == 0
