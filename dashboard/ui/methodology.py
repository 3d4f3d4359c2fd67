"""What the page of methods shows."""

from functools import lru_cache
from pathlib import Path
from typing import Final

import streamlit as st

from dashboard import progress
from dashboard.i18n import _, number, plural
from dashboard.i18n.labels import word
from dashboard.services.texts import PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import cached, look, widgets

METHOD: Final = Path(progress.__file__).with_name("METHOD.md")


@lru_cache
def method() -> str:
    """Return the public account of the methods, one level of headings down."""
    lines = METHOD.read_text("utf-8").splitlines()
    return "\n".join(f"#{line}" if line.startswith("#") else line for line in lines)


def statuses() -> list[str]:
    """Return the statuses of the default method, in their order."""
    return [
        *("target_met", "on_track", "moderate", "limited", "stagnant", "deteriorating"),
        *("missed", "lost", "in_progress", "not_started", "insufficient_data", "no_data"),
        "context_only",
    ]


def sensitivity(found: Picture) -> None:
    """Show the series whose verdict another method or a small change would turn."""
    table = cached.kept(
        "sensitivity", lambda: progress.sensitivity(found.plan, year=found.year), *found.key
    )
    said = plural(
        "{n} of {{of}} series has a verdict that depends on the method.",
        "{n} of {{of}} series have a verdict that depends on the method.",
        len(table),
    ).format(of=number(len(found.progress)))
    st.markdown(said)
    st.caption(
        _(
            "Each is tried by linear pace, Eurostat's growth, the SDSN arrow, ESCAP's anticipated "
            "progress and the Theil-Sen pace, with another base year, without its newest value, "
            "and as its complement. Agreement is the share of trials that agree."
        )
    )
    named = table.assign(name=table["area"].map(found.names))
    st.dataframe(named, hide_index=True, key="sensitivity_table", placeholder="–")
    widgets.offer(named, title=said, found=found, key="sensitivity")


def sources(words: PlanTexts) -> look.Html:
    """Return what was read while the content was compiled."""
    rows = [
        (entry["id"], entry["what"], entry["used_for"]) for entry in words.about.get("sources", [])
    ]
    if not rows:
        return look.empty(_("No sources are listed."))
    heads = [_("Code"), _("What was read"), _("Used for")]
    return look.table(_("Sources read for the content"), heads, rows)


def confidence(words: PlanTexts) -> look.Html:
    """Return what the words for confidence mean."""
    vocabulary = words.about.get("vocabulary", {})
    rows = [
        (word(list_, name), meaning)
        for list_ in ("content_basis", "para_confidence")
        for name, meaning in vocabulary.get(list_, {}).items()
    ]
    if not rows:
        return look.Html("")
    heads = [_("Word"), _("Meaning")]
    return look.table(_("How sure the content is"), heads, rows)
