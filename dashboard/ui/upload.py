"""A file on its way in: chosen, read, looked through with every fault, confirmed, and recorded.

The file is kept beside the widget that took it, so that a rerun or a second look does not lose it.
Until it is confirmed nothing of it is in the record. All checks are the services'.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard import i18n
from dashboard.exchange.reading.faults import Fault, Severity
from dashboard.i18n import _, instant, number, plural
from dashboard.i18n.labels import word
from dashboard.services import batches, imports, intake, rules, workbooks
from dashboard.services.batches import Kept
from dashboard.services.imports import Looked
from dashboard.services.imports_record import NEW, REVISION, UNCHANGED
from dashboard.services.imports_rows import Options
from dashboard.services.tasks import Errand
from dashboard.services.texts import PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import cached, look, tasks, visit, widgets
from models import HeadwayError, Identity

FILE: Final = "upload_file"
SAID: Final = "upload_said"
SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: Final = ["xlsx", "xlsm", "xls", "ods", "csv", "tsv", "txt", "json", "xml"]
MOST: Final = 2_000
"""Readings and faults that a page shows; the marked copy and the command line tell all."""
MAPPED: Final = 60
"""Columns of a sheet whose meaning can be chosen here."""
FIXED: Final = ("area", "indicator", "period", "source")


@dataclass
class Given:
    """A file that was chosen, and what was said about it."""

    name: str
    data: bytes
    mapping: dict[str, str] = field(default_factory=dict)
    decimal: str = ""
    fixed: dict[str, str] = field(default_factory=dict)
    looked: Looked | None = None
    key: str = ""

    @property
    def digest(self) -> str:
        """Its SHA-256."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def options(self) -> Options:
        """What was said about it, as the reader wants it."""
        return Options(mapping=self.mapping, decimal=self.decimal, fixed=self.fixed)


# The workbook to fill in ----------------------------------------------------------------------


def offer_workbook(found: Picture, words: PlanTexts, person: Identity, area: str) -> None:
    """Offer the workbook of an area, for an open round or for a year of the whole plan."""
    plan = found.plan.plan
    asking = [
        one
        for one in tasks.errands(plan, person)
        if one.area == area and one.state == "open" and not one.lock
    ]
    first, second = st.columns([3, 2], vertical_alignment="bottom")
    code, period = _occasion(asking, first)
    name = f"{plan}-{area}-{code or period}.xlsx".replace("/", "-").replace(":", "-")
    who, now, language = visit.who(), visit.now(), i18n.language()

    def made() -> bytes:
        i18n.speak(language)  # the bytes are asked for outside of this run
        with visit.read() as session:
            return workbooks.make(
                session,
                who,
                found,
                words,
                area=area,
                period=period,
                round_code=code,
                now=now,
            )

    second.download_button(
        _("Download the workbook (XLSX)"),
        data=made,
        file_name=name,
        mime=SHEET,
        key=f"workbook_{area}_{code}_{period}",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )


def _occasion(asking: Sequence[Errand], place: Any) -> tuple[str, str]:
    """Let somebody choose an open round, or a year: return the code of the round, or the year."""
    year = visit.now().year
    labels = {f"round:{one.round}": f"{one.name} ({one.period})" for one in asking}
    labels |= {
        f"year:{one}": _("All figures of the plan, {year}").format(year=one)
        for one in range(year, max(year - 10, rules.FIRST_YEAR) - 1, -1)
    }
    usual = next(iter(labels)) if asking else f"year:{year - 1}"
    picked = widgets.choose(
        _("Workbook for"),
        list(labels),
        name="occasion",
        index=list(labels).index(usual),
        show=labels.__getitem__,
        place=place,
    )
    kind, _sign, code = (picked or usual).partition(":")
    return (code, "") if kind == "round" else ("", code)


# The file -------------------------------------------------------------------------------------


def take_file(plan: str) -> Given | None:
    """Let somebody choose a file, and return the one that was chosen, also after a rerun."""
    token = visit.token("upload")
    sent = st.file_uploader(
        _("File with figures: a filled workbook, or any table as XLSX, ODS, XLS, CSV or JSON"),
        type=KINDS,
        key=f"upload_{token}",
    )
    kept = st.session_state.get(FILE)
    if sent is not None and (not isinstance(kept, Given) or kept.data != sent.getvalue()):
        kept = st.session_state[FILE] = Given(sent.name, sent.getvalue())
    if not isinstance(kept, Given):
        return None
    if sent is None:
        st.html(look.line([look.tag(_("Kept from before: {name}").format(name=kept.name))]))
    if st.button(_("Put this file away"), key=f"away_{token}", icon=":material/close:"):
        _put_away(token)
        st.rerun()
    if intake.is_snapshot(kept.data):
        words = _("This is a snapshot. The command {command} takes its figures in.")
        st.error(words.format(command=f"`headway import {kept.name} --plan {plan}`"))
        return None
    return kept


def _put_away(token: str) -> None:
    for key in [FILE, f"upload_{token}", "_visit_form_upload"]:
        st.session_state.pop(key, None)


def read(given: Given, plan: str) -> Looked | None:
    """Return the file as it reads now; read it again only where something has changed."""
    told = json.dumps([given.mapping, given.decimal, given.fixed], sort_keys=True)
    key = f"{given.digest}{plan}{told}{cached.version()}{i18n.language()}"
    if given.looked is None or given.key != key:
        try:
            with st.spinner(_("Reading the file and holding it against the record …")):
                given.looked = imports.looking(
                    visit.engine(),
                    visit.who(),
                    given.data,
                    plan=plan,
                    name=given.name,
                    options=given.options,
                    now=visit.now(),
                )
        except HeadwayError as error:
            st.error(_(str(error)), icon=":material/error:")
            return None
        given.key = key
    return given.looked


# What each column means -----------------------------------------------------------------------


def map_columns(given: Given, looked: Looked, words: PlanTexts) -> None:
    """Let somebody say what each column is; it is remembered for files with the same headers."""
    if looked.options.is_form or not looked.layouts:
        return
    is_unclear = any(fault.name in UNCLEAR for fault in looked.faults)
    roles = ["", *imports.FIELDS, *(f"dimension:{name}" for name in words.dimensions)]
    with (
        st.expander(_("What each column means"), expanded=is_unclear),
        st.form(f"columns_{given.digest[:12]}", border=False),
    ):
        st.caption(_("It is remembered for files with the same headers."))
        picked: dict[str, str] = {}
        for sheet, laid in looked.layouts.items():
            named = [column for column in laid.columns if column.header][:MAPPED]
            cells = st.columns(4)
            for place, column in enumerate(named):
                offered = roles if column.role in roles else [column.role, *roles]
                picked[column.header] = cells[place % 4].selectbox(
                    column.header[:60],
                    offered,
                    index=offered.index(column.role),
                    format_func=_role,
                    key=f"role_{given.digest[:12]}_{sheet}_{place}",
                )
        fixed = _said_for_all(given)
        if st.form_submit_button(_("Read it again"), icon=":material/refresh:"):
            before = {
                column.header: column.role
                for laid in looked.layouts.values()
                for column in laid.columns
            }
            changed = {name: role for name, role in picked.items() if role != before[name]}
            given.mapping = {**given.mapping, **changed}
            given.decimal = fixed.pop("decimal")
            given.fixed = {name: text.strip() for name, text in fixed.items() if text.strip()}
            _remember(given, looked)
            st.rerun()


UNCLEAR: Final = ("missing column", "no header", "ambiguous", "column", "mixed separators")


def _said_for_all(given: Given) -> dict[str, str]:
    """Ask what holds for every row where no column says it, and what the decimal sign is."""
    cells = st.columns(5)
    said = {
        name: cells[place].text_input(
            _("{what} of all rows").format(what=_role(name)),
            given.fixed.get(name, ""),
            key=f"fixed_{given.digest[:12]}_{name}",
        )
        for place, name in enumerate(FIXED)
    }
    signs = {"": _("as the file shows"), ".": _("a point"), ",": _("a comma")}
    said["decimal"] = cells[4].selectbox(
        _("Sign before decimals"),
        list(signs),
        index=list(signs).index(given.decimal),
        format_func=signs.__getitem__,
        key=f"decimal_{given.digest[:12]}",
    )
    return said


def _role(role: str) -> str:
    kind, sign, code = role.partition(":")
    if sign and kind == "dimension":
        return _("breakdown: {name}").format(name=code)
    if sign:
        return f"{_role(kind)} {code}"
    return {
        "": _("(passed over)"),
        "indicator": _("indicator"),
        "area": _("area"),
        "period": _("period"),
        "year": _("values of the year"),
        "group": _("values of the group"),
        "value": _("value"),
        "source": _("source"),
        "cell": _("breakdown"),
        "unit": _("unit"),
        "status": _("status"),
        "missing_reason": _("why there is no value"),
        "qualifier": _("bound (< or >)"),
        "text": _("answer in words"),
        "numerator": _("numerator"),
        "denominator": _("denominator"),
        "nature": _("who produced the figure"),
        "source_date": _("day of the source"),
        "evidence": _("link to the evidence"),
        "note": _("note (public)"),
        "comment": _("comment to the reviewer"),
        "breakdown": _("kind of breakdown"),
        "category": _("group of the breakdown"),
    }.get(role, role)


def _remember(given: Given, looked: Looked) -> None:
    who, now = visit.who(), visit.now()
    visit.write(
        lambda session: imports.remember(session, who, looked, given.options, now=now), token=""
    )


# Looking through ------------------------------------------------------------------------------


def show(given: Given, looked: Looked) -> None:
    """Show what would be recorded, every reading, and every fault with its cell."""
    counts, faults = looked.counts, looked.faults
    errors = len(looked.of(Severity.ERROR))
    warnings = len(looked.of(Severity.WARNING))
    st.html(
        look.cards(
            [
                look.card(_("New"), number(counts[NEW])),
                look.card(_("Corrections"), number(counts[REVISION])),
                look.card(_("As in the record"), number(counts[UNCHANGED])),
                *(
                    [look.card(_("Reports on measures"), number(len(looked.reports)))]
                    if looked.reports
                    else []
                ),
                look.card(_("Errors"), number(errors), detail=_("keep their rows out")),
                look.card(_("Warnings"), number(warnings), detail=_("to be confirmed")),
            ]
        )
    )
    if looked.ready:
        st.html(look.notice(_("Read as: {title}").format(title=looked.ready)))
    labels = [
        _("Faults ({n})").format(n=number(len(faults))),
        _("Readings ({n})").format(n=number(len(looked.outcome))),
    ]
    first, second = st.tabs(labels)
    with first:
        _faults(given, looked)
    with second:
        _readings(looked)


def _faults(given: Given, looked: Looked) -> None:
    faults = looked.faults
    if not faults:
        st.html(look.empty(_("No fault was found.")))
        return
    names = {severity.value: _(severity.value) for severity in Severity}
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    kept = left.pills(
        _("Show"),
        list(names),
        default=list(names),
        selection_mode="multi",
        format_func=names.__getitem__,
        key=f"grave_{given.digest[:12]}",
    )
    shown = [fault for fault in faults if fault.severity.value in kept]
    if looked.form:
        _marked(given, looked, right)
    st.dataframe(
        pd.DataFrame(
            [
                {
                    _("How grave"): names[fault.severity.value],
                    _("Sheet"): fault.sheet,
                    _("Cell"): fault.cell,
                    _("What is wrong"): fault.message,
                    _("How to mend it"): fault.remedy,
                }
                for fault in shown[:MOST]
            ]
        ),
        hide_index=True,
        width="stretch",
        row_height=None,
        key=f"faults_{given.digest[:12]}",
    )
    _more(len(shown))


def _marked(given: Given, looked: Looked, place: Any) -> None:
    language = i18n.language()

    def made() -> bytes:
        i18n.speak(language)
        return workbooks.mark(given.data, looked)

    place.download_button(
        _("Download the file with every fault marked (XLSX)"),
        data=made,
        file_name=f"{given.name.rpartition('.')[0] or given.name}-marked.xlsx",
        mime=SHEET,
        key=f"marked_{given.digest[:12]}",
        icon=":material/rate_review:",
        on_click="ignore",
        width="stretch",
    )


def _readings(looked: Looked) -> None:
    table = imports.table(looked, limit=MOST)
    if table.empty:
        st.html(look.empty(_("No figure was read.")))
        return
    outcomes = {
        NEW: _("new"),
        REVISION: _("correction"),
        UNCHANGED: _("as in the record"),
        imports.BLOCKED: _("kept out"),
        imports.LEFT_OUT: _("left out"),
    }
    value = table["qualifier"].fillna("").astype("str") + table["value"].fillna("").astype("str")
    said = value.where(value != "", table["text"].fillna("").astype("str"))
    st.dataframe(
        pd.DataFrame(
            {
                _("What happens"): table["outcome"].map(lambda one: outcomes.get(one, one)),
                _("Area"): table["area"],
                _("Indicator"): table["indicator"],
                _("Breakdown"): table["cell"].replace("_T", ""),
                _("Period"): table["period"],
                _("Read as"): said,
                _("Status"): table["status"].map(lambda one: word("observation_status", one)),
                _("Source"): table["source"],
                _("Sheet"): table["sheet"],
                _("Row"): table["row"],
            }
        ),
        hide_index=True,
        width="stretch",
        key="readings",
    )
    _more(len(looked.outcome))


def _more(n: int) -> None:
    if n > MOST:
        st.caption(_("The first {n} are shown.").format(n=number(MOST)))


# Recording ------------------------------------------------------------------------------------


def record(given: Given, looked: Looked) -> None:
    """Let somebody confirm the warnings and record the file in one go."""
    token = visit.token("upload_send")
    errors = looked.of(Severity.ERROR)
    warnings = looked.of(Severity.WARNING)
    if not looked.sendable:
        words = _("Nothing would change: no figure of this file is new.")
        st.html(look.notice(_first(errors) if errors else words, tone="warn" if errors else "info"))
        return
    partly = bool(errors) and st.checkbox(
        plural(
            "Leave out the rows with the {n} error, and send the others",
            "Leave out the rows with the {n} errors, and send the others",
            len(errors),
        ),
        key=f"partly_{token}",
    )
    is_confirmed = not warnings or st.checkbox(
        plural(
            "I have looked at the {n} warning, and it is right so",
            "I have looked at the {n} warnings, and it is right so",
            len(warnings),
        ),
        key=f"confirmed_{token}",
    )
    can_send = is_confirmed and (partly or not errors) and not looked.is_blocked
    words = plural("Send {n} entry to review", "Send {n} entries to review", looked.sendable)
    if st.button(
        words,
        type="primary",
        disabled=not can_send,
        key=f"send_{token}",
    ):
        _send(given, looked, is_confirmed=is_confirmed, partly=partly)


def _first(faults: Sequence[Fault]) -> str:
    return f"{faults[0].message} {faults[0].remedy}" if faults else ""


def _send(given: Given, looked: Looked, *, is_confirmed: bool, partly: bool) -> None:
    try:
        with st.spinner(_("Recording …")):
            taken = imports.take(
                visit.engine(),
                visit.who(),
                looked,
                is_confirmed=is_confirmed,
                partly=partly,
                now=visit.now(),
            )
    except HeadwayError as error:
        st.error(_(str(error)), icon=":material/error:")
        return
    _remember(given, looked)
    cached.forget()
    st.session_state[SAID] = (given.name, taken.recorded, taken.batch)
    for name in ("upload", "upload_send"):
        _put_away(visit.token(name))
        st.session_state.pop(f"_visit_form_{name}", None)
    st.rerun()


def show_said() -> None:
    """Say what became of the file that was just sent."""
    said = st.session_state.pop(SAID, None)
    if said is None:
        return
    name, recorded, batch = said
    if not recorded:
        st.info(
            _("{name} says what the record says already: nothing was changed.").format(name=name)
        )
        return
    words = plural(
        "{n} entry of {{name}} was sent to review, as the batch {{batch}}.",
        "{n} entries of {{name}} were sent to review, as the batch {{batch}}.",
        recorded,
    )
    st.success(words.format(name=name, batch=batch[:8]), icon=":material/check_circle:")


# Batches --------------------------------------------------------------------------------------


def show_batches(plan: str, person: Identity) -> None:
    """List the files that somebody sent, each to be withdrawn as a whole."""
    with visit.read() as session:
        kept = batches.listing(session, person, plan=plan)
    if not kept:
        st.html(look.empty(_("You have not sent a file yet.")))
        return
    for one in kept[:50]:
        _batch(one)


def _batch(one: Kept) -> None:
    with st.container(border=True):
        left, right = st.columns([3, 2], vertical_alignment="bottom")
        entries = plural("{n} entry", "{n} entries", one.recorded)
        facts: Mapping[str, str] = {
            _("File"): one.name,
            _("Sent"): instant(one.recorded_at),
            _("Batch"): f"{one.id[:8]}, {entries}",
        }
        left.html(look.facts(facts.items()))
        if one.withdrawn_at is not None:
            words = _("Withdrawn {when}: {why}")
            right.html(look.tag(words.format(when=instant(one.withdrawn_at), why=one.reason)))
            return
        if one.finished_at is None:
            right.html(look.tag(_("Broken off: send the same file again to finish it"), "warn"))
        with right.popover(_("Withdraw this batch"), icon=":material/undo:", width="stretch"):
            _withdraw(one)


def _withdraw(one: Kept) -> None:
    token = visit.token(f"withdraw_{one.id}")
    note = st.text_input(_("Why?"), key=f"why_{token}", max_chars=1000)
    if not st.button(_("Withdraw all of it"), key=f"withdraw_{token}", type="primary"):
        return
    who, now = visit.who(), visit.now()
    outcome = visit.write(
        lambda session: batches.withdraw(session, who, one.id, note=note, now=now), token=token
    )
    if outcome.faults:
        st.error(outcome.message, icon=":material/error:")
        return
    cached.forget()
    kept = st.session_state.get(FILE)
    if isinstance(kept, Given):
        kept.looked = None  # the same file may be sent again now
    st.rerun()
