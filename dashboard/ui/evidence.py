"""The library of evidence of an area: what is in it, what rests on it, and how it is kept up."""

from collections.abc import Mapping
from datetime import date as Day
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.i18n import _, date, number, plural
from dashboard.services import access, evidence, lookup, stores
from dashboard.services.evidence import File
from dashboard.services.lookup import Ref
from dashboard.services.views import Picture
from dashboard.ui import look, visit, widgets
from models import BadInput, Identity

ADDRESS: Final = "https://"


def pick_area(found: Picture, person: Identity) -> str | None:
    """Let somebody choose the area whose library they look at."""
    covers = access.areas(person, "submit", plan=found.plan.plan)
    codes = [str(code) for code in found.plan.areas["area"]]
    if covers:
        with visit.read() as session:
            codes = access.codes(session, covers)
    return widgets.pick_area(found, codes, _("Area"))


def address(name: str) -> str:
    """Return where a piece of evidence is handed out."""
    area, _dash, number_ = name.rpartition("-E")
    return f"/evidence/{area}/{number_}"


def links(names: list[str]) -> look.Html:
    """Return pieces of evidence as links to their newest state."""
    return look.join((look.anchor(name, address(name)) for name in names), ", ")


def of_rows(refs: list[str], *, plan: str) -> dict[str, list[str]]:
    """Return the names of the evidence that rows of the record rest on, as this reader may see."""
    asked = [Ref(area, int(seq)) for area, _dash, seq in (ref.rpartition("-") for ref in refs)]
    with visit.read() as session:
        found = evidence.of_rows(session, visit.who(), asked, plan=plan)
    return {str(ref): names for ref, names in found.items()}


def show(ref: str, *, plan: str) -> None:
    """Show the evidence of the library that a figure rests on; nothing where there is none."""
    names = of_rows([ref], plan=plan)[ref]
    if names:
        st.html(look.facts([(_("Evidence of the library"), links(names))]))


def library(plan: str, area: str) -> pd.DataFrame:
    """Return the library of an area as the reader may see it."""
    with visit.read() as session:
        return evidence.library(session, visit.who(), area, plan=plan, today=visit.now().date())


def draw(found: Picture, area: str) -> None:
    """Show the library, and let those who report for the area keep it up."""
    plan = found.plan.plan
    table = library(plan, area)
    st.html(_listed(table))
    place = found.plan.areas.set_index("area").loc[area]
    if not _may_keep(plan, area):
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("Add to the library"))
        _add(plan, area)
    with right:
        st.subheader(_("Keep a piece up to date"))
        if table.empty:
            st.html(look.empty(_("{area} has no evidence yet.").format(area=place["name"])))
        else:
            _maintain(plan, area, table)


def _may_keep(plan: str, area: str) -> bool:
    with visit.read() as session:
        place: Any = lookup.area(session, area)
    return access.allows(visit.who(), "submit", plan=plan, area=place.id)


def _listed(table: pd.DataFrame) -> look.Html:
    if table.empty:
        return look.empty(
            _("There is no evidence that you may see."),
            _("The public sees what is public and what an accepted figure rests on."),
        )
    rows = [
        (
            look.anchor(row["name"], address(row["name"])),
            row["title"],
            _kind(row),
            look.tag(_("Public")) if row["is_public"] else look.tag(_("Restricted"), "warn"),
            _expiry(row),
            number(row["uses"]),
            number(row["revision"]),
            date(row["recorded_at"]),
        )
        for row in table.to_dict("records")
    ]
    heads = [
        *(_("Piece"), _("Title"), _("Kind"), _("Who sees it"), _("Holds until")),
        *(_("Figures that rest on it"), _("State"), _("Since")),
    ]
    title = plural("{n} piece of evidence", "{n} pieces of evidence", len(table))
    return look.table(title, heads, rows, numeric={5, 6})


def _kind(row: Mapping[Any, Any]) -> str:
    if row["address"]:
        return _("Link")
    size = number(row["size"] / 1024, 0)
    return _("{name}, {size} kB").format(name=row["file_name"], size=size)


def _expiry(row: Mapping[Any, Any]) -> look.Html | str:
    if row["is_expired"]:
        return look.tag(_("Expired on {day}").format(day=date(row["expires"])), "warn")
    return date(row["expires"])


def _given(key: str) -> File | str | None:
    """Let somebody give a file or a link, and return it; none where it was refused."""
    link = st.text_input(_("Link"), key=f"{key}_link", placeholder=ADDRESS)
    given = st.file_uploader(
        _("Or a file: PDF, picture, plain text, or a document without macros"),
        key=f"{key}_file",
        max_upload_size=evidence.LARGEST // 1024 // 1024,
    )
    if given is None:
        return link
    try:
        return evidence.keep(stores.store(visit.settings()), given.name, given.getvalue())
    except BadInput as refusal:
        for fault in refusal.faults:
            st.error(_(str(fault)), icon=":material/error:")
        return None


def _fields(
    key: str, *, title: str = "", is_public: bool = False, expires: Day | None = None
) -> Any:
    said = st.text_input(_("Title"), title, key=f"{key}_title", max_chars=300)
    opened = st.toggle(
        _("Public"),
        is_public,
        key=f"{key}_public",
        help=_("Seen by all once an accepted figure rests on it; else by those who work on it."),
    )
    until = st.date_input(_("Holds until"), expires, key=f"{key}_until")
    return {"title": said, "is_public": opened, "expires": until}


def _add(plan: str, area: str) -> None:
    token = visit.token(f"evidence_{area}")
    fields = _fields(f"evidence_{token}")
    content = _given(f"evidence_{token}")
    if not st.button(_("Add"), type="primary", key=f"add_{token}") or content is None:
        return
    who, now = visit.who(), visit.now()
    outcome = visit.write(
        lambda session: evidence.add(
            session, who, area, fields, content, plan=plan, token=token, now=now
        ),
        token=token,
    )
    _told(outcome, _("Added to the library."))


def _told(outcome: visit.Outcome[Any], said: str) -> None:
    if not outcome.is_done:
        st.error(outcome.message, icon=":material/error:")
        return
    st.toast(said)
    st.rerun()


def _maintain(plan: str, area: str, table: pd.DataFrame) -> None:
    titles = dict(zip(table["name"], table["title"], strict=True))
    name = widgets.choose(
        _("Piece"), list(titles), name="piece", show=lambda one: f"{one}  {titles[one]}"
    )
    rows: dict[str, dict[Any, Any]] = {one["name"]: one for one in table.to_dict("records")}
    row = rows[name or table["name"].iloc[0]]
    number_, token = int(row["number"]), visit.token(f"evidence_{area}_{name}")
    who, now = visit.who(), visit.now()
    _uses(plan, area, number_)
    with st.expander(_("Title, who sees it, until when"), key=f"describe_{token}"):
        fields = _fields(
            f"describe_{token}",
            title=row["title"],
            is_public=bool(row["is_public"]),
            expires=row["expires"],
        )
        if st.button(_("Change"), key=f"change_{token}"):
            outcome = visit.write(
                lambda session: evidence.describe(
                    session, who, area, number_, fields, plan=plan, now=now
                ),
                token=token,
            )
            _told(outcome, _("Changed."))
    with st.expander(_("A newer state; the older ones stay readable"), key=f"revise_{token}"):
        content = _given(f"revise_{token}")
        if st.button(_("Add this state"), key=f"state_{token}") and content is not None:
            revised = visit.write(
                lambda session: evidence.revise(
                    session, who, area, number_, content, plan=plan, now=now
                ),
                token=token,
            )
            _told(revised, _("Added; what rests on the older state says so."))
    with st.expander(_("Retire it: offered no more, kept where it is used"), key=f"end_{token}"):
        if st.button(_("Retire"), key=f"retire_{token}"):
            outcome = visit.write(
                lambda session: evidence.retire(session, who, area, number_, plan=plan, now=now),
                token=token,
            )
            _told(outcome, _("Retired."))


def _uses(plan: str, area: str, number_: int) -> None:
    with visit.read() as session:
        table = evidence.uses(session, visit.who(), area, number_, plan=plan)
    if table.empty:
        st.caption(_("No figure rests on it yet."))
        return
    rows = [
        (row["ref"], row["about"], row["period"] or "–", number(row["revision"]))
        for row in table.to_dict("records")
    ]
    heads = [_("Number"), _("Indicator or measure"), _("Period"), _("State")]
    st.html(look.table(_("What rests on it"), heads, rows, numeric={3}))
