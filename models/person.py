"""People, what they may do, and the sessions in which they do it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Moment, Table, words
from models.vocabulary import Purpose, Role


class Person(Table, table=True):
    """Somebody with an account. The record itself names people only by `id`."""

    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)
    id: str = Field(primary_key=True)
    email: str = Field(unique=True)  # in lower case
    name: str
    password_hash: str | None = None  # Argon2id; none where sign-in is by OpenID Connect
    issuer: str | None = None  # of OpenID Connect
    subject: str | None = None
    language: str = "en"
    is_active: bool = True
    is_illustrative: bool = False
    created_at: datetime = Field(sa_type=Moment)
    failures: int = 0  # wrong passwords in a row
    locked_until: datetime | None = Field(default=None, sa_type=Moment)


class Grant(Table, table=True):
    """A role for a person, in a plan (none: every plan) and an area or group (none: everywhere)."""

    __tablename__ = "access_grant"
    __table_args__ = (sa.Index(None, "person_id"),)
    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    role: Role = Field(sa_type=words(Role))
    plan_code: str | None = Field(default=None, foreign_key="plan.code")
    area_id: int | None = Field(default=None, foreign_key="area.id")
    since: datetime = Field(sa_type=Moment)
    until: datetime = Field(sa_type=Moment)
    granted_by: str
    granted_at: datetime = Field(sa_type=Moment)
    from_group: str | None = None  # of the sign-in provider; none where a person gave it


class LoginSession(Table, table=True):
    """A signed-in browser. Only the hash of its token is kept."""

    __tablename__ = "login_session"
    __table_args__ = (sa.Index(None, "person_id"),)
    token_hash: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    method: str  # password or oidc
    agent: str = ""
    created_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


class OneTimeLink(Table, table=True):
    """A link that was handed out once. Only the hash of its token is kept."""

    __tablename__ = "one_time_link"
    __table_args__ = (sa.Index(None, "person_id"),)
    token_hash: str = Field(primary_key=True)
    purpose: Purpose = Field(sa_type=words(Purpose))
    person_id: str = Field(foreign_key="person.id")
    role: Role | None = Field(default=None, sa_type=words(Role))  # asked for the person
    plan_code: str | None = Field(default=None, foreign_key="plan.code")
    area_id: int | None = Field(default=None, foreign_key="area.id")
    created_by: str
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class SecondFactor(Table, table=True):
    """What proves, beside the password, that it is them: a secret shared with an app."""

    __tablename__ = "second_factor"
    person_id: str = Field(primary_key=True, foreign_key="person.id")
    secret: str  # encrypted with a key of the installation
    created_at: datetime = Field(sa_type=Moment)
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)  # none: not asked for yet
    last_step: int = 0  # of thirty seconds since 1970: no code counts twice


class RecoveryCode(Table, table=True):
    """A code for whoever lost their app. Only its hash is kept; it counts once."""

    __tablename__ = "recovery_code"
    person_id: str = Field(primary_key=True, foreign_key="person.id")
    code_hash: str = Field(primary_key=True)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


@dataclass(frozen=True)
class Held:
    """A grant as services check it: a role, its plan, and the areas it covers (none: all)."""

    role: Role
    plan: str | None
    areas: frozenset[int] | None


@dataclass(frozen=True)
class Identity:
    """Who acts: a person with the grants in force at this moment, or the system itself."""

    person_id: str
    name: str
    email: str
    grants: tuple[Held, ...]
    language: str = "en"
    is_system: bool = False
    scopes: frozenset[str] | None = None  # the actions a token allows; none: all that grants give


ANONYMOUS = Identity("", "", "", ())
"""A visitor who has not signed in."""
SYSTEM = Identity("system", "Headway", "", (), is_system=True)
"""The installation itself, when it installs plans and facts; never a visitor."""
