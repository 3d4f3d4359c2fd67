"""Tables of any length: each form says the same, marked, typed, and in a constant of memory."""

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from dashboard.exchange import Meta, streams
from dashboard.exchange.canonical import Field

META = Meta(
    title="Everything",
    source="Headway record of TINY",
    as_of=datetime(2026, 6, 30, 12, tzinfo=UTC),
    is_illustrative=True,
)
FIELDS = [
    Field("m49", "string"),
    Field("year", "integer"),
    Field("value", "number"),
    Field("day", "date"),
    Field("at", "datetime"),
    Field("note", "string"),
]
TABLE = pd.DataFrame(
    {
        "m49": pd.Series(["404", "004", "250"], dtype="str"),
        "year": [2024, 2020, 2021],
        "value": pd.Series(["62.50", None, "-3"], dtype="str"),
        "day": pd.Series(["2025-03-01", None, None], dtype="str"),
        "at": pd.Series([META.as_of, None, None], dtype="datetime64[us, UTC]"),
        "note": pd.Series(['=1+1, "quoted"\nتجربة', "", "-five"], dtype="str"),
    }
)
EMPTY = TABLE.iloc[:0]


def made(form: str, *chunks: pd.DataFrame) -> bytes:
    return b"".join(streams.FORMS[form].write(iter(chunks), FIELDS, META))


def rows(form: str, data: bytes) -> list[dict[str, Any]]:
    """Read a file as programs do; a missing value is none."""
    if form in {"csv", "excel"}:
        text = io.StringIO(data.decode("utf-8-sig"), newline="")
        return [{k: v or None for k, v in row.items()} for row in csv.DictReader(text)]
    if form == "json":
        found: list[dict[str, Any]] = json.loads(data)["rows"]
        return found
    if form == "parquet":
        read: list[dict[str, Any]] = pq.read_table(io.BytesIO(data)).to_pylist()
        return read
    book = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Data")
    head, *lines = book.to_python()
    return [
        {str(k): None if v == "" else v for k, v in zip(head, line, strict=True)} for line in lines
    ]


@pytest.mark.parametrize("form", streams.FORMS)
def test_parts_make_the_same_rows_as_the_whole(form: str) -> None:
    whole = rows(form, made(form, TABLE))
    assert rows(form, made(form, TABLE[:1], EMPTY, TABLE[1:])) == whole
    assert [row["m49"] for row in whole] == ["404", "004", "250"]
    assert [row["note"] is None for row in whole] == [False, True, False]
    assert [row["value"] is None for row in whole] == [False, True, False]


@pytest.mark.parametrize("form", streams.FORMS)
def test_the_same_rows_give_the_same_bytes(form: str) -> None:
    assert made(form, TABLE) == made(form, TABLE.copy())


@pytest.mark.parametrize("form", streams.FORMS)
def test_no_row_is_still_a_file_of_its_form(form: str) -> None:
    assert rows(form, made(form)) == []
    assert rows(form, made(form, EMPTY)) == []


def test_types_come_back() -> None:
    first = rows("parquet", made("parquet", TABLE))[0]
    assert (first["year"], first["value"]) == (2024, 62.5)
    assert (first["day"].isoformat(), first["at"]) == ("2025-03-01", META.as_of)
    assert first["is_illustrative"] is True
    first = rows("xlsx", made("xlsx", TABLE))[0]
    assert (first["year"], first["value"]) == (2024, 62.5)
    assert (first["day"].isoformat(), first["at"]) == (
        "2025-03-01",
        META.as_of.replace(tzinfo=None),
    )
    first = rows("json", made("json", TABLE))[0]
    assert (first["year"], first["value"], first["at"]) == (
        2024,
        62.5,
        "2026-06-30T12:00:00.000000Z",
    )
    assert '"value": 62.50,' in made("json", TABLE).decode(), "the digits as they were reported"
    assert rows("csv", made("csv", TABLE))[0]["value"] == "62.50"


def test_pitfall_15_text_is_neutral_for_excel_alone() -> None:
    assert [row["note"] for row in rows("excel", made("excel", TABLE))] == [
        "'" + str(TABLE["note"][0]),
        None,
        "'-five",
    ]
    assert rows("excel", made("excel", TABLE))[2]["value"] == "-3"
    assert rows("csv", made("csv", TABLE))[0]["note"] == TABLE["note"][0]


@pytest.mark.parametrize("form", ["csv", "excel", "parquet", "xlsx"])
def test_every_row_says_licence_source_moment_and_mark(form: str) -> None:
    for row in rows(form, made(form, TABLE)):
        assert row["licence"].startswith("CC-BY-4.0")
        assert row["data_source"] == META.source
        assert row["as_of"] == "2026-06-30T12:00:00.000000Z"
        assert str(row["is_illustrative"]).lower() == "true"


def test_json_and_parquet_say_what_they_are_on_top() -> None:
    told = json.loads(made("json", TABLE))
    assert told["is_illustrative"] is True
    assert told["licence"]["name"] == "CC-BY-4.0"
    notes = pq.read_schema(io.BytesIO(made("parquet", TABLE))).metadata
    assert notes[b"mark"].startswith(b"ILLUSTRATIVE DATA")


def many(chunks: int, size: int = 5_000) -> Iterator[pd.DataFrame]:
    """Give as many rows as are wanted, each chunk made when it is asked for."""
    for number in range(chunks):
        years = np.arange(number * size, (number + 1) * size)
        words = pd.Series(years).astype("str")
        yield pd.DataFrame(
            {
                **dict.fromkeys(("m49", "note"), words),
                "year": years,
                "value": words,
                "day": "2025-03-01",
                "at": pd.Timestamp(META.as_of),
            }
        ).astype({"day": "str", "at": "datetime64[us, UTC]"})


@pytest.mark.parametrize("form", streams.FORMS)
def test_memory_stays_what_it_was_however_many_rows_there_are(form: str) -> None:
    """Ten times as many rows take hardly more memory, though the file is ten times as long."""
    peaks, sizes = [], []
    for chunks in (2, 20):
        tracemalloc.start()
        parts = streams.FORMS[form].write(many(chunks), FIELDS, META)
        sizes.append(sum(len(part) for part in parts))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert sizes[1] > 8 * sizes[0]
    assert peaks[1] < 1.5 * peaks[0]
