"""Found a record: for real, with plans, areas and known facts; or as a demonstration.

Each step is a unit of work of its own and can be taken again: what is there stays.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache, partial
from typing import Final

import pandas as pd
from sqlmodel import Session, col, select

from dashboard.services import history, people, plans, pretended, updates
from models import (
    SYSTEM,
    Baseline,
    Channel,
    CurrentValue,
    Observation,
    Person,
    Plan,
    WrongState,
)
from seed import areas, content, demo, facts, rows

Step = tuple[str, Callable[[Session], object]]

PASSWORD: Final = "illustrative data only"  # noqa: S105 - told on the sign-in page
"""The password of everybody in a demonstration."""


def for_real(*, now: datetime, with_facts: bool = True) -> Iterator[Step]:
    """Yield the steps that found a record: what each does, in words, and the work itself."""
    yield "areas and plans", lambda session: plans.install_all(session, SYSTEM, now=now)
    if with_facts:
        for code in content.codes():
            yield f"known facts of {code}", _facts(code, now)


def as_demonstration(*, now: datetime) -> Iterator[Step]:
    """Yield the steps that found a demonstration; refused where anything real was reported."""
    yield "an empty record", _only_if_empty
    yield "areas and plans", lambda session: plans.install_all(session, SYSTEM, now=now)
    yield "people, one a role", lambda session: _people(session, now)
    for code in sorted(content.codes(), key=lambda code: content.read(code).scope != areas.WORLD):
        yield f"known facts of {code}", _facts(code, now, spread=True)
        made = cache(partial(demo.generate, content.read(code), areas.read()))
        yield f"generated figures of {code}", _observations(code, made, now)
        yield f"generated reports on measures of {code}", _updates(code, made, now)
        yield f"generated targets of {code}", _targets(code)
        if content.read(code).scope == areas.WORLD:
            yield f"a pretended reporting round of {code}", pretended.reporting(code, made, now=now)


def is_founded(session: Session) -> bool:
    """Say whether a plan is installed."""
    return session.exec(select(Plan.code).limit(1)).first() is not None


def _only_if_empty(session: Session) -> None:
    real = select(Person.id).where(col(Person.is_illustrative).is_(False)).limit(1)
    if session.exec(real).first() is not None:
        raise WrongState(
            "This record has real people in it: a demonstration needs a database of its own. "
            "Set HEADWAY_HOME to another folder."
        )
    if session.exec(select(Observation.seq).limit(1)).first() is not None:
        raise WrongState(
            "This record already has observations in it: a demonstration needs a database of its "
            "own. Set HEADWAY_HOME to another folder."
        )


def _facts(code: str, now: datetime, *, spread: bool = False) -> Callable[[Session], object]:
    plan = content.read(code)

    def work(session: Session) -> int:
        ids = plans.numbers(session, code)
        known = facts.observations(plan, now=now)
        if known.empty or _has_facts(session, ids):
            return 0
        if spread:
            known = _in_its_time(known, now)
        for row in facts.baselines(plan, ids, now=now):
            if session.get(Baseline, row.id) is None:
                session.add(row)
        session.flush()
        return history.load(
            session, known, plan=code, channel=Channel.FACT, by=SYSTEM.person_id, now=now
        )

    return work


def _in_its_time(known: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Let a demonstration learn of a fact in March of the year after, so that it has a past."""
    years = known["period"].str.slice(0, 4).astype("int64") + 1
    told = years.map(lambda year: min(datetime(year, 3, 1, 9, tzinfo=UTC), now))
    return known.assign(recorded_at=told, decided_at=told)


def _has_facts(session: Session, ids: rows.Numbers) -> bool:
    mine = select(CurrentValue.seq).where(
        col(CurrentValue.indicator_id).in_(list(ids.indicators.values()))
    )
    return session.exec(mine.limit(1)).first() is not None


def _people(session: Session, now: datetime) -> None:
    for person in demo.PEOPLE:
        number = people.add(
            session,
            SYSTEM,
            email=person.email,
            name=person.name,
            password=PASSWORD,
            is_illustrative=True,
            now=now,
        )
        people.grant(session, SYSTEM, number, person.role, area=person.area, now=now)


def _observations(
    code: str, made: Callable[[], demo.Demo], now: datetime
) -> Callable[[Session], object]:
    return lambda session: history.load(
        session,
        pretended.named(session, made().observations),
        plan=code,
        channel=Channel.DEMO,
        by=SYSTEM.person_id,
        now=now,
    )


def _updates(
    code: str, made: Callable[[], demo.Demo], now: datetime
) -> Callable[[Session], object]:
    return lambda session: updates.load(
        session,
        pretended.named(session, made().updates),
        plan=code,
        channel=Channel.DEMO,
        by=SYSTEM.person_id,
        now=now,
    )


def _targets(code: str) -> Callable[[Session], object]:
    def work(session: Session) -> int:
        ids = plans.numbers(session, code)
        made = demo.targets(content.read(code), areas.read(), ids)
        session.add_all(made)
        session.flush()
        return len(made)

    return work
