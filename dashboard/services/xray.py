"""The X-ray before sending: every doubt about what was typed, at its cell, before it goes out.

An error keeps its cell back. A warning goes out once it is explained or confirmed, and what was
said goes along to the reviewer. A hint asks for nothing. The checks are those of any other table of
figures (`imports.look`); added are those that need the whole of a country: its earlier figures, and
figures of other indicators that cannot be right at the same time.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd
from sqlmodel import Session

from dashboard.exchange.reading.faults import Severity
from dashboard.i18n import _, number
from dashboard.services import drafts, evidence, held, imports, ledger, lookup, observations, queues
from dashboard.services.drafts import Cell
from dashboard.services.imports_record import UNCHANGED, latest
from dashboard.services.imports_rows import Options
from dashboard.services.imports_words import LONGEST
from dashboard.services.lookup import Ref
from models import (
    SYSTEM_CHAIN,
    BadInput,
    Channel,
    Fault,
    Identity,
    ObservationInput,
    State,
    WrongState,
)

FIELDS: Final = (
    *("value", "status", "missing_reason", "text", "numerator", "denominator", "source"),
    *("source_date", "evidence", "note", "comment"),
)
"""What may be typed about a cell. `evidence` is an address, or the name of a piece: KEN-E3."""
LIVE: Final = (State.SUBMITTED, State.ENDORSED, State.ACCEPTED)
PIECE: Final = "-E"


@dataclass(frozen=True)
class Finding:
    """One doubt: at which cell and field, of which class, and what to do about it."""

    cell: Cell
    field: str
    name: str
    severity: Severity
    message: str
    remedy: str

    @property
    def key(self) -> str:
        """What an explanation of it is kept under."""
        return f"{self.cell.indicator} {self.cell.detail} {self.name} {self.field}"


@dataclass(frozen=True)
class Seen:
    """What was typed, as it would be sent, and every doubt about it."""

    findings: tuple[Finding, ...]
    drafts: Mapping[Cell, ObservationInput]  # of the cells without an error
    unchanged: frozenset[Cell]  # the record says the same already
    pieces: Mapping[Cell, int]  # the piece of evidence that a cell rests on

    def of(self, severity: Severity) -> list[Finding]:
        """Return the findings of one severity."""
        return [one for one in self.findings if one.severity is severity]

    def ready(self, answers: Mapping[str, str], *, is_confirmed: bool) -> list[Cell]:
        """Return the cells that may go: no error, and every warning answered."""
        open_ = {
            one.cell
            for one in self.of(Severity.WARNING)
            if not is_confirmed and not answers.get(one.key, "").strip()
        }
        return [cell for cell in self.drafts if cell not in open_]


def look(
    session: Session,
    who: Identity,
    typed: Mapping[Cell, Mapping[str, Any]],
    *,
    plan: str,
    area: str,
    now: datetime,
) -> Seen:
    """Look at everything typed for an area and change nothing."""
    asked = {cell: drafts.said(content) for cell, content in typed.items()}
    asked = {cell: content for cell, content in asked.items() if is_answer(content)}
    if not asked:
        return Seen((), {}, frozenset(), {})
    place = lookup.area(session, area)
    pieces = {cell: _piece(content.get("evidence", ""), area) for cell, content in asked.items()}
    rows = [_row(cell, content, area, pieces[cell]) for cell, content in asked.items()]
    looked = imports.look(
        session,
        who,
        json.dumps(rows).encode(),
        plan=plan,
        name=_("typed here"),
        options=Options(is_form=True, mapping={name: name for name in rows[0]}),
        now=now,
    )
    cells = list(asked)
    found = [
        Finding(
            cells[fault.row - 2] if fault.row > 1 else cells[0],
            _field(rows[0], fault.column),
            fault.name,
            fault.severity,
            fault.message,
            fault.remedy,
        )
        for fault in looked.faults
    ]
    table = imports.table(looked)
    table = table.assign(key=[cells[row - 2] for row in table["row"]])
    ready, refused = _drafts(table)
    past = _past(session, place.id, plan, ready, pieces)
    found += refused
    found += _large(past)
    found += _contradictions(session, place.id, plan, ready)
    found += _pieces(session, who, asked, pieces, plan=plan, area=area, now=now)
    blocked = {one.cell for one in found if one.severity is Severity.ERROR}
    unchanged = frozenset(table["key"][table["outcome"] == UNCHANGED])
    return Seen(
        tuple(sorted(found, key=lambda one: (list(Severity).index(one.severity), one.cell))),
        {cell: draft for cell, draft in ready.items() if cell not in blocked},
        unchanged,
        {cell: piece for cell, piece in pieces.items() if piece},
    )


def is_answer(content: Mapping[str, Any]) -> bool:
    """Say whether what was typed answers the question: a value, words, or why there is none."""
    return any(content.get(name) for name in ("value", "text", "status", "missing_reason"))


def _row(cell: Cell, content: Mapping[str, Any], area: str, piece: int) -> dict[str, str]:
    fields = {name: str(content.get(name) or "").strip() for name in FIELDS}
    if piece:
        fields["evidence"] = ""
    keys = {"indicator": cell.indicator, "area": area, "period": cell.period, "cell": cell.cell}
    return keys | fields


def _piece(text: str, area: str) -> int:
    """Return the number of the piece of evidence that a text names, 0 where it names none."""
    name = text.strip().upper()
    start = f"{area}{PIECE}".upper()
    digits = name.removeprefix(start)
    return int(digits) if name.startswith(start) and digits.isdecimal() and len(digits) < 9 else 0


def _field(row: Mapping[str, str], column: int) -> str:
    names = list(row)
    return names[column - 1] if 0 < column <= len(names) else "value"


def _drafts(table: pd.DataFrame) -> tuple[dict[Cell, ObservationInput], list[Finding]]:
    """Return the rows that can go as drafts, and what the last look at each refuses."""
    fields = [*observations.FIELDS, "indicator", "area", "cell"]
    ready, refused = {}, []
    for row in table[~table["outcome"].isin([imports.BLOCKED, imports.LEFT_OUT])].to_dict(
        "records"
    ):
        given = {name: row[name] for name in fields if row[name] == row[name] and row[name] != ""}
        try:
            ready[row["key"]] = observations.parse(
                {name: value for name, value in given.items() if value is not None}
            )
        except BadInput as refusal:
            refused += [
                Finding(row["key"], fault.where, "refused", Severity.ERROR, fault.message, "")
                for fault in refusal.faults
            ]
    return ready, refused


# Against the country's own figures --------------------------------------------------------------


def _past(
    session: Session,
    area_id: int,
    plan: str,
    ready: Mapping[Cell, ObservationInput],
    pieces: Mapping[Cell, int],
) -> pd.DataFrame:
    """Return each draft beside the figure before it and the usual change of its series.

    Columns: key, kind, status, value, previous, previous_period, accepted, evidence, is_proved,
    past, changes, usual.
    """
    abouts: dict[str, Any] = {
        code: lookup.indicator(session, plan, code) for code in {cell.indicator for cell in ready}
    }
    held = latest(session, area_id, [about.id for about in abouts.values()])
    held = held[held["state"].isin(list(LIVE)) & held["value"].notna()]
    held = held.assign(value=pd.to_numeric(held["value"]).astype("float64")).sort_values("period")
    series = dict(list(held.groupby(["indicator_id", "cell"])))
    none = held.iloc[:0]
    rows = []
    for cell, draft in ready.items():
        about = abouts[cell.indicator]
        own = series.get((about.id, cell.cell), none)
        earlier = own[own["period"] < cell.period]
        changes = own["value"].diff().abs().dropna()
        rows.append(
            {
                "key": cell,
                "kind": about.kind,
                "status": draft.status,
                "value": None if draft.value is None else float(draft.value),
                "previous": earlier["value"].iloc[-1] if len(earlier) else None,
                "previous_period": earlier["period"].iloc[-1] if len(earlier) else "",
                "accepted": None,
                "evidence": draft.evidence,
                "is_proved": bool(pieces.get(cell)),
                "past": len(own) or None,
                "changes": len(changes),
                "usual": changes.median() if len(changes) else 0.0,
            }
        )
    table = pd.DataFrame(rows)
    numbers = ("value", "previous", "accepted", "past", "usual")
    return table.astype(dict.fromkeys(numbers, "float64")) if len(table) else table


def _large(past: pd.DataFrame) -> list[Finding]:
    """Ask about figures at which a reviewer would look twice: better explained than returned."""
    if past.empty:
        return []
    found = []
    for row in queues.weighed(past).to_dict("records"):
        reasons = set(str(row["reasons"]).split())
        words = {
            "value": number(row["value"], 4),
            "before": number(row["previous"], 4),
            "period": row["previous_period"],
        }
        if reasons & {"tenfold", "large_change", "outlier"}:
            said = _("{value} is far from {before}, which was reported for {period}.")
            found.append(_asked(row["key"], "large change", said.format(**words)))
        if "now_missing" in reasons:
            said = _("There was a value for {period} ({before}), and now there is none.")
            found.append(_asked(row["key"], "now missing", said.format(**words)))
        if "no_evidence" in reasons:
            found.append(
                Finding(
                    row["key"],
                    "evidence",
                    "no evidence",
                    Severity.HINT,
                    _("Nothing shows where the figure can be looked up."),
                    _("Add a link, or name a piece of evidence of the library."),
                )
            )
    return found


def _asked(cell: Cell, name: str, message: str) -> Finding:
    remedy = _("Correct it, or say in a few words why it is right.")
    return Finding(cell, "value", name, Severity.WARNING, message, remedy)


def _contradictions(
    session: Session, area_id: int, plan: str, ready: Mapping[Cell, ObservationInput]
) -> list[Finding]:
    """Hold what is typed against each other, and against what the record holds already."""
    rows = newest_rows(session, area_id, plan, held.codes(plan, ready))
    live = {cell: row for cell, row in rows.items() if row["state"] in LIVE}
    found = held.doubts(session, plan, held.Known(ready, live))
    return [_asked(one.cell, one.name, one.message) for one in found]


def _pieces(
    session: Session,
    who: Identity,
    asked: Mapping[Cell, Mapping[str, Any]],
    pieces: Mapping[Cell, int],
    *,
    plan: str,
    area: str,
    now: datetime,
) -> list[Finding]:
    if not any(pieces.values()):
        return []
    library = evidence.library(session, who, area, plan=plan, today=now.date())
    known = set(library["number"])
    over = set(library.loc[library["is_expired"], "number"])
    found = []
    for cell, piece in pieces.items():
        name = str(asked[cell].get("evidence", ""))
        if piece and piece not in known:
            said = _("There is no evidence {name} in the library.").format(name=name)
            remedy = _("Choose one that is there, or give a link.")
            found.append(
                Finding(cell, "evidence", "no such evidence", Severity.ERROR, said, remedy)
            )
        elif piece in over:
            said = _("The evidence {name} has expired.").format(name=name)
            remedy = _("Add a newer one, or say why it still holds.")
            found.append(
                Finding(cell, "evidence", "expired evidence", Severity.WARNING, said, remedy)
            )
    return found


# Sending --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clash:
    """A cell for which somebody else sent a figure while this one was being typed."""

    cell: Cell
    ref: str
    theirs: Mapping[str, Any]


@dataclass(frozen=True)
class Sent:
    """What became of the cells that were ready: their numbers, and those left for a decision."""

    refs: Mapping[Cell, str]
    clashes: tuple[Cell, ...]
    unchanged: tuple[Cell, ...]


def clashes(
    session: Session,
    typed: Mapping[Cell, Mapping[str, Any]],
    *,
    plan: str,
    area: str,
) -> list[Clash]:
    """Return the cells whose newest row in the record is not the one the grid showed."""
    place = lookup.area(session, area)
    newest = newest_rows(session, place.id, plan, {cell.indicator for cell in typed})
    found = []
    for cell, content in typed.items():
        row = newest.get(cell)
        if row is not None and int(row["seq"]) != int(content.get("seen") or 0):
            found.append(Clash(cell, str(Ref(place.code, int(row["seq"]))), row))
    return found


def newest_rows(
    session: Session, area_id: int, plan: str, codes: Iterable[str]
) -> dict[Cell, Mapping[str, Any]]:
    """Return the newest row of each cell that was not withdrawn, with its number and state."""
    abouts = {lookup.indicator(session, plan, code).id: code for code in codes}
    rows = latest(session, area_id, list(abouts))
    return {
        Cell(abouts[row["indicator_id"]], row["period"], row["cell"]): {
            str(name): value for name, value in row.items()
        }
        for row in rows.to_dict("records")
    }


def send(
    session: Session,
    who: Identity,
    cells: Sequence[Cell],
    answers: Mapping[str, str],
    *,
    plan: str,
    area: str,
    is_confirmed: bool,
    token: str,
    now: datetime,
) -> Sent:
    """Send what is kept of these cells, all of them in one transaction; send a click only once.

    What is in the way of a cell keeps that cell back, never the others: an error, a warning that
    nobody answered, or a figure that somebody else sent meanwhile. The drafts of what was sent are
    thrown away, and evidence from the library is noted as used.
    """
    place = lookup.area(session, area)

    def work() -> dict[str, Any]:
        return _sent(
            session,
            who,
            cells,
            answers,
            plan=plan,
            area=place.code,
            is_confirmed=is_confirmed,
            token=token,
            now=now,
        )

    answer = ledger.once(
        session, SYSTEM_CHAIN, token, "observation.grid", work, by=who.person_id, now=now
    )
    return Sent(
        {Cell(*cell): ref for cell, ref in answer["refs"]},
        tuple(Cell(*cell) for cell in answer["clashes"]),
        tuple(Cell(*cell) for cell in answer["unchanged"]),
    )


def _sent(
    session: Session,
    who: Identity,
    cells: Sequence[Cell],
    answers: Mapping[str, str],
    *,
    plan: str,
    area: str,
    is_confirmed: bool,
    token: str,
    now: datetime,
) -> dict[str, Any]:
    place = lookup.area(session, area)
    kept = drafts.cells(session, who, plan=plan, area=area)
    typed = {cell: kept[cell] for cell in cells if cell in kept}
    seen = look(session, who, typed, plan=plan, area=area, now=now)
    ready = seen.ready(answers, is_confirmed=is_confirmed)
    ledger.hold(session, place.id)  # from here on nobody else sends for this area
    taken = {one.cell for one in clashes(session, typed, plan=plan, area=area)}
    going = [cell for cell in ready if cell not in taken and cell not in seen.unchanged]
    if not ready:
        raise BadInput(_first(seen))
    if going:
        said = [_explained(seen, cell, answers) for cell in going]
        observations.submit_many(
            session,
            who,
            said,
            plan=plan,
            token=f"{token}:rows",
            now=now,
            channel=Channel.ENTRY,
        )
    newest = newest_rows(session, place.id, plan, {cell.indicator for cell in going})
    refs = {cell: Ref(place.code, int(newest[cell]["seq"])) for cell in going}
    for cell, ref in refs.items():
        if cell in seen.pieces:
            evidence.use(session, who, ref, seen.pieces[cell], plan=plan, now=now)
    same = [cell for cell in ready if cell in seen.unchanged and cell not in taken]
    for cell in [*going, *same]:
        drafts.drop(session, who, plan=plan, area=area, subject=cell.indicator, detail=cell.detail)
    return {
        "refs": [[list(cell), str(ref)] for cell, ref in refs.items()],
        "clashes": [list(cell) for cell in ready if cell in taken],
        "unchanged": [list(cell) for cell in same],
    }


def _first(seen: Seen) -> Fault:
    blocking = [one for one in seen.findings if one.severity is not Severity.HINT]
    if not blocking:
        return Fault("", "Nothing is typed yet that could be sent.")
    one = blocking[0]
    return Fault(one.cell.indicator, f"{one.message} {one.remedy}".strip())


def _explained(seen: Seen, cell: Cell, answers: Mapping[str, str]) -> ObservationInput:
    """Return a draft with what was said about its warnings in the comment to the reviewer."""
    draft = seen.drafts[cell]
    lines = [draft.comment] if draft.comment else []
    for one in seen.of(Severity.WARNING):
        if one.cell == cell:
            said = answers.get(one.key, "").strip() or _("confirmed")
            lines.append(f"{one.message} – {said}")
    return draft.model_copy(update={"comment": "\n".join(lines)[: LONGEST["comment"]]})


def keep_mine(
    session: Session,
    who: Identity,
    clash: Clash,
    *,
    plan: str,
    area: str,
    window: str,
    now: datetime,
) -> None:
    """Say that one's own figure is to be sent although somebody else sent one meanwhile."""
    content = drafts.cells(session, who, plan=plan, area=area).get(clash.cell)
    if content is None:
        raise WrongState("What you typed for this cell was sent or thrown away already.")
    drafts.keep_cells(
        session,
        who,
        {clash.cell: {**content, "seen": int(clash.theirs["seq"])}},
        plan=plan,
        area=area,
        window=window,
        since=now,
        now=now,
    )
