"""Every picture on every page says what it shows, whose it is, of when, of how many, and how."""

import json
import re

import pytest

from tests.test_pages import Open, accepted, browser, html
from tests.tiny import LEVEL, PERCENT

__all__ = ["accepted", "browser"]  # fixtures

PICTURES = (
    ("plan", {"objective": "A"}, 1),
    ("measure", {"measure": "A.1", "area": "KEN"}, 3),
    ("indicator", {"indicator": PERCENT, "area": "KEN"}, 4),
    ("indicator", {"indicator": LEVEL, "area": "KEN"}, 4),
    ("value", {"indicator": PERCENT, "area": "KEN"}, 1),
    ("country", {"area": "KEN"}, 2),
    ("region", {"area": "M49-002", "indicator": PERCENT}, 4),
    ("compare", {"areas": "KEN,M49-002"}, 1),
    ("compare", {"areas": "KEN,M49-002", "indicator": PERCENT}, 1),
)
FOOT = re.compile(r"^Source: .+\. Record as of .+\. Coverage: .+ of .+\. \S.*\.$")
"""Whose, of when, of how many, and after that how it comes about."""


@pytest.mark.parametrize(("name", "query", "least"), PICTURES)
@pytest.mark.usefixtures("accepted")
def test_every_picture_carries_source_moment_coverage_and_how(
    browser: Open, name: str, query: dict[str, str], least: int
) -> None:
    app = browser(name, **query)
    assert not app.exception
    drawn = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    assert len(drawn) >= least
    for figure in drawn:
        texts = [note["text"].replace("<br>", " ") for note in figure["layout"]["annotations"]]
        assert any(FOOT.match(text) for text in texts), texts
        assert re.sub(r"<[^>]*>", "", texts[0]).strip(), "a sentence stands above"


@pytest.mark.usefixtures("accepted")
def test_what_is_drawn_in_html_carries_them_too(browser: Open) -> None:
    for name in ("overview", "scorecard"):
        feet = re.findall(r"<footer>.*?<p>(Source: .*?)</p></footer>", html(browser(name)))
        assert feet
        for foot in feet:
            assert re.match(r"Source: .+\. Record as of .+\. Coverage: .+ of .+\.", foot), foot
