"""Odd files for tests: made here by code, as spreadsheets and statistical programs write them."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import xlwt  # type: ignore[import-untyped]
from odf import number, opendocument, style, table, text  # type: ignore[import-untyped]

Rows = Sequence[Sequence[Any]]


def csv(rows: Rows, divider: str = ",") -> str:
    """Return rows as delimited text, unquoted."""
    return "".join(divider.join(str(cell) for cell in row) + "\n" for row in rows)


def xlsx(sheets: Mapping[str, Rows], **formats: str) -> bytes:
    """Return a workbook of these rows; `formats` gives cells of the first sheet a number format."""
    book = workbook(sheets)
    for cell, code in formats.items():
        book.worksheets[0][cell].number_format = code
    return saved(book)


def workbook(sheets: Mapping[str, Rows]) -> openpyxl.Workbook:
    """Return a workbook that can still be changed."""
    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    """Return a workbook's bytes."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xls(rows: Rows, *, percent: Sequence[tuple[int, int]] = ()) -> bytes:
    """Return an old workbook of one sheet; cells in `percent` are shown as per cent."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Old")
    share = xlwt.easyxf(num_format_str="0.0%")
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            if (at, place) in percent:
                sheet.write(at, place, cell, share)
            else:
                sheet.write(at, place, cell)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def ods(rows: Rows, *, percent: Sequence[tuple[int, int]] = ()) -> bytes:
    """Return an OpenDocument workbook of one sheet; cells in `percent` are shown as per cent."""
    book = opendocument.OpenDocumentSpreadsheet()
    shown = number.PercentageStyle(name="share")
    shown.addElement(number.Number(decimalplaces=1))
    shown.addElement(number.Text(text="%"))
    book.automaticstyles.addElement(shown)
    made = style.Style(name="cell", family="table-cell", datastylename="share")
    book.automaticstyles.addElement(made)
    sheet = table.Table(name="Offen")
    for at, row in enumerate(rows):
        line = table.TableRow()
        for place, value in enumerate(row):
            line.addElement(_cell(value, is_percent=(at, place) in percent))
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    target = io.BytesIO()
    book.write(target)
    return target.getvalue()


def _cell(value: Any, *, is_percent: bool) -> Any:
    if isinstance(value, int | float):
        kind = "percentage" if is_percent else "float"
        extra = {"stylename": "cell"} if is_percent else {}
        return table.TableCell(valuetype=kind, value=value, **extra)
    made = table.TableCell(valuetype="string")
    made.addElement(text.P(text=value))
    return made


def changed(data: bytes, part: str, old: str, new: str) -> bytes:
    """Return a workbook with a piece of one of its parts replaced."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as out:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == part:
                assert old in content.decode(), part
                content = content.decode().replace(old, new).encode()
            out.writestr(entry.filename, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Return a workbook with one more part."""
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


def locked() -> bytes:
    """Return what a workbook with a password looks like: a compound file that is encrypted."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHH", 62, 3, 0xFFFE)
    return header.ljust(512, b"\x00") + "EncryptedPackage".encode("utf-16-le").ljust(1024, b"\x00")
