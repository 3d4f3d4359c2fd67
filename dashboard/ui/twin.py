"""The table beside a chart, in words: columns and statuses as people read them.

Files keep the codes; what stands on a page is for reading.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from dashboard.charts import palette
from dashboard.i18n import _
from dashboard.progress.words import N_

COLUMNS: Final = {
    "area": N_("Area code"),
    "bar": N_("Row"),
    "base": N_("Baseline"),
    "base_year": N_("Year of the baseline"),
    "count": N_("Series"),
    "coverage": N_("Coverage"),
    "detail": N_("In words"),
    "ends": N_("Ends"),
    "expected": N_("Expected"),
    "group": N_("Group"),
    "has_reported": N_("Has reported"),
    "high": N_("Highest possible"),
    "indicator": N_("Indicator"),
    "kind": N_("Kind"),
    "label": N_("Label"),
    "low": N_("Lowest possible"),
    "measure": N_("Measure"),
    "median": N_("Median"),
    "n": N_("Number"),
    "name": N_("Name"),
    "objective": N_("Objective"),
    "of": N_("Of"),
    "region": N_("Region"),
    "share": N_("Share of the road"),
    "starts": N_("Begins"),
    "status": N_("Status"),
    "target": N_("Target"),
    "target_year": N_("Year of the target"),
    "title": N_("Title"),
    "unit": N_("Unit"),
    "value": N_("Value"),
    "year": N_("Year"),
}
"""What people call the columns that charts are drawn from."""


def table(rows: pd.DataFrame, labels: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return the rows of a chart for reading; `labels` name columns that mean something else."""
    shown = rows
    if "status" in rows and rows["status"].dtype != "bool":
        words = {code: palette.word(str(code)) for code in rows["status"].dropna().unique()}
        shown = rows.assign(status=rows["status"].map(words))
    names = {name: _(word) for name, word in COLUMNS.items() if name in rows} | dict(labels or {})
    return shown.rename(columns=names)
