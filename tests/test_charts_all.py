"""What holds for every picture: words inside, both lights, few bytes, nothing from elsewhere."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import plotly.graph_objects as go
import pytest

from dashboard import charts, i18n
from tests import pictures

ROOM: Final = Path(charts.__file__).parent
LOOK: Final[dict[str, Any]] = {
    "title": "<given>",
    "source": "<given>",
    "note": "<given>",
    "subtitle": "<given>",
}
EVERY: Final = pytest.mark.parametrize("name", pictures.EVERY)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    i18n.speak("en")
    yield
    i18n.speak("en")


def draw(name: str, **look: Any) -> go.Figure:
    return pictures.EVERY[name][0](**LOOK | look)


def test_every_picture_has_an_example_here() -> None:
    drawing = {
        path.stem for path in ROOM.glob("*.py") if re.search(r"^def draw\(", path.read_text(), re.M)
    }
    assert drawing == set(pictures.EVERY)
    assert set(pictures.EVERY) - set(pictures.EMPTY) == {"world"}


@EVERY
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_mark_of_illustrative_data_is_inside(name: str, mode: str) -> None:
    assert "ILLUSTRATIVE" in draw(name, illustrative=True, mode=mode).to_json()
    assert "ILLUSTRATIVE" not in draw(name, mode=mode).to_json()


@EVERY
def test_nothing_comes_from_another_host(name: str) -> None:
    assert "//" not in draw(name).to_json()


@EVERY
def test_title_source_and_note_are_inside(name: str) -> None:
    assert draw(name).to_json().count("given") >= 4


@EVERY
def test_light_and_dark_differ_and_both_are_opaque(name: str) -> None:
    light, dark = draw(name, mode="light"), draw(name, mode="dark")
    assert light.layout.paper_bgcolor == charts.palette.LIGHT.paper
    assert dark.layout.paper_bgcolor == charts.palette.DARK.paper
    assert light.to_json() != dark.to_json()


@EVERY
def test_plotly_finds_no_fault_with_it(name: str) -> None:
    made = draw(name, illustrative=True)
    told = made.to_plotly_json()
    checked = go.Figure(data=told["data"], layout=told["layout"])
    before, after = json.loads(made.to_json()), json.loads(checked.to_json())
    after["layout"]["template"] = before["layout"]["template"]  # Plotly spells out an empty one
    assert after == before


@EVERY
def test_a_picture_is_small(name: str) -> None:
    assert len(draw(name, illustrative=True).to_json()) < 16_000


@EVERY
def test_the_height_does_not_depend_on_the_page(name: str) -> None:
    figure = draw(name)
    assert figure.layout.height > 100
    assert figure.layout.width is None
    assert figure.layout.margin.autoexpand is False


@EVERY
def test_all_words_of_ours_are_translated(name: str) -> None:
    i18n.speak(i18n.PSEUDO)
    figure = draw(name, illustrative=True)
    shown = [note.text for note in figure.layout.annotations]
    given = {
        "Holy See",
        *("Kenya", "Uganda", "Somalia", "Nauru", "Africa", "Asia", "Oceania", "Laws", "Victims"),
        *("Complaints", "Mechanism", "Prevent", "Protect", "Global Plan", "Research", "Campaigns"),
        *("Third appraisal", "Adoption", "Target year", "Meeting", "Appraisal", "Milestone"),
        *("given", "Jul", "Nov", "Dec"),
    }
    for text in shown:
        bare = re.sub(r"⟦[^⟧]*⟧|<[^>]*>|&lt;|&gt;", "", text)
        for word in sorted(given, key=len, reverse=True):
            bare = bare.replace(word, "")
        assert not re.search(r"[A-Za-z]{3,}", bare), text


@EVERY
def test_the_sentence_for_those_who_do_not_see_is_translated_and_says_numbers(name: str) -> None:
    said = pictures.EVERY[name][1]()
    assert re.search(r"\d", said)
    assert said.endswith(".")
    i18n.speak(i18n.PSEUDO)
    assert "⟦" in pictures.EVERY[name][1]()


@pytest.mark.parametrize("name", pictures.EMPTY)
def test_an_empty_picture_says_why_and_draws_nothing(name: str) -> None:
    figure = pictures.EMPTY[name](**LOOK, illustrative=True)
    text = " ".join(note.text for note in figure.layout.annotations)
    assert not figure.data
    assert "Nothing has been reported here yet." in text or "Too few States" in text
    assert "ILLUSTRATIVE" in text
    assert "given" in text


@EVERY
def test_numbers_travel_as_typed_arrays(name: str) -> None:
    for trace in json.loads(draw(name).to_json())["data"]:
        for axis in ("x", "y", "z", "lon", "lat", "values"):
            value = trace.get(axis)
            # Days are text; everything else is packed and not a list of numbers.
            assert not isinstance(value, list) or not any(isinstance(v, int | float) for v in value)


def test_the_quick_and_heavy_interface_of_plotly_is_not_used() -> None:
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert "express" not in ast.dump(node), path.name


def test_settings_for_plotly_fetch_nothing_and_name_the_image() -> None:
    config = charts.config("kenya-trend")
    assert config["topojsonURL"] == "/assets/geo/"
    assert config["toImageButtonOptions"]["filename"] == "kenya-trend"
    assert "filename" not in charts.CONFIG["toImageButtonOptions"]


def test_a_click_is_read_as_codes() -> None:
    point = {"customdata": ["KEN", "PT.4.1"], "x": 3}
    assert charts.clicked({"selection": {"points": [point]}}) == ("KEN", "PT.4.1")
    assert charts.clicked({"selection": {"points": []}}) == ()
    assert charts.clicked(None) == ()
