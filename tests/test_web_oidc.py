"""Signing in with a provider: against one of our own on loopback, honest and otherwise."""

import json
import re
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import pyotp
import pytest
import sqlalchemy as sa
import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.services import audit
from dashboard.services import people as accounts
from dashboard.settings import GroupRole, Oidc
from dashboard.web import account_factor, entry
from dashboard.web.listening import listen
from dashboard.web.oidc import COOKIE, Provider
from models import SYSTEM, AuditEvent, Grant, Person, Role, columns, reading, unit_of_work
from tests import door as doors
from tests.door import EMAIL, Clock
from tests.tiny import EAC, KENYA, PLAN, chain

CLIENT, SECRET = "headway", "the secret of the client"


@dataclass
class Double:
    """A provider that does what the standard says, and lies where a test asks it to."""

    port: int = 0
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)  # put over the honest ones
    metadata: dict[str, Any] = field(default_factory=dict)
    signed_with: Any = None
    header: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)  # what it says when it is asked again

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discover),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/keys", self.keys),
                Route("/userinfo", self.userinfo),
            ]
        )

    async def discover(self, _request: Request) -> Response:
        honest = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }
        return JSONResponse(honest | self.metadata)

    async def userinfo(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer a"
        return JSONResponse({"sub": "248289761001"} | self.more)

    async def keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def token(self, request: Request) -> Response:
        sent = dict(parse_qsl((await request.body()).decode()))
        asked = self.codes.pop(sent["code"], None)
        if asked is None or _challenge(sent["code_verifier"]) != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        assert sent["redirect_uri"] == asked["redirect_uri"]
        now = int(time.time())
        honest = {
            "iss": self.issuer,
            "sub": "248289761001",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email": EMAIL,
            "email_verified": True,
            "name": "Amina Odhiambo",
        }
        header = {"alg": "RS256", "kid": "one"} | self.header
        said = {key: value for key, value in (honest | self.claims).items() if value is not None}
        made = jwt.encode(header, said, self.signed_with or self.key, algorithms=[header["alg"]])
        answer = {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": made}
        return JSONResponse(answer)


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def provider() -> Iterator[Double]:
    """Run a provider on loopback while the test lasts."""
    double = Double()
    bound = listen("127.0.0.1", 0)
    double.port = bound.getsockname()[1]
    settings = uvicorn.Config(double.app(), log_level="error", lifespan="off")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield double
    server.should_exit = True
    thread.join(timeout=10)
    bound.close()


@pytest.fixture
def browser(provider: Double, database: Engine, tmp_path: Path) -> TestClient:
    settings = Oidc(provider.issuer, CLIENT, SECRET, "Example ID")
    door = doors.door(database, tmp_path, Clock(), is_public=False, oidc=settings)
    return doors.client(door, oidc=Provider(door, settings).app)


def leave(browser: TestClient, to: str = "/entry") -> str:
    """Follow the link on the sign-in page and return the address at the provider."""
    page = browser.get("/account/sign-in", params={"next": to})
    assert "Sign in with Example ID" in page.text
    answer = browser.get("/account/oidc", params={"next": to})
    assert answer.status_code == 302
    return answer.headers["location"]


def authorize(address: str) -> str:
    """Consent at the provider and return the address it leads back to, on ours."""
    back = httpx2.get(address, follow_redirects=False).headers["location"]
    assert back.startswith("http://localhost/account/oidc/callback?")
    return str(back).removeprefix("http://localhost")


def sign_in(browser: TestClient) -> httpx2.Response:
    return browser.get(authorize(leave(browser)))


def people(database: Engine) -> list[str]:
    with reading(database) as session:
        known = sa.select(columns(Person).c.email).where(columns(Person).c.issuer.is_not(None))
        return list(session.execute(known).scalars())


def assert_refused(answer: httpx2.Response, browser: TestClient, database: Engine) -> None:
    assert answer.status_code == 403
    assert "Signing in with Example ID did not work" in answer.text
    assert browser.get("/").headers["location"].startswith("/account/sign-in")
    assert people(database) == []


def test_the_provider_is_asked_with_pkce_state_and_nonce(browser: TestClient) -> None:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(leave(browser)).query).items()}
    assert asked["redirect_uri"] == "http://localhost/account/oidc/callback"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    assert SECRET not in str(asked)


def test_somebody_new_is_signed_in_without_any_role(browser: TestClient, database: Engine) -> None:
    answer = sign_in(browser)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/entry"
    assert people(database) == [EMAIL]
    with reading(database) as session:
        person_id = session.execute(
            sa.select(columns(Person).c.id).where(columns(Person).c.email == EMAIL)
        ).scalar_one()
        held = sa.select(columns(Grant)).where(columns(Grant).c.person_id == person_id)
        assert session.execute(held).all() == []
    page = browser.get("/")
    assert page.status_code == 403  # private, and no role yet
    assert "signed in as Amina Odhiambo" in browser.get("/account/sign-out").text


def test_an_account_made_beforehand_keeps_its_roles(browser: TestClient, database: Engine) -> None:
    doors.add_person(database, Role.REVIEWER)
    sign_in(browser)
    assert browser.get("/entry").status_code == 200
    assert people(database) == [EMAIL]


def test_the_same_person_comes_back_to_the_same_account(
    browser: TestClient, database: Engine, provider: Double
) -> None:
    sign_in(browser)
    browser.cookies.clear()
    provider.claims = {"email": "new@example.org"}
    assert sign_in(browser).status_code == 303
    assert people(database) == [EMAIL]


def test_an_address_that_is_not_verified_takes_over_no_account(
    browser: TestClient, database: Engine, provider: Double
) -> None:
    doors.add_person(database, Role.ADMINISTRATOR)
    for claim in (False, "true", None):
        provider.claims = {"email_verified": claim}
        answer = sign_in(browser)
        assert answer.status_code == 403
        assert "does not confirm that it is yours" in answer.text
    assert people(database) == []


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another browser"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another client"},
        {"aud": None},
        {"exp": 1_700_000_000, "iat": 1_699_999_000},
        {"exp": None},
        {"sub": None},
        {"nbf": 4_000_000_000},
        {"azp": "another client"},
    ],
    ids=lambda claims: "-".join(f"{name}={value}" for name, value in claims.items()),
)
def test_a_token_that_is_not_for_us_now_is_refused(
    claims: dict[str, Any], browser: TestClient, database: Engine, provider: Double
) -> None:
    provider.claims = claims
    assert_refused(sign_in(browser), browser, database)


def test_a_token_signed_by_another_is_refused(
    browser: TestClient, database: Engine, provider: Double
) -> None:
    provider.signed_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert_refused(sign_in(browser), browser, database)


@pytest.mark.filterwarnings("ignore")  # joserfc warns of the very thing that is tried here
def test_a_token_signed_with_what_everybody_knows_is_refused(
    browser: TestClient, database: Engine, provider: Double
) -> None:
    provider.signed_with = OctKey.import_key(json.dumps(provider.key.as_dict(private=False)))
    provider.header = {"alg": "HS256"}
    provider.metadata = {"id_token_signing_alg_values_supported": ["HS256", "RS256", "none"]}
    assert_refused(sign_in(browser), browser, database)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    ],
)
def test_a_provider_that_is_not_the_one_we_chose_is_not_visited(
    metadata: dict[str, Any], browser: TestClient, database: Engine, provider: Double
) -> None:
    provider.metadata = metadata
    assert_refused(browser.get("/account/oidc"), browser, database)
    provider.metadata = {}
    assert sign_in(browser).status_code == 303  # and asked again once it is right


def test_a_wrong_state_is_refused(browser: TestClient, database: Engine) -> None:
    back = authorize(leave(browser))
    query = dict(parse_qsl(urlsplit(back).query)) | {"state": "of somebody else"}
    answer = browser.get(f"/account/oidc/callback?{urlencode(query)}")
    assert_refused(answer, browser, database)


def test_an_answer_in_another_browser_is_refused(
    browser: TestClient, database: Engine, tmp_path: Path
) -> None:
    back = authorize(leave(browser))
    browser.cookies.clear()  # the victim's browser, led to the attacker's answer
    assert_refused(browser.get(back), browser, database)


def test_an_answer_works_once(browser: TestClient, database: Engine) -> None:
    back = authorize(leave(browser))
    assert browser.get(back).status_code == 303
    browser.cookies.clear()
    answer = browser.get(back)
    assert answer.status_code == 403


def test_an_answer_that_names_another_issuer_is_refused(
    browser: TestClient, database: Engine
) -> None:
    back = authorize(leave(browser))
    assert_refused(browser.get(back + "&iss=https%3A%2F%2Fevil.example"), browser, database)


def test_a_refusal_of_the_provider_is_told_calmly(browser: TestClient, database: Engine) -> None:
    leave(browser)
    back = "/account/oidc/callback?error=access_denied&error_description=<script>x</script>"
    answer = browser.get(back)
    assert_refused(answer, browser, database)
    assert "<script" not in answer.text


def test_a_provider_that_is_away_is_told_calmly(database: Engine, tmp_path: Path) -> None:
    settings = Oidc("http://127.0.0.1:1", CLIENT, SECRET, "Example ID")
    door = doors.door(database, tmp_path, Clock(), is_public=False, oidc=settings)
    browser = doors.client(door, oidc=Provider(door, settings).app)
    assert_refused(browser.get("/account/oidc"), browser, database)


def test_nobody_is_led_elsewhere_afterwards(browser: TestClient) -> None:
    answer = browser.get(authorize(leave(browser, to="//evil.example")))
    assert answer.headers["location"] == "/"


def test_what_lives_between_is_short_signed_and_out_of_reach(browser: TestClient) -> None:
    answer = browser.get("/account/oidc")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age=600" in cookie
    assert "path=/account/oidc" in cookie


def test_signing_in_by_a_provider_is_traced(browser: TestClient, database: Engine) -> None:
    sign_in(browser)
    with reading(database) as session:
        events = session.execute(sa.select(columns(AuditEvent))).all()
    assert [event.action for event in events] == ["person.arrive", "session.open"]
    assert json.loads(events[1].detail) == {"method": "oidc"}
    assert EMAIL not in str(events)


RULES = (
    GroupRole("ministry-kenya", Role.COORDINATOR, "KEN", PLAN),
    GroupRole("ministry-kenya", Role.VIEWER),
    GroupRole("reviewers", Role.REVIEWER, "EAC"),
)
FIRST_OF_KENYA = ("coordinator", PLAN, KENYA, "ministry-kenya")
SECOND_OF_KENYA = ("viewer", None, None, "ministry-kenya")
OF_REVIEWERS = ("reviewer", None, EAC, "reviewers")


def grouped(
    provider: Double, database: Engine, tmp_path: Path, **settings: Any
) -> tuple[TestClient, Clock]:
    """Return a browser at a door whose provider's groups have roles, and its clock."""
    clock, usual = Clock(), {"groups": RULES}
    made = Oidc(provider.issuer, CLIENT, SECRET, "Example ID", **(usual | settings))
    door = doors.door(database, tmp_path, clock, is_public=False, oidc=made)
    return doors.client(door, oidc=Provider(door, made).app), clock


def again(browser: TestClient, clock: Clock) -> httpx2.Response:
    """Sign in anew, an hour later."""
    browser.cookies.clear()
    clock.wait(hours=1)
    return sign_in(browser)


def held(database: Engine, clock: Clock) -> set[tuple[str, str | None, int | None, str | None]]:
    """Return the roles the person of the provider holds: role, plan, area and group."""
    grant, person = columns(Grant), columns(Person)
    with reading(database) as session:
        rows = session.execute(
            sa.select(grant.c.role, grant.c.plan_code, grant.c.area_id, grant.c.from_group)
            .join(person, person.c.id == grant.c.person_id)
            .where(person.c.email == EMAIL, grant.c.until > clock.now)
        ).all()
    assert len(rows) == len(set(rows))
    return {(str(row[0].value), *row[1:]) for row in rows}


def test_groups_give_roles_and_take_them_again(
    provider: Double, database: Engine, tmp_path: Path
) -> None:
    browser, clock = grouped(provider, database, tmp_path)
    provider.claims = {"groups": ["ministry-kenya", "choir"]}
    assert sign_in(browser).status_code == 303
    assert held(database, clock) == {FIRST_OF_KENYA, SECOND_OF_KENYA}
    assert browser.get("/entry").status_code == 200
    assert again(browser, clock).status_code == 303
    assert held(database, clock) == {FIRST_OF_KENYA, SECOND_OF_KENYA}  # the same, not twice
    provider.claims = {"groups": ["reviewers"]}
    again(browser, clock)
    assert held(database, clock) == {OF_REVIEWERS}
    provider.claims = {"groups": []}
    again(browser, clock)
    assert held(database, clock) == set()
    assert browser.get("/entry").status_code == 403


def test_a_claim_that_is_gone_ends_what_came_from_it(
    provider: Double, database: Engine, tmp_path: Path
) -> None:
    browser, clock = grouped(provider, database, tmp_path)
    provider.claims = {"groups": ["reviewers"]}
    sign_in(browser)
    provider.claims = {}
    assert again(browser, clock).status_code == 303
    assert held(database, clock) == set()


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("groups", "reviewers"),
        ("realm_access.roles", {"roles": ["reviewers"]}),
        ("https://example.org/groups", ["reviewers"]),
    ],
)
def test_groups_are_found_where_the_provider_says_them(
    claim: str, said: Any, provider: Double, database: Engine, tmp_path: Path
) -> None:
    browser, clock = grouped(provider, database, tmp_path, claim=claim)
    provider.claims = {claim if "/" in claim else claim.partition(".")[0]: said}
    sign_in(browser)
    assert held(database, clock) == {OF_REVIEWERS}


@pytest.mark.parametrize("said", [7, None, True, {"a": "reviewers"}, [["reviewers"]], [None]])
def test_what_is_no_list_of_groups_gives_nothing(
    said: Any, provider: Double, database: Engine, tmp_path: Path
) -> None:
    browser, clock = grouped(provider, database, tmp_path)
    provider.claims = {"groups": said}
    assert sign_in(browser).status_code == 303
    assert held(database, clock) == set()


def test_a_provider_may_tell_groups_only_when_asked_again(
    provider: Double, database: Engine, tmp_path: Path
) -> None:
    browser, clock = grouped(provider, database, tmp_path)
    provider.metadata = {"userinfo_endpoint": f"{provider.issuer}/userinfo"}
    provider.more = {"groups": ["reviewers"]}
    sign_in(browser)
    assert held(database, clock) == {OF_REVIEWERS}
    provider.more = {"sub": "somebody else", "groups": ["ministry-kenya"]}
    assert again(browser, clock).status_code == 403
    assert held(database, clock) == {OF_REVIEWERS}


def test_roles_given_by_hand_stay_and_are_not_given_twice_over(
    provider: Double, database: Engine, tmp_path: Path
) -> None:
    browser, clock = grouped(provider, database, tmp_path)
    doors.add_person(database, Role.REVIEWER, Role.VIEWER)
    provider.claims = {"groups": ["reviewers"]}
    sign_in(browser)
    by_hand = {("reviewer", None, None, None), ("viewer", None, None, None)}
    assert held(database, clock) == {OF_REVIEWERS, *by_hand}
    provider.claims = {"groups": []}
    again(browser, clock)
    assert held(database, clock) == by_hand


def test_a_role_that_the_setting_gives_no_more_ends(
    provider: Double, database: Engine, tmp_path: Path
) -> None:
    browser, clock = grouped(provider, database, tmp_path)
    provider.claims = {"groups": ["ministry-kenya"]}
    sign_in(browser)
    for rules, left in ((RULES[:1], {FIRST_OF_KENYA}), ((), set())):
        other, later = grouped(provider, database, tmp_path, groups=rules)
        later.now = clock.now
        again(other, later)
        clock = later
        assert held(database, clock) == left


def test_the_provider_may_take_the_last_administrator(
    provider: Double, database: Engine, tmp_path: Path
) -> None:
    rules = (GroupRole("admins", Role.ADMINISTRATOR),)
    browser, clock = grouped(provider, database, tmp_path, groups=rules)
    provider.claims = {"groups": ["admins"]}
    sign_in(browser)
    unit_of_work(
        database,
        lambda session: accounts.revoke(session, SYSTEM, "grant-administrator", now=clock.now),
    )
    provider.claims = {"groups": []}
    assert again(browser, clock).status_code == 303
    assert held(database, clock) == set()


def test_a_closed_account_gets_no_role(provider: Double, database: Engine, tmp_path: Path) -> None:
    browser, clock = grouped(provider, database, tmp_path)
    person_id = doors.add_person(database)
    unit_of_work(
        database, lambda session: accounts.deactivate(session, SYSTEM, person_id, now=clock.now)
    )
    provider.claims = {"groups": ["reviewers"]}
    assert sign_in(browser).status_code == 403
    assert held(database, clock) == set()


def test_roles_from_groups_are_chained_and_say_so(
    provider: Double, database: Engine, tmp_path: Path
) -> None:
    unit_of_work(database, chain)
    browser, clock = grouped(provider, database, tmp_path)
    provider.claims = {"groups": ["reviewers"]}
    sign_in(browser)
    provider.claims = {}
    again(browser, clock)
    with reading(database) as session:
        events = session.execute(sa.select(columns(AuditEvent))).all()
        assert list(audit.problems(session, SYSTEM)) == []
    ours = [event for event in events if '"group"' in event.detail]
    assert [(event.action, event.by) for event in ours] == [("grant.give", "system")]
    assert json.loads(ours[0].detail)["group"] == "reviewers"
    assert [event.action for event in events].count("grant.end") == 1


@pytest.mark.parametrize("asks", [True, False])
def test_our_own_second_factor_is_asked_for_where_the_setting_says_so(
    asks: bool, provider: Double, database: Engine, tmp_path: Path
) -> None:
    browser, clock = grouped(provider, database, tmp_path, asks_code=asks, groups=())
    sign_in(browser)
    page = browser.get(account_factor.PAGE)
    if not asks:
        assert "looks after second factors itself" in page.text
        return
    assert 'name="present"' not in page.text  # there is no password to ask for
    form = {"form": doors.field(page)}
    browser.post(account_factor.PAGE, data=form | {"do": "begin"})
    page = browser.get(account_factor.PAGE)
    found = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page.text)
    assert found
    code = pyotp.TOTP(found[1].replace(" ", ""))
    sent = {"form": doors.field(page), "do": "confirm", "code": code.at(clock.now)}
    assert browser.post(account_factor.PAGE, data=sent).status_code == 200
    answer = again(browser, clock)
    assert answer.headers["location"] == entry.ASKS
    assert browser.get("/account").headers["location"].startswith("/account/sign-in")
    sent = {"form": doors.field(browser.get(entry.ASKS)), "code": code.at(clock.now)}
    assert browser.post(entry.ASKS, data=sent).headers["location"] == "/entry"
    assert "signed in as Amina" in browser.get("/account").text
