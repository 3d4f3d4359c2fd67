"""Three voices beside a value: the State, an evaluator, civil society; none speaks for another."""

from collections.abc import Mapping
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.i18n import _, date, instant, plural
from dashboard.i18n.labels import word
from dashboard.services import access, lookup, voices
from dashboard.services.lookup import Ref
from dashboard.ui import look, visit, ways
from models import RemarkState, Voice

ORDER: Final = (Voice.STATE, Voice.EVALUATOR, Voice.CIVIL_SOCIETY)
Row = Mapping[Any, Any]


def draw(plan: str, area: str, indicator: str, ref: str) -> None:
    """Show what the three voices say about one figure, and let those speak who may."""
    who = visit.who()
    with visit.read() as session:
        table = voices.on_series(session, who, plan=plan, area=area, indicator=indicator)
        place: Any = lookup.area(session, area)
    table = table[table["ref"] == ref]
    mine = voices.speaks(who, plan=plan, area=place.id)
    if table.empty and not mine:
        return
    st.header(_("What others say about it"))
    st.caption(
        _(
            "A finding or a note is first shown to the State, which may reply. Nobody's words "
            "change another's, nor the figure."
        )
    )
    columns = st.columns(3, gap="large")
    for voice, column in zip(ORDER, columns, strict=True):
        with column:
            st.markdown(f"**{word('voice', voice)}**")
            own = table[(table["voice"] == voice) & table["answers"].isna()]
            for row in own.to_dict("records"):
                _remark(row, table, mine, plan=plan, area=area, place=place.id)
            if own.empty:
                st.html(look.empty(_("Nothing was said.")))
            if voice in mine:
                _speak(ref, voice, plan=plan)


def _remark(
    row: Row, table: pd.DataFrame, mine: list[Voice], *, plan: str, area: str, place: int
) -> None:
    with st.container(border=True):
        st.html(_told(row))
        for reply in table[table["answers"] == row["number"]].to_dict("records"):
            st.html(_told(reply, _("Reply of the State")))
        is_open = row["state"] == RemarkState.GIVEN
        answered = (table["answers"] == row["number"]).any()
        if is_open and Voice.STATE in mine and row["voice"] != Voice.STATE and not answered:
            _speak(row["ref"], Voice.STATE, plan=plan, answers=int(row["number"]))
        if is_open:
            _publish(row, plan=plan, area=area, place=place, answered=answered)
        if row["author_id"] and row["author_id"] == visit.who().person_id:
            _withdraw(row, plan=plan, area=area)


def _told(row: Row, title: str = "") -> look.Html:
    facts = [instant(row["recorded_at"])]
    if row["state"] == RemarkState.GIVEN:
        facts.append(
            _("not public; the State may reply until {day}").format(day=date(row["reply_until"]))
        )
    head = f"<strong>{escape(title)}</strong><br>" if title else ""
    return look.Html(
        f'<div dir="auto">{head}{escape(str(row["text"]))}</div>'
        f'<div class="hw-muted">{escape(" · ".join(facts))}</div>'
    )


def _speak(ref: str, voice: Voice, *, plan: str, answers: int | None = None) -> None:
    """Let somebody speak with a voice; what is typed stays until it is said."""
    area, _dash, seq = ref.rpartition("-")
    token = visit.token(f"voice_{ref}_{voice}_{answers or ''}")
    label = (
        _("Reply for the State")
        if answers
        else _("Say something as: {voice}").format(voice=word("voice", voice))
    )
    with st.expander(label, key=f"speak_{token}"):
        text = st.text_area(
            _("What is to be said"),
            key=f"say_{token}",
            max_chars=voices.LONGEST,
            help=_("Never name victims or witnesses."),
        )
        if not st.button(_("Say it"), key=f"said_{token}"):
            return
        who, now = visit.who(), visit.now()
        outcome = visit.write(
            lambda session: voices.give(
                session,
                who,
                Ref(area, int(seq)),
                voice,
                text,
                plan=plan,
                token=token,
                now=now,
                answers=answers,
            ),
            token=token,
        )
        _after(outcome)


def _publish(row: Row, *, plan: str, area: str, place: int, answered: bool) -> None:
    who, now = visit.who(), visit.now()
    action = voices.PUBLISHES[Voice(row["voice"])]
    if not access.allows(who, action, plan=plan, area=place):
        return
    if not answered and now.date() <= row["reply_until"]:
        return
    token = visit.token(f"publish_{area}_{row['number']}")
    if st.button(_("Publish"), key=f"publish_{token}"):
        outcome = visit.write(
            lambda session: voices.publish(
                session, who, area, int(row["number"]), plan=plan, now=now
            ),
            token=token,
        )
        _after(outcome)


def _withdraw(row: Row, *, plan: str, area: str) -> None:
    token = visit.token(f"withdraw_{area}_{row['number']}")
    with st.popover(_("Withdraw"), key=f"withdrawing_{token}"):
        note = st.text_input(_("Why"), key=f"why_{token}")
        if st.button(_("Withdraw it"), key=f"withdraw_{token}"):
            who, now = visit.who(), visit.now()
            outcome = visit.write(
                lambda session: voices.take_back(
                    session, who, area, int(row["number"]), plan=plan, note=note, now=now
                ),
                token=token,
            )
            _after(outcome)


def _after(outcome: visit.Outcome[Any]) -> None:
    if not outcome.is_done:
        st.error(outcome.message, icon=":material/error:")
        return
    st.rerun()


def awaiting(plan: str) -> None:
    """Show the findings and notes to which the reader's areas may still reply."""
    who = visit.who()
    with visit.read() as session:
        table = voices.awaiting_reply(session, who, plan=plan, today=visit.now().date())
    if table.empty:
        return
    title = plural(
        "{n} remark waits for the State's reply",
        "{n} remarks wait for the State's reply",
        len(table),
    )
    rows = [
        (
            look.anchor(
                f"{row['area']} {row['indicator']}, {row['period']}",
                ways.address(
                    "value", indicator=row["indicator"], area=row["area"], period=row["period"]
                ),
            ),
            word("voice", row["voice"]),
            row["text"],
            date(row["reply_until"]),
        )
        for row in table.to_dict("records")
    ]
    heads = [_("Figure"), _("Who"), _("What is said"), _("Reply until")]
    st.html(look.table(title, heads, rows))
