"""A plan in words as it was installed at a moment: titles, objectives, measures and indicators."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlmodel import Session

from dashboard.services import editions, texts
from dashboard.services.editions import PlanText
from dashboard.services.texts import IndicatorText, MeasureText, ObjectiveText, PlanTexts
from models import Indicator, OperationalMeasure

APART: Final = frozenset({"id", "plan_code", "objective_id", "code", "name", "position"})
"""Columns of an indicator that its text tells in another form."""


def load(session: Session, plan: str, *, as_of: datetime | None = None) -> PlanTexts:
    """Return a plan in words as known at a moment (none: now).

    Dates in the life of the plan, its dimensions and related plans have no history: they are told
    as they are now, and so are the levels of scales.
    """
    now = texts.load(session, plan)
    if as_of is None:
        return now
    then = editions.in_force(session, plan, as_of)
    if then.edition == now.edition:
        return now
    objectives = {one.id: one.code for one in then.objectives}
    return replace(
        now,
        title=then.plan.title,
        short_title=then.plan.short_title,
        symbol=then.plan.symbol,
        adopted=then.plan.adopted,
        adopted_by=then.plan.adopted_by,
        legal_nature=then.plan.legal_nature,
        edition=then.edition,
        notices=tuple(then.plan.notices),
        objectives=tuple(
            ObjectiveText(**{name: getattr(one, name) for name in _own(ObjectiveText)})
            for one in then.objectives
        ),
        measures=_measures(then, objectives),
        indicators=_indicators(then, objectives),
    )


def _own(kind: type) -> list[str]:
    return list(kind.__dataclass_fields__)  # type: ignore[attr-defined]


def _measures(then: PlanText, objectives: dict[int, str]) -> tuple[MeasureText, ...]:
    told = editions.read(then.content)
    names = {one.code: one.name for one in told.actors}
    entries = {one.code: one for one in told.measures}
    codes = {one.id: one.code for one in then.indicators}
    serves: dict[int, list[str]] = defaultdict(list)
    for link in sorted(then.links, key=lambda one: not one.is_primary):
        serves[link.measure_id].append(codes[link.indicator_id])
    beside = {"objective", "lead", "support", "references", "indicators"}
    plain = [name for name in _own(MeasureText) if name not in beside]

    def text(row: OperationalMeasure) -> MeasureText:
        fields = {name: getattr(row, name) for name in plain}
        lists = {name: tuple(fields[name]) for name in ("founding_paras", "dimensions")}
        return MeasureText(
            **{**fields, **lists},
            objective=objectives[row.objective_id],
            lead=tuple(names[code] for code in entries[row.code].lead),
            support=tuple(names[code] for code in entries[row.code].support),
            references=(),
            indicators=tuple(serves[row.id]),
        )

    return tuple(text(row) for row in then.measures)


def _indicators(then: PlanText, objectives: dict[int, str]) -> tuple[IndicatorText, ...]:
    codes = {one.id: one.code for one in then.measures}
    serves: dict[int, list[str]] = defaultdict(list)
    for link in sorted(then.links, key=lambda one: not one.is_primary):
        serves[link.indicator_id].append(codes[link.measure_id])

    def text(row: Indicator) -> IndicatorText:
        return IndicatorText(
            code=row.code,
            objective=objectives[row.objective_id],
            name=row.name,
            measures=tuple(serves[row.id]),
            fields={name: one for name, one in row.model_dump().items() if name not in APART},
            levels=(),
            criteria=(),
        )

    return tuple(text(row) for row in then.indicators)
