"""A snapshot restores the record it was taken from: written again it is the same snapshot."""

import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from dashboard import cli
from dashboard.exchange import archive, datapackage
from dashboard.services import (
    anchors,
    audit,
    derived,
    disclosure,
    history,
    ledger,
    observations,
    plans,
    restoring,
    review,
    snapshots,
    updates,
    views,
)
from dashboard.services.lookup import Ref
from models import (
    SYSTEM,
    AuditEvent,
    BadInput,
    Channel,
    Identity,
    NotAllowed,
    Observation,
    PlanEdition,
    Snapshot,
    UpdateFields,
    WrongState,
    open_database,
    reading,
    unit_of_work,
)
from models.migrations import upgrade
from seed import content
from tests.tiny import draft

PLAN = "UN-GPA"
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=2)
FIRST, SECRET = "G.8.1", "PV.5.2"
"""An ordinary percentage, and one whose small counts are hidden."""


def figure(period: str, value: str | None, *, day: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a row as `history.load` wants it: accepted in the year after."""
    sent = datetime(int(period[:4]) + 1, 3, day, 9, tzinfo=UTC)
    usual = {
        "indicator": FIRST,
        "area": "KEN",
        "cell": "_T",
        "period": period,
        "value": value,
        "numerator": None,
        "denominator": None,
        "qualifier": "",
        "status": "A" if value else "L",
        "missing_reason": "" if value else 'not "collected",\nyet',
        "text": "",
        "nature": "C",
        "source": "Ministère, rapport annuel",
        "source_date": date(2025, 1, day),
        "evidence": "https://example.org/a,b",
        "note": "",
        "comment": "for the reviewer alone",
        "author": "someone",
        "decider": "another",
        "recorded_at": sent,
        "decided_at": sent + timedelta(hours=day),
        "outcome": "accepted",
        "decision_note": "",
        "is_illustrative": False,
    }
    return usual | changes


ROWS = [
    figure("2016", "20.50"),
    figure("2020", "31", day=2),
    figure("2020", "33.10", day=5, note="corrected"),
    figure("2021", None),
    figure("2022", "44", cell="sex=female", source_date=None),
    figure("2022", "40", outcome="returned"),
    figure("2022", "50", indicator=SECRET, denominator="4", numerator="2"),
    figure("2023", "50", indicator=SECRET, denominator="400", numerator="200"),
    figure("2022", "61", area="NAM", qualifier="<", status="E"),
]
REPORT = {
    "measure": "G.1",
    "area": "KEN",
    "as_at": date(2026, 3, 1),
    "implementation": "blocked",
    "milestone": "Training",
    "milestone_due": date(2027, 1, 1),
    "blocker": "No budget",
    "author": "someone",
    "decider": "another",
    "recorded_at": NOON - timedelta(days=9),
    "decided_at": NOON - timedelta(days=8),
    "is_illustrative": False,
}


def fill(session: Session) -> None:
    """Found a record for real, with figures of every kind of past."""
    plans.install_areas(session, SYSTEM, now=NOON - timedelta(days=30))
    for code in ("OSCE-AP", PLAN):
        plans.install(session, SYSTEM, content.read(code), now=NOON - timedelta(days=30))
    told: dict[str, Any] = {"plan": PLAN, "channel": Channel.FACT, "by": "system"}
    history.load(session, pd.DataFrame(ROWS), **told, now=NOON - timedelta(days=20))
    report = {name: field.default for name, field in UpdateFields.model_fields.items()}
    updates.load(session, pd.DataFrame([report | REPORT]), **told, now=NOON - timedelta(days=7))
    review.withdraw(session, SYSTEM, Ref("NAM", 1), plan=PLAN, note="a mistake", now=NOON)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give the record that is lost in these tests, with two snapshots of it."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('source') / 'headway.db'}")
    upgrade(engine)
    unit_of_work(engine, fill)
    for day, name in enumerate(("Before", "Appraisal")):
        unit_of_work(
            engine,
            lambda session, day=day, name=name: snapshots.take(  # type: ignore[misc]
                session, SYSTEM, PLAN, name=name, now=NOON + timedelta(days=day)
            ),
        )
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def data(source: Engine) -> bytes:
    with reading(source) as session:
        return snapshots.content(session, snapshots.listing(session)[0].id)


@pytest.fixture
def tables(empty: Engine) -> Engine:
    """Give a database with tables and nothing in them, on both kinds."""
    upgrade(empty)
    return empty


@pytest.fixture
def blank(tmp_path: Path) -> Iterator[Engine]:
    """Give an SQLite database with tables and nothing in them, where one kind is enough."""
    engine = open_database(f"sqlite:///{tmp_path / 'blank.db'}")
    upgrade(engine)
    yield engine
    engine.dispose()


def restored(engine: Engine, data: bytes, now: datetime = LATER) -> restoring.Restored:
    return unit_of_work(engine, lambda session: restoring.restore(session, SYSTEM, data, now=now))


def test_what_is_restored_gives_the_same_snapshot_again(tables: Engine, data: bytes) -> None:
    found = restored(tables, data)
    assert (found.revisions, found.updates, found.differing) == (8, 1, ())
    with reading(tables) as session:
        kept = snapshots.listing(session)[0]
        assert snapshots.content(session, kept.id) == data
        assert snapshots.rebuild(session, kept.id).is_same
        again = snapshots.seal(session, SYSTEM, PLAN, name="Appraisal", as_of=kept.as_of, now=LATER)
    assert again.sealed.identity == kept.id
    assert again.sealed.content == data
    assert again.about.previous is not None  # the one before it is not here, and still named


def test_the_restored_record_is_whole(tables: Engine, data: bytes) -> None:
    restored(tables, data)
    with reading(tables) as session:
        assert audit.problems(session, SYSTEM) == []
        assert derived.differences(session) == []
        rows = session.exec(
            select(Observation).order_by(col(Observation.area_id), col(Observation.seq))
        ).all()
    # Kenya's are numbered as before; what was never accepted is a gap.
    kenya = [(row.seq, row.period, row.revises) for row in rows if row.area_id == 404]
    assert [period for _, period, _ in kenya] == [
        "2016", "2020", "2020", "2021", "2022", "2022", "2023",
    ]  # fmt: skip
    assert kenya[2][2] == kenya[1][0]
    assert {row.comment for row in rows} == {""}
    hidden = next(row for row in rows if row.missing_reason == disclosure.REASON)
    assert (hidden.value, hidden.numerator, hidden.status) == (None, None, "Q")


def test_work_goes_on_behind_the_anchors(tables: Engine, data: bytes) -> None:
    restored(tables, data)

    def work(session: Session) -> Ref:
        given = draft(indicator=FIRST, period="2024", value=55)
        return observations.submit(session, SYSTEM, given, plan=PLAN, token="t", now=LATER)

    ref = unit_of_work(tables, work)
    assert ref.seq > 9  # a number that was given is never given again
    after = LATER + timedelta(hours=1)
    another = replace(SYSTEM, person_id="another")
    unit_of_work(tables, lambda s: review.accept(s, another, ref, plan=PLAN, now=after))
    with reading(tables) as session:
        assert audit.problems(session, SYSTEM) == []
        picture = views.picture(session, PLAN, today=after)
    found = picture.progress
    row = found[(found["area"] == "KEN") & (found["indicator"] == FIRST)]
    assert row[["value", "year"]].to_numpy().tolist() == [[55.0, 2024.0]]
    taken = unit_of_work(tables, lambda s: snapshots.take(s, SYSTEM, PLAN, name="Next", now=after))
    with reading(tables) as session:
        previous = snapshots.manifest(session, taken.id)["previous"]
        assert previous == snapshots.listing(session)[1].id
    # A later wording of the plan follows the edition that came back.
    changed = content.read(PLAN).model_copy(update={"short_title": "Another"})
    unit_of_work(tables, lambda s: plans.install(s, SYSTEM, changed, now=after))
    with reading(tables) as session:
        assert len(session.exec(select(PlanEdition)).all()) == 2


def test_a_record_that_is_there_is_never_written_over(database: Engine, data: bytes) -> None:
    with reading(database) as session:
        before = ledger.heads(session)
    with pytest.raises(WrongState, match="There is a record in this database already"):
        restored(database, data)
    with reading(database) as session:
        assert ledger.heads(session) == before
        assert snapshots.listing(session) == []


def test_only_who_administers_restores(blank: Engine, data: bytes, viewer: Identity) -> None:
    with pytest.raises(NotAllowed):
        unit_of_work(blank, lambda s: restoring.restore(s, viewer, data, now=LATER))


def test_an_altered_snapshot_restores_nothing(blank: Engine, data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        inside = {name: packed.read(name) for name in packed.namelist()}
    inside["data/weights.csv"] = inside["data/weights.csv"].replace(b"1", b"2", 1)
    with pytest.raises(BadInput, match=r"data/weights.csv: was altered"):
        restored(blank, archive.pack(inside))
    with reading(blank) as session:
        assert restoring.is_empty(session)


def test_an_anchor_holds_only_with_the_snapshot_it_names(tmp_path: Path, data: bytes) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'headway.db'}")
    upgrade(engine)
    restored(engine, data)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER audit_event_refuse_update"))
        connection.execute(
            sa.text("UPDATE audit_event SET row_hash = :head WHERE chain = 404 AND seq = 2"),
            {"head": "ab" * 32},
        )
    with reading(engine) as session:
        held = session.exec(
            select(AuditEvent).where(AuditEvent.action == anchors.ACTION, AuditEvent.chain == 404)
        ).one()
        assert held.seq == 2
        found = ledger.verify(session)
    engine.dispose()
    assert "chain 404, event 2: is not where the snapshot it names says the chain stood" in found


def test_the_wording_of_the_plan_is_the_edition_that_the_manifest_names(data: bytes) -> None:
    found = datapackage.read(data)
    assert ledger.digest(json.loads(found.wording)) == found.about.edition_digest


def test_a_snapshot_without_its_wording_takes_the_plan_that_is_shipped(
    blank: Engine, data: bytes
) -> None:
    plain = replace(datapackage.read(data), wording=b"")
    older = datapackage.seal(plain, in_every_form=False).content
    assert restored(blank, older).differing == ()


@pytest.fixture
def kept(source: Engine) -> Snapshot:
    with reading(source) as session:
        return snapshots.listing(session)[0]


def test_it_comes_from_the_record_that_it_names(kept: Snapshot) -> None:
    assert (kept.name, kept.plan_code, kept.observations) == ("Appraisal", PLAN, 6)


def told(home: Path, monkeypatch: pytest.MonkeyPatch, *words: str, code: int = 0) -> str:
    """Run a command in an installation of its own, and return what it says."""
    for name in [name for name in os.environ if name.startswith("HEADWAY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HEADWAY_HOME", str(home))
    done = CliRunner().invoke(cli.main, list(words))
    assert done.exit_code == code, done.output
    return done.output


def test_the_command_restores_into_an_empty_home_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, kept: Snapshot
) -> None:
    file, home = tmp_path / "snapshot.zip", tmp_path / "home"
    file.write_bytes(data)
    tried = told(home, monkeypatch, "import", str(file), "--dry-run", "--json")
    assert json.loads(tried) == {
        "file": "snapshot.zip",
        "is_dry_run": True,
        "identity": kept.id,
        "revisions": 8,
        "updates": 1,
        "differing": [],
    }
    said = told(home, monkeypatch, "import", str(file))
    assert "8 revisions and 1 reports on measures came back" in said
    assert f"sha256:{kept.id}" in said
    again = told(
        home,
        monkeypatch,
        *("snapshot", "take", "--plan", PLAN, "--name", "Appraisal"),
        *("--as-of", kept.as_of.isoformat()),
    )
    assert f"sha256:{kept.id}" in again
    refused = told(home, monkeypatch, "import", str(file), "--restore", code=1)
    assert "There is a record in this database already" in refused
    (tmp_path / "table.csv").write_text("a,b\n1,2\n", "utf-8")
    wrong = told(home, monkeypatch, "import", str(tmp_path / "table.csv"), "--restore", code=1)
    assert "Only a snapshot restores a record" in wrong
