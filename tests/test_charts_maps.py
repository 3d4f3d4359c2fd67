"""Maps: every State has its place, the silent are hatched, the borders come with their notice."""

import json

import numpy as np
import pandas as pd

from dashboard.charts import places, spread, tiles, timeline, world
from tests.pictures import AREAS, EVENTS, STATUSES, VALUES, target


def test_every_state_has_a_tile_and_the_silent_one_no_fill() -> None:
    figure = tiles.draw(STATUSES, AREAS, title="T")
    heat = figure.data[0]
    places_of = {(row, column) for row, column in np.argwhere(heat.z >= 0).tolist()}
    assert places_of == {(10, 19), (10, 18), (9, 28), (4, 11)}
    names = [trace.name for trace in figure.data[1:]]
    assert names == ["Target met", "On track", "Limited progress", "Not reported"]
    assert any(shape.type == "path" and shape.xref == "x" for shape in figure.layout.shapes)


def test_a_tile_carries_code_and_sign_where_there_is_room() -> None:
    wide = tiles.draw(STATUSES, AREAS, width=800, title="T").data[0]
    assert wide.text[10][19] == "KEN<br>▲"
    assert wide.text[10][18] == "UGA"
    narrow = tiles.draw(STATUSES, AREAS, title="T").data[0]
    assert narrow.text[10][19] == "▲"


def test_a_click_on_either_map_gives_the_code_first() -> None:
    for figure in (tiles.draw(STATUSES, AREAS, title="T"), world.draw(STATUSES, AREAS, title="T")):
        codes = {
            point[0]
            for trace in figure.data
            if trace.customdata is not None
            for point in trace.customdata
        }
        assert codes == {"KEN", "UGA", "NRU", "VAT"}


def test_a_word_for_the_hover_can_be_given() -> None:
    told = STATUSES.assign(detail=["62% (2024)", "90% (2023)", "4% (2020)"])
    kenya = next(t for t in tiles.draw(told, AREAS, title="T").data if t.name == "On track")
    assert list(kenya.customdata[0]) == ["KEN", "Kenya", "62% (2024)"]
    assert "%{customdata[2]}" in kenya.hovertemplate


def test_an_area_without_a_place_is_left_out_of_the_tiles() -> None:
    lost = AREAS.assign(column=[-1, 18, 28, 11])
    codes = {p[0] for t in tiles.draw(STATUSES, lost, title="T").data[1:] for p in t.customdata}
    assert "KEN" not in codes


def test_shapes_come_by_address_and_no_layer_of_plotly_is_asked_for() -> None:
    figure = world.draw(STATUSES, AREAS, title="T")
    shapes = [trace for trace in figure.data if trace.type == "choropleth"]
    assert {trace.geojson for trace in shapes} == {"/assets/geo/world.geojson"}
    assert {trace.featureidkey for trace in shapes} == {"id"}
    geo = json.loads(figure.to_json())["layout"]["geo"]
    assert not any(value for name, value in geo.items() if name.startswith("show"))
    assert geo["projection"]["type"] == "natural earth"


def test_the_notice_on_borders_is_always_there_before_any_other_note() -> None:
    figure = world.draw(STATUSES, AREAS, note="Mine.", title="T")
    said = " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")
    assert f"{world.disclaimer()} Mine." in said


def test_small_states_are_dots_and_the_silent_are_hatched() -> None:
    figure = world.draw(STATUSES, AREAS, title="T")
    geo = [trace for trace in figure.data if trace.type == "scattergeo"]
    strokes = next(trace for trace in geo if trace.marker.symbol == "line-ne")
    assert len(strokes.lon) >= 1  # Uganda
    dots = {point[0] for trace in geo if trace.customdata is not None for point in trace.customdata}
    assert dots == {"NRU", "VAT"}


def test_every_shape_has_a_centre_and_strokes_inside_it() -> None:
    known = places.read()
    assert len(known.centres) == 238
    longitude, latitude = known.centres["KEN"]
    assert (round(longitude), round(latitude)) == (38, 1)
    assert {"NRU", "MLT", "SGP", "VAT"} <= known.small
    assert not {"KEN", "UGA", "RWA", "SLV"} & known.small
    for code in ("KEN", "BRA", "IND"):
        points = known.strokes[code]
        assert len(points) > 3
    assert all(len(points) for points in known.strokes.values())


def test_strokes_lie_inside_the_outline() -> None:
    square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [0.0, 0.0]])
    inside = places._inside(square)
    assert len(inside) == 4 * 4  # latitudes 0, 3, 6 and 9, about three degrees apart along each
    assert (inside >= 0).all()
    assert (inside <= 10).all()


def test_both_maps_are_told_by_counts() -> None:
    assert tiles.alt(STATUSES, AREAS) == (
        "Map of 4 States and observers: Target met 1, On track 1, Limited progress 1, "
        "and Not reported 1."
    )
    assert world.alt is tiles.alt


def test_a_world_of_silence_is_still_a_map() -> None:
    none = STATUSES[:0]
    assert [trace.name for trace in tiles.draw(none, AREAS, title="T").data[1:]] == ["Not reported"]
    assert world.draw(none, AREAS, title="T").data


def test_dots_pile_up_where_values_are_alike() -> None:
    alike = pd.DataFrame(
        {
            "area": ["A", "B", "C"],
            "name": ["A", "B", "C"],
            "year": 2024.0,
            "value": [5.0, 5.0, 90.0],
        }
    )
    dots = spread.draw(alike, title="T").data[0]
    assert dots.y.tolist() == [0.5, 1.5, 0.5]


def test_the_silent_are_told_in_words_not_drawn_at_zero() -> None:
    figure = spread.draw(VALUES, highlight="KEN", title="T")
    assert sum(len(trace.x) for trace in figure.data) == 2
    said = " ".join(note.text for note in figure.layout.annotations)
    assert "2 States reported; 1 did not." in said
    assert "<b>Kenya</b> 62 (2024)" in said
    assert "Median 51" in said


def test_the_spread_draws_a_target_of_zero_and_no_missing_one() -> None:
    with_zero = spread.draw(VALUES, targets=target(0.0, operator="<="), title="T")
    assert any(shape.x0 == 0 == shape.x1 for shape in with_zero.layout.shapes)
    without = spread.draw(VALUES, targets=target(float("nan")), title="T")
    assert not any("Target" in note.text for note in without.layout.annotations)


def test_the_spread_is_told_with_range_median_and_place() -> None:
    assert spread.alt(VALUES, highlight="KEN", unit="%") == (
        "2 of 3 States reported, from 40% to 62%, median 51%. Kenya stands at 62% in 2024."
    )


def test_events_stand_in_order_of_time_with_today_between() -> None:
    from datetime import date

    figure = timeline.draw(EVENTS, today=date(2026, 1, 15), title="T")
    texts = [note.text for note in figure.layout.annotations if "<b>" in note.text]
    assert [text.split("  ")[-1] for text in texts] == [
        "Adoption",
        "Third appraisal",
        "Target year",
    ]
    assert any(shape.x0 == "2026-01-15" for shape in figure.layout.shapes)
    assert timeline.alt(EVENTS).startswith("Events: Jul 30, 2010: Adoption; Nov 22, 2021")
