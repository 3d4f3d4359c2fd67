"""Pictures: each module draws one, from a table to a Plotly figure.

A module has `draw` (the figure), `alt` (one sentence that says what the figure shows, for readers
who do not see it) and, where a title can be made from the data, `sentence`. Every `draw` takes its
words ready for the reader and the `theme.Look`: title, source, note, light or dark, and whether
the data are illustrative. Show a figure with `theme=None` and `config=charts.CONFIG`.
"""

from collections.abc import Mapping
from typing import Any

from dashboard.charts import (
    bullet,
    coverage,
    dumbbell,
    matrix,
    palette,
    region_trend,
    slices,
    small_multiples,
    spread,
    status_bar,
    theme,
    tiles,
    timeline,
    trend,
    waterfall,
    world,
)
from dashboard.charts.theme import CONFIG, Look

__all__ = [
    "CONFIG",
    "Look",
    "bullet",
    "clicked",
    "config",
    "coverage",
    "dumbbell",
    "matrix",
    "palette",
    "region_trend",
    "slices",
    "small_multiples",
    "spread",
    "status_bar",
    "theme",
    "tiles",
    "timeline",
    "trend",
    "waterfall",
    "world",
]


def config(file: str) -> dict[str, Any]:
    """Return the settings a page hands to Plotly, with the name of the image to download."""
    image = CONFIG["toImageButtonOptions"] | {"filename": file}
    return CONFIG | {"toImageButtonOptions": image}


def clicked(event: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the codes of the mark last clicked: `("KEN",)` or `("KEN", "PT.4.1")`, else `()`.

    `event` is what the page gets back from a chart with selections. In a matrix both items are
    codes; in maps, spreads and coverage the first is the area's code and the rest is for the eye.
    """
    points = ((event or {}).get("selection") or {}).get("points") or []
    if not points:
        return ()
    codes = points[-1].get("customdata") or []
    return (str(codes),) if isinstance(codes, str) else tuple(str(code) for code in codes)
