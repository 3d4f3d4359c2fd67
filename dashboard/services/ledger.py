"""The trace of every change: one hash chain an area, and receipts that make a repeat harmless."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from dashboard.services import anchors
from models import AuditEvent, ChainHead, Receipt, WrongState, columns, micros

FIRST_HASH: Final = "0" * 64
EVENTS: Final = columns(AuditEvent)
HEADS: Final = columns(ChainHead)
RECEIPTS: Final = columns(Receipt)

# Statements of every write are built once: to build one takes longer than to run it.
_HEAD: Final = sa.select(HEADS).where(HEADS.c.chain == sa.bindparam("of")).with_for_update()
_APPEND: Final = sa.insert(EVENTS)
_KEEP: Final = sa.update(HEADS).where(HEADS.c.chain == sa.bindparam("of"))
_KEPT: Final = sa.select(RECEIPTS.c.by, RECEIPTS.c.action, RECEIPTS.c.answer).where(
    RECEIPTS.c.chain == sa.bindparam("of"), RECEIPTS.c.token == sa.bindparam("asked")
)
_ANSWER: Final = sa.insert(RECEIPTS)

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Head:
    """The end of a chain while this transaction holds it: nobody else can append to it."""

    chain: int
    record_seq: int
    audit_seq: int
    data_seq: int
    head_hash: str


def canonical(value: object) -> str:
    """Return JSON in its one way of writing: sorted keys, no spaces, text as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def steps_digest(steps: Iterable[Iterable[object]]) -> str:
    """Return the SHA-256 by which the steps of many rows are recognised, in their order.

    Each step is seq, step, before, after, by, at (microseconds), note.
    """
    return digest([[str(part) for part in step] for step in steps])


def row_hash(prev_hash: str, event: Json) -> str:
    """Return the hash that chains an event to the one before it.

    `event` has the columns chain, seq, at (microseconds), by, action, subject, detail.
    """
    fields = ("chain", "seq", "at", "by", "action", "subject", "detail")
    body = canonical({name: event[name] for name in fields})
    return hashlib.sha256(f"{prev_hash}\n{body}".encode()).hexdigest()


def hold(session: Session, chain: int) -> Head:
    """Return the head of a chain and keep every other writer from it until the commit."""
    connection = session.connection()
    found = connection.execute(_HEAD, {"of": chain}).one_or_none()
    if found is None:
        connection.execute(_insert_head(session), _fresh(chain))
        found = connection.execute(_HEAD, {"of": chain}).one()
    return Head(**found._mapping)


def _fresh(chain: int) -> dict[str, Any]:
    return {
        "chain": chain,
        "record_seq": 0,
        "audit_seq": 0,
        "data_seq": 0,
        "head_hash": FIRST_HASH,
    }


def _insert_head(session: Session) -> sa.Insert:
    if session.connection().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert

        return insert(HEADS).on_conflict_do_nothing()
    return sa.insert(HEADS)


def append(
    session: Session, head: Head, action: str, subject: str, detail: Json, *, by: str, now: datetime
) -> Head:
    """Append one event to a chain that is held, and return its new head (`keep` it at the end)."""
    event = {
        "chain": head.chain,
        "seq": head.audit_seq + 1,
        "at": micros(now),
        "by": by,
        "action": action,
        "subject": subject,
        "detail": canonical(detail),
    }
    chained = row_hash(head.head_hash, event)
    session.connection().execute(
        _APPEND, {**event, "at": now, "prev_hash": head.head_hash, "row_hash": chained}
    )
    return replace(head, audit_seq=head.audit_seq + 1, head_hash=chained)


def append_all(
    session: Session,
    head: Head,
    told: Iterable[tuple[str, str, Json]],
    *,
    by: str,
    now: datetime,
) -> Head:
    """Append many events at once (action, subject, detail), and return the chain's new head."""
    rows = []
    for action, subject, detail in told:
        event = {
            "chain": head.chain,
            "seq": head.audit_seq + 1,
            "at": micros(now),
            "by": by,
            "action": action,
            "subject": subject,
            "detail": canonical(detail),
        }
        chained = row_hash(head.head_hash, event)
        rows.append({**event, "at": now, "prev_hash": head.head_hash, "row_hash": chained})
        head = replace(head, audit_seq=head.audit_seq + 1, head_hash=chained)
    if rows:
        session.connection().execute(_APPEND, rows)
    return head


def keep(session: Session, head: Head) -> None:
    """Write a held head back."""
    session.connection().execute(
        _KEEP,
        {
            "of": head.chain,
            "record_seq": head.record_seq,
            "audit_seq": head.audit_seq,
            "data_seq": head.data_seq,
            "head_hash": head.head_hash,
        },
    )


def record(
    session: Session,
    chain: int,
    action: str,
    subject: str,
    detail: Json,
    *,
    by: str,
    now: datetime,
    changes_data: bool = False,
) -> None:
    """Append one event to a chain. `changes_data` says that readers could see the difference."""
    head = append(session, hold(session, chain), action, subject, detail, by=by, now=now)
    keep(session, replace(head, data_seq=head.data_seq + int(changes_data)))


def once(
    session: Session,
    chain: int,
    token: str,
    action: str,
    work: Callable[[], Json],
    *,
    by: str,
    now: datetime,
) -> Json:
    """Do the work once for this token; asked again, return the first answer and change nothing.

    The chain is held first, so that two requests with one token follow each other.
    """
    hold(session, chain)
    found = session.connection().execute(_KEPT, {"of": chain, "asked": token})
    kept = found.one_or_none()
    if kept is not None:
        if kept.by != by or kept.action != action:
            raise WrongState("This form was already used for something else. Reload the page.")
        answer: Json = json.loads(kept.answer)
        return answer
    answer = work()
    session.connection().execute(
        _ANSWER,
        {
            "chain": chain,
            "token": token,
            "by": by,
            "at": now,
            "action": action,
            "answer": canonical(answer),
        },
    )
    return answer


def heads(session: Session) -> dict[int, tuple[int, str]]:
    """Return, for each chain, the number and hash of its last event."""
    rows = session.connection().execute(sa.select(HEADS).order_by(HEADS.c.chain))
    return {row.chain: (row.audit_seq, row.head_hash) for row in rows if row.audit_seq}


def verify(session: Session, *, chains: Collection[int] | None = None) -> list[str]:
    """Walk every chain, or these, and return a sentence for each break; none where all is whole.

    A chain of a restored record may begin with an anchor, which the snapshot it names vouches for.
    """
    problems: list[str] = []
    ends: dict[int, tuple[int, str]] = {}
    vouched: dict[str, dict[int, tuple[int, str]]] = {}
    rows = session.connection().execute(
        sa.select(EVENTS)
        .where(sa.true() if chains is None else EVENTS.c.chain.in_(sorted(chains)))
        .order_by(EVENTS.c.chain, EVENTS.c.seq)
        .execution_options(yield_per=5000)
    )
    for row in rows:
        seq, before = ends.get(row.chain, (0, FIRST_HASH))
        event = {**row._mapping, "at": micros(row.at)}
        place = f"chain {row.chain}, event {row.seq}"
        if row.action == anchors.ACTION and row.chain not in ends:
            if row.subject not in vouched:
                vouched[row.subject] = anchors.vouched(session, row.subject)
            if vouched[row.subject].get(row.chain) != (row.seq, row.row_hash):
                problems.append(f"{place}: is not where the snapshot it names says the chain stood")
            ends[row.chain] = (row.seq, row.row_hash)
            continue
        if row.seq != seq + 1:
            problems.append(f"{place}: event {seq + 1} is missing before it")
        elif row.prev_hash != before:
            problems.append(f"{place}: does not follow the event before it")
        if row.row_hash != row_hash(row.prev_hash, event):
            problems.append(f"{place}: was altered after it was written")
        ends[row.chain] = (row.seq, row.row_hash)
    for chain, end in heads(session).items():
        if (chains is None or chain in chains) and ends.get(chain) != end:
            problems.append(f"chain {chain}: its end is not the one that was recorded")
    return problems
