"""Files that come in: read, checked, sent to review as one piece, or refused with every fault."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.exchange import datapackage, sheet, verify
from dashboard.services import disclosure, observations
from dashboard.services.lookup import Ref
from models import (
    BadInput,
    Batch,
    Channel,
    Fault,
    Identity,
    ObservationInput,
    unit_of_work,
    writing,
)

ZIP: Final = b"PK\x03\x04"
EMPTY_IS_NONE: Final = frozenset({"value", "numerator", "denominator", "source_date"})
CHUNK: Final = 64


@dataclass(frozen=True)
class Taken:
    """What became of a file: how many rows it had, and what was recorded of them."""

    rows: int
    refs: tuple[Ref, ...]


def take(
    engine: Engine,
    who: Identity,
    data: bytes,
    *,
    plan: str,
    name: str,
    is_dry_run: bool = False,
    now: datetime,
) -> Taken:
    """Take a CSV file or a snapshot in: all its rows, or none and every fault at once.

    Rows that say what the record says already are passed over, so that the same file sent twice
    changes nothing. A dry run does the same and undoes it.
    """
    drafts = read(data, plan)
    digest = hashlib.sha256(data).hexdigest()

    def work(session: Session) -> list[Ref]:
        token = f"{digest}:{now.isoformat()}"
        refs = observations.submit_many(
            session,
            who,
            drafts,
            plan=plan,
            token=token,
            batch=digest[:32],
            channel=Channel.IMPORT,
            now=now,
        )
        if refs and session.get(Batch, digest[:32]) is None:
            session.add(
                Batch(
                    id=digest[:32],
                    plan_code=plan,
                    file_name=name,
                    digest=digest,
                    rows=len(drafts),
                    author_id=who.person_id,
                    recorded_at=now,
                )
            )
        return refs

    if is_dry_run:
        with writing(engine) as session:
            refs = work(session)
            session.rollback()
    else:
        refs = unit_of_work(engine, work)
    return Taken(len(drafts), tuple(refs))


def is_snapshot(data: bytes) -> bool:
    """Say whether a file is a snapshot of this program, by what is in it."""
    if not data.startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "datapackage.json" in archive.namelist()
    except zipfile.BadZipFile:
        return b"datapackage.json" in data


def read(data: bytes, plan: str) -> list[ObservationInput]:
    """Return the drafts in a file, or raise `BadInput` with every fault.

    Rows whose figure was hidden when the file was written say nothing, and are passed over.
    """
    rows = _from_snapshot(data, plan) if data.startswith(ZIP) else _from_sheet(data)
    drafts: list[ObservationInput] = []
    faults: list[Fault] = []
    for where, row in rows:
        if row.get("missing_reason") == disclosure.REASON:
            continue
        try:
            drafts.append(observations.parse(row, where))
        except BadInput as error:
            faults += error.faults
    if faults:
        raise BadInput(*faults)
    return drafts


def _from_sheet(data: bytes) -> list[tuple[str, dict[str, str | None]]]:
    found = sheet.read(data)
    if found.complaints:
        raise BadInput(*(Fault(one.where, one.message) for one in found.complaints))
    return [(f"line {line}", _filled(row)) for line, row in found.rows]


def _from_snapshot(data: bytes, plan: str) -> list[tuple[str, dict[str, str | None]]]:
    report = verify.verify(data)
    if not report.is_sound:
        raise BadInput(*(Fault(one.where, one.found) for one in report.problems))
    snapshot = datapackage.read(data)
    if snapshot.about.plan != plan:
        raise BadInput(
            Fault("plan", f"the snapshot is of {snapshot.about.plan}, and not of {plan}")
        )
    if snapshot.about.is_illustrative:
        raise BadInput(Fault("snapshot", "holds generated figures: they are not for a record"))
    table = snapshot.tables["observations"]
    names = [name for name in sheet.COLUMNS if name in table.columns]
    return [
        (f"row {number}", _filled(dict(zip(names, row, strict=True))))
        for number, row in enumerate(table[names].itertuples(index=False), start=2)
    ]


def _filled(row: dict[str, str]) -> dict[str, str | None]:
    """Leave out empty cells, so that they take their usual value; an empty number is none."""
    kept = {name: cell for name, cell in row.items() if cell != ""}
    return {**kept, **{name: None for name in EMPTY_IS_NONE if not row.get(name)}}
