"""The arithmetic of progress, told to the public in METHOD.md. Frames in, frames out."""

from dashboard.progress.assessment import measure
from dashboard.progress.words import FLAGS, LABELS, N_, STATUSES

__all__ = ["FLAGS", "LABELS", "N_", "STATUSES", "measure"]
