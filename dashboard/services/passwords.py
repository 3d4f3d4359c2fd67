"""Passwords: how they are kept, checked, and refused when they are too weak.

Nothing here knows the database. Checking is slow on purpose (Argon2id with the parameters of
RFC 9106: tens of milliseconds and 64 MiB): call it outside any transaction.
"""

import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from models import BadInput, Fault

SHORTEST: Final = 12
LONGEST: Final = 1000
"""Characters of a password; the upper end only keeps hashing cheap."""


def make_hash(password: str, *, email: str, name: str) -> str:
    """Return what is kept of a new password, or raise `BadInput` saying why it is too weak."""
    if len(password) < SHORTEST:
        raise BadInput(Fault("password", f"is too short: use at least {SHORTEST} characters"))
    if len(password) > LONGEST:
        raise BadInput(Fault("password", f"is too long: use at most {LONGEST} characters"))
    plain = password.casefold()
    own = (email.partition("@")[0], name.casefold())
    if len(set(plain)) < 5 or any(word in plain for word in own if len(word) > 3):
        raise BadInput(
            Fault("password", "is easy to guess: use several words, and not your own name")
        )
    return _hasher().hash(password)


def check(stored: str | None, password: str) -> bool:
    """Say whether the password fits; where nothing is stored, take as long and say no."""
    try:
        _hasher().verify(stored or _nobody(), password[: LONGEST + 1])
    except (Argon2Error, InvalidHashError):
        return False
    return stored is not None


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """Return a hash nobody's password fits, so that an unknown account costs the same time."""
    return _hasher().hash(secrets.token_urlsafe(32))
