"""The account pages in a real browser: signing in with a second factor, open to everybody.

They work without any script of ours, in the light, in the dark and on a telephone.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page

from dashboard.services import invitations
from models import SYSTEM, Role, open_database, unit_of_work
from tests import door as doors
from tests.browser import Visit, serving
from tests.door import EMAIL, PASSWORD
from tests.test_pages_browser import surplus, unusable

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CODE = 'input[name="code"]'


@pytest.fixture(scope="module")
def home(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an installation with the tiny record, and Amina, who reviews."""
    made = tmp_path_factory.mktemp("account")
    shutil.copyfile(template, made / "headway.db")
    engine = open_database(f"sqlite:///{made / 'headway.db'}")
    doors.add_person(engine, Role.REVIEWER)
    engine.dispose()
    return made


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with serving(home) as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visit]:
    """Give a visitor with a fresh browser profile."""
    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB") as context:
        made = Visit(context.new_page(), address)
        yield made
        assert not made.faults, "\n".join(made.faults)


def look(visitor: Visit, name: str) -> Page:
    """Look at a page in the light, in the dark and on a telephone."""
    page = visitor.page
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert unusable(page) == []
        visitor.picture(f"account-{name}-{scheme}")
    page.set_viewport_size({"width": 375, "height": 812})
    assert surplus(page) <= 0
    visitor.picture(f"account-{name}-narrow")
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


def refused(visitor: Visit) -> None:
    """Expect the console to say that a form was refused, which is what was meant to happen."""
    (fault,) = visitor.faults
    assert "422" in fault
    visitor.faults.clear()


def sign_in(visitor: Visit, password: str) -> None:
    page = visitor.page
    page.goto(f"{visitor.address}/account/sign-in?next=/account")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_somebody_sets_up_a_second_factor_and_signs_in_with_it(visitor: Visit) -> None:
    page = visitor.page
    sign_in(visitor, "not the password")
    look(visitor, "refused")
    refused(visitor)
    sign_in(visitor, PASSWORD)
    look(visitor, "sessions")
    page.get_by_role("link", name="Second factor").click()
    look(visitor, "factor-off")
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_role("button", name="Set it up").click()
    look(visitor, "factor-begun")
    assert page.get_by_role("img", name="The key as a picture").locator("svg").is_visible()
    secret = page.locator(".key").inner_text().replace(" ", "")
    page.locator(CODE).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Turn it on").click()
    look(visitor, "recovery")
    codes = page.locator(".codes code").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    sign_in(visitor, PASSWORD)
    look(visitor, "code")
    page.locator(CODE).fill("no code")
    page.get_by_role("button", name="Sign in").click()
    look(visitor, "code-refused")
    refused(visitor)
    page.locator(CODE).fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("You are signed in as Amina.").wait_for()
    page.get_by_role("link", name="Second factor").click()
    page.get_by_text("Remove the second factor").click()
    look(visitor, "factor-on")
    page.get_by_label("Present password").fill(PASSWORD)
    page.locator("details[open]").locator(CODE).fill(codes[1])
    page.get_by_role("button", name="Remove it").click()
    page.get_by_role("button", name="Set it up").wait_for()


def test_an_invitation_and_a_lost_password_are_open_to_everybody(
    visitor: Visit, home: Path
) -> None:
    engine = open_database(f"sqlite:///{home / 'headway.db'}")
    handed = unit_of_work(
        engine,
        lambda session: invitations.invite(
            session,
            SYSTEM,
            email="new@example.org",
            name="Nia",
            role=Role.VIEWER,
            area="KEN",
            now=datetime.now(UTC),
        ),
    )
    engine.dispose()
    page = visitor.page
    page.goto(handed.address(visitor.address))
    look(visitor, "welcome")
    page.get_by_label("New password").fill("aaaaaaaaaaaaaaa")
    page.get_by_role("button", name="Accept").click()
    assert "This password is easy to guess" in look(visitor, "welcome-refused").content()
    refused(visitor)
    page.get_by_label("New password").fill("several words together")
    page.get_by_role("button", name="Accept").click()
    page.get_by_text("The new password is set: sign in with it.").wait_for()
    page.get_by_role("link", name="Password lost?").click()
    look(visitor, "forgot")
    page.get_by_label("E-mail address").fill("nobody@example.org")
    page.get_by_role("button", name="Send the link").click()
    page.get_by_text("The link works once").wait_for()
    look(visitor, "forgot-sent")
