"""The list of pages: which there are, who sees them, and whose visit this is.

A page of work is listed for those who may do that work. For others its address still leads
somewhere: to a sentence that says why not, and to signing in.
"""

from typing import Final

import streamlit as st

from dashboard.i18n import _
from dashboard.services import access
from dashboard.ui import search, visit, ways, widgets
from dashboard.ui.ways import Entry
from models import SignInNeeded

UNLISTED: Final = {"value"}
"""Pages that show nothing before something was chosen elsewhere."""
SIGNED_IN: Final = {"audit"}
"""Pages that have something for everybody with an account."""
WORK: Final[dict[str, tuple[access.Action, ...]]] = {
    "tasks": ("submit",),
    "entry": ("submit",),
    "review": ("review",),
    "rounds": ("coordinate",),
    "administration": ("invite", "lift"),
}

person = visit.begin()
if not visit.may_read():
    st.set_page_config(page_title="Headway", layout="wide")
    visit.refuse(SignInNeeded("Please sign in: this installation is not public."))

pages: dict[str, list[Entry]] = {
    _("Read"): [
        Entry("overview", _("Overview"), _("Where the plan stands, at a glance.")),
        Entry("scorecard", _("Scorecard"), _("Every State and region on every objective.")),
        Entry("plan", _("Plan"), _("Objectives, measures and who carries them out.")),
        Entry("measure", _("Measure"), _("One measure: who does what, and how far it is.")),
        Entry("indicator", _("Indicator"), _("One indicator in every area over time.")),
        Entry("country", _("Country"), _("One country on every indicator and measure.")),
        Entry("region", _("Region or group"), _("A region's figures and who is behind them.")),
        Entry("compare", _("Compare"), _("Countries and regions side by side.")),
        Entry("brief", _("Briefing note"), _("One or two pages to take along and read out.")),
        Entry("search", _("Search"), _("Countries, measures, indicators, instruments, terms.")),
    ],
    _("Check and cite"): [
        Entry("value", _("Value"), _("One figure with its source, evidence and history.")),
        Entry("library", _("Evidence"), _("Files and links behind the figures.")),
        Entry("downloads", _("Download centre"), _("Choose figures and take them away.")),
        Entry("snapshots", _("Snapshots"), _("Frozen copies that can be cited.")),
        Entry("methodology", _("Methodology"), _("How every figure is reckoned.")),
        Entry("glossary", _("Glossary"), _("The words used here, in plain words.")),
    ],
    _("Work"): [
        Entry("tasks", _("My tasks"), _("What you owe, by when, and what came back.")),
        Entry("entry", _("Enter data"), _("Send figures and reports to review.")),
        Entry("upload", _("Upload"), _("Send a filled workbook, or any table of figures.")),
        Entry("review", _("Review"), _("Accept what was sent, or send it back.")),
        Entry("rounds", _("Reporting rounds"), _("Who is asked what, and who stands where.")),
        Entry("audit", _("Trail of changes"), _("Who did what, when; and whether it is whole.")),
        Entry("administration", _("Administration"), _("People, roles and the record.")),
    ],
}
page = st.navigation(
    [ways.page(entry) for entries in pages.values() for entry in entries], position="hidden"
)
here = page.url_path or ways.FIRST
st.set_page_config(page_title=f"{page.title} – Headway", layout="wide")
listed = {
    group: [
        entry
        for entry in entries
        if entry.page not in UNLISTED
        and (
            entry.page not in WORK
            or any(access.allows(person, action) for action in WORK[entry.page])
        )
        and (entry.page not in SIGNED_IN or bool(person.person_id))
    ]
    for group, entries in pages.items()
}
with st.sidebar:
    search.beside()
    ways.show(listed, here)
    choices = st.container(key="choices")
    visit.show_account()
if here in WORK:
    visit.require(*WORK[here])
with widgets.framed(choices):
    page.run()
