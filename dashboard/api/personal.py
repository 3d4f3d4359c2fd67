"""What only some may read: one's own reports also before review, and the steps of a figure."""

from typing import Annotated, Any

import pandas as pd
from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api import shapes
from dashboard.api.answers import Desk, Found, cursor, read_cursor
from dashboard.api.asked import PROBLEMS, as_of
from dashboard.services import extracts, plans, review, sent
from models import Identity


def router(desk: Desk) -> APIRouter:
    """Return these resources, answered at this desk."""
    made = APIRouter(responses=PROBLEMS)

    @made.get(
        "/reports", response_model=shapes.Envelope[list[shapes.ReportRow]], tags=["reporting"]
    )
    def reports(request: Request, asked: Annotated[shapes.ReportsAsked, Query()]) -> Response:
        """List what you have sent and where it stands, also what waits for review.

        It takes a session, or a token with the scope `reports`.
        """
        reached = read_cursor(asked.cursor, str, int) if asked.cursor else None

        def find(session: Session, who: Identity) -> Found:
            plans.edition(session, asked.plan)  # or there is no such plan
            page = sent.mine(
                session,
                who,
                plan=asked.plan,
                states=asked.state,
                after=(reached[0], reached[1]) if reached else None,
                limit=asked.limit,
            )
            following = cursor(page.next) if page.next else None
            return Found(page.rows, asked.plan, next=following)

        return desk.own(request, find, fields=asked.fields, of=shapes.ReportRow)

    @made.get("/history", response_model=shapes.Envelope[list[shapes.StepRow]], tags=["figures"])
    def history(request: Request, asked: Annotated[shapes.HistoryAsked, Query()]) -> Response:
        """List every step of the figures of a series, the newest first.

        Everybody sees what was accepted and what became of it; whoever reports, reviews or
        evaluates there sees the rest too, with a session or a token of the scope `history`.
        """
        known = as_of(asked.as_of)

        def find(session: Session, who: Identity) -> Found:
            table = review.history(
                session,
                who,
                plan=asked.plan,
                area=asked.area,
                indicator=asked.indicator,
                cell=asked.cell,
            )
            table = table.assign(at=pd.to_datetime(table["at"], utc=True))
            if known is not None:
                table = table[table["at"] <= known]
            pretend = extracts.is_illustrative(session, asked.plan)
            return Found(_steps(table), asked.plan, known, is_illustrative=pretend)

        return desk.own(request, find, fields=asked.fields, of=shapes.StepRow)

    return made


def _steps(table: pd.DataFrame) -> pd.DataFrame:
    told = [name for name in shapes.StepRow.model_fields if name not in {"value", "at", "before"}]
    plain: dict[str, Any] = {name: table[name].astype("str") for name in told}
    return table.assign(
        **{**plain, "is_illustrative": table["is_illustrative"].astype("bool")},
        value=table["value"].astype("float64"),
        before=table["before"].map(lambda state: None if state is None else str(state)),
        at=table["at"].astype("datetime64[us, UTC]"),
    )[list(shapes.StepRow.model_fields)]
