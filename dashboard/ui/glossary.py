"""The words of the field, group by group, each with an address of its own."""

from html import escape

import streamlit as st

from dashboard.i18n import _
from dashboard.services.glossary import GROUPS, TERMS, Term
from dashboard.ui import look, ways

TERM = "term"


def asked() -> Term | None:
    """Return the term that the address names, if it names one."""
    given = st.query_params.get(TERM, "")
    return next((term for term in TERMS if term.code == given), None)


def one(term: Term) -> look.Html:
    """Return the term somebody came for, before all others."""
    return look.notice(_(term.meaning), title=f"{_(term.word)}:")


def everything() -> look.Html:
    """Return all terms, group by group."""
    parts = []
    for group, title in GROUPS.items():
        terms = "".join(_told(term) for term in TERMS if term.group == group)
        parts.append(f"<h2>{escape(_(title))}</h2><dl>{terms}</dl>")
    return look.Html(f'<div class="hw hw-terms">{"".join(parts)}</div>')


def link(code: str, text: str = "") -> look.Html:
    """Return a word as a link to what it means."""
    term = next(term for term in TERMS if term.code == code)
    return look.anchor(text or _(term.word), ways.address("glossary", term=code))


def _told(term: Term) -> str:
    word = look.chip(term.code) if term.group == "status" else escape(_(term.word))
    return f'<dt id="{escape(term.code)}">{word}</dt><dd>{escape(_(term.meaning))}</dd>'
