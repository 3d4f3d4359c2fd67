"""The whole walk in a real browser: a figure is sent, accepted, shown, frozen and proved."""

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from seed import demo
from tests.browser import Visit, environment, headway

PASSWORD = "illustrative data only"
INDICATOR, AREA, NAME = "PT.5.1", "KEN", "Kenya"
SEEN = f"/indicator?indicator={INDICATOR}&area={AREA}"
ADDRESS = {person.role.value: person.email for person in reversed(demo.PEOPLE)}

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def standing(visit: Visit) -> tuple[int, int]:
    """Return the level and the year at which the chart says the country stands."""
    page = visit.open(SEEN)
    label = page.get_by_label(re.compile(rf"{NAME} stands at \d in \d+")).first
    label.wait_for()
    found = re.search(rf"{NAME} stands at (\d) in (\d+)", label.get_attribute("aria-label") or "")
    assert found is not None
    return int(found[1]), int(found[2])


def send(visit: Visit, level: int) -> str:
    """Send a level as the coordinator and return the number it was given."""
    page = visit.open(f"/entry?indicator={INDICATOR}&area={AREA}")
    page.get_by_text(re.compile(rf"^{level} ")).first.click()
    visit.settle()

    page.get_by_role("button", name="Send to review").click()
    expect(page.get_by_role("alert").first).to_contain_text("say where the value comes from")
    visit.picture("entry-refused")

    page.get_by_label("Source of the figure").fill("Decree 12 of the Ministry, 2025")
    page.get_by_label("Source of the figure").press("Enter")
    visit.settle()
    page.get_by_role("button", name="Send to review").click()
    said = page.get_by_text(re.compile(rf"under the number {AREA}-\d+"))
    said.wait_for()
    visit.picture("entry-sent")
    found = re.search(rf"{AREA}-\d+", said.inner_text())
    assert found is not None
    return found[0]


def accept(visit: Visit, ref: str) -> None:
    """Accept the figure of this number, which waits for review."""
    page = visit.open(f"/review?ref={ref}")
    pick_last(page)
    expect(page.get_by_text(re.compile(rf"^{ref}  ")).first).to_be_visible()
    visit.picture("review-picked")
    page.get_by_role("button", name="Accept 1").click()
    page.get_by_text("1 accepted. It counts from now on.").wait_for()


def pick_last(page: Page) -> None:
    """Tick the last row of the table, which is drawn on a canvas."""
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    table.hover()
    page.mouse.wheel(0, 1_000_000)
    page.wait_for_timeout(500)
    box = table.bounding_box()
    assert box is not None
    table.click(position={"x": 18, "y": box["height"] - 24})


def freeze(visit: Visit, folder: Path) -> Path:
    """Take a snapshot as the evaluator, download it and return the file."""
    page = visit.open("/snapshots")
    page.get_by_label("Name").fill("After the walk")
    page.get_by_role("button", name="Take a snapshot").click()
    page.get_by_text("Taken. Its identity is").wait_for()
    visit.settle()
    visit.picture("snapshots-taken")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the data package").first.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_figure_walks_from_its_author_to_a_proof(visit: Visit, home: Path) -> None:
    level, year = standing(visit)
    other = 4 if level != 4 else 2

    visit.sign_in(ADDRESS["coordinator"], PASSWORD)
    ref = send(visit, other)
    assert standing(visit) == (level, year), "nothing counts before it is accepted"
    visit.sign_out()

    visit.sign_in(ADDRESS["reviewer"], PASSWORD)
    accept(visit, ref)
    assert standing(visit)[0] == other
    visit.picture("indicator-changed")
    visit.sign_out()

    visit.sign_in(ADDRESS["evaluator"], PASSWORD)
    package = freeze(visit, home)
    for command in (["verify", str(package)], ["verify", "--ledger"], ["doctor"]):
        done = subprocess.run(
            headway(*command), env=environment(home), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
