"""A delegate in a real browser: the three tasks with their clicks counted, and the ways around.

`pytest -s` prints how many clicks each task took.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import Visit, serving

DAY = "2025-06-30"
PHONE = {"width": 390, "height": 844}

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one dashboard for all walks, on a copy of the demonstration database."""
    home = shutil.copytree(demonstration, tmp_path_factory.mktemp("delegate") / "home")
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
class Walk:
    """A task: what it is called, and the clicks it has taken so far."""

    visit: Visit
    task: str
    clicks: int = 0

    def click(self, where: Locator) -> None:
        """Click, and wait until the page is whole again."""
        where.click()
        self.clicks += 1
        self.visit.settle()

    def find(self, words: str) -> None:
        """Find something by the field in the sidebar, and follow the first hit."""
        page = self.visit.page
        field = page.get_by_test_id("stSidebar").get_by_placeholder("Country, measure, word …")
        self.click(field)
        field.press_sequentially(words, delay=20)
        hit = page.locator(".hw-hits a").first
        hit.wait_for()
        self.click(hit)

    def arrive(self, most: int) -> None:
        """Say how many clicks it took, and hold that against what was promised."""
        print(f"\n{self.task}: {self.clicks} clicks")
        assert self.clicks <= most


def listed(page: Page, name: str) -> Locator:
    """Return a link in the list of pages."""
    return page.get_by_role("navigation", name="Pages").get_by_role("link", name=name, exact=True)


def asked(page: Page) -> dict[str, str]:
    """Return the choices in the address of the page."""
    return {name: words[0] for name, words in parse_qs(urlsplit(page.url).query).items()}


# The three tasks ------------------------------------------------------------------------------


def test_a_country_and_its_three_weakest_points_are_two_clicks_away(visitor: Visit) -> None:
    page = visitor.open("/")
    walk = Walk(visitor, "find my country's three weakest points")
    walk.find("kenay")
    assert asked(page)["area"] == "KEN"
    table = page.get_by_role("table", name="Three weakest points")
    expect(table).to_be_visible()
    assert len(table.get_by_role("rowheader").all()) == 3
    walk.arrive(2)


def test_two_regions_are_compared_on_one_objective(visitor: Visit) -> None:
    page = visitor.open("/")
    walk = Walk(visitor, "compare two regions on one objective")
    walk.click(listed(page, "Compare"))
    walk.click(page.get_by_role("combobox", name=re.compile("Objective")).first)
    walk.click(page.get_by_role("option", name=re.compile("^PS")).first)
    table = page.get_by_role("table").filter(has_text="Median of all States")
    expect(table.get_by_role("columnheader", name="Africa")).to_be_visible()
    expect(table.get_by_role("columnheader", name="Europe")).to_be_visible()
    assert all(row.startswith("PS.") for row in table.get_by_role("rowheader").all_inner_texts())
    walk.arrive(4)


def test_the_note_is_at_hand(visitor: Visit) -> None:
    page = visitor.open("/")
    walk = Walk(visitor, "get the note")
    walk.find("KEN")
    link = page.get_by_role("link", name="Note as PDF").first
    file = page.request.get(urljoin(page.url, link.get_attribute("href") or ""))
    assert file.headers["content-type"] == "application/pdf"
    assert file.body().startswith(b"%PDF")
    walk.clicks += 1  # the click on the link itself opens the file
    walk.arrive(3)


# Ways -----------------------------------------------------------------------------------------


def test_plan_method_and_day_stay_on_the_way_and_back_walks_it_again(visitor: Visit) -> None:
    page = visitor.open(f"/?as_of={DAY}&method=sdsn:default")
    loaded: list[str] = []
    page.on("request", lambda asked: loaded.append(asked.url) if _is_page(asked) else None)
    walked = []
    for name in ("Plan", "Country", "Methodology"):
        listed(page, name).click()
        visitor.settle()
        assert asked(page)["as_of"] == DAY
        assert "method" in asked(page)
        walked.append(page.url)
    for before in (walked[1], walked[0]):
        page.go_back()
        visitor.settle()
        assert page.url == before
    expect(page.get_by_role("heading", level=1)).to_contain_text("Plan")
    page.go_forward()
    visitor.settle()
    assert page.url == walked[1]
    assert loaded == [], "a link inside the dashboard does not load it again"


def _is_page(asked: object) -> bool:
    return bool(getattr(asked, "resource_type", "") == "document")


def test_the_trail_leads_from_the_country_to_its_region_and_back(visitor: Visit) -> None:
    page = visitor.open(f"/country?area=KEN&as_of={DAY}")
    trail = page.get_by_role("navigation", name="Where you are")
    expect(trail).to_contain_text("Kenya")
    trail.get_by_role("link").last.click()
    visitor.settle()
    assert urlsplit(page.url).path == "/region"
    assert asked(page)["as_of"] == DAY
    page.go_back()
    visitor.settle()
    expect(page.get_by_role("navigation", name="Where you are")).to_contain_text("Kenya")


def test_the_shared_address_opens_the_same_view(visitor: Visit, browser: Browser) -> None:
    page = visitor.open("/indicator")
    page.get_by_role("button", name="Share").click()
    visitor.settle()
    live, pinned, cited = page.get_by_test_id("stPopoverBody").locator("code").all_inner_texts()
    assert parse_qs(urlsplit(live).query)["indicator"]
    assert parse_qs(urlsplit(pinned).query)["as_of"][0].endswith("Z")
    assert pinned in cited
    assert "Illustrative data: not for quotation." in cited
    with browser.new_context(locale="en-GB") as other:
        again = Visit(other.new_page(), visitor.address)
        opened = again.open(pinned.removeprefix(visitor.address))
        expect(opened.locator(".hw-past")).to_contain_text("As known on")
        assert not again.faults


def test_a_page_of_another_day_says_so_on_a_telephone_and_leads_back(visitor: Visit) -> None:
    visitor.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page = visitor.open(f"/country?area=KEN&as_of={DAY}")
    banner = page.locator(".hw-past")
    expect(banner).to_be_in_viewport()
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, main.scrollHeight / 2)")
    expect(banner).to_be_in_viewport()
    visitor.picture("as-of-narrow")
    banner.get_by_role("link", name="Back to today").click()
    visitor.settle()
    expect(page.locator(".hw-past")).to_have_count(0)
    assert asked(page) == {"area": "KEN"}


def test_an_address_with_a_day_that_is_none_says_so_and_shows_today(visitor: Visit) -> None:
    page = visitor.open("/glossary?as_of=yesterday")
    expect(page.get_by_role("alert")).to_contain_text("neither a day nor a moment")
    expect(page.locator(".hw-past")).to_have_count(0)


def test_search_answers_while_typing_and_its_page_keeps_the_question(visitor: Visit) -> None:
    page = visitor.open("/search")
    field = page.get_by_role("textbox", name="What are you looking for?")
    field.press_sequentially("victm identifcation", delay=20)
    page.get_by_role("link", name="Victim identification procedure").wait_for()
    visitor.settle()
    assert asked(page)["q"] == "victm identifcation"
    visitor.picture("search")
    visitor.open("/search?q=Кения")
    page.get_by_role("link", name="Kenya").wait_for()


def test_a_term_has_an_address(visitor: Visit) -> None:
    page = visitor.open("/glossary?term=matched-panel")
    expect(page.locator(".hw-notice").last).to_contain_text("The same States in both years.")
    visitor.picture("glossary")


# Taking along ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["png", "svg"])
def test_a_chart_is_saved_as_a_picture_that_says_what_it_is(
    visitor: Visit, tmp_path: Path, form: str
) -> None:
    page = visitor.open("/country?area=KEN")
    more = page.get_by_text("How it is made, table and data").first
    more.scroll_into_view_if_needed()
    more.click()
    visitor.settle()
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Picture ({form.upper()})").first.click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.suffix == f".{form}"
    content = path.read_bytes()
    if form == "png":
        assert content.startswith(b"\x89PNG")
        return
    text = content.decode()
    assert "ILLUSTRATIVE DATA" in text
    assert "Record as of" in text
    assert "font/woff2" in text, "the typefaces go along"


def test_on_paper_there_is_what_was_read_and_nothing_to_press(visitor: Visit) -> None:
    page = visitor.open("/country?area=KEN")
    charts = page.locator(".main-svg").first  # they come after the words
    expect(charts).to_be_visible(timeout=60_000)
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    assert paper.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594" in paper or b"/MediaBox [0 0 595" in paper
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})
    for control in (".stSidebar", ".st-key-share", ".stDownloadButton", ".hw-trail"):
        for found in page.locator(control).all():
            expect(found).to_be_hidden()
    wide = page.locator(".main-svg").evaluate_all(
        "layers => layers.map(one => one.getBoundingClientRect().right)"
    )
    assert max(wide) <= 690
