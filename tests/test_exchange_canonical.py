"""Canonical CSV and JSON: one spelling, whatever library or order of rows stands behind it."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.exchange import canonical, datapackage
from dashboard.exchange.canonical import Field


def written(values: list[object], kind: str, dtype: str = "str") -> str:
    table = pd.DataFrame({"x": pd.Series(values, dtype=dtype), "end": 1})
    text = canonical.csv(table, [Field("x", kind), Field("end", "integer")]).decode()
    assert text.startswith("x,end\n")
    return text.removeprefix("x,end\n")


def test_text_is_quoted_and_numbers_are_not() -> None:
    assert written(["004", 'a "b"'], "string") == '"004",1\n"a ""b""",1\n'
    assert written(["0.10", "-5", "1000"], "number") == "0.10,1\n-5,1\n1000,1\n"


def test_what_is_missing_leaves_nothing_and_never_a_zero() -> None:
    assert written([None, ""], "string") == ",1\n,1\n"
    assert written([np.nan, 0.0], "number", "float64") == ",1\n0,1\n"
    assert written([None, 0], "integer", "Int64") == ",1\n0,1\n"
    assert written([None, True], "boolean", "boolean") == ",1\ntrue,1\n"


def test_lines_end_in_lf_and_there_is_no_byte_order_mark() -> None:
    data = canonical.csv(pd.DataFrame({"x": ["é"]}, dtype="str"), [Field("x", "string")])
    assert data == 'x\n"é"\n'.encode()


def test_doubles_are_spelled_as_short_as_they_read_back() -> None:
    numbers = [1.0, 0.1, 1e-7, -0.0, 123456789.25, 1e16]
    assert written(list(numbers), "number", "float64").split(",1\n")[:-1] == [
        "1",
        "0.1",
        "1e-07",
        "0",
        "123456789.25",
        "1e+16",
    ]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_reads_back_as_itself(value: float) -> None:
    assert float(canonical.number(value)) == value


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_every_text_reads_back_as_itself(texts: list[str]) -> None:
    # A lone carriage return or NUL is text like any other inside quotes.
    fields = [Field("x", "string"), Field("n", "integer")]
    table = pd.DataFrame({"x": pd.Series(texts, dtype="str"), "n": range(len(texts))})
    assert datapackage.table(canonical.csv(table, fields), fields)["x"].tolist() == texts


def test_moments_are_in_utc_with_six_decimals() -> None:
    given_ = pd.Series([datetime(2026, 3, 1, 12, 0, 0, 5, UTC), None], dtype="datetime64[us, UTC]")
    table = pd.DataFrame({"x": given_, "end": 1})
    text = canonical.csv(table, [Field("x", "datetime"), Field("end", "integer")]).decode()
    assert text == "x,end\n2026-03-01T12:00:00.000005Z,1\n,1\n"


@pytest.mark.parametrize(
    ("values", "kind", "dtype"),
    [
        (["1,5"], "number", "str"),
        (["1 000"], "number", "str"),
        (["01/02/2026"], "date", "str"),
        ([1.5], "integer", "float64"),
        ([np.inf], "number", "float64"),
    ],
)
def test_what_does_not_fit_its_column_reaches_no_file(
    values: list[object], kind: str, dtype: str
) -> None:
    with pytest.raises(ValueError, match=r"column x|whole number|written as a number"):
        written(values, kind, dtype)


def test_rows_are_ordered_by_code_point_and_by_size() -> None:
    table = pd.DataFrame({"a": ["é", "z", "Z", "z"], "n": [1, 10, 3, 9]}).astype({"a": "str"})
    ordered = canonical.ordered(table, ["a", "n"])
    assert list(zip(ordered["a"], ordered["n"], strict=True)) == [
        ("Z", 3),
        ("z", 9),
        ("z", 10),
        ("é", 1),
    ]


def test_a_long_table_is_the_same_as_its_parts() -> None:
    count = canonical.ROWS * 2 + 3
    table = pd.DataFrame({"x": pd.Series(range(count)).astype("str"), "end": 1})
    fields = [Field("x", "string"), Field("end", "integer")]
    data = canonical.csv(table, fields)
    assert data == ("x,end\n" + "".join(f'"{n}",1\n' for n in range(count))).encode()


def test_json_has_one_spelling() -> None:
    assert (
        canonical.json({"b": 1, "a": [True, None, "é"]}) == '{"a":[true,null,"é"],"b":1}'.encode()
    )
