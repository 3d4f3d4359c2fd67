"""A workbook goes out, is filled in without a network, and comes back as one piece."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from sqlalchemy.engine import Engine
from sqlmodel import select

from dashboard import i18n
from dashboard.exchange import reading as files
from dashboard.services import batches, imports, texts, views, workbooks
from models import (
    Identity,
    MeasureUpdate,
    NotAllowed,
    Observation,
    ReviewState,
    reading,
    writing,
)
from tests import rounds
from tests.tiny import CASES, LEVEL, NOON, PERCENT, PLAN, TREATY

Fill = Callable[[openpyxl.Workbook], None]


def make(engine: Engine, who: Identity, area: str = "KEN", period: str = "2025") -> bytes:
    with reading(engine) as session:
        found = views.picture(session, PLAN, today=NOON)
        words = texts.load(session, PLAN)
        return workbooks.make(session, who, found, words, area=area, period=period, now=NOON)


def filled(data: bytes, fill: Fill) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    fill(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def look(engine: Engine, who: Identity, data: bytes) -> imports.Looked:
    return imports.looking(engine, who, data, plan=PLAN, name="filled.xlsx", now=NOON)


def take(engine: Engine, who: Identity, looked: imports.Looked) -> imports.Taken:
    return imports.take(engine, who, looked, is_confirmed=True, partly=False, now=NOON)


def put(sheet: Any, code: str, **cells: Any) -> None:
    """Write into the first row of a code, by the headers of its columns."""
    heads = [cell.value for cell in sheet[5]]
    line = next(row for row in range(6, sheet.max_row + 1) if sheet.cell(row, 1).value == code)
    for name, value in cells.items():
        sheet.cell(line, heads.index(name.replace("_", " ")) + 1).value = value


def figures(book: openpyxl.Workbook) -> None:
    put(book["Figures"], PERCENT, Value=61.5, Source="Ministry, 2025")
    put(book["Figures"], CASES, Value="<5", Source="Ministry, 2025")
    put(book["Figures"], LEVEL, Status="L: missing; data exist but were not collected")


def test_the_same_form_gives_the_same_bytes(database: Engine, coordinator: Identity) -> None:
    assert make(database, coordinator) == make(database, coordinator)


def test_what_is_asked_stands_locked_beside_open_cells(
    database: Engine, coordinator: Identity
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(make(database, coordinator)))
    states = {sheet.title: sheet.sheet_state for sheet in book.worksheets}
    assert states == {
        "Guidance": "visible",
        "Figures": "visible",
        "Measures": "visible",
        "_lists": "veryHidden",
        "_meta": "veryHidden",
    }
    sheet = book["Figures"]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    heads = [cell.value for cell in sheet[5]]
    codes = [sheet.cell(row, 1).value for row in range(6, sheet.max_row + 1)]
    assert TREATY not in codes  # it is loaded centrally
    assert codes.count(CASES) == 3  # the total, women, men
    assert sheet.cell(6, 1).protection.locked
    assert not sheet.cell(6, heads.index("Value") + 1).protection.locked
    levels = next(row for row in range(6, sheet.max_row + 1) if sheet.cell(row, 1).value == LEVEL)
    assert sheet.cell(levels, heads.index("What each level means") + 1).value.startswith("0  None")
    assert len(sheet.data_validations.dataValidation) >= 4


def test_an_empty_workbook_changes_nothing_and_has_no_fault_of_its_own(
    database: Engine, coordinator: Identity
) -> None:
    looked = look(database, coordinator, make(database, coordinator))
    assert {fault.name for fault in looked.faults} <= {"no rows"}
    assert looked.sendable == 0


def test_a_filled_workbook_is_read_without_a_fault_and_recorded_once(
    engine: Engine, coordinator: Identity
) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        put(book["Figures"], PERCENT, Value=61.5, Source="Ministry, 2025")
        put(book["Figures"], CASES, Value="<5", Source="Ministry, 2025")
        put(book["Figures"], LEVEL, Value=3, Source="Ministry, 2025")
        put(
            book["Measures"],
            "A.1",
            State_of_the_measure="planned",
            Next_step="hire",
            Amount_needed=250000.5,
            Amount_committed=" 1 000 ",
        )
        heads = [cell.value for cell in book["Measures"][5]]
        book["Measures"].cell(6, heads.index("As at (day)") + 1).value = date(2026, 3, 1)
        book["Measures"].cell(6, heads.index("Currency (such as USD)") + 1).value = "kes"

    data = filled(make(engine, coordinator), fill)
    looked = look(engine, coordinator, data)
    assert [fault.name for fault in looked.faults] == ["reports sent too"], looked.faults
    assert (looked.counts["new"], len(looked.reports)) == (3, 1)
    assert take(engine, coordinator, looked).recorded == 4
    again = look(engine, coordinator, data)
    assert (again.sendable, again.counts["unchanged"]) == (0, 3)
    assert take(engine, coordinator, again) == imports.Taken("", 0)
    with reading(engine) as session:
        rows = session.exec(select(Observation)).all()
        assert sorted(f"{row.qualifier}{row.value}" for row in rows) == ["3", "61.5", "<5"]
        (report,) = session.exec(select(MeasureUpdate)).all()
        assert (report.implementation, report.next_step) == ("planned", "hire")
        amounts = (report.resources_needed, report.resources_committed, report.currency)
        assert amounts == (Decimal("250000.5"), Decimal("1000"), "KES")
        (batch,) = batches.listing(session, coordinator, plan=PLAN)
        assert report.batch_id == batch.id
        assert {state.state for state in session.exec(select(ReviewState))} == {"submitted"}


def test_grey_cells_that_were_changed_are_said_and_keep_their_row_out(
    database: Engine, coordinator: Identity
) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        put(book["Figures"], PERCENT, Value=61.5, Source="Ministry", Period="2024")
        put(book["Figures"], LEVEL, Value=9, Source="Ministry")

    looked = look(database, coordinator, filled(make(database, coordinator), fill))
    assert [fault.name for fault in looked.faults] == ["template", "above the limit"]
    assert looked.sendable == 0


@pytest.mark.parametrize(
    ("word", "other"), [("period", "2024"), ("area", "UGA"), ("round", "R-2025"), ("column", "x")]
)
def test_a_workbook_that_says_something_else_of_itself_is_refused(
    database: Engine, coordinator: Identity, word: str, other: str
) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        figures(book)
        line = next(row for row in book["_meta"].iter_rows() if row[0].value == word)
        line[1].value = other

    data = filled(make(database, coordinator), fill)
    looked = look(database, coordinator, data)
    assert "tampered" in [fault.name for fault in looked.faults]
    assert looked.sendable == 0
    again = look(database, coordinator, workbooks.mark(data, looked))
    assert "tampered" in [fault.name for fault in again.faults]


def test_a_workbook_of_another_round_says_so(
    database: Engine, coordinator: Identity, person: Callable[[str], Identity]
) -> None:
    with writing(database) as session:
        code = rounds.opened(session, person("secretariat"))
        found = views.picture(session, PLAN, today=NOON)
        words = texts.load(session, PLAN)
        data = workbooks.make(
            session, coordinator, found, words, area="KEN", round_code=code, now=NOON
        )
        session.rollback()

    def fill(book: openpyxl.Workbook) -> None:
        put(book["Figures"], PERCENT, Value=61.5, Source="Ministry")

    looked = look(database, coordinator, filled(data, fill))
    assert [fault.name for fault in looked.faults] == ["other round"]
    assert code in looked.faults[0].message
    assert looked.sendable == 0


def test_a_report_that_lacks_what_it_needs_is_told_with_its_cell(
    database: Engine, coordinator: Identity
) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        put(book["Measures"], "A.1", State_of_the_measure="blocked")

    looked = look(database, coordinator, filled(make(database, coordinator), fill))
    assert {fault.name for fault in looked.faults} == {"report"}, looked.faults
    assert {fault.sheet for fault in looked.faults} == {"Measures"}
    assert looked.sendable == 0


def test_a_workbook_is_right_to_left_where_the_language_is(
    database: Engine, coordinator: Identity
) -> None:
    i18n.speak("ar")
    book = openpyxl.load_workbook(io.BytesIO(make(database, coordinator)))
    i18n.speak("en")
    assert all(sheet.sheet_view.rightToLeft for sheet in book.worksheets[:3])


def test_nobody_takes_the_workbook_of_another_country(
    database: Engine, coordinator: Identity, viewer: Identity
) -> None:
    with pytest.raises(NotAllowed):
        make(database, coordinator, "NAM")
    with pytest.raises(NotAllowed):
        make(database, viewer)


def test_the_marked_copy_names_every_fault_and_can_be_sent_again(
    database: Engine, coordinator: Identity
) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        put(book["Figures"], PERCENT, Value=161.5, Source="Ministry")

    data = filled(make(database, coordinator), fill)
    looked = look(database, coordinator, data)
    copy = workbooks.mark(data, looked)
    assert copy == workbooks.mark(data, looked)
    book = openpyxl.load_workbook(io.BytesIO(copy))
    (fault,) = looked.faults
    assert fault.cell in [cell.value for cell in book["Faults"]["C"]]
    assert "161.5" in book[fault.sheet][fault.cell].comment.text
    put(book["Figures"], PERCENT, Value=61.5)
    target = io.BytesIO()
    book.save(target)
    again = look(database, coordinator, target.getvalue())
    assert again.faults == ()
    assert again.counts["new"] == 1
    assert files.read(target.getvalue()).meta
