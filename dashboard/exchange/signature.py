"""Signatures of snapshots in the format of minisign, which many programs can check.

What is signed is the manifest, which names the SHA-256 of all else. The first line of a signature
names the public key, so that a reader sees by whom it is; whether to trust it is theirs to say.
"""

from dataclasses import dataclass
from pathlib import Path

import minisign  # type: ignore[import-untyped]

from dashboard.exchange.about import About, moment


@dataclass(frozen=True)
class Signer:
    """A secret key that is ready to sign."""

    secret: minisign.SecretKey

    @property
    def public(self) -> str:
        """The public key as people write it."""
        return str(self.secret.get_public_key().to_base64(), "ascii")

    def sign(self, manifest: bytes, about: About) -> bytes:
        """Return the signature of a manifest; its trusted comment names plan and moment."""
        made = self.secret.sign(
            manifest,
            untrusted_comment=f"signature of a Headway snapshot with the key {self.public}",
            trusted_comment=comment(about),
        )
        return bytes(made).rstrip(b"\n") + b"\n"


def comment(about: About) -> str:
    """Return what a signature says it was made for."""
    return f"headway plan={about.plan} as-of={moment(about.as_of)}"


def read(path: Path, password: str = "") -> Signer:
    """Read a secret key of minisign; raises `ValueError` with a sentence where it cannot be."""
    try:
        secret = minisign.SecretKey.from_file(path)
        if secret.is_encrypted():
            if not password:
                raise ValueError("is protected by a password and none is set")
            secret.decrypt(password)
    except OSError as error:
        raise ValueError(f"cannot be opened ({error.strerror})") from error
    except minisign.Error as error:
        raise ValueError(f"cannot be used ({error})") from error
    return Signer(secret)


def make(password: str = "") -> tuple[bytes, bytes]:
    """Return a new secret key and its public key, as they stand in their files."""
    pair = minisign.KeyPair.generate()
    if password:
        pair.secret_key.encrypt(password)
    return bytes(pair.secret_key), bytes(pair.public_key)
