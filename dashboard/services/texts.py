"""The words of a plan as pages and files show them: measures, indicators, events, people's texts.

Everything here is plain data, safe to keep for as long as the record does not change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard.services import plans
from models import (
    Actor,
    Article,
    CrosswalkLink,
    Dimension,
    Event,
    Indicator,
    Instrument,
    MeasureActor,
    MeasureIndicator,
    NotFound,
    Objective,
    OperationalMeasure,
    Part,
    Plan,
    RelatedPlan,
    Scale,
)


@dataclass(frozen=True)
class ObjectiveText:
    """An objective in words."""

    code: str
    title: str
    description: str
    section: str
    paras: str
    para_confidence: str
    origin: str


@dataclass(frozen=True)
class Reference:
    """A place in another instrument that a measure serves."""

    instrument: str
    title: str
    reference: str
    article: str
    relation: str  # equal, subset, superset, intersects, related
    note: str


@dataclass(frozen=True)
class MeasureText:
    """A measure in words, with who carries it out and what it serves."""

    code: str
    objective: str
    title: str
    description: str
    paras: str
    para_confidence: str
    content_basis: str
    content_source: str
    founding_paras: tuple[str, ...]
    approach: str
    dimensions: tuple[str, ...]
    origin: str
    lead: tuple[str, ...]
    support: tuple[str, ...]
    references: tuple[Reference, ...]
    indicators: tuple[str, ...]


@dataclass(frozen=True)
class LevelText:
    """A level of a scale."""

    value: int
    label: str
    meaning: str


@dataclass(frozen=True)
class IndicatorText:
    """The metadata sheet of an indicator."""

    code: str
    objective: str
    name: str
    measures: tuple[str, ...]
    fields: Mapping[str, Any]  # every other column of the indicator, by its name
    levels: tuple[LevelText, ...]
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class EventText:
    """A date in the life of the plan."""

    starts: date
    ends: date | None
    title: str
    kind: str
    body: str
    place: str
    source: str
    basis: str


Text = TypeVar("Text", ObjectiveText, MeasureText, IndicatorText)


@dataclass(frozen=True)
class PlanTexts:
    """A plan in words."""

    code: str
    title: str
    short_title: str
    symbol: str
    adopted: date
    adopted_by: str
    legal_nature: str
    edition: str
    notices: tuple[str, ...]
    about: Mapping[str, Any]
    objectives: tuple[ObjectiveText, ...]
    measures: tuple[MeasureText, ...]
    indicators: tuple[IndicatorText, ...]
    events: tuple[EventText, ...]
    related: tuple[Mapping[str, Any], ...]
    dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def objective(self, code: str) -> ObjectiveText:
        """Return the objective with this code."""
        return _one(self.objectives, code)

    def measure(self, code: str) -> MeasureText:
        """Return the measure with this code."""
        return _one(self.measures, code)

    def indicator(self, code: str) -> IndicatorText:
        """Return the indicator with this code."""
        return _one(self.indicators, code)


def _one(entries: tuple[Text, ...], code: str) -> Text:
    for entry in entries:
        if entry.code == code:
            return entry
    raise NotFound(f"The plan has no entry with the code {code!r}.")


def load(session: Session, plan: str) -> PlanTexts:
    """Return a plan in words, as it is installed now."""
    found = session.get(Plan, plan)
    if found is None:
        raise NotFound(f"No plan has the code {plan!r}.")
    objectives = session.exec(
        select(Objective)
        .where(Objective.plan_code == plan, sa.not_(col(Objective.retired)))
        .order_by(col(Objective.position))
    ).all()
    codes = {row.id: row.code for row in objectives}
    return PlanTexts(
        code=found.code,
        title=found.title,
        short_title=found.short_title,
        symbol=found.symbol,
        adopted=found.adopted,
        adopted_by=found.adopted_by,
        legal_nature=found.legal_nature,
        edition=plans.edition(session, plan).version,
        notices=tuple(found.notices),
        about=found.about,
        objectives=tuple(ObjectiveText(**_same(row, ObjectiveText)) for row in objectives),
        measures=_measures(session, plan, codes),
        indicators=_indicators(session, plan, codes),
        events=_events(session, plan, _sources(found.about)),
        related=_related(session, plan),
        dimensions=_dimensions(session, plan),
    )


def _same(row: Any, kind: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kind.__dataclass_fields__}


def _measures(session: Session, plan: str, codes: dict[int, str]) -> tuple[MeasureText, ...]:
    rows = session.exec(
        select(OperationalMeasure)
        .where(OperationalMeasure.plan_code == plan, sa.not_(col(OperationalMeasure.retired)))
        .order_by(col(OperationalMeasure.position))
    ).all()
    numbers = [row.id for row in rows]
    actors = session.exec(
        select(MeasureActor, Actor.name)
        .join(
            Actor,
            sa.and_(
                col(Actor.code) == MeasureActor.actor_code,
                col(Actor.plan_code) == MeasureActor.plan_code,
            ),
        )
        .where(col(MeasureActor.measure_id).in_(numbers))
        .order_by(col(MeasureActor.position))
    ).all()
    links = session.exec(
        select(MeasureIndicator.measure_id, Indicator.code)
        .join(Indicator, col(Indicator.id) == MeasureIndicator.indicator_id)
        .where(col(MeasureIndicator.measure_id).in_(numbers))
        .order_by(col(MeasureIndicator.is_primary).desc(), col(Indicator.position))
    ).all()
    references = _references(session, numbers)
    beside = {
        *("objective", "lead", "support", "references", "indicators"),
        *("founding_paras", "dimensions"),
    }
    told = [name for name in MeasureText.__dataclass_fields__ if name not in beside]
    return tuple(
        MeasureText(
            **{name: getattr(row, name) for name in told},
            founding_paras=tuple(row.founding_paras),
            dimensions=tuple(row.dimensions),
            objective=codes[row.objective_id],
            lead=_who(actors, row.id, Part.LEAD),
            support=_who(actors, row.id, Part.SUPPORT),
            references=tuple(references.get(row.id, [])),
            indicators=tuple(code for measure, code in links if measure == row.id),
        )
        for row in rows
    )


def _who(actors: Any, measure: int, part: Part) -> tuple[str, ...]:
    return tuple(name for link, name in actors if link.measure_id == measure and link.part == part)


def _references(session: Session, measures: list[int]) -> dict[int, list[Reference]]:
    rows = session.exec(
        select(CrosswalkLink, Instrument.title, Article.title)
        .join(Instrument, col(Instrument.code) == CrosswalkLink.instrument_code, isouter=True)
        .join(
            Article,
            sa.and_(
                col(Article.instrument_code) == CrosswalkLink.instrument_code,
                col(Article.code) == CrosswalkLink.article_code,
            ),
            isouter=True,
        )
        .where(col(CrosswalkLink.measure_id).in_(measures))
        .order_by(col(CrosswalkLink.instrument_code), col(CrosswalkLink.reference))
    ).all()
    found: dict[int, list[Reference]] = {}
    for link, title, article in rows:
        found.setdefault(link.measure_id, []).append(
            Reference(
                link.instrument_code,
                title or "",
                link.reference,
                article or "",
                str(link.relation),
                link.note,
            )
        )
    return found


def _indicators(session: Session, plan: str, codes: dict[int, str]) -> tuple[IndicatorText, ...]:
    rows = session.exec(
        select(Indicator)
        .where(Indicator.plan_code == plan, sa.not_(col(Indicator.retired)))
        .order_by(col(Indicator.position))
    ).all()
    links = session.exec(
        select(MeasureIndicator.indicator_id, OperationalMeasure.code)
        .join(OperationalMeasure, col(OperationalMeasure.id) == MeasureIndicator.measure_id)
        .where(OperationalMeasure.plan_code == plan)
        .order_by(col(MeasureIndicator.is_primary).desc(), col(OperationalMeasure.position))
    ).all()
    levels = plans.scale_levels(session, plan)
    scales = {
        scale.code: scale for scale in session.exec(select(Scale).where(Scale.plan_code == plan))
    }
    apart = {"id", "plan_code", "objective_id", "code", "name", "position"}
    found = []
    for row in rows:
        code = row.scale_code or ""
        found.append(
            IndicatorText(
                code=row.code,
                objective=codes[row.objective_id],
                name=row.name,
                measures=tuple(measure for number, measure in links if number == row.id),
                fields={k: v for k, v in row.model_dump().items() if k not in apart},
                levels=tuple(
                    LevelText(level.value, level.label, level.meaning)
                    for level in levels.get(code, [])
                ),
                criteria=tuple(scales[code].criteria) if code in scales else (),
            )
        )
    return tuple(found)


def _events(session: Session, plan: str, sources: Mapping[str, str]) -> tuple[EventText, ...]:
    rows = session.exec(
        select(Event).where(Event.plan_code == plan).order_by(col(Event.starts), col(Event.number))
    )
    return tuple(
        EventText(**_same(row, EventText) | {"source": spelled(row.source, sources)})
        for row in rows
    )


def _sources(about: Mapping[str, Any]) -> dict[str, str]:
    """Return what each source of a plan is, by the code under which other entries name it."""
    return {str(one["id"]): " ".join(one["what"].split()) for one in about.get("sources", [])}


def spelled(source: str, known: Mapping[str, str]) -> str:
    """Return a source with the codes in it spelled out: readers know none of them."""
    return "; ".join(known.get(part.strip(), part.strip()) for part in source.split(","))


def _related(session: Session, plan: str) -> tuple[Mapping[str, Any], ...]:
    rows = session.exec(
        select(RelatedPlan).where(RelatedPlan.plan_code == plan).order_by(col(RelatedPlan.code))
    )
    return tuple(row.model_dump() for row in rows)


def _dimensions(session: Session, plan: str) -> dict[str, tuple[str, ...]]:
    rows = session.exec(select(Dimension).where(Dimension.plan_code == plan))
    return {row.code: tuple(row.codes) for row in rows}
