"""Search for programs: areas, the plan, instruments and terms, by what people call them."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api import shapes
from dashboard.api.answers import Desk, Found
from dashboard.api.asked import PROBLEMS
from dashboard.services import glossary, reads, search, texts
from dashboard.services.search import Index


def router(desk: Desk) -> APIRouter:
    """Return the search, answered at this desk."""
    made = APIRouter(responses=PROBLEMS, tags=["search"])

    @made.get("/search", response_model=shapes.Envelope[list[shapes.HitRow]])
    def find_anything(request: Request, asked: Annotated[shapes.SearchAsked, Query()]) -> Response:
        """Find areas in six languages, and what a plan holds; small slips do not matter."""

        def find(session: Session) -> Found:
            hits = search.find(_index(desk, session, asked.plan), asked.q, most=1000)
            kept = [hit for hit in hits if not asked.kind or hit.kind in asked.kind]
            rows = [{**hit._asdict(), "choices": dict(hit.choices)} for hit in kept[: asked.limit]]
            return Found(rows, asked.plan)

        return desk.answer(request, find, plan=asked.plan, fields=asked.fields, of=shapes.HitRow)

    return made


def _index(desk: Desk, session: Session, plan: str | None) -> Index:
    """Return what can be found, made once for a version of the record."""

    def make() -> Index:
        told = [] if plan is None else [*search.plan(texts.load(session, plan))]
        terms = search.terms(glossary.TERMS, str)
        return search.build([*search.areas(session), *told, *terms])

    found: Index = desk.kept.get(("search", plan, reads.version(session)), make)
    return found
