"""Restore a record from a snapshot alone: all that it carries, in an empty database.

A snapshot carries what anybody may know: the plan as it was worded, areas with memberships and
weights, baselines and targets, every figure that was ever accepted with its revisions, accepted
reports on measures, and where the audit trail stood. That comes back, with the numbers it had, and
the restored record proves it: the same snapshot is written from it again before anything is kept.

People, drafts, comments to reviewers, figures that were never accepted, small counts that were
hidden, remarks, rounds and other plans are not in a snapshot, and do not come back; a backup has
them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

import pandas as pd
from sqlmodel import Session, select

from dashboard import progress
from dashboard.exchange import SnapshotTables, datapackage, standalone, verify
from dashboard.services import (
    access,
    anchors,
    editions,
    history,
    ledger,
    places,
    snapshots,
)
from dashboard.services.contents import UPDATE
from models import (
    SYSTEM,
    SYSTEM_CHAIN,
    AuditEvent,
    BadInput,
    Baseline,
    BaselineRule,
    Channel,
    Fault,
    Identity,
    MeasureUpdate,
    Observation,
    Operator,
    Person,
    Plan,
    PlanEdition,
    ReferenceArea,
    ReviewEvent,
    ReviewState,
    Snapshot,
    SnapshotBytes,
    State,
    Subject,
    Target,
    TargetStatus,
    UpdateFields,
    WrongState,
    micros,
)
from seed import content as shipped
from seed import rows

Aim = TypeVar("Aim", Baseline, Target)
NUMBER: Final = 1
"""The number of the only plan of a restored record."""
FILLED: Final = (Plan, ReferenceArea, Person, Observation, AuditEvent)
COMPUTED: Final = ("data/statuses.csv", "data/aggregates.csv")


@dataclass(frozen=True)
class Restored:
    """What came back, and which files this version of the program writes otherwise."""

    snapshot: Snapshot
    revisions: int
    updates: int
    differing: tuple[str, ...]  # none of them data; empty where the identity is the same


def is_empty(session: Session) -> bool:
    """Say whether a database has tables and nothing in them."""
    return not any(session.exec(select(one).limit(1)).first() for one in FILLED)


def restore(session: Session, who: Identity, data: bytes, *, now: datetime) -> Restored:
    """Restore a record from the bytes of a snapshot, into an empty database.

    Raises `WrongState` where there is a record already, or where this version of the program could
    not write the same data again; `BadInput` where the file is no sound snapshot.
    """
    access.require(who, "administer")
    if not is_empty(session):
        raise WrongState(
            "There is a record in this database already: a snapshot is restored into an empty one. "
            "Set HEADWAY_HOME or HEADWAY_DATABASE to a new one, or import its figures for review."
        )
    report = verify.verify(data)
    if not report.is_sound:
        raise BadInput(*(Fault(one.where, one.found) for one in report.problems))
    found = datapackage.read(data)
    places.add(session, found.tables)
    numbers = _plan(session, found)
    areas = {one.code: one.id for one in session.exec(select(ReferenceArea))}
    _aims(session, Baseline, found, numbers.indicators, areas)
    _aims(session, Target, found, numbers.indicators, areas)
    after = max(now, found.about.as_of + timedelta(microseconds=1))
    told = _figures(session, found)
    reports = _reports(session, found, numbers.measures, areas)
    kept = _keep(session, data, found, report.identity, after)
    _chain(session, found, areas, (*told, reports), snapshot=kept, at=after)
    differing = _proved(session, found, kept.id)
    return Restored(kept, len(found.tables["revisions"]), len(reports), differing)


def _plan(session: Session, found: SnapshotTables) -> rows.Numbers:
    """Install the plan in the edition that the snapshot shows, and return its numbers."""
    about = found.about
    wording = found.wording or _shipped(about.plan, about.edition_digest)
    if not wording:
        said = f"the file does not carry the edition {about.edition} of {about.plan}, and no plan "
        raise BadInput(Fault(standalone.WORDING, f"{said}that is shipped is the same"))
    body = json.loads(wording)
    content = editions.read(body)
    numbers = rows.numbers(content, NUMBER)
    made = rows.of_plan(content, number=NUMBER, ids=numbers, now=about.as_of)
    for part in fields(made):
        if part.name not in {"baselines", "targets"}:  # those in force stand in the file
            session.add_all(getattr(made, part.name))
            session.flush()
    session.add(
        PlanEdition(
            plan_code=about.plan,
            version=about.edition,
            digest=about.edition_digest,
            installed_at=about.as_of,
            content=body,
        )
    )
    session.flush()
    return numbers


def _shipped(plan: str, digest: str) -> bytes:
    """Return the content of the plan that comes with this program, where it is that edition."""
    if plan not in shipped.codes():
        return b""
    wording = ledger.canonical(shipped.read(plan).model_dump(mode="json")).encode()
    return wording if hashlib.sha256(wording).hexdigest() == digest else b""


def _aims(
    session: Session,
    kind: type[Aim],
    found: SnapshotTables,
    indicators: Mapping[str, int],
    areas: Mapping[str, int],
) -> None:
    """Add the baselines or targets that were in force."""
    name = kind.__name__.lower()
    words: dict[str, Any] = {
        "rule": BaselineRule,
        "operator": Operator,
        "status": TargetStatus,
        "value": _decimal,
        "upper": _decimal,
        "year": _whole,
        "recorded_at": lambda moment: moment.to_pydatetime(),
    }
    for told in found.tables[f"{name}s"].to_dict("records"):
        given = {str(column): value for column, value in told.items()}
        row = {column: words.get(column, _same)(value) for column, value in given.items()}
        number = row.pop(name)
        indicator, area = indicators[row.pop("indicator")], areas.get(row.pop("area"))
        session.add(kind(id=number, indicator_id=indicator, area_id=area, **row))
    session.flush()


def _same(value: Any) -> Any:
    return value


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _figures(session: Session, found: SnapshotTables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Store every revision with the steps that it is known to have taken; return both."""
    table = found.tables["revisions"].rename(columns={"revision": "seq"})
    numbers = {name: table[name].where(table[name] != "", None) for name in history.NUMBERS}
    return history.restore(
        session,
        table.assign(
            **numbers,
            source_date=table["source_date"].map(_day),
            comment="",
            author=SYSTEM.person_id,
        ),
        plan=found.about.plan,
        channel=Channel.IMPORT,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _reports(
    session: Session,
    found: SnapshotTables,
    measures: Mapping[str, int],
    areas: Mapping[str, int],
) -> list[MeasureUpdate]:
    """Store the accepted reports on measures; when they were sent is not known, so as accepted."""
    made = []
    for told in found.tables["measure_updates"].to_dict("records"):
        report = _report({str(name): value for name, value in told.items()}, measures, areas)
        place = (report.area_id, report.seq)
        session.add(report)
        session.add_all(_steps(place, report.recorded_at))
        made.append(report)
    session.flush()
    return sorted(made, key=lambda one: (one.area_id, one.seq))


def _report(
    row: Mapping[str, Any], measures: Mapping[str, int], areas: Mapping[str, int]
) -> MeasureUpdate:
    told = UpdateFields.model_validate({name: row[name] for name in UPDATE if row.get(name, "")})
    place: dict[str, Any] = {
        "area_id": areas[row["area"]],
        "seq": int(row["update"]),
        "measure_id": measures[row["measure"]],
    }
    return MeasureUpdate(
        **told.model_dump(),
        **place,
        channel=Channel.IMPORT,
        is_illustrative=bool(row["is_illustrative"]),
        author_id=SYSTEM.person_id,
        recorded_at=row["accepted_at"].to_pydatetime(),
    )


def _steps(place: tuple[int, int], at: datetime) -> list[ReviewEvent | ReviewState]:
    """Return the two steps of an accepted report, and where it stands."""
    area, seq = place
    steps = ((State.DRAFT, State.SUBMITTED), (State.SUBMITTED, State.ACCEPTED))
    standing = ReviewState(
        area_id=area,
        seq=seq,
        subject=Subject.MEASURE_UPDATE,
        state=State.ACCEPTED,
        step=len(steps),
        at=at,
    )
    return [
        standing,
        *(
            ReviewEvent(
                area_id=area,
                seq=seq,
                step=step,
                before=before,
                after=after,
                by=SYSTEM.person_id,
                at=at,
            )
            for step, (before, after) in enumerate(steps, start=1)
        ),
    ]


def _keep(
    session: Session, data: bytes, found: SnapshotTables, identity: str, now: datetime
) -> Snapshot:
    """Keep the snapshot itself: it vouches for where the chains began."""
    sealed = datapackage.Sealed(data, identity, datapackage.manifest(data))
    kept = snapshots.row(found.about, sealed, by=SYSTEM.person_id, now=now)
    session.add(kept)
    session.flush()
    session.add(SnapshotBytes(snapshot_id=kept.id, content=data))
    session.flush()
    return kept


def _chain(
    session: Session,
    found: SnapshotTables,
    areas: Mapping[str, int],
    told: tuple[pd.DataFrame, pd.DataFrame, list[MeasureUpdate]],
    *,
    snapshot: Snapshot,
    at: datetime,
) -> None:
    """Anchor each chain where it stood, and chain what came back behind the anchor."""
    numbers = {**areas, anchors.SYSTEM_CODE: SYSTEM_CHAIN}
    ends = [
        (numbers[str(row["chain"])], int(row["events"]), str(row["head"]))
        for row in found.tables["chains"].to_dict("records")
    ]
    anchors.lay(session, ends, snapshot=snapshot.id, by=SYSTEM.person_id, at=found.about.as_of)
    for chain, events, head in ends:
        held = ledger.hold(session, chain)
        ledger.keep(session, ledger.Head(chain, held.record_seq, events, 0, head))
    history.chain(session, *told, by=SYSTEM.person_id, now=at)
    ledger.record(
        session,
        SYSTEM_CHAIN,
        "snapshot.restore",
        snapshot.id,
        {"plan": found.about.plan, "digest": snapshot.digest, "as_of": micros(snapshot.as_of)},
        by=SYSTEM.person_id,
        now=at,
        changes_data=True,
    )


def _proved(session: Session, found: SnapshotTables, identity: str) -> tuple[str, ...]:
    """Write the snapshot again from what came back; refuse where its data are not the same."""
    session.expire_all()
    made = snapshots.rebuild(session, identity)
    is_other = found.about.engine != progress.ENGINE_VERSION
    wrong = [one for one in made.differing if _is_data(one, may_be_computed=is_other)]
    if wrong:
        raise WrongState(
            "This version of the program cannot restore the snapshot: the record would say "
            f"something else in {', '.join(wrong)}. Nothing was changed."
        )
    return made.differing


def _is_data(path: str, *, may_be_computed: bool) -> bool:
    """Say whether a file of a snapshot is part of the record, and not a text about it."""
    return path.startswith("data/") and not (may_be_computed and path in COMPUTED)
