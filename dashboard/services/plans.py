"""Install a plan, its areas and what is known, and list what there is.

Installing again is how a plan is changed: texts are brought up to date, what is gone from the file
is retired and never deleted, targets and baselines that differ are retired and followed by new
ones, and each wording that was ever installed is kept as an edition.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard.services import access, ledger
from models import (
    EPOCH,
    SYSTEM_CHAIN,
    TOTAL,
    Baseline,
    Cell,
    CrosswalkLink,
    Event,
    Identity,
    Indicator,
    MeasureActor,
    MeasureIndicator,
    NotFound,
    Objective,
    OperationalMeasure,
    Plan,
    PlanEdition,
    RelatedPlan,
    ScaleLevel,
    Table,
    Target,
    columns,
)
from seed import areas as seed_areas
from seed import content as shipped_content
from seed import entries, rows

SDG: Final = "SDG"
_RANK: Final = {table.name: rank for rank, table in enumerate(Table.metadata.sorted_tables)}
NUMBERED: Final = (columns(Objective), columns(OperationalMeasure), columns(Indicator))


def install_areas(session: Session, who: Identity, *, now: datetime) -> int:
    """Bring countries, regions, groups, names, memberships and weights up to date."""
    access.require(who, "administer")
    known = seed_areas.rows(seed_areas.read())
    for batch in (known.areas, known.names, known.memberships, known.weights):
        _merge(session, batch)
    if session.get(Cell, 0) is None:
        session.add(Cell(id=0, code=TOTAL))
    ledger.record(
        session,
        SYSTEM_CHAIN,
        "areas.install",
        "areas",
        {"areas": len(known.areas), "memberships": len(known.memberships)},
        by=who.person_id,
        now=now,
        changes_data=True,
    )
    return len(known.areas)


def _merge(session: Session, given: Iterable[Table]) -> None:
    """Add the rows, or bring those that are there up to date."""
    kinds: dict[type[Table], list[Table]] = {}
    for row in given:
        kinds.setdefault(type(row), []).append(row)
    # What others refer to comes first: by table here, by place in the list within one.
    for kind in sorted(kinds, key=lambda kind: _RANK[columns(kind).name]):
        is_fresh = session.exec(select(kind).limit(1)).first() is None
        for row in kinds[kind]:
            if is_fresh:
                session.add(row)
            else:
                session.merge(row)
        session.flush()


def install(session: Session, who: Identity, content: entries.Plan, *, now: datetime) -> str:
    """Bring a plan up to date with its content, and return the edition that is now in force."""
    access.require(who, "administer")
    known = session.get(Plan, content.code)
    highest = session.exec(select(sa.func.max(Plan.number))).one() or 0
    number = known.number if known else highest + 1
    ids = rows.numbers(content, number, numbers(session, content.code))
    # The first wording holds from the beginning: a plan was not unknown before it was installed.
    made = rows.of_plan(content, number=number, ids=ids, now=now if known else EPOCH)
    _merge(session, made.plan)
    version, digest = _edition(session, content, now)
    _clear(session, content.code, list(ids.measures.values()))
    aims = {id(row) for row in (*made.baselines, *made.targets)}
    _merge(session, [row for row in made if id(row) not in aims])
    _retire(session, content)
    _follow(session, Baseline, content.code, made.baselines, now)
    _follow(session, Target, content.code, made.targets, now)
    ledger.record(
        session,
        SYSTEM_CHAIN,
        "plan.install",
        content.code,
        {"edition": version, "digest": digest},
        by=who.person_id,
        now=now,
        changes_data=True,
    )
    return version


def numbers(session: Session, plan: str) -> rows.Numbers:
    """Return the numbers that codes of this plan already have."""
    found = [
        {
            row.code: row.id
            for row in session.connection().execute(
                sa.select(table.c.code, table.c.id).where(table.c.plan_code == plan)
            )
        }
        for table in NUMBERED
    ]
    return rows.Numbers(*found)


def _clear(session: Session, plan: str, measures: list[int]) -> None:
    """Take away what only links rows of the plan: it is said anew."""
    connection = session.connection()
    for table in (columns(MeasureIndicator), columns(MeasureActor), columns(CrosswalkLink)):
        connection.execute(sa.delete(table).where(table.c.measure_id.in_(measures)))
    for table in (columns(Event), columns(RelatedPlan)):
        connection.execute(sa.delete(table).where(table.c.plan_code == plan))
    session.expire_all()


def _retire(session: Session, content: entries.Plan) -> None:
    """Mark as retired what the plan no longer contains."""
    kept = (
        [entry.code for entry in content.objectives],
        [entry.code for entry in content.measures],
        [entry.code for entry in content.indicators],
    )
    for table, codes in zip(NUMBERED, kept, strict=True):
        session.connection().execute(
            sa.update(table).where(table.c.plan_code == content.code, table.c.code.not_in(codes)),
            {"retired": True},
        )


def _edition(session: Session, content: entries.Plan, now: datetime) -> tuple[str, str]:
    body = content.model_dump(mode="json")
    digest = hashlib.sha256(ledger.canonical(body).encode()).hexdigest()
    known = session.exec(
        select(PlanEdition)
        .where(PlanEdition.plan_code == content.code)
        .order_by(col(PlanEdition.installed_at))
    ).all()
    if known and known[-1].digest == digest:
        return known[-1].version, digest
    version = _following([one.version for one in known])
    session.add(
        PlanEdition(
            plan_code=content.code, version=version, digest=digest, installed_at=now, content=body
        )
    )
    session.flush()
    return version, digest


def _following(versions: list[str]) -> str:
    """Return the number of the next edition; a restored record may know only a later one."""
    held = [int(version.split(".")[1]) for version in versions]
    return f"1.{max(held, default=-1) + 1}.0"


Aim = TypeVar("Aim", Baseline, Target)


def _follow(
    session: Session, model: type[Aim], plan: str, wanted: list[Aim], now: datetime
) -> None:
    """Retire the aims of the plan's own text that changed, and add what is new."""
    own = col(model.id).startswith(f"{plan}:", autoescape=True)
    held = session.exec(select(model).where(own, col(model.retired_at).is_(None))).all()
    ids = {row.id for row in wanted}
    for row in held:
        if row.id not in ids:
            row.retired_at = now
            session.add(row)
    known = {row.id for row in held}
    session.add_all([row for row in wanted if row.id not in known])
    session.flush()


def install_all(session: Session, who: Identity, *, now: datetime) -> list[str]:
    """Install areas and every plan that is shipped, plans for the world first; return the codes."""
    install_areas(session, who, now=now)
    shipped = [shipped_content.read(code) for code in shipped_content.codes()]
    for plan in sorted(shipped, key=lambda plan: (plan.scope != seed_areas.WORLD, plan.adopted)):
        install(session, who, plan, now=now)
    return [plan.code for plan in listing(session)]


def listing(session: Session) -> list[Plan]:
    """Return every installed plan, in the order of installation."""
    return list(session.exec(select(Plan).order_by(col(Plan.number))).all())


def edition(session: Session, plan: str) -> PlanEdition:
    """Return the edition of a plan that is in force."""
    found = session.exec(
        select(PlanEdition)
        .where(PlanEdition.plan_code == plan)
        .order_by(col(PlanEdition.installed_at).desc())
        .limit(1)
    ).first()
    if found is None:
        raise NotFound(f"No plan has the code {plan!r}.")
    return found


def scale_levels(session: Session, plan: str) -> dict[str, list[ScaleLevel]]:
    """Return the levels of each scale of a plan, lowest first."""
    found: dict[str, list[ScaleLevel]] = {}
    levels = select(ScaleLevel).where(ScaleLevel.plan_code == plan).order_by(col(ScaleLevel.value))
    for level in session.exec(levels):
        found.setdefault(level.scale_code, []).append(level)
    return found
