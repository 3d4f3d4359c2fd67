"""What somebody owes: every indicator and measure that open rounds ask of their areas.

Each task says by when, where it stands, what a reviewer wrote, what is new since the last visit,
and, where nothing can be sent, why and whom to ask.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import pandas as pd
from sqlmodel import Session

from dashboard.services import access, correspondence, locks, owed, rounds
from models import Identity, ReportingRound, RoundArea, State

ORDER: Final = {"returned": 0, "draft": 1, "not_started": 2, "submitted": 3, "accepted": 4}
"""What calls for action first stands first."""


@dataclass(frozen=True)
class Errand:
    """What one round asks of one area: until when, how much is done, and what bars the way."""

    round: str
    name: str
    period: str
    area: str
    area_name: str
    opens: date
    due: date
    days: int  # until the due date; below zero once it is past
    is_extended: bool
    extension_reason: str
    contact: str
    note: str
    state: str  # of the round: planned, open, closed
    lock: str  # why nothing can be sent, and whom to ask; empty where it can
    counts: dict[str, int]  # by the words of `owed.WORDS`
    receipt: str | None
    reminded_at: datetime | None
    is_reminded: bool  # since the last visit
    is_illustrative: bool
    tasks: pd.DataFrame  # subject, code, title, state, ref, at, note, is_new

    @property
    def expected(self) -> int:
        """How many things are asked."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """How many of them were sent and not sent back."""
        return sum(self.counts[word] for word in rounds.DONE)

    @property
    def is_late(self) -> bool:
        """Say whether something is owed after its due date."""
        return self.days < 0 and self.done < self.expected


def mine(session: Session, who: Identity, *, plan: str, now: datetime) -> list[Errand]:
    """Return what rounds ask of the areas somebody reports for, the most pressing first.

    Sealed rounds are over and left out.
    """
    access.require(who, "submit", plan=plan)
    covers = access.areas(who, "submit", plan=plan)
    since = correspondence.last_visit(correspondence.of(session, who.person_id), now)
    found = [
        errand
        for one in rounds.listing(session, plan)
        if one.sealed_at is None
        for errand in _errands(session, one, covers, since=since, now=now)
    ]
    return sorted(
        found, key=lambda one: (bool(one.lock), one.done == one.expected, one.due, one.area_name)
    )


def _errands(
    session: Session,
    found: ReportingRound,
    covers: Iterable[int] | None,
    *,
    since: datetime | None,
    now: datetime,
) -> list[Errand]:
    only = None if covers is None else list(covers)
    places = owed.areas(session, found, only)
    if places.empty:
        return []
    table = owed.table(session, found, areas=places["area_id"].tolist())
    given = rounds.receipts(session, found.code).set_index("area_id")["receipt"].to_dict()
    by_area = dict(list(table.groupby("area_id")))
    errands = []
    for place in places.to_dict("records"):
        rows = by_area.get(place["area_id"])
        if rows is None:
            continue  # the round asks nothing at this area's level
        asked = session.get_one(RoundArea, (place["area_id"], found.code))
        counts = rows["state"].value_counts()
        errands.append(
            Errand(
                round=found.code,
                name=found.name,
                period=found.period,
                area=place["area"],
                area_name=place["name"],
                opens=found.opens,
                due=place["due"],
                days=(place["due"] - now.date()).days,
                is_extended=bool(place["is_extended"]),
                extension_reason=place["extension_reason"],
                contact=found.contact,
                note=found.note,
                state=rounds.state(found, now.date()),
                lock=why_locked(found, asked, now.date()),
                counts={word: int(counts.get(word, 0)) for word in owed.WORDS},
                receipt=given.get(place["area_id"]),
                reminded_at=asked.reminded_at,
                is_reminded=_is_after(asked.reminded_at, since),
                is_illustrative=found.is_illustrative,
                tasks=_tasks(rows, place["area"], found, asked, since),
            )
        )
    return errands


def _tasks(
    rows: pd.DataFrame,
    area: str,
    found: ReportingRound,
    asked: RoundArea,
    since: datetime | None,
) -> pd.DataFrame:
    seq = rows["seq"].astype("Int64").astype("str")
    table = rows.assign(
        ref=(area + "-" + seq).where(rows["seq"].notna(), ""),
        note=rows["note"].where(rows["state"] == State.RETURNED.value, "").fillna(""),
        order=rows["state"].map(ORDER),
    )
    if since is None:  # on a first visit all is new, so nothing stands out
        is_new = pd.Series(False, index=rows.index)
    else:
        moved = pd.to_datetime(rows["at"], utc=True) > since
        called = _is_after(found.opened_at, since) or _is_after(asked.extended_at, since)
        is_new = (moved & rows["state"].isin(["returned", "accepted"])) | called
    ordered = table.assign(is_new=is_new).sort_values(["order", "subject", "position"])
    kept = ["subject", "code", "title", "state", "ref", "at", "note", "is_new"]
    return ordered[kept].reset_index(drop=True)


def _is_after(moment: datetime | None, since: datetime | None) -> bool:
    return moment is not None and since is not None and moment > since


def why_locked(found: ReportingRound, asked: RoundArea, today: date) -> str:
    """Return why nothing can be sent in a round, and whom to ask; empty where it can."""
    if today < found.opens and found.closed_at is None:
        ask = found.contact or locks.SECRETARIAT
        return f"{found.name} opens on {found.opens}. Ask {ask} if you have to send earlier."
    return rounds.why_locked(found, asked, today)


def neighbours(session: Session, who: Identity, code: str, *, now: datetime) -> pd.DataFrame | None:
    """Return where each area of a region or group stands, for those who report for all of it.

    Columns are those of `rounds.cockpit`. None for somebody who reports for a single area.
    """
    found = rounds.get(session, code)
    access.require(who, "submit", plan=found.plan_code)
    covers = access.areas(who, "submit", plan=found.plan_code)
    if covers is not None and len(covers) < 2:
        return None
    table = rounds.standing(session, found, covers=covers, now=now)
    return None if len(table) < 2 else table
