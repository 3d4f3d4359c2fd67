"""The colours and marks of the house, for light and for dark pages.

One accent. Eight steps of progress run from blue through pale to rust, an order that readers with
any of the common colour deficiencies can follow; and no status is ever told by colour alone: each
has a mark and a word. What is missing is hatched, what is too little to judge is dotted, and a
figure shown for context only has a colour of its own that means neither good nor bad.
"""

from dataclasses import dataclass
from typing import Final, Literal

from dashboard.i18n import _
from dashboard.progress.words import LABELS, N_

Mode = Literal["light", "dark"]
Texture = Literal["", "hatched", "dotted", "hollow"]


@dataclass(frozen=True)
class Tokens:
    """The neutral colours of a page, and the fills of the steps of progress."""

    paper: str  # behind everything
    surface: str  # cards, bands, inputs
    ink: str  # text
    muted: str  # second text, at least 4.5 : 1 on paper and on surface
    axis: str
    grid: str
    accent: str  # links, the one line that matters; at least 4.5 : 1 on paper
    accent_soft: str
    region: str  # what stands behind for comparison
    warning: str  # the mark of illustrative data; at least 4.5 : 1 on paper
    warning_soft: str
    steps: dict[str, str]
    lines: tuple[str, ...]  # several areas in one picture


LIGHT: Final = Tokens(
    paper="#FFFFFF",
    surface="#F3F6F9",
    ink="#14202B",
    muted="#52616F",
    axis="#8794A0",
    grid="#E3E8ED",
    accent="#0B67A9",
    accent_soft="#D9E9F5",
    region="#A6B1BB",
    warning="#8A4B00",
    warning_soft="#FFF1DC",
    steps={
        "met": "#0B4F8A",
        "good": "#3B8FCB",
        "fair": "#A9D2EC",
        "weak": "#F6D98C",
        "flat": "#E3A02C",
        "bad": "#C24E1A",
        "failed": "#732112",
        "context": "#776E80",
        "none": "#FFFFFF",
    },
    lines=("#0B67A9", "#C24E1A", "#2B7A5B", "#7A4E9E", "#9A6B00", "#B03A6B", "#3D6FD1", "#5C6670"),
)
DARK: Final = Tokens(
    paper="#0F1821",
    surface="#182430",
    ink="#E8EEF3",
    muted="#A3B1BD",
    axis="#6B7A87",
    grid="#263440",
    accent="#62B5F0",
    accent_soft="#1D3B54",
    region="#6B7A87",
    warning="#FFC777",
    warning_soft="#3A2C14",
    steps={
        "met": "#A6D8FF",
        "good": "#4A9FDF",
        "fair": "#27597F",
        "weak": "#5E4C22",
        "flat": "#96701F",
        "bad": "#F0854E",
        "failed": "#FFC2A8",
        "context": "#8A8A96",
        "none": "#0F1821",
    },
    lines=("#62B5F0", "#F0854E", "#5CC29A", "#C39BE8", "#E0B44C", "#F08DB4", "#93B3FF", "#A3B1BD"),
)


@dataclass(frozen=True)
class Mark:
    """How a status looks: its step of colour, its sign and its texture."""

    step: str
    sign: str
    texture: Texture = ""


MARKS: Final[dict[str, Mark]] = {
    "target_met": Mark("met", "✓"),
    "on_track": Mark("good", "▲"),
    "moderate": Mark("fair", "△"),
    "limited": Mark("weak", "◔"),
    "stagnant": Mark("flat", "="),
    "deteriorating": Mark("bad", "▼"),
    "missed": Mark("failed", "✕"),
    "lost": Mark("failed", "◁"),
    "in_progress": Mark("fair", "◐"),
    "not_started": Mark("weak", "○"),
    "not_met": Mark("flat", "✗"),
    "regressed": Mark("bad", "↓"),
    "moderate_away": Mark("flat", "▽"),
    "significant_away": Mark("bad", "▼"),
    "stagnant_or_regressing": Mark("bad", "▽"),
    "clear_improvement": Mark("good", "▲"),
    "slight_improvement": Mark("fair", "△"),
    "stable": Mark("weak", "="),
    "slight_worsening": Mark("flat", "▽"),
    "clear_worsening": Mark("bad", "▼"),
    "insufficient_data": Mark("none", "?", "dotted"),
    "no_data": Mark("none", "▨", "hatched"),
    "not_applicable": Mark("none", "◌", "hollow"),
    "context_only": Mark("context", "◇"),
    # How far a measure is carried out, as coordinators say it.
    "planned": Mark("weak", "◍"),
    "under_way": Mark("fair", "◑"),
    "blocked": Mark("bad", "▣"),
    "completed": Mark("met", "●"),
    "discontinued": Mark("failed", "◻"),
    # Where an area stands in a reporting round; what has not begun is "not_started".
    "accepted": Mark("met", "✓"),
    "submitted": Mark("good", "►"),
    "started": Mark("fair", "◔"),
    "returned": Mark("flat", "◄"),
    "late": Mark("bad", "!"),
}
"""Every status, best first within its method; what has no verdict comes after."""

WORDS: Final[dict[str, str]] = LABELS | {
    "planned": N_("Planned"),
    "under_way": N_("Under way"),
    "blocked": N_("Blocked"),
    "completed": N_("Completed"),
    "discontinued": N_("Discontinued"),
    "accepted": N_("Accepted"),
    "submitted": N_("Submitted"),
    "started": N_("Started"),
    "returned": N_("Sent back"),
    "late": N_("Late"),
}
ORDER: Final[tuple[str, ...]] = (
    "target_met",
    "completed",
    "accepted",
    "submitted",
    "on_track",
    "clear_improvement",
    "moderate",
    "slight_improvement",
    "in_progress",
    "under_way",
    "started",
    "limited",
    "stable",
    "planned",
    "not_started",
    "returned",
    "late",
    "stagnant",
    "slight_worsening",
    "moderate_away",
    "not_met",
    "deteriorating",
    "clear_worsening",
    "significant_away",
    "stagnant_or_regressing",
    "regressed",
    "blocked",
    "lost",
    "missed",
    "discontinued",
    "context_only",
    "insufficient_data",
    "not_applicable",
    "no_data",
)
"""The order in which statuses are stacked and listed: from met to missed, then without verdict."""

UNKNOWN: Final = Mark("none", "?", "dotted")


def tokens(mode: Mode) -> Tokens:
    """Return the colours of a light or a dark page."""
    return DARK if mode == "dark" else LIGHT


def mark(status: str) -> Mark:
    """Return how a status looks; one we do not know looks like too few data, never like good."""
    return MARKS.get(status, UNKNOWN)


def word(status: str) -> str:
    """Return a status in the reader's words."""
    return _(WORDS[status]) if status in WORDS else status.replace("_", " ")


def fill(status: str, mode: Mode) -> str:
    """Return the fill of a status as `#RRGGBB`."""
    return tokens(mode).steps[mark(status).step]


def sign_ink(status: str, mode: Mode) -> str:
    """Return the colour, ink or paper, that is easier to read on the fill of a status."""
    return readable_on(fill(status, mode))


def readable_on(colour: str) -> str:
    """Return near-black or white, whichever has the higher contrast on this `#RRGGBB`."""
    dark, light = LIGHT.ink, "#FFFFFF"
    return dark if contrast(colour, dark) >= contrast(colour, light) else light


def luminance(colour: str) -> float:
    """Return the relative luminance of `#RRGGBB`, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def faded(colour: str, opacity: float) -> str:
    """Return `#RRGGBB` with an opacity, as `rgba()`."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def ordered(statuses: list[str]) -> list[str]:
    """Return the different statuses in the order of `ORDER`; unknown ones last."""
    places = {status: place for place, status in enumerate(ORDER)}
    return sorted(set(statuses), key=lambda status: (places.get(status, len(places)), status))
