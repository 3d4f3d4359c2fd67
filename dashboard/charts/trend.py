"""One indicator over the years in a few areas, with where it began and where it should arrive."""

from dataclasses import dataclass
from typing import Any, Final, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import palette, theme
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Key, Look
from dashboard.frames import Flag
from dashboard.i18n import _, number

MOST: Final = 12
"""Lines a reader can still tell apart in one panel."""
_HEIGHT, _LABEL_WIDTH = 300, 112
_KINDS: Final[dict[str, theme.Kind]] = {
    "circle-open": "ring",
    "triangle-down-open": "down",
    "triangle-up-open": "up",
}
_UNSURE = int(Flag.ESTIMATED | Flag.PROVISIONAL)


@dataclass(frozen=True)
class Base:
    """Where a series began: the baseline's year and value."""

    year: int
    value: float


def draw(
    series: pd.DataFrame,
    *,
    targets: pd.DataFrame | None = None,
    base: Base | None = None,
    behind: pd.DataFrame | None = None,
    ahead: pd.DataFrame | None = None,
    here: int | None = None,
    unit: str = "",
    levels: bool = False,
    **look: Unpack[Look],
) -> go.Figure:
    """Draw a line for each area of `slices.SERIES`, at most twelve.

    `targets` are rows of `frames.TARGETS`: the final ones become lines (solid where agreed, dashed
    where proposed or national), the interim ones diamonds; without any, no target is drawn at all.
    `behind` holds further series drawn grey for comparison. `ahead` is where the one series is
    heading (year, value, low, high): a dashed line in a band, never solid, never in the place of
    a value. The year `here` is ringed. A value that is estimated or
    provisional is an open ring; a bound such as `<5` is an open triangle; a year without a value
    breaks the line and, where one area stands alone, is hatched. Values
    that are `levels` of a scale are drawn as steps: between two levels there is nothing, and no
    steady pace. Raises `ValueError` above twelve areas.
    """
    areas = list(dict.fromkeys(series["area"]))
    if len(areas) > MOST:
        raise ValueError(f"{len(areas)} lines in one panel; at most {MOST} can be told apart")
    if series["value"].notna().sum() == 0:
        return theme.empty(theme.nothing(), **look)
    colours = theme.tokens(look)
    sheet, key = Sheet(), []
    if behind is not None:
        key += _behind(sheet, behind, unit, colours)
    key += _gaps(sheet, series, colours) if len(areas) == 1 else []
    low, high = _span(series, targets, base, behind, ahead)
    key += _ahead(sheet, series, ahead, unit, colours)
    ends: list[tuple[str, float, float, str]] = []
    for place, area in enumerate(areas):
        line = series[series["area"] == area].sort_values("year")
        colour = colours.lines[place % len(colours.lines)]
        dashed = place >= len(colours.lines)
        key += _line(sheet, line, (colour, colours.muted), unit, dashed=dashed, levels=levels)
        ends += _end(line, colour)
    _ring(sheet, series, here, colours)
    key += _base(sheet, base, unit, colours)
    key += draw_targets(sheet, targets, None if levels else base, unit, colours)
    wide = 0
    if len(areas) > 1:
        wide = name_ends(sheet, ends, low, high, (_HEIGHT, 0))
    # Beside names the axis ends with the data: a line must stand next to its name.
    first, last = _years(series, None if len(areas) > 1 else targets, base, ahead)
    sheet.set(
        xaxis=year_axis(first, last),
        yaxis=theme.scale(sheet, low, high, unit, colours=colours, whole=levels),
    )
    room = theme.Room(height=_HEIGHT, right=wide + 6, above=14, below=28)
    return theme.plain(sheet, room=room, key=list(dict.fromkeys(key)), **look)


def alt(series: pd.DataFrame, *, unit: str = "") -> str:
    """Say in one sentence from where to where each line goes."""
    known = series[series["value"].notna()].sort_values("year")
    if known.empty:
        return theme.nothing()
    said = []
    for name, line in known.groupby("name", sort=False):
        first, last = line.iloc[0], line.iloc[-1]
        said.append(
            _("{name} from {first} in {since} to {last} in {until}").format(
                name=name,
                first=theme.amount(float(first["value"]), unit),
                since=int(first["year"]),
                last=theme.amount(float(last["value"]), unit),
                until=int(last["year"]),
            )
        )
    return _("Lines over the years: {lines}").format(lines=theme.sayings(said))


def sentence(series: pd.DataFrame, *, unit: str = "") -> str:
    """Return a title for one area: what the latest figure is and how it moved since the first."""
    known = series[series["value"].notna()].sort_values("year")
    if known.empty:
        return _("No figure has been reported yet")
    first, last = known.iloc[0], known.iloc[-1]
    words = {
        "name": last["name"],
        "last": theme.amount(float(last["value"]), unit),
        "until": int(last["year"]),
        "first": theme.amount(float(first["value"]), unit),
        "since": int(first["year"]),
    }
    if first["year"] == last["year"]:
        return _("{name} reported {last} in {until}").format(**words)
    if last["value"] > first["value"]:
        return _("{name}: up from {first} in {since} to {last} in {until}").format(**words)
    if last["value"] < first["value"]:
        return _("{name}: down from {first} in {since} to {last} in {until}").format(**words)
    return _("{name}: {last} in {until}, as in {since}").format(**words)


def _span(*tables: Any) -> tuple[float, float]:
    """Return the range of the vertical axis: from zero unless something is below it."""
    series, targets, base, behind, ahead = tables
    values = [series["value"].to_numpy(np.float64)]
    if targets is not None:
        values += [targets["value"].to_numpy(np.float64), targets["upper"].to_numpy(np.float64)]
    if base is not None:
        values.append(np.array([base.value]))
    if behind is not None:
        values.append(behind["value"].to_numpy(np.float64))
    if ahead is not None:
        values += [ahead["low"].to_numpy(np.float64), ahead["high"].to_numpy(np.float64)]
    everything = np.concatenate(values)
    low = min(0.0, float(np.nanmin(everything)))
    high = float(np.nanmax(everything))
    return low, high + 0.12 * ((high - low) or 1.0)


def _years(
    series: pd.DataFrame,
    targets: pd.DataFrame | None,
    base: Base | None,
    ahead: pd.DataFrame | None,
) -> tuple[int, int]:
    years = [int(series["year"].min()), int(series["year"].max())]
    if ahead is not None and not ahead.empty:
        years.append(int(ahead["year"].max()))
    if targets is not None and not targets.empty:
        years.append(int(targets["year"].max()))
    if base is not None:
        years.append(base.year)
    return min(years), max(years)


def year_axis(first: int, last: int) -> dict[str, Any]:
    """Return a horizontal axis of whole years with at most seven labels."""
    step = next(step for step in (1, 2, 5, 10, 20, 50) if (last - first) / step <= 7)
    pad = 0.5 + 0.03 * (last - first)  # room for half a label on the narrowest page
    ticks = [year for year in range(first, last + 1) if year % step == 0]
    return {
        "range": [first - pad, last + pad],
        "tickvals": ticks,
        "ticktext": [str(year) for year in ticks],
        "ticks": "outside",
        "ticklen": 4,
        "showline": True,
    }


def _line(
    sheet: Sheet,
    line: pd.DataFrame,
    inks: tuple[str, str],
    unit: str,
    *,
    dashed: bool,
    levels: bool,
) -> list[Key]:
    colour, muted = inks
    years = line["year"].to_numpy(np.int16)
    values = line["value"].to_numpy(np.float64)
    flags = line["flags"].to_numpy(np.uint8)
    name = str(line["name"].iloc[0])
    shown = np.isfinite(values)
    shape = "hv" if levels else "linear"
    stroke = {"color": colour, "width": 2.25, "dash": "dash" if dashed else "solid"}
    # A faint dotted thread over the gaps leads the eye; it claims no value and takes no hover.
    sheet.draw("scatter",
        x=years[shown], y=values[shown], mode="lines", hoverinfo="skip", name=name,
        line={"color": palette.faded(colour, 0.45), "width": 1, "dash": "dot", "shape": shape},
    )  # fmt: skip
    sheet.draw("scatter",
        x=years, y=values, mode="lines", connectgaps=False, hoverinfo="skip", name=name,
        line=stroke | {"shape": shape},
    )  # fmt: skip
    unsure, below, above = (
        (flags & bits) > 0 for bits in (_UNSURE, int(Flag.BELOW), int(Flag.ABOVE))
    )
    groups = [
        (~(unsure | below | above), "circle", "", ""),
        (unsure & ~below & ~above, "circle-open", "", _("estimated or provisional")),
        (below, "triangle-down-open", "<", _("known only as an upper limit")),
        (above, "triangle-up-open", ">", _("known only as a lower limit")),
    ]
    key = []
    for mask, symbol, sign, said in groups:
        picked = mask & shown
        if not picked.any():
            continue
        sheet.draw("scatter",
            x=years[picked], y=values[picked], mode="markers", name=name,
            marker={"symbol": symbol, "color": colour, "size": 6 if not said else 9,
                    "line": {"color": colour, "width": 1.75 if said else 0}},
            hovertemplate=f"<b>{name}</b><br>%{{x}}: {sign}%{{y:,.12~r}} {unit}"
            + (f"<br>{said}" if said else "") + "<extra></extra>",
        )  # fmt: skip
        if said:
            key.append(Key(said, muted, _KINDS[symbol]))
    for year in years[(flags & int(Flag.BREAK)) > 0]:
        sheet.write(
            x=int(year), xref="x", y=0, yref="paper", yanchor="bottom",
            text=_("new definition"), textangle=-90, xshift=-7, font={"size": 11},
        )  # fmt: skip
        sheet.down(int(year) - 0.5, {"width": 1, "dash": "dot", "color": colour})
    return key


def _behind(sheet: Sheet, behind: pd.DataFrame, unit: str, colours: palette.Tokens) -> list[Key]:
    key = []
    for name, line in behind.groupby("name", sort=False):
        sheet.draw("scatter",
            x=line["year"].to_numpy(np.int16), y=theme.rounded(line["value"]), mode="lines",
            line={"color": colours.region, "width": 2}, name=str(name), connectgaps=False,
            hovertemplate=f"{name}<br>%{{x}}: %{{y:,.12~r}} {unit}<extra></extra>",
        )  # fmt: skip
        key.append(Key(str(name), colours.region, "line"))
    return key


def _ahead(
    sheet: Sheet,
    series: pd.DataFrame,
    ahead: pd.DataFrame | None,
    unit: str,
    colours: palette.Tokens,
) -> list[Key]:
    """Draw the outlook as a band with a dashed middle, opening at the latest value."""
    if ahead is None or ahead.empty:
        return []
    known = series[series["value"].notna()].sort_values("year")
    start = known.tail(1)[["year", "value"]]
    start = start.assign(low=start["value"], high=start["value"])
    fan = pd.concat([start, ahead], ignore_index=True)
    years = fan["year"].to_numpy(np.int16)
    rounded = {name: theme.rounded(fan[name]) for name in ("value", "low", "high")}
    soft = palette.faded(colours.lines[0], 0.16)
    sheet.draw("scatter",
        x=np.concatenate([years, years[::-1]]),
        y=np.concatenate([rounded["high"], rounded["low"][::-1]]),
        mode="lines", fill="toself", fillcolor=soft, line={"width": 0}, hoverinfo="skip",
        name=_("Four outcomes in five"),
    )  # fmt: skip
    sheet.draw("scatter",
        x=years, y=rounded["value"], mode="lines", name=_("Outlook"),
        line={"color": colours.lines[0], "width": 2, "dash": "dash"},
        customdata=np.stack([rounded["low"], rounded["high"]], axis=1),
        hovertemplate=_("Outlook") + f" %{{x}}: %{{y:,.12~r}} {unit}<br>"
        + _("Four outcomes in five") + ": %{customdata[0]:,.12~r}–%{customdata[1]:,.12~r}"
        "<extra></extra>",
    )  # fmt: skip
    return [
        Key(_("Outlook"), colours.lines[0], "dash"),
        Key(_("Four outcomes in five"), soft, "band"),
    ]


def _gaps(sheet: Sheet, series: pd.DataFrame, colours: palette.Tokens) -> list[Key]:
    missing = series.loc[series["value"].isna(), "year"].tolist()
    if not missing:
        return []
    sheet.mark("path", xref="x", yref="paper", layer="below",
        path=theme.hatch(
            [(year - 0.5, 0.0, year + 0.5, 1.0) for year in missing], lines=24, rise=0.12
        ),
        line={"color": colours.grid, "width": 1},
    )  # fmt: skip
    hidden = bool((series["flags"].to_numpy(np.uint8) & np.uint8(Flag.SUPPRESSED)).any())
    said = _("Not reported, or withheld because small") if hidden else palette.word("no_data")
    return [Key(said, colours.paper, texture="hatched")]


def _ring(sheet: Sheet, series: pd.DataFrame, here: int | None, colours: palette.Tokens) -> None:
    """Draw a ring around the value of one year."""
    own = series[(series["year"] == here) & series["value"].notna()]
    if len(own):
        sheet.draw("scatter",
            x=own["year"].to_numpy(np.int16), y=own["value"].to_numpy(np.float64), mode="markers",
            hoverinfo="skip", name=_("This figure"),
            marker={"symbol": "circle-open", "size": 18, "color": colours.ink,
                    "line": {"width": 2.5}},
        )  # fmt: skip


def _base(sheet: Sheet, base: Base | None, unit: str, colours: palette.Tokens) -> list[Key]:
    if base is None:
        return []
    sheet.draw("scatter",
        x=np.array([base.year], np.int16), y=np.array([base.value]), mode="markers",
        marker={"symbol": "line-ns", "size": 18, "line": {"color": colours.ink, "width": 2.5}},
        hovertemplate=_("Baseline") + f" %{{x}}: %{{y:,.12~r}} {unit}<extra></extra>",
        name=_("Baseline"),
    )  # fmt: skip
    return [Key(_("Baseline"), colours.ink, "tick")]


def draw_targets(
    sheet: Sheet,
    targets: pd.DataFrame | None,
    base: Base | None,
    unit: str,
    colours: palette.Tokens,
) -> list[Key]:
    """Draw what should be reached; nothing at all where no target is set. Zero is a target."""
    if targets is None:
        return []
    key = []
    for row in targets[targets["value"].notna()].to_dict("records"):
        word = target_word(str(row["status"]))
        if row["is_interim"]:
            sheet.draw("scatter",
                x=np.array([row["year"]], np.int16), y=np.array([row["value"]]),
                mode="markers", name=_("Milestone"),
                marker={"symbol": "diamond-open", "size": 11,
                        "line": {"color": colours.ink, "width": 1.5}},
                hovertemplate=_("Milestone") + f" %{{x}}: %{{y:,.12~r}} {unit}<br>{word}"
                "<extra></extra>",
            )  # fmt: skip
            key.append(Key(_("Milestone"), colours.ink, "diamond"))
            continue
        dash = "solid" if row["status"] == "agreed" else "dash"
        line = {"color": colours.ink, "width": 1.5, "dash": dash}
        if row["operator"] == "between" and np.isfinite(row["upper"]):
            sheet.mark(
                "rect", xref="paper", x0=0, x1=1, y0=row["value"], y1=row["upper"],
                layer="below", line={"width": 0}, fillcolor=palette.faded(colours.accent, 0.14),
            )  # fmt: skip
        sheet.across(row["value"], line)
        sheet.write(
            text=f"{target_text(row, unit)} ({word})", x=1, xref="paper", xanchor="right",
            y=row["value"], yanchor="bottom", borderpad=2,
            font={"size": 12, "color": colours.ink},
        )  # fmt: skip
        if base is not None:
            sheet.draw("scatter",
                x=np.array([base.year, row["year"]], np.int16),
                y=np.array([base.value, row["value"]], np.float32), mode="lines",
                line={"color": colours.muted, "width": 1, "dash": "dot"}, hoverinfo="skip",
                name=_("Steady pace to the target"),
            )  # fmt: skip
            key.append(Key(_("Steady pace to the target"), colours.muted, "dot"))
    return key


def target_word(status: str) -> str:
    """Return who stands behind a target, in the reader's words."""
    return {
        "proposed": _("proposed"),
        "national": _("national"),
        "agreed": _("agreed"),
    }.get(status, status)


def target_text(row: Any, unit: str) -> str:
    """Return a target as `Target ≥ 80% by 2030`."""
    sign = {">=": "≥ ", "<=": "≤ ", "=": "", "between": ""}.get(str(row["operator"]), "")
    value = number(float(row["value"]))
    if row["operator"] == "between" and np.isfinite(row["upper"]):
        value = f"{value}–{number(float(row['upper']))}"
    gap = "" if unit == "%" else " "
    return _("Target {value} by {year}").format(
        value=f"{sign}{value}{gap}{unit}".strip(), year=int(row["year"])
    )


def _end(line: pd.DataFrame, colour: str) -> list[tuple[str, float, float, str]]:
    known = line[line["value"].notna()]
    if known.empty:
        return []
    last = known.iloc[-1]
    return [(str(last["name"]), float(last["year"]), float(last["value"]), colour)]


def name_ends(
    sheet: Sheet,
    ends: list[tuple[str, float, float, str]],
    low: float,
    high: float,
    panel: tuple[float, float],
) -> int:
    """Write each line's name beside its end, moved apart so that no two overlap.

    An end is name, year, value and colour; `panel` is the height of the drawing and what lies
    under it, in pixels. Returns the room the names take.
    """
    tall, under = panel
    ends = sorted(ends, key=lambda end: end[2])
    heights = apart([(end[2] - low) / (high - low) * tall + under for end in ends], 15)
    names = [theme.clip(end[0], _LABEL_WIDTH, 12) for end in ends]
    for name, end, height in zip(names, ends, heights, strict=True):
        sheet.write(
            text=name, x=1, xref="paper", xanchor="left", xshift=4,
            y=0, yref="paper", yanchor="middle", yshift=height,
            font={"size": 12, "color": end[3], "weight": 600},
        )  # fmt: skip
    return int(max(theme.extent(name, 12, bold=True) for name in names)) + 6


def apart(heights: list[float], gap: float) -> list[float]:
    """Return ascending heights moved as little as possible so that all stand `gap` apart."""
    pools: list[tuple[float, int]] = []  # mean of the shifted heights, how many
    for place, height in enumerate(heights):
        mean, many = height - place * gap, 1
        while pools and pools[-1][0] > mean:
            before, number_ = pools.pop()
            mean = (before * number_ + mean * many) / (number_ + many)
            many += number_
        pools.append((mean, many))
    spread = [mean for mean, many in pools for _place in range(many)]
    return [mean + place * gap for place, mean in enumerate(spread)]
