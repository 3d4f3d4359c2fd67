"""Keeping a record in good health: is everything as it should be, and if not, what to do.

The truth lies in tables that nobody can change. Everything else follows from them, is held against
them here, and can be made anew.
"""

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, func, select

from dashboard.i18n import _, number
from dashboard.services import audit, derived, ledger, plans, snapshots
from dashboard.settings import Settings
from models import (
    SYSTEM,
    AuditEvent,
    Grant,
    HeadwayError,
    Person,
    ReviewEvent,
    ReviewState,
    Role,
    Snapshot,
    check_connection,
    columns,
    migrations,
    reading,
    unit_of_work,
)

ROOM: Final = 1 << 30
"""Bytes that must be free for backups, snapshots and the log of writes."""
SKEW: Final = timedelta(minutes=5)
"""How far the newest moment in the record may lie ahead of this machine's clock."""
OTHERS: Final = stat.S_IROTH | stat.S_IWOTH | stat.S_IXOTH


class Health(StrEnum):
    """What a check found."""

    GOOD = "good"
    DOUBTFUL = "doubtful"  # works, and should be looked at
    BAD = "bad"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its name, what was found, and what to do about it."""

    name: str
    health: Health
    found: str


Probe = Callable[[], tuple[Health, str]]


def checks(engine: Engine, settings: Settings, *, now: datetime) -> Iterator[tuple[str, Probe]]:
    """Yield what can be checked: a name, and the look itself; each by itself raises nothing."""
    yield _("settings"), lambda: _settings(settings)
    yield _("home"), lambda: _home(settings.home)
    yield _("disk"), lambda: _disk(settings.home)
    yield _("database"), lambda: _database(engine)
    yield _("tables"), lambda: _tables(engine)
    yield _("plans"), lambda: _reads(engine, _plans)
    yield _("administrator"), lambda: _reads(engine, lambda session: _people(session, now))
    yield _("clock"), lambda: _reads(engine, lambda session: _clock(session, now))
    yield _("audit trail"), lambda: _reads(engine, _chains)
    yield _("derived tables"), lambda: _reads(engine, _derived)
    yield _("snapshots"), lambda: _reads(engine, _snapshots)


def look(name: str, probe: Probe) -> Check:
    """Make one check; what keeps it from being made is what it found."""
    try:
        return Check(name, *probe())
    except HeadwayError as error:
        return Check(name, Health.BAD, str(error))
    except (sa.exc.SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return Check(name, Health.BAD, _("cannot be checked: {reason}").format(reason=reason))


def rebuild(engine: Engine) -> dict[str, int]:
    """Make the derived tables anew from the truth, and return how many rows each has now."""
    return unit_of_work(engine, _rebuild)


def _rebuild(session: Session) -> dict[str, int]:
    states = columns(ReviewState)
    wrong = _stale_states(session)
    for row in wrong:
        session.connection().execute(
            sa.update(states).where(states.c.area_id == row.area_id, states.c.seq == row.seq),
            {"state": row.after, "step": row.step, "at": row.at},
        )
    return {**derived.rebuild(session), "review_state": len(wrong)}


def _stale_states(session: Session) -> list[sa.Row[tuple[object, ...]]]:
    """Return the last event of each row that does not stand where that event put it."""
    e, s = columns(ReviewEvent), columns(ReviewState)
    last = (
        sa.select(e.c.area_id, e.c.seq, func.max(e.c.step).label("step"))
        .group_by(e.c.area_id, e.c.seq)
        .subquery()
    )
    wanted = (
        sa.select(e)
        .join(
            last,
            sa.and_(last.c.area_id == e.c.area_id, last.c.seq == e.c.seq, last.c.step == e.c.step),
        )
        .outerjoin(s, sa.and_(s.c.area_id == e.c.area_id, s.c.seq == e.c.seq))
        .where(sa.or_(s.c.seq.is_(None), s.c.state != e.c.after, s.c.step != e.c.step))
    )
    return list(session.connection().execute(wanted).all())


def _reads(engine: Engine, probe: Callable[[Session], tuple[Health, str]]) -> tuple[Health, str]:
    with reading(engine) as session:
        return probe(session)


def _settings(settings: Settings) -> tuple[Health, str]:
    told = _("{reading}, sessions of {hours} hours, {tls}, publisher {agency}").format(
        reading=_("open to everybody") if settings.is_public else _("closed: reading needs a role"),
        hours=settings.session_hours,
        tls=_("encrypted") if settings.behind_tls else _("not encrypted: only for this machine"),
        agency=settings.agency,
    )
    return Health.GOOD, told


def _home(home: Path) -> tuple[Health, str]:
    if not home.is_dir():
        return Health.BAD, _("{home} is not there: `headway init` makes it").format(home=home)
    if not os.access(home, os.W_OK | os.X_OK):
        return Health.BAD, _("{home} cannot be written to by this user").format(home=home)
    if home.stat().st_mode & OTHERS:
        return Health.DOUBTFUL, _(
            "{home} is open to every user of this machine: `chmod o-rwx {home}` closes it"
        ).format(home=home)
    return Health.GOOD, str(home)


def _disk(home: Path) -> tuple[Health, str]:
    there = next(place for place in (home, *home.parents) if place.exists())
    free = shutil.disk_usage(there).free
    told = _("{size} GB free").format(size=number(free / 1e9))
    return (Health.GOOD if free >= ROOM else Health.BAD), told


def _database(engine: Engine) -> tuple[Health, str]:
    check_connection(engine)
    where = engine.url.render_as_string(hide_password=True)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if said != "ok":
            return Health.BAD, _("{where} is damaged: restore the last backup ({said})").format(
                where=where, said=said
            )
    return Health.GOOD, where


def _tables(engine: Engine) -> tuple[Health, str]:
    at, wanted = migrations.current(engine), migrations.head()
    if at is None:
        return Health.BAD, _("there are none: `headway init` or `headway demo` makes them")
    if at != wanted:
        return Health.BAD, _(
            "they stand at {at} and this version needs {wanted}: `headway upgrade`"
        ).format(at=at, wanted=wanted)
    return Health.GOOD, _("at {at}").format(at=at)


def _plans(session: Session) -> tuple[Health, str]:
    codes = [plan.code for plan in plans.listing(session)]
    if not codes:
        return Health.BAD, _("none is installed: `headway init`")
    return Health.GOOD, ", ".join(codes)


def _people(session: Session, now: datetime) -> tuple[Health, str]:
    held = session.exec(
        select(func.count(sa.distinct(col(Person.id))))
        .join(Grant, col(Grant.person_id) == col(Person.id))
        .where(
            col(Grant.role) == Role.ADMINISTRATOR,
            col(Grant.since) <= now,
            col(Grant.until) > now,
            col(Person.is_active),
        )
    ).one()
    if not held:
        return Health.DOUBTFUL, _("there is none: `headway user add --role administrator`")
    return Health.GOOD, number(held)


def _clock(session: Session, now: datetime) -> tuple[Health, str]:
    newest: datetime | None = session.exec(select(func.max(col(AuditEvent.at)))).one()
    if newest is not None and newest > now + SKEW:
        return Health.BAD, _(
            "the newest entry of the record lies ahead of this machine's clock, at {moment}: "
            "set the clock right"
        ).format(moment=newest.isoformat(timespec="seconds"))
    return Health.GOOD, now.isoformat(timespec="seconds")


def _chains(session: Session) -> tuple[Health, str]:
    problems = audit.problems(session, SYSTEM)
    if problems:
        return Health.BAD, _listed(problems)
    return Health.GOOD, _("{n} chains whole").format(n=len(ledger.heads(session)))


def _derived(session: Session) -> tuple[Health, str]:
    problems = derived.differences(session)
    stale = len(_stale_states(session))
    if stale:
        problems = [
            *problems,
            _("{n} rows do not stand where their last step put them").format(n=stale),
        ]
    if problems:
        return Health.BAD, _listed([*problems, _("`headway doctor --rebuild` mends it")])
    return Health.GOOD, _("equal to what follows from the truth")


def _snapshots(session: Session) -> tuple[Health, str]:
    kept = snapshots.listing(session)
    wrong = [one.id[:12] for one in kept if not _is_whole(session, one)]
    if wrong:
        return Health.BAD, _("their bytes are not those that were sealed: {which}").format(
            which=", ".join(wrong)
        )
    return Health.GOOD, number(len(kept))


def _is_whole(session: Session, kept: Snapshot) -> bool:
    content = snapshots.content(session, kept.id)
    manifest = hashlib.sha256(kept.manifest.encode()).hexdigest()
    return hashlib.sha256(content).hexdigest() == kept.digest and manifest == kept.id


def _listed(sentences: list[str]) -> str:
    shown = sentences[:5]
    more = len(sentences) - len(shown)
    return "; ".join([*shown, _("and {n} more").format(n=more)] if more else shown)
