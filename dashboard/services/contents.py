"""Everything a snapshot holds, read from the record as it was known at a moment.

Only what was accepted by then leaves the record, and no person: comments to reviewers, reasons of
steps, pseudonyms and small counts stay inside. Plan texts are those of the edition that was in
force.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, TypeVar

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard.services import disclosure, editions, lookup
from dashboard.services.editions import PlanText, frame, plain_row
from models import (
    SYSTEM_CHAIN,
    AreaKind,
    AreaName,
    AuditEvent,
    Baseline,
    MeasureUpdate,
    Membership,
    Observation,
    ReferenceArea,
    ReviewEvent,
    State,
    Target,
    UpdateFields,
    ValueSpan,
    Weight,
    columns,
    micros,
)

Tables = dict[str, pd.DataFrame]
Aim = TypeVar("Aim", Baseline, Target)
SYSTEM: Final = "SYSTEM"
CONTENT: Final = (
    "value",
    "text",
    "qualifier",
    "status",
    "missing_reason",
    "numerator",
    "denominator",
    "nature",
    "source",
    "source_date",
    "evidence",
    "note",
)
"""What an observation says to the public; the comment to the reviewer is not among it."""
UPDATE: Final = tuple(UpdateFields.model_fields)
"""What a report on a measure says."""
NAMES: Final = ("ar", "es", "fr", "ru", "zh")


def tables(session: Session, plan: PlanText, *, as_of: datetime) -> Tables:
    """Return every table of a snapshot but the computed ones, as known at a moment."""
    measures = {one.id: one.code for one in plan.measures}
    indicators = {one.id: one.code for one in plan.indicators}
    places = areas(session)
    m49 = dict(zip(places["area"], places["m49"], strict=True))
    spans = history(session, indicators, as_of)
    current = spans[spans["ended_at"].isna()]
    return {
        **editions.tables(plan),
        "areas": places,
        "memberships": _memberships(session),
        "weights": _weights(session),
        "baselines": _aims(session, Baseline, indicators, as_of),
        "targets": _aims(session, Target, indicators, as_of),
        "revisions": spans,
        "observations": current.assign(m49=current["area"].map(m49)),
        "measure_updates": _updates(session, measures, m49, as_of),
        "chains": chains(session, as_of),
    }


def areas(session: Session) -> pd.DataFrame:
    """Return States, regions and groups with their codes, and their names in six languages."""
    found = session.exec(select(ReferenceArea)).all()
    codes = {one.id: one.code for one in found}
    named: dict[tuple[int, str], str] = {}
    for name in session.exec(select(AreaName).order_by(col(AreaName.since))):
        named[name.area_id, name.language] = name.name  # the newest stays
    rows = [
        {
            "area": one.code,
            "m49": one.m49,
            "iso2": one.iso2,
            "iso3": one.iso3,
            "kind": str(one.kind),
            "name": one.name,
            **{f"name_{code}": named.get((one.id, code), "") for code in NAMES},
            "region": codes.get(one.region_id or 0, ""),
            "subregion": codes.get(one.subregion_id or 0, ""),
            "is_member": one.kind == AreaKind.STATE,
            "column": -1 if one.tile_column is None else one.tile_column,
            "row": -1 if one.tile_row is None else one.tile_row,
        }
        for one in found
    ]
    return frame("areas", rows)


def fetched(session: Session, statement: sa.Select[Any]) -> pd.DataFrame:
    """Return the rows of a statement as a frame, column by column: many rows, no objects."""
    result = session.connection().execute(statement)
    names = list(result.keys())
    columns_ = zip(*result.all(), strict=True)
    found = dict(zip(names, columns_, strict=False))  # no rows, no columns
    return pd.DataFrame(found, columns=names)


def _memberships(session: Session) -> pd.DataFrame:
    m, a = columns(Membership), columns(ReferenceArea)
    group = a.alias("grp")
    found = session.connection().execute(
        sa.select(group.c.code.label("group"), a.c.code, m.c.since, m.c.until, m.c.basis)
        .join(group, group.c.id == m.c.group_id)
        .join(a, a.c.id == m.c.area_id)
    )
    dated = [
        (
            row.group,
            row.code,
            "" if row.since == date.min else row.since.isoformat(),
            "" if row.until == date.max else row.until.isoformat(),
            row.basis,
        )
        for row in found
    ]
    names = ["group", "area", "since", "until", "basis"]
    return pd.DataFrame([*dated, *_tree(session)], columns=names)


def _tree(session: Session) -> list[tuple[str, str, str, str, str]]:
    """Return regions, subregions and the world as groups that their States always belonged to."""
    found = {one.id: one for one in session.exec(select(ReferenceArea))}
    pairs = []
    for one in found.values():
        above = found.get(one.parent_id or 0)
        while above is not None and one.kind in {AreaKind.STATE, AreaKind.OBSERVER}:
            pairs.append((above.code, one.code, "", "", "M49"))
            above = found.get(above.parent_id or 0)
    return pairs


def _weights(session: Session) -> pd.DataFrame:
    w, a = columns(Weight), columns(ReferenceArea)
    wanted = sa.select(
        w.c.name.label("weight"), a.c.code.label("area"), w.c.year, w.c.value, w.c.source
    ).join(a, a.c.id == w.c.area_id)
    return fetched(session, wanted)


def _aims(
    session: Session,
    kind: type[Aim],
    indicators: Mapping[int, str],
    as_of: datetime,
) -> pd.DataFrame:
    """Return the baselines or targets that were in force at a moment."""
    known = session.connection().execute(sa.select(lookup.AREA.c.id, lookup.AREA.c.code))
    codes = {row.id: row.code for row in known}
    found = session.exec(
        select(kind).where(
            col(kind.indicator_id).in_(list(indicators)),
            col(kind.recorded_at) <= as_of,
            sa.or_(col(kind.retired_at).is_(None), col(kind.retired_at) > as_of),
        )
    ).all()
    name = kind.__name__.lower()
    rows = [
        {
            **plain_row(one),
            name: one.id,
            "indicator": indicators[one.indicator_id],
            "area": codes.get(one.area_id or 0, ""),
            "year": one.year,
            "recorded_at": micros(one.recorded_at),
        }
        for one in found
    ]
    table = frame(f"{name}s", rows)
    return table.assign(
        recorded_at=_moments(table["recorded_at"]), year=table["year"].astype("Int64")
    )


def _moments(values: pd.Series) -> pd.Series:
    """Turn microseconds since 1970 into moments."""
    return pd.to_datetime(values.astype("Int64"), unit="us", utc=True).astype("datetime64[us, UTC]")


def history(session: Session, indicators: Mapping[int, str], as_of: datetime) -> pd.DataFrame:
    """Return every observation accepted by a moment, and its end where that had come by then."""
    s, o, e = columns(ValueSpan), columns(Observation), columns(ReviewEvent)
    a, c = lookup.AREA, lookup.CELL
    # Values come as they are stored, so that nothing is rounded and nothing is converted twice.
    asis = {name: sa.cast(o.c[name], sa.Text).label(name) for name in CONTENT}
    wanted = (
        sa.select(
            a.c.code.label("area"),
            s.c.area_id,
            s.c.indicator_id,
            c.c.code.label("cell"),
            s.c.period,
            s.c.year,
            *asis.values(),
            s.c.seq.label("revision"),
            o.c.revises,
            sa.type_coerce(o.c.recorded_at, sa.BigInteger).label("recorded_at"),
            sa.type_coerce(s.c.accepted_at, sa.BigInteger).label("accepted_at"),
            sa.type_coerce(s.c.ended_at, sa.BigInteger).label("ended_at"),
            sa.cast(e.c.after, sa.Text).label("ended"),
            s.c.is_illustrative,
        )
        .join(o, sa.and_(o.c.area_id == s.c.area_id, o.c.seq == s.c.seq))
        .join(a, a.c.id == s.c.area_id)
        .join(c, c.c.id == s.c.cell_id)
        .outerjoin(
            e,
            sa.and_(
                e.c.area_id == s.c.area_id, e.c.seq == s.c.seq, e.c.before == State.ACCEPTED.value
            ),
        )
        .where(s.c.indicator_id.in_(list(indicators)), s.c.accepted_at <= as_of)
    )
    table = fetched(session, wanted).rename(columns={"revision": "seq"})
    table = disclosure.without(session, table, indicators=indicators, as_of=as_of)
    table = table.rename(columns={"seq": "revision"})
    gone = table["ended_at"].astype("int64") <= micros(as_of)
    texts = {name: table[name].astype("str").fillna("") for name in CONTENT}
    return table.assign(
        **texts,
        indicator=table["indicator_id"].map(dict(indicators)).astype("str"),
        revises=table["revises"].astype("Int64"),
        recorded_at=_moments(table["recorded_at"]),
        accepted_at=_moments(table["accepted_at"]),
        ended_at=_moments(table["ended_at"].where(gone)),
        ended=table["ended"].where(gone, "").fillna("").astype("str"),
        is_illustrative=table["is_illustrative"].astype("bool"),
    )


def _updates(
    session: Session, measures: Mapping[int, str], m49: Mapping[str, str], as_of: datetime
) -> pd.DataFrame:
    """Return the reports on measures that were accepted at a moment."""
    u, came, a = columns(MeasureUpdate), columns(ReviewEvent), lookup.AREA
    went = came.alias("went")
    gone = sa.exists().where(
        went.c.area_id == u.c.area_id,
        went.c.seq == u.c.seq,
        went.c.before == State.ACCEPTED,
        went.c.at <= as_of,
    )
    wanted = (
        sa.select(
            a.c.code.label("area"),
            u.c.seq.label("update"),
            u.c.measure_id,
            *(sa.cast(u.c[name], sa.Text).label(name) for name in UPDATE),
            sa.type_coerce(came.c.at, sa.BigInteger).label("accepted_at"),
            u.c.is_illustrative,
        )
        .join(a, a.c.id == u.c.area_id)
        .join(came, sa.and_(came.c.area_id == u.c.area_id, came.c.seq == u.c.seq))
        .where(
            u.c.measure_id.in_(list(measures)),
            came.c.after == State.ACCEPTED,
            came.c.at <= as_of,
            ~gone,
        )
    )
    table = fetched(session, wanted)
    return table.assign(
        **{name: table[name].astype("str").fillna("") for name in UPDATE},
        measure=table["measure_id"].map(dict(measures)).astype("str"),
        m49=table["area"].map(dict(m49)),
        accepted_at=_moments(table["accepted_at"]),
        is_illustrative=table["is_illustrative"].astype("bool"),
    )


def chains(session: Session, as_of: datetime) -> pd.DataFrame:
    """Return where each chain of the ledger stood at a moment."""
    e, a = columns(AuditEvent), lookup.AREA
    ends = (
        sa.select(e.c.chain, sa.func.max(e.c.seq).label("seq"))
        .where(e.c.at <= as_of)
        .group_by(e.c.chain)
        .subquery()
    )
    wanted = (
        sa.select(
            e.c.chain.label("number"), a.c.code, e.c.seq.label("events"), e.c.row_hash.label("head")
        )
        .join(ends, sa.and_(ends.c.chain == e.c.chain, ends.c.seq == e.c.seq))
        .outerjoin(a, a.c.id == e.c.chain)
    )
    table = fetched(session, wanted)
    code = table["code"].where(table["number"] != SYSTEM_CHAIN, SYSTEM)
    return table.assign(chain=code.astype("str"))
