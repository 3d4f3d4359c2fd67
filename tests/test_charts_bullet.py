"""How far from the target: what is not known is not drawn, and never drawn as zero."""

import numpy as np
import pytest

from dashboard.charts import bullet, dumbbell
from tests.pictures import BULLETS, NAN, ROADS, table


def test_no_row_vanishes() -> None:
    figure = bullet.draw(BULLETS, title="T")
    scale = figure.data[0]
    assert len(scale.x) == len(BULLETS)
    for label in BULLETS["label"]:
        assert any(note.text.startswith(label) for note in figure.layout.annotations)


def test_no_target_is_no_mark_and_a_target_of_zero_is_one() -> None:
    figure = bullet.draw(BULLETS, title="T")
    marks = {trace.name: trace for trace in figure.data if trace.type == "scatter"}
    # Two of four rows have a target: 80 on a scale to 100, and 0 at the very beginning.
    assert list(marks["Target"].x) == pytest.approx([0.8, 0.0])
    assert list(marks["Target"].customdata) == [80.0, 0.0]


def test_a_missing_value_has_no_bar_but_a_hatched_scale() -> None:
    figure = bullet.draw(BULLETS, title="T")
    scale, bars = figure.data[0], figure.data[1]
    assert len(bars.x) == 3
    assert list(scale.marker.pattern.shape) == ["", "", "", "/"]
    assert any("Not reported" in note.text for note in figure.layout.annotations)


def test_a_row_of_nothing_but_a_name_is_still_drawn() -> None:
    alone = table(
        bullet.BULLETS, ("Laws", "", NAN, NAN, NAN, NAN, "", NAN, NAN, NAN, "no_data", False)
    )
    figure = bullet.draw(alone, title="T")
    assert len(figure.data[0].x) == 1
    assert not any(trace.name in {"Target", "Baseline"} for trace in figure.data)


def test_context_has_its_own_colour() -> None:
    bars = bullet.draw(BULLETS, title="T").data[1]
    assert list(bars.marker.color)[2] == "#776E80"


def test_a_bar_below_zero_runs_to_the_left_of_zero() -> None:
    one = ("Change", "", -5.0, 2024.0, NAN, 10.0, "", NAN, NAN, NAN, "limited", False)
    row = table(bullet.BULLETS, one)
    bars = bullet.draw(row, title="T").data[1]
    assert bars.x[0] < 0
    assert bars.base[0] + bars.x[0] == pytest.approx(0, abs=1e-6)


def test_the_year_of_every_figure_is_shown() -> None:
    texts = [note.text for note in bullet.draw(BULLETS, title="T").layout.annotations]
    assert any("62%</b> (2024)" in text for text in texts)
    assert any("480</b> (2021)" in text for text in texts)


def test_rows_are_told_one_by_one() -> None:
    assert bullet.alt(BULLETS) == (
        "Laws: 62% against a target of 80%; Complaints: 12 against a target of 0; "
        "Victims: 480, no target set; Mechanism: not reported."
    )


def test_where_no_target_is_set_the_row_says_so() -> None:
    texts = [note.text for note in bullet.draw(BULLETS, title="T").layout.annotations]
    assert sum("No target set" in text for text in texts) == 2
    assert not any("No target set" in text for text in texts if text.startswith("Complaints"))


def test_a_target_is_told_with_who_stands_behind_it() -> None:
    told = BULLETS.assign(goal=["Target ≥ 80% by 2029 (proposed)", "", "", ""])
    texts = [note.text for note in bullet.draw(told, title="T").layout.annotations]
    assert any("by 2029 (proposed)" in text for text in texts if text.startswith("Laws"))


def test_low_confidence_is_hatched_and_named() -> None:
    figure = bullet.draw(BULLETS, title="T")
    assert list(figure.data[1].marker.pattern.shape) == ["/", "", ""]
    assert any(note.text == "Low confidence" for note in figure.layout.annotations)


def test_what_stands_beside_is_named_by_whoever_draws() -> None:
    figure = bullet.draw(BULLETS, beside="World", title="T")
    assert any(note.text == "World" for note in figure.layout.annotations)


def test_a_road_shows_both_years_for_areas_report_in_different_ones() -> None:
    figure = dumbbell.draw(ROADS, unit="%", title="T")
    texts = [note.text for note in figure.layout.annotations]
    assert any("Kenya" in text and "2010 → 2024" in text for text in texts)
    assert any("Uganda" in text and "2021" in text and "→" not in text for text in texts)
    assert any("Somalia" in text and "Not reported" in text for text in texts)


def test_a_road_needs_both_ends() -> None:
    figure = dumbbell.draw(ROADS, unit="%", title="T")
    roads, rings = figure.data[0], figure.data[1]
    assert roads.x[:2].tolist() == [34.0, 62.0]
    assert np.isnan(roads.x[2])
    assert len(roads.x) == 3  # one road of three areas
    assert rings.x.tolist() == [34.0, 5.0]


def test_roads_without_target_have_no_target_mark() -> None:
    figure = dumbbell.draw(ROADS.assign(target=NAN), unit="%", title="T")
    assert "Target" not in {trace.name for trace in figure.data}
    assert "Target" not in {note.text for note in figure.layout.annotations}


def test_roads_are_told_one_by_one() -> None:
    assert dumbbell.alt(ROADS, unit="%") == (
        "Kenya: 34% in 2010, 62% in 2024; Uganda: 40% in 2021, no baseline; Somalia: not reported."
    )
