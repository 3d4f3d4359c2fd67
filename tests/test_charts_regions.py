"""Regions: nothing without n of N, nothing that may not be published."""

import numpy as np
import pandas as pd
import pytest

from dashboard.charts import coverage, region_trend
from tests.pictures import GROUPS, REGION, REPORTING, target


def test_a_value_that_may_not_be_published_is_not_drawn() -> None:
    figure = region_trend.draw(REGION, GROUPS, unit="%", scale=100, title="T")
    line = figure.data[0]
    assert np.isnan(line.y[0])
    assert list(line.y[1:]) == [45.0, 50.0]
    assert "0.4" not in figure.to_json()


def test_every_value_says_how_many_of_how_many() -> None:
    figure = region_trend.draw(REGION, GROUPS, title="T")
    line, strip = figure.data
    assert line.customdata.tolist() == [[10, 54], [30, 54], [33, 54]]
    assert "%{customdata[0]} of %{customdata[1]} States" in line.hovertemplate
    assert strip.y[1] == pytest.approx(100 * 30 / 54, rel=1e-6)


def test_without_any_publishable_value_the_picture_says_so() -> None:
    figure = region_trend.draw(REGION[:1], GROUPS, title="T")
    assert not figure.data
    assert any("Too few States report" in note.text for note in figure.layout.annotations)


def test_the_target_is_drawn_over_the_upper_panel_alone() -> None:
    figure = region_trend.draw(REGION, GROUPS, targets=target(80.0), scale=100, title="T")
    assert any(shape.y0 == 80 == shape.y1 and shape.yref == "y" for shape in figure.layout.shapes)


def test_a_year_still_running_is_a_ring_apart_and_no_fall() -> None:
    figure = region_trend.draw(REGION, GROUPS, unit="%", scale=100, running=2022, title="T")
    line, strip, ring, so_far = figure.data
    assert line.x.tolist() == [2020, 2021]
    assert strip.x.tolist() == [2020, 2021]
    assert (ring.mode, ring.y.tolist(), ring.marker.symbol) == ("markers", [50.0], "circle-open")
    assert so_far.yaxis == "y2"
    assert "States so far" in ring.hovertemplate
    texts = [note.text for note in figure.layout.annotations]
    assert any("2022: reports still coming in" in text for text in texts)


def test_regions_all_at_zero_are_drawn_at_zero() -> None:
    figure = region_trend.draw(REGION.assign(value=0.0), GROUPS, title="T")
    assert np.nansum(figure.data[0].y) == 0
    assert figure.layout.yaxis.range == (0.0, 1.0)


def test_seven_regions_are_refused() -> None:
    many = pd.concat([REGION.assign(group=str(n)) for n in range(7)])
    with pytest.raises(ValueError, match="at most 6"):
        region_trend.draw(many, GROUPS, title="T")


def test_the_latest_of_each_region_is_told_with_its_coverage() -> None:
    said = region_trend.alt(REGION, GROUPS, unit="%", scale=100)
    assert said == "Latest of each line: Africa 50% in 2022 (33 of 54 States)."


def test_each_state_is_one_dot_and_the_silent_are_rings() -> None:
    figure = coverage.draw(REPORTING, title="T")
    told, silent = figure.data
    assert (len(told.x), told.marker.symbol) == (2, "circle")
    assert (len(silent.x), silent.marker.symbol) == (1, "circle-open")
    assert [point[0] for point in silent.customdata] == ["UGA"]


def test_coverage_counts_by_region_and_in_all() -> None:
    assert coverage.sentence(REPORTING) == "2 of 3 States have reported"
    assert coverage.alt(REPORTING) == "States that have reported: Africa 1 of 2 and Oceania 1 of 1."
    texts = [note.text for note in coverage.draw(REPORTING, title="T").layout.annotations]
    assert any(text.startswith("Africa") and "1 of 2 (50%)" in text for text in texts)


def test_fifty_four_dots_break_into_lines_that_fit_a_phone() -> None:
    many = pd.DataFrame(
        {"group": "Africa", "area": [f"A{n}" for n in range(54)], "name": "A", "has_reported": True}
    )
    figure = coverage.draw(many, title="T")
    assert figure.data[0].x.max() < 350
    assert len(set(figure.data[0].y.tolist())) == 3
