"""The workbook to fill in: a row for each figure that is asked, with what is known beside it.

What may not be changed is grey and locked, without a password: the lock is a guide. What is chosen
from a list has its list in a hidden sheet. The same form gives the same bytes.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from dashboard import i18n
from dashboard.exchange.workbook import meta
from dashboard.exchange.workbook.meta import LISTS, Origin
from dashboard.i18n import _

FIRST: Final = 4
"""The row of the header of a sheet, counted from zero: above it stands what it is."""
FARTHEST: Final = 1e15
OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
PROTECTION: Final = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "autofilter": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}
INK, GREY, AMBER, LINE = "#1F2933", "#EEF0F2", "#FFE8B3", "#C5CBD3"


@dataclass(frozen=True)
class Ask:
    """A figure that is asked, and what is known of it; empty texts and none where nothing is."""

    code: str
    name: str
    unit: str
    cell: str  # empty for the total
    group: str  # the cell in words
    kind: str  # number, whole, level, text
    lower: float | None = None
    upper: float | None = None
    levels: tuple[tuple[int, str], ...] = ()
    last: float | None = None
    last_period: str = ""
    target: float | None = None
    target_year: str = ""
    median: float | None = None
    source: str = ""


@dataclass(frozen=True)
class Task:
    """A measure on which a report is asked, and how it stood when last reported."""

    code: str
    title: str
    last: str = ""


@dataclass(frozen=True)
class Form:
    """What a workbook asks of whom."""

    plan: str
    plan_title: str
    area: str
    area_name: str
    round: str
    round_name: str
    period: str
    due: date | None
    made: date
    asks: Sequence[Ask]
    tasks: Sequence[Task]
    statuses: Mapping[str, str]  # code to meaning
    implementations: Mapping[str, str]
    is_illustrative: bool = False
    contact: str = ""
    typed: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Column:
    role: str
    header: str
    width: int
    is_open: bool = False
    help: str = ""


def write(form: Form) -> bytes:
    """Return the workbook."""
    import xlsxwriter  # type: ignore[import-untyped]  # who asks for a workbook waits for it

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS)
    book.set_properties(
        {
            "title": _title(form),
            "subject": form.area_name,
            "created": datetime.combine(form.made, time()),
        }
    )
    _Maker(book, form).make()
    book.close()
    return target.getvalue()


def _title(form: Form) -> str:
    return f"{form.round_name or form.plan_title}: {form.area_name}"


def _figures(form: Form) -> list[_Column]:
    known = [
        _Column("indicator", _("Indicator code"), 11),
        _Column("indicator", _("Indicator"), 44),
        _Column("area", _("Area code"), 9),
        _Column("period", _("Period"), 9),
        _Column("cell", _("Breakdown"), 14),
        _Column("", _("Of whom"), 18),
        _Column("", _("Unit to use"), 14),
        _Column("", _("What each level means"), 34),
        _Column("", _("Last value"), 10),
        _Column("", _("Last period"), 9),
        _Column("", _("Target (proposed or agreed)"), 12),
        _Column("", _("Median of the region"), 11),
    ]
    return [
        *known,
        _Column("value", _("Value"), 13, True, _("Bounds can be written <5 or >95.")),
        _Column("status", _("Status"), 22, True, _("Empty: a usual value.")),
        _Column("missing_reason", _("Why there is no value"), 28, True),
        _Column("numerator", _("Numerator"), 12, True),
        _Column("denominator", _("Denominator"), 12, True),
        _Column("source", _("Source"), 34, True),
        _Column("evidence", _("Link to the evidence"), 26, True),
        _Column("note", _("Note (public)"), 30, True),
        _Column("comment", _("Comment to the reviewer (not public)"), 30, True),
    ]


def _measures() -> list[_Column]:
    return [
        _Column("measure", _("Measure code"), 11),
        _Column("", _("Measure"), 50),
        _Column("", _("Last reported"), 16),
        _Column("implementation", _("State of the measure"), 20, True),
        _Column("as_at", _("As at (day)"), 12, True),
        _Column("milestone", _("Next milestone"), 30, True),
        _Column("milestone_due", _("Milestone due (day)"), 12, True),
        _Column("blocker", _("What blocks it"), 30, True),
        _Column("next_step", _("Next step"), 30, True),
        _Column("weakness", _("Weakness"), 26, True),
        _Column("gap", _("Gap"), 26, True),
        _Column("challenge", _("Challenge"), 30, True),
        _Column("resources", _("Resources: needs and who gives them"), 30, True),
        _Column("resources_needed", _("Amount needed"), 13, True),
        _Column("resources_committed", _("Amount committed"), 13, True),
        _Column("currency", _("Currency (such as USD)"), 10, True),
        _Column("source", _("Source"), 26, True),
        _Column("evidence", _("Link to the evidence"), 26, True),
    ]


class _Maker:
    """The making of one workbook."""

    def __init__(self, book: Any, form: Form) -> None:
        self.book, self.form = book, form
        base = {"font_color": INK, "valign": "top", "text_wrap": True, "border": 1}
        base |= {"border_color": LINE}
        made = book.add_format
        self.grey = made({**base, "bg_color": GREY, "num_format": "@"})
        self.number = made({**base, "bg_color": GREY})
        self.open = made({**base, "locked": False})
        self.text = made({**base, "locked": False, "num_format": "@"})
        self.day = made({**base, "locked": False, "num_format": "yyyy-mm-dd"})
        self.head = made({**base, "bold": True, "bg_color": "#D9DEE4"})
        self.title = made({"bold": True, "font_size": 14, "font_color": INK})
        self.plain = made({"font_color": INK})
        self.warn = made({"bold": True, "font_color": "#8A4B00"})
        self.wrapped = made({"text_wrap": True, "valign": "top", "font_color": INK})
        self.amber = made({"bg_color": AMBER})
        self.lists: list[tuple[str, list[str]]] = []

    def make(self) -> None:
        guidance, figures, measures = _("Guidance"), _("Figures"), _("Measures")
        columns = {figures: _figures(self.form)}
        if self.form.tasks:
            columns[measures] = _measures()
        sheets = {name: self.book.add_worksheet(name) for name in (guidance, *columns)}
        self._guidance(sheets[guidance])
        self._sheet(sheets[figures], columns[figures], self.form.asks, self._ask)
        if self.form.tasks:
            self._sheet(sheets[measures], columns[measures], self.form.tasks, self._task)
        self._lists()
        about = Origin(
            plan=self.form.plan,
            area=self.form.area,
            round=self.form.round,
            period=self.form.period,
            figures=figures,
            measures=measures if self.form.tasks else "",
            columns={
                name: {column.header: column.role for column in kept}
                for name, kept in columns.items()
            },
            words={label: code for code, label in self.form.implementations.items()},
            passed_over=(guidance, LISTS),
        )
        meta.write(self.book, about)
        sheets[figures].activate()
        sheets[figures].set_first_sheet()

    # A sheet to fill in -------------------------------------------------------------------

    def _sheet(
        self,
        sheet: Any,
        columns: Sequence[_Column],
        rows: Sequence[Any],
        put: Callable[[Any, int, Any, Mapping[str, int]], None],
    ) -> None:
        if i18n.direction() == "rtl":
            sheet.right_to_left()
        sheet.write_string(0, 0, _title(self.form), self.title)
        line = _("Fill in the white cells. Grey cells say what is asked: leave them as they are.")
        sheet.write_string(1, 0, line, self.plain)
        if self.form.is_illustrative:
            words = _("Illustrative: this record holds generated figures, and no State sent them.")
            sheet.write_string(2, 0, words, self.warn)
        places: dict[str, int] = {}
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(FIRST, place, column.header, self.head)
            places.setdefault(column.role, place)
            if column.help:
                sheet.write_comment(FIRST, place, column.help, {"author": "Headway"})
        blank = {"as_at": self.day, "milestone_due": self.day}
        for at, row in enumerate(rows, start=FIRST + 1):
            for place, column in enumerate(columns):
                usual = (
                    self.text
                    if column.role not in {"value", "numerator", "denominator"}
                    else self.open
                )
                sheet.write_blank(
                    at, place, None, blank.get(column.role, usual) if column.is_open else self.grey
                )
            put(sheet, at, row, places)
        sheet.freeze_panes(FIRST + 1, 2)
        sheet.autofilter(FIRST, 0, FIRST + len(rows), len(columns) - 1)
        sheet.protect("", PROTECTION)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(FIRST)
        sheet.ignore_errors({"number_stored_as_text": f"A1:Z{FIRST + 2 + len(rows)}"})

    def _ask(self, sheet: Any, at: int, ask: Ask, places: Mapping[str, int]) -> None:
        shown = [ask.code, ask.name, self.form.area, self.form.period, ask.cell, ask.group]
        levels = "\n".join(f"{value}  {text}" for value, text in ask.levels)
        for place, text in enumerate([*shown, ask.unit, levels]):
            sheet.write_string(at, place, text, self.grey)
        known = (ask.last, ask.last_period, ask.target, ask.median)
        for place, value in enumerate(known, start=8):
            if isinstance(value, str):
                sheet.write_string(at, place, value, self.grey)
            elif value is not None:
                sheet.write_number(at, place, value, self.number)
        if ask.target is not None and ask.target_year:
            words = _("To be reached in {year}.").format(year=ask.target_year)
            sheet.write_comment(at, 10, words, {"author": "Headway"})
        if ask.source:
            sheet.write_string(at, places["source"], ask.source, self.text)
        for role, text in self.form.typed.get((ask.code, ask.cell), {}).items():
            if role in places:
                sheet.write_string(at, places[role], text, self.text)
        self._checks(sheet, at, ask, places)

    def _checks(self, sheet: Any, at: int, ask: Ask, places: Mapping[str, int]) -> None:
        value, status = places["value"], places["status"]
        sheet.data_validation(at, value, at, value, self._rule(ask))
        labels = [f"{code}: {text}" for code, text in self.form.statuses.items()]
        self._choice(sheet, at, status, "statuses", labels)
        for role in ("numerator", "denominator"):
            sheet.data_validation(
                at, places[role], at, places[role], self._between(None, None, False)
            )
        if not ask.cell:
            cells = f"{_letter(value)}{at + 1}", f"{_letter(status)}{at + 1}"
            rule = f'=AND(${cells[0]}="",${cells[1]}="")'
            sheet.conditional_format(
                at, value, at, value, {"type": "formula", "criteria": rule, "format": self.amber}
            )

    def _rule(self, ask: Ask) -> dict[str, Any]:
        if ask.kind == "text":
            return {
                "validate": "length",
                "criteria": "<=",
                "value": 4000,
                "input_title": ask.code[:32],
                "input_message": _("Answer in words."),
            }
        if ask.levels:
            name = self._listed([str(value) for value, _label in ask.levels])
            told = "\n".join(f"{value}  {text}" for value, text in ask.levels)
            return {
                "validate": "list",
                "source": f"={name}",
                "input_title": ask.code[:32],
                "input_message": _short(told),
                "error_title": _short(_("No such level"), 32),
                "error_message": _short(_("Choose one of the levels in the list.")),
            }
        return self._between(ask.lower, ask.upper, ask.kind == "whole", ask.unit)

    def _between(
        self, lower: float | None, upper: float | None, is_whole: bool, unit: str = ""
    ) -> dict[str, Any]:
        # A warning and no stop: a bound such as <5 is not a number, and is right.
        words = _("Write a number alone, or a bound such as <5. Keep what you typed?")
        if lower is not None and upper is not None:
            words = _("Between {lower} and {upper}, in {unit}; or a bound such as <5. Keep it?")
            words = words.format(lower=f"{lower:g}", upper=f"{upper:g}", unit=unit)
        return {
            "validate": "integer" if is_whole else "decimal",
            "criteria": "between",
            "minimum": -FARTHEST if lower is None else lower,
            "maximum": FARTHEST if upper is None else upper,
            "error_type": "warning",
            "error_title": _short(_("Is this right?"), 32),
            "error_message": _short(words),
        }

    def _task(self, sheet: Any, at: int, task: Task, places: Mapping[str, int]) -> None:
        for place, text in enumerate((task.code, task.title, task.last)):
            sheet.write_string(at, place, text, self.grey)
        labels = list(self.form.implementations.values())
        self._choice(sheet, at, places["implementation"], "implementations", labels)
        for role in ("as_at", "milestone_due"):
            sheet.data_validation(
                at,
                places[role],
                at,
                places[role],
                {
                    "validate": "date",
                    "criteria": "between",
                    "minimum": date(2000, 1, 1),
                    "maximum": date(2100, 12, 31),
                    "error_title": _short(_("No day"), 32),
                    "error_message": _short(_("Write the day as 2026-07-30.")),
                },
            )

    # Lists --------------------------------------------------------------------------------

    def _choice(self, sheet: Any, at: int, place: int, name: str, labels: list[str]) -> None:
        if name not in dict(self.lists):
            self.lists.append((name, labels))
        sheet.data_validation(
            at,
            place,
            at,
            place,
            {
                "validate": "list",
                "source": f"={name}",
                "error_title": _short(_("Not in the list"), 32),
                "error_message": _short(_("Choose an entry of the list, or leave the cell empty.")),
            },
        )

    def _listed(self, values: list[str]) -> str:
        for name, kept in self.lists:
            if kept == values:
                return name
        name = f"levels_of_{len(self.lists) + 1}"
        self.lists.append((name, values))
        return name

    def _lists(self) -> None:
        sheet = self.book.add_worksheet(LISTS)
        for place, (name, values) in enumerate(self.lists):
            for line, value in enumerate(values):
                if value.isdigit():
                    sheet.write_number(line, place, int(value))
                else:
                    sheet.write_string(line, place, value)
            letter = _letter(place)
            self.book.define_name(name, f"={LISTS}!${letter}$1:${letter}${max(len(values), 1)}")
        sheet.very_hidden()

    # Guidance -----------------------------------------------------------------------------

    def _guidance(self, sheet: Any) -> None:
        if i18n.direction() == "rtl":
            sheet.right_to_left()
        sheet.set_column(0, 0, 110)
        sheet.write_string(0, 0, _title(self.form), self.title)
        for line, text in enumerate(self._told(), start=2):
            sheet.write_string(line, 0, text, self.wrapped)
        sheet.protect("", PROTECTION)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def _told(self) -> list[str]:
        form = self.form
        told = [_("Plan: {title}").format(title=form.plan_title)]
        if form.is_illustrative:
            words = _("Illustrative: this record holds generated figures, and no State sent them.")
            told.insert(0, words)
        told.append(
            _("You report for {area}, on {period}.").format(area=form.area_name, period=form.period)
        )
        if form.due:
            told.append(_("Due on {day}.").format(day=i18n.date(form.due)))
        if form.contact:
            told.append(_("Whom to ask: {contact}").format(contact=form.contact))
        told += [
            _(
                "You can fill this in without a network, for as long as you need, and upload it "
                "once or often: the same file sent twice changes nothing."
            ),
            _(
                "Write each value as a number alone, in the unit beside it. Write 0 where there "
                "were none; leave the value empty where it is not known."
            ),
            _(
                "Where there is no value, choose the status L, M or Q and say why. "
                "Cells still open are amber."
            ),
            _("Every value needs its source, such as a report with its year and page."),
            _("A small number may be given as a bound, such as <5."),
            _("Never write names, numbers or addresses of victims anywhere."),
            _(
                "Targets are proposed unless your Government has agreed to them. Figures too "
                "small to be published are not shown here."
            ),
            _(
                "Do not add rows or columns. What you cannot say here, say in the comment to the "
                "reviewer."
            ),
            "",
            _("What a status means:"),
        ]
        told += [f"{code}: {text}" for code, text in form.statuses.items()]
        return told


def _short(text: str, most: int = 255) -> str:
    """Return a text that a message of a spreadsheet can hold."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _letter(place: int) -> str:
    from dashboard.exchange.reading.sheets import letters

    return letters(place + 1)
