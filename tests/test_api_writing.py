"""Reporting by programs: what a token opens, what is recorded once, and what is refused."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from dashboard.api import bounds, shapes
from dashboard.services import access, ledger, people, review, tokens
from dashboard.services.lookup import Ref
from models import (
    SYSTEM,
    ApiToken,
    Channel,
    MeasureUpdate,
    Observation,
    Receipt,
    reading,
    unit_of_work,
)
from tests.test_api import LATER, served, signed_in
from tests.tiny import NOON, PERCENT, PLAN

KEY = "3f6c1c7a-0001"
MEASURE = "A.1"


@pytest.fixture
def live(engine: Engine) -> Iterator[TestClient]:
    """Give the interface of a public installation, on both databases."""
    with served(engine) as opened:
        yield opened


@pytest.fixture
def token(engine: Engine) -> Callable[..., str]:
    """Give a way to make a token for somebody of the tiny record."""

    def make(person: str, *scopes: str) -> str:
        def work(session: Session) -> str:
            who = access.identity(session, person, now=NOON)
            return tokens.issue(session, who, "Test", scopes, now=NOON)[0]

        return unit_of_work(engine, work)

    return make


@pytest.fixture
def sender(token: Callable[..., str]) -> str:
    """Give a token with which figures of Kenya can be sent."""
    return token("coordinator", "submit")


def row(**changes: Any) -> dict[str, Any]:
    fields = {
        "indicator": PERCENT,
        "area": "KEN",
        "period": "2024",
        "value": "62.50",
        "source": "Annual report",
    }
    return fields | changes


def send(
    client: TestClient, secret: str, *rows: dict[str, Any], key: str = KEY, plan: str = PLAN
) -> httpx2.Response:
    return client.post(
        "/api/v1/observations",
        json={"plan": plan, "observations": list(rows)},
        headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": key},
    )


def count(engine: Engine, table: Any) -> int:
    with reading(engine) as session:
        return int(session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_figures_are_recorded_for_review_and_count_when_they_are_accepted(
    engine: Engine, live: TestClient, sender: str
) -> None:
    answer = send(live, sender, row(), row(period="2023", value=50))
    assert answer.status_code == 201, answer.text
    told = shapes.Sent.model_validate_json(answer.content, strict=True)
    assert [one.ref for one in told.recorded] == ["KEN-1", "KEN-2"]
    assert [one.period for one in told.recorded] == ["2024", "2023"]
    assert (told.state, told.unchanged, told.plan) == ("submitted", 0, PLAN)
    assert live.get("/api/v1/observations", params={"plan": PLAN}).json()["data"] == []
    with reading(engine) as session:
        stored = session.exec(select(Observation).order_by(col(Observation.seq))).all()
        assert [str(one.value) for one in stored] == ["62.50", "50"]
        assert {(one.channel, one.author_id) for one in stored} == {(Channel.API, "coordinator")}
        judge = access.identity(session, "reviewer", now=NOON)
    unit_of_work(
        engine,
        lambda session: review.accept(session, judge, Ref("KEN", 1), plan=PLAN, now=LATER),
    )
    (shown,) = live.get("/api/v1/observations", params={"plan": PLAN}).json()["data"]
    assert (shown["value"], shown["exact"]) == (62.5, "62.50")


def test_the_same_request_again_gives_the_same_answer_and_changes_nothing(
    engine: Engine, live: TestClient, sender: str
) -> None:
    first, again = send(live, sender, row()), send(live, sender, row())
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert count(engine, Observation) == 1
    other = send(live, sender, row(value=63))
    assert other.status_code == 409
    assert "Idempotency-Key was already used" in other.json()["detail"]
    assert count(engine, Observation) == 1
    fresh = send(live, sender, row(), key="another-key").json()
    assert (fresh["recorded"], fresh["unchanged"]) == ([], 1)
    with reading(engine) as session:
        kept = session.exec(select(Receipt)).all()
        assert ledger.verify(session) == []
    assert KEY not in repr([one.token for one in kept if one.action == "api.sent"])


def test_one_key_of_two_people_is_two_keys(
    engine: Engine, live: TestClient, sender: str, token: Callable[..., str]
) -> None:
    other = token("neighbour", "submit")
    assert send(live, sender, row()).status_code == 201
    assert send(live, other, row(area="NAM")).status_code == 201
    assert count(engine, Observation) == 2


def test_after_a_refusal_the_same_key_takes_the_mended_request(
    live: TestClient, sender: str
) -> None:
    assert send(live, sender, row(source="")).status_code == 422
    assert send(live, sender, row()).status_code == 201


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    (row(value="many"), "observations.1.value", "is not a number"),
    (row(period="last year"), "observations.1.period", "a period is written 2024"),
    (row(source=""), "observations.1", "say where the value comes from"),
    (row(value=None), "observations.1", "give a value, or say why"),
    (row(value=140), "observations.1.value", ""),
    (row(indicator="X.9"), "observations.1", "no indicator with the code"),
    (row(area="XYZ"), "observations.1", "No area has the code"),
    (row(colour="red"), "observations.1.colour", "is no field of this resource"),
    ({}, "observations.1.period", "is missing"),
    (row(note="a\x00b"), "", "number 0"),
]


@pytest.mark.parametrize(("broken", "where", "said"), BROKEN)
def test_every_fault_has_its_place_and_nothing_is_recorded(
    engine: Engine, live: TestClient, sender: str, broken: dict[str, Any], where: str, said: str
) -> None:
    answer = send(live, sender, row(), broken)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    told = shapes.Problem.model_validate_json(answer.content)
    assert where in [fault["where"] for fault in told.faults] or not where
    assert said in told.detail
    assert "Traceback" not in answer.text
    assert count(engine, Observation) == 0


def test_two_rows_about_one_figure_are_told(live: TestClient, sender: str) -> None:
    told = send(live, sender, row(), row(value=1)).json()
    assert told["faults"][0]["where"] == "observations.1"
    assert "stands in row 1 already" in told["detail"]


@pytest.mark.parametrize(
    ("headers", "status", "said"),
    [
        ({}, 401, "Writing takes a token"),
        ({"Authorization": "Basic eDp5"}, 401, "Writing takes a token"),
        ({"Authorization": "Bearer headway_wrong"}, 401, "opens nothing"),
        ({"Authorization": "Bearer "}, 401, "opens nothing"),
    ],
)
def test_without_a_token_nothing_is_written(
    engine: Engine, live: TestClient, headers: dict[str, str], status: int, said: str
) -> None:
    answer = live.post(
        "/api/v1/observations",
        json={"plan": PLAN, "observations": [row()]},
        headers={"Idempotency-Key": KEY, **headers},
    )
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert count(engine, Observation) == 0


def test_a_session_of_a_browser_writes_nothing_here(engine: Engine, live: TestClient) -> None:
    answer = live.post(
        "/api/v1/observations",
        json={"plan": PLAN, "observations": [row()]},
        headers={"Idempotency-Key": KEY, **signed_in(engine, "coordinator")},
    )
    assert answer.status_code == 401


def test_scope_and_grant_both_hold(live: TestClient, token: Callable[..., str]) -> None:
    reader, viewer = token("coordinator", "read", "reports"), token("viewer", "submit")
    for secret, said in ((reader, "does not go as far"), (viewer, "do not report for this area")):
        answer = send(live, secret, row())
        assert answer.status_code == 403
        assert said in answer.json()["detail"]
    elsewhere = send(live, token("coordinator", "submit"), row(area="NAM"))
    assert elsewhere.status_code == 403


def test_a_grant_that_ended_ends_writing(engine: Engine, live: TestClient, sender: str) -> None:
    unit_of_work(
        engine,
        lambda session: people.revoke(session, SYSTEM, "grant-coordinator", now=NOON),
    )
    assert send(live, sender, row()).status_code == 403


@pytest.mark.parametrize("key", ["", "short", "with a space", "ü" * 9, "x" * 201])
def test_a_request_needs_a_key_of_its_own(live: TestClient, sender: str, key: str) -> None:
    answer = live.post(
        "/api/v1/observations",
        json={"plan": PLAN, "observations": [row()]},
        headers=[
            (b"Authorization", f"Bearer {sender}".encode()),
            (b"Idempotency-Key", key.encode()),
        ],
    )
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["where"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "the body is not JSON"),
        (b"", "body"),
        (b"[]", ""),
        (b'{"plan": "TINY", "observations": []}', "observations"),
        (b'{"plan": "TINY", "observations": [{"value": NaN}]}', "observations.0.value"),
        (b'{"plan": "TINY", "observations": [{"note": "\\ud800"}]}', "observations.0.note"),
        (b"[" * 100_000, ""),
    ],
)
def test_a_body_that_cannot_be_read_is_a_sentence(
    live: TestClient, sender: str, body: bytes, said: str
) -> None:
    answer = live.post(
        "/api/v1/observations",
        content=body,
        headers={
            "Authorization": f"Bearer {sender}",
            "Idempotency-Key": KEY,
            "Content-Type": "application/json",
        },
    )
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.text


def test_a_body_beyond_all_measure_is_not_read(
    live: TestClient, sender: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LARGEST", 1000)
    answer = send(live, sender, *[row(period=str(year)) for year in range(2000, 2020)])
    assert answer.status_code == 413
    headers = {"Transfer-Encoding": "chunked"}
    parts = iter([b"{", b"}"])
    assert live.post("/api/v1/observations", content=parts, headers=headers).status_code == 411


def test_measure_reports_come_in_the_same_way(
    engine: Engine, live: TestClient, sender: str
) -> None:
    headers = {"Authorization": f"Bearer {sender}", "Idempotency-Key": KEY}
    update = {"measure": MEASURE, "area": "KEN", "as_at": "2026-05-01", "implementation": "planned"}

    def post(**changes: Any) -> httpx2.Response:
        body = {"plan": PLAN, "updates": [update | changes]}
        return live.post("/api/v1/updates", json=body, headers=headers)

    blocked = post(implementation="blocked")
    assert blocked.status_code == 422
    assert blocked.json()["faults"] == [
        {"where": "updates.0", "message": "say what blocks the measure"}
    ]
    future = post(as_at="2030-01-01")
    assert future.json()["faults"][0]["where"] == "updates.0.as_at"
    first, again = post(), post()
    assert (first.status_code, first.content) == (201, again.content)
    (told,) = first.json()["recorded"]
    assert (told["about"], told["period"], told["cell"]) == (MEASURE, "2026-05-01", "_T")
    assert count(engine, MeasureUpdate) == 1


def test_what_waits_is_read_by_its_author_and_taken_back(
    engine: Engine, live: TestClient, token: Callable[..., str]
) -> None:
    secret = token("coordinator", "submit", "reports")
    send(live, secret, row(), row(period="2023", value=None, status="L", missing_reason="gone"))
    headers = {"Authorization": f"Bearer {secret}"}
    asked = {"plan": PLAN}

    def mine(**query: Any) -> list[dict[str, Any]]:
        answer = live.get("/api/v1/reports", params=asked | query, headers=headers)
        assert answer.status_code == 200, answer.text
        shapes.Envelope[list[shapes.ReportRow]].model_validate_json(answer.content, strict=True)
        assert answer.headers["cache-control"] == "private, no-store"
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    assert [(one["ref"], one["value"]) for one in mine()] == [("KEN-1", 62.5), ("KEN-2", None)]
    page = live.get("/api/v1/reports", params=asked | {"limit": 1}, headers=headers).json()
    assert [one["ref"] for one in page["data"]] == ["KEN-1"]
    assert [one["ref"] for one in mine(cursor=page["next"])] == ["KEN-2"]
    withdrawn = live.post(
        "/api/v1/reports/KEN-1/withdraw",
        json={"plan": PLAN, "note": "typed wrongly"},
        headers=headers | {"Idempotency-Key": KEY + "w"},
    )
    assert withdrawn.status_code == 201, withdrawn.text
    assert withdrawn.json() == {"plan": PLAN, "ref": "KEN-1", "state": "withdrawn"}
    assert [one["ref"] for one in mine(state="submitted")] == ["KEN-2"]
    assert mine(state="withdrawn")[0]["note"] == "typed wrongly"
    odd = live.post(
        "/api/v1/reports/KEN/withdraw",
        json={"plan": PLAN, "note": "x"},
        headers=headers | {"Idempotency-Key": KEY + "x"},
    )
    assert odd.json()["faults"][0]["where"] == "ref"


def test_nobody_else_reads_what_waits(
    engine: Engine, live: TestClient, sender: str, token: Callable[..., str]
) -> None:
    send(live, sender, row(comment="for the reviewer"))
    address = f"/api/v1/reports?plan={PLAN}"
    assert live.get(address).status_code == 401
    by_sender = live.get(address, headers={"Authorization": f"Bearer {sender}"})
    assert by_sender.status_code == 403  # its scope is another
    other = live.get(address, headers={"Authorization": f"Bearer {token('neighbour', 'reports')}"})
    assert other.json()["data"] == []
    session = live.get(address, headers=signed_in(engine, "coordinator"))
    assert [one["ref"] for one in session.json()["data"]] == ["KEN-1"]
    assert "for the reviewer" not in session.text


def test_history_shows_more_to_whoever_reports_there(
    engine: Engine, live: TestClient, sender: str, token: Callable[..., str]
) -> None:
    send(live, sender, row())
    asked = {"plan": PLAN, "area": "KEN", "indicator": PERCENT}

    def steps(secret: str = "", **query: Any) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        answer = live.get("/api/v1/history", params=asked | query, headers=headers)
        assert answer.status_code == 200, answer.text
        if "fields" not in query:
            shapes.Envelope[list[shapes.StepRow]].model_validate_json(answer.content, strict=True)
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    evaluator = token("evaluator", "history")
    assert steps() == []
    assert steps(token("evaluator", "read")) == []
    (step,) = steps(evaluator)
    assert (step["after"], step["by"], step["value"]) == ("submitted", "coordinator", 62.5)
    assert steps(evaluator, as_of="2020-01-01") == []
    assert list(steps(evaluator, fields="ref,after")[0]) == ["ref", "after"]


def test_a_closed_installation_is_read_with_a_token(
    engine: Engine, token: Callable[..., str]
) -> None:
    with served(engine, HEADWAY_PUBLIC="no") as closed:
        address = "/api/v1/plans"
        assert closed.get(address).status_code == 401
        headers = {"Authorization": f"bearer {token('viewer', 'read')}"}
        answer = closed.get(address, headers=headers)
        assert answer.status_code == 200
        assert "Authorization" in answer.headers["vary"]
    with reading(engine) as session:
        assert session.exec(select(ApiToken.used_at)).one() == LATER


def test_a_token_that_ended_is_said_to_be_even_where_nobody_asks_for_one(
    engine: Engine, live: TestClient, sender: str
) -> None:
    headers = {"Authorization": f"Bearer {sender}"}
    assert live.get("/api/v1/plans", headers=headers).status_code == 200
    with reading(engine) as session:
        (listed,) = tokens.listing(session, access.identity(session, "coordinator", now=NOON))
    unit_of_work(engine, lambda session: tokens.revoke(session, SYSTEM, listed.id, now=LATER))
    assert live.get("/api/v1/plans", headers=headers).status_code == 401
