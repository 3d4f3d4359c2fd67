"""Any table of figures: looked at first, with every fault; then recorded, or withdrawn whole.

`look` changes nothing. `take` records what `look` showed. Both read the file from its bytes alone.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from dashboard.exchange import reading as files
from dashboard.exchange.reading import layout, vocabulary
from dashboard.exchange.reading.faults import Fault, Severity
from dashboard.exchange.reading.layout import Layout
from dashboard.exchange.reading.sheets import Book, Sheet, Unreadable
from dashboard.exchange.reading.vocabulary import normal
from dashboard.exchange.workbook import Origin, is_whole, origin
from dashboard.services import (
    access,
    imports_names,
    imports_ready,
    imports_store,
    imports_updates,
)
from dashboard.services.imports_checks import Checks
from dashboard.services.imports_names import Names
from dashboard.services.imports_ready import Ready
from dashboard.services.imports_record import NEW, REVISION, UNCHANGED, Against
from dashboard.services.imports_rows import Log, Options, Reader, Readings
from dashboard.services.imports_store import Incoming
from dashboard.services.imports_updates import Report
from models import (
    BadInput,
    Batch,
    BatchState,
    ColumnMapping,
    Identity,
    NotAllowed,
    NotFound,
    Plan,
    ReportingRound,
    Weight,
    columns,
    reading,
)

BLOCKED, LEFT_OUT = "blocked", "left out"
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
FIELDS: Final = (
    "indicator",
    "area",
    "period",
    "value",
    "source",
    "cell",
    "unit",
    "status",
    "missing_reason",
    "qualifier",
    "text",
    "numerator",
    "denominator",
    "nature",
    "source_date",
    "evidence",
    "note",
    "comment",
)
"""What a column may be said to be, besides a breakdown."""


@dataclass(frozen=True)
class Looked:
    """A file as it was read: its readings, what each is to the record, and every fault."""

    name: str
    form: str
    digest: str
    plan: str
    layouts: Mapping[str, Layout]
    readings: Readings
    outcome: np.ndarray[Any, Any]
    faults: tuple[Fault, ...]
    options: Options
    names: Names
    ready: str = ""  # the ready mapping that was applied
    reports: tuple[Report, ...] = ()  # on measures, of a filled workbook

    def of(self, severity: Severity) -> list[Fault]:
        """Return the faults of one severity."""
        return [fault for fault in self.faults if fault.severity == severity]

    @property
    def counts(self) -> dict[str, int]:
        """How many readings there are of each outcome."""
        return {
            name: int((self.outcome == name).sum())
            for name in (NEW, REVISION, UNCHANGED, BLOCKED, LEFT_OUT)
        }

    @property
    def sendable(self) -> int:
        """How many readings and reports would change the record."""
        return self.counts[NEW] + self.counts[REVISION] + len(self.reports)

    @property
    def is_blocked(self) -> bool:
        """Say whether the file as a whole cannot be taken in."""
        return not len(self.readings.table) and not self.reports

    @property
    def headers(self) -> str:
        """What is remembered for a kind of file: its headers, whatever their order."""
        return headers_digest(self.layouts.values())


def headers_digest(layouts: Any) -> str:
    """Return the SHA-256 of the headers of a file."""
    words = sorted({normal(one.header) for each in layouts for one in each.columns} - {""})
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


# Looking --------------------------------------------------------------------------------------


def look(
    session: Session,
    who: Identity,
    data: bytes,
    *,
    plan: str,
    name: str,
    options: Options | None = None,
    population: bytes = b"",
    now: datetime,
) -> Looked:
    """Read a file and hold it against the plan and the record; change nothing."""
    access.require(who, "submit", plan=plan)
    if session.get(Plan, plan) is None:
        raise NotFound(f"There is no plan with the code {plan!r}.")
    names = imports_names.load(session, plan)
    told = replace(options or Options(), name=name)
    digest = hashlib.sha256(data).hexdigest()
    try:
        book = files.read(data, known=_words(names))
    except Unreadable as refusal:
        return _unreadable(refusal, name=name, digest=digest, plan=plan, options=told, names=names)
    return _Look(
        session,
        who,
        book,
        names=names,
        options=told,
        plan=plan,
        digest=digest,
        now=now,
        people=_people(session, names, population),
    ).run()


def _words(names: Names) -> frozenset[str]:
    return names.known()


def _people(session: Session, names: Names, data: bytes) -> dict[tuple[int, int], float]:
    """Return the population of each area and year: of a file that was given, else the record's."""
    if data:
        return population(data, names)
    weights = columns(Weight)
    wanted = sa.select(weights.c.area_id, weights.c.year, weights.c.value)
    rows = session.connection().execute(wanted.where(weights.c.name == "population"))
    return {(row.area_id, row.year): 1000 * row.value for row in rows}


def population(data: bytes, names: Names) -> dict[tuple[int, int], float]:
    """Read a table of populations: area, year, and population or population_thousands."""
    try:
        book = files.read(data)
    except Unreadable as refusal:
        raise BadInput(str(refusal)) from refusal
    for sheet in book.sheets:
        header = [normal(column.text(0)) for column in sheet.columns if sheet.height]
        kinds = {"population": 1.0, "population thousands": 1000.0, "value": 1.0}
        place = next((header.index(word) for word in kinds if word in header), None)
        area = next(
            (header.index(w) for w in ("iso3", "area", "country", "m49") if w in header), None
        )
        year = next((header.index(w) for w in ("year", "period") if w in header), None)
        if place is None or area is None or year is None:
            continue
        times = kinds[header[place]]
        found = {}
        known = {text: names.area(text).id for text in sheet.columns[area].texts}
        for row in range(1, sheet.height):
            number = known[sheet.columns[area].text(row)]
            when, value = sheet.columns[year].text(row), sheet.columns[place].text(row)
            try:
                found[number, int(when)] = times * float(value)
            except ValueError:
                continue
        return found
    raise BadInput("The file of populations needs the columns area, year and population.")


def _unreadable(
    refusal: Unreadable, *, name: str, digest: str, plan: str, options: Options, names: Names
) -> Looked:
    readings = Reader(names, options).result()
    fault = Fault("", 0, 0, refusal.fault, Severity.ERROR, refusal.message, refusal.remedy)
    outcome = np.array([], dtype=object)
    return Looked(name, "", digest, plan, {}, readings, outcome, (fault,), options, names)


class _Look:
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


# Showing --------------------------------------------------------------------------------------


def table(looked: Looked, *, limit: int | None = None) -> pd.DataFrame:
    """Return every reading as it would be stored, with where it was read.

    Columns: outcome, area, indicator, cell, period, value (exact decimal text), qualifier, status,
    missing_reason, text, numerator, denominator, nature, source, source_date, evidence, note,
    comment, sheet, row, column.
    """
    readings = looked.readings
    if not len(readings.table):
        return pd.DataFrame(columns=["outcome", *FIELDS, "sheet", "row", "column"])
    if limit is not None:
        readings = replace(readings, table=readings.table.iloc[:limit])
    found, names = readings.table, looked.names
    areas = {number: str(row.code) for number, row in names.areas.items()}
    abouts = {number: str(row.code) for number, row in names.indicators.items()}
    made = {
        "outcome": looked.outcome[: len(found)],
        "area": [areas.get(one, "") for one in readings.texts("area")],
        "indicator": [abouts.get(one, "") for one in readings.texts("indicator")],
        "cell": readings.texts("cell"),
        "period": readings.texts("period"),
        "value": readings.texts("number"),
        "qualifier": found["sign"].to_numpy(),
        "status": found["state"].to_numpy(),
        "missing_reason": readings.texts("missing_reason"),
        "text": readings.texts("text"),
        "numerator": found["numerator_text"].to_numpy(),
        "denominator": found["denominator_text"].to_numpy(),
        "nature": found["kind"].to_numpy(),
        "source": readings.texts("source"),
        "source_date": [None if day is None else day.isoformat() for day in found["day"]],
        "evidence": readings.texts("evidence"),
        "note": readings.texts("note"),
        "comment": readings.texts("comment"),
        "sheet": [readings.sheets[place] for place in found["sheet"]],
        "row": found["row"].to_numpy(),
        "column": found["column"].to_numpy(),
    }
    shown = pd.DataFrame(made)
    for name, kept in readings.kept.items():
        held = {at: value for at, value in kept.items() if at < len(shown)}
        shown.loc[list(held), name] = pd.Series(held, dtype="object")
    return shown


# Taking in ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """What became of a file: the batch, and how many rows it put into the record."""

    batch: str
    recorded: int


def take(
    engine: Engine,
    who: Identity,
    looked: Looked,
    *,
    is_confirmed: bool,
    partly: bool,
    now: datetime,
) -> Taken:
    """Record what was looked at.

    Where there are errors nothing is recorded, unless `partly` leaves their rows out. Warnings
    have to be confirmed. A file that says what the record says already changes nothing.
    """
    access.require(who, "submit", plan=looked.plan)
    errors, warnings = looked.of(Severity.ERROR), looked.of(Severity.WARNING)
    if errors and (not partly or looked.is_blocked):
        if all(fault.name == "not yours" for fault in errors):
            raise NotAllowed(errors[0].message)
        raise BadInput(*(_plain(fault) for fault in errors))
    if warnings and not is_confirmed:
        raise BadInput(*(_plain(fault) for fault in warnings))
    with reading(engine) as session:
        batch = _begun(session, who, looked)
    if not looked.sendable and not batch:
        return Taken("", 0)
    incoming = Incoming(
        who,
        looked.plan,
        batch or _new(looked, who, now),
        looked.name,
        looked.digest,
        len(looked.outcome),
        now,
        looked.reports,
    )
    recorded = imports_store.store(engine, incoming, looked.readings)
    return Taken(incoming.id if recorded else "", recorded)


def _plain(fault: Fault) -> Any:
    from models import Fault as Said

    place = " ".join(part for part in (fault.sheet, fault.cell) if part)
    return Said(place, f"{fault.message} {fault.remedy}")


def _begun(session: Session, who: Identity, looked: Looked) -> str:
    """Return the batch of the same file and person that was broken off, or nothing."""
    wanted = (
        select(Batch.id)
        .join(BatchState, col(BatchState.batch_id) == col(Batch.id))
        .where(
            Batch.digest == looked.digest,
            Batch.author_id == who.person_id,
            Batch.plan_code == looked.plan,
            col(BatchState.finished_at).is_(None),
            col(BatchState.withdrawn_at).is_(None),
        )
    )
    return session.exec(wanted).first() or ""


def _new(looked: Looked, who: Identity, now: datetime) -> str:
    content = f"{looked.digest}:{looked.plan}:{who.person_id}:{now.isoformat()}"
    return hashlib.sha256(content.encode()).hexdigest()[:32]


# Remembering ----------------------------------------------------------------------------------


def remembered(session: Session, who: Identity, plan: str, headers: str) -> Options | None:
    """Return how somebody read such a file before, or none."""
    kept = session.get(ColumnMapping, (who.person_id, plan, headers))
    if kept is None:
        return None
    content = kept.content
    return Options(
        mapping=content.get("mapping", {}),
        decimal=content.get("decimal", ""),
        fixed=content.get("fixed", {}),
    )


def remember(
    session: Session, who: Identity, looked: Looked, options: Options, *, now: datetime
) -> None:
    """Keep how somebody reads such a file, for the next time."""
    if not who.person_id or who.is_system:
        return
    content = {
        "mapping": dict(options.mapping),
        "decimal": options.decimal,
        "fixed": dict(options.fixed),
    }
    session.merge(
        ColumnMapping(
            person_id=who.person_id,
            plan_code=looked.plan,
            headers=looked.headers,
            content=content,
            saved_at=now,
        )
    )
    session.flush()


def looking(engine: Engine, who: Identity, data: bytes, **about: Any) -> Looked:
    """Look at a file with a reader of its own."""
    with reading(engine) as session:
        return look(session, who, data, **about)
