"""The page of people: what a focal point sees and does there, and that a link is shown once."""

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session
from streamlit.testing.v1 import AppTest

from dashboard.services import people
from dashboard.settings import Settings
from dashboard.ui import visit
from models import SYSTEM, Role, unit_of_work
from tests.test_pages import Open, browser, html
from tests.tiny import NOON, PLAN

__all__ = ["browser"]  # the fixture


@pytest.fixture
def focal(database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Add the focal point of Kenya; letters go into this test's own folder."""
    settings = Settings.read({"HEADWAY_HOME": str(tmp_path)})
    monkeypatch.setattr(visit, "settings", lambda: settings)

    def add(session: Session) -> str:
        number = people.add(session, SYSTEM, email="focal@example.org", name="Femi", now=NOON)
        people.grant(session, SYSTEM, number, Role.FOCAL_POINT, plan=PLAN, area="KEN", now=NOON)
        return number

    return unit_of_work(database, add)


def button(app: AppTest, label: str) -> None:
    next(one for one in app.button if one.label == label).click().run()


def test_a_focal_point_invites_and_is_shown_the_link_once(browser: Open, focal: str) -> None:
    app = browser("administration", who=focal)
    assert not app.exception
    assert "coordinator@example.org" in html(app)
    assert "administrator@example.org" not in html(app)
    assert "person=coordinator" in html(app)
    labels = {one.label for one in app.button}
    assert {"Invite", "End it", "Make the link"} <= labels
    assert not {"Add", "Give", "Close it"} & labels
    fields = {one.label: one for one in app.text_input}
    fields["Name"].input("Nia")
    fields["E-mail"].input("nia@example.org")
    button(app, "Invite")
    assert [one.value for one in app.error] == []
    assert "/account/welcome/" in app.code[0].value
    assert "nia@example.org" in html(app)  # awaited, though without a role yet
    app.run()
    assert not app.code


def test_an_administrator_sees_everything_there_is(browser: Open, focal: str) -> None:
    app = browser("administration", who="administrator")
    assert not app.exception
    assert {"Add", "Give", "Invite", "Close it"} <= {one.label for one in app.button}
