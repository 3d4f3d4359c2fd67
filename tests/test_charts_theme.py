"""The one look: words inside the figure, nothing that collides, the mark of illustrative data."""

import json
import re
from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard import i18n
from dashboard.charts import theme
from dashboard.charts.sheet import Sheet


def words(figure: go.Figure) -> str:
    """Return every annotation of a figure as one text."""
    joined = " ".join(note.text for note in figure.layout.annotations)
    return re.sub(r"<br>", " ", joined)


def drawn(**changes: Any) -> go.Figure:
    look: dict[str, Any] = {"title": "Forty States are on track"} | changes
    return theme.plain(Sheet(), **look)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    i18n.speak("en")
    yield
    i18n.speak("en")


def test_title_source_and_note_stand_inside_the_figure() -> None:
    said = words(drawn(subtitle="Share of districts", source="Source: reports.", note="Read so."))
    for piece in (
        "Forty States are on track",
        "Share of districts",
        "Source: reports.",
        "Read so.",
    ):
        assert piece in said


def test_illustrative_data_are_marked_inside_the_figure_twice() -> None:
    said = words(drawn(illustrative=True))
    assert "ILLUSTRATIVE DATA: generated, not reported by any State" in said
    assert [note.text for note in drawn(illustrative=True).layout.annotations].count(
        "ILLUSTRATIVE"
    ) == 1


def test_real_data_carry_no_such_mark() -> None:
    assert "ILLUSTRATIVE" not in drawn(illustrative=False).to_json()


def test_an_empty_figure_says_so_and_keeps_its_mark() -> None:
    figure = theme.empty(theme.nothing(), title="No figure yet", illustrative=True)
    assert "Nothing has been reported here yet." in words(figure)
    assert "ILLUSTRATIVE" in words(figure)
    assert not figure.data


@pytest.mark.parametrize(("mode", "paper"), [("light", "#FFFFFF"), ("dark", "#0F1821")])
def test_the_paper_is_opaque_in_both_lights(mode: Any, paper: str) -> None:
    # An exported image must be readable wherever it is pasted.
    assert drawn(mode=mode).layout.paper_bgcolor == paper


def test_a_figure_carries_no_template_of_plotly() -> None:
    assert len(json.dumps(json.loads(drawn().to_json())["layout"]["template"])) < 80


def test_more_words_make_a_taller_figure_and_never_a_smaller_drawing() -> None:
    short, long = drawn(), drawn(title="A much longer sentence " * 5, note="And a note. " * 9)
    inside = [
        figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
        for figure in (short, long)
    ]
    assert inside == [260, 260]
    assert long.layout.height > short.layout.height


def test_lines_fit_and_are_about_equally_long() -> None:
    text = "Kenya has moved from thirty-four per cent in 2010 to fifty-five per cent in 2025"
    lines = theme.wrap(text, 330, 18, bold=True)
    assert " ".join(lines) == text
    assert all(theme.extent(line, 18, bold=True) <= 330 for line in lines)
    wide = [theme.extent(line, 18, bold=True) for line in lines]
    assert max(wide) < 1.6 * min(wide)


def test_a_word_longer_than_the_line_is_kept_whole() -> None:
    assert theme.wrap("Donaudampfschifffahrtsgesellschaft", 20, 12) == [
        "Donaudampfschifffahrtsgesellschaft"
    ]
    assert theme.wrap("", 20, 12) == []


def test_a_clipped_word_ends_in_dots_and_fits() -> None:
    short = theme.clip("Bolivia (Plurinational State of)", 100, 12)
    assert short.endswith("…")
    assert theme.extent(short, 12) <= 100
    assert theme.clip("Togo", 100, 12) == "Togo"


@pytest.mark.parametrize("rise", [0.12, 1.0, 3.0, 7.0])
def test_hatching_stays_inside_its_box(rise: float) -> None:
    path = theme.hatch([(10.0, 20.0, 14.0, 22.0)], lines=5, rise=rise)
    points = [tuple(map(float, pair.split(","))) for pair in re.findall(r"[-\d.e]+,[-\d.e]+", path)]
    assert len(points) >= 10
    assert all(10 <= x <= 14 and 20 <= y <= 22 for x, y in points)


def test_ticks_are_round_and_inside() -> None:
    assert theme.ticks(0, 89.6) == [0, 20, 40, 60, 80]
    assert theme.ticks(-3, 7) == [-2, 0, 2, 4, 6]
    assert theme.ticks(0, 0.05) == [0, 0.01, 0.02, 0.03, 0.04, 0.05]
    assert theme.ticks(5, 5) == [5]


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    assert drawn().layout.separators == ".,"
    i18n.speak("fr")
    assert drawn().layout.separators[0] == ","
    i18n.speak("es")
    assert drawn().layout.separators[0] == ","


def test_a_reader_from_right_to_left_finds_the_title_at_the_right() -> None:
    i18n.speak("ar")
    title = drawn().layout.annotations[0]
    assert (title.x, title.xanchor, title.align) == (1, "right", "right")


def test_the_key_breaks_its_rows_before_they_are_too_wide() -> None:
    key = [theme.Key("Moderate progress", "#A9D2EC")] * 7
    figure = theme.plain(Sheet(), title="T", key=key, width=350)
    ends = [
        note.xshift + theme.extent(note.text, 12)
        for note in figure.layout.annotations
        if note.text == "Moderate progress"
    ]
    assert len(ends) == 7
    assert max(ends) <= 350
    assert len({note.yshift for note in figure.layout.annotations if note.xanchor == "left"}) > 3


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (62.44, "%", "62.4%"),
        (1679999.1, "US$", "1,679,999 US$"),
        (0.0, "", "0"),
        (0.1234, "", "0.123"),
        (-4.0, "points", "-4 points"),
        (float("nan"), "", "–"),
    ],
)
def test_an_amount_has_the_decimals_its_size_makes_sense_of(
    value: float, unit: str, said: str
) -> None:
    assert theme.amount(value, unit) == said
