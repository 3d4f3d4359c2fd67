"""Snapshots of the record: what they hold, who may take them, and that they can be made again."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from pandas.testing import assert_frame_equal
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from dashboard import progress
from dashboard.exchange import datapackage, recompute, verify
from dashboard.services import ledger, observations, review, snapshots, updates, views
from dashboard.services.lookup import Ref
from models import (
    ANONYMOUS,
    SYSTEM,
    SYSTEM_CHAIN,
    AuditEvent,
    BadInput,
    Channel,
    Identity,
    NotAllowed,
    NotFound,
    Objective,
    PlanEdition,
    SignInNeeded,
    Snapshot,
    Target,
    WrongState,
    reading,
    unit_of_work,
)
from tests.tiny import CASES, CONTEXT, LEVEL, NOON, PERCENT, PLAN, TEXT, draft, update

LATER = NOON + timedelta(days=1)


def send(engine: Engine, who: Identity, *, at: datetime = NOON, **changes: object) -> Ref:
    token = json.dumps([str(at), {name: str(value) for name, value in changes.items()}])
    return unit_of_work(
        engine,
        lambda session: observations.submit(
            session, who, draft(**changes), plan=PLAN, token=token, now=at
        ),
    )


def accept(engine: Engine, who: Identity, ref: Ref, *, at: datetime = NOON) -> None:
    unit_of_work(engine, lambda session: review.accept(session, who, ref, plan=PLAN, now=at))


def withdraw(engine: Engine, who: Identity, ref: Ref, *, at: datetime) -> None:
    unit_of_work(
        engine,
        lambda session: review.withdraw(session, who, ref, plan=PLAN, note="wrong unit", now=at),
    )


def take(
    engine: Engine,
    who: Identity,
    *,
    name: str = "First appraisal",
    as_of: datetime | None = None,
    now: datetime = LATER,
) -> Snapshot:
    return unit_of_work(
        engine,
        lambda session: snapshots.take(session, who, PLAN, name=name, as_of=as_of, now=now),
    )


def content(engine: Engine, identity: str) -> bytes:
    with reading(engine) as session:
        return snapshots.content(session, identity)


def rebuild(engine: Engine, identity: str) -> snapshots.Rebuilt:
    with reading(engine) as session:
        return snapshots.rebuild(session, identity)


def table(engine: Engine, snapshot: Snapshot, name: str) -> pd.DataFrame:
    return datapackage.read(content(engine, snapshot.id)).tables[name]


@pytest.fixture
def record(engine: Engine, coordinator: Identity, reviewer: Identity) -> Engine:
    """Give a record with accepted, corrected, withdrawn, missing, waiting and returned values."""
    sent: dict[tuple[str, str], dict[str, object]] = {
        (PERCENT, "2016"): {"value": Decimal("20.50"), "note": 'said "so",\nthen left'},
        (PERCENT, "2024"): {},
        (CASES, "2023"): {"value": Decimal(30), "qualifier": "<"},
        (CASES, "2024"): {"value": None, "status": "L", "missing_reason": "not collected yet"},
        (LEVEL, "2024"): {"value": Decimal(3)},
        (CONTEXT, "2024"): {"value": Decimal(12)},
        (TEXT, "2024"): {"value": None, "text": "Act No. 8"},
    }
    for minute, ((indicator, period), changes) in enumerate(sent.items()):
        at = NOON + timedelta(minutes=minute)
        ref = send(engine, coordinator, at=at, indicator=indicator, period=period, **changes)
        accept(engine, reviewer, ref, at=at + timedelta(seconds=30))
    wrong = send(engine, coordinator, at=NOON + timedelta(hours=1), period="2020")
    accept(engine, reviewer, wrong, at=NOON + timedelta(hours=1, minutes=1))
    withdraw(engine, reviewer, wrong, at=NOON + timedelta(hours=1, minutes=2))
    send(engine, coordinator, at=NOON + timedelta(hours=2), period="2022", comment="for you only")
    report = update(milestone="Training done")
    ref = unit_of_work(
        engine,
        lambda session: updates.submit(
            session, coordinator, report, plan=PLAN, token="report", now=NOON
        ),
    )
    accept(engine, reviewer, ref)
    return engine


def test_a_snapshot_verifies_and_is_what_frictionless_expects(
    record: Engine, evaluator: Identity
) -> None:
    taken = take(record, evaluator)
    report = verify.verify(content(record, taken.id))
    assert report.line == (
        "VERIFIED: TINY as of 2026-07-01T12:00:00.000000Z, 7 observations, unsigned, "
        f"sha256:{taken.id}"
    )
    assert report.problems == []


def test_it_holds_what_was_accepted_and_nothing_else(record: Engine, evaluator: Identity) -> None:
    found = table(record, take(record, evaluator), "observations")
    held = dict(zip(found["indicator"] + " " + found["period"], found["value"], strict=True))
    assert held == {
        f"{PERCENT} 2016": "20.50",
        f"{PERCENT} 2024": "62.5",
        f"{CASES} 2023": "30",
        f"{CASES} 2024": "",
        f"{LEVEL} 2024": "3",
        f"{CONTEXT} 2024": "12",
        f"{TEXT} 2024": "",
    }
    assert set(found["m49"]) == {"404"}
    assert found.loc[found["status"] == "L", "missing_reason"].tolist() == ["not collected yet"]
    assert found.loc[found["indicator"] == TEXT, "text"].tolist() == ["Act No. 8"]
    assert found.loc[found["qualifier"] == "<", "value"].tolist() == ["30"]


def test_no_comment_note_of_a_step_or_pseudonym_leaves_the_record(
    record: Engine, evaluator: Identity
) -> None:
    data = content(record, take(record, evaluator).id)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
    for secret in (b"for you only", b"wrong unit", b"coordinator", b"reviewer", b"evaluator"):
        assert secret not in everything.replace(b"reviewers", b""), secret


def test_revisions_tell_what_became_of_each_figure(
    record: Engine, evaluator: Identity, coordinator: Identity, reviewer: Identity
) -> None:
    at = NOON + timedelta(hours=3)
    ref = send(record, coordinator, at=at, value=Decimal(70))
    accept(record, reviewer, ref, at=at)
    found = table(record, take(record, evaluator), "revisions")
    rows = found[(found["indicator"] == PERCENT) & found["period"].isin(["2020", "2024"])]
    told = {f"{row.period} {row.value}": (row.ended, row.ended_at) for row in rows.itertuples()}
    assert told["2024 62.5"] == ("superseded", at)
    assert told["2024 70"][0] == ""
    assert told["2020 62.5"] == ("withdrawn", NOON + timedelta(hours=1, minutes=2))


def test_as_of_an_earlier_moment_it_holds_what_was_known_then(
    record: Engine, evaluator: Identity, coordinator: Identity, reviewer: Identity
) -> None:
    before = NOON + timedelta(hours=2, minutes=30)
    ref = send(record, coordinator, at=NOON + timedelta(hours=3), value=Decimal(70))
    accept(record, reviewer, ref, at=NOON + timedelta(hours=3))
    early = take(record, evaluator, as_of=before)
    found = table(record, early, "observations")
    key = (found["indicator"] == PERCENT) & (found["period"] == "2024")
    assert found.loc[key, "value"].tolist() == ["62.5"]
    ended = table(record, early, "revisions")["ended"]
    assert sorted(ended[ended != ""]) == ["withdrawn"]
    assert verify.verify(content(record, early.id)).is_sound
    within = NOON + timedelta(hours=1, minutes=1, seconds=30)
    held = table(record, take(record, evaluator, as_of=within), "observations")
    assert "2020" in set(held["period"])


def test_it_is_rebuilt_byte_for_byte_after_the_record_has_moved_on(
    record: Engine, evaluator: Identity, coordinator: Identity, reviewer: Identity
) -> None:
    taken = take(record, evaluator, now=NOON + timedelta(hours=3))
    for hour, value in ((4, 71), (5, 72)):
        at = NOON + timedelta(hours=hour)
        ref = send(record, coordinator, at=at, value=Decimal(value))
        accept(record, reviewer, ref, at=at)
    withdraw(record, reviewer, Ref("KEN", 1), at=NOON + timedelta(hours=6))
    take(record, evaluator, name="Another", now=NOON + timedelta(hours=7))
    again = rebuild(record, taken.id)
    assert again.differing == ()
    assert again.is_same
    assert again.content == content(record, taken.id)


def test_it_is_rebuilt_even_where_it_was_taken_at_the_very_moment_it_shows(
    record: Engine, evaluator: Identity
) -> None:
    assert rebuild(record, take(record, evaluator).id).is_same


def test_it_is_rebuilt_after_targets_have_changed(record: Engine, evaluator: Identity) -> None:
    taken = take(record, evaluator, now=NOON + timedelta(hours=3))

    def aim_higher(session: Session) -> None:
        old = session.get(Target, f"{PLAN}-1")
        assert old is not None
        fields = {**old.model_dump(), "id": "higher", "value": Decimal(99)}
        old.retired_at = NOON + timedelta(hours=4)
        session.add(Target(**{**fields, "recorded_at": NOON + timedelta(hours=4)}))

    unit_of_work(record, aim_higher)
    assert rebuild(record, taken.id).is_same
    newer = take(record, evaluator, now=NOON + timedelta(hours=5))
    assert "99" in set(table(record, newer, "targets")["value"])
    assert "99" not in set(table(record, taken, "targets")["value"])


def test_what_can_no_longer_be_rebuilt_is_named(record: Engine, evaluator: Identity) -> None:
    taken = take(record, evaluator)

    def rename(session: Session) -> None:
        session.execute(sa.update(Objective).values(title="Something else"))

    unit_of_work(record, rename)
    again = rebuild(record, taken.id)
    assert not again.is_same
    described = ("datacite.json", "datapackage.json", "dcat.jsonld")
    forms = ("parquet/objectives.parquet", "sdmx/structure.xml", "xlsx/tiny.xlsx")
    assert again.differing == (
        *("CITATION.cff", "data/objectives.csv", *described, "iati/activities.xml"),
        *forms,
    )


def test_the_database_refuses_to_change_a_snapshot(record: Engine, evaluator: Identity) -> None:
    taken = take(record, evaluator)
    for statement in (
        "UPDATE snapshot SET name = 'x'",
        "UPDATE snapshot_bytes SET content = NULL",
        "DELETE FROM snapshot_bytes",
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            unit_of_work(record, lambda s, text=statement: s.execute(sa.text(text)))  # type: ignore[misc]
    assert verify.verify(content(record, taken.id)).is_sound


def test_statuses_and_aggregates_are_those_of_the_pages(
    record: Engine, evaluator: Identity
) -> None:
    taken = take(record, evaluator)
    snapshot = datapackage.read(content(record, taken.id))
    with reading(record) as session:
        picture = views.picture(session, PLAN, as_of=taken.as_of, today=LATER)
    ours = recompute.statuses(snapshot).sort_values(["area", "indicator"], ignore_index=True)
    theirs = picture.progress.sort_values(["area", "indicator"], ignore_index=True)
    assert_frame_equal(ours, theirs)
    pages = progress.aggregate(picture.plan)
    told = snapshot.tables["aggregates"]
    both = told.merge(pages, on=["group", "indicator", "year"], suffixes=("", "_page"))
    assert len(both) == len(told) > 0
    assert (both["n"] == both["n_page"]).all()
    assert (both["states"] == both["states_page"]).all()


def test_only_evaluators_and_administrators_take_snapshots(
    record: Engine,
    evaluator: Identity,
    administrator: Identity,
    coordinator: Identity,
    reviewer: Identity,
    viewer: Identity,
) -> None:
    for who in (coordinator, reviewer, viewer):
        with pytest.raises(NotAllowed, match="evaluators, the secretariat and administrators"):
            take(record, who)
    with pytest.raises(SignInNeeded):
        take(record, ANONYMOUS)
    with reading(record) as session:
        assert snapshots.listing(session) == []
    for who in (evaluator, administrator):
        taken = take(record, who, name=who.person_id)
        assert taken.taken_by == who.person_id


def test_taking_it_is_traced_and_the_chains_hold(record: Engine, evaluator: Identity) -> None:
    taken = take(record, evaluator)
    with reading(record) as session:
        assert ledger.verify(session) == []
        events = session.execute(
            sa.select(AuditEvent).where(AuditEvent.chain == SYSTEM_CHAIN)  # type: ignore[arg-type]
        ).scalars()
        last = list(events)[-1]
    assert (last.action, last.subject, last.by) == ("snapshot.take", taken.id, "evaluator")
    assert json.loads(last.detail)["digest"] == taken.digest


def test_the_chains_in_it_are_those_of_the_ledger(record: Engine, evaluator: Identity) -> None:
    with reading(record) as session:
        heads = ledger.heads(session)
    found = table(record, take(record, evaluator), "chains")
    assert found.loc[found["chain"] == "KEN", ["events", "head"]].iloc[0].tolist() == list(
        heads[404]
    )


def test_taking_the_same_twice_keeps_one(record: Engine, evaluator: Identity) -> None:
    first = take(record, evaluator, as_of=NOON + timedelta(hours=3))
    again = take(record, evaluator, as_of=NOON + timedelta(hours=3), now=LATER + timedelta(1))
    assert again.id == first.id
    with reading(record) as session:
        assert len(snapshots.listing(session, PLAN)) == 1


def test_each_snapshot_names_the_one_before_it(record: Engine, evaluator: Identity) -> None:
    first = take(record, evaluator, as_of=NOON + timedelta(hours=3))
    second = take(record, evaluator, name="Second")
    with reading(record) as session:
        assert snapshots.manifest(session, first.id)["previous"] is None
        assert snapshots.manifest(session, second.id)["previous"] == first.id
        assert [one.name for one in snapshots.listing(session)] == ["Second", "First appraisal"]
        assert snapshots.listing(session, "OTHER") == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_snapshot_needs_a_name(record: Engine, evaluator: Identity, name: str) -> None:
    with pytest.raises(BadInput, match="write a name"):
        take(record, evaluator, name=name)


def test_the_future_and_an_unknown_plan_are_refused(record: Engine, evaluator: Identity) -> None:
    with pytest.raises(BadInput, match="lies in the future"):
        take(record, evaluator, as_of=LATER + timedelta(seconds=1))
    with reading(record) as session, pytest.raises(NotFound, match="No plan has the code"):
        snapshots.preview(session, SYSTEM, "NONE", now=LATER)


def test_a_snapshot_is_found_by_the_start_of_its_identity(
    record: Engine, evaluator: Identity
) -> None:
    taken = take(record, evaluator)
    with reading(record) as session:
        assert snapshots.get(session, f"sha256:{taken.id[:12].upper()}").id == taken.id
        for wrong in ("", taken.id[:7], "f" * 64, "%", "_" * 9):
            with pytest.raises(NotFound):
                snapshots.get(session, wrong)


def test_a_preview_counts_and_changes_nothing(record: Engine, evaluator: Identity) -> None:
    with reading(record) as session:
        seen = snapshots.preview(session, evaluator, PLAN, now=LATER)
        assert snapshots.listing(session) == []
    assert (seen.rows["observations"], seen.rows["revisions"], seen.states) == (7, 8, 1)
    assert seen.statuses["no_data"] + seen.statuses["context_only"] >= 1
    assert not seen.is_illustrative


def test_generated_figures_mark_the_whole_snapshot(engine: Engine, evaluator: Identity) -> None:
    from dashboard.services import history

    moment = datetime(2026, 1, 1, tzinfo=UTC)
    row = {
        **draft().model_dump(),
        "value": "62.5",
        "author": "demo",
        "decider": "demo2",
        "recorded_at": moment,
        "decided_at": moment + timedelta(hours=1),
        "outcome": "accepted",
        "decision_note": "",
        "is_illustrative": True,
    }
    rows = pd.DataFrame(
        [
            {
                name: str(v) if name in ("status", "nature", "qualifier") else v
                for name, v in row.items()
            }
        ]
    )
    unit_of_work(
        engine,
        lambda session: history.load(
            session, rows, plan=PLAN, channel=Channel.DEMO, by="system", now=NOON
        ),
    )
    taken = take(engine, evaluator)
    assert taken.is_illustrative
    assert taken.file_name == f"headway-tiny-2026-07-01-{taken.id[:8]}-illustrative.zip"
    assert "ILLUSTRATIVE DATA" in verify.verify(content(engine, taken.id)).line


def test_the_plan_is_told_as_it_was_installed_then(tmp_path: object) -> None:
    """A later edition of a plan does not change what an earlier snapshot says."""
    from pathlib import Path

    from dashboard.services import plans
    from models import open_database
    from models.migrations import upgrade
    from seed import content as shipped

    engine = open_database(f"sqlite:///{Path(str(tmp_path)) / 'two.db'}")
    upgrade(engine)
    code = shipped.codes()[0]
    first = shipped.read(code)

    def install(session: Session) -> None:
        plans.install_areas(session, SYSTEM, now=NOON)
        plans.install(session, SYSTEM, first, now=NOON)

    unit_of_work(engine, install)
    taken = unit_of_work(
        engine, lambda s: snapshots.take(s, SYSTEM, first.code, name="One", now=LATER)
    )
    objective = first.objectives[0].model_copy(update={"title": "Another wording"})
    second = first.model_copy(
        update={
            "objectives": [objective, *first.objectives[1:]],
            "indicators": first.indicators[:-1],
        }
    )
    unit_of_work(
        engine,
        lambda s: plans.install(s, SYSTEM, second, now=LATER + timedelta(days=1)),
    )
    with reading(engine) as session:
        assert len(session.execute(sa.select(PlanEdition)).all()) == 2
    assert rebuild(engine, taken.id).differing == ()
    newer = unit_of_work(
        engine,
        lambda s: snapshots.take(s, SYSTEM, first.code, name="Two", now=LATER + timedelta(days=2)),
    )
    assert "Another wording" in set(table(engine, newer, "objectives")["title"])
    assert verify.verify(content(engine, newer.id)).is_sound
    engine.dispose()


def test_others_write_while_it_is_sealed_and_it_shows_the_moment_before(
    record: Engine, evaluator: Identity, coordinator: Identity, reviewer: Identity
) -> None:
    with reading(record) as session:
        ready = snapshots.seal(session, evaluator, PLAN, name="One", now=LATER)
    after = LATER + timedelta(seconds=1)
    accept(record, reviewer, send(record, coordinator, at=after, value=Decimal(70)), at=after)
    kept = unit_of_work(
        record, lambda session: snapshots.keep(session, evaluator, ready, now=after)
    )
    assert "70" not in set(table(record, kept, "observations")["value"])
    assert rebuild(record, kept.id).is_same


def test_it_is_not_kept_where_its_moment_changed_meanwhile(
    record: Engine, evaluator: Identity, coordinator: Identity, viewer: Identity
) -> None:
    with reading(record) as session:
        ready = snapshots.seal(session, evaluator, PLAN, name="One", now=LATER)
    send(record, coordinator, at=LATER - timedelta(seconds=1), value=Decimal(70))
    for who, error in ((evaluator, WrongState), (viewer, NotAllowed)):
        with pytest.raises(error):
            unit_of_work(
                record,
                lambda session, who=who: snapshots.keep(  # type: ignore[misc]
                    session, who, ready, now=LATER
                ),
            )
    with reading(record) as session:
        assert snapshots.listing(session) == []


def test_computed_numbers_have_as_many_digits_as_every_machine_agrees_on() -> None:
    given = np.array([1 / 3, -2e-7 / 3, 123456789.123456789, 12345678901.235, 7.0, 0.0, np.nan])
    assert recompute.rounded(given).tolist()[:6] == [
        0.3333333333,
        -6.6666667e-08,
        123456789.12,
        12345678901.24,
        7.0,
        0.0,
    ]
    assert np.isnan(recompute.rounded(given)[6])
    noisy = given * (1 + 2e-16)
    assert recompute.rounded(noisy).tolist()[:6] == recompute.rounded(given).tolist()[:6]
