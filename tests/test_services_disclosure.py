"""Small counts stay inside on every face that gives rows: API, files, snapshots, histories."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.routing import Mount

from dashboard.api import make_app
from dashboard.exchange import datapackage, verify
from dashboard.services import (
    disclosure,
    extracts,
    intake,
    observations,
    reads,
    review,
    snapshots,
    tables,
)
from dashboard.services.extracts import Wanted
from dashboard.settings import Settings
from models import ANONYMOUS, BadInput, Identity, reading, unit_of_work
from tests.tiny import CASES, NOON, PERCENT, PLAN, draft

LATER = NOON + timedelta(days=1)
FEMALE, MALE = "sex=female", "sex=male"


def put(engine: Engine, who: Identity, judge: Identity, minute: int, **changes: Any) -> None:
    """Send a figure and have it accepted, so many minutes after noon."""
    at = NOON + timedelta(minutes=minute)

    def work(session: Session) -> None:
        sent = draft(**{"indicator": CASES, **changes})
        ref = observations.submit(session, who, sent, plan=PLAN, token=str(minute), now=at)
        review.accept(session, judge, ref, plan=PLAN, now=at)

    unit_of_work(engine, work)


@pytest.fixture
def record(engine: Engine, coordinator: Identity, reviewer: Identity) -> Engine:
    """Give a record with 2023: 3; 2024: 20 of 4 women and 16 men; 62.5 % of another indicator.

    The smallest count that may be shown is 5.
    """
    sent: list[dict[str, Any]] = [
        {"period": "2023", "value": Decimal(3)},
        {"period": "2024", "value": Decimal(20)},
        {"period": "2024", "value": Decimal(4), "cell": FEMALE},
        {"period": "2024", "value": Decimal(16), "cell": MALE},
        {"period": "2022", "value": Decimal(0)},
        {"indicator": PERCENT, "period": "2024"},
    ]
    for minute, changes in enumerate(sent):
        put(engine, coordinator, reviewer, minute, **changes)
    return engine


EXPECTED = {  # 16 men are hidden because 20 less 16 are the women
    ("2022", "_T"): ("A", 0.0),
    ("2023", "_T"): ("Q", None),
    ("2024", "_T"): ("A", 20.0),
    ("2024", FEMALE): ("Q", None),
    ("2024", MALE): ("Q", None),
}


def told(rows: list[dict[Any, Any]]) -> dict[tuple[str, str], tuple[str, float | None]]:
    return {
        (row["period"], row["cell"]): (
            row["status"],
            float(row["value"]) if row["value"] not in {None, ""} else None,
        )
        for row in rows
        if row["indicator"] == CASES
    }


def test_the_api_gives_no_small_count_and_none_that_gives_one_away(record: Engine) -> None:
    settings = Settings.read({"HEADWAY_HOME": "/nowhere"})
    app = make_app(lambda: record, settings, now=lambda: LATER)
    with TestClient(Starlette(routes=[Mount("/api", app)])) as client:
        asked = {"plan": PLAN, "area": "KEN"}
        for extra in ({}, {"as_of": LATER.isoformat()}):
            rows = client.get("/api/v1/observations", params=asked | extra).json()["data"]
            assert told(rows) == EXPECTED
            hidden = [row for row in rows if row["status"] == "Q"]
            assert all(row["missing_reason"] == disclosure.REASON for row in hidden)
        progress = client.get("/api/v1/progress", params=asked | {"indicator": CASES}).json()
        assert [row["value"] for row in progress["data"]] == [20]
        sums = client.get(
            "/api/v1/aggregates", params={"plan": PLAN, "indicator": CASES, "year": 2023}
        )
        assert {row["value"] for row in sums.json()["data"]} <= {None}


def test_a_filter_or_a_page_does_not_uncover_a_complement(record: Engine) -> None:
    with reading(record) as session:
        men = extracts.observations(session, Wanted(plan=PLAN, cells=(MALE,))).rows
        first = extracts.observations(session, Wanted(plan=PLAN, limit=1)).rows
    assert men["value"].isna().all()
    assert men["status"].tolist() == ["Q"]
    assert len(first) == 1


def test_exported_files_hide_small_counts(record: Engine) -> None:
    with reading(record) as session:
        found, _meta = tables.table(
            session, "observations", tables.Asked(plan=PLAN), publisher="Agency", now=LATER
        )
    assert told(found.to_dict("records")) == EXPECTED


def test_the_figures_accepted_last_hide_small_counts(record: Engine) -> None:
    with reading(record) as session:
        found = reads.recent(session, PLAN, as_of=LATER)
    values = found.set_index(["indicator", "period"])["value"].to_dict()
    assert pd.isna(values.pop((CASES, "2023")))
    assert values == {(CASES, "2024"): 20.0, (CASES, "2022"): 0.0, (PERCENT, "2024"): 62.5}


def test_the_history_hides_small_counts_from_whoever_has_no_part_in_them(
    record: Engine,
    coordinator: Identity,
    reviewer: Identity,
    evaluator: Identity,
    viewer: Identity,
    neighbour: Identity,
) -> None:
    def seen(who: Identity) -> list[float | None]:
        with reading(record) as session:
            table = review.history(
                session, who, plan=PLAN, area="KEN", indicator=CASES, cell=FEMALE
            )
        values = table.drop_duplicates("ref")["value"]
        return [None if pd.isna(value) else float(value) for value in values]

    for outsider in (ANONYMOUS, viewer, neighbour):
        assert seen(outsider) == [None]
    for insider in (coordinator, reviewer, evaluator):
        assert seen(insider) == [4.0]


def test_what_had_to_be_hidden_once_stays_hidden_for_readers_of_the_history(
    record: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    # 9 women of 25 could be shown beside the 16 men, but the men were hidden when women were 4.
    put(record, coordinator, reviewer, 20, period="2024", value=Decimal(25))
    put(record, coordinator, reviewer, 21, period="2024", value=Decimal(9), cell=FEMALE)
    with reading(record) as session:
        now = extracts.observations(session, Wanted(plan=PLAN, indicators=(CASES,)))
    shown = told(now.rows.to_dict("records"))
    assert shown["2024", FEMALE] == ("A", 9.0)
    assert pd.isna(shown["2024", MALE][1])


def test_a_snapshot_holds_no_small_count_and_is_made_again_the_same(
    record: Engine, evaluator: Identity
) -> None:
    taken = unit_of_work(
        record,
        lambda session: snapshots.take(session, evaluator, PLAN, name="Public", now=LATER),
    )
    with reading(record) as session:
        content = snapshots.content(session, taken.id)
        again = snapshots.rebuild(session, taken.id)
    assert again.is_same
    report = verify.verify(content)
    assert report.is_sound, report.problems
    found = datapackage.read(content).tables
    for name in ("observations", "revisions"):
        assert told(found[name].astype("object").to_dict("records")) == EXPECTED
        assert set(found[name].loc[found[name]["status"] == "Q", "qualifier"]) == {""}
    assert "3" not in set(found["statuses"]["value"].map(str))


def test_a_public_file_that_comes_back_takes_nothing_from_the_record(
    record: Engine, coordinator: Identity, evaluator: Identity
) -> None:
    taken = unit_of_work(
        record,
        lambda session: snapshots.take(session, evaluator, PLAN, name="Public", now=LATER),
    )
    with reading(record) as session:
        content = snapshots.content(session, taken.id)
    back = intake.take(record, coordinator, content, plan=PLAN, name="x.zip", now=LATER)
    assert (back.rows, back.refs) == (3, ())  # 2022, 2024, and the percentage


def test_a_file_of_hidden_rows_alone_has_no_value(record: Engine, coordinator: Identity) -> None:
    sheet = (
        "indicator,area,period,value,status,missing_reason,source\n"
        f"{CASES},KEN,2023,,Q,{disclosure.REASON},Ministry\n"
    )
    with pytest.raises(BadInput, match="no value"):
        intake.take(record, coordinator, sheet.encode(), plan=PLAN, name="x.csv", now=LATER)
    assert json.dumps(disclosure.REASON).count(",") == 0  # it stands in a CSV file as it is
