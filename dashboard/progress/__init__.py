"""The arithmetic of progress, told to the public in METHOD.md. Frames in, frames out."""

from dashboard.progress.aggregation import aggregate, matched
from dashboard.progress.assessment import ASSESSMENTS, measure
from dashboard.progress.disclosure import disclosed
from dashboard.progress.distribution import rollup
from dashboard.progress.explanation import Assessment, Explanation, Input, Sentence, Step
from dashboard.progress.grades import confidence, headline
from dashboard.progress.groups import measure_groups
from dashboard.progress.paths import paths
from dashboard.progress.presets import DEFAULT, ENGINE_VERSION, METHODS, PRESETS, Preset
from dashboard.progress.prospects import outlook
from dashboard.progress.ranking import ranks
from dashboard.progress.reasons import explain
from dashboard.progress.rules import Theory
from dashboard.progress.trials import robustness, sensitivity
from dashboard.progress.update import Change, keep, revise
from dashboard.progress.words import FLAGS, LABELS, N_, STATUSES

__all__ = [
    "ASSESSMENTS",
    "DEFAULT",
    "ENGINE_VERSION",
    "FLAGS",
    "LABELS",
    "METHODS",
    "N_",
    "PRESETS",
    "STATUSES",
    "Assessment",
    "Change",
    "Explanation",
    "Input",
    "Preset",
    "Sentence",
    "Step",
    "Theory",
    "aggregate",
    "confidence",
    "disclosed",
    "explain",
    "headline",
    "keep",
    "matched",
    "measure",
    "measure_groups",
    "outlook",
    "paths",
    "ranks",
    "revise",
    "robustness",
    "rollup",
    "sensitivity",
]
