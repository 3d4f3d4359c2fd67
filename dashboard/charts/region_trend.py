"""Regions over the years, each value with how many of its States stand behind it."""

from collections.abc import Mapping
from typing import Any, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import theme, trend
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import Key, Look
from dashboard.i18n import _, number

MOST = 6
_HEIGHT, _STRIP, _GAP = 260, 70, 56


def draw(
    aggregates: pd.DataFrame,
    names: Mapping[str, str],
    *,
    targets: pd.DataFrame | None = None,
    minimum: float | None = None,
    unit: str = "",
    scale: float = 1.0,
    running: int | None = None,
    **look: Unpack[Look],
) -> go.Figure:
    """Draw a line for each group of `progress.aggregation.AGGREGATES`, at most six.

    Below stands the share of States that report, with the `minimum` under which no value is
    published. A value that may not be published is left out, never drawn. `scale` multiplies the
    values (100 where they are shares and the unit is per cent). From the year `running` on
    reports are still coming in: such a year is an open ring apart from the line, and its coverage
    a hollow step, so that nobody takes it for a fall. Raises `ValueError` above six.
    """
    groups = list(dict.fromkeys(aggregates["group"]))
    if len(groups) > MOST:
        raise ValueError(f"{len(groups)} regions in one panel; at most {MOST} can be told apart")
    rows = aggregates.sort_values("year")
    shown = (rows["value"] * scale).where(rows["is_publishable"])
    if rows.empty or shown.notna().sum() == 0:
        return theme.empty(_("Too few States report to publish a figure."), **look)
    colours = theme.tokens(look)
    sheet = Sheet()
    high = float(np.nanmax(shown)) * 1.12 or 1.0  # all at zero is a figure as well
    if targets is not None and targets["value"].notna().any():
        high = max(high, float(targets["value"].max()) * 1.12)
    low = min(0.0, float(np.nanmin(shown)))
    ends: list[tuple[str, float, float, str]] = []
    for place, group in enumerate(groups):
        mine = rows["group"] == group
        name = names.get(group, group)
        colour = colours.lines[place]
        over = mine if running is None else mine & (rows["year"] < running)
        _line(sheet, rows[over], shown[over], name, unit=unit, colour=colour)
        if running is not None:
            _still(sheet, rows[mine & ~over], shown[mine & ~over], name, unit=unit, colour=colour)
        known = (shown[over] if shown[over].notna().any() else shown[mine]).dropna()
        if len(known):
            ends.append((name, 0.0, float(known.iloc[-1]), colour))
    key = trend.draw_targets(sheet, targets, None, unit, colours)
    if minimum:
        sheet.mark("line", xref="paper", x0=0, x1=1, yref="y2", y0=minimum * 100, y1=minimum * 100,
            line={"color": colours.muted, "width": 1, "dash": "dash"},
        )  # fmt: skip
        key.append(Key(_("Least share that must report"), colours.muted, "dash"))
    if running is not None and (rows["year"] >= running).any():
        said = _("{year}: reports still coming in").format(year=running)
        key.append(Key(said, colours.muted, "ring"))
    whole = _HEIGHT + _GAP + _STRIP
    wide = trend.name_ends(sheet, ends, low, high, (_HEIGHT, _STRIP + _GAP))
    sheet.set(
        xaxis=trend.year_axis(int(rows["year"].min()), int(rows["year"].max())) | {"anchor": "y2"},
        yaxis=theme.scale(sheet, low, high, unit, colours=colours)
        | {"domain": [(_STRIP + _GAP) / whole, 1]},
        yaxis2=theme.scale(sheet, 0, 100, "%", colours=colours, axis="y2", most=2)
        | {"domain": [0, _STRIP / whole], "range": [0, 108]},
    )
    sheet.write(
        text=f"<b>{_('States that report')}</b>", x=0, xref="paper", xanchor="left",
        y=_STRIP / whole, yref="paper", yanchor="bottom", yshift=20,
         font={"size": 12, "color": colours.ink},
    )  # fmt: skip
    room = theme.Room(height=whole, right=wide + 6, above=14)
    return theme.plain(sheet, room=room, key=list(dict.fromkeys(key)), **look)


def alt(
    aggregates: pd.DataFrame, names: Mapping[str, str], *, unit: str = "", scale: float = 1.0
) -> str:
    """Say in one sentence the latest publishable value of each group and who stands behind it."""
    rows = aggregates[aggregates["is_publishable"] & aggregates["value"].notna()]
    if rows.empty:
        return _("Too few States report to publish a figure.")
    latest = rows.sort_values("year").groupby("group", sort=False).tail(1)
    said = [
        _("{name} {value} in {year} ({n} of {of} States)").format(
            name=names.get(row["group"], row["group"]),
            value=theme.amount(row["value"] * scale, unit),
            year=row["year"],
            n=number(row["n"]),
            of=number(row["states"]),
        )
        for row in latest.to_dict("records")
    ]
    return _("Latest of each line: {lines}").format(lines=theme.sayings(said))


def _line(
    sheet: Sheet, rows: pd.DataFrame, shown: Any, name: str, *, unit: str, colour: str
) -> None:
    years = rows["year"].to_numpy(np.int16)
    counts = np.stack([rows["n"], rows["states"]], axis=1).astype(np.int16)
    said = _("%{customdata[0]} of %{customdata[1]} States")
    sheet.draw("scatter",
        x=years, y=theme.rounded(shown), mode="lines+markers", name=name,
        connectgaps=False, customdata=counts, line={"color": colour, "width": 2.25},
        marker={"size": 6, "color": colour},
        hovertemplate=f"<b>{name}</b><br>%{{x}}: %{{y:,.12~r}} {unit}<br>{said}<extra></extra>",
    )  # fmt: skip
    sheet.draw("scatter",
        x=years, y=(rows["coverage"] * 100).to_numpy(np.float32), mode="lines", yaxis="y2",
        name=name,
        customdata=counts, line={"color": colour, "width": 1.75, "shape": "hvh"},
        hovertemplate=f"<b>{name}</b><br>%{{x}}: {said}<extra></extra>",
    )  # fmt: skip


def _still(
    sheet: Sheet, rows: pd.DataFrame, shown: Any, name: str, *, unit: str, colour: str
) -> None:
    """Draw what is known of a year for which reports are still coming in."""
    if rows.empty:
        return
    counts = np.stack([rows["n"], rows["states"]], axis=1).astype(np.int16)
    said = _("%{customdata[0]} of %{customdata[1]} States so far")
    for values, axis, tail in (
        (theme.rounded(shown), "y", f"<br>%{{x}}: %{{y:,.12~r}} {unit}<br>{said}"),
        ((rows["coverage"] * 100).to_numpy(np.float32), "y2", f"<br>%{{x}}: {said}"),
    ):
        sheet.draw("scatter",
            x=rows["year"].to_numpy(np.int16), y=values, mode="markers", name=name, yaxis=axis,
            customdata=counts,
            marker={"size": 8, "symbol": "circle-open", "color": colour, "line": {"width": 1.75}},
            hovertemplate=f"<b>{name}</b>{tail}<extra></extra>",
        )  # fmt: skip
