"""Colours, signs and words of statuses: readable, told apart by everyone, never colour alone."""

import re
import tomllib
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pytest

from dashboard import i18n
from dashboard.charts import palette
from dashboard.charts.theme import SANS, SERIF
from dashboard.progress.words import STATUSES
from models.vocabulary import Implementation

ROOT: Final = Path(__file__).parent.parent
STATIC: Final = ROOT / "dashboard" / "static"
Matrix = npt.NDArray[np.float64]

# Machado, Oliveira and Fernandes (2009), full severity, on linear light.
SIGHTS: Final[dict[str, Matrix]] = {
    "all colours": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip
LMS: Final = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
LAB: Final = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip
MODES: Final[tuple[palette.Mode, ...]] = ("light", "dark")


def seen(colour: str, sight: Matrix) -> Matrix:
    """Return a colour as such eyes see it, in Oklab times 100."""
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    lab: Matrix = LAB @ np.cbrt(LMS @ np.clip(sight @ linear, 0, 1)) * 100
    return lab


def test_every_status_has_mark_word_and_place() -> None:
    assert set(STATUSES) <= set(palette.MARKS)
    spoken = {word.value for word in Implementation}
    assert spoken <= set(palette.MARKS)
    assert set(palette.MARKS) == set(palette.WORDS) == set(palette.ORDER)
    assert len(palette.ORDER) == len(set(palette.ORDER))


def test_no_two_statuses_of_a_method_look_alike() -> None:
    linear = [
        *STATUSES[: STATUSES.index("in_progress")],
        *("in_progress", "not_started", "not_met", "regressed"),
        *("insufficient_data", "no_data", "not_applicable", "context_only"),
    ]
    looks = [(palette.mark(status).step, palette.mark(status).sign) for status in linear]
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_steps_are_told_apart_by_every_eye(mode: palette.Mode, sight: str) -> None:
    steps = palette.tokens(mode).steps
    near = {
        (one, other): float(
            np.linalg.norm(seen(steps[one], SIGHTS[sight]) - seen(steps[other], SIGHTS[sight]))
        )
        for one, other in combinations(steps, 2)
    }
    assert min(near.values()) >= 8, sorted(near.items(), key=lambda pair: pair[1])[:3]


@pytest.mark.parametrize("mode", MODES)
def test_text_is_readable_on_every_ground(mode: palette.Mode) -> None:
    colours = palette.tokens(mode)
    for ground in (colours.paper, colours.surface):
        for text in (colours.ink, colours.muted, colours.accent, colours.warning):
            assert palette.contrast(text, ground) >= 4.5, (text, ground)
    for line in colours.lines:
        assert palette.contrast(line, colours.paper) >= 4.5, line


@pytest.mark.parametrize("mode", MODES)
def test_signs_are_readable_on_their_fill(mode: palette.Mode) -> None:
    for step, fill in palette.tokens(mode).steps.items():
        assert palette.contrast(palette.readable_on(fill), fill) >= 4.5, step


@pytest.mark.parametrize("mode", MODES)
def test_context_has_a_colour_that_means_neither_good_nor_bad(mode: palette.Mode) -> None:
    steps = palette.tokens(mode).steps
    context = steps["context"]
    assert [word for word in steps if steps[word] == context] == ["context"]
    red, green, blue = (int(context[place : place + 2], 16) for place in (1, 3, 5))
    assert max(red, green, blue) - min(red, green, blue) < 32  # nearly grey: no red, no green


def test_what_is_missing_is_hatched_and_has_no_colour() -> None:
    assert palette.mark("no_data").texture == "hatched"
    assert palette.mark("no_data").step == "none"
    assert palette.mark("insufficient_data").texture == "dotted"


def test_an_unknown_status_never_looks_good() -> None:
    assert palette.mark("some_new_word").step == "none"
    assert palette.word("some_new_word") == "some new word"


def test_contrast_is_that_of_the_guidelines() -> None:
    assert palette.contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert palette.contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.001)


def test_words_are_translated() -> None:
    i18n.speak(i18n.PSEUDO)
    try:
        assert palette.word("on_track") == "⟦On track⟧"
    finally:
        i18n.speak("en")


def test_statuses_come_best_first_and_the_silent_last() -> None:
    given = ["no_data", "missed", "target_met", "missed", "on_track"]
    assert palette.ordered(given) == ["target_met", "on_track", "missed", "no_data"]


def test_the_theme_of_the_pages_is_the_palette_of_the_pictures() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    for mode in MODES:
        colours, page = palette.tokens(mode), theme[mode]
        assert page["backgroundColor"] == colours.paper
        assert page["secondaryBackgroundColor"] == colours.surface
        assert page["textColor"] == colours.ink
        assert page["primaryColor"] == colours.accent
        assert page["chartCategoricalColors"] == list(colours.lines)
        for name in ("blue", "green", "orange", "yellow", "red", "violet", "gray"):
            ratio = palette.contrast(page[f"{name}TextColor"], page[f"{name}BackgroundColor"])
            assert ratio >= 4.5, (mode, name)


def test_the_sheet_of_colours_is_the_palette_of_the_pictures() -> None:
    sheet = (STATIC / "colours.css").read_text("utf-8")
    told = dict(re.findall(r"--hw-([a-z-]+): (.*?);", sheet))
    names = (
        "paper", "surface", "ink", "muted", "axis", "grid", "accent", "accent_soft", "region",
        "warning", "warning_soft",
    )  # fmt: skip
    light, dark = palette.LIGHT, palette.DARK
    pairs = {name.replace("_", "-"): (getattr(light, name), getattr(dark, name)) for name in names}
    for step, colour in light.steps.items():
        at_night = dark.steps[step]
        pairs[step] = (colour, at_night)
        pairs[f"on-{step}"] = (palette.readable_on(colour), palette.readable_on(at_night))
    for name, (day, night) in pairs.items():
        assert told[name] == f"light-dark({day}, {night})", name
    assert (told["sans"], told["serif"]) == (SANS, SERIF)


def test_a_first_visit_needs_few_bytes_of_fonts() -> None:
    sheet = (STATIC / "fonts.css").read_text("utf-8")
    files = {STATIC / address for address in re.findall(r'url\("(.*?)"\)', sheet)}
    assert all(path.is_file() for path in files)
    latin = [path for path in files if "-latin-wght" in path.name or "marks" in path.name]
    assert len(latin) == 3
    assert sum(path.stat().st_size for path in latin) < 120_000
    for family in re.findall(r'font-family: "(.*?)"', sheet):
        # Streamlit writes the name unquoted: a word that begins with a digit breaks
        assert not any(word[0].isdigit() for word in family.split())
