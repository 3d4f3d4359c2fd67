"""The trail of changes: of a value, of a person, of a day; who may see what; page by page."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.services import observations, people, review, sessions, trail, updates
from dashboard.services.lookup import Ref
from dashboard.services.trail import Asked
from models import (
    ANONYMOUS,
    SYSTEM,
    BadInput,
    Held,
    Identity,
    NotAllowed,
    NotFound,
    Person,
    Role,
    SignInNeeded,
    reading,
    unit_of_work,
)
from tests.test_services_upkeep import unguarded
from tests.tiny import CASES, KENYA, NAMIBIA, NOON, PLAN, chain, draft, update

DAY = timedelta(days=1)


def holding(*grants: Held) -> Identity:
    return Identity("actor", "Actor", "actor@example.org", grants)


SECRETARIAT = holding(Held(Role.SECRETARIAT, None, None))
FOCAL = holding(Held(Role.FOCAL_POINT, PLAN, frozenset({KENYA})))


@pytest.fixture
def record(
    engine: Engine, coordinator: Identity, neighbour: Identity, reviewer: Identity
) -> Engine:
    """Give a record: Kenya sends a figure, corrects it a day later; Namibia sends another."""

    def work(session: Session) -> None:
        chain(session)
        for number, value in enumerate(("60", "62.5")):
            at = NOON + number * DAY
            ref = observations.submit(
                session, coordinator, draft(value=value), plan=PLAN, token=value, now=at
            )
            review.accept(session, reviewer, ref, plan=PLAN, note="checked", now=at)
        other = draft(area="NAM", indicator=CASES, value="7")
        observations.submit(session, neighbour, other, plan=PLAN, token="n", now=NOON + 2 * DAY)
        told = update(as_at=date(2026, 3, 1))
        updates.submit(session, coordinator, told, plan=PLAN, token="u", now=NOON + 2 * DAY)
        sessions.open_session(
            session, "coordinator", method="password", agent="", hours=12, now=NOON + 2 * DAY
        )

    unit_of_work(engine, work)
    return engine


def read(engine: Engine, who: Identity, **asked: Any) -> pd.DataFrame:
    with reading(engine) as session:
        return trail.read(session, who, Asked(**asked), now=NOON).rows


def told(rows: pd.DataFrame) -> list[str]:
    """Return what happened, oldest first."""
    return [f"{row.by} {row.action} {row.subject}" for row in rows[::-1].itertuples()]


CHANGES = [
    "coordinator observation.submitted KEN-1",
    "reviewer observation.accepted KEN-1",
    "coordinator observation.submitted KEN-2",
    "reviewer observation.superseded KEN-1",
    "reviewer observation.accepted KEN-2",
]


def test_of_a_value_everything_is_told_from_its_first_row_to_its_last(record: Engine) -> None:
    for seq in (1, 2):
        rows = read(record, SECRETARIAT, ref=Ref("KEN", seq))
        assert sorted(told(rows)) == sorted(CHANGES)
    first = rows.iloc[-1]
    place = (first["plan"], first["about"], first["period"], first["cell"], first["value"])
    assert place == (PLAN, draft().indicator, "2024", "_T", "60")
    assert set(rows[rows["action"] == "observation.accepted"]["note"]) == {"checked"}


def test_of_a_report_on_a_measure_only_its_own_is_told(record: Engine) -> None:
    rows = read(record, SECRETARIAT, ref=Ref("KEN", 3))
    assert told(rows) == ["coordinator measure_update.submitted KEN-3"]
    assert rows["about"].tolist() == ["A.1"]
    with reading(record) as session, pytest.raises(NotFound, match="KEN-9"):
        trail.read(session, SECRETARIAT, Asked(ref=Ref("KEN", 9)), now=NOON)


def test_of_a_person_everything_they_did_and_what_was_done_to_their_account(
    record: Engine,
) -> None:
    rows = read(record, SECRETARIAT, person="neighbour")
    assert told(rows) == [
        "system grant.give neighbour",
        "neighbour observation.submitted NAM-1",
    ]


def test_of_a_day_only_that_day_is_told(record: Engine) -> None:
    day = (NOON + DAY).date()
    rows = read(record, SECRETARIAT, since=day, until=day)
    assert sorted(told(rows)) == sorted(CHANGES[2:])


@pytest.mark.parametrize(
    ("group", "n"),
    [("figures", 6), ("reports", 1), ("sign-in", 1), ("rounds", 0), ("evidence", 0)],
)
def test_one_sort_of_change_can_be_asked_for(record: Engine, group: str, n: int) -> None:
    assert len(read(record, SECRETARIAT, group=group)) == n


def test_what_cannot_be_asked_for_is_said(record: Engine) -> None:
    with reading(record) as session:
        with pytest.raises(BadInput, match="figures, reports"):
            trail.read(session, SECRETARIAT, Asked(group="all"), now=NOON)
        with pytest.raises(BadInput, match="no page"):
            trail.read(session, SECRETARIAT, Asked(), after="here", now=NOON)


def test_pages_follow_each_other_without_a_gap_or_a_repeat(record: Engine) -> None:
    whole = read(record, SECRETARIAT)
    with reading(record) as session:
        seen: list[str] = []
        after = ""
        for _page in range(len(whole)):
            page = trail.read(session, SECRETARIAT, Asked(), after=after, limit=3, now=NOON)
            seen += page.rows["fingerprint"].tolist()
            after = page.older
            if not after:
                break
    assert seen == whole["fingerprint"].tolist()
    assert len(set(seen)) == len(seen) > 10


def test_a_focal_point_sees_its_own_country_and_plan_alone(record: Engine) -> None:
    rows = read(record, FOCAL)
    assert set(rows["chain"]) - {trail.SYSTEM} == {"KEN"}
    assert set(rows.loc[rows["chain"] == trail.SYSTEM, "subject"]) == {"coordinator"}
    assert "session.open" not in set(rows["action"])
    elsewhere = holding(Held(Role.FOCAL_POINT, "OTHER", frozenset({KENYA})))
    assert read(record, elsewhere).empty
    neighbour = holding(Held(Role.FOCAL_POINT, PLAN, frozenset({NAMIBIA})))
    assert "KEN" not in set(read(record, neighbour)["chain"])
    with reading(record) as session:
        assert trail.read(session, FOCAL, Asked(area="NAM"), now=NOON).rows.empty


def test_the_secretariat_of_a_plan_sees_no_other_plan(record: Engine) -> None:
    rows = read(record, holding(Held(Role.SECRETARIAT, PLAN, None)))
    assert {"KEN", "NAM"} <= set(rows["chain"])
    assert "session.open" not in set(rows["action"])
    assert read(record, holding(Held(Role.SECRETARIAT, "OTHER", None))).empty


def test_everybody_else_sees_what_they_did_themselves(
    record: Engine, coordinator: Identity, reviewer: Identity, viewer: Identity
) -> None:
    own = read(record, coordinator)
    assert set(own["by"]) | set(own["subject"]) >= {"coordinator"}
    assert set(own["action"]) == {
        "grant.give",
        "observation.submitted",
        "measure_update.submitted",
        "session.open",
    }
    assert set(read(record, reviewer)["action"]) == {
        "grant.give",
        "observation.accepted",
        "observation.superseded",
    }
    assert set(read(record, viewer)["action"]) == {"grant.give"}
    assert read(record, coordinator, person="reviewer").empty
    with reading(record) as session, pytest.raises(SignInNeeded):
        trail.read(session, ANONYMOUS, Asked(), now=NOON)


def test_a_name_stands_beside_a_pseudonym_only_for_those_who_may_see_the_account(
    record: Engine, coordinator: Identity, administrator: Identity
) -> None:
    def names(who: Identity) -> set[str]:
        rows = read(record, who)
        return set(rows["by_name"]) | set(rows["subject_name"])

    assert names(coordinator) == {"", coordinator.name}
    assert names(SECRETARIAT) == {""}
    assert names(administrator) > {coordinator.name, "", administrator.name}
    assert coordinator.name in names(FOCAL)


def test_a_name_goes_with_the_person_and_the_chain_stays_whole(record: Engine) -> None:
    def rename(session: Session) -> None:
        session.get_one(Person, "coordinator").name = "Somebody"
        session.flush()

    unit_of_work(record, rename)
    with reading(record) as session:
        assert trail.verify(session, SYSTEM) == []
        assert trail.known(session, SYSTEM, now=NOON)["coordinator"] == "Somebody"


def test_the_end_of_a_chain_is_shown_to_those_who_answer_for_it(
    record: Engine, viewer: Identity
) -> None:
    with reading(record) as session:
        table = trail.heads(session, SECRETARIAT)
        assert table["chain"].tolist() == ["KEN", "NAM", trail.SYSTEM]
        ken = table.iloc[0]
        newest = trail.read(session, SECRETARIAT, Asked(area="KEN"), now=NOON).rows.iloc[0]
        assert (ken["events"], ken["head"]) == (newest["seq"], newest["fingerprint"])
        assert trail.heads(session, FOCAL)["chain"].tolist() == ["KEN"]
        assert trail.heads(session, viewer).empty


def test_whoever_answers_for_an_area_verifies_its_chain(record: Engine, viewer: Identity) -> None:
    with reading(record) as session:
        assert trail.verify(session, FOCAL) == []
        assert trail.verify(session, FOCAL, area="KEN") == []
        assert trail.verify(session, SECRETARIAT) == []
        with pytest.raises(NotAllowed):
            trail.verify(session, FOCAL, area="NAM")
        with pytest.raises(NotAllowed):
            trail.verify(session, viewer)
    unguarded(
        record, "audit_event", "UPDATE audit_event SET by = 'noone' WHERE chain = 404 AND seq = 2"
    )
    with reading(record) as session:
        assert trail.verify(session, FOCAL) == [
            "chain 404, event 2: was altered after it was written"
        ]
        assert trail.verify(session, SECRETARIAT, area="NAM") == []
        assert any("chain 404, event 2" in said for said in trail.verify(session, SYSTEM))


def test_figures_sent_together_and_accounts_are_each_told_for_themselves(
    engine: Engine, coordinator: Identity
) -> None:
    def work(session: Session) -> None:
        drafts = [draft(period=str(year)) for year in (2019, 2020)]
        observations.submit_many(session, coordinator, drafts, plan=PLAN, token="m", now=NOON)
        people.add(session, SYSTEM, email="n@example.org", name="Nia", now=NOON)

    unit_of_work(engine, work)
    rows = read(engine, SECRETARIAT, ref=Ref("KEN", 1))
    assert told(rows) == ["coordinator observation.submitted KEN-1"]
    added = read(engine, SECRETARIAT, group="people").iloc[0]
    assert (added["action"], added["area"], added["about"]) == ("person.add", "", "")
