"""Reporting by programs: figures and measure reports sent for review, and taken back.

What is sent takes the way of the pages: the same checks, the same review, and only what is accepted
counts. Every request has a key of its own; sent again with it, it gives the same answer and changes
nothing.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Final

import sqlalchemy as sa
from fastapi import APIRouter, Header, Path
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api import shapes
from dashboard.api.answers import Desk
from dashboard.api.asked import PROBLEMS
from dashboard.services import lookup, observations, plans, review, sent, updates
from dashboard.services.lookup import Ref
from models import (
    CELL,
    PERIOD,
    TOTAL,
    BadInput,
    Channel,
    Fault,
    Identity,
    MeasureUpdate,
    Observation,
    ObservationInput,
    OperationalMeasure,
    State,
    UpdateInput,
    columns,
)

MOST: Final = 1000
"""Rows in one request: all of them are recorded, or none."""
ROW: Final = re.compile(r"row (?P<number>\d+)(?:, (?P<field>.+))?")

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{8,200}$",
        description="A word of your own for this request, such as a UUID: the same request sent "
        "again with it gives the same answer, and another request with it is refused",
    ),
]
Name = Annotated[
    str, Path(pattern=r"^[A-Z0-9-]{2,20}-[0-9]{1,9}$", description="Of a report, such as KEN-17")
]
REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": shapes.Problem, "description": "The body is not JSON in UTF-8"},
    409: {"model": shapes.Problem, "description": "The record has moved on, or the key was used"},
    411: {"model": shapes.Problem, "description": "It is not said how long the body is"},
    413: {"model": shapes.Problem, "description": "More than can be read at once"},
}


class Post(BaseModel):
    """The base of what is sent: a field that does not exist is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")
    plan: str = Field(description="Code of the plan")

    @model_validator(mode="before")
    @classmethod
    def _is_text(cls, given: Any) -> Any:
        if "\x00" in str(given) or "\\x00" in repr(given):
            raise ValueError("the text holds a character with the number 0: take it out")
        return given


def _written_as(fields: dict[str, Any]) -> None:
    """Describe how a period and a disaggregation are written."""
    period = PERIOD.pattern.replace("?P<year>", "?:")
    fields["period"] |= {"pattern": f"^({period})$", "examples": ["2024", "2024-Q3", "2024/P2Y"]}
    fields["cell"] |= {"pattern": f"^({CELL.pattern})$", "examples": [TOTAL, "sex=female"]}


class ObservationPost(ObservationInput):
    """A figure, or the reason why there is none.

    A figure has a value (digits as text keep what was typed) or a text, and a source; where there
    is none, the status says so (`L`, `M` or `Q`) and the reason is told.
    """

    model_config = {  # noqa: RUF012 - as SQLModel wants it
        "extra": "forbid",
        "json_schema_extra": lambda schema: _written_as(schema["properties"]),
    }


class UpdatePost(UpdateInput):
    """How far a measure is carried out."""

    model_config = {"extra": "forbid"}  # noqa: RUF012 - as SQLModel wants it


class ObservationsPost(Post):
    """Figures of a plan."""

    observations: list[ObservationPost] = Field(min_length=1, max_length=MOST)


class UpdatesPost(Post):
    """Measure reports of a plan."""

    updates: list[UpdatePost] = Field(min_length=1, max_length=MOST)


class WithdrawalPost(Post):
    """Why a report is taken back."""

    note: str = Field(min_length=1, max_length=4000, description="Why")


def router(desk: Desk) -> APIRouter:
    """Return what can be sent, received at this desk."""
    made = APIRouter(responses=PROBLEMS | REFUSED, tags=["reporting"])

    @made.post("/observations", response_model=shapes.Sent, status_code=201)
    def send_figures(request: Request, key: Key, post: ObservationsPost) -> Response:
        """Send figures for review: all of them, or none and every fault at once.

        It takes a token with the scope `submit`. They count when a reviewer has accepted them.
        """

        def work(session: Session, who: Identity) -> dict[str, Any]:
            with placed("observations"):
                refs = observations.submit_many(
                    session,
                    who,
                    post.observations,
                    plan=post.plan,
                    token=_token(who, key),
                    now=desk.now(),
                    channel=Channel.API,
                )
            return _said(session, post.plan, refs, len(post.observations), _figures)

        return _recorded(desk, request, key, post, "observations", work)

    @made.post("/updates", response_model=shapes.Sent, status_code=201)
    def send_updates(request: Request, key: Key, post: UpdatesPost) -> Response:
        """Send measure reports for review: all of them, or none.

        It takes a token with the scope `submit`.
        """

        def work(session: Session, who: Identity) -> dict[str, Any]:
            refs = []
            for number, update in enumerate(post.updates):
                with placed("updates", number):
                    refs.append(
                        updates.submit(
                            session,
                            who,
                            update,
                            plan=post.plan,
                            token=f"{_token(who, key)}-{number}",
                            now=desk.now(),
                            channel=Channel.API,
                        )
                    )
            return _said(session, post.plan, refs, len(post.updates), _measures)

        return _recorded(desk, request, key, post, "updates", work)

    @made.post("/reports/{ref}/withdraw", response_model=shapes.Withdrawn, status_code=201)
    def withdraw(request: Request, ref: Name, key: Key, post: WithdrawalPost) -> Response:
        """Take back a report of your own that is not accepted; nothing is deleted.

        It takes a token with the scope `submit`.
        """

        def work(session: Session, who: Identity) -> dict[str, Any]:
            name = sent.read_ref(ref)
            done = review.withdraw(
                session, who, name, plan=post.plan, note=post.note, now=desk.now()
            )
            return {"plan": post.plan, "ref": str(done), "state": State.WITHDRAWN.value}

        return _recorded(desk, request, key, post, f"withdraw {ref}", work)

    return made


def _recorded(  # noqa: PLR0917 - what it takes to record
    desk: Desk,
    request: Request,
    key: str,
    post: Post,
    action: str,
    work: Callable[[Session, Identity], dict[str, Any]],
) -> Response:
    asked = post.model_dump(mode="json")

    def once(session: Session, who: Identity) -> dict[str, Any]:
        plans.edition(session, post.plan)  # or there is no such plan
        return sent.once(
            session, who, key, asked, lambda: work(session, who), action=action, now=desk.now()
        )

    return desk.write(request, once)


def _token(who: Identity, key: str) -> str:
    return f"api-{who.person_id}-{key}"


@contextmanager
def placed(name: str, number: int | None = None) -> Iterator[None]:
    """Say of every fault where in the body it is: `observations.0.value`."""
    try:
        yield
    except BadInput as error:
        raise BadInput(*(_placed(name, number, fault) for fault in error.faults)) from error


def _placed(name: str, number: int | None, fault: Fault) -> Fault:
    found = ROW.fullmatch(fault.where)
    if number is not None:
        place = [name, str(number), fault.where]
    elif found:
        place = [name, str(int(found["number"]) - 1), found["field"] or ""]
    else:
        place = [name, fault.where]
    return Fault(".".join(part for part in place if part), fault.message)


def _said(
    session: Session,
    plan: str,
    refs: Sequence[Ref],
    asked: int,
    rows: Callable[[int, list[int]], sa.Select[Any]],
) -> dict[str, Any]:
    """Return the answer: what each recorded row is about, in the order in which they were sent."""
    about: dict[Ref, dict[str, Any]] = {}
    for code in dict.fromkeys(ref.area for ref in refs):
        numbers = [ref.seq for ref in refs if ref.area == code]
        for row in session.connection().execute(rows(lookup.area(session, code).id, numbers)):
            fields = {**row._mapping}
            about[Ref(code, fields.pop("seq"))] = fields
    recorded = [{"ref": str(ref), "area": ref.area, **about[ref]} for ref in refs]
    return {
        "plan": plan,
        "state": State.SUBMITTED.value,
        "recorded": recorded,
        "unchanged": asked - len(refs),
    }


def _figures(area: int, numbers: list[int]) -> sa.Select[Any]:
    o, i, c = columns(Observation), lookup.INDICATOR, lookup.CELL
    return (
        sa.select(o.c.seq, i.c.code.label("about"), o.c.period, c.c.code.label("cell"))
        .join(i, i.c.id == o.c.indicator_id)
        .join(c, c.c.id == o.c.cell_id)
        .where(o.c.area_id == area, o.c.seq.in_(numbers))
    )


def _measures(area: int, numbers: list[int]) -> sa.Select[Any]:
    u, m = columns(MeasureUpdate), columns(OperationalMeasure)
    return (
        sa.select(
            u.c.seq,
            m.c.code.label("about"),
            sa.cast(u.c.as_at, sa.Text).label("period"),
            sa.literal(TOTAL).label("cell"),
        )
        .join(m, m.c.id == u.c.measure_id)
        .where(u.c.area_id == area, u.c.seq.in_(numbers))
    )
