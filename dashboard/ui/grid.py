"""The grid of entry: one country and one section, a row for each figure that is asked.

Its fields are plain ones, made by a script of ours (`static/sheet.js`), which keeps every key in
the browser and sends it to the server (`web/typed.py`); there it is kept as drafts, from which the
grid is made again after a reload, a restart, or in another window. All checks are the services'.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.exchange.reading.faults import Severity
from dashboard.i18n import _, breakdowns, listing, number, plural
from dashboard.i18n.labels import word
from dashboard.services import drafts, grids, mappings, rules, views, xray
from dashboard.services.drafts import Cell
from dashboard.services.tasks import Errand
from dashboard.services.texts import IndicatorText, PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import cached, cellform, look, tasks, visit, widgets
from models import MISSING, TOTAL, EntryMode, Fault, Identity, Kind, ObservationStatus

SILENT: Final = tuple(status.value for status in ObservationStatus if status in MISSING)
_WINDOW: Final = "grid_window"
SIGN: Final = {
    Severity.ERROR: ":material/error:",
    Severity.WARNING: ":material/help:",
    Severity.HINT: ":material/info:",
}


@dataclass(frozen=True)
class Section:
    """What one grid asks: an area, an objective or a round, a period, and its cells."""

    plan: str
    area: str
    code: str
    period: str
    cells: tuple[Cell, ...]
    round: str = ""

    @property
    def name(self) -> str:
        """What its keys begin with."""
        return f"grid_{self.plan}_{self.area}_{self.code}_{self.period}_{len(self.cells)}"


@dataclass
class Sheet:
    """The rows that a grid shows, made once and new with every revision."""

    rows: list[dict[str, Any]]
    usual: dict[Cell, dict[str, Any]]  # of a row in which nothing is typed
    source: str  # of the first row in which something is
    since: datetime
    faults: tuple[Fault, ...] = ()


# Which section --------------------------------------------------------------------------------


def draw(found: Picture, words: PlanTexts, person: Identity, area: str) -> None:
    """Let a coordinator fill in a section of the plan, look through it, and send it."""
    plan = found.plan.plan
    asking = [
        one for one in tasks.errands(plan, person) if one.area == area and one.state != "planned"
    ]
    asked = _asked(found, words, area)
    if not asked:
        st.html(look.empty(_("No indicator of this plan is asked of this area.")))
        return
    section = _pick(words, asked, asking, plan=plan, area=area)
    errand = next((one for one in asking if one.round == section.round), None)
    if errand is not None and errand.lock:
        st.html(look.notice(_(errand.lock), tone="warn", title=_("Nothing can be sent here.")))
    if section.name in st.session_state.get("grid_said", {}):
        _show_sent(section, found)
    _fill(section, found, words)
    if errand is not None:
        tasks.deliver(errand)


def _asked(found: Picture, words: PlanTexts, area: str) -> list[IndicatorText]:
    kind = str(found.plan.areas.set_index("area").loc[area, "kind"])
    level = rules.LEVELS[kind]  # type: ignore[index]
    return [
        text
        for text in words.indicators
        if level in text.fields["levels"] and text.fields["entry_mode"] == EntryMode.COORDINATOR
    ]


def _pick(
    words: PlanTexts,
    asked: list[IndicatorText],
    asking: list[Errand],
    *,
    plan: str,
    area: str,
) -> Section:
    labels = {f"round:{one.round}": f"{one.name} ({one.period})" for one in asking}
    labels |= {
        one.code: f"{one.code}  {one.title}"
        for one in words.objectives
        if any(text.objective == one.code for text in asked)
    }
    first, second, third = st.columns([3, 1, 1], vertical_alignment="bottom")
    code = widgets.choose(
        _("Section"), list(labels), name="section", show=labels.__getitem__, place=first
    ) or next(iter(labels))
    errand = next((one for one in asking if f"round:{one.round}" == code), None)
    if errand is not None:
        period = errand.period
        second.text_input(_("Period"), period, disabled=True, key=f"grid_period_{errand.round}")
        codes = set(errand.tasks.loc[errand.tasks["subject"] == "observation", "code"])
        texts = [text for text in asked if text.code in codes]
    else:
        year = visit.now().year
        years = [str(one) for one in range(year, rules.FIRST_YEAR - 1, -1)]
        named = st.query_params.get("period", "")[:4]
        usual = years.index(named) if named in years else 1
        chosen = widgets.choose(_("Year"), years, name="year", index=usual, place=second)
        period = chosen or years[1]
        texts = [text for text in asked if text.objective == code]
    parts = any(text.fields["disaggregations"] for text in texts)
    broken = third.toggle(_("With parts"), key=f"grid_parts_{code}", disabled=not parts)
    cells = tuple(
        Cell(text.code, period, cell) for text in texts for cell in _cells(text, words, broken)
    )
    return Section(plan, area, code, period, cells, errand.round if errand else "")


def _cells(text: IndicatorText, words: PlanTexts, broken: bool) -> list[str]:
    if not broken:
        return [TOTAL]
    return [
        TOTAL,
        *(
            f"{dimension}={code}"
            for dimension in text.fields["disaggregations"]
            for code in words.dimensions.get(str(dimension), ())
        ),
    ]


# The grid -------------------------------------------------------------------------------------


def window() -> str:
    """Return what tells this window from others of the same person."""
    made: str = st.session_state.setdefault(_WINDOW, secrets.token_urlsafe(6))
    return made


def _sheet(section: Section, found: Picture, words: PlanTexts) -> Sheet:
    """Return the frame of a section, made once a revision from the record and the drafts."""
    kept = st.session_state.get(section.name)
    if isinstance(kept, Sheet):
        return kept
    who, now = visit.who(), visit.now()
    with visit.read() as session:
        table = grids.rows(session, who, section.cells, plan=section.plan, area=section.area)
    common = _common(section, table)
    if common:
        table["last_source"] = common
    made = Sheet(
        _rows(table, section, found, words),
        {
            cell: {"source": row["last_source"], "seen": row["seen"]}
            for cell, row in zip(section.cells, table.to_dict("records"), strict=True)
        },
        next((str(row["source"]) for row in table.to_dict("records") if row["is_typed"]), ""),
        now,
    )
    st.session_state[section.name] = made
    return made


def _common(section: Section, table: pd.DataFrame) -> str:
    """Return the source of rows that name none: what was said here, or typed most."""
    said = st.session_state.get(f"{section.name}_source")
    if said is None:
        typed = table.loc[table["is_typed"] & (table["source"] != ""), "source"]
        said = str(typed.mode().iloc[0]) if len(typed) else ""
    return str(said)


def _source(section: Section, sheet: Sheet) -> None:
    """Let somebody name the source once for all rows that name none of their own."""
    key = f"{section.name}_source"
    st.session_state.setdefault(key, sheet.source)
    st.text_input(
        _("Source of rows that name none"),
        key=key,
        max_chars=1000,
        placeholder=_("For example: Annual report of the Ministry of Justice, 2025, page 12"),
        on_change=_sourced,
        args=(section,),
    )


def _sourced(section: Section) -> None:
    said = st.session_state[f"{section.name}_source"].strip()
    typed = {
        cell: {**content, "source": said}
        for cell, content in kept(section).items()
        if said and not content.get("source")
    }
    save(section, typed, since=visit.now())
    forget(section)


def forget(section: Section) -> None:
    """Make the frame anew with the next run: what is kept has changed beside the grid."""
    st.session_state.pop(section.name, None)


def _rows(
    table: pd.DataFrame, section: Section, found: Picture, words: PlanTexts
) -> list[dict[str, Any]]:
    about = cached.kept(
        "grid", lambda: views.profile(found, section.area), section.area, *found.key
    ).set_index("indicator")
    rows = []
    for cell, row in zip(section.cells, table.to_dict("records"), strict=True):
        text = words.indicator(cell.indicator)
        known = about.loc[text.code] if text.code in about.index else None
        is_total = cell.cell == TOTAL
        shown = [
            _named(text, cell.cell),
            str(text.fields["unit"]),
            _last(row),
            _known(known, "target", "target_year") if is_total else "",
            _known(known, "median", "") if is_total else "",
            _now(row),
        ]
        typed = {name: row[name] for name in grids.TYPED}
        typed["value"] = row["value"] or row["text"]
        typed["status"] = row["status"] if row["status"] in SILENT else ""
        typed["source"] = row["source"] or row["last_source"]
        rows.append(
            {
                "cell": [*cell],
                "seen": row["seen"],
                "remembered": row["last_source"],
                "isText": text.fields["kind"] == Kind.TEXT,
                "shown": shown,
                "typed": typed,
            }
        )
    return rows


def _named(text: IndicatorText, cell: str) -> str:
    name = f"{text.code}  {text.name}"
    return name if cell == TOTAL else f"{name}: {breakdowns.spelled(cell)}"


def _last(row: Mapping[Any, Any]) -> str:
    if not row["last"]:
        return ""
    return f"{number(float(row['last']), 4)} ({row['last_period']})"


def _known(row: Any, name: str, year: str) -> str:
    if row is None or pd.isna(row[name]):
        return ""
    value = number(float(row[name]), 2)
    return f"{value} ({int(row[year])})" if year and not pd.isna(row[year]) else value


def _now(row: Mapping[Any, Any]) -> str:
    if not row["state"]:
        return ""
    return f"{row['now']}: {word('state', str(row['state']))}"


def _told(section: Section, sheet: Sheet) -> look.Html:
    """Return the grid as its script makes it: what is shown, what is typed, and our words."""
    heads = [
        (_("Indicator"), ""),
        (_("Unit"), ""),
        (_("Last value"), ""),
        (_("Target"), _("Proposed, unless the State set its own")),
        (_("Region"), _("Median of the region")),
        (_("In the record"), ""),
    ]
    fields = [
        ("value", _("Value"), 4000, _("With a comma or a point; 0 where there were none.")),
        ("status", _("If none, why"), 0, ""),
        ("missing_reason", _("Reason"), 1000, ""),
        ("source", _("Source"), 1000, ""),
        ("evidence", _("Evidence"), 2000, _("A link, or the name of a piece of the library")),
        ("note", _("Note (public)"), 4000, ""),
    ]
    about = {
        "person": visit.who().person_id,
        "plan": section.plan,
        "area": section.area,
        "window": window(),
        "since": sheet.since.isoformat(),
        "label": _("What is asked, a row for each figure"),
        "heads": heads,
        "fields": fields,
        "gaps": [(code, word("observation_status", code)) for code in SILENT],
        "words": {
            "typing": _("Keeping what you type …"),
            "kept": _("Everything you typed is kept."),
            "waiting": _("The line is down. What you typed is kept in this browser meanwhile."),
            "over": _("{n} cells of what you pasted lie beside the grid and were left out."),
        },
        "rows": sheet.rows,
    }
    told = json.dumps(about, ensure_ascii=False, separators=(",", ":"))
    return look.Html(f'<div class="hw-sheet"><div hidden>{escape(told, quote=False)}</div></div>')


@st.fragment
def _fill(section: Section, found: Picture, words: PlanTexts) -> None:
    visit.begin()
    _offers(section)
    sheet = _sheet(section, found, words)
    _source(section, sheet)
    st.html(_told(section, sheet))
    st.caption(
        _(
            "Every key is kept as you type. Enter and the arrows lead to the row below, Tab to "
            "the next column; cells copied from a spreadsheet can be pasted. An empty cell is not "
            "sent and never counts as zero."
        )
    )
    _levels(section, words)
    typed = kept(section)
    _merge(section, typed)
    _look(section, typed, words)


def save(
    section: Section, typed: Mapping[Cell, Mapping[str, Any] | None], *, since: datetime
) -> tuple[Fault, ...]:
    """Keep what was typed into cells, and return what was in the way."""
    who, now, mine = visit.who(), visit.now(), window()
    return visit.write(
        lambda session: drafts.keep_cells(
            session,
            who,
            typed,
            plan=section.plan,
            area=section.area,
            window=mine,
            since=since,
            now=now,
        ),
        token="",
    ).faults


def kept(section: Section) -> dict[Cell, dict[str, Any]]:
    """Return what is kept of a section, in the order of its rows."""
    codes = {cell.indicator for cell in section.cells}
    with visit.read() as session:
        found = drafts.cells(
            session, visit.who(), plan=section.plan, area=section.area, indicators=codes
        )
    return {cell: found[cell] for cell in section.cells if cell in found}


# Beside it ------------------------------------------------------------------------------------


def _offers(section: Section) -> None:
    """Offer what other plans and imports know already."""
    who = visit.who()
    with visit.read() as session:
        found = mappings.offers(session, who, section.cells, plan=section.plan, area=section.area)
    if not found:
        return
    said = plural("{n} figure is known already", "{n} figures are known already", len(found))
    with st.expander(said, icon=":material/content_copy:"):
        rows = [
            (
                one.cell.indicator,
                str(one.fields.get("value") or one.fields.get("status") or "–"),
                one.origin,
            )
            for one in found
        ]
        heads = [_("Indicator"), _("Value"), _("Where it comes from")]
        st.html(look.table(_("Take over and confirm instead of typing again"), heads, rows))
        token = visit.token(f"{section.name}_offers")
        if not st.button(_("Take them over"), key=f"take_{token}"):
            return
        now, mine = visit.now(), window()
        outcome = visit.write(
            lambda session: mappings.accept(
                session,
                who,
                found,
                plan=section.plan,
                area=section.area,
                window=mine,
                now=now,
            ),
            token=token,
        )
        if not outcome.is_done:
            st.error(outcome.message)
            return
        forget(section)
        st.rerun(scope="fragment")


def _levels(section: Section, words: PlanTexts) -> None:
    scales: dict[tuple[Any, ...], list[str]] = {}
    for code in dict.fromkeys(cell.indicator for cell in section.cells):
        text = words.indicator(code)
        if text.levels:
            scales.setdefault(text.levels, []).append(code)
    if not scales:
        return
    box = st.expander(_("What the levels mean"), key=f"{section.name}_levels", on_change="rerun")
    if box.open:
        with box:
            for levels, codes in scales.items():
                rows = [(str(level.value), level.label, level.meaning) for level in levels]
                heads = [_("Level"), _("Name"), _("Meaning")]
                st.html(look.table(listing(codes), heads, rows))


def _merge(section: Section, typed: Mapping[Cell, Mapping[str, Any]]) -> None:
    """Show cells that two people, or two windows, filled in: both figures, and whose to keep."""
    with visit.read() as session:
        clashes = xray.clashes(session, typed, plan=section.plan, area=section.area)
    for clash in clashes:
        title = _("{indicator}, {period}: somebody sent {ref} while you were typing").format(
            indicator=clash.cell.indicator, period=clash.cell.period, ref=clash.ref
        )
        key = f"{section.name}_{clash.cell.indicator}_{clash.cell.detail}_{clash.ref}"
        choice = _choose(title, typed[clash.cell], clash.theirs, key=key)
        if choice == "mine":
            mine = {**typed[clash.cell], "seen": int(clash.theirs["seq"])}
            _settle(section, clash.cell, mine)
        elif choice == "theirs":
            _settle(section, clash.cell, None)
    for cell, content in typed.items():
        other = content.get(drafts.OTHER)
        if other:
            title = _("{indicator}, {period}: you typed in two windows").format(
                indicator=cell.indicator, period=cell.period
            )
            key = f"{section.name}_{cell.indicator}_{cell.detail}_windows"
            choice = _choose(title, content, other, key=key)
            if choice:
                said = content if choice == "mine" else {**other, "seen": content.get("seen", 0)}
                plain = {name: said[name] for name in said if name != drafts.OTHER}
                _settle(section, cell, plain)


def _choose(title: str, mine: Mapping[str, Any], theirs: Mapping[str, Any], *, key: str) -> str:
    with st.container(border=True, key=key):
        st.markdown(f"**{title}**")
        left, right = st.columns(2)
        chosen = ""
        for place, label, content, answer, button in (
            (left, _("This window"), mine, "mine", _("Keep this one")),
            (right, _("The other"), theirs, "theirs", _("Keep the other")),
        ):
            with place:
                st.html(look.facts([(_("From"), label), *_said(content)]))
                if st.button(button, key=f"{key}_{answer}"):
                    chosen = answer
    return chosen


def _said(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    status = str(content.get("status") or "")
    value = f"{content.get('qualifier') or ''}{content.get('value') or content.get('text') or ''}"
    facts = [
        (_("Value"), value),
        (_("State"), word("observation_status", status) if status else ""),
        (_("Reason"), content.get("missing_reason")),
        (_("Source"), content.get("source")),
        (_("Evidence"), content.get("evidence")),
        (_("Note"), content.get("note")),
    ]
    return [(name, str(said)) for name, said in facts if said]


def _settle(section: Section, cell: Cell, content: Mapping[str, Any] | None) -> None:
    now = visit.now()
    faults = save(section, {cell: None}, since=now)
    if content is not None and not faults:
        faults = save(section, {cell: content}, since=now)
    for fault in faults:
        st.error(_(str(fault)))
    if not faults:
        forget(section)
        st.rerun(scope="fragment")


# Looking and sending --------------------------------------------------------------------------


def _seen(section: Section, typed: Mapping[Cell, Mapping[str, Any]]) -> xray.Seen:
    """Return the X-ray of what is typed, made anew only when something of it changed."""
    said = json.dumps([[*cell, content] for cell, content in typed.items()], sort_keys=True)
    about = (said, cached.version(), visit.language())
    known = st.session_state.get(f"{section.name}_seen")
    if known is not None and known[0] == about:
        found: xray.Seen = known[1]
        return found
    with visit.read() as session:
        found = xray.look(
            session, visit.who(), typed, plan=section.plan, area=section.area, now=visit.now()
        )
    st.session_state[f"{section.name}_seen"] = (about, found)
    return found


def _look(section: Section, typed: Mapping[Cell, Mapping[str, Any]], words: PlanTexts) -> None:
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    left.html(look.heading(_("Before you send"), level=2))
    # Its script presses this button, too, once what was typed is kept.
    right.button(_("Look again"), key="grid_look", icon=":material/refresh:", type="tertiary")
    began = visit.now()
    seen = _seen(section, typed)
    counts = {one: len(seen.of(one)) for one in Severity}
    filled = sum(xray.is_answer(content) for content in typed.values())
    st.html(
        look.cards(
            [
                look.card(
                    _("Filled in"), number(filled), unit=_("of {n}").format(n=len(section.cells))
                ),
                look.card(_("To correct"), number(counts[Severity.ERROR])),
                look.card(_("To explain or confirm"), number(counts[Severity.WARNING])),
                look.card(_("Hints"), number(counts[Severity.HINT])),
            ]
        )
    )
    answers = _answers(typed)
    left, right = st.columns([3, 2], gap="large")
    with left:
        for severity in (Severity.ERROR, Severity.WARNING):
            for place, one in enumerate(seen.of(severity)):
                _finding(section, one, place, answers)
        _hints(section, seen)
        _send(section, seen, answers, filled)
    with right:
        _one(section, typed, words)
    # Last of all, so that the script of the grid knows that the look came to its end.
    st.html(look.Html(f'<div class="hw-looked" data-at="{began.isoformat()}" hidden></div>'))


def _answers(typed: Mapping[Cell, Mapping[str, Any]]) -> dict[str, str]:
    return {
        key: said
        for content in typed.values()
        for key, said in dict(content.get("answers") or {}).items()
    }


def _finding(section: Section, one: xray.Finding, place: int, answers: dict[str, str]) -> None:
    key = f"{section.name}_{one.severity}_{place}_{one.key}"
    with st.container(border=True):
        st.button(
            f"{one.cell.indicator}, {_label(one.field)}",
            key=f"{key}_to",
            type="tertiary",
            icon=SIGN[one.severity],
            help=_("Show this row by itself"),
            on_click=_go,
            args=(section, one.cell),
        )
        st.write(f"{one.message} {one.remedy}")
        if one.severity is Severity.WARNING:
            st.session_state.setdefault(f"{key}_why", answers.get(one.key, ""))
            st.text_input(
                _("Why it is right (for the reviewer)"),
                key=f"{key}_why",
                on_change=_answer,
                args=(section, one, f"{key}_why"),
            )


def _go(section: Section, cell: Cell) -> None:
    st.session_state[f"{section.name}_one"] = cell


def _answer(section: Section, one: xray.Finding, key: str) -> None:
    """Keep what was said about a warning with its cell."""
    content = kept(section).get(one.cell)
    if content is None:
        return
    said = {**dict(content.get("answers") or {}), one.key: st.session_state[key]}
    plain = {name: value for name, value in content.items() if name != drafts.OTHER}
    save(section, {one.cell: {**plain, "answers": said}}, since=visit.now())


def _hints(section: Section, seen: xray.Seen) -> None:
    found = seen.of(Severity.HINT)
    if not found:
        return
    box = st.expander(_("Hints"), key=f"{section.name}_hints", on_change="rerun")
    if box.open:
        with box:
            heads = [_("Indicator"), _("Hint")]
            rows = [(one.cell.indicator, f"{one.message} {one.remedy}") for one in found]
            st.html(look.table(_("Nothing has to be done about these"), heads, rows))


def _label(name: str) -> str:
    return {
        "value": _("Value"),
        "status": _("Or why there is none"),
        "missing_reason": _("Reason"),
        "source": _("Source"),
        "evidence": _("Evidence"),
        "note": _("Note (public)"),
        "comment": _("Comment to the reviewer (not public)"),
        "numerator": _("Numerator"),
        "denominator": _("Denominator"),
        "period": _("Year"),
        "source_date": _("Date of the source"),
    }.get(name, name)


def _send(section: Section, seen: xray.Seen, answers: Mapping[str, str], filled: int) -> None:
    warnings = [one for one in seen.of(Severity.WARNING) if not answers.get(one.key, "").strip()]
    confirmed = bool(warnings) and st.checkbox(
        plural(
            "{n} warning without a word is right as it stands",
            "{n} warnings without a word are right as they stand",
            len(warnings),
        ),
        key=f"{section.name}_confirmed",
    )
    ready = seen.ready(answers, is_confirmed=confirmed)
    held = filled - len(ready)
    if held > 0:
        st.info(
            plural(
                "{n} figure stays here until it is corrected or explained.",
                "{n} figures stay here until they are corrected or explained.",
                held,
            )
        )
    token = visit.token(section.name)
    label = plural("Send {n} to review", "Send {n} to review", len(ready))
    if not st.button(
        label,
        type="primary",
        key=f"send_{token}",
        disabled=not ready,
        icon=":material/send:",
    ):
        return
    who, now, mine = visit.who(), visit.now(), window()

    def work(session: Any) -> tuple[xray.Sent, list[tuple[str, Cell]]]:
        sent = xray.send(
            session,
            who,
            ready,
            answers,
            plan=section.plan,
            area=section.area,
            is_confirmed=confirmed,
            token=token,
            now=now,
        )
        carried = mappings.carry(
            session,
            who,
            sent.refs,
            plan=section.plan,
            area=section.area,
            window=mine,
            now=now,
        )
        return sent, carried

    outcome = visit.write(work, token=token)
    if outcome.result is None:
        st.error(outcome.message, icon=":material/error:")
        return
    forget(section)
    cached.forget()
    st.session_state.setdefault("grid_said", {})[section.name] = outcome.result
    st.rerun(scope="app")


def _show_sent(section: Section, found: Picture) -> None:
    sent, carried = st.session_state["grid_said"].pop(section.name)
    if sent.refs:
        said = plural(
            "{n} figure was sent to review under the number {{refs}}.",
            "{n} figures were sent to review under the numbers {{refs}}.",
            len(sent.refs),
        )
        st.success(
            said.format(refs=listing(list(sent.refs.values()))), icon=":material/check_circle:"
        )
    if sent.unchanged:
        st.info(
            plural(
                "{n} figure says what the record says already and was not sent again.",
                "{n} figures say what the record says already and were not sent again.",
                len(sent.unchanged),
            )
        )
    if carried:
        names = cached.plan_names()
        where = [f"{names.get(plan, plan)} {cell.indicator}" for plan, cell in carried]
        said = _("Filled in for other plans too, where you only confirm it: {where}.")
        st.info(said.format(where=listing(where)), icon=":material/content_copy:")


# One row by itself ----------------------------------------------------------------------------


def _one(section: Section, typed: Mapping[Cell, Mapping[str, Any]], words: PlanTexts) -> None:
    key = f"{section.name}_one"
    if st.session_state.get(key) not in {None, *section.cells}:
        del st.session_state[key]
    cell = st.selectbox(
        _("One row by itself"),
        section.cells,
        index=None,
        key=key,
        format_func=lambda one: _named(words.indicator(one.indicator), one.cell),
        placeholder=_("Choose"),
    )
    if cell is None:
        st.caption(
            _("All fields of a figure, the levels in words, and evidence to choose or upload.")
        )
        return
    usual = st.session_state[section.name].usual[cell]
    content = typed.get(cell) or {name: value for name, value in usual.items() if value}

    def change(fields: Mapping[str, Any]) -> None:
        faults = save(section, {cell: fields}, since=visit.now())
        if faults:
            st.session_state[section.name].faults = faults
        else:
            forget(section)

    cellform.draw(
        words.indicator(cell.indicator),
        content,
        change,
        key=f"{section.name}_{cell.indicator}_{cell.detail}",
        plan=section.plan,
        area=section.area,
    )
