"""Find anything while typing: in the sidebar of every page, and on a page of its own."""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import Final

import streamlit as st

from dashboard.i18n import _, number, plural
from dashboard.progress.words import N_
from dashboard.services import glossary, search
from dashboard.services.search import Hit, Index
from dashboard.ui import cached, look, visit, ways

KINDS: Final = {
    "state": N_("Country"),
    "observer": N_("Observer State"),
    "region": N_("Region"),
    "subregion": N_("Region"),
    "world": N_("World"),
    "group": N_("Group of States"),
    "objective": N_("Objective"),
    "measure": N_("Measure"),
    "indicator": N_("Indicator"),
    "instrument": N_("Instrument"),
    "event": N_("Date"),
    "text": N_("Text of the plan"),
    "term": N_("Glossary"),
}
BESIDE: Final = 8
"""Hits that the sidebar has room for."""
MOST: Final = 100
PAUSE: Final = "200ms"
"""How long fingers rest before an answer is made."""


@st.fragment
def beside() -> None:
    """Show the field to search by in the sidebar, and what was found so far."""
    visit.begin()
    _start_afresh_elsewhere()
    asked = st.text_input(
        _("Search"),
        key="search",
        type="search",
        live=PAUSE,
        placeholder=_("Country, measure, word …"),
        icon=":material/search:",
        label_visibility="collapsed",
    )
    if not asked or not asked.strip():
        return
    found = search.find(index(current_plan()), asked, most=MOST)
    st.html(listed(found[:BESIDE], asked, more=len(found)))


def _start_afresh_elsewhere() -> None:
    """Empty the field once somebody has followed a hit to another view."""
    here = visit.here()
    if st.session_state.get("search_at", here) != here:
        st.session_state["search"] = ""
    st.session_state["search_at"] = here


@st.fragment
def whole(plan: str) -> None:
    """Show the field and all that was found, kind by kind; the question stands in the address."""
    visit.begin()
    asked = st.text_input(
        _("What are you looking for?"),
        key="q",
        bind="query-params",
        live=PAUSE,
        placeholder=_("Country, measure, word …"),
        icon=":material/search:",
        help=_(
            "Names in six languages, codes, words of the plan, articles, terms. Accents, capitals "
            "and small slips do not matter."
        ),
    )
    if not asked or not asked.strip():
        st.html(look.empty(_("Type a word, a name or a code."), _("For example: Kenya, KEN, 404.")))
        return
    found = search.find(index(plan), asked, most=MOST)
    if not found:
        st.html(nothing(asked))
        return
    if len(found) == MOST:
        st.caption(_("The best {n} hits.").format(n=number(MOST)))
    else:
        st.caption(plural("{n} hit.", "{n} hits.", len(found)))
    st.html(by_kind(found))


def current_plan() -> str:
    """Return the plan in the address, or the first."""
    names = cached.plan_names()
    given = st.query_params.get(ways.PLAN, "")
    return given if given in names else next(iter(names), "")


def index(plan: str) -> Index:
    """Return what can be found in a plan, made once for this version of the record."""
    return cached.kept("search index", lambda: _built(plan), plan)


def _built(plan: str) -> Index:
    with visit.read() as session:
        entries = search.areas(session)
    told = [*search.plan(cached.words(plan))] if plan else []
    return search.build([*entries, *told, *search.terms(glossary.TERMS, _)])


def listed(hits: Sequence[Hit], asked: str, *, more: int = 0) -> look.Html:
    """Return hits as links, each with what it is; `more` is how many there are in all."""
    if not hits:
        return nothing(asked)
    rest = ""
    if more > len(hits):
        said = _("All {n} hits").format(n=number(more))
        rest = look.way(said, ways.address("search", q=asked.strip()))
    return look.Html(f'<div class="hw hw-hits">{_items(hits, kinds=True)}{rest}</div>')


def by_kind(hits: Sequence[Hit]) -> look.Html:
    """Return hits kind by kind, the kind of the best hit first."""
    order = list(dict.fromkeys(_(KINDS[hit.kind]) for hit in hits))
    ordered = sorted(hits, key=lambda hit: order.index(_(KINDS[hit.kind])))
    parts = [
        f"<h3>{escape(kind)}</h3>{_items(list(group), kinds=False)}"
        for kind, group in groupby(ordered, key=lambda hit: _(KINDS[hit.kind]))
    ]
    return look.Html(f'<div class="hw hw-hits hw-wide">{"".join(parts)}</div>')


def nothing(asked: str) -> look.Html:
    """Return what to say where nothing fits."""
    return look.empty(
        _("Nothing fits {asked}.").format(asked=f"“{asked.strip()}”"),
        _("Try fewer letters, a code such as KEN, or another language."),
    )


def _items(hits: Sequence[Hit], *, kinds: bool) -> str:
    return f"<ul>{''.join(_item(hit, kinds=kinds) for hit in hits)}</ul>"


def _item(hit: Hit, *, kinds: bool) -> str:
    coded = hit.code if hit.kind in {"objective", "measure", "indicator"} else ""
    under = " · ".join(filter(None, (_(KINDS[hit.kind]) if kinds else "", coded, hit.detail)))
    return (
        f'<li><a href="{escape(ways.address(hit.page, **hit.choices))}">{escape(hit.title)}</a>'
        f'<span class="hw-muted">{escape(under)}</span></li>'
    )
