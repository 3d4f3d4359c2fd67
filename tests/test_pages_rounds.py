"""The pages of a round: what a coordinator owes and gets a receipt for, and the cockpit."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session, select
from streamlit.testing.v1 import AppTest

from dashboard.services import correspondence, review, rounds, sessions
from dashboard.settings import Settings
from dashboard.ui import cached, visit
from models import Correspondence, Identity, ReportingRound, Submission, reading, unit_of_work
from tests import house
from tests import rounds as tiny_rounds
from tests.tiny import LEVEL, NOON, PERCENT, PLAN

Open = Callable[..., AppTest]


@pytest.fixture
def browser(database: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Open]:
    """Give a way to open a page of the tiny record as somebody, at noon of the tests."""
    settings = Settings.read({"HEADWAY_HOME": str(tmp_path)})
    monkeypatch.setattr(visit, "engine", lambda: database)
    monkeypatch.setattr(visit, "agent", lambda: "")
    monkeypatch.setattr(visit, "now", lambda: NOON)
    monkeypatch.setattr(visit, "settings", lambda: settings)
    cookies: dict[str, str] = {}
    monkeypatch.setattr(visit, "cookies", lambda: cookies)
    cached.forget()

    def open_page(name: str, *, who: str, **query: str) -> AppTest:
        cookies[sessions.COOKIE] = unit_of_work(
            database,
            lambda session: sessions.open_session(
                session, who, method="password", agent="", hours=12, now=NOON
            ),
        )
        visit.forget()
        app = AppTest.from_file(str(house.ROOT / "dashboard" / "app.py"), default_timeout=60)
        app.run()
        app.switch_page(str(house.ROOT / "pages" / f"{name}.py"))
        app.query_params.update(query)
        return app.run()

    yield open_page
    visit.forget()
    cached.forget()


@pytest.fixture
def code(database: Engine, person: Callable[[str], Identity]) -> str:
    return unit_of_work(
        database, lambda session: tiny_rounds.opened(session, person("secretariat"))
    )


def html(app: AppTest) -> str:
    return "\n".join(str(block.proto.body) for block in app.get("html"))


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


# My tasks -------------------------------------------------------------------------------------


def test_a_coordinator_to_whom_nothing_is_asked_reads_so(browser: Open) -> None:
    app = browser("tasks", who="coordinator")
    assert not app.exception
    assert "No reporting round asks anything of you now." in html(app)


def test_each_task_leads_to_its_form_with_area_and_indicator(browser: Open, code: str) -> None:
    app = browser("tasks", who="coordinator")
    assert not app.exception
    told = html(app)
    assert "Round of 2024: Kenya" in told
    for choice in (f"area=KEN&amp;period=2024&amp;indicator={LEVEL}", "measure=A.1"):
        assert choice in told
    assert "3 things are left" in app.info[0].value


def test_what_came_back_stands_first_with_the_reviewers_words(
    browser: Open, database: Engine, coordinator: Identity, reviewer: Identity, code: str
) -> None:
    def work(session: Session) -> None:
        ref = tiny_rounds.send(session, coordinator)
        review.send_back(session, reviewer, ref, plan=PLAN, note="which <year>?", now=NOON)

    unit_of_work(database, work)
    told = html(browser("tasks", who="coordinator"))
    assert told.index(f"{PERCENT}  Victims assisted") < told.index("A.1  Assist every victim")
    assert "The reviewer wrote: which &lt;year&gt;?" in told


def test_the_receipt_is_given_and_can_be_kept(
    browser: Open, database: Engine, coordinator: Identity, code: str
) -> None:
    unit_of_work(database, lambda session: tiny_rounds.send_all(session, coordinator))
    app = press(browser("tasks", who="coordinator"), "Declare complete")
    assert not app.exception
    assert "under the number KEN-2026-0001" in app.success[0].value
    assert "Download the receipt" in str(app.get("download_button"))
    with reading(database) as session:
        assert len(session.exec(select(Submission)).all()) == 1


def test_a_lock_is_explained_and_leaves_nothing_to_press(
    browser: Open, database: Engine, person: Callable[[str], Identity], code: str
) -> None:
    who = person("secretariat")
    unit_of_work(database, lambda session: rounds.close(session, who, code, token="c", now=NOON))
    app = browser("tasks", who="coordinator")
    assert "was closed on 2026-06-30" in html(app)
    assert "rounds@example.org for an extension" in html(app)
    assert "Declare complete" not in [button.label for button in app.button]


def test_a_visit_is_kept_so_that_the_next_one_knows_what_is_new(
    browser: Open, database: Engine, code: str
) -> None:
    browser("tasks", who="coordinator")
    with reading(database) as session:
        kept = session.get_one(Correspondence, "coordinator")
        assert (kept.visited_at, kept.visited_before) == (NOON, None)


def test_letters_are_ended_and_the_calendar_renewed_on_the_page(
    browser: Open, database: Engine, code: str
) -> None:
    app = browser("tasks", who="coordinator")
    app.session_state["letters_box"] = True
    app.run()
    before = app.code[0].value
    press(app, "Renew the address")
    press(app, "Write to me no more")
    with reading(database) as session:
        kept = correspondence.of(session, "coordinator")
    assert kept.calendar == 2
    assert kept.unsubscribed_at == NOON
    assert app.code[0].value != before


# The cockpit ----------------------------------------------------------------------------------


def test_the_cockpit_without_a_round_says_so(browser: Open) -> None:
    app = browser("rounds", who="secretariat")
    assert not app.exception
    assert "No round has been opened yet." in html(app)


def test_the_cockpit_shows_who_stands_where(
    browser: Open, database: Engine, coordinator: Identity, code: str
) -> None:
    unit_of_work(database, lambda session: tiny_rounds.send_all(session, coordinator))
    app = browser("rounds", who="secretariat")
    assert not app.exception
    table = app.dataframe[0].value
    assert table["Code"].tolist() == ["KEN", "NAM"]
    assert table["Where it stands"].tolist() == ["Submitted", "Not started"]
    assert table["Delivered"].tolist() == [100.0, 0.0]
    assert "3 of 6 figures and reports are delivered (50%)." in [one.value for one in app.caption]


def test_a_round_is_closed_and_then_sealed_on_the_page(
    browser: Open, database: Engine, code: str
) -> None:
    app = press(browser("rounds", who="secretariat"), "Yes, close it")
    assert "The round is closed." in app.success[0].value
    app = press(app, "Yes, seal it")
    assert "The round is sealed" in app.success[0].value
    with reading(database) as session:
        assert session.get_one(ReportingRound, code).snapshot_id is not None


def test_a_round_is_opened_with_the_form_once_and_what_is_wrong_is_said(
    browser: Open, database: Engine
) -> None:
    app = browser("rounds", who="secretariat")
    app.session_state["rounds_tab"] = "Open a round"
    app.run()
    app = press(app, "Open the round")
    assert "name" in app.error[0].value
    next(one for one in app.text_input if one.label == "Name").set_value("Reports on 2025")
    app = press(app, "Open the round")
    assert not app.exception
    with reading(database) as session:
        (made,) = session.exec(select(ReportingRound)).all()
        indicators, _measures = rounds.codes_asked(session, made)
    assert (made.name, made.period) == ("Reports on 2025", "2025")
    assert indicators == ["A.1.1", "A.1.2", "A.2.1", "B.1.1", "B.1.2"], "all that is entered"
