"""The one look of every picture: sentence on top, key, drawing, source at the foot.

All rooms around a drawing are reckoned here in pixels for the narrowest page it may stand on, so
that nothing ever collides, whatever the width of the screen. What belongs to the message stands
inside the figure (title, key, source, the mark of illustrative data), so that an exported image
carries it too.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Required, TypedDict

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from dashboard.charts import palette
from dashboard.charts.palette import Mode
from dashboard.charts.sheet import Sheet
from dashboard.i18n import _, direction, number

SANS: Final = "'IBM Plex Sans',system-ui,'Noto Sans Arabic','Noto Sans SC',sans-serif"
SERIF: Final = "'Headway Serif',Georgia,'Noto Naskh Arabic','Noto Serif SC',serif"
NARROW: Final = 344
"""Pixels of the drawing on a phone; titles and keys are broken for it unless `width` says else."""

CONFIG: Final[dict[str, Any]] = {
    "displaylogo": False,
    "scrollZoom": False,
    "doubleClick": False,
    "topojsonURL": "/assets/geo/",
    "modeBarButtonsToRemove": [
        "zoom2d", "pan2d", "select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d",
        "resetScale2d", "zoomInGeo", "zoomOutGeo", "resetGeo", "hoverClosestGeo",
        "hoverClosestCartesian", "hoverCompareCartesian", "toggleSpikelines", "resetViews",
    ],
    "toImageButtonOptions": {"format": "png", "scale": 2},
}  # fmt: skip
"""What every page hands to Plotly: no zoom tools, our own map files, an image twice as sharp."""

_EDGE = 6  # an exported image is drawn in a face of the system, a little wider or narrower
_TITLE, _SUBTITLE, _SMALL = 18, 13, 11.5
_TITLE_LINE, _SUBTITLE_LINE, _KEY_LINE, _SMALL_LINE = 24, 18, 20, 16


class Look(TypedDict, total=False):
    """The words and the light every chart takes besides its data.

    `title` is a sentence, `source` tells origin, date and coverage, `note` what to keep in mind.
    `width` is the number of pixels the text may count on.
    """

    title: Required[str]
    subtitle: str
    source: str
    note: str
    illustrative: bool
    mode: Mode
    width: int


Kind = Literal[
    "square", "line", "dash", "dot", "ring", "disc", "tick", "bar", "diamond", "down", "up", "band"
]


@dataclass(frozen=True)
class Key:
    """One entry of the key: what it says and how it is drawn."""

    text: str
    colour: str
    kind: Kind = "square"
    texture: palette.Texture = ""


@dataclass(frozen=True)
class Room:
    """Pixels around and inside the drawing proper."""

    height: int = 260
    left: int = 0
    right: int = 0
    above: int = 0
    below: int = 30


def tokens(look: Look) -> palette.Tokens:
    """Return the colours for this look."""
    return palette.tokens(look.get("mode", "light"))


def status_key(statuses: Iterable[str], look: Look) -> list[Key]:
    """Return key entries for these statuses, in their order, with sign and word."""
    mode = look.get("mode", "light")
    return [
        Key(
            f"{palette.mark(status).sign} {palette.word(status)}",
            palette.fill(status, mode),
            texture=palette.mark(status).texture,
        )
        for status in palette.ordered(list(statuses))
    ]


def plain(
    sheet: Sheet,
    *,
    title: str,
    subtitle: str = "",
    source: str = "",
    note: str = "",
    illustrative: bool = False,
    mode: Mode = "light",
    width: int = NARROW,
    room: Room | None = None,
    key: Sequence[Key] = (),
) -> go.Figure:
    """Give the figure the look of the house and return it."""
    room = room or Room()
    colours = palette.tokens(mode)
    heading = wrap(title, width, _TITLE, bold=True)
    under = wrap(subtitle, width, _SUBTITLE)
    rows = _key_rows(key, width)
    foot = _foot(source, note, illustrative, colours, width)
    top = (
        8
        + len(heading) * _TITLE_LINE
        + len(under) * _SUBTITLE_LINE
        + (8 + len(rows) * _KEY_LINE if rows else 4)
        + room.above
        + 6
    )
    bottom = room.below + 6 + len(foot) * _SMALL_LINE + 8
    sheet.set(
        height=top + room.height + bottom,
        margin={
            "t": top,
            "b": bottom,
            "l": room.left + _EDGE,
            "r": room.right + _EDGE,
            "autoexpand": False,
        },
        meta={"title": title},
        **_paper(colours),
    )
    for name in [name for name in sheet.layout if name[:5] in {"xaxis", "yaxis"}]:
        sheet.layout[name] = _axis(colours) | sheet.layout[name]
    _line(
        sheet, heading, room, top - 6,
        size=_TITLE, colour=colours.ink, family=SERIF, weight=600,
    )  # fmt: skip
    place = 8 + len(heading) * _TITLE_LINE
    if under:
        _line(sheet, under, room, top - place, size=_SUBTITLE, colour=colours.muted)
        place += len(under) * _SUBTITLE_LINE
    _draw_key(sheet, rows, room, top - place - 8, colours)
    if foot:
        _line(
            sheet, foot, room, -(room.below + 6),
            size=_SMALL, colour=colours.muted, from_top=False,
        )  # fmt: skip
    if illustrative:
        _watermark(sheet, room, colours)
    return sheet.figure()


def _paper(colours: palette.Tokens) -> dict[str, Any]:
    """Return what all figures have in common, none of it of Plotly's own template."""
    return {
        "template": {},
        "paper_bgcolor": colours.paper,
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": SANS, "size": 12.5, "color": colours.ink},
        "separators": _separators(),
        "showlegend": False,
        "dragmode": False,
        "hoverlabel": {
            "bgcolor": colours.ink,
            "bordercolor": colours.ink,
            "font": {"family": SANS, "size": 13, "color": colours.paper},
            "align": "left",
        },
        "modebar": {
            "bgcolor": "rgba(0,0,0,0)",
            "color": colours.axis,
            "activecolor": colours.accent,
        },
    }


def _axis(colours: palette.Tokens) -> dict[str, Any]:
    """Return an axis as quiet as can be; a drawing switches on what it needs."""
    return {
        "showgrid": False,
        "showline": False,
        "zeroline": False,
        "fixedrange": True,
        "tickfont": {"size": 12, "color": colours.muted},
        "gridcolor": colours.grid,
        "zerolinecolor": colours.axis,
        "linecolor": colours.axis,
        "tickcolor": colours.axis,
        "ticks": "",
    }


def empty(message: str, *, height: int = 160, **look: Any) -> go.Figure:
    """Return a hatched figure that says in words why there is nothing to draw."""
    colours = palette.tokens(look.get("mode", "light"))
    sheet = Sheet()
    sheet.set(xaxis={"visible": False, "range": [0, 1]}, yaxis={"visible": False, "range": [0, 1]})
    strokes = hatch([(0.0, 0.0, 1.0, 1.0)], lines=9, rise=7)
    sheet.mark("path", path=strokes, xref="paper", yref="paper", layer="below",
        line={"color": colours.grid, "width": 1},
    )  # fmt: skip
    sheet.write(
        x=0.5, y=0.5, xref="paper", yref="paper",
        text="<br>".join(wrap(message, look.get("width", NARROW) - 40, 14)),
        font={"size": 14, "color": colours.ink}, bgcolor=colours.paper, borderpad=8,
    )  # fmt: skip
    return plain(sheet, room=Room(height=height, below=4), **look)


def scale(
    sheet: Sheet,
    low: float,
    high: float,
    unit: str,
    *,
    colours: palette.Tokens,
    axis: str = "y",
    where: tuple[float, str] = (0.0, "paper"),
    most: int = 5,
    whole: bool = False,
) -> dict[str, Any]:
    """Write the labels of a vertical axis onto its grid lines and return the axis.

    Labels stand on the lines, inside the drawing, so that it keeps its full width on a phone; the
    unit stands once, on the topmost, unless it is per cent. `where` is the labels' place across;
    `whole` leaves out what is not a whole number.
    """
    values = [value for value in ticks(low, high, most) if not whole or value == int(value)]
    place, across = where
    for value in values:
        last = value == values[-1]
        tail = "%" if unit == "%" else f" {unit}" if unit and last else ""
        sheet.write(
            text=f"{number(value, 6)}{tail}", x=place, xref=across, xanchor="left", y=value,
            yref=axis, yanchor="bottom",
            font={"size": 12, "color": colours.muted},
        )  # fmt: skip
    return {
        "range": [low, high], "showgrid": True, "showticklabels": False, "tickvals": values,
        "zeroline": low < 0 < high,
    }  # fmt: skip


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round values from low to high, at most `most` steps apart."""
    rough = (high - low) / most or 1.0
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]


def rounded(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return sums as they may be read: two decimals, or four where all are below one.

    What was reported is drawn as it was reported; medians and means have decimals nobody meant.
    """
    exact = np.asarray(values, dtype=np.float64)
    below_one = not (np.abs(exact[np.isfinite(exact)]) >= 1).any()
    return np.round(exact, 4 if below_one else 2)


def amount(value: float, unit: str) -> str:
    """Return a value with its unit, and with as many decimals as its size makes sense of."""
    size = abs(value)
    digits = 0 if size >= 1000 else 1 if size >= 1 or size == 0 else 3
    gap = "" if unit == "%" else " "
    return f"{number(value, digits)}{gap}{unit}".strip()


def sayings(parts: Iterable[str]) -> str:
    """Return statements as one sentence, divided so that commas inside them do no harm."""
    return "; ".join(parts) + "."


def nothing() -> str:
    """Return the sentence for a drawing without data."""
    return _("Nothing has been reported here yet.")


def hatch(
    boxes: Iterable[tuple[float, float, float, float]], lines: int = 3, rise: float = 1.0
) -> str:
    """Return an SVG path of parallel strokes inside boxes `(x0, y0, x1, y1)`, axis coordinates.

    Each stroke climbs `rise` box heights over one box width and is cut off at the edges;
    `lines` strokes begin in each box height.
    """
    strokes = []
    for x0, y0, x1, y1 in boxes:
        wide, tall = x1 - x0, y1 - y0
        for number_ in range(-int(rise * lines), lines):
            start = (number_ + 0.5) / lines
            begin = max(0.0, -start / rise)
            end = min(1.0, (1 - start) / rise)
            if end > begin:
                strokes.append(
                    f"M{x0 + begin * wide:.6g},{y0 + (start + begin * rise) * tall:.6g}"
                    f"L{x0 + end * wide:.6g},{y0 + (start + end * rise) * tall:.6g}"
                )
    return "".join(strokes)


def outline(box: tuple[float, float, float, float]) -> str:
    """Return an SVG path around a box `(x0, y0, x1, y1)`."""
    x0, y0, x1, y1 = (f"{edge:.6g}" for edge in box)
    return f"M{x0},{y0}L{x1},{y0}L{x1},{y1}L{x0},{y1}Z"


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines of about equal length that fit `width` pixels."""
    words = text.split()
    if not words:
        return []
    lines = _fill(words, width, size, bold)
    narrow = width
    while narrow > width * 0.5:
        narrow -= 12
        tried = _fill(words, narrow, size, bold)
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def extent(text: str, size: float, *, bold: bool = False) -> float:
    """Return about how many pixels wide a text is; never less than it turns out to be."""
    total = sum(_breadth(letter) for letter in text)
    return total * size * (1.08 if bold else 1.0)


def clip(text: str, width: float, size: float) -> str:
    """Return the text, shortened with an ellipsis where it would be wider than `width` pixels."""
    if extent(text, size) <= width:
        return text
    while text and extent(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _breadth(letter: str) -> float:
    """Return about how wide a letter of the house's text face is, in shares of its size."""
    if letter == " ":
        return 0.25
    if letter in "iljtfrI.,:;'|!()[]-":
        return 0.33
    if letter in "mwMW%—…":
        return 0.88
    if ord(letter) >= 0x2190:
        return 1.0
    return 0.66 if letter.isupper() else 0.6 if letter.isdigit() else 0.55


def _fill(words: Sequence[str], width: float, size: float, bold: bool) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if extent(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _separators() -> str:
    """Return decimal and group sign of the reader's language, as Plotly wants them."""
    shown = number(1234.5)
    return shown[-2] + ("" if shown[1].isdigit() else shown[1])


def _side(room: Room) -> dict[str, Any]:
    """Return where lines of text begin: at the edge where the reader's language begins."""
    if direction() == "rtl":
        return {"x": 1, "xanchor": "right", "xshift": room.right, "align": "right"}
    return {"x": 0, "xanchor": "left", "xshift": -room.left, "align": "left"}


def _line(
    sheet: Sheet,
    lines: Sequence[str],
    room: Room,
    shift: float,
    *,
    size: float,
    colour: str,
    from_top: bool = True,
    family: str = SANS,
    weight: int = 400,
) -> None:
    if not lines:
        return
    sheet.write(
        text="<br>".join(lines), xref="paper", yref="paper",
        y=1 if from_top else 0, yanchor="top", yshift=shift,
        font={"size": size, "color": colour, "family": family, "weight": weight},
        **_side(room),
    )  # fmt: skip


def _foot(
    source: str, note: str, illustrative: bool, colours: palette.Tokens, width: int
) -> list[str]:
    lines: list[str] = []
    if illustrative:
        said = _("ILLUSTRATIVE DATA: generated, not reported by any State")
        lines += [
            f'<b><span style="color:{colours.warning}">{line}</span></b>'
            for line in wrap(said, width, _SMALL, bold=True)
        ]
    for text in (source, note):
        lines += wrap(text, width, _SMALL)
    return lines


def _watermark(sheet: Sheet, room: Room, colours: palette.Tokens) -> None:
    tall = room.height >= 150
    sheet.write(
        text=_("ILLUSTRATIVE"), xref="paper", yref="paper", x=0.5, y=0.5,
        textangle=-16 if tall else 0, opacity=0.1, name="illustrative",
        font={"size": 40 if tall else 22, "color": colours.ink, "weight": 700},
    )  # fmt: skip


def _key_rows(key: Sequence[Key], width: int) -> list[list[tuple[float, Key]]]:
    """Return the key in rows that fit the width, each entry with where it begins."""
    rows: list[list[tuple[float, Key]]] = []
    end = float(width)
    for entry in key:
        wide = 20 + extent(entry.text, 12) + 14
        if not rows or end + wide - 14 > width:
            rows.append([])
            end = 0.0
        rows[-1].append((end, entry))
        end += wide
    return rows


def _draw_key(
    sheet: Sheet,
    rows: Sequence[Sequence[tuple[float, Key]]],
    room: Room,
    top: float,
    colours: palette.Tokens,
) -> None:
    start = direction() != "rtl"
    edge = -room.left if start else room.right
    for number_, row in enumerate(rows):
        middle = top - number_ * _KEY_LINE - _KEY_LINE / 2
        for begin, entry in row:
            left = edge + begin if start else edge - begin - 14
            for shape in _swatch(entry, left, middle, colours):
                sheet.mark(
                    shape.pop("type"), xref="paper", yref="paper", xsizemode="pixel",
                    ysizemode="pixel", xanchor=0 if start else 1, yanchor=1, **shape,
                )  # fmt: skip
            sheet.write(
                text=entry.text, xref="paper", yref="paper",
                x=0 if start else 1, xanchor="left" if start else "right",
                xshift=left + 20 if start else left - 6,
                y=1, yanchor="middle", yshift=middle,
                font={"size": 12, "color": colours.ink},
            )  # fmt: skip


def _swatch(
    entry: Key, left: float, middle: float, colours: palette.Tokens
) -> list[dict[str, Any]]:
    """Return the shapes of one entry of the key, 14 pixels wide, in pixels from the top left."""
    line = {"color": entry.colour, "width": 2}
    flat = {"type": "line", "x0": left, "x1": left + 14, "y0": middle, "y1": middle}
    box = {"x0": left, "x1": left + 14, "y0": middle - 6, "y1": middle + 6}
    if entry.kind in {"line", "dash", "dot"}:
        dash = {"line": "solid", "dash": "dash", "dot": "dot"}[entry.kind]
        return [flat | {"line": line | {"dash": dash}}]
    if entry.kind in {"tick", "bar"}:
        thick = line | {"width": 2 if entry.kind == "tick" else 4}
        return [box | {"type": "line", "x0": left + 7, "x1": left + 7, "line": thick}]
    x, y = left + 7, middle
    outlines = {
        "diamond": f"M{x},{y + 6}L{x + 6},{y}L{x},{y - 6}L{x - 6},{y}Z",
        "down": f"M{x - 5},{y + 4}L{x + 5},{y + 4}L{x},{y - 5}Z",
        "up": f"M{x - 5},{y - 4}L{x + 5},{y - 4}L{x},{y + 5}Z",
    }
    if entry.kind in outlines:
        return [{"type": "path", "path": outlines[entry.kind], "line": line | {"width": 1.5}}]
    if entry.kind in {"ring", "disc"}:
        circle = {"type": "circle", "x0": x - 5, "x1": x + 5, "y0": y - 5, "y1": y + 5}
        return [circle | {"line": line, "fillcolor": entry.colour} if entry.kind == "disc"
                else circle | {"line": line}]  # fmt: skip
    if entry.kind == "band":
        return [box | {"type": "rect", "fillcolor": entry.colour, "line": {"width": 0}}]
    outline = {"color": colours.axis, "width": 1}
    square = box | {"type": "rect", "fillcolor": entry.colour, "line": outline}
    strokes = {
        "hatched": hatch([(left, middle - 6, left + 14, middle + 6)]),
        "dotted": "".join(
            f"M{left + x},{middle + y}L{left + x + 2},{middle + y}" for x in (3, 9) for y in (-3, 3)
        ),
    }.get(entry.texture)
    if strokes is None:
        return [square]
    return [square, {"type": "path", "path": strokes, "line": {"color": colours.muted, "width": 1}}]
