"""The resources: each asks a service and says what it found."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

import pandas as pd
from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from dashboard import progress
from dashboard.api import shapes
from dashboard.api.answers import Desk, Found, cursor, read_cursor
from dashboard.exchange.table import records
from dashboard.services import contents, extracts, plans, reads, texts
from dashboard.services.extracts import Place, Wanted
from dashboard.services.views import Picture
from models import BadInput, Fault, check_connection

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": shapes.Problem, "description": told}
    for status, told in {
        401: "Sign in: the installation is not public",
        403: "The account has no role here",
        404: "No such code",
        422: "A filter cannot be read",
    }.items()
}
MOST_WHYS: Final = 200
METHOD: Final = "linear"


def as_of(text: str | None) -> datetime | None:
    """Return the moment somebody means: a day means its end, in UTC."""
    if text is None:
        return None
    try:
        if len(text) == 10:
            return reads.end_of(date.fromisoformat(text))
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadInput(Fault("as_of", "write a day, 2026-03-01, or a moment, 2026-03-01T12:00:00Z"))


def router(desk: Desk) -> APIRouter:
    """Return the resources of the record, answered at this desk."""
    made = APIRouter(responses=PROBLEMS)
    _plans(made, desk)
    _areas(made, desk)
    _figures(made, desk)
    _sums(made, desk)

    @made.get("/health", response_model=shapes.HealthRow, tags=["service"])
    def health(request: Request) -> Response:
        """Say whether the database answers, and at which version it stands."""
        check_connection(desk.engine())
        return desk.plain(
            request, lambda session: {"status": "ok", "version": reads.version(session)}
        )

    return made


def _plans(made: APIRouter, desk: Desk) -> None:
    @made.get("/plans", response_model=shapes.Envelope[list[shapes.PlanRow]], tags=["plans"])
    def every_plan(request: Request) -> Response:
        """List the plans."""

        def find(session: Session) -> Found:
            rows = [_plan(session, plan.code) for plan in plans.listing(session)]
            return Found(rows, is_illustrative=any(row["is_illustrative"] for row in rows))

        return desk.answer(request, find)

    @made.get("/plans/{plan}", response_model=shapes.Envelope[shapes.PlanRow], tags=["plans"])
    def one_plan(request: Request, plan: str) -> Response:
        """Tell about a plan."""
        return desk.answer(request, lambda session: _of(session, plan, _plan), plan=plan)

    @made.get(
        "/plans/{plan}/objectives",
        response_model=shapes.Envelope[list[shapes.ObjectiveRow]],
        tags=["plans"],
    )
    def objectives(request: Request, plan: str) -> Response:
        """List the objectives of a plan."""
        return desk.answer(request, lambda session: _of(session, plan, _objectives), plan=plan)

    @made.get(
        "/plans/{plan}/measures",
        response_model=shapes.Envelope[list[shapes.MeasureRow]],
        tags=["plans"],
    )
    def measures(request: Request, plan: str) -> Response:
        """List the operational measures of a plan."""
        return desk.answer(request, lambda session: _of(session, plan, _measures), plan=plan)

    @made.get(
        "/plans/{plan}/indicators",
        response_model=shapes.Envelope[list[shapes.IndicatorRow]],
        tags=["plans"],
    )
    def indicators(request: Request, plan: str) -> Response:
        """List the indicators of a plan."""
        return desk.answer(request, lambda session: _of(session, plan, _indicators), plan=plan)


def _of(session: Session, plan: str, find: Any) -> Found:
    told = texts.load(session, plan)
    return Found(
        find(session, plan),
        plan=plan,
        is_illustrative=extracts.is_illustrative(session, plan),
        source=f"{told.title} ({told.symbol})",
        notices=told.notices,
    )


def _plan(session: Session, plan: str) -> dict[str, Any]:
    told = texts.load(session, plan)
    return {
        "plan": told.code,
        **_fields(told, shapes.PlanRow, but={"plan", "is_illustrative"}),
        "is_illustrative": extracts.is_illustrative(session, plan),
    }


def _objectives(session: Session, plan: str) -> list[dict[str, Any]]:
    return [
        {"objective": one.code, **_fields(one, shapes.ObjectiveRow, but={"objective"})}
        for one in texts.load(session, plan).objectives
    ]


def _measures(session: Session, plan: str) -> list[dict[str, Any]]:
    return [
        {"measure": one.code, **_fields(one, shapes.MeasureRow, but={"measure"})}
        for one in texts.load(session, plan).measures
    ]


def _indicators(session: Session, plan: str) -> list[dict[str, Any]]:
    told = texts.load(session, plan).indicators
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
        for one in told
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


def _areas(made: APIRouter, desk: Desk) -> None:
    @made.get("/areas", response_model=shapes.Envelope[list[shapes.AreaRow]], tags=["areas"])
    def areas(request: Request, asked: Annotated[shapes.AreasAsked, Query()]) -> Response:
        """List States, regions and groups, with their codes and names."""

        def find(session: Session) -> Found:
            rows = records(_among(contents.areas(session), {"kind": asked.kind}))
            return Found([_area(row) for row in rows])

        return desk.answer(request, find)


def _area(row: dict[str, Any]) -> dict[str, Any]:
    names = {code: row.pop(f"name_{code}") for code in contents.NAMES}
    told = {name: row[name] for name in shapes.AreaRow.model_fields if name != "names"}
    return {**told, "names": {"en": row["name"], **{k: v for k, v in names.items() if v}}}


def _figures(made: APIRouter, desk: Desk) -> None:
    @made.get(
        "/observations",
        response_model=shapes.Envelope[list[shapes.ObservationRow]],
        tags=["figures"],
    )
    def observations(
        request: Request, asked: Annotated[shapes.ObservationsAsked, Query()]
    ) -> Response:
        """List accepted observations, by area, indicator, cell and period."""
        known = as_of(asked.as_of)
        after = Place(*read_cursor(asked.cursor, int, int, int, str)) if asked.cursor else None

        def find(session: Session) -> Found:
            page = extracts.observations(
                session,
                Wanted(
                    plan=asked.plan,
                    as_of=known,
                    areas=tuple(asked.area),
                    indicators=tuple(asked.indicator),
                    cells=tuple(asked.cell),
                    years=_years(asked),
                    after=after,
                    limit=asked.limit,
                ),
            )
            return Found(
                page.rows,
                plan=asked.plan,
                as_of=known,
                is_illustrative=page.is_illustrative
                or extracts.is_illustrative(session, asked.plan),
                notices=_notices(session, asked.plan),
                next=cursor(page.next) if page.next else None,
            )

        return desk.answer(request, find, plan=asked.plan)

    @made.get(
        "/progress", response_model=shapes.Envelope[list[shapes.ProgressRow]], tags=["figures"]
    )
    def statuses(request: Request, asked: Annotated[shapes.ProgressAsked, Query()]) -> Response:
        """List how far each series has come, with its status and, if asked, why."""
        known = as_of(asked.as_of)
        if asked.why and asked.limit > MOST_WHYS:
            asked.limit = MOST_WHYS

        def find(session: Session) -> Found:
            picture = desk.picture(session, asked.plan, known)
            kept = {"area": asked.area, "indicator": asked.indicator, "status": asked.status}
            table, following = _page(_among(picture.progress, kept), ["area", "indicator"], asked)
            told = table.assign(
                flags=table["flags"].str.split(), method=METHOD, assessed=picture.year, why=None
            )[list(shapes.ProgressRow.model_fields)]
            if asked.why:
                told["why"] = [
                    progress.explain(picture.plan, area, indicator, year=picture.year).plain()
                    for area, indicator in zip(told["area"], told["indicator"], strict=True)
                ]
            return _found(session, picture, told, known=known, next_=following)

        return desk.answer(request, find, plan=asked.plan)


def _sums(made: APIRouter, desk: Desk) -> None:
    @made.get(
        "/aggregates",
        response_model=shapes.Envelope[list[shapes.AggregateRow]],
        tags=["figures"],
    )
    def aggregates(request: Request, asked: Annotated[shapes.AggregatesAsked, Query()]) -> Response:
        """List figures of regions, groups and the world, each with n of N States."""
        known = as_of(asked.as_of)

        def find(session: Session) -> Found:
            picture = desk.picture(session, asked.plan, known)
            every = desk.aggregates(session, asked.plan, known)
            every = every if asked.year is None else every[every["year"] == asked.year]
            kept = {"group": asked.group, "indicator": asked.indicator}
            table, following = _page(_among(every, kept), ["group", "indicator", "year"], asked)
            hidden = {
                name: table[name].where(table["is_publishable"])
                for name in ("value", "low", "high")
            }
            told = table.assign(**hidden, missing=table["missing"].str.split())
            return _found(session, picture, told, known=known, next_=following)

        return desk.answer(request, find, plan=asked.plan)


def _found(
    session: Session,
    picture: Picture,
    rows: pd.DataFrame,
    *,
    known: datetime | None,
    next_: str | None,
) -> Found:
    return Found(
        rows,
        plan=picture.plan.plan,
        as_of=known,
        is_illustrative=picture.plan.stamp.is_illustrative,
        notices=_notices(session, picture.plan.plan),
        next=next_,
    )


def _notices(session: Session, plan: str) -> tuple[str, ...]:
    return next((tuple(one.notices) for one in plans.listing(session) if one.code == plan), ())


def _years(asked: shapes.ObservationsAsked) -> tuple[int, int] | None:
    if asked.year is not None:
        return asked.year, asked.year
    if asked.from_year is None and asked.to_year is None:
        return None
    return asked.from_year or 0, asked.to_year or 9999


def _among(table: pd.DataFrame, kept: Mapping[str, list[str]]) -> pd.DataFrame:
    for name, values in kept.items():
        if values:
            table = table[table[name].isin(values)]
    return table


def _page(
    table: pd.DataFrame, keys: list[str], asked: shapes.Paged
) -> tuple[pd.DataFrame, str | None]:
    """Return the rows after the cursor, as many as asked for, and the cursor of the next."""
    table = table.sort_values(keys, kind="stable")
    if asked.cursor:
        kinds = [int if key == "year" else str for key in keys]
        reached = read_cursor(asked.cursor, *kinds)
        beyond = pd.Series(False, index=table.index)
        for key, value in reversed(list(zip(keys, reached, strict=True))):
            beyond = (table[key] > value) | ((table[key] == value) & beyond)
        table = table[beyond]
    shown = table.iloc[: asked.limit]
    if len(table) <= asked.limit:
        return shown, None
    return shown, cursor(shown[keys].astype("object").iloc[-1].tolist())
