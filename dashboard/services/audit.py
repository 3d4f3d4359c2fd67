"""Whether the record still says what was chained, row by row."""

import json
from collections.abc import Iterator
from typing import Any, Final, TypeVar

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard.services import (
    access,
    editions,
    history,
    ledger,
    observations,
    people,
    plans,
    updates,
    voices,
)
from models import (
    EPOCH,
    AuditEvent,
    Baseline,
    Grant,
    Identity,
    MeasureUpdate,
    Observation,
    Plan,
    PlanEdition,
    Remark,
    RemarkState,
    ReviewEvent,
    State,
    Subject,
    Target,
    columns,
    micros,
)
from seed import rows

EVENTS: Final = columns(AuditEvent)


def problems(session: Session, who: Identity) -> list[str]:
    """Return a sentence for each thing that is not as it was chained; none where all is whole.

    Chains are walked from their beginning; every observation and measure update, every step of
    their review and every plan is compared with what was chained when it was recorded.
    """
    access.require(who, "administer")
    return [
        *ledger.verify(session),
        *_contents(session),
        *_steps(session),
        *_remarks(session),
        *_grants(session),
        *_plans(session),
    ]


def _contents(session: Session) -> Iterator[str]:
    figures = _by_row(session, columns(Observation))
    reports = _by_row(session, columns(MeasureUpdate))
    wanted = sa.select(EVENTS.c.chain, EVENTS.c.action, EVENTS.c.subject, EVENTS.c.detail).where(
        EVENTS.c.action.in_(list(_READERS))
    )
    chained: set[tuple[int, int]] = set()
    for event in session.connection().execute(wanted):
        detail = json.loads(event.detail)
        numbers, found = _READERS[event.action](event, detail, figures, reports)
        chained |= {(event.chain, number) for number in numbers}
        if found != detail["digest"]:
            yield f"{event.subject}: the record no longer says what was recorded"
    for area, number in sorted((set(figures) | set(reports)) - chained):
        yield f"row {number} of area {area}: is in the record without a link in the chain"


Rows = dict[tuple[int, int], dict[str, Any]]
Read = tuple[range, str]


def _by_row(session: Session, what: sa.Table) -> Rows:
    result = session.connection().execute(sa.select(what))
    return {(row.area_id, row.seq): dict(row._mapping) for row in result}


def _number(event: Any) -> int:
    return int(str(event.subject).rpartition("-")[2])


def _observation(event: Any, _detail: Any, rows: Rows, _reports: Rows) -> Read:
    seq = _number(event)
    row = rows.get((event.chain, seq))
    return range(seq, seq + 1), observations.digest(row) if row else ""


def _update(event: Any, _detail: Any, _rows: Rows, reports: Rows) -> Read:
    seq = _number(event)
    row = reports.get((event.chain, seq))
    return range(seq, seq + 1), updates.digest(row) if row else ""


def _history(event: Any, detail: Any, rows: Rows, _reports: Rows) -> Read:
    numbers = range(detail["first"], detail["last"] + 1)
    there = [rows[key] for number in numbers if (key := (event.chain, number)) in rows]
    return numbers, history.rows_digest(pd.DataFrame(there, dtype="object")) if there else ""


def _updates(event: Any, detail: Any, _rows: Rows, reports: Rows) -> Read:
    numbers = range(detail["first"], detail["last"] + 1)
    there = [reports[key] for number in numbers if (key := (event.chain, number)) in reports]
    return numbers, updates.rows_digest(there)


_READERS: Final = {
    "observation.submitted": _observation,
    "measure_update.submitted": _update,
    "observation.history": _history,
    "observation.imported": _history,
    "measure_update.history": _updates,
}

Step = tuple[int, int, int]


def _steps(session: Session) -> Iterator[str]:
    """Compare each step of a review with the link it left; steps of a bulk load are one link."""
    steps = columns(ReviewEvent)
    ordered = sa.select(steps).order_by(steps.c.area_id, steps.c.seq, steps.c.step)
    found = session.connection().execute(ordered)
    real = {(row.area_id, row.seq, row.step): row for row in found}
    chained, loads = _links(session)
    for place, link in chained.items():
        row = real.pop(place, None)
        if row is None:
            yield f"{link[0]}: step {place[2]} of its review is missing"
        elif link[1:] != (row.after, row.by, micros(row.at), ledger.digest(row.note)):
            yield f"{link[0]}: step {place[2]} of its review was altered"
    left: dict[int, list[Any]] = {}
    for row in real.values():
        left.setdefault(row.area_id, []).append(row)
    for subject, area, numbers, digest in loads:
        own = [row for row in left.get(area, ()) if row.seq in numbers]
        left[area] = [row for row in left.get(area, ()) if row.seq not in numbers]
        told = ((r.seq, r.step, r.before, r.after, r.by, micros(r.at), r.note) for r in own)
        if ledger.steps_digest(told) != digest:
            yield f"{subject}: the steps of the rows taken in with it are not those recorded"
    for area, extra in left.items():
        for row in extra:
            yield f"row {row.seq} of area {area}: step {row.step} has no link in the chain"


Link = tuple[str, str, str, int, str]
Load = tuple[str, int, range, str]


def _links(session: Session) -> tuple[dict[Step, Link], list[Load]]:
    wanted = sa.select(EVENTS).where(
        sa.or_(*(EVENTS.c.action.like(f"{subject}.%") for subject in Subject))
    )
    single: dict[Step, Link] = {}
    loads: list[Load] = []
    for event in session.connection().execute(wanted.order_by(EVENTS.c.chain, EVENTS.c.seq)):
        detail = json.loads(event.detail)
        after = event.action.rpartition(".")[2]
        if after in {"history", "imported"}:
            numbers = range(detail["first"], detail["last"] + 1)
            loads.append((event.subject, event.chain, numbers, detail["steps"]))
        elif after in {state.value for state in State}:
            place = (event.chain, _number(event), detail.get("step", 1))
            note = detail.get("note", ledger.digest(""))
            single[place] = (event.subject, after, event.by, micros(event.at), note)
    return single, loads


def _remarks(session: Session) -> Iterator[str]:
    """Compare each remark with the digest that was chained when it was given."""
    given = sa.select(EVENTS).where(EVENTS.c.action == f"remark.{RemarkState.GIVEN}")
    told = {}
    for event in session.connection().execute(given):
        detail = json.loads(event.detail)
        told[(event.chain, detail["number"])] = (event.subject, detail["digest"])
    rows = session.connection().execute(sa.select(columns(Remark)))
    real = {(row.area_id, row.number): voices.digest(dict(row._mapping)) for row in rows}
    for place in sorted(told.keys() | real.keys()):
        subject, digest = told.get(place, (f"area {place[0]}", ""))
        if real.get(place, "") != digest:
            yield f"remark {place[1]} on {subject}: the record no longer says what was recorded"


def _grants(session: Session) -> Iterator[str]:
    """Compare each grant, and when it ends, with what was chained when it was given and ended."""
    wanted = sa.select(EVENTS).where(EVENTS.c.action.in_(("grant.give", "grant.end")))
    told: dict[str, dict[str, Any]] = {}
    for event in session.connection().execute(wanted.order_by(EVENTS.c.seq)):
        detail = json.loads(event.detail)
        told.setdefault(detail["grant"], {}).update(detail)
    real = {row.id: row for row in session.exec(select(Grant)).all()}
    for key in sorted(told.keys() | real.keys()):
        row, said = real.get(key), told.get(key, {})
        if row is None:
            yield f"grant {key}: is no longer in the record"
        elif people.digest(row) != said.get("digest"):
            yield f"grant {key} of {row.person_id}: is not one that was given"
        elif micros(row.until) != said["until"]:
            yield f"grant {key} of {row.person_id}: does not end when it was said to"


def _plans(session: Session) -> Iterator[str]:
    """Compare each edition of a plan with its digest, and its targets with the edition's."""
    for edition in session.exec(select(PlanEdition)).all():
        name = f"edition {edition.version} of {edition.plan_code}"
        if edition.content and ledger.digest(edition.content) != edition.digest:
            yield f"{name}: its content is not the one that was installed"
    for plan in plans.listing(session):
        edition = plans.edition(session, plan.code)
        if edition.content and ledger.digest(edition.content) == edition.digest:
            yield from _aims(session, plan.code, edition.content)


def _aims(session: Session, code: str, content: dict[str, Any]) -> Iterator[str]:
    told = editions.read(content)
    plan = session.get(Plan, code)
    assert plan is not None
    made = rows.of_plan(told, number=plan.number, ids=plans.numbers(session, code), now=EPOCH)
    yield from _differing(session, Baseline, code, made.baselines)
    yield from _differing(session, Target, code, made.targets)


Aim = TypeVar("Aim", Baseline, Target)
_SET: Final = {"recorded_at", "retired_at"}


def _differing(session: Session, model: type[Aim], code: str, wanted: list[Aim]) -> Iterator[str]:
    own = col(model.id).startswith(f"{code}:", autoescape=True)
    held = session.exec(select(model).where(own, col(model.retired_at).is_(None))).all()
    right = {row.id: row.model_dump(exclude=_SET) for row in wanted}
    real = {row.id: row.model_dump(exclude=_SET) for row in held}
    for key in sorted(right.keys() | real.keys()):
        if right.get(key) != real.get(key):
            yield f"{model.__name__.lower()} {key}: is not the one of the plan as installed"
