"""The plan as a tree: objectives and their measures, coloured by where each stands."""

from typing import Any, Final, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import frames
from dashboard.charts import palette, theme
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Look
from dashboard.i18n import _, number

BRANCHES: Final[frames.Schema] = {
    "code": "str",
    "parent": "str",  # code of the branch it hangs on, empty at the root
    "label": "str",
    "status": "str",  # empty where a branch has no status of its own
}
"""What this picture draws: a branch a row; every leaf takes the same room."""


def draw(branches: pd.DataFrame, **look: Unpack[Look]) -> go.Figure:
    """Draw `BRANCHES` from left to right, the root at the left; a click looks into a branch."""
    if branches.empty:
        return theme.empty(theme.nothing(), **look)
    mode, colours = look.get("mode", "light"), theme.tokens(look)
    leaf = ~branches["code"].isin(branches["parent"])
    statuses = [str(status) for status in branches["status"]]
    bare = [palette.mark(one).step == "none" or not one for one in statuses]
    fills = [
        colours.surface if none else palette.fill(status, mode)
        for none, status in zip(bare, statuses, strict=True)
    ]
    inks = [
        colours.ink if none else palette.readable_on(fill)
        for none, fill in zip(bare, fills, strict=True)
    ]
    shown = [
        f"{palette.mark(status).sign} {label}" if status else label
        for label, status in zip(branches["label"], statuses, strict=True)
    ]
    words = [palette.word(status) if status else "" for status in statuses]
    sheet = Sheet()
    sheet.draw("icicle",
        ids=branches["code"].tolist(), parents=branches["parent"].tolist(), labels=shown,
        values=leaf.to_numpy(np.int8), branchvalues="remainder", customdata=words,
        tiling={"orientation": "h", "pad": 1}, pathbar={"visible": True, "thickness": 24},
        maxdepth=3, sort=False, leaf={"opacity": 1},
        textfont={"color": inks, "size": 12.5}, textposition="middle left",
        marker={
            "colors": fills, "line": {"color": colours.paper, "width": 1},
            "pattern": {"shape": _textures(statuses), "fgcolor": colours.region, "size": 8,
                        "solidity": 0.15, "fillmode": "overlay"},
        },
        hovertemplate="<b>%{label}</b><br>%{customdata}<extra></extra>",
    )  # fmt: skip
    sheet.set(uniformtext={"minsize": 10, "mode": "hide"})
    key = theme.status_key([status for status in statuses if status], look)
    room = theme.Room(height=max(280, 22 * int(leaf.sum())), below=0)
    return theme.plain(sheet, room=room, key=key, **look)


def alt(branches: pd.DataFrame) -> str:
    """Say in one sentence how many branches the tree has and how many have each status."""
    found: dict[Any, Any] = (
        branches.loc[branches["status"] != "", "status"].value_counts().to_dict()
    )
    parts = ", ".join(
        f"{palette.word(status)} {number(int(found[status]))}"
        for status in palette.ordered(list(found))
    )
    return _("Tree of {n} branches: {parts}.").format(n=number(len(branches)), parts=parts)


def _textures(statuses: list[str]) -> list[str]:
    """Return Plotly's pattern for each status: strokes where nothing was reported."""
    shapes = {"hatched": "/", "dotted": "."}
    return [shapes.get(palette.mark(one).texture, "") if one else "" for one in statuses]
