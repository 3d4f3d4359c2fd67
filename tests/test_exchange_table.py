"""Tables taken from pages: CSV, CSV for Excel, JSON, each with its marks."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from dashboard.exchange import FORMATS, Meta, table

META = Meta(
    title="Kenya",
    source="Headway record of TINY",
    as_of=datetime(2026, 6, 30, 12, tzinfo=UTC),
    is_illustrative=True,
)
TABLE = pd.DataFrame(
    {
        "m49": pd.Series(["404", "004"], dtype="str"),
        "value": [12.5, np.nan],
        "status": pd.Series(["A", "L"], dtype="str"),
        "note": pd.Series(["plain", None], dtype="str"),
    }
)


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def unpacked(data: bytes) -> str:
    """Return what a file says; a workbook is an archive of texts."""
    if not data.startswith(b"PK"):
        return data.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def test_every_format_carries_licence_source_moment_and_mark() -> None:
    for name, way in FORMATS.items():
        text = unpacked(way.write(TABLE, META))
        for mark in ("CC-BY-4.0", META.source, "2026-06-30T12:00:00.000000Z", "is_illustrative"):
            assert mark in text, (name, mark)


def test_a_row_that_says_itself_whether_it_is_pretend_keeps_its_word() -> None:
    mixed = TABLE.assign(is_illustrative=[True, False])
    assert [row["is_illustrative"] for row in read(table.csv(mixed, META))] == ["true", "false"]


def test_a_missing_value_is_empty_in_csv_and_null_in_json() -> None:
    assert read(table.csv(TABLE, META))[1]["value"] == ""
    rows = json.loads(table.json(TABLE, META))["rows"]
    assert rows[1] == {"m49": "004", "value": None, "status": "L", "note": None}


def test_canonical_csv_is_never_altered_for_a_spreadsheet() -> None:
    risky = TABLE.assign(note=pd.Series(["=1+1", "-"], dtype="str"))
    data = table.csv(risky, META)
    assert not data.startswith(b"\xef\xbb\xbf")
    assert read(data)[0]["note"] == "=1+1"


@pytest.mark.parametrize(
    "formula",
    [
        "=cmd|' /C calc'!A0",
        "+1+cmd|'/C calc'!A0",
        "-2+3+cmd|'/C calc'!D2",
        "@SUM(1+1)",
        "\t=1+1",
        "\r=1+1",
        "  =HYPERLINK(1)",
        "\n=1+1",
        "＝1+1",
        "-five per cent",
    ],
)
def test_pitfall_15_a_formula_in_a_cell_is_text_in_excel(formula: str) -> None:
    risky = TABLE.assign(note=pd.Series([formula, "plain"], dtype="str"))
    data = table.excel(risky, META)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[1][3] == "'" + formula
    assert rows[2][3] == "plain"


def test_negative_numbers_stay_numbers_in_excel() -> None:
    below = pd.DataFrame({"value": [-2.5], "text": pd.Series(["-3.5"], dtype="str")})
    assert read(table.excel(below, META))[0]["value"] == "-2.5"
    assert read(table.excel(below, META))[0]["text"] == "-3.5"


def test_an_empty_table_still_says_whose_it_is() -> None:
    assert json.loads(table.json(TABLE.iloc[:0], META))["rows"] == []
    assert table.csv(TABLE.iloc[:0], META).decode().startswith("m49,value,status,note,as_of,")
