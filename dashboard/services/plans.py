"""Install a plan, its areas and what is known, and list what there is.

Installing again is how a plan is changed: texts are brought up to date, what is gone from the file
is retired and never deleted, targets and baselines that differ are retired and followed by new
ones, and each wording that was ever installed is kept as an edition.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard.services import access, ledger
from models import (
    EPOCH,
    SYSTEM_CHAIN,
    TOTAL,
    Actor,
    Article,
    Baseline,
    Cell,
    CrosswalkLink,
    Dimension,
    Event,
    Identity,
    Indicator,
    Instrument,
    MeasureActor,
    MeasureIndicator,
    NotFound,
    Objective,
    OperationalMeasure,
    Part,
    Plan,
    PlanEdition,
    ReferenceArea,
    RelatedPlan,
    Relation,
    Scale,
    ScaleLevel,
    Table,
    Target,
    columns,
)
from seed import areas as seed_areas
from seed import content as shipped_content
from seed import entries

SDG: Final = "SDG"
_RANK: Final = {table.name: rank for rank, table in enumerate(Table.metadata.sorted_tables)}
_ROOM: Final = 10_000
"""Numbers of objectives, measures and indicators of a plan: from its number times this."""
_WORLD: Final = frozenset({"world"})


def install_areas(session: Session, who: Identity, *, now: datetime) -> int:
    """Bring countries, regions, groups, names, memberships and weights up to date."""
    access.require(who, "administer")
    rows = seed_areas.rows(seed_areas.read())
    for batch in (rows.areas, rows.names, rows.memberships, rows.weights):
        _merge(session, batch)
    if session.get(Cell, 0) is None:
        session.add(Cell(id=0, code=TOTAL))
    ledger.record(
        session,
        SYSTEM_CHAIN,
        "areas.install",
        "areas",
        {"areas": len(rows.areas), "memberships": len(rows.memberships)},
        by=who.person_id,
        now=now,
        changes_data=True,
    )
    return len(rows.areas)


def _merge(session: Session, rows: Iterable[Table]) -> None:
    """Add the rows, or bring those that are there up to date."""
    kinds: dict[type[Table], list[Table]] = {}
    for row in rows:
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
    plan = _plan(session, content)
    _merge(session, [plan])
    version, digest = _edition(session, content, now)
    _merge(session, _vocabulary(content))
    objectives = _objectives(session, plan, content)
    measures = _measures(session, plan, content, objectives)
    indicators = _indicators(session, plan, content, objectives)
    _links(session, content, measures, indicators)
    _around(session, content, measures)
    _aims(session, content, indicators, now)
    ledger.record(
        session,
        SYSTEM_CHAIN,
        "plan.install",
        plan.code,
        {"edition": version, "digest": digest},
        by=who.person_id,
        now=now,
        changes_data=True,
    )
    return version


def _plan(session: Session, content: entries.Plan) -> Plan:
    known = session.get(Plan, content.code)
    highest = session.exec(select(sa.func.max(Plan.number))).one() or 0
    about = content.model_dump(
        mode="json",
        include={
            "purposes", "appraisals", "mandate_chain", "sources", "vocabulary", "recurring",
            "groupings", "document", "status", "licence_note", "scope", "adopted_how",
        },
    )  # fmt: skip
    return Plan(
        code=content.code,
        number=known.number if known else highest + 1,
        title=content.title,
        short_title=content.short_title,
        titles=_names(content.titles),
        symbol=content.symbol,
        adopted=content.adopted,
        adopted_by=content.adopted_by,
        legal_nature=content.legal_nature,
        notices=content.notices,
        about=about,
    )


def _names(given: entries.Translations) -> dict[str, str]:
    return {str(language): name for language, name in given.items()}


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
    version = f"1.{len(known)}.0"
    session.add(
        PlanEdition(
            plan_code=content.code, version=version, digest=digest, installed_at=now, content=body
        )
    )
    session.flush()
    return version, digest


def _vocabulary(content: entries.Plan) -> list[Table]:
    plan = content.code
    rows: list[Table] = []
    for scale in content.scales:
        rows.append(
            Scale(
                plan_code=plan,
                code=scale.code,
                name=scale.name,
                lowest=scale.lowest,
                highest=scale.highest,
                meets=scale.meets,
                criteria=list(scale.criteria),
            )
        )
        rows += [
            ScaleLevel(
                plan_code=plan,
                scale_code=scale.code,
                value=level.value,
                label=level.label,
                meaning=level.meaning,
            )
            for level in scale.levels
        ]
    instruments = [instrument.code.lower().replace("-", "_") for instrument in content.instruments]
    rows += [
        Dimension(
            plan_code=plan,
            code=dimension.code,
            name=dimension.name,
            codes=instruments if dimension.codes_from else list(dimension.codes),
        )
        for dimension in content.dimensions
    ]
    rows += [
        Actor(plan_code=plan, code=actor.code, name=actor.name, kind=actor.kind)
        for actor in content.actors
    ]
    for instrument in content.instruments:
        rows.append(
            Instrument(
                code=instrument.code,
                title=instrument.title,
                kind=instrument.kind,
                scope=instrument.scope,
                adopted=instrument.adopted,
                in_force=instrument.in_force or "",
                depositary=instrument.depositary or "",
                basis=instrument.basis,
            )
        )
        rows += [
            Article(instrument_code=instrument.code, code=code, position=position, title=title)
            for position, (code, title) in enumerate(instrument.articles.items())
        ]
    return rows


def _numbers(
    session: Session,
    model: type[Objective] | type[OperationalMeasure] | type[Indicator],
    plan: Plan,
    codes: list[str],
) -> dict[str, int]:
    """Give each code its number, the old one where it has one; retire what is gone."""
    table = columns(model)
    known: dict[str, int] = {
        row.code: row.id
        for row in session.connection().execute(
            sa.select(table.c.code, table.c.id).where(table.c.plan_code == plan.code)
        )
    }
    following = max(known.values(), default=plan.number * _ROOM) + 1
    for code in codes:
        if code not in known:
            known[code] = following
            following += 1
    gone = sorted(set(known) - set(codes))
    if gone:
        session.connection().execute(
            sa.update(table).where(table.c.plan_code == plan.code, table.c.code.in_(gone)),
            {"retired": True},
        )
    return known


def _objectives(session: Session, plan: Plan, content: entries.Plan) -> dict[str, int]:
    numbers = _numbers(session, Objective, plan, [entry.code for entry in content.objectives])
    _merge(
        session,
        [
            Objective(
                id=numbers[entry.code],
                plan_code=plan.code,
                code=entry.code,
                position=position,
                title=entry.title,
                titles=_names(entry.titles),
                description=entry.description,
                section=entry.section,
                paras=entry.paras,
                para_confidence=entry.para_confidence,
                origin=entry.origin,
            )
            for position, entry in enumerate(content.objectives)
        ],
    )
    return numbers


def _measures(
    session: Session, plan: Plan, content: entries.Plan, objectives: dict[str, int]
) -> dict[str, int]:
    numbers = _numbers(session, OperationalMeasure, plan, [m.code for m in content.measures])
    _merge(
        session,
        [
            OperationalMeasure(
                id=numbers[entry.code],
                plan_code=plan.code,
                objective_id=objectives[entry.objective],
                code=entry.code,
                position=position,
                title=entry.title,
                titles=_names(entry.titles),
                description=entry.description,
                paras=entry.paras,
                para_confidence=entry.para_confidence,
                content_basis=entry.content_basis,
                content_source=entry.content_source,
                founding_paras=list(entry.founding_paras),
                approach=entry.approach,
                dimensions=list(entry.dimensions),
                origin=entry.origin,
            )
            for position, entry in enumerate(content.measures)
        ],
    )
    return numbers


def _indicators(
    session: Session, plan: Plan, content: entries.Plan, objectives: dict[str, int]
) -> dict[str, int]:
    numbers = _numbers(session, Indicator, plan, [entry.code for entry in content.indicators])
    _merge(
        session,
        [
            _indicator(
                plan,
                content,
                entry,
                at=(numbers[entry.code], objectives[entry.objective], position),
            )
            for position, entry in enumerate(content.indicators)
        ],
    )
    return numbers


def _indicator(
    plan: Plan, content: entries.Plan, entry: entries.Indicator, *, at: tuple[int, int, int]
) -> Indicator:
    number, objective_id, position = at
    same = {
        "code", "name", "definition", "unit", "kind", "direction", "type", "tier", "entry_mode",
        "frequency", "lower", "upper", "step", "is_integer", "numerator_within_denominator",
        "scores_progress", "source", "custodian", "human_rights_caveat", "min_cell",
    }  # fmt: skip
    return Indicator(
        **{name: getattr(entry, name) for name in same},
        id=number,
        plan_code=plan.code,
        objective_id=objective_id,
        position=position,
        names=_names(entry.names),
        direction_note=entry.direction_note or "",
        scale_code=entry.scale,
        numerator=entry.numerator or "",
        denominator=entry.denominator or "",
        disaggregations=list(entry.disaggregations),
        levels=[level.value for level in entry.levels],
        aggregation=entry.aggregation.region,
        aggregation_global=entry.aggregation.world,
        aggregation_weight=entry.aggregation.weight or "",
        aggregation_note=content.note_of(entry),
        min_coverage=entry.aggregation.min_coverage,
        meets_operator=entry.meets.operator if entry.meets else None,
        meets_value=entry.meets.value if entry.meets else None,
        source_alternatives=list(entry.source_alternatives),
        sdg_indicator=entry.sdg_indicator or "",
        is_sensitive=entry.is_sensitive,
    )


def _links(
    session: Session, content: entries.Plan, measures: dict[str, int], indicators: dict[str, int]
) -> None:
    """Say anew which indicators, actors and articles belong to which measure."""
    mine = list(measures.values())
    for model in (MeasureIndicator, MeasureActor, CrosswalkLink):
        table = columns(model)
        session.connection().execute(sa.delete(table).where(table.c.measure_id.in_(mine)))
    session.expire_all()
    rows: list[Table] = [
        MeasureIndicator(
            measure_id=measures[code],
            indicator_id=indicators[entry.code],
            is_primary=position == 0,
        )
        for entry in content.indicators
        for position, code in enumerate(entry.measures)
    ]
    rows += [
        MeasureActor(
            measure_id=measures[entry.code],
            plan_code=content.code,
            actor_code=actor,
            part=part,
            position=position,
        )
        for entry in content.measures
        for part, actors in ((Part.LEAD, entry.lead), (Part.SUPPORT, entry.support))
        for position, actor in enumerate(actors)
    ]
    instruments = {instrument.code: instrument for instrument in content.instruments}
    rows += [
        CrosswalkLink(
            measure_id=measures[entry.code],
            instrument_code=code,
            reference=reference,
            article_code=instruments[code].article(reference) if code in instruments else None,
            relation=Relation.RELATED,
        )
        for entry in content.measures
        for code, references in entry.crosswalk.items()
        for reference in references
    ]
    _merge(session, rows)


def _around(session: Session, content: entries.Plan, measures: dict[str, int]) -> None:
    """Bring events and related plans up to date."""
    for model in (Event, RelatedPlan):
        table = columns(model)
        session.connection().execute(sa.delete(table).where(table.c.plan_code == content.code))
    session.expire_all()
    rows: list[Table] = [
        Event(
            plan_code=content.code,
            number=number,
            starts=entry.starts,
            ends=entry.ends,
            title=entry.title,
            kind=entry.kind,
            body=entry.body,
            place=entry.place or "",
            source=entry.source,
            basis=entry.basis,
        )
        for number, entry in enumerate(sorted(content.events, key=_by_day), start=1)
    ]
    rows += [
        RelatedPlan(
            plan_code=content.code,
            code=entry.code,
            organization=entry.organization,
            title=entry.title,
            adopted=entry.adopted,
            period=entry.period or "",
            status=entry.status,
            objectives=list(entry.crosswalk_to),
            members=list(entry.members),
            basis=entry.basis,
            note=entry.note or "",
        )
        for entry in content.related_plans
    ]
    _merge(session, rows)


def _by_day(entry: entries.Event) -> date:
    return entry.starts


def _aims(
    session: Session, content: entries.Plan, indicators: dict[str, int], now: datetime
) -> None:
    """Retire baselines and targets that changed, and add what is new."""
    world = session.exec(select(ReferenceArea.id).where(ReferenceArea.kind == "world")).first()
    # The first wording holds from the beginning: a plan was not unknown before it was installed.
    first = not session.exec(
        select(Target.id).where(col(Target.indicator_id).in_(list(indicators.values()))).limit(1)
    ).first()
    since = EPOCH if first else now
    for entry in content.indicators:
        number = indicators[entry.code]
        starts = [
            Baseline(
                id=f"{number}-baseline-{ledger.digest(entry.baseline.model_dump(mode='json'))[:12]}",
                indicator_id=number,
                rule=entry.baseline.rule,
                year=entry.baseline.year,
                note=content.baseline_note_of(entry),
                recorded_at=since,
            )
        ]
        aims = [_target(entry.target, number, world, since)] if entry.target else []
        _follow(session, Baseline, number, starts, now)
        _follow(session, Target, number, [aim for aim in aims if aim is not None], now)


def _target(aim: entries.Target, number: int, world: int | None, since: datetime) -> Target | None:
    if aim.value is None:  # the agreed text names a direction and no number
        return None
    of_the_world = aim.applies_to.lower() in _WORLD
    return Target(
        id=f"{number}-target-{ledger.digest(aim.model_dump(mode='json'))[:12]}",
        indicator_id=number,
        area_id=world if of_the_world else None,
        operator=aim.operator,
        value=aim.value,
        upper=aim.upper,
        year=aim.year,
        status=aim.status,
        applies_to=aim.applies_to,
        note=aim.note or "",
        recorded_at=since,
    )


Aim = TypeVar("Aim", Baseline, Target)


def _follow(
    session: Session, model: type[Aim], number: int, wanted: list[Aim], now: datetime
) -> None:
    ids = {row.id for row in wanted}
    held = session.exec(
        select(model).where(
            model.indicator_id == number,
            col(model.retired_at).is_(None),
            sa.not_(col(model.is_illustrative)),
            col(model.id).like(f"{number}-%"),
        )
    ).all()
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
