"""The registry of methods and their presets.

A preset is never edited once it has been used: a changed rule is a new entry, so that an old
snapshot is computed again by the rule it names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dashboard.progress.words import N_

ENGINE_VERSION: Final = "1"
"""Grows when the result of any preset could change, which only a mended error may do."""

DEFAULT: Final = "linear"


@dataclass(frozen=True)
class Preset:
    """A method with its parameters fixed, and its own names for its verdicts.

    `labels` are keyed by status, or by the method's own class where it has classes of its own.
    """

    method: str
    name: str
    title: str
    source: str
    labels: Mapping[str, str] = field(default_factory=dict)


_OURS: Final = "Headway"
_ESCAP_LABELS: Final = {
    "will_meet": N_("Will meet the target"),
    "accelerate": N_("Must accelerate"),
    "no_progress": N_("Must turn round"),
}
_SDSN_LABELS: Final = {
    "on_track_or_maintaining": N_("On track or maintaining"),
    "moderately_improving": N_("Moderately improving"),
    "stagnating": N_("Stagnating"),
    "decreasing": N_("Decreasing"),
}
_COUNT_LABELS: Final = {
    "higher": N_("Higher than before"),
    "lower": N_("Lower than before"),
    "no_clear_change": N_("No clear change"),
}
_TREND_LABELS: Final = {
    "rising": N_("Rising"),
    "falling": N_("Falling"),
    "flat": N_("Flat"),
    "uncertain": N_("Uncertain"),
}
_EUROSTAT_LABELS: Final = {
    "on_track": N_("Significant progress"),
    "moderate": N_("Moderate progress"),
    "limited": N_("Insufficient progress"),
    "deteriorating": N_("Movement away"),
    "moderate_away": N_("Moderate movement away"),
    "significant_away": N_("Significant movement away"),
}
_STATCAN_LABELS: Final = {
    "target_met": N_("Target achieved"),
    "on_track": N_("On track"),
    "moderate": N_("Progress made, acceleration needed"),
    "limited": N_("Limited or no progress"),
    "deteriorating": N_("Deterioration"),
}
_UNSD_LABELS: Final = {
    "on_track": N_("On track"),
    "moderate": N_("Fair progress, acceleration needed"),
    "stagnant_or_regressing": N_("Stagnation or regression"),
}
_LIGHT_LABELS: Final = {
    "green": N_("At the target"),
    "yellow": N_("Near the target"),
    "orange": N_("Far from the target"),
    "red": N_("Very far from the target"),
}

PRESETS: Final[tuple[Preset, ...]] = (
    Preset("linear", "v1", N_("Share of the road and pace"), _OURS),
    Preset("cagr", "eurostat", N_("Compound growth, Eurostat"), "Eurostat", _EUROSTAT_LABELS),
    Preset(
        "cagr",
        "statcan",
        N_("Compound growth, Statistics Canada and Open SDG"),
        "Statistics Canada",
        _STATCAN_LABELS,
    ),
    Preset(
        "cagr",
        "unsd2023",
        N_("Expected value, UN Statistics Division 2023"),
        "UN Statistics Division",
        _UNSD_LABELS,
    ),
    Preset("cagr", "istat", N_("Growth without target, ISTAT"), "ISTAT"),
    Preset("escap", "v1", N_("Current status and anticipated progress"), "ESCAP", _ESCAP_LABELS),
    Preset("sdsn", "v1", N_("Score and arrow"), "SDSN", _SDSN_LABELS),
    Preset("oecd", "v1", N_("Distance in standard deviations"), "OECD"),
    Preset("milestone", "v1", N_("Levels and milestones"), _OURS),
    Preset("count_change", "v1", N_("Change of a count"), _OURS, _COUNT_LABELS),
    Preset("level_trend", "v1", N_("Level and trend"), _OURS, _LIGHT_LABELS),
    Preset("trend", "v1", N_("Theil-Sen trend"), _OURS, _TREND_LABELS),
)
"""Every preset; the first of a method is its default."""

METHODS: Final[tuple[str, ...]] = tuple(dict.fromkeys(preset.method for preset in PRESETS))


def find(method: str, name: str | None = None) -> Preset:
    """Return a preset, the method's default where none is named.

    Raises `ValueError` for a method or preset that does not exist.
    """
    for preset in PRESETS:
        if preset.method == method and name in {None, "", preset.name}:
            return preset
    raise ValueError(f"no method of progress is called {method} {name or ''}".rstrip())
