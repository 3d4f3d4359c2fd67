"""Plans for programs: their objectives, measures and indicators, as installed at a moment."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api import shapes
from dashboard.api.answers import Desk, Found
from dashboard.api.asked import PROBLEMS, as_of
from dashboard.services import extracts, plans, wordings
from dashboard.services.texts import PlanTexts

Rows = Callable[[PlanTexts], list[dict[str, Any]]]


def router(desk: Desk) -> APIRouter:
    """Return the resources of plans, answered at this desk."""
    made = APIRouter(responses=PROBLEMS, tags=["plans"])

    @made.get("/plans", response_model=shapes.Envelope[list[shapes.PlanRow]])
    def every_plan(request: Request, asked: Annotated[shapes.Shown, Query()]) -> Response:
        """List the plans."""
        known = as_of(asked.as_of)

        def find(session: Session) -> Found:
            rows = [
                _plan(session, wordings.load(session, plan.code, as_of=known))
                for plan in plans.listing(session)
            ]
            pretend = any(row["is_illustrative"] for row in rows)
            return Found(rows, as_of=known, is_illustrative=pretend)

        return desk.answer(request, find, fields=asked.fields, of=shapes.PlanRow)

    @made.get("/plans/{plan}", response_model=shapes.Envelope[shapes.PlanRow])
    def one_plan(
        request: Request, plan: str, asked: Annotated[shapes.AsKnown, Query()]
    ) -> Response:
        """Tell about a plan."""
        known = as_of(asked.as_of)

        def find(session: Session) -> Found:
            told = wordings.load(session, plan, as_of=known)
            row = _plan(session, told)
            return Found(
                row,
                plan=plan,
                as_of=known,
                is_illustrative=row["is_illustrative"],
                source=f"{told.title} ({told.symbol})",
                notices=told.notices,
            )

        return desk.answer(request, find, plan=plan)

    _parts(made, desk)
    return made


def _parts(made: APIRouter, desk: Desk) -> None:
    @made.get("/plans/{plan}/objectives", response_model=shapes.Envelope[list[shapes.ObjectiveRow]])
    def objectives(
        request: Request, plan: str, asked: Annotated[shapes.Shown, Query()]
    ) -> Response:
        """List the objectives of a plan."""
        return _listed(desk, request, plan, asked, _objectives, shapes.ObjectiveRow)

    @made.get("/plans/{plan}/measures", response_model=shapes.Envelope[list[shapes.MeasureRow]])
    def measures(request: Request, plan: str, asked: Annotated[shapes.Shown, Query()]) -> Response:
        """List the operational measures of a plan."""
        return _listed(desk, request, plan, asked, _measures, shapes.MeasureRow)

    @made.get("/plans/{plan}/indicators", response_model=shapes.Envelope[list[shapes.IndicatorRow]])
    def indicators(
        request: Request, plan: str, asked: Annotated[shapes.Shown, Query()]
    ) -> Response:
        """List the indicators of a plan."""
        return _listed(desk, request, plan, asked, _indicators, shapes.IndicatorRow)


def _listed(  # noqa: PLR0917 - what it takes to answer
    desk: Desk, request: Request, plan: str, asked: shapes.Shown, rows: Rows, of: Any
) -> Response:
    known = as_of(asked.as_of)

    def find(session: Session) -> Found:
        told = wordings.load(session, plan, as_of=known)
        return Found(
            rows(told),
            plan=plan,
            as_of=known,
            is_illustrative=extracts.is_illustrative(session, plan),
            source=f"{told.title} ({told.symbol})",
            notices=told.notices,
        )

    return desk.answer(request, find, plan=plan, fields=asked.fields, of=of)


def _plan(session: Session, told: PlanTexts) -> dict[str, Any]:
    return {
        "plan": told.code,
        **_fields(told, shapes.PlanRow, but={"plan", "is_illustrative"}),
        "is_illustrative": extracts.is_illustrative(session, told.code),
    }


def _objectives(told: PlanTexts) -> list[dict[str, Any]]:
    return [
        {"objective": one.code, **_fields(one, shapes.ObjectiveRow, but={"objective"})}
        for one in told.objectives
    ]


def _measures(told: PlanTexts) -> list[dict[str, Any]]:
    return [
        {"measure": one.code, **_fields(one, shapes.MeasureRow, but={"measure"})}
        for one in told.measures
    ]


def _indicators(told: PlanTexts) -> list[dict[str, Any]]:
    own = {"indicator", "objective", "measures", "name"}
    names = [name for name in shapes.IndicatorRow.model_fields if name not in own]
    return [
        {
            "indicator": one.code,
            "objective": one.objective,
            "measures": list(one.measures),
            "name": one.name,
            **{name: _written(one.fields[name]) for name in names},
        }
        for one in told.indicators
    ]


def _fields(told: Any, shape: Any, *, but: set[str]) -> dict[str, Any]:
    return {name: _written(getattr(told, name)) for name in shape.model_fields if name not in but}


def _written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value
