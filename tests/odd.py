"""Odd files as ministries send them: tables of many layouts, signs, units, names and codings.

Each is made here by code. What is to be read from them, and what told, stands in the test.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from tests import messy

PERCENT, MONEY, RATE, LEVEL, TRUTH = "PT.8.1", "PS.4.2", "PT.5.2", "PT.4.1", "G.6.1"
HEAD: Final = ("indicator", "area", "period", "value")
Row = Sequence[Any]


def table(*rows: Row, head: Row = HEAD, divider: str = ",") -> bytes:
    """Return a table as delimited text."""
    return messy.csv([head, *rows], divider).encode()


def book(*rows: Row, head: Row = HEAD, **formats: str) -> bytes:
    """Return a table as a workbook of one sheet."""
    return messy.xlsx({"Data": [head, *rows]}, **formats)


def shaped(change: Callable[[Worksheet], object], *rows: Row) -> bytes:
    """Return a workbook of one sheet after a change to it."""
    made = messy.workbook({"Data": rows})
    change(made.worksheets[0])
    return messy.saved(made)


def series(indicator: str, *cells: str, divider: str = "\t") -> bytes:
    """Return values of Kenya, one a year from 2000 on."""
    return table(
        *((indicator, "KEN", 2000 + at, cell) for at, cell in enumerate(cells)), divider=divider
    )


def years(*cells: str) -> bytes:
    """Return one value of Kenya for each of these periods."""
    return table(*((PERCENT, "KEN", cell, 50 + at) for at, cell in enumerate(cells)), divider="\t")


def areas(*names: object) -> bytes:
    """Return one value for each of these names, a year each."""
    return table(*((PERCENT, name, 2000 + at, 50) for at, name in enumerate(names)), divider="\t")


def sdmx(*rows: Row, head: str = "", divider: str = ",") -> bytes:
    """Return SDMX-CSV 2.0 of Kenya's share of victims assisted."""
    extra = head.split()
    names = ("STRUCTURE", "STRUCTURE_ID", "ACTION", "REF_AREA", "INDICATOR", *extra)
    fixed = ("dataflow", "AG:DF(1.0)", "I", "KEN", PERCENT)
    lines = [(*fixed, *row) for row in rows]
    return messy.csv([(*names, "TIME_PERIOD", "OBS_VALUE"), *lines], divider).encode()


def markup(value: str, key: str = "", multiplier: str = "0") -> bytes:
    """Return generic SDMX-ML of one observation."""
    return f"""<?xml version="1.0"?><m:GenericData xmlns:m="m" xmlns:g="g"><m:DataSet><g:Series>
<g:SeriesKey><g:Value id="REF_AREA" value="KE"/><g:Value id="INDICATOR" value="{PERCENT}"/>{key}
</g:SeriesKey><g:Attributes><g:Value id="UNIT_MULT" value="{multiplier}"/></g:Attributes><g:Obs>
<g:ObsDimension value="2022"/><g:ObsValue value="{value}"/></g:Obs></g:Series></m:DataSet>
</m:GenericData>""".encode()


def notation(key: str = "0:0", sex: str = "_T") -> bytes:
    """Return SDMX-JSON of three observations."""
    dimensions = {
        "series": [
            {"id": "REF_AREA", "values": [{"id": "KEN"}]},
            {"id": "SEX", "values": [{"id": sex}]},
        ],
        "dataSet": [{"id": "INDICATOR", "values": [{"id": PERCENT}]}],
        "observation": [{"id": "TIME_PERIOD", "values": [{"id": "2022"}, {"id": "2021"}]}],
    }
    found = {"observations": {"0": ["50.5"], "1": ["<5"]}}
    return json.dumps(
        {
            "data": {
                "dataSets": [{"structure": 0, "series": {key: found}}],
                "structures": [{"dimensions": dimensions, "attributes": {}}],
            }
        }
    ).encode()


def activity(
    version: str = "2.03",
    measure: str = "2",
    country: str = '<recipient-country code="KE"/>',
    actual: str = '<actual value="50"/>',
    until: str = "2022-12-31",
) -> bytes:
    """Return an activity of IATI with one result."""
    return f"""<iati-activities version="{version}"><iati-activity>{country}<result type="2">
<indicator measure="{measure}"><title><narrative>{PERCENT}</narrative></title><period>
<period-start iso-date="2022-01-01"/><period-end iso-date="{until}"/>{actual}</period>
</indicator></result></iati-activity></iati-activities>""".encode()


def as_json(content: object) -> bytes:
    """Return JSON."""
    return json.dumps(content).encode()


ROW: Final = dict(zip(HEAD, (PERCENT, "KEN", 2022, 50), strict=True))
WIDE: Final = ("indicator", "area")


LAYOUTS: Final[Mapping[str, bytes]] = {
    "years in a second row of headers": book(
        ("", "", 2022, 2023), (PERCENT, "Kenya", 50, 60), head=(*WIDE, "Year", "")
    ),
    "sexes below merged years": shaped(
        lambda sheet: (sheet.merge_cells("C1:D1"), sheet.merge_cells("E1:F1")),
        (*WIDE, 2022, None, 2023, None),
        (None, None, "Male", "Female", "Male", "Female"),
        (PERCENT, "Kenya", 50, 60, 51, 61),
    ),
    "years below sexes, after a title": table(
        ("", "", "Men", "", "Women", ""),
        (*WIDE, 2022, 2023, 2022, 2023),
        (PERCENT, "KEN", 50, 51, 60, 61),
        head=("Report 2024", "", "", "", "", ""),
    ),
    "a second row of headers nobody knows": book(
        ("", "", "Registered", "Estimated"), (PERCENT, "KEN", 50, 60), head=(*WIDE, 2022, "")
    ),
    "figures below no header": table((PERCENT, "KEN", 50, 60), head=(*WIDE, 2022, "")),
    "sexes across": table(
        (MONEY, "KEN", 2022, 5), (PERCENT, "KEN", 2022, 50), head=(*HEAD[:3], "Female")
    ),
    "sexes and their total across": table(
        (PERCENT, "KEN", 2022, 50, 60, 55), head=(*HEAD[:3], "Men", "Women", "Total")
    ),
    "years and sexes in one header": table(
        (PERCENT, "KEN", 50, 51, 52), head=(*WIDE, "2018 Male", "2019_female", "Value 2020")
    ),
    "quarters, months and noted years across": table(
        (PERCENT, "KEN", 50, 51, 52, 53), head=(*WIDE, "2019 Q1", "03/2020", "2021 (p)", "2022 (1)")
    ),
    "fiscal years across": table((PERCENT, "KEN", 50, 51), head=(*WIDE, 2018, "2019/20")),
    "days as years across": book(
        (PERCENT, "KEN", 50, 51), head=(*WIDE, date(2021, 1, 1), date(2022, 1, 1))
    ),
    "one year twice": table((PERCENT, "KEN", 50, 51), head=(*WIDE, 2018, 2018)),
    "a sum and a change beside the years": table(
        (PERCENT, "KEN", 50, 51, 101, 1), head=(*WIDE, 2018, 2019, "Total", "Change 2018-2019")
    ),
    "on its side": book(
        (*("area",), "KEN"), ("year", 2021), ("value", 50), head=("indicator", PERCENT)
    ),
    "countries across": messy.xlsx(
        {PERCENT: [("Year", "Kenya", "Uganda", "Total"), (2021, 50, 51, 101)]}
    ),
    "a sheet for each country": messy.xlsx(
        {
            name: [("indicator", "year", "value"), (PERCENT, 2022, 50)]
            for name in ("Kenya", "Ivory Coast", "Notes")
        }
    ),
    "a sheet for each year": messy.xlsx(
        {name: [(*WIDE, "value"), (PERCENT, "KEN", 50)] for name in ("2021", "2022")}
    ),
    "sums, means and notes": table(
        (PERCENT, "KEN", 2022, 50),
        ("", "Total", 2022, 110),
        (PERCENT, "Average", 2022, 55),
        ("Total", "", 2022, 110),
        ("Source: the Ministry", "", "", ""),
    ),
    "a second table below": book(
        (PERCENT, "KEN", 2021, 50),
        ("Table 2", None, None, None),
        ("area", "indicator", "value", "period"),
        ("UGA", MONEY, 2021, 2022),
    ),
    "two tables side by side": table(
        (PERCENT, "KEN", 2021, 50, PERCENT, "UGA", 2021, 51), head=(*HEAD, *HEAD)
    ),
    "two columns of values": table((PERCENT, "KEN", 2022, 50, 60), head=(*HEAD, "amount")),
    "two columns of years": table((PERCENT, "KEN", 2021, 50, 2022), head=(*HEAD, "reporting year")),
    "a breakdown in a column nobody knows": table(
        (PERCENT, "KEN", 2022, 50, "women"), (PERCENT, "UGA", 2022, 51, ""), head=(*HEAD, "who")
    ),
    "a column of ages that are not asked": table(
        (PERCENT, "KEN", 2022, 50, "15-24"), head=(*HEAD, "age range")
    ),
    "girls and boys": table(
        (PERCENT, "KEN", 2022, 50, "girls"), (PERCENT, "KEN", 2022, 51, "F"), head=(*HEAD, "sex")
    ),
    "names of countries as rows": book(
        ("Kenya", None, None), (PERCENT, 2021, 50), head=("indicator", "period", "value")
    ),
    "a value in merged cells": shaped(
        lambda sheet: (sheet.merge_cells("D2:D3"), sheet.merge_cells("A2:A3")),
        HEAD,
        (PERCENT, "KEN", 2022, 50),
        (None, "UGA", 2022, None),
    ),
    "a hidden row and column": shaped(
        lambda sheet: (
            sheet.row_dimensions.group(3, 3, hidden=True),
            sheet.column_dimensions.group("D", "D", hidden=True),
        ),
        HEAD,
        (PERCENT, "KEN", 2022, 50),
        (PERCENT, "UGA", 2022, 51),
    ),
}
UNITS: Final[Mapping[str, bytes]] = {
    "thousands in the header": table((MONEY, "KEN", 2022, 12), head=(*HEAD[:3], "value ('000)")),
    "units over columns of indicators": table(
        ("KEN", 2022, 12, 3, 4),
        head=("area", "year", f"{PERCENT} (‰)", f"{MONEY} (thousand USD)", "PT.10.1 (%)"),
    ),
    "a unit over a column of years": table(
        (MONEY, "KEN", 12, 13), head=(*WIDE, "2021 (million USD)", "2022 (USD)")
    ),
    "thousands in the title": book(
        HEAD, (MONEY, "KEN", 2022, 12), head=("Assets, in thousands of USD",)
    ),
    "units in a column": table(
        *(
            (indicator, "KEN", 2000 + at, 12, unit)
            for at, (indicator, unit) in enumerate(
                [
                    *(
                        (MONEY, unit)
                        for unit in ("USD", "USD million", "EUR", "KES", "US$ thousands")
                    ),
                    *((PERCENT, unit) for unit in ("%", "per cent", "per 1000", "permille", "‰")),
                    *((RATE, unit) for unit in ("per 100 000", "per million", "%", "persons")),
                ]
            )
        ),
        head=(*HEAD, "unit"),
    ),
    "counts where a rate is asked": series(RATE, "1234", "1200", "900"),
    "one share alone": series(PERCENT, "0.62"),
    "shares among per cents": series(PERCENT, "0.5", "61", "70", "55"),
    "cells of per cents among shares": book(
        (PERCENT, "KEN", 2021, 0.615),
        (PERCENT, "KEN", 2022, 61.5),
        (RATE, "KEN", 2022, 0.5),
        D2="0.0%",
        D4="0%",
    ),
}
NUMBERS: Final[Mapping[str, bytes]] = {
    "German": series(MONEY, "1.234,5", "1.234", "999,25", "1.234.567,89"),
    "French": series(MONEY, "1 234,5", "1\u202f234", "1234,5", "1\u00a0234,8"),
    "Swiss": series(MONEY, "1'234.5", "1’234", "1234.5"),
    "Indian": series(MONEY, "12,34,567.5", "12,34,568.5"),
    "Arabic-Indic": series(MONEY, "١٬٢٣٤٫٥", "١٢٣٤٫٥", "١٢٣٤"),
    "Persian and Devanagari": series(MONEY, "۱۲٫۵", "१२.५", "１２．５"),
    "of two locales": series(PERCENT, "50,5", "50.5"),
    "that may be thousands": series(MONEY, "1.234", "2.500"),
    "that may be thousands, with commas": series(MONEY, "1,234", "2,500"),
    "with their money": series(MONEY, "$1,200", "USD 1200", "1200 USD", "€1.200,50", "1.2m", "2k"),
    "per cent in many ways": series(
        PERCENT, "50%", "50 percent", "½", "1/2", "5 of 10", "%50", "٥٠٪", "50‰", "fifty", "100.01"
    ),
    "bounds": series(MONEY, "<5", "> 5", "≤5", "less than 5", "5+", "~5", "1-4", "1–4"),
    "gaps": series(MONEY, "n/a", "..", "c", "x", "NaN", "#N/A", "-", "nil", "*", "TBD", "(5)"),
    "no numbers": series(
        MONEY, "Infinity", "1e400", "0x10", "1.2.3", "1O", "5_000", "12:30", "many"
    ),
    "marks": series(MONEY, "50*", "51 (1)", "52[a]", "53¹", "54p", "55 1/"),
    "codes for gaps": series(PERCENT, "-99", "999", "-1", "9999"),
    "powers and zeros": series(PERCENT, "5E1", "050", "-0", "+50", "50.0"),
    "huge": series(MONEY, "9999999999999999999", "9" * 5000, "1e30"),
    "in a workbook as text": book((PERCENT, "KEN", "2021", "50,5"), (PERCENT, 404, "2022", "61,5")),
    "errors and formulas": book(
        (PERCENT, "KEN", 2021, "=25*2"), (PERCENT, "KEN", "=2021+1", 50), ("=A2", "KEN", 2023, 50)
    ),
    "truths and days": book(
        (TRUTH, "KEN", 2025, True),
        (PERCENT, "KEN", 2022, True),
        (PERCENT, "KEN", 2023, date(2023, 2, 1)),
    ),
    "levels": series(LEVEL, "3", "3.5", "5", "level 3", "III", "yes", "75%", "<3", "3/4"),
    "yes and no": series(TRUTH, "yes", "no", "oui", "да", "2", "partly", "✓"),
}
PERIODS: Final[Mapping[str, bytes]] = {
    "fiscal": years("2019/20", "2019-20", "FY2020", "FY 2019/20"),
    "short or wrong": years("19", "'19", "20 19", "2019.5", "2,019", "43831", "2562", "latest", ""),
    "noted": years("2019*", "2018p", "2017 (1)", "2016?"),
    "days": years("01/02/2019", "13/02/2018", "2017-12-31", "Dec-19", "2016-W05"),
    "future and past": years("2027", "1919", "2099-Q1"),
    "parts of years": years("2019Q1", "T2 2019", "2018-2020", "H1 2017", "2016 г.", "٢٠١٥"),
    "formatted as days": book(
        (PERCENT, "KEN", 2022, 50), (PERCENT, "KEN", date(2021, 1, 1), 51), C2="yyyy"
    ),
}
AREAS: Final[Mapping[str, bytes]] = {
    "codes": areas("KE", "ken", "404", "404.0", 8, 4, "0404", "XKX", "ROM"),
    "other names": areas(
        "Swaziland", "Burma", "Ivory Coast", "CÔTE D’IVOIRE", "Zaire", "Кения", "肯尼亚"
    ),
    "typing errors": areas("Kenia", "Kenyaa", "Nigerie", "Cote dIvoire", "Uganda (1)", "Kenya¹"),
    "that may be two": areas("Korea", "NA", "Micronesia"),
    "that are none": areas("Atlantis", "Yugoslavia", "Nationwide", "Country A", "Other countries"),
    "pools and regions": areas("Kenya and Uganda", "Kenya/Uganda", "Africa", "World", "EU", "CAR"),
    "two that differ": table(
        (PERCENT, "Kenya", 2022, 50, "UGA"),
        (PERCENT, "Kenya", 2021, 50, "404"),
        head=("indicator", "country", "period", "value", "country code"),
    ),
}
ROWS: Final[Mapping[str, bytes]] = {
    "alike": table((PERCENT, "KEN", 2022, 50), (PERCENT, "Kenya", 2022, "50")),
    "in conflict": table((PERCENT, "KEN", 2022, 50), (PERCENT, "KE", 2022, 51)),
    "in conflict over two sheets": messy.xlsx(
        {"A": [HEAD, (PERCENT, "KEN", 2022, 50)], "B": [HEAD, (PERCENT, "KEN", 2022, 51)]}
    ),
    "a value and a gap": table(
        (PERCENT, "KEN", 2022, 50, "A", ""),
        (PERCENT, "KEN", 2022, "", "L", "lost"),
        head=(*HEAD, "status", "missing reason"),
    ),
    "an estimate and a figure": table(
        (PERCENT, "KEN", 2022, 50, "A"), (PERCENT, "KEN", 2022, 50, "E"), head=(*HEAD, "status")
    ),
}
TEXTS: Final[Mapping[str, bytes]] = {
    "decimal commas cut by the divider": table(
        (PERCENT, "KEN", 2022, 50, 5), (PERCENT, "UGA", 2022, 60, 5)
    ),
    "thousands cut by the divider": table((MONEY, "KEN", 2022, 1, 250), (MONEY, "UGA", 2022, 60)),
    "a value cut before its source": table(
        (PERCENT, "KEN", 2022, 50, 5, "Ministry"), head=(*HEAD, "source", "note")
    ),
    "a quotation mark left open": b'indicator,area,period,value,source\nPT.8.1,KEN,2022,50,"M\n'
    b"PT.8.1,UGA,2022,60,M\n",
    "notes of several lines": table(
        (PERCENT, "KEN", 2022, 50, '"one\ntwo, or"'), head=(*HEAD, "note")
    ),
    "two codings in one file": table((PERCENT, "Côte d'Ivoire", 2022, 50))
    + "PT.8.1,Côte d'Ivoire,2021,51\n".encode("cp1252"),
    "UTF-16 and tabs": table((PERCENT, "KEN", 2022, 50), divider="\t").decode().encode("utf-16"),
    "bars": table((PERCENT, "KEN", 2022, 50), divider="|"),
    "semicolons and decimal commas": table((PERCENT, "KEN", 2022, "50,5"), divider=";"),
    "an index before the first header": b",indicator,area,period,value\n0,PT.8.1,KEN,2022,50\n",
    "empty columns and rows": b"indicator,area,period,value,,\nPT.8.1,KEN,2022,50,,\n,,,,,\n",
    "remarks before the table": b"# made by hand\n" + table((PERCENT, "KEN", 2022, 50)),
    "no header": b"PT.8.1,KEN,2022,50\nPT.8.1,UGA,2022,60\n",
    "fixed width": b"indicator  area  period  value\nPT.8.1     KEN   2022    50\n",
    "signs of control": table((PERCENT, "KEN", 2022, 50, "a\x1b[31mb"), head=(*HEAD, "note")),
    "a formula as a value": table(
        (PERCENT, "KEN", 2022, "=1+1"), (PERCENT, "UGA", 2022, "@SUM(A1)")
    ),
}
JSON: Final[Mapping[str, bytes]] = {
    "rows": as_json([ROW]),
    "a line for each row": as_json(ROW) + b"\n" + as_json(ROW | {"area": "UGA"}) + b"\n",
    "columns": as_json({name: [value] for name, value in ROW.items()}),
    "heads and data": as_json({"columns": list(HEAD), "index": [0], "data": [list(ROW.values())]}),
    "UTF-16": as_json([ROW]).decode().encode("utf-16"),
    "a key twice": as_json([ROW])[:-2] + b', "value": 60}]',
    "values that are none": b"[%s]"
    % b", ".join(
        as_json(ROW | {"period": 2000 + at})[:-3] + cell + b"}"
        for at, cell in enumerate((b"NaN", b"Infinity", b"1e999999999", b"true", b"[5]", b"null"))
    ),
    "a tree": as_json({"KEN": {PERCENT: {"2021": 50}}}),
    "an area of two names": as_json([ROW | {"area": {"code": "KEN", "name": "Kenya"}}]),
}
STANDARDS: Final[Mapping[str, bytes]] = {
    "SDMX-CSV": sdmx(("2022", "50.5"), ("2021-Q1", "5e1"), ("2020-M03", "<5")),
    "SDMX-CSV, a dimension unknown": sdmx(("_T", 2022, 50), ("URB", 2021, 51), head="URBANISATION"),
    "SDMX-CSV, texts as values": sdmx(
        *((2000 + at, cell) for at, cell in enumerate(("NaN", "..", "1-5", "-", "1E400", "c")))
    ),
    "SDMX-CSV, other separators": sdmx((2022, "50,5"), divider=";").replace(
        b"STRUCTURE;", b"STRUCTURE[,];", 1
    ),
    "SDMX-CSV, several values": sdmx((2022, "50;51")),
    "SDMX-CSV, other periods": sdmx(("2022-T1", 50), ("2022-W10", 51), ("20220101", 52)),
    "SDMX-CSV, other units": sdmx(
        ("PT", "0", 2022, 50), ("EUR", "0", 2021, 51), head="UNIT_MEASURE UNIT_MULT"
    ),
    "SDMX-CSV, another area": sdmx(("UGA", 2022, 50), head="COUNTERPART_AREA"),
    "SDMX-CSV that deletes": sdmx((2022, 50)).replace(b",I,", b",D,"),
    "SDMX-ML": markup("50.5"),
    "SDMX-ML in UTF-16": markup("50.5")
    .decode()
    .replace("?>", ' encoding="UTF-16"?>')
    .encode("utf-16"),
    "SDMX-ML times a thousand": markup("0.05", multiplier="3"),
    "SDMX-ML, a dimension unknown": markup("50", key='<g:Value id="DEGREE_URB" value="CITY"/>'),
    "SDMX-ML, a word": markup("many"),
    "SDMX-ML with entities": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
    + markup("&b;"),
    "SDMX-JSON": notation(),
    "SDMX-JSON, a group unknown": notation(sex="XX"),
    "SDMX-JSON, a place before the first": notation(key="0:-1"),
    "SDMX-JSON, a place too many": notation(key="0:0:0"),
    "IATI 2.01": activity(version="2.01"),
    "IATI 2.03, no per cent": activity(measure="1"),
    "IATI, several countries": activity(
        country='<recipient-country code="KE"/><recipient-country code="UG"/>'
    ),
    "IATI, a year and a half": activity(until="2023-06-30"),
    "IATI, a district": activity(actual='<actual value="50"><location ref="KE-01"/></actual>'),
    "IATI, a word": activity(actual='<actual value="many"/>'),
}
FILES: Final[Mapping[str, bytes]] = {
    f"{kind}: {name}": data
    for kind, files in {
        "layout": LAYOUTS,
        "units": UNITS,
        "numbers": NUMBERS,
        "periods": PERIODS,
        "areas": AREAS,
        "rows": ROWS,
        "text": TEXTS,
        "JSON": JSON,
        "standards": STANDARDS,
    }.items()
    for name, data in files.items()
}
