"""One-time links: by which somebody invited comes in, and by which a lost password is replaced.

A link is told once, works once and not for long; the record keeps only the hash of its token. What
an invitation promises is given when it is accepted, in the name of whoever invited, and only if
they may still give it. No link signs anybody in, and an invitation never replaces a password:
whoever has an account accepts it signed in, so that nobody gets a role who only holds a link.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard import i18n
from dashboard.i18n import _
from dashboard.services import (
    access,
    factors,
    ledger,
    outbox,
    passwords,
    people,
    sessions,
    tries,
)
from models import (
    ANONYMOUS,
    SYSTEM,
    SYSTEM_CHAIN,
    Identity,
    NotAllowed,
    NotFound,
    OneTimeLink,
    Person,
    Purpose,
    ReferenceArea,
    Role,
    SignInNeeded,
    WrongState,
)

LASTS: Final = {Purpose.INVITATION: timedelta(hours=72), Purpose.RESET: timedelta(hours=1)}
AT_ONCE: Final = 3
"""Links to a new password that one person may have open: nobody's letter box is flooded."""
UNKNOWN: Final = "This link was used already, is too old, or was replaced by a newer one."
PAGES: Final = {Purpose.INVITATION: "welcome", Purpose.RESET: "reset"}


@dataclass(frozen=True)
class Handed:
    """A link as it is handed out, once."""

    purpose: Purpose
    token: str
    name: str
    email: str
    language: str

    def address(self, base: str) -> str:
        """Return the address it leads to, at an installation."""
        return f"{base}/account/{PAGES[self.purpose]}/{self.token}"


@dataclass(frozen=True)
class Asked:
    """What a link would do, as whoever opened it is told."""

    name: str
    email: str
    role: Role | None
    area: str | None
    needs_password: bool
    person_id: str


def invite(
    session: Session,
    who: Identity,
    *,
    email: str,
    name: str,
    role: Role,
    plan: str | None = None,
    area: str | None = None,
    now: datetime,
) -> Handed:
    """Invite somebody to a role; an earlier invitation to the same one is replaced."""
    area_id = people.asked(session, who, role, plan=plan, area=area, now=now)
    person = session.exec(select(Person).where(Person.email == email.strip().lower())).first()
    if person is None:
        number = people.add(session, who, email=email, name=name, now=now)
        person = session.get_one(Person, number)
    if person.id == who.person_id:
        raise NotAllowed("Nobody gives a role to themselves: ask another administrator.")
    if not person.is_active:
        raise WrongState("This account is closed. An administrator can open it again.")
    same = [
        link
        for link in _open(session, person.id, Purpose.INVITATION, now)
        if (link.role, link.plan_code, link.area_id) == (role, plan, area_id)
    ]
    _expire(session, same, now)
    link, handed = _made(person, Purpose.INVITATION, by=who.person_id, now=now)
    link.role, link.plan_code, link.area_id = role, plan, area_id
    session.add(link)
    detail = {"role": role.value, "plan": plan, "area": area}
    _trace(session, "invitation.send", person.id, detail, by=who.person_id, now=now)
    return handed


def withdraw(session: Session, who: Identity, person_id: str, *, now: datetime) -> int:
    """Take back the open invitations of a person that one may give, and return how many."""
    access.require(who, "invite")
    own = [
        link
        for link in _open(session, person_id, Purpose.INVITATION, now)
        if link.role is not None
        and access.may_give(
            session, who, link.role, plan=link.plan_code, area=link.area_id, now=now
        )
    ]
    if not own:
        raise NotFound("That person has no open invitation of yours.")
    _expire(session, own, now)
    _trace(session, "invitation.end", person_id, {}, by=who.person_id, now=now)
    return len(own)


def asked(session: Session, token: str, purpose: Purpose, *, now: datetime) -> Asked:
    """Return what a link would do, without doing it."""
    link = _valid(session, token, purpose, now)
    person = session.get_one(Person, link.person_id)
    area = None if link.area_id is None else session.get_one(ReferenceArea, link.area_id).name
    return Asked(person.name, person.email, link.role, area, not _signs_in(person), person.id)


def accept(
    session: Session, token: str, password: str, *, who: Identity = ANONYMOUS, now: datetime
) -> None:
    """Take up an invitation; whoever cannot sign in yet sets their password with it."""
    person = session.get_one(Person, _valid(session, token, Purpose.INVITATION, now).person_id)
    if _signs_in(person) and who.person_id != person.id:
        raise SignInNeeded("You have an account here: sign in with it, then accept.")
    link = _used(session, token, Purpose.INVITATION, now)
    if not _signs_in(person):
        _set(session, person, password)
    by = SYSTEM
    if link.created_by != SYSTEM.person_id:
        by = access.identity(session, link.created_by, now=now)
    if link.role is None or not by.person_id:
        raise NotFound(UNKNOWN)
    area = None if link.area_id is None else session.get_one(ReferenceArea, link.area_id).code
    people.grant(session, by, person.id, link.role, plan=link.plan_code, area=area, now=now)
    _trace(session, "invitation.accept", person.id, {}, by=person.id, now=now)


def forgot(session: Session, email: str, *, now: datetime) -> Handed | None:
    """Return a link to a new password; none where there is no such account, or too many links.

    Faces say the same in every case.
    """
    person = session.exec(select(Person).where(Person.email == email.strip().lower())).first()
    if person is None or not person.is_active or person.password_hash is None:
        return None
    ledger.hold(session, SYSTEM_CHAIN)  # so that two requests count each other
    if len(_open(session, person.id, Purpose.RESET, now)) >= AT_ONCE:
        return None
    link, handed = _made(person, Purpose.RESET, by=SYSTEM.person_id, now=now)
    session.add(link)
    _trace(session, "reset.ask", person.id, {}, by=SYSTEM.person_id, now=now)
    return handed


def hand_out(session: Session, who: Identity, person_id: str, *, now: datetime) -> Handed:
    """Return a link to a new password for somebody to hand over to its owner."""
    access.require(who, "invite")
    if not people.is_theirs(session, who, person_id, now=now):
        raise NotAllowed(people.ONLY_OWN)
    person = session.get(Person, person_id)
    if person is None or not person.is_active:
        raise NotFound("Nobody has that account, or it is closed.")
    link, handed = _made(person, Purpose.RESET, by=who.person_id, now=now)
    session.add(link)
    _trace(session, "reset.hand", person_id, {}, by=who.person_id, now=now)
    return handed


def reset(session: Session, token: str, password: str, *, now: datetime) -> None:
    """Set a new password by a link; every session and other link of the person ends.

    A lock ends too, except where a second factor is asked for.
    """
    link = _used(session, token, Purpose.RESET, now)
    person = session.get_one(Person, link.person_id)
    if not person.is_active:
        raise NotFound(UNKNOWN)
    _set(session, person, password)
    _expire(session, _open(session, person.id, Purpose.RESET, now), now)
    _trace(session, "person.reset", person.id, {}, by=person.id, now=now)
    sessions.close_all(session, person.id, by=person.id, now=now)


def letter(handed: Handed, base: str, *, sender: str, now: datetime) -> EmailMessage:
    """Return the letter that brings a link, in the language of whom it goes to."""
    spoken = i18n.language()
    i18n.speak(i18n.choose([handed.language]))
    try:
        if handed.purpose == Purpose.INVITATION:
            subject = _("You are invited to Headway")
            words = _("You are invited to Headway. The link works once, within 72 hours:")
        else:
            subject = _("A new password for Headway")
            words = _(
                "Somebody asked for a new password for your account. The link works once, within "
                "an hour. If it was not you, do nothing: your password stays as it is."
            )
        greeting = _("Dear {name},").format(name=handed.name)
    finally:
        i18n.speak(spoken)
    body = f"{greeting}\n\n{words}\n\n{handed.address(base)}\n"
    number = f"headway-{handed.purpose}-{secrets.token_hex(8)}"
    return outbox.letter(
        sender=sender, to=handed.email, subject=subject, body=body, identity=number, now=now
    )


def _made(
    person: Person, purpose: Purpose, *, by: str, now: datetime
) -> tuple[OneTimeLink, Handed]:
    token = secrets.token_urlsafe(32)
    link = OneTimeLink(
        token_hash=sessions.hashed(token),
        purpose=purpose,
        person_id=person.id,
        created_by=by,
        created_at=now,
        expires_at=now + LASTS[purpose],
    )
    return link, Handed(purpose, token, person.name, person.email, person.language)


def _open(session: Session, person_id: str, purpose: Purpose, now: datetime) -> list[OneTimeLink]:
    wanted = select(OneTimeLink).where(
        OneTimeLink.person_id == person_id,
        OneTimeLink.purpose == purpose,
        col(OneTimeLink.used_at).is_(None),
        col(OneTimeLink.expires_at) > now,
    )
    return list(session.exec(wanted))


def _valid(session: Session, token: str, purpose: Purpose, now: datetime) -> OneTimeLink:
    link = session.get(OneTimeLink, sessions.hashed(token))
    if (
        link is None
        or link.purpose != purpose
        or link.used_at is not None
        or link.expires_at <= now
    ):
        raise NotFound(UNKNOWN)
    return link


def _used(session: Session, token: str, purpose: Purpose, now: datetime) -> OneTimeLink:
    """Use a link up, so that of two at once only one goes on."""
    link = _valid(session, token, purpose, now)
    claimed = session.execute(
        sa.update(OneTimeLink)
        .where(col(OneTimeLink.token_hash) == link.token_hash, col(OneTimeLink.used_at).is_(None))
        .values(used_at=now)
    )
    if not claimed.rowcount:  # type: ignore[attr-defined]
        raise NotFound(UNKNOWN)
    return link


def _expire(session: Session, links: list[OneTimeLink], now: datetime) -> None:
    for link in links:
        link.expires_at = now
    session.flush()


def _signs_in(person: Person) -> bool:
    return person.password_hash is not None or person.issuer is not None


def _set(session: Session, person: Person, password: str) -> None:
    person.password_hash = passwords.make_hash(password, email=person.email, name=person.name)
    if not factors.is_on(session, person.id):
        # Else whoever reads somebody's letters could guess codes for ever, a few for each link.
        tries.forgive(session, person)


def _trace(
    session: Session, action: str, subject: str, detail: ledger.Json, *, by: str, now: datetime
) -> None:
    session.flush()
    ledger.record(session, SYSTEM_CHAIN, action, subject, detail, by=by, now=now)
