"""One indicator, one series, one value: what the pages that show them read."""

from datetime import datetime
from decimal import Decimal

import pytest
from sqlmodel import Session

from dashboard.services import observations, review, series, views
from models import Identity
from models.errors import NotFound
from tests.tiny import CASES, NOON, PERCENT, PLAN, draft

LATER = NOON.replace(hour=15)


def accept(
    session: Session, people: tuple[Identity, Identity], *, now: datetime = NOON, **changes: object
) -> None:
    """Let the coordinator send a figure and the reviewer accept it."""
    coordinator, reviewer = people
    ref = observations.submit(
        session, coordinator, draft(**changes), plan=PLAN, token=str(changes), now=now
    )
    review.accept(session, reviewer, ref, plan=PLAN, now=now)


@pytest.fixture
def people(coordinator: Identity, reviewer: Identity) -> tuple[Identity, Identity]:
    return coordinator, reviewer


def test_the_change_is_from_the_value_before_and_says_when(
    session: Session, people: tuple[Identity, Identity]
) -> None:
    for year, value in ((2015, "40"), (2020, "55"), (2024, "62.5")):
        accept(session, people, indicator=PERCENT, period=str(year), value=Decimal(value))
    table = series.latest(views.picture(session, PLAN, today=NOON), PERCENT).set_index("area")
    own = table.loc["KEN"]
    assert (own["value"], own["previous"], own["previous_year"]) == (62.5, 55.0, 2020.0)
    assert own["change"] == 7.5
    silent = table.loc["FRA"]
    assert silent[["value", "previous", "change"]].isna().all()


def test_a_single_value_has_nothing_to_have_changed_from(
    session: Session, people: tuple[Identity, Identity]
) -> None:
    accept(session, people, indicator=PERCENT, value=Decimal("62.5"))
    table = series.latest(views.picture(session, PLAN, today=NOON), PERCENT).set_index("area")
    assert table.loc["KEN", ["previous", "change"]].isna().all()


def test_a_revision_says_when_and_what_and_never_who(
    session: Session, people: tuple[Identity, Identity]
) -> None:
    accept(session, people, value=Decimal("62.5"))
    accept(session, people, value=Decimal("64"), now=LATER)
    found = views.picture(session, PLAN, today=LATER)
    table = series.revisions(session, found, PERCENT, "KEN")
    assert table["step"].tolist() == ["revised", "first"]
    assert (table["before"].iloc[0], table["value"].iloc[0]) == (62.5, 64.0)
    assert table["by"].unique().tolist() == [""]


def test_a_revision_is_not_known_before_it_was_made(
    session: Session, people: tuple[Identity, Identity]
) -> None:
    accept(session, people, value=Decimal("62.5"))
    accept(session, people, value=Decimal("64"), now=LATER)
    then = views.picture(session, PLAN, as_of=NOON.replace(hour=13), today=LATER)
    assert series.revisions(session, then, PERCENT, "KEN")["step"].tolist() == ["first"]
    assert series.figures(session, then, PERCENT, ("KEN",))["value"].tolist() == [62.5]


def test_what_waits_for_review_is_no_revision_and_no_figure(
    session: Session, people: tuple[Identity, Identity]
) -> None:
    accept(session, people, value=Decimal("62.5"))
    observations.submit(
        session, people[0], draft(value=Decimal("99")), plan=PLAN, token="waits", now=LATER
    )
    found = views.picture(session, PLAN, today=LATER)
    assert series.revisions(session, found, PERCENT, "KEN")["value"].tolist() == [62.5]
    assert series.figures(session, found, PERCENT, ("KEN",))["value"].tolist() == [62.5]


def test_small_parts_are_withheld_and_marked_so(
    session: Session, people: tuple[Identity, Identity]
) -> None:
    for cell, value in (("_T", "40"), ("sex=female", "37"), ("sex=male", "3")):
        accept(session, people, indicator=CASES, cell=cell, value=Decimal(value))
    found = views.picture(session, PLAN, today=NOON)
    table = series.cells(found, CASES, "KEN").set_index("cell")
    # 3 of 40 is small, and the other part would give it away by subtraction
    assert table["is_withheld"].to_dict() == {"sex=female": True, "sex=male": True}
    assert table["value"].isna().all()


def test_a_figure_comes_with_its_source_and_evidence(
    session: Session, people: tuple[Identity, Identity]
) -> None:
    accept(session, people, evidence="https://example.org/report", note="First survey")
    found = views.picture(session, PLAN, today=NOON)
    row = series.figures(session, found, PERCENT, ("KEN",)).iloc[0]
    assert row["evidence"] == "https://example.org/report"
    assert (row["note"], row["source"]) == ("First survey", "Annual report of the Ministry, 2025")


def test_an_unknown_area_is_refused_with_a_sentence(session: Session) -> None:
    found = views.picture(session, PLAN, today=NOON)
    with pytest.raises(NotFound, match="No area has the code"):
        series.figures(session, found, PERCENT, ("ATLANTIS",))
    assert series.cells(found, PERCENT, "ATLANTIS").empty
