"""From baseline to now, area by area, and how much of the road is left."""

from typing import Any, Final, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import frames
from dashboard.charts import palette, theme
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Key, Look
from dashboard.i18n import _

ROADS: Final[frames.Schema] = {
    "name": "str",
    "base_year": "float64",
    "base": "float64",  # missing where there is no baseline
    "year": "float64",  # of the latest value; areas may differ and the year is shown
    "value": "float64",  # missing where nothing was reported
    "target": "float64",  # missing where no target is set
    "status": "str",
}
"""What this picture draws: a road an area, in the order of the rows."""

_ROW = 40


def draw(roads: pd.DataFrame, *, unit: str = "", **look: Unpack[Look]) -> go.Figure:
    """Draw a line from baseline (ring) to the latest value (disc) for each row of `ROADS`.

    The year of every figure stands beside it, for areas report in different years. An area
    without a value keeps its row and says so.
    """
    if roads.empty:
        return theme.empty(theme.nothing(), **look)
    colours, mode = theme.tokens(look), look.get("mode", "light")
    rows = roads.reset_index(drop=True)
    heights = np.arange(len(rows), dtype=np.int16)[::-1]
    base, value, target = (rows[name].to_numpy(np.float64) for name in ("base", "value", "target"))
    known = np.isfinite(value)
    sheet = Sheet()
    _roads(sheet, base, value, heights, colours)
    _rings(sheet, rows, base, heights, unit=unit, colours=colours)
    _targets(sheet, target, heights, unit, colours)
    for status in palette.ordered(list(rows["status"][known].unique())):
        _discs(sheet, rows, rows["status"].eq(status).to_numpy() & known, heights, status,
               unit=unit, mode=mode)  # fmt: skip
    for place, row in enumerate(rows.to_dict("records")):
        _name(sheet, row, int(heights[place]), colours)
    low, high = _span(base, value, target)
    sheet.set(
        xaxis={"range": [low, high], "showgrid": True, "side": "top", "nticks": 6,
               "ticksuffix": unit if unit == "%" else ""},
        yaxis={"range": [-0.5, len(rows) - 0.2], "visible": False},
    )  # fmt: skip
    key = [Key(_("Baseline"), colours.muted, "ring"), Key(_("Target"), colours.ink, "tick")]
    key = [one for one, there in zip(key, (base, target), strict=True) if np.isfinite(there).any()]
    key += [
        Key(f"{palette.mark(one).sign} {palette.word(one)}", _fill(one, mode), "disc")
        for one in palette.ordered(list(rows["status"][known].unique()))
    ]
    room = theme.Room(height=_ROW * len(rows), above=22, below=0)
    return theme.plain(sheet, room=room, key=key, **look)


def alt(roads: pd.DataFrame, *, unit: str = "") -> str:
    """Say in one sentence where each area began and where it stands."""
    said = []
    for row in roads.to_dict("records"):
        if np.isnan(row["value"]):
            said.append(_("{name}: not reported").format(name=row["name"]))
        elif np.isnan(row["base"]):
            said.append(
                _("{name}: {value} in {year}, no baseline").format(
                    name=row["name"], value=theme.amount(row["value"], unit), year=int(row["year"])
                )
            )
        else:
            said.append(
                _("{name}: {base} in {since}, {value} in {year}").format(
                    name=row["name"],
                    base=theme.amount(row["base"], unit),
                    since=int(row["base_year"]),
                    value=theme.amount(row["value"], unit),
                    year=int(row["year"]),
                )
            )
    return theme.sayings(said) if said else theme.nothing()


def _span(*columns: Any) -> tuple[float, float]:
    everything = np.concatenate(columns)
    everything = everything[np.isfinite(everything)]
    if not len(everything):
        return 0.0, 1.0
    low, high = min(0.0, float(everything.min())), float(everything.max())
    return low - 0.05 * ((high - low) or 1), high + 0.05 * ((high - low) or 1)


def _roads(sheet: Sheet, base: Any, value: Any, heights: Any, colours: palette.Tokens) -> None:
    both = np.isfinite(base) & np.isfinite(value)
    gap = np.full(int(both.sum()), np.nan)
    sheet.draw("scatter",
        x=np.stack([base[both], value[both], gap], axis=1).ravel().astype(np.float32),
        y=np.repeat(heights[both], 3), mode="lines", hoverinfo="skip",
        line={"color": colours.region, "width": 3},
    )  # fmt: skip


def _rings(
    sheet: Sheet,
    rows: pd.DataFrame,
    base: Any,
    heights: Any,
    *,
    unit: str,
    colours: palette.Tokens,
) -> None:
    there = np.isfinite(base)
    sheet.draw("scatter",
        x=base[there], y=heights[there], mode="markers", name=_("Baseline"),
        customdata=rows["base_year"].to_numpy(np.float32)[there],
        marker={"size": 10, "color": colours.paper, "line": {"color": colours.muted, "width": 2}},
        hovertemplate=_("Baseline") + f" %{{customdata:.0f}}: %{{x:,.12~r}} {unit}<extra></extra>",
    )  # fmt: skip


def _targets(sheet: Sheet, target: Any, heights: Any, unit: str, colours: palette.Tokens) -> None:
    there = np.isfinite(target)
    if not there.any():
        return
    sheet.draw("scatter",
        x=target[there], y=heights[there], mode="markers", name=_("Target"),
        marker={"symbol": "line-ns", "size": 14, "line": {"color": colours.ink, "width": 2}},
        hovertemplate=_("Target") + f" %{{x:,.12~r}} {unit}<extra></extra>",
    )  # fmt: skip


def _discs(
    sheet: Sheet,
    rows: pd.DataFrame,
    here: Any,
    heights: Any,
    status: str,
    *,
    unit: str,
    mode: palette.Mode,
) -> None:
    colours = palette.tokens(mode)
    sheet.draw("scatter",
        x=rows["value"].to_numpy(np.float64)[here], y=heights[here], mode="markers",
        name=palette.word(status), customdata=rows["year"].to_numpy(np.float32)[here],
        marker={"size": 13, "color": _fill(status, mode),
                "line": {"color": colours.ink, "width": 1}},
        hovertemplate=f"<b>{palette.mark(status).sign} {palette.word(status)}</b><br>"
        f"%{{customdata:.0f}}: %{{x:,.12~r}} {unit}<extra></extra>",
    )  # fmt: skip


def _name(sheet: Sheet, row: dict[Any, Any], height: int, colours: palette.Tokens) -> None:
    if np.isnan(row["value"]):
        years = f"{palette.mark('no_data').sign} {palette.word('no_data')}"
    elif np.isnan(row["base_year"]):
        years = f"{row['year']:.0f}"
    else:
        years = f"{row['base_year']:.0f} → {row['year']:.0f}"
    sheet.write(
        text=f"{theme.clip(row['name'], 220, 12.5)}  "
        f"<span style='color:{colours.muted}'>{years}</span>",
        x=0, xref="paper", xanchor="left", y=height, yanchor="bottom", yshift=7,
         font={"size": 12.5, "color": colours.ink},
    )  # fmt: skip


def _fill(status: str, mode: palette.Mode) -> str:
    """Return the fill of a disc: a value without a verdict is grey, not clear."""
    none = palette.mark(status).step == "none"
    return palette.tokens(mode).region if none else palette.fill(status, mode)
