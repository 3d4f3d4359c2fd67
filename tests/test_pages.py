"""Every page, opened as each visitor would: with data, without, with an address, as of a day."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from dashboard import i18n
from dashboard.services import observations, review, sessions
from dashboard.ui import cached, visit
from models import Identity, unit_of_work
from tests.tiny import CONTEXT, LEVEL, NOON, PERCENT, PLAN, draft

ROOT = Path(__file__).parent.parent
READ = (
    "overview",
    "scorecard",
    "plan",
    "measure",
    "value",
    "indicator",
    "country",
    "region",
    "brief",
    "compare",
    "library",
    "downloads",
    "snapshots",
    "methodology",
)
WORK = {
    "tasks": "coordinator",
    "entry": "coordinator",
    "upload": "coordinator",
    "review": "reviewer",
    "rounds": "secretariat",
    "administration": "administrator",
}

Open = Callable[..., AppTest]


@pytest.fixture
def browser(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Give a way to open a page of the tiny record as somebody."""
    monkeypatch.setattr(visit, "engine", lambda: database)
    monkeypatch.setattr(visit, "agent", lambda: "")
    cached.forget()
    cookies: dict[str, str] = {}
    monkeypatch.setattr(visit, "cookies", lambda: cookies)

    def open_page(name: str, *, who: str = "", language: str = "", **query: str) -> AppTest:
        if who:
            cookies[sessions.COOKIE] = unit_of_work(
                database,
                lambda session: sessions.open_session(
                    session, who, method="password", agent="", hours=12, now=visit.now()
                ),
            )
        visit.forget()
        app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
        app.run()
        if name != "overview":
            app.switch_page(str(ROOT / "pages" / f"{name}.py"))
        app.query_params.update(query)
        return app.run()

    yield open_page
    visit.forget()
    cached.forget()


@pytest.fixture
def accepted(database: Engine, coordinator: Identity, reviewer: Identity) -> None:
    """Put a few accepted values into the record."""
    for indicator, year, value in (
        (PERCENT, 2015, "40"),
        (PERCENT, 2020, "55"),
        (PERCENT, 2024, "62.5"),
        (LEVEL, 2024, "2"),
    ):
        sent = draft(indicator=indicator, period=str(year), value=Decimal(value))
        token = f"{indicator}{year}"
        send = partial(observations.submit, who=coordinator, draft=sent, plan=PLAN, token=token)
        ref = unit_of_work(database, partial(send, now=NOON))
        take = partial(review.accept, who=reviewer, ref=ref, plan=PLAN, now=NOON)
        unit_of_work(database, take)


def html(app: AppTest) -> str:
    """Return all HTML of a page."""
    return "\n".join(str(block.proto.body) for block in app.get("html"))


@pytest.mark.parametrize("name", READ)
def test_a_page_without_any_figure_still_says_something(browser: Open, name: str) -> None:
    app = browser(name)
    assert not app.exception
    assert "<h1>" in html(app)


@pytest.mark.parametrize("name", READ)
@pytest.mark.usefixtures("accepted")
def test_a_page_with_figures_opens_for_everybody(browser: Open, name: str) -> None:
    app = browser(name)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("name", READ)
@pytest.mark.usefixtures("accepted")
def test_a_page_reads_as_of_a_day_and_says_so(browser: Open, name: str) -> None:
    app = browser(name, as_of="2020-01-01")
    assert not app.exception
    assert "As known on" in html(app)


@pytest.mark.parametrize(("name", "role"), WORK.items())
@pytest.mark.usefixtures("accepted")
def test_a_working_page_opens_for_its_role(browser: Open, name: str, role: str) -> None:
    app = browser(name, who=role)
    assert not app.exception
    assert not app.warning


@pytest.mark.parametrize("name", WORK)
def test_a_working_page_is_not_there_for_a_stranger(browser: Open, name: str) -> None:
    app = browser(name)
    assert not app.exception
    assert not app.button, "nothing to press for somebody who may not"


@pytest.mark.usefixtures("accepted")
def test_the_address_restores_country_and_indicator(browser: Open) -> None:
    app = browser("indicator", indicator=LEVEL, area="KEN")
    assert app.selectbox(key="choose_indicator").value == LEVEL
    assert app.selectbox(key="choose_area").value == "KEN"


@pytest.mark.usefixtures("accepted")
def test_an_address_that_names_nothing_known_opens_the_first(browser: Open) -> None:
    app = browser("country", area="ATLANTIS")
    assert not app.exception
    assert app.selectbox(key="choose_area").value == "FRA"


@pytest.mark.usefixtures("accepted")
def test_the_working_behind_a_colour_can_be_done_by_hand(browser: Open) -> None:
    app = browser("indicator", indicator=PERCENT, area="KEN")
    told = html(app)
    assert "Why" in "".join(block.value for block in app.markdown)
    assert "x = 62.5" in told
    assert "(x - b) / (T - b)" in told


@pytest.mark.usefixtures("accepted")
def test_a_value_that_cannot_be_is_refused_and_what_was_typed_stays(browser: Open) -> None:
    app = browser("entry", who="coordinator", indicator=PERCENT)
    value = next(text for text in app.text_input if text.label.startswith("Value"))
    source = next(text for text in app.text_input if text.label.startswith("Source"))
    value.set_value("162.5").run()
    source.set_value("Ministry").run()
    send = next(button for button in app.button if button.label == "Send to review")
    app = send.click().run()
    assert "162.5 is above 100" in app.error[0].value
    assert next(text for text in app.text_input if text.label.startswith("Source")).value


@pytest.mark.usefixtures("accepted")
def test_what_was_typed_is_back_after_the_tab_was_closed(browser: Open) -> None:
    app = browser("entry", who="coordinator", indicator=PERCENT)
    field = next(text for text in app.text_input if text.label.startswith("Value"))
    field.set_value("63").run()
    again = browser("entry", who="coordinator", indicator=PERCENT)
    assert next(text for text in again.text_input if text.label.startswith("Value")).value == "63"


def test_a_number_is_read_as_the_reader_writes_it() -> None:
    i18n.speak("en")
    assert i18n.decimal("1,234.5") == Decimal("1234.5")
    with pytest.raises(ValueError, match=r"1,234\.5"):
        i18n.decimal("12,5")
    i18n.speak("fr")
    assert i18n.decimal("12,5") == Decimal("12.5")
    i18n.speak("en")


@pytest.mark.usefixtures("accepted")
def test_context_only_is_said_and_never_a_verdict(browser: Open) -> None:
    told = html(browser("indicator", indicator=CONTEXT))
    assert "Context only: neither higher nor lower is better" in told
