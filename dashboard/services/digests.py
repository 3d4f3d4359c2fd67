"""Letters to those who report: at most one a person a day, never one a figure.

A letter is written when something came up since the last one: 30, 7 or 1 days are left before a due
date, it is past (and each week after), the secretariat reminds, or a reviewer sent something back.
Each is told once. A letter is recorded before it leaves and marked when it has left; one of which
nobody knows whether it left is never sent again on its day: what it told stands in the next one.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from dashboard import i18n
from dashboard.i18n import _, plural
from dashboard.services import access, ledger, outbox, plans, tasks
from dashboard.services.correspondence import Links
from dashboard.services.outbox import Deliver
from dashboard.services.tasks import Errand
from dashboard.settings import Settings
from models import (
    SYSTEM_CHAIN,
    Correspondence,
    Grant,
    Message,
    Person,
    Role,
    Unavailable,
    columns,
    reading,
    unit_of_work,
)

NOON: Final = time(12)
BEFORE: Final = (1, 7, 30)
"""Days before a due date at which a letter is written."""
WEEK: Final = 7
"""Days after which somebody who is late hears of it again."""
NAMED: Final = 12
"""Areas, and figures sent back in each, which a letter names; the page names them all."""
REMEMBERED: Final = timedelta(days=400)
"""How long it is remembered what somebody was told."""


@dataclass(frozen=True)
class Letter:
    """A letter that is to be written to somebody."""

    person_id: str
    language: str
    subject: str
    body: str
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Post:
    """How letters leave this installation, and whether to the persons of a demonstration too."""

    links: Links
    deliver: Deliver
    sender: str
    pretended: bool

    @classmethod
    def of(cls, settings: Settings, links: Links) -> "Post":
        """Return how letters leave by these settings; a mail server is only given real people."""
        mail = settings.mail
        return cls(links, outbox.way(mail, settings.home), mail.sender, not mail.is_server)


@dataclass(frozen=True)
class Run:
    """What one run did: letters that left, and what the mail server said of those that did not."""

    sent: int
    failures: tuple[str, ...]


def write(
    session: Session, links: Links, *, day: date, now: datetime, pretended: bool = True
) -> list[Letter]:
    """Return the letters that are due on a day, without recording any.

    `pretended` says that the persons of a demonstration are written to as well.
    """
    if day != now.date():
        now = datetime.combine(day, NOON, UTC)
    written = []
    spoken = i18n.language()
    try:
        for person in _people(session, day, now, pretended=pretended):
            i18n.speak(i18n.choose([person.language]))
            letter = _letter(session, person, links, day=day, now=now)
            if letter is not None:
                written.append(letter)
    finally:
        i18n.speak(spoken)
    return written


def record(
    session: Session, links: Links, *, day: date, now: datetime, pretended: bool = True
) -> int:
    """Record the letters that are due on a day and not recorded yet; return how many."""
    ledger.hold(session, SYSTEM_CHAIN)  # one run at a time
    letters = write(session, links, day=day, now=now, pretended=pretended)
    for letter in letters:
        session.add(
            Message(
                id=secrets.token_hex(8),
                person_id=letter.person_id,
                day=day,
                language=letter.language,
                subject=letter.subject,
                body=letter.body,
                topics=list(letter.topics),
                recorded_at=now,
            )
        )
    session.flush()
    return len(letters)


def run(engine: Engine, post: Post, *, day: date, now: datetime) -> Run:
    """Record the letters of a day and send those that have not left; again, it sends no second."""
    unit_of_work(
        engine,
        lambda session: record(session, post.links, day=day, now=now, pretended=post.pretended),
    )
    said = [_send(engine, post, number, now) for number in _waiting(engine, day)]
    failures = tuple(one for one in said if one)
    return Run(sum(one == "" for one in said), failures)


# Sending --------------------------------------------------------------------------------------


def _waiting(engine: Engine, day: date) -> list[str]:
    wanted = select(Message.id).where(Message.day == day, col(Message.tried_at).is_(None))
    with reading(engine) as session:
        return list(session.exec(wanted.order_by(col(Message.person_id))))


def _send(engine: Engine, post: Post, number: str, now: datetime) -> str | None:
    """Send one letter; return nothing where it left, what was wrong, or none: another run has it.

    It is taken in hand before it leaves. Where all ends in between, nobody takes it again.
    """
    if not unit_of_work(engine, lambda session: _claim(session, number, now)):
        return None
    try:
        post.deliver(_envelope(engine, post, number, now))
    except Unavailable as error:
        said = str(error)
        unit_of_work(engine, lambda session: _failed(session, number, said))
        return said
    unit_of_work(engine, lambda session: _left(session, number, now))
    return ""


def _claim(session: Session, number: str, now: datetime) -> bool:
    message = columns(Message)
    wanted = sa.update(message).where(message.c.id == number, message.c.tried_at.is_(None))
    return bool(session.connection().execute(wanted.values(tried_at=now)).rowcount)


def _failed(session: Session, number: str, said: str) -> None:
    message = session.get_one(Message, number)
    message.tried_at, message.failure = None, said  # it did not leave: the next run tries again


def _left(session: Session, number: str, now: datetime) -> None:
    message = session.get_one(Message, number)
    message.sent_at, message.failure = now, ""


def _envelope(engine: Engine, post: Post, number: str, now: datetime) -> EmailMessage:
    with reading(engine) as session:
        message = session.get_one(Message, number)
        person = session.get_one(Person, message.person_id)
        return outbox.letter(
            sender=post.sender,
            to=person.email,
            subject=message.subject,
            body=message.body,
            identity=f"headway-{message.day}-{number}",
            unsubscribe=post.links.unsubscribe(message.person_id),
            now=now,
        )


# Writing --------------------------------------------------------------------------------------


def _people(session: Session, day: date, now: datetime, *, pretended: bool) -> list[Person]:
    """Return who may be written to: those who report somewhere, and have no letter of that day."""
    reports = select(Grant.person_id).where(
        col(Grant.role).in_((Role.COORDINATOR, Role.FOCAL_POINT)),
        col(Grant.since) <= now,
        col(Grant.until) > now,
    )
    has_letter = select(Message.person_id).where(Message.day == day)
    wants_none = select(Correspondence.person_id).where(
        col(Correspondence.unsubscribed_at).is_not(None)
    )
    wanted = select(Person).where(
        col(Person.is_active),
        col(Person.id).in_(reports),
        col(Person.id).not_in(has_letter),
        col(Person.id).not_in(wants_none),
    )
    if not pretended:
        wanted = wanted.where(col(Person.is_illustrative).is_(False))
    return list(session.exec(wanted.order_by(col(Person.id))))


def _letter(
    session: Session, person: Person, links: Links, *, day: date, now: datetime
) -> Letter | None:
    who = access.identity(session, person.id, now=now)
    told = _told(session, person.id, now)
    parts: list[str] = []
    topics: list[str] = []
    for plan in plans.listing(session):
        if not access.allows(who, "submit", plan=plan.code):
            continue
        for errand in tasks.mine(session, who, plan=plan.code, now=now):
            fresh = [one for one in _topics(errand, day) if one not in told]
            if fresh:
                topics += fresh
                parts.append(_part(errand, day, links, plan.code))
    if not topics:
        return None
    return Letter(
        person.id,
        i18n.language(),
        plural("Headway: {n} report to look at", "Headway: {n} reports to look at", len(parts)),
        _body(parts, links, person.id),
        tuple(topics),
    )


def _told(session: Session, person_id: str, now: datetime) -> set[str]:
    """Return what somebody was told already, in letters that surely left."""
    wanted = select(Message.topics).where(
        Message.person_id == person_id,
        col(Message.sent_at).is_not(None),
        col(Message.recorded_at) > now - REMEMBERED,
    )
    return {topic for topics in session.exec(wanted) for topic in topics}


def _topics(errand: Errand, day: date) -> Iterator[str]:
    """Yield what there is to tell about an errand on a day, each under a name of its own."""
    if errand.lock and not errand.counts["returned"]:
        return
    place = f"{errand.round}:{errand.area}"
    left = (errand.due - day).days
    if errand.done < errand.expected and not errand.lock:
        if left < 0:
            yield f"{place}:late:{errand.due}:{(-left - 1) // WEEK}"
        else:
            yield from (
                f"{place}:due:{errand.due}:{stage}"
                for stage in [one for one in BEFORE if left <= one][:1]
            )
        if errand.reminded_at is not None:
            yield f"{place}:reminded:{errand.reminded_at.isoformat()}"
    returned = errand.tasks[errand.tasks["state"] == "returned"]
    yield from (f"returned:{ref}" for ref in returned["ref"])


def _part(errand: Errand, day: date, links: Links, plan: str) -> str:
    left = (errand.due - day).days
    if left < 0:
        when = plural("{n} day past its due date", "{n} days past its due date", -left)
    elif left == 0:
        when = _("due today")
    else:
        when = plural("{n} day left", "{n} days left", left)
    lines = [
        f"{errand.area_name}: {errand.name}",
        _("Due {day} ({when}). {done} of {expected} delivered.").format(
            day=i18n.date(errand.due, "long"),
            when=when,
            done=i18n.number(errand.done),
            expected=i18n.number(errand.expected),
        ),
    ]
    if errand.is_illustrative:
        lines.append(_("Illustrative: this round was made up for a demonstration."))
    returned = errand.tasks[errand.tasks["state"] == "returned"].to_dict("records")
    if returned:
        lines.append(plural("{n} was sent back:", "{n} were sent back:", len(returned)))
        lines += [f"- {row['code']} {row['title']}: {row['note']}" for row in returned[:NAMED]]
    if errand.contact:
        lines.append(_("Whom to ask: {contact}").format(contact=errand.contact))
    lines.append(links.page(f"tasks?plan={plan}&area={errand.area}"))
    return "\n".join(lines)


def _body(parts: list[str], links: Links, person_id: str) -> str:
    more = len(parts) - NAMED
    rest = [plural("and {n} more area", "and {n} more areas", more)] if more > 0 else []
    return "\n\n".join(
        [
            _("Hello,"),
            _("this is what your reports need today:"),
            *parts[:NAMED],
            *rest,
            _("You get at most one such letter a day. To end them, open this address:")
            + f"\n{links.unsubscribe(person_id)}",
        ]
    )
