"""From one figure to a later one, a bar for each cause: the parts add up to the whole."""

from typing import Any, Final, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import frames
from dashboard.charts import palette, theme
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Look
from dashboard.i18n import _

STEPS: Final[frames.Schema] = {
    "name": "str",
    "amount": "float64",  # the figure itself, or what a cause adds to it
    "is_whole": "bool",  # whether the row is a figure and not a step
}
"""What this picture draws: the earlier figure, each cause, the later figure, in this order."""

_ROW = 40


def draw(steps: pd.DataFrame, *, unit: str = "", **look: Unpack[Look]) -> go.Figure:
    """Draw figures from zero and steps from where the step before ended.

    Nothing is coloured as good or bad: whether more is better is not for this picture to say.
    """
    if steps.empty:
        return theme.empty(theme.nothing(), **look)
    colours = theme.tokens(look)
    rows = steps.reset_index(drop=True)
    start, end = _ends(rows)
    heights = np.arange(len(rows), dtype=np.int16)[::-1]
    sheet = Sheet()
    whole = rows["is_whole"].to_numpy(np.bool_)
    amounts = rows["amount"].to_numpy(np.float64)
    for chosen, fill in ((whole, colours.muted), (~whole, colours.region)):
        sheet.draw("bar",
            orientation="h", base=start[chosen], x=(end - start)[chosen], y=heights[chosen],
            width=0.42, customdata=amounts[chosen],
            marker={"color": fill, "line": {"color": colours.ink, "width": 1}},
            hovertemplate=f"%{{customdata:,.12~r}} {unit}<extra></extra>",
        )  # fmt: skip
    sheet.down(0, {"color": colours.axis, "width": 1})
    _joins(sheet, end, heights, colours)
    for place, row in enumerate(rows.to_dict("records")):
        sheet.write(
            text=f"{theme.clip(row['name'], 220, 12.5)}  <b>{_told(row, unit)}</b>",
            x=0, xref="paper", xanchor="left", y=int(heights[place]), yanchor="bottom", yshift=9,
            font={"size": 12.5, "color": colours.ink},
        )  # fmt: skip
    ends = np.concatenate([start, end, [0.0]])
    low, high = float(ends.min()), float(ends.max())
    edge = 0.05 * ((high - low) or 1.0)
    sheet.set(
        xaxis={"range": [low - (edge if low < 0 else 0), high + edge], "showgrid": True,
               "side": "top", "nticks": 6, "ticksuffix": unit if unit == "%" else ""},
        yaxis={"range": [-0.5, len(rows) - 0.2], "visible": False},
    )  # fmt: skip
    return theme.plain(sheet, room=theme.Room(height=_ROW * len(rows), above=22, below=0), **look)


def alt(steps: pd.DataFrame, *, unit: str = "") -> str:
    """Say in one sentence what the figure was, what each cause added and what it is."""
    said = [
        _("{name}: {amount}").format(name=row["name"], amount=_told(row, unit))
        for row in steps.to_dict("records")
    ]
    return theme.sayings(said) if said else theme.nothing()


def _told(row: dict[Any, Any], unit: str) -> str:
    amount = theme.amount(abs(row["amount"]) if not row["is_whole"] else row["amount"], unit)
    if row["is_whole"]:
        return amount
    return f"{'+' if row['amount'] >= 0 else '−'}{amount}"


def _ends(rows: pd.DataFrame) -> tuple[Any, Any]:
    """Return where each bar begins and ends."""
    whole = rows["is_whole"].to_numpy(np.bool_)
    amounts = rows["amount"].to_numpy(np.float64)
    first = amounts[0] if whole[0] else 0.0
    reached = first + np.cumsum(np.where(whole, 0.0, amounts))
    return np.where(whole, 0.0, reached - amounts), np.where(whole, amounts, reached)


def _joins(sheet: Sheet, end: Any, heights: Any, colours: palette.Tokens) -> None:
    """Draw a thin line from the end of each bar down to the next."""
    gap = np.full(len(end) - 1, np.nan)
    sheet.draw("scatter",
        x=np.stack([end[:-1], end[:-1], gap], axis=1).ravel(),
        y=np.stack([heights[:-1], heights[1:], gap], axis=1).ravel(),
        mode="lines", hoverinfo="skip", line={"color": colours.axis, "width": 1, "dash": "dot"},
    )  # fmt: skip
