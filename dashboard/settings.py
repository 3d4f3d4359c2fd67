"""What an installation can set, read once from the environment by the faces of the program."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from models import BadInput, Fault, Role


@dataclass(frozen=True)
class GroupRole:
    """What the members of a provider's group may do: a role, in a plan and area (none: in all)."""

    group: str
    role: Role
    area: str | None = None
    plan: str | None = None

    def __str__(self) -> str:
        """Return it as it is written in the setting."""
        area = f" in {self.area}" if self.area else ""
        plan = f" for {self.plan}" if self.plan else ""
        return f"{self.group} = {self.role.value}{area}{plan}"


@dataclass(frozen=True)
class Oidc:
    """An OpenID Connect provider."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    scopes: str = "openid email profile"  # HEADWAY_OIDC_SCOPES: what we ask to be told
    claim: str = "groups"  # HEADWAY_OIDC_CLAIM: where it tells the groups of a person
    groups: tuple[GroupRole, ...] = ()  # HEADWAY_OIDC_GROUPS: what they may do here
    asks_code: bool = False  # HEADWAY_OIDC_SECOND_FACTOR: our own beside the provider's


@dataclass(frozen=True)
class Mail:
    """How letters leave: into files, onto the console, or to a mail server."""

    way: str  # file, console, smtp, smtp+starttls or smtps
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    sender: str = "headway@localhost"

    @property
    def is_server(self) -> bool:
        """Say whether letters go to a mail server, and so to real people."""
        return self.way not in {"file", "console"}


_PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


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
    mail: Mail  # HEADWAY_SMTP and HEADWAY_MAIL_FROM
    evidence: str  # HEADWAY_EVIDENCE: s3://bucket/folder; nothing: a folder of the home
    signing_key: str  # HEADWAY_SIGNING_KEY: file of the minisign key that signs snapshots
    signing_password: str  # HEADWAY_SIGNING_PASSWORD: of that key, where it has one
    evidence_endpoint: str  # HEADWAY_EVIDENCE_ENDPOINT: of a bucket that is not Amazon's
    api_rate: int  # HEADWAY_API_RATE: requests a minute from one token or address

    @property
    def address(self) -> str:
        """The address for links in letters and feeds: the one people type, else this machine's."""
        return self.base_url or "http://localhost:8501"

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
            mail=_mail(environ),
            evidence=environ.get("HEADWAY_EVIDENCE", "").strip(),
            signing_key=environ.get("HEADWAY_SIGNING_KEY", "").strip(),
            signing_password=environ.get("HEADWAY_SIGNING_PASSWORD", ""),
            evidence_endpoint=environ.get("HEADWAY_EVIDENCE_ENDPOINT", "").strip(),
            api_rate=_whole(environ, "HEADWAY_API_RATE", 1200),
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
        scopes=_scopes(environ),
        claim=environ.get("HEADWAY_OIDC_CLAIM", "").strip() or Oidc.claim,
        groups=_groups(environ.get("HEADWAY_OIDC_GROUPS", "")),
        asks_code=_switch(environ, "HEADWAY_OIDC_SECOND_FACTOR", False),
    )


def _scopes(environ: Mapping[str, str]) -> str:
    scopes = environ.get("HEADWAY_OIDC_SCOPES", "").split() or Oidc.scopes.split()
    if "openid" not in scopes:
        raise BadInput(Fault("HEADWAY_OIDC_SCOPES", "has no openid: without it nobody is named"))
    return " ".join(scopes)


_GROUP: Final = re.compile(
    r"(?P<group>\S.*?)\s*=\s*(?P<role>\w+)(?:\s+in\s+(?P<area>\S+))?(?:\s+for\s+(?P<plan>\S+))?"
)


def _groups(text: str) -> tuple[GroupRole, ...]:
    """Return what `GROUP = ROLE in AREA for PLAN; …` says; area and plan may be left out."""
    found: list[GroupRole] = []
    for part in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
        said = _GROUP.fullmatch(part)
        if said is None:
            raise BadInput(
                Fault(
                    "HEADWAY_OIDC_GROUPS",
                    f"has {part!r}: write GROUP = ROLE in AREA for PLAN, such as "
                    "ministry-kenya = coordinator in KEN for UN-GPA, and ; between two",
                )
            )
        if said["role"] not in set(Role):
            raise BadInput(
                Fault(
                    "HEADWAY_OIDC_GROUPS",
                    f"has {said['role']!r} for a role: write one of " + ", ".join(Role),
                )
            )
        one = GroupRole(said["group"], Role(said["role"]), said["area"], said["plan"])
        if one not in found:
            found.append(one)
    return tuple(found)


def _mail(environ: Mapping[str, str]) -> Mail:
    word = environ.get("HEADWAY_SMTP", "").strip() or "file"
    sender = environ.get("HEADWAY_MAIL_FROM", "").strip() or "headway@localhost"
    if "@" not in sender or any(sign in sender for sign in "\r\n"):
        raise BadInput(Fault("HEADWAY_MAIL_FROM", f"is {sender!r}: write an e-mail address"))
    if word in {"file", "console"}:
        return Mail(word, sender=sender)
    try:
        parts = urlsplit(word)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise BadInput(
            Fault(
                "HEADWAY_SMTP",
                "is no mail server: write file, console, or an address such as "
                "smtp+starttls://mail.example.org:587, user and password before the host",
            )
        )
    return Mail(
        way=parts.scheme,
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=sender,
    )
