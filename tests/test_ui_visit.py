"""A browser's visit: who it is on every run, in which language, and what a write answers."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session, select
from streamlit.testing.v1 import AppTest

from dashboard import i18n
from dashboard.services import access, people, sessions
from dashboard.ui import visit
from models import SYSTEM, BadInput, Fault, LoginSession, NotAllowed, Person, reading, writing
from tests.tiny import NOON

HOURS = 12


@pytest.fixture
def here(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Make the visit use the test's database and stand still at noon."""
    monkeypatch.setenv("HEADWAY_DATABASE", str(database.url))
    _afresh()
    monkeypatch.setattr(visit, "now", lambda: NOON)
    yield database
    visit.engine().dispose()
    _afresh()


def _afresh() -> None:
    visit.settings.cache_clear()
    visit.engine.cache_clear()
    visit.forget()
    i18n.speak("en")


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, str]], None]:
    """Give a way to say which cookies the browser sends."""

    def say(sent: Mapping[str, str]) -> None:
        monkeypatch.setattr(visit, "cookies", lambda: sent)

    say({})
    return say


def sign_in(engine: Engine, person: str = "reviewer", now: datetime = NOON) -> str:
    with writing(engine) as session:
        return sessions.open_session(
            session, person, method="password", agent="", hours=HOURS, now=now
        )


def sign_out(engine: Engine, token: str) -> None:
    with writing(engine) as session:
        sessions.close(session, token, now=NOON)


def test_without_a_cookie_the_visitor_is_anonymous(
    here: Engine, send: Callable[[Mapping[str, str]], None]
) -> None:
    assert visit.who().person_id == ""
    send({sessions.COOKIE: "forged"})
    assert visit.who().person_id == ""


def test_the_cookie_says_who_is_looking(
    here: Engine, send: Callable[[Mapping[str, str]], None]
) -> None:
    send({sessions.COOKIE: sign_in(here)})
    assert visit.who().person_id == "reviewer"
    assert access.allows(visit.who(), "review")


def test_a_session_ended_elsewhere_ends_here_within_seconds(
    here: Engine,
    send: Callable[[Mapping[str, str]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: clock)
    token = sign_in(here)
    send({sessions.COOKIE: token})
    assert visit.who().person_id == "reviewer"
    sign_out(here, token)
    clock += visit.REMEMBERED
    assert visit.who().person_id == ""


def test_signing_out_in_this_process_is_known_at_once(
    here: Engine, send: Callable[[Mapping[str, str]], None]
) -> None:
    token = sign_in(here)
    send({sessions.COOKIE: token})
    assert visit.who().person_id == "reviewer"
    sign_out(here, token)
    visit.forget()
    assert visit.who().person_id == ""


def test_a_visit_keeps_its_session_awake(
    here: Engine, send: Callable[[Mapping[str, str]], None]
) -> None:
    send({sessions.COOKIE: sign_in(here, now=NOON - timedelta(hours=11))})
    visit.who()
    with reading(here) as session:
        assert session.exec(select(LoginSession.seen_at)).one() < NOON  # asking is no click
    AppTest.from_function(page).run()
    with reading(here) as session:
        assert session.exec(select(LoginSession.seen_at)).one() == NOON


def page() -> None:
    import streamlit as st

    from dashboard.ui import visit

    person = visit.begin()
    st.session_state.setdefault("draft", f"of {person.person_id or 'nobody'}")
    st.write(st.session_state["draft"])


def test_another_person_in_the_same_browser_starts_afresh(
    here: Engine, send: Callable[[Mapping[str, str]], None]
) -> None:
    send({sessions.COOKIE: sign_in(here)})
    app = AppTest.from_function(page).run()
    assert app.markdown[0].value == "of reviewer"
    send({sessions.COOKIE: sign_in(here, "coordinator")})
    assert app.run().markdown[0].value == "of coordinator"
    send({})
    assert app.run().markdown[0].value == "of nobody"


def guarded() -> None:
    import streamlit as st

    from dashboard.ui import visit

    visit.begin()
    visit.require("review")
    st.write("the queue")


def test_a_guarded_page_says_why_not_and_where_to_sign_in(
    here: Engine, send: Callable[[Mapping[str, str]], None]
) -> None:
    app = AppTest.from_function(guarded).run()
    assert app.warning[0].value == "Please sign in to do this."
    assert "/account/sign-in?next=%2F" in app.markdown[0].value
    send({sessions.COOKIE: sign_in(here, "coordinator")})
    app = AppTest.from_function(guarded).run()
    assert app.warning[0].value.startswith("You do not review this area.")
    assert not app.markdown
    send({sessions.COOKIE: sign_in(here)})
    assert AppTest.from_function(guarded).run().markdown[0].value == "the queue"


def test_a_private_record_is_read_by_those_with_a_role(
    here: Engine,
    send: Callable[[Mapping[str, str]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert visit.may_read()
    monkeypatch.setenv("HEADWAY_PUBLIC", "no")
    visit.settings.cache_clear()
    assert not visit.may_read()
    send({sessions.COOKIE: sign_in(here, "viewer")})
    assert visit.may_read()


def test_the_language_is_the_chosen_one_and_falls_back_to_english(
    send: Callable[[Mapping[str, str]], None],
) -> None:
    assert visit.language() == "en"
    send({i18n.COOKIE: i18n.PSEUDO})
    assert visit.language() == i18n.PSEUDO
    send({i18n.COOKIE: "tlh"})
    assert visit.language() == "en"


def test_the_page_is_light_unless_the_browser_says_dark() -> None:
    assert visit.theme() == "light"


def renamed(session: Session) -> str:
    person = session.get(Person, "viewer")
    assert person is not None
    person.name = "Renamed"
    return person.name


def test_a_write_is_kept_and_its_form_gets_a_new_token(here: Engine) -> None:
    first = visit.token("entry")
    assert visit.token("entry") == first
    other = visit.token("review")
    assert visit.write(renamed, token=first) == visit.Outcome("Renamed")
    assert visit.token("entry") != first
    assert visit.token("review") == other
    with visit.read() as session:
        assert session.get_one(Person, "viewer").name == "Renamed"


def test_a_refused_write_changes_nothing_and_says_why(here: Engine) -> None:
    def refused(session: Session) -> None:
        renamed(session)
        raise BadInput(Fault("value", "is above 100"), Fault("source", "is missing"))

    token = visit.token("entry")
    outcome = visit.write(refused, token=token)
    assert not outcome.is_done
    assert outcome.message == "value: is above 100\n\nsource: is missing"
    assert visit.token("entry") == token
    with visit.read() as session:
        assert session.get_one(Person, "viewer").name == "Viewer"


def test_a_right_that_is_missing_is_told_not_thrown(here: Engine) -> None:
    def refused(session: Session) -> None:
        raise NotAllowed("Nobody accepts their own value.")

    outcome = visit.write(refused, token="once")
    assert outcome.faults == (Fault("", "Nobody accepts their own value."),)


def test_a_bug_is_not_hidden(here: Engine) -> None:
    def broken(session: Session) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        visit.write(broken, token="once")


def test_rights_changed_by_a_write_count_at_once(
    here: Engine, send: Callable[[Mapping[str, str]], None]
) -> None:
    send({sessions.COOKIE: sign_in(here)})
    assert access.allows(visit.who(), "review")
    visit.write(
        lambda session: people.revoke(session, SYSTEM, "grant-reviewer", now=NOON), token="once"
    )
    assert not access.allows(visit.who(), "review")
