"""Tables as Excel workbooks: numbers are numbers, text is text, the reader is told what to mind."""

import io
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from dashboard.exchange import ILLUSTRATIVE, Meta, spreadsheet, table

OFFICE = shutil.which("soffice") or shutil.which("libreoffice") or ""

META = Meta(
    title="Kenya on every indicator",
    source="Headway record of TINY",
    as_of=datetime(2026, 6, 30, 12, tzinfo=UTC),
    is_illustrative=True,
)
TABLE = pd.DataFrame(
    {
        "m49": pd.Series(["404", "004"], dtype="str"),
        "value": [-12.5, np.nan],
        "year": [2024, 2020],
        "reported": [True, False],
        "at": pd.Series([pd.Timestamp("2026-06-30T12:00:00Z"), pd.NaT]),
        "note": pd.Series(["=1+1", None], dtype="str"),
        "sure": pd.Series([True, None], dtype="boolean"),
    }
)


def sheet(data: bytes, name: str) -> list[list[Any]]:
    """Return the cells of a sheet as another library reads them."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [[cell.value for cell in row] for row in book[name].iter_rows()]


def calamine(data: bytes) -> list[list[Any]]:
    """Return the cells of the first sheet as the reader of the importer finds them."""
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_numbers_are_numbers_text_is_text_and_missing_is_empty() -> None:
    head, first, second = sheet(spreadsheet.write(TABLE, META), "Data")
    assert head[:7] == ["m49", "value", "year", "reported", "at", "note", "sure"]
    assert first[:7] == ["404", -12.5, 2024, True, META.as_of.replace(tzinfo=None), "=1+1", True]
    assert second[:7] == ["004", None, 2020, False, None, None, None]


def test_pitfall_15_a_formula_in_a_cell_is_text_in_a_workbook() -> None:
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet.write(TABLE, META)))
    assert book["Data"]["F2"].data_type == "s"
    assert book["Data"]["B2"].data_type == "n"


def test_the_second_sheet_tells_how_to_read_the_first() -> None:
    told = {row[0]: row[1] for row in sheet(spreadsheet.write(TABLE, META), "How to read")}
    assert told["Title"] == META.title
    assert told["Source"] == META.source
    assert told["Record as of"] == "2026-06-30T12:00:00.000000Z"
    assert "CC-BY-4.0" in told["Licence"]
    assert told["Mind"] == ILLUSTRATIVE
    assert told["value"] == "number"
    assert told["note"] == "text"
    assert "never means zero" in told["Missing values"]


def test_pretend_data_are_marked_on_every_sheet_and_printed_page() -> None:
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet.write(TABLE, META)))
    assert ILLUSTRATIVE in book["Data"].oddHeader.center.text
    assert book["Data"]["K2"].value is True
    assert book["Data"]["K1"].value == "is_illustrative"


def test_reported_data_are_not_marked() -> None:
    real = Meta(META.title, META.source, META.as_of, is_illustrative=False)
    told = sheet(spreadsheet.write(TABLE, real), "How to read")
    assert "Mind" not in {row[0] for row in told}
    assert ILLUSTRATIVE not in {row[1] for row in told}


def test_the_same_table_gives_the_same_bytes() -> None:
    assert spreadsheet.write(TABLE, META) == spreadsheet.write(TABLE.copy(), META)


def test_an_empty_table_still_has_its_columns_and_its_words() -> None:
    data = spreadsheet.write(TABLE.iloc[:0], META)
    assert sheet(data, "Data")[0][0] == "m49"
    assert ["Rows", "0"] in [row[:2] for row in sheet(data, "How to read")]


def test_what_no_sheet_can_hold_goes_on_in_the_next() -> None:
    years = pd.DataFrame({"year": np.arange(2000, 2010)})
    chunks = (years.iloc[start : start + 3] for start in range(0, 10, 3))
    data = b"".join(spreadsheet.stream(chunks, table.fields(years), META, most=4))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Data", "Data 2", "Data 3", "How to read"]
    found = [[row[0] for row in sheet(data, name)] for name in book.sheetnames[:3]]
    assert found == [
        ["year", 2000, 2001, 2002, 2003],
        ["year", 2004, 2005, 2006, 2007],
        ["year", 2008, 2009],
    ]
    assert ["Rows", "10"] in [row[:2] for row in sheet(data, "How to read")]


def test_a_workbook_in_parts_is_the_workbook_of_the_whole() -> None:
    parts = b"".join(spreadsheet.stream([TABLE[:1], TABLE[1:]], table.fields(TABLE), META))
    assert sheet(parts, "Data") == sheet(spreadsheet.write(TABLE, META), "Data")


@pytest.mark.parametrize(
    "text", ["_x0041_", "a\x00b", "<b>&amp;</b>", "  two  spaces ", "line\nline"]
)
def test_a_text_comes_back_as_it_was_but_for_what_xml_cannot_hold(text: str) -> None:
    data = spreadsheet.write(pd.DataFrame({"note": pd.Series([text], dtype="str")}), META)
    found = list(calamine(data))[1][0]
    assert found == text.replace("\x00", " ")


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    data = spreadsheet.write(pd.DataFrame({"note": pd.Series(["x" * 40_000], dtype="str")}), META)
    found = sheet(data, "Data")[1][0]
    assert (len(found), found[-2:]) == (32_767, "x…")


def test_another_reader_finds_the_same_types() -> None:
    head, first, _second = calamine(spreadsheet.write(TABLE, META))
    assert head[:3] == ["m49", "value", "year"]
    assert first[:7] == ["404", -12.5, 2024.0, True, META.as_of.replace(tzinfo=None), "=1+1", True]


@pytest.mark.skipif(not OFFICE, reason="LibreOffice is not on this machine")
def test_an_office_opens_it_with_the_right_types(tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_bytes(spreadsheet.write(TABLE, META))
    subprocess.run(
        [OFFICE, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         "fods", "--outdir", tmp_path, tmp_path / "book.xlsx"],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    opened = (tmp_path / "book.fods").read_text("utf-8")
    for kind, value in (("float", "-12.5"), ("date", "2026-06-30T12:00:00"), ("boolean", "true")):
        name = {"float": "value", "date": "date-value", "boolean": "boolean-value"}[kind]
        assert f'office:value-type="{kind}"' in opened
        assert f'office:{name}="{value}"' in opened
    assert re.search(r'office:value-type="string"[^>]*><text:p>004</text:p>', opened)
    assert "table:formula" not in opened
