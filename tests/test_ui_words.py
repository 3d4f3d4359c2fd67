"""Small words on pages: where a text stands, how a figure is worked out, how a view is cited."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.engine import Engine

from dashboard import i18n
from dashboard.ui import measure, why
from tests.places import put, seen
from tests.test_pages import Open, browser, html
from tests.tiny import PERCENT

__all__ = ["browser"]  # the fixture


@pytest.mark.parametrize(
    ("paras", "said"),
    [
        ("25", "paragraph 25"),
        ("50-59", "paragraphs 50–59"),
        ("3, 7", "paragraphs 3, 7"),
        ("preamble (purposes) and 1-11", "preamble (purposes) and paragraphs 1–11"),
        ("resolution, operative part", "resolution, operative part"),
        ("", ""),
    ],
)
def test_paragraphs_are_named_as_a_person_would(paras: str, said: str) -> None:
    assert measure.place(paras) == said


def test_a_working_is_shown_in_short_figures_and_keeps_the_exact_ones(database: Engine) -> None:
    # From 30 on the way to 90 in 15 years; after 9 years 50 is reached: a third of the way.
    put(database, ("KEN", PERCENT, 2015, 30), ("KEN", PERCENT, 2024, 50))
    told = why.told(seen(database), "KEN", PERCENT)
    assert ">p = (x - b) / (T - b) = (50 - 30) / (90 - 30) ≈ 0.3333: share of the road<" in told
    assert 'title="p = (x - b) / (T - b) = (50 - 30) / (90 - 30) = 0.333333333333"' in told
    assert ">q = a / r ≈ 2.2222 / 4 ≈ 0.5556: pace<" in told  # 20/9 taken up in short as well
    assert 'title="q = a / r = 2.22222222222 / 4 = 0.555555555556"' in told


def test_a_line_told_in_words_has_no_empty_part(database: Engine) -> None:
    put(database, ("KEN", "A.2.1", 2015, 4), ("KEN", "A.2.1", 2024, 4))
    assert "= =" not in why.told(seen(database), "KEN", "A.2.1")


def test_areas_are_named_in_the_readers_language(database: Engine) -> None:
    found = seen(database)
    assert found.names["NAM"] == "Namibia"
    i18n.speak("fr")
    try:
        assert found.names["NAM"] == "Namibie"
        assert found.names["FRA"] == "France"  # no other name is known
    finally:
        i18n.speak("en")
    assert found.names["NAM"] == "Namibia"


def test_a_page_of_another_day_says_once_that_its_data_are_generated(
    browser: Open, database: Engine
) -> None:
    early = datetime(2019, 6, 30, 12, tzinfo=UTC)
    put(database, ("KEN", PERCENT, 2015, 30), at=early, is_illustrative=True)  # type: ignore[arg-type]
    today = html(browser("overview"))
    assert today.count("no State reported them") == 1
    then = html(browser("overview", as_of="2020-01-01"))
    assert then.count("no State reported them") == 1
    assert "As known on Jan 1, 2020" in then
