"""Pieces of page: escaped, told to those who do not see, nothing drawn that is not known."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Final

import pytest

from dashboard import i18n
from dashboard.charts import palette
from dashboard.ui import look
from dashboard.web.files import ASSETS

EVIL: Final = "<script>alert('x')</script>&\""

PIECES: Final[dict[str, Callable[[str], look.Html]]] = {
    "heading": lambda text: look.heading(text, kicker=text, lede=text),
    "notice": lambda text: look.notice(text, title=text),
    "chip": lambda text: look.chip("on_track", text),
    "unknown status": look.chip,
    "tag": look.tag,
    "state": look.state,
    "track": lambda text: look.track([text, text], 1),
    "card": lambda text: look.card(text, text, unit=text, detail=text, foot=text, href=text),
    "cards": lambda text: look.cards([look.card(text, text)]),
    "strip": lambda text: look.strip({text: 3, "on_track": 1}),
    "bullet": lambda text: look.bullet(
        text, value=1.0, shown=text, status="on_track", top=2.0, said=text
    ),
    "key": lambda text: look.key([text]),
    "quote": lambda text: look.quote(text, text),
    "facts": lambda text: look.facts([(text, text)]),
    "table": lambda text: look.table(text, [text, text], [[text, text]], numeric={1}),
    "why": lambda text: look.why("moderate", text, [text]),
    "empty": lambda text: look.empty(text, text),
    "anchor": lambda text: look.anchor(text, f"?area={text}"),
    "images": look.images,
    "way": lambda text: look.way(text, f"?area={text}"),
    "trail": lambda text: look.trail([(text, f"?area={text}")], text),
    "past": lambda text: look.past(text, text, look.anchor(text, "?")),
    "join": lambda text: look.join([text, look.tag(text)]),
}


ALLOWED: Final = frozenset(
    {"class", "style", "href", "target", "role", "title", "scope", "tabindex"}
    | {"aria-label", "aria-hidden", "aria-current", "type", "data-chart", "data-image"}
)


class Reader(HTMLParser):
    """Reads a piece as a browser would, and checks that every element closes in order."""

    def __init__(self, piece: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: set[str] = set()
        self.elements: set[str] = set()
        self.feed(piece)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _value in attrs}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    i18n.speak("en")
    yield
    i18n.speak("en")


@pytest.mark.parametrize("name", PIECES)
def test_every_text_is_escaped(name: str) -> None:
    read = Reader(PIECES[name](EVIL))
    assert read.attributes <= ALLOWED
    assert "script" not in read.elements


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_needs_nothing_that_streamlit_takes_away(name: str) -> None:
    read = Reader(PIECES[name]("Plain"))
    assert not read.elements & {"script", "svg", "img", "link", "iframe", "object", "style"}


def test_a_piece_inside_a_piece_is_not_escaped_again() -> None:
    assert look.chip("on_track") in look.card("Laws", "62%", foot=look.chip("on_track"))


@pytest.mark.parametrize("status", palette.ORDER)
def test_a_chip_has_colour_sign_and_word(status: str) -> None:
    made = look.chip(status)
    assert f"--hw-{palette.mark(status).step}" in made
    assert f'aria-hidden="true">{palette.mark(status).sign}<' in made
    assert palette.word(status) in made


def test_the_banner_says_what_the_data_are() -> None:
    assert "Illustrative data." in look.illustrative_banner()
    assert "no State reported them" in look.illustrative_banner()


def test_without_a_target_the_scale_has_none() -> None:
    made = look.bullet("Laws", value=62, shown="62%", status="moderate", top=100)
    assert "hw-target" not in made
    assert "hw-value" in made


def test_a_target_of_zero_stands_at_the_beginning() -> None:
    made = look.bullet("Complaints", value=12, shown="12", status="on_track", top=40, target=0)
    assert 'class="hw-target" style="--at:0.00"' in made


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_a_missing_value_is_a_hatched_scale_without_a_bar(missing: float | None) -> None:
    made = look.bullet("Laws", value=missing, shown="–", status="no_data", top=100, target=80)
    assert "hw-value" not in made
    assert 'class="hw-scale hw-hatched"' in made
    assert "Not reported" in made


def test_a_value_of_zero_is_a_bar_of_no_length_on_a_clear_scale() -> None:
    made = look.bullet("Laws", value=0, shown="0", status="limited", top=100)
    assert "--wide:0.00" in made
    assert "hw-hatched" not in made


def test_a_value_beyond_the_scale_stands_at_its_edge() -> None:
    made = look.bullet("Laws", value=130, shown="130", status="target_met", top=100, base=-10)
    assert "--wide:100.00" in made
    assert 'hw-base" style="--at:0.00"' in made


def test_a_strip_tells_its_counts_and_leaves_out_the_empty() -> None:
    made = look.strip({"no_data": 5, "on_track": 3, "missed": 0})
    assert 'aria-label="On track 3, Not reported 5"' in made
    assert made.index("--n:3") < made.index("--n:5")
    assert "--n:0" not in made


@pytest.mark.parametrize(
    ("n", "of", "said", "full"),
    [
        (39, 60, "39 of 60 report (65%)", ["100", "100", "100", "25", "0"]),
        (1, 54, "1 of 54 reports (2%)", ["9", "0", "0", "0", "0"]),
        (0, 0, "0 of 0 report (0%)", ["0"] * 5),
    ],
)
def test_coverage_is_dots_and_numbers(n: int, of: int, said: str, full: list[str]) -> None:
    made = look.coverage(n, of)
    assert said in made
    assert re.findall(r"--full:(\d+)", made) == full


def test_a_table_names_its_rows_and_columns() -> None:
    made = look.table("By year", ["Year", "Value"], [["2024", "62%"]], numeric={1})
    assert "<caption>By year</caption>" in made
    assert made.count('scope="col"') == 2
    assert '<th scope="row" >2024</th>' in made
    assert '<td class="hw-num">62%</td>' in made


def test_the_step_now_reached_is_told() -> None:
    made = look.track(["Draft", "Submitted", "Accepted"], 1)
    assert made.count('aria-current="step"') == 1
    assert 'class="hw-here" aria-current="step">Submitted' in made
    assert 'class="hw-done">Draft' in made


@pytest.mark.parametrize("word", ["draft", "submitted", "returned", "accepted", "withdrawn"])
def test_states_are_translated(word: str) -> None:
    i18n.speak(i18n.PSEUDO)
    assert "⟦" in look.state(word)


def test_every_colour_is_known_in_both_lights() -> None:
    colours = (ASSETS / "colours.css").read_text("utf-8")
    sheet = (ASSETS / "look.css").read_text("utf-8")
    used = set(re.findall(r"var\(--hw-([a-z-]+)\)", sheet + "".join(map(look.chip, palette.ORDER))))
    local = {"tone", "tone-soft"}
    for name in used - local - {"sans", "serif"}:
        assert re.search(rf"--hw-{name}: light-dark\(#\w{{6}}, #\w{{6}}\);", colours), name
    assert "url(" not in colours + sheet


def test_a_phone_is_narrow_and_anything_else_is_not() -> None:
    assert look.width("Mozilla/5.0 (iPhone) AppleWebKit Mobile/15E148 Mobi") == 344
    assert look.width("Mozilla/5.0 (X11; Linux x86_64) Chrome/130") == 640
    assert look.width("") == 640
