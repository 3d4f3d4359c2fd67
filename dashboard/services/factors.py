"""The second factor: a code that changes every thirty seconds, from an app on a person's telephone.

The secret shared with the app (TOTP, RFC 6238) is kept encrypted with a key of the installation
(`box`), so that a copy of the database makes no code. A code counts once, recovery codes too, and
wrong ones count as wrong passwords do. Whoever lost app and recovery codes asks an administrator
or the secretariat, who can lift the factor; nobody can read it.
"""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from dashboard.services import access, ledger, people, tries
from models import (
    SYSTEM_CHAIN,
    Grant,
    Identity,
    NotAllowed,
    NotFound,
    Person,
    RecoveryCode,
    Role,
    SecondFactor,
    SignInNeeded,
    WrongState,
)

if TYPE_CHECKING:  # loaded when somebody first needs it: most never do
    from cryptography.fernet import Fernet

ISSUER: Final = "Headway"
"""What the app shows beside the address of the account."""
STEP: Final = 30
DRIFT: Final = (0, -1, 1)
"""Steps by which the clock of a telephone may be wrong."""
DIGITS: Final = 6
TO_CONFIRM: Final = timedelta(hours=1)
"""How long a secret that was shown waits for its first code."""
CODES: Final = 10
"""Recovery codes: enough for years, few enough to print."""
SIGNS: Final = "23456789CDFGHJKMNPQRTVWXYZ"  # none that are mistaken for another, or make words
GROUPS, EACH = 3, 5


@dataclass(frozen=True)
class Standing:
    """How far somebody's own second factor is."""

    is_on: bool
    since: datetime | None
    codes_left: int


@dataclass(frozen=True)
class Begun:
    """A secret on its way into an app: as text, and as the address in the picture."""

    secret: str
    address: str


def standing(session: Session, who: Identity) -> Standing:
    """Return how far one's own second factor is."""
    _own(session, who)
    held = session.get(SecondFactor, who.person_id)
    since = None if held is None else held.confirmed_at
    left = _left(session, who.person_id)
    return Standing(since is not None, since, left)


def is_on(session: Session, person_id: str) -> bool:
    """Say whether somebody is asked for a code."""
    held = session.get(SecondFactor, person_id)
    return held is not None and held.confirmed_at is not None


def begin(session: Session, who: Identity, box: "Fernet", *, now: datetime) -> None:
    """Make a secret for one's own app; it is asked for once `confirm` has seen a code of it."""
    person = _own(session, who)
    if person.password_hash is None and person.issuer is None:
        raise WrongState("This account has no password, so a second factor would guard nothing.")
    if is_on(session, person.id):
        raise WrongState("Your account has a second factor. Remove it before you set up another.")
    import pyotp

    _forget(session, person.id)
    sealed = box.encrypt(pyotp.random_base32().encode()).decode()
    session.add(SecondFactor(person_id=person.id, secret=sealed, created_at=now))
    session.flush()


def begun(session: Session, who: Identity, box: "Fernet", *, now: datetime) -> Begun | None:
    """Return the secret that one is setting up; none where nothing is, or for too long."""
    person = _own(session, who)
    held = session.get(SecondFactor, person.id)
    secret = None if held is None or not _is_begun(held, now) else _opened(held, box)
    if secret is None:
        return None
    import pyotp

    address = pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=ISSUER)
    return Begun(secret, address)


def confirm(
    session: Session, who: Identity, code: str, box: "Fernet", *, now: datetime
) -> tuple[str, ...]:
    """Turn one's own factor on by a code of it; return the recovery codes, told this once.

    None at all where the code does not fit: then nothing has changed.
    """
    person = _own(session, who)
    held = session.get(SecondFactor, person.id)
    if held is None or not _is_begun(held, now):
        raise WrongState("There is no second factor to confirm. Begin again.")
    step = _step(held, code, box, now)
    if step is None or not _claim(session, person.id, step, confirmed_at=now):
        return ()
    codes = _fresh_codes(session, person.id)
    _trace(session, "factor.on", person.id, by=who, now=now)
    return codes


def prove(session: Session, person_id: str, code: str, box: "Fernet", *, now: datetime) -> bool:
    """Count a try with a code of the app, or a recovery code, and say whether it is let through.

    The try is counted in this transaction, so whoever calls must let it be kept. What was right
    is used up: of two at once with the same code, one is refused.
    """
    person = tries.counted(session, select(Person).where(Person.id == person_id))
    if person is None or not person.is_active or not is_on(session, person_id):
        return False
    if tries.are_locked(person, now=now):
        return False
    step = _step(session.get_one(SecondFactor, person_id), code, box, now)
    is_right = step is not None and _claim(session, person_id, step)
    if not is_right and _use(session, person_id, code, now):
        is_right, detail = True, {"left": _left(session, person_id)}
        _trace(session, "factor.recover", person_id, detail, by=person, now=now)
    if is_right:
        tries.forgive(session, person)
    else:
        _trace(session, "factor.wrong", person_id, by=person, now=now)
        tries.count(session, person, now=now)
    return is_right


def renew_codes(
    session: Session, who: Identity, code: str, box: "Fernet", *, now: datetime
) -> tuple[str, ...]:
    """Replace one's own recovery codes; none where the code does not fit. The try is counted."""
    person = _own(session, who)
    if not prove(session, person.id, code, box, now=now):
        return ()
    codes = _fresh_codes(session, person.id)
    _trace(session, "factor.codes", person.id, by=who, now=now)
    return codes


def remove(session: Session, who: Identity, code: str, box: "Fernet", *, now: datetime) -> bool:
    """Remove one's own factor by a code of it; say whether it fitted. The try is counted."""
    person = _own(session, who)
    if not prove(session, person.id, code, box, now=now):
        return False
    _forget(session, person.id)
    _trace(session, "factor.off", person.id, by=who, now=now)
    return True


def lift(session: Session, who: Identity, person_id: str, *, now: datetime) -> None:
    """Remove the factor of somebody who lost it; never one's own, nor that of somebody above."""
    access.require(who, "lift")
    if who.person_id == person_id:
        raise NotAllowed("Remove your own second factor on the page of your account.")
    if not _may_lift(session, who, person_id, now):
        raise NotAllowed("This person is looked after by an administrator of more than you are.")
    if session.get(SecondFactor, person_id) is None:
        raise NotFound("That account has no second factor.")
    _forget(session, person_id)
    _trace(session, "factor.lift", person_id, by=who, now=now)


def holders(session: Session, who: Identity, *, now: datetime) -> list[tuple[str, str, str]]:
    """Return those whose factor somebody may lift, by name: number, name and address."""
    access.require(who, "lift")
    wanted = (
        select(Person)
        .join(SecondFactor, col(SecondFactor.person_id) == col(Person.id))
        .where(col(SecondFactor.confirmed_at).is_not(None), Person.id != who.person_id)
        .order_by(Person.name, Person.id)
    )
    return [
        (person.id, person.name, person.email)
        for person in session.exec(wanted)
        if _may_lift(session, who, person.id, now)
    ]


def _may_lift(session: Session, who: Identity, person_id: str, now: datetime) -> bool:
    if access.allows(who, "administer") and people.is_theirs(session, who, person_id, now=now):
        return True
    rows = session.exec(
        select(Grant).where(Grant.person_id == person_id, col(Grant.until) > now)
    ).all()
    return all(
        row.role != Role.ADMINISTRATOR
        and access.holds(session, who, "coordinate", plan=row.plan_code, area=row.area_id, now=now)
        for row in rows
    ) and bool(rows)


def _own(session: Session, who: Identity) -> Person:
    person = session.get(Person, who.person_id) if who.person_id else None
    if person is None or not person.is_active:
        raise SignInNeeded("Please sign in to do this.")
    if who.scopes is not None:
        raise NotAllowed(access.BEYOND)
    return person


def _is_begun(held: SecondFactor, now: datetime) -> bool:
    return held.confirmed_at is None and now < held.created_at + TO_CONFIRM


def _opened(held: SecondFactor, box: "Fernet") -> str | None:
    """Return the secret; none where the installation's key is another than it was sealed with."""
    from cryptography.fernet import InvalidToken

    try:
        return box.decrypt(held.secret.encode()).decode()
    except InvalidToken:
        return None


def _step(held: SecondFactor, code: str, box: "Fernet", now: datetime) -> int | None:
    """Return the step of thirty seconds whose code this is; none where it fits none near now."""
    secret, typed = _opened(held, box), _digits(code)
    if secret is None or len(typed) != DIGITS:
        return None
    import pyotp

    maker, this = pyotp.TOTP(secret, digits=DIGITS, interval=STEP), int(now.timestamp()) // STEP
    for step in (this + drift for drift in DRIFT):
        if hmac.compare_digest(maker.generate_otp(step), typed):
            return step
    return None


def _claim(
    session: Session, person_id: str, step: int, *, confirmed_at: datetime | None = None
) -> bool:
    """Use a step up, so that of two at once with its code only one goes on."""
    confirmed = col(SecondFactor.confirmed_at)
    asked = confirmed.is_not(None) if confirmed_at is None else confirmed.is_(None)
    values = {"last_step": step} | ({} if confirmed_at is None else {"confirmed_at": confirmed_at})
    claimed = session.execute(
        sa.update(SecondFactor)
        .where(col(SecondFactor.person_id) == person_id, col(SecondFactor.last_step) < step, asked)
        .values(values)
    )
    return bool(claimed.rowcount)  # type: ignore[attr-defined]


def _digits(code: str) -> str:
    """Return the digits somebody typed, in whichever script; nothing where there is more."""
    signs = "".join(code.split())
    if not signs.isdecimal():
        return ""
    return "".join(str(unicodedata.decimal(sign)) for sign in signs)


def _use(session: Session, person_id: str, code: str, now: datetime) -> bool:
    used = session.execute(
        sa.update(RecoveryCode)
        .where(
            col(RecoveryCode.person_id) == person_id,
            col(RecoveryCode.code_hash) == _hashed(person_id, code),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def _fresh_codes(session: Session, person_id: str) -> tuple[str, ...]:
    session.execute(sa.delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))
    codes = tuple(_code() for _number in range(CODES))
    session.add_all(
        RecoveryCode(person_id=person_id, code_hash=_hashed(person_id, code)) for code in codes
    )
    session.flush()
    return codes


def _code() -> str:
    return "-".join("".join(secrets.choice(SIGNS) for _n in range(EACH)) for _g in range(GROUPS))


def _hashed(person_id: str, code: str) -> str:
    # Seventy bits by chance: a plain hash of them is as safe as a slow one.
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(f"{person_id}\n{signs}".encode()).hexdigest()


def _left(session: Session, person_id: str) -> int:
    counted = select(sa.func.count()).select_from(RecoveryCode)
    mine = counted.where(
        col(RecoveryCode.person_id) == person_id, col(RecoveryCode.used_at).is_(None)
    )
    return session.exec(mine).one()


def _forget(session: Session, person_id: str) -> None:
    for table in (RecoveryCode, SecondFactor):
        session.execute(sa.delete(table).where(col(table.person_id) == person_id))
    session.flush()


def _trace(
    session: Session,
    action: str,
    person_id: str,
    detail: ledger.Json | None = None,
    *,
    by: Identity | Person,
    now: datetime,
) -> None:
    session.flush()
    name = by.person_id if isinstance(by, Identity) else by.id
    ledger.record(session, SYSTEM_CHAIN, action, person_id, detail or {}, by=name, now=now)
