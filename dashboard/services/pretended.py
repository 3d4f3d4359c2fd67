"""The reporting round of a demonstration: opened, extended, sent in, reviewed, reminded.

It takes the same services as a real one, so that whatever holds for a round holds for this one.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import pandas as pd
from sqlmodel import Session, select

from dashboard.services import access, drafts, history, lookup, owed, review, rounds
from dashboard.services.lookup import Ref
from models import SYSTEM, Channel, Identity, Person
from seed import areas, content, demo
from seed.demo import campaign
from seed.demo.campaign import Campaign
from seed.demo.generate import SEED
from seed.demo.people import HOME

PAST: Final = timedelta(days=6)
AHEAD: Final = timedelta(days=21)
"""The due date lies six days back; for those who asked for it, three weeks ahead."""
REMINDED: Final = 10
TOKEN: Final = "pretended round"  # noqa: S105 - it keeps a step from being taken twice


def numbers_of_people(session: Session) -> dict[str, str]:
    """Return the pseudonyms of the persons of a demonstration by their keys."""
    found = dict(session.exec(select(Person.email, Person.id)).all())
    return {person.key: found[person.email] for person in demo.PEOPLE}


def named(session: Session, table: pd.DataFrame) -> pd.DataFrame:
    """Return generated rows with the pseudonyms of their authors and reviewers."""
    known = numbers_of_people(session)
    return table.assign(
        author=table["author"].map(known).fillna(table["author"]),
        decider=table["decider"].map(known).fillna(table["decider"]),
    )


def reporting(
    code: str, made: Callable[[], demo.Demo], *, now: datetime
) -> Callable[[Session], object]:
    """Return the step that makes the pretended round of a plan and returns its code."""

    def work(session: Session) -> str:
        drawn = campaign.plan_of(content.read(code), areas.read(), made().observations, seed=SEED)
        numbers = numbers_of_people(session)
        history.load(
            session,
            named(session, drawn.rows),
            plan=code,
            channel=Channel.DEMO,
            by=SYSTEM.person_id,
            now=now,
        )
        secretariat = access.identity(session, numbers["secretariat"], now=now)
        opened = _open(session, secretariat, code, drawn, now)
        _review(session, access.identity(session, numbers["reviewer"], now=now), opened, drawn, now)
        for area in (*drawn.accepted, *drawn.sent):
            rounds.deliver(session, SYSTEM, opened, area, token=TOKEN, now=now)
        _type(session, access.identity(session, numbers["coordinator"], now=now), code, drawn, now)
        return opened

    return work


def _open(session: Session, who: Identity, plan: str, drawn: Campaign, now: datetime) -> str:
    day = now.date()
    fields = {
        "name": campaign.NAME,
        "period": campaign.PERIOD,
        "opens": campaign.OPENED.date(),
        "due": day - PAST,
        "contact": campaign.CONTACT,
        "areas": drawn.areas,
        "indicators": drawn.indicators,
    }
    opened = rounds.open_round(
        session,
        who,
        rounds.parse(fields),
        plan=plan,
        token=TOKEN,
        now=now,
        is_illustrative=True,
    )
    asked = [code for code in drawn.areas if code not in drawn.late]
    rounds.extend(
        session,
        who,
        opened,
        asked,
        due=day + AHEAD,
        reason=campaign.EXTENSION,
        token=f"{TOKEN} extended",
        now=now,
    )
    rounds.remind(session, who, opened, drawn.late[:REMINDED], token=f"{TOKEN} reminded", now=now)
    return opened


def _review(session: Session, who: Identity, opened: str, drawn: Campaign, now: datetime) -> None:
    """Let the reviewer accept all that some States sent."""
    places = {lookup.area(session, code).id: code for code in drawn.accepted}
    table = owed.table(session, rounds.get(session, opened), areas=list(places))
    for row in table[table["state"] == "submitted"].to_dict("records"):
        ref = Ref(places[row["area_id"]], int(row["seq"]))
        review.accept(session, who, ref, plan=rounds.get(session, opened).plan_code, now=now)


def _type(session: Session, who: Identity, plan: str, drawn: Campaign, now: datetime) -> None:
    """Leave two things typed and not sent."""
    for indicator in drawn.indicators[-2:]:
        drafts.keep(
            session,
            who,
            {"source": campaign.TYPED},
            plan=plan,
            area=HOME,
            subject=indicator,
            now=now,
        )
