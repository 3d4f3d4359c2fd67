"""The forms of a coordinator: a figure, a report on a measure, and what became of them.

Every field is a widget of its own, not a form: what is typed reaches the server with each field
and is kept there as a draft, so that a closed tab or a restarted server loses nothing. The draft is
thrown away when the figure has been sent. All checks are the service's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard import charts
from dashboard.i18n import _, decimal, instant, number
from dashboard.i18n.labels import word
from dashboard.services import access, drafts, observations, queues, rules, updates
from dashboard.services.lookup import Ref
from dashboard.services.texts import IndicatorText, PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import cached, indicator, look, series, visit, widgets
from models import (
    MISSING,
    PERIOD,
    TOTAL,
    BadInput,
    EntryMode,
    Fault,
    Identity,
    Implementation,
    Kind,
    ObservationStatus,
    Qualifier,
)

SAID: Final = "entry_said"
ADDRESS: Final = "https://"
VALUED: Final = [status.value for status in ObservationStatus if status not in MISSING]
SILENT: Final = [status.value for status in ObservationStatus if status in MISSING]


# Where and what -------------------------------------------------------------------------------


def pick_area(found: Picture, person: Identity) -> str:
    """Let a coordinator choose among the areas they report for."""
    covers = access.areas(person, "submit", plan=found.plan.plan)
    codes = _codes(found) if covers is None else _covered(covers)
    picked = widgets.pick_area(found, codes, _("You report for"))
    if picked is None:
        st.info(_("No area is assigned to you yet. An administrator can do that."))
        st.stop()
    return picked


def _codes(found: Picture) -> list[str]:
    return [str(code) for code in found.plan.areas["area"]]


def _covered(covers: frozenset[int]) -> list[str]:
    with visit.read() as session:
        return access.codes(session, covers)


def pick_indicator(found: Picture, words: PlanTexts, area: str) -> IndicatorText | None:
    """Let a coordinator choose among the indicators that are asked of this area."""
    kind = str(found.plan.areas.set_index("area").loc[area, "kind"])
    level = rules.LEVELS[kind]  # type: ignore[index]
    asked = [
        text.code
        for text in words.indicators
        if level in text.fields["levels"] and text.fields["entry_mode"] == EntryMode.COORDINATOR
    ]
    if not asked:
        st.html(look.empty(_("No indicator of this plan is asked of this area.")))
        return None
    return words.indicator(widgets.pick_indicator(found, asked))


# A figure -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """What is being reported: a subject (an indicator or a measure) in an area."""

    plan: str
    area: str
    subject: str

    @property
    def name(self) -> str:
        """The name of the form."""
        return f"entry_{self.plan}_{self.area}_{self.subject}"

    @property
    def start(self) -> str:
        """What the keys of its fields begin with: new once it was sent, so that they are blank."""
        return f"{self.name}_{visit.token(self.name)}_"

    def key(self, field: str) -> str:
        """Return the key of one field."""
        return self.start + field


@dataclass(frozen=True)
class Figure(Form):
    """A figure that is being reported, with the words of its indicator."""

    text: IndicatorText


def draw_figure(form: Figure, words: PlanTexts) -> None:
    """Draw the fields of a figure, keep what is typed, and send it."""
    _restore(form)
    keep = _keeper(form)
    today = visit.now().date()
    years = [str(year) for year in range(today.year, rules.FIRST_YEAR - 1, -1)]
    years = _asked(form, years)
    left, right = st.columns(2)
    st.session_state.setdefault(form.key("period"), years[1])
    left.selectbox(_("Year"), years, key=form.key("period"), on_change=keep)
    cells = _cells(form, words)
    if len(cells) > 1:
        right.selectbox(
            _("Of whom"), cells, key=form.key("cell"), format_func=_cell_word, on_change=keep
        )
    st.radio(
        _("What do you know?"),
        ["value", "none"],
        key=form.key("known"),
        format_func={"value": _("There is a value"), "none": _("There is no value")}.__getitem__,
        horizontal=True,
        on_change=keep,
    )
    if st.session_state[form.key("known")] == "value":
        _value_fields(form, keep)
    else:
        _silence_fields(form, keep)
    st.text_area(
        _("Note beside the figure (public)"), key=form.key("note"), max_chars=4000, on_change=keep
    )
    st.text_area(
        _("Comment to the reviewer (not public)"),
        key=form.key("comment"),
        max_chars=4000,
        on_change=keep,
    )
    token = visit.token(form.name)
    if st.button(_("Send to review"), type="primary", key=f"send_{token}"):
        _send(form, token)
    _show_said(form)


def _asked(form: Figure, years: list[str]) -> list[str]:
    """Let the period in the address be the one reported on, unless another one is typed already."""
    asked = st.query_params.get("period", "")
    if PERIOD.fullmatch(asked) is None:
        return years
    here, mark = form.key("period"), f"asked_{form.start}"
    if st.session_state.get(mark) != asked:
        st.session_state[mark] = asked
        is_typed = any(_typed(form).get(name) for name in ("value", "text", "missing_reason"))
        if not is_typed:
            st.session_state[here] = asked
        elif st.session_state.get(here, asked) != asked:
            said = _("You had typed a figure for {period}: send it first, or change its year.")
            st.info(said.format(period=st.session_state[here]))
    return years if asked in years else [*years, asked]


def _cells(form: Figure, words: PlanTexts) -> list[str]:
    parts = [
        f"{dimension}={code}"
        for dimension in form.text.fields["disaggregations"]
        for code in words.dimensions.get(str(dimension), ())
    ]
    return [TOTAL, *parts]


def _cell_word(cell: str) -> str:
    return _("Everybody") if cell == TOTAL else cell.replace("=", ": ").replace("_", " ")


def _value_fields(form: Figure, keep: Callable[[], None]) -> None:
    fields = form.text.fields
    if fields["kind"] in {Kind.ORDINAL, Kind.BINARY} and not form.text.criteria:
        labels = {str(level.value): level for level in form.text.levels}
        st.radio(
            _("Level"),
            list(labels),
            index=None,
            key=form.key("value"),
            format_func=lambda value: f"{value}  {labels[value].label}",
            captions=[labels[value].meaning for value in labels],
            on_change=keep,
        )
    elif fields["kind"] == Kind.TEXT:
        st.text_area(_("Answer"), key=form.key("text"), max_chars=4000, on_change=keep)
    else:
        left, right = st.columns([1, 2])
        left.selectbox(
            _("The value is"),
            [qualifier.value for qualifier in Qualifier],
            key=form.key("qualifier"),
            format_func=lambda sign: word("qualifier", sign),
            on_change=keep,
        )
        right.text_input(
            _("Value, in {unit}").format(unit=fields["unit"]),
            key=form.key("value"),
            on_change=keep,
        )
    if fields["numerator"]:
        left, right = st.columns(2)
        left.text_input(
            _("Numerator"), key=form.key("numerator"), help=fields["numerator"], on_change=keep
        )
        right.text_input(
            _("Denominator"),
            key=form.key("denominator"),
            help=fields["denominator"],
            on_change=keep,
        )
    st.selectbox(
        _("How firm it is"),
        VALUED,
        key=form.key("status"),
        format_func=lambda status: word("observation_status", status),
        on_change=keep,
    )
    st.text_input(
        _("Source of the figure"),
        key=form.key("source"),
        placeholder=_("For example: Annual report of the Ministry of Justice, 2025, page 12"),
        on_change=keep,
    )
    st.text_input(
        _("Link to the evidence"), key=form.key("evidence"), placeholder=ADDRESS, on_change=keep
    )


def _silence_fields(form: Figure, keep: Callable[[], None]) -> None:
    st.selectbox(
        _("Why there is none"),
        SILENT,
        key=form.key("silence"),
        format_func=lambda status: word("observation_status", status),
        on_change=keep,
    )
    st.text_area(
        _("Reason"),
        key=form.key("missing_reason"),
        max_chars=1000,
        placeholder=_("For example: the register starts in 2027"),
        on_change=keep,
    )


def _typed(form: Form) -> dict[str, Any]:
    """Return what stands in the fields now, as typed."""
    start = form.start
    return {
        str(key).removeprefix(start): value
        for key, value in st.session_state.items()
        if str(key).startswith(start)
    }


def _keeper(form: Form) -> Callable[[], None]:
    """Return what keeps the fields as a draft whenever one of them changes."""

    def keep() -> None:
        typed = {field: _kept(value) for field, value in _typed(form).items()}
        who, now = visit.who(), visit.now()
        visit.write(
            lambda session: drafts.keep(
                session,
                who,
                typed,
                plan=form.plan,
                area=form.area,
                subject=form.subject,
                now=now,
            ),
            token="",
        )

    return keep


def _kept(value: Any) -> Any:
    """Return a value as a draft can hold it: days as text."""
    return value.isoformat() if isinstance(value, date) else value


def _restore(form: Form) -> None:
    """Put what was typed before back into the fields, and the last source where there is none."""
    mark = f"restored_{form.start}"
    if mark in st.session_state:
        return
    st.session_state[mark] = True
    with visit.read() as session:
        kept = drafts.find(
            session, visit.who(), plan=form.plan, area=form.area, subject=form.subject
        )
    for field, value in (kept or {}).items():
        st.session_state[form.key(field)] = (
            date.fromisoformat(value) if field in DAYS and value else value
        )
    if kept:
        st.toast(_("What you had typed is back."))


def _send(form: Figure, token: str) -> None:
    typed = _typed(form)
    try:
        draft = observations.parse(_fields(form, typed))
    except BadInput as refusal:
        _refused(refusal.faults)
        return
    who, now = visit.who(), visit.now()
    outcome = visit.write(
        lambda session: observations.submit(
            session, who, draft, plan=form.plan, token=token, now=now
        ),
        token=token,
    )
    if outcome.result is None:
        _refused(outcome.faults)
        return
    _sent(form, outcome.result)


def _sent(form: Form, ref: Ref) -> None:
    who = visit.who()
    visit.write(
        lambda session: drafts.drop(
            session, who, plan=form.plan, area=form.area, subject=form.subject
        ),
        token="",
    )
    cached.forget()
    st.session_state[SAID] = (form.name, str(ref))
    st.rerun()


def _show_said(form: Form) -> None:
    name, ref = st.session_state.get(SAID, ("", ""))
    if name == form.name:
        st.success(
            _("Sent to review under the number {ref}. It counts once it is accepted.").format(
                ref=ref
            ),
            icon=":material/check_circle:",
        )
        del st.session_state[SAID]


def _refused(faults: tuple[Fault, ...]) -> None:
    for fault in faults:
        st.error(_field_word(fault), icon=":material/error:")


def _field_word(fault: Fault) -> str:
    label = {
        "value": _("Value"),
        "period": _("Year"),
        "cell": _("Of whom"),
        "numerator": _("Numerator"),
        "denominator": _("Denominator"),
        "source": _("Source of the figure"),
        "evidence": _("Link to the evidence"),
        "resources_needed": _("Amount needed"),
        "resources_committed": _("Amount committed"),
        "currency": _("Currency"),
    }.get(fault.where, fault.where)
    return f"**{label}**: {_(fault.message)}" if label else _(fault.message)


def _fields(form: Figure, typed: dict[str, Any]) -> dict[str, Any]:
    """Return what was typed as the fields of an observation; refuse what is no number."""
    fields: dict[str, Any] = {
        "indicator": form.text.code,
        "area": form.area,
        "period": typed.get("period", ""),
        "cell": typed.get("cell") or TOTAL,
        "note": typed.get("note", ""),
        "comment": typed.get("comment", ""),
    }
    if typed.get("known") == "none":
        return fields | {
            "status": typed.get("silence"),
            "missing_reason": typed.get("missing_reason", ""),
        }
    numbers = {
        name: _number(name, typed.get(name)) for name in ("value", "numerator", "denominator")
    }
    return (
        fields
        | numbers
        | {
            "qualifier": typed.get("qualifier") or "",
            "status": typed.get("status") or ObservationStatus.NORMAL.value,
            "text": typed.get("text", ""),
            "source": typed.get("source", ""),
            "evidence": typed.get("evidence", ""),
        }
    )


def _number(field: str, text: str | None) -> Decimal | None:
    if text is None or not text.strip():
        return None
    try:
        return decimal(text)
    except ValueError as error:
        raise BadInput(Fault(field, str(error))) from error


def beside_figure(found: Picture, form: Figure) -> None:
    """Show what helps while typing: the definition, the series so far, the region's median."""
    st.html(indicator.head(form.text))
    line = series.values(found, form.text.code, form.area)
    if line["value"].notna().any():
        figure = cached.figure(
            "entry",
            lambda: series.trend(
                found, form.text, form.area, line, series.ahead(found, form.text.code, form.area)
            ),
            form.text.code,
            form.area,
        )
        alt = series.told(form.text, line)
        st.plotly_chart(figure, key="entry_series", theme=None, config=charts.CONFIG, alt=alt)
    else:
        st.html(look.empty(_("No figure of this series has been accepted yet.")))
    st.html(look.notice(form.text.fields["human_rights_caveat"], title=_("Human rights caveat.")))


# A report on a measure ------------------------------------------------------------------------

DAYS: Final = ("as_at", "milestone_due")
CURRENCY: Final = "USD"
AMOUNTS: Final = ("resources_needed", "resources_committed")
LINES: Final = 72
"""Pixels of a field of text: the whole form is seen at once."""


def draw_update(plan: str, area: str, words: PlanTexts) -> None:
    """Draw the fields of a report on a measure, keep what is typed, and send it."""
    titles = {measure.code: f"{measure.code}  {measure.title}" for measure in words.measures}
    code = widgets.choose(_("Measure"), list(titles), name="measure", show=titles.__getitem__)
    form = Form(plan, area, code or next(iter(titles)))
    _restore(form)
    keep = _keeper(form)
    first, second, third, fourth = st.columns([3, 2, 2, 3])
    first.selectbox(
        _("State of the measure"),
        [entry.value for entry in Implementation],
        format_func=lambda entry: word("implementation", entry),
        key=form.key("implementation"),
        on_change=keep,
    )
    today = visit.now().date()
    st.session_state.setdefault(form.key("as_at"), today)
    second.date_input(_("As at"), max_value=today, key=form.key("as_at"), on_change=keep)
    st.session_state.setdefault(form.key("milestone_due"), None)
    third.date_input(_("Milestone due"), key=form.key("milestone_due"), on_change=keep)
    fourth.text_input(
        _("Link to the evidence"), placeholder=ADDRESS, key=form.key("evidence"), on_change=keep
    )
    columns = st.columns(4)
    for place, (field, label) in enumerate(_update_labels().items()):
        columns[place % 4].text_area(
            label, max_chars=2000, height=LINES, key=form.key(field), on_change=keep
        )
    first, second, third, fourth = st.columns([2, 2, 1, 4])
    for column, field, label in (
        (first, "resources_needed", _("Amount needed")),
        (second, "resources_committed", _("Amount committed")),
    ):
        column.text_input(label, key=form.key(field), on_change=keep)
    third.text_input(
        _("Currency"), key=form.key("currency"), placeholder=CURRENCY, max_chars=3, on_change=keep
    )
    fourth.text_input(_("Source"), max_chars=1000, key=form.key("source"), on_change=keep)
    token = visit.token(form.name)
    if st.button(_("Send to review"), type="primary", key=f"send_{token}"):
        _send_update(form, token)
    _show_said(form)


def _update_labels() -> dict[str, str]:
    return {
        "milestone": _("Next milestone"),
        "blocker": _("What blocks it"),
        "next_step": _("Next step"),
        "weakness": _("Weakness"),
        "gap": _("Gap"),
        "challenge": _("Challenge"),
        "resources": _("Resources: what it takes, who gives it"),
    }


def _send_update(form: Form, token: str) -> None:
    typed = {field: value or "" for field, value in _typed(form).items() if field not in DAYS}
    days = {field: st.session_state[form.key(field)] for field in DAYS}
    about = {"measure": form.subject, "area": form.area}
    try:
        amounts = {field: _number(field, typed.get(field)) for field in AMOUNTS}
        report = updates.parse({**typed, **days, **amounts, **about})
    except BadInput as refusal:
        _refused(refusal.faults)
        return
    who, now = visit.who(), visit.now()
    outcome = visit.write(
        lambda session: updates.submit(session, who, report, plan=form.plan, token=token, now=now),
        token=token,
    )
    if outcome.result is None:
        _refused(outcome.faults)
        return
    _sent(form, outcome.result)


# What became of it ----------------------------------------------------------------------------


def sent(plan: str, person: Identity) -> look.Html:
    """Return what somebody has sent and where it stands, and what is typed but not sent."""
    with visit.read() as session:
        table = pd.concat(
            [
                queues.mine(session, person, plan=plan),
                updates.mine(session, person, plan=plan),
            ],
            ignore_index=True,
        ).sort_values("at", ascending=False)
        waiting = [
            (draft.subject, instant(draft.saved_at))
            for draft in drafts.listing(session, person, plan=plan)
        ]
    pieces = []
    if waiting:
        heads = [_("Indicator or measure"), _("Last typed")]
        pieces.append(look.table(_("Typed and not yet sent"), heads, waiting))
    if table.empty:
        pieces.append(look.empty(_("You have not sent anything yet.")))
        return look.join(pieces)
    rows = [
        (
            row["ref"],
            f"{row['indicator']}  {row['title']}",
            row["period"],
            "–" if pd.isna(row["value"]) else number(row["value"], 4),
            look.state(str(row["state"])),
            instant(row["at"]),
            row["note"] or "–",
        )
        for row in table.to_dict("records")
    ]
    heads = [
        *(_("Number"), _("Indicator"), _("Period"), _("Value"), _("State")),
        *(_("Since"), _("What the reviewer wrote")),
    ]
    pieces.append(look.table(_("What you have sent, newest first"), heads, rows, numeric={3}))
    return look.join(pieces)
