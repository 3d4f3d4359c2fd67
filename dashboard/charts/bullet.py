"""How far from the target: value, baseline, target and a figure beside it on one short scale."""

from typing import Any, Final, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import frames
from dashboard.charts import palette, theme
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Key, Look
from dashboard.i18n import _

BULLETS: Final[frames.Schema] = {
    "label": "str",
    "unit": "str",
    "value": "float64",  # missing where nothing was reported
    "year": "float64",
    "base": "float64",  # missing where there is no baseline
    "target": "float64",  # missing where no target is set; zero is a target
    "goal": "str",  # the target in words with who stands behind it; empty where none is set
    "median": "float64",  # what stands beside it, missing where it is not published
    "lower": "float64",  # natural limits, missing where there is none
    "upper": "float64",
    "status": "str",
    "is_unsure": "bool",  # of low confidence: hatched
}
"""What this picture draws: one scale a row."""

_ROW, _LINE, _THICK = 72, 17, 14
"""Pixels of a row, of one more line of words in it, and of the bar."""
_MARKS: Final = ("value", "base", "target", "median")


def draw(bullets: pd.DataFrame, *, beside: str = "", **look: Unpack[Look]) -> go.Figure:
    """Draw one bullet for each row of `BULLETS`, every one on a scale of its own from zero.

    Nothing stands where nothing is known: without a target there is no line but the words, without
    a value a hatched scale that says so. `beside` says what the diamond is, such as the median of
    a region.
    """
    if bullets.empty:
        return theme.empty(theme.nothing(), **look)
    colours, mode = theme.tokens(look), look.get("mode", "light")
    rows = bullets.reset_index(drop=True)
    low, wide = _scales(rows)
    spots = {name: (rows[name].to_numpy(np.float64) - low) / wide for name in _MARKS}
    zero = np.clip(-low / wide, 0, 1)
    heights = np.arange(len(rows), dtype=np.float32)[::-1]
    width = look.get("width", theme.NARROW)
    words = [_words(row, width, colours) for row in rows.to_dict("records")]
    tall = _ROW + _LINE * (max(text.count("<br>") for text in words) - 1)
    thick = _THICK / tall
    sheet = Sheet()
    _scale(sheet, spots["value"], heights, (colours, thick))
    _bars(sheet, rows, spots["value"], zero, heights=heights, thick=thick, mode=mode)
    _ticks(sheet, rows, spots, heights, beside=beside, colours=colours)
    for place, text in enumerate(words):
        sheet.write(
            text=text, align="left", x=0, xref="paper", xanchor="left",
            y=float(heights[place]), yanchor="bottom", yshift=9.5,
            font={"size": 12.5, "color": colours.ink},
        )  # fmt: skip
    sheet.set(
        barmode="overlay",
        xaxis={"range": [0, 1], "visible": False},
        yaxis={"range": [-0.5, len(rows) - 0.3], "visible": False},
    )
    room = theme.Room(height=tall * len(rows), below=0)
    return theme.plain(sheet, room=room, key=_key(rows, spots, beside, colours), **look)


def alt(bullets: pd.DataFrame) -> str:
    """Say in one sentence the value and target of every row."""
    said = []
    for row in bullets.to_dict("records"):
        value = theme.amount(row["value"], row["unit"])
        target = theme.amount(row["target"], row["unit"])
        if np.isnan(row["value"]):
            said.append(_("{label}: not reported").format(label=row["label"]))
        elif np.isnan(row["target"]):
            said.append(
                _("{label}: {value}, no target set").format(label=row["label"], value=value)
            )
        else:
            said.append(
                _("{label}: {value} against a target of {target}").format(
                    label=row["label"], value=value, target=target
                )
            )
    return theme.sayings(said) if said else theme.nothing()


def _scales(rows: pd.DataFrame) -> tuple[Any, Any]:
    """Return where each scale begins and how wide it is; zero is always on it."""
    known = rows[list(_MARKS)].to_numpy(np.float64)
    most = np.fmax(np.fmax.reduce(known, axis=1), 0)
    least = np.fmin(np.fmin.reduce(known, axis=1), 0)
    upper = rows["upper"].to_numpy(np.float64)
    # A natural limit close enough to the figures ends the scale; a far one would flatten them.
    near = np.isfinite(upper) & (upper <= np.nan_to_num(most) * 4) & (upper >= most)
    high = np.where(near, upper, np.nan_to_num(most) * 1.12)
    low = np.nan_to_num(least)
    return low, np.where(high > low, high - low, 1.0)


def _scale(sheet: Sheet, values: Any, heights: Any, look: tuple[palette.Tokens, float]) -> None:
    colours, thick = look
    known = np.isfinite(values)
    sheet.draw("bar",
        orientation="h", x=np.ones(len(heights), np.float32), y=heights, width=thick,
        hoverinfo="skip", marker={
            "color": colours.surface, "line": {"width": 0},
            "pattern": {"shape": ["" if one else "/" for one in known], "fgcolor": colours.axis,
                        "bgcolor": colours.paper, "size": 7, "solidity": 0.2},
        },
    )  # fmt: skip


def _bars(
    sheet: Sheet,
    rows: pd.DataFrame,
    values: Any,
    zero: Any,
    *,
    heights: Any,
    thick: float,
    mode: Any,
) -> None:
    colours = palette.tokens(mode)
    known = np.isfinite(values)
    fills = [palette.fill(status, mode) for status in rows["status"]]
    plain = [palette.mark(status).step == "none" for status in rows["status"]]
    fills = [colours.region if one else fill for one, fill in zip(plain, fills, strict=True)]
    unsure = rows["is_unsure"].to_numpy()[known]
    sheet.draw("bar",
        orientation="h", base=zero[known].astype(np.float32),
        x=(values - zero)[known].astype(np.float32), y=heights[known], width=thick,
        customdata=np.stack([rows["value"], rows["year"]], axis=1)[known],
        marker={"color": [fill for fill, one in zip(fills, known, strict=True) if one],
                "line": {"color": colours.muted, "width": 1},
                "pattern": {"shape": ["/" if one else "" for one in unsure],
                            "fgcolor": colours.paper, "fillmode": "overlay", "size": 5,
                            "solidity": 0.35}},
        hovertemplate="%{customdata[0]:,.12~r} (%{customdata[1]:.0f})<extra></extra>",
    )  # fmt: skip


def _ticks(
    sheet: Sheet,
    rows: pd.DataFrame,
    spots: Any,
    heights: Any,
    *,
    beside: str,
    colours: palette.Tokens,
) -> None:
    for name, said, marker in (
        ("median", beside or _("Median of the region"),
         {"symbol": "diamond-open", "size": 11, "color": colours.ink,
          "line": {"color": colours.ink, "width": 1.75}}),
        ("base", _("Baseline"),
         {"symbol": "line-ns", "size": 9, "line": {"color": colours.ink, "width": 2}}),
        ("target", _("Target"),
         {"symbol": "line-ns", "size": 15, "line": {"color": colours.ink, "width": 4}}),
    ):  # fmt: skip
        known = np.isfinite(spots[name])
        if not known.any():
            continue
        told = rows[name].to_numpy(np.float64)
        told = theme.rounded(told) if name == "median" else told
        sheet.draw("scatter",
            x=spots[name][known].astype(np.float32), y=heights[known], mode="markers", name=said,
            cliponaxis=False, marker=marker,
            customdata=told[known],
            hovertemplate=said + " %{customdata:,.12~r}<extra></extra>",
        )  # fmt: skip


def _words(row: dict[Any, Any], width: int, colours: palette.Tokens) -> str:
    """Return what stands over a scale: name, figure and verdict, and the target in words."""
    goal = row["goal"] or (_("No target set") if np.isnan(row["target"]) else "")
    if np.isnan(row["value"]):
        plain = palette.word("no_data")
        said = f"<span style='color:{colours.muted}'>{plain}</span>"
    else:
        value = theme.amount(row["value"], row["unit"])
        year = "" if np.isnan(row["year"]) else f" ({row['year']:.0f})"
        tail = f"{year}  {palette.mark(row['status']).sign} {palette.word(row['status'])}"
        plain, said = value + tail, f"<b>{value}</b>{tail}"
    label = theme.clip(row["label"], width, 12.5)
    if not goal:
        return f"{label}<br>{said}"
    apart = "<br>" if theme.extent(f"{plain}  {goal}", 12.5, bold=True) > width else "  "
    muted = f"<span style='color:{colours.muted}'>{theme.clip(goal, width, 12.5)}</span>"
    return f"{label}<br>{said}{apart}{muted}"


def _key(rows: pd.DataFrame, spots: Any, beside: str, colours: palette.Tokens) -> list[Key]:
    entries = [
        ("base", Key(_("Baseline"), colours.ink, "tick")),
        ("target", Key(_("Target"), colours.ink, "bar")),
        ("median", Key(beside or _("Median of the region"),
                       colours.ink, "diamond")),
    ]  # fmt: skip
    key = [entry for name, entry in entries if np.isfinite(spots[name]).any()]
    if (rows["is_unsure"].to_numpy() & np.isfinite(spots["value"])).any():
        key.append(Key(_("Low confidence"), colours.region, texture="hatched"))
    if np.isnan(spots["value"]).any():
        key.append(Key(palette.word("no_data"), colours.paper, texture="hatched"))
    return key
