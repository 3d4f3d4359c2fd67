"""Tables to take away: what is asked for, as a frame, with what goes along with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import pandas as pd
from sqlmodel import Session

from dashboard import progress
from dashboard.exchange import Meta
from dashboard.services import extracts, lookup, texts, views
from dashboard.services.extracts import Wanted

What = Literal["observations", "progress", "aggregates"]
WHAT: Final[tuple[What, ...]] = ("observations", "progress", "aggregates")


@dataclass(frozen=True)
class Asked:
    """Which part of a plan; nothing said means all."""

    plan: str
    as_of: datetime | None = None
    areas: tuple[str, ...] = ()  # or groups, for aggregates
    indicators: tuple[str, ...] = ()
    year: int | None = None


def table(
    session: Session, what: str, asked: Asked, *, publisher: str, now: datetime
) -> tuple[pd.DataFrame, Meta]:
    """Return the observations, progress or aggregates of a plan, with what goes along."""
    told = texts.load(session, asked.plan)
    found, is_illustrative = (
        _observations(session, asked)
        if what == "observations"
        else _computed(session, what, asked, now)
    )
    meta = Meta(
        title=f"{told.title}: {what}",
        source=f"{publisher}: {told.title} ({told.symbol}); each figure names its own source",
        as_of=asked.as_of or now,
        is_illustrative=is_illustrative or extracts.is_illustrative(session, asked.plan),
    )
    return found, meta


def _observations(session: Session, asked: Asked) -> tuple[pd.DataFrame, bool]:
    page = extracts.observations(
        session,
        Wanted(
            plan=asked.plan,
            as_of=asked.as_of,
            areas=asked.areas,
            indicators=asked.indicators,
            years=None if asked.year is None else (asked.year, asked.year),
        ),
    )
    # The decimal text as reported; a double would say 0.1 for 0.10.
    rows = page.rows.assign(value=page.rows["exact"].fillna("")).drop(columns="exact")
    return rows, page.is_illustrative


def _computed(
    session: Session, what: str, asked: Asked, now: datetime
) -> tuple[pd.DataFrame, bool]:
    picture = views.picture(session, asked.plan, as_of=asked.as_of, today=now)
    areas = [lookup.area(session, code).code for code in asked.areas]
    for code in asked.indicators:
        lookup.indicator(session, asked.plan, code)
    if what == "progress":
        found, name = picture.progress.assign(assessed=picture.year), "area"
    else:
        found, name = progress.aggregate(picture.plan, year=asked.year), "group"
        shown = ("value", "low", "high")
        found = found.assign(
            **{column: found[column].where(found["is_publishable"]) for column in shown}
        )
    if areas:
        found = found[found[name].isin(areas)]
    if asked.indicators:
        found = found[found["indicator"].isin(asked.indicators)]
    if asked.year is not None:
        found = found[found["year"] == asked.year]
    return found.reset_index(drop=True), picture.plan.stamp.is_illustrative
