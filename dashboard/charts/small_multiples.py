"""A small panel each for many areas, with what they are held against in grey behind."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import palette, theme, trend
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Key, Look
from dashboard.i18n import _, number

MOST: Final = 60
CROWD: Final = 12
"""Grey lines a panel may hold; where there are more, a band stands for them."""
_PANEL, _GAP = 92, 76


def draw(
    series: pd.DataFrame,
    *,
    behind: pd.DataFrame | None = None,
    crowd: pd.DataFrame | None = None,
    targets: pd.DataFrame | None = None,
    unit: str = "",
    columns: int = 3,
    running: int | None = None,
    details: Mapping[str, str] | None = None,
    silent_as: str = "",
    **look: Unpack[Look],
) -> go.Figure:
    """Draw a panel for each area of `slices.SERIES`, at most sixty, in the order of the rows.

    All panels share both axes. `behind` holds one series drawn grey in each; `crowd` the members
    of each panel (SERIES with the column panel), grey lines where a panel has at most `CROWD`,
    else the band of their middle half; the first final row of `targets` becomes a line in each.
    An area without any value keeps a hatched panel. From the year `running` on, values are
    incomplete and stand as rings apart from their line. `details` says under a panel's name who
    stands behind it; `silent_as` says why a panel may be empty, where it is not for want of a
    report.
    """
    areas = list(dict.fromkeys(series["area"]))
    if not areas:
        return theme.empty(theme.nothing(), **look)
    if len(areas) > MOST:
        raise ValueError(f"{len(areas)} panels; at most {MOST} are still a picture")
    colours = theme.tokens(look)
    rows = -(-len(areas) // columns)
    height = rows * _PANEL + (rows - 1) * _GAP
    first, last = int(series["year"].min()), int(series["year"].max())
    goal = _goal(targets)
    members = {} if crowd is None else dict(list(crowd.groupby("panel", sort=False)))
    high = _high(series, behind, crowd, goal)
    low = min(0.0, float(np.nan_to_num(series["value"].min())))
    sheet = Sheet()
    layout: dict[str, Any] = {}
    silent: list[tuple[float, float, float, float]] = []
    for place, area in enumerate(areas):
        line = series[series["area"] == area].sort_values("year")
        frame = _frame(place, columns, rows, height)
        layout[f"xaxis{_nth(place)}"] = _across(place, frame, (first, last))
        layout[f"yaxis{_nth(place)}"] = theme.scale(
            sheet, low, high, unit, colours=colours, axis=f"y{_nth(place)}",
            where=(frame[0], "paper"), most=2,
        ) | {
            "domain": [max(frame[2], 0.0), min(frame[3], 1.0)], "anchor": f"x{_nth(place)}",
        }  # fmt: skip
        _crowd(sheet, members.get(area), place, colours)
        _panel(sheet, line, behind, place, goal, unit=unit, colours=colours, running=running)
        told = line if running is None else line[line["year"] < running]
        said = (_latest(told, unit) or silent_as or palette.word("no_data"),
                (details or {}).get(area, ""))  # fmt: skip
        _heading(sheet, str(line["name"].iloc[0]), said, frame, colours)
        if line["value"].isna().all():
            silent.append((frame[0], frame[2], frame[1], frame[3]))
    if silent:
        sheet.mark("path", xref="paper", yref="paper", layer="below",
            path=theme.hatch(silent, lines=3, rise=3), line={"color": colours.axis, "width": 0.6},
        )  # fmt: skip
    sheet.set(**layout)
    room = theme.Room(height=height, above=48, below=26)
    key = [*_crowd_key(members, colours), *_key(behind, goal, silent, colours, silent_as)]
    if running is not None and bool(series.loc[series["year"] >= running, "value"].notna().any()):
        key.append(
            Key(_("{year}: reports still coming in").format(year=running), colours.accent, "ring")
        )
    return theme.plain(sheet, room=room, key=key, **look)


def alt(series: pd.DataFrame, *, unit: str = "") -> str:
    """Say in one sentence what the panels show, the same way as for lines in one panel."""
    return trend.alt(series, unit=unit)


def _goal(targets: pd.DataFrame | None) -> dict[Any, Any] | None:
    if targets is None:
        return None
    final = targets[~targets["is_interim"] & targets["value"].notna()]
    return None if final.empty else final.iloc[0].to_dict()


def _high(
    series: pd.DataFrame,
    behind: pd.DataFrame | None,
    crowd: pd.DataFrame | None,
    goal: dict[Any, Any] | None,
) -> float:
    most = [series["value"].max(), goal["value"] if goal else np.nan]
    most += [behind["value"].max()] if behind is not None else []
    # A single State far above all others would flatten every panel: its line leaves at the top.
    most += [crowd["value"].quantile(0.95)] if crowd is not None else []
    high = float(np.nanmax([*most, 0.0]))
    return high * 1.08 or 1.0


def _frame(place: int, columns: int, rows: int, height: int) -> tuple[float, float, float, float]:
    """Return where a panel lies, in shares of the drawing: left, right, bottom, top."""
    row, column = divmod(place, columns)
    gap = 0.04
    wide = (1 - gap * (columns - 1)) / columns
    left = column * (wide + gap)
    top = 1 - row * (_PANEL + _GAP) / height
    return left, left + wide, top - _PANEL / height, top


def _across(
    place: int, frame: tuple[float, float, float, float], years: tuple[int, int]
) -> dict[str, Any]:
    """Return the horizontal axis of a panel, first and last year only."""
    return {
        "domain": [frame[0], frame[1]], "anchor": f"y{_nth(place)}", "showline": True,
        "range": [years[0] - 0.5, years[1] + 0.5], "tickvals": [sum(years) / 2],
        "ticktext": [f"{years[0]}–{years[1]}"],
    }  # fmt: skip


def _nth(place: int) -> str:
    """Return what Plotly appends to the name of an axis: nothing for the first."""
    return "" if place == 0 else str(place + 1)


def _crowd(sheet: Sheet, lines: pd.DataFrame | None, place: int, colours: palette.Tokens) -> None:
    """Draw the members of a panel: their lines, or the band of their middle half."""
    if lines is None:
        return
    axes = {"xaxis": f"x{_nth(place)}", "yaxis": f"y{_nth(place)}"}
    known = lines[lines["value"].notna()]
    if known["area"].nunique() <= CROWD:
        for _area, line in known.groupby("area", sort=False):
            sheet.draw("scatter",
                x=line["year"].to_numpy(np.int16), y=line["value"].to_numpy(np.float32),
                mode="lines", hoverinfo="skip", line={"color": colours.axis, "width": 0.75}, **axes,
            )  # fmt: skip
        return
    by_year = known.groupby("year")["value"]
    enough = by_year.size() >= CROWD
    low, high = (by_year.quantile(share)[enough] for share in (0.25, 0.75))
    years = low.index.to_numpy(np.int16)
    edge = np.concatenate([high.to_numpy(), low.to_numpy()[::-1]])
    sheet.draw("scatter",
        x=np.concatenate([years, years[::-1]]), y=edge.astype(np.float32), mode="lines",
        fill="toself", fillcolor=palette.faded(colours.region, 0.35), line={"width": 0},
        hoverinfo="skip", **axes,
    )  # fmt: skip


def _crowd_key(members: dict[Any, pd.DataFrame], colours: palette.Tokens) -> list[Key]:
    sizes = [lines.loc[lines["value"].notna(), "area"].nunique() for lines in members.values()]
    key = []
    if any(0 < size <= CROWD for size in sizes):
        key.append(Key(_("Each State"), colours.axis, "line"))
    if any(size > CROWD for size in sizes):
        said = _("Middle half of the States, where more than {n} report")
        key.append(Key(said.format(n=number(CROWD)), palette.faded(colours.region, 0.35), "band"))
    return key


def _panel(
    sheet: Sheet,
    line: pd.DataFrame,
    behind: pd.DataFrame | None,
    place: int,
    goal: dict[Any, Any] | None,
    *,
    unit: str,
    colours: palette.Tokens,
    running: int | None,
) -> None:
    number_ = _nth(place)
    axes = {"xaxis": f"x{number_}", "yaxis": f"y{number_}"}
    if behind is not None:
        sheet.draw("scatter",
            x=behind["year"].to_numpy(np.int16), y=behind["value"].to_numpy(np.float32),
            mode="lines", hoverinfo="skip", line={"color": colours.region, "width": 1.5}, **axes,
        )  # fmt: skip
    late = line["year"] >= running if running is not None else line["year"] < 0
    if line.loc[late, "value"].notna().any():
        sheet.draw("scatter",
            x=line.loc[late, "year"].to_numpy(np.int16),
            y=line.loc[late, "value"].to_numpy(np.float64), mode="markers",
            marker={"size": 6, "symbol": "circle-open", "color": colours.accent},
            hovertemplate=f"%{{x}}: %{{y:,.12~r}} {unit}<extra></extra>", **axes,
        )  # fmt: skip
    whole = line[~late]
    sheet.draw("scatter",
        x=whole["year"].to_numpy(np.int16), y=whole["value"].to_numpy(np.float64),
        mode="lines+markers", connectgaps=False, line={"color": colours.accent, "width": 2.25},
        marker={"size": 3.5, "color": colours.accent}, name=str(line["name"].iloc[0]),
        hovertemplate=f"%{{x}}: %{{y:,.12~r}} {unit}<extra></extra>", **axes,
    )  # fmt: skip
    if goal is not None:
        dash = "solid" if goal["status"] == "agreed" else "dash"
        sheet.mark("line", xref=f"x{number_} domain", x0=0, x1=1, yref=f"y{number_}",
            y0=goal["value"], y1=goal["value"], layer="below",
            line={"color": colours.ink, "width": 1, "dash": dash},
        )  # fmt: skip


def _latest(line: pd.DataFrame, unit: str) -> str:
    """Return the last value with its year; empty where there is none."""
    known = line[line["value"].notna()]
    if known.empty:
        return ""
    last = known.iloc[-1]
    return f"{number(float(last['value']))}{unit if unit == '%' else ''} ({int(last['year'])})"


def _heading(
    sheet: Sheet,
    name: str,
    said: tuple[str, str],
    frame: Sequence[float],
    colours: palette.Tokens,
) -> None:
    under = ", ".join(part for part in said if part)
    sheet.write(
        text=f"<b>{theme.clip(name, 150 if said[1] else 104, 12)}</b><br>"
        f"<span style='color:{colours.muted}'>{under}</span>", align="left",
        x=frame[0], xref="paper", xanchor="left", y=frame[3], yref="paper", yanchor="bottom",
        yshift=11, font={"size": 11.5, "color": colours.ink},
    )  # fmt: skip


def _key(
    behind: pd.DataFrame | None,
    goal: dict[Any, Any] | None,
    silent: Sequence[object],
    colours: palette.Tokens,
    silent_as: str,
) -> list[Key]:
    key = []
    if behind is not None and len(behind):
        key.append(Key(str(behind["name"].iloc[0]), colours.region, "line"))
    if goal is not None:
        said = f"{_('Target')} ({trend.target_word(str(goal['status']))})"
        key.append(Key(said, colours.ink, "line" if goal["status"] == "agreed" else "dash"))
    if silent:
        said = silent_as or palette.word("no_data")
        key.append(Key(said, colours.paper, texture="hatched"))
    return key
