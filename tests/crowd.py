"""A crowd of writers on one record, each with a log of its own of what it was told is kept."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.engine import Engine
from sqlmodel import Session, select

from dashboard.services import derived, ledger, lookup, observations
from dashboard.services.lookup import Ref
from models import Held, Identity, Observation, Role, reading, unit_of_work
from tests import tiny

MANY = 50
AREAS = ("KEN", "NAM", "UGA")
WHO = Identity("coordinator", "Coordinator", "", (Held(Role.COORDINATOR, tiny.PLAN, None),))


@dataclass
class Log:
    """What one writer was told: the name given to each value it sent, and how long it took."""

    kept: dict[int, Ref] = field(default_factory=dict)
    taken: list[float] = field(default_factory=list)  # milliseconds


def send(engine: Engine, writer: int, number: int) -> Ref:
    """Send a figure that no other writer sends; sent again, it is answered the same."""
    value = number * MANY + writer
    sent = tiny.draft(
        area=AREAS[writer % len(AREAS)],
        indicator=tiny.CONTEXT,
        period=str(1990 + value % 35),
        value=str(value),
    )

    def work(session: Session) -> Ref:
        return observations.submit(
            session,
            WHO,
            sent,
            plan=tiny.PLAN,
            token=f"crowd {value}",
            now=tiny.NOON + timedelta(seconds=number),
        )

    return unit_of_work(engine, work)


def gather(engine: Engine, goes_on: Callable[[int], bool]) -> list[Log]:
    """Let fifty writers send at once, each for as long as `goes_on` says; return their logs."""
    start = threading.Barrier(MANY)

    def write(writer: int) -> Log:
        log, number = Log(), 0
        start.wait()
        while goes_on(number):
            begin = time.perf_counter()
            ref = send(engine, writer, number)
            log.taken.append((time.perf_counter() - begin) * 1000)
            log.kept[number * MANY + writer] = ref
            if number % 7 == 0:  # an impatient second click
                assert send(engine, writer, number) == ref
            number += 1
        return log

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(write, range(MANY)))


def check(engine: Engine, logs: list[Log]) -> int:
    """Hold the record against the logs: nothing lost, nothing doubled; return how many rows."""
    told = {value: ref for log in logs for value, ref in log.kept.items()}
    with reading(engine) as session:
        rows = session.exec(select(Observation)).all()
        codes = lookup.codes(session)
        real = {int(row.value or 0): Ref(codes[row.area_id], row.seq) for row in rows}
        assert len(real) == len(rows), "a write was doubled"
        assert real == told, "a write was lost, or is there without having been acknowledged"
        assert ledger.verify(session) == []
        assert derived.differences(session) == []
    return len(rows)
