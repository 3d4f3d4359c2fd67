"""How a person is written to: whether at all, the links in letters, the private calendar address.

A link in a letter works for whoever holds the letter, signed out too: it carries a pseudonym and a
signature made with the installation's secret, so that nobody can make one for somebody else. The
record keeps no link.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlmodel import Session

from dashboard.services import ledger
from models import SYSTEM_CHAIN, Correspondence, Identity, NotFound, Person, SignInNeeded

Purpose = Literal["letters", "calendar"]

APART: Final = timedelta(minutes=30)
"""What is opened again within this time belongs to the same visit."""
UNKNOWN: Final = "This link is not valid, or was replaced by a newer one."


@dataclass(frozen=True)
class Links:
    """The addresses of one installation that letters and feeds carry."""

    base: str  # https://headway.example.org
    key: bytes  # the installation's secret

    def page(self, name: str) -> str:
        """Return the address of a page."""
        return f"{self.base}/{name}"

    def unsubscribe(self, person_id: str) -> str:
        """Return the address at which somebody ends the letters to them."""
        return f"{self.base}/letters/unsubscribe/{self._token('letters', person_id, 0)}"

    def calendar(self, person_id: str, number: int) -> str:
        """Return the private address of somebody's calendar; `number` grows when it is renewed."""
        return f"{self.base}/calendar/{self._token('calendar', person_id, number)}.ics"

    def _token(self, purpose: Purpose, person_id: str, number: int) -> str:
        text = f"{person_id}.{number}"
        sign = hmac.new(self.key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
        return f"{text}.{sign[:40]}"

    def holder(self, purpose: Purpose, token: str) -> tuple[str, int]:
        """Return whose token this is, and its number; `NotFound` where it was not made here."""
        person_id, _, rest = token.partition(".")
        number = rest.partition(".")[0]
        if not (number.isascii() and number.isdigit() and len(number) <= 9):
            raise NotFound(UNKNOWN)
        made = self._token(purpose, person_id, int(number))
        if not hmac.compare_digest(made.encode(), token.encode()):
            raise NotFound(UNKNOWN)
        return person_id, int(number)


def of(session: Session, person_id: str) -> Correspondence:
    """Return how somebody is written to; as usual where nothing was ever kept."""
    return session.get(Correspondence, person_id) or Correspondence(person_id=person_id)


def _kept(session: Session, person_id: str) -> Correspondence:
    if session.get(Person, person_id) is None:
        raise NotFound(UNKNOWN)
    ledger.hold(session, SYSTEM_CHAIN)  # so that two requests do not both make the row
    found = of(session, person_id)
    session.add(found)
    session.flush()
    return found


def visit(session: Session, who: Identity, *, now: datetime) -> None:
    """Keep that somebody looked at their tasks; a reload belongs to the same visit."""
    kept = _kept(session, _signed_in(who))
    if kept.visited_at is not None and now - kept.visited_at >= APART:
        kept.visited_before = kept.visited_at
    if kept.visited_at is None or now - kept.visited_at >= APART:
        kept.visited_at = now
    session.flush()


def is_new_visit(kept: Correspondence, now: datetime) -> bool:
    """Say whether this look begins a visit that has to be kept."""
    return kept.visited_at is None or now - kept.visited_at >= APART


def last_visit(kept: Correspondence, now: datetime) -> datetime | None:
    """Return when somebody looked before this visit; none where this is the first."""
    return kept.visited_at if is_new_visit(kept, now) else kept.visited_before


def unsubscribe(session: Session, person_id: str, *, now: datetime) -> None:
    """End the letters to a person, asked for by whoever holds a letter to them."""
    kept = _kept(session, person_id)
    if kept.unsubscribed_at is None:
        kept.unsubscribed_at = now
        _trace(session, "letters.end", person_id, now)


def subscribe(session: Session, who: Identity, *, now: datetime) -> None:
    """Take letters up again."""
    kept = _kept(session, _signed_in(who))
    if kept.unsubscribed_at is not None:
        kept.unsubscribed_at = None
        _trace(session, "letters.begin", who.person_id, now)


def renew_calendar(session: Session, who: Identity, *, seen: int, now: datetime) -> int:
    """Give somebody another private calendar address, so that the one they saw leads nowhere."""
    kept = _kept(session, _signed_in(who))
    if kept.calendar == seen:
        kept.calendar += 1
        _trace(session, "calendar.renew", who.person_id, now)
    return kept.calendar


def _signed_in(who: Identity) -> str:
    if not who.person_id or who.is_system:
        raise SignInNeeded("Please sign in to do this.")
    return who.person_id


def _trace(session: Session, action: str, person_id: str, now: datetime) -> None:
    session.flush()
    ledger.record(session, SYSTEM_CHAIN, action, person_id, {}, by=person_id, now=now)
