"""The form of one figure: the period that an address names is the one reported on."""

import pytest

from tests.test_pages import Open, browser
from tests.tiny import PERCENT

__all__ = ["browser"]  # the fixture


@pytest.mark.parametrize("period", ["2019", "2021-Q3"])
def test_the_address_names_the_period(browser: Open, period: str) -> None:
    app = browser("entry", who="coordinator", indicator=PERCENT, period=period)
    assert not app.exception
    (year,) = [one for one in app.selectbox if one.label == "Year"]
    assert year.value == period


def test_a_figure_typed_for_another_period_keeps_its_own(browser: Open) -> None:
    app = browser("entry", who="coordinator", indicator=PERCENT, period="2019")
    field = next(text for text in app.text_input if text.label.startswith("Value"))
    field.set_value("63").run()
    again = browser("entry", who="coordinator", indicator=PERCENT, period="2022")
    (year,) = [one for one in again.selectbox if one.label == "Year"]
    assert year.value == "2019"
    assert "typed a figure for 2019" in again.info[0].value


def test_a_period_that_is_none_is_passed_over(browser: Open) -> None:
    app = browser("entry", who="coordinator", indicator=PERCENT, period="soon")
    assert not app.exception
