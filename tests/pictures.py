"""One small example of every picture, for the tests of all of them together."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import charts, frames
from dashboard.charts import (
    bullet,
    coverage,
    dumbbell,
    slices,
    spread,
    status_bar,
    tiles,
    waterfall,
)
from dashboard.progress.aggregation import AGGREGATES

NAN = float("nan")


def table(schema: frames.Schema, *rows: tuple[Any, ...]) -> pd.DataFrame:
    """Return rows as a table of this schema."""
    return frames.check(pd.DataFrame(list(rows), columns=list(schema)), schema)


def series(
    *values: float, area: str = "KEN", name: str = "Kenya", first: int = 2020
) -> pd.DataFrame:
    """Return a series of one area, a value a year."""
    return table(
        slices.SERIES,
        *((area, name, first + place, value, 0) for place, value in enumerate(values)),
    )


def target(
    value: float,
    *,
    year: int = 2030,
    status: str = "proposed",
    interim: bool = False,
    operator: str = ">=",
    upper: float = NAN,
) -> pd.DataFrame:
    """Return one target."""
    return table(frames.TARGETS, ("PT.1.1", "", operator, value, upper, year, status, interim))


AREAS = table(
    frames.AREAS,
    ("KEN", "Kenya", "state", "002", "014", True, 19, 10),
    ("UGA", "Uganda", "state", "002", "014", True, 18, 10),
    ("NRU", "Nauru", "state", "009", "057", True, 28, 9),
    ("VAT", "Holy See", "observer", "150", "039", False, 11, 4),
)
STATUSES = table(tiles.STATUSES, ("KEN", "on_track"), ("NRU", "target_met"), ("VAT", "limited"))
COUNTS = table(
    status_bar.COUNTS, ("Africa", "on_track", 3), ("Africa", "no_data", 5), ("Asia", "missed", 2)
)
BULLETS = table(
    bullet.BULLETS,
    ("Laws", "%", 62.0, 2024.0, 34.0, 80.0, "", 55.0, 0.0, 100.0, "moderate", True),
    ("Complaints", "", 12.0, 2023.0, 30.0, 0.0, "", NAN, 0.0, NAN, "on_track", False),
    ("Victims", "", 480.0, 2021.0, NAN, NAN, "", NAN, 0.0, NAN, "context_only", False),
    ("Mechanism", "%", NAN, NAN, NAN, NAN, "", NAN, 0.0, 100.0, "no_data", False),
)
ROADS = table(
    dumbbell.ROADS,
    ("Kenya", 2010.0, 34.0, 2024.0, 62.0, 80.0, "moderate"),
    ("Uganda", NAN, NAN, 2021.0, 40.0, NAN, "insufficient_data"),
    ("Somalia", 2010.0, 5.0, NAN, NAN, 80.0, "no_data"),
)
STEPS = table(
    waterfall.STEPS,
    ("Third appraisal", 60.5, True),
    ("Milestone", -2.5, False),
    ("Campaigns", 12.0, False),
    ("Appraisal", 70.0, True),
)
VALUES = table(
    spread.VALUES,
    ("KEN", "Kenya", 2024.0, 62.0),
    ("UGA", "Uganda", 2021.0, 40.0),
    ("SOM", "Somalia", NAN, NAN),
)
REPORTING = table(
    coverage.REPORTING,
    ("Africa", "KEN", "Kenya", True),
    ("Africa", "UGA", "Uganda", False),
    ("Oceania", "NRU", "Nauru", True),
)
EVENTS = pd.DataFrame(
    {
        "day": pd.to_datetime(["2021-11-22", "2010-07-30", "2030-12-31"]).astype("datetime64[us]"),
        "said": ["", "", "2030"],
        "label": ["Third appraisal", "Adoption", "Target year"],
        "kind": ["Appraisal", "Meeting", "Milestone"],
    }
)
CELLS = pd.DataFrame(
    {"row": ["KEN", "UGA"], "column": ["1", "2"], "status": ["on_track", "missed"]}
)
ROWS = [("KEN", "Kenya"), ("UGA", "Uganda")]
COLUMNS = [("1", "Prevent"), ("2", "Protect")]
GROUPS = {"002": "Africa"}
REGION = table(
    AGGREGATES,
    ("002", "I", 2020, "median", 0.40, 10, 54, 10 / 54, NAN, NAN, NAN, False, "AGO BEN"),
    ("002", "I", 2021, "median", 0.45, 30, 54, 30 / 54, NAN, NAN, NAN, True, "AGO"),
    ("002", "I", 2022, "median", 0.50, 33, 54, 33 / 54, NAN, NAN, NAN, True, "AGO"),
)

Draw = Callable[..., go.Figure]
LINE = series(30.0, NAN, 40.0)
EVERY: dict[str, tuple[Draw, Callable[[], str]]] = {
    "waterfall": (
        lambda **look: charts.waterfall.draw(STEPS, unit="%", **look),
        lambda: charts.waterfall.alt(STEPS, unit="%"),
    ),
    "bullet": (
        lambda **look: charts.bullet.draw(BULLETS, **look),
        lambda: charts.bullet.alt(BULLETS),
    ),
    "coverage": (
        lambda **look: charts.coverage.draw(REPORTING, **look),
        lambda: charts.coverage.alt(REPORTING),
    ),
    "dumbbell": (
        lambda **look: charts.dumbbell.draw(ROADS, unit="%", **look),
        lambda: charts.dumbbell.alt(ROADS, unit="%"),
    ),
    "matrix": (
        lambda **look: charts.matrix.draw(CELLS, ROWS, COLUMNS, clickable=True, **look),
        lambda: charts.matrix.alt(CELLS, ROWS, COLUMNS),
    ),
    "region_trend": (
        lambda **look: charts.region_trend.draw(
            REGION, GROUPS, targets=target(80.0), minimum=0.5, unit="%", scale=100, **look
        ),
        lambda: charts.region_trend.alt(REGION, GROUPS, unit="%", scale=100),
    ),
    "small_multiples": (
        lambda **look: charts.small_multiples.draw(
            LINE, behind=series(10.0, 20.0, 30.0, name="Africa"), targets=target(80.0), **look
        ),
        lambda: charts.small_multiples.alt(LINE),
    ),
    "spread": (
        lambda **look: charts.spread.draw(VALUES, highlight="KEN", targets=target(80.0), **look),
        lambda: charts.spread.alt(VALUES, highlight="KEN"),
    ),
    "status_bar": (
        lambda **look: charts.status_bar.draw(COUNTS, **look),
        lambda: charts.status_bar.alt(COUNTS),
    ),
    "tiles": (
        lambda **look: charts.tiles.draw(STATUSES, AREAS, **look),
        lambda: charts.tiles.alt(STATUSES, AREAS),
    ),
    "timeline": (
        lambda **look: charts.timeline.draw(EVENTS, today=date(2026, 1, 15), **look),
        lambda: charts.timeline.alt(EVENTS),
    ),
    "trend": (
        lambda **look: charts.trend.draw(
            LINE, targets=target(80.0), base=charts.trend.Base(2020, 30.0), unit="%", **look
        ),
        lambda: charts.trend.alt(LINE, unit="%"),
    ),
    "world": (
        lambda **look: charts.world.draw(STATUSES, AREAS, **look),
        lambda: charts.world.alt(STATUSES, AREAS),
    ),
}
"""Every picture: how to draw the example, and what it says of it."""

EMPTY: dict[str, Draw] = {
    "waterfall": lambda **look: charts.waterfall.draw(frames.empty(waterfall.STEPS), **look),
    "bullet": lambda **look: charts.bullet.draw(frames.empty(bullet.BULLETS), **look),
    "coverage": lambda **look: charts.coverage.draw(frames.empty(coverage.REPORTING), **look),
    "dumbbell": lambda **look: charts.dumbbell.draw(frames.empty(dumbbell.ROADS), **look),
    "matrix": lambda **look: charts.matrix.draw(CELLS, [], [], **look),
    "region_trend": lambda **look: charts.region_trend.draw(
        frames.empty(AGGREGATES), GROUPS, **look
    ),
    "small_multiples": lambda **look: charts.small_multiples.draw(
        frames.empty(slices.SERIES), **look
    ),
    "spread": lambda **look: charts.spread.draw(frames.empty(spread.VALUES), **look),
    "status_bar": lambda **look: charts.status_bar.draw(frames.empty(status_bar.COUNTS), **look),
    "tiles": lambda **look: charts.tiles.draw(STATUSES, frames.empty(frames.AREAS), **look),
    "timeline": lambda **look: charts.timeline.draw(EVENTS[:0], today=date(2026, 1, 15), **look),
    "trend": lambda **look: charts.trend.draw(frames.empty(slices.SERIES), **look),
}
"""Every picture without anything to draw. A map of no statuses is still a map, of silence."""

FULL_STATUSES = pd.Series(
    np.random.default_rng(1).choice(["on_track", "missed", "no_data"], 193), dtype="str"
)
