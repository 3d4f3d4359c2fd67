"""The map shapes that browsers fetch: whole, small, and with every Member State in them."""

import gzip
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from seed import areas

GEO = Path(__file__).parents[1] / "dashboard" / "static" / "geo"
BESIDE_M49 = {"XKX", "KAS", "IOA"}
"""Shapes of Natural Earth that have no M49 code: drawn, never coloured."""

Ring = list[list[float]]


@pytest.fixture(scope="module")
def shapes() -> dict[str, list[list[Ring]]]:
    world = json.loads((GEO / "world.geojson").read_text("utf-8"))
    assert world["type"] == "FeatureCollection"
    return {feature["id"]: polygons(feature["geometry"]) for feature in world["features"]}


def polygons(geometry: dict[str, Any]) -> list[list[Ring]]:
    assert geometry["type"] in {"Polygon", "MultiPolygon"}
    parts: list[list[Ring]] = geometry["coordinates"]
    return parts if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]


def test_every_member_state_has_a_shape(shapes: dict[str, list[list[Ring]]]) -> None:
    assert set(areas.read().members()) <= set(shapes)
    assert set(shapes) - BESIDE_M49 <= set(areas.codes())


def test_every_ring_is_closed_and_has_an_inside(shapes: dict[str, list[list[Ring]]]) -> None:
    for code, parts in shapes.items():
        for ring in (ring for part in parts for ring in part):
            assert len(ring) >= 4, code
            assert ring[0] == ring[-1], code
            assert len({tuple(point) for point in ring}) >= 3, code
            assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring), code


def test_outer_rings_run_clockwise_as_the_map_library_needs_them(
    shapes: dict[str, list[list[Ring]]],
) -> None:
    for code, parts in shapes.items():
        if code in {"FJI", "RUS"}:  # they cross the line of 180 degrees
            continue
        for part in parts:
            outer = part[0]
            twice = sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in itertools.pairwise(outer))
            assert twice > 0, code


def test_the_shapes_are_light_enough_for_a_first_page() -> None:
    packed = gzip.compress((GEO / "world.geojson").read_bytes(), mtime=0)
    assert len(packed) < 160_000


def test_the_empty_base_map_has_the_seven_layers() -> None:
    stub = json.loads((GEO / "world_110m.json").read_text("utf-8"))
    assert stub["type"] == "Topology"
    assert stub["arcs"] == []
    assert set(stub["objects"]) == {
        "coastlines",
        "land",
        "ocean",
        "lakes",
        "rivers",
        "countries",
        "subunits",
    }
    assert all(layer["geometries"] == [] for layer in stub["objects"].values())
