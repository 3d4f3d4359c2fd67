"""Where areas lie on the map: centres, small States, and the dots that hatch a silent one.

Plotly cannot hatch the shapes of a map. So a State that has not reported is filled with a grid of
short strokes placed inside its outline, which reads as hatching at any zoom. Everything is
reckoned once from the shapes the program ships.
"""

import itertools
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_Point = tuple[float, float]
_Piece = tuple[_Point, _Point]

SHAPES: Final = Path(__file__).parents[1] / "static" / "geo" / "world.geojson"
SHAPES_URL: Final = "/assets/geo/world.geojson"
SMALL: Final = 0.6
"""Square degrees, drawn to true size, under which a State is shown as a dot: about 7,000 km²."""
WITHOUT_SHAPE: Final = {"VAT": (12.45, 41.90)}
UNSETTLED: Final = (
    *(("SDN", "SSD", -90.0), ("PSE", "ISR", -90.0), ("XKX", "", -90.0), ("KAS", "", -90.0)),
    *(("ESH", "", -90.0), ("IND", "PAK", 32.5), ("IND", "CHN", 32.5)),
)
"""Boundaries that are not finally determined or agreed: between whom (with all neighbours where
none is named), and north of which latitude. They are drawn dotted, as on maps of the United
Nations."""
_STEP = 3  # degrees of latitude between strokes


@dataclass(frozen=True)
class Places:
    """Centres of every shape, which of them are small, and the strokes inside each."""

    centres: dict[str, tuple[float, float]]  # longitude, latitude
    small: frozenset[str]
    strokes: dict[str, Floats]  # n x 2, longitude and latitude
    unsettled: Floats  # n x 2 x 2, both ends of each piece of boundary


@lru_cache(maxsize=1)
def read() -> Places:
    """Return the places of all shapes, reckoned at the first call and kept."""
    centres, small, strokes = dict(WITHOUT_SHAPE), set(WITHOUT_SHAPE), {}
    outlines = {}
    for feature in json.loads(SHAPES.read_text("utf-8"))["features"]:
        code = feature["id"]
        rings = outlines[code] = _outer_rings(feature["geometry"])
        sizes = [abs(_area(ring)) for ring in rings]
        largest = rings[int(np.argmax(sizes))]
        centres[code] = _centre(largest)
        if sum(sizes) < SMALL:
            small.add(code)
        inside = np.concatenate([_inside(ring) for ring in rings])
        strokes[code] = inside if len(inside) else np.array([centres[code]])
    return Places(centres, frozenset(small), strokes, _unsettled(outlines))


def _unsettled(outlines: dict[str, list[Floats]]) -> Floats:
    """Return the pieces of boundary that two outlines share and nobody has settled."""
    pieces = {code: _pieces(rings) for code, rings in outlines.items()}
    found: set[_Piece] = set()
    for one, other, north in UNSETTLED:
        beside = (
            pieces[other]
            if other
            else set[_Piece]().union(*(own for code, own in pieces.items() if code != one))
        )
        shared = pieces[one] & beside
        found |= {piece for piece in shared if min(piece[0][1], piece[1][1]) >= north}
    return np.array(sorted(found), dtype=np.float64)


def _pieces(rings: list[Floats]) -> set[_Piece]:
    """Return each straight piece of an outline, its ends in order: neighbours share them."""
    corners = [[(float(x), float(y)) for x, y in ring] for ring in rings]
    return {(min(a, b), max(a, b)) for ring in corners for a, b in itertools.pairwise(ring)}


def _outer_rings(geometry: dict[str, object]) -> list[Floats]:
    shapes = geometry["coordinates"]
    if not isinstance(shapes, list):
        raise ValueError("a shape without coordinates")
    polygons = [shapes] if geometry["type"] == "Polygon" else shapes
    return [np.asarray(polygon[0], dtype=np.float64) for polygon in polygons]


def _area(ring: Floats) -> float:
    """Return the signed area of a ring in square degrees at the equator's scale."""
    x = ring[:, 0] * np.cos(np.radians(ring[:, 1].mean()))
    y = ring[:, 1]
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2


def _centre(ring: Floats) -> tuple[float, float]:
    """Return the centre of mass of a ring."""
    x, y = ring[:, 0], ring[:, 1]
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    if abs(cross.sum()) < 1e-9:
        return float(x.mean()), float(y.mean())
    scale = 3 * cross.sum()
    return (
        round(float(((x[:-1] + x[1:]) * cross).sum() / scale), 2),
        round(float(((y[:-1] + y[1:]) * cross).sum() / scale), 2),
    )


def _inside(ring: Floats) -> Floats:
    """Return the points of an even grid that lie inside a ring."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    rows = np.arange(np.ceil(low[1] / _STEP), np.floor(high[1] / _STEP) + 1) * _STEP
    points = []
    for latitude in rows:
        step = _STEP / max(np.cos(np.radians(latitude)), 0.2)
        line = np.arange(np.ceil(low[0] / step), np.floor(high[0] / step) + 1) * step
        points.append(np.stack([line, np.full(len(line), latitude)], axis=1))
    grid = np.concatenate(points) if points else np.empty((0, 2))
    x0, y0, x1, y1 = ring[:-1, 0], ring[:-1, 1], ring[1:, 0], ring[1:, 1]
    x, y = grid[:, :1], grid[:, 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        meets = ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    inside: Floats = grid[meets.sum(axis=1) % 2 == 1]
    return inside
