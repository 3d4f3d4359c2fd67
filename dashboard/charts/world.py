"""The world as a map: where, for those who know it by its shapes."""

from typing import Any, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import palette, places, theme, tiles
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Look
from dashboard.i18n import _

alt = tiles.alt


def disclaimer() -> str:
    """Return the standing note under every map."""
    return _(
        "The boundaries and names shown and the designations used on this map do not imply "
        "official endorsement or acceptance by the United Nations. Dotted lines are boundaries not "
        "yet determined or agreed upon, among them the Line of Control in Jammu and Kashmir and "
        "the boundary between Sudan and South Sudan. A dispute exists between the Governments of "
        "Argentina and of the United Kingdom concerning sovereignty over the Falkland Islands "
        "(Malvinas)."
    )


def draw(statuses: pd.DataFrame, areas: pd.DataFrame, **look: Unpack[Look]) -> go.Figure:
    """Draw every State of `frames.AREAS` by its status (`tiles.STATUSES`).

    The shapes come by address, so the figure is small and the browser keeps them. Small States
    are dots; States that have not reported are hatched. A click gives the ISO code. The note on
    boundaries is always there, before any other note.
    """
    mode, colours = look.get("mode", "light"), theme.tokens(look)
    known = places.read()
    told = statuses.drop_duplicates("area").set_index("area")
    shown = areas[areas["area"].isin(known.centres.keys())].reset_index(drop=True)
    status = tiles.said_of(statuses, shown)
    ordered = palette.ordered(list(status.unique()))
    sheet = Sheet()
    others = sorted(set(known.strokes) - set(shown["area"]))
    if others:
        quiet = {"hoverinfo": "skip", "marker": {"line": _border(colours)}}
        sheet.draw("choropleth", **_shapes(others, colours.surface), **quiet)
    words = told["detail"] if "detail" in told.columns else pd.Series(dtype="str")
    details = shown["area"].map(words).fillna("") if len(words) else None
    small = shown["area"].isin(known.small).to_numpy()
    for word in ordered:
        here = status.eq(word).to_numpy()
        if (here & ~small).any():
            sheet.draw("choropleth", **_states(shown, here & ~small, word, details, mode))
    silent = shown["area"][status.eq("no_data").to_numpy() & ~small]
    if len(silent):
        sheet.draw("scattergeo", **_strokes(silent.tolist(), known, colours))
    sheet.draw("scattergeo", **_unsettled(known, colours))
    for word in ordered:
        here = status.eq(word).to_numpy() & small
        if here.any():
            sheet.draw("scattergeo", **_dots(shown, here, word, details, mode))
    sheet.set(geo=_globe())
    look["note"] = f"{disclaimer()} {look.get('note', '')}".strip()
    narrow = look.get("width", theme.NARROW) <= 500
    room = theme.Room(height=200 if narrow else 480, below=2)
    return theme.plain(sheet, room=room, key=theme.status_key(ordered, look), **look)


def _globe() -> dict[str, Any]:
    """Return a world with every layer of Plotly's own base map off: it would be fetched."""
    layers = ("land", "ocean", "coastlines", "lakes", "rivers", "countries", "subunits")
    return {
        "projection": {"type": "natural earth"},
        "visible": False,
        "showframe": False,
        "bgcolor": "rgba(0,0,0,0)",
        "lonaxis": {"range": [-169, 191]},
        "lataxis": {"range": [-57, 84]},
        **{f"show{layer}": False for layer in layers},
    }


def _border(colours: palette.Tokens) -> dict[str, Any]:
    return {"color": colours.paper, "width": 0.6}


def _shapes(codes: list[str], fill: str) -> dict[str, Any]:
    return {
        "geojson": places.SHAPES_URL, "featureidkey": "id", "locations": codes,
        "z": np.zeros(len(codes), np.int8),
        "zmin": 0, "zmax": 1, "colorscale": [[0, fill], [1, fill]], "showscale": False,
    }  # fmt: skip


def _states(
    shown: pd.DataFrame, here: Any, status: str, details: Any, mode: palette.Mode
) -> dict[str, Any]:
    colours = palette.tokens(mode)
    none = palette.mark(status).step == "none"
    fill = colours.surface if none else palette.fill(status, mode)
    trace = _shapes(shown["area"][here].tolist(), fill)
    border = {"color": colours.axis, "width": 0.5} if none else _border(colours)
    return trace | _told(shown, here, status, details) | {"marker": {"line": border}}


def _strokes(codes: list[str], known: places.Places, colours: palette.Tokens) -> dict[str, Any]:
    points = np.concatenate([known.strokes[code] for code in codes]).round().astype(np.int16)
    return {
        "lon": points[:, 0], "lat": points[:, 1], "mode": "markers", "hoverinfo": "skip",
        "marker": {"symbol": "line-ne", "size": 6, "line": {"color": colours.axis, "width": 1}},
    }  # fmt: skip


def _unsettled(known: places.Places, colours: palette.Tokens) -> dict[str, Any]:
    """Return dotted lines along boundaries that are not settled, over those of the shapes."""
    breaks = np.full((len(known.unsettled), 1, 2), np.nan)
    line = np.concatenate([known.unsettled, breaks], axis=1).reshape(-1, 2).astype(np.float32)
    return {
        "lon": line[:, 0], "lat": line[:, 1], "mode": "lines", "hoverinfo": "skip",
        "connectgaps": False, "line": {"color": colours.ink, "width": 1.4, "dash": "dot"},
    }  # fmt: skip


def _dots(
    shown: pd.DataFrame, here: Any, status: str, details: Any, mode: palette.Mode
) -> dict[str, Any]:
    colours = palette.tokens(mode)
    known = places.read().centres
    spots = np.array([known[code] for code in shown["area"][here]], dtype=np.float32)
    mark = palette.mark(status)
    silent = mark.texture == "hatched"
    return _told(shown, here, status, details) | {
        "lon": spots[:, 0], "lat": spots[:, 1], "mode": "markers",
        "marker": {"symbol": "circle-x" if silent else "circle", "size": 8,
                   "color": colours.surface if mark.step == "none" else palette.fill(status, mode),
                   "line": {"color": colours.axis if silent else colours.ink,
                            "width": 0.8}},
    }  # fmt: skip


def _told(shown: pd.DataFrame, here: Any, status: str, details: Any) -> dict[str, Any]:
    columns = [shown["area"][here].tolist(), shown["name"][here].tolist()]
    if details is not None:
        columns.append(details[here].tolist())
    name = f"{palette.mark(status).sign} {palette.word(status)}"
    return {
        "name": palette.word(status),
        "customdata": [list(one) for one in zip(*columns, strict=True)],
        "hovertemplate": f"<b>%{{customdata[1]}}</b><br>{name}"
        + ("<br>%{customdata[2]}" if details is not None else "")
        + "<extra></extra>",
    }
