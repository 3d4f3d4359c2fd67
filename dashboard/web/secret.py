"""The secret of an installation: signs what lives in a cookie for minutes only."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path


def read(home: Path) -> bytes:
    """Return the secret kept in the installation's home, made at the first start."""
    file = home / "secret"
    try:
        return bytes.fromhex(file.read_text(encoding="ascii"))
    except FileNotFoundError:
        return _make(home, file)


def derived(secret: bytes, purpose: str) -> str:
    """Return a key for one purpose, from which no other key can be told."""
    return hmac.new(secret, purpose.encode(), hashlib.sha256).hexdigest()


def _make(home: Path, file: Path) -> bytes:
    home.mkdir(parents=True, exist_ok=True)
    made = secrets.token_bytes(32)
    beside = home / f"secret.{os.getpid()}"
    beside.touch(mode=0o600)
    beside.write_text(made.hex(), encoding="ascii")
    try:
        os.link(beside, file)  # fails where another process was first
    except FileExistsError:
        made = bytes.fromhex(file.read_text(encoding="ascii"))
    finally:
        beside.unlink()
    return made
