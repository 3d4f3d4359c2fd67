"""The list of pages: who sees which, and where the others are led."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from dashboard import i18n
from dashboard.services import sessions
from dashboard.ui import visit
from tests import door as doors

ROOT = Path(__file__).parent.parent
APP = ROOT / "dashboard" / "app.py"
WORK = ("entry", "review", "administration")

Send = Callable[[Mapping[str, str]], None]


@pytest.fixture
def send(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Send]:
    """Open the pages on the test's database, and give a way to say which cookies are sent."""
    monkeypatch.setenv("HEADWAY_DATABASE", str(database.url))
    afresh()
    monkeypatch.setattr(visit, "now", doors.Clock())

    def say(sent: Mapping[str, str]) -> None:
        monkeypatch.setattr(visit, "cookies", lambda: sent)

    say({})
    yield say
    visit.engine().dispose()
    afresh()


def afresh() -> None:
    visit.settings.cache_clear()
    visit.engine.cache_clear()
    visit.forget()
    i18n.speak("en")


def opened(page: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    return app.switch_page(f"../pages/{page}.py").run()


@pytest.mark.parametrize("page", WORK)
def test_a_page_of_work_asks_a_stranger_to_sign_in(page: str, send: Send) -> None:
    app = opened(page)
    assert [warning.value for warning in app.warning] == ["Please sign in to do this."]
    assert any("/account/sign-in?next=" in shown.value for shown in app.markdown)
    assert not app.exception


@pytest.mark.parametrize("page", WORK)
def test_a_page_of_work_tells_others_why_not(page: str, send: Send, database: Engine) -> None:
    send({sessions.COOKIE: doors.open_for(database, "viewer")})
    (warning,) = opened(page).warning
    assert warning.value.endswith((".", "help.", "role."))
    assert "sign in" not in warning.value


def test_a_private_installation_shows_a_stranger_no_page(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADWAY_PUBLIC", "no")
    visit.settings.cache_clear()
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert app.warning[0].value == "Please sign in: this installation is not public."
    assert not app.title
    assert not app.sidebar.children


def test_every_page_file_is_in_the_list_and_has_an_address() -> None:
    listed = APP.read_text(encoding="utf-8")
    files = {page.stem for page in (ROOT / "pages").glob("[a-z]*.py")}
    assert all(f'"{name}"' in listed for name in files)


def test_the_sidebar_leads_to_the_account_and_to_another_language(
    send: Send, database: Engine
) -> None:
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert 'href="/account/language?next=%2F"' in app.sidebar.markdown[0].value
    send({sessions.COOKIE: doors.open_for(database, "viewer")})
    links = AppTest.from_file(str(APP), default_timeout=60).run().sidebar.markdown[0].value
    assert '<a href="/account/sessions" target="_self">Viewer</a>' in links
    assert 'href="/account/sign-out"' in links
