"""Tables of observations as people send them: read as they stand, or every fault with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.exchange import sheet

HEADER = "indicator,area,period,value,source"
ROW = "A.1.1,KEN,2024,62.5,Ministry"


def complaints(text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    return [f"{one.where}: {one.message}" for one in sheet.read(data).complaints]


def row(text: str) -> dict[str, str]:
    found = sheet.read(text.encode())
    assert found.complaints == ()
    ((_, first), *_) = found.rows
    return first


def test_a_plain_file_is_read_as_it_stands() -> None:
    assert row(f"{HEADER}\n{ROW}\n") == {
        "indicator": "A.1.1",
        "area": "KEN",
        "period": "2024",
        "value": "62.5",
        "source": "Ministry",
    }


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{HEADER}\r\n{ROW}\r\n",
        f"{HEADER}\n{ROW}\n".replace(",", ";"),
        f"{HEADER}\n{ROW}\n".replace(",", "\t"),
        f"Indicator, AREA ,Period,Value,Source\n{ROW.replace(',', ' , ')}\n\n,,,,\n",
        'indicator,area,year,value,source\n"A.1.1","KEN",2024,62.5,"Ministry"',
    ],
)
def test_marks_separators_capitals_spaces_and_empty_lines_do_not_matter(text: str) -> None:
    assert row(text)["value"] == "62.5"
    assert row(text)["period"] == "2024"
    assert row(text)["source"] == "Ministry"


def test_our_own_columns_that_only_repeat_are_passed_over() -> None:
    text = "indicator,area,m49,period,year,value,source,revision,is_illustrative\n"
    assert row(text + "A.1.1,KEN,404,2024,2024,62.5,Ministry,17,false\n") == row(
        f"{HEADER}\n{ROW}\n"
    )


def test_a_bound_in_the_value_is_a_qualifier() -> None:
    found = row(f"{HEADER}\nA.1.1,KEN,2024,<5,Ministry\n")
    assert (found["qualifier"], found["value"]) == ("<", "5")


def test_text_with_commas_quotes_and_line_breaks_is_one_cell() -> None:
    assert row(f'{HEADER}\nA.1.1,KEN,2024,1,"a, ""b""\nc"\n')["source"] == 'a, "b"\nc'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "file: is empty"),
        ("  \n", "file: is empty"),
        (HEADER, "file: has no row below its first line"),
        ("indicator,area,value\nA,KEN,1\n", "column period: is missing"),
        ("indicator,area,period\nA,KEN,1\n", "column value: is missing"),
        (f"{HEADER},valeu\n{ROW},1\n", "column valeu: is not known"),
        (f"{HEADER},value\n{ROW},1\n", "column value: stands there twice"),
        (f"{HEADER}\n{ROW},more\n", "line 2: has 6 cells, the first line has 5"),
        (f'{HEADER}\nA.1.1,KEN,2024,1,"open\n', "file: is no table"),
        (f"{HEADER}\nA.1.1,KEN,2024,=1+1,x\n", "line 2, value: '=1+1' is a formula"),
        (f"{HEADER}\nA.1.1,KEN,2024,#DIV/0!,x\n", "line 2, value: '#DIV/0!' is an error"),
        (f"{HEADER}\nA.1.1,KEN,2024,61.5%,x\n", "line 2, value: '61.5%': write the number"),
        (f'{HEADER}\nA.1.1,KEN,2024,"1,234",x\n', "line 2, value: '1,234' groups its digits"),
        (f"{HEADER}\nA.1.1,KEN,2024,1 234,x\n", "line 2, value: '1 234' groups its digits"),
        (f"{HEADER}\nA.1.1,KEN,2024,1.234.567,x\n", "line 2, value: '1.234.567' groups"),
        (f'{HEADER}\nA.1.1,KEN,2024,"62,5",x\n', "line 2, value: '62,5': write decimals"),
        (b"PK\x03\x04rest", "file: is a workbook"),
        (f"{HEADER}\nA.1.1,KEN,2024,1,Minist\xe8re\n".encode("latin-1"), "is not UTF-8 (line 2)"),
        (f"{HEADER}\n{ROW}\n".encode("utf-16"), "file: is not UTF-8"),
        (b"a\x00b,c\n", "file: holds signs that are no text"),
    ],
)
def test_what_cannot_be_read_for_sure_is_a_fault_with_its_place(
    text: str | bytes, said: str
) -> None:
    found = complaints(text)
    assert any(said in one for one in found), found


def test_every_fault_is_told_at_once() -> None:
    text = f"{HEADER}\nA.1.1,KEN,2024,=1,x\n{ROW}\nA.1.1,KEN,2024,9%,x\n"
    assert [one.split(":")[0] for one in complaints(text)] == ["line 2, value", "line 4, value"]


def test_a_decimal_point_is_never_taken_for_a_group() -> None:
    assert row(f"{HEADER}\nA.1.1,KEN,2024,1.234,x\n")["value"] == "1.234"


@given(st.binary(max_size=400))
def test_any_bytes_give_rows_or_complaints_and_raise_nothing(data: bytes) -> None:
    found = sheet.read(data)
    assert bool(found.rows) or bool(found.complaints)
