"""Tables as Excel workbooks: numbers are numbers, text is text, the reader is told what to mind."""

import io
from datetime import UTC, datetime
from typing import Any

import numpy as np
import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pytest

from dashboard.exchange import ILLUSTRATIVE, Meta, spreadsheet

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
    }
)


def sheet(data: bytes, name: str) -> list[list[Any]]:
    """Return the cells of a sheet as another library reads them."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [[cell.value for cell in row] for row in book[name].iter_rows()]


def test_numbers_are_numbers_text_is_text_and_missing_is_empty() -> None:
    head, first, second = sheet(spreadsheet.write(TABLE, META), "Data")
    assert head[:6] == ["m49", "value", "year", "reported", "at", "note"]
    assert first[:6] == ["404", -12.5, 2024, True, "2026-06-30T12:00:00.000000Z", "=1+1"]
    assert second[:6] == ["004", None, 2020, False, None, None]


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
    assert book["Data"]["J2"].value is True
    assert book["Data"]["J1"].value == "is_illustrative"


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


def test_a_table_that_no_sheet_can_hold_is_refused() -> None:
    long = pd.DataFrame({"year": np.zeros(1_048_576, dtype="int64")})
    with pytest.raises(ValueError, match="1048575 rows"):
        spreadsheet.write(long, META)
