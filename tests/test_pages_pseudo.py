"""No page shows a word that a translator could not reach."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from dashboard import i18n
from dashboard.services import sessions
from dashboard.ui import visit
from models import Grant, Role, reading, writing
from tests import house, pseudo

APP = house.ROOT / "dashboard" / "app.py"
READER = Role.EVALUATOR
WORKERS = {
    "tasks": Role.COORDINATOR,
    "entry": Role.COORDINATOR,
    "review": Role.REVIEWER,
    "rounds": Role.SECRETARIAT,
    "administration": Role.ADMINISTRATOR,
}
COMMANDS = {
    "headway verify FILE.zip",
    "python verify.py FILE.zip",
    "frictionless validate FILE.zip",
    "minisign -Vm manifest.json -P KEY",
}
KNOWN = frozenset({"Headway", "UTC", "and", *COMMANDS})
"""Names, the same in every language; "and" is Babel's, between things in a list."""

pytestmark = pytest.mark.slow


@pytest.fixture
def cookies(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Open the pages on the demonstration in the pseudo-locale; give the cookies to send."""
    sent: dict[str, str] = {}
    monkeypatch.setenv("HEADWAY_HOME", str(home))
    monkeypatch.delenv("HEADWAY_DATABASE", raising=False)
    monkeypatch.setattr(visit, "language", lambda: i18n.PSEUDO)
    monkeypatch.setattr(visit, "cookies", lambda: sent)
    _afresh()
    yield sent
    visit.engine().dispose()
    _afresh()


def _afresh() -> None:
    visit.settings.cache_clear()
    visit.engine.cache_clear()
    visit.forget()
    i18n.speak("en")


def session_for(role: Role) -> Mapping[str, str]:
    """Return the cookies of somebody who holds this role."""
    with reading(visit.engine()) as session:
        person = session.exec(select(Grant.person_id).where(Grant.role == role)).first()
    assert person is not None
    with writing(visit.engine()) as session:
        token = sessions.open_session(
            session, person, method="password", agent="", hours=12, now=visit.now()
        )
    return {sessions.COOKIE: token}


def test_every_word_of_every_page_is_marked(cookies: dict[str, str]) -> None:
    record = pseudo.record_of(visit.engine())
    method = (house.ROOT / "dashboard" / "progress" / "METHOD.md").read_text("utf-8")
    found: dict[str, set[str]] = {}
    for page in house.pages():
        cookies.update(session_for(WORKERS.get(page.stem, READER)))
        app = AppTest.from_file(str(APP), default_timeout=60).run()
        app.switch_page(str(page)).run()
        assert not app.exception, page.stem
        assert len(list(pseudo.shown(app))) > 5, page.stem
        found[page.stem] = pseudo.untranslated(app, record, method) - KNOWN
    assert {name: words for name, words in found.items() if words} == {}


def test_a_word_that_is_not_marked_is_found() -> None:
    text = '<h2 title="Hello">⟦of ⟦three⟧ States⟧ and so <b>forth</b></h2> :material/lock: 12'
    found = {piece for part in pseudo.parts(text) for piece in pseudo.pieces(part)}
    assert found == {"Hello", "and so", "forth"}
