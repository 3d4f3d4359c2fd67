"""Signing in and out in a browser: cookies, forms, locks, and what stays dead after leaving."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session
from starlette.testclient import TestClient

from dashboard import i18n
from dashboard.services import access, ledger, observations, sessions
from dashboard.web import account, forms
from dashboard.web.account import Account
from models import (
    AuditEvent,
    LoginSession,
    Observation,
    Person,
    Role,
    columns,
    reading,
    unit_of_work,
)
from tests import door as doors
from tests.door import EMAIL, PASSWORD, Clock, field
from tests.tiny import NOON, PLAN, draft


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def browser(
    database: Engine, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> TestClient:
    monkeypatch.setattr(account, "REFUSED_AFTER", 0.0)
    return doors.client(doors.door(database, tmp_path, clock, is_public=False))


@pytest.fixture
def amina(database: Engine) -> str:
    """Add Amina, a reviewer with a password."""
    return doors.add_person(database, Role.REVIEWER)


def token(browser: TestClient) -> str:
    return str(browser.cookies.get(sessions.COOKIE) or "")


def press(browser: TestClient, address: str, **fields: str) -> int:
    """Press a button on one of our pages and return the status of the answer."""
    shown = browser.get(address).text
    assert 'method="post"' in shown
    page = browser.get(address)
    return browser.post(address, data={"form": field(page), **fields}).status_code


def test_the_right_password_signs_in_and_leads_back(browser: TestClient, amina: str) -> None:
    answer = doors.sign_in(browser, to="/entry?country=KEN")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/entry?country=KEN"
    assert browser.get("/entry").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    browser: TestClient, amina: str
) -> None:
    cookie = doors.sign_in(browser).headers["set-cookie"].lower()
    assert cookie.startswith("headway_session=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "secure" not in cookie
    assert "max-age" not in cookie  # gone with the browser


def test_behind_tls_the_cookie_never_travels_in_the_clear(
    database: Engine, tmp_path: Path, clock: Clock, amina: str
) -> None:
    secure = doors.client(doors.door(database, tmp_path, clock, behind_tls=True))
    secure.base_url = "https://localhost"
    cookies = doors.sign_in(secure).headers.get_list("set-cookie")
    assert all("secure" in cookie.lower() for cookie in cookies)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    browser: TestClient, amina: str
) -> None:
    known = doors.sign_in(browser, password="wrong")
    unknown = doors.sign_in(browser, email="nobody@example.org")
    assert known.status_code == unknown.status_code == 422
    for page in (known, unknown):
        assert "do not fit together" in page.text
        assert token(browser) == ""
    assert known.text.replace(EMAIL, "") == unknown.text.replace("nobody@example.org", "")


def test_a_refusal_takes_its_time_whatever_was_wrong(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(account, "REFUSED_AFTER", 100.0)
    monkeypatch.setattr("asyncio.sleep", wait)
    doors.sign_in(browser, email="nobody@example.org")
    assert waited
    assert 90 < waited[0] <= 100


def test_five_wrong_passwords_lock_and_a_minute_unlocks(
    browser: TestClient, amina: str, clock: Clock
) -> None:
    for _ in range(5):
        doors.sign_in(browser, password="wrong")
    assert doors.sign_in(browser).status_code == 422
    clock.wait(seconds=61)
    assert doors.sign_in(browser).status_code == 303


@pytest.fixture
def hurried(
    database: Engine, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> TestClient:
    """Give a browser at a door that allows two wrong tries only: each takes its time."""
    monkeypatch.setattr(account, "TRIES", 2)
    monkeypatch.setattr(account, "REFUSED_AFTER", 0.0)
    return doors.client(doors.door(database, tmp_path, clock))


def test_one_address_gets_so_many_wrong_tries_in_five_minutes(
    hurried: TestClient, clock: Clock
) -> None:
    tries = [doors.sign_in(hurried, email=f"{n}@example.org").status_code for n in range(3)]
    assert tries == [422, 422, 429]
    clock.wait(minutes=5)
    assert doors.sign_in(hurried).status_code == 422


def test_the_right_password_counts_as_no_try(hurried: TestClient, amina: str) -> None:
    for _ in range(3):
        assert doors.sign_in(hurried).status_code == 303
        hurried.cookies.clear()


def test_signing_in_again_ends_the_earlier_session(
    browser: TestClient, amina: str, database: Engine
) -> None:
    planted = doors.open_for(database, "viewer")
    page = browser.get("/account/sign-in")
    browser.cookies.set(sessions.COOKIE, planted)
    page = browser.get("/account/sign-out")  # a form of the session that was planted
    form = {"form": field(page), "email": EMAIL, "password": PASSWORD}
    assert browser.post("/account/sign-in", data=form).status_code == 303
    fresh = browser.cookies.get(sessions.COOKIE, domain="localhost.local")
    assert fresh != planted
    attacker = doors.client(doors.door(database, Path("/nowhere"), Clock(), is_public=False))
    attacker.cookies.set(sessions.COOKIE, planted)
    assert attacker.get("/").status_code == 303


def test_a_copied_cookie_is_dead_after_signing_out(
    browser: TestClient, amina: str, database: Engine, tmp_path: Path, clock: Clock
) -> None:
    doors.sign_in(browser)
    copied = token(browser)
    thief = doors.client(doors.door(database, tmp_path, clock, is_public=False))
    thief.cookies.set(sessions.COOKIE, copied)
    assert thief.get("/").status_code == 200
    assert press(browser, "/account/sign-out") == 303
    assert token(browser) == ""
    assert thief.get("/").status_code == 303
    assert browser.get("/").status_code == 303


def test_asking_to_sign_out_does_not_sign_out(browser: TestClient, amina: str) -> None:
    doors.sign_in(browser)
    assert "signed in as Amina" in browser.get("/account/sign-out").text
    assert browser.get("/").status_code == 200


def test_a_form_from_elsewhere_changes_nothing(browser: TestClient, amina: str) -> None:
    doors.sign_in(browser)
    ours = field(browser.get("/account/sign-out"))
    forged: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"form": "0" * 64}, {}),
        ({"form": ours}, {"Sec-Fetch-Site": "cross-site"}),
        ({"form": ours}, {"Origin": "https://evil.example"}),
        ({"form": ours}, {"Origin": "null"}),
    ]
    for fields, headers in forged:
        answer = browser.post("/account/sign-out", data=fields, headers=headers)
        assert answer.status_code == 403
    assert browser.get("/").status_code == 200


def test_a_form_cannot_be_sent_from_another_browser(
    browser: TestClient, amina: str, database: Engine, tmp_path: Path, clock: Clock
) -> None:
    other = doors.client(doors.door(database, tmp_path, clock))
    theirs = field(other.get("/account/sign-in"))
    browser.get("/account/sign-in")
    form = {"form": theirs, "email": EMAIL, "password": PASSWORD}
    answer = browser.post("/account/sign-in", data=form)
    assert answer.status_code == 403
    assert "Please try again" in answer.text


def test_a_form_of_before_signing_in_is_worth_nothing_afterwards(
    browser: TestClient, amina: str
) -> None:
    before = field(browser.get("/account/sign-in"))
    doors.sign_in(browser)
    assert browser.post("/account/sign-out", data={"form": before}).status_code == 403


def test_an_enormous_form_is_not_read(browser: TestClient) -> None:
    page = browser.get("/account/sign-in")
    form = {"form": field(page), "email": "a" * forms.LARGEST}
    assert browser.post("/account/sign-in", data=form).status_code == 403


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/x\r\nSet-Cookie: a=b",
        " /entry",
        "entry",
        "/" + "a" * 3000,
    ],
)
def test_nobody_is_led_elsewhere(to: str, browser: TestClient, amina: str) -> None:
    assert doors.sign_in(browser, to=to).headers["location"] == "/"
    assert browser.get("/account/sign-in", params={"next": to}).headers["location"] == "/"


def test_what_somebody_typed_cannot_become_part_of_the_page(browser: TestClient) -> None:
    page = doors.sign_in(browser, email='"><script>alert(1)</script>', to='/"><b>')
    assert "<script" not in page.text
    assert "<b>" not in page.text


def test_the_form_works_with_password_managers(browser: TestClient) -> None:
    page = browser.get("/account/sign-in")
    assert 'type="email" autocomplete="username"' in page.text
    assert 'type="password" autocomplete="current-password"' in page.text
    assert page.headers["cache-control"] == "no-store"


def test_people_see_where_they_are_signed_in_and_end_one(
    browser: TestClient, amina: str, database: Engine
) -> None:
    elsewhere = doors.open_for(database, amina)
    browser.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"
    doors.sign_in(browser)
    page = browser.get("/account/sessions")
    assert "Firefox, Linux" in page.text
    assert page.text.count('name="handle"') == 2  # the other one, and all of them
    handle = field(page, "handle")
    assert press(browser, "/account/sessions", handle=handle) == 303
    with reading(database) as session:
        assert sessions.whose(session, elsewhere, hours=12, now=Clock().now) is None
    assert browser.get("/").status_code == 200
    again = browser.get("/account/sessions")
    answer = browser.post("/account/sessions", data={"form": field(again), "handle": handle})
    assert "already ended" in answer.text


def test_signing_out_everywhere_ends_this_session_too(
    browser: TestClient, amina: str, database: Engine
) -> None:
    doors.open_for(database, amina)
    doors.sign_in(browser)
    assert press(browser, "/account/sessions", handle="all") == 303
    assert browser.get("/").status_code == 303
    with reading(database) as session:
        ended = session.execute(sa.select(columns(LoginSession).c.revoked_at)).scalars()
        assert None not in list(ended)


def test_the_account_pages_ask_to_sign_in_first(browser: TestClient) -> None:
    for page in ("/account", "/account/sessions", "/account/password"):
        assert browser.get(page).headers["location"].startswith("/account/sign-in?next=/account/")
    assert browser.get("/account/nowhere").status_code == 404


def test_a_new_password_needs_the_present_one_and_ends_every_session(
    browser: TestClient, amina: str
) -> None:
    doors.sign_in(browser)
    fresh = "another long secret"
    for present, wanted, status in (
        ("wrong", fresh, 422),
        (PASSWORD, "short", 422),
        (PASSWORD, fresh, 303),
    ):
        assert press(browser, "/account/password", present=present, password=wanted) == status
    assert browser.get("/").status_code == 303
    assert doors.sign_in(browser).status_code == 422
    assert doors.sign_in(browser, password=fresh).status_code == 303


def test_the_chosen_language_is_kept_for_a_year(browser: TestClient) -> None:
    page = browser.get("/account/language", params={"next": "/entry"})
    form = {"form": field(page), "next": "/entry", "language": i18n.PSEUDO}
    answer = browser.post("/account/language", data=form)
    assert answer.headers["location"] == "/entry"
    assert "max-age=31536000" in answer.headers["set-cookie"].lower()
    marked = browser.get("/account/sign-in").text
    assert "⟦Sign in⟧" in marked
    assert 'lang="en-XA"' in marked
    unknown = browser.post("/account/language", data=form | {"language": "tlh"})
    assert unknown.status_code == 403


def test_letters_follow_the_language_that_somebody_signed_in_chooses(
    browser: TestClient, amina: str, database: Engine
) -> None:
    unit_of_work(
        database, lambda session: setattr(session.get_one(Person, amina), "language", "fr")
    )

    def choose(code: str) -> str:
        form = {"form": field(browser.get("/account/language")), "language": code}
        assert browser.post("/account/language", data=form).status_code == 303
        with reading(database) as session:
            return session.get_one(Person, amina).language

    assert choose("en") == "fr"  # nobody is signed in: it is about this browser alone
    doors.sign_in(browser)
    assert choose(i18n.PSEUDO) == "fr"  # no language of letters
    assert choose("en") == "en"


def test_a_real_installation_offers_nobody_to_try(browser: TestClient, amina: str) -> None:
    page = browser.get("/account/sign-in")
    assert "Try it" not in page.text
    form = {"form": field(page), "person": "administrator"}
    assert browser.post("/account/demonstration", data=form).status_code == 422
    assert browser.get("/").status_code == 303


def pretend(session: Session) -> None:
    """Make the tiny record a demonstration: illustrative people, and one generated figure."""
    session.execute(sa.update(Person).values(is_illustrative=True))
    who = access.identity(session, "coordinator", now=NOON)
    observations.submit(session, who, draft(), plan=PLAN, token="demo", now=NOON)
    table = columns(Observation)
    row = session.execute(sa.select(table)).one()._asdict()
    session.execute(sa.insert(table), row | {"seq": 999, "is_illustrative": True})


def test_a_demonstration_lets_visitors_play_a_part_with_one_click(
    browser: TestClient, database: Engine
) -> None:
    unit_of_work(database, pretend)
    page = browser.get("/account/sign-in", params={"next": "/entry"})
    assert "made-up figures" in page.text
    assert "<strong>Coordinator</strong>" in page.text
    form = {"form": field(page), "next": "/entry"}
    assert browser.post("/account/demonstration", data=form | {"person": "x"}).status_code == 422
    answer = browser.post("/account/demonstration", data=form | {"person": "coordinator"})
    assert answer.headers["location"] == "/entry"
    assert "signed in as Coordinator" in browser.get("/account/sign-out").text


def test_one_real_account_ends_the_demonstration(browser: TestClient, database: Engine) -> None:
    unit_of_work(database, pretend)
    page = browser.get("/account/sign-in")
    doors.add_person(database)
    form = {"form": field(page), "person": "administrator"}
    assert browser.post("/account/demonstration", data=form).status_code == 422
    assert "Try it" not in browser.get("/account/sign-in").text


def test_signing_in_and_out_is_traced_without_names_or_tokens(
    browser: TestClient, amina: str, database: Engine
) -> None:
    doors.sign_in(browser)
    held = token(browser)
    press(browser, "/account/sign-out")
    with reading(database) as session:
        events = session.execute(sa.select(columns(AuditEvent))).all()
        assert ledger.verify(session) == []
    assert [event.action for event in events][-2:] == ["session.open", "session.close"]
    assert {event.by for event in events[-2:]} == {amina}
    assert held not in str(events)
    assert EMAIL not in str(events)


def test_a_session_that_fell_asleep_asks_to_sign_in_again(
    browser: TestClient, amina: str, clock: Clock
) -> None:
    doors.sign_in(browser)
    clock.wait(hours=12)
    assert browser.get("/entry").headers["location"].startswith("/account/sign-in")


def test_the_account_pages_can_stand_alone(database: Engine, tmp_path: Path) -> None:
    alone = TestClient(Account(doors.door(database, tmp_path, Clock())))
    assert alone.get("/account/sign-in").status_code == 200
