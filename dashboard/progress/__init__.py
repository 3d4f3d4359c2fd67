"""The arithmetic of progress, told to the public in METHOD.md. Frames in, frames out."""

from dashboard.progress.aggregation import aggregate, matched
from dashboard.progress.assessment import measure
from dashboard.progress.distribution import rollup
from dashboard.progress.reasons import Explanation, Sentence, explain
from dashboard.progress.words import FLAGS, LABELS, N_, STATUSES

__all__ = [
    "FLAGS",
    "LABELS",
    "N_",
    "STATUSES",
    "Explanation",
    "Sentence",
    "aggregate",
    "explain",
    "matched",
    "measure",
    "rollup",
]
