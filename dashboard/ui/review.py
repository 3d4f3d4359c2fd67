"""The queue of a reviewer: what was sent beside what counts, and the two answers to it."""

from typing import Any

import pandas as pd
import streamlit as st
from sqlmodel import Session

from dashboard.i18n import _, date, instant, number, plural
from dashboard.i18n.labels import word
from dashboard.services import queues, review, updates
from dashboard.services.lookup import Ref
from dashboard.services.views import Picture
from dashboard.ui import cached, look, visit
from models import Identity

SAID = "review_said"


def figures(found: Picture, person: Identity) -> None:
    """Show the figures that wait, and take the answer to those that are picked."""
    with visit.read() as session:
        table = queues.figures(session, person, plan=found.plan.plan)
    _show_said()
    if table.empty:
        st.html(look.empty(_("Nothing waits for review."), _("Whatever is sent appears here.")))
        return
    st.caption(plural("{n} figure waits.", "{n} figures wait.", len(table)))
    shown = table.assign(
        change=table["value"] - table["previous"],
        status=table["status"].map(lambda status: word("observation_status", str(status))),
    )
    names = {
        "ref": _("Number"),
        "name": _("Area"),
        "indicator": _("Indicator"),
        "title": _("Name"),
        "period": _("Period"),
        "value": _("Sent"),
        "accepted": _("Counts today"),
        "previous": _("Period before"),
        "change": _("Change"),
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
    picked = table.iloc[event["selection"]["rows"]]
    if picked.empty:
        st.info(_("Pick one or several rows to see them and to answer."))
        return
    for row in picked.to_dict("records"):
        st.html(_compared(row))
    _answer(found.plan.plan, [Ref(row["area"], row["seq"]) for row in picked.to_dict("records")])


def _compared(row: dict[Any, Any]) -> look.Html:
    """Return one figure field by field beside the one that counts."""
    sent = _said(row, "value")
    rows = [
        (_("Value"), sent, _or_dash(row["accepted"]), _or_dash(row["previous"])),
        (_("Unit"), str(row["unit"]), "", ""),
        (_("Status"), word("observation_status", str(row["status"])), "", ""),
        (_("Source"), row["source"] or row["missing_reason"] or "–", "", ""),
        (_("Evidence"), row["evidence"] or "–", "", ""),
        (_("Note"), row["note"] or "–", "", ""),
        (_("Comment to the reviewer"), row["comment"] or "–", "", ""),
        (_("Sent at"), instant(row["recorded_at"]), "", ""),
    ]
    if row["numerator"] is not None and not pd.isna(row["numerator"]):
        parts = f"{row['numerator']} / {row['denominator']}"
        rows.insert(1, (_("Numerator and denominator"), parts, "", ""))
    cell = "" if row["cell"] == "_T" else f", {row['cell']}"
    caption = (
        f"{row['ref']}  {row['name']}, {row['indicator']} {row['title']}, {row['period']}{cell}"
    )
    heads = [_("Field"), _("Sent"), _("Counts today"), _("Period before")]
    own = [look.notice(_("This is your own: somebody else has to accept it."), tone="warn")]
    return look.join([*(own if row["is_own"] else []), look.table(caption, heads, rows)])


def _said(row: dict[Any, Any], field: str) -> str:
    if pd.isna(row[field]):
        return row.get("text") or word("observation_status", str(row["status"]))
    return f"{row['qualifier']}{number(row[field], 6)}"


def _or_dash(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else number(value, 6)


def _answer(plan: str, refs: list[Ref], *, name: str = "figures") -> None:
    token = visit.token(f"review_{name}")
    note = st.text_area(
        _("What has to be mended (needed to send back)"), key=f"note_{token}", max_chars=4000
    )
    left, right = st.columns(2)
    accept = left.button(
        plural("Accept {n}", "Accept {n}", len(refs)),
        type="primary",
        key=f"accept_{token}",
        icon=":material/check:",
    )
    back = right.button(
        plural("Send {n} back", "Send {n} back", len(refs)),
        key=f"back_{token}",
        icon=":material/undo:",
    )
    if not accept and not back:
        return

    who, now = visit.who(), visit.now()

    def work(session: Session) -> list[Ref]:
        step = review.accept if accept else review.send_back
        return [step(session, who, ref, plan=plan, note=note, now=now) for ref in refs]

    outcome = visit.write(work, token=token)
    if outcome.result is None:
        st.error(outcome.message)
        return
    cached.forget()
    said = (
        plural(
            "{n} accepted. It counts from now on.",
            "{n} accepted. They count from now on.",
            len(refs),
        )
        if accept
        else plural("{n} sent back to its author.", "{n} sent back to their authors.", len(refs))
    )
    st.session_state[SAID] = said
    st.rerun()


def _show_said() -> None:
    said = st.session_state.pop(SAID, None)
    if said:
        st.success(said, icon=":material/check_circle:")


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
        (_("Source"), row["source"] or "–"),
        (_("Link to the evidence"), row["evidence"] or "–"),
        (_("Sent at"), instant(row["recorded_at"])),
    ]
    st.html(look.facts(facts))
    _answer(found.plan.plan, [Ref(row["area"], int(row["seq"]))], name="reports")
