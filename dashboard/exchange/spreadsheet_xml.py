"""The parts of an Excel workbook as XML, made column by column, and the zip they stream into.

A text becomes a cell once for each different text; rows are only joined. Cells name no place of
their own, as the standard allows: their order says it, and half of the bytes are saved.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Any, Final
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.exchange import archive, canonical
from dashboard.exchange.about import ILLUSTRATIVE, Meta
from dashboard.exchange.canonical import Field
from dashboard.exchange.sdmx import columns
from dashboard.exchange.sdmx.columns import FORBIDDEN, Coded

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
START: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
LONGEST: Final = 32_767
"""Signs that a cell of Excel holds."""
DAY, MOMENT, BOLD, WRAPPED, WARNING = 1, 2, 3, 4, 5
EMPTY: Final = "<c/>"
FIRST_DAY: Final = np.datetime64("1899-12-30")
"""Day 0 of a workbook."""
WIDTHS: Final = {"boolean": 9, "integer": 9, "number": 13, "date": 12, "datetime": 21}
WIDEST: Final = 60
SEEN: Final = 1000
"""Rows that are looked at before a column is made so wide."""


def quoted(text: str) -> str:
    """Return a text as XML, in what a cell can hold; what looks like an escape of Excel stays."""
    clean = text.translate(FORBIDDEN)
    if len(clean) > LONGEST:
        clean = clean[: LONGEST - 1] + "…"
    return escape(re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", clean))


def cell(text: str, style: int = 0) -> str:
    """Return a cell of text; nothing in it where there is none."""
    if not text:
        return EMPTY
    mark = f' s="{style}"' if style else ""
    return f'<c{mark} t="inlineStr"><is><t xml:space="preserve">{quoted(text)}</t></is></c>'


def cells(column: pd.Series, field: Field) -> "Coded | pa.Array":
    """Return the cells of a column, each of its own type; empty where a value is missing."""
    if field.type == "string":
        return columns.coded(column).map(cell)
    if field.type == "boolean":
        found = columns.coded(column.astype("boolean").map({True: "1", False: "0"}).astype("str"))
        return found.map(lambda text: f'<c t="b"><v>{text}</v></c>' if text else EMPTY)
    spelled = canonical.spelled(column, field)
    if field.type in {"date", "datetime"}:
        style = DAY if field.type == "date" else MOMENT
        found = columns.coded(pd.Series(spelled.to_pandas(), dtype="str"))
        return found.map(
            lambda text: f'<c s="{style}"><v>{serial(text)}</v></c>' if text else EMPTY
        )
    number = pc.binary_join_element_wise("<c><v>", spelled, "</v></c>", "")
    return pc.if_else(pc.equal(spelled, ""), EMPTY, number)


def _dated(text: str, style: int) -> str:
    return f'<c s="{style}"><v>{serial(text)}</v></c>' if text else EMPTY


def serial(text: str) -> str:
    """Return a day or moment (ISO text, UTC) as the number that a workbook keeps it as."""
    stamp = np.datetime64(text.removesuffix("Z"), "us")
    days = (stamp - FIRST_DAY.astype("datetime64[us]")) / np.timedelta64(1, "D")
    return canonical.number(float(days))


def rows(table: pd.DataFrame, fields: Sequence[Field], first: int) -> bytes:
    """Return the rows of a table as XML; `first` is the number of its first row in the sheet."""
    numbers = pa.array(np.arange(first, first + len(table))).cast(pa.string())
    parts = [cells(table[field.name], field) for field in fields]
    return columns.octets(columns.glued(['<row r="', numbers, '">', *parts, "</row>\n"]))


def head(meta: Meta, fields: Sequence[Field], sample: pd.DataFrame) -> bytes:
    """Return the beginning of a sheet of data, down to its row of names."""
    tab = '<tabColor rgb="FF8A4B00"/>' if meta.is_illustrative else ""
    wide = "".join(
        f'<col min="{place}" max="{place}" width="{_width(field, sample)}" customWidth="1"/>'
        for place, field in enumerate(fields, start=1)
    )
    names = "".join(cell(field.name, BOLD) for field in fields)
    return (
        f'{START}<worksheet xmlns="{MAIN}"><sheetPr>{tab}<pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols>{wide}</cols><sheetData>\n<row r="1">{names}</row>\n'
    ).encode()


def _width(field: Field, sample: pd.DataFrame) -> int:
    least = len(field.name) + 4
    if field.type != "string":
        return max(WIDTHS[field.type], least)
    seen = sample[field.name].head(SEEN).dropna().tolist()
    longest = max((len(str(text)) for text in seen), default=0)
    return min(max(longest + 2, least), WIDEST)


def foot(meta: Meta, wide: int, last: int) -> bytes:
    """Return the end of a sheet of data of so many columns and rows."""
    mark = f"<oddHeader>&amp;C&amp;B{escape(ILLUSTRATIVE)}</oddHeader>"
    header = f"<headerFooter>{mark}</headerFooter>" if meta.is_illustrative else ""
    return (
        f'</sheetData><autoFilter ref="A1:{letters(wide)}{last}"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        f"{header}</worksheet>"
    ).encode()


def letters(place: int) -> str:
    """Return what a column is called, counted from 1: A, B, … Z, AA."""
    name = ""
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def told(lines: Iterable[tuple[str, str]], *, is_illustrative: bool) -> bytes:
    """Return the sheet that tells how to read the others, name and text a row."""
    made = []
    for number, (name, text) in enumerate(lines, start=1):
        warns = is_illustrative and number == 1
        styles = (WARNING, WARNING) if warns else (BOLD, WRAPPED)
        pair = "".join(cell(word, style) for word, style in zip((name, text), styles, strict=True))
        made.append(f'<row r="{number}">{pair}</row>\n')
    return (
        f'{START}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<cols><col min="1" max="1" width="24" customWidth="1"/>'
        '<col min="2" max="2" width="84" customWidth="1"/></cols>'
        f"<sheetData>\n{''.join(made)}</sheetData>"
        '<pageSetup paperSize="9" fitToHeight="0"/></worksheet>'
    ).encode()


def frame(meta: Meta, sheets: Sequence[str]) -> dict[str, str]:
    """Return the parts of a workbook beside its sheets, by path."""
    names = list(enumerate(sheets, start=1))
    pages = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}"/>' for at, name in names
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for at, _name in names
    )
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{RELATED}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at, _name in names
    )
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{office}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{office}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        f"{kinds}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": _core(meta),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}">'
        f'<bookViews><workbookView activeTab="0"/></bookViews><sheets>{pages}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId{len(names) + 1}" Type="{RELATED}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": _styles(),
    }


def _core(meta: Meta) -> str:
    when = meta.as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    mark = f"<dc:description>{ILLUSTRATIVE}</dc:description>" if meta.is_illustrative else ""
    return (
        f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{quoted(meta.title)}</dc:title><dc:creator>{quoted(meta.source)}</dc:creator>"
        f'{mark}<dcterms:created xsi:type="dcterms:W3CDTF">{when}</dcterms:created>'
        "</cp:coreProperties>"
    )


def _styles() -> str:
    wrap = '<alignment vertical="top" wrapText="1"/>'
    forms = (
        (0, 0, ""),
        (164, 0, ""),
        (165, 0, ""),
        (0, 1, wrap),
        (0, 0, wrap),
        (0, 2, wrap),
    )
    styles = "".join(
        f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="0" xfId="0" '
        f'applyNumberFormat="1" applyFont="1" applyAlignment="1">{inside}</xf>'
        for number, font, inside in forms
    )
    plain = '<sz val="11"/>{more}<name val="Calibri"/>'
    fonts = (
        plain.format(more=""),
        "<b/>" + plain.format(more=""),
        "<b/>" + plain.format(more='<color rgb="FF8A4B00"/>'),
    )
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="2">'
        '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
        f'<fonts count="3">{"".join(f"<font>{font}</font>" for font in fonts)}</fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        f'</cellStyleXfs><cellXfs count="{len(forms)}">{styles}</cellXfs><cellStyles count="1">'
        '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


class Drain(io.RawIOBase):
    """A file that only grows: what was written is taken away and forgotten."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._parts: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Keep bytes until they are taken."""
        part = bytes(data)
        self._parts.append(part)
        self._written += len(part)
        return len(part)

    def tell(self) -> int:
        """Return how much was written in all."""
        return self._written

    def take(self) -> bytes:
        """Return what was written since it was last taken."""
        found = b"".join(self._parts)
        self._parts.clear()
        return found


class Zip:
    """A zip that is given away while it is made, always the same for the same members."""

    def __init__(self) -> None:
        """Begin empty."""
        self._drain = Drain()
        self._zip = zipfile.ZipFile(
            self._drain, "w", zipfile.ZIP_DEFLATED, compresslevel=archive.LEVEL
        )

    def member(self, path: str, parts: Iterable[bytes]) -> Iterator[bytes]:
        """Yield what a further member adds, part by part."""
        # Named by its path alone, a member has the first day of all, and nothing of the machine.
        with self._zip.open(path, "w") as opened:
            for part in parts:
                opened.write(part)
                if found := self._drain.take():
                    yield found
        yield self._drain.take()

    def end(self) -> bytes:
        """Return the list of members, which ends a zip."""
        self._zip.close()
        return self._drain.take()
