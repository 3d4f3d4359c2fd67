"""One indicator over the years: no target is no line, zero is a target, gaps stay gaps."""

import numpy as np
import pandas as pd
import pytest

from dashboard import charts
from dashboard.charts import slices, trend
from dashboard.frames import Flag
from tests.pictures import NAN, series, table, target


def notes(figure: object) -> list[str]:
    return [note.text for note in figure.layout.annotations]  # type: ignore[attr-defined]


def lines_across(figure: object) -> list[float]:
    """Return the heights of the lines that run across the whole drawing."""
    return [
        shape.y0
        for shape in figure.layout.shapes  # type: ignore[attr-defined]
        if shape.type == "line"
        and shape.y0 == shape.y1
        and shape.xref == "paper"
        and shape.yref == "y"
    ]


def test_without_a_target_there_is_no_line_and_the_indicator_stays() -> None:
    figure = trend.draw(series(30.0, 40.0), targets=None, title="T")
    assert lines_across(figure) == []
    assert not any("Target" in note for note in notes(figure))
    assert sum(trace.mode == "lines" for trace in figure.data) == 2


def test_a_missing_target_is_not_a_target_of_zero() -> None:
    figure = trend.draw(series(30.0, 40.0), targets=target(NAN), title="T")
    assert lines_across(figure) == []


def test_a_target_of_zero_is_a_target() -> None:
    figure = trend.draw(series(30.0, 20.0), targets=target(0.0, operator="<="), unit="%", title="T")
    assert lines_across(figure) == [0.0]
    assert "Target ≤ 0% by 2030 (proposed)" in notes(figure)


@pytest.mark.parametrize(
    ("status", "word", "dash"),
    [
        ("proposed", "proposed", "dash"),
        ("national", "national", "dash"),
        ("agreed", "agreed", "solid"),
    ],
)
def test_who_stands_behind_a_target_is_said_and_drawn(status: str, word: str, dash: str) -> None:
    figure = trend.draw(series(30.0), targets=target(80.0, status=status), unit="%", title="T")
    assert f"Target ≥ 80% by 2030 ({word})" in notes(figure)
    line = next(
        shape for shape in figure.layout.shapes if shape.yref == "y" and shape.xref == "paper"
    )
    assert line.line.dash == dash


def test_a_range_target_is_a_band() -> None:
    goal = target(90.0, operator="between", upper=110.0)
    figure = trend.draw(series(95.0), targets=goal, title="T")
    assert any((shape.y0, shape.y1) == (90.0, 110.0) for shape in figure.layout.shapes)
    assert "Target 90–110 by 2030 (proposed)" in notes(figure)


def test_a_year_without_a_value_breaks_the_line_and_is_hatched() -> None:
    figure = trend.draw(series(30.0, NAN, 40.0), title="T")
    line = next(trace for trace in figure.data if trace.line.dash == "solid")
    assert line.connectgaps is False
    assert np.isnan(line.y[1])
    assert any(shape.type == "path" and shape.xref == "x" for shape in figure.layout.shapes)
    assert "Not reported" in notes(figure)


def test_several_lines_are_not_hatched() -> None:
    two = pd.concat([series(30.0, NAN), series(20.0, 25.0, area="UGA", name="Uganda")])
    figure = trend.draw(two, title="T")
    assert not any(shape.type == "path" and shape.xref == "x" for shape in figure.layout.shapes)
    assert {"Kenya", "Uganda"} <= set(notes(figure))


def test_uncertain_values_are_drawn_otherwise_and_the_key_says_why() -> None:
    flags = [0, int(Flag.ESTIMATED), int(Flag.BELOW), int(Flag.ABOVE)]
    rows = table(
        slices.SERIES, *(("KEN", "Kenya", 2020 + n, 5.0, flag) for n, flag in enumerate(flags))
    )
    figure = trend.draw(rows, title="T")
    symbols = {
        trace.marker.symbol: list(trace.x) for trace in figure.data if trace.mode == "markers"
    }
    assert symbols == {
        "circle": [2020],
        "circle-open": [2021],
        "triangle-down-open": [2022],
        "triangle-up-open": [2023],
    }
    below = next(t for t in figure.data if t.marker.symbol == "triangle-down-open")
    assert "<%{y" in below.hovertemplate
    assert "known only as an upper limit" in notes(figure)


def test_baseline_and_milestone_have_marks_of_their_own() -> None:
    goals = pd.concat([target(80.0), target(60.0, year=2025, interim=True)])
    figure = trend.draw(series(30.0), targets=goals, base=trend.Base(2020, 30.0), title="T")
    named = {trace.name: trace for trace in figure.data}
    assert (named["Baseline"].x[0], named["Baseline"].y[0]) == (2020, 30.0)
    assert (named["Milestone"].x[0], named["Milestone"].y[0]) == (2025, 60.0)
    assert list(named["Steady pace to the target"].y) == [30.0, 80.0]


def test_thirteen_lines_are_refused() -> None:
    many = pd.concat([series(float(n), area=f"A{n}", name=f"Area {n}") for n in range(13)])
    with pytest.raises(ValueError, match="at most 12"):
        trend.draw(many, title="T")
    assert trend.draw(many[many["area"] != "A12"], title="T").data


def test_the_axis_begins_at_zero_unless_values_lie_below() -> None:
    assert trend.draw(series(80.0, 90.0), title="T").layout.yaxis.range[0] == 0
    assert trend.draw(series(-4.0, 9.0), title="T").layout.yaxis.range[0] == -4


def test_names_at_the_ends_keep_apart_and_move_little() -> None:
    assert trend.apart([10, 12, 100], 15) == pytest.approx([3.5, 18.5, 100])
    assert trend.apart([0, 50, 100], 15) == [0, 50, 100]
    crowded = trend.apart([5, 5, 5, 5], 10)
    assert crowded == pytest.approx([-10, 0, 10, 20])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((30.0, 40.0), "Kenya: up from 30% in 2020 to 40% in 2021"),
        ((40.0, NAN, 30.0), "Kenya: down from 40% in 2020 to 30% in 2022"),
        ((40.0, 40.0), "Kenya: 40% in 2021, as in 2020"),
        ((NAN, 40.0), "Kenya reported 40% in 2021"),
        ((NAN, NAN), "No figure has been reported yet"),
    ],
)
def test_the_title_says_what_happened(values: tuple[float, ...], said: str) -> None:
    assert trend.sentence(series(*values), unit="%") == said


def test_the_picture_is_told_with_both_ends() -> None:
    assert trend.alt(series(30.0, NAN, 40.5), unit="%") == (
        "Lines over the years: Kenya from 30% in 2020 to 40.5% in 2022."
    )
    assert trend.alt(series(NAN)) == "Nothing has been reported here yet."


def test_panels_share_one_axis_and_the_silent_one_is_hatched() -> None:
    two = pd.concat([series(30.0, 60.0), series(NAN, NAN, area="SOM", name="Somalia")])
    figure = charts.small_multiples.draw(two, title="T")
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
    assert any(shape.type == "path" and shape.xref == "paper" and shape.layer == "below"
               for shape in figure.layout.shapes)  # fmt: skip
    assert any("Somalia" in note and "Not reported" in note for note in notes(figure))


def test_sixty_one_panels_are_refused() -> None:
    many = pd.concat([series(1.0, area=f"A{n}", name="A") for n in range(61)])
    with pytest.raises(ValueError, match="at most 60"):
        charts.small_multiples.draw(many, title="T")


def test_levels_are_steps_without_a_pace_and_with_whole_labels() -> None:
    figure = trend.draw(
        series(0.0, 1.0, 2.0),
        targets=target(2.0),
        base=trend.Base(2020, 0.0),
        levels=True,
        title="T",
    )
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert {trace.line.shape for trace in lines} == {"hv"}
    assert "Steady pace to the target" not in {trace.name for trace in figure.data}
    assert list(figure.layout.yaxis.tickvals) == [0, 1, 2]


def test_a_large_figure_is_drawn_and_read_to_the_last_digit() -> None:
    figure = trend.draw(series(123456789.0, 123456790.0), unit="US$", title="T")
    points = next(trace for trace in figure.data if trace.mode == "markers")
    assert points.y.tolist() == [123456789.0, 123456790.0]
    assert "%{y:,.12~r}" in points.hovertemplate  # never 1.23e+8


def test_a_median_behind_is_rounded_as_nobody_reported_its_decimals() -> None:
    figure = trend.draw(series(1.0), behind=series(54.5666667, name="Africa"), title="T")
    assert figure.data[0].y.tolist() == [54.57]


AHEAD = pd.DataFrame(
    {"year": [2023, 2024], "value": [44.0, 46.0], "low": [40.0, 38.0], "high": [48.0, 54.0]}
)


def test_an_outlook_is_dashed_in_a_band_and_begins_at_the_latest_value() -> None:
    figure = trend.draw(series(30.0, 36.0, 40.0), ahead=AHEAD, title="T")
    dashed = [trace for trace in figure.data if trace.name == "Outlook"]
    assert [trace.line.dash for trace in dashed] == ["dash"]
    assert dashed[0].x.tolist() == [2022, 2023, 2024]
    assert dashed[0].y.tolist() == [40.0, 44.0, 46.0]
    band = next(trace for trace in figure.data if trace.name == "Four outcomes in five")
    assert band.y.tolist() == [40.0, 48.0, 54.0, 38.0, 40.0, 40.0]
    assert {"Outlook", "Four outcomes in five"} <= set(notes(figure))


def test_without_an_outlook_nothing_is_dashed_ahead() -> None:
    figure = trend.draw(series(30.0, 36.0), ahead=AHEAD[:0], title="T")
    assert not any(trace.name == "Outlook" for trace in figure.data)
    assert "Outlook" not in notes(figure)


def crowd(many: int) -> pd.DataFrame:
    """Return the members of Kenya's panel: 1 to `many` in each of two years."""
    lines = [series(float(n), float(n), area=f"A{n}", name=f"A{n}") for n in range(1, many + 1)]
    return pd.concat(lines).assign(panel="KEN")


def test_twelve_members_are_lines_and_thirteen_a_band_of_the_middle_half() -> None:
    few = charts.small_multiples.draw(series(5.0, 6.0), crowd=crowd(12), title="T")
    assert sum(trace.mode == "lines" for trace in few.data) == 12
    many = charts.small_multiples.draw(series(5.0, 6.0), crowd=crowd(13), title="T")
    band = [trace for trace in many.data if trace.fill == "toself"]
    # The quarter points of 1 to 13 are 4 and 10.
    assert band[0].y.tolist() == [10.0, 10.0, 4.0, 4.0]
    assert sum(trace.mode == "lines" for trace in many.data) == 1
    assert any("Middle half of the States" in note for note in notes(many))


def test_a_year_still_running_stands_apart_from_the_line() -> None:
    figure = charts.small_multiples.draw(series(50.0, 52.0, 8.0), running=2022, title="T")
    rings, line = figure.data
    assert (rings.mode, rings.y.tolist()) == ("markers", [8.0])
    assert line.y.tolist() == [50.0, 52.0]
    assert any("52 (2021)" in note for note in notes(figure))
    assert any("reports still coming in" in note for note in notes(figure))
