"""Reports on measures in a filled workbook: read beside its figures, and sent with them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from dashboard.exchange.reading import numbers
from dashboard.exchange.reading.faults import Fault, Severity, fault
from dashboard.exchange.reading.sheets import Book, Kind, Sheet
from dashboard.exchange.workbook import Origin
from dashboard.services import access, lookup, updates
from models import (
    BadInput,
    Channel,
    Identity,
    MeasureUpdate,
    NotFound,
    ReviewState,
    State,
    UpdateInput,
    columns,
)
from models import Fault as Said

DAYS: Final = ("as_at", "milestone_due")
AMOUNTS: Final = ("resources_needed", "resources_committed")
LOOKED_AT: Final = 40
UPDATES: Final = columns(MeasureUpdate)
STATES: Final = columns(ReviewState)


@dataclass(frozen=True)
class Report:
    """A report on a measure, and the row it was read from."""

    update: UpdateInput
    row: int


@dataclass(frozen=True)
class _Row:
    """A row in which something was filled in."""

    number: int
    cells: Mapping[str, str]
    kinds: Mapping[str, Kind]
    places: Mapping[str, int]


def read(book: Book, about: Origin) -> tuple[list[Report], list[Fault]]:
    """Return the reports that were filled in, and what is wrong with the others."""
    sheet = next(
        (one for one in book.sheets if about.measures and one.name == about.measures), None
    )
    if sheet is None:
        return [], []
    found: list[Report] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for row in _rows(sheet, about.columns.get(sheet.name, {})):
        code = row.cells["measure"]
        if code in seen:
            faults.append(_told(sheet, row, "measure", f"{code}: twice"))
            continue
        seen.add(code)
        try:
            found.append(Report(_update(row, about), row.number))
        except BadInput as refusal:
            faults += [_told(sheet, row, one.where, one.message) for one in refusal.faults]
    return found, faults


def _rows(sheet: Sheet, roles: Mapping[str, str]) -> Iterator[_Row]:
    """Yield the rows below the header in which more than what is locked is filled in."""
    for top in range(min(sheet.height, LOOKED_AT)):
        heads = [column.text(top).strip() for column in sheet.columns]
        places = {role: at for at, head in enumerate(heads) if (role := roles.get(head, ""))}
        if {"measure", "implementation"} <= places.keys():
            break
    else:
        return
    at_ = {role: sheet.column + at for role, at in places.items()}
    for row in range(top + 1, sheet.height):
        cells = {role: sheet.columns[at].text(row).strip() for role, at in places.items()}
        if cells["measure"] and any(text for role, text in cells.items() if role != "measure"):
            columns_ = {role: sheet.columns[at] for role, at in places.items()}
            kinds = {role: one.kinds[int(one.codes[row])] for role, one in columns_.items()}
            yield _Row(sheet.row + row, cells, kinds, at_)


def _told(sheet: Sheet, row: _Row, role: str, words: str) -> Fault:
    role = role.rpartition(".")[2] if role else "measure"
    place = row.places.get(role, row.places["measure"])
    return fault("report", sheet.name, row.number, place, text=row.cells["measure"], why=words)


def _update(row: _Row, about: Origin) -> UpdateInput:
    cells = row.cells
    state = cells.get("implementation", "")
    fields: dict[str, Any] = {
        **{role: text for role, text in cells.items() if role not in {*DAYS, *AMOUNTS}},
        "implementation": about.words.get(state, state),
        "area": about.area,
        **{role: _day(role, cells.get(role, "")) for role in DAYS},
        **{role: _amount(role, row) for role in AMOUNTS},
    }
    return updates.parse(fields)


def _day(role: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise BadInput(Said(role, f"“{text}” is no day: write it as 2026-07-30")) from error


def _amount(role: str, row: _Row) -> Decimal | None:
    text = row.cells.get(role, "")
    if not text:
        return None
    found = numbers.read(text, row.kinds[role])
    doubts = {fault(doubt).severity for doubt in found.doubts}
    if found.value is None or found.qualifier or Severity.ERROR in doubts:
        words = f"“{text}” is no amount: write the number alone, such as 250000, without a sign"
        raise BadInput(Said(role, words))
    return Decimal(found.value)


def changed(session: Session, reports: Sequence[Report], plan: str) -> list[Report]:
    """Return the reports that say something other than the newest of the record does."""
    return [one for one in reports if not _is_there(session, one.update, plan)]


def checked(
    session: Session, who: Identity, reports: Sequence[Report], about: Origin, *, now: datetime
) -> list[Fault]:
    """Return what the record has against these reports: a right, a measure, a day to come."""
    faults = []
    for one in reports:
        words = ""
        try:
            area = lookup.area(session, one.update.area)
            if not access.allows(who, "submit", plan=about.plan, area=area.id):
                words = f"you do not report for {area.name}"
            updates.measure_id(session, about.plan, one.update.measure)
        except NotFound as error:
            words = str(error)
        if one.update.as_at > now.date():
            words = f"{one.update.as_at} lies in the future"
        if words:
            text = one.update.measure
            faults.append(fault("report", about.measures, one.row, 0, text=text, why=words))
    return faults


def _is_there(session: Session, update: UpdateInput, plan: str) -> bool:
    try:
        area = lookup.area(session, update.area).id
        measure = updates.measure_id(session, plan, update.measure)
    except NotFound:
        return False
    wanted = (
        sa.select(*(UPDATES.c[name] for name in updates.FIELDS))
        .join(STATES, sa.and_(STATES.c.area_id == UPDATES.c.area_id, STATES.c.seq == UPDATES.c.seq))
        .where(UPDATES.c.area_id == area, UPDATES.c.measure_id == measure)
        .where(STATES.c.state.not_in([State.WITHDRAWN, State.SUPERSEDED]))
        .order_by(UPDATES.c.seq.desc())
        .limit(1)
    )
    newest = session.connection().execute(wanted).first()
    return newest is not None and all(
        getattr(newest, name) == getattr(update, name) for name in updates.FIELDS
    )


def send(
    session: Session,
    who: Identity,
    reports: Sequence[Report],
    *,
    plan: str,
    batch: str,
    now: datetime,
) -> int:
    """Send the reports that are new, as part of a batch; return how many."""
    new = changed(session, reports, plan)
    for one in new:
        updates.submit(
            session,
            who,
            one.update,
            plan=plan,
            token=f"{batch}:{one.update.measure}",
            now=now,
            channel=Channel.IMPORT,
            batch=batch,
        )
    return len(new)
