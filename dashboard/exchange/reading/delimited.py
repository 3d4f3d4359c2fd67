"""Delimited text: any encoding, any divider, as spreadsheets and statistical programs write it."""

import csv
import io
import re
from collections import Counter
from typing import Any, Final

import charset_normalizer
import numpy as np
import pyarrow as pa
import pyarrow.csv
from charset_normalizer.constant import TOO_SMALL_SEQUENCE

from dashboard.exchange.reading import guards, sheets
from dashboard.exchange.reading.sheets import Book, Column, Kind, Remark, Sheet, Unreadable
from dashboard.i18n import _, number

DIVIDERS: Final = ",;\t|"
ENCODINGS: Final = (
    *("cp1252", "cp1251", "cp1256", "cp1250", "cp1254", "cp1253", "cp1255", "cp1257"),
    *("koi8-r", "cp866", "cp850", "mac_roman", "gb18030", "big5", "shift_jis", "euc_kr"),
)
"""What a text without a mark may be written in, the likeliest first."""
SAMPLE: Final = 200_000
LOST: Final = "\ufffd"
LARGE: Final = 1_000_000
"""From so many bytes on a text is read in bulk, where all its rows have one width."""
MOST_ROWS: Final = 3_000_000
MOST_COLUMNS: Final = 2_000
MOST_CELL: Final = 32_767
MOST_NOTE: Final = 3
"""Up to so many columns a note of several lines may look like rows of the table."""
WESTERN: Final = frozenset("éèêëàâäáãåçñöôóòõøüûùúíìîïßœæ’‘“”–—…«»€°")
WORD: Final = re.compile(r"[^\W\d_]{3,}(?:[ '’-][^\W\d_]{2,})*")


def read(data: bytes, known: frozenset[str]) -> Book:
    """Read a text into one sheet."""
    text, remarks = decoded(data, known)
    if not text.strip():
        raise Unreadable("empty", _("The file is empty."), _("Send one that holds a table."))
    divider, said = _divider(text)
    text = text[said:]
    columns, height, odd = _bulk(text, divider) or _by_rows(text, divider)
    first = 2 if said else 1
    sheet = Sheet("", columns, height, row=first)
    return Book(guards.Form.TEXT, [sheet], [*remarks, *odd])


# Letters --------------------------------------------------------------------------------------


def decoded(data: bytes, known: frozenset[str]) -> tuple[str, list[Remark]]:
    """Return the letters of a text, and a remark where they had to be guessed."""
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return _strict(data, name), []
    wide = _wide(data)
    if wide:
        return _strict(data, wide), []
    if b"\x00" in data:
        raise Unreadable(
            "form",
            _("The file holds signs that are no text."),
            _("Send a workbook (XLSX, XLS, ODS), CSV or JSON."),
        )
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    return _guessed(data, known, line)


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeError as error:
        raise Unreadable(
            "encoding",
            _("The file says that it is {encoding}, and is not.").format(encoding=name.upper()),
            _("In the spreadsheet choose “CSV UTF-8” when saving."),
        ) from error


def _wide(data: bytes) -> str:
    """Return which UTF-16 a text without a mark is: every other byte of plain letters is zero."""
    start = data[:2000]
    even, odd = start[::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if half > 2 and odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if half > 2 and even > 0.4 * half and odd < 0.1 * half else ""


def _guessed(data: bytes, known: frozenset[str], line: int) -> tuple[str, list[Remark]]:
    """Take the encoding in which most known words appear; where none does, the likeliest."""
    mixed = _mixed(data, line)
    if mixed is not None:
        return mixed
    sample = b"\n".join(part for part in data[: 4 * SAMPLE].split(b"\n") if not part.isascii())
    sample = sample[:SAMPLE]
    likely = _likeliest(sample)
    scores = {name: _score(sample, name, known) for name in dict.fromkeys((*ENCODINGS, likely))}
    best = max(scores, key=lambda name: (scores[name], name == likely))
    if scores[best] <= 0:
        best = "cp1252" if _is_western(sample) else likely
    text = data.decode(best, errors="replace")
    example = next((part for part in text.splitlines() if not part.isascii()), "")[:60].strip()
    message = _("The file is not UTF-8 (first in line {line}); it was read as {encoding}: {text}")
    remark = Remark(
        "encoding",
        message.format(line=number(line), encoding=best.upper(), text=example),
        _("Check the names; or choose “CSV UTF-8” when saving, and send it again."),
    )
    return text, [remark]


def _mixed(data: bytes, line: int) -> tuple[str, list[Remark]] | None:
    """Read a text of which some lines are UTF-8 and others are not; none where it is no such."""
    parts, whole, western = data.split(b"\n"), 0, 0
    if len(data) > LARGE:
        return None
    texts = []
    for part in parts:
        try:
            text = part.decode("utf-8")
            whole += not part.isascii()
        except UnicodeDecodeError:
            text = part.decode("cp1252", errors="replace")
            western += 1
        texts.append(text)
    if not whole or not western:
        return None
    remark = Remark(
        "encoding",
        _(
            "Some lines are UTF-8 and others not (first line {line}), as if two files were joined."
        ).format(line=number(line)),
        _("Check the names; or choose “CSV UTF-8” when saving, and send it again."),
    )
    return "\n".join(texts), [remark]


def _is_western(sample: bytes) -> bool:
    """Say whether a text makes the letters of Western languages when read as such."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    beyond = [sign for sign in text if not sign.isascii()]
    western = sum(sign.lower() in WESTERN for sign in beyond)
    return western >= 0.9 * len(beyond)


def _likeliest(sample: bytes) -> str:
    if len(sample) < TOO_SMALL_SEQUENCE:
        return ENCODINGS[0]
    found = charset_normalizer.from_bytes(sample, cp_isolation=list(ENCODINGS)).best()
    return found.encoding if found is not None else ENCODINGS[0]


def _score(sample: bytes, encoding: str, known: frozenset[str]) -> int:
    """Return how many known words with letters beyond ASCII appear, less what cannot be letters."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return -1
    if re.search(r"[\x80-\x9f]", text):
        return -1
    cells = re.split(r"[\n\r\t;,|\"]+", text)
    words = {cell.strip().casefold() for cell in cells} | set(WORD.findall(text.casefold()))
    return sum(word in known for word in words if not word.isascii())


# Divisions ------------------------------------------------------------------------------------


def _divider(text: str) -> tuple[str, int]:
    """Return the sign that divides the columns, and the length of a line `sep=;` that says so."""
    told = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    if told:
        return told[1], told.end()
    lines = list(_lines(text[:SAMPLE]))[:60]
    return max(DIVIDERS, key=lambda sign: _regularity(lines, sign)), 0


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _regularity(lines: list[str], sign: str) -> tuple[int, int]:
    """Return how many lines a sign divides into the same number of cells, more than one."""
    widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=sign) if len(cells) > 1)
    if not widths:
        return 0, 0
    width, lines_ = max(widths.items(), key=lambda found: (found[1], found[0]))
    return lines_, width


def _bulk(text: str, divider: str) -> tuple[list[Column], int, list[Remark]] | None:
    """Read a large text whose rows all have one width; none where it is not such a one."""
    if len(text) < LARGE:
        return None
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(text.encode()),
            read_options=pa.csv.ReadOptions(autogenerate_column_names=True, block_size=1 << 22),
            parse_options=pa.csv.ParseOptions(
                delimiter=divider, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=_texts(text, divider),
        )
    except pa.ArrowInvalid:
        return None
    _fits(table.num_rows, table.num_columns)
    columns = [_column(part) for part in table.unify_dictionaries().columns]
    for column in columns:
        for cell in column.texts:
            if "\n" in cell and _swallows(cell, divider, len(columns)):
                row = int(np.argmax(column.codes == column.texts.index(cell))) + 1
                raise _open(number(row))
    return columns, table.num_rows, []


def _texts(text: str, divider: str) -> Any:
    width = len(next(csv.reader([text[: text.find("\n")]], delimiter=divider), []))
    kind = pa.dictionary(pa.int32(), pa.string())
    return pa.csv.ConvertOptions(
        column_types={f"f{place}": kind for place in range(width)}, strings_can_be_null=False
    )


def _column(part: Any) -> Column:
    words = part.chunk(0).dictionary.to_pylist() if part.num_chunks else []
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in part.chunks] or [[]])
    return Column(words, [Kind.TEXT] * len(words), codes.astype(np.int32, copy=False))


def _by_rows(text: str, divider: str) -> tuple[list[Column], int, list[Remark]]:
    """Read a text row by row: rows may be of any width."""
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=divider)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise Unreadable(
            "form",
            _("The file is no table: line {line} cannot be divided into cells.").format(
                line=number(reader.line_num)
            ),
            _("Save it as CSV UTF-8, and send it again."),
        ) from error
    width = max((len(row) for row in rows), default=0)
    _fits(len(rows), width)
    _closed(rows, divider)
    filled = [[*row, *[""] * (width - len(row))] for row in rows]
    columns = [
        sheets.column((cell, Kind.TEXT) for cell in cells) for cells in zip(*filled, strict=True)
    ]
    return columns, len(rows), _odd(rows)


def _closed(rows: list[list[str]], divider: str) -> None:
    """Refuse a text in which a quotation mark was opened and not closed in its row."""
    usual = Counter(len(row) for row in rows).most_common(1)[0][0] if rows else 0
    for place, row in enumerate(rows, start=1):
        if any("\n" in cell and _swallows(cell, divider, usual) for cell in row):
            raise _open(number(place))


def _swallows(cell: str, divider: str, width: int) -> bool:
    """Say whether a cell of several lines holds whole rows of the table."""
    if len(cell) > MOST_CELL:
        return True
    return width > MOST_NOTE and any(
        line.count(divider) >= width - 1 for line in cell.splitlines()[1:]
    )


def _open(row: str) -> Unreadable:
    return Unreadable(
        "quotes",
        _("A quotation mark that opens in row {row} is never closed.").format(row=row),
        _("Close it, or save the table from a spreadsheet as CSV UTF-8."),
    )


def _odd(rows: list[list[str]]) -> list[Remark]:
    """Remark on rows that are wider than the usual one: a sign too many shifts what follows."""
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    if not widths:
        return []
    usual = widths.most_common(1)[0][0]
    wide = [
        place
        for place, row in enumerate(rows, start=1)
        if len(row) > usual and any(cell.strip() for cell in row[usual:])
    ]
    if usual < 2 or not wide or len(wide) > len(rows) // 2:
        return []
    message = _("Row {row} has more cells than most ({n} such rows): was a decimal comma cut?")
    return [
        Remark(
            "row width",
            message.format(row=number(wide[0]), n=number(len(wide))),
            _("Put quotation marks around cells that hold the dividing sign."),
        )
    ]


def _fits(rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise Unreadable(
            "size",
            _("The table has {rows} rows and {columns} columns: that is too much.").format(
                rows=number(rows), columns=number(columns)
            ),
            _("Send it in parts."),
        )
