"""On a phone the essential stands first, and every other part is folded under its name."""

import pytest

from dashboard.ui import visit
from tests.test_pages import Open, accepted, browser
from tests.tiny import PERCENT

__all__ = ["accepted", "browser"]  # fixtures

FOLDED = {
    "overview": ("What changed", "What is awaited"),
    "plan": ("Road map",),
    "measure": ("How far it is carried out", "Road map", "What it serves"),
    "indicator": ("One area over the years", "Region by region", "Every State", "Metadata sheet"),
    "country": ("What changed", "Against target, region and fair peers", "The situation"),
    "region": ("Every indicator", "Members"),
}


@pytest.mark.parametrize("name", FOLDED)
@pytest.mark.usefixtures("accepted")
def test_parts_are_headings_on_a_wide_screen_and_folded_on_a_phone(
    browser: Open, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    wide = browser(name, area="KEN", indicator=PERCENT)
    headings = {block.value for block in wide.header}
    assert set(FOLDED[name]) <= headings
    monkeypatch.setattr(visit, "agent", lambda: "Mozilla/5.0 (Linux; Android 14; Mobile)")
    phone = browser(name, area="KEN", indicator=PERCENT)
    assert not phone.exception
    folds = {block.label: block for block in phone.expander}
    assert set(FOLDED[name]) <= set(folds)
    for title in FOLDED[name]:
        assert folds[title].children, title  # what is folded is there, and can be printed
        assert not folds[title].proto.expanded
    assert not set(FOLDED[name]) & {block.value for block in phone.header}
