"""Statuses of every series from the database: a new engine that has read nothing yet.

The record holds 193 States x 70 indicators x 17 years. Each turn opens its database anew, loads the
plan, reads its rules and gives every series its status; the reference is the same panel in bare
numpy, already in memory.
"""

import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from dashboard import frames
from dashboard.progress import assessment, rules
from dashboard.services import reads
from models import open_database, reading
from tests.bench import stock
from tests.bench.progress import NOW, bare, timed
from tests.bench.report import Row

GOAL: Final = 8.0


def run() -> list[Row]:
    """Measure the way from the database to the statuses, in CPU milliseconds."""
    with tempfile.TemporaryDirectory(prefix="headway-bench-") as folder:
        address = f"sqlite:///{stock.panel(Path(folder)) / 'headway.db'}"
        plan = load(address)
        told = ~np.isnan(plan.cube.totals).all(axis=2).ravel()  # groups of States report nothing
        asked = rules.read(plan).pick(told)
        flat = plan.cube.totals.reshape(-1, len(plan.cube.years))[told]

        def ours() -> object:
            found = load(address)
            return assessment.statuses(found.cube, rules.read(found), NOW)

        taken = timed(ours, lambda: bare(flat, asked, plan.cube.years))
        what = f"database to statuses, cold, {len(flat):,} series reported"
        return [Row(what, taken.ours, taken.reference, "ms", GOAL)]


def load(address: str) -> frames.PlanFrames:
    """Load the plan through an engine that has read nothing."""
    engine = open_database(address)
    with reading(engine) as session:
        found = reads.load(session, stock.PLAN)
    engine.dispose()
    return found
