"""The secretariat's cockpit: open a round, see who stands where, extend, remind, close, seal."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from sqlmodel import Session

from dashboard import charts
from dashboard.i18n import _, date, number, percent, plural
from dashboard.services import access, owed, rounds, signing, snapshots
from dashboard.services.views import Picture
from dashboard.ui import cached, look, tasks, visit, ways, widgets
from models import BadInput, Fault, HeadwayError, Identity, ReportingRound

SAID: Final = "rounds_said"
USUAL: Final = timedelta(days=60)
"""How long a round runs where nobody says otherwise."""
STEPS: Final = ("planned", "open", "closed", "sealed")
FULL: Final = 100


# Which ----------------------------------------------------------------------------------------


def pick(found: Picture) -> ReportingRound | None:
    """Let the secretariat choose a round; none where there is none yet."""
    with visit.read() as session:
        known = {one.code: one for one in rounds.listing(session, found.plan.plan)}
        for one in known.values():
            session.expunge(one)
    if not known:
        return None
    picked = widgets.choose(
        _("Round"),
        list(known),
        name="round",
        show=lambda code: f"{known[code].name} ({_word(_state(known[code]))})",
    )
    return known[picked or next(iter(known))]


def _state(round_: ReportingRound) -> str:
    return rounds.state(round_, visit.now().date())


def _word(state: str) -> str:
    return {
        "planned": _("Not open yet"),
        "open": _("Open"),
        "closed": _("Closed"),
        "sealed": _("Sealed"),
    }[state]


def say() -> None:
    """Say what the last click did."""
    said = st.session_state.pop(SAID, None)
    if said:
        st.success(said, icon=":material/check_circle:")


# Where areas stand ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Cockpit:
    """Where each area stands in a round, and what tells this state from another."""

    areas: pd.DataFrame
    key: tuple[Hashable, ...]


@dataclass(frozen=True)
class _Map:
    """The tiles of a round, with the rows they show and what they say in words."""

    figure: go.Figure | None
    rows: pd.DataFrame
    alt: str


def table(round_: ReportingRound, person: Identity) -> Cockpit:
    """Return where each area stands, read once until something changes."""
    now = visit.now()
    with visit.read() as session:
        about = (visit.engine(), round_.code, person, now.date(), rounds.stamp(session))

    def read() -> Cockpit:
        with visit.read() as session:
            return Cockpit(rounds.cockpit(session, person, round_.code, now=now), about)

    return cached.kept("cockpit", read, *about)


def head(round_: ReportingRound, areas: pd.DataFrame) -> None:
    """Show what a round asks, where it stands, and how many areas stand where."""
    if round_.is_illustrative:
        st.html(
            look.notice(
                _("Nobody was asked anything."), tone="warn", title=_("Illustrative round.")
            )
        )
    st.html(look.track([_word(step) for step in STEPS], STEPS.index(_state(round_))))
    with visit.read() as session:
        indicators, measures = rounds.codes_asked(session, round_)
    facts = [
        (_("Number"), round_.code),
        (_("Period"), round_.period),
        (_("Opens"), date(round_.opens)),
        (_("Due"), date(round_.due)),
        (_("Indicators"), f"{number(len(indicators))}: {', '.join(indicators) or '–'}"),
        (_("Measures"), f"{number(len(measures))}: {', '.join(measures) or '–'}"),
        (_("Whom to ask"), round_.contact or _("the secretariat")),
    ]
    if round_.snapshot_id:
        facts.append((_("Snapshot"), round_.snapshot_id))
    counts = areas["status"].value_counts()
    known = {status: int(counts.get(status, 0)) for status in owed.STATUSES}
    labels = {
        "accepted": _("Accepted"),
        "submitted": _("Submitted"),
        "returned": _("Sent back"),
        "started": _("Started"),
        "late": _("Late"),
        "not_started": _("Not started"),
    }
    shown = [look.card(labels[status], number(n)) for status, n in known.items()]
    st.html(look.cards([look.card(_("Asked"), number(len(areas)), foot=look.strip(known)), *shown]))
    with st.expander(_("What this round asks")):
        st.html(look.facts(facts))


def heat_map(found: Picture, round_: ReportingRound, cockpit: Cockpit) -> None:
    """Show on tiles of one size who has delivered, is late, or has not begun."""
    drawn = cached.kept(
        "round map", lambda: _map(found, round_, cockpit.areas), *cockpit.key, *found.key
    )
    if drawn.figure is None:
        return
    widgets.chart(
        drawn.figure,
        drawn.rows,
        key="round",
        alt=drawn.alt,
        found=found,
        how=_(
            "Each area has one word, the one that calls for action first: something was sent back; "
            "its due date is past; it has started; else all it owes was accepted or submitted."
        ),
        labels=tasks.columns(),
    )


def _map(found: Picture, round_: ReportingRound, areas: pd.DataFrame) -> _Map:
    placed = found.plan.areas[found.plan.areas["area"].isin(areas["area"])]
    rows = areas[[name for name in tasks.columns() if name in areas]]
    said = areas[["area", "status"]]
    if placed.empty:
        return _Map(None, rows, "")
    delivered = int(areas["status"].isin(["accepted", "submitted"]).sum())
    title = plural(
        "{{round}}: {n} of {{of}} areas has delivered all it was asked for",
        "{{round}}: {n} of {{of}} areas have delivered all they were asked for",
        delivered,
    ).format(of=number(len(areas)), round=round_.name)
    counts = zip(areas["submitted"] + areas["accepted"], areas["expected"], strict=True)
    words = _("{done} of {expected} delivered")
    detail = [words.format(done=number(done), expected=number(whole)) for done, whole in counts]
    drawn = tasks.drawn(found, title, delivered, len(areas))
    figure = charts.tiles.draw(said.assign(detail=detail), placed, **drawn)
    return _Map(cached.Drawn(figure), rows, charts.tiles.alt(said, placed))


def pick_areas(cockpit: Cockpit) -> list[str]:
    """Show the areas as a table, by status and region, and return those that were picked."""
    areas = cockpit.areas
    left, right = st.columns(2)
    with left:
        words = {
            status: charts.palette.word(status)
            for status in owed.STATUSES
            if status in set(areas["status"])
        }
        status = widgets.choose(
            _("Where it stands"),
            list(words),
            name="status",
            show=words.__getitem__,
            index=None,
            placeholder=_("Any"),
        )
    with right:
        regions = sorted(set(areas["region"].dropna()))
        region = widgets.choose(
            _("Region"), regions, name="region", index=None, placeholder=_("Any")
        )
    chosen, shown = cached.kept(
        "round table", lambda: _chosen(areas, status, region), *cockpit.key, status, region
    )
    names = tasks.columns()
    config: dict[str, Any] = {
        names["progress"]: st.column_config.ProgressColumn(
            names["progress"], min_value=0, max_value=FULL, format="%d %%"
        ),
        names["due"]: st.column_config.DateColumn(names["due"]),
        names["reminded_at"]: st.column_config.DateColumn(names["reminded_at"]),
    }
    event = st.dataframe(
        shown,
        hide_index=True,
        key=f"areas_{visit.token('areas')}_{status}_{region}",
        on_select="rerun",
        selection_mode="multi-row",
        column_config=config,
        alt=_("Where each area stands in the round"),
        placeholder="–",
    )
    picked = chosen.iloc[event["selection"]["rows"]]
    if picked.empty:
        st.caption(_("Pick one or several areas to extend their due date or to remind them."))
    return [str(code) for code in picked["area"]]


def _chosen(
    areas: pd.DataFrame, status: str | None, region: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the areas of a status and region (none: any), and the same as people read them."""
    chosen = areas
    if status is not None:
        chosen = chosen[chosen["status"] == status]
    if region is not None:
        chosen = chosen[chosen["region"] == region]
    chosen = chosen.reset_index(drop=True)
    names = tasks.columns()
    shown = chosen.assign(
        status=chosen["status"].map(charts.palette.word),
        progress=(chosen["progress"] * FULL).round(),
    )
    return chosen, shown[[name for name in names if name in shown]].rename(columns=names)


# What the secretariat does --------------------------------------------------------------------


def act(round_: ReportingRound, picked: list[str]) -> None:
    """Let the secretariat extend or remind the areas that were picked."""
    if not picked or _state(round_) == "sealed":
        return
    left, right = st.columns(2, gap="large")
    with left:
        _extend(round_, picked)
    with right:
        _remind(round_, picked)


def _extend(round_: ReportingRound, picked: list[str]) -> None:
    token = visit.token("extend")
    today = visit.now().date()
    with st.form(f"extend_{token}"):
        st.markdown(f"**{_('Another due date')}**")
        due = st.date_input(
            _("Due"), value=max(round_.due, today) + timedelta(days=14), min_value=today
        )
        reason = st.text_input(_("Reason, which the area reads"))
        label = plural("Extend {n} area", "Extend {n} areas", len(picked))
        sent = st.form_submit_button(label, icon=":material/event_upcoming:")
    if sent:
        _do(
            lambda session, who, now: rounds.extend(
                session, who, round_.code, picked, due=due, reason=reason, token=token, now=now
            ),
            token,
            plural(
                "{n} area has another due date.", "{n} areas have another due date.", len(picked)
            ),
        )


def _remind(round_: ReportingRound, picked: list[str]) -> None:
    token = visit.token("remind")
    st.markdown(f"**{_('A reminder')}**")
    st.caption(
        _("It stands on the tasks page at once, and in the next letter to those who report there.")
    )
    label = plural("Remind {n} area", "Remind {n} areas", len(picked))
    if st.button(label, key=f"remind_{token}", icon=":material/notifications:"):
        _do(
            lambda session, who, now: rounds.remind(
                session, who, round_.code, picked, token=token, now=now
            ),
            token,
            plural("{n} area is reminded.", "{n} areas are reminded.", len(picked)),
        )


def finish(round_: ReportingRound, areas: pd.DataFrame) -> None:
    """Let the secretariat close a round, and seal one that is closed, each after a second look."""
    state = _state(round_)
    if state in {"planned", "open"}:
        _close(round_, areas)
    elif state == "closed":
        _seal(round_)
    elif round_.snapshot_id:
        st.html(look.way(_("The snapshot of this round"), ways.address("snapshots")))


def _close(round_: ReportingRound, areas: pd.DataFrame) -> None:
    token = visit.token("close")
    left = int((~areas["status"].isin(["accepted", "submitted"])).sum())
    with st.popover(_("Close the round"), icon=":material/lock:"):
        st.write(
            plural(
                "{n} area has not delivered all. Once the round is closed, only areas with an "
                "extension can send in it, and what was sent back can be answered.",
                "{n} areas have not delivered all. Once the round is closed, only areas with an "
                "extension can send in it, and what was sent back can be answered.",
                left,
            )
        )
        if st.button(_("Yes, close it"), type="primary", key=f"close_{token}"):
            _do(
                lambda session, who, now: rounds.close(
                    session, who, round_.code, token=token, now=now
                ),
                token,
                _("The round is closed."),
            )


def _seal(round_: ReportingRound) -> None:
    token = visit.token("seal")
    with st.popover(_("Seal the round"), icon=":material/verified:"):
        st.write(
            _(
                "A snapshot is taken and kept for ever. After that nothing can be sent in this "
                "round and no due date be extended."
            )
        )
        if not st.button(_("Yes, seal it"), type="primary", key=f"seal_{token}"):
            return
        with st.spinner(_("Collecting, computing and sealing …")):
            outcome = _sealed(round_, token)
    _tell(outcome, _("The round is sealed, and its snapshot can be cited."))


def _sealed(round_: ReportingRound, token: str) -> visit.Outcome[str]:
    """Make the snapshot while only reading, so that nobody who writes has to wait."""
    who, now, publisher = visit.who(), visit.now(), visit.settings().agency
    try:
        sign = signing.sign(visit.settings())
        with visit.read() as session:
            ready = snapshots.seal(
                session,
                who,
                round_.plan_code,
                name=round_.name,
                publisher=publisher,
                sign=sign,
                now=now,
            )
    except HeadwayError as error:
        return visit.Outcome(None, (Fault("", str(error)),))
    return visit.write(
        lambda session: rounds.seal(session, who, round_.code, ready=ready, token=token, now=now),
        token=token,
    )


def _do(work: Callable[[Session, Identity, datetime], Any], token: str, said: str) -> None:
    who, now = visit.who(), visit.now()
    _tell(visit.write(lambda session: work(session, who, now), token=token), said)


def _tell(outcome: visit.Outcome[Any], said: str) -> None:
    if outcome.faults:
        st.error(outcome.message)
        return
    cached.forget()
    st.session_state[SAID] = said
    st.rerun()


# A new one ------------------------------------------------------------------------------------


def opening(found: Picture, person: Identity) -> None:
    """Draw the form that opens a round."""
    token = visit.token("round")
    today = visit.now().date()
    words = cached.words(found.plan.plan)
    entered = {
        text.code: f"{text.code}  {text.name}"
        for text in words.indicators
        if text.fields["entry_mode"] == "coordinator"
    }
    core = [text.code for text in words.indicators if text.fields["tier"] == "core"]
    measures = {text.code: f"{text.code}  {text.title}" for text in words.measures}
    places, names = _places(found, person), found.names
    with st.form(f"open_{token}"):
        left, right = st.columns([2, 1])
        name = left.text_input(_("Name"), placeholder=_("For example: Annual reports on 2025"))
        years = [str(year) for year in range(today.year, today.year - 6, -1)]
        period = right.selectbox(_("Year the figures are of"), years, index=1)
        left, right = st.columns(2)
        opens = left.date_input(_("Opens"), value=today)
        due = right.date_input(_("Due"), value=today + USUAL)
        indicators = st.multiselect(
            _("Indicators"),
            list(entered),
            default=[code for code in core if code in entered],
            format_func=entered.__getitem__,
        )
        asked = st.multiselect(_("Measures"), list(measures), format_func=measures.__getitem__)
        everybody = st.checkbox(
            plural("Ask the {n} Member State", "Ask all {n} Member States", len(places["states"])),
            value=True,
        )
        more = st.multiselect(
            _("Other areas, or only these where the box above is empty"),
            places["all"],
            format_func=lambda code: names.get(code, code),
        )
        contact = st.text_input(
            _("Whom to ask, as everybody reads it"),
            placeholder=_("For example: the reporting desk, reports@example.org"),
        )
        note = st.text_area(_("What else to say to those who report"), max_chars=4000)
        sent = st.form_submit_button(_("Open the round"), type="primary")
    if not sent:
        return
    fields = {
        "name": " ".join(name.split()),
        "period": period,
        "opens": opens,
        "due": due,
        "contact": contact.strip(),
        "note": note.strip(),
        "areas": (*(places["states"] if everybody else ()), *more),
        "indicators": tuple(indicators),
        "measures": tuple(asked),
    }
    try:
        draft = rounds.parse(fields)
    except BadInput as refusal:
        for fault in refusal.faults:
            st.error(_(str(fault)))
        return
    _do(
        lambda session, who, now: rounds.open_round(
            session, who, draft, plan=found.plan.plan, token=token, now=now
        ),
        token,
        _("The round is open: those who report see it among their tasks."),
    )


def _places(found: Picture, person: Identity) -> dict[str, list[str]]:
    """Return the codes of the areas that somebody may ask, and of the Member States among them."""
    covers = access.areas(person, "coordinate", plan=found.plan.plan)
    table = found.plan.areas
    if covers is not None:
        with visit.read() as session:
            table = table[table["area"].isin(access.codes(session, covers))]
    return {
        "all": [str(code) for code in table["area"]],
        "states": [str(code) for code in table.loc[table["is_member"], "area"]],
    }


def share(areas: pd.DataFrame) -> str:
    """Return in one sentence how much of all that is asked was delivered."""
    expected = int(areas["expected"].sum())
    done = int((areas["submitted"] + areas["accepted"]).sum())
    said = _("{done} of {expected} figures and reports are delivered ({share}).")
    return said.format(
        done=number(done),
        expected=number(expected),
        share=percent(done / expected if expected else None),
    )
