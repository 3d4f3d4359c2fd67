"""Briefing notes: the three sentences by their rules, and figures that never differ from a page."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard import i18n
from dashboard.exchange.brief import Note
from dashboard.services import briefs, observations, reads, review, snapshots, texts, updates, views
from models import (
    BadInput,
    Identity,
    NotFound,
    Unavailable,
    open_database,
    reading,
    unit_of_work,
)
from tests.test_exchange_brief import pages
from tests.tiny import CASES, CONTEXT, LEVEL, NOON, PERCENT, PLAN, draft, update

LATER = NOON + timedelta(days=30)
Put = Callable[..., None]


@pytest.fixture
def put(database: Engine, coordinator: Identity, neighbour: Identity, reviewer: Identity) -> Put:
    """Give a way to have a figure accepted."""

    def accept(indicator: str, year: int, value: str, area: str = "KEN", **changes: Any) -> None:
        at = changes.pop("at", NOON)
        sent = draft(
            indicator=indicator, period=str(year), value=Decimal(value), area=area, **changes
        )
        who = coordinator if area == "KEN" else neighbour

        def work(session: Session) -> None:
            token = f"{area}{indicator}{year}{value}{at}"
            ref = observations.submit(session, who, sent, plan=PLAN, token=token, now=at)
            review.accept(session, reviewer, ref, plan=PLAN, now=at)

        unit_of_work(database, work)

    return accept


@pytest.fixture
def kenya(put: Put) -> None:
    """Give Kenya a road that is too slow, a level at its start and a treaty."""
    for year, value in ((2015, "40"), (2020, "55"), (2024, "62.5")):
        put(PERCENT, year, value)
    put(LEVEL, 2024, "2")
    put(CONTEXT, 2024, "31")


def note(database: Engine, area: str, *, method: str = "linear", **about: Any) -> Note:
    now = about.pop("now", LATER)
    with reading(database) as session:
        found = views.picture(session, PLAN, today=now, **about)
        return briefs.note(
            session,
            briefs.by_method(found, method),
            area,
            words=texts.load(session, PLAN),
            publisher="The tests",
            address="https://headway.example",
            now=now,
        )


@pytest.mark.usefixtures("kenya")
def test_three_sentences_say_what_the_figures_say(database: Engine) -> None:
    # From 40 in 2015 to 62.5 in 2024 is 2.5 a year; from 40 to 90 by 2030 is 3.33: pace 0.75.
    # The level stands at 2, where it started, of the 4 that are asked.
    assert note(database, "KEN").sentences.lines == (
        "Kenya reports 2 of the 4 core indicators of the Tiny plan; of its 2 series that can be "
        "assessed, 0 are on track or have met their target, as assessed in 2026.",
        "Nothing that Kenya reports is on track or met with a confidence that bears a claim, as "
        "assessed in 2026: 2 of its series can be assessed.",
        "Kenya is furthest behind on Referral mechanism: level 2 of 4 in 2024, against the "
        "proposed target of level 4 of 4 by 2030 (Not started).",
    )


@pytest.mark.usefixtures("kenya")
def test_the_strongest_is_named_with_value_year_and_target(database: Engine, put: Put) -> None:
    put(PERCENT, 2025, "92")
    assert note(database, "KEN").sentences.lines[1] == (
        "Kenya does best on Victims assisted: 92% in 2025, against the proposed target of 90% by "
        "2030 (Target met)."
    )


@pytest.mark.usefixtures("kenya")
def test_what_is_old_is_not_read_out(database: Engine) -> None:
    # In 2030 the figures of 2024 are six years old: the note may not lean on them.
    lines = note(database, "KEN", now=NOON.replace(year=2030)).sentences.lines
    assert "does best" not in lines[1]
    assert lines[2].startswith("Nothing that Kenya reports is behind")
    assert "4 core indicators are not reported or too old to count" in lines[2]


@pytest.mark.usefixtures("kenya")
def test_a_country_without_a_figure_makes_no_claim(database: Engine) -> None:
    assert note(database, "NAM").sentences.lines == (
        "No figure on any of the 4 core indicators of the Tiny plan is accepted for Namibia, as "
        "known on July 30, 2026.",
        "Of the 3 Member States of Africa, 1 reports at least one core indicator, as known on "
        "July 30, 2026.",
        "No claim on the progress of Namibia can be made, as assessed in 2026; awaited are 4 core "
        "indicators, the first of them Victims assisted and Victims turned away.",
    )


@pytest.mark.usefixtures("kenya")
def test_a_group_is_told_by_its_states_with_how_many_report(database: Engine, put: Put) -> None:
    # Of three States two can be assessed on the first indicator: Kenya too slow, Namibia met. On
    # the level only Kenya can, which is less than half.
    put(PERCENT, 2015, "80", area="NAM")
    put(PERCENT, 2024, "90", area="NAM")
    made = note(database, "M49-002")
    assert made.sentences.lines == (
        "Of the 3 Member States of Africa, 2 report at least one core indicator of the Tiny plan; "
        "1 of the 3 core series that can be assessed are on track or have met their target, as "
        "assessed in 2026.",
        "In Africa, the best result is on Victims assisted: 1 of the 2 States that can be assessed "
        "are on track or have met the target, as assessed in 2026, with 2 of 3 reporting.",
        "Africa: there is no indicator on which half of the States can be assessed and any is "
        "behind; 3 of 12 core series are reported, as assessed in 2026.",
    )
    assert [fact.value for fact in made.facts] == ["2 of 3", "3 of 12", "1 of 3"]


def test_a_world_without_a_figure_says_so(database: Engine) -> None:
    first, second, third = note(database, "M49-001").sentences.lines
    assert first.startswith("For none of the 4 Member States of World is any figure")
    assert "16 core series" in second
    assert "No claim" in third


@pytest.mark.parametrize("area", ["KEN", "NAM", "FRA", "UGA", "M49-001", "M49-002", "EAC"])
@pytest.mark.parametrize("day", [date(2010, 1, 1), date(2026, 6, 30), None])
@pytest.mark.usefixtures("kenya")
def test_no_sentence_is_without_a_number_and_a_year(
    database: Engine, area: str, day: date | None
) -> None:
    moment = None if day is None else reads.end_of(day)
    for method in ("linear", "cagr:eurostat"):
        made = note(database, area, as_of=moment, method=method)
        assert len(made.sentences.lines) == 3
        for line in made.sentences.lines:
            years = re.findall(r"\b(?:19|20)\d\d\b", line)
            assert years, line
            assert re.findall(r"\d+", re.sub(r"\b(?:19|20)\d\d\b", "", line)), line


@pytest.mark.usefixtures("kenya")
def test_a_note_of_a_past_day_has_nothing_later(database: Engine, put: Put) -> None:
    put(PERCENT, 2025, "92", at=LATER)
    made = note(database, "KEN", as_of=NOON + timedelta(days=1))
    assert "as it was known on July 1, 2026" in made.lede
    assert "92" not in str(made.sentences.lines)
    assert "as_of=2026-07-01T12%3A00%3A00Z" in made.citation.lines[0]


@pytest.mark.usefixtures("kenya")
def test_context_has_no_verdict(database: Engine) -> None:
    made = note(database, "KEN")
    assert made.context.lines == (
        "Victims found: 31 in 2024; median of Africa 31 (1 of 3 States).",
    )
    assert "no verdict and no rank" in made.context.note
    assert "Victims found" not in [row.name for row in made.indicators.rows]


@pytest.mark.usefixtures("kenya")
def test_every_core_indicator_stands_in_the_table_reported_or_not(database: Engine) -> None:
    rows = {row.name: row for row in note(database, "KEN").indicators.rows}
    assert list(rows) == [
        "Victims assisted", "Victims turned away", "Referral mechanism", "Party to the Protocol",
    ]  # fmt: skip
    told = rows["Victims assisted"]
    assert told.cells == ("40% (2015)", "62.5% (2024)", "90% (2030)", "62.5% (1 of 3)")
    assert told.scale.verdict.word == "Moderate progress"
    silent = rows["Victims turned away"]
    assert silent.cells == ("–", "–", "≤ 10 (2030)", "–")
    assert (silent.scale.value, silent.scale.target) == (None, 10.0)
    assert silent.scale.verdict.word == "Not reported"


@pytest.mark.usefixtures("kenya")
def test_what_changed_is_said_with_both_figures(database: Engine, put: Put) -> None:
    put(PERCENT, 2025, "92", at=LATER)
    made = note(database, "KEN", now=LATER + timedelta(days=360))
    assert made.changed.title == "What changed since July 25, 2026"
    assert made.changed.lines[0] == (
        "Victims assisted: 92% (2025), before 62.5% (2024); from “Moderate progress” to “Target "
        "met”."
    )


def test_a_figure_reported_for_the_first_time_is_said_to_be(database: Engine, put: Put) -> None:
    put(PERCENT, 2024, "62.5")
    assert "Victims assisted: 62.5% (2024), reported for the first time." in (
        note(database, "KEN").changed.lines
    )


@pytest.mark.usefixtures("kenya")
def test_a_blocked_measure_appears_with_what_blocks_it(
    database: Engine, coordinator: Identity, reviewer: Identity
) -> None:
    sent = update(implementation="blocked", blocker="No   budget\nline", next_step="Ask for one")
    send = partial(updates.submit, who=coordinator, update=sent, plan=PLAN, token="u", now=NOON)
    ref = unit_of_work(database, send)
    take = partial(review.accept, who=reviewer, ref=ref, plan=PLAN, now=NOON)
    unit_of_work(database, take)
    made = note(database, "KEN")
    assert made.blocked.lines == (
        "A.1 Assist every victim (as at Mar 1, 2026): No budget line. Next step: Ask for one",
    )
    assert made.blocked.note == "1 of 1 measures reported is blocked."
    group = note(database, "M49-002")
    assert group.blocked.lines == (
        "A.1 Assist every victim: in 1 of 1 States that report on it, such as Kenya.",
    )


@pytest.mark.usefixtures("kenya")
def test_a_note_cites_the_snapshot_only_while_it_holds_the_same(
    database: Engine, evaluator: Identity, put: Put
) -> None:
    def freeze(session: Session) -> str:
        return snapshots.take(
            session, evaluator, PLAN, name="Before the appraisal", now=NOON + timedelta(hours=1)
        ).id

    identity = unit_of_work(database, freeze)
    assert f"sha256:{identity}" in note(database, "KEN").citation.lines[1]
    put(PERCENT, 2025, "70", at=NOON + timedelta(days=2))
    after = note(database, "KEN").citation.lines[1]
    assert identity not in after
    assert "no snapshot holds exactly this state" in after
    before = note(database, "KEN", as_of=NOON + timedelta(days=1))
    assert identity in before.citation.lines[1]


@pytest.mark.usefixtures("kenya")
def test_targets_of_ours_are_said_to_be_proposed(database: Engine) -> None:
    said = "4 of the 4 targets used here are proposed by this project and not agreed by States."
    assert said in note(database, "KEN").caveats.lines


def test_a_small_count_is_in_no_note(database: Engine, put: Put) -> None:
    put(CASES, 2023, "30")
    put(CASES, 2024, "3")
    made = note(database, "KEN")
    row = next(row for row in made.indicators.rows if row.name == "Victims turned away")
    assert row.cells == ("30 (2023)", "30 (2023)", "≤ 10 (2030)", "30 (1 of 3)")
    assert row.scale.verdict.word == "Too few data to say"
    said = "1 verdict is withheld, since a newer value is a small count that is not shown"
    assert any(line.startswith(said) for line in made.caveats.lines)
    assert "Victims turned away: 3 (" not in briefs.write(made, "html").decode()


def test_an_unknown_area_or_method_is_a_sentence(database: Engine) -> None:
    with pytest.raises(NotFound, match="ATLANTIS"):
        note(database, "ATLANTIS")
    with pytest.raises(BadInput, match="cagr:eurostat"):
        note(database, "KEN", method="magic")


@pytest.mark.usefixtures("kenya")
def test_a_script_without_a_font_is_a_sentence_and_html_goes_on(database: Engine) -> None:
    i18n.speak("zh")
    try:
        made = note(database, "KEN")
        chinese = Note(**{**vars(made), "title": "肯尼亚"})
        with pytest.raises(Unavailable, match="folder “fonts”"):
            briefs.write(chinese, "pdf")
        assert "肯尼亚" in briefs.write(chinese, "html").decode()
        assert not briefs.is_printable()
    finally:
        i18n.speak("en")


@pytest.mark.slow
def test_notes_of_many_areas_fit_two_pages(demonstration: Path, tmp_path: Path) -> None:
    shutil.copyfile(demonstration / "headway.db", tmp_path / "headway.db")
    engine = open_database(f"sqlite:///{tmp_path / 'headway.db'}")
    now = datetime(2026, 11, 24, tzinfo=UTC)
    areas = ["KEN", "USA", "TUV", "VAT", "PRK", "M49-001", "M49-002", "M49-150", "M49-202", "LDC"]
    with reading(engine) as session:
        for plan in ("UN-GPA", "OSCE-AP"):
            found = views.picture(session, plan, today=now)
            earlier = cache(partial(past, session, plan, now))
            words = texts.load(session, plan)
            for area in areas:
                made = briefs.note(
                    session, found, area, words=words, publisher="x", before=earlier, now=now
                )
                assert pages(briefs.write(made, "pdf")) <= 2, area
                assert len(made.sentences.lines) == 3
    engine.dispose()


def past(session: Session, plan: str, today: datetime, moment: datetime) -> views.Picture:
    """Return a plan as known at an earlier moment."""
    return views.picture(session, plan, as_of=moment, today=today)


def test_context_that_nobody_reported_is_shown_as_not_reported(database: Engine, put: Put) -> None:
    put(PERCENT, 2024, "62.5")
    silent = {bar.label: bar for bar in note(database, "KEN").statuses.bars}["Know the facts"]
    assert [(part.verdict.word, part.n) for part in silent.parts] == [("Not reported", 3)]
    put(CONTEXT, 2024, "31")
    told = {bar.label: bar for bar in note(database, "KEN").statuses.bars}["Know the facts"]
    assert [part.verdict.word for part in told.parts] == ["Context only", "Not reported"]
