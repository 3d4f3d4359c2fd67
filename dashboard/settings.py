"""What an installation can set, read once from the environment by the faces of the program."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models import BadInput, Fault


@dataclass(frozen=True)
class Oidc:
    """An OpenID Connect provider."""

    issuer: str
    client_id: str
    client_secret: str
    name: str


@dataclass(frozen=True)
class Settings:
    """The settings of one installation. Every one has a default that is safe."""

    home: Path  # HEADWAY_HOME: database, backups, logs
    database: str  # HEADWAY_DATABASE: sqlite:///… or postgresql+psycopg://…
    is_public: bool  # HEADWAY_PUBLIC: whether anyone may read what is accepted
    behind_tls: bool  # HEADWAY_TLS: cookies only travel encrypted
    base_url: str  # HEADWAY_BASE_URL: the address people type, for links and OpenID Connect
    allowed_hosts: tuple[str, ...]  # HEADWAY_HOSTS
    session_hours: int  # HEADWAY_SESSION_HOURS: signed out after so long without a click
    agency: str  # HEADWAY_AGENCY: who publishes, for citations
    oidc: Oidc | None

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings, or raise `BadInput` naming the variable and how to mend it."""
        home = Path(environ.get("HEADWAY_HOME") or Path.home() / ".headway").expanduser().resolve()
        return cls(
            home=home,
            database=environ.get("HEADWAY_DATABASE") or f"sqlite:///{home / 'headway.db'}",
            is_public=_switch(environ, "HEADWAY_PUBLIC", True),
            behind_tls=_switch(environ, "HEADWAY_TLS", False),
            base_url=environ.get("HEADWAY_BASE_URL", "").rstrip("/"),
            allowed_hosts=tuple(environ.get("HEADWAY_HOSTS", "").split()),
            session_hours=_whole(environ, "HEADWAY_SESSION_HOURS", 12),
            agency=environ.get("HEADWAY_AGENCY", "Headway"),
            oidc=_provider(environ),
        )


def _switch(environ: Mapping[str, str], name: str, default: bool) -> bool:
    word = environ.get(name, "").strip().lower()
    if not word:
        return default
    if word in {"1", "yes", "true", "on"}:
        return True
    if word in {"0", "no", "false", "off"}:
        return False
    raise BadInput(Fault(name, f"is {word!r}: write yes or no"))


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    word = environ.get(name, "").strip()
    if not word:
        return default
    if not word.isascii() or not word.isdigit() or int(word) == 0:
        raise BadInput(Fault(name, f"is {word!r}: write a whole number above zero"))
    return int(word)


def _provider(environ: Mapping[str, str]) -> Oidc | None:
    names = ("HEADWAY_OIDC_ISSUER", "HEADWAY_OIDC_CLIENT_ID", "HEADWAY_OIDC_CLIENT_SECRET")
    values = [environ.get(name, "").strip() for name in names]
    if not any(values):
        return None
    for name, value in zip(names, values, strict=True):
        if not value:
            raise BadInput(Fault(name, "is missing: a provider needs issuer, client and secret"))
    return Oidc(
        issuer=values[0].rstrip("/"),
        client_id=values[1],
        client_secret=values[2],
        name=environ.get("HEADWAY_OIDC_NAME", "") or "OpenID Connect",
    )
