"""The list of pages: which there are, who sees them, and whose visit this is.

A page of work is listed for those who may do that work. For others its address still leads
somewhere: to a sentence that says why not, and to signing in.
"""

from pathlib import Path
from typing import Final

import streamlit as st

from dashboard.i18n import _
from dashboard.services import access
from dashboard.ui import visit
from models import SignInNeeded

PAGES: Final = Path(__file__).resolve().parent.parent / "pages"
WORK: Final[dict[str, access.Action]] = {
    "entry": "submit",
    "review": "review",
    "administration": "administer",
}

st.set_page_config(page_title="Headway", layout="wide", initial_sidebar_state="auto")
person = visit.begin()
if not visit.may_read():
    visit.refuse(SignInNeeded("Please sign in: this installation is not public."))


def listed(name: str, title: str, icon: str, about: str, *, is_first: bool = False) -> st.Page:
    """Return a page, hidden from those whose work it is not."""
    is_theirs = name not in WORK or access.allows(person, WORK[name])
    return st.Page(
        PAGES / f"{name}.py",
        title=title,
        icon=f":material/{icon}:",
        help=about,
        default=is_first,
        visibility="visible" if is_theirs else "hidden",
    )


reading = [
    listed(
        "overview",
        _("Overview"),
        "dashboard",
        _("Where the plan stands, at a glance."),
        is_first=True,
    ),
    listed("plan", _("Plan"), "account_tree", _("Objectives, measures and who carries them out.")),
    listed("indicator", _("Indicator"), "show_chart", _("One indicator in every area over time.")),
    listed("country", _("Country"), "public", _("One country on every indicator and measure.")),
    listed("snapshots", _("Snapshots"), "inventory_2", _("Frozen copies that can be cited.")),
    listed("methodology", _("Methodology"), "menu_book", _("How every figure is reckoned.")),
]
working = [
    listed("entry", _("Enter data"), "edit_note", _("Send figures and reports to review.")),
    listed("review", _("Review"), "fact_check", _("Accept what was sent, or send it back.")),
    listed("administration", _("Administration"), "settings", _("People, roles and the record.")),
]
page = st.navigation({_("Read"): reading, _("Work"): working}, position="sidebar", expanded=True)
with st.sidebar:
    visit.show_account()
if page.url_path in WORK:
    visit.require(WORK[page.url_path])
st.set_page_config(page_title=f"{page.title} – Headway")
page.run()
