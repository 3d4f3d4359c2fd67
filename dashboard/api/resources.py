"""The resources: each asks a service and says what it found."""

from datetime import datetime
from typing import Annotated, Any, Final

import pandas as pd
from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from dashboard import progress
from dashboard.api import shapes
from dashboard.api.answers import Desk, Found, cursor, read_cursor
from dashboard.api.asked import PROBLEMS, among, as_of, page
from dashboard.exchange.table import records
from dashboard.services import briefs, contents, extracts, lookup, plans, reads
from dashboard.services.extracts import Place, Wanted
from dashboard.services.views import Picture
from models import check_connection

MOST_WHYS: Final = 200
NO_HISTORY: Final = "Codes and names of areas have no history: they are told as they are now."


def router(desk: Desk) -> APIRouter:
    """Return the resources of the record, answered at this desk."""
    made = APIRouter(responses=PROBLEMS)
    _areas(made, desk)
    _figures(made, desk)
    _statuses(made, desk)
    _sums(made, desk)

    @made.get("/health", response_model=shapes.HealthRow, tags=["service"])
    def health(request: Request) -> Response:
        """Say whether the database answers, and at which version it stands."""
        check_connection(desk.engine())
        return desk.plain(
            request, lambda session: {"status": "ok", "version": reads.version(session)}
        )

    return made


def _areas(made: APIRouter, desk: Desk) -> None:
    @made.get("/areas", response_model=shapes.Envelope[list[shapes.AreaRow]], tags=["areas"])
    def areas(request: Request, asked: Annotated[shapes.AreasAsked, Query()]) -> Response:
        """List States, regions and groups, with their codes and names."""
        known = as_of(asked.as_of)

        def find(session: Session) -> Found:
            codes = [lookup.area(session, code).code for code in asked.area]
            kept = {"kind": asked.kind, "area": codes}
            rows = records(among(contents.areas(session), kept))
            return Found([_area(row) for row in rows], as_of=known, notices=(NO_HISTORY,))

        return desk.answer(request, find, fields=asked.fields, of=shapes.AreaRow)


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
            found = extracts.observations(
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
                found.rows,
                plan=asked.plan,
                as_of=known,
                is_illustrative=found.is_illustrative
                or extracts.is_illustrative(session, asked.plan),
                notices=_notices(session, asked.plan),
                next=cursor(found.next) if found.next else None,
            )

        return desk.answer(
            request, find, plan=asked.plan, fields=asked.fields, of=shapes.ObservationRow
        )


def _statuses(made: APIRouter, desk: Desk) -> None:
    shape = shapes.Envelope[list[shapes.ProgressRow]]

    @made.get("/progress", response_model=shape, include_in_schema=False)  # as it was called first
    @made.get("/statuses", response_model=shape, tags=["figures"])
    def statuses(request: Request, asked: Annotated[shapes.ProgressAsked, Query()]) -> Response:
        """List how far each series has come, with its status and, if asked, why."""
        known = as_of(asked.as_of)
        if asked.why and asked.limit > MOST_WHYS:
            asked.limit = MOST_WHYS

        def find(session: Session) -> Found:
            picture = briefs.by_method(desk.picture(session, asked.plan, known), asked.method)
            kept = {**_codes(session, asked), "status": asked.status}
            table, following = page(among(picture.progress, kept), ["area", "indicator"], asked)
            told = table.assign(
                flags=table["flags"].str.split(),
                method=asked.method,
                assessed=picture.year,
                why=None,
            )[list(shapes.ProgressRow.model_fields)]
            if asked.why:
                told["why"] = [
                    progress.explain(
                        picture.plan,
                        area,
                        indicator,
                        year=picture.year,
                        method=picture.method,
                        preset=picture.preset,
                    ).plain()
                    for area, indicator in zip(told["area"], told["indicator"], strict=True)
                ]
            return _found(session, picture, told, known=known, next_=following)

        return desk.answer(
            request, find, plan=asked.plan, fields=asked.fields, of=shapes.ProgressRow
        )


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
            groups = [lookup.area(session, code).code for code in asked.group]
            for code in asked.indicator:
                lookup.indicator(session, asked.plan, code)
            kept = {"group": groups, "indicator": asked.indicator}
            table, following = page(among(every, kept), ["group", "indicator", "year"], asked)
            hidden = {
                name: table[name].where(table["is_publishable"])
                for name in ("value", "low", "high")
            }
            told = table.assign(**hidden, missing=table["missing"].str.split())
            return _found(session, picture, told, known=known, next_=following)

        return desk.answer(
            request, find, plan=asked.plan, fields=asked.fields, of=shapes.AggregateRow
        )


def _codes(session: Session, asked: shapes.ProgressAsked) -> dict[str, list[str]]:
    """Return the codes asked for as the record writes them, or raise `NotFound`.

    An empty answer for a code that is not there would look like missing data.
    """
    for code in asked.indicator:
        lookup.indicator(session, asked.plan, code)
    return {
        "area": [lookup.area(session, code).code for code in asked.area],
        "indicator": asked.indicator,
    }


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
