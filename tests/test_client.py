"""The client against a running interface: tables, types, patience, snapshots and reporting."""

import importlib.metadata
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import headway
import pandas as pd
import pytest
import uvicorn
from sqlalchemy.engine import Engine
from sqlmodel import Session
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.api import shapes
from dashboard.client import tables, wire
from dashboard.services import access, snapshots, tokens
from dashboard.settings import Settings
from dashboard.web.listening import listen
from dashboard.web.programs import alone
from models import open_database, reading, unit_of_work
from tests import house
from tests.postgres import free_port
from tests.test_api import LATER, SENT, put
from tests.tiny import CASES, NOON, PERCENT, PLAN

GUIDE = house.ROOT / "docs" / "client.md"
SHAPES: dict[str, tuple[Any, tables.Columns]] = {
    "plans": (shapes.PlanRow, tables.PLANS),
    "objectives": (shapes.ObjectiveRow, tables.OBJECTIVES),
    "measures": (shapes.MeasureRow, tables.MEASURES),
    "indicators": (shapes.IndicatorRow, tables.INDICATORS),
    "areas": (shapes.AreaRow, tables.AREAS),
    "observations": (shapes.ObservationRow, tables.OBSERVATIONS),
    "statuses": (shapes.ProgressRow, tables.STATUSES),
    "aggregates": (shapes.AggregateRow, tables.AGGREGATES),
    "snapshots": (shapes.SnapshotRow, tables.SNAPSHOTS),
    "search": (shapes.HitRow, tables.HITS),
    "reports": (shapes.ReportRow, tables.REPORTS),
    "history": (shapes.StepRow, tables.STEPS),
    "recorded": (shapes.RecordedRow, tables.RECORDED),
}


@dataclass
class Live:
    """A running interface, what it was asked, and what it is told to do wrong."""

    app: ASGIApp
    url: str = ""
    token: str = ""
    asked: int = 0
    failures: int = 0  # answers 503 that come before the right one
    answers: tuple[int, ...] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self.asked += 1
        if self.failures:
            self.failures -= 1
            await send(
                {
                    "type": "http.response.start",
                    "status": 503,
                    "headers": [(b"retry-after", b"0"), (b"content-length", b"0")],
                }
            )
            await send({"type": "http.response.body", "body": b""})
            return

        async def seen(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.answers = (*self.answers, message["status"])
            await send(message)

        await self.app(scope, receive, seen)


def fill(engine: Engine) -> str:
    """Put figures and a snapshot into the record, and return a token of the coordinator."""
    with reading(engine) as session:
        who, judge, evaluator = (
            access.identity(session, name, now=NOON)
            for name in ("coordinator", "reviewer", "evaluator")
        )
    for changes in SENT:
        put(engine, who, judge, **changes)

    def work(session: Session) -> str:
        snapshots.take(session, evaluator, PLAN, name="One", now=LATER)
        return tokens.issue(session, who, "Test", ["submit", "reports"], now=NOON)[0]

    return unit_of_work(engine, work)


@pytest.fixture(scope="module")
def live(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Give the interface on a port of its own."""
    path = tmp_path_factory.mktemp("client") / "headway.db"
    shutil.copyfile(template, path)
    engine = open_database(f"sqlite:///{path}")
    settings = Settings.read({"HEADWAY_HOME": "/nowhere", "HEADWAY_API_RATE": "100000"})
    found = Live(alone(lambda: engine, settings, now=lambda: LATER))
    found.token = fill(engine)
    port = free_port()
    found.url = f"http://127.0.0.1:{port}"
    server = uvicorn.Server(uvicorn.Config(found, log_level="error", lifespan="off"))
    with listen("127.0.0.1", port) as bound:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        yield found
        server.should_exit = True
        thread.join(30)
    engine.dispose()


@pytest.fixture
def client(live: Live) -> Iterator[headway.Client]:
    with headway.Client(live.url) as opened:
        yield opened


@pytest.fixture
def reporter(live: Live) -> Iterator[headway.Client]:
    with headway.Client(live.url, token=live.token) as opened:
        yield opened


def row(**changes: Any) -> dict[str, Any]:
    usual = {"indicator": PERCENT, "area": "KEN", "period": "2020", "value": 1.5, "source": "s"}
    return usual | changes


def test_it_is_imported_by_the_name_of_the_distribution() -> None:
    assert headway.Client.__module__ == "dashboard.client.client"
    assert importlib.metadata.packages_distributions()["headway"] == ["headway"]


@pytest.mark.parametrize("name", SHAPES)
def test_its_tables_have_the_columns_that_are_described(name: str) -> None:
    shape, columns = SHAPES[name]
    assert list(columns) == list(shape.model_fields)


def test_every_answer_is_a_table_with_its_types_whether_or_not_there_are_rows(
    client: headway.Client,
) -> None:
    full, nothing = client.observations(PLAN), client.observations(PLAN, areas="UGA")
    assert (len(full), len(nothing)) == (5, 0)
    assert list(full.columns) == list(nothing.columns) == list(tables.OBSERVATIONS)
    assert (full.dtypes == nothing.dtypes).all()
    assert str(full["accepted_at"].dtype) == "datetime64[us, UTC]"
    gone = full[(full["indicator"] == CASES) & (full["period"] == "2024")].iloc[0]
    assert pd.isna(gone["value"])
    assert (gone["status"], gone["missing_reason"]) == ("L", "not collected")
    assert full.attrs["meta"]["licence"]["name"] == "CC-BY-4.0"
    assert client.indicators(PLAN)["indicator"].tolist()[:1] != []
    assert {type(one) for one in client.measures(PLAN)["lead"]} == {list}
    assert client.objectives(PLAN)["objective"].str.len().gt(0).all()
    assert client.plans()["plan"].tolist() == [PLAN]
    assert client.areas(areas="404")["area"].tolist() == ["KEN"]


def test_filters_pages_and_moments_are_passed_on(
    client: headway.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.observations(PLAN)
    monkeypatch.setattr("dashboard.client.client.PAGE", 2)
    pd.testing.assert_frame_equal(client.observations(PLAN), whole)
    assert client.observations(PLAN, years=2016)["period"].tolist() == ["2016"]
    assert set(client.observations(PLAN, years=(2017, None))["year"]) == {2023, 2024}
    assert len(client.observations(PLAN, as_of=date(2026, 6, 29))) == 0
    assert len(client.observations(PLAN, as_of=LATER)) == 5
    chosen = client.observations(PLAN, indicators=[PERCENT], fields=["value", "area"])
    assert list(chosen.columns) == ["value", "area"]
    with pytest.raises(ValueError, match="time zone"):
        client.observations(PLAN, as_of=datetime(2026, 6, 30, 12))  # noqa: DTZ001


def test_statuses_say_why_and_aggregates_of_how_many(client: headway.Client) -> None:
    (status,) = client.statuses(PLAN, indicators=PERCENT, why=True).to_dict("records")
    assert "62.5" in status["why"]
    assert client.statuses(PLAN, indicators=PERCENT)["why"].isna().all()
    other = client.statuses(PLAN, indicators=PERCENT, method="cagr:eurostat")
    assert other["method"].tolist() == ["cagr:eurostat"]
    told = client.aggregates(PLAN, groups="M49-002", indicators=PERCENT, year=2024)
    assert told[["n", "states"]].to_numpy().tolist() == [[1, 3]]
    assert told["missing"].tolist() == [["NAM", "UGA"]]
    assert told["value"].isna().all()
    assert client.search("Kenia")["code"].iloc[0] == "KEN"
    steps = client.history(PLAN, "KEN", PERCENT)
    assert set(steps["after"]) == {"accepted"}


def test_what_has_not_changed_is_not_sent_again(live: Live, client: headway.Client) -> None:
    first = client.areas()
    seen = len(live.answers)
    pd.testing.assert_frame_equal(client.areas(), first)
    assert live.answers[seen:] == (304,)


def test_an_interface_that_asks_for_patience_is_asked_again(
    live: Live, client: headway.Client
) -> None:
    live.failures, live.asked = wire.TRIES - 1, 0
    assert client.plans()["plan"].tolist() == [PLAN]
    assert live.asked == wire.TRIES
    live.failures = wire.TRIES
    with pytest.raises(headway.Refused) as refused:
        client.plans()
    assert refused.value.status == 503
    assert live.failures == 0


def test_an_interface_that_cannot_be_reached_is_told_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "TRIES", 2)
    with (
        headway.Client(f"http://127.0.0.1:{free_port()}") as lost,
        pytest.raises(ConnectionError, match=r"127\.0\.0\.1 cannot be reached"),
    ):
        lost.plans()


def test_a_refusal_is_a_sentence_with_places(client: headway.Client) -> None:
    with pytest.raises(headway.Refused, match="404: No plan has the code 'NONE'"):
        client.observations("NONE")
    with pytest.raises(headway.Refused, match="401: Writing takes a token"):
        client.send(PLAN, [row()])


def test_a_snapshot_is_downloaded_and_verified(
    client: headway.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = client.snapshots(PLAN).to_dict("records")
    path = client.download(one["id"], tmp_path)
    assert path == tmp_path / one["file_name"]
    assert path.stat().st_size == one["bytes"]
    path.unlink()

    def spoiled(self: Any, address: str, to: Path, expected: str) -> None:
        to.write_bytes(b"PK nothing")

    monkeypatch.setattr(headway.Client, "_fetch", spoiled)
    with pytest.raises(ValueError, match="not sound"):
        client.download(one["id"], tmp_path / "one.zip")
    assert list(tmp_path.iterdir()) == []


def test_figures_of_a_table_are_sent_once(reporter: headway.Client) -> None:
    third = 1 / 3
    table = pd.DataFrame(
        [
            row(period="2018", value=third, source_date=pd.Timestamp("2019-05-01", tz=UTC)),
            row(period="2019", value=float("nan"), status="L", missing_reason="not collected"),
            row(period="2017", value=12, denominator=40),
        ]
    )
    first = reporter.send(PLAN, table, key="table-of-2019")
    again = reporter.send(PLAN, table, key="table-of-2019")
    assert first.recorded["period"].tolist() == ["2018", "2019", "2017"]
    pd.testing.assert_frame_equal(first.recorded, again.recorded)
    assert (first.state, first.unchanged) == ("submitted", 0)
    mine = reporter.reports(PLAN, states="submitted").set_index("period")
    assert mine.loc["2018", "value"] == pytest.approx(third, rel=1e-14)
    assert mine["value"].isna().tolist() == [period == "2019" for period in mine.index]
    assert len(mine) == 3
    for ref in first.recorded["ref"]:
        assert reporter.withdraw(PLAN, ref, "a trial") == "withdrawn"
    assert len(reporter.reports(PLAN, states="submitted")) == 0


def test_faults_of_a_table_name_their_rows_and_nothing_is_sent(reporter: headway.Client) -> None:
    with pytest.raises(headway.Refused) as refused:
        reporter.send(PLAN, [row(), row(period="later"), row(indicator="X.9")])
    assert refused.value.faults[0]["where"] == "observations.1.period"
    with pytest.raises(ValueError, match="nothing to send"):
        reporter.send(PLAN, [])
    assert len(reporter.reports(PLAN, states="submitted")) == 0


def test_many_rows_go_in_parts(reporter: headway.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.client.client.AT_ONCE", 2)
    rows = [row(period=str(year)) for year in (2001, 2002, 2003)]
    sent = reporter.send(PLAN, rows, key="three-rows")
    assert sent.recorded["period"].tolist() == ["2001", "2002", "2003"]
    assert len(reporter.send(PLAN, rows, key="three-rows").recorded) == 3
    for ref in sent.recorded["ref"]:
        reporter.withdraw(PLAN, ref, "a trial")


def test_measure_reports_are_sent(reporter: headway.Client) -> None:
    update = {"measure": "A.1", "area": "KEN", "as_at": "2026-05-01", "implementation": "planned"}
    sent = reporter.send_updates(PLAN, [update])
    assert sent.recorded["about"].tolist() == ["A.1"]
    assert reporter.withdraw(PLAN, sent.recorded["ref"].iloc[0], "a trial") == "withdrawn"


def test_the_examples_of_the_guide_run(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert len(examples) >= 7
    known: dict[str, Any] = {}
    for example in examples:
        text = example.replace("http://localhost:8501", live.url).replace("headway_…", live.token)
        exec(compile(text, str(GUIDE), "exec"), known)
    told = capsys.readouterr().out
    assert "KEN" in told
    assert "no indicator with the code" in told
    assert known["path"].exists()
    known["client"].close()
    known["reporter"].close()
