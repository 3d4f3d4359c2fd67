"""How States are spread over an indicator: one dot a State, the median, and where one stands."""

from typing import Any, Final, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import frames
from dashboard.charts import palette, theme, trend
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Key, Look
from dashboard.i18n import _, number, plural

VALUES: Final[frames.Schema] = {
    "area": "str",
    "name": "str",
    "year": "float64",
    "value": "float64",  # missing where nothing was reported
}
"""What this picture draws: the latest value of each State."""

_BINS = 40


def draw(
    values: pd.DataFrame,
    *,
    highlight: str = "",
    targets: pd.DataFrame | None = None,
    unit: str = "",
    levels: bool = False,
    **look: Unpack[Look],
) -> go.Figure:
    """Draw each State of `VALUES` as a dot over its value, piled where many are alike.

    `highlight` is the code of one State to point out. How many did not report is told in words:
    they have no place on the scale. On a scale of `levels` only whole numbers are labelled. A click
    gives the ISO code.
    """
    known = values[values["value"].notna()].sort_values("value").reset_index(drop=True)
    if known.empty:
        return theme.empty(theme.nothing(), **look)
    colours = theme.tokens(look)
    low, high = _range(known["value"].to_numpy(np.float64), targets)
    heights = _pile(known["value"].to_numpy(np.float64), low, high)
    top = max(float(heights.max()) + 1.5, 6.0)
    tall = int(min(max(top * 13, 110), 260))
    size = min(8.0, max(0.95 * tall / top, 2.0))  # piles stay piles of dots, however high
    mine = known["area"].eq(highlight).to_numpy()
    sheet = Sheet()
    sheet.draw("scatter", **_dots(known, heights, ~mine, (colours.region, size), unit))
    if mine.any():
        sheet.draw("scatter", **_dots(known, heights, mine, (colours.accent, 8), unit))
        row = known[mine].iloc[0]
        spot = float(heights[mine][0]), _side(float(row["value"]), low, high)
        _point_out(sheet, row, spot, unit, colours)
    median = float(known["value"].median())
    sheet.down(median, {"color": colours.ink, "width": 1.5})
    sheet.write(
        text=_("Median {value}").format(value=theme.amount(median, unit)), x=median, y=1,
        yref="paper", yanchor="bottom", xanchor=_side(median, low, high), borderpad=2,
        font={"size": 12, "color": colours.ink},
    )  # fmt: skip
    key = _goal(sheet, targets, unit, colours)
    sheet.set(
        xaxis={"range": [low, high], "showline": True, "nticks": 6, "ticks": "outside",
               "ticksuffix": unit if unit == "%" else ""} | ({"dtick": 1} if levels else {}),
        yaxis={"range": [0, top], "visible": False},
    )  # fmt: skip
    said = plural("{n} State reported", "{n} States reported", len(known))
    silent = len(values) - len(known)
    if silent:
        said += "; " + plural("{n} did not", "{n} did not", silent)
    look["note"] = f"{look.get('note', '')} {said}.".strip()
    room = theme.Room(height=tall, above=20, below=28)
    return theme.plain(sheet, room=room, key=key, **look)


def alt(values: pd.DataFrame, *, highlight: str = "", unit: str = "") -> str:
    """Say in one sentence range, median and how many report, and where one State stands."""
    known = values[values["value"].notna()]
    if known.empty:
        return theme.nothing()
    said = _("{n} of {of} States reported, from {low} to {high}, median {median}.").format(
        n=number(len(known)),
        of=number(len(values)),
        low=theme.amount(float(known["value"].min()), unit),
        high=theme.amount(float(known["value"].max()), unit),
        median=theme.amount(float(known["value"].median()), unit),
    )
    mine = known[known["area"] == highlight]
    if len(mine):
        row = mine.iloc[0]
        said += " " + _("{name} stands at {value} in {year}.").format(
            name=row["name"], value=theme.amount(float(row["value"]), unit), year=int(row["year"])
        )
    return said


def _range(values: Any, targets: pd.DataFrame | None) -> tuple[float, float]:
    low, high = min(0.0, float(values.min())), float(values.max())
    if targets is not None and targets["value"].notna().any():
        high = max(high, float(targets["value"].max()))
    wide = (high - low) or 1.0
    return low - 0.03 * wide, high + 0.05 * wide


def _pile(values: Any, low: float, high: float) -> Any:
    """Return how high each of the ascending values stands in its pile."""
    bins = np.floor((values - low) / (high - low) * _BINS).astype(np.int64)
    first = np.searchsorted(bins, bins, side="left")
    return (np.arange(len(bins)) - first + 0.5).astype(np.float32)


def _side(value: float, low: float, high: float) -> str:
    """Return which side of a text stands at its mark, so that it stays on the page."""
    share = (value - low) / (high - low)
    return "left" if share < 0.25 else "right" if share > 0.75 else "center"


def _dots(
    known: pd.DataFrame, heights: Any, here: Any, ink: tuple[str, float], unit: str
) -> dict[str, Any]:
    rows, (colour, size) = known[here], ink
    return {
        "x": rows["value"].to_numpy(np.float64), "y": heights[here], "mode": "markers",
        "customdata": [
            list(one) for one in zip(
                rows["area"].tolist(), rows["name"].tolist(),
                rows["year"].astype("int64").tolist(), strict=True,
            )
        ],
        "marker": {"size": size, "color": colour, "opacity": 0.9},
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 0.5}},
        "hovertemplate": "<b>%{customdata[1]}</b><br>%{customdata[2]}: "
        f"%{{x:,.12~r}} {unit}<extra></extra>",
    }  # fmt: skip


def _point_out(
    sheet: Sheet, row: Any, spot: tuple[float, str], unit: str, colours: palette.Tokens
) -> None:
    height, side = spot
    sheet.write(
        text=f"<b>{row['name']}</b> {theme.amount(float(row['value']), unit)} ({int(row['year'])})",
        x=float(row["value"]), y=height, showarrow=True, xanchor=side, ax=0,
        ay=-46, arrowcolor=colours.accent, arrowwidth=1.5,
        arrowhead=0, bgcolor=colours.paper, borderpad=2, standoff=5,
        font={"size": 12.5, "color": colours.accent},
    )  # fmt: skip


def _goal(
    sheet: Sheet, targets: pd.DataFrame | None, unit: str, colours: palette.Tokens
) -> list[Key]:
    if targets is None:
        return []
    key = []
    for row in targets[~targets["is_interim"] & targets["value"].notna()].to_dict("records"):
        dash: theme.Kind = "line" if row["status"] == "agreed" else "dash"
        stroke = "solid" if dash == "line" else "dash"
        sheet.down(row["value"], {"color": colours.accent, "width": 1.5, "dash": stroke})
        word = trend.target_word(str(row["status"]))
        key.append(Key(f"{trend.target_text(row, unit)} ({word})", colours.accent, dash))
    return key
