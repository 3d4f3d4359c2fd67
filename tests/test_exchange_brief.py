"""The two forms of a briefing note: tagged paper, whole HTML, and the same bytes twice."""

import hashlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib
from dataclasses import replace
from datetime import date

import pytest

from dashboard.exchange.brief import (
    Bar,
    Bars,
    Colours,
    Fact,
    Finding,
    Findings,
    Indicators,
    Note,
    Part,
    Passage,
    Row,
    Scale,
    Verdict,
    html,
    svg,
    typst,
)

MET = Verdict("target_met", "Target met", "✓", "#0B4F8A", "#FFFFFF", "")
SILENT = Verdict("no_data", "Not reported", "▨", "#FFFFFF", "#14202B", "hatched")
COLOURS = Colours(
    **dict.fromkeys(Colours.__dataclass_fields__, "#52616F"),
)
NASTY = '<script>alert(1)</script> #panic("no") $x$ @here \\ "quoted"'
XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"


def row(name: str, value: float | None) -> Row:
    """Return a row of the table with a target of 90."""
    scale = Scale(value, 40.0, 90.0, 55.0, 100.0, MET if value else SILENT, f"{name}: a scale.")
    return Row(name, scale, ("40 (2015)", "62.5 (2024)", "90 (2030)", "55 (2 of 3)"))


def note(*, rows: int = 23, **changes: object) -> Note:
    """Return a note about a country of these tests."""
    bars = (Bar("Protect people", (Part(MET, 3), Part(SILENT, 1)), 4, "4", "Of 4, 3 met."),)
    made = Note(
        plan="TINY",
        area="KEN",
        language="en",
        direction="ltr",
        day=date(2026, 6, 30),
        is_illustrative=True,
        mark="ILLUSTRATIVE DATA: not for quotation",
        stamp="ILLUSTRATIVE",
        kicker="A plan",
        title="Kenya",
        lede="As known today",
        facts=(Fact("Reported", "3 of 4", "core"), Fact("Met", "1 of 2", ""), Fact("x", "7", "")),
        sentences=Passage("To read out", ("One in 2024.", "Two in 2025.", NASTY), "By rules."),
        statuses=Bars("How it stands", ("Objective", "Series", "n"), bars, (MET, SILENT), "Core."),
        strongest=Findings("Strongest", (Finding("Assisted", "92% in 2025.", MET),), ""),
        weakest=Findings("Furthest behind", (), "Nothing."),
        changed=Passage("What changed", ("This.", "That.")),
        blocked=Passage("What is blocked", (NASTY,), "1 of 2."),
        indicators=Indicators(
            "Every indicator",
            ("Indicator", "Scale", "Baseline", "Latest", "Target", "Median", "Status"),
            tuple(row(f"Indicator number {n}", 62.5 if n % 2 else None) for n in range(rows)),
            (("value", "Latest"), ("base", "Baseline"), ("target", "Target"), ("median", "Median")),
            "",
        ),
        context=Passage("The situation", ("Found: 31 in 2024.",), "No verdict."),
        caveats=Passage("Keep in mind", ("All of it.",)),
        method=Passage("Method", ("Pace.",)),
        citation=Passage("Cite as", ("https://headway.example/brief?area=KEN&plan=TINY",)),
        page="Page {n} of {of}",
        author="The tests",
        colours=COLOURS,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def inside(pdf: bytes) -> bytes:
    """Return a PDF with what is packed in it laid open behind it."""
    parts = [pdf]
    for packed in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(packed[1]))
        except zlib.error:
            continue
    return b"\n".join(parts)


def pages(pdf: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", inside(pdf)))


def test_paper_is_tagged_and_says_that_it_is_accessible() -> None:
    made = typst.pdf(note())
    opened = inside(made)
    assert made.startswith(b"%PDF-1.7")
    assert b"<pdfuaid:part>1<" in made
    assert b"<pdfaid:part>2<" in made
    assert b"<pdfaid:conformance>A<" in made
    for tag in (b"/StructTreeRoot", b"/MarkInfo", b"/Lang(en)", b"/Table", b"/Figure", b"/H1"):
        assert tag in opened, tag
    # A picture a bar and a row, each with words for who does not see it.
    assert opened.count(b"/Alt") >= 1 + 23


@pytest.mark.parametrize("rows", [0, 4, 23, 32])
def test_a_note_has_at_most_two_pages(rows: int) -> None:
    assert 1 <= pages(typst.pdf(note(rows=rows))) <= 2


def test_long_reports_still_fit_two_pages() -> None:
    long = tuple(f"{n}: " + "what stands in the way " * 8 for n in range(5))
    assert pages(typst.pdf(note(changed=Passage("What changed", long)))) == 2


def test_the_same_note_is_the_same_file_in_every_process() -> None:
    script = (
        "import hashlib; from tests.test_exchange_brief import note; "
        "from dashboard.exchange.brief import html, typst; "
        "print(hashlib.sha256(typst.pdf(note())).hexdigest(), "
        "hashlib.sha256(html.page(note()).encode()).hexdigest())"
    )
    here = " ".join(
        hashlib.sha256(content).hexdigest()
        for content in (typst.pdf(note()), html.page(note()).encode())
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        )
        assert done.stdout.strip() == here


def test_what_people_wrote_is_never_markup() -> None:
    shown = html.page(note())
    assert "<script" not in shown
    root = ET.fromstring(shown.partition("\n")[2])
    out = root.find(f".//{XHTML}section[@class='bn-out']")
    assert out is not None
    assert [item.text for item in out.iter(f"{XHTML}li")][2] == NASTY
    assert typst.pdf(note())  # and Typst read none of it


def test_html_is_whole_and_asks_for_nothing() -> None:
    shown = html.page(note())
    root = ET.fromstring(shown.partition("\n")[2])
    assert (root.get("lang"), root.get("dir")) == ("en", "ltr")
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags & {"script", "link", "img", "iframe", "object"} == set()
    assert not re.search(r"url\(|@import|src=", shown)
    levels = [
        int(element.tag[-1]) for element in root.iter() if re.fullmatch(r".*}h\d", element.tag)
    ]
    assert levels[0] == 1
    assert set(levels[1:]) == {2}


def test_every_picture_has_words_or_is_hidden_from_who_hears_the_page() -> None:
    root = ET.fromstring(html.page(note()).partition("\n")[2])
    for picture in root.iter(f"{SVG}svg"):
        assert picture.get("aria-label") or picture.get("aria-hidden") == "true"


def test_illustrative_data_are_marked_and_reported_ones_are_not() -> None:
    assert html.page(note()).count("ILLUSTRATIVE DATA") == 2
    plain = html.page(note(is_illustrative=False, mark="", stamp=""))
    assert "ILLUSTRATIVE" not in plain
    assert pages(typst.pdf(note(is_illustrative=False, mark="", stamp=""))) <= 2


def test_arabic_runs_to_the_left_and_its_pictures_are_mirrored() -> None:
    arabic = note(
        language="ar",
        direction="rtl",
        title="كينيا",
        kicker="خطة",
        sentences=Passage("اقرأ", ("1",)),
    )
    shown = html.page(arabic)
    assert '<html lang="ar" dir="rtl"' in shown
    assert "scale(-1 1)" in shown
    made = typst.pdf(arabic)
    assert b"/Lang(ar)" in inside(made)
    assert b"NotoSansArabic" in inside(made)
    assert made != typst.pdf(replace(arabic, direction="ltr"))


def test_a_mirrored_bar_begins_at_the_right_and_keeps_its_numbers_readable() -> None:
    bar = Bar("x", (Part(MET, 3), Part(SILENT, 1)), 4, "4", "")
    straight, turned = svg.bar(bar, COLOURS), svg.bar(bar, COLOURS, mirrored=True)
    # Three of four parts are 225 of 300 points wide; their middle lies at 112.5 or at 187.5.
    assert '<text x="112.50"' in straight
    assert '<text x="187.50"' in turned
    written = ET.fromstring(turned)
    assert [child.tag.rpartition("}")[2] for child in written] == ["g", "text", "text"]


def test_a_script_that_no_font_has_is_refused_by_name() -> None:
    with pytest.raises(typst.NoFont) as refused:
        typst.pdf(note(title="肯尼亚"))
    assert refused.value.text in "肯尼亚"
    assert not typst.is_readable("肯尼亚")
    assert typst.is_readable("Kenya, Кения, كينيا, Κένυα ≤ “…”")


def test_a_single_sign_that_no_font_has_costs_only_itself() -> None:
    made = typst.pdf(note(blocked=Passage("What is blocked", ("No budget 😀 at all",))))
    assert pages(made) == 2


def test_a_scale_holds_zero_and_ends_at_a_limit_that_is_near() -> None:
    near = Scale(62.5, 40.0, 90.0, None, 100.0, MET, "")
    assert svg.limits(near) == (0.0, 100.0)
    far = replace(near, value=3.0, base=2.0, target=4.0)
    assert list(svg.limits(far)) == pytest.approx([0.0, 4.48])
    below = Scale(-2.0, None, None, None, None, MET, "")
    assert svg.limits(below) == (-2.0, 0.0)
    nothing = Scale(None, None, None, None, None, SILENT, "")
    assert svg.limits(nothing) == (0.0, 1.0)


def test_no_target_is_no_line_and_a_target_of_zero_is_one() -> None:
    none = svg.scale(Scale(5.0, None, None, None, None, MET, ""), COLOURS)
    zero = svg.scale(Scale(5.0, None, 0.0, None, None, MET, ""), COLOURS)
    assert none.count('stroke-width="2.0"') == 0
    assert zero.count('stroke-width="2.0"') == 1
    assert 'd="M0.00 ' in zero


def test_a_piece_for_another_page_has_images_with_the_same_words() -> None:
    whole, piece = html.page(note()), html.piece(note())
    assert "<svg" not in piece
    named = re.findall(r'<svg role="img" aria-label="([^"]+)"', whole)
    assert re.findall(r'<img alt="([^"]+)"', piece) == named
    assert piece.count("<img ") == whole.count("<svg ")
    assert "<h1>" not in piece
