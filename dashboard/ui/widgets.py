"""What pages share: choosing a plan, an area, an indicator; showing a chart; offering a file.

A choice stands in the address of the page, under the plan's own codes, so that the address
restores the view in any language, and the browser's Back button steps through choices.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import charts, progress
from dashboard.charts import Look
from dashboard.charts.theme import NARROW
from dashboard.exchange import FORMATS
from dashboard.exchange.about import Meta
from dashboard.i18n import _, instant, number, plural
from dashboard.i18n import date as day
from dashboard.services import reads
from dashboard.services.views import Picture
from dashboard.ui import cached, frame, look, twin, visit, ways
from dashboard.ui.frame import around as framed
from dashboard.ui.frame import show_trail
from dashboard.ui.ways import Crumb, address, go_to, link
from models import FOREVER

__all__ = ["Crumb", "address", "framed", "go_to", "link", "show_trail"]  # told in `ways`, `frame`

AREA: Final = "area"
INDICATOR: Final = "indicator"
ASSESSING: Final = ("cagr", "escap", "sdsn", "oecd", "level_trend")
"""Methods that can take the place of the default: they give every series a verdict."""
HALF: Final = 400
"""Pixels a drawing may count on in one of two columns."""


def choose(
    label: str,
    options: Sequence[str],
    *,
    name: str,
    show: Callable[[str], str] = str,
    index: int | None = 0,
    place: Any = None,
    placeholder: str | None = None,
) -> str | None:
    """Let the visitor choose one of some codes, and keep the choice in the address."""
    key = f"choose_{name}"
    given = st.query_params.get(name)
    if given in options and st.session_state.get(key) != given:
        st.session_state[key] = given
    elif st.session_state.get(key) not in options:
        st.session_state.pop(key, None)
    if _went_back(name):
        st.session_state[key] = None if index is None or not options else options[index]

    def remember() -> None:
        picked = st.session_state.get(key)
        if picked is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = picked

    picked: str | None = (place or st).selectbox(
        label,
        options,
        index=index,
        format_func=show,
        key=key,
        on_change=remember,
        placeholder=placeholder or _("Choose"),
    )
    if picked is not None and (name not in ways.KEPT or picked != options[0]):
        frame.note(name, picked)
    return picked


def _went_back(name: str) -> bool:
    """Return whether the address of this page held a choice a moment ago and holds it no more.

    That is what the Back button leaves behind: the list must follow the address.
    """
    seen = f"seen_{name}"
    before = st.session_state.get(seen)
    here = (urlsplit(st.context.url or "").path, st.query_params.get(name))
    st.session_state[seen] = here
    return before is not None and before[0] == here[0] and bool(before[1]) and not here[1]


def pick_plan() -> str:
    """Return the plan to show: the one in the address, or the first that was installed."""
    names = cached.plan_names()
    if not names:
        st.info(_("No plan is installed yet. An administrator starts with: headway init"))
        st.stop()
    if len(names) == 1:
        return next(iter(names))
    picked = choose(
        _("Plan"), list(names), name=ways.PLAN, show=lambda code: names[code], place=frame.place()
    )
    return picked or next(iter(names))


def pick_moment() -> datetime | None:
    """Return the moment to read the record as of: the one in the address, or none for now.

    The address names a day, which means its end, or a moment, which the list shows as its day.
    """
    today = visit.now().date()
    given = _given_moment()
    key = "choose_as_of"
    if given is not None and st.session_state.get(key) != given.date():
        st.session_state[key] = given.date()
    if _went_back(ways.AS_OF):
        st.session_state[key] = None

    def remember() -> None:
        picked = st.session_state.get(key)
        if picked is None or picked >= today:
            st.query_params.pop(ways.AS_OF, None)
        else:
            st.query_params[ways.AS_OF] = picked.isoformat()

    picked = frame.place().date_input(
        _("As known on"),
        value=None,
        min_value=date(2010, 1, 1),
        max_value=today,
        key=key,
        on_change=remember,
        help=_("Reads every page as it would have looked at the end of that day."),
    )
    if given is not None:
        return given
    return reads.end_of(picked) if isinstance(picked, date) and picked < today else None


def _given_moment() -> datetime | None:
    """Return the moment in the address; none where it says none, or one that is not yet over."""
    given = st.query_params.get(ways.AS_OF, "")
    if not given:
        return None
    try:
        found = (
            reads.end_of(date.fromisoformat(given))
            if len(given) == len("2026-03-01")
            else datetime.fromisoformat(given).astimezone(UTC)
        )
    except (ValueError, OverflowError):
        said = _("The address asks for {moment}, which is neither a day nor a moment.")
        st.warning(said.format(moment=given))
        return None
    return found if found <= visit.now() else None


def open_picture(
    title: str, *, kicker: str = "", lede: str = "", trail: Sequence[Crumb] = ()
) -> Picture:
    """Begin a page: choose plan and moment, show its head and what must be said about the data.

    `trail` are the steps that lead here; where they are known only later, see `show_trail`.
    """
    plan, moment, method = pick_plan(), pick_moment(), pick_method()
    found = cached.picture(plan, moment, method)
    frame.head(title, found, trail)
    if moment is not None:
        frame.moment_banner(moment, illustrative=found.plan.stamp.is_illustrative)
    told = [look.heading(title, kicker=kicker or found.plan.title, lede=lede)]
    if found.plan.stamp.is_illustrative and moment is None:
        told.append(look.illustrative_banner())
    if method != progress.DEFAULT:
        told.append(look.notice(cached.kept("changed", lambda: changed(found), *found.key)))
    st.html(look.stack(told))
    return found


def pick_method() -> str:
    """Return the method to assess by: the one in the address, or the default."""
    titles = {progress.DEFAULT: _("Share and pace (default)")} | {
        f"{preset.method}:{preset.name}": _(preset.title)
        for preset in progress.PRESETS
        if preset.method in ASSESSING
    }
    picked = choose(
        _("Method"),
        list(titles),
        name=ways.METHOD,
        show=lambda code: titles[code],
        place=frame.place(),
    )
    return picked or progress.DEFAULT


def changed(found: Picture) -> str:
    """Return how many verdicts are others than by the default method."""
    moment = found.plan.stamp.as_of
    usual = cached.picture(found.plan.plan, None if moment == FOREVER else moment)
    both = found.progress.merge(
        usual.progress[["area", "indicator", "status"]],
        on=["area", "indicator"],
        suffixes=("", "_usual"),
    )
    others = int((both["status"] != both["status_usual"]).sum())
    said = plural(
        "Assessed by another method than the default: {n} of {{of}} series has another status.",
        "Assessed by another method than the default: {n} of {{of}} series have another status.",
        others,
    )
    return said.format(of=number(len(both)))


def pick_area(
    found: Picture, areas: Sequence[str], label: str, *, index: int | None = 0, name: str = AREA
) -> str | None:
    """Let the visitor choose an area by its name."""
    names = found.names
    return choose(
        label, list(areas), name=name, show=lambda code: names.get(code, code), index=index
    )


def pick_indicator(found: Picture, codes: Sequence[str] | None = None) -> str:
    """Let the visitor choose an indicator by code and name."""
    names = found.indicators
    offered = list(names if codes is None else codes)
    picked = choose(
        _("Indicator"), offered, name=INDICATOR, show=lambda code: f"{code}  {names[code]}"
    )
    return picked or offered[0]


def section(title: str, *, anchor: str | None = None) -> AbstractContextManager[Any]:
    """Begin a part of a page under its heading; on a phone it is folded until it is opened.

    So a phone shows the essential first, and every other part by its name. What is folded is
    there all the same: it can be printed.
    """
    if look.width(visit.agent()) > NARROW:
        st.header(title, anchor=anchor)
    return folded(title)


def folded(title: str) -> AbstractContextManager[Any]:
    """Fold what follows under a title on a phone; on a wide screen it stands as it is."""
    if look.width(visit.agent()) > NARROW:
        return nullcontext()
    return st.expander(title, key=f"part_{title}")


def as_of(found: Picture) -> datetime:
    """Return the moment a picture is of."""
    moment = found.plan.stamp.as_of
    return visit.now() if moment == FOREVER else moment


def drawn(
    found: Picture,
    title: str,
    *,
    coverage: str,
    note: str,
    source: str = "",
    half: bool = False,
) -> Look:
    """Return the words and the light of a chart: a sentence, its source, its moment, its mark.

    `coverage` comes from `covered` or `reported`; `source` is the plan's record where it is not
    said, and `note` tells how the figures come about. `half` says that it stands in one of two
    columns.
    """
    return Look(
        title=title,
        source=foot(found, coverage=coverage, source=source),
        note=note,
        illustrative=found.plan.stamp.is_illustrative,
        mode=visit.theme(),
        width=min(look.width(visit.agent()), HALF if half else look.WIDE),
    )


def foot(found: Picture, *, coverage: str, source: str = "") -> str:
    """Return what stands under every picture: source, moment and coverage."""
    moment = found.plan.stamp.as_of
    parts = [
        _("Source: {source}.").format(source=(source or found.plan.title).rstrip(".")),
        _("Record as of {moment}.").format(
            moment=day(visit.now()) if moment == FOREVER else instant(moment)
        ),
        coverage,
    ]
    return " ".join(part for part in parts if part)


def covered(n: float, of: float, what: str) -> str:
    """Return how many stand behind a picture and of how many, as in `Coverage: 1 of 4 States.`."""
    said = _("Coverage: {n} of {of} {what}.")
    return said.format(n=number(int(n)), of=number(int(of)), what=what)


def reported(counts: pd.DataFrame) -> str:
    """Return how many of some counted series are reported; columns status and n."""
    silent = int(counts.loc[counts["status"] == "no_data", "n"].sum())
    total = int(counts["n"].sum())
    return covered(total - silent, total, _("series"))


def chart(
    figure: go.Figure,
    rows: pd.DataFrame,
    *,
    key: str,
    alt: str,
    found: Picture,
    how: str,
    labels: Mapping[str, str] | None = None,
    clickable: bool = False,
) -> tuple[str, ...]:
    """Show a chart, its method, its table and its data to download; return what was clicked.

    `rows` are exactly what the figure shows. Table and files are only made once asked for.
    """
    event = st.plotly_chart(
        figure,
        key=key,
        theme=None,
        config=charts.config(f"headway-{key}"),
        alt=alt,
        on_select="rerun" if clickable else "ignore",
        selection_mode="points",
    )
    box = st.expander(_("How it is made, table and data"), key=f"{key}_more", on_change="rerun")
    if box.open:
        with box:
            st.caption(how)
            shown = twin.table(rows, labels)
            st.dataframe(shown, hide_index=True, key=f"{key}_table", alt=alt, placeholder="–")
            offer(rows, title=alt, found=found, key=key)
            st.html(look.images(key))
    return charts.clicked(event if clickable else None)  # type: ignore[arg-type]


def offer(
    rows: pd.DataFrame | Callable[[], pd.DataFrame], *, title: str, found: Picture, key: str
) -> None:
    """Offer exactly these rows as files, each with source, moment and the mark where it is due.

    Where rows take long to find, give what finds them: it is called once a file is asked for.
    """
    meta = Meta(
        title=title,
        source=f"{found.plan.title}, {visit.settings().agency}",
        as_of=as_of(found),
        is_illustrative=found.plan.stamp.is_illustrative,
    )
    row = st.container(horizontal=True, key=f"{key}_files")
    for form in FORMATS.values():
        row.download_button(
            _(form.label),
            data=lambda form=form: form.write(rows() if callable(rows) else rows, meta),  # type: ignore[misc]
            file_name=f"headway-{key}{form.suffix}",
            mime=form.media_type,
            key=f"{key}_{form.suffix}",
            icon=":material/download:",
            on_click="ignore",
        )


def switch(label: str, *, name: str) -> bool:
    """Let the visitor turn something on, and keep it in the address."""
    key = f"switch_{name}"
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get(name) == "yes"
    if _went_back(name):
        st.session_state[key] = False

    def remember() -> None:
        if st.session_state[key]:
            st.query_params[name] = "yes"
        else:
            st.query_params.pop(name, None)

    is_on = bool(st.toggle(label, key=key, on_change=remember))
    if is_on:
        frame.note(name, "yes")
    return is_on


def choose_now(**choices: str) -> None:
    """Make these choices on this page, as if the visitor had made them in the lists."""
    if all(st.query_params.get(name) == code for name, code in choices.items()):
        return
    for name, code in choices.items():
        st.query_params[name] = code
    st.rerun()
