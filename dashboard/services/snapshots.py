"""Snapshots: take one, list them, hand out their bytes, prove that they can be made again.

A snapshot is sealed once and kept for ever; the database itself refuses to change it. Since the
record never forgets, the same file can be written again from it, byte for byte.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd
from sqlmodel import Session, col, select

from dashboard import __version__, progress
from dashboard.exchange import About, SnapshotTables, canonical, datapackage, recompute, standalone
from dashboard.exchange.datapackage import Sealed
from dashboard.exchange.schema import RESOURCES
from dashboard.services import access, contents, editions, ledger
from models import (
    SYSTEM_CHAIN,
    BadInput,
    Fault,
    Identity,
    NotFound,
    Snapshot,
    SnapshotBytes,
    WrongState,
)

METHOD: Final = "linear"
LONGEST_NAME: Final = 120


@dataclass(frozen=True)
class Preview:
    """What a snapshot taken as of a moment would hold."""

    plan: str
    as_of: datetime
    is_illustrative: bool
    rows: dict[str, int]
    statuses: dict[str, int]  # series by status
    states: int  # States with at least one accepted figure


@dataclass(frozen=True)
class Ready:
    """A snapshot that is sealed and not kept yet."""

    about: About
    sealed: Sealed


@dataclass(frozen=True)
class Rebuilt:
    """A snapshot written again from the record, held against the one that is kept."""

    content: bytes
    is_same: bool
    differing: tuple[str, ...]  # files that differ


def take(
    session: Session,
    who: Identity,
    plan: str,
    *,
    name: str,
    as_of: datetime | None = None,
    publisher: str = "Headway",
    sign: datapackage.Sign | None = None,
    now: datetime,
) -> Snapshot:
    """Freeze a plan as known at a moment (none: now) and keep it under its identity.

    Taking what was already taken, same name, moment and content, returns the one that is there.
    Where others wait to write, `seal` in a reading session and then only `keep` in a writing one.
    """
    ready = seal(
        session, who, plan, name=name, as_of=as_of, publisher=publisher, sign=sign, now=now
    )
    return keep(session, who, ready, now=now)


def seal(
    session: Session,
    who: Identity,
    plan: str,
    *,
    name: str,
    as_of: datetime | None = None,
    publisher: str = "Headway",
    sign: datapackage.Sign | None = None,
    now: datetime,
) -> Ready:
    """Write the snapshot of a plan as known at a moment (none: now), without keeping it yet."""
    access.require(who, "snapshot", plan=plan)
    moment = _moment(as_of, now)
    title = " ".join(name.split())
    if not title or len(title) > LONGEST_NAME:
        raise BadInput(Fault("name", f"write a name of at most {LONGEST_NAME} signs"))
    before = _before(session, plan, moment)
    tables = _tables(session, plan, moment, name=title, publisher=publisher, previous=before)
    return Ready(tables.about, datapackage.seal(tables, sign))


def keep(session: Session, who: Identity, ready: Ready, *, now: datetime) -> Snapshot:
    """Keep a sealed snapshot for ever, or return the one that is there.

    Raises `WrongState` where something was recorded meanwhile for the moment that it shows.
    """
    access.require(who, "snapshot", plan=ready.about.plan)
    known = session.get(Snapshot, ready.sealed.identity)
    if known is not None:
        return known
    chains = canonical.ordered(contents.chains(session, ready.about.as_of), ["chain"])
    written = canonical.csv(chains, RESOURCES["chains"].fields)
    if hashlib.sha256(written).hexdigest() != ready.sealed.manifest["audit"]["digest"]:
        raise WrongState("Something was recorded at that very moment. Take the snapshot again.")
    return _keep(session, who, ready.about, ready.sealed, now)


def _moment(as_of: datetime | None, now: datetime) -> datetime:
    if as_of is not None and as_of > now:
        raise BadInput(Fault("as of", "lies in the future: what will be known then is not known"))
    return as_of or now


def _before(session: Session, plan: str, as_of: datetime) -> str | None:
    earlier = session.exec(
        select(Snapshot.id)
        .where(Snapshot.plan_code == plan, col(Snapshot.as_of) < as_of)
        .order_by(col(Snapshot.as_of).desc(), col(Snapshot.id))
        .limit(1)
    )
    found = earlier.first()
    return found if found is not None else _before_what_is_kept(session, plan, as_of)


def _before_what_is_kept(session: Session, plan: str, as_of: datetime) -> str | None:
    """Return what a kept snapshot of this moment follows: a restored record has only that one."""
    same = select(Snapshot.manifest).where(Snapshot.plan_code == plan, Snapshot.as_of == as_of)
    held = session.exec(same.limit(1)).first()
    found: str | None = None if held is None else json.loads(held)["previous"]
    return found


def as_known(session: Session, plan: str, as_of: datetime) -> SnapshotTables:
    """Return the tables that a snapshot taken as of a moment would hold."""
    return _tables(session, plan, as_of, name="", publisher="", previous=None)


def _tables(
    session: Session,
    plan: str,
    as_of: datetime,
    *,
    name: str,
    publisher: str,
    previous: str | None,
    software: str = __version__,
    engine: str = progress.ENGINE_VERSION,
) -> SnapshotTables:
    text = editions.in_force(session, plan, as_of)
    tables = contents.tables(session, text, as_of=as_of)
    about = About(
        plan=plan,
        title=text.plan.title,
        symbol=text.plan.symbol,
        edition=text.edition,
        edition_digest=text.digest,
        name=name,
        publisher=publisher,
        as_of=as_of,
        assessed=as_of.year,
        method=METHOD,
        preset="",
        is_illustrative=_is_illustrative(tables),
        software=software,
        engine=engine,
        previous=previous,
    )
    wording = ledger.canonical(text.content).encode()
    is_whole = hashlib.sha256(wording).hexdigest() == text.digest
    return _computed(SnapshotTables(about, tables, wording if is_whole else b""))


def _is_illustrative(tables: contents.Tables) -> bool:
    marked = ("observations", "revisions", "measure_updates", "baselines", "targets")
    return any(bool(tables[name]["is_illustrative"].any()) for name in marked)


def _computed(given: SnapshotTables) -> SnapshotTables:
    """Add statuses and aggregates, computed from the other tables alone."""
    about = given.about
    judged = recompute.statuses(given).assign(
        method=about.method, preset=about.preset, engine=about.engine, assessed=about.assessed
    )
    tables = {**given.tables, "statuses": judged, "aggregates": recompute.aggregates(given)}
    return replace(given, tables=tables)


def row(about: About, sealed: Sealed, *, by: str, now: datetime) -> Snapshot:
    """Return what the list of snapshots says of one that is sealed."""
    mark = "-illustrative" if about.is_illustrative else ""
    day = about.as_of.date().isoformat()
    return Snapshot(
        id=sealed.identity,
        plan_code=about.plan,
        name=about.name,
        as_of=about.as_of,
        taken_at=now,
        taken_by=by,
        file_name=f"headway-{about.plan.lower()}-{day}-{sealed.identity[:8]}{mark}.zip",
        digest=hashlib.sha256(sealed.content).hexdigest(),
        size=len(sealed.content),
        observations=sealed.manifest["rows"]["observations"],
        is_illustrative=about.is_illustrative,
        manifest=ledger.canonical(sealed.manifest),
    )


def _keep(session: Session, who: Identity, about: About, sealed: Sealed, now: datetime) -> Snapshot:
    snapshot = row(about, sealed, by=who.person_id, now=now)
    session.add(snapshot)
    session.flush()
    session.add(SnapshotBytes(snapshot_id=snapshot.id, content=sealed.content))
    session.flush()
    ledger.record(
        session,
        SYSTEM_CHAIN,
        "snapshot.take",
        snapshot.id,
        {"plan": about.plan, "digest": snapshot.digest, "as_of": sealed.manifest["as_of"]},
        by=who.person_id,
        # It is no part of what it shows, even where both were at the same moment.
        now=max(now, about.as_of + timedelta(microseconds=1)),
        changes_data=True,
    )
    return snapshot


def listing(session: Session, plan: str | None = None) -> list[Snapshot]:
    """Return the snapshots of a plan (none: of every plan), the newest moment first."""
    wanted = select(Snapshot).order_by(col(Snapshot.as_of).desc(), col(Snapshot.taken_at).desc())
    if plan is not None:
        wanted = wanted.where(Snapshot.plan_code == plan)
    return list(session.exec(wanted).all())


def get(session: Session, identity: str) -> Snapshot:
    """Return the snapshot with this identity, or with the only one that starts like this."""
    text = identity.strip().lower().removeprefix("sha256:")
    found = session.exec(
        select(Snapshot).where(col(Snapshot.id).startswith(text, autoescape=True)).limit(2)
    ).all()
    if len(text) < 8 or not found:
        raise NotFound(f"No snapshot has the identity {identity!r}.")
    if len(found) > 1:
        raise NotFound(f"Several snapshots start with {identity!r}: write more of the identity.")
    return found[0]


def content(session: Session, identity: str) -> bytes:
    """Return the bytes of a snapshot, as they were sealed."""
    held = session.get(SnapshotBytes, get(session, identity).id)
    if held is None:
        raise NotFound(f"The bytes of the snapshot {identity!r} are not in the record.")
    return held.content


def manifest(session: Session, identity: str) -> dict[str, Any]:
    """Return what the manifest of a snapshot says."""
    found: dict[str, Any] = json.loads(get(session, identity).manifest)
    return found


def preview(
    session: Session, who: Identity, plan: str, *, as_of: datetime | None = None, now: datetime
) -> Preview:
    """Return what a snapshot taken as of a moment (none: now) would hold."""
    access.require(who, "snapshot", plan=plan)
    moment = _moment(as_of, now)
    found = as_known(session, plan, moment)
    observed = found.tables["observations"]
    states = found.tables["areas"].loc[found.tables["areas"]["is_member"], "area"]
    counted: pd.Series = found.tables["statuses"]["status"].value_counts()
    return Preview(
        plan=plan,
        as_of=moment,
        is_illustrative=found.about.is_illustrative,
        rows={name: len(table) for name, table in found.tables.items()},
        statuses={status: int(counted.get(status, 0)) for status in progress.STATUSES},
        states=int(observed.loc[observed["area"].isin(states), "area"].nunique()),
    )


def rebuild(session: Session, identity: str) -> Rebuilt:
    """Write a snapshot again from the record as of its moment, and compare it with what is kept.

    The record never forgets, so both are the same bytes; where an area was renamed since, or
    another version of the program counts otherwise, the files that differ are named.
    """
    kept = content(session, identity)
    stated = manifest(session, identity)
    told = datapackage.about(stated)
    signature = datapackage.signature(kept)  # it can be kept and not made again
    tables = _tables(
        session,
        told.plan,
        told.as_of,
        name=told.name,
        publisher=told.publisher,
        previous=told.previous,
        software=told.software,
        engine=told.engine,
    )
    if standalone.WORDING not in stated["files"]:  # the first ones did not carry it
        tables = replace(tables, wording=b"")
    made = datapackage.seal(
        tables,
        None if signature is None else lambda _manifest, _about: signature,
        in_every_form=any(path.startswith("parquet/") for path in stated["files"]),
    )
    paths = set(stated["files"]) | set(made.manifest["files"])
    differing = sorted(
        path for path in paths if stated["files"].get(path) != made.manifest["files"].get(path)
    )
    return Rebuilt(made.content, made.content == kept, tuple(differing))
