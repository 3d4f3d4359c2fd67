"""What the download centre hands out: which part of a plan, in which form, and how much that is.

A choice is read from the words of an address and written back as such, so that an address to share,
the page and the command line all mean the same. Small counts stay hidden, as on every public face.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final, TypeVar

import numpy as np
import pandas as pd
from sqlmodel import Session, select

from dashboard.exchange import streams
from dashboard.exchange import table as frames
from dashboard.exchange.about import Meta
from dashboard.exchange.canonical import Field
from dashboard.exchange.sdmx import Stream
from dashboard.i18n import _, number
from dashboard.services import extracts, lookup, parts, plans, reads, standards, tables
from dashboard.services.extracts import Wanted
from dashboard.services.tables import WHAT
from models import TOTAL, BadInput, Cell, Fault, Indicator

Read = TypeVar("Read")

FORMS: Final[Mapping[str, Stream]] = {**streams.FORMS, **standards.FORMS}
"""Every form in which a part of a plan leaves."""
UNDATED: Final = frozenset({"sdmx-json", "iati"})
"""Standards that tell one figure for a series and period, and so no history."""
FIRST_YEAR, LAST_YEAR = 1900, 2100
NONE: Final = "none"
"""In place of breakdowns: totals alone."""
MOST_CODES: Final = 500
"""Codes that one list of an address may name."""
WORDS: Final = (
    *("plan", "what", "areas", "groups", "indicators", "by", "from", "to", "history", "as_of"),
)
"""The words of an address that say what is wanted."""
FIELDS: Final = (
    Field("area", "string", "Code of the State (ISO 3166 alpha-3), region or group"),
    Field("area_name", "string", "Its name in English"),
    Field("m49", "string", "Its code of the United Nations, with leading zeros"),
    Field("indicator", "string", "Code of the indicator in the plan"),
    Field("indicator_name", "string", "Its name in English"),
    Field("unit", "string", "Unit of measure of the value"),
    Field("cell", "string", "Disaggregation; _T is the total"),
    Field("period", "string", "Period as reported"),
    Field("year", "integer", "Reference year: the first of a longer period"),
    Field("value", "number", "As reported; empty where there is none, never zero"),
    Field("qualifier", "string", "Whether the value is a bound"),
    Field("status", "string", "Observation status of SDMX; Q: a small count, not shown"),
    Field("text", "string", "Answer in words"),
    Field("missing_reason", "string", "Why there is no value"),
    Field("numerator", "number"),
    Field("denominator", "number"),
    Field("nature", "string", "Who produced the figure"),
    Field("source", "string", "Where it comes from"),
    Field("source_date", "date", "Day of the source"),
    Field("evidence", "string", "Address of the evidence"),
    Field("note", "string", "Footnote"),
    Field("accepted_at", "datetime", "When the record accepted it"),
    Field("ref", "string", "Number of the report in the record"),
    Field("is_illustrative", "boolean", "Whether it was generated for demonstration"),
)
"""The columns of observations, in their order."""
ENDED: Final = Field("ended_at", "datetime", "When it was replaced or withdrawn; empty: it counts")


@dataclass(frozen=True)
class Choice:
    """Which part of a plan; nothing said means all."""

    plan: str
    what: str = "observations"
    areas: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()  # whose members are wanted; of aggregates, their own figures
    indicators: tuple[str, ...] = ()
    by: tuple[str, ...] = ()  # breakdowns, or NONE for totals alone
    years: tuple[int, int] | None = None
    with_history: bool = False
    as_of: datetime | None = None


# The words of an address --------------------------------------------------------------------------


def parse(words: Mapping[str, str]) -> Choice:
    """Return the choice that the words of an address make.

    Raises `BadInput` with a sentence for each word that cannot be understood. Codes are only looked
    up when the record is read.
    """
    reader = _Reader(words)
    found = Choice(
        plan=words.get("plan", "").strip().upper(),
        what=reader.read("what", lambda text: _one_of(text, WHAT)) or "observations",
        areas=reader.read("areas", _codes) or (),
        groups=reader.read("groups", _codes) or (),
        indicators=reader.read("indicators", _codes) or (),
        by=reader.read("by", _codes) or (),
        years=reader.read("from", lambda text: _years(text, words.get("to", "").strip())),
        with_history=reader.read("history", lambda text: _one_of(text, ("yes", "no"))) == "yes",
        as_of=reader.read("as_of", moment),
    )
    if reader.faults:
        raise BadInput(*reader.faults)
    return found


class _Reader:
    """Reads words one by one, and gathers what is wrong with them."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = words
        self.faults: list[Fault] = []

    def read(self, name: str, how: Callable[[str], Read]) -> Read | None:
        """Return what a word says; none where it cannot be understood."""
        try:
            return how(self.words.get(name, "").strip())
        except ValueError as error:
            self.faults.append(Fault(name, str(error)))
            return None


def words(choice: Choice) -> dict[str, str]:
    """Return the words of an address that make a choice; what is not said there is the usual."""
    first, last = choice.years or ("", "")
    found = {
        "plan": choice.plan,
        "what": "" if choice.what == "observations" else choice.what,
        "areas": ",".join(choice.areas),
        "groups": ",".join(choice.groups),
        "indicators": ",".join(choice.indicators),
        "by": ",".join(choice.by),
        "from": str(first),
        "to": str(last),
        "history": "yes" if choice.with_history else "",
        "as_of": "" if choice.as_of is None else _named(choice.as_of),
    }
    return {name: word for name, word in found.items() if word}


def moment(text: str) -> datetime | None:
    """Read a day, which means its end in UTC, or a moment with its time zone; nothing is now."""
    if not text:
        return None
    try:
        if len(text) == len("2026-03-01"):
            return reads.end_of(date.fromisoformat(text))
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        told = _("{value} is no moment: write 2026-03-01 or 2026-03-01T12:00:00Z")
        raise ValueError(told.format(value=text))
    return found.astimezone(UTC)


def _named(as_of: datetime) -> str:
    if as_of == reads.end_of(as_of.date()):
        return as_of.date().isoformat()
    return as_of.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _one_of(text: str, known: tuple[str, ...]) -> str:
    if text and text not in known:
        told = _("{text} is none of {known}").format(text=repr(text), known=", ".join(known))
        raise ValueError(told)
    return text


def _codes(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    if len(found) > MOST_CODES:
        told = _("names more than {n} codes: leave the list out for all of them")
        raise ValueError(told.format(n=number(MOST_CODES)))
    return found


def span(first: str, last: str) -> tuple[int, int] | None:
    """Return the years from one to another, each in four digits; none where neither is said.

    Raises `BadInput` where one of them is no year, or the first comes after the last.
    """
    try:
        return _years(first, last)
    except ValueError as error:
        raise BadInput(Fault("from", str(error))) from None


def _years(first: str, last: str) -> tuple[int, int] | None:
    if not first and not last:
        return None
    for text in (first, last):
        if text and not re.fullmatch(r"[0-9]{4}", text):
            raise ValueError(_("{text} is no year: write four digits").format(text=repr(text)))
    years = int(first or FIRST_YEAR), int(last or LAST_YEAR)
    if years[0] > years[1]:
        raise ValueError(_("the first year is after the last: exchange the two"))
    return years


# What there is to choose --------------------------------------------------------------------------


def offered(choice: Choice) -> list[str]:
    """Return the forms in which a choice can leave."""
    if choice.what != "observations":
        return list(streams.FORMS)
    return [name for name in FORMS if not (choice.with_history and name in UNDATED)]


def check(choice: Choice, form: str, *, now: datetime) -> None:
    """Raise `BadInput` where this choice cannot leave in this form."""
    faults = []
    if form not in FORMS:
        told = _("There is no form {form}. There are: {forms}.")
        faults.append(Fault("form", told.format(form=repr(form), forms=", ".join(FORMS))))
    elif choice.what != "observations" and form not in streams.FORMS:
        faults.append(Fault("form", _("Only observations are written in this standard.")))
    elif choice.with_history and form in UNDATED:
        told = _("This standard tells one figure for each period: take another form for history.")
        faults.append(Fault("form", told))
    if choice.what != "observations" and (choice.with_history or choice.by):
        told = _("Statuses and aggregates are of totals as they stand: choose observations.")
        faults.append(Fault("history" if choice.with_history else "by", told))
    if choice.as_of is not None and choice.as_of > now:
        faults.append(Fault("as_of", _("lies in the future: nothing is known of it yet")))
    if faults:
        raise BadInput(*faults)


def members(session: Session, groups: tuple[str, ...], *, as_of: datetime | None) -> list[str]:
    """Return who belongs to these groups or regions at a moment (none: now), in order of codes."""
    if not groups:
        return []
    codes = {lookup.area(session, code).code for code in groups}
    rows = parts.memberships(session, parts.areas(session))
    when = np.inf if as_of is None else as_of.year + as_of.timetuple().tm_yday / 366
    inside = rows[rows["group"].isin(codes) & (rows["since"] <= when) & (rows["until"] >= when)]
    return sorted(set(inside["area"].map(str)))


# Rows ---------------------------------------------------------------------------------------------


def count(session: Session, choice: Choice, *, now: datetime) -> int:
    """Return how many rows a choice makes. Raises `NotFound` for a code that is not there."""
    if choice.what != "observations":
        return len(_computed(session, choice, now))
    wanted = _wanted(session, choice)
    return extracts.count(session, wanted, with_history=choice.with_history) if wanted else 0


def preview(session: Session, choice: Choice, *, now: datetime, most: int) -> pd.DataFrame:
    """Return the first rows of a choice, with the columns that its files have."""
    if choice.what != "observations":
        return _computed(session, choice, now).head(most)
    names = [field.name for field in _fields(choice)]
    return next(_observations(session, choice, size=most), pd.DataFrame(columns=names))


def stream(
    session: Session,
    form: str,
    choice: Choice,
    *,
    publisher: str,
    now: datetime,
    heard: Callable[[int], None] = lambda _rows: None,
) -> Iterator[bytes]:
    """Yield a file; the session must stay open until the end.

    `heard` is told of each chunk how many rows it has, before it is written. Raises `BadInput` or
    `NotFound` before the first byte.
    """
    check(choice, form, now=now)
    if form in standards.FORMS:
        asked = _asked(session, choice)
        yield from standards.stream(session, form, asked, publisher=publisher, now=now, heard=heard)
        return
    meta = about(session, choice, publisher=publisher, now=now)
    if choice.what == "observations":
        fields = _fields(choice)
        rows = _observations(session, choice, size=standards.CHUNK)
    else:
        table = _computed(session, choice, now)
        fields, rows = frames.fields(table), iter([table])
    yield from streams.FORMS[form].write(_heard(rows, heard), fields, meta)


def _heard(rows: Iterator[pd.DataFrame], heard: Callable[[int], None]) -> Iterator[pd.DataFrame]:
    for chunk in rows:
        heard(len(chunk))
        yield chunk


def about(session: Session, choice: Choice, *, publisher: str, now: datetime) -> Meta:
    """Return what goes along with the rows: whose, as of when, real or pretend."""
    asked = standards.Asked(choice.plan, as_of=choice.as_of)
    found = standards.meta(session, asked, publisher=publisher, now=now)
    history = ", with history" if choice.with_history else ""
    return replace(found, title=f"{found.title}: {choice.what}{history}")


def file_name(choice: Choice, form: str, meta: Meta) -> str:
    """Return the name of a file: plan, what, moment, and the mark where it is due."""
    day = "" if choice.as_of is None else f"-{choice.as_of.date().isoformat()}"
    history = "-history" if choice.with_history else ""
    mark = "-illustrative" if meta.is_illustrative else ""
    stem = re.sub(r"[^a-z0-9]+", "-", choice.plan.lower()).strip("-")
    return f"headway-{stem}-{choice.what}{history}{day}{mark}{FORMS[form].suffix}"


def _fields(choice: Choice) -> list[Field]:
    if not choice.with_history:
        return list(FIELDS)
    place = [field.name for field in FIELDS].index("accepted_at") + 1
    return [*FIELDS[:place], ENDED, *FIELDS[place:]]


def _observations(session: Session, choice: Choice, *, size: int) -> Iterator[pd.DataFrame]:
    """Look up what a choice names, and return its rows as they will be read."""
    wanted = _wanted(session, choice)
    return iter(()) if wanted is None else _read(session, choice, wanted, size)


def _read(session: Session, choice: Choice, wanted: Wanted, size: int) -> Iterator[pd.DataFrame]:
    read = extracts.history if choice.with_history else extracts.chunks
    names = _names(session)
    texts = {
        row.code: row for row in session.exec(select(Indicator).where(_of_plan(choice.plan))).all()
    }
    units = {code: row.unit for code, row in texts.items()}
    titles = {code: row.name for code, row in texts.items()}
    order = [field.name for field in _fields(choice)]
    for rows in read(session, wanted, size=size):
        # The decimal text as reported; a double would say 0.1 for 0.10.
        told = rows.assign(
            value=rows["exact"],
            area_name=rows["area"].map(names).astype("str"),
            indicator_name=rows["indicator"].map(titles).astype("str"),
            unit=rows["indicator"].map(units).astype("str"),
        )
        yield told[order]


def _of_plan(plan: str) -> bool:
    found: bool = Indicator.plan_code == plan
    return found


def _names(session: Session) -> dict[str, str]:
    table = parts.areas(session).table
    return dict(zip(table["area"], table["name"], strict=True))


def _computed(session: Session, choice: Choice, now: datetime) -> pd.DataFrame:
    """Return the statuses or aggregates of a choice."""
    plans.edition(session, choice.plan)
    is_group = choice.what == "aggregates"
    areas = (*choice.areas, *(choice.groups if is_group else ()))
    inside = [] if is_group else members(session, choice.groups, as_of=choice.as_of)
    asked = tables.Asked(
        choice.plan,
        as_of=choice.as_of,
        areas=(*areas, *inside),
        indicators=choice.indicators,
    )
    found, _meta = tables.table(session, choice.what, asked, publisher="", now=now)
    if choice.groups and not asked.areas:
        found = found.iloc[:0]  # groups without members: nobody's figures, not everybody's
    if choice.years is not None:
        found = found[found["year"].between(*choice.years)]
    return found.reset_index(drop=True)


def _wanted(session: Session, choice: Choice) -> Wanted | None:
    """Return the question in the codes of the record; none where nothing can answer it."""
    for code in choice.indicators:  # said before the first byte, if it is not there
        lookup.indicator(session, choice.plan, code)
    inside = members(session, choice.groups, as_of=choice.as_of)
    own = [lookup.area(session, code).code for code in choice.areas]
    if choice.groups and not inside and not own:
        return None
    cells = _cells(session, choice)
    if choice.by and not cells:
        return None
    return Wanted(
        choice.plan,
        as_of=choice.as_of,
        areas=tuple(dict.fromkeys([*own, *inside])),
        indicators=choice.indicators,
        cells=cells,
        years=choice.years,
    )


def _asked(session: Session, choice: Choice) -> standards.Asked:
    wanted = _wanted(session, choice)
    if wanted is None:
        wanted = Wanted(choice.plan, as_of=choice.as_of, years=(0, 0))  # holds for no figure
    return standards.Asked(
        wanted.plan,
        as_of=wanted.as_of,
        areas=wanted.areas,
        indicators=wanted.indicators,
        cells=wanted.cells,
        years=wanted.years,
        with_history=choice.with_history,
    )


def _cells(session: Session, choice: Choice) -> tuple[str, ...]:
    """Return the disaggregations that are wanted: the total, and those by these alone."""
    if not choice.by:
        return ()
    known = lookup.dimensions(session, choice.plan)
    unknown = [word for word in choice.by if word not in {*known, NONE}]
    if unknown:
        told = _("{text} is none of {known}")
        there = ", ".join([NONE, *sorted(known)])
        raise BadInput(Fault("by", told.format(text=repr(unknown[0]), known=there)))
    wanted = set(choice.by)

    def passes(cell: str) -> bool:
        return {piece.partition("=")[0] for piece in cell.split(";")} <= wanted

    every = session.exec(select(Cell.code)).all()
    return (TOTAL, *sorted(cell for cell in every if cell != TOTAL and passes(cell)))
