"""The record for programs: what it gives, how it is asked, and what it refuses."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.routing import Mount

from dashboard.api import answers, make_app, shapes
from dashboard.exchange import verify
from dashboard.services import access, briefs, observations, review, sessions, snapshots
from dashboard.settings import Settings
from models import Identity, Snapshot, open_database, reading, unit_of_work
from tests.tiny import CASES, LEVEL, NOON, PERCENT, PLAN, draft

LATER = NOON + timedelta(days=1)
SENT: list[dict[str, Any]] = [
    {"period": "2016", "value": Decimal("20.50")},
    {"period": "2024"},
    {"indicator": CASES, "period": "2023", "value": Decimal(30), "qualifier": "<"},
    {
        "indicator": CASES,
        "period": "2024",
        "value": None,
        "status": "L",
        "missing_reason": "not collected",
    },
    {"indicator": LEVEL, "period": "2024", "value": Decimal(3)},
]


def put(engine: Engine, who: Identity, judge: Identity, **changes: Any) -> None:
    """Send a figure and have it accepted."""
    at = changes.pop("at", NOON)

    def work(session: Session) -> None:
        sent = draft(**changes)
        token = json.dumps([sent.indicator, sent.period, str(sent.value), str(at)])
        ref = observations.submit(session, who, sent, plan=PLAN, token=token, now=at)
        review.accept(session, judge, ref, plan=PLAN, now=at)

    unit_of_work(engine, work)


@pytest.fixture
def record(engine: Engine, coordinator: Identity, reviewer: Identity) -> Engine:
    """Give a record with values, a bound and a missing figure."""
    for number, changes in enumerate(SENT):
        put(engine, coordinator, reviewer, at=NOON + timedelta(minutes=number), **changes)
    return engine


def served(engine: Engine, **environ: str) -> TestClient:
    settings = Settings.read({"HEADWAY_HOME": "/nowhere", **environ})
    app = make_app(lambda: engine, settings, now=lambda: LATER)
    return TestClient(Starlette(routes=[Mount("/api", app)]), raise_server_exceptions=False)


@pytest.fixture
def live(record: Engine) -> Iterator[TestClient]:
    """Give the interface of a public installation whose record may change, on both databases."""
    with served(record) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Give the interface of a public installation that tests only read from."""
    path = tmp_path_factory.mktemp("api") / "headway.db"
    shutil.copyfile(template, path)
    engine = open_database(f"sqlite:///{path}")
    with reading(engine) as session:
        sender, judge = (
            access.identity(session, name, now=NOON) for name in ("coordinator", "reviewer")
        )
    for number, changes in enumerate(SENT):
        put(engine, sender, judge, at=NOON + timedelta(minutes=number), **changes)
    with served(engine) as opened:
        yield opened
    engine.dispose()


def get(client: TestClient, address: str, **query: Any) -> Any:
    answer = client.get(f"/api/v1/{address}", params=query or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def problem(client: TestClient, address: str, status: int, **query: Any) -> str:
    answer = client.get(f"/api/v1/{address}", params=query or None)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = shapes.Problem.model_validate(answer.json())
    assert told.status == status
    return told.detail


RESOURCES: dict[str, Any] = {
    "plans": shapes.Envelope[list[shapes.PlanRow]],
    "plans/TINY": shapes.Envelope[shapes.PlanRow],
    "plans/TINY/objectives": shapes.Envelope[list[shapes.ObjectiveRow]],
    "plans/TINY/measures": shapes.Envelope[list[shapes.MeasureRow]],
    "plans/TINY/indicators": shapes.Envelope[list[shapes.IndicatorRow]],
    "areas": shapes.Envelope[list[shapes.AreaRow]],
    "observations?plan=TINY": shapes.Envelope[list[shapes.ObservationRow]],
    "statuses?plan=TINY": shapes.Envelope[list[shapes.ProgressRow]],
    "statuses?plan=TINY&why=true": shapes.Envelope[list[shapes.ProgressRow]],
    "aggregates?plan=TINY": shapes.Envelope[list[shapes.AggregateRow]],
    "snapshots": shapes.Envelope[list[shapes.SnapshotRow]],
    "search?q=kenya&plan=TINY": shapes.Envelope[list[shapes.HitRow]],
    f"history?plan=TINY&area=KEN&indicator={PERCENT}": shapes.Envelope[list[shapes.StepRow]],
}
DEPENDING = ("history",)
"""What depends on who asks, and is kept by nobody."""


@pytest.mark.parametrize("address", RESOURCES)
def test_every_answer_has_the_shape_that_is_described(live: TestClient, address: str) -> None:
    answer = live.get(f"/api/v1/{address}")
    assert answer.status_code == 200, answer.text
    shape = RESOURCES[address]
    found = shape.model_validate_json(answer.content, strict=True)
    # What is there and not described would be a promise that nobody made.
    assert json.loads(found.model_dump_json()) == answer.json()
    assert found.meta.licence.name == "CC-BY-4.0"
    assert found.meta.is_illustrative is False


def test_observations_are_what_was_accepted_and_missing_is_null(client: TestClient) -> None:
    rows = get(client, "observations", plan=PLAN)["data"]
    told = {f"{row['indicator']} {row['period']}": row for row in rows}
    assert told[f"{PERCENT} 2016"]["value"] == 20.5
    assert told[f"{PERCENT} 2016"]["exact"] == "20.50"
    assert (told[f"{CASES} 2023"]["value"], told[f"{CASES} 2023"]["qualifier"]) == (30, "<")
    gone = told[f"{CASES} 2024"]
    assert (gone["value"], gone["exact"], gone["status"]) == (None, None, "L")
    assert gone["missing_reason"] == "not collected"
    assert {row["m49"] for row in rows} == {"404"}


def test_what_waits_for_review_is_not_given(
    record: Engine, live: TestClient, coordinator: Identity
) -> None:
    waiting = draft(period="2021", comment="please look")
    unit_of_work(
        record,
        lambda session: observations.submit(
            session, coordinator, waiting, plan=PLAN, token="w", now=LATER
        ),
    )
    text = live.get("/api/v1/observations", params={"plan": PLAN}).text
    assert '"2021"' not in text
    assert "please look" not in text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"indicator": PERCENT}, 2),
        ({"indicator": [PERCENT, LEVEL]}, 3),
        ({"area": "KEN"}, 5),
        ({"area": "404"}, 5),
        ({"area": "UGA"}, 0),
        ({"year": 2024}, 3),
        ({"from_year": 2017}, 4),
        ({"to_year": 2016}, 1),
        ({"cell": "_T"}, 5),
        ({"cell": "sex=female"}, 0),
        ({"as_of": "2026-06-29"}, 0),
        ({"as_of": NOON.isoformat()}, 1),
        ({"as_of": "2026-06-30"}, 5),
    ],
)
def test_observations_are_filtered(client: TestClient, query: dict[str, Any], count: int) -> None:
    assert len(get(client, "observations", plan=PLAN, **query)["data"]) == count


@pytest.mark.parametrize("address", ["observations", "statuses", "aggregates"])
def test_pages_follow_each_other_without_gap_or_repeat(live: TestClient, address: str) -> None:
    whole = get(live, address, plan=PLAN, limit=1000)
    assert whole["next"] is None
    rows, cursor = [], ""
    while True:
        page = get(live, address, plan=PLAN, limit=2, **({"cursor": cursor} if cursor else {}))
        assert len(page["data"]) <= 2
        rows += page["data"]
        cursor = page["next"]
        if cursor is None:
            break
    assert rows == whole["data"]
    assert len(rows) >= 3


def test_as_of_an_earlier_day_the_figures_are_those_known_then(
    record: Engine, live: TestClient, coordinator: Identity, reviewer: Identity
) -> None:
    put(record, coordinator, reviewer, at=LATER, value=Decimal(70))
    asked = {"plan": PLAN, "indicator": PERCENT}
    now = get(live, "statuses", **asked)
    then = get(live, "statuses", **asked, as_of="2026-06-30")
    assert [row["value"] for row in now["data"]] == [70]
    assert [row["value"] for row in then["data"]] == [62.5]
    assert then["meta"]["as_of"] == "2026-06-30T23:59:59.999999Z"


def test_progress_says_why(client: TestClient) -> None:
    (row,) = get(client, "statuses", plan=PLAN, indicator=PERCENT, why=True)["data"]
    assert row["status"] in {"on_track", "moderate", "limited"}
    # (62.5 - 20.5) / (90 - 20.5): worked by hand.
    assert row["share"] == pytest.approx(42 / 69.5)
    assert "62.5" in row["why"]
    assert get(client, "statuses", plan=PLAN, indicator=PERCENT)["data"][0]["why"] is None


def test_aggregates_say_n_of_n_and_hide_a_figure_of_too_few(client: TestClient) -> None:
    rows = get(client, "aggregates", plan=PLAN, indicator=PERCENT, group="M49-002", year=2024)
    (row,) = rows["data"]
    assert (row["n"], row["states"], row["missing"]) == (1, 3, ["NAM", "UGA"])
    assert (row["is_publishable"], row["value"]) == (False, None)


@pytest.mark.parametrize(
    ("address", "query", "status", "said"),
    [
        ("nothing", {}, 404, "see /api/"),
        ("plans/NONE", {}, 404, "No plan has the code"),
        ("observations", {}, 422, "plan: is needed"),
        ("observations", {"plan": "NONE"}, 404, "No plan has the code"),
        ("observations", {"plan": PLAN, "indicator": "X.1"}, 404, "no indicator with the code"),
        ("observations", {"plan": PLAN, "area": "XYZ"}, 404, "No area has the code"),
        ("observations", {"plan": PLAN, "indicater": "A"}, 422, "no filter of this resource"),
        ("observations", {"plan": PLAN, "limit": 0}, 422, "greater than or equal to 1"),
        ("observations", {"plan": PLAN, "limit": 10**9}, 422, "less than or equal to 5000"),
        ("observations", {"plan": PLAN, "year": "soon"}, 422, "year"),
        ("observations", {"plan": PLAN, "as_of": "2026-02-30"}, 422, "write a day"),
        ("observations", {"plan": PLAN, "as_of": "2026-02-03T12:00"}, 422, "write a day"),
        ("observations", {"plan": PLAN, "cursor": "????"}, 404, "not one that an answer gave"),
        ("observations", {"plan": PLAN, "cursor": "WzFd"}, 404, "not one that an answer gave"),
        ("statuses", {"plan": PLAN, "cursor": "W10"}, 404, "not one that an answer gave"),
        ("snapshots/ffffffffff", {}, 404, "No snapshot has the identity"),
        ("snapshots/ffffffffff.zip", {}, 404, "No snapshot has the identity"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_in_a_sentence(
    client: TestClient, address: str, query: dict[str, Any], status: int, said: str
) -> None:
    assert said in problem(client, address, status, **query)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_is_read_is_not_written_to(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/v1/plans")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert "does not take that method" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("address", "columns"),
    [
        ("plans", "plan,title"),
        ("plans/TINY/indicators", "unit,indicator"),
        ("areas", "area,names"),
        ("observations?plan=TINY", "value,period"),
        ("statuses?plan=TINY", "area,status"),
        ("aggregates?plan=TINY", "group,n,states"),
        ("search?q=kenya", "code"),
    ],
)
def test_columns_can_be_chosen(client: TestClient, address: str, columns: str) -> None:
    joint = "&" if "?" in address else "?"
    rows = get(client, f"{address}{joint}fields={columns}")["data"]
    assert rows
    assert {tuple(row) for row in rows} == {tuple(columns.split(","))}
    whole = get(client, address)["data"]
    assert rows[0] == {name: whole[0][name] for name in columns.split(",")}
    assert "there is no column 'colour'" in problem(client, f"{address}{joint}fields=colour", 422)


def test_anything_is_found_by_what_people_call_it(client: TestClient) -> None:
    first = get(client, "search", q="Kenia")["data"][0]
    assert (first["kind"], first["code"], first["page"]) == ("state", "KEN", "country")
    assert first["choices"] == {"area": "KEN"}
    assert get(client, "search", q="kenya", kind="indicator")["data"] == []
    found = get(client, "search", q=PERCENT, plan=PLAN, kind="indicator")["data"]
    assert found[0]["code"] == PERCENT
    assert get(client, "search", q=PERCENT)["data"] == []
    assert "is none of state" in problem(client, "search", 422, q="x", kind="planet")


def test_statuses_are_told_by_another_method_too(client: TestClient) -> None:
    asked = {"plan": PLAN, "indicator": PERCENT, "why": True}
    (usual,) = get(client, "statuses", **asked)["data"]
    (other,) = get(client, "statuses", **asked, method="cagr:eurostat")["data"]
    assert (usual["method"], other["method"]) == ("linear", "cagr:eurostat")
    assert usual["why"] != other["why"]
    assert "magic" in problem(client, "statuses", 422, plan=PLAN, method="magic")


@pytest.mark.parametrize("method", briefs.methods())
def test_before_anything_was_reported_no_method_has_a_status_to_give(
    client: TestClient, method: str
) -> None:
    assert get(client, "statuses", plan=PLAN, as_of="2000-01-01", method=method)["data"] == []


def test_a_plan_is_told_as_it_was_installed_then(live: TestClient, record: Engine) -> None:
    told = get(live, "plans/TINY", as_of="2026-06-30")
    assert told["meta"]["as_of"] == "2026-06-30T23:59:59.999999Z"
    assert told["data"] == get(live, "plans/TINY")["data"]
    for part in ("objectives", "measures", "indicators"):
        now, then = (get(live, f"plans/TINY/{part}", **q) for q in ({}, {"as_of": "2026-06-30"}))
        assert now["data"] == then["data"]
        assert then["meta"]["as_of"]
    assert "write a day" in problem(live, "plans/TINY", 422, as_of="soon")


def test_a_fault_of_ours_shows_no_traceback(
    record: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Engine:
        raise RuntimeError("secret path")

    app = make_app(broken, Settings.read({"HEADWAY_HOME": "/nowhere"}))
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/v1/plans")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


def test_an_answer_that_is_known_already_is_not_sent_again(
    record: Engine, live: TestClient, coordinator: Identity, reviewer: Identity
) -> None:
    first = live.get("/api/v1/observations", params={"plan": PLAN})
    tag = first.headers["etag"]
    again = live.get(
        "/api/v1/observations", params={"plan": PLAN}, headers={"If-None-Match": f'"x", {tag}'}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    put(record, coordinator, reviewer, at=LATER, value=Decimal(70))
    news = live.get("/api/v1/observations", params={"plan": PLAN}, headers={"If-None-Match": tag})
    assert news.status_code == 200
    assert news.headers["etag"] != tag


def test_answers_that_are_kept_ready_are_those_of_the_record_as_it_is(
    record: Engine, live: TestClient, coordinator: Identity, reviewer: Identity
) -> None:
    asked = {"plan": PLAN, "indicator": PERCENT, "year": 2024}
    first = get(live, "observations", **asked)
    assert get(live, "observations", **asked) == first
    put(record, coordinator, reviewer, at=LATER, value=Decimal(70))
    (row,) = get(live, "observations", **asked)["data"]
    assert row["value"] == 70


def test_only_so_many_answers_are_kept_ready() -> None:
    ready = answers.Ready(most=10)
    for name in ("a", "b", "c"):
        ready.keep(name, answers.Wrapped(b"1234", {}))
        ready.get("a")
    assert [ready.get(name) is not None for name in ("a", "b", "c")] == [True, False, True]
    ready.keep("large", answers.Wrapped(b"x" * 11, {}))
    assert ready.get("large") is None
    assert ready.get("a") is not None


def test_large_answers_are_compressed_for_who_can_read_that(client: TestClient) -> None:
    plain = client.get("/api/v1/areas", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    packed = client.get("/api/v1/areas", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json() == plain.json()
    refused = client.get("/api/v1/areas", headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers
    assert "Accept-Encoding" in packed.headers["vary"]


def test_head_gives_the_headers_alone(client: TestClient) -> None:
    whole = client.get("/api/v1/plans")
    head = client.head("/api/v1/plans")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == whole.headers["etag"]


# Snapshots ------------------------------------------------------------------------------------


@pytest.fixture
def taken(record: Engine, evaluator: Identity) -> Snapshot:
    """Give a snapshot of the record."""
    return unit_of_work(
        record, lambda session: snapshots.take(session, evaluator, PLAN, name="One", now=LATER)
    )


def test_a_snapshot_is_listed_described_and_handed_out(live: TestClient, taken: Snapshot) -> None:
    (row,) = get(live, "snapshots")["data"]
    assert row["id"] == taken.id
    assert get(live, f"snapshots/{taken.id}")["data"] == row
    assert get(live, "snapshots", plan="OTHER")["data"] == []
    answer = live.get(row["address"])
    assert hashlib.sha256(answer.content).hexdigest() == row["sha256"]
    assert verify.verify(answer.content).is_sound
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["etag"] == f'"{row["sha256"]}"'
    assert row["file_name"] in answer.headers["content-disposition"]


def test_a_new_snapshot_is_news(record: Engine, live: TestClient, evaluator: Identity) -> None:
    tag = live.get("/api/v1/snapshots").headers["etag"]
    unit_of_work(
        record, lambda session: snapshots.take(session, evaluator, PLAN, name="One", now=LATER)
    )
    again = live.get("/api/v1/snapshots", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert len(again.json()["data"]) == 1


def test_a_file_that_is_known_already_is_not_sent_again(live: TestClient, taken: Snapshot) -> None:
    address = f"/api/v1/snapshots/{taken.id}.zip"
    answer = live.get(address, headers={"If-None-Match": f'"{taken.digest}"'})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [("0-99", 0, 99), ("100-", 100, None), ("-50", -50, None), ("10-999999999", 10, None)],
)
def test_a_part_of_a_file_can_be_asked_for(
    live: TestClient, taken: Snapshot, wanted: str, first: int, last: int | None
) -> None:
    address = f"/api/v1/snapshots/{taken.id}.zip"
    whole = live.get(address).content
    answer = live.get(address, headers={"Range": f"bytes={wanted}"})
    assert answer.status_code == 206
    assert answer.content == whole[first : None if last is None else last + 1]
    start = first % len(whole)
    told = f"bytes {start}-{start + len(answer.content) - 1}/{len(whole)}"
    assert answer.headers["content-range"] == told


def test_a_part_that_is_not_there_is_refused_and_nonsense_ignored(
    live: TestClient, taken: Snapshot
) -> None:
    address = f"/api/v1/snapshots/{taken.id}.zip"
    beyond = live.get(address, headers={"Range": f"bytes={taken.size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{taken.size}")
    for nonsense in ("bytes=-", "rows=1-2", "bytes=0-1,5-6", "bytes=a-b", f"bytes=0-{'9' * 5000}"):
        assert live.get(address, headers={"Range": nonsense}).status_code == 200
    stale = {"Range": "bytes=0-9", "If-Range": '"other"'}
    assert live.get(address, headers=stale).status_code == 200
    assert live.head(address).headers["content-length"] == str(taken.size)


# Who may read ---------------------------------------------------------------------------------


def signed_in(engine: Engine, person: str) -> dict[str, str]:
    token = unit_of_work(
        engine,
        lambda session: sessions.open_session(
            session, person, method="password", agent="", hours=12, now=LATER
        ),
    )
    return {"Cookie": f"{sessions.COOKIE}={token}"}


def test_a_closed_installation_asks_for_a_session(record: Engine, taken: Snapshot) -> None:
    with served(record, HEADWAY_PUBLIC="no") as closed:
        every = [*RESOURCES, f"snapshots/{taken.id}", f"snapshots/{taken.id}.zip"]
        addresses = [one for one in every if not one.startswith(DEPENDING)]
        for address in addresses:
            refused = closed.get(f"/api/v1/{address}")
            assert refused.status_code == 401, address
            assert refused.json()["detail"] == "Please sign in to do this."
            forged = closed.get(f"/api/v1/{address}", headers={"Cookie": "headway_session=x"})
            assert forged.status_code == 401
        headers = signed_in(record, "viewer")
        for address in addresses:
            answer = closed.get(f"/api/v1/{address}", headers=headers)
            assert answer.status_code == 200, address
            assert "private" in answer.headers["cache-control"]
            assert "access-control-allow-origin" not in answer.headers


def test_health_is_told_to_everybody(record: Engine) -> None:
    with served(record, HEADWAY_PUBLIC="no") as closed:
        answer = closed.get("/api/v1/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.headers["cache-control"] == "no-store"


def test_a_database_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    lost = open_database("postgresql+psycopg://nobody@127.0.0.1:9/none")
    with served(lost) as client:
        assert "cannot be reached" in problem(client, "health", 503)
    lost.dispose()


def test_public_data_may_be_read_by_scripts_of_other_sites(client: TestClient) -> None:
    assert client.get("/api/v1/plans").headers["access-control-allow-origin"] == "*"


# The description ------------------------------------------------------------------------------


def test_the_description_is_openapi_3_1_and_names_every_resource(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert described["servers"] == [{"url": "/api"}]
    reading = {
        *("plans", "plans/{plan}", "plans/{plan}/objectives", "plans/{plan}/measures"),
        *("plans/{plan}/indicators", "areas", "observations", "statuses", "aggregates"),
        *("search", "history", "reports", "briefs/{area}.html", "briefs/{area}.pdf"),
        *("snapshots", "snapshots/{identity}", "snapshots/{identity}.zip", "health"),
    }
    writing = {"observations", "updates", "reports/{ref}/withdraw"}
    found = {
        (method, path.removeprefix("/v1/"))
        for path, methods in described["paths"].items()
        for method in methods
    }
    assert found == {("get", path) for path in reading} | {("post", path) for path in writing}
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            assert told["description"], path
            refusals = [answer for status, answer in told["responses"].items() if status >= "400"]
            assert {*refusals[0]["content"]} == {"application/problem+json"}
            assert told["security"][-1] == {"token": []}
            assert ({} in told["security"]) is (method == "get")


def test_the_page_of_the_description_loads_nothing(client: TestClient) -> None:
    answer = client.get("/api/")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script|src=|<link|@import|url\(", answer.text)
    assert not re.search(r"""(?:href|src)=["']?(?:https?:)?//""", answer.text)
    assert "/api/v1/observations" in answer.text
    assert "<code>observations[].missing_reason</code>" in answer.text
    for gone in ("/api/docs", "/api/redoc"):
        assert client.get(gone).status_code == 404


def test_the_page_speaks_the_language_that_is_spoken(record: Engine) -> None:
    from dashboard.api import reference
    from dashboard.i18n import PSEUDO, speak

    described: Callable[[], Any] = lambda: {"info": {"description": "d"}, "paths": {}}  # noqa: E731
    speak(PSEUDO)
    try:
        body = bytes(reference.page(described(), "/api").body).decode()
    finally:
        speak("en")
    assert "⟦Headway for programs⟧" in body
