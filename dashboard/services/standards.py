"""A plan in the words of statistical standards: its structure, and its figures chunk by chunk.

What leaves here is what pages may show: accepted figures, small counts hidden, nothing that is only
words. Files and addresses read from the same two functions.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard import i18n
from dashboard.exchange import codelists, sdmx
from dashboard.exchange.about import Meta
from dashboard.exchange.iati import outgoing
from dashboard.exchange.sdmx import model
from dashboard.exchange.sdmx.model import Area, Category, Code, Structure
from dashboard.i18n import breakdowns
from dashboard.progress import N_
from dashboard.services import contents, extracts, lookup, plans
from dashboard.services.extracts import Wanted
from models import (
    AreaKind,
    Baseline,
    Cell,
    Dimension,
    Indicator,
    Kind,
    MeasureIndicator,
    NotFound,
    Objective,
    OperationalMeasure,
    Plan,
    Target,
    columns,
)

CHUNK: Final = 20_000
"""Rows that are read and written at a time."""
ACTUAL, TARGETS, BASELINES = "", "_TGT", "_BAS"
KINDS: Final = (ACTUAL, TARGETS, BASELINES)
ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When what came with the plan itself was recorded."""
LEVEL: Final = {AreaKind.WORLD: "G", AreaKind.REGION: "R", AreaKind.SUBREGION: "R"}


@dataclass(frozen=True)
class Asked:
    """Which figures of a plan; nothing said means all."""

    plan: str
    kind: str = ACTUAL  # reported ones, targets or baselines
    as_of: datetime | None = None
    areas: tuple[str, ...] = ()  # codes of the record
    indicators: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    with_history: bool = False


# Structure ------------------------------------------------------------------------------------


def structure(session: Session, plan: str, *, publisher: str, now: datetime) -> Structure:
    """Return what a plan is in SDMX. Raises `NotFound` where there is no such plan."""
    found = session.get(Plan, plan)
    if found is None:
        raise NotFound(f"No plan has the code {plan!r}.")
    rows = _indicators(session, plan)
    series = {row.code: model.identifier(row.code) for row in rows if row.kind != Kind.TEXT}
    units = {series[row.code]: model.unit(row.kind, row.unit) for row in rows if row.code in series}
    areas = _areas(session)
    return Structure(
        agency=model.identifier(publisher, first="A").upper(),
        id=model.identifier(plan).upper(),
        version=version(plans.edition(session, plan).version),
        names=model.names(found.title, found.titles),
        codes=_codes(session, plan, rows, series, areas),
        categories=_categories(session, plan, rows, series),
        series=series,
        units=units,
        areas={code: area for code, (area, _) in areas.items()},
        is_illustrative=extracts.is_illustrative(session, plan),
        prepared=now,
    )


def version(text: str) -> str:
    """Return a version as three numbers."""
    numbers = re.findall(r"\d+", text)[:3]
    return ".".join(str(int(one)) for one in [*numbers, "0", "0", "0"][:3]) if numbers else "1.0.0"


def _indicators(session: Session, plan: str) -> list[Indicator]:
    wanted = select(Indicator).where(Indicator.plan_code == plan, sa.not_(col(Indicator.retired)))
    return list(session.exec(wanted.order_by(col(Indicator.position))))


def _areas(session: Session) -> dict[str, tuple[Area, Code]]:
    """Return each area of the record: what it is in SDMX, and its code with its names."""
    found = {}
    rows = contents.areas(session)
    for row in rows.to_dict("records"):
        code = row["m49"] or model.identifier(row["area"])
        said = model.names(row["name"], {one: row[f"name_{one}"] for one in contents.NAMES})
        notes = {name: row[key] for name, key in (("ISO2", "iso2"), ("ISO3", "iso3")) if row[key]}
        level = _level(AreaKind(row["kind"]))
        found[row["area"]] = (Area(code, level), Code(code, said, notes=notes))
    return found


def _codes(
    session: Session,
    plan: str,
    rows: Sequence[Indicator],
    series: Mapping[str, str],
    areas: Mapping[str, tuple[Area, Code]],
) -> dict[str, tuple[Code, ...]]:
    every = (*model.KEY, *model.SERIES_ATTRIBUTES, *model.CODED)
    found = {name: model.fixed(name) for name in every}
    found["SERIES"] = tuple(
        Code(
            series[row.code],
            model.names(row.name, row.names),
            notes={
                "code": row.code,
                "direction": {"up": "up", "down": "down"}.get(str(row.direction), "none"),
                "measure": str(row.kind.value),
            },
        )
        for row in rows
        if row.code in series
    )
    each = Code(model.EACH, {"en": "Each area by itself"})
    found["REF_AREA"] = (*(code for _, code in areas.values()), each)
    said = {model.unit(row.kind, row.unit): row.unit for row in rows if row.code in series}
    found["UNIT_MEASURE"] = tuple(Code(unit, {"en": text or unit}) for unit, text in said.items())
    return found | _broken_down(session, plan)


def _broken_down(session: Session, plan: str) -> dict[str, tuple[Code, ...]]:
    """Return the code lists of the breakdowns, with the combinations that the record knows."""
    total = Code(model.TOTAL, _spoken(lambda: i18n._("Total")))
    made: dict[str, dict[str, Code]] = {
        name: {model.TOTAL: total} for name in {*model.BREAKDOWNS.values(), model.CUSTOM}
    }
    for row in session.exec(select(Dimension).where(Dimension.plan_code == plan)):
        held = made[model.BREAKDOWNS.get(row.code, model.CUSTOM)]
        for code in row.codes:
            word = model.breakdown(row.code, code)
            held[word] = Code(word, _words(f"{row.code}={code}"))
    for cell in session.exec(select(Cell.code)):
        for name, word in model.split(cell).items():
            parts = [
                part
                for part in cell.split(";")
                if model.BREAKDOWNS.get(part.partition("=")[0], model.CUSTOM) == name
            ]
            made[name].setdefault(word, Code(word, _words(";".join(parts))))
    return {name: tuple(held.values()) for name, held in made.items()}


def _words(cell: str) -> dict[str, str]:
    return _spoken(lambda: breakdowns.spelled(cell))


def _spoken(say: Callable[[], str]) -> dict[str, str]:
    """Return a word in each language that has one of its own."""
    before = i18n.language()
    try:
        found = {}
        for code in model.LANGUAGES:
            i18n.speak(code)
            found[code] = say()
    finally:
        i18n.speak(before)
    english = found["en"]
    return {code: word for code, word in found.items() if code == "en" or word != english}


def _categories(
    session: Session, plan: str, rows: Sequence[Indicator], series: Mapping[str, str]
) -> tuple[Category, ...]:
    """Return objectives, their measures, and the indicators of each."""
    known = {row.id: row for row in rows if row.code in series}
    linked: dict[int, list[int]] = {}
    for link in session.exec(select(MeasureIndicator)):
        linked.setdefault(link.measure_id, []).append(link.indicator_id)
    measures = session.exec(
        select(OperationalMeasure)
        .where(OperationalMeasure.plan_code == plan, sa.not_(col(OperationalMeasure.retired)))
        .order_by(col(OperationalMeasure.position))
    ).all()

    def leaf(row: Indicator) -> Category:
        return Category(series[row.code], model.names(row.name, row.names))

    def branch(row: OperationalMeasure) -> Category:
        below = tuple(leaf(known[one]) for one in linked.get(row.id, ()) if one in known)
        return Category(model.identifier(row.code), model.names(row.title, row.titles), below)

    objectives = session.exec(
        select(Objective)
        .where(Objective.plan_code == plan, sa.not_(col(Objective.retired)))
        .order_by(col(Objective.position))
    )
    placed = {one for ids in linked.values() for one in ids}
    return tuple(
        Category(
            model.identifier(one.code),
            model.names(one.title, one.titles),
            (
                *(branch(row) for row in measures if row.objective_id == one.id),
                *(
                    leaf(row)
                    for row in known.values()
                    if row.objective_id == one.id and row.id not in placed
                ),
            ),
        )
        for one in objectives
    )


def meta(session: Session, asked: Asked, *, publisher: str, now: datetime) -> Meta:
    """Return what goes along with the figures: whose, as of when, real or pretend."""
    plan = session.get(Plan, asked.plan)
    if plan is None:
        raise NotFound(f"No plan has the code {asked.plan!r}.")
    return Meta(
        title=plan.title,
        source=f"{publisher}: {plan.title} ({plan.symbol}); each figure names its own source",
        as_of=asked.as_of or now,
        is_illustrative=extracts.is_illustrative(session, asked.plan),
    )


# Figures --------------------------------------------------------------------------------------


def figures(session: Session, asked: Asked, series: Collection[str]) -> Iterator[pd.DataFrame]:
    """Yield the figures of these indicators (none: all), series by series, a chunk at a time.

    With history, each chunk is what was accepted at one moment, the earliest first.
    """
    if asked.kind != ACTUAL:
        found = aims(session, asked)
    elif asked.with_history:
        found = history(session, asked)
    else:
        found = extracts.chunks(session, _wanted(asked), size=CHUNK)
    for chunk in found:
        rows = chunk if not series else chunk[chunk["indicator"].isin(series)]
        if len(rows):
            yield rows


def _wanted(asked: Asked) -> Wanted:
    return Wanted(
        plan=asked.plan,
        as_of=asked.as_of,
        areas=asked.areas,
        indicators=asked.indicators,
        cells=asked.cells,
        years=asked.years,
    )


def history(session: Session, asked: Asked) -> Iterator[pd.DataFrame]:
    """Yield every figure that was ever accepted by the moment, by when that was.

    A chunk is of one moment; what many were accepted at comes in several.
    """
    for rows in extracts.history(session, _wanted(asked), size=CHUNK, by_moment=True):
        for _, chunk in rows.groupby("accepted_at", sort=False):
            yield chunk


def aims(session: Session, asked: Asked) -> Iterator[pd.DataFrame]:
    """Yield the targets or baselines that were in force, one chunk; those without value are none.

    A target that holds for each State has no area of its own: its reference area is `EACH`.
    """
    kind = Target if asked.kind == TARGETS else Baseline
    held, i, a = columns(kind), lookup.INDICATOR, lookup.AREA
    wanted: sa.Select[Any] = (
        sa.select(held, i.c.code.label("indicator"), a.c.code.label("area"))
        .join(i, i.c.id == held.c.indicator_id)
        .outerjoin(a, a.c.id == held.c.area_id)
        .where(i.c.plan_code == asked.plan, held.c.value.is_not(None), held.c.year.is_not(None))
        .order_by(a.c.code, i.c.position, held.c.year, held.c.id)
    )
    if asked.as_of is None:
        wanted = wanted.where(held.c.retired_at.is_(None))
    else:
        retired = sa.or_(held.c.retired_at.is_(None), held.c.retired_at > asked.as_of)
        wanted = wanted.where(held.c.recorded_at <= asked.as_of, retired)
    rows = [_aim(row, asked.kind) for row in session.connection().execute(wanted)]
    table = pd.DataFrame(rows, columns=AIM)
    keep = pd.Series(True, index=table.index)
    if asked.areas:
        keep &= table["area"].isin([*asked.areas])
    if asked.indicators:
        keep &= table["indicator"].isin(asked.indicators)
    if asked.years is not None:
        keep &= table["period"].astype("int64").between(*asked.years)
    # A key says one thing: a second target of the same year and area is told in words only.
    table = table[keep].drop_duplicates(["area", "indicator", "cell", "period"])
    if len(table):
        moments = pd.to_datetime(table["accepted_at"], utc=True).astype("datetime64[us, UTC]")
        yield table.assign(accepted_at=moments)


AIM: Final = (
    *("area", "indicator", "cell", "period", "exact", "upper", "qualifier", "status"),
    *("missing_reason", "nature", "source", "note", "accepted_at", "is_illustrative"),
)


def _aim(row: Any, kind: str) -> dict[str, Any]:
    is_target = kind == TARGETS
    said = codelists.TARGET_STATUS[str(row.status)] if is_target else ""
    place = "; ".join(part for part in (said, row.applies_to if is_target else "") if part)
    return {
        "area": row.area or model.EACH,
        "indicator": row.indicator,
        "cell": model.TOTAL,
        "period": str(row.year),
        "exact": format(row.value, "f"),
        "upper": format(row.upper, "f") if is_target and row.upper is not None else "",
        "qualifier": str(row.operator) if is_target else "",
        "status": "A",
        "missing_reason": "",
        "nature": "",
        "source": "",
        "note": ". ".join(part for part in (place, row.note) if part),
        "accepted_at": row.recorded_at if row.recorded_at > ALWAYS else None,
        "is_illustrative": bool(row.is_illustrative),
    }


# Results --------------------------------------------------------------------------------------


def results(session: Session, asked: Asked, *, publisher: str) -> outgoing.Plan:
    """Return what activities of IATI say of a plan, with its targets and baselines."""
    plan = session.get(Plan, asked.plan)
    if plan is None:
        raise NotFound(f"No plan has the code {asked.plan!r}.")
    rows = _indicators(session, asked.plan)
    objectives = session.exec(
        select(Objective)
        .where(Objective.plan_code == asked.plan, sa.not_(col(Objective.retired)))
        .order_by(col(Objective.position))
    )
    places = {
        row["area"]: outgoing.Place(
            row["name"], row["iso2"] or "", row["m49"] or "", _level(AreaKind(row["kind"]))
        )
        for row in contents.areas(session).to_dict("records")
    }
    return outgoing.Plan(
        code=plan.code,
        names=model.names(plan.title, plan.titles),
        description=f"{plan.title} ({plan.symbol}), {plan.legal_nature}",
        adopted=plan.adopted,
        agency=model.identifier(publisher, first="A").upper(),
        publisher=publisher,
        results=tuple(
            outgoing.Result(
                one.code,
                model.names(one.title, one.titles),
                tuple(_told(row) for row in rows if row.objective_id == one.id),
            )
            for one in objectives
        ),
        places=places,
        targets=_whole(aims(session, replace(asked, kind=TARGETS, areas=()))),
        baselines=_whole(aims(session, replace(asked, kind=BASELINES, areas=()))),
    )


def _whole(chunks: Iterator[pd.DataFrame]) -> pd.DataFrame:
    return next(chunks, pd.DataFrame(columns=list(AIM)))


def _told(row: Indicator) -> outgoing.Indicator:
    return outgoing.Indicator(
        code=row.code,
        names=model.names(row.name, row.names),
        definition=row.definition,
        unit=row.unit,
        kind=str(row.kind),
        direction=str(row.direction),
        sdg=row.sdg_indicator,
    )


def _level(kind: AreaKind) -> str:
    return "R" if kind is AreaKind.GROUP else LEVEL.get(kind, "N")


# Files ----------------------------------------------------------------------------------------


FORMS: Final[Mapping[str, sdmx.Stream]] = {
    **sdmx.FORMATS,
    "iati": sdmx.Stream(N_("IATI 2.03"), ".iati.xml", outgoing.MEDIA, outgoing.write),
}
"""Every standard in which the figures of a plan leave as a stream."""
DATED: Final = frozenset({"sdmx-ml-2.1", "sdmx-ml-3.0"})
"""Standards in which a figure says from when on it was the valid one."""


def stream(
    session: Session,
    form: str,
    asked: Asked,
    *,
    publisher: str,
    now: datetime,
    heard: Callable[[int], None] = lambda _rows: None,
) -> Iterator[bytes]:
    """Yield a file in one of the forms; the session must stay open until the end.

    `heard` is told of each chunk how many rows it has, before it is written.
    """
    told = meta(session, asked, publisher=publisher, now=now)
    if form == "iati":
        plan = results(session, asked, publisher=publisher)
        yield from FORMS[form].write(_heard(figures(session, asked, ()), heard), plan, told)
        return
    found = structure(session, asked.plan, publisher=publisher, now=now)
    rows = _heard(figures(session, asked, set(found.series)), heard)
    more = {"with_history": True} if asked.with_history and form in DATED else {}
    yield from FORMS[form].write(rows, found, told, flow=f"{found.id}{asked.kind}", **more)


def _heard(rows: Iterator[pd.DataFrame], heard: Callable[[int], None]) -> Iterator[pd.DataFrame]:
    for chunk in rows:
        heard(len(chunk))
        yield chunk
