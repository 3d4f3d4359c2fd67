"""The list of pages: which there are, who sees them, and whose visit this is."""

from pathlib import Path
from typing import Final

import streamlit as st

from dashboard.i18n import _
from dashboard.services import access
from dashboard.ui import visit
from models import SignInNeeded

PAGES: Final = Path(__file__).resolve().parent.parent / "pages"

st.set_page_config(page_title="Headway", layout="wide", initial_sidebar_state="auto")
person = visit.begin()
if not visit.may_read():
    visit.refuse(SignInNeeded("Please sign in: this installation is not public."))

reading = [
    st.Page(PAGES / "overview.py", title=_("Overview"), icon=":material/dashboard:", default=True),
    st.Page(PAGES / "plan.py", title=_("Plan"), icon=":material/account_tree:"),
    st.Page(PAGES / "indicator.py", title=_("Indicator"), icon=":material/show_chart:"),
    st.Page(PAGES / "country.py", title=_("Country"), icon=":material/public:"),
    st.Page(PAGES / "snapshots.py", title=_("Snapshots"), icon=":material/inventory_2:"),
    st.Page(PAGES / "methodology.py", title=_("Methodology"), icon=":material/menu_book:"),
]
working = {
    "submit": st.Page(PAGES / "entry.py", title=_("Enter data"), icon=":material/edit_note:"),
    "review": st.Page(PAGES / "review.py", title=_("Review"), icon=":material/fact_check:"),
    "administer": st.Page(
        PAGES / "administration.py", title=_("Administration"), icon=":material/settings:"
    ),
}
own = [
    page
    for action, page in working.items()
    if access.allows(person, action)  # type: ignore[arg-type]
]
sections = {_("Read"): reading, _("Work"): own} if own else {_("Read"): reading}
page = st.navigation(sections, position="sidebar", expanded=True)
with st.sidebar:
    visit.show_account()
page.run()
