"""The library of evidence: files and links of an area, their revisions, and what rests on them.

A file is known by its content, never by its name: only kinds that can be read without being run
are taken, and they are handed out as downloads alone. Bytes are put into the store before the unit
of work begins; what the record keeps is their SHA-256.
"""

import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa
from pydantic import ValidationError
from sqlmodel import Session

from dashboard.services import access, ledger, lookup, stores
from dashboard.services.lookup import Ref
from dashboard.services.reads import table as rows_of
from models import (
    BadInput,
    Evidence,
    EvidenceFields,
    EvidenceRevision,
    EvidenceUse,
    Fault,
    Identity,
    Indicator,
    MeasureUpdate,
    NotFound,
    Observation,
    OperationalMeasure,
    ReviewState,
    State,
    bad_input,
    columns,
    web_address,
)

LARGEST: Final = 20 * 1024 * 1024
"""Bytes a file may have."""
PDF: Final = "application/pdf"
OFFICE: Final = "application/vnd.openxmlformats-officedocument."
SIGNS: Final = {
    b"%PDF-": PDF,
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
PACKAGES: Final = {
    "word/document.xml": f"{OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{OFFICE}presentationml.presentation",
}
OPEN_DOCUMENTS: Final = frozenset(
    f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")
)
TEXT: Final = "text/plain"

EVIDENCE: Final = columns(Evidence)
REVISIONS: Final = columns(EvidenceRevision)
USES: Final = columns(EvidenceUse)
STATES: Final = columns(ReviewState)


@dataclass(frozen=True)
class File:
    """A file that was looked at: its name, its kind by content, and its bytes' SHA-256."""

    name: str
    media_type: str
    size: int
    digest: str


def look(name: str, content: bytes) -> str:
    """Return the kind of a file by its content, or raise a sentence that says why it is refused."""
    if not content:
        raise BadInput(Fault("file", "is empty"))
    if len(content) > LARGEST:
        raise BadInput(Fault("file", f"is larger than {LARGEST // 1024 // 1024} MB: give a link"))
    for sign, kind in SIGNS.items():
        if content.startswith(sign):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _package(content)
    if _is_text(content):
        return TEXT
    raise BadInput(
        Fault(
            "file",
            f"{name!r} is of a kind that is not taken: send PDF, PNG, JPEG, plain text, or a "
            "document of an office program without macros",
        )
    )


def _package(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
            if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll")) for name in names):
                raise BadInput(Fault("file", "contains macros or programs: save it without them"))
            for name, kind in PACKAGES.items():
                if name in names:
                    return kind
            if "mimetype" in names and package.getinfo("mimetype").file_size < 200:
                kind = package.read("mimetype").decode("ascii", "replace")
                if kind in OPEN_DOCUMENTS:
                    return kind
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise BadInput(Fault("file", "is broken or has a password: save it anew")) from error
    raise BadInput(Fault("file", "is an archive: send the documents in it one by one"))


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    begins = text.lstrip("\ufeff \t\r\n")[:100].lower()
    is_markup = begins.startswith(("<", "#!"))
    return "\x00" not in text and not is_markup


def keep(store: stores.Store, name: str, content: bytes) -> File:
    """Look at a file and put it into the store; call it before the unit of work begins."""
    kind = look(name, content)
    clean = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in clean if sign.isprintable())[:200].strip() or "file"
    return File(shown, kind, len(content), store.put(content))


def add(
    session: Session,
    who: Identity,
    area: str,
    fields: dict[str, Any],
    content: File | str,
    *,
    plan: str,
    token: str,
    now: datetime,
) -> int:
    """Add a file or an address to an area's library, and return its number there.

    `fields` are title, is_public and expires.
    """
    place = lookup.area(session, area)
    access.require(who, "submit", plan=plan, area=place.id)
    said = _fields(fields)
    if said.expires is not None and said.expires < now.date():
        raise BadInput(Fault("expires", f"{said.expires} is over already"))

    def work() -> dict[str, Any]:
        head = ledger.hold(session, place.id)
        highest = sa.select(sa.func.max(EVIDENCE.c.number)).where(EVIDENCE.c.area_id == place.id)
        number = (session.connection().execute(highest).scalar() or 0) + 1
        row = {"area_id": place.id, "number": number, "author_id": who.person_id}
        session.connection().execute(
            sa.insert(EVIDENCE), {**row, **said.model_dump(), "recorded_at": now}
        )
        revised = _revised(session, place.id, number, 1, content, who=who, now=now)
        detail = {"title": ledger.digest(said.title), "is_public": said.is_public, **revised}
        name = _name(place.code, number)
        head = ledger.append(session, head, "evidence.add", name, detail, by=who.person_id, now=now)
        ledger.keep(session, head)
        return {"number": number}

    answer = ledger.once(session, place.id, token, "evidence.add", work, by=who.person_id, now=now)
    return int(answer["number"])


def revise(
    session: Session,
    who: Identity,
    area: str,
    number: int,
    content: File | str,
    *,
    plan: str,
    now: datetime,
) -> int:
    """Add a newer state of a piece of evidence, and return its revision; older ones stay readable.

    The same content again changes nothing.
    """
    place, _row = _mine(session, who, area, number, plan)
    head = ledger.hold(session, place.id)
    last = _revision(session, place.id, number, None)
    digest, address = (content.digest, "") if isinstance(content, File) else ("", content)
    if (last.digest, last.address) == (digest, address):
        return int(last.revision)
    revised = _revised(session, place.id, number, last.revision + 1, content, who=who, now=now)
    name = _name(place.code, number)
    head = ledger.append(session, head, "evidence.revise", name, revised, by=who.person_id, now=now)
    ledger.keep(session, head)
    return int(last.revision) + 1


def describe(
    session: Session,
    who: Identity,
    area: str,
    number: int,
    fields: dict[str, Any],
    *,
    plan: str,
    now: datetime,
) -> None:
    """Change the title, who may see it, or until when it holds."""
    place, _row = _mine(session, who, area, number, plan)
    said = _fields(fields)
    head = ledger.hold(session, place.id)
    session.connection().execute(
        sa.update(EVIDENCE)
        .where(EVIDENCE.c.area_id == place.id, EVIDENCE.c.number == number)
        .values(**said.model_dump())
    )
    detail = {
        "title": ledger.digest(said.title),
        "is_public": said.is_public,
        "expires": str(said.expires or ""),
    }
    name = _name(place.code, number)
    head = ledger.append(
        session, head, "evidence.describe", name, detail, by=who.person_id, now=now
    )
    ledger.keep(session, head)


def retire(
    session: Session, who: Identity, area: str, number: int, *, plan: str, now: datetime
) -> None:
    """Take a piece of evidence out of the library: it is offered no more, and stays where used."""
    place, row = _mine(session, who, area, number, plan)
    if row.retired_at is not None:
        return
    head = ledger.hold(session, place.id)
    session.connection().execute(
        sa.update(EVIDENCE)
        .where(EVIDENCE.c.area_id == place.id, EVIDENCE.c.number == number)
        .values(retired_at=now)
    )
    name = _name(place.code, number)
    head = ledger.append(session, head, "evidence.retire", name, {}, by=who.person_id, now=now)
    ledger.keep(session, head)


def use(
    session: Session,
    who: Identity,
    ref: Ref,
    number: int,
    *,
    plan: str,
    now: datetime,
) -> None:
    """Say that a figure or report rests on a piece of evidence, as it is now. Twice is once."""
    place, row = _mine(session, who, ref.area, number, plan)
    if row.retired_at is not None:
        raise BadInput(f"{_name(place.code, number)} was retired: name another piece of evidence.")
    standing = sa.select(STATES.c.state).where(
        STATES.c.area_id == place.id, STATES.c.seq == ref.seq
    )
    state = session.connection().execute(standing).scalar()
    if state is None:
        raise NotFound(f"There is no {ref} in the record.")
    head = ledger.hold(session, place.id)
    known = sa.select(USES.c.seq).where(
        USES.c.area_id == place.id, USES.c.number == number, USES.c.seq == ref.seq
    )
    if session.connection().execute(known).first() is not None:
        return
    revision = int(_revision(session, place.id, number, None).revision)
    session.connection().execute(
        sa.insert(USES),
        {
            "area_id": place.id,
            "number": number,
            "seq": ref.seq,
            "revision": revision,
            "author_id": who.person_id,
            "recorded_at": now,
        },
    )
    detail = {"number": number, "revision": revision}
    head = ledger.append(session, head, "evidence.use", str(ref), detail, by=who.person_id, now=now)
    ledger.keep(session, head)


def library(session: Session, who: Identity, area: str, *, plan: str, today: date) -> pd.DataFrame:
    """Return an area's evidence in its newest revision, newest first, as this reader may see it.

    The public sees what is public and rested on by a figure or report that was accepted.
    Columns: name, number, revision, title, is_public, expires, is_expired, address, file_name,
    media_type, size, digest, recorded_at, uses (how many rows rest on it).
    """
    place = lookup.area(session, area)
    newest = (
        sa.select(REVISIONS.c.number, sa.func.max(REVISIONS.c.revision).label("revision"))
        .where(REVISIONS.c.area_id == place.id)
        .group_by(REVISIONS.c.number)
        .subquery()
    )
    uses = sa.select(sa.func.count()).where(
        USES.c.area_id == EVIDENCE.c.area_id, USES.c.number == EVIDENCE.c.number
    )
    table = rows_of(
        session,
        sa.select(
            EVIDENCE.c.number,
            newest.c.revision,
            *(EVIDENCE.c[name] for name in ("title", "is_public", "expires")),
            *(REVISIONS.c[name] for name in ("address", "file_name", "media_type", "size")),
            REVISIONS.c.digest,
            REVISIONS.c.recorded_at,
            uses.scalar_subquery().label("uses"),
            _is_rested_on().label("is_rested_on"),
        )
        .join(newest, newest.c.number == EVIDENCE.c.number)
        .join(
            REVISIONS,
            sa.and_(
                REVISIONS.c.area_id == EVIDENCE.c.area_id,
                REVISIONS.c.number == EVIDENCE.c.number,
                REVISIONS.c.revision == newest.c.revision,
            ),
        )
        .where(EVIDENCE.c.area_id == place.id, EVIDENCE.c.retired_at.is_(None))
        .order_by(REVISIONS.c.recorded_at.desc(), EVIDENCE.c.number.desc()),
    )
    if not _is_insider(who, plan, place.id):
        table = table[table["is_public"].astype("bool") & table["is_rested_on"].astype("bool")]
    table.insert(0, "name", f"{place.code}-E" + table["number"].astype("str"))
    is_over = table["expires"].map(lambda day: day is not None and day < today)
    return table.drop(columns="is_rested_on").assign(is_expired=is_over.astype("bool"))


def uses(session: Session, who: Identity, area: str, number: int, *, plan: str) -> pd.DataFrame:
    """Return the figures and reports that rest on a piece of evidence, for those who work there.

    Columns: ref, about (code of the indicator or measure), period (empty of a report), revision.
    """
    place, _row = _mine(session, who, area, number, plan)
    figures, reports = columns(Observation), columns(MeasureUpdate)
    indicators, measures = columns(Indicator), columns(OperationalMeasure)
    own = [USES.c.area_id == place.id, USES.c.number == number]
    both = sa.union_all(
        sa.select(USES.c.seq, indicators.c.code.label("about"), figures.c.period, USES.c.revision)
        .join(figures, sa.and_(figures.c.area_id == USES.c.area_id, figures.c.seq == USES.c.seq))
        .join(indicators, indicators.c.id == figures.c.indicator_id)
        .where(*own),
        sa.select(
            USES.c.seq,
            measures.c.code.label("about"),
            sa.literal("").label("period"),
            USES.c.revision,
        )
        .join(reports, sa.and_(reports.c.area_id == USES.c.area_id, reports.c.seq == USES.c.seq))
        .join(measures, measures.c.id == reports.c.measure_id)
        .where(*own),
    ).subquery()
    table = rows_of(session, sa.select(both).order_by(both.c.seq.desc()))
    table.insert(0, "ref", f"{place.code}-" + table["seq"].astype("str"))
    return table.drop(columns="seq")


def of_rows(session: Session, who: Identity, refs: list[Ref], *, plan: str) -> dict[Ref, list[str]]:
    """Return, for each row, the names of the evidence it rests on that this reader may see."""
    found: dict[Ref, list[str]] = {ref: [] for ref in refs}
    for code in {ref.area for ref in refs}:
        place = lookup.area(session, code)
        wanted = (
            sa.select(USES.c.seq, USES.c.number)
            .join(
                EVIDENCE,
                sa.and_(EVIDENCE.c.area_id == USES.c.area_id, EVIDENCE.c.number == USES.c.number),
            )
            .where(USES.c.area_id == place.id)
            .order_by(USES.c.seq, USES.c.number)
        )
        if not _is_insider(who, plan, place.id):
            wanted = wanted.where(EVIDENCE.c.is_public, _is_rested_on())
        for row in session.connection().execute(wanted):
            if Ref(code, row.seq) in found:
                found[Ref(code, row.seq)].append(_name(place.code, row.number))
    return found


def open_file(
    session: Session,
    who: Identity,
    area: str,
    number: int,
    *,
    plan: str | None = None,
    revision: int | None = None,
) -> EvidenceRevision:
    """Return the revision (none: the newest) that somebody may open, or say that there is none.

    Who may not see a piece of evidence is told the same as where there is none.
    """
    place = lookup.area(session, area)
    wanted = sa.select(EVIDENCE.c.is_public, _is_rested_on().label("is_rested_on")).where(
        EVIDENCE.c.area_id == place.id, EVIDENCE.c.number == number
    )
    row = session.connection().execute(wanted).one_or_none()
    is_open = row is not None and row.is_public and row.is_rested_on
    if row is None or not (is_open or _is_insider(who, plan, place.id)):
        raise NotFound(f"There is no evidence {_name(place.code, number)} that you may open.")
    found = _revision(session, place.id, number, revision)
    return EvidenceRevision(**found._mapping)


def _is_rested_on() -> sa.ColumnElement[bool]:
    accepted = (
        sa.select(USES.c.seq)
        .join(STATES, sa.and_(STATES.c.area_id == USES.c.area_id, STATES.c.seq == USES.c.seq))
        .where(
            USES.c.area_id == EVIDENCE.c.area_id,
            USES.c.number == EVIDENCE.c.number,
            STATES.c.state == State.ACCEPTED,
        )
    )
    return accepted.exists()


def _is_insider(who: Identity, plan: str | None, area_id: int) -> bool:
    actions: tuple[access.Action, ...] = ("submit", "review", "find", "coordinate")
    return any(access.allows(who, action, plan=plan, area=area_id) for action in actions)


def _mine(session: Session, who: Identity, area: str, number: int, plan: str) -> tuple[Any, Any]:
    place = lookup.area(session, area)
    access.require(who, "submit", plan=plan, area=place.id)
    wanted = sa.select(EVIDENCE).where(EVIDENCE.c.area_id == place.id, EVIDENCE.c.number == number)
    row = session.connection().execute(wanted).one_or_none()
    if row is None:
        raise NotFound(f"There is no evidence {_name(place.code, number)}.")
    return place, row


def _revision(session: Session, area_id: int, number: int, revision: int | None) -> Any:
    wanted = sa.select(REVISIONS).where(
        REVISIONS.c.area_id == area_id, REVISIONS.c.number == number
    )
    if revision is not None:
        wanted = wanted.where(REVISIONS.c.revision == revision)
    found = session.connection().execute(wanted.order_by(REVISIONS.c.revision.desc())).first()
    if found is None:
        raise NotFound("There is no such revision of this evidence.")
    return found


def _revised(
    session: Session,
    area_id: int,
    number: int,
    revision: int,
    content: File | str,
    *,
    who: Identity,
    now: datetime,
) -> dict[str, Any]:
    """Store a revision, and return what the ledger keeps of it."""
    if isinstance(content, File):
        said = {
            "file_name": content.name,
            "media_type": content.media_type,
            "size": content.size,
            "digest": content.digest,
            "address": "",
        }
    else:
        said = {**dict.fromkeys(("file_name", "media_type", "digest"), ""), "size": 0}
        said["address"] = _address(content)
    row = {"area_id": area_id, "number": number, "revision": revision}
    session.connection().execute(
        sa.insert(REVISIONS), {**row, **said, "author_id": who.person_id, "recorded_at": now}
    )
    return {"revision": revision, "digest": said["digest"] or ledger.digest(said["address"])}


def _address(text: str) -> str:
    if not text.strip():
        raise BadInput(Fault("address", "give a file or an address"))
    try:
        return str(web_address(text.strip()))
    except ValueError as error:
        raise BadInput(Fault("address", str(error))) from error


def _fields(fields: dict[str, Any]) -> EvidenceFields:
    try:
        return EvidenceFields.model_validate(fields)
    except ValidationError as error:
        raise bad_input(error) from error


def _name(code: str, number: int) -> str:
    return f"{code}-E{number}"
