"""The page of a snapshot: what it holds, its files, its references, and where it always lies."""

from datetime import timedelta

import pytest
from sqlalchemy.engine import Engine

from dashboard.exchange import metadata
from dashboard.exchange.datapackage import about
from dashboard.services import snapshots
from models import Identity, Snapshot, reading, unit_of_work
from tests.test_pages import Open, accepted, browser, html
from tests.tiny import NOON, PLAN

__all__ = ["accepted", "browser"]


@pytest.fixture
def taken(database: Engine, accepted: None, evaluator: Identity) -> Snapshot:
    """Give a snapshot of a few accepted values."""
    now = NOON + timedelta(days=1)
    return unit_of_work(
        database,
        lambda session: snapshots.take(session, evaluator, PLAN, name="Appraisal", now=now),
    )


def test_a_snapshot_has_a_page_with_all_that_proves_and_cites_it(
    browser: Open, database: Engine, taken: Snapshot
) -> None:
    app = browser("snapshots", snapshot=taken.id[:12])
    assert not app.exception
    said = html(app)
    for part in (f"sha256:{taken.id}", taken.digest, "unsigned", "data/observations.csv"):
        assert part in said
    assert f"/api/v1/snapshots/{taken.id}.zip" in said
    with reading(database) as session:
        told = about(snapshots.manifest(session, taken.id))
    assert [one.value for one in app.code] == [
        metadata.apa(told, taken.id),
        metadata.bibtex(told, taken.id).rstrip(),
    ]
    shown = app.dataframe[0].value
    assert shown["value"].tolist() == ["40", "55", "62.5", "2"]
    assert "Go on after a break" in said


def test_a_table_of_it_can_be_looked_into(browser: Open, taken: Snapshot) -> None:
    app = browser("snapshots", snapshot=taken.id)
    app.selectbox(key="preview").select("areas").run()
    assert not app.exception
    assert "Kenya" in app.dataframe[0].value["name"].tolist()


def test_an_address_that_names_no_snapshot_is_a_sentence(browser: Open, taken: Snapshot) -> None:
    app = browser("snapshots", snapshot="0" * 64)
    assert not app.exception
    assert "No snapshot has the identity" in app.error[0].value


def test_the_list_leads_to_the_page_of_each(browser: Open, taken: Snapshot) -> None:
    app = browser("snapshots")
    assert f"snapshot={taken.id}" in html(app)


def test_verdicts_that_differ_are_counted_without_those_whose_numbers_moved(
    browser: Open, database: Engine, taken: Snapshot
) -> None:
    app = browser("snapshots", **{"from": "2026-06-29", "to": taken.id})
    assert not app.exception
    titles = [box.label for box in app.expander]
    # Before noon of the 30th nothing was known: two of six indicators of Kenya got a verdict.
    assert "Verdicts that differ: 2" in titles
    assert "Numbers that moved under the same verdict: 0" in titles
    assert any("keeps memberships and weights" in one.value for one in app.caption)
