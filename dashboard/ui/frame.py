"""What surrounds every page: the way to it, its address to share, and the day it is of.

The frame is opened before a page runs and closed after it, so that the address to share names every
choice that was made on the page, those made by default as well.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from dashboard import progress
from dashboard.i18n import _, instant
from dashboard.i18n import date as day
from dashboard.progress import presets
from dashboard.services.views import Picture
from dashboard.ui import look, visit, ways
from models import FOREVER

MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
"""How an address names a moment."""


@dataclass
class _Frame:
    choices: Any  # the place in the sidebar for what the whole page depends on
    chosen: dict[str, str] = field(default_factory=dict)
    title: str = ""
    found: Picture | None = None
    way: Any = None
    box: Any = None


_frame: ContextVar[_Frame | None] = ContextVar("frame", default=None)


@contextmanager
def around(choices: Any) -> Iterator[None]:
    """Let a page run inside its frame; `choices` is the place for plan, moment and method."""
    frame = _Frame(choices)
    _frame.set(frame)
    yield
    if frame.box is not None and frame.box.open and frame.found is not None:
        with frame.box:
            _share(frame, frame.found)


def place() -> Any:
    """Return the place for what the whole page depends on."""
    frame = _frame.get()
    return st.sidebar if frame is None else frame.choices


def note(name: str, picked: str) -> None:
    """Remember a choice for the address to share."""
    frame = _frame.get()
    if frame is not None:
        frame.chosen[name] = picked


def head(title: str, found: Picture, trail: Sequence[ways.Crumb]) -> None:
    """Show the way to the page, and the control to share it."""
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        way = st.empty()
        box = st.popover(
            _("Share"), icon=":material/link:", key="share", type="tertiary", on_change="rerun"
        )
    frame = _frame.get()
    if frame is not None:
        frame.title, frame.found, frame.way, frame.box = title, found, way, box
    way.html(ways.trail(trail, title))


def show_trail(trail: Sequence[ways.Crumb], here: str) -> None:
    """Show the way to the page once the page knows it, and what the page is about."""
    frame = _frame.get()
    if frame is not None and frame.way is not None:
        frame.title = here
        frame.way.html(ways.trail(trail, here))


def moment_banner(moment: datetime, *, illustrative: bool) -> None:
    """Say on the page that it is of another day, and how to come back to today.

    One line also says that the data are generated: two banners would push the picture off screen.
    """
    now = {name: word for name, word in st.query_params.items() if name != ways.AS_OF}
    later = _("Later reports are not shown.")
    mark = _("Illustrative data: no State reported them.") if illustrative else ""
    st.html(
        look.past(
            _("As known on {day}").format(day=_when(moment)),
            f"{later} {mark}".strip(),
            look.anchor(_("Back to today"), f"?{urlencode(now)}"),
        )
    )


def _when(moment: datetime) -> str:
    last = moment.astimezone(UTC)
    return day(last) if (last.hour, last.minute) == (23, 59) else instant(last)


def _share(frame: _Frame, found: Picture) -> None:
    """Show the address of this view, the same pinned to this moment, and how to cite it."""
    moment = found.plan.stamp.as_of
    known = visit.now() if moment == FOREVER else moment
    live = _address(frame)
    pinned = live
    st.markdown(f"**{_('Address of this view')}**")
    st.code(live, language=None, wrap_lines=True)
    st.caption(_("It opens the same choices, with the figures known when it is opened."))
    if moment == FOREVER:
        pinned = _address(frame, as_of=known.astimezone(UTC).strftime(MOMENT))
        st.markdown(f"**{_('The same, pinned to this moment')}**")
        st.code(pinned, language=None, wrap_lines=True)
        st.caption(_("It will always show what is known now, whatever is reported later."))
    st.markdown(f"**{_('Cite this view')}**")
    st.code(_citation(frame, found, known, pinned), language=None, wrap_lines=True)


def _address(frame: _Frame, **more: str) -> str:
    here = urlsplit(st.context.url or "")
    query = urlencode({**st.query_params.to_dict(), **frame.chosen, **more})
    return urlunsplit((here.scheme, here.netloc, here.path or "/", query, ""))


def _citation(frame: _Frame, found: Picture, known: datetime, address: str) -> str:
    """Return the citation of a view: who publishes what, as known when, by which rule, where."""
    preset = presets.find(found.method, found.preset)
    said = _(
        "{publisher}: {title}. {plan}. Record as of {moment}, assessed in {year} by the method "
        "“{method}” (version {version}). {address}"
    ).format(
        publisher=visit.settings().agency,
        title=frame.title,
        plan=found.plan.title,
        moment=instant(known),
        year=str(found.year),
        method=_(preset.title),
        version=f"{preset.method}:{preset.name}, {progress.ENGINE_VERSION}",
        address=address,
    )
    if not found.plan.stamp.is_illustrative:
        return said
    return f"{said} [{_('Illustrative data: not for quotation.')}]"
