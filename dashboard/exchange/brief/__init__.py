"""Briefing notes: what one says, and its two forms, a page of HTML and paper as PDF."""

from dashboard.exchange.brief.note import (
    Bar,
    Bars,
    Colours,
    Fact,
    Finding,
    Findings,
    Indicators,
    Note,
    Part,
    Passage,
    Row,
    Scale,
    Verdict,
)

__all__ = [
    "Bar",
    "Bars",
    "Colours",
    "Fact",
    "Finding",
    "Findings",
    "Indicators",
    "Note",
    "Part",
    "Passage",
    "Row",
    "Scale",
    "Verdict",
]
