"""A plan as it was worded at a moment: as installed now, or as an earlier edition keeps it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard.exchange.schema import RESOURCES
from models import (
    EPOCH,
    Dimension,
    Direction,
    Indicator,
    Level,
    MeasureIndicator,
    NotFound,
    Objective,
    OperationalMeasure,
    Plan,
    PlanEdition,
    Scale,
    ScaleLevel,
    plain,
)
from seed import entries, rows

Part = TypeVar("Part", Objective, OperationalMeasure, Indicator)
NUMBERS: Final = frozenset({"value", "upper", "lower", "step"})
"""Fields of a plan's content that are decimal numbers wherever they stand."""
DIRECTIONS: Final = {Direction.UP: 1, Direction.DOWN: -1, Direction.NONE: 0}


@dataclass(frozen=True)
class PlanText:
    """A plan as rows: those of the edition in force at a moment."""

    plan: Plan
    edition: str
    digest: str
    objectives: list[Objective]
    measures: list[OperationalMeasure]
    indicators: list[Indicator]
    links: list[MeasureIndicator]
    scales: list[Scale]
    levels: list[ScaleLevel]
    dimensions: list[Dimension]
    content: dict[str, Any]  # as it was read; empty where it was not kept


def in_force(session: Session, code: str, as_of: datetime) -> PlanText:
    """Return the plan as it was installed at a moment."""
    plan = session.get(Plan, code)
    if plan is None:
        raise NotFound(f"No plan has the code {code!r}.")
    editions = session.exec(
        select(PlanEdition)
        .where(PlanEdition.plan_code == code)
        .order_by(col(PlanEdition.installed_at), col(PlanEdition.version))
    ).all()
    current = editions[-1] if editions else None
    # What is known of a plan before it was installed is what was installed first.
    held = [one for one in editions if one.installed_at <= as_of] or list(editions[:1])
    if held and held[-1] is not current:
        return _earlier(session, plan, held[-1])
    return _installed(session, plan, current)


def _installed(session: Session, plan: Plan, edition: PlanEdition | None) -> PlanText:
    code = plan.code
    objectives, measures, indicators = (
        _kept(session, Objective, code),
        _kept(session, OperationalMeasure, code),
        _kept(session, Indicator, code),
    )
    links = session.exec(
        select(MeasureIndicator).where(
            col(MeasureIndicator.indicator_id).in_([one.id for one in indicators]),
            col(MeasureIndicator.measure_id).in_([one.id for one in measures]),
        )
    )
    return PlanText(
        plan=plan,
        edition=edition.version if edition else "",
        digest=edition.digest if edition else "",
        objectives=objectives,
        measures=measures,
        indicators=indicators,
        links=list(links.all()),
        scales=list(session.exec(select(Scale).where(Scale.plan_code == code)).all()),
        levels=list(session.exec(select(ScaleLevel).where(ScaleLevel.plan_code == code)).all()),
        dimensions=list(session.exec(select(Dimension).where(Dimension.plan_code == code)).all()),
        content=edition.content if edition else {},
    )


def read(content: dict[str, Any]) -> entries.Plan:
    """Return the content that an edition keeps as the plan it was read from."""
    return entries.Plan.model_validate(_decimals(content))


def _earlier(session: Session, plan: Plan, edition: PlanEdition) -> PlanText:
    """Return an edition that another has followed, from its content as it was read then."""
    content = read(edition.content)
    known = rows.Numbers(
        _numbers(session, Objective, plan.code),
        _numbers(session, OperationalMeasure, plan.code),
        _numbers(session, Indicator, plan.code),
    )
    ids = rows.numbers(content, plan.number, known)
    made = rows.of_plan(content, number=plan.number, ids=ids, now=EPOCH)
    return PlanText(
        plan=made.plan[0],
        edition=edition.version,
        digest=edition.digest,
        objectives=made.objectives,
        measures=made.measures,
        indicators=made.indicators,
        links=made.measure_indicators,
        scales=made.scales,
        levels=made.scale_levels,
        dimensions=made.dimensions,
        content=edition.content,
    )


def _decimals(content: Any) -> Any:
    """Return the content of an edition with its numbers, which JSON keeps as text, as decimals."""
    if isinstance(content, list):
        return [_decimals(one) for one in content]
    if not isinstance(content, dict):
        return content
    return {
        name: Decimal(value) if name in NUMBERS and isinstance(value, str) else _decimals(value)
        for name, value in content.items()
    }


def _kept(session: Session, table: type[Part], plan: str) -> list[Part]:
    wanted = select(table).where(table.plan_code == plan, sa.not_(col(table.retired)))
    return list(session.exec(wanted).all())


def _numbers(session: Session, table: type[Part], plan: str) -> dict[str, int]:
    found = session.exec(select(table).where(table.plan_code == plan))
    return {row.code: row.id for row in found}


def tables(plan: PlanText) -> dict[str, pd.DataFrame]:
    """Return the tables of a snapshot that the plan's own text gives."""
    objectives = {one.id: one.code for one in plan.objectives}
    measures = {one.id: one.code for one in plan.measures}
    indicators = {one.id: one.code for one in plan.indicators}
    primary = {
        link.indicator_id: measures[link.measure_id] for link in plan.links if link.is_primary
    }
    found: dict[str, list[dict[str, Any]]] = {
        "plan": [{**plain_row(plan.plan), "plan": plan.plan.code, "edition": plan.edition}],
        "objectives": [{**plain_row(one), "objective": one.code} for one in plan.objectives],
        "measures": [
            {
                **plain_row(one),
                "measure": one.code,
                "objective": objectives[one.objective_id],
                "dimensions": " ".join(one.dimensions),
            }
            for one in plan.measures
        ],
        "indicators": [
            {
                **plain_row(one),
                "indicator": one.code,
                "objective": objectives[one.objective_id],
                "measure": primary.get(one.id, ""),
                "direction": DIRECTIONS[one.direction] if one.scores_progress else 0,
                "scale": one.scale_code or "",
                "meets_op": str(one.meets_operator or ""),
                "weight": one.aggregation_weight,
                "national": Level.NATIONAL in one.levels,
            }
            for one in plan.indicators
        ],
        "measure_indicators": [
            {
                "measure": measures[link.measure_id],
                "indicator": indicators[link.indicator_id],
                "is_primary": link.is_primary,
            }
            for link in plan.links
        ],
        "scales": [{**plain_row(one), "scale": one.code} for one in plan.scales],
        "scale_levels": [{**plain_row(one), "scale": one.scale_code} for one in plan.levels],
        "dimensions": [
            {"dimension": one.code, "code": code, "name": one.name, "position": position}
            for one in plan.dimensions
            for position, code in enumerate(one.codes, start=1)
        ],
    }
    return {name: frame(name, rows_) for name, rows_ in found.items()}


def plain_row(row: Any) -> dict[str, Any]:
    """Return the columns of a row as text and numbers, as files have them."""
    return {name: written(value) for name, value in row.model_dump().items()}


def written(value: Any) -> Any:
    """Return a value as it stands in files: decimals and days as text, nothing as empty."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return str(value)
    return value


def frame(name: str, given: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows as the table of this name, with its columns even where there is no row."""
    names = [field.name for field in RESOURCES[name].fields]
    return pd.DataFrame(list(given), columns=names)
