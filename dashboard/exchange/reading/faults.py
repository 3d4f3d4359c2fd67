"""What may be wrong with a file: every class of fault, how grave it is, and how to mend it.

An error keeps its row out of the record. A warning lets it in once somebody has confirmed it. A
hint asks for nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from dashboard import i18n
from dashboard.exchange.reading.sheets import address
from dashboard.i18n import _


class Severity(StrEnum):
    """How grave a fault is."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True)
class Fault:
    """One fault: where it is, of which class, what is wrong and how to mend it.

    `row` and `column` are numbers as in the file, 0 where the fault is not of one row or column.
    """

    sheet: str
    row: int
    column: int
    name: str
    severity: Severity
    message: str
    remedy: str

    @property
    def cell(self) -> str:
        """The address of the cell, the row alone, or nothing."""
        if self.row and self.column:
            return address(self.row, self.column)
        return str(self.row) if self.row else ""

    def plain(self) -> dict[str, Any]:
        """Return the fault as a file carries it."""
        return {
            "sheet": self.sheet,
            "cell": self.cell if self.column else "",
            "row": self.row or None,
            "class": self.name,
            "severity": self.severity.value,
            "message": self.message,
            "remedy": self.remedy,
        }


def fault(name: str, sheet: str = "", row: int = 0, column: int = 0, /, **words: object) -> Fault:
    """Return a fault of a class, with the words its sentence asks for."""
    severity, message, remedy = _known(i18n.language())[name]
    return Fault(
        sheet,
        row,
        column,
        name,
        severity,
        message.format(**words) if words else message,
        remedy.format(**words) if words else remedy,
    )


def is_known(name: str) -> bool:
    """Say whether there is such a class."""
    return name in _known("en")


@lru_cache(maxsize=16)
def _known(_language: str) -> Mapping[str, tuple[Severity, str, str]]:
    return {**_numbers(), **_periods(), **_places(), **_figures(), **_rows(), **_columns()}


def _numbers() -> dict[str, tuple[Severity, str, str]]:
    error, warning, hint = Severity.ERROR, Severity.WARNING, Severity.HINT
    alone = _("Write the number alone, and anything else in the note.")
    return {
        "text": (error, _("“{text}” is no number."), alone),
        "empty": (
            error,
            _("There is no value."),
            _("Write it (0 where there were none), or a status L, M or Q with a reason."),
        ),
        "no value": (
            warning,
            _("“{text}” says that there is no value: nothing is recorded."),
            _("To put the gap itself on record, give a status L, M or Q with a reason."),
        ),
        "nil": (
            error,
            _("“{text}” may mean none at all or not known."),
            _("Write 0 where there were none; else a status L with a reason."),
        ),
        "ambiguous": (
            error,
            _("“{text}” can be read as a thousand or as a decimal."),
            _("Write it without a sign between thousands, or say which sign precedes decimals."),
        ),
        "mixed separators": (
            error,
            _("“{text}” uses other signs for thousands or decimals than the rest of its column."),
            _("Write all numbers of the column in one way, without a sign between thousands."),
        ),
        "thousands": (
            warning,
            _("“{text}” has a sign between thousands: it was read as {read}."),
            _("Confirm it, or write the number without that sign."),
        ),
        "decimal comma": (
            hint,
            _("“{text}” has a decimal comma: it was read as {read}."),
            _("Nothing is to be done where that is right."),
        ),
        "space": (
            hint,
            _("“{text}” ends in a space, which was left out."),
            _("Nothing is to be done."),
        ),
        "footnote": (
            warning,
            _("“{text}” carries a mark: it was read as {read}."),
            _("Confirm it, and say in the note what the mark means."),
        ),
        "scientific": (
            hint,
            _("“{text}” was read as {read}."),
            _("Nothing is to be done where that is right."),
        ),
        "range": (
            error,
            _("“{text}” is a range or a day, and no single number."),
            _("Write one number, and the range in the note; format the cell as a number."),
        ),
        "approximate": (
            error,
            _("“{text}” is approximate."),
            _("Write the number alone, with the status E (estimated)."),
        ),
        "bound or equal": (
            error,
            _("“{text}”: a bound is written < or >, without “or equal”."),
            _("For whole numbers write the next one: <6 instead of ≤5."),
        ),
        "bound in words": (
            error,
            _("“{text}” is a bound in words."),
            _("Write it with a sign, such as <5 or >95."),
        ),
        "brackets": (
            error,
            _("“{text}” in brackets may be negative or a remark."),
            _("Write the number without brackets, with a minus where it is negative."),
        ),
        "unit in value": (
            error,
            _("“{text}” has words beside the number."),
            _("Write the number alone, in the unit of the indicator."),
        ),
        "date in value": (
            error,
            _("“{text}” is a day or time where a number belongs."),
            _("Format the cell as a number and type the value again."),
        ),
        "truth value": (
            error,
            _("“{text}” is a yes or no where a number belongs."),
            _("Write the number."),
        ),
        "yes or no": (
            hint,
            _("“{text}” was read as {read}."),
            _("Nothing is to be done where that is right."),
        ),
        "spreadsheet error": (
            error,
            _("The spreadsheet shows the error {text} here."),
            _("Mend the formula, or write the number itself."),
        ),
        "formula": (
            error,
            _("A formula without its result stands here ({text})."),
            _("Replace it by its value (copy, then paste values)."),
        ),
    }


def _periods() -> dict[str, tuple[Severity, str, str]]:
    error, warning = Severity.ERROR, Severity.WARNING
    year = _("Write the year with four digits, such as 2024; or 2024-Q3, 2024-07, 2024/P2Y.")
    return {
        "no period": (error, _("“{text}” is no year or period."), year),
        "no such year": (error, _("“{text}” is no year that can be reported."), year),
        "two years": (
            error,
            _("“{text}” spans two years."),
            _("Write the year in which it began, or 2023/P2Y for both years together."),
        ),
        "several years": (warning, _("“{text}” was read as {read}."), _("Confirm it.")),
        "fiscal year": (
            warning,
            _("“{text}” is a fiscal year, which may span two: it was read as {read}."),
            _("Confirm it, or write the year in which it began."),
        ),
        "year of two digits": (error, _("“{text}” is a year of two digits."), year),
        "day or month": (
            error,
            _("“{text}” can be read as two different days."),
            _("Write the year alone, or the day as 2024-07-30."),
        ),
        "date for year": (
            error,
            _("The year was formatted as a day and became {text}."),
            _("Format the cell as a number and type the year again."),
        ),
        "day in year": (
            warning,
            _("The day {text} was read as the year {read}."),
            _("Confirm it."),
        ),
        "future": (error, _("{text} lies in the future."), year),
        "too early": (error, _("{text} is before {first}, where the record begins."), year),
    }


def _places() -> dict[str, tuple[Severity, str, str]]:
    error, warning, hint = Severity.ERROR, Severity.WARNING, Severity.HINT
    code = _("Write the ISO code of three letters, such as KEN, or the name of the area.")
    return {
        "no area": (error, _("There is no area in this row."), code),
        "unknown area": (error, _("No area is called “{text}”."), code),
        "like an area": (
            error,
            _("No area is called “{text}”. Did you mean {near}?"),
            _("Write {near} where that is meant."),
        ),
        "ambiguous area": (error, _("“{text}” may be {near}."), code),
        "pooled reporters": (
            error,
            _("“{text}” stands for several areas together."),
            _("Give each area a row of its own; a figure of several together is not recorded."),
        ),
        "total row": (
            hint,
            _("“{text}” is a total and no area: the row was left out."),
            _("Nothing is to be done: totals are reckoned here."),
        ),
        "lost zeros": (
            hint,
            _("“{text}” was read as the M49 code {read}."),
            _("Format the column as text so that leading zeros stay."),
        ),
        "former name": (
            hint,
            _("“{text}” was read as {read}."),
            _("Nothing is to be done where that is right."),
        ),
        "two indicators": (
            error,
            _("The row names two indicators: “{text}” and “{other}”."),
            _("Make both say the same."),
        ),
        "two areas": (
            error,
            _("The row names two areas: “{text}” and “{other}”."),
            _("Make both say the same."),
        ),
        "not yours": (
            error,
            _("You do not report for {text}."),
            _("Its coordinator can send this row; an administrator can give you the right."),
        ),
        "locked": (error, "{text}", _("Ask for an extension, or leave the row out.")),
        "level": (
            error,
            _("{indicator} is not reported at the level of {text}."),
            _("It is reported at these levels: {levels}."),
        ),
        "no indicator": (
            error,
            _("There is no indicator in this row."),
            _("Write its code, such as {near}."),
        ),
        "unknown indicator": (
            error,
            _("The plan has no indicator “{text}”."),
            _("Write the code of an indicator, such as {near}."),
        ),
        "like an indicator": (
            error,
            _("The plan has no indicator “{text}”. Did you mean {near}?"),
            _("Write {code} where that is meant."),
        ),
        "not asked": (
            hint,
            _("“{text}” is not asked by this plan: its {n} rows were left out."),
            _("Nothing is to be done."),
        ),
        "by its SDG number": (
            warning,
            _("“{text}” was read as {read}."),
            _("Confirm it, or write the code of the indicator."),
        ),
        "loaded centrally": (
            error,
            _("{indicator} is loaded centrally from its source."),
            _("Write to the secretariat where the figure is wrong."),
        ),
        "computed": (
            error,
            _("{indicator} is computed here and never entered."),
            _("Leave the row out."),
        ),
        "unknown group": (
            error,
            _("“{text}” is no {dimension} that the plan knows."),
            _("Use one of these: {codes}."),
        ),
        "not broken down": (
            error,
            _("{indicator} is not broken down by {dimension}."),
            _("Give the total; it can be broken down by these: {codes}."),
        ),
        "breakdown left out": (
            hint,
            _("The breakdown “{text}” is not kept by this plan: its {n} rows were left out."),
            _("Nothing is to be done."),
        ),
    }


def _figures() -> dict[str, tuple[Severity, str, str]]:
    error, warning, hint = Severity.ERROR, Severity.WARNING, Severity.HINT
    confirm = _("Check it; confirm it where it is right.")
    return {
        "above the limit": (
            error,
            _("{text} is above {limit}, the most that {indicator} can be."),
            _("Correct the value; the unit is: {unit}."),
        ),
        "below the limit": (
            error,
            _("{text} is below {limit}, the least that {indicator} can be."),
            _("Correct the value; the unit is: {unit}."),
        ),
        "not whole": (
            error,
            _("{text} is not a whole number, which {indicator} asks for."),
            _("Write a whole number."),
        ),
        "too long a number": (
            error,
            _("{text} has more than 15 significant digits."),
            _("Round it."),
        ),
        "bound of a level": (
            error,
            _("{text}: a level is reported as it is, not as a bound."),
            _("Write the level."),
        ),
        "level by its name": (
            warning,
            _("“{text}” was read as the level {read}."),
            _("Confirm it."),
        ),
        "words wanted": (
            error,
            _("{indicator} asks for words, not for a number."),
            _("Write them in a column “text”."),
        ),
        "unit": (
            error,
            _("The row is in “{text}”, and {indicator} in “{unit}”."),
            _("Convert the value to {unit}."),
        ),
        "unknown unit": (
            warning,
            _("The unit “{text}” is not known; {indicator} is reported in “{unit}”."),
            _("Confirm that the values are in {unit}."),
        ),
        "per cent": (
            error,
            _("{text} % is per cent, and {indicator} is in “{unit}”."),
            _("Convert the value to {unit}."),
        ),
        "share": (
            warning,
            _("Every value of {indicator} lies between 0 and 1, and it is in per cent."),
            _("Where they are shares, multiply them by 100 and send the file again."),
        ),
        "share in series": (
            warning,
            _("{text} lies between 0 and 1, other values of {indicator} are about {usual}."),
            _("Where it is a share, multiply it by 100; else confirm it."),
        ),
        "count for rate": (
            warning,
            _("{text} is a whole number, and {indicator} is a rate {unit}: is it a count?"),
            _("Where it counts people, give the unit “persons” and the denominator; else confirm."),
        ),
        "no population": (
            error,
            _("{indicator} is a rate; this counts {text}, without the people of {area} in {year}."),
            _("Add a column “denominator”, or give a table of populations with the file."),
        ),
        "fraction": (
            error,
            _("{text} is above its denominator {other}."),
            _("Correct one of them."),
        ),
        "denominator": (
            error,
            _("The denominator {text} is not above zero."),
            _("Correct it, or leave numerator and denominator out."),
        ),
        "not the fraction": (
            error,
            _("{text} does not follow from {top} of {other}, which is {share} %."),
            _("Correct one of the three."),
        ),
        "no number": (
            error,
            _("“{text}” in “{column}” is no number."),
            _("Write the number alone."),
        ),
        "duplicate": (
            warning,
            _("The row says the same as row {other}: it is counted once."),
            _("Delete one of them."),
        ),
        "conflict": (
            error,
            _("The row says something else of the same key than row {other}."),
            _("Keep the right one."),
        ),
        "jump": (
            warning,
            _("{text} is {times} times the usual {usual} of this series."),
            confirm,
        ),
        "fall": (
            warning,
            _("{text} is the {times}th part of the usual {usual} of this series."),
            confirm,
        ),
        "split": (
            warning,
            _("The parts by {dimension} make {text}, and the total is {other}."),
            confirm,
        ),
        "part above total": (
            warning,
            _("The part {text} is above the total {other}."),
            confirm,
        ),
        "before the baseline": (
            hint,
            _("{text} is before {other}, the year from which progress is measured."),
            _("Nothing is to be done: it is kept as history."),
        ),
        "revision": (
            hint,
            _("The record says {other}: this corrects it to {text}."),
            _("Nothing is to be done where that is meant."),
        ),
    }


def _rows() -> dict[str, tuple[Severity, str, str]]:
    error, warning, hint = Severity.ERROR, Severity.WARNING, Severity.HINT
    return {
        "no source": (
            error,
            _("The row does not say where the value comes from."),
            _("Name the source, such as a report with its year and page."),
        ),
        "source from the file": (
            warning,
            _("There is no column of sources: each row gets “{text}”."),
            _("Confirm it, or name the source."),
        ),
        "status": (
            error,
            _("“{text}” is no status."),
            _("Use A, B, D, E, I, P, U for values; L, M, Q where there is none."),
        ),
        "value with a gap": (
            error,
            _("The row has a value, and the status {text} says that there is none."),
            _("Remove one of them."),
        ),
        "no reason": (
            error,
            _("The status {text} says that there is no value, and no reason is given."),
            _("Say why in a column “missing_reason”."),
        ),
        "nature": (
            error,
            _("“{text}” does not say who produced the figure."),
            _("Use C, CA, E, M or G."),
        ),
        "address": (
            error,
            _("“{text}” is no address."),
            _("An address starts with http:// or https://."),
        ),
        "day": (error, _("“{text}” is no day."), _("Write it as 2024-07-30.")),
        "too long": (
            error,
            _("The text in “{column}” has more than {n} characters."),
            _("Shorten it."),
        ),
        "personal data": (
            warning,
            _("“{column}” may name a person ({text})."),
            _("Remove names, numbers and addresses of people; confirm where there are none."),
        ),
        "mojibake": (
            warning,
            _("“{text}” was saved in a wrong encoding; it may be “{read}”."),
            _("Save the file as CSV UTF-8 from its original."),
        ),
        "lost letters": (
            error,
            _("Letters of “{text}” were lost when the file was saved."),
            _("Save the file as CSV UTF-8 from its original."),
        ),
        "merged": (
            hint,
            _("“{text}” stands in merged cells: it was read for each of their rows."),
            _("Nothing is to be done where that is right."),
        ),
        "merged value": (
            error,
            _("The value {text} stands in merged cells of several rows."),
            _("Unmerge the cells and write each value in its own."),
        ),
        "hidden row": (
            warning,
            _("{n} hidden rows were read too, the first here."),
            _("Confirm it, or delete them."),
        ),
        "note row": (
            hint,
            _("“{text}” stands alone in its row: it was taken for a note and left out."),
            _("Nothing is to be done."),
        ),
        "second table": (
            error,
            _("The header of a second table stands here: it and what is below it was not read."),
            _("Put each table on a sheet of its own."),
        ),
        "control signs": (
            error,
            _("The text in “{column}” holds signs that cannot be shown."),
            _("Type the text anew, without copying it."),
        ),
        "odd source": (
            error,
            _("The source is “{text}”, a number: a sign in the row may have cut a value in two."),
            _("Check the value; name the source, such as a report with its year and page."),
        ),
        "header again": (
            hint,
            _("The header stands here again: the row was left out."),
            _("Nothing is to be done."),
        ),
    }


def _columns() -> dict[str, tuple[Severity, str, str]]:
    error, warning, hint = Severity.ERROR, Severity.WARNING, Severity.HINT
    return {
        "no header": (
            error,
            _("No row names the columns of a table of figures."),
            _("Head them with: indicator, area, period, value, source."),
        ),
        "missing column": (
            error,
            _("No column says the {text}."),
            _("Add a column “{text}”, or say which column it is."),
        ),
        "column": (
            warning,
            _("The column “{text}” was read as {read}."),
            _("Confirm it, or say what it is."),
        ),
        "unread column": (
            hint,
            _("The column “{text}” was not read: its meaning is not known."),
            _("Say what it is where it belongs to the figures."),
        ),
        "of whom": (
            warning,
            _("The column “{text}” was not read: it may say of whom the figures are."),
            _("Say what it is; confirm that every row is about all people where it is not."),
        ),
        "column twice": (
            error,
            _("Two columns are called “{text}”: which of them counts is not known."),
            _("Rename or delete one of them."),
        ),
        "second header": (
            error,
            _("The two rows of headers over this column, “{text}”, were not understood together."),
            _("Give the table one row of headers, or one row for each figure."),
        ),
        "second column": (
            warning,
            _("The column “{text}” seems to hold the {role} too, and says something else here."),
            _("“{read}” was read: confirm it, or say what the columns are."),
        ),
        "headless": (
            error,
            _("“{text}” stands in a column without a header: a sign in the row may have cut it."),
            _("Head the column, empty it, or put quotation marks around cells with that sign."),
        ),
        "unread breakdown": (
            error,
            _("“{text}” in “{column}” may say of whom the figure is, and that column is not read."),
            _("Call the column sex, age or the like; or say that it is to be passed over."),
        ),
        "person column": (
            warning,
            _("The column “{text}” seems to hold personal data. It was not read."),
            _("Never send data on single victims: delete the column."),
        ),
        "hidden column": (
            warning,
            _("The hidden column “{text}” was read too."),
            _("Confirm it, or delete the column."),
        ),
        "hidden sheet": (
            hint,
            _("The sheet is hidden: it was not read."),
            _("Show it where its figures are meant."),
        ),
        "no table": (
            hint,
            _("The sheet holds no table of figures: it was not read."),
            _("Nothing is to be done where it holds none."),
        ),
        "no rows": (error, _("There is no figure in the file."), _("Fill in at least one row.")),
        "no sheet": (error, _("There is no sheet “{text}”."), _("There are: {names}.")),
        "template": (
            error,
            _("The grey cells of this row were changed: {text}."),
            _("Undo it, or take a fresh workbook and copy the values into it."),
        ),
        "tampered": (
            error,
            _("What this workbook says of itself was changed since it was made."),
            _("Take a fresh workbook and copy the values into it."),
        ),
        "other round": (
            error,
            _("The workbook was made for the round {text} of {period}: none of this plan."),
            _("Take a fresh workbook of the round that is open, and copy the values into it."),
        ),
        "round over": (
            warning,
            _("The workbook was made for the round {text}, which is closed."),
            _("Take a workbook of the round that is open, or ask for an extension."),
        ),
        "other plan": (
            error,
            _("The workbook was made for the plan {text}."),
            _("Choose that plan, or take a workbook of this one."),
        ),
        "report": (
            error,
            _("The report on the measure {text} cannot be sent: {why}."),
            _("Correct the row, or empty its white cells."),
        ),
        "reports sent too": (
            hint,
            _("{n} reports on measures are sent with the figures."),
            _("Nothing is to be done."),
        ),
    }
