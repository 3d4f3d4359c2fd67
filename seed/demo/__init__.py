"""Demonstration data: generated, the same every time, and marked as illustrative in every row.

Nothing here was reported by anybody. Levels of States and regions are drawn by lot, so that no
State and no region is shown as anyone thinks it to be. Facts (`seed.facts`) are not generated, and
no series that rests on them is.
"""

from seed.demo.generate import Demo, generate, targets
from seed.demo.people import PEOPLE, DemoPerson
from seed.demo.world import LAST_DAY, YEARS

__all__ = ["LAST_DAY", "PEOPLE", "YEARS", "Demo", "DemoPerson", "generate", "targets"]
