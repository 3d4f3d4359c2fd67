"""The words of progress: statuses, flags and what each of them says in plain English.

Arrays carry a status as a small integer, its place in `STATUSES`; frames and people see the word.
Sentences are marked with `N_` so that the catalogue of translations finds them here, and are
translated where they are shown.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.int8]


def N_(text: str) -> str:  # noqa: N802  (the marker's usual name)
    """Return the text as it is; marks it for translation where it is shown."""
    return text


STATUSES: Final[tuple[str, ...]] = (
    "target_met",
    "on_track",
    "moderate",
    "limited",
    "stagnant",
    "deteriorating",
    "missed",
    "lost",
    "in_progress",
    "not_started",
    "not_met",
    "regressed",
    "moderate_away",
    "significant_away",
    "stagnant_or_regressing",
    "clear_improvement",
    "slight_improvement",
    "stable",
    "slight_worsening",
    "clear_worsening",
    "insufficient_data",
    "no_data",
    "not_applicable",
    "context_only",
)
"""Every status in the order in which it is shown: best first, verdicts before missing ones."""

CODE: Final[dict[str, int]] = {word: place for place, word in enumerate(STATUSES)}

WITHOUT_VERDICT: Final = ("insufficient_data", "no_data", "not_applicable", "context_only")
"""Statuses that say nothing about progress and therefore never enter a share."""

LABELS: Final[dict[str, str]] = {
    "target_met": N_("Target met"),
    "on_track": N_("On track"),
    "moderate": N_("Moderate progress"),
    "limited": N_("Limited progress"),
    "stagnant": N_("No change"),
    "deteriorating": N_("Moving away"),
    "missed": N_("Target missed"),
    "lost": N_("Target no longer held"),
    "in_progress": N_("In progress"),
    "not_started": N_("Not started"),
    "not_met": N_("Not met"),
    "regressed": N_("Below the starting level"),
    "moderate_away": N_("Moderate movement away"),
    "significant_away": N_("Significant movement away"),
    "stagnant_or_regressing": N_("Stagnant or regressing"),
    "clear_improvement": N_("Clear improvement"),
    "slight_improvement": N_("Slight improvement"),
    "stable": N_("Stable"),
    "slight_worsening": N_("Slight worsening"),
    "clear_worsening": N_("Clear worsening"),
    "insufficient_data": N_("Too few data to say"),
    "no_data": N_("Not reported"),
    "not_applicable": N_("Not applicable"),
    "context_only": N_("Context only"),
}

FLAGS: Final[dict[str, str]] = {
    "provisional": N_("The latest value is provisional."),
    "estimated": N_("The latest value is an estimate of its source."),
    "stale": N_("The latest value is more than five years old; aggregates count it as missing."),
    "break": N_("The series changed its definition on the way; only the part after counts."),
    "baseline_shifted": N_("There is no value in the baseline year; the value of {year} is used."),
    "censored": N_("A value is only known as a limit, such as <5; both ends were tried."),
    "after_plan": N_("Values after the target year exist and do not change the verdict."),
    "assumed_target": N_("No target is set; that of the best tenth of the peers is used."),
    "no_target": N_("No target is set, so there is no road to measure."),
    "zero_base_substituted": N_("The baseline is zero; 0.001 was put in its place."),
    "zero_target_substituted": N_("The target is zero; 0.001 was put in its place."),
    "logit_fallback": N_("A value stands at 0 or at the full scale; a straight line was used."),
    "theory": N_("The direction rests on a stated theory that ends in {year}."),
}


def codes(words: Sequence[str]) -> Codes:
    """Return the place of each status word in `STATUSES`."""
    return np.array([CODE[word] for word in words], dtype=np.int8)


def spelled(places: npt.NDArray[np.integer], vocabulary: Sequence[str]) -> pd.Series:
    """Return the words at these places of a vocabulary as a column of text."""
    return pd.Series(pd.array(list(vocabulary), dtype="str").take(places))
