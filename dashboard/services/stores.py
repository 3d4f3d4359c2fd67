"""Where the bytes of evidence lie: a folder beside the database, or an S3-compatible bucket.

Content is kept under its own SHA-256. Putting the same bytes twice changes nothing, and what comes
back is checked against the name it was asked for by.
"""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from dashboard.settings import Settings
from models import BadInput, Fault, NotFound, Unavailable

DIGEST: Final = re.compile(r"[0-9a-f]{64}")
GONE: Final = (
    "The file is not in the store of evidence any more. Ask an administrator to restore it."
)
CHANGED: Final = "The file in the store of evidence is not the one that was recorded."


class Store(Protocol):
    """Keeps bytes under their SHA-256."""

    def put(self, content: bytes) -> str:
        """Keep the bytes and return their SHA-256."""
        ...

    def get(self, digest: str) -> bytes:
        """Return the bytes with this SHA-256, or raise a sentence."""
        ...


def store(settings: Settings) -> Store:
    """Return the store this installation uses."""
    if not settings.evidence:
        return Folder(settings.home / "evidence")
    return Bucket.of(settings.evidence, settings.evidence_endpoint)


def checked(content: bytes, digest: str) -> bytes:
    """Return the bytes where they are those that were asked for."""
    if hashlib.sha256(content).hexdigest() != digest:
        raise Unavailable(CHANGED)
    return content


class Folder:
    """A folder of this machine, that only its owner reads."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def put(self, content: bytes) -> str:
        """Write the bytes beside and move them to their name, so that no half file is ever read."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as making:
            making.write(content)
            making.flush()
            os.fsync(making.fileno())
        os.replace(making.name, path)
        return digest

    def get(self, digest: str) -> bytes:
        """Return the bytes with this SHA-256."""
        try:
            return checked(self._path(digest).read_bytes(), digest)
        except FileNotFoundError as error:
            raise NotFound(GONE) from error

    def _path(self, digest: str) -> Path:
        if DIGEST.fullmatch(digest) is None:
            raise NotFound(GONE)
        return self.place / digest[:2] / digest


class Bucket:
    """A bucket of an S3-compatible service; who may use it is in the usual AWS_… settings."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self.client = client
        self.bucket = bucket
        self.prefix = prefix

    @classmethod
    def of(cls, address: str, endpoint: str) -> "Bucket":
        """Return the bucket behind `s3://bucket/folder`, at an endpoint (none: Amazon's)."""
        parts = urlsplit(address)
        try:
            import boto3
        except ImportError as error:
            raise Unavailable(
                "A bucket for evidence needs the extra packages: pip install 'headway[s3]'."
            ) from error
        if parts.scheme != "s3" or not parts.netloc:
            raise BadInput(
                Fault("HEADWAY_EVIDENCE", "is written s3://bucket or s3://bucket/folder")
            )
        client = boto3.client("s3", endpoint_url=endpoint or None)
        return cls(client, parts.netloc, parts.path.strip("/"))

    def put(self, content: bytes) -> str:
        """Keep the bytes under their SHA-256."""
        digest = hashlib.sha256(content).hexdigest()
        with _told():
            self.client.put_object(Bucket=self.bucket, Key=self._key(digest), Body=content)
        return digest

    def get(self, digest: str) -> bytes:
        """Return the bytes with this SHA-256."""
        with _told():
            found = self.client.get_object(Bucket=self.bucket, Key=self._key(digest))
            return checked(found["Body"].read(), digest)

    def _key(self, digest: str) -> str:
        if DIGEST.fullmatch(digest) is None:
            raise NotFound(GONE)
        return "/".join(part for part in (self.prefix, digest[:2], digest) if part)


class _told:  # noqa: N801 - reads as a verb where it is used
    """Turn what the client of the bucket raises into a sentence."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: Any
    ) -> None:
        """Say what went wrong in words that help."""
        from botocore.exceptions import BotoCoreError, ClientError

        if isinstance(error, ClientError):
            code = error.response.get("Error", {}).get("Code", "")
            if code in {"NoSuchKey", "404"}:
                raise NotFound(GONE) from error
            raise Unavailable(f"The bucket of evidence refused ({code}).") from error
        if isinstance(error, BotoCoreError):
            raise Unavailable("The bucket of evidence cannot be reached just now.") from error
