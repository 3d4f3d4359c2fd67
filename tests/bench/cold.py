"""Statuses of every series from the database: a new engine that has read nothing yet.

The demonstration is made once. Each turn opens its database anew, loads the plan, reads its rules
and gives every series its status; the reference is the same panel in bare numpy, already in memory.
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from dashboard import frames
from dashboard.progress import assessment, rules
from dashboard.services import founding, reads
from models import open_database, reading, unit_of_work
from models.migrations import upgrade
from tests.bench.progress import bare, timed
from tests.bench.report import Row

PLAN: Final = "UN-GPA"
GOAL: Final = 8.0


def run() -> list[Row]:
    """Measure the way from the database to the statuses, in CPU milliseconds."""
    with tempfile.TemporaryDirectory(prefix="headway-bench-") as folder:
        address = f"sqlite:///{Path(folder) / 'headway.db'}"
        now = datetime.now(UTC)
        engine = open_database(address)
        upgrade(engine)
        for _name, step in founding.as_demonstration(now=now):
            unit_of_work(engine, step)
        engine.dispose()
        plan = load(address)
        asked = rules.read(plan)
        flat = plan.cube.totals.reshape(-1, len(plan.cube.years))

        def ours() -> object:
            found = load(address)
            return assessment.statuses(found.cube, rules.read(found), now.year)

        taken = timed(ours, lambda: bare(flat, asked, plan.cube.years))
        held = int(np.count_nonzero(~np.isnan(flat).all(axis=1)))
        what = f"database to statuses, cold, {held:,} series reported"
        return [Row(what, taken.ours, taken.reference, "ms", GOAL)]


def load(address: str) -> frames.PlanFrames:
    """Load the plan through an engine that has read nothing."""
    engine = open_database(address)
    with reading(engine) as session:
        found = reads.load(session, PLAN)
    engine.dispose()
    return found
