"""The gate: what is open, what follows the rule for reading, what stays closed; and the headers."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dashboard.services import sessions
from dashboard.settings import Settings
from dashboard.web import headers, hosts
from dashboard.web.gate import Need, need
from tests import door as doors
from tests.door import Clock

CLOSED = (
    "/_stcore/metrics",
    "/_stcore/agent/openapi.json",
    "/_stcore/agent/interact",
    "/_stcore/agent/mcp",
    "/_stcore/script-health-check",
    "/_stcore/whatever-comes-next",
    "/auth/login",
    "/oauth2callback",
    "/nowhere",
    "/overview/nested",
    "/pages/overview.py",
)


@pytest.fixture
def public(database: Engine, tmp_path: Path) -> TestClient:
    return doors.client(doors.door(database, tmp_path, Clock()))


@pytest.fixture
def private(database: Engine, tmp_path: Path) -> TestClient:
    return doors.client(doors.door(database, tmp_path, Clock(), is_public=False))


def reached(answer: object) -> bool:
    return str(getattr(answer, "text", "")).startswith("reached")


@pytest.mark.parametrize("address", CLOSED)
def test_what_is_not_named_is_closed_to_everyone(
    address: str, public: TestClient, private: TestClient, database: Engine
) -> None:
    private.cookies.set(sessions.COOKIE, doors.open_for(database, "administrator"))
    for browser in (public, private):
        answer = browser.get(address)
        assert answer.status_code == 404
        assert "leads to no page" in answer.text


def test_a_public_installation_shows_its_pages_to_everyone(public: TestClient) -> None:
    assert public.get("/").status_code == 200
    assert public.get("/entry").status_code == 200
    assert reached(public.get("/media/picture.png"))
    with public.websocket_connect(doors.STREAM) as connection:
        connection.send_bytes(b"\xff")
        assert connection.receive_bytes() == b"\xff"


def test_a_private_installation_leads_pages_to_the_sign_in_page_and_back(
    private: TestClient,
) -> None:
    answer = private.get("/entry?country=KEN")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/account/sign-in?next=%2Fentry%3Fcountry%3DKEN"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "address", ["/media/x.csv", "/_stcore/host-config", "/api/", "/api/v1/x", "/component/x"]
)
def test_a_private_installation_gives_nothing_away_without_a_session(
    address: str, private: TestClient, database: Engine
) -> None:
    assert private.get(address).status_code == 401
    private.cookies.set(sessions.COOKIE, "forged")
    assert private.get(address).status_code == 401
    private.cookies.set(sessions.COOKIE, doors.open_for(database, "viewer"))
    assert private.get(address).status_code == 200


def test_a_private_installation_refuses_the_connection_of_a_page(
    private: TestClient, database: Engine
) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        private.websocket_connect(doors.STREAM),
    ):
        pass
    assert refused.value.code == 1008
    private.cookies.set(sessions.COOKIE, doors.open_for(database, "viewer"))
    with private.websocket_connect(doors.STREAM) as connection:
        connection.send_bytes(b"\xff")


def test_somebody_without_a_role_is_told_so(private: TestClient, database: Engine) -> None:
    private.cookies.set(sessions.COOKIE, doors.open_for(database, doors.add_person(database)))
    page = private.get("/")
    assert page.status_code == 403
    assert "your account has no role in it yet" in page.text
    assert private.get("/media/x.csv").status_code == 403


def test_health_and_files_of_the_sign_in_page_stay_open(private: TestClient) -> None:
    assert reached(private.get("/_stcore/health"))
    assert private.get("/assets/account.css").status_code == 200
    assert private.get("/account/sign-in").status_code == 200
    assert private.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_only_people_who_are_signed_in_upload(public: TestClient, database: Engine) -> None:
    address = "/_stcore/upload_file/session/file"
    assert public.put(address).status_code == 401
    public.cookies.set(sessions.COOKIE, doors.open_for(database, "coordinator"))
    assert reached(public.put(address))


def test_nobody_names_a_person_in_a_header(public: TestClient) -> None:
    forged = {"X-Headway-Person": "administrator", "X-Forwarded-User": "administrator"}
    answer = public.get("/media/x", headers=forged | {"X-Other": "kept"})
    assert "administrator" not in answer.text
    assert "kept" in answer.text


def test_search_engines_may_read_a_public_installation(public: TestClient) -> None:
    assert public.get("/robots.txt").text == "User-agent: *\nDisallow: /account/\n"
    assert public.get("/favicon.ico").headers["location"].startswith("/assets/favicon.svg?v=")


def test_a_name_below_a_prefix_is_not_the_prefix() -> None:
    assert need("/apiary", frozenset()) is Need.CLOSED
    assert need("/api", frozenset()) is Need.READ
    assert need("/_stcore/upload_file/a/b", frozenset()) is Need.SIGNED_IN


@pytest.mark.parametrize(
    "address", ["/", "/nowhere", "/account/sign-in", "/media/x", "/robots.txt"]
)
def test_every_answer_carries_the_protecting_headers(address: str, public: TestClient) -> None:
    answer = public.get(address)
    for name in headers.ALWAYS:
        assert name in answer.headers
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy  # no other host
    assert "'unsafe-inline'" not in policy.replace("style-src 'self' 'unsafe-inline'", "")
    assert "strict-transport-security" not in answer.headers


def test_pages_without_script_may_run_none(public: TestClient) -> None:
    policy = public.get("/account/sign-in").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy


def test_behind_tls_browsers_are_told_to_stay_there(database: Engine, tmp_path: Path) -> None:
    browser = doors.client(doors.door(database, tmp_path, Clock(), behind_tls=True))
    assert "max-age=31536000" in browser.get("/").headers["strict-transport-security"]


def test_behind_tls_streamlits_own_cookies_are_secured_too(
    database: Engine, tmp_path: Path
) -> None:
    browser = doors.client(doors.door(database, tmp_path, Clock(), behind_tls=True))
    assert browser.get("/_stcore/health").headers["set-cookie"] == "_xsrf=1; Path=/; Secure"
    browser = doors.client(doors.door(database, tmp_path, Clock()))
    assert browser.get("/_stcore/health").headers["set-cookie"] == "_xsrf=1; Path=/"


def settings(**changes: object) -> Settings:
    return replace(Settings.read({}), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("localhost", True),
        ("localhost:8501", True),
        ("LOCALHOST:8501", True),
        ("127.0.0.1:8501", True),
        ("192.168.1.20", True),
        ("[::1]:8501", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("evil.example@localhost", False),
        ("localhost/evil", False),
        ("local host", False),
        ("", False),
    ],
)
def test_by_default_local_names_and_plain_addresses_are_answered(host: str, is_ours: bool) -> None:
    assert hosts.is_ours(host, hosts.names(settings())) is is_ours


def test_an_installation_answers_to_the_names_it_was_given_only() -> None:
    given = settings(
        allowed_hosts=("plan.example.org", "*.example.net"), base_url="https://p.example.org"
    )
    ours = hosts.names(given)
    for host in ("plan.example.org", "p.example.org:443", "a.example.net", "PLAN.example.org."):
        assert hosts.is_ours(host, ours)
    for host in ("localhost", "10.0.0.1", "example.net", "aexample.net", "plan.example.org.evil.x"):
        assert not hosts.is_ours(host, ours)


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://localhost:9999", "http://localhost.evil.example", "null", "x"],
)
def test_a_page_of_another_site_cannot_open_the_connection(origin: str, public: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        public.websocket_connect(doors.STREAM, headers={"Origin": origin}),
    ):
        pass
    assert refused.value.code == 1008


def test_pages_of_ours_and_programs_open_the_connection(database: Engine, tmp_path: Path) -> None:
    base = "https://plan.example.org"
    browser = doors.client(doors.door(database, tmp_path, Clock(), base_url=base))
    sent: list[Mapping[str, str]] = [{}, {"Origin": "http://localhost"}, {"Origin": base}]
    for headers_sent in sent:
        with browser.websocket_connect(doors.STREAM, headers=dict(headers_sent)) as connection:
            connection.send_bytes(b"\xff")


def test_streamlit_is_never_told_of_another_site(public: TestClient) -> None:
    answer = public.get("/media/x", headers={"Origin": "https://evil.example"})
    assert reached(answer)
    assert "evil" not in answer.text


def test_a_foreign_name_reaches_nothing(public: TestClient) -> None:
    answer = public.get("/_stcore/health", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "HEADWAY_HOSTS" in answer.text
    foreign: Mapping[str, str] = {"Host": "evil.example"}
    with (
        pytest.raises(WebSocketDisconnect),
        public.websocket_connect(doors.STREAM, headers=dict(foreign)),
    ):
        pass


def test_the_name_of_the_first_page_leads_to_it_and_keeps_the_choices(public: TestClient) -> None:
    answer = public.get("/overview?as_of=2024-01-01")
    assert answer.status_code == 307
    assert answer.headers["location"] == "/?as_of=2024-01-01"
    assert public.get("/overview").headers["location"] == "/"
