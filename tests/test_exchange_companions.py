"""The other forms inside a snapshot say what its tables say, each with its mark."""

import io
import zipfile
from datetime import date
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pyarrow.parquet as pq
import pytest
from lxml import etree  # type: ignore[import-untyped]

from dashboard.exchange import archive, datapackage, howto, standalone, verify
from dashboard.exchange.companions import SHEETS
from dashboard.exchange.schema import RESOURCES
from tests import schemas, sealed

CONTENT = datapackage.write(sealed.snapshot())
MARK = "ILLUSTRATIVE DATA"


def members(content: bytes = CONTENT) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_every_table_is_there_as_parquet_with_its_types() -> None:
    inside = members()
    for name, resource in RESOURCES.items():
        found = pq.read_table(io.BytesIO(inside[f"parquet/{name}.parquet"]))
        assert found.column_names == [field.name for field in resource.fields]
    found = pq.read_table(io.BytesIO(inside["parquet/observations.parquet"]))
    assert found["value"].to_pylist() == [10.0, None, 20.0, 60.5]
    assert found["m49"].to_pylist()[0] == "004"
    assert MARK in found.schema.metadata[b"mark"].decode()
    plan = pq.read_table(io.BytesIO(inside["parquet/plan.parquet"]))
    assert plan["adopted"].to_pylist() == [date(2010, 7, 30)]


def book() -> Any:
    return openpyxl.load_workbook(io.BytesIO(members()["xlsx/tiny.xlsx"]))


def test_the_workbook_begins_with_how_to_read_it_and_has_real_types() -> None:
    found = book()
    assert found.sheetnames == ["How to read", *SHEETS]
    first = found["How to read"]
    assert first["A1"].value == "Mind"
    assert MARK in first["B1"].value
    rows = list(found["observations"].iter_rows(values_only=True))
    names, values = rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert "value" in names
    assert [row["value"] for row in values] == [10, None, 20, 60.5]
    assert values[3]["note"] == 'He said "yes",\nand then no.'
    assert values[1]["missing_reason"] == "=war, not collected"
    assert found["observations"]["A2"].data_type == "s"


def test_a_workbook_that_would_be_too_long_points_to_the_tables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dashboard.exchange import companions

    monkeypatch.setattr(companions, "MOST_IN_WORKBOOK", 3)
    monkeypatch.setattr(companions, "MOST_IN_ACTIVITIES", 3)
    inside = members(datapackage.write(sealed.snapshot()))
    found = openpyxl.load_workbook(io.BytesIO(inside["xlsx/tiny.xlsx"]))
    assert "observations" not in found.sheetnames
    told = {row[0]: row[1] for row in found["How to read"].iter_rows(values_only=True)}
    assert told["observations"] == ("4 rows: too many for a workbook, see data/observations.csv")
    assert "iati/activities.xml" not in inside


def test_sdmx_inside_is_valid_and_marked() -> None:
    inside = members()
    for path in ("sdmx/structure.xml", "sdmx/observations.xml"):
        assert schemas.faults(inside[path], "3.0") == []
    text = inside["sdmx/observations.csv"].decode()
    assert text.splitlines()[0].startswith("STRUCTURE,STRUCTURE_ID,")
    assert ",true" in text.splitlines()[1]
    assert b"60.50" in inside["sdmx/observations.xml"]


def test_iati_inside_says_what_is_reported() -> None:
    content = members()["iati/activities.xml"]
    assert etree.fromstring(content).tag == "iati-activities"
    assert b'value="60.50"' in content
    assert MARK.encode() in content


def test_the_same_tables_give_the_same_bytes_in_every_form() -> None:
    assert datapackage.write(sealed.snapshot()) == CONTENT


def test_a_change_of_any_form_is_seen_by_both_verifiers() -> None:
    inside = members()
    parts = zipfile.ZipFile(io.BytesIO(inside["xlsx/tiny.xlsx"]))
    changed = {name: parts.read(name).replace(b"60.50", b"61.50") for name in parts.namelist()}
    forged = archive.pack({**inside, "xlsx/tiny.xlsx": archive.pack(changed, is_stored=True)})
    for report in (verify.verify(forged), standalone.examine(forged)):
        assert [one.where for one in report.problems] == ["xlsx/tiny.xlsx"]


def test_an_older_snapshot_without_them_is_written_again_without_them() -> None:
    plain = datapackage.seal(sealed.snapshot(), in_every_form=False)
    assert {path.partition("/")[0] for path in members(plain.content)}.isdisjoint(
        {"parquet", "xlsx", "sdmx", "iati"}
    )
    assert verify.verify(plain.content).is_sound


def test_it_says_how_to_read_and_verify_it_in_six_languages() -> None:
    inside = members()
    for code, words in howto.LANGUAGES.items():
        text = inside[f"README.{code}.md"].decode()
        assert words.mark in text
        assert "2026-06-30T12:00:00.000000Z" in text
        assert "python verify.py SNAPSHOT.zip" in text
        assert "{" not in text
    assert "ILLUSTRATIVE" in inside["README.md"].decode()
