"""The pictures of a briefing note: bars in parts and scales, as SVG without any label.

Labels and figures stand beside them as text, so that every script is set rightly and every reader
can search, copy and hear them. A picture mirrors itself where the reader's language runs to the
left. The same content gives the same bytes.
"""

from typing import Final

from dashboard.exchange.brief.note import Bar, Colours, Scale, Verdict

WIDE: Final = 300.0
HIGH: Final = 13.0
"""Size of a bar in parts, in points."""
LONG: Final = 100.0
TALL: Final = 12.0
"""Size of a scale, in points."""
KINDS: Final = ("value", "base", "target", "median")
"""What stands on a scale."""
_ROOM: Final = 1.12  # of the largest figure, where no natural limit ends the scale
_FAR: Final = 4  # a limit further away than this would flatten the figures
_DIGIT: Final = 5.2  # a digit at the size below, in points
_SIZE: Final = 8.6


def bar(bar_: Bar, colours: Colours, *, mirrored: bool = False) -> str:
    """Return a bar in parts with their counts, each part its share of all that is counted."""
    drawn, numbers, at = [], [], 0.0
    for part in bar_.parts:
        wide = WIDE * part.n / bar_.total
        drawn.append(_filled(at, wide, HIGH, part.verdict, colours))
        if wide >= _DIGIT * len(str(part.n)) + 3:
            middle = at + wide / 2
            numbers.append((WIDE - middle if mirrored else middle, part))
        at += wide
    written = "".join(
        f'<text x="{x:.2f}" y="{HIGH / 2 + _SIZE * 0.36:.2f}" font-size="{_SIZE}" '
        f'text-anchor="middle" font-family="Noto Sans, sans-serif" '
        f'fill="{part.verdict.ink}">{part.n}</text>'
        for x, part in numbers
    )
    return _picture(WIDE, HIGH, "".join(drawn), written, mirrored=mirrored)


def scale(scale_: Scale, colours: Colours, *, mirrored: bool = False) -> str:
    """Return a value against baseline, target and median, on a scale that holds zero.

    Nothing stands where nothing is known: no target, no line; no value, a hatched scale.
    """
    low, high = limits(scale_)
    middle, thick = TALL / 2, 5.0

    def at(number: float) -> float:
        return LONG * (number - low) / (high - low)

    drawn = [_ground(scale_, middle - thick / 2, thick, colours)]
    if scale_.value is not None:
        start, end = sorted((at(0.0), at(scale_.value)))
        plain = scale_.verdict.texture != "" or scale_.verdict.fill == "#FFFFFF"
        fill = colours.region if plain else scale_.verdict.fill
        drawn.append(
            f'<rect x="{start:.2f}" y="{middle - thick / 2:.2f}" width="{end - start:.2f}" '
            f'height="{thick}" fill="{fill}" stroke="{colours.muted}" stroke-width="0.5"/>'
        )
    if scale_.base is not None:
        drawn.append(_tick(at(scale_.base), 3.2, 1.1, colours.ink))
    if scale_.median is not None:
        drawn.append(_diamond(at(scale_.median), colours.ink))
    if scale_.target is not None:
        drawn.append(_tick(at(scale_.target), 6.0, 2.0, colours.ink))
    return _picture(LONG, TALL, "".join(drawn), "", mirrored=mirrored)


def limits(scale_: Scale) -> tuple[float, float]:
    """Return where a scale begins and ends: zero is on it, and a natural limit where it is near."""
    known = [
        number
        for number in (scale_.value, scale_.base, scale_.target, scale_.median)
        if number is not None
    ]
    most, least = max([0.0, *known]), min([0.0, *known])
    upper = scale_.upper
    if upper is not None and most <= upper <= most * _FAR:
        return least, upper
    high = most * _ROOM
    return (least, high) if high > least else (least, least + 1.0)


def swatch(verdict: Verdict, colours: Colours) -> str:
    """Return the fill of a status as a small square for the key."""
    return _picture(10, 10, _filled(0, 10, 10, verdict, colours), "", mirrored=False)


def key(kind: str, colours: Colours) -> str:
    """Return a mark of the scales (base, target, median or value) for the key."""
    drawn = {
        "base": _tick(5, 3.2, 1.1, colours.ink),
        "target": _tick(5, 6.0, 2.0, colours.ink),
        "median": _diamond(5, colours.ink),
        "value": f'<rect x="0.5" y="3.5" width="9" height="5" fill="{colours.region}" '
        f'stroke="{colours.muted}" stroke-width="0.5"/>',
    }[kind]
    return _picture(10, TALL, drawn, "", mirrored=False)


def _picture(wide: float, high: float, drawn: str, written: str, *, mirrored: bool) -> str:
    turned = f'<g transform="translate({wide:g} 0) scale(-1 1)">{drawn}</g>' if mirrored else drawn
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 0 {wide + 2:g} {high:g}" '
        f'width="{wide + 2:g}" height="{high:g}">{turned}{written}</svg>'
    )


def _ground(scale_: Scale, top: float, thick: float, colours: Colours) -> str:
    fill = colours.surface if scale_.value is not None else "#FFFFFF"
    box = (
        f'<rect x="0" y="{top:.2f}" width="{LONG:g}" height="{thick:g}" fill="{fill}" '
        f'stroke="{colours.grid}" stroke-width="0.5"/>'
    )
    return box if scale_.value is not None else box + _hatch(0, top, LONG, thick, colours.axis)


def _filled(x: float, wide: float, high: float, verdict: Verdict, colours: Colours) -> str:
    edge = colours.axis if verdict.texture else "#FFFFFF"
    box = (
        f'<rect x="{x:.2f}" y="0" width="{wide:.2f}" height="{high:g}" '
        f'fill="{verdict.fill}" stroke="{edge}" stroke-width="0.75"/>'
    )
    if verdict.texture == "hatched":
        return box + _hatch(x, 0, wide, high, colours.region)
    if verdict.texture == "dotted":
        return box + _dots(x, 0, wide, high, colours.region)
    return box


def _hatch(x: float, y: float, wide: float, high: float, colour: str) -> str:
    """Return strokes that climb at 45 degrees, cut off at the edges of a box."""
    strokes, start = [], 4.0
    while start < wide + high:
        x0, y0 = (start, 0.0) if start <= wide else (wide, start - wide)
        x1, y1 = (0.0, start) if start <= high else (start - high, high)
        strokes.append(f"M{x + x0:.2f} {y + y0:.2f}L{x + x1:.2f} {y + y1:.2f}")
        start += 4.0
    return f'<path d="{"".join(strokes)}" stroke="{colour}" stroke-width="0.8" fill="none"/>'


def _dots(x: float, y: float, wide: float, high: float, colour: str) -> str:
    across, down = int(wide // 4), int(high // 4)
    dots = "".join(
        f"M{x + 2 + 4 * column:.2f} {y + 2 + 4 * row:.2f}h1"
        for column in range(across)
        for row in range(down)
    )
    return f'<path d="{dots}" stroke="{colour}" stroke-width="1" fill="none"/>' if dots else ""


def _tick(x: float, half: float, thick: float, colour: str) -> str:
    middle = TALL / 2
    return (
        f'<path d="M{x:.2f} {middle - half:.2f}V{middle + half:.2f}" stroke="{colour}" '
        f'stroke-width="{thick}"/>'
    )


def _diamond(x: float, colour: str) -> str:
    middle, reach = TALL / 2, 3.0
    return (
        f'<path d="M{x - reach:.2f} {middle}L{x:.2f} {middle - reach}L{x + reach:.2f} {middle}'
        f'L{x:.2f} {middle + reach}Z" fill="#FFFFFF" fill-opacity="0.75" stroke="{colour}" '
        f'stroke-width="1"/>'
    )
