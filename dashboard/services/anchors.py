"""Anchors: where the chains of a restored record go on from an earlier record's.

A snapshot names the last event of every chain as of its moment. A record that is restored from it
does not have those events, so each chain begins with one that stands for them: an anchor. Its hash
is the head that the snapshot names, and it points to the snapshot, whose identity vouches for the
head. The snapshot is kept in the record; without it, or with another head, the anchor holds
nothing.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, select

from models import SYSTEM_CHAIN, AuditEvent, ReferenceArea, SnapshotBytes, columns

ACTION: Final = "chain.anchor"
EVENTS: Final = columns(AuditEvent)
SYSTEM_CODE: Final = "SYSTEM"

End = tuple[int, str]
"""The number of events of a chain, and the hash of the last."""


def lay(
    session: Session,
    ends: Iterable[tuple[int, int, str]],
    *,
    snapshot: str,
    by: str,
    at: datetime,
) -> None:
    """Begin chains (number, events, head) where a snapshot says that they stood at its moment."""
    rows = [
        {
            "chain": chain,
            "seq": events,
            "at": at,
            "by": by,
            "action": ACTION,
            "subject": snapshot,
            "detail": json.dumps({"events": events}, separators=(",", ":")),
            "prev_hash": snapshot,
            "row_hash": head,
        }
        for chain, events, head in ends
    ]
    if rows:
        session.connection().execute(sa.insert(EVENTS), rows)


def vouched(session: Session, snapshot: str) -> dict[int, End]:
    """Return where a kept snapshot says that each chain stood; empty where it is not whole."""
    # Here, not above: every session of a visitor comes by this module, few by its snapshots.
    from dashboard.exchange import datapackage, standalone
    from dashboard.exchange.schema import RESOURCES

    held = session.get(SnapshotBytes, snapshot)
    if held is None:
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(held.content)) as packed:
            manifest = packed.read(standalone.MANIFEST)
            chains = packed.read(standalone.CHAINS)
        told = json.loads(manifest)["audit"]["digest"]
    except (zipfile.BadZipFile, KeyError, ValueError):
        return {}
    if hashlib.sha256(manifest).hexdigest() != snapshot:
        return {}
    if hashlib.sha256(chains).hexdigest() != told:
        return {}
    numbers = {row.code: row.id for row in session.exec(select(ReferenceArea))}
    numbers[SYSTEM_CODE] = SYSTEM_CHAIN
    table = datapackage.table(chains, RESOURCES["chains"].fields)
    return {
        numbers[row["chain"]]: (int(row["events"]), str(row["head"]))
        for row in table.to_dict("records")
        if row["chain"] in numbers
    }
