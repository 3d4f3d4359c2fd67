"""The page of an indicator: no figure of a group without its n of N, no open year as a fall."""

from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy.engine import Engine

from dashboard.services import texts
from dashboard.services.texts import PlanTexts
from dashboard.ui import indicator, series, visit
from models import reading
from tests.places import put, seen
from tests.tiny import CASES, CONTEXT, LEVEL, PERCENT, PLAN, TREATY

WORLD = "M49-001"


@pytest.fixture
def words(database: Engine, monkeypatch: pytest.MonkeyPatch) -> PlanTexts:
    """Let pages read the tiny record, and give its words."""
    monkeypatch.setattr(visit, "engine", lambda: database)
    monkeypatch.setattr(visit, "agent", lambda: "")
    with reading(database) as session:
        return texts.load(session, PLAN)


def counts(**by_year: int) -> pd.DataFrame:
    """Return how many States of the world reported in each year."""
    rows = [(WORLD, int(year[1:]), n) for year, n in by_year.items()]
    return pd.DataFrame(rows, columns=["group", "year", "n"])


def test_the_year_before_is_open_while_fewer_than_half_have_reported_for_it(
    database: Engine,
) -> None:
    found = seen(database)  # of June 2026
    assert indicator.running(found, counts(y2024=100, y2025=49, y2026=3)) == 2025
    assert indicator.running(found, counts(y2024=100, y2025=50, y2026=3)) == 2026
    assert indicator.running(found, counts(y2026=3)) == 2026


def test_the_title_says_who_stands_behind_the_figure_and_the_note_what_it_could_be(
    database: Engine, words: PlanTexts
) -> None:
    put(database, *((state, TREATY, 2024, 1) for state in ("KEN", "UGA", "FRA")))
    found, text = seen(database), words.indicator(TREATY)
    table = indicator.aggregates(found, TREATY, [WORLD])
    assert indicator.regions_title(found, text, table) == "World: 100% in 2024, from 3 of 4 States"
    # Namibia is missing: it could be three of four.
    assert indicator.could_be(found, text, table) == (
        "Had all States reported for 2024, it could be from 75% to 100%."
    )


def test_context_is_never_sorted_into_a_rank(words: PlanTexts) -> None:
    assert set(indicator.orders(words.indicator(CONTEXT))) == {"name", "region", "year"}
    assert {"value", "low", "status"} <= set(indicator.orders(words.indicator(PERCENT)))


def test_the_silent_stand_last_whatever_the_order(database: Engine, words: PlanTexts) -> None:
    put(database, ("KEN", PERCENT, 2024, 40), ("UGA", PERCENT, 2022, 60))
    found = seen(database)
    rows = indicator.latest(found, PERCENT)
    for order, first in (("value", "UGA"), ("low", "KEN"), ("year", "KEN")):
        areas = indicator.arranged(found, rows, order, "")["area"].tolist()
        assert areas[0] == first
        assert set(areas[2:]) == {"FRA", "NAM"}


def test_a_region_shows_its_states_alone(database: Engine) -> None:
    found = seen(database)
    rows = indicator.arranged(found, indicator.latest(found, PERCENT), "name", "M49-150")
    assert rows["area"].tolist() == ["FRA"]


def test_a_level_is_read_with_its_name_and_a_yes_as_yes(words: PlanTexts) -> None:
    assert series.shown(words.indicator(LEVEL), 2.0) == "2 (Begun)"
    assert series.shown(words.indicator(TREATY), 1.0) == "Yes"
    assert series.shown(words.indicator(TREATY), 0.0) == "No"
    assert series.shown(words.indicator(PERCENT), 62.5, "<") == "<62.5%"


def test_a_missing_figure_is_read_with_its_reason_and_never_as_a_number(words: PlanTexts) -> None:
    row = {"status": "L", "value": None, "missing_reason": "Not collected.", "text": ""}
    assert series.read(words.indicator(PERCENT), row) == "Not collected"
    zero = {"status": "A", "value": Decimal(0), "qualifier": "", "text": "", "missing_reason": ""}
    assert series.read(words.indicator(PERCENT), zero) == "0%"


def test_why_there_is_no_outlook_is_said(database: Engine, words: PlanTexts) -> None:
    put(database, ("KEN", PERCENT, 2022, 40), ("KEN", PERCENT, 2024, 50), ("KEN", LEVEL, 2024, 1))
    found = seen(database)
    assert series.outlook(series.ahead(found, PERCENT, "KEN")) == (
        "No outlook: 2 data points count so far, and at least 4 are needed."
    )
    assert "between levels" in series.outlook(series.ahead(found, LEVEL, "KEN"))


def test_an_outlook_is_a_band_and_a_word_with_its_number_of_points(
    database: Engine, words: PlanTexts
) -> None:
    put(database, *(("KEN", PERCENT, 2018 + at, v) for at, v in enumerate((40, 46, 45, 52, 55))))
    said = series.outlook(series.ahead(seen(database), PERCENT, "KEN"))
    assert said.startswith("Outlook from 5 data points: between ")
    assert "in 2030 in four cases of five" in said
    assert "Meeting the target at this pace: " in said


def test_a_part_has_its_own_line_and_no_target_of_everybody(
    database: Engine, words: PlanTexts
) -> None:
    put(database, ("KEN", CASES, 2024, 40))
    put(database, ("KEN", CASES, 2024, 25), cell="sex=female")
    found, text = seen(database), words.indicator(CASES)
    line = series.values(found, CASES, "KEN", "sex=female")
    way = series.ahead(found, CASES, "KEN", "sex=female")
    assert line["value"].dropna().tolist() == [25.0]
    figure = series.trend(found, text, "KEN", line, way, highlight=2024)
    assert not any("Target" in note.text for note in figure.layout.annotations)
    assert any("of everybody, not of a part" in note.text.replace("<br>", " ")
               for note in figure.layout.annotations)  # fmt: skip
    assert [trace.y.tolist() for trace in figure.data if trace.name == "This figure"] == [[25.0]]
