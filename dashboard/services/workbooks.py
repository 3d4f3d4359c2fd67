"""The workbook of one area and one round or year: what it asks, and what is known beside it.

What stands beside a cell is what anybody may see: figures hidden for their smallness stay hidden.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

import pandas as pd
from sqlmodel import Session

from dashboard.exchange import reading as files
from dashboard.exchange.reading.sheets import Unreadable
from dashboard.exchange.workbook import Ask, Form, Task, form, marked
from dashboard.i18n import _, breakdowns
from dashboard.i18n.labels import word
from dashboard.services import access, grids, lookup, measures, owed, rounds, rules
from dashboard.services.drafts import Cell
from dashboard.services.imports import Looked
from dashboard.services.texts import IndicatorText, PlanTexts
from dashboard.services.views import Picture
from models import (
    TOTAL,
    BadInput,
    EntryMode,
    Identity,
    Implementation,
    Kind,
    NotFound,
    ObservationStatus,
)

NO_ROUND: Final = ""


def make(
    session: Session,
    who: Identity,
    found: Picture,
    words: PlanTexts,
    *,
    area: str,
    period: str = "",
    round_code: str = NO_ROUND,
    now: datetime,
) -> bytes:
    """Return the workbook for an area: of an open round, or of a period and the whole plan."""
    place = lookup.area(session, area)
    access.require(who, "submit", plan=words.code, area=place.id)
    asking = rounds.get(session, round_code) if round_code else None
    if asking is not None and asking.plan_code != words.code:
        raise NotFound(f"The plan {words.code} has no round {round_code!r}.")
    period = asking.period if asking is not None else period
    if not period:
        raise BadInput("Say for which year or round the workbook is to be.")
    level = rules.LEVELS[place.kind]
    codes, asked = None, [measure.code for measure in words.measures]
    due = None
    if asking is not None:
        of_indicators, asked = rounds.codes_asked(session, asking)
        codes = set(of_indicators)
        due = _due(session, asking, place.id)
    texts = [
        text
        for text in words.indicators
        if level in text.fields["levels"]
        and text.fields["entry_mode"] == EntryMode.COORDINATOR
        and (codes is None or text.code in codes)
    ]
    if not texts:
        raise BadInput("Nothing is asked of this area, so there is no workbook to fill in.")
    sources = _sources(session, who, texts, plan=words.code, area=area, period=period)
    return form.write(
        Form(
            plan=words.code,
            plan_title=words.title,
            area=area,
            area_name=place.name,
            round=asking.code if asking is not None else "",
            round_name=asking.name if asking is not None else "",
            period=period,
            due=due,
            made=now.date(),
            asks=list(_asks(found, words, texts, area, sources)),
            tasks=_tasks(words, asked) if level == "national" else [],
            statuses={
                status.value: word("observation_status", status.value)
                for status in ObservationStatus
            },
            implementations={
                one.value: word("implementation", one.value) for one in Implementation
            },
            is_illustrative=found.plan.stamp.is_illustrative,
            contact=asking.contact if asking is not None else "",
        )
    )


def _due(session: Session, asking: Any, area: int) -> date | None:
    places = owed.areas(session, asking, [area])
    return None if places.empty else places["due"].iloc[0]


def _sources(
    session: Session,
    who: Identity,
    texts: list[IndicatorText],
    *,
    plan: str,
    area: str,
    period: str,
) -> dict[str, str]:
    """Return the source that each series named last."""
    cells = [Cell(text.code, period, TOTAL) for text in texts]
    rows = grids.rows(session, who, cells, plan=plan, area=area)
    return dict(zip(rows["indicator"], rows["last_source"], strict=True))


def _asks(
    found: Picture,
    words: PlanTexts,
    texts: list[IndicatorText],
    area: str,
    sources: dict[str, str],
) -> Iterable[Ask]:
    known = measures.standing(found, area).set_index("indicator")
    for text in texts:
        row = known.loc[text.code] if text.code in known.index else None
        ask = Ask(
            code=text.code,
            name=text.name,
            unit=str(text.fields["unit"]),
            cell="",
            group=_("Everybody"),
            kind=_kind(text),
            lower=_float(text.fields["lower"]),
            upper=_float(text.fields["upper"]),
            levels=tuple((level.value, level.label) for level in text.levels),
            last=_known(row, "value"),
            last_period=_year(row, "year"),
            target=_known(row, "target"),
            target_year=_year(row, "target_year"),
            median=_known(row, "beside"),
            source=sources.get(text.code, ""),
        )
        yield ask
        bare = replace(ask, last=None, last_period="", target=None, target_year="", median=None)
        for dimension in text.fields["disaggregations"]:
            for code in words.dimensions.get(str(dimension), ()):
                cell = f"{dimension}={code}"
                yield replace(bare, cell=cell, group=breakdowns.spelled(cell), source="")


def _kind(text: IndicatorText) -> str:
    fields = text.fields
    if fields["kind"] == Kind.TEXT:
        return "text"
    return "whole" if fields["is_integer"] or fields["kind"] in rules.WHOLE else "number"


def _float(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _known(row: Any, name: str) -> float | None:
    return None if row is None else _float(row[name])


def _year(row: Any, name: str) -> str:
    value = _known(row, name)
    return "" if value is None else str(int(value))


def _tasks(words: PlanTexts, asked: list[str]) -> list[Task]:
    return [Task(one.code, one.title) for one in words.measures if one.code in set(asked)]


def mark(data: bytes, looked: Looked) -> bytes:
    """Return the file as a workbook in which every fault is marked."""
    try:
        book = files.read(data, known=looked.names.known())
    except Unreadable as refusal:
        raise BadInput(str(refusal)) from refusal
    return marked.write(book, looked.faults, plan=looked.plan)
