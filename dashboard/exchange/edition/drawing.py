"""The pictures of the static edition, as SVG whose colours follow the reader's light or dark.

Every fill is a variable of the sheet, and every status has its sign, so that colour alone says
nothing. Words and figures stand beside a picture as text and as data to take away.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup, escape

from dashboard.exchange.brief import Colours, Verdict, svg
from dashboard.exchange.brief.note import Bar, Scale

TILE: Final = 26
WIDE, HIGH, LEFT, BOTTOM = 640, 240, 52, 26
"""Size of a line over the years, and the room for its figures."""
COLOURS: Final = Colours(**{
    name: f"var(--hw-{name.replace('_', '-')})" for name in Colours.__dataclass_fields__
})  # fmt: skip


def fill(verdict: Verdict, step: str) -> Verdict:
    """Return a status whose fill and ink are those of the sheet."""
    ink = "var(--hw-ink)" if verdict.texture else f"var(--hw-on-{step})"
    return Verdict(
        verdict.status, verdict.word, verdict.sign, f"var(--hw-{step})", ink, verdict.texture
    )


def strip(bar: Bar, *, mirrored: bool = False) -> Markup:
    """Return a bar in parts."""
    return _named(svg.bar(bar, COLOURS, mirrored=mirrored), bar.said)


def scale(scale_: Scale, *, mirrored: bool = False) -> Markup:
    """Return a value against baseline, target and median."""
    return _named(svg.scale(scale_, COLOURS, mirrored=mirrored), scale_.said)


def _named(drawn: str, said: str) -> Markup:
    start = f'<svg role="img" aria-label="{escape(said)}" '
    inside = drawn.replace("<svg ", start, 1).replace('"#FFFFFF"', '"var(--hw-paper)"')
    return Markup(inside)  # noqa: S704 - numbers and colours of ours, the words escaped


def tiles(places: Sequence[Mapping[str, Any]], said: str) -> Markup:
    """Return the world as equal tiles, each a link with its sign and what it says.

    Each of `places` has column, row, code, name, step, sign, texture, said and to (its page).
    """
    wide = TILE * (max((place["column"] for place in places), default=0) + 1)
    high = TILE * (max((place["row"] for place in places), default=0) + 1)
    drawn = "".join(_tile(place) for place in places)
    return Markup(  # noqa: S704 - every word in it is escaped
        f'<svg class="ed-tiles" role="group" aria-label="{escape(said)}" '
        f'viewBox="-1 -1 {wide + 2} {high + 2}">{_pattern()}{drawn}</svg>'
    )


def _tile(place: Mapping[str, Any]) -> str:
    x, y, size = place["column"] * TILE, place["row"] * TILE, TILE - 2
    bare = place["step"] == "none"
    inside = "url(#ed-hatch)" if place["texture"] == "hatched" else f"var(--hw-{place['step']})"
    ink = "var(--hw-ink)" if bare else f"var(--hw-on-{place['step']})"
    sign = "" if place["texture"] == "hatched" else place["sign"]
    return (
        f'<a href="{escape(place["to"])}"><title>{escape(place["said"])}</title>'
        f'<rect x="{x}" y="{y}" width="{size}" height="{size}" rx="2" fill="{inside}" '
        f'stroke="var(--hw-axis)" stroke-width="{0.8 if bare else 0.3}"/>'
        f'<text x="{x + size / 2:g}" y="{y + 10}" fill="{ink}">{escape(place["code"])}</text>'
        f'<text class="ed-sign" x="{x + size / 2:g}" y="{y + 20}" fill="{ink}" '
        f'aria-hidden="true">{escape(sign)}</text></a>'
    )


def _pattern() -> str:
    return (
        '<defs><pattern id="ed-hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="5" height="5" fill="var(--hw-paper)"/>'
        '<path d="M0 0V5" stroke="var(--hw-axis)" stroke-width="1"/></pattern></defs>'
    )


def line(
    points: Sequence[tuple[int, float]],
    target: tuple[int, float] | None,
    said: str,
    labels: Mapping[str, str],
) -> Markup:
    """Return a line over the years with its target; `labels` are the words for top and bottom."""
    if not points:
        return Markup("")
    years = [year for year, _value in points] + ([target[0]] if target else [])
    values = [value for _year, value in points] + ([target[1]] if target else [])
    first, last = min(years), max(years)
    low, high = min(0.0, *values), max(0.0, *values) or 1.0

    def x(year: int) -> float:
        return LEFT + (WIDE - LEFT - 20) * (year - first) / max(last - first, 1)

    def y(value: float) -> float:
        return 14 + (HIGH - BOTTOM - 14) * (high - value) / max(high - low, 1e-9)

    path = "L".join(f"{x(year):.1f} {y(value):.1f}" for year, value in points)
    dots = "".join(
        f'<circle cx="{x(year):.1f}" cy="{y(value):.1f}" r="3.2"/>' for year, value in points
    )
    aim = _aim(x(target[0]), y(target[1]), labels["target"]) if target else ""
    return Markup(  # noqa: S704 - every word in it is escaped
        f'<svg class="ed-line" role="img" aria-label="{escape(said)}" viewBox="0 0 {WIDE} {HIGH}">'
        f'<path class="ed-axis" d="M{LEFT} {y(low):.1f}H{WIDE}M{LEFT} {y(high):.1f}H{WIDE}"/>'
        f'<text x="{LEFT - 6}" y="{y(high) + 4:.1f}" text-anchor="end">{escape(labels["high"])}'
        f'</text><text x="{LEFT - 6}" y="{y(low) + 4:.1f}" text-anchor="end">'
        f"{escape(labels['low'])}</text>"
        f'<text x="{x(first):.1f}" y="{HIGH - 6}" text-anchor="middle">{first}</text>'
        f'<text x="{x(last):.1f}" y="{HIGH - 6}" text-anchor="middle">{last}</text>'
        f'{aim}<path class="ed-curve" d="M{path}"/><g class="ed-dots">{dots}</g></svg>'
    )


def _aim(x: float, y: float, word: str) -> str:
    return (
        f'<path class="ed-aim" d="M{LEFT} {y:.1f}H{x:.1f}"/>'
        f'<path class="ed-goal" d="M{x:.1f} {y - 7:.1f}V{y + 7:.1f}"/>'
        f'<text x="{x - 6:.1f}" y="{y - 6:.1f}" text-anchor="end">{escape(word)}</text>'
    )
