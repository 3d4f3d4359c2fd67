"""The X-ray before sending, and what is typed into a grid: kept, looked at, sent, never lost."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session

from dashboard.exchange.reading.faults import Severity
from dashboard.services import drafts, evidence, observations, review, xray
from dashboard.services.drafts import Cell
from models import TOTAL, BadInput, Identity, NotAllowed
from tests.tiny import CASES, CONTEXT, LEVEL, NOON, PERCENT, PLAN, draft

CELL = Cell(PERCENT, "2025", TOTAL)
GOOD = {"value": "62,5", "source": "Annual report, 2026"}


def keep(session: Session, who: Identity, cells: dict[Cell, Any], **changes: Any) -> None:
    usual: dict[str, Any] = {"window": "one", "since": NOON, "now": NOON}
    drafts.keep_cells(session, who, cells, plan=PLAN, area="KEN", **(usual | changes))


def look(session: Session, who: Identity, cells: dict[Cell, Any]) -> xray.Seen:
    return xray.look(session, who, cells, plan=PLAN, area="KEN", now=NOON)


def send(session: Session, who: Identity, cells: list[Cell], **changes: Any) -> xray.Sent:
    usual: dict[str, Any] = {"answers": {}, "is_confirmed": False, "token": "t", "now": NOON}
    told = usual | changes
    return xray.send(session, who, cells, told.pop("answers"), plan=PLAN, area="KEN", **told)


def accepted(session: Session, coordinator: Identity, reviewer: Identity, **fields: Any) -> None:
    one = draft(**fields)
    ref = observations.submit(
        session, coordinator, one, plan=PLAN, token=f"{one.indicator}{one.period}", now=NOON
    )
    review.accept(session, reviewer, ref, plan=PLAN, now=NOON)


def test_what_is_typed_with_a_decimal_comma_is_read_and_sent(
    session: Session, coordinator: Identity
) -> None:
    keep(session, coordinator, {CELL: GOOD})
    sent = send(session, coordinator, [CELL])
    assert dict(sent.refs) == {CELL: "KEN-1"}
    assert drafts.cells(session, coordinator, plan=PLAN, area="KEN") == {}
    newest = xray.newest_rows(session, 404, PLAN, [PERCENT])
    assert newest[CELL]["value"] == "62.5"


def test_an_error_stands_at_its_cell_and_field(session: Session, coordinator: Identity) -> None:
    seen = look(
        session,
        coordinator,
        {
            CELL: {"value": "162.5"},
            Cell(LEVEL, "2025", TOTAL): {"value": "3", "source": "Decree 12"},
            Cell(CONTEXT, "2025", TOTAL): {"status": "L"},
        },
    )
    errors = {(one.cell.indicator, one.name, one.field) for one in seen.of(Severity.ERROR)}
    assert errors == {
        (PERCENT, "above the limit", "value"),
        (PERCENT, "no source", "source"),
        (CONTEXT, "no reason", "status"),
    }
    assert [cell.indicator for cell in seen.drafts] == [LEVEL]


def test_an_error_keeps_its_own_cell_back_and_no_other(
    session: Session, coordinator: Identity
) -> None:
    level = Cell(LEVEL, "2025", TOTAL)
    keep(session, coordinator, {CELL: {"value": "162"}, level: {"value": "3", "source": "Decree"}})
    sent = send(session, coordinator, [CELL, level])
    assert list(sent.refs) == [level]
    assert list(drafts.cells(session, coordinator, plan=PLAN, area="KEN")) == [CELL]


def test_a_far_value_waits_for_a_word_which_goes_along_to_the_reviewer(
    session: Session, coordinator: Identity, reviewer: Identity
) -> None:
    accepted(session, coordinator, reviewer, period="2024", value=Decimal(20))
    keep(session, coordinator, {CELL: GOOD})
    typed = drafts.cells(session, coordinator, plan=PLAN, area="KEN")
    (warning,) = look(session, coordinator, typed).of(Severity.WARNING)
    assert warning.name == "large change"
    with pytest.raises(BadInput, match="far from 20"):
        send(session, coordinator, [CELL])
    send(session, coordinator, [CELL], answers={warning.key: "New register"})
    row = xray.newest_rows(session, 404, PLAN, [PERCENT])[CELL]
    assert str(row["comment"]).endswith("– New register")


def test_names_of_people_are_asked_about(session: Session, coordinator: Identity) -> None:
    typed = {CELL: GOOD | {"note": "The victim Jane Doe was assisted"}}
    names = [one.name for one in look(session, coordinator, typed).of(Severity.WARNING)]
    assert names == ["personal data"]


def test_parts_by_sex_are_held_against_the_total(session: Session, coordinator: Identity) -> None:
    typed = {
        Cell(CASES, "2025", TOTAL): {"value": "10", "source": "Register"},
        Cell(CASES, "2025", "sex=female"): {"value": "9", "source": "Register"},
        Cell(CASES, "2025", "sex=male"): {"value": "6", "source": "Register"},
    }
    (warning,) = look(session, coordinator, typed).of(Severity.WARNING)
    assert (warning.name, warning.cell.cell) == ("split", TOTAL)


def test_a_numerator_above_its_denominator_blocks(session: Session, coordinator: Identity) -> None:
    typed = {CELL: GOOD | {"value": "50", "numerator": "1", "denominator": "4"}}
    assert [one.name for one in look(session, coordinator, typed).of(Severity.ERROR)] == [
        "not the fraction"
    ]


def test_ten_clicks_with_one_token_store_one_row(session: Session, coordinator: Identity) -> None:
    keep(session, coordinator, {CELL: GOOD})
    answers = [send(session, coordinator, [CELL]) for _click in range(10)]
    assert {tuple(one.refs.values()) for one in answers} == {("KEN-1",)}
    assert len(xray.newest_rows(session, 404, PLAN, [PERCENT])) == 1


def test_a_figure_sent_meanwhile_is_neither_lost_nor_overwritten(
    session: Session, coordinator: Identity
) -> None:
    keep(session, coordinator, {CELL: GOOD | {"seen": 0}})
    observations.submit(
        session,
        coordinator,
        draft(period="2025", value=Decimal(40)),
        plan=PLAN,
        token="o",
        now=NOON,
    )
    sent = send(session, coordinator, [CELL])
    assert (dict(sent.refs), sent.clashes) == ({}, (CELL,))
    typed = drafts.cells(session, coordinator, plan=PLAN, area="KEN")
    (clash,) = xray.clashes(session, typed, plan=PLAN, area="KEN")
    assert (clash.ref, clash.theirs["value"]) == ("KEN-1", "40")

    xray.keep_mine(session, coordinator, clash, plan=PLAN, area="KEN", window="one", now=NOON)
    again = send(session, coordinator, [CELL], token="u", is_confirmed=True)
    assert dict(again.refs) == {CELL: "KEN-2"}


def test_two_windows_of_one_person_keep_both_figures(
    session: Session, coordinator: Identity
) -> None:
    later = NOON + timedelta(minutes=1)
    keep(session, coordinator, {CELL: {"value": "1"}}, now=later)
    keep(session, coordinator, {CELL: {"value": "2"}}, window="two", now=later)
    content = drafts.cells(session, coordinator, plan=PLAN, area="KEN")[CELL]
    assert (content["value"], content["other"]) == ("2", {"value": "1"})


def test_two_windows_that_type_into_different_cells_do_not_touch_each_other(
    session: Session, coordinator: Identity
) -> None:
    keep(session, coordinator, {CELL: {"value": "1"}})
    keep(session, coordinator, {Cell(LEVEL, "2025", TOTAL): {"value": "2"}}, window="two")
    kept = drafts.cells(session, coordinator, plan=PLAN, area="KEN")
    assert [content["value"] for content in kept.values()] == ["1", "2"]
    assert all("other" not in content for content in kept.values())


def test_evidence_of_the_library_is_named_and_noted_as_used(
    session: Session, coordinator: Identity
) -> None:
    number = evidence.add(
        session,
        coordinator,
        "KEN",
        {"title": "Annual report"},
        "https://example.org/report.pdf",
        plan=PLAN,
        token="e",
        now=NOON,
    )
    lost = look(session, coordinator, {CELL: GOOD | {"evidence": "KEN-E9"}})
    assert [one.name for one in lost.of(Severity.ERROR)] == ["no such evidence"]
    keep(session, coordinator, {CELL: GOOD | {"evidence": f"ken-e{number}"}})
    sent = send(session, coordinator, [CELL])
    table = evidence.library(session, coordinator, "KEN", plan=PLAN, today=NOON.date())
    assert (list(sent.refs.values()), table["uses"].tolist()) == (["KEN-1"], [1])


def test_nobody_types_or_looks_for_an_area_that_is_not_theirs(
    session: Session, neighbour: Identity
) -> None:
    with pytest.raises(NotAllowed):
        keep(session, neighbour, {CELL: GOOD})
    names = [one.name for one in look(session, neighbour, {CELL: GOOD}).of(Severity.ERROR)]
    assert names == ["not yours"]


def parts(total: str = "", **sexes: str) -> dict[Cell, Any]:
    cells = {f"sex={code}": value for code, value in sexes.items()}
    if total:
        cells[TOTAL] = total
    return {
        Cell(CASES, "2024", cell): {"value": value, "source": "Register"}
        for cell, value in cells.items()
    }


def splits(seen: xray.Seen) -> list[tuple[str, str]]:
    return [(one.cell.cell, one.name) for one in seen.findings if one.name == "split"]


def test_a_part_typed_is_held_against_the_total_and_the_parts_of_the_record(
    session: Session, coordinator: Identity, reviewer: Identity
) -> None:
    for cell, value in ((TOTAL, "30"), ("sex=female", "20")):
        one = draft(indicator=CASES, cell=cell, value=value)
        observations.submit(session, coordinator, one, plan=PLAN, token=cell, now=NOON)
    assert splits(look(session, coordinator, parts(male="10"))) == []
    seen = look(session, coordinator, parts(male="11"))
    assert splits(seen) == [("sex=male", "split")]
    (said,) = [one.message for one in seen.findings if one.name == "split"]
    assert "make 31, and the total is 30" in said
    assert splits(look(session, coordinator, parts(total="19"))) == [(TOTAL, "split")]
    assert splits(look(session, coordinator, parts(total="25"))) == []  # the other part is unknown


def test_a_returned_figure_has_no_say(
    session: Session, coordinator: Identity, reviewer: Identity
) -> None:
    one = draft(indicator=CASES, cell=TOTAL, value="5")
    ref = observations.submit(session, coordinator, one, plan=PLAN, token="a", now=NOON)
    assert splits(look(session, coordinator, parts(male="11"))) == [("sex=male", "split")]
    review.send_back(session, reviewer, ref, plan=PLAN, note="which?", now=NOON)
    assert splits(look(session, coordinator, parts(male="11"))) == []


def test_a_numerator_typed_is_held_against_the_denominator_of_the_record(
    session: Session, coordinator: Identity
) -> None:
    one = draft(value="50", numerator="5", denominator="10")
    observations.submit(session, coordinator, one, plan=PLAN, token="a", now=NOON)
    cell = Cell(PERCENT, "2024", TOTAL)
    for top, found in (("9", []), ("11", ["fraction"])):
        seen = look(session, coordinator, {cell: {**GOOD, "numerator": top}})
        assert [one.name for one in seen.findings if one.name == "fraction"] == found
