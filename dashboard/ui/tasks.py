"""What somebody owes: the rounds that ask, what came back, what is left, and the receipt."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import streamlit as st

from dashboard import charts
from dashboard.i18n import _, date, instant, number, percent, plural
from dashboard.services import correspondence, rounds, tasks
from dashboard.services.correspondence import Links
from dashboard.services.tasks import Errand
from dashboard.services.views import Picture
from dashboard.ui import cached, look, visit, ways, widgets
from dashboard.web import secret
from models import Identity

SAID: Final = "tasks_said"
STATUS: Final = {
    "not_started": "not_started",
    "draft": "started",
    "submitted": "submitted",
    "returned": "returned",
    "accepted": "accepted",
}
"""What is asked, as a status with colour and sign."""
SOON: Final = 7


def errands(plan: str, person: Identity) -> list[Errand]:
    """Return what rounds ask of somebody, read once until something changes."""
    now = visit.now()
    with visit.read() as session:
        kept = correspondence.of(session, person.person_id)
        is_new = correspondence.is_new_visit(kept, now)
        about = (
            visit.engine(),
            plan,
            person,
            kept.visited_at,
            is_new,
            now.date(),
            rounds.stamp(session),
        )
    if is_new:
        visit.write(lambda session: correspondence.visit(session, person, now=now), token="")

    def read() -> list[Errand]:
        with visit.read() as session:
            return tasks.mine(session, person, plan=plan, now=now)

    return cached.kept("tasks", read, *about)


def pick(found: Sequence[Errand]) -> Errand:
    """Let somebody choose among the rounds and areas that ask something of them."""
    names = {one.round: f"{one.name} ({_round_state(one.state)})" for one in found}
    picked = next(iter(names))
    if len(names) > 1:
        picked = (
            widgets.choose(_("Round"), list(names), name="round", show=names.__getitem__) or picked
        )
    here = {one.area: one for one in found if one.round == picked}
    area = next(iter(here))
    if len(here) > 1:
        labels = {
            code: _("{area}: {done} of {expected}").format(
                area=one.area_name, done=number(one.done), expected=number(one.expected)
            )
            for code, one in here.items()
        }
        area = (
            widgets.choose(_("You report for"), list(here), name="area", show=labels.__getitem__)
            or area
        )
    return here[area]


def _round_state(state: str) -> str:
    return {
        "planned": _("not open yet"),
        "open": _("open"),
        "closed": _("closed"),
        "sealed": _("sealed"),
    }[state]


def head(errand: Errand) -> None:
    """Show which round asks what, until when, how much is done, and what bars the way."""
    kicker = _("Reporting round on {period}").format(period=errand.period)
    st.html(look.heading(f"{errand.name}: {errand.area_name}", kicker=kicker, level=2))
    for notice in _notices(errand):
        st.html(notice)
    left = errand.expected - errand.done
    share = percent(errand.done / errand.expected if errand.expected else None)
    new = int(errand.tasks["is_new"].sum())
    st.html(
        look.cards(
            [
                look.card(_("Due"), date(errand.due), detail=_days(errand)),
                look.card(
                    _("Delivered"),
                    number(errand.done),
                    unit=_("of {n}").format(n=number(errand.expected)),
                    detail=share,
                    foot=look.strip({STATUS[name]: n for name, n in errand.counts.items()}),
                ),
                look.card(_("Sent back"), number(errand.counts["returned"])),
                look.card(_("Still to send"), number(left)),
                look.card(_("New since your last visit"), number(new)),
            ]
        )
    )
    st.progress(
        errand.done / errand.expected,
        text=_("{done} of {expected} delivered").format(
            done=number(errand.done), expected=number(errand.expected)
        ),
    )


def _days(errand: Errand) -> str:
    if errand.days < 0:
        return plural("{n} day past", "{n} days past", -errand.days)
    if errand.days == 0:
        return _("today")
    return plural("{n} day left", "{n} days left", errand.days)


def _notices(errand: Errand) -> list[look.Html]:
    shown = []
    if errand.is_illustrative:
        shown.append(
            look.notice(
                _("Nobody was asked anything."), tone="warn", title=_("Illustrative round.")
            )
        )
    if errand.lock:
        shown.append(look.notice(_(errand.lock), tone="warn", title=_("Locked.")))
    elif errand.is_late:
        said = _("Send what is left as soon as you can, or ask for an extension: {contact}.")
        ask = errand.contact or _("the secretariat")
        shown.append(look.notice(said.format(contact=ask), tone="stop", title=_("Late.")))
    if errand.is_reminded and errand.done < errand.expected:
        shown.append(look.notice(_("The secretariat asks you to report.")))
    if errand.is_extended:
        title = _("The due date was extended to {day}.").format(day=date(errand.due))
        shown.append(look.notice(errand.extension_reason, title=title))
    if errand.note:
        shown.append(look.notice(errand.note, title=_("What the secretariat writes.")))
    return shown


def listing(errand: Errand) -> None:
    """Show everything that is asked, what calls for action first, each with the way to its form."""
    rows = [
        (
            _asked(errand, row),
            look.join(
                [
                    look.chip(STATUS[row["state"]], _state(row["state"])),
                    *([look.tag(_("new"), "info")] if row["is_new"] else []),
                ]
            ),
            row["ref"] or "–",
            instant(row["at"].to_pydatetime()) if row["ref"] else "–",
        )
        for row in errand.tasks.to_dict("records")
    ]
    heads = [_("What is asked"), _("Where it stands"), _("Number"), _("Since")]
    st.html(look.table(_("What is asked, what needs you first"), heads, rows))
    ask = errand.contact or _("the secretariat")
    st.caption(_("Questions about the round: {contact}.").format(contact=ask))


def _asked(errand: Errand, row: Mapping[Any, Any]) -> look.Html:
    """Return what is asked as the way to its form, with what the reviewer wrote below."""
    way = look.anchor(f"{row['code']}  {row['title']}", _form(errand, row))
    if not row["note"]:
        return way
    said = _("The reviewer wrote: {note}").format(note=row["note"])
    return look.Html(f'{way}<div class="hw-muted" style="font-weight:400">{escape(said)}</div>')


def _form(errand: Errand, row: Mapping[Any, Any]) -> str:
    subject = "indicator" if row["subject"] == "observation" else "measure"
    return ways.address(
        "entry", area=errand.area, period=errand.period, **{subject: str(row["code"])}
    )


def _state(state: str) -> str:
    return {
        "not_started": _("Not started"),
        "draft": _("Typed, not sent"),
        "submitted": _("Waits for review"),
        "returned": _("Sent back"),
        "accepted": _("Accepted"),
    }[state]


def deliver(errand: Errand) -> None:
    """Let somebody declare their report complete, and give them the receipt."""
    number_ = st.session_state.pop(SAID, None) or errand.receipt
    if number_:
        _show_receipt(errand, number_)
    left = errand.expected - errand.done
    if errand.lock:
        return
    if left:
        st.info(
            plural(
                "{n} thing is left before you can declare your report complete.",
                "{n} things are left before you can declare your report complete.",
                left,
            )
        )
        return
    token = visit.token(f"deliver_{errand.round}_{errand.area}")
    label = _("Declare complete again") if errand.receipt else _("Declare complete")
    if not st.button(label, type="primary", key=f"deliver_{token}", icon=":material/task_alt:"):
        return
    who, now = visit.who(), visit.now()
    outcome = visit.write(
        lambda session: rounds.deliver(
            session, who, errand.round, errand.area, token=token, now=now
        ),
        token=token,
    )
    if outcome.result is None:
        st.error(outcome.message)
        return
    st.session_state[SAID] = outcome.result.number
    st.rerun()


def _show_receipt(errand: Errand, number_: str) -> None:
    who = visit.who()
    with visit.read() as session:
        receipt = rounds.receipt(session, who, number_)
    said = _("Your report is in the record under the number {number}, received {moment}.")
    st.success(
        said.format(number=receipt.number, moment=instant(receipt.recorded_at)),
        icon=":material/receipt_long:",
    )
    st.download_button(
        _("Download the receipt"),
        data=receipt_text(receipt),
        file_name=f"{receipt.number}.txt",
        mime="text/plain",
        key=f"receipt_{errand.round}_{errand.area}",
        icon=":material/download:",
        on_click="ignore",
    )


def receipt_text(receipt: rounds.Receipt) -> str:
    """Return a receipt as text to keep."""
    lines = [
        (_("Receipt"), receipt.number),
        (_("Reporting round"), f"{receipt.name} ({receipt.round})"),
        (_("Period"), receipt.period),
        (_("Area"), f"{receipt.area_name} ({receipt.area})"),
        (_("Received"), instant(receipt.recorded_at)),
        (_("After the due date"), _("yes") if receipt.is_late else _("no")),
        (_("Figures and reports"), number(receipt.rows)),
        (_("Their numbers"), ", ".join(receipt.refs)),
        ("SHA-256", receipt.digest),
    ]
    text = "\n".join(f"{name}: {value}" for name, value in lines)
    agency = visit.settings().agency
    mark = _("Illustrative: this round was made up for a demonstration.")
    return "\n\n".join([agency, text, *([mark] if receipt.is_illustrative else [])]) + "\n"


def neighbours(found: Picture, errand: Errand) -> None:
    """Show who in the region has reported, to somebody who reports for all of it."""
    who, now = visit.who(), visit.now()
    with visit.read() as session:
        about = (visit.engine(), errand.round, who, now.date(), rounds.stamp(session))

    def read() -> Any:
        with visit.read() as session:
            return tasks.neighbours(session, who, errand.round, now=now)

    table = cached.kept("neighbours", read, *about)
    if table is None:
        return
    done = int(table["status"].isin(["accepted", "submitted"]).sum())
    title = plural(
        "{{round}}: {n} of {{of}} areas has delivered all it was asked for",
        "{{round}}: {n} of {{of}} areas have delivered all they were asked for",
        done,
    ).format(of=number(len(table)), round=errand.name)
    st.html(look.heading(_("Who has reported"), level=2))
    rows = table[["area", "name", "status", "due", "expected", "submitted", "returned", "accepted"]]
    areas = found.plan.areas[found.plan.areas["area"].isin(table["area"])]
    figure = cached.figure(
        "neighbours",
        lambda: charts.tiles.draw(
            table[["area", "status"]], areas, **drawn(found, title, done, len(table))
        ),
        *about,
    )
    widgets.chart(
        figure,
        rows,
        key="who_has_reported",
        alt=charts.tiles.alt(table[["area", "status"]], areas),
        found=found,
        how=how(),
        labels=columns(),
    )


def how() -> str:
    """Return when an area counts as delivered."""
    return _("An area counts as delivered once everything asked of it was sent or accepted.")


def drawn(found: Picture, title: str, done: int, of: int) -> charts.Look:
    """Return the words of a map of deliveries."""
    coverage = widgets.covered(done, of, _("areas delivered"))
    return widgets.drawn(
        found, title, coverage=coverage, source=_("Reporting rounds of this record"), note=how()
    )


def columns() -> dict[str, str]:
    """Return the heads of tables about areas in a round."""
    return {
        "area": _("Code"),
        "name": _("Area"),
        "region": _("Region"),
        "status": _("Where it stands"),
        "due": _("Due"),
        "progress": _("Delivered"),
        "expected": _("Expected"),
        "not_started": _("Not started"),
        "draft": _("Typed"),
        "submitted": _("Submitted"),
        "returned": _("Sent back"),
        "accepted": _("Accepted"),
        "receipt": _("Receipt"),
        "reminded_at": _("Reminded"),
    }


def letters(person: Identity) -> None:
    """Let somebody end or begin letters, and show the private address of their calendar."""
    with visit.read() as session:
        kept = correspondence.of(session, person.person_id)
        gets, number_ = kept.unsubscribed_at is None, kept.calendar
    box = st.expander(_("Letters and calendar"), key="letters_box", on_change="rerun")
    if not box.open:
        return
    with box:
        left, right = st.columns(2, gap="large")
        with left:
            _letters(gets)
        with right:
            _calendar(person, number_)


def _letters(gets: bool) -> None:
    st.markdown(f"**{_('Letters')}**")
    st.caption(
        _(
            "At most one a day: 30, 7 and 1 days before a due date, when it is past, and when "
            "something was sent back."
        )
    )
    token = visit.token("letters")
    label = _("Write to me no more") if gets else _("Write to me again")
    if st.button(label, key=f"letters_{token}"):
        who, now = visit.who(), visit.now()
        visit.write(
            lambda session: (
                correspondence.unsubscribe(session, who.person_id, now=now)
                if gets
                else correspondence.subscribe(session, who, now=now)
            ),
            token=token,
        )
        st.rerun()


def _calendar(person: Identity, number_: int) -> None:
    st.markdown(f"**{_('Calendar')}**")
    st.caption(
        _(
            "Due dates and meetings for your calendar program. Whoever has this address can read "
            "them: keep it to yourself, or renew it."
        )
    )
    links = Links(visit.address(), secret.read(visit.settings().home))
    st.code(links.calendar(person.person_id, number_), language=None, wrap_lines=True)
    token = visit.token("calendar")
    if st.button(_("Renew the address"), key=f"calendar_{token}"):
        who, now = visit.who(), visit.now()
        visit.write(
            lambda session: correspondence.renew_calendar(session, who, seen=number_, now=now),
            token=token,
        )
        st.rerun()
