"""What a file is, by its bytes, and whether it may be opened at all."""

import io
import re
import struct
import zipfile
from enum import StrEnum
from typing import Final

from dashboard.exchange.reading.sheets import Unreadable
from dashboard.i18n import _, number

MOST_BYTES: Final = 200_000_000
"""Of a delimited text."""
MOST_PACKED: Final = 50_000_000
"""Of a workbook, as it is sent."""
MOST_UNPACKED: Final = 60_000_000
MOST_RATIO: Final = 200
SUSPICIOUS: Final = 10_000_000
"""Below so many unpacked bytes no ratio is suspicious."""
MOST_ENTRIES: Final = 2_000
ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHERS: Final = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"{\\rtf": "RTF",
    b"PAR1": "Parquet",
    b"SQLite format 3": "SQLite",
    b"MZ": "EXE",
    b"\x7fELF": "ELF",
}
PACKED: Final = re.compile(r"\.(zip|xlsx|xlsm|xlsb|ods|gz|7z|rar|docx|jar)$", re.IGNORECASE)
WIDE_JSON: Final = re.compile(rb"\xff\xfe[\[{]\x00|\xfe\xff\x00[\[{]")
"""The first signs of JSON in UTF-16."""
DOCTYPE: Final = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


class Form(StrEnum):
    """What a file is."""

    XLSX = "xlsx"
    XLSM = "xlsm"
    XLS = "xls"
    ODS = "ods"
    JSON = "json"
    TEXT = "csv"


def check(data: bytes) -> Form:
    """Return what a file is, or raise `Unreadable` where it must not be opened."""
    if not data.strip(b"\x00\t\r\n\x20\xef\xbb\xbf"):
        raise Unreadable("empty", _("The file is empty."), _("Send one that holds a table."))
    if data.startswith(ZIP):
        return _zip(data)
    if data.startswith(OLE):
        small(data, MOST_PACKED)
        return _ole(data)
    for start, name in OTHERS.items():
        if data.startswith(start):
            raise Unreadable(
                "form",
                _("The file is {form} by its content, and no table.").format(form=name),
                _("Send a workbook (XLSX, XLS, ODS), CSV or JSON."),
            )
    small(data, MOST_BYTES)
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] == b"<" or data[:4] in {b"\xff\xfe<\x00", b"\xfe\xff\x00<"}:
        raise Unreadable(
            "form",
            _("The file is a web page or XML, and no table."),
            _("Open it in a spreadsheet and save it as XLSX."),
        )
    if head[:1] in {b"[", b"{"} or WIDE_JSON.match(data):
        return Form.JSON
    return Form.TEXT


def small(data: bytes, most: int) -> None:
    """Refuse a file of more bytes than this."""
    if len(data) > most:
        raise Unreadable(
            "size",
            _("The file has more than {n} MB.").format(n=number(most / 1_000_000, 0)),
            _("Send it in parts."),
        )


def _ole(data: bytes) -> Form:
    """Tell an old workbook from a workbook with a password, and from other things of Office."""
    names = data.decode("utf-16-le", errors="ignore") if len(data) % 2 == 0 else ""
    names += data[:-1].decode("utf-16-le", errors="ignore") if len(data) % 2 else ""
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        raise locked()
    if "Workbook" in names or re.search(r"\bBook\b", names):
        return Form.XLS
    raise Unreadable(
        "form",
        _("The file is a document of an office program, and no workbook."),
        _("Send a workbook (XLSX, XLS, ODS), CSV or JSON."),
    )


def locked() -> Unreadable:
    """Return the refusal of a file with a password."""
    return Unreadable(
        "password",
        _("The workbook is locked with a password."),
        _("Save it without a password and send it again."),
    )


def _zip(data: bytes) -> Form:
    small(data, MOST_PACKED)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _archive(archive)
    except (zipfile.BadZipFile, struct.error, NotImplementedError, RuntimeError, OSError) as error:
        raise broken() from error


def broken() -> Unreadable:
    """Return the refusal of a damaged file."""
    return Unreadable(
        "damaged",
        _("The workbook is damaged and cannot be opened."),
        _("Open it in a spreadsheet, save it anew, and send it again."),
    )


def _archive(archive: zipfile.ZipFile) -> Form:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    _measured(entries)
    if any(entry.flag_bits & 1 for entry in entries):
        raise locked()
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        form = _office(archive, names)
    elif "mimetype" in names and "content.xml" in names:
        form = _open_document(archive)
    else:
        raise Unreadable(
            "form",
            _("The file is a zip archive, and no workbook."),
            _("Unpack it and send the table that is in it."),
        )
    for entry in entries:
        if PACKED.search(entry.filename):
            raise Unreadable(
                "nested",
                _("The workbook carries another packed file ({name}).").format(
                    name=entry.filename[-60:]
                ),
                _("Remove what is embedded in it, and send it again."),
            )
    return form


def _measured(entries: list[zipfile.ZipInfo]) -> None:
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    is_bomb = total > SUSPICIOUS and total / packed > MOST_RATIO
    if len(entries) > MOST_ENTRIES or total > MOST_UNPACKED or is_bomb:
        raise Unreadable(
            "bomb",
            _("The workbook would unpack to {n} MB in {parts} parts: that is too much.").format(
                n=number(total / 1_000_000, 0), parts=number(len(entries))
            ),
            _("Keep only the sheet with the figures, without pictures, and send that."),
        )


def _office(archive: zipfile.ZipFile, names: set[str]) -> Form:
    if "xl/workbook.bin" in names:
        raise Unreadable(
            "form",
            _("The file is a binary workbook (XLSB), which cannot be checked before it is opened."),
            _("Save it as XLSX, and send it again."),
        )
    for entry in archive.infolist():
        if entry.filename.endswith((".xml", ".rels")):
            _plain(archive, entry.filename)
    if any(name.endswith("vbaProject.bin") for name in names):
        return Form.XLSM
    return Form.XLSX


def _open_document(archive: zipfile.ZipFile) -> Form:
    with archive.open("mimetype") as opened:
        kind = opened.read(100)
    if b"opendocument.spreadsheet" not in kind:
        raise Unreadable(
            "form",
            _("The file is a document of an office program, and no workbook."),
            _("Send a workbook (XLSX, XLS, ODS), CSV or JSON."),
        )
    if "META-INF/manifest.xml" in archive.namelist():
        with archive.open("META-INF/manifest.xml") as opened:
            if b"encryption-data" in opened.read(1_000_000):
                raise locked()
    for name in ("content.xml", "styles.xml"):
        if name in archive.namelist():
            _plain(archive, name)
    return Form.ODS


def _plain(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse a part that declares a document type: no spreadsheet writes one, attacks do."""
    with archive.open(name) as opened:
        start = opened.read(8192)
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        start = start.decode("utf-16", errors="ignore").encode()
    if DOCTYPE.search(start):
        raise Unreadable(
            "entities",
            _("The workbook declares entities in {part}, which no spreadsheet does.").format(
                part=name[-60:]
            ),
            _("Open it in a spreadsheet, save it anew, and send it again."),
        )
