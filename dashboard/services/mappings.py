"""Report once: a figure given to one plan answers what another plan asks in the same words.

Which indicators ask the same stands in the seed. Only where they are *equal* is a figure taken
over, and then as something typed and not yet sent: a person confirms it, and where it comes from
goes along in its note.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session

from dashboard.i18n import _
from dashboard.services import access, drafts, lookup, rules, xray
from dashboard.services.drafts import Cell
from dashboard.services.lookup import Ref
from models import EntryMode, Identity, Nature, NotFound, Plan, State
from seed import mappings

TAKEN: Final = ("value", "status", "missing_reason", "text", "source", "source_date", "evidence")
"""What is taken over from one plan to another."""


@dataclass(frozen=True)
class Link:
    """An indicator of another plan that asks the same as one of this plan."""

    plan: str
    indicator: str
    relation: str  # equal: may be taken over; close: shown only
    note: str


@dataclass(frozen=True)
class Offer:
    """A figure that is known already, for a cell in which nothing was typed or sent."""

    cell: Cell
    fields: Mapping[str, Any]  # as they would be typed, with where they come from in the note
    origin: str


def links(plan: str, indicator: str) -> list[Link]:
    """Return the indicators of other plans that ask the same as this one."""
    return [
        Link(other.plan, other.indicator, mapping.relation, mapping.note)
        for mapping in mappings.read().mapping
        if any((one.plan, one.indicator) == (plan, indicator) for one in mapping.indicators)
        for other in mapping.indicators
        if other.plan != plan
    ]


def offers(
    session: Session, who: Identity, cells: Iterable[Cell], *, plan: str, area: str
) -> list[Offer]:
    """Return what other plans, and imports that nobody confirmed, know of these cells of an area.

    Cells in which somebody typed, or for which somebody reported to this plan, are left out.
    """
    place = lookup.area(session, area)
    access.require(who, "submit", plan=plan, area=place.id)
    wanted = list(cells)
    typed = drafts.cells(session, who, plan=plan, area=area)
    here = xray.newest_rows(session, place.id, plan, {cell.indicator for cell in wanted})
    found = []
    for cell in wanted:
        if cell in typed:
            continue
        known = here.get(cell)
        if known is not None and known["nature"] != Nature.COUNTRY:
            ref = Ref(place.code, int(known["seq"]))
            origin = _("{source}, as imported ({ref})").format(source=known["source"], ref=ref)
            found.append(Offer(cell, _taken(known, origin), origin))
        elif known is None:
            found += _elsewhere(session, who, cell, plan=plan, area=place)
    return found


def _elsewhere(session: Session, who: Identity, cell: Cell, *, plan: str, area: Any) -> list[Offer]:
    for link in links(plan, cell.indicator):
        if link.relation != "equal" or not _may(session, who, link, area):
            continue
        other = cell._replace(indicator=link.indicator)
        row = xray.newest_rows(session, area.id, link.plan, {link.indicator}).get(other)
        if row is not None and row["state"] != State.RETURNED:
            origin = _origin(session, link.plan, link.indicator, Ref(area.code, int(row["seq"])))
            return [Offer(cell, _taken(row, origin), origin)]
    return []


def _origin(session: Session, plan: str, indicator: str, ref: Ref) -> str:
    title = session.get_one(Plan, plan).short_title
    said = _("reported to {plan} as {indicator} ({ref})")
    return said.format(plan=title, indicator=indicator, ref=ref)


def _may(session: Session, who: Identity, link: Link, area: Any) -> bool:
    """Say whether somebody may report this indicator of the other plan for this area."""
    if session.get(Plan, link.plan) is None:
        return False
    if not access.allows(who, "submit", plan=link.plan, area=area.id):
        return False
    try:
        about: Any = lookup.indicator(session, link.plan, link.indicator)
    except NotFound:
        return False
    return rules.LEVELS[area.kind] in about.levels and about.entry_mode == EntryMode.COORDINATOR


def _taken(row: Mapping[str, Any], origin: str) -> dict[str, Any]:
    fields = {name: str(row[name]) for name in TAKEN if row[name] not in {None, "", "A"}}
    note = " ".join(str(part) for part in (row["note"], f"[{origin}]") if part)
    return {**fields, "note": note}


def accept(
    session: Session,
    who: Identity,
    taken: Iterable[Offer],
    *,
    plan: str,
    area: str,
    window: str,
    now: datetime,
) -> int:
    """Put offers into their cells as if they had been typed, and return how many."""
    place = lookup.area(session, area)
    chosen = list(taken)
    newest = xray.newest_rows(session, place.id, plan, {one.cell.indicator for one in chosen})
    typed = {
        one.cell: {**one.fields, "seen": int(newest[one.cell]["seq"]) if one.cell in newest else 0}
        for one in chosen
    }
    drafts.keep_cells(session, who, typed, plan=plan, area=area, window=window, since=now, now=now)
    return len(typed)


def carry(
    session: Session,
    who: Identity,
    sent: Mapping[Cell, str],
    *,
    plan: str,
    area: str,
    window: str,
    now: datetime,
) -> list[tuple[str, Cell]]:
    """Fill what was just sent into every other plan that asks the same, and return where.

    It stands there as typed and not yet sent; a cell that has something already is left alone.
    """
    place = lookup.area(session, area)
    filled = []
    for cell in sent:
        for link in links(plan, cell.indicator):
            if link.relation != "equal" or not _may(session, who, link, place):
                continue
            other = cell._replace(indicator=link.indicator)
            there = offers(session, who, [other], plan=link.plan, area=area)
            if there:
                accept(
                    session,
                    who,
                    there[:1],
                    plan=link.plan,
                    area=area,
                    window=window,
                    now=now,
                )
                filled.append((link.plan, other))
    return filled
