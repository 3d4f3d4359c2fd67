"""A delegate in a real browser: two regions on one objective, and a member of one of them."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser import Visit, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one dashboard, on a copy of the demonstration database."""
    home = shutil.copytree(demonstration, tmp_path_factory.mktemp("places") / "home")
    with serving(home) as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visit]:
    """Give a visitor with a fresh browser profile."""
    with browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB") as context:
        made = Visit(context.new_page(), address)
        yield made
        assert not made.faults, "\n".join(made.faults)


@dataclass
class Clicks:
    """Counts the clicks that a task takes."""

    visit: Visit
    n: int = 0

    def on(self, where: Locator) -> None:
        """Click, and wait until the page is whole again."""
        where.click()
        self.n += 1
        self.visit.settle()


def test_two_regions_are_compared_on_one_objective_in_four_clicks(visitor: Visit) -> None:
    page, clicks = visitor.open("/"), Clicks(visitor)
    clicks.on(page.get_by_role("link", name="Compare", exact=True).first)
    clicks.on(page.get_by_role("combobox", name="Objective"))
    clicks.on(page.get_by_role("option").filter(has_text=re.compile("^PT ")).first)
    table = page.get_by_role("table").filter(has_text="Does the difference mean anything?")
    expect(table.get_by_role("columnheader", name="Africa")).to_be_visible()
    expect(table.get_by_role("columnheader", name="Europe")).to_be_visible()
    rows = table.get_by_role("rowheader").all_inner_texts()
    assert rows
    assert all(row.startswith("PT.") for row in rows)
    assert re.search(r"\d+ of 54 States", table.inner_text())
    assert clicks.n <= 4
    assert "objective=PT" in page.url
    visitor.picture("compare-objective")


def test_an_address_restores_a_comparison_and_back_leads_to_it(visitor: Visit) -> None:
    page = visitor.open("/compare?areas=KEN,UGA&indicator=PT.8.1")
    shown = page.get_by_role("table").first
    expect(shown.get_by_role("rowheader", name="Kenya")).to_be_visible()
    expect(shown.get_by_role("rowheader", name="Uganda")).to_be_visible()
    shown.get_by_role("link", name="Uganda").click()
    page.wait_for_url("**/country?*area=UGA*")
    visitor.settle()
    expect(page.get_by_role("heading", name="Uganda")).to_be_visible()
    page.go_back()
    visitor.settle()
    expect(page.get_by_role("table").first.get_by_role("link", name="Uganda")).to_be_visible()
    assert "areas=KEN" in page.url


def test_a_region_leads_to_a_member_and_the_member_back_to_it(visitor: Visit) -> None:
    page = visitor.open("/region?area=EAC")
    members = page.get_by_role("table").filter(has_text="Member since")
    members.get_by_role("link", name="Kenya").click()
    page.wait_for_url("**/country?*area=KEN*")
    visitor.settle()
    expect(page.get_by_role("table").filter(has_text="Three weakest points")).to_be_visible()
    page.get_by_role("link", name="East African Community").first.click()
    page.wait_for_url("**/region?*area=EAC*")
    visitor.settle()
    expect(page.get_by_role("heading", name="East African Community")).to_be_visible()
