"""The key with which an installation signs its snapshots, where it has one."""

import os
from pathlib import Path

from dashboard.exchange import datapackage, signature
from dashboard.settings import Settings
from models import BadInput, Fault

KEY = "HEADWAY_SIGNING_KEY"


def sign(settings: Settings) -> datapackage.Sign | None:
    """Return what signs snapshots; none where no key is set. Raises `BadInput` for a bad key."""
    if not settings.signing_key:
        return None
    return _signer(settings).sign


def public(settings: Settings) -> str:
    """Return the public key that readers compare; empty where snapshots are not signed."""
    return _signer(settings).public if settings.signing_key else ""


def _signer(settings: Settings) -> signature.Signer:
    try:
        return signature.read(Path(settings.signing_key), settings.signing_password)
    except ValueError as error:
        raise BadInput(Fault(KEY, f"{settings.signing_key} {error}")) from error


def make(path: Path, password: str) -> str:
    """Write a new key to a file that only its owner can read, and return its public part.

    The public key lies beside it with the ending `.pub`. Raises `BadInput` where either is there.
    """
    beside = path.with_suffix(path.suffix + ".pub")
    for one in (path, beside):
        if one.exists():
            raise BadInput(Fault(str(one), "is there already: a key is never overwritten"))
    secret, shown = signature.make(password)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secret)
        beside.write_bytes(shown)
    except OSError as error:
        raise BadInput(Fault(str(path), f"cannot be written ({error.strerror})")) from error
    return shown.decode().splitlines()[-1]
