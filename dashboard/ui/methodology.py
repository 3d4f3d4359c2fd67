"""What the page of methods shows."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from dashboard import progress
from dashboard.i18n import _
from dashboard.services.texts import PlanTexts
from dashboard.ui import look

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
        (name.replace("_", " "), meaning)
        for list_ in ("content_basis", "para_confidence")
        for name, meaning in vocabulary.get(list_, {}).items()
    ]
    if not rows:
        return look.Html("")
    heads = [_("Word"), _("Meaning")]
    return look.table(_("How sure the content is"), heads, rows)
