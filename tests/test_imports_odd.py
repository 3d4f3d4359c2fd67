"""Odd files are read right or refused with their cell; never is another value taken in."""

from collections.abc import Mapping
from typing import Final

import pytest
from sqlalchemy.engine import Engine

from dashboard.cli.imports import plain
from dashboard.exchange.reading.faults import Severity
from dashboard.services import imports, plans
from dashboard.services.imports_rows import Options
from models import SYSTEM, open_database, unit_of_work
from models.migrations import upgrade
from seed import content
from tests import odd
from tests.tiny import NOON

PLAN: Final = "UN-GPA"
FIELDS: Final = {"sheet", "cell", "row", "class", "severity", "message", "remedy"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Give a record with the Global Plan and no figure."""
    made = open_database(f"sqlite:///{tmp_path_factory.mktemp('odd') / 'headway.db'}")
    upgrade(made)
    unit_of_work(made, lambda session: plans.install_areas(session, SYSTEM, now=NOON))
    plan = content.read(PLAN)
    unit_of_work(made, lambda session: plans.install(session, SYSTEM, plan, now=NOON))
    return made


def look(engine: Engine, data: bytes) -> imports.Looked:
    options = Options(fixed={"source": "Ministry"})
    return imports.looking(engine, SYSTEM, data, plan=PLAN, name="f.csv", options=options, now=NOON)


def stored(looked: imports.Looked) -> list[str]:
    """Return what would be recorded: area, indicator, group, period and value or status."""
    shown = imports.table(looked)
    shown = shown[shown["outcome"].isin(["new", "revision"])]
    names = ["area", "indicator", "cell", "period", "qualifier", "value", "status"]
    return [
        f"{area} {indicator} {cell} {period} {sign}{value or status}".replace(" _T", "")
        for area, indicator, cell, period, sign, value, status in shown[names].to_numpy().tolist()
    ]


def told(looked: imports.Looked) -> list[str]:
    """Return the class and cell of each error and warning."""
    grave = [fault for fault in looked.faults if fault.severity is not Severity.HINT]
    many = len({fault.sheet for fault in looked.faults}) > 1
    return [
        f"{one.name} {f'{one.sheet}!' if many and one.cell else ''}{one.cell}".strip()
        for one in grave
    ]


EXPECTED: Final[Mapping[str, tuple[list[str], list[str]]]] = {
    "layout: years in a second row of headers": (["KEN PT.8.1 2022 50", "KEN PT.8.1 2023 60"], []),
    "layout: sexes below merged years": (
        [
            "KEN PT.8.1 sex=male 2022 50",
            "KEN PT.8.1 sex=female 2022 60",
            "KEN PT.8.1 sex=male 2023 51",
            "KEN PT.8.1 sex=female 2023 61",
        ],
        [],
    ),
    "layout: years below sexes, after a title": (
        [
            "KEN PT.8.1 sex=male 2022 50",
            "KEN PT.8.1 sex=male 2023 51",
            "KEN PT.8.1 sex=female 2022 60",
            "KEN PT.8.1 sex=female 2023 61",
        ],
        [],
    ),
    "layout: a second row of headers nobody knows": (
        [],
        ["missing column", "missing column", "second header C2", "second header D2", "empty 3"],
    ),
    "layout: figures below no header": ([], ["headless D2"]),
    "layout: sexes across": (["KEN PT.8.1 sex=female 2022 50"], ["not broken down D2"]),
    "layout: sexes and their total across": (
        ["KEN PT.8.1 sex=male 2022 50", "KEN PT.8.1 sex=female 2022 60", "KEN PT.8.1 2022 55"],
        [],
    ),
    "layout: years and sexes in one header": (
        ["KEN PT.8.1 sex=male 2018 50", "KEN PT.8.1 sex=female 2019 51", "KEN PT.8.1 2020 52"],
        [],
    ),
    "layout: quarters, months and noted years across": (
        [
            "KEN PT.8.1 2019-Q1 50",
            "KEN PT.8.1 2020-03 51",
            "KEN PT.8.1 2021 52",
            "KEN PT.8.1 2022 53",
        ],
        ["footnote E1", "footnote F1"],
    ),
    "layout: fiscal years across": (["KEN PT.8.1 2018 50"], ["two years D1"]),
    "layout: days as years across": (["KEN PT.8.1 2021 50", "KEN PT.8.1 2022 51"], []),
    "layout: one year twice": ([], ["conflict C2", "conflict D2"]),
    "layout: a sum and a change beside the years": (
        ["KEN PT.8.1 2018 50", "KEN PT.8.1 2019 51"],
        [],
    ),
    "layout: on its side": (
        [],
        [
            "missing column",
            "missing column",
            "unknown indicator A2",
            "text B2",
            "unknown indicator A3",
            "above the limit B3",
            "unknown indicator A4",
        ],
    ),
    "layout: countries across": (["KEN PT.8.1 2021 50", "UGA PT.8.1 2021 51"], []),
    "layout: a sheet for each country": (
        ["KEN PT.8.1 2022 50", "CIV PT.8.1 2022 50"],
        ["missing column"],
    ),
    "layout: a sheet for each year": (["KEN PT.8.1 2021 50", "KEN PT.8.1 2022 50"], []),
    "layout: sums, means and notes": (["KEN PT.8.1 2022 50"], []),
    "layout: a second table below": (["KEN PT.8.1 2021 50"], ["second table 4"]),
    "layout: two tables side by side": ([], ["column twice H1", "two areas F2"]),
    "layout: two columns of values": (["KEN PT.8.1 2022 50"], ["second column E2"]),
    "layout: two columns of years": (["KEN PT.8.1 2021 50"], ["second column E2"]),
    "layout: a breakdown in a column nobody knows": (
        ["UGA PT.8.1 2022 51"],
        ["unread breakdown E2"],
    ),
    "layout: a column of ages that are not asked": (["KEN PT.8.1 2022 50"], ["of whom E1"]),
    "layout: girls and boys": (
        ["KEN PT.8.1 age=child_0_17;sex=female 2022 50", "KEN PT.8.1 sex=female 2022 51"],
        [],
    ),
    "layout: names of countries as rows": ([], ["missing column"]),
    "layout: a value in merged cells": ([], ["merged value D2", "empty D3"]),
    "layout: a hidden row and column": (
        ["KEN PT.8.1 2022 50", "UGA PT.8.1 2022 51"],
        ["hidden column D1", "hidden row 3"],
    ),
    "units: thousands in the header": ([], ["unit D2"]),
    "units: units over columns of indicators": (["KEN PT.10.1 2022 4"], ["unit C2", "unit D2"]),
    "units: a unit over a column of years": (["KEN PS.4.2 2022 13"], ["unit C2"]),
    "units: thousands in the title": ([], ["unit D3"]),
    "units: units in a column": (
        ["KEN PS.4.2 2000 12", "KEN PT.8.1 2005 12", "KEN PT.8.1 2006 12", "KEN PT.5.2 2010 12"],
        [
            "unit E3",
            "unit E4",
            "unit E5",
            "unit E6",
            "unit E9",
            "unit E10",
            "unit E11",
            "unit E13",
            "unit E14",
            "no population D15",
        ],
    ),
    "units: counts where a rate is asked": (
        ["KEN PT.5.2 2000 1234", "KEN PT.5.2 2001 1200", "KEN PT.5.2 2002 900"],
        ["count for rate D2"],
    ),
    "units: one share alone": (["KEN PT.8.1 2000 0.62"], ["share D2"]),
    "units: shares among per cents": (
        ["KEN PT.8.1 2000 0.5", "KEN PT.8.1 2001 61", "KEN PT.8.1 2002 70", "KEN PT.8.1 2003 55"],
        ["share in series D2"],
    ),
    "units: cells of per cents among shares": (
        ["KEN PT.8.1 2021 61.5", "KEN PT.8.1 2022 61.5"],
        ["per cent D4"],
    ),
    "numbers: German": (
        [
            "KEN PS.4.2 2000 1234.5",
            "KEN PS.4.2 2001 1234",
            "KEN PS.4.2 2002 999.25",
            "KEN PS.4.2 2003 1234567.89",
        ],
        ["thousands D2", "thousands D3", "thousands D5", "jump D5"],
    ),
    "numbers: French": (
        [
            "KEN PS.4.2 2000 1234.5",
            "KEN PS.4.2 2001 1234",
            "KEN PS.4.2 2002 1234.5",
            "KEN PS.4.2 2003 1234.8",
        ],
        ["thousands D2", "thousands D3", "thousands D5"],
    ),
    "numbers: Swiss": (
        ["KEN PS.4.2 2000 1234.5", "KEN PS.4.2 2001 1234", "KEN PS.4.2 2002 1234.5"],
        ["thousands D2", "thousands D3"],
    ),
    "numbers: Indian": (
        ["KEN PS.4.2 2000 1234567.5", "KEN PS.4.2 2001 1234568.5"],
        ["thousands D2", "thousands D3"],
    ),
    "numbers: Arabic-Indic": (
        ["KEN PS.4.2 2000 1234.5", "KEN PS.4.2 2001 1234.5", "KEN PS.4.2 2002 1234"],
        ["thousands D2"],
    ),
    "numbers: Persian and Devanagari": (
        ["KEN PS.4.2 2000 12.5", "KEN PS.4.2 2001 12.5", "KEN PS.4.2 2002 12.5"],
        [],
    ),
    "numbers: of two locales": (["KEN PT.8.1 2001 50.5"], ["mixed separators D2"]),
    "numbers: that may be thousands": ([], ["ambiguous D2", "ambiguous D3"]),
    "numbers: that may be thousands, with commas": ([], ["ambiguous D2", "ambiguous D3"]),
    "numbers: with their money": (
        [],
        ["text D2", "text D3", "unit in value D4", "text D5", "text D6", "text D7"],
    ),
    "numbers: per cent in many ways": (
        ["KEN PT.8.1 2000 50", "KEN PT.8.1 2006 50"],
        [
            "unit in value D3",
            "text D4",
            "range D5",
            "unit in value D6",
            "text D7",
            "text D9",
            "text D10",
            "above the limit D11",
        ],
    ),
    "numbers: bounds": (
        ["KEN PS.4.2 2000 <5", "KEN PS.4.2 2001 >5"],
        [
            "bound or equal D4",
            "bound in words D5",
            "bound in words D6",
            "approximate D7",
            "range D8",
            "range D9",
        ],
    ),
    "numbers: gaps": (
        [],
        [
            "nil D8",
            "nil D9",
            "text D10",
            "brackets D12",
            "no value D2",
            "no value D3",
            "no value D4",
            "no value D5",
            "no value D6",
            "no value D7",
            "no value D11",
        ],
    ),
    "numbers: no numbers": (
        [],
        ["text D2", "text D3", "text D4", "text D5", "text D6", "text D7", "text D8", "text D9"],
    ),
    "numbers: marks": (
        [
            "KEN PS.4.2 2000 50",
            "KEN PS.4.2 2001 51",
            "KEN PS.4.2 2002 52",
            "KEN PS.4.2 2003 53",
            "KEN PS.4.2 2004 54",
        ],
        ["text D7", "footnote D2", "footnote D3", "footnote D4", "footnote D5", "footnote D6"],
    ),
    "numbers: codes for gaps": (
        [],
        ["below the limit D2", "above the limit D3", "below the limit D4", "above the limit D5"],
    ),
    "numbers: powers and zeros": (
        [
            "KEN PT.8.1 2000 50",
            "KEN PT.8.1 2001 50",
            "KEN PT.8.1 2002 0",
            "KEN PT.8.1 2003 50",
            "KEN PT.8.1 2004 50.0",
        ],
        [],
    ),
    "numbers: huge": ([], ["too long a number D2", "text D3", "text D4"]),
    "numbers: in a workbook as text": (["KEN PT.8.1 2021 50.5", "KEN PT.8.1 2022 61.5"], []),
    "numbers: errors and formulas": ([], ["formula D2", "formula C3", "no indicator A4"]),
    "numbers: truths and days": (["KEN G.6.1 2025 1"], ["truth value D3", "date in value D4"]),
    "numbers: levels": (
        ["KEN PT.4.1 2000 3", "KEN PT.4.1 2003 3"],
        [
            "not whole D3",
            "above the limit D4",
            "text D6",
            "truth value D7",
            "per cent D8",
            "above the limit D8",
            "bound of a level D9",
            "range D10",
            "level by its name D5",
        ],
    ),
    "numbers: yes and no": (
        ["KEN G.6.1 2000 1", "KEN G.6.1 2001 0", "KEN G.6.1 2002 1", "KEN G.6.1 2003 1"],
        ["above the limit D6", "text D7", "text D8"],
    ),
    "periods: fiscal": (
        ["KEN PT.8.1 2020 52"],
        ["two years C2", "two years C3", "no period C5", "fiscal year C4"],
    ),
    "periods: short or wrong": (
        [],
        [
            "year of two digits C2",
            "year of two digits C3",
            "no period C4",
            "no such year C5",
            "no such year C6",
            "no such year C7",
            "no such year C8",
            "no period C9",
            "no period C10",
        ],
    ),
    "periods: noted": (
        ["KEN PT.8.1 2019 50", "KEN PT.8.1 2018 51", "KEN PT.8.1 2017 52"],
        ["no period C5", "footnote C2", "footnote C3", "footnote C4"],
    ),
    "periods: days": (
        ["KEN PT.8.1 2018-02-13 51", "KEN PT.8.1 2017-12-31 52"],
        ["day or month C2", "no period C5", "no period C6"],
    ),
    "periods: future and past": ([], ["future C2", "too early C3", "future C4"]),
    "periods: parts of years": (
        [
            "KEN PT.8.1 2019-Q1 50",
            "KEN PT.8.1 2019-Q2 51",
            "KEN PT.8.1 2018/P3Y 52",
            "KEN PT.8.1 2017-S1 53",
            "KEN PT.8.1 2016 54",
            "KEN PT.8.1 2015 55",
        ],
        ["several years C4"],
    ),
    "periods: formatted as days": (["KEN PT.8.1 2021 51"], ["date for year C2"]),
    "areas: codes": (
        [
            "KEN PT.8.1 2000 50",
            "KEN PT.8.1 2001 50",
            "KEN PT.8.1 2002 50",
            "KEN PT.8.1 2003 50",
            "ALB PT.8.1 2004 50",
            "AFG PT.8.1 2005 50",
        ],
        ["unknown area B8", "unknown area B9", "unknown area B10"],
    ),
    "areas: other names": (
        [
            "SWZ PT.8.1 2000 50",
            "MMR PT.8.1 2001 50",
            "CIV PT.8.1 2002 50",
            "CIV PT.8.1 2003 50",
            "COD PT.8.1 2004 50",
            "KEN PT.8.1 2005 50",
            "KEN PT.8.1 2006 50",
        ],
        [],
    ),
    "areas: typing errors": (
        [],
        [
            "like an area B2",
            "like an area B3",
            "like an area B4",
            "like an area B5",
            "like an area B6",
            "like an area B7",
        ],
    ),
    "areas: that may be two": ([], ["ambiguous area B2", "ambiguous area B3", "ambiguous area B4"]),
    "areas: that are none": (
        [],
        [
            "unknown area B2",
            "unknown area B3",
            "unknown area B4",
            "unknown area B5",
            "unknown area B6",
        ],
    ),
    "areas: pools and regions": (
        [],
        [
            "pooled reporters B2",
            "pooled reporters B3",
            "level B4",
            "level B5",
            "level B6",
            "pooled reporters B7",
        ],
    ),
    "areas: two that differ": (["KEN PT.8.1 2021 50"], ["two areas B2"]),
    "rows: alike": (["KEN PT.8.1 2022 50"], ["duplicate D3"]),
    "rows: in conflict": ([], ["conflict D2", "conflict D3"]),
    "rows: in conflict over two sheets": ([], ["conflict A!D2", "conflict B!D2"]),
    "rows: a value and a gap": ([], ["conflict D2", "conflict D3"]),
    "rows: an estimate and a figure": ([], ["conflict D2", "conflict D3"]),
    "text: decimal commas cut by the divider": ([], ["headless E2", "headless E3"]),
    "text: thousands cut by the divider": (["UGA PS.4.2 2022 60"], ["headless E2", "row width"]),
    "text: a value cut before its source": ([], ["odd source E2"]),
    "text: a quotation mark left open": ([], ["quotes"]),
    "text: notes of several lines": (["KEN PT.8.1 2022 50"], []),
    "text: two codings in one file": (["CIV PT.8.1 2022 50", "CIV PT.8.1 2021 51"], ["encoding"]),
    "text: UTF-16 and tabs": (["KEN PT.8.1 2022 50"], []),
    "text: bars": (["KEN PT.8.1 2022 50"], []),
    "text: semicolons and decimal commas": (["KEN PT.8.1 2022 50.5"], []),
    "text: an index before the first header": (["KEN PT.8.1 2022 50"], []),
    "text: empty columns and rows": (["KEN PT.8.1 2022 50"], []),
    "text: remarks before the table": (["KEN PT.8.1 2022 50"], []),
    "text: no header": ([], ["no header"]),
    "text: fixed width": ([], ["no header"]),
    "text: signs of control": ([], ["control signs E2"]),
    "text: a formula as a value": ([], ["formula D2", "formula D3"]),
    "JSON: rows": (["KEN PT.8.1 2022 50"], []),
    "JSON: a line for each row": (["KEN PT.8.1 2022 50", "UGA PT.8.1 2022 50"], []),
    "JSON: columns": (["KEN PT.8.1 2022 50"], []),
    "JSON: heads and data": (["KEN PT.8.1 2022 50"], []),
    "JSON: UTF-16": (["KEN PT.8.1 2022 50"], []),
    "JSON: a key twice": ([], ["form"]),
    "JSON: values that are none": (
        [],
        ["text D3", "text D4", "truth value D5", "text D6", "empty D7", "no value D2"],
    ),
    "JSON: a tree": ([], ["form"]),
    "JSON: an area of two names": ([], ["unknown area B2"]),
    "standards: SDMX-CSV": (
        ["KEN PT.8.1 2022 50.5", "KEN PT.8.1 2021-Q1 50", "KEN PT.8.1 2020-03 <5"],
        [],
    ),
    "standards: SDMX-CSV, a dimension unknown": (["KEN PT.8.1 2022 50"], ["unknown group E3"]),
    "standards: SDMX-CSV, texts as values": (
        [],
        [
            "empty D2",
            "range D4",
            "nil D5",
            "above the limit D6",
            "too long a number D6",
            "no value D3",
            "no value D7",
        ],
    ),
    "standards: SDMX-CSV, other separators": (["KEN PT.8.1 2022 50.5"], []),
    "standards: SDMX-CSV, several values": ([], ["text D2"]),
    "standards: SDMX-CSV, other periods": ([], ["no period C2", "no period C3", "no such year C4"]),
    "standards: SDMX-CSV, other units": (["KEN PT.8.1 2022 50"], ["unit E3"]),
    "standards: SDMX-CSV, another area": ([], ["unknown group E2"]),
    "standards: SDMX-CSV that deletes": ([], ["form"]),
    "standards: SDMX-ML": (["KEN PT.8.1 2022 50.5"], []),
    "standards: SDMX-ML in UTF-16": (["KEN PT.8.1 2022 50.5"], []),
    "standards: SDMX-ML times a thousand": (["KEN PT.8.1 2022 50"], []),
    "standards: SDMX-ML, a dimension unknown": ([], ["unknown group E2"]),
    "standards: SDMX-ML, a word": ([], ["text D2"]),
    "standards: SDMX-ML with entities": ([], ["entities"]),
    "standards: SDMX-JSON": (["KEN PT.8.1 2022 50.5", "KEN PT.8.1 2021 <5"], []),
    "standards: SDMX-JSON, a group unknown": ([], ["unknown group E2", "unknown group E3"]),
    "standards: SDMX-JSON, a place before the first": ([], ["damaged"]),
    "standards: SDMX-JSON, a place too many": ([], ["damaged"]),
    "standards: IATI 2.01": (["KEN PT.8.1 2022 50"], []),
    "standards: IATI 2.03, no per cent": ([], ["unit E2"]),
    "standards: IATI, several countries": ([], ["pooled reporters B2"]),
    "standards: IATI, a year and a half": ([], ["no period C2"]),
    "standards: IATI, a district": ([], ["unknown group I2"]),
    "standards: IATI, a word": ([], ["text D2"]),
}
"""What is recorded of each file, and which errors and warnings are told, with their cells."""


def test_every_odd_file_is_expected() -> None:
    assert set(EXPECTED) == set(odd.FILES)


@pytest.mark.parametrize("name", odd.FILES)
def test_an_odd_file_is_read_right_or_refused(engine: Engine, name: str) -> None:
    looked = look(engine, odd.FILES[name])
    values, faults = EXPECTED[name]
    assert (stored(looked), told(looked)) == (values, faults)
    for fault in plain(looked)["faults"]:
        assert set(fault) == FIELDS
        assert fault["message"].endswith((".", "?"))
        assert fault["remedy"].endswith(".")
        assert bool(fault["cell"]) <= bool(fault["row"])


def test_a_text_without_end_costs_nothing(engine: Engine) -> None:
    rows = ((odd.PERCENT, "KEN" * 20_000, 2022, 50), (odd.PERCENT, "KEN", "2022 " * 20_000, 50))
    noted = odd.table((odd.PERCENT, "KEN", 2022, 50, "a" * 30_000), head=(*odd.HEAD, "note"))
    assert told(look(engine, odd.table(*rows))) == ["unknown area B2", "no period C3"]
    assert told(look(engine, noted)) == ["too long E2"]
