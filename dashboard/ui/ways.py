"""From page to page: links that keep plan, moment and method, the list of pages, the trail.

Every link here is an address that anybody can copy. A small script of ours lets the browser follow
it without loading the dashboard again, the way the Back button takes; without it the link works as
any link does.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from functools import lru_cache
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple
from urllib.parse import urlencode

import streamlit as st

from dashboard.i18n import _
from dashboard.ui import look

PLAN: Final = "plan"
AS_OF: Final = "as_of"
METHOD: Final = "method"
KEPT: Final = (PLAN, AS_OF, METHOD)
"""What stays chosen on the way from page to page."""
FIRST: Final = "overview"
"""The page that opens where the address names none."""
PAGES: Final = Path(__file__).resolve().parents[2] / "pages"


class Crumb(NamedTuple):
    """A step of the way to a page: what it is called, and the page and choices it leads to."""

    label: str
    page: str
    choices: Mapping[str, str] = MappingProxyType({})


class Entry(NamedTuple):
    """A page in the list of pages."""

    page: str
    title: str
    about: str


_pages: dict[Entry, st.Page] = {}


def page(entry: Entry) -> st.Page:
    """Return a page as Streamlit knows it.

    It is made once, which asks the disk, and copied: navigation notes on it that it may run.
    """
    if entry not in _pages:
        _pages[entry] = st.Page(
            PAGES / f"{entry.page}.py",
            title=entry.title,
            url_path="" if entry.page == FIRST else entry.page,
            help=entry.about,
            default=entry.page == FIRST,
        )
    return copy(_pages[entry])


def kept() -> dict[str, str]:
    """Return what the address says of plan, moment and method."""
    return {name: st.query_params[name] for name in KEPT if name in st.query_params}


def address(page: str, **choices: str) -> str:
    """Return the address of another page with these choices, for a link inside a piece of HTML."""
    return _address(page, kept() | choices)


def _address(page: str, choices: Mapping[str, str]) -> str:
    path = "./" if page == FIRST else page
    query = urlencode(choices)
    return f"{path}?{query}" if query else path


def go_to(page: str, **choices: str) -> None:
    """Open another page with these choices, keeping plan, moment and method."""
    st.switch_page(PAGES / f"{page}.py", query_params=kept() | choices)


def link(page: str, label: str, **choices: str) -> None:
    """Show a link to another page with these choices, keeping plan, moment and method."""
    st.html(look.way(label, address(page, **choices)))


def trail(crumbs: Sequence[Crumb], here: str) -> look.Html:
    """Return the way to this page, each step a link."""
    steps = [(crumb.label, address(crumb.page, **crumb.choices)) for crumb in crumbs]
    return look.trail(steps, here)


def show(groups: Mapping[str, Sequence[Entry]], here: str) -> None:
    """Show the list of pages by group, with the one now open marked."""
    listed = tuple((group, tuple(entries)) for group, entries in groups.items() if entries)
    st.html(_listing(listed, here, tuple(kept().items()), _("Pages")))


@lru_cache(maxsize=512)
def _listing(
    groups: tuple[tuple[str, tuple[Entry, ...]], ...],
    here: str,
    kept: tuple[tuple[str, str], ...],
    label: str,
) -> look.Html:
    choices = dict(kept)
    parts = (
        f"<h2>{escape(group)}</h2>"
        f"<ul>{''.join(_listed(entry, here, choices) for entry in entries)}</ul>"
        for group, entries in groups
    )
    return look.Html(
        f'<nav class="hw hw-pages" aria-label="{escape(label)}">{"".join(parts)}</nav>'
    )


def _listed(entry: Entry, here: str, choices: Mapping[str, str]) -> str:
    current = ' aria-current="page"' if entry.page == here else ""
    return (
        f'<li><a href="{escape(_address(entry.page, choices))}" '
        f'title="{escape(entry.about)}"{current}>{escape(entry.title)}</a></li>'
    )
