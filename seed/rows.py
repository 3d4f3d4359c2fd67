"""Turn a plan as people wrote it into rows of the record."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from models import (
    Actor,
    Article,
    Baseline,
    CrosswalkLink,
    Dimension,
    Event,
    Indicator,
    Instrument,
    MeasureActor,
    MeasureIndicator,
    Objective,
    OperationalMeasure,
    Part,
    Plan,
    RelatedPlan,
    Relation,
    Scale,
    ScaleLevel,
    Table,
    Target,
)
from seed import crosschecks, entries

WORLD: Final = 1
"""The number of the world among areas."""
PER_PLAN: Final = 1000
"""How many numbers of objectives, measures or indicators a plan may use."""
ABOUT: Final = {
    *("document", "compiled", "language", "status", "licence_note", "scope", "annex"),
    *("titles_basis", "adopted_how", "published", "launched", "agenda_item", "languages"),
    *("paragraphs_total", "paragraphs_total_confidence", "mandate_chain", "purposes"),
    *("appraisals", "sources", "vocabulary", "recurring", "groupings"),
}
"""What is told about a plan beside its columns: kept whole in `Plan.about`."""


@dataclass(frozen=True)
class Numbers:
    """The numbers of objectives, measures and indicators, each by its code."""

    objectives: Mapping[str, int]
    measures: Mapping[str, int]
    indicators: Mapping[str, int]


@dataclass(frozen=True)
class PlanRows:
    """A plan as rows, table by table, in an order that keeps every reference whole."""

    plan: list[Plan]
    scales: list[Scale]
    scale_levels: list[ScaleLevel]
    dimensions: list[Dimension]
    actors: list[Actor]
    instruments: list[Instrument]  # shared by all plans: the same code is the same instrument
    articles: list[Article]
    objectives: list[Objective]
    measures: list[OperationalMeasure]
    indicators: list[Indicator]
    measure_indicators: list[MeasureIndicator]
    measure_actors: list[MeasureActor]
    crosswalk_links: list[CrosswalkLink]
    events: list[Event]
    related_plans: list[RelatedPlan]
    baselines: list[Baseline]
    targets: list[Target]

    def __iter__(self) -> Iterator[Table]:
        """Go through all rows in this order."""
        for table in fields(self):
            yield from getattr(self, table.name)


def numbers(plan: entries.Plan, number: int, known: Numbers | None = None) -> Numbers:
    """Number what a plan contains: codes that are `known` keep theirs, new ones follow."""
    have = known or Numbers({}, {}, {})
    first = number * PER_PLAN
    return Numbers(
        _numbered([objective.code for objective in plan.objectives], have.objectives, first),
        _numbered([measure.code for measure in plan.measures], have.measures, first),
        _numbered([indicator.code for indicator in plan.indicators], have.indicators, first),
    )


def _numbered(codes: Sequence[str], known: Mapping[str, int], first: int) -> dict[str, int]:
    found, free = dict(known), max(known.values(), default=first) + 1
    for code in codes:
        if code not in found:
            found[code] = free
            free += 1
    return found


def of_plan(plan: entries.Plan, *, number: int, ids: Numbers, now: datetime) -> PlanRows:
    """Return a plan as rows of the record, with the numbers that `numbers` gave."""
    code = plan.code
    return PlanRows(
        plan=[_plan(plan, number)],
        scales=[
            Scale(plan_code=code, **scale.model_dump(exclude={"levels"})) for scale in plan.scales
        ],
        scale_levels=[
            ScaleLevel(plan_code=code, scale_code=scale.code, **level.model_dump())
            for scale in plan.scales
            for level in scale.levels
        ],
        dimensions=[_dimension(plan, dimension) for dimension in plan.dimensions],
        actors=[Actor(plan_code=code, **actor.model_dump()) for actor in plan.actors],
        instruments=[_instrument(instrument) for instrument in plan.instruments],
        articles=[
            Article(instrument_code=each.code, code=article, position=position, title=title)
            for each in plan.instruments
            for position, (article, title) in enumerate(each.articles.items(), start=1)
        ],
        objectives=[_objective(plan, objective, ids) for objective in plan.objectives],
        measures=[_measure(plan, i, each, ids) for i, each in enumerate(plan.measures, start=1)],
        indicators=[
            _indicator(plan, i, each, ids) for i, each in enumerate(plan.indicators, start=1)
        ],
        measure_indicators=[
            MeasureIndicator(
                measure_id=ids.measures[measure],
                indicator_id=ids.indicators[indicator.code],
                is_primary=measure == indicator.measures[0],
            )
            for indicator in plan.indicators
            for measure in indicator.measures
        ],
        measure_actors=[part for measure in plan.measures for part in _parts(plan, measure, ids)],
        crosswalk_links=[link for each in plan.measures for link in _links(plan, each, ids)],
        events=[
            Event(
                plan_code=code,
                number=position,
                **{**event.model_dump(), "place": event.place or ""},
            )
            for position, event in enumerate(plan.events, start=1)
        ],
        related_plans=[_related(plan, related) for related in plan.related_plans],
        baselines=[_baseline(plan, indicator, ids, now) for indicator in plan.indicators],
        targets=[
            _target(plan, indicator, indicator.target, ids, now)
            for indicator in plan.indicators
            if indicator.target is not None and indicator.target.value is not None
        ],
    )


def key(*parts: object) -> str:
    """Return a key that says what it is the key of: the same parts always give the same one."""
    text = json.dumps([str(part) for part in parts], ensure_ascii=False)
    return f"{parts[0]}:{parts[1]}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _plan(plan: entries.Plan, number: int) -> Plan:
    told = plan.model_dump(mode="json")
    about = {name: told[name] for name in sorted(ABOUT)}
    about["known_values"] = [known for known in told["known_values"] if known["use"] == "reference"]
    about["colours"] = {objective.code: objective.colour for objective in plan.objectives}
    return Plan(
        code=plan.code,
        number=number,
        title=plan.title,
        short_title=plan.short_title,
        titles=told["titles"],
        symbol=plan.symbol,
        adopted=plan.adopted,
        adopted_by=plan.adopted_by,
        legal_nature=plan.legal_nature,
        notices=plan.notices,
        review_levels=plan.review_levels,
        about=about,
    )


def _dimension(plan: entries.Plan, dimension: entries.Dimension) -> Dimension:
    own = [instrument.code.lower() for instrument in plan.instruments]
    return Dimension(
        plan_code=plan.code,
        code=dimension.code,
        name=dimension.name,
        codes=own if dimension.codes_from == "instruments" else dimension.codes,
    )


def _instrument(instrument: entries.Instrument) -> Instrument:
    told: dict[str, Any] = instrument.model_dump(exclude={"articles"})
    return Instrument(**{name: value or "" for name, value in told.items()})


def _objective(plan: entries.Plan, objective: entries.Objective, ids: Numbers) -> Objective:
    told = objective.model_dump(exclude={"colour"})
    return Objective(id=ids.objectives[objective.code], plan_code=plan.code, **told)


def _measure(
    plan: entries.Plan, position: int, measure: entries.Measure, ids: Numbers
) -> OperationalMeasure:
    told = measure.model_dump(exclude={"lead", "support", "crosswalk"})
    return OperationalMeasure(
        id=ids.measures[measure.code],
        plan_code=plan.code,
        objective_id=ids.objectives[measure.objective],
        position=position,
        **told,
    )


def _indicator(
    plan: entries.Plan, position: int, indicator: entries.Indicator, ids: Numbers
) -> Indicator:
    beside = {"measures", "baseline", "target", "meets", "aggregation", "scale"}
    told = {
        name: value
        for name, value in indicator.model_dump(exclude=beside).items()
        if value is not None
    }
    rule, meets = indicator.aggregation, indicator.meets
    told["lower"], told["upper"] = crosschecks.limits(plan, indicator)
    return Indicator(
        id=ids.indicators[indicator.code],
        plan_code=plan.code,
        objective_id=ids.objectives[indicator.objective],
        position=position,
        scale_code=indicator.scale,
        aggregation=rule.region,
        aggregation_global=rule.world,
        aggregation_weight=rule.weight or "",
        aggregation_note=plan.note_of(indicator),
        min_coverage=rule.min_coverage,
        meets_operator=meets.operator if meets else None,
        meets_value=meets.value if meets else None,
        is_sensitive=indicator.is_sensitive,
        **told,
    )


def _parts(plan: entries.Plan, measure: entries.Measure, ids: Numbers) -> list[MeasureActor]:
    return [
        MeasureActor(
            measure_id=ids.measures[measure.code],
            plan_code=plan.code,
            actor_code=actor,
            part=part,
            position=position,
        )
        for part, actors in ((Part.LEAD, measure.lead), (Part.SUPPORT, measure.support))
        for position, actor in enumerate(actors, start=1)
    ]


def _links(plan: entries.Plan, measure: entries.Measure, ids: Numbers) -> list[CrosswalkLink]:
    instruments = {instrument.code: instrument for instrument in plan.instruments}
    return [
        CrosswalkLink(
            measure_id=ids.measures[measure.code],
            instrument_code=code,
            reference=reference,
            article_code=instruments[code].article(reference) if code in instruments else None,
            relation=Relation.RELATED,
        )
        for code, references in measure.crosswalk.items()
        for reference in references
    ]


def _related(plan: entries.Plan, related: entries.RelatedPlan) -> RelatedPlan:
    return RelatedPlan(
        plan_code=plan.code,
        code=related.code,
        organization=related.organization,
        title=related.title,
        adopted=related.adopted,
        period=related.period or "",
        status=related.status,
        objectives=related.crosswalk_to,
        members=related.members,
        basis=related.basis,
        note=related.note or "",
    )


def _baseline(
    plan: entries.Plan, indicator: entries.Indicator, ids: Numbers, now: datetime
) -> Baseline:
    told, note = indicator.baseline, plan.baseline_note_of(indicator)
    return Baseline(
        id=key(plan.code, indicator.code, "baseline", told.rule, told.year, note),
        indicator_id=ids.indicators[indicator.code],
        rule=told.rule,
        year=told.year,
        note=note,
        recorded_at=now,
    )


def _target(
    plan: entries.Plan,
    indicator: entries.Indicator,
    told: entries.Target,
    ids: Numbers,
    now: datetime,
) -> Target:
    return Target(
        id=key(plan.code, indicator.code, "target", *told.model_dump().values()),
        indicator_id=ids.indicators[indicator.code],
        area_id=WORLD if told.applies_to == "world" else None,
        recorded_at=now,
        **{**told.model_dump(), "note": told.note or ""},
    )
