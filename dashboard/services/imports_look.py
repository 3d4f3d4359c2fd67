"""One look at one file: its sheets and columns, its rows, and all of them against the record."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlmodel import Session

from dashboard.exchange.reading import layout, vocabulary
from dashboard.exchange.reading.faults import Fault, Severity
from dashboard.exchange.reading.layout import Layout
from dashboard.exchange.reading.sheets import Book, Sheet
from dashboard.exchange.reading.vocabulary import normal
from dashboard.exchange.workbook import Origin, is_whole, origin
from dashboard.services import access, imports_ready, imports_updates
from dashboard.services.imports_checks import Checks
from dashboard.services.imports_looked import (
    BLOCKED,
    FIELDS,
    LEFT_OUT,
    Looked,
    headers_digest,
)
from dashboard.services.imports_memory import remembered
from dashboard.services.imports_names import Names
from dashboard.services.imports_reader import Reader
from dashboard.services.imports_ready import Ready
from dashboard.services.imports_record import Against
from dashboard.services.imports_rows import Log, Options, Readings
from dashboard.services.imports_updates import Report
from models import Identity, ReportingRound

PERSON: Final = (
    "victim name",
    "name of victim",
    "first name",
    "last name",
    "surname",
    "full name",
    "date of birth",
    "passport",
    "phone",
    "telephone",
    "e mail",
    "email",
    "nom de la victime",
    "prenom",
    "apellido",
    "фамилия",
    "имя",
)
OF_WHOM: Final = re.compile(
    r"\b(ages?|sex|gender|groups?|urban|rural|urbani[sz]ation|residence|place|location|ethnic\w*|"
    r"race|disabilit\w+|education|wealth|quintile|sectors?|occupation|nationality|citizenship|"
    r"partner|counterpart|origin|destination|form|exploitation|breakdown|disaggregat\w+)\b"
)
"""Words of a column that may say of whom its figures are."""
STRANGE: Final = frozenset({"other plan", "other round", "tampered"})
"""Faults of a workbook of ours that keep all of it out."""
NEEDED: Final = ("indicator", "area", "period", "value")


class Look:
    """One look at one file."""

    def __init__(
        self,
        session: Session,
        who: Identity,
        book: Book,
        *,
        names: Names,
        options: Options,
        plan: str,
        digest: str,
        now: datetime,
        people: Mapping[tuple[int, int], float],
    ) -> None:
        self.session, self.who, self.book, self.names = session, who, book, names
        self.whole = book
        self.plan, self.digest, self.now, self.people = plan, digest, now, people
        self.log = Log()
        self.layouts: dict[str, Layout] = {}
        self.ready: Ready | None = None
        self.options = options
        self.form = self._own_form(origin(book.meta))
        self.is_ours = STRANGE.isdisjoint(self.log.counts)

    def run(self) -> Looked:
        """Read the file and hold it against the plan and the record."""
        for remark in self.book.remarks:
            severity = Severity.HINT if remark.is_hint else Severity.WARNING
            self.log.found.append(
                Fault(remark.sheet, 0, 0, remark.fault, severity, remark.message, remark.remedy)
            )
        found = self._tables() if self.is_ours else []
        self.options = self._remembered()
        if self.ready is not None and not self.options.decimal:
            self.options = replace(self.options, decimal=self.ready.decimal)
        reader = Reader(self.names, self.options)
        reader.log = self.log
        for sheet in found:
            self._told(sheet)
            said = {*self.options.fixed, *(["source"] if self.ready else [])}
            reader.options = replace(
                self.options, fixed=self._missing(sheet), lacks=frozenset(FIELDS) - said
            )
            reader.read(sheet, self.layouts[sheet.name])
        readings = reader.result()
        outcome = self._checked(readings)
        reports = self._reports()
        if not len(readings.table) and not any(
            f.severity is Severity.ERROR for f in self.log.found
        ):
            self.log.add("no rows")
        order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}
        told = sorted(
            self.log.found, key=lambda one: (order[one.severity], one.sheet, one.row, one.column)
        )
        return Looked(
            self.options.name,
            self.book.form,
            self.digest,
            self.plan,
            self.layouts,
            readings,
            outcome,
            tuple(told),
            self.options,
            self.names,
            self.ready.title if self.ready else "",
            reports,
        )

    # Our own workbook ---------------------------------------------------------------------

    def _own_form(self, about: Origin | None) -> Origin | None:
        """Read a workbook of ours by what it says of itself; pass over what is for people."""
        if about is None:
            return None
        gone = {*about.passed_over, about.measures}
        self.book = replace(
            self.book, sheets=[one for one in self.book.sheets if one.name not in gone]
        )
        if not about.is_form:
            return None
        if about.plan != self.plan:
            self.log.add("other plan", text=about.plan)
        else:
            self._made_here(about)
        roles = about.columns.get(about.figures, {})
        self.options = replace(
            self.options, is_form=True, mapping={**roles, **self.options.mapping}
        )
        return about

    def _made_here(self, about: Origin) -> None:
        """Say whether the workbook is as it was made, and of a round that is still to be told."""
        if not is_whole(about):
            self.log.add("tampered")
        if not about.round:
            return
        asking = self.session.get(ReportingRound, about.round)
        if asking is None or (asking.plan_code, asking.period) != (about.plan, about.period):
            self.log.add("other round", text=about.round, period=about.period)
        elif asking.closed_at is not None or asking.sealed_at is not None:
            self.log.add("round over", text=asking.name or asking.code)

    def _reports(self) -> tuple[Report, ...]:
        """Return the reports on measures of a filled workbook that say something new."""
        if self.form is None or not self.is_ours:
            return ()
        found, faults = imports_updates.read(self.whole, self.form)
        against = imports_updates.checked(self.session, self.who, found, self.form, now=self.now)
        self.log.found += [*faults, *against]
        if faults or against:
            return ()
        new = tuple(imports_updates.changed(self.session, found, self.plan))
        if new:
            self.log.add("reports sent too", self.form.measures, n=len(new))
        return new

    def _untouched(self, readings: Readings) -> None:
        """Say which rows are no longer of the area and period that the workbook was made for."""
        if self.form is None or not len(readings.table):
            return
        areas = self.names.areas
        codes = [areas[one].code if one in areas else "" for one in readings.texts("area")]
        blocked = readings.table["blocked"].to_numpy().copy()
        pairs = (
            ("area", self.form.area, codes),
            ("period", self.form.period, list(readings.texts("period"))),
        )
        for role, wanted, said in pairs:
            for at in [place for place, one in enumerate(said) if str(one) != wanted]:
                row = readings.table.iloc[at]
                place = max(readings.places.get((int(row["sheet"]), role), 0), 0)
                name = readings.sheets[int(row["sheet"])]
                text = f"{said[at] or '–'} ({wanted})"
                self.log.add("template", name, int(row["row"]), place, text=text)
                blocked[at] = True
        readings.table = readings.table.assign(blocked=blocked)

    # Which sheets -------------------------------------------------------------------------

    def _tables(self) -> list[Sheet]:
        """Return the sheets with a table of figures, and say of the others that they have none."""
        sheets = list(self.book.sheets)
        wanted = self.options.sheets
        for name in wanted:
            if name not in {sheet.name for sheet in sheets}:
                self.log.add("no sheet", text=name, names=", ".join(s.name for s in sheets))
        told = {normal(header): role for header, role in self.options.mapping.items()}
        headers = {**self.names.headers(), **told}
        found = []
        for sheet in sheets:
            if wanted and sheet.name not in wanted:
                continue
            laid = layout.find(sheet, headers)
            if sheet.is_hidden and not wanted:
                if laid.header >= 0:
                    self.log.add("hidden sheet", sheet.name)
                continue
            if laid.header < 0:
                if sheet.height and len(sheets) > 1:
                    self.log.add("no table", sheet.name)
                continue
            self.layouts[sheet.name] = laid
            found.append(sheet)
        if not found:
            found = self._guessed([s for s in sheets if not wanted or s.name in wanted])
        if found:
            self._known_file(found[0])
        return found

    def _guessed(self, sheets: list[Sheet]) -> list[Sheet]:
        """Return the first sheet that looks like a table, so that a person can say what it is."""
        for sheet in sheets:
            laid = layout.guess(sheet)
            if laid.header >= 0:
                self.layouts[sheet.name] = laid
                return [sheet]
        self.log.add("no header", sheets[0].name if sheets else "")
        return []

    def _known_file(self, sheet: Sheet) -> None:
        laid = self.layouts[sheet.name]
        places = laid.at("indicator")
        texts = sheet.columns[places[0]].texts if places else []
        self.ready = imports_ready.recognized(laid, texts)
        if self.ready is not None:
            self.names = imports_ready.applied(self.ready, self.names)

    def _remembered(self) -> Options:
        """Return the options with what the person said of such a file before."""
        kept = remembered(self.session, self.who, self.plan, headers_digest(self.layouts.values()))
        if kept is None:
            return self.options
        own = self.options
        return replace(
            own,
            mapping={**kept.mapping, **own.mapping},
            decimal=own.decimal or kept.decimal,
            fixed={**kept.fixed, **own.fixed},
        )

    # Columns ------------------------------------------------------------------------------

    def _told(self, sheet: Sheet) -> None:
        laid = layout.told(self.layouts[sheet.name], self.options.mapping)
        self.layouts[sheet.name] = laid
        row = sheet.row + laid.header
        for place, column in enumerate(laid.columns):
            number = sheet.column + place
            if column.doubt:
                words = {"text": column.header, "read": column.parts[0][1] if column.parts else ""}
                self.log.add(column.doubt, sheet.name, row, number, **words)
            elif column.how == "second":
                self.log.add("second header", sheet.name, row, number, text=column.header)
            elif column.how == "guessed":
                self.log.add(
                    "column", sheet.name, row, number, text=column.header, read=column.role
                )
            elif column.how == "twin":
                others = [one for at, one in enumerate(laid.columns) if at != place]
                same = any(normal(one.header) == normal(column.header) for one in others)
                if same and vocabulary.KNOWN.get(normal(column.header)) == "value":
                    self.log.add("column twice", sheet.name, row, number, text=column.header)
            elif column.how == "unknown" and column.header and not column.role:
                word = normal(column.header)
                is_person = any(one in word for one in PERSON)
                is_of_whom = not self.names.is_known_file and OF_WHOM.search(word)
                name = "of whom" if is_of_whom else "unread column"
                name = "person column" if is_person else name
                self.log.add(name, sheet.name, row, number, text=column.header)

    def _missing(self, sheet: Sheet) -> dict[str, str]:
        """Say which columns are not there, and return what stands for them in every row."""
        laid = self.layouts[sheet.name]
        across = laid.kinds()
        fixed = dict(self.options.fixed)
        if "area" not in fixed and not laid.at("area") and "area" not in across:
            fixed |= self._only_area(sheet)
        if "indicator" not in fixed and not laid.at("indicator") and "indicator" not in across:
            fixed |= self._only_indicator(sheet)
        year = vocabulary.year(sheet.name)
        if year and not laid.at("period") and "period" not in across:
            fixed.setdefault("period", year)
        if not laid.at("source") and not fixed.get("source"):
            title = self.ready.title if self.ready else self.options.name
            fixed["source"] = title
            if not self.ready:
                self.log.add("source from the file", sheet.name, text=title)
        if not laid.at("unit"):
            units = [one.unit for one in laid.columns if one.role == "value" and one.unit]
            units += [text for text in _titles(sheet, laid) if vocabulary.SCALED.search(text)]
            if units:
                fixed.setdefault("unit", units[0])
        for role in NEEDED:
            is_there = (
                laid.at(role)
                or fixed.get(role)
                or role in across
                or (role == "value" and laid.across())
            )
            if not is_there and not (role == "value" and (laid.at("text") or laid.at("status"))):
                self.log.add("missing column", sheet.name, text=role)
        return fixed

    def _only_area(self, sheet: Sheet) -> dict[str, str]:
        """Return the area that the name of the sheet, its title, or the sender's right says."""
        for text in [sheet.name, *_titles(sheet, self.layouts[sheet.name])]:
            for part in (text, *text.replace("–", ":").split(":")):
                found = self.names.area(part) if part.strip() else None
                if found is not None and found.id >= 0:
                    return {"area": str(self.names.areas[found.id].code)}
        covers = access.areas(self.who, "submit", plan=self.plan)
        if covers is not None and len(covers) == 1:
            return {"area": str(self.names.areas[min(covers)].code)}
        return {}

    def _only_indicator(self, sheet: Sheet) -> dict[str, str]:
        for text in [sheet.name, *_titles(sheet, self.layouts[sheet.name])]:
            for part in (text, *text.split(":")):
                found = self.names.indicator(part) if part.strip() else None
                if found is not None and found.id >= 0 and not found.fault:
                    return {"indicator": str(self.names.indicators[found.id].code)}
        return {}

    # Rows ---------------------------------------------------------------------------------

    def _checked(self, readings: Readings) -> np.ndarray[Any, Any]:
        if not len(readings.table):
            return np.array([], dtype=object)
        self._untouched(readings)
        covers = access.areas(self.who, "submit", plan=self.plan)
        checks = Checks(
            readings,
            self.names,
            self.options,
            covers=covers,
            people=self.people,
            today=self.now.date(),
        )
        readings.table = checks.run()
        against = Against(self.session, checks, self.who, now=self.now)
        outcome = against.run()
        readings.table = readings.table.assign(blocked=checks.blocked, left_out=checks.left_out)
        readings.kept = against.kept
        outcome = np.where(checks.left_out, LEFT_OUT, outcome)
        return np.where(checks.blocked, BLOCKED, outcome)


def _titles(sheet: Sheet, laid: Layout) -> list[str]:
    """Return the texts above the header."""
    cells = [
        column.text(row).strip() for row in range(max(laid.header, 0)) for column in sheet.columns
    ]
    return [cell for cell in cells if cell]
