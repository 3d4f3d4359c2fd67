"""Cells of the scorecard and what changed, worked by hand on the tiny record.

Kenya assists 40 % in 2015, 55 % in 2020 and 62.5 % in 2024 on the way to 90 % in 2030: 2.5 a year
where 50 / 15 are needed, a pace of 0.75. Uganda falls from 60 % to 50 %, Namibia reports once.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pandas as pd
import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard.services import observations, review, rounds, scorecards, snapshots, views
from models import Identity, ReferenceArea, reading, unit_of_work
from tests import rounds as tiny_rounds
from tests.tiny import CASES, CONTEXT, LEVEL, NOON, PERCENT, PLAN, TREATY, draft

LATER = NOON + timedelta(days=40)
REPORTS = (
    ("KEN", PERCENT, 2015, "40"),
    ("KEN", PERCENT, 2020, "55"),
    ("KEN", PERCENT, 2024, "62.5"),
    ("KEN", CASES, 2020, "30"),
    ("KEN", CASES, 2024, "12"),
    ("KEN", LEVEL, 2024, "2"),
    ("KEN", CONTEXT, 2020, "10"),
    ("KEN", CONTEXT, 2024, "30"),
    ("UGA", PERCENT, 2020, "60"),
    ("UGA", PERCENT, 2024, "50"),
    ("NAM", PERCENT, 2024, "70"),
)


def accept(
    database: Engine,
    people: tuple[Identity, Identity],
    *rows: tuple[str, str, int, str],
    now: datetime,
) -> None:
    """Put accepted figures into the record."""
    sender, reviewer = people
    for area, indicator, year, value in rows:
        sent = draft(area=area, indicator=indicator, period=str(year), value=Decimal(value))
        token = f"{area}{indicator}{year}{value}"
        send = partial(observations.submit, who=sender, draft=sent, plan=PLAN, token=token)
        ref = unit_of_work(database, partial(send, now=now))
        unit_of_work(database, partial(review.accept, who=reviewer, ref=ref, plan=PLAN, now=now))


def by(table: pd.DataFrame, *keys: str) -> dict[Any, dict[Any, Any]]:
    """Return the rows of a table by the values of some columns."""
    rows = table.to_dict("records")
    return {tuple(row[key] for key in keys) if len(keys) > 1 else row[keys[0]]: row for row in rows}


@pytest.fixture
def people(coordinator: Identity, reviewer: Identity) -> tuple[Identity, Identity]:
    """Give a coordinator who may send for every State, and a reviewer."""
    everywhere = tuple(replace(held, areas=None) for held in coordinator.grants)
    return replace(coordinator, grants=everywhere), reviewer


def picture(database: Engine, *, as_of: datetime | None = None) -> views.Picture:
    """Return the tiny plan as known at a moment."""
    with reading(database) as session:
        return views.picture(session, PLAN, as_of=as_of, today=LATER + timedelta(days=1))


@pytest.fixture
def found(database: Engine, people: tuple[Identity, Identity]) -> views.Picture:
    """Give the tiny plan with the reports above."""
    accept(database, people, *REPORTS, now=NOON)
    return picture(database)


def test_a_move_is_towards_the_target_whichever_way_that_is(found: views.Picture) -> None:
    moves = scorecards.moves(found).set_index(["area", "indicator"])["move"].to_dict()
    assert moves == {
        ("KEN", PERCENT): "better",  # 55 to 62.5, up is better
        ("KEN", CASES): "better",  # 30 to 12, down is better
        ("KEN", CONTEXT): "rising",  # neither is better
        ("UGA", PERCENT): "worse",
    }  # one report alone says nothing: Kenya's level, Namibia


def test_every_state_has_a_cell_and_the_silent_ones_are_told(found: views.Picture) -> None:
    cells = scorecards.of_states(found, [PERCENT, LEVEL], ["KEN", "NAM", "UGA", "FRA"])
    told = by(cells, "row", "column")
    assert len(cells) == 8
    kenya = told["KEN", PERCENT]
    assert (kenya["status"], kenya["value"], kenya["year"]) == ("moderate", 62.5, 2024.0)
    assert (kenya["move"], kenya["confidence"]) == ("better", "medium")  # three points
    france = told["FRA", PERCENT]
    assert (france["status"], france["n"], france["expected"]) == ("no_data", 0, 1)
    assert france["move"] == france["confidence"] == ""


def test_rows_are_summed_up_without_what_is_for_context(found: views.Picture) -> None:
    cells = scorecards.of_states(found, [PERCENT, CASES, LEVEL, CONTEXT], ["KEN", "FRA"])
    sums = by(scorecards.summary(cells, {CONTEXT}), "row")
    kenya = sums["KEN"]
    # Percent is moderate, cases fell 18 of 20 in 4 of 10 years, the level has not moved.
    assert (kenya["n"], kenya["expected"], kenya["assessed"], kenya["good"]) == (3, 3, 3, 1)
    assert kenya["coverage"] == 1.0
    assert kenya["share"] == pytest.approx(1 / 3)
    france = sums["FRA"]
    assert (france["n"], france["expected"], france["assessed"]) == (0, 3, 0)
    assert france["share"] != france["share"]  # missing, never zero


def test_an_objective_counts_its_series_and_gives_no_status_of_its_own(
    found: views.Picture,
) -> None:
    codes = [PERCENT, CASES, LEVEL]
    cells = scorecards.of_objectives(found, codes, ["KEN"], are_groups=False)
    assert cells.set_index("status")["count"].to_dict() == {
        "on_track": 1,
        "moderate": 1,
        "not_started": 1,
    }
    assert set(zip(cells["n"], cells["expected"], strict=True)) == {(3, 3)}
    assert set(zip(cells["better"], cells["worse"], strict=True)) == {(2, 0)}


def test_a_region_counts_the_series_of_its_states_with_n_of_n(found: views.Picture) -> None:
    cells = scorecards.of_objectives(found, [PERCENT], ["M49-002"], are_groups=True)
    assert set(zip(cells["n"], cells["expected"], strict=True)) == {(3, 3)}  # one each
    assert cells["count"].sum() == 3
    assert set(zip(cells["better"], cells["worse"], strict=True)) == {(1, 1)}


def test_an_aggregate_comes_with_the_states_behind_it(found: views.Picture) -> None:
    cells = by(scorecards.of_groups(found, [PERCENT, LEVEL], ["M49-002"]), "column")
    assert (cells[PERCENT]["value"], cells[PERCENT]["year"]) == (56.25, 2024.0)
    # The same two States in 2020 and 2024: median of 55 and 60, then of 62.5 and 50.
    assert (cells[PERCENT]["n"], cells[PERCENT]["expected"]) == (2, 3)
    assert cells[PERCENT]["move"] == "worse"  # 57.5 to 56.25
    level = cells[LEVEL]  # one of three States: no aggregate, and the one is counted
    assert (level["status"], level["n"], level["expected"]) == ("insufficient_data", 1, 3)


def test_who_left_a_group_is_not_counted_in_it(found: views.Picture) -> None:
    assert scorecards.members(found, "EAC") == {"KEN"}  # Uganda left in 2020


def test_indicators_are_found_by_objective_tier_and_measure(found: views.Picture) -> None:
    assert scorecards.indicators(found, objective="A") == [PERCENT, CASES, LEVEL]
    assert scorecards.indicators(found, measures={"A.2"}) == [PERCENT, LEVEL]
    assert scorecards.indicators(found, objective="B", measures={"A.2"}) == []


def test_what_changed_is_told_by_its_kind(
    database: Engine, people: tuple[Identity, Identity], found: views.Picture
) -> None:
    accept(
        database,
        people,
        ("KEN", PERCENT, 2025, "85"),  # newer: 45 of 50 in 10 of 15 years, on track
        ("UGA", PERCENT, 2024, "58"),  # corrected, still falling
        ("FRA", LEVEL, 2024, "3"),  # first
        now=LATER,
    )
    changes = by(scorecards.changes(picture(database), found), "area", "indicator")
    assert {key: row["what"] for key, row in changes.items()} == {
        ("KEN", PERCENT): "newer",
        ("UGA", PERCENT): "corrected",
        ("FRA", LEVEL): "first",
    }
    kenya = changes["KEN", PERCENT]
    assert (kenya["before"], kenya["after"], kenya["turn"]) == ("moderate", "on_track", "better")
    assert changes["FRA", LEVEL]["turn"] == ""  # from no verdict to one is no turn


def test_nothing_changes_between_a_state_and_itself(found: views.Picture) -> None:
    assert scorecards.changes(found, found).empty


def test_the_present_is_compared_with_the_last_snapshot_or_with_a_year_ago(
    database: Engine, evaluator: Identity, found: views.Picture
) -> None:
    with reading(database) as session:
        assert scorecards.since(session, PLAN, moment=LATER).moment == datetime(
            LATER.year - 1, LATER.month, LATER.day, 23, 59, 59, 999_999, tzinfo=UTC
        )
    take = partial(snapshots.take, who=evaluator, plan=PLAN, name="Spring", now=NOON)
    taken = unit_of_work(database, lambda session: take(session).id)
    with reading(database) as session:
        since = scorecards.since(session, PLAN, moment=LATER)
        assert since == scorecards.Since(NOON, "Spring", taken)
        assert scorecards.since(session, PLAN, moment=NOON).snapshot == ""


def test_a_sealed_round_is_what_the_present_is_compared_with(
    database: Engine, person: Callable[[str], Identity]
) -> None:
    office = person("secretariat")

    def seal(session: Session) -> None:
        code = tiny_rounds.opened(session, office)
        rounds.close(session, office, code, token="c", now=NOON)
        rounds.seal(session, office, code, token="s", now=NOON)

    unit_of_work(database, seal)
    with reading(database) as session:
        since = scorecards.since(session, PLAN, moment=LATER)
    assert (since.moment, since.round) == (NOON, "Round of 2024")


def test_a_leap_day_has_a_year_before_it(database: Engine) -> None:
    with reading(database) as session:
        back = scorecards.since(session, PLAN, moment=datetime(2028, 2, 29, tzinfo=UTC))
    assert back.moment.date().isoformat() == "2027-02-28"


def test_states_are_named_in_the_readers_language_or_in_english(database: Engine) -> None:
    with reading(database) as session:
        names = scorecards.names(session, "fr")
        assert session.get(ReferenceArea, 516) is not None
    assert names["NAM"] == "Namibie"
    assert names["UGA"] == "Uganda"  # no French name is known
    assert "M49-002" not in names


def test_a_record_without_any_figure_has_cells_all_the_same(database: Engine) -> None:
    empty = picture(database)
    cells = scorecards.of_states(empty, [PERCENT, TREATY], ["KEN"])
    assert cells["status"].tolist() == ["no_data", "no_data"]
    many = scorecards.of_objectives(empty, [PERCENT], ["M49-001"], are_groups=True)
    assert set(zip(many["n"], many["expected"], strict=True)) == {(0, 4)}
    groups = scorecards.of_groups(empty, [PERCENT], ["M49-002"])
    assert groups[["status", "n", "expected"]].to_dict("records") == [
        {"status": "no_data", "n": 0, "expected": 3}
    ]
    assert scorecards.changes(empty, empty).empty
