"""The trail of changes as people read it: of a value, of a person, of a day, a page at a time.

Administrators, the secretariat and focal points see what was done within their plan and area, and
everybody what they did themselves or was done to their account. The chain holds pseudonyms; a name
stands beside one only where the reader may see that account.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from dashboard import frames
from dashboard.services import access, audit, ledger, lookup, people
from dashboard.services.lookup import CELL, INDICATOR, Ref
from dashboard.services.observations import written
from models import (
    SYSTEM_CHAIN,
    AuditEvent,
    BadInput,
    Grant,
    Held,
    Identity,
    MeasureUpdate,
    NotAllowed,
    NotFound,
    Observation,
    OperationalMeasure,
    ReferenceArea,
    ReportingRound,
    ReviewEvent,
    SignInNeeded,
    columns,
    micros,
    moment,
)

EVENTS: Final = columns(AuditEvent)
AREA: Final = columns(ReferenceArea)
FIGURES: Final = columns(Observation)
REPORTS: Final = columns(MeasureUpdate)
MEASURES: Final = columns(OperationalMeasure)
ROUNDS: Final = columns(ReportingRound)
GRANTS: Final = columns(Grant)
STEPS: Final = columns(ReviewEvent)
PAGE: Final = 50
MOST: Final = 10_000
"""Events that a download holds at most."""
CHUNK: Final = 500
SYSTEM: Final = "SYSTEM"
BULK: Final = ("observation.history", "observation.imported", "measure_update.history")
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "figures": ("observation",),
    "reports": ("measure_update",),
    "voices": ("remark",),
    "evidence": ("evidence",),
    "rounds": ("round",),
    "people": ("person", "grant", "invitation", "reset", "token", "factor", "letters", "calendar"),
    "sign-in": ("session", "person.lock"),
    "record": ("plan", "areas", "snapshot", "chain"),
}
"""What can be asked for, by the beginnings of the actions."""
TRAIL: Final[frames.Schema] = {
    "at": "datetime64[us, UTC]",
    "by": "str",  # pseudonym
    "by_name": "str",  # empty where the reader may not see it
    "action": "str",
    "subject": "str",
    "subject_name": "str",  # of a person, where the reader may see it
    "chain": "str",  # code of the area, or SYSTEM
    "area": "str",  # name of the area; empty for the system's own chain
    "seq": "int64",
    "plan": "str",
    "about": "str",  # code of the indicator or measure
    "period": "str",
    "cell": "str",
    "value": "str",
    "detail": "str",  # JSON as it was chained
    "note": "str",
    "fingerprint": "str",  # hash of the event
}
HEADS: Final[frames.Schema] = {
    "chain": "str",
    "area": "str",
    "events": "int64",
    "head": "str",
    "at": "datetime64[us, UTC]",
}


@dataclass(frozen=True)
class Asked:
    """Which events are wanted; what is empty is not asked for."""

    ref: Ref | None = None  # everything about the value, or the report on a measure, of this row
    area: str = ""
    person: str = ""  # pseudonym: what they did, and what was done to their account
    since: date | None = None
    until: date | None = None  # with this day
    group: str = ""


@dataclass(frozen=True)
class Page:
    """Some events, newest first, and where the older ones begin (empty: there are none)."""

    rows: pd.DataFrame
    older: str


@dataclass(frozen=True)
class _Scope:
    """What somebody may read of the trail."""

    own: str
    places: tuple[Held, ...]
    is_all: bool

    def holds(self, plan: str, area: int | None) -> bool:
        """Say whether a place lies within (no plan: one that any plan shares; no area: all)."""
        return any(
            (not plan or place.plan in {None, plan})
            and (place.areas is None or (area is not None and area in place.areas))
            for place in self.places
        )


@dataclass
class _About:
    """What events are about, found for many at once: by chain and number, or by code."""

    rows: dict[tuple[int, int], Mapping[str, str]] = field(default_factory=dict)
    rounds: dict[str, str] = field(default_factory=dict)
    grants: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    notes: dict[tuple[int, int, int], str] = field(default_factory=dict)


def read(
    session: Session,
    who: Identity,
    asked: Asked,
    *,
    after: str = "",
    limit: int = PAGE,
    now: datetime,
) -> Page:
    """Return a page of the trail, newest first; `after` is where the page before it ended.

    Columns of its rows are those of `TRAIL`. A page asks the database for what follows the last
    event shown, so that the hundredth costs what the first does.
    """
    scope = _scope(who)
    wanted = _wanted(session, scope, asked)
    of = _same(session, asked.ref) if asked.ref else frozenset()
    kept: list[Any] = []
    about = _About()
    place = _place(after)
    while len(kept) <= limit:
        found = _chunk(session, wanted, place)
        _look_up(session, found, about)
        seen = [row for row in found if _shown(row, scope, about)]
        kept += [row for row in seen if asked.ref is None or _concerns(row, of)]
        if len(found) < CHUNK:
            break
        place = (micros(found[-1].at), found[-1].chain, found[-1].seq)
    more = len(kept) > limit
    kept = kept[:limit]
    older = f"{micros(kept[-1].at)}.{kept[-1].chain}.{kept[-1].seq}" if more else ""
    names = known(session, who, now=now)
    return Page(_table(kept, about, names), older)


def known(session: Session, who: Identity, *, now: datetime) -> dict[str, str]:
    """Return the names of the accounts that somebody may see, by pseudonym; their own always."""
    own = {who.person_id: who.name} if who.person_id else {}
    if not access.allows(who, "invite"):
        return own
    return {one.id: one.name for one in people.listing(session, who, now=now)} | own


def heads(session: Session, who: Identity) -> pd.DataFrame:
    """Return the end of each chain that somebody may read. Columns are those of `HEADS`."""
    scope = _scope(who)
    ends = ledger.heads(session)
    areas = session.connection().execute(sa.select(AREA.c.id, AREA.c.code, AREA.c.name)).all()
    named = {row.id: (row.code, row.name) for row in areas} | {SYSTEM_CHAIN: (SYSTEM, "")}
    seen = [
        chain
        for chain in ends
        if scope.is_all or (chain != SYSTEM_CHAIN and scope.holds("", chain))
    ]
    last = _last(session, {chain: ends[chain][0] for chain in seen})
    table = pd.DataFrame(
        {
            "chain": [named[chain][0] for chain in seen],
            "area": [named[chain][1] for chain in seen],
            "events": [ends[chain][0] for chain in seen],
            "head": [ends[chain][1] for chain in seen],
            "at": pd.DatetimeIndex([last[chain] for chain in seen], dtype="datetime64[us, UTC]"),
        }
    )
    return frames.check(table.sort_values("chain", ignore_index=True), HEADS)


def verify(session: Session, who: Identity, *, area: str = "") -> list[str]:
    """Walk the chains that somebody may read; return a sentence for each break, none where whole.

    An administrator also has the contents of the record compared with what was chained.
    """
    if not area and access.is_everywhere(who, "administer"):
        return audit.problems(session, who)
    scope = _scope(who)
    if area:
        number = int(str(lookup.area(session, area).id))
        if not (scope.is_all or scope.holds("", number)):
            raise NotAllowed("Its chain is for those who answer for this area.")
        return ledger.verify(session, chains=[number])
    if not scope.places and not scope.is_all:
        raise NotAllowed("Chains are for those who answer for an area, and administrators.")
    chains = [
        chain
        for chain in ledger.heads(session)
        if scope.is_all or (chain != SYSTEM_CHAIN and scope.holds("", chain))
    ]
    return ledger.verify(session, chains=chains)


# Who may see what -----------------------------------------------------------------------------


def _scope(who: Identity) -> _Scope:
    if not who.person_id:
        raise SignInNeeded("Please sign in to read the trail of changes.")
    places = (
        tuple(held for held in who.grants if "trace" in access.PERMITS[held.role])
        if access.reaches(who, "trace")
        else ()
    )
    return _Scope(who.person_id, places, access.is_everywhere(who, "trace"))


def _within(scope: _Scope) -> sa.ColumnElement[bool]:
    """Return the part of the question that the database can answer; `_shown` has the last word."""
    if scope.is_all:
        return sa.true()
    own = sa.or_(EVENTS.c.by == scope.own, EVENTS.c.subject == scope.own)
    if not scope.places:
        return own
    covers = [place.areas for place in scope.places]
    shared = sa.and_(
        EVENTS.c.chain == SYSTEM_CHAIN,
        sa.or_(EVENTS.c.action.like("grant.%"), EVENTS.c.action.like("round.%")),
    )
    if any(areas is None for areas in covers):
        return sa.or_(own, shared, EVENTS.c.chain != SYSTEM_CHAIN)
    inside = sorted({area for areas in covers if areas is not None for area in areas})
    return sa.or_(own, shared, EVENTS.c.chain.in_(inside))


def _shown(row: Any, scope: _Scope, about: _About) -> bool:
    if scope.is_all or row.by == scope.own:
        return True
    if row.chain != SYSTEM_CHAIN:
        return scope.holds(_plan(row, about), row.chain)
    if row.subject == scope.own:
        return True
    if row.action.startswith("grant."):
        plan, area = about.grants.get(_detail(row).get("grant", ""), ("", None))
        return bool(plan) and scope.holds(plan, area)
    if row.action.startswith("round."):
        plan = _plan(row, about)
        return bool(plan) and scope.holds(plan, None)
    return False


# What is asked --------------------------------------------------------------------------------


def _wanted(session: Session, scope: _Scope, asked: Asked) -> sa.Select[Any]:
    wanted = (
        sa.select(EVENTS, AREA.c.code, AREA.c.name)
        .outerjoin(AREA, AREA.c.id == EVENTS.c.chain)
        .where(_within(scope))
        .order_by(EVENTS.c.at.desc(), EVENTS.c.chain.desc(), EVENTS.c.seq.desc())
        .limit(CHUNK)
    )
    if asked.ref or asked.area:
        code = asked.ref.area if asked.ref else asked.area
        wanted = wanted.where(EVENTS.c.chain == lookup.area(session, code).id)
    if asked.person:
        wanted = wanted.where(
            sa.or_(
                EVENTS.c.by == asked.person,
                sa.and_(EVENTS.c.chain == SYSTEM_CHAIN, EVENTS.c.subject == asked.person),
            )
        )
    if asked.since:
        wanted = wanted.where(EVENTS.c.at >= _begin(asked.since))
    if asked.until:
        wanted = wanted.where(EVENTS.c.at < _begin(asked.until + timedelta(days=1)))
    if asked.group:
        starts = GROUPS.get(asked.group)
        if starts is None:
            raise BadInput(f"Ask for one of: {', '.join(GROUPS)}.")
        wanted = wanted.where(
            sa.or_(*(EVENTS.c.action.like(f"{start}%") for start in starts)),
        )
    return wanted


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _place(after: str) -> tuple[int, int, int] | None:
    if not after:
        return None
    try:
        at, chain, seq = (int(part) for part in after.split("."))
    except ValueError as error:
        raise BadInput(
            "This address leads to no page of the trail: begin at the newest."
        ) from error
    return at, chain, seq


def _chunk(
    session: Session, wanted: sa.Select[Any], place: tuple[int, int, int] | None
) -> list[Any]:
    if place is not None:
        at, chain, seq = place
        # Spelled out, so that every database walks its index from there.
        wanted = wanted.where(
            EVENTS.c.at <= moment(at),
            sa.or_(
                EVENTS.c.at < moment(at),
                EVENTS.c.chain < chain,
                sa.and_(EVENTS.c.chain == chain, EVENTS.c.seq < seq),
            ),
        )
    return list(session.connection().execute(wanted))


def _same(session: Session, ref: Ref) -> frozenset[int]:
    """Return the numbers of all rows that say the same thing as this one, earlier and later."""
    area = lookup.area(session, ref.area).id
    for table, key in (
        (FIGURES, ("indicator_id", "cell_id", "period")),
        (REPORTS, ("measure_id",)),
    ):
        own = sa.select(*(table.c[name] for name in key)).where(
            table.c.area_id == area, table.c.seq == ref.seq
        )
        found = session.connection().execute(own).one_or_none()
        if found is not None:
            same = sa.select(table.c.seq).where(
                table.c.area_id == area,
                *(table.c[name] == getattr(found, name) for name in key),
            )
            return frozenset(session.connection().execute(same).scalars())
    raise NotFound(f"Nothing in the record has the number {ref}.")


def _concerns(row: Any, of: frozenset[int]) -> bool:
    if row.action in BULK:
        detail = _detail(row)
        return any(detail["first"] <= seq <= detail["last"] for seq in of)
    return _seq(row) in of


# What events are about ------------------------------------------------------------------------


def _detail(row: Any) -> dict[str, Any]:
    read_: dict[str, Any] = json.loads(row.detail)
    return read_


def _seq(row: Any) -> int:
    """Return the number of the row that an event is about; nought where it is about none."""
    start, _, number = str(row.subject).rpartition("-")
    return int(number) if start == row.code and number.isascii() and number.isdecimal() else 0


def _plan(row: Any, about: _About) -> str:
    """Return the plan that an event belongs to; empty where it belongs to none, or all."""
    if row.action.startswith("round."):
        return about.rounds.get(_detail(row).get("round", row.subject), "")
    return about.rows.get((row.chain, _seq(row)), {}).get("plan", "")


def _look_up(session: Session, found: Iterable[Any], about: _About) -> None:
    """Add what is not known yet of these events, with one question for each sort of thing."""
    asked = {(row.chain, _seq(row)) for row in found} - about.rows.keys()
    asked = {(chain, seq) for chain, seq in asked if seq}
    connection = session.connection()
    if asked:
        for table in (FIGURES, REPORTS):
            for row in connection.execute(_rows(table).where(_one_of(table, asked))):
                about.rows[(row.area_id, row.seq)] = {
                    name: written(getattr(row, name)) or ""
                    for name in ("plan", "about", "period", "cell", "value")
                }
        for step in connection.execute(
            sa.select(STEPS.c.area_id, STEPS.c.seq, STEPS.c.step, STEPS.c.note).where(
                STEPS.c.note != "", _one_of(STEPS, asked)
            )
        ):
            about.notes[(step.area_id, step.seq, step.step)] = step.note
    if not about.rounds:
        rounds = connection.execute(sa.select(ROUNDS.c.code, ROUNDS.c.plan_code))
        about.rounds |= {row.code: row.plan_code for row in rounds}
    grants = {
        _detail(row).get("grant", "") for row in found if row.action.startswith("grant.")
    } - about.grants.keys()
    if grants:
        wanted = sa.select(GRANTS.c.id, GRANTS.c.plan_code, GRANTS.c.area_id)
        for row in connection.execute(wanted.where(GRANTS.c.id.in_(sorted(grants)))):
            about.grants[row.id] = (row.plan_code or "", row.area_id)


def _one_of(table: sa.Table, asked: Iterable[tuple[int, int]]) -> sa.ColumnElement[bool]:
    by_area: dict[int, list[int]] = {}
    for area, seq in sorted(asked):
        by_area.setdefault(area, []).append(seq)
    return sa.or_(
        *(sa.and_(table.c.area_id == area, table.c.seq.in_(own)) for area, own in by_area.items())
    )


def _rows(table: sa.Table) -> sa.Select[Any]:
    if table is REPORTS:
        return sa.select(
            REPORTS.c.area_id,
            REPORTS.c.seq,
            MEASURES.c.plan_code.label("plan"),
            MEASURES.c.code.label("about"),
            REPORTS.c.as_at.label("period"),
            sa.literal("").label("cell"),
            REPORTS.c.implementation.label("value"),
        ).join(MEASURES, MEASURES.c.id == REPORTS.c.measure_id)
    return (
        sa.select(
            FIGURES.c.area_id,
            FIGURES.c.seq,
            INDICATOR.c.plan_code.label("plan"),
            INDICATOR.c.code.label("about"),
            FIGURES.c.period,
            CELL.c.code.label("cell"),
            (sa.cast(FIGURES.c.qualifier, sa.Text) + sa.cast(FIGURES.c.value, sa.Text)).label(
                "value"
            ),
        )
        .join(INDICATOR, INDICATOR.c.id == FIGURES.c.indicator_id)
        .join(CELL, CELL.c.id == FIGURES.c.cell_id)
    )


def _last(session: Session, ends: Mapping[int, int]) -> dict[int, datetime]:
    """Return when the last event of each chain happened."""
    if not ends:
        return {}
    newest = (
        sa.select(EVENTS.c.chain, sa.func.max(EVENTS.c.seq).label("seq"))
        .group_by(EVENTS.c.chain)
        .subquery()
    )
    wanted = sa.select(EVENTS.c.chain, EVENTS.c.at).join(
        newest, sa.and_(newest.c.chain == EVENTS.c.chain, newest.c.seq == EVENTS.c.seq)
    )
    return {row.chain: row.at for row in session.connection().execute(wanted)}


def _table(kept: list[Any], about: _About, names: Mapping[str, str]) -> pd.DataFrame:
    nothing: Mapping[str, str] = {}
    told = []
    for row in kept:
        detail, seq = _detail(row), _seq(row)
        single = row.action not in BULK
        of = about.rows.get((row.chain, seq), nothing)
        step = detail.get("step", 1)
        told.append(
            {
                "at": row.at,
                "by": row.by,
                "by_name": names.get(row.by, ""),
                "action": row.action,
                "subject": row.subject,
                "subject_name": names.get(row.subject, "") if row.chain == SYSTEM_CHAIN else "",
                "chain": row.code or SYSTEM,
                "area": row.name or "",
                "seq": row.seq,
                "plan": _plan(row, about),
                **{
                    name: of.get(name, "") if single else ""
                    for name in ("about", "period", "cell", "value")
                },
                "detail": row.detail,
                "note": about.notes.get((row.chain, seq, step), "") if "note" in detail else "",
                "fingerprint": row.row_hash,
            }
        )
    table = pd.DataFrame(told, columns=list(TRAIL))
    table["at"] = pd.DatetimeIndex(table["at"], dtype="datetime64[us, UTC]")
    return frames.check(table, TRAIL)
