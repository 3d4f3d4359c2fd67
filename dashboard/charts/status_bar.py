"""How many are met, on track, behind or silent: one bar in parts, with its counts."""

from collections.abc import Mapping
from typing import Any, Final, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import frames
from dashboard.charts import palette, theme
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Look
from dashboard.i18n import _, listing, number, percent, plural
from dashboard.progress.words import WITHOUT_VERDICT

COUNTS: Final[frames.Schema] = {"bar": "str", "status": "str", "n": "int64"}
"""What this picture draws: how many of each status stand in each bar."""

_ROW, _THICK = 56, 26
_PATTERN = {"hatched": "/", "dotted": ".", "hollow": "", "": ""}


def count(rows: pd.DataFrame, by: str, names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return `COUNTS`: how many rows of each status each value of the column `by` has."""
    table = rows.groupby([by, "status"], sort=False, observed=True).size().reset_index(name="n")
    bar = table[by].astype("str")
    table["bar"] = bar.map(names).fillna(bar) if names else bar
    return frames.check(table, COUNTS)


def draw(counts: pd.DataFrame, **look: Unpack[Look]) -> go.Figure:
    """Draw a stacked bar for each `bar` of `COUNTS`, each filling the whole width.

    Bars keep the order of the rows. Parts are shares of everything counted, the silent included;
    the numbers in them are counts.
    """
    counts = counts[counts["n"] > 0]
    if counts.empty:
        return theme.empty(theme.nothing(), **look)
    mode = look.get("mode", "light")
    bars = list(dict.fromkeys(counts["bar"]))
    grid = counts.pivot_table(index="bar", columns="status", values="n", aggfunc="sum")
    grid = grid.reindex(bars).fillna(0)
    totals = grid.sum(axis=1).to_numpy(np.float64)
    heights = np.arange(len(bars), dtype=np.int16)[::-1]
    sheet = Sheet()
    statuses = palette.ordered(list(grid.columns))
    for status in statuses:
        sheet.draw("bar", **_part(status, grid[status].to_numpy(np.float64), totals, heights, mode))
    for place, (bar, total) in enumerate(zip(bars, totals, strict=True)):
        _label(sheet, bar, int(total), len(bars) - 1 - place, look)
    sheet.set(
        barmode="stack",
        bargap=1 - _THICK / _ROW,
        uniformtext={"minsize": 11, "mode": "hide"},
        xaxis={"range": [0, 1], "visible": False},
        yaxis={"range": [-0.5, len(bars) - 0.5 + 0.35], "visible": False},
    )
    room = theme.Room(height=_ROW * len(bars) + 20, below=0)
    return theme.plain(sheet, room=room, key=theme.status_key(statuses, look), **look)


def alt(counts: pd.DataFrame) -> str:
    """Say in one sentence what the picture shows, with every number in it."""
    if counts["n"].sum() == 0:
        return theme.nothing()
    totals = counts.groupby("status", sort=False)["n"].sum()
    parts = [
        f"{palette.word(status)} {number(int(totals[status]))}"
        for status in palette.ordered(list(totals.index))
        if totals[status]
    ]
    return _("Of {total}: {parts}.").format(total=number(int(totals.sum())), parts=listing(parts))


def sentence(counts: pd.DataFrame) -> str:
    """Return the title: how many of the reporting States are on track or there already."""
    totals = counts.groupby("status")["n"].sum()
    reporting = int(totals[[word not in WITHOUT_VERDICT for word in totals.index]].sum())
    good = int(totals.reindex(["target_met", "on_track", "clear_improvement"]).fillna(0).sum())
    if reporting == 0:
        return _("No State has reported enough to tell")
    said = plural(
        "{n} of {{of}} reporting States is on track or has met the target",
        "{n} of {{of}} reporting States are on track or have met the target",
        good,
    )
    return said.format(of=number(reporting))


def _part(
    status: str, found: "np.typing.NDArray[np.float64]", totals: Any, heights: Any, mode: Any
) -> dict[str, Any]:
    colours = palette.tokens(mode)
    mark = palette.mark(status)
    fill = palette.fill(status, mode)
    shown = found > 0
    return {
        "orientation": "h",
        "x": (found / totals)[shown].astype(np.float32),
        "y": heights[shown],
        "customdata": np.stack([found, totals], axis=1)[shown].astype(np.int32),
        "name": palette.word(status),
        "texttemplate": mark.sign + " %{customdata[0]}",
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {
            "color": colours.ink if mark.texture else palette.readable_on(fill),
            "size": 13,
        },
        "hovertemplate": f"<b>{mark.sign} {palette.word(status)}</b><br>"
        + _("%{customdata[0]} of %{customdata[1]} (%{x:.0%})")
        + "<extra></extra>",
        "marker": {
            "color": fill,
            "line": {"color": colours.axis if mark.texture else colours.paper, "width": 1},
            "pattern": {
                "shape": _PATTERN[mark.texture],
                "fgcolor": colours.region,
                "bgcolor": fill,
                "size": 7,
                "solidity": 0.08 if mark.texture == "dotted" else 0.2,
            },
        },
    }


def _label(sheet: Sheet, bar: str, total: int, place: int, look: Look) -> None:
    many, colours = f"n = {number(total)}", theme.tokens(look)
    space = look.get("width", theme.NARROW) - theme.extent(many, 13) - 8
    sheet.write(
        text=f"{theme.clip(bar, space, 13)} <span style='color:{colours.muted}'>{many}</span>",
        x=0, xref="paper", y=place, xanchor="left", yanchor="bottom",
        yshift=_THICK / 2 + 2,  font={"size": 13, "color": colours.ink},
    )  # fmt: skip


def share(counts: pd.DataFrame, status: str) -> str:
    """Return the share a status has of everything counted, as the reader writes per cent."""
    total = float(counts["n"].sum())
    return percent(float(counts.loc[counts["status"] == status, "n"].sum()) / total)
