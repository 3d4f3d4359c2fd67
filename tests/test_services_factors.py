"""The second factor: codes that count once, recovery codes, locks, and who may lift it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.services import access, audit, factors, invitations, ledger, people, sign_in
from models import (
    SYSTEM,
    AuditEvent,
    Identity,
    NotAllowed,
    NotFound,
    Person,
    RecoveryCode,
    Role,
    SecondFactor,
    SignInNeeded,
    WrongState,
    columns,
    reading,
    unit_of_work,
)
from models.person import ANONYMOUS
from tests.tiny import NOON, PLAN

BOX = Fernet(Fernet.generate_key())
LATER = NOON + timedelta(minutes=5)


def own(session: Session, name: str = "reviewer") -> Identity:
    return access.identity(session, name, now=NOON)


def begun(session: Session, name: str = "reviewer") -> str:
    """Give somebody a password and begin their factor; return the secret."""
    session.get_one(Person, name).password_hash = "kept"
    factors.begin(session, own(session, name), BOX, now=NOON)
    shown = factors.begun(session, own(session, name), BOX, now=NOON)
    assert shown is not None
    return shown.secret


def turned_on(session: Session, name: str = "reviewer") -> tuple[str, tuple[str, ...]]:
    """Turn somebody's factor on a minute before noon; return secret and recovery codes."""
    secret = begun(session, name)
    before = NOON - timedelta(minutes=1)
    codes = factors.confirm(session, own(session, name), code(secret, before), BOX, now=before)
    assert codes
    return secret, codes


def code(secret: str, at: datetime = NOON) -> str:
    return pyotp.TOTP(secret).at(at)


def proved(session: Session, typed: str, at: datetime = NOON, name: str = "reviewer") -> bool:
    return factors.prove(session, name, typed, BOX, now=at)


def wrong(secret: str) -> str:
    """Return six digits that are no code anywhere near noon."""
    near = {code(secret, NOON + timedelta(seconds=30 * step)) for step in range(-10, 20)}
    return next(f"{number:06}" for number in range(100) if f"{number:06}" not in near)


def actions(session: Session) -> list[str]:
    return list(session.execute(sa.select(columns(AuditEvent).c.action)).scalars())


def test_a_secret_is_asked_for_only_once_a_code_of_it_was_seen(session: Session) -> None:
    secret = begun(session)
    assert not factors.is_on(session, "reviewer")
    assert not proved(session, code(secret))
    assert factors.confirm(session, own(session), wrong(secret), BOX, now=NOON) == ()
    assert not factors.is_on(session, "reviewer")
    codes = factors.confirm(session, own(session), code(secret), BOX, now=NOON)
    assert len(set(codes)) == 10
    assert factors.is_on(session, "reviewer")
    assert factors.begun(session, own(session), BOX, now=NOON) is None  # never shown again
    assert actions(session) == ["factor.on"]


def test_a_secret_that_was_shown_waits_an_hour(session: Session) -> None:
    secret, later = begun(session), NOON + timedelta(hours=1)
    assert factors.begun(session, own(session), BOX, now=later) is None
    with pytest.raises(WrongState, match="Begin again"):
        factors.confirm(session, own(session), code(secret, later), BOX, now=later)


def test_the_picture_names_the_account_and_the_house(session: Session) -> None:
    begun(session)
    shown = factors.begun(session, own(session), BOX, now=NOON)
    assert shown is not None
    read = pyotp.parse_uri(shown.address)
    assert (read.name, read.issuer) == ("reviewer@example.org", "Headway")
    assert read.secret == shown.secret


def test_nothing_in_the_record_makes_a_code(session: Session) -> None:
    secret, codes = turned_on(session)
    kept = str(session.execute(sa.select(columns(SecondFactor))).all())
    kept += str(session.execute(sa.select(columns(RecoveryCode))).all())
    kept += str(session.execute(sa.select(columns(AuditEvent))).all())
    assert secret not in kept
    assert not any(one in kept or one.replace("-", "") in kept for one in codes)


def test_a_code_counts_once_and_an_earlier_one_no_more(session: Session) -> None:
    secret, _codes = turned_on(session)
    assert proved(session, code(secret))
    assert not proved(session, code(secret))
    assert not proved(session, code(secret, NOON - timedelta(seconds=30)))
    assert proved(session, code(secret, NOON + timedelta(seconds=30)))


def test_the_code_that_turned_it_on_does_not_sign_in(session: Session) -> None:
    secret = begun(session)
    assert factors.confirm(session, own(session), code(secret), BOX, now=NOON)
    assert not proved(session, code(secret))


@pytest.mark.parametrize(("seconds", "fits"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_telephone_may_be_half_a_minute_wrong(session: Session, seconds: int, fits: bool) -> None:
    secret = begun(session)
    earlier = NOON - timedelta(minutes=10)
    assert factors.confirm(session, own(session), code(secret, earlier), BOX, now=earlier)
    assert proved(session, code(secret, NOON + timedelta(seconds=seconds))) is fits


@pytest.mark.parametrize(
    "write",
    [
        lambda digits: f" {digits[:3]} {digits[3:]} ",
        lambda digits: digits.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    ],
)
def test_digits_may_be_grouped_and_of_any_script(session: Session, write: object) -> None:
    secret, _codes = turned_on(session)
    assert callable(write)
    assert proved(session, write(code(secret)))


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "²²²²²²", "-12345", "1" * 40])
def test_what_is_no_code_is_refused(session: Session, typed: str) -> None:
    turned_on(session)
    assert not proved(session, typed)


def test_the_code_of_another_person_opens_nothing(session: Session) -> None:
    turned_on(session)
    theirs, their_codes = turned_on(session, "coordinator")
    assert not proved(session, code(theirs))
    assert not proved(session, their_codes[0])
    assert proved(session, code(theirs), name="coordinator")


def test_a_recovery_code_counts_once_however_it_is_typed(session: Session) -> None:
    _secret, codes = turned_on(session)
    assert proved(session, f" {codes[0].lower().replace('-', ' ')} ")
    assert not proved(session, codes[0])
    assert factors.standing(session, own(session)).codes_left == 9
    assert actions(session)[-2:] == ["factor.recover", "factor.wrong"]


def test_new_recovery_codes_end_the_old_ones(session: Session) -> None:
    secret, old = turned_on(session)
    assert factors.renew_codes(session, own(session), wrong(secret), BOX, now=NOON) == ()
    fresh = factors.renew_codes(session, own(session), code(secret), BOX, now=NOON)
    assert len(fresh) == 10
    assert not proved(session, old[0])
    assert proved(session, fresh[0])


def test_five_wrong_codes_lock_and_the_right_one_waits_too(session: Session) -> None:
    secret, codes = turned_on(session)
    for _ in range(5):
        assert not proved(session, wrong(secret))
    assert not proved(session, code(secret))
    assert not proved(session, codes[0])
    later = NOON + timedelta(minutes=1)
    assert proved(session, code(secret, later), at=later)
    assert session.get_one(Person, "reviewer").failures == 0
    assert actions(session).count("person.lock") == 1


def test_the_right_password_forgives_nothing_before_the_code(session: Session) -> None:
    secret, _codes = turned_on(session)
    email = "reviewer@example.org"
    for _ in range(4):
        assert sign_in.admit(session, email, "kept", is_right=True, now=NOON) is not None
        assert not proved(session, wrong(secret))
    half = sign_in.admit(session, email, "kept", is_right=True, now=NOON)
    assert half is not None
    assert half.needs_code
    assert session.get_one(Person, "reviewer").failures == 4
    whole = sign_in.complete(session, half, code(secret), BOX, now=NOON)
    assert whole == sign_in.Admitted("reviewer")
    assert session.get_one(Person, "reviewer").failures == 0


def test_half_a_sign_in_is_worth_nothing_once_the_password_has_changed(session: Session) -> None:
    secret, _codes = turned_on(session)
    half = sign_in.admit(session, "reviewer@example.org", "kept", is_right=True, now=NOON)
    assert half is not None
    people.set_password(session, SYSTEM, "reviewer", "another long secret", now=NOON)
    assert sign_in.complete(session, half, code(secret), BOX, now=NOON) is None


def test_a_new_password_by_letter_leaves_the_lock_of_the_codes(session: Session) -> None:
    secret, _codes = turned_on(session)
    handed = invitations.forgot(session, "reviewer@example.org", now=NOON)
    assert handed is not None
    for _ in range(5):
        assert not proved(session, wrong(secret))
    invitations.reset(session, handed.token, "another long secret", now=NOON)
    assert not proved(session, code(secret))


def test_another_key_of_the_installation_leaves_the_recovery_codes(session: Session) -> None:
    secret, codes = turned_on(session)
    other = Fernet(Fernet.generate_key())
    assert not factors.prove(session, "reviewer", code(secret), other, now=NOON)
    assert factors.prove(session, "reviewer", codes[0], other, now=NOON)


def test_it_is_removed_by_a_code_and_set_up_anew(session: Session) -> None:
    secret, codes = turned_on(session)
    with pytest.raises(WrongState, match="Remove it"):
        factors.begin(session, own(session), BOX, now=NOON)
    assert not factors.remove(session, own(session), wrong(secret), BOX, now=NOON)
    assert factors.is_on(session, "reviewer")
    assert factors.remove(session, own(session), code(secret), BOX, now=NOON)
    assert factors.standing(session, own(session)) == factors.Standing(False, None, 0)
    turned_on(session)
    assert not proved(session, codes[0])  # of the factor that was removed


def test_an_account_that_signs_in_by_nothing_needs_no_factor(session: Session) -> None:
    with pytest.raises(WrongState, match="no password"):
        factors.begin(session, own(session), BOX, now=NOON)


def test_nobody_sets_one_up_without_signing_in(session: Session) -> None:
    for who in (ANONYMOUS, SYSTEM):
        with pytest.raises(SignInNeeded):
            factors.begin(session, who, BOX, now=NOON)


def test_an_administrator_or_the_secretariat_lifts_it(session: Session) -> None:
    for name in ("administrator", "secretariat"):
        _secret, codes = turned_on(session, "coordinator")
        who = own(session, name)
        assert [one[0] for one in factors.holders(session, who, now=NOON)] == ["coordinator"]
        factors.lift(session, who, "coordinator", now=NOON)
        assert not factors.is_on(session, "coordinator")
        assert not proved(session, codes[0], name="coordinator")
        assert actions(session)[-1] == "factor.lift"
        with pytest.raises(NotFound, match="no second factor"):
            factors.lift(session, who, "coordinator", now=NOON)


def test_nobody_lifts_their_own_or_that_of_somebody_above(session: Session) -> None:
    turned_on(session, "administrator")
    turned_on(session, "secretariat")
    with pytest.raises(NotAllowed, match="administrator of more"):
        factors.lift(session, own(session, "secretariat"), "administrator", now=NOON)
    for name in ("administrator", "secretariat"):
        with pytest.raises(NotAllowed, match="your own"):
            factors.lift(session, own(session, name), name, now=NOON)
    for name in ("reviewer", "coordinator", "evaluator", "viewer"):
        with pytest.raises(NotAllowed, match="lifted by the secretariat"):
            factors.lift(session, own(session, name), "secretariat", now=NOON)


def test_one_country_lifts_nothing_of_another(session: Session) -> None:
    turned_on(session, "neighbour")
    number = people.add(session, SYSTEM, email="local@example.org", name="Local", now=NOON)
    people.grant(session, SYSTEM, number, Role.SECRETARIAT, plan=PLAN, area="KEN", now=NOON)
    who = access.identity(session, number, now=NOON)
    assert factors.holders(session, who, now=NOON) == []
    with pytest.raises(NotAllowed, match="administrator of more"):
        factors.lift(session, who, "neighbour", now=NOON)


def test_everything_about_it_is_chained_under_a_pseudonym(session: Session) -> None:
    secret, codes = turned_on(session)
    proved(session, wrong(secret))
    proved(session, codes[0])
    factors.renew_codes(session, own(session), code(secret), BOX, now=NOON)
    factors.remove(session, own(session), code(secret, LATER), BOX, now=LATER)
    events = session.execute(sa.select(columns(AuditEvent))).all()
    assert [event.action for event in events] == [
        *("factor.on", "factor.wrong", "factor.recover", "factor.codes", "factor.off"),
    ]
    assert {(event.subject, event.by) for event in events} == {("reviewer", "reviewer")}
    assert ledger.verify(session) == []
    assert not any("factor" in line for line in audit.problems(session, SYSTEM))


def test_of_two_at_once_with_one_code_one_is_let_in(engine: Engine) -> None:
    secret, codes = unit_of_work(engine, turned_on)
    for typed in (code(secret), codes[0]):
        with ThreadPoolExecutor(8) as pool:
            found = list(
                pool.map(
                    lambda _n, typed=typed: unit_of_work(
                        engine, lambda session: proved(session, typed)
                    ),
                    range(8),
                )
            )
        assert found.count(True) == 1
        unit_of_work(engine, unlock)


def unlock(session: Session) -> None:
    person = session.get_one(Person, "reviewer")
    person.failures, person.locked_until = 0, None


def test_many_wrong_codes_at_once_count_each(engine: Engine) -> None:
    secret, _codes = unit_of_work(engine, turned_on)
    typed = wrong(secret)
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda _n: unit_of_work(engine, lambda session: proved(session, typed)), range(20)
            )
        )
    with reading(engine) as session:
        person = session.get_one(Person, "reviewer")
        assert person.failures == 5  # then it was locked
        assert actions(session).count("factor.wrong") == 5
