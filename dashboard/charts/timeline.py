"""The road of a plan: adoption, meetings, appraisals and milestones, past and to come."""

from datetime import date as Day
from typing import Any, Final, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import frames
from dashboard.charts import palette, theme
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Key, Look
from dashboard.i18n import _, date

EVENTS: Final[frames.Schema] = {
    "day": "datetime64[us]",
    "said": "str",  # the day as far as it is known; empty where it is known to the day
    "label": "str",
    "kind": "str",  # a word shown to people: appraisal, meeting, milestone …
}
"""What this picture draws: an event a row."""

_ROW = 48
_SYMBOLS: Final[tuple[tuple[str, theme.Kind], ...]] = (
    ("circle", "disc"),
    ("diamond-open", "diamond"),
    ("triangle-up-open", "up"),
    ("circle-open", "ring"),
    ("triangle-down-open", "down"),
)


def draw(events: pd.DataFrame, *, today: Day, **look: Unpack[Look]) -> go.Figure:
    """Draw `EVENTS` down the page in order of time, each on its own line, with today marked."""
    if events.empty:
        return theme.empty(theme.nothing(), **look)
    colours = theme.tokens(look)
    rows = events.sort_values("day", kind="stable").reset_index(drop=True)
    heights = np.arange(len(rows), dtype=np.int16)[::-1]
    kinds = list(dict.fromkeys(events["kind"]))
    days = rows["day"].dt.strftime("%Y-%m-%d").to_numpy(dtype=object)
    sheet = Sheet()
    _stems(sheet, heights.tolist(), colours)
    key = []
    for place, kind in enumerate(kinds):
        symbol, drawn = _SYMBOLS[place % len(_SYMBOLS)]
        colour = colours.lines[place % len(colours.lines)]
        here = rows["kind"].eq(kind).to_numpy()
        sheet.draw("scatter",
            x=days[here], y=heights[here], mode="markers", name=kind, cliponaxis=False,
            marker={"symbol": symbol, "size": 12, "color": colour,
                    "line": {"width": 2, "color": colour}},
            customdata=rows["label"][here].tolist(),
            hovertemplate="<b>%{customdata}</b><br>%{x}<extra></extra>",
        )  # fmt: skip
        key.append(Key(kind, colour, drawn))
    now = pd.Timestamp(today)
    for place, row in enumerate(rows.to_dict("records")):
        _words(sheet, row, int(heights[place]), row["day"] > now, look)
    first, last = rows["day"].iloc[0], rows["day"].iloc[-1]
    margin = max((last - first) * 0.04, pd.Timedelta(days=60))
    sheet.down(f"{now:%Y-%m-%d}", {"color": colours.accent, "width": 1.5})
    key.append(Key(_("Today"), colours.accent, "tick"))
    sheet.set(
        xaxis={"type": "date", "range": [f"{min(first, now) - margin:%Y-%m-%d}",
                                         f"{max(last, now) + margin:%Y-%m-%d}"],
               "showgrid": True, "side": "top", "hoverformat": "%Y-%m-%d",
               **_years(min(first, now) - margin, max(last, now) + margin)},
        yaxis={"range": [-0.5, len(rows) - 0.3], "visible": False},
    )  # fmt: skip
    room = theme.Room(height=_ROW * len(rows), above=22, below=0)
    return theme.plain(sheet, room=room, key=key, **look)


def _years(first: pd.Timestamp, last: pd.Timestamp) -> dict[str, Any]:
    """Return a label for the beginning of each year, at most seven of them."""
    span = last.year - first.year
    step = next(step for step in (1, 2, 5, 10, 20, 50) if span / step <= 7)
    years = [year for year in range(first.year + 1, last.year + 1) if year % step == 0]
    return {"tickvals": [f"{year}-01-01" for year in years], "ticktext": [str(y) for y in years]}


def alt(events: pd.DataFrame) -> str:
    """Say in one sentence every event with its day."""
    said = [
        f"{row['said'] or date(row['day'])}: {row['label']}"
        for row in events.sort_values("day", kind="stable").to_dict("records")
    ]
    return _("Events: {events}").format(events=theme.sayings(said)) if said else theme.nothing()


def _stems(sheet: Sheet, heights: list[int], colours: palette.Tokens) -> None:
    """Draw a faint line under each event's words, which leads from them to its mark."""
    for height in heights:
        sheet.mark("line", xref="paper", x0=0, x1=1, yref="y", y0=height, y1=height, layer="below",
            line={"color": colours.grid, "width": 1},
        )  # fmt: skip


def _words(sheet: Sheet, row: dict[Any, Any], height: int, is_ahead: bool, look: Look) -> None:
    width, colours = look.get("width", theme.NARROW), theme.tokens(look)
    label = theme.clip(str(row["label"]), width - 100, 12.5)
    day = row["said"] or date(row["day"])
    sheet.write(
        text=f"<b>{day}</b>  {label}", x=0, xref="paper", xanchor="left",
        y=height, yanchor="bottom", yshift=11,
        bgcolor=colours.paper,
        font={"size": 12.5, "color": colours.muted if is_ahead else colours.ink},
    )  # fmt: skip
