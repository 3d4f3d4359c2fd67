"""What the download centre shows: the choices, the first rows, and the files to take away."""

from collections.abc import Callable, Sequence
from datetime import UTC
from html import escape
from typing import Final
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard.i18n import _, breakdowns, plural
from dashboard.progress.words import N_
from dashboard.services import downloads, regions
from dashboard.services.downloads import FORMS, Choice
from dashboard.services.views import Picture
from dashboard.ui import cached, frame, look, visit, widgets
from models import FOREVER, AreaKind, HeadwayError

SHOWN: Final = 8
"""Rows of the preview."""
WHAT: Final = {
    "observations": N_("Reported figures"),
    "progress": N_("Statuses of each series"),
    "aggregates": N_("Figures of regions and groups"),
}
ABOUT: Final = {
    "csv": N_("For programs: one row a figure, never altered"),
    "excel": N_("Opens by a double click; text that could run as a formula is made harmless"),
    "xlsx": N_("A workbook with a sheet that tells how to read it"),
    "json": N_("For programs on the web"),
    "parquet": N_("For data science: small, fast and typed"),
    "sdmx-csv": N_("For statistical offices, as a table"),
    "sdmx-ml-2.1": N_("For statistical offices, the version that most software reads"),
    "sdmx-ml-3.0": N_("For statistical offices, the newest version"),
    "sdmx-json": N_("For statistical offices, on the web"),
    "iati": N_("For aid transparency: an activity for each area, with results"),
}
"""What each form is for."""


def pick(found: Picture) -> Choice:
    """Let the visitor choose what they need, and keep it in the address."""
    texts = found.plan.indicators
    names = dict(zip(texts["indicator"], texts["name"], strict=True))
    what = widgets.choose(_("What"), list(WHAT), name="what", show=lambda code: _(WHAT[code]))
    first, second = st.columns(2)
    with first:
        indicators = _several(
            _("Indicators"),
            list(names),
            name="indicators",
            show=lambda code: f"{code}  {names[code]}",
            all_of=_("All indicators"),
        )
        areas = _areas(found)
    with second:
        groups = _several(
            _("Members of groups and regions"),
            cached.kept("groups offered", lambda: regions.offered(found), *found.key),
            name="groups",
            show=lambda code: found.names.get(code, code),
            all_of=_("Any"),
        )
        by, with_history = _details(found) if what == "observations" else ((), False)
    moment = found.plan.stamp.as_of
    return Choice(
        plan=found.plan.plan,
        what=what or "observations",
        areas=areas,
        groups=groups,
        indicators=indicators,
        by=by,
        years=_years(found),
        with_history=with_history,
        as_of=None if moment == FOREVER else moment,
    )


def _areas(found: Picture) -> tuple[str, ...]:
    areas = found.plan.areas
    kinds = [AreaKind.STATE.value, AreaKind.OBSERVER.value]
    listed = [str(code) for code in areas.loc[areas["kind"].isin(kinds), "area"]]
    others = [str(code) for code in areas["area"] if code not in set(listed)]
    return _several(
        _("Countries and areas"),
        [*listed, *others],
        name="areas",
        show=lambda code: found.names.get(code, code),
        all_of=_("All countries and areas"),
    )


def _details(found: Picture) -> tuple[tuple[str, ...], bool]:
    words = cached.words(found.plan.plan)
    known = [code for code in words.dimensions if code in breakdowns.DIMENSIONS]
    by = _several(
        _("Disaggregation"),
        [downloads.NONE, *known],
        name="by",
        show=lambda code: (
            _("Totals alone") if code == downloads.NONE else _(breakdowns.DIMENSIONS[code])
        ),
        all_of=_("Every breakdown"),
    )
    with_history = widgets.switch(_("With every earlier figure"), name="history")
    return by, with_history


def _years(found: Picture) -> tuple[int, int] | None:
    every = [str(year) for year in found.plan.cube.years]
    first, second = st.columns(2)
    with first:
        start = widgets.choose(
            _("From year"), every, name="from", index=None, placeholder=_("The first")
        )
    with second:
        end = widgets.choose(
            _("To year"), every[::-1], name="to", index=None, placeholder=_("The last")
        )
    if start is None and end is None:
        return None
    years = int(start or every[0]), int(end or every[-1])
    if years[0] > years[1]:
        st.warning(_("The first year is after the last: the two were exchanged."))
    return min(years), max(years)


def _several(
    label: str,
    options: Sequence[str],
    *,
    name: str,
    show: Callable[[str], str],
    all_of: str,
) -> tuple[str, ...]:
    """Let the visitor choose some of many, and keep them in the address; none means all."""
    key, seen = f"several_{name}", f"seen_several_{name}"
    given = st.query_params.get(name, "")
    known = set(options)
    if key not in st.session_state or st.session_state.get(seen) != given:
        wanted = dict.fromkeys(word.strip() for word in given.split(","))
        st.session_state[key] = [word for word in wanted if word in known]
    st.session_state[seen] = given
    st.session_state[key] = [word for word in st.session_state[key] if word in known]

    def remember() -> None:
        picked = ",".join(st.session_state.get(key) or [])
        if picked:
            st.query_params[name] = picked
        else:
            st.query_params.pop(name, None)
        st.session_state[seen] = picked

    picked: list[str] = st.multiselect(
        label, options, key=key, format_func=show, on_change=remember, placeholder=all_of
    )
    if picked:
        frame.note(name, ",".join(picked))
    return tuple(picked)


def counted(found: Picture, choice: Choice) -> int:
    """Return how many rows a choice makes."""
    del found  # the choice says it all; the picture is what its page is kept by

    def make() -> int:
        with visit.read() as session:
            return downloads.count(session, choice, now=visit.now())

    return cached.kept("download count", make, choice, visit.now().date())


def preview(found: Picture, choice: Choice, rows: int) -> None:
    """Show how many rows there are, and the first of them."""
    if not rows:
        st.html(
            look.empty(
                _("Nothing that was accepted answers to this choice."),
                _("Widen it: fewer words in each list, or another day."),
            )
        )
        return
    said = plural("{n} row, of which the first are:", "{n} rows, of which the first are:", rows)
    st.markdown(f"**{said}**")

    def make() -> pd.DataFrame:
        with visit.read() as session:
            try:
                return downloads.preview(session, choice, now=visit.now(), most=SHOWN)
            except HeadwayError:
                return pd.DataFrame()

    table = cached.kept("download preview", make, choice, visit.now().date())
    filled = table.loc[:, [not table[name].isin(["", None]).all() for name in table]]
    st.dataframe(
        filled,
        hide_index=True,
        key="preview",
        alt=_("The first rows of {title}").format(title=found.plan.title),
        placeholder="–",
    )
    st.caption(_("Columns that are empty in these rows are left out here, but not in the files."))


def files(choice: Choice, rows: int) -> look.Html:
    """Return the files of a choice, each a plain address, and how far the one fetched last is."""
    if not rows:
        return look.Html("")
    items = "".join(_file(choice, form) for form in downloads.offered(choice))
    words = {
        "begun": _("The file is being made …"),
        "going": _("{n} of {of} rows sent"),
        "done": _("All {n} rows are sent."),
        "lost": _("The file did not come whole. Please try again."),
    }
    said = " ".join(f'data-{name}="{escape(word)}"' for name, word in words.items())
    return look.Html(
        f'<div class="hw hw-files" data-progress="files" {said}><ul>{items}</ul>'
        '<p class="hw-sent" role="status"><progress hidden '
        f'aria-label="{escape(_("How far the file is"))}"></progress>'
        '<span data-line="yes"></span></p></div>'
    )


def _file(choice: Choice, form: str) -> str:
    return (
        f'<li><a href="{escape(address(choice, form))}" data-download="{form}" download>'
        f'{escape(_(FORMS[form].label))}</a> <span class="hw-muted">{escape(_(ABOUT[form]))}</span>'
        "</li>"
    )


def address(choice: Choice, form: str) -> str:
    """Return the address of a file, below that of the installation."""
    return f"/download/{form}?{urlencode(downloads.words(choice))}"


def elsewhere(choice: Choice) -> None:
    """Say what is in every file, and how else the same can be had."""
    st.caption(
        _(
            "Every file says its source, its moment, its licence (CC BY 4.0) and which figures are "
            "illustrative. Small counts that could point at a person are hidden in all of them."
        )
    )
    with st.expander(_("The same by address or command")):
        st.code(f"{visit.address()}{address(choice, 'csv')}", language=None, wrap_lines=True)
        st.code(command(choice), language=None, wrap_lines=True)
        widgets.link("snapshots", _("Snapshots: frozen copies that can be cited"))


def command(choice: Choice) -> str:
    """Return the command that writes the same file."""
    said = [f"headway export {choice.what} --plan {choice.plan} --format csv"]
    for option, codes in (
        ("area", choice.areas),
        ("group", choice.groups),
        ("indicator", choice.indicators),
        ("by", choice.by),
    ):
        said += [f"--{option} {code}" for code in codes]
    if choice.years is not None:
        said += [f"--from {choice.years[0]} --to {choice.years[1]}"]
    if choice.with_history:
        said.append("--history")
    if choice.as_of is not None:
        said.append(f"--as-of {choice.as_of.astimezone(UTC).isoformat().replace('+00:00', 'Z')}")
    return " ".join([*said, "-o file.csv"])
