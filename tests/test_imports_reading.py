"""Tables of every kind are read as they are; hostile files end in one sentence."""

import json
import time
import tracemalloc

import pytest

from dashboard.exchange import reading
from dashboard.exchange.reading import numbers, periods
from dashboard.exchange.reading.sheets import Kind, Sheet, Unreadable
from tests import messy

ROWS = (
    ("area", "year", "value"),
    ("Côte d'Ivoire", 2023, 61.5),
    ("Kenya", 2024, 60),
)
NAMES = frozenset({"côte d'ivoire", "кения", "كينيا"})


def cells(sheet: Sheet) -> list[list[str]]:
    return [[column.text(row) for column in sheet.columns] for row in range(sheet.height)]


def only(data: bytes) -> Sheet:
    (sheet,) = reading.read(data, known=NAMES).sheets
    return sheet


SHEET = "xl/worksheets/sheet1.xml"
AS_TEXT = [["area", "year", "value"], ["Côte d'Ivoire", "2023", "61.5"], ["Kenya", "2024", "60"]]
FILES = {
    "xlsx": messy.xlsx({"Data": ROWS}),
    "xls": messy.xls(ROWS),
    "ods": messy.ods(ROWS),
    "utf-8": messy.csv(ROWS).encode(),
    "utf-8 with mark": messy.csv(ROWS).encode("utf-8-sig"),
    "utf-16": messy.csv(ROWS, "\t").encode("utf-16"),
    "utf-16 without mark": messy.csv(ROWS, ";").encode("utf-16-le"),
    "cp1252": messy.csv(ROWS, ";").encode("cp1252"),
    "sep line": ("sep=|\n" + messy.csv(ROWS, "|")).encode(),
    "json": json.dumps([dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]).encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_a_table_reads_the_same_from_every_kind_of_file(name: str) -> None:
    assert cells(only(FILES[name])) == AS_TEXT


@pytest.mark.parametrize(
    ("encoding", "word"),
    [("cp1251", "Кения"), ("cp1256", "كينيا"), ("koi8-r", "Кения"), ("cp866", "Кения")],
)
def test_an_encoding_is_known_by_the_names_it_makes(encoding: str, word: str) -> None:
    book = reading.read(f"area,value\n{word},5\n".encode(encoding), known=NAMES)
    assert cells(book.sheets[0])[1][0] == word
    assert [remark.fault for remark in book.remarks] == ["encoding"]


def test_a_share_shown_as_per_cent_is_read_as_it_was_shown() -> None:
    rows = (("value",), (0.615,), (0.615,))
    for data in (
        messy.xlsx({"A": rows}, A2="0.0%"),
        messy.xls(rows, percent=[(1, 0)]),
        messy.ods(rows, percent=[(1, 0)]),
    ):
        column = only(data).columns[0]
        found = [(column.text(row), column.kinds[column.codes[row]]) for row in (1, 2)]
        assert found == [("61.5", Kind.PERCENT), ("0.615", Kind.NUMBER)]


def test_errors_and_formulas_without_a_result_are_no_blanks() -> None:
    data = messy.xlsx({"A": (("value",), ("=1/0",), (5,), ("=B1+1",))})
    error = '<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    data = messy.changed(data, SHEET, '<c r="A2"><f>1/0</f><v></v></c>', error)
    column = only(data).columns[0]
    kinds = [column.kinds[code] for code in column.codes]
    assert kinds == [Kind.TEXT, Kind.ERROR, Kind.NUMBER, Kind.UNCOUNTED]
    assert column.text(1) == "#DIV/0!"


def test_hiding_and_merging_are_seen() -> None:
    book = messy.workbook({"A": (("area", "value"), ("Kenya", 1), (None, 2)), "B": ((1,),)})
    sheet = book.worksheets[0]
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.merge_cells("A2:A3")
    book.worksheets[1].sheet_state = "hidden"
    first, second = reading.read(messy.saved(book)).sheets
    assert (set(first.hidden_rows), set(first.hidden_columns)) == ({3}, {2})
    assert first.merged == ((2, 1, 3, 1),)
    assert second.is_hidden


def test_days_and_truth_values_stay_what_they_are() -> None:
    from datetime import date

    column = only(messy.xlsx({"A": (("v",), (date(2024, 1, 2),), (True,))})).columns[0]
    assert [column.kinds[code] for code in column.codes] == [Kind.TEXT, Kind.DATE, Kind.BOOLEAN]
    assert column.text(1) == "2024-01-02"


# Hostile files ---------------------------------------------------------------------------------

PLAIN = messy.xlsx({"A": ROWS})
HOSTILE = {
    "empty": (b"", "empty"),
    "blank": (b" \r\n\t ", "empty"),
    "bomb": (messy.with_part(PLAIN, "xl/media/a.bin", bytes(120_000_000)), "bomb"),
    "entities": (
        messy.changed(PLAIN, SHEET, "<worksheet", "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet"),
        "entities",
    ),
    "nested": (messy.with_part(PLAIN, "xl/embeddings/more.zip", PLAIN), "nested"),
    "password": (messy.locked(), "password"),
    "truncated": (PLAIN[: len(PLAIN) // 2], "damaged"),
    "pdf": (b"%PDF-1.7 and so on", "form"),
    "page": (b"<html><table><tr><td>1</td></tr></table></html>", "form"),
    "binary": (bytes(range(256)) * 20, "form"),
    "other zip": (messy.with_part(b"", "a.txt", b"x"), "form"),
    "open quote": (b'area,value\nKEN,"5\n' + b"UGA,6\n" * 20_000, "quotes"),
    "no list": (b'{"a": 1}', "form"),
    "deep json": (b"[" * 100_000, "form"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_one_sentence(name: str) -> None:
    data, fault = HOSTILE[name]
    with pytest.raises(Unreadable) as refusal:
        reading.read(data)
    assert refusal.value.fault == fault
    assert refusal.value.message.endswith(".")
    assert refusal.value.remedy.endswith(".")


def test_a_used_range_to_the_last_cell_costs_nothing() -> None:
    last = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    data = messy.changed(PLAIN, SHEET, "</sheetData>", last)
    tracemalloc.start()
    start = time.process_time()
    with pytest.raises(Unreadable) as refusal:
        reading.read(data)
    spent, (_now, peak) = time.process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refusal.value.fault == "used range"
    assert peak < 100_000_000
    assert spent < 5


def test_macros_are_never_run_and_said() -> None:
    book = reading.read(messy.with_part(PLAIN, "xl/vbaProject.bin", b"\x00"))
    assert book.form == "xlsm"
    assert [(remark.fault, remark.is_hint) for remark in book.remarks] == [("macros", True)]


# Numbers and periods ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        *(("60", "60", ""), ("<5", "5", "<"), ("> 95", "95", ">"), ("−5", "-5", "")),
        *(("١٢٫٥", "12.5", ""), ("61.5%", "61.5", ""), (".5", "0.5", ""), ("0.123", "0.123", "")),
    ],
)
def test_a_plain_number_is_read_without_a_doubt(text: str, value: str, sign: str) -> None:
    found = numbers.read(text)
    assert (found.value, found.qualifier, found.doubts) == (value, sign, ())


@pytest.mark.parametrize(
    ("text", "value", "doubt"),
    [
        ("1 234", "1234", "thousands"),
        ("1\u00a0234,5", "1234.5", "thousands"),
        ("1,234,567", "1234567", "thousands"),
        ("12,34,567", "1234567", "thousands"),
        ("1.234.567,8", "1234567.8", "thousands"),
        ("1,5", "1.5", "decimal comma"),
        ("12*", "12", "footnote"),
        ("45 (a)", "45", "footnote"),
        ("60 ", "60", "space"),
        ("1.234", None, "ambiguous"),
        ("1,234", None, "ambiguous"),
        ("n/a", None, "no value"),
        ("..", None, "no value"),
        ("-", None, "nil"),
        ("nil", None, "nil"),
        ("10-12", None, "range"),
        ("<=5", None, "bound or equal"),
        ("over 50", None, "bound in words"),
        ("~50", None, "approximate"),
        ("(12)", None, "brackets"),
        ("12 victims", None, "unit in value"),
        ("=SUM(A1)", None, "formula"),
        ("#DIV/0!", None, "spreadsheet error"),
        ("2024-01-02", None, "date in value"),
        ("many", None, "text"),
    ],
)
def test_a_doubtful_number_is_never_guessed(text: str, value: str | None, doubt: str) -> None:
    found = numbers.read(text)
    assert (found.value, found.doubts) == (value, (doubt,))


def test_the_rest_of_a_column_says_what_a_point_means() -> None:
    def point(*texts: str) -> str:
        return numbers.point((text, Kind.TEXT) for text in texts)

    assert point("13.8", "1.234") == "."
    assert point("13,8", "1.234") == ","
    assert point("1.234", "2.345") == ""
    assert point("13,8", "13.8") == "?"
    assert numbers.read("1.234", point=".").value == "1.234"
    assert numbers.read("1.234", point=",").value == "1234"


@pytest.mark.parametrize(
    ("text", "period"),
    [
        *(("2024", "2024"), ("2024.0", "2024"), ("Q1 2024", "2024-Q1"), ("07/2024", "2024-07")),
        *(("juillet 2024", "2024-07"), ("31/12/2024", "2024-12-31"), ("٢٠٢٤", "2024")),
        *(("2024 г.", "2024"), ("H2 2024", "2024-S2"), ("2020-2023", "2020/P4Y")),
        *(("2023/24", None), ("03/04/2024", None), ("24", None), ("next", None)),
    ],
)
def test_a_period_is_read_as_people_write_it(text: str, period: str | None) -> None:
    assert periods.read(text).period == period
