"""The file that came in as a workbook again, with every fault at its cell and in a list."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, Final

from dashboard import i18n
from dashboard.exchange.reading.faults import Fault, Severity
from dashboard.exchange.reading.sheets import Book, Kind, Sheet
from dashboard.exchange.workbook import meta
from dashboard.exchange.workbook.form import OPTIONS
from dashboard.exchange.workbook.meta import Origin
from dashboard.i18n import _

MOST_ROWS: Final = 50_000
"""Rows of a sheet that are written again; of a longer one only the list of faults is."""
MOST_FAULTS: Final = 50_000
MOST_NOTES: Final = 5_000
LONGEST: Final = 32_000
COLOURS: Final = {
    Severity.ERROR: "#F8B4AB",
    Severity.WARNING: "#FFE08A",
    Severity.HINT: "#CFE3F7",
}
MADE: Final = datetime.combine(date(2000, 1, 1), time())
"""What the file says it was made at: always the same, so that its bytes are."""


def write(book: Book, faults: Sequence[Fault], *, plan: str) -> bytes:
    """Return a workbook of the sheets that were read, the faults marked, and a list of them."""
    import xlsxwriter  # type: ignore[import-untyped]

    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, OPTIONS)
    made.set_properties({"title": _("Faults found in the file"), "created": MADE})
    name = _free(_("Faults"), [sheet.name for sheet in book.sheets])
    _listed(made, name, faults)
    for sheet in book.sheets:
        if sheet.height <= MOST_ROWS:
            _again(made, sheet, [one for one in faults if one.sheet == sheet.name])
    about = meta.origin(book.meta) or Origin(plan)
    meta.write(made, _passing(about, name))
    made.close()
    return target.getvalue()


def _passing(about: Origin, name: str) -> Origin:
    return replace(about, passed_over=tuple(dict.fromkeys([*about.passed_over, name])))


def _free(name: str, taken: Sequence[str]) -> str:
    lower = {one.casefold() for one in taken}
    found, number = name, 1
    while found.casefold() in lower:
        number += 1
        found = f"{name} {number}"
    return found


def _listed(made: Any, name: str, faults: Sequence[Fault]) -> None:
    sheet = made.add_worksheet(name)
    if i18n.direction() == "rtl":
        sheet.right_to_left()
    bold = made.add_format({"bold": True, "bottom": 1})
    wrapped = made.add_format({"text_wrap": True, "valign": "top"})
    colours = {
        severity: made.add_format({"bg_color": colour, "valign": "top"})
        for severity, colour in COLOURS.items()
    }
    heads = [_("How grave"), _("Sheet"), _("Cell"), _("What is wrong"), _("How to mend it")]
    for place, (head, width) in enumerate(zip(heads, (12, 20, 9, 70, 60), strict=True)):
        sheet.write_string(0, place, head, bold)
        sheet.set_column(place, place, width)
    for line, fault in enumerate(faults[:MOST_FAULTS], start=1):
        sheet.write_string(line, 0, _(fault.severity.value), colours[fault.severity])
        cells = (fault.sheet, fault.cell, fault.message, fault.remedy)
        for place, text in enumerate(cells, start=1):
            sheet.write_string(line, place, text[:LONGEST], wrapped)
    if len(faults) > MOST_FAULTS:
        more = _("… and {n} more").format(n=i18n.number(len(faults) - MOST_FAULTS))
        sheet.write_string(MOST_FAULTS + 1, 0, more)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(min(len(faults), MOST_FAULTS), 1), len(heads) - 1)


def _again(made: Any, sheet: Sheet, faults: Sequence[Fault]) -> None:
    out = made.add_worksheet(_name(sheet.name, made))
    worst = _worst(faults)
    formats = {
        severity: made.add_format({"bg_color": colour}) for severity, colour in COLOURS.items()
    }
    text = made.add_format({"num_format": "@"})
    for place, column in enumerate(sheet.columns):
        at = sheet.column + place - 1
        out.set_column(at, at, 16)
        kinds, texts = column.kinds, column.texts
        for row, code in enumerate(column.codes.tolist()):
            line = sheet.row + row - 1
            found = worst.get((line + 1, at + 1)) or worst.get((line + 1, 0))
            mark = formats[found[0]] if found else None
            _put(out, (line, at), (texts[code], kinds[code]), mark, text)
    for (row, at), (_severity, words) in list(worst.items())[:MOST_NOTES]:
        out.write_comment(row - 1, max(at - 1, 0), words[:1500], {"author": "Headway"})
    if sheet.is_hidden:
        out.hide()


def _name(name: str, made: Any) -> str:
    kept = "".join("_" if sign in "[]:*?/\\" else sign for sign in name).strip("'")[:31]
    return _free(kept or _("Table"), [one.name for one in made.worksheets()])


def _worst(faults: Sequence[Fault]) -> Mapping[tuple[int, int], tuple[Severity, str]]:
    """Return for each cell its gravest fault and all that is to be said of it."""
    order = list(Severity)
    found: dict[tuple[int, int], tuple[Severity, str]] = {}
    for fault in faults:
        if not fault.row:
            continue
        place = (fault.row, fault.column)
        words = f"{fault.message} {fault.remedy}"
        if place in found:
            severity, said = found[place]
            found[place] = (min(severity, fault.severity, key=order.index), f"{said}\n{words}")
        else:
            found[place] = (fault.severity, words)
    return found


def _put(out: Any, place: tuple[int, int], cell: tuple[str, Kind], mark: Any, text: Any) -> None:
    (line, at), (said, kind) = place, cell
    if said == "":
        if mark is not None:
            out.write_blank(line, at, None, mark)
    elif kind is Kind.NUMBER and len(said) < 16:
        out.write_number(line, at, float(said), mark)
    else:
        shown = f"{said}%" if kind is Kind.PERCENT else said
        out.write_string(line, at, shown[:LONGEST], mark or text)
