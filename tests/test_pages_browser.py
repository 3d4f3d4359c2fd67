"""Every page in a real browser: whole, quiet, without another host, and open to assistive means.

Each is looked at in the light, in the dark and on a telephone.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from seed import demo
from tests.browser import Visit, serving

PASSWORD = "illustrative data only"
ADDRESS = {person.role.value: person.email for person in reversed(demo.PEOPLE)}
PAGES = (
    ("", ""),
    ("", "scorecard?columns=indicators&group=M49-014&row=KEN&column=PT.5.1"),
    ("", "plan"),
    ("", "plan?objective=PT"),
    ("", "measure?measure=PT.5"),
    ("", "indicator?indicator=PT.5.1&area=KEN"),
    ("", "value?indicator=PT.8.1&area=KEN"),
    ("", "country?area=KEN"),
    ("", "region?area=M49-002&indicator=PT.8.1"),
    ("", "compare?areas=KEN,UGA,M49-002"),
    ("", "compare?areas=KEN,UGA,M49-002&indicator=PT.8.1"),
    ("", "brief?area=KEN"),
    ("", "downloads?areas=KEN,UGA&indicators=PT.8.1&history=yes"),
    ("", "snapshots"),
    ("", "search?q=kenya"),
    ("", "glossary"),
    ("", "methodology"),
    ("coordinator", "tasks"),
    ("coordinator", "entry"),
    ("reviewer", "review"),
    ("secretariat", "rounds"),
    ("administrator", "administration"),
)
WCAG: dict[str, dict[str, Any]] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
}
COLOURS: dict[str, dict[str, Any]] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
STREAMLITS_OWN = {"exclude": [['[data-testid="stSidebarNav"]']]}  # lists within its lists

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one dashboard for all pages, on a copy of the demonstration database."""
    home = shutil.copytree(demonstration, tmp_path_factory.mktemp("pages") / "home")
    with serving(home) as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visit]:
    """Give a visitor with a fresh browser profile."""
    with browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme="light", locale="en-GB"
    ) as context:
        made = Visit(context.new_page(), address)
        yield made
        assert not made.faults, "\n".join(made.faults)


def unusable(page: Page, options: dict[str, dict[str, Any]] = WCAG) -> list[str]:
    """Return what keeps people from using a page, as far as a machine can tell."""
    found = Axe().run(page, context=STREAMLITS_OWN, options=options).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def surplus(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return int(page.locator("html").evaluate("root => root.scrollWidth - root.clientWidth"))


@pytest.mark.parametrize(("role", "path"), PAGES)
def test_a_page_is_whole_and_open_to_everybody(visitor: Visit, role: str, path: str) -> None:
    if role:
        visitor.sign_in(ADDRESS[role], PASSWORD)
    page = visitor.open(f"/{path}")
    name = path.partition("?")[0] or "overview"
    assert page.get_by_test_id("stException").count() == 0
    assert len(page.get_by_role("heading", level=1).all_inner_texts()) == 1
    assert unusable(page) == []
    assert surplus(page) <= 0
    visitor.picture(f"{name}-light")

    page.emulate_media(color_scheme="dark")
    visitor.settle()
    assert unusable(page, COLOURS) == []  # nothing else differs
    visitor.picture(f"{name}-dark")

    page.set_viewport_size({"width": 375, "height": 812})
    visitor.settle()
    assert surplus(page) <= 0
    visitor.picture(f"{name}-narrow")
