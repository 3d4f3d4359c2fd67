"""Areas against indicators or objectives, one cell each, coloured and signed by status."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import frames
from dashboard.charts import palette, theme
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Look
from dashboard.i18n import _, number

CELLS: Final[frames.Schema] = {"row": "str", "column": "str", "status": "str"}
"""What this picture draws: the status at each crossing; without a row it is not reported."""

SIGNED: Final = 1600
"""Cells up to which each shows its sign; above, the sign is in the key and the hover."""
CLICKABLE: Final = 4000
"""Cells up to which a click can be followed; every one is then a point of its own."""


def draw(
    cells: pd.DataFrame,
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    *,
    clickable: bool = False,
    **look: Unpack[Look],
) -> go.Figure:
    """Draw a cell for every pair of `rows` and `columns`, each given as `(code, shown word)`.

    A click on a clickable matrix gives `customdata = [row code, column code]`; read it with
    `charts.clicked`. Raises `ValueError` where so many cells cannot be made clickable.
    """
    if not rows or not columns:
        return theme.empty(theme.nothing(), **look)
    size = len(rows) * len(columns)
    if clickable and size > CLICKABLE:
        raise ValueError(f"{size} cells are too many to click on; at most {CLICKABLE}")
    colours = theme.tokens(look)
    codes, statuses = _grid(cells, [code for code, _name in rows], [code for code, _n in columns])
    sheet = Sheet()
    # Cells without a report are left clear: the hatching of the whole ground shows through them.
    hatched = statuses.index("no_data")
    if (codes == hatched).any():
        sheet.mark("path", xref="paper", yref="paper", layer="below",
            path=theme.hatch([(0.0, 0.0, 1.0, 1.0)], lines=14, rise=7),
            line={"color": colours.axis, "width": 0.6},
        )  # fmt: skip
    sheet.draw("heatmap", **_cells(codes, statuses, hatched, size <= SIGNED, look))
    if clickable or size <= SIGNED:
        for trace in _points(codes, statuses, rows, columns, clickable=clickable, look=look):
            sheet.draw("scatter", **trace)
    tall = 22 if size <= SIGNED or len(rows) <= 60 else 15
    most = 150 if look.get("width", theme.NARROW) > 500 else 112
    down = [theme.clip(name, most, 12) for _code, name in rows]
    across = [theme.clip(name, most, 11) for _code, name in columns]
    left = int(max(theme.extent(name, 12) for name in down)) + 8
    slanted = any(len(name) > 3 for name in across)
    above = 8 + (int(max(theme.extent(name, 11) for name in across)) if slanted else 12)
    sheet.set(
        xaxis={
            "tickvals": np.arange(len(columns), dtype=np.int16), "ticktext": across,
            "side": "top", "tickangle": -90 if slanted else 0,
            "range": [-0.5, len(columns) - 0.5], "tickfont": {"size": 11, "color": colours.muted},
        },
        yaxis={
            "tickvals": np.arange(len(rows), dtype=np.int16), "ticktext": down,
            "range": [len(rows) - 0.5, -0.5],
        },
    )  # fmt: skip
    room = theme.Room(height=tall * len(rows), left=left, right=0, above=above, below=6)
    shown = [statuses[code] for code in np.unique(codes)]
    key = theme.status_key(shown, look)
    if size > SIGNED and not clickable:
        places = np.unique(codes)
        key = [replace(one, text=f"{n} {one.text}") for n, one in zip(places, key, strict=True)]
    return theme.plain(sheet, room=room, key=key, **look)


def alt(
    cells: pd.DataFrame, rows: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str]]
) -> str:
    """Say in one sentence how large the matrix is and how many cells have each status."""
    codes, statuses = _grid(cells, [code for code, _name in rows], [code for code, _n in columns])
    found = np.bincount(codes.ravel(), minlength=len(statuses))
    parts = ", ".join(
        f"{palette.word(status)} {number(int(n))}"
        for status, n in zip(statuses, found, strict=True)
        if n
    )
    return _("{rows} rows by {columns} columns: {parts}.").format(
        rows=number(len(rows)), columns=number(len(columns)), parts=parts
    )


def _grid(
    cells: pd.DataFrame, rows: Sequence[str], columns: Sequence[str]
) -> tuple["np.typing.NDArray[np.int8]", list[str]]:
    """Return the place of each crossing's status, and the statuses by place."""
    statuses = palette.ordered([*cells["status"].unique(), "no_data"])
    codes = np.full((len(rows), len(columns)), statuses.index("no_data"), dtype=np.int8)
    down = pd.Index(list(rows)).get_indexer(pd.Index(cells["row"]))
    across = pd.Index(list(columns)).get_indexer(pd.Index(cells["column"]))
    place = pd.Index(statuses).get_indexer(pd.Index(cells["status"]))
    inside = (down >= 0) & (across >= 0)
    codes[down[inside], across[inside]] = place[inside]
    return codes, statuses


def _cells(
    codes: Any, statuses: Sequence[str], hatched: int, signed: bool, look: Look
) -> dict[str, Any]:
    mode, colours = look.get("mode", "light"), theme.tokens(look)
    last = max(len(statuses) - 1, 1)
    scale: list[list[Any]] = []
    for place, status in enumerate(statuses):
        # What has no verdict has no colour: not the missing, not what is for context only.
        plain = palette.mark(status).step in {"none", "context"}
        fill = colours.surface if plain else palette.fill(status, mode)
        if place == hatched:
            fill = "rgba(0,0,0,0)"
        edges = (place - 0.5) / last, (place + 0.5) / last
        scale += [[min(max(edge, 0.0), 1.0), fill] for edge in edges]
    trace: dict[str, Any] = {
        "z": codes, "zmin": 0, "zmax": last, "colorscale": scale, "showscale": False,
        "xgap": 1, "ygap": 1, "hoverongaps": False,
        "hovertemplate": "%{y} · %{x}: %{z}<extra></extra>",
    }  # fmt: skip
    if signed:
        signs = np.array([palette.mark(status).sign for status in statuses], dtype=object)
        signs[hatched] = ""
        trace |= {"text": signs[codes], "texttemplate": "%{text}"}
    return trace


def _points(
    codes: Any,
    statuses: Sequence[str],
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    *,
    clickable: bool,
    look: Look,
) -> Iterator[dict[str, Any]]:
    """Yield an invisible point a cell, a trace a status: they carry the hover and the click."""
    colours = theme.tokens(look)
    for place in np.unique(codes):
        status = statuses[place]
        down, across = (axis.tolist() for axis in np.nonzero(codes == place))
        trace: dict[str, Any] = {
            "x": np.array(across, np.int16), "y": np.array(down, np.int16), "mode": "markers",
            "name": palette.word(status),
            "marker": {"symbol": "square-open", "size": 18, "opacity": 0, "color": colours.ink,
                       "line": {"width": 2, "color": colours.ink}},
            "hovertemplate": f"%{{y}} · %{{x}}<br><b>{palette.mark(status).sign} "
            f"{palette.word(status)}</b><extra></extra>",
        }  # fmt: skip
        if clickable:
            trace |= {
                "customdata": [
                    [rows[y][0], columns[x][0]] for y, x in zip(down, across, strict=True)
                ],
                "selected": {"marker": {"opacity": 1}},
                "unselected": {"marker": {"opacity": 0}},
            }
        yield trace
