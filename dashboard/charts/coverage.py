"""Who reports: one dot a State, filled where it has reported, in a row for each region."""

from typing import Any, Final, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import frames
from dashboard.charts import palette, theme
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Key, Look
from dashboard.i18n import _, listing, number, percent, plural

REPORTING: Final[frames.Schema] = {
    "group": "str",  # the shown name of the region
    "area": "str",
    "name": "str",
    "has_reported": "bool",
}
"""What this picture draws: a State a row."""

_LINE, _LABEL = 15, 28  # pixels


def draw(reporting: pd.DataFrame, **look: Unpack[Look]) -> go.Figure:
    """Draw a dot for every State of `REPORTING`, those that reported first in each region.

    Regions keep the order of the rows. A click gives the ISO code.
    """
    if reporting.empty:
        return theme.empty(theme.nothing(), **look)
    colours = theme.tokens(look)
    rows = reporting.sort_values("has_reported", ascending=False, kind="stable")
    groups = list(dict.fromkeys(reporting["group"]))
    rank = rows.groupby("group", sort=False).cumcount().to_numpy(np.int64)
    sizes = rows["group"].value_counts().reindex(groups).to_numpy(np.int64)
    dots = max(look.get("width", theme.NARROW) // _LINE, 10)  # in a line
    tall = -(-sizes // dots) * _LINE + _LABEL
    tops = np.concatenate([[0], np.cumsum(tall)[:-1]])
    top = pd.Index(groups).get_indexer(pd.Index(rows["group"]))
    x = (rank % dots * _LINE + _LINE // 2).astype(np.int16)
    y = (tops[top] + _LABEL + rank // dots * _LINE + _LINE / 2).astype(np.float32)
    told = rows["has_reported"].to_numpy()
    sheet = Sheet()
    for here, said, symbol in (
        (told, _("Reported"), "circle"),
        (~told, palette.word("no_data"), "circle-open"),
    ):
        sheet.draw("scatter", **_dots(rows, here, x, y, said=said, symbol=symbol, colours=colours))
    reported = rows.groupby("group", sort=False)["has_reported"].sum().reindex(groups)
    for place, group in enumerate(groups):
        _name(sheet, group, (int(reported.iloc[place]), int(sizes[place])),
              float(tops[place]), colours)  # fmt: skip
    height = int(tall.sum())
    sheet.set(
        # One unit is one pixel both ways: the dots stand close together, not across the page.
        xaxis={
            "range": [0, dots * _LINE],
            "visible": False,
            "scaleanchor": "y",
            "constrain": "domain",
            "constraintoward": "left",
        },
        yaxis={"range": [height, 0], "visible": False},
    )
    key = [
        Key(_("Reported"), colours.accent, "disc"),
        Key(palette.word("no_data"), colours.axis, "ring"),
    ]
    return theme.plain(sheet, room=theme.Room(height=height, below=4), key=key, **look)


def alt(reporting: pd.DataFrame) -> str:
    """Say in one sentence how many of how many States of each region have reported."""
    if reporting.empty:
        return theme.nothing()
    found = reporting.groupby("group", sort=False)["has_reported"].agg(["sum", "size"])
    said = [
        _("{group} {n} of {of}").format(group=group, n=number(int(n)), of=number(int(of)))
        for group, n, of in zip(found.index, found["sum"], found["size"], strict=True)
    ]
    return _("States that have reported: {parts}.").format(parts=listing(said))


def sentence(reporting: pd.DataFrame) -> str:
    """Return the title: how many of how many States have reported."""
    told = int(reporting["has_reported"].sum())
    said = plural("{n} of {{of}} States has reported", "{n} of {{of}} States have reported", told)
    return said.format(of=number(len(reporting)))


def _dots(
    rows: pd.DataFrame,
    here: Any,
    x: Any,
    y: Any,
    *,
    said: str,
    symbol: str,
    colours: palette.Tokens,
) -> dict[str, Any]:
    colour = colours.accent if symbol == "circle" else colours.axis
    return {
        "x": x[here], "y": y[here], "mode": "markers", "name": said,
        "customdata": [
            list(one)
            for one in zip(rows["area"][here].tolist(), rows["name"][here].tolist(), strict=True)
        ],
        "marker": {"symbol": symbol, "size": 10, "color": colour,
                   "line": {"width": 1.5, "color": colour}},
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 0.6}},
        "hovertemplate": f"<b>%{{customdata[1]}}</b><br>{said}<extra></extra>",
    }  # fmt: skip


def _name(
    sheet: Sheet, group: str, found: tuple[int, int], top: float, colours: palette.Tokens
) -> None:
    share = percent(found[0] / found[1])
    said = _("{n} of {of} ({share})").format(n=number(found[0]), of=number(found[1]), share=share)
    sheet.write(
        text=f"{group} <span style='color:{colours.muted}'>{said}</span>",
        x=0, xref="paper", xanchor="left", y=top + _LABEL - 3, yanchor="bottom",
         font={"size": 12.5, "color": colours.ink},
    )  # fmt: skip
