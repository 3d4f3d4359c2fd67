"""The page of people: what a focal point sees and does there, and that a link is shown once."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session
from streamlit.testing.v1 import AppTest

from dashboard.services import factors, people
from dashboard.settings import Settings
from dashboard.ui import visit
from models import SYSTEM, Grant, Role, SecondFactor, columns, reading, unit_of_work
from tests.test_pages import Open, browser, html
from tests.tiny import KENYA, NOON, PLAN

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


def give_factor(session: Session) -> None:
    session.add(
        SecondFactor(person_id="coordinator", secret="", created_at=NOON, confirmed_at=NOON)
    )


def test_the_secretariat_lifts_a_second_factor_and_sees_no_more(
    browser: Open, database: Engine
) -> None:
    unit_of_work(database, give_factor)
    app = browser("administration", who="secretariat")
    assert not app.exception
    assert {one.label for one in app.button} == {"Lift it"}
    assert "administrator@example.org" not in html(app)
    (account,) = [one for one in app.selectbox if one.label == "Account"]
    assert account.options == ["Coordinator (coordinator@example.org)"]
    account.select("coordinator")
    button(app, "Lift it")
    assert [one.value for one in app.error] == []
    assert "lifted" in app.success[0].value
    with reading(database) as session:
        assert not factors.is_on(session, "coordinator")


def test_an_administrator_of_one_country_gives_roles_there_alone(
    browser: Open, database: Engine
) -> None:
    def add(session: Session) -> str:
        number = people.add(session, SYSTEM, email="local@example.org", name="Lin", now=NOON)
        people.grant(session, SYSTEM, number, Role.ADMINISTRATOR, plan=PLAN, area="KEN", now=NOON)
        return number

    app = browser("administration", who=unit_of_work(database, add))
    assert not app.exception
    assert "coordinator@example.org" in html(app)
    assert "neighbour@example.org" not in html(app)
    assert {"Add", "Give", "Invite", "Close it"} <= {one.label for one in app.button}
    assert [one.options for one in app.selectbox if one.label == "In"] == [["Kenya"]] * 2
    assert not app.checkbox  # every role is of this plan
    people_to = next(one for one in app.selectbox if one.label == "To")
    people_to.select("coordinator")
    button(app, "Give")
    assert [one.value for one in app.error] == []
    with reading(database) as session:
        given = session.execute(
            sa.select(columns(Grant)).where(columns(Grant).c.person_id == "coordinator")
        ).all()
    assert {(row.plan_code, row.area_id) for row in given} == {(PLAN, KENYA)}
    assert len(given) == 2
