"""The scorecard and the overview as visitors meet them: cells in words, choices in the address."""

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from dashboard.charts import palette
from dashboard.services import observations, review, scorecards, texts, views
from dashboard.services.texts import spelled
from dashboard.ui import cached, cells, overview, scorecard, visit
from models import Identity, reading, unit_of_work
from tests.pictures import AREAS
from tests.test_pages import html
from tests.tiny import CONTEXT, LEVEL, NOON, PERCENT, PLAN, draft

ROOT = Path(__file__).parent.parent
Open = Callable[..., AppTest]


@pytest.fixture
def accepted(database: Engine, coordinator: Identity, reviewer: Identity) -> None:
    """Put a few accepted values of Kenya into the record."""
    for indicator, year, value in (
        (PERCENT, 2015, "40"),
        (PERCENT, 2020, "55"),
        (PERCENT, 2024, "62.5"),
        (LEVEL, 2024, "2"),
        (CONTEXT, 2024, "30"),
    ):
        sent = draft(indicator=indicator, period=str(year), value=Decimal(value))
        token = f"{indicator}{year}"
        send = partial(observations.submit, who=coordinator, draft=sent, plan=PLAN, token=token)
        ref = unit_of_work(database, partial(send, now=NOON))
        take = partial(review.accept, who=reviewer, ref=ref, plan=PLAN, now=NOON)
        unit_of_work(database, take)


@pytest.fixture
def browser(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Give a way to open a page of the tiny record."""
    monkeypatch.setattr(visit, "engine", lambda: database)
    monkeypatch.setattr(visit, "agent", lambda: "")
    monkeypatch.setattr(visit, "cookies", dict)
    visit.forget()
    cached.forget()

    def open_page(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
        app.run()
        if name != "overview":
            app.switch_page(str(ROOT / "pages" / f"{name}.py"))
        app.query_params.update(query)
        app.run()
        assert not app.exception
        return app

    yield open_page
    visit.forget()
    cached.forget()


def packed(page: str) -> dict[str, Any]:
    """Return what a table or map of cells says, as it is sent."""
    found = re.search(r'<div class="hw-packed" hidden>(.*?)</div>', page, re.DOTALL)
    assert found is not None
    told: dict[str, Any] = json.loads(unescape(found[1]))
    return told


def line(told: dict[str, Any], row: str, part: str = "cells") -> str:
    """Return the cells of a row, or what stands behind them, as they are sent."""
    rows = [code for code, *_rest in (one.split("|") for one in told["rows"]) if code]
    return str(told[part].split("|")[rows.index(row)])


def cell(told: dict[str, Any], row: str, column: str) -> tuple[str, str, str, str, str]:
    """Return a cell of single series in words: status, move, confidence, value and year.

    Read by the description in `ui/cells.py`, not by its code; literals are the browser's matter.
    """
    place = [code for code, *_rest in told["columns"]].index(column)
    left = [told["alphabet"].index(sign) for sign in line(told, row)]
    for _column in range(place + 1):
        kind = left.pop(0) * 3
        status, move, sure = (told["alphabet"].index(one) for one in told["codes"][kind : kind + 3])
        value = year = ""
        if sure >= 4:
            digits = [left.pop(0) for _digit in range(2)]
            whole = digits[0] * 88 + digits[1]
            if digits[0] >= 80:
                whole = 7040 + (whole - 7040) * 88 + left.pop(0)
            back, slot = divmod(whole, 1100)
            value = f"{slot / 10:g}" if slot <= 1000 else f"{(slot - 1000) / 100:g}"
            year = str(told["latest"] - back)
    return (
        told["marks"][status][2], told["moves"][move][1], told["sure"][sure % 4][1], value, year,
    )  # fmt: skip


@pytest.mark.usefixtures("accepted")
def test_a_cell_says_status_move_confidence_value_and_year(browser: Open) -> None:
    told = packed(html(browser("scorecard", columns="indicators")))
    assert cell(told, "KEN", PERCENT) == (
        "Moderate progress", "improving", "medium confidence", "62.5", "2024",
    )  # fmt: skip
    assert cell(told, "KEN", LEVEL) == ("Not started", "", "high confidence", "2", "2024")


@pytest.mark.usefixtures("accepted")
def test_a_silent_cell_is_not_reported_and_has_no_figure(browser: Open) -> None:
    told = packed(html(browser("scorecard", columns="indicators")))
    assert cell(told, "FRA", PERCENT) == ("Not reported", "", "", "", "")
    hatched = next(mark for mark in told["marks"] if mark[2] == "Not reported")
    assert hatched[3] == "hatched"


@pytest.mark.usefixtures("accepted")
def test_a_context_only_cell_has_its_own_colour_and_no_verdict(browser: Open) -> None:
    told = packed(html(browser("scorecard", columns="indicators")))
    assert cell(told, "KEN", CONTEXT)[0] == "Context only"
    step, _sign, _word, _texture, is_verdict, is_good = next(
        mark for mark in told["marks"] if mark[2] == "Context only"
    )
    assert (step, is_verdict, is_good) == ("context", 0, 0)


@pytest.mark.usefixtures("accepted")
def test_an_objective_is_counted_by_status_with_its_moves(browser: Open) -> None:
    told = packed(html(browser("scorecard")))
    words = dict(zip(told["years"], (mark[2] for mark in told["marks"]), strict=True))
    first, second = line(told, "KEN").split(" ")  # objective A: percent, cases, level
    numbers, _plus, better = first.partition("+")
    assert {words[sign] for sign in numbers} == {"Moderate progress", "Not started", "Not reported"}
    assert len(numbers) == 3, "a letter alone counts one"
    assert better == "1"
    assert words[second] == "Not reported"  # the treaty of objective B
    kenya = next(row for row in told["rows"] if row.startswith("KEN|"))
    assert kenya.split("|")[2:] == ["2", "4"]


@pytest.mark.usefixtures("accepted")
def test_the_address_restores_a_cell_and_why_it_looks_so(browser: Open) -> None:
    app = browser("scorecard", columns="indicators", row="KEN", column=PERCENT)
    told = html(app)
    assert app.selectbox(key="choose_row").value == "KEN"
    assert "x = 62.5" in told
    assert "q = a / r" in told
    assert f"indicator={PERCENT}" in told  # and leads to the series


@pytest.mark.usefixtures("accepted")
def test_a_cell_of_many_series_lists_them_and_leads_to_each(browser: Open) -> None:
    told = html(browser("scorecard", row="KEN", column="A"))
    assert "What this cell counts" in told
    assert f"indicator?indicator={PERCENT}&amp;area=KEN" in told
    assert "no trend: one report or none" in told


@pytest.mark.usefixtures("accepted")
def test_an_aggregate_names_who_is_missing(browser: Open) -> None:
    told = html(browser("scorecard", rows="regions", columns="indicators", row="M49-002",
                        column=PERCENT))  # fmt: skip
    assert "1 of 3 States report" in told
    assert "Namibia and Uganda" in told


@pytest.mark.usefixtures("accepted")
def test_a_group_of_states_never_has_a_status_without_its_coverage(browser: Open) -> None:
    told = packed(html(browser("scorecard", rows="regions", columns="indicators")))
    assert line(told, "M49-002", "behind").split(" ")[0] == "1/3"


@pytest.mark.usefixtures("accepted")
def test_filters_stand_in_the_address_and_narrow_the_table(browser: Open) -> None:
    told = packed(html(browser("scorecard", columns="indicators", group="M49-150", objective="A")))
    assert [row.split("|")[0] for row in told["rows"]] == ["FRA"]
    assert [code for code, *_rest in told["columns"]] == [PERCENT, "A.1.2", LEVEL]


def test_filters_that_nothing_passes_give_no_cells(database: Engine) -> None:
    with reading(database) as session:
        found = views.picture(session, PLAN, today=NOON)
        words = texts.load(session, PLAN)
    assert scorecard.card(found, words, scorecard.View(approach="punitive")).cells.empty
    assert not scorecard.card(found, words, scorecard.View(approach="restorative")).cells.empty


@pytest.mark.usefixtures("accepted")
def test_a_filter_that_the_plan_does_not_know_is_left_out(browser: Open) -> None:
    told = packed(html(browser("scorecard", approach="magic", group="ATLANTIS", sort="height")))
    assert len(told["rows"]) == 4


@pytest.mark.usefixtures("accepted")
@pytest.mark.parametrize(
    ("sort", "first"), [("name", "FRA"), ("coverage", "KEN"), ("region", ""), ("status", "KEN")]
)
def test_rows_are_sorted_as_asked(browser: Open, sort: str, first: str) -> None:
    told = packed(html(browser("scorecard", sort=sort)))
    assert told["rows"][0].split("|")[0] == first


@pytest.mark.usefixtures("accepted")
def test_rows_by_region_stand_under_its_name(browser: Open) -> None:
    told = packed(html(browser("scorecard", sort="region")))
    assert [row.split("|")[:2] for row in told["rows"]] == [
        ["", "Africa"], ["KEN", "Kenya"], ["NAM", "Namibia"], ["UGA", "Uganda"],
        ["", "Europe"], ["FRA", "France"],
    ]  # fmt: skip


@pytest.mark.parametrize("rows", ["states", "regions", "groups", "subregions"])
@pytest.mark.parametrize("columns", ["objectives", "indicators"])
def test_a_scorecard_without_any_figure_still_says_something(
    browser: Open, rows: str, columns: str
) -> None:
    app = browser("scorecard", rows=rows, columns=columns)
    assert "<h1>" in html(app)


@pytest.mark.usefixtures("accepted")
def test_the_scorecard_reads_by_another_method_and_as_of_a_day(browser: Open) -> None:
    assert "hw-packed" in html(browser("scorecard", method="escap:escap", columns="indicators"))
    past = html(browser("scorecard", as_of="2020-01-01", columns="indicators"))
    assert "As known on" in past
    assert cell(packed(past), "KEN", PERCENT)[0] == "Not reported"


def whole(rows: int = 193, columns: int = 27) -> tuple[cells.Frame, pd.DataFrame]:
    """Return a table as large as the Global Plan's core indicators in every State."""
    rng = np.random.default_rng(4)
    areas = [f"A{place:02X}" for place in range(rows)]
    codes = [f"PT.{place // 9}.{place % 9}" for place in range(columns)]
    size = rows * columns
    table = pd.DataFrame(
        {
            "row": np.repeat(areas, columns),
            "column": np.tile(codes, rows),
            "status": rng.choice(["target_met", "on_track", "limited", "no_data"], size),
            "value": np.round(rng.uniform(0, 100, size), 1),
            "is_share": False,
            "year": rng.integers(2015, 2026, size).astype("float64"),
            "move": rng.choice(["", "better", "same", "worse"], size),
            "confidence": rng.choice(["high", "medium", "low"], size),
            "n": 1,
            "expected": 1,
        }
    )
    frame = cells.Frame(
        label="Every State",
        corner="States",
        columns=[(code, f"{code} A short name", f"{code} A name as long as it") for code in codes],
        rows=[(code, f"State named {code}", "25", "27") for code in areas],
        ahead=("indicator", "indicator"),
        aside=("country", "area"),
    )
    return frame, table


def test_every_state_on_every_core_indicator_stays_under_thirty_kilobytes() -> None:
    assert len(cells.single(*whole()).encode()) <= 30_000


def test_every_figure_is_sent_with_its_year_however_old() -> None:
    frame, table = whole(1, 27)
    values = [0.0, 0.1, 0.12, 0.99, 1.0, 9.9, 10.0, 36.5, 99.9, *np.linspace(0, 100, 18).round(1)]
    table = table.assign(value=values, year=[2026.0 - place for place in range(27)])
    told = packed(cells.single(frame, table))
    for code, value, year in zip(table["column"], table["value"], table["year"], strict=True):
        shown = cell(told, "A00", code)[3:]
        assert shown == (cells.short(value, False), f"{year:.0f}")


def test_a_figure_that_fits_no_number_is_written_out() -> None:
    frame, table = whole(1, 5)
    table = table.assign(
        value=[1234.5, -3.5, 55_000.0, 0.725, np.nan], year=[2024.0] * 4 + [np.nan]
    )
    table = table.assign(is_share=[False] * 3 + [True, False], status="no_data", move="")
    sent = line(packed(cells.single(frame, table)), "A00")
    assert [part[:-1] for part in re.findall("~[^~]*a", sent)] == [
        "~1,234",
        "~-3.5",
        "~55K",
        "~72%",
    ]


def test_a_name_from_the_record_cannot_leave_its_place() -> None:
    frame, table = whole(2, 2)
    evil = "</div><script>alert('x')</script>|"
    frame = cells.Frame(**{**vars(frame), "rows": [("A00", evil, "1", "2")], "label": evil})
    piece = cells.single(frame, table)
    assert "<script>" not in piece
    assert packed(piece)["rows"][0].split("|")[1] == evil.replace("|", "/")


def test_values_are_written_short() -> None:
    written = [62.5, 0.123, 1234.5, 12_345.0, 3_400_000.0]
    assert [cells.short(one, False) for one in written] == ["62.5", "0.12", "1,234", "12K", "3.4M"]
    assert cells.short(0.725, True) == "72%"
    assert cells.short(float("nan"), False) == ""
    assert cells.short(0.0, False) == "0"  # a zero is a figure


def test_no_written_value_can_be_taken_for_a_year() -> None:
    said = "".join(cells.short(value, False) for value in (1e-3, 12.0, 5e4, 7e6, 8e10))
    assert not set(said) & set(cells.YEARS)


def test_every_move_has_its_arrow_and_word() -> None:
    assert set(cells.ARROWS) == set(scorecards.MOVES)
    assert all(word for move, (_sign, word) in cells.ARROWS.items() if move)


def test_every_verdict_that_may_be_shown_has_its_rank() -> None:
    from dashboard.progress.words import STATUSES, WITHOUT_VERDICT

    assert set(scorecards.ORDER) == set(STATUSES) - set(WITHOUT_VERDICT)
    placed = [palette.ORDER.index(status) for status in scorecards.ORDER]
    assert placed == sorted(placed)  # the same order as in every picture


def test_a_tile_has_code_name_place_status_and_words() -> None:
    told = packed(cells.tiles("Map", AREAS, {"KEN": ("on_track", "62% (2024)")}))
    rows = {row.split("|")[0]: row.split("|")[1:] for row in told["rows"]}
    assert rows["KEN"][:3] == ["Kenya", "19", "10"]
    assert told["marks"][int(rows["KEN"][3])][2] == "On track"
    assert rows["KEN"][4] == "62% (2024)"
    assert told["marks"][int(rows["UGA"][3])][2] == "Not reported"


# The overview -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("accepted")
def test_a_visitor_finds_their_country_on_the_first_page(browser: Open) -> None:
    app = browser("overview")
    finder = app.selectbox(key="find_country")
    assert finder.options == ["France", "Kenya", "Namibia", "Uganda"]
    assert finder.value is None


@pytest.mark.usefixtures("accepted")
def test_an_objective_leads_to_its_scorecard_and_tells_what_is_reported(browser: Open) -> None:
    told = html(browser("overview"))
    assert "scorecard?columns=indicators&amp;objective=A" in told
    assert "Moderate progress" in told  # in words, not by colour alone
    assert "% reported" in told


@pytest.mark.usefixtures("accepted")
def test_every_state_has_a_tile_that_leads_to_it(browser: Open) -> None:
    told = packed(html(browser("overview")))
    assert (told["form"], told["ahead"]) == ("tiles", ["country", "area"])
    assert {row.split("|")[0] for row in told["rows"]} == {"KEN", "NAM", "UGA", "FRA"}


@pytest.mark.usefixtures("accepted")
def test_the_overview_says_since_when_something_changed(browser: Open) -> None:
    told = html(browser("overview"))
    assert "Changed since" in told
    assert "New figures" in told


def test_what_is_awaited_is_told_where_nothing_is_known(browser: Open) -> None:
    told = html(browser("overview"))
    assert "Asked of States and not reported, or too old" in told
    assert "Nothing changed." in told


def test_a_source_is_spelled_out() -> None:
    known = {"S11": "UN press release GA/12734", "S17": "Resolution 76/7"}
    assert spelled("S11", known) == "UN press release GA/12734"
    assert spelled("GA/12387, S17", known) == "GA/12387; Resolution 76/7"
    assert spelled("", known) == ""


def test_a_bar_writes_numbers_only_where_there_is_room() -> None:
    part = pd.DataFrame({"status": ["on_track", "limited"], "n": [97, 3]})
    piece = overview._bar("Protect people", "A", part)
    assert "97</em>" in piece
    assert "3</em>" not in piece
    assert 'title="Limited progress: 3"' in piece
