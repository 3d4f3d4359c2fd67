"""What a round asks of each area, and where it stands: it follows from what was sent.

An indicator stands where its newest observation of the round's period stands; a measure where the
newest report on it since the round opened does. What was withdrawn or replaced does not count.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard.services import arriving, lookup, review, rules
from models import (
    AreaKind,
    Draft,
    Indicator,
    Level,
    MeasureUpdate,
    Observation,
    OperationalMeasure,
    ReportingRound,
    ReviewState,
    RoundArea,
    RoundIndicator,
    RoundMeasure,
    State,
    Subject,
    columns,
)

WORDS: Final = ("not_started", "draft", "submitted", "returned", "accepted")
"""Where something that is asked can stand."""
STATUSES: Final = ("accepted", "submitted", "returned", "started", "late", "not_started")
"""Where an area as a whole can stand in a round."""
_STATE: Final = {
    State.SUBMITTED: "submitted",
    State.ENDORSED: "submitted",
    State.RETURNED: "returned",
    State.ACCEPTED: "accepted",
}
_LEFT: Final = [State.WITHDRAWN, State.SUPERSEDED]
STATES: Final = columns(ReviewState)
AREAS: Final = columns(RoundArea)
KEY: Final = ["area_id", "subject", "about_id"]


def areas(session: Session, found: ReportingRound, only: Sequence[int] | None) -> pd.DataFrame:
    """Return the areas that a round asks (only these; none: all), by name.

    Columns: area_id, area, name, kind, region, due, is_extended, extension_reason, reminded_at.
    """
    region = lookup.AREA.alias()
    wanted = (
        sa.select(
            AREAS.c.area_id,
            lookup.AREA.c.code.label("area"),
            lookup.AREA.c.name,
            lookup.AREA.c.kind,
            region.c.name.label("region"),
            AREAS.c.due,
            AREAS.c.extended_at.is_not(None).label("is_extended"),
            AREAS.c.extension_reason,
            AREAS.c.reminded_at,
        )
        .join(lookup.AREA, lookup.AREA.c.id == AREAS.c.area_id)
        .outerjoin(region, region.c.id == lookup.AREA.c.region_id)
        .where(AREAS.c.round_code == found.code)
        .order_by(lookup.AREA.c.name)
    )
    if only is not None:
        wanted = wanted.where(AREAS.c.area_id.in_(only))
    return _frame(session, wanted)


def table(
    session: Session, found: ReportingRound, *, areas: Sequence[int] | None = None
) -> pd.DataFrame:
    """Return a row for each thing that a round asks of each area (only these; none: all).

    Columns: area_id, subject (observation or measure_update), about_id, code, title, position,
    state (one of `WORDS`), seq, at, note (of its last step; missing where nothing was sent).
    """
    asked = _asked(session, found)
    levels = {kind.value: level.value for kind, level in rules.LEVELS.items()}
    places = _frame(session, _places(found, areas))
    places["level"] = places["kind"].map(lambda kind: levels[AreaKind(kind).value])
    rows = places.merge(asked, on="level").drop(columns=["kind", "level", "area"])
    sent = pd.concat([_sent(session, found, areas, subject) for subject in Subject])
    rows = rows.merge(sent, on=KEY, how="left")
    typed = _typed(session, found, areas)
    has_draft = pd.MultiIndex.from_frame(rows[["area_id", "code"]]).isin(typed)
    waiting = np.where(has_draft, "draft", "not_started")
    rows["state"] = rows["state"].where(rows["state"].notna(), pd.Series(waiting, rows.index))
    return rows.sort_values(["area_id", "subject", "position"]).reset_index(drop=True)


def by_area(areas: pd.DataFrame, table: pd.DataFrame, *, today: date) -> pd.DataFrame:
    """Return how much of what is asked stands where, area by area, and one word for each area.

    An area is *late* where something is still owed after its due date. Its word is the one that
    calls for action first: sent back, late, started, not started; then submitted; then accepted.
    """
    counts = pd.crosstab(table["area_id"], table["state"])
    counts = counts.reindex(index=areas["area_id"], columns=list(WORDS), fill_value=0)
    found = areas.merge(counts.reset_index(), on="area_id", how="left")
    expected = found[list(WORDS)].sum(axis=1)
    done = found["submitted"] + found["accepted"]
    is_late = (found["due"] < today) & (done < expected)
    conditions = [
        found["returned"] > 0,
        is_late,
        (found["accepted"] == expected) & (expected > 0),
        (done == expected) & (expected > 0),
        (done + found["draft"]) > 0,
    ]
    words = ["returned", "late", "accepted", "submitted", "started"]
    return found.assign(
        expected=expected,
        progress=done / expected.where(expected > 0),
        is_late=is_late,
        status=np.select(conditions, words, default="not_started"),
    )


def _frame(session: Session, wanted: sa.Select[Any]) -> pd.DataFrame:
    result = session.connection().execute(wanted)
    return pd.DataFrame(result.all(), columns=list(result.keys()))


def _places(found: ReportingRound, only: Sequence[int] | None) -> sa.Select[Any]:
    wanted = (
        sa.select(AREAS.c.area_id, lookup.AREA.c.code.label("area"), lookup.AREA.c.kind)
        .join(lookup.AREA, lookup.AREA.c.id == AREAS.c.area_id)
        .where(AREAS.c.round_code == found.code)
    )
    return wanted if only is None else wanted.where(AREAS.c.area_id.in_(only))


def _asked(session: Session, found: ReportingRound) -> pd.DataFrame:
    """Return what a round asks, a row a level: subject, about_id, code, title, position, level."""
    indicator, measure = columns(Indicator), columns(OperationalMeasure)
    of_indicators, of_measures = columns(RoundIndicator), columns(RoundMeasure)
    named = ["about_id", "code", "title", "position", "level"]
    indicators = session.connection().execute(
        sa.select(*(indicator.c[name] for name in ("id", "code", "name", "position", "levels")))
        .join(of_indicators, of_indicators.c.indicator_id == indicator.c.id)
        .where(of_indicators.c.round_code == found.code)
    )
    first = pd.DataFrame(indicators.all(), columns=named).explode("level")
    measures = session.connection().execute(
        sa.select(*(measure.c[name] for name in ("id", "code", "title", "position")))
        .join(of_measures, of_measures.c.measure_id == measure.c.id)
        .where(of_measures.c.round_code == found.code)
    )
    second = pd.DataFrame(measures.all(), columns=named[:-1])
    return pd.concat(
        [
            first.assign(subject=Subject.OBSERVATION.value),
            second.assign(subject=Subject.MEASURE_UPDATE.value, level=Level.NATIONAL.value),
        ],
        ignore_index=True,
    )


def _sent(
    session: Session, found: ReportingRound, only: Sequence[int] | None, subject: Subject
) -> pd.DataFrame:
    """Return the newest row of each thing sent: area_id, about_id, seq, state, at, note."""
    is_figure = subject == Subject.OBSERVATION
    rows = columns(Observation if is_figure else MeasureUpdate)
    asked = columns(RoundIndicator if is_figure else RoundMeasure)
    name = "indicator_id" if is_figure else "measure_id"
    newest = (
        sa.select(
            rows.c.area_id, rows.c[name].label("about_id"), sa.func.max(rows.c.seq).label("seq")
        )
        .select_from(AREAS)
        .join(asked, asked.c.round_code == AREAS.c.round_code)
        .join(rows, sa.and_(rows.c.area_id == AREAS.c.area_id, rows.c[name] == asked.c[name]))
        .join(STATES, sa.and_(STATES.c.area_id == rows.c.area_id, STATES.c.seq == rows.c.seq))
        .where(AREAS.c.round_code == found.code, STATES.c.state.not_in(_LEFT))
        .group_by(rows.c.area_id, rows.c[name])
    )
    if is_figure:
        newest = newest.where(rows.c.cell_id == 0, rows.c.year == int(found.period[:4]))
        newest = newest.where(arriving.is_whole(rows))
        if len(found.period) > 4:
            newest = newest.where(rows.c.period == found.period)
    else:
        start = datetime.combine(found.opens, time(), UTC)
        newest = newest.where(rows.c.recorded_at >= start)
    if only is not None:
        newest = newest.where(AREAS.c.area_id.in_(only))
    last = newest.subquery()
    wanted = sa.select(last, STATES.c.state, STATES.c.at, review.last_note()).join(
        STATES, sa.and_(STATES.c.area_id == last.c.area_id, STATES.c.seq == last.c.seq)
    )
    result = _frame(session, wanted)
    words = {state.value: word for state, word in _STATE.items()}
    state = result["state"].map(lambda state: words[State(state).value])
    return result.assign(state=state.astype("object"), subject=subject.value)


def _typed(session: Session, found: ReportingRound, only: Sequence[int] | None) -> pd.MultiIndex:
    """Return the pairs of area and code for which somebody has typed something and not sent it."""
    drafts = columns(Draft)
    wanted = (
        sa.select(drafts.c.area_id, drafts.c.subject)
        .where(drafts.c.plan_code == found.plan_code)
        .where(sa.or_(drafts.c.detail == "", drafts.c.detail.contains(found.period)))
    )
    if only is not None:
        wanted = wanted.where(drafts.c.area_id.in_(only))
    return pd.MultiIndex.from_frame(_frame(session, wanted))
