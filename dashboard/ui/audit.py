"""The trail of changes in words: what was done, by whom, to what, and whether it is whole."""

import json
from collections.abc import Mapping
from datetime import date as Day
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.i18n import _, breakdowns, date, instant, number, plural
from dashboard.i18n.labels import word
from dashboard.progress.words import N_
from dashboard.services import access, trail
from dashboard.services.lookup import Ref
from dashboard.services.trail import Asked, Page
from dashboard.services.views import Picture
from dashboard.ui import look, visit, ways, widgets
from models import FOREVER, HeadwayError, Identity, SignInNeeded, moment

PAGE: Final = "audit"
SHORT: Final = 12
"""Signs of a fingerprint that are shown; the download holds all of them."""
_ASKED: Final = "audit_asked"
FOUND: Final = 20
"""Breaks of a chain that are shown."""
GROUPS: Final = {
    "figures": N_("Figures"),
    "reports": N_("Reports on measures"),
    "voices": N_("Findings and notes"),
    "evidence": N_("Evidence"),
    "rounds": N_("Reporting rounds"),
    "people": N_("People and roles"),
    "sign-in": N_("Signing in"),
    "record": N_("Plans and snapshots"),
}
TOLD: Final = {
    "observation.submitted": N_("Sent a figure to review"),
    "observation.endorsed": N_("Endorsed a figure; the second level decides"),
    "observation.accepted": N_("Accepted a figure"),
    "observation.returned": N_("Sent a figure back"),
    "observation.withdrawn": N_("Took a figure back"),
    "observation.superseded": N_("A newer figure took the place of this one"),
    "observation.history": N_("Loaded {count} figures with their history"),
    "observation.imported": N_("Sent {count} figures to review in one file"),
    "measure_update.submitted": N_("Sent a report on a measure to review"),
    "measure_update.endorsed": N_("Endorsed a report on a measure; the second level decides"),
    "measure_update.accepted": N_("Accepted a report on a measure"),
    "measure_update.returned": N_("Sent a report on a measure back"),
    "measure_update.withdrawn": N_("Took a report on a measure back"),
    "measure_update.superseded": N_("A newer report took the place of this one"),
    "measure_update.history": N_("Loaded {count} reports on measures with their history"),
    "remark.given": N_("Gave a finding or note on a figure"),
    "remark.published": N_("Published a finding or note"),
    "remark.withdrawn": N_("Took a finding or note back"),
    "evidence.add": N_("Added evidence"),
    "evidence.revise": N_("Put a new file or link in the place of evidence"),
    "evidence.describe": N_("Changed what is said about evidence"),
    "evidence.retire": N_("Retired evidence"),
    "evidence.use": N_("Named evidence for a figure"),
    "round.opened": N_("Opened a reporting round, due on {due}"),
    "round.extended": N_("Gave more time, until {due}"),
    "round.reminded": N_("Reminded of what is owed"),
    "round.closed": N_("Closed a reporting round"),
    "round.sealed": N_("Sealed a reporting round with a snapshot"),
    "round.submitted": N_("Declared a round complete, with {rows} entries"),
    "grant.give": N_("Gave the role {role}, {place}"),
    "grant.end": N_("Ended a role"),
    "person.add": N_("Added an account"),
    "person.arrive": N_("Signed in for the first time through an identity provider"),
    "person.link": N_("Linked an account to an identity provider"),
    "person.password": N_("Set a new password"),
    "person.reset": N_("Chose a new password by a link"),
    "person.close": N_("Closed an account"),
    "person.open": N_("Opened an account again"),
    "person.lock": N_("Locked an account after {failures} wrong passwords"),
    "session.open": N_("Signed in ({method})"),
    "session.close": N_("Signed out"),
    "session.revoke": N_("Ended {sessions} sessions"),
    "invitation.send": N_("Invited as {role}, {place}"),
    "invitation.end": N_("Took an invitation back"),
    "invitation.accept": N_("Accepted an invitation"),
    "reset.ask": N_("Asked for a link to a new password"),
    "reset.hand": N_("Made a link to a new password"),
    "token.issue": N_("Made a token for programs"),
    "token.revoke": N_("Ended a token for programs"),
    "factor.on": N_("Turned the second factor on"),
    "factor.off": N_("Turned the second factor off"),
    "factor.codes": N_("Made new recovery codes"),
    "factor.recover": N_("Signed in with a recovery code; {left} are left"),
    "factor.wrong": N_("Gave a wrong code of the second factor"),
    "factor.lift": N_("Lifted the second factor of an account"),
    "letters.begin": N_("Subscribed to letters"),
    "letters.end": N_("Unsubscribed from letters"),
    "calendar.renew": N_("Renewed the address of the calendar"),
    "areas.install": N_("Installed the list of countries and groups"),
    "plan.install": N_("Installed a plan"),
    "snapshot.take": N_("Took a snapshot"),
    "snapshot.restore": N_("Restored the record from a snapshot"),
    "chain.anchor": N_("Anchored a chain in the snapshot it was restored from"),
}
"""Every action of the ledger in words; a test holds it against what the services chain."""


# What is asked --------------------------------------------------------------------------------


def reader() -> Identity:
    """Return who reads, or end the page where nobody is signed in."""
    person = visit.who()
    if not person.person_id:
        visit.refuse(SignInNeeded("Please sign in to read the trail of changes."))
    return person


def pick(found: Picture, person: Identity) -> Asked:
    """Let the reader choose a person, a day or two, an area and a sort of change."""
    given = st.query_params.get("ref", "")
    ref = _ref(given)
    if ref is not None:
        st.html(look.notice(_("Everything that was done to what {ref} says.").format(ref=ref)))
        widgets.link(PAGE, _("Back to the whole trail"))
    with visit.read() as session:
        names = trail.known(session, person, now=visit.now())
    asked = st.query_params.get("person", "")
    people = [*names, *([asked] if asked and asked not in names else [])]
    first, second, third, fourth, fifth = st.columns([3, 2, 2, 3, 3], vertical_alignment="bottom")
    who = widgets.choose(
        _("Person"),
        people,
        name="person",
        show=lambda code: f"{names[code]} ({code})" if code in names else code,
        index=None,
        place=first,
        placeholder=_("Anybody"),
    )
    since, until = _pick_day("from", _("From"), second), _pick_day("to", _("To"), third)
    area = widgets.choose(
        _("Country or group"),
        list(found.names),
        name="area",
        show=lambda code: found.names[code],
        index=None,
        place=fourth,
        placeholder=_("Any"),
    )
    group = widgets.choose(
        _("What"),
        list(GROUPS),
        name="what",
        show=lambda code: _(GROUPS[code]),
        index=None,
        place=fifth,
        placeholder=_("Anything"),
    )
    picked = Asked(ref, area or "", who or "", since, until, group or "")
    if st.session_state.get(_ASKED, picked) != picked:
        st.query_params.pop("after", None)  # the page of another question
    st.session_state[_ASKED] = picked
    return picked


def _ref(given: str) -> Ref | None:
    area, _dash, seq = given.rpartition("-")
    return Ref(area, int(seq)) if area and seq.isascii() and seq.isdecimal() else None


def _pick_day(name: str, label: str, place: Any) -> Day | None:
    key = f"audit_{name}"
    given = st.query_params.get(name, "")
    if key not in st.session_state:
        st.session_state[key] = _day(given)

    def remember() -> None:
        picked = st.session_state[key]
        if picked is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = picked.isoformat()
        st.query_params.pop("after", None)

    picked = place.date_input(
        label, value=None, max_value=visit.now().date(), key=key, on_change=remember
    )
    return picked if isinstance(picked, Day) else None


def _day(given: str) -> Day | None:
    try:
        return Day.fromisoformat(given) if given else None
    except ValueError:
        return None


# The trail ------------------------------------------------------------------------------------


def page(person: Identity, asked: Asked) -> Page | None:
    """Return the page of the trail that the address asks for, or say what is wrong with it."""
    after, now = st.query_params.get("after", ""), visit.now()
    try:
        with visit.read() as session:
            return trail.read(session, person, asked, after=after, now=now)
    except HeadwayError as error:
        st.error(_(str(error)), icon=":material/error:")
    return None


def show(found: Picture, person: Identity, asked: Asked, told: Page) -> None:
    """Show a page of the trail, the way to the older ones, and all of it to download."""
    if told.rows.empty:
        st.html(
            look.empty(
                _("Nothing was done here that you may see."),
                _("Ask for another person, other days, or anything at all."),
            )
        )
        return
    heads = [_("When"), _("Who"), _("What"), _("About"), _("Where"), _("No."), _("Fingerprint")]
    rows = [_row(row, found) for row in told.rows.to_dict("records")]
    st.html(look.table(caption(told.rows), heads, rows, numeric={5}))
    _turn(told)
    widgets.offer(
        lambda: download(found, person, asked),
        title=_("Trail of changes"),
        found=found,
        key="audit",
    )
    st.caption(
        _("The files hold all that is asked for, up to the newest {n} changes.").format(
            n=number(trail.MOST)
        )
    )


def caption(rows: pd.DataFrame) -> str:
    """Return what a page of the trail shows: how many changes, from when to when."""
    said = plural(
        "{n} change, {{first}} to {{last}}", "{n} changes, {{first}} to {{last}}", len(rows)
    )
    return said.format(first=instant(rows["at"].iloc[-1]), last=instant(rows["at"].iloc[0]))


def _turn(told: Page) -> None:
    """Show the ways to the newest and to the older changes; both are addresses."""
    asked = {
        name: st.query_params[name]
        for name in ("ref", "person", "from", "to", "area", "what")
        if name in st.query_params
    }
    links = []
    if st.query_params.get("after"):
        links.append(look.anchor(_("The newest"), ways.address(PAGE, **asked)))
    if told.older:
        links.append(look.anchor(_("Older changes"), ways.address(PAGE, **asked, after=told.older)))
    if links:
        st.html(look.line(links))


def _row(row: Mapping[Any, Any], found: Picture) -> tuple[str, ...]:
    day = row["at"].date().isoformat()
    return (
        look.anchor(instant(row["at"]), ways.address(PAGE, **{"from": day, "to": day})),
        _who(row),
        f"{told(row)}: “{row['note']}”" if row["note"] else told(row),
        about(row, found),
        look.anchor(row["area"], ways.address(PAGE, area=row["chain"]))
        if row["area"]
        else _("The installation"),
        number(row["seq"]),
        row["fingerprint"][:SHORT],
    )


def _who(row: Mapping[Any, Any]) -> str:
    if row["by"] == "system":
        return _("The installation")
    name = f"{row['by_name']} ({row['by'][:8]})" if row["by_name"] else row["by"]
    return look.anchor(name, ways.address(PAGE, person=row["by"]))


def told(row: Mapping[Any, Any]) -> str:
    """Return what was done, in words; an action without words as it was chained."""
    detail = json.loads(row["detail"])
    words = {
        "count": number(detail.get("last", 0) - detail.get("first", 1) + 1),
        "due": date(_day(str(detail.get("due", "")))),
        "rows": number(detail.get("rows", 0)),
        "role": word("role", str(detail.get("role", ""))) if "role" in detail else "",
        "place": ", ".join(
            (detail.get("area") or _("everywhere"), detail.get("plan") or _("every plan"))
        ),
        "failures": number(detail.get("failures", 0)),
        "sessions": number(detail.get("sessions", 1)),
        "left": number(detail.get("left", 0)),
        "method": str(detail.get("method", "")),
    }
    text = TOLD.get(row["action"])
    said = _(text).format(**words) if text else str(row["action"])
    if row["action"] == "grant.give" and detail["until"] < int(FOREVER.timestamp() * 1_000_000):
        said += " " + _("until {day}").format(day=date(moment(detail["until"])))
    return said


def about(row: Mapping[Any, Any], found: Picture) -> str:
    """Return what a change is about: the figure, with the way to it, the person, the number."""
    if row["chain"] == trail.SYSTEM:
        if row["subject_name"] or row["action"].startswith(("grant", "person", "session")):
            name = row["subject_name"] or row["subject"]
            return look.anchor(name, ways.address(PAGE, person=row["subject"]))
        return str(row["subject"])
    if not row["about"]:
        return str(row["subject"])
    if row["action"].startswith("measure_update"):
        return look.anchor(
            f"{row['subject']}: {row['about']}", ways.address(PAGE, ref=row["subject"])
        )
    return look.anchor(f"{row['subject']}: {figure(row)}", ways.address(PAGE, ref=row["subject"]))


def figure(row: Mapping[Any, Any]) -> str:
    """Return a figure in a few words: its indicator, its period, of whom, and the value."""
    parts = [row["about"], row["period"]]
    if row["cell"] not in {"", "_T"}:
        parts.append(breakdowns.spelled(row["cell"]))
    said = ", ".join(str(part) for part in parts if part)
    return f"{said} = {row['value']}" if row["value"] else said


def download(found: Picture, person: Identity, asked: Asked) -> pd.DataFrame:
    """Return all that is asked for as a table with words, for a file."""
    now = visit.now()
    with visit.read() as session:
        rows = trail.read(session, person, asked, limit=trail.MOST, now=now).rows
    return worded(rows)


def worded(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a trail with what was done in words, as a file holds it."""
    first = ["at", "by", "by_name", "what"]
    told_rows = rows.assign(
        what=pd.Series([told(row) for row in rows.to_dict("records")], dtype="str"),
        at=rows["at"].map(lambda at: at.isoformat()).astype("str"),
    )
    return told_rows[[*first, *(name for name in trail.TRAIL if name not in first)]]


# Whether it is whole --------------------------------------------------------------------------


def chains(person: Identity, area: str) -> None:
    """Show the end of each chain that the reader may see, and check them when asked."""
    with visit.read() as session:
        table = trail.heads(session, person)
    if area:
        table = table[table["chain"] == area]
    if table.empty:
        return
    st.subheader(_("The chain"), anchor=False)
    st.caption(
        _(
            "Each change is chained to the one before it in its area by SHA-256. Write the end of "
            "a chain down: whoever alters, removes or moves a change cannot reach it again. "
            "People stand in the chain by pseudonym only."
        )
    )
    newest = table.sort_values("at", ascending=False)
    st.html(
        look.table(
            plural("{n} chain, the last changed first", "{n} chains, the last changed first",
                   len(newest)),
            [_("Chain"), _("Changes"), _("Last change"), _("End of the chain (SHA-256)")],
            [
                (
                    f"{row['area']} ({row['chain']})" if row["area"] else _("The installation"),
                    number(row["events"]),
                    instant(row["at"]),
                    row["head"],
                )
                for row in newest.head(FOUND).to_dict("records")
            ],
            numeric={1},
        )
    )  # fmt: skip
    if st.button(_("Verify now"), icon=":material/verified:", key="audit_verify"):
        _verify(person, area)


def _verify(person: Identity, area: str) -> None:
    began = visit.now()
    try:
        with st.spinner(_("Checking …")), visit.read() as session:
            problems = trail.verify(session, person, area=area)
    except HeadwayError as error:
        st.error(_(str(error)))
        return
    if not problems:
        st.success(
            _(
                "Every chain is whole, checked at {moment}: nothing was altered, removed or moved."
            ).format(moment=instant(began)),
            icon=":material/verified:",
        )
        return
    st.error(
        plural("{n} break was found.", "{n} breaks were found.", len(problems)),
        icon=":material/gpp_bad:",
    )
    for problem in problems[:FOUND]:
        st.code(problem, language=None)


def may_trace(person: Identity) -> bool:
    """Say whether somebody reads more of the trail than what they did themselves."""
    return access.allows(person, "trace")
