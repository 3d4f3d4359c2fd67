"""The world as equal tiles: Malta and Nauru count as much as the largest State."""

from typing import Any, Final, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import frames
from dashboard.charts import palette, theme
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Look
from dashboard.i18n import _, listing, number

STATUSES: Final[frames.Schema] = {"area": "str", "status": "str"}
"""What both maps draw; an area without a row has not reported."""

_NOWHERE = -1


def draw(statuses: pd.DataFrame, areas: pd.DataFrame, **look: Unpack[Look]) -> go.Figure:
    """Draw one tile for each of `frames.AREAS` that has a place in the grid.

    `statuses` may carry a column `detail` with a few words for the hover, such as value and year.
    A click gives the ISO code; read it with `charts.clicked`. Letters and signs grow and shrink
    with the tiles and give way to colour alone only where a tile is smaller than a letter.
    """
    placed = areas[(areas["column"] >= 0) & (areas["row"] >= 0)].reset_index(drop=True)
    if placed.empty:
        return theme.empty(theme.nothing(), **look)
    colours, mode = theme.tokens(look), look.get("mode", "light")
    told = statuses.drop_duplicates("area").set_index("area")
    status = said_of(statuses, placed)
    ordered = palette.ordered(list(status.unique()))
    codes = pd.Index(ordered).get_indexer(pd.Index(status))
    column, row = placed["column"].to_numpy(), placed["row"].to_numpy()
    sheet = Sheet()
    silent = status.eq("no_data").to_numpy()
    boxes = [
        (x - 0.46, y - 0.46, x + 0.46, y + 0.46)
        for x, y in zip(column[silent].tolist(), row[silent].tolist(), strict=True)
    ]
    bare = np.array([palette.mark(word).step == "none" for word in ordered])[codes] & ~silent
    edges = [
        (x - 0.46, y - 0.46, x + 0.46, y + 0.46)
        for x, y in zip(column[bare].tolist(), row[bare].tolist(), strict=True)
    ]
    if boxes or edges:
        sheet.mark("path", xref="x", yref="y", layer="below",
            path=theme.hatch(boxes, lines=3) + "".join(map(theme.outline, boxes + edges)),
            line={"color": colours.region, "width": 0.8},
        )  # fmt: skip
    narrow = look.get("width", theme.NARROW) <= 500
    sheet.draw("heatmap", **_tiles(placed, codes, ordered, mode, lettered=not narrow))
    hover = told["detail"] if "detail" in told.columns else pd.Series(dtype="str")
    words = placed["area"].map(hover).fillna("") if len(hover) else None
    for place, word in enumerate(ordered):
        here = codes == place
        sheet.draw("scatter", **_points(placed[here], word, words, here, colours))
    sheet.set(
        xaxis={"range": [column.min() - 0.6, column.max() + 0.6], "visible": False},
        yaxis={"range": [row.max() + 0.6, row.min() - 0.6], "visible": False},
    )
    room = theme.Room(height=260 if narrow else 470, below=2)
    return theme.plain(sheet, room=room, key=theme.status_key(ordered, look), **look)


def said_of(statuses: pd.DataFrame, areas: pd.DataFrame) -> pd.Series:
    """Return the status of each of the areas in their order, `no_data` where there is none."""
    told = statuses.drop_duplicates("area").set_index("area")["status"].astype("str")
    return told.reindex(areas["area"]).fillna("no_data").reset_index(drop=True)


def alt(statuses: pd.DataFrame, areas: pd.DataFrame) -> str:
    """Say in one sentence how many areas have each status."""
    found = said_of(statuses, areas).value_counts()
    parts = [
        f"{palette.word(word)} {number(int(found[word]))}"
        for word in palette.ordered(list(found.index))
    ]
    return _("Map of {n} States and observers: {parts}.").format(
        n=number(len(areas)), parts=listing(parts)
    )


def _tiles(
    placed: pd.DataFrame, codes: Any, ordered: list[str], mode: palette.Mode, *, lettered: bool
) -> dict[str, Any]:
    colours = palette.tokens(mode)
    wide, tall = int(placed["column"].max()) + 1, int(placed["row"].max()) + 1
    grid = np.full((tall, wide), _NOWHERE, dtype=np.int8)
    text = np.full((tall, wide), "", dtype=object)
    place = (placed["row"].to_numpy(), placed["column"].to_numpy())
    grid[place] = codes
    signs = np.array([palette.mark(word).sign for word in ordered], dtype=object)
    signs[[palette.mark(word).texture == "hatched" for word in ordered]] = ""
    text[place] = signs[codes]
    if lettered:
        break_ = np.where(signs[codes] == "", "", "<br>")
        text[place] = placed["area"].to_numpy(dtype=object) + break_ + signs[codes]
    steps = len(ordered)
    clear = "rgba(0,0,0,0)"
    scale: list[list[Any]] = []
    for code in range(_NOWHERE, steps):
        if code == _NOWHERE or palette.mark(ordered[code]).texture == "hatched":
            fill = clear
        elif palette.mark(ordered[code]).step == "none":
            fill = colours.surface
        else:
            fill = palette.fill(ordered[code], mode)
        scale += [[(code + 1) / (steps + 1), fill], [(code + 2) / (steps + 1), fill]]
    return {
        "z": grid, "zmin": -1.5, "zmax": steps - 0.5, "colorscale": scale, "showscale": False,
        "xgap": 2, "ygap": 2, "text": text, "texttemplate": "%{text}", "hoverinfo": "skip",
    }  # fmt: skip


def _points(
    placed: pd.DataFrame, status: str, words: Any, here: Any, colours: palette.Tokens
) -> dict[str, Any]:
    name = f"{palette.mark(status).sign} {palette.word(status)}"
    customs = [placed["area"].tolist(), placed["name"].tolist()]
    if words is not None:
        customs.append(words[here].tolist())
    return {
        "x": placed["column"].to_numpy(np.int16), "y": placed["row"].to_numpy(np.int16),
        "mode": "markers", "name": palette.word(status),
        "customdata": [list(one) for one in zip(*customs, strict=True)],
        "marker": {"symbol": "square-open", "size": 22, "opacity": 0, "color": colours.ink,
                   "line": {"width": 2.5, "color": colours.ink}},
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 0}},
        "hovertemplate": f"<b>%{{customdata[1]}}</b><br>{name}"
        + ("<br>%{customdata[2]}" if words is not None else "") + "<extra></extra>",
    }  # fmt: skip
