"""The second factor in a browser: two steps to sign in, and no way round the second."""

import re
from pathlib import Path

import httpx2
import pyotp
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from dashboard.services import sessions
from dashboard.web import account, entry
from models import AuditEvent, Person, Role, columns, reading, unit_of_work
from tests import door as doors
from tests.door import PASSWORD, Clock, field

PAGE = "/account/factor"


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


def send(browser: TestClient, address: str = PAGE, **fields: str) -> httpx2.Response:
    """Fill in a form of a page and send it."""
    return browser.post(address, data={"form": field(browser.get(address)), **fields})


def code(secret: str, clock: Clock) -> str:
    return pyotp.TOTP(secret).at(clock.now)


def wrong(secret: str, clock: Clock) -> str:
    return f"{(int(code(secret, clock)) + 500_000) % 1_000_000:06}"


def key(browser: TestClient) -> str:
    """Return the key that the page shows for typing into an app."""
    found = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', browser.get(PAGE).text)
    assert found
    return found[1].replace(" ", "")


def turn_on(browser: TestClient, clock: Clock) -> tuple[str, list[str]]:
    """Sign in, set a second factor up on its page, and sign out; return key and recovery codes."""
    assert doors.sign_in(browser).status_code == 303
    assert send(browser, do="begin", present=PASSWORD).status_code == 303
    secret = key(browser)
    answer = send(browser, do="confirm", code=code(secret, clock))
    assert answer.status_code == 200
    codes = re.findall(r"<li><code>([\w-]+)</code></li>", answer.text)
    assert len(codes) == 10
    assert send(browser, "/account/sign-out").status_code == 303
    clock.wait(minutes=1)
    return secret, codes


def is_in(browser: TestClient) -> bool:
    return browser.get("/entry").status_code == 200


def actions(database: Engine) -> list[str]:
    with reading(database) as session:
        return list(session.execute(sa.select(columns(AuditEvent).c.action)).scalars())


def test_setting_it_up_shows_a_picture_a_key_and_codes_once(
    browser: TestClient, amina: str, clock: Clock
) -> None:
    doors.sign_in(browser)
    assert "Second factor</a>: off" in browser.get("/account").text
    assert "<svg" not in browser.get(PAGE).text
    send(browser, do="begin", present=PASSWORD)
    page = browser.get(PAGE)
    assert "<svg" in page.text
    assert "style=" not in page.text  # the policy of the page would refuse it
    assert page.headers["cache-control"] == "no-store"
    secret = key(browser)
    refused = send(browser, do="confirm", code=wrong(secret, clock))
    assert refused.status_code == 422
    assert "does not fit" in refused.text
    assert key(browser) == secret  # and the picture still stands
    codes = send(browser, do="confirm", code=code(secret, clock)).text
    assert codes.count("<li><code>") == 10
    shown = browser.get(PAGE).text
    assert secret not in shown.replace(" ", "")
    assert "<li><code>" not in shown
    assert "10 recovery codes are left" in shown
    assert "Second factor</a>: on" in browser.get("/account").text


def test_setting_it_up_needs_the_password(browser: TestClient, amina: str) -> None:
    doors.sign_in(browser)
    answer = send(browser, do="begin", present="wrong")
    assert answer.status_code == 422
    assert "not your present password" in answer.text
    assert "<svg" not in browser.get(PAGE).text


def test_the_page_asks_to_sign_in_first(browser: TestClient) -> None:
    assert browser.get(PAGE).headers["location"] == f"/account/sign-in?next={PAGE}"
    assert browser.get(entry.ASKS).headers["location"] == "/account/sign-in"


def test_signing_in_asks_for_the_code_and_leads_on(
    browser: TestClient, amina: str, clock: Clock, database: Engine
) -> None:
    secret, _codes = turn_on(browser, clock)
    first = doors.sign_in(browser, to="/entry?country=KEN")
    assert first.headers["location"] == entry.ASKS
    assert browser.cookies.get(sessions.COOKIE) is None
    assert not is_in(browser)
    assert 'autocomplete="one-time-code"' in browser.get(entry.ASKS).text
    second = send(browser, entry.ASKS, code=code(secret, clock))
    assert second.headers["location"] == "/entry?country=KEN"
    assert is_in(browser)
    assert browser.cookies.get(entry.HALF) is None
    with reading(database) as session:
        events = session.execute(sa.select(columns(AuditEvent).c.detail)).scalars().all()
    assert "password+code" in events[-1]


def test_what_says_who_is_half_in_is_sealed_and_out_of_reach(
    browser: TestClient, amina: str, clock: Clock
) -> None:
    turn_on(browser, clock)
    answer = doors.sign_in(browser)
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith(entry.HALF)]
    assert amina not in cookie
    for part in ("HttpOnly", "Path=/account/code", "SameSite=lax", "Max-Age=300"):
        assert part in cookie
    assert not any(one.startswith(sessions.COOKIE) for one in answer.headers.get_list("set-cookie"))


def test_the_second_step_cannot_be_skipped_or_made_up(
    browser: TestClient, amina: str, clock: Clock
) -> None:
    secret, _codes = turn_on(browser, clock)
    form = {"form": field(browser.get("/account/sign-in")), "code": code(secret, clock)}
    assert browser.post(entry.ASKS, data=form).headers["location"] == "/account/sign-in"
    for made_up in ("", "x", "gAAAAABk" + "x" * 100, amina):
        browser.cookies.set(entry.HALF, made_up, path=entry.ASKS)
        assert browser.post(entry.ASKS, data=form).headers["location"] == "/account/sign-in"
    browser.cookies.clear()
    doors.sign_in(browser)
    for page in ("/", "/entry", "/account", "/account/sessions", "/account/password", PAGE):
        assert "/account/sign-in" in browser.get(page).headers["location"]


def test_half_a_sign_in_falls_asleep_after_five_minutes(
    browser: TestClient, amina: str, clock: Clock
) -> None:
    secret, _codes = turn_on(browser, clock)
    doors.sign_in(browser)
    page = browser.get(entry.ASKS)
    clock.wait(minutes=5)
    form = {"form": field(page), "code": code(secret, clock)}
    assert browser.post(entry.ASKS, data=form).headers["location"] == "/account/sign-in"
    assert not is_in(browser)


def test_a_code_that_was_seen_is_worth_nothing(
    browser: TestClient, amina: str, clock: Clock, database: Engine, tmp_path: Path
) -> None:
    secret, _codes = turn_on(browser, clock)
    doors.sign_in(browser)
    seen = code(secret, clock)
    assert send(browser, entry.ASKS, code=seen).status_code == 303
    thief = doors.client(doors.door(database, tmp_path, clock, is_public=False))
    assert doors.sign_in(thief).headers["location"] == entry.ASKS
    answer = send(thief, entry.ASKS, code=seen)
    assert answer.status_code == 422
    assert "was used already" in answer.text
    assert not is_in(thief)


def test_the_code_of_another_person_lets_nobody_in(
    browser: TestClient, amina: str, clock: Clock, database: Engine
) -> None:
    turn_on(browser, clock)
    mallory = doors.open_for(database, "viewer")
    unit_of_work(
        database,
        lambda session: setattr(session.get_one(Person, "viewer"), "issuer", "https://id.example"),
    )
    browser.cookies.set(sessions.COOKIE, mallory)
    assert send(browser, do="begin").status_code == 303
    theirs = key(browser)
    assert send(browser, do="confirm", code=code(theirs, clock)).status_code == 200
    browser.cookies.clear()
    clock.wait(minutes=1)
    doors.sign_in(browser)
    assert send(browser, entry.ASKS, code=code(theirs, clock)).status_code == 422
    assert not is_in(browser)


def test_a_recovery_code_signs_in_once(browser: TestClient, amina: str, clock: Clock) -> None:
    _secret, codes = turn_on(browser, clock)
    doors.sign_in(browser)
    assert send(browser, entry.ASKS, code=codes[3].lower()).status_code == 303
    assert is_in(browser)
    assert "9 recovery codes are left" in browser.get(PAGE).text
    browser.cookies.clear()
    doors.sign_in(browser)
    assert send(browser, entry.ASKS, code=codes[3]).status_code == 422


def test_guessing_codes_locks_the_account_and_the_password_does_not_help(
    browser: TestClient, amina: str, clock: Clock, database: Engine
) -> None:
    secret, _codes = turn_on(browser, clock)
    for _ in range(5):
        assert doors.sign_in(browser).headers["location"] == entry.ASKS
        assert send(browser, entry.ASKS, code=wrong(secret, clock)).status_code == 422
    assert send(browser, entry.ASKS, code=code(secret, clock)).status_code == 422
    browser.cookies.clear()
    assert doors.sign_in(browser).status_code == 422
    assert actions(database).count("factor.wrong") == 5
    assert actions(database).count("person.lock") == 1
    clock.wait(seconds=61)
    doors.sign_in(browser)
    assert send(browser, entry.ASKS, code=code(secret, clock)).status_code == 303


def test_one_address_gets_so_many_codes_in_five_minutes(
    database: Engine, tmp_path: Path, clock: Clock, amina: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "TRIES", 3)
    hurried = doors.client(doors.door(database, tmp_path, clock, is_public=False))
    secret, _codes = turn_on(hurried, clock)
    doors.sign_in(hurried)
    tries = [send(hurried, entry.ASKS, code=wrong(secret, clock)).status_code for _ in range(4)]
    assert tries == [422, 422, 422, 429]


def test_a_form_from_elsewhere_changes_nothing(
    browser: TestClient, amina: str, clock: Clock
) -> None:
    secret, _codes = turn_on(browser, clock)
    doors.sign_in(browser)
    forged = {"form": "0" * 64, "code": code(secret, clock)}
    assert browser.post(entry.ASKS, data=forged).status_code == 403
    assert not is_in(browser)
    assert send(browser, entry.ASKS, code=code(secret, clock)).status_code == 303
    clock.wait(minutes=1)
    forged = {"form": "0" * 64, "do": "remove", "present": PASSWORD, "code": code(secret, clock)}
    assert browser.post(PAGE, data=forged).status_code == 403
    assert "Second factor</a>: on" in browser.get("/account").text


def test_removing_it_needs_password_and_code(
    browser: TestClient, amina: str, clock: Clock, database: Engine
) -> None:
    secret, _codes = turn_on(browser, clock)
    doors.sign_in(browser)
    send(browser, entry.ASKS, code=code(secret, clock))
    clock.wait(minutes=1)
    right = {"present": PASSWORD, "code": code(secret, clock)}
    for slip in ({"present": "wrong"}, {"code": wrong(secret, clock)}):
        assert send(browser, do="remove", **(right | slip)).status_code == 422
    assert send(browser, do="remove", **right).status_code == 303
    browser.cookies.clear()
    assert doors.sign_in(browser).headers["location"] == "/"
    assert actions(database).count("factor.off") == 1


def test_new_recovery_codes_are_made_by_a_code(
    browser: TestClient, amina: str, clock: Clock
) -> None:
    secret, codes = turn_on(browser, clock)
    doors.sign_in(browser)
    send(browser, entry.ASKS, code=codes[0])
    answer = send(browser, do="codes", code=code(secret, clock))
    fresh = re.findall(r"<li><code>([\w-]+)</code></li>", answer.text)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)


def test_an_account_without_a_password_has_no_second_factor(
    browser: TestClient, database: Engine
) -> None:
    token = doors.open_for(database, "viewer")
    browser.cookies.set(sessions.COOKIE, token)
    answer = send(browser, do="begin")
    assert answer.status_code == 422
    assert "no password" in answer.text
