"""The queue of a reviewer: what was sent beside what counts, and the answers to it.

The riskiest stands first and says why. What is clean is accepted in one go; what is picked is
answered in one go too, each with a comment of its own, which is kept while it is typed.
"""

from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import streamlit as st
from sqlmodel import Session

from dashboard.i18n import _, date, instant, listing, number, plural
from dashboard.i18n.labels import word
from dashboard.services import decisions, drafts, queues, updates
from dashboard.services.decisions import Decision, Outcome
from dashboard.services.lookup import Ref
from dashboard.services.views import Picture
from dashboard.ui import cached, evidence, look, measure, visit
from models import Identity, State

SAID: Final = "review_said"
SHOWN: Final = 25
"""Figures shown one by one; more that are picked are answered from the table alone."""


def figures(found: Picture, person: Identity) -> None:
    """Show the figures that wait, the riskiest first, and take the answers to many at once."""
    plan = found.plan.plan
    with visit.read() as session:
        table = queues.figures(session, person, plan=plan)
    _show_said()
    if table.empty:
        st.html(look.empty(_("Nothing waits for review."), _("Whatever is sent appears here.")))
        return
    clean = table[table["is_clean"] & ~table["is_own"]]
    st.caption(
        plural("{n} figure waits.", "{n} figures wait.", len(table))
        + " "
        + plural("{n} of them is clean.", "{n} of them are clean.", len(clean))
    )
    _accept_clean(plan, clean)
    shown = _narrowed(table)
    picked = _pick(shown)
    if picked.empty:
        st.info(_("Pick one or several rows to see them and to answer."))
        return
    _answers(plan, person, picked)


def _accept_clean(plan: str, clean: pd.DataFrame) -> None:
    """Offer to accept everything that gives no reason to look twice."""
    if clean.empty:
        return
    token = visit.token("review_clean")
    label = plural("Accept the {n} clean one", "Accept all {n} clean ones", len(clean))
    with st.popover(label, icon=":material/done_all:", key=f"clean_{token}"):
        st.write(
            _(
                "Clean means: the usual size of change for its series, evidence is named, and "
                "nothing that counts is replaced."
            )
        )
        rows = clean[["ref", "name", "indicator", "period", "value"]].head(SHOWN)
        heads = [_("Number"), _("Area"), _("Indicator"), _("Period"), _("Sent")]
        listed = [
            (row["ref"], row["name"], row["indicator"], row["period"], _or_dash(row["value"]))
            for row in rows.to_dict("records")
        ]
        st.html(look.table(_("Figures to accept"), heads, listed, numeric={4}))
        if st.button(_("Accept them"), type="primary", key=f"accept_clean_{token}"):
            _settle(plan, [_decision(row, "") for row in clean.to_dict("records")], token)


def _narrowed(table: pd.DataFrame) -> pd.DataFrame:
    """Let the reviewer look at a part of the queue: one row that the address names, or some."""
    asked = st.query_params.get("ref")
    if asked in set(table["ref"]):
        if not st.button(_("Show the whole queue"), icon=":material/close:"):
            return table[table["ref"] == asked]
        del st.query_params["ref"]
        st.rerun()
    names = dict(zip(table["area"], table["name"], strict=True))
    titles = dict(zip(table["indicator"], table["title"], strict=True))
    found = {reason for reasons in table["reasons"] for reason in reasons.split()}
    left, middle, right = st.columns(3)
    areas = left.multiselect(
        _("Areas"),
        sorted(names, key=names.__getitem__),
        format_func=names.__getitem__,
        key="queue_areas",
        placeholder=_("All"),
    )
    indicators = middle.multiselect(
        _("Indicators"),
        list(titles),
        format_func=lambda code: f"{code}  {titles[code]}",
        key="queue_indicators",
        placeholder=_("All"),
    )
    reasons = right.multiselect(
        _("Why to look twice"),
        [name for name in queues.RISKS if name in found],
        format_func=lambda name: word("risk", name),
        key="queue_reasons",
        placeholder=_("All"),
    )
    if areas:
        table = table[table["area"].isin(areas)]
    if indicators:
        table = table[table["indicator"].isin(indicators)]
    if reasons:
        table = table[table["reasons"].map(lambda said: bool(set(said.split()) & set(reasons)))]
    return table


def _pick(table: pd.DataFrame) -> pd.DataFrame:
    """Show the queue as a table, and return the rows that are picked in it."""
    shown = table.assign(
        change=table["value"] - table["previous"],
        status=table["status"].map(lambda status: word("observation_status", str(status))),
        why=table["reasons"].map(_reasons),
    )
    names = {
        "ref": _("Number"),
        "name": _("Area"),
        "indicator": _("Indicator"),
        "period": _("Period"),
        "value": _("Sent"),
        "accepted": _("Counts today"),
        "previous": _("Period before"),
        "change": _("Change"),
        "why": _("Why to look twice"),
        "title": _("Name"),
        "status": _("Status"),
        "source": _("Source"),
    }
    event = st.dataframe(
        shown[list(names)].rename(columns=names),
        hide_index=True,
        key=f"queue_{visit.token('review_figures')}",
        on_select="rerun",
        selection_mode="multi-row",
        alt=_("Figures that wait for review"),
        placeholder="–",
    )
    return table.iloc[[row for row in event["selection"]["rows"] if row < len(table)]]


def _reasons(reasons: str) -> str:
    return "; ".join(word("risk", reason) for reason in reasons.split()) or _("Clean")


def _answers(plan: str, person: Identity, picked: pd.DataFrame) -> None:
    """Show each picked figure beside what counts, with room for a comment, and take the answers."""
    token = visit.token("review_figures")
    rows = picked.to_dict("records")
    refs = [Ref(row["area"], int(row["seq"])) for row in rows[:SHOWN]]
    with visit.read() as session:
        typed = drafts.comments(session, person, plan=plan)
        counts = queues.counting(session, person, refs, plan=plan)
    notes: dict[str, str] = {}
    for ref, row in zip(refs, rows, strict=False):
        st.html(_compared(row, counts.get(ref)))
        evidence.show(row["ref"], plan=plan)
        key = f"note_{row['ref']}_{token}"
        st.session_state.setdefault(key, typed.get(row["ref"], ""))
        notes[row["ref"]] = st.text_area(
            _("What has to be mended in {ref} (a figure with a comment is sent back)").format(
                ref=row["ref"]
            ),
            key=key,
            max_chars=4000,
            height=68,
            on_change=_keeper(plan, row, key),
        )
    more = rows[SHOWN:]
    if more:
        st.caption(
            plural(
                "{n} more is picked and shown in the table only.",
                "{n} more are picked and shown in the table only.",
                len(more),
            )
        )
    every = st.text_input(
        _("The same comment for all picked that have none (they are sent back too)"),
        key=f"every_{token}",
        max_chars=4000,
    )
    asked = [_decision(row, notes.get(row["ref"], "").strip() or every.strip()) for row in rows]
    back = sum(not decision.accept for decision in asked)
    label = _label(len(asked) - back, back)
    if st.button(label, type="primary", key=f"settle_{token}", icon=":material/check:"):
        _settle(plan, asked, token)


def _label(accepted: int, back: int) -> str:
    parts = [
        plural("Accept {n}", "Accept {n}", accepted) if accepted else "",
        plural("send {n} back", "send {n} back", back) if back else "",
    ]
    said = listing(list(filter(None, parts)))
    return said[:1].upper() + said[1:]


def _decision(row: dict[Any, Any], note: str) -> Decision:
    return Decision(Ref(row["area"], int(row["seq"])), accept=not note, note=note, step=row["step"])


def _keeper(plan: str, row: dict[Any, Any], key: str) -> Callable[[], None]:
    def keep() -> None:
        note = {"note": st.session_state.get(key, "")}
        about = {"plan": plan, "area": row["area"], "subject": drafts.REVIEW, "detail": row["ref"]}
        who, now = visit.begin(), visit.now()
        visit.write(lambda session: drafts.keep(session, who, note, **about, now=now), token="")

    return keep


def _settle(plan: str, asked: list[Decision], token: str) -> None:
    """Carry out the answers, and tell what became of each."""
    who, now = visit.who(), visit.now()

    def work(session: Session) -> list[Outcome]:
        found = decisions.settle(session, who, asked, plan=plan, now=now)
        for outcome in found:
            if outcome.state is not None:
                about = {
                    "area": outcome.ref.area,
                    "subject": drafts.REVIEW,
                    "detail": str(outcome.ref),
                }
                drafts.drop(session, who, plan=plan, **about)
        return found

    outcome = visit.write(work, token=token)
    if outcome.result is None:
        st.error(outcome.message)
        return
    cached.forget()
    st.session_state[SAID] = _told(outcome.result)
    st.rerun()


def _told(outcomes: list[Outcome]) -> tuple[str, list[str]]:
    """Return what was done in one line, and a sentence for each answer that was not carried out."""
    states = [outcome.state for outcome in outcomes]
    accepted, back = states.count(State.ACCEPTED), states.count(State.RETURNED)
    endorsed = states.count(State.ENDORSED)
    done = [
        plural(
            "{n} accepted. It counts from now on.",
            "{n} accepted. They count from now on.",
            accepted,
        )
        if accepted
        else "",
        plural(
            "{n} endorsed; the second review follows.",
            "{n} endorsed; the second review follows.",
            endorsed,
        )
        if endorsed
        else "",
        plural("{n} sent back to its author.", "{n} sent back to their authors.", back)
        if back
        else "",
    ]
    return " ".join(filter(None, done)), [_(o.refused) for o in outcomes if o.refused]


def _compared(row: dict[Any, Any], counts: dict[str, Any] | None) -> look.Html:
    """Return one figure field by field beside the one that counts; what differs is marked."""
    rows = [
        (name, look.tag(sent, "warn") if counts is not None and sent != today else sent, today)
        for name, sent, today in (
            (name, say(row), "–" if counts is None else say(counts)) for name, say in _fields()
        )
        if (sent, today) != ("–", "–")
    ]
    before = _or_dash(row["previous"])
    rows.append((_("Value of the period before"), before, ""))
    rows.append((_("Sent at"), instant(row["recorded_at"]), ""))
    cell = "" if row["cell"] == "_T" else f", {row['cell']}"
    caption = (
        f"{row['ref']}  {row['name']}, {row['indicator']} {row['title']}, {row['period']}{cell}, "
        f"{row['unit']}"
    )
    heads = [_("Field"), _("Sent"), _("Counts today")]
    said = [look.tag(word("risk", reason), "warn") for reason in row["reasons"].split()]
    if row["is_own"]:
        text = _("This is your own: somebody else has to accept it.")
        said.append(look.notice(text, tone="warn"))
    if row["state"] == State.ENDORSED:
        said.append(look.state(State.ENDORSED))
    return look.join([look.table(caption, heads, rows), *said])


def _fields() -> list[tuple[str, Callable[[dict[Any, Any]], str]]]:
    """Return the fields that are held beside each other, and how each is written."""
    return [
        (_("Value"), _said),
        (_("Numerator and denominator"), _parts),
        (_("Status"), lambda row: word("observation_status", str(row["status"]))),
        (_("Why there is no value"), lambda row: row["missing_reason"] or "–"),
        (_("Source"), lambda row: row["source"] or "–"),
        (_("Evidence"), lambda row: row["evidence"] or "–"),
        (_("Note"), lambda row: row["note"] or "–"),
        (_("Comment to the reviewer"), lambda row: row["comment"] or "–"),
    ]


def _parts(row: dict[Any, Any]) -> str:
    parts = [row["numerator"], row["denominator"]]
    return "–" if any(part is None or pd.isna(part) for part in parts) else "{} / {}".format(*parts)


def _said(row: dict[Any, Any]) -> str:
    if row["value"] is None or pd.isna(row["value"]):
        return row["text"] or word("observation_status", str(row["status"]))
    return f"{row['qualifier']}{number(float(row['value']), 6)}"


def _or_dash(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else number(value, 6)


def _show_said() -> None:
    done, refused = st.session_state.pop(SAID, ("", []))
    if done:
        st.success(done, icon=":material/check_circle:")
    if refused:
        st.warning(_("Not carried out:") + "\n\n" + "\n".join(f"- {line}" for line in refused))


def reports(found: Picture, person: Identity) -> None:
    """Show the reports on measures that wait, and take the answer to the one that is picked."""
    with visit.read() as session:
        table = updates.queue(session, person, plan=found.plan.plan)
    _show_said()
    if table.empty:
        st.html(look.empty(_("No report on a measure waits for review.")))
        return
    labels = {
        row["ref"]: f"{row['ref']}  {row['name']}, {row['measure']} {row['title']}"
        for row in table.to_dict("records")
    }
    picked = st.selectbox(_("Report"), list(labels), format_func=labels.__getitem__)
    row = table[table["ref"] == picked].iloc[0].to_dict()
    facts = [
        (_("State of the measure"), word("implementation", str(row["implementation"]))),
        (_("As at"), date(row["as_at"])),
        (_("Next milestone"), row["milestone"] or "–"),
        (_("What blocks it"), row["blocker"] or "–"),
        (_("Next step"), row["next_step"] or "–"),
        (_("Weakness"), row["weakness"] or "–"),
        (_("Gap"), row["gap"] or "–"),
        (_("Challenge"), row["challenge"] or "–"),
        (_("Resources"), measure.resources(row) or "–"),
        (_("Source"), row["source"] or "–"),
        (_("Link to the evidence"), row["evidence"] or "–"),
        (_("Sent at"), instant(row["recorded_at"])),
    ]
    st.html(look.facts(facts))
    token = visit.token("review_reports")
    note = st.text_area(
        _("What has to be mended (a report with a comment is sent back)"),
        key=f"note_{token}",
        max_chars=4000,
    ).strip()
    label = _("Send it back") if note else _("Accept it")
    if st.button(label, type="primary", key=f"settle_{token}", icon=":material/check:"):
        _settle(found.plan.plan, [_decision(row, note)], token)
