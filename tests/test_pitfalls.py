"""What went wrong elsewhere, each pitfall a test: nobody is embarrassed by a figure shown here."""

import csv
import io
import re
import tomllib
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from decimal import Decimal

import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard import charts, i18n
from dashboard.exchange import FORMATS, Meta
from dashboard.i18n.labels import WORDS
from dashboard.progress import aggregation
from dashboard.services import (
    audit,
    comparisons,
    digests,
    evidence,
    extracts,
    observations,
    regions,
    review,
    rounds,
    tasks,
    texts,
    trail,
)
from dashboard.services.correspondence import Links
from dashboard.services.extracts import Wanted
from dashboard.services.lookup import Ref
from dashboard.services.texts import PlanTexts
from dashboard.settings import Settings
from dashboard.ui import compare, country, indicator, measure, places, region, series, visit
from dashboard.web import files, headers
from models import ANONYMOUS, Identity, Membership, Target, WrongState, reading, unit_of_work
from tests import pseudo, tiny
from tests.pictures import AREAS, STATUSES
from tests.places import put, seen
from tests.rounds import CONTACT, opened, send
from tests.test_pages import ROOT, Open, browser
from tests.tiny import CASES, CONTEXT, EAC, FRANCE, LEVEL, NOON, PERCENT, PLAN, TREATY

__all__ = ["browser"]  # the fixture

LATER = NOON.replace(hour=15)


@pytest.fixture
def words(database: Engine, monkeypatch: pytest.MonkeyPatch) -> PlanTexts:
    """Let pages read the tiny record, and give its words."""
    monkeypatch.setattr(visit, "engine", lambda: database)
    monkeypatch.setattr(visit, "agent", lambda: "")
    with reading(database) as session:
        return texts.load(session, PLAN)


@pytest.fixture
def secretariat(person: Callable[[str], Identity]) -> Identity:
    return person("secretariat")


def test_pitfall_09_a_rank_or_gap_over_noise_is_called_not_meaningful(database: Engine) -> None:
    # Kenya swings by 20 from report to report; Uganda stands 4 above it.
    kenya = (("KEN", PERCENT, year, value) for year, value in ((2020, 40), (2022, 60), (2024, 42)))
    put(database, *kenya, ("UGA", PERCENT, 2024, 46))
    found = seen(database)
    rows = comparisons.table(found, ["KEN", "UGA"])
    said = comparisons.differences(found, rows)
    told = compare.whole(found, ["KEN", "UGA"], rows, said, "")
    assert "Not meaningful" in told
    assert "no larger than what these series swing between reports" in told
    assert "rank" not in told.lower()


def test_pitfall_10_a_regional_mean_says_whether_it_is_weighted(database: Engine) -> None:
    put(database, ("KEN", PERCENT, 2024, 40), ("UGA", PERCENT, 2024, 60))
    found = seen(database)
    told = region.aggregates(found, "M49-002", regions.standing(found, "M49-002"))
    assert "Median of reporting States" in told
    # Every rule has words, and the two means are told apart.
    assert set(aggregation.RULES) <= set(WORDS["aggregation"])
    assert places.rule("mean") != places.rule("weighted_mean")
    assert "Weighted" in places.rule("weighted_mean")
    assert "each counted once" in country.how_against()


def test_pitfall_11_an_aggregate_has_the_members_of_the_region_and_names_the_missing(
    database: Engine,
) -> None:
    # Uganda left the group in 2020, France joined in 2024: figures have the members of their year.
    joined = Membership(group_id=EAC, area_id=FRANCE, since=date(2024, 1, 1))
    unit_of_work(database, lambda session: session.add(joined))
    put(
        database,
        *((area, PERCENT, 2018, value) for area, value in (("KEN", 40), ("UGA", 50))),
        *((area, PERCENT, 2025, value) for area, value in (("KEN", 40), ("UGA", 0), ("FRA", 80))),
    )
    found = seen(database)
    rows = regions.over_time(found, "EAC", PERCENT)
    own = rows[rows["group"] == "EAC"].set_index("year")
    assert own.loc[2018, "value"] == 45  # Kenya 40 and Uganda 50
    assert own.loc[2025, "value"] == 60  # Kenya 40 and France 80
    assert (own.loc[2018, "states"], own.loc[2025, "states"]) == (2, 2)
    told = region.head(found, "EAC", regions.belonging(found, "EAC"))
    assert "Joined: France (2024)" in told
    assert "Left: Uganda (2020)" in told
    belong = regions.table(found, "EAC")
    assert belong["area"].tolist() == regions.members(found, "EAC") == ["FRA", "KEN"]


def test_pitfall_17_every_figure_derived_from_others_names_its_rule(
    database: Engine, words: PlanTexts
) -> None:
    put(
        database,
        *((area, PERCENT, 2024, value) for area, value in (("KEN", 40), ("UGA", 60))),
        *((area, LEVEL, 2024, value) for area, value in (("KEN", 3), ("UGA", 1))),
    )
    found = seen(database)
    rows = regions.standing(found, "M49-002")
    told = region.aggregates(found, "M49-002", rows)
    for code in rows.loc[rows["value"].notna(), "rule"]:
        assert places.rule(code) in told
    text = words.indicator(PERCENT)
    lines = regions.over_time(found, "M49-002", PERCENT)
    assert "Median of reporting States" in region.how_over_time(found, text, lines)
    assert "called clear only if" in compare.how()
    assert "median" in country.how_against()
    assert "first" in country.how_picked()


def test_pitfall_18_no_value_stands_beside_another_without_its_year(
    database: Engine, words: PlanTexts
) -> None:
    put(database, ("KEN", PERCENT, 2019, 40), ("UGA", PERCENT, 2024, 60))
    found = seen(database)
    rows = comparisons.table(found, ["KEN", "UGA"])
    said = comparisons.differences(found, rows)
    told = compare.whole(found, ["KEN", "UGA"], rows, said, "")
    assert "40% (2019)" in told
    assert "60% (2024)" in told
    assert "the years lie more than 2 apart" in told
    text = words.indicator(PERCENT)
    roads = compare.roads(found, text, rows)
    figure = charts.dumbbell.draw(roads, title="T")
    drawn = " ".join(str(note.text) for note in figure.layout.annotations)
    assert "2019" in drawn
    assert "2024" in drawn
    spread = region.how_spread(regions.roads(found, "M49-002", PERCENT))
    assert "2019–2024" in spread
    assert "years may differ" in country.how_against()


def test_pitfall_01_no_target_is_never_a_bar_at_zero(database: Engine, words: PlanTexts) -> None:
    put(database, ("KEN", CONTEXT, 2024, 120), ("KEN", TREATY, 2024, 1))
    found = seen(database)
    table = measure.bullets(found, words.measure("B.1"), "KEN")
    own = table.set_index("indicator").loc[CONTEXT]
    assert own["value"] == 120
    assert own[["target", "target_year"]].isna().all()
    figure = charts.bullet.draw(table, title="T")
    marks = {trace.name: trace for trace in figure.data if trace.type == "scatter"}
    assert marks["Target"].customdata.tolist() == [1.0]  # the treaty's, and no other
    said = [note.text for note in figure.layout.annotations]
    assert any(CONTEXT in text and "No target set" in text for text in said)
    # The line over the years draws none either, and the indicator does not vanish.
    line = series.values(found, CONTEXT, "KEN")
    drawn = charts.trend.draw(line, targets=series.targets(found, CONTEXT, "KEN"), title="T")
    assert not any("Target" in note.text for note in drawn.layout.annotations)
    assert not any(shape.y0 == 0 == shape.y1 for shape in drawn.layout.shapes)


def test_pitfall_01_a_series_without_a_value_keeps_its_target_and_its_row(
    database: Engine, words: PlanTexts
) -> None:
    table = measure.bullets(seen(database), words.measure("A.2"), "KEN").set_index("indicator")
    assert table.index.tolist() == [LEVEL, PERCENT]
    assert table["value"].isna().all()
    assert table.loc[PERCENT, "goal"] == "Target ≥ 90% by 2030 (proposed)"


def test_pitfall_02_a_target_of_zero_is_a_target(database: Engine, words: PlanTexts) -> None:
    unit_of_work(database, lambda session: _retarget(session, CASES, Decimal(0)))
    put(database, ("KEN", CASES, 2020, 30), ("KEN", CASES, 2024, 12))
    found = seen(database)
    table = measure.bullets(found, words.measure("A.1"), "KEN")
    own = table[table["indicator"] == CASES]
    assert own["target"].tolist() == [0]
    assert own["goal"].tolist() == ["Target ≤ 0 by 2030 (proposed)"]
    figure = charts.bullet.draw(own, title="T")
    marks = {trace.name: trace for trace in figure.data if trace.type == "scatter"}
    assert marks["Target"].customdata.tolist() == [0.0]
    rows = found.progress
    road = rows[(rows["area"] == "KEN") & (rows["indicator"] == CASES)]
    # 12 is left of the road from 30 to 0: 0.6 of it is covered
    assert road["target"].tolist() == [0]
    assert road["share"].tolist() == pytest.approx([0.6])


def _retarget(session: Session, indicator: str, value: Decimal) -> None:
    target = session.get_one(Target, f"{PLAN}-{2 if indicator == CASES else 1}")
    session.delete(target)
    session.flush()
    session.add(
        Target(
            id="zero", indicator_id=target.indicator_id, operator=target.operator, value=value,
            year=target.year, status=target.status, recorded_at=target.recorded_at,
        )
    )  # fmt: skip


def test_pitfall_03_no_unapproved_figure_is_in_a_total(
    database: Engine, words: PlanTexts, coordinator: Identity
) -> None:
    put(database, ("KEN", PERCENT, 2024, 40), ("UGA", PERCENT, 2024, 60))
    before = indicator.aggregates(seen(database), PERCENT, ["M49-001"])
    waits = tiny.draft(indicator=PERCENT, period="2024", value=Decimal(99))
    unit_of_work(
        database,
        lambda session: observations.submit(
            session, coordinator, waits, plan=PLAN, token="waits", now=NOON
        ),
    )
    found = seen(database)
    after = indicator.aggregates(found, PERCENT, ["M49-001"])
    assert after["value"].tolist() == before["value"].tolist() == [50.0]
    assert after["n"].tolist() == [2]
    own = indicator.latest(found, PERCENT).set_index("area").loc["KEN"]
    assert own["value"] == 40
    table = series.figures(found, PERCENT, "KEN")
    assert table["value"].tolist() == [40.0]


def test_pitfall_05_a_figure_under_review_hides_nothing_that_was_accepted(
    database: Engine, words: PlanTexts, coordinator: Identity, reviewer: Identity
) -> None:
    put(database, ("KEN", PERCENT, 2020, 55), ("KEN", PERCENT, 2024, 62))
    text = words.indicator(PERCENT)

    def send(value: int, token: str) -> Ref:
        again = tiny.draft(indicator=PERCENT, period="2024", value=Decimal(value))
        return unit_of_work(
            database,
            lambda session: observations.submit(
                session, coordinator, again, plan=PLAN, token=token, now=LATER
            ),
        )

    ref = send(70, "first")
    waiting = seen(database)
    assert "62%" in series.listed(text, series.figures(waiting, PERCENT, "KEN"))
    assert "55%" in series.listed(text, series.figures(waiting, PERCENT, "KEN"))
    unit_of_work(
        database,
        lambda session: review.accept(session, reviewer, ref, plan=PLAN, now=LATER),
    )
    taken = seen(database)
    told = series.revisions(text, series.history(taken, PERCENT, "KEN"))
    assert "62%" in told  # what was shown before stays readable beside what replaced it
    assert "70%" in told
    assert "55%" in series.listed(text, series.figures(taken, PERCENT, "KEN"))


@pytest.mark.parametrize("code", [PERCENT, LEVEL, CONTEXT, TREATY])
def test_pitfall_14_no_label_in_a_chart_stays_english(
    database: Engine, words: PlanTexts, code: str
) -> None:
    put(
        database,
        *(("KEN", code, 2012 + at, at % 2) for at in range(12)),
        ("UGA", code, 2023, 1),
        ("FRA", code, 2024, 1),
    )
    found, text = seen(database), words.indicator(code)
    i18n.speak(i18n.PSEUDO)
    try:
        line, way = series.values(found, code, "KEN"), series.ahead(found, code, "KEN")
        groups = indicator.aggregates(found, code, ["M49-002", "M49-150"])
        own = text.measures[0]
        bullets = measure.bullets(found, words.measure(own), "KEN")
        figures = [
            series.trend(found, text, "KEN", line, way),
            indicator.regions(found, text, groups),
            indicator.by_region(found, text, groups),
            measure.against_targets(found, bullets, "KEN"),
        ]
        left = {
            piece
            for figure in figures
            for drawn in pseudo.drawn(figure.to_plotly_json())
            for part in pseudo.parts(drawn)
            for piece in pseudo.pieces(part)
        }
    finally:
        i18n.speak("en")
    given = {"Kenya", "Uganda", "France", "Africa", "Europe", "World", "Ministries"}
    given |= {entry.name for entry in words.indicators} | {words.title}
    assert {piece for piece in left if piece not in given} == set()


def test_pitfall_04_a_lock_says_what_locked_when_and_whom_to_ask(
    session: Session, secretariat: Identity, coordinator: Identity
) -> None:
    code = opened(session, secretariat, areas=("KEN",))

    def said() -> str:
        with pytest.raises(WrongState) as refusal:
            send(session, coordinator)
        shown = {errand.lock for errand in tasks.mine(session, coordinator, plan=PLAN, now=LATER)}
        assert shown <= {str(refusal.value)}  # before typing as after; what is sealed is no task
        return str(refusal.value)

    rounds.close(session, secretariat, code, token="c", now=NOON)
    assert said() == (
        "Round of 2024 was closed on 2026-06-30; the due date was 2026-07-15. "
        f"Ask {CONTACT} for an extension."
    )
    rounds.seal(session, secretariat, code, token="s", now=NOON)
    assert said() == (
        "Round of 2024 was sealed on 2026-06-30, and its snapshot is cited: it takes nothing more. "
        f"Ask {CONTACT} about a correction in the next round."
    )


def test_pitfall_06_many_matters_make_one_letter_a_day(
    session: Session, secretariat: Identity, coordinator: Identity, reviewer: Identity
) -> None:
    for name in ("one", "two"):
        opened(session, secretariat, name, name=f"Round {name}", indicators=(PERCENT, LEVEL))
    for year in range(2012, 2024):
        ref = send(session, coordinator, period=str(year))
        review.send_back(session, reviewer, ref, plan=PLAN, note="which law?", now=NOON)
    links = Links("https://headway.example.org", b"a secret of the tests")
    first = digests.write(session, links, day=NOON.date(), now=NOON)
    assert sorted(letter.person_id for letter in first) == ["coordinator", "neighbour"]
    (own,) = (letter for letter in first if letter.person_id == "coordinator")
    assert "Round one" in own.body
    assert "Round two" in own.body
    digests.record(session, links, day=NOON.date(), now=NOON)
    send(session, coordinator, period="2010")  # more happens on the same day
    assert digests.record(session, links, day=NOON.date(), now=LATER) == 0


def test_pitfall_07_a_figure_that_rests_on_much_evidence_stays_one_row(
    database: Engine, words: PlanTexts, coordinator: Identity, reviewer: Identity
) -> None:
    def rest(session: Session) -> Ref:
        ref = send(session, coordinator)
        for title in ("The survey", "The annex", "The law"):
            said = {"title": title, "is_public": True}
            number = evidence.add(
                session, coordinator, "KEN", said, f"https://example.org/{len(title)}",
                plan=PLAN, token=title, now=NOON,
            )  # fmt: skip
            evidence.use(session, coordinator, ref, number, plan=PLAN, now=NOON)
        review.accept(session, reviewer, ref, plan=PLAN, now=NOON)
        return ref

    ref = unit_of_work(database, rest)
    found = seen(database)
    assert len(series.figures(found, PERCENT, "KEN")) == 1
    with reading(database) as session:
        rows = extracts.observations(session, Wanted(PLAN, areas=("KEN",))).rows
        named = evidence.of_rows(session, ANONYMOUS, [ref], plan=PLAN)
    assert rows["indicator"].tolist() == [PERCENT]
    assert named == {ref: ["KEN-E1", "KEN-E2", "KEN-E3"]}


def test_pitfall_08_asking_for_everything_at_once_is_answered_with_what_can_be_read(
    browser: Open,
) -> None:
    every = ",".join(["KEN", "UGA", "FRA", "NAM", "M49-001", "M49-002", "M49-150", "EAC"])
    app = browser("compare", areas=every)
    assert not app.exception
    assert app.warning[0].value == (
        "8 areas are too many to read side by side; the first 6 are shown."
    )
    assert len(app.multiselect(key="choose_areas").value) == 6
    # And no picture tries to draw what nobody could tell apart: it says so before it draws.
    lines = pd.DataFrame({"area": [f"A{n}" for n in range(193)]})
    for picture in (charts.trend, charts.small_multiples):
        with pytest.raises(ValueError, match="193"):
            picture.draw(lines, title="T")


def test_pitfall_12_borders_are_neutral_dotted_where_unsettled_and_never_without_their_notice() -> (
    None
):
    figure = charts.world.draw(STATUSES, AREAS, title="T")
    dotted = [t for t in figure.data if t.type == "scattergeo" and t.line.dash == "dot"]
    assert len(dotted) == 1
    ends = charts.places.read().unsettled
    assert ((ends[..., 1] > 8) & (ends[..., 1] < 44)).all()  # none but those that are told of
    notice = " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")
    for words in (
        "do not imply official endorsement or acceptance by the United Nations",
        "Dotted lines are boundaries not yet determined or agreed upon",
        "Line of Control in Jammu and Kashmir",
        "between Sudan and South Sudan",
        "Falkland Islands (Malvinas)",
    ):
        assert words in notice
    # The map that stands first draws no border at all: every State is a tile of one size.
    tiles = charts.tiles.draw(STATUSES, AREAS, title="T").data[0]
    assert (tiles.type, tiles.xgap) == ("heatmap", tiles.ygap)


def test_pitfall_13_nothing_a_page_is_made_of_comes_from_another_host() -> None:
    assert "http" not in headers.PAGES
    assert "*" not in headers.PAGES
    assert headers.PAGES.startswith("default-src 'self'")
    own = [path for path in files.ASSETS.rglob("*") if path.suffix in {".css", ".js", ".svg"}]
    assert len(own) > 4
    for path in own:
        loads = re.findall(r"(?:url\(|src=|href=|import |fetch\()\s*[\"']?(\S+)", path.read_text())
        assert not [one for one in loads if re.match(r"(https?:)?//", one)], path.name
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert not config["browser"]["gatherUsageStats"]
    assert charts.CONFIG["topojsonURL"].startswith("/assets/")
    geo = charts.world.draw(STATUSES, AREAS, title="T").to_json()
    assert not re.findall(r"https?:", geo)


def test_pitfall_15_a_file_for_a_spreadsheet_runs_nothing_and_another_says_it_is_for_programs(
    database: Engine,
) -> None:
    formula = '=HYPERLINK("https://example.org")'
    put(database, ("KEN", PERCENT, 2024, 40), source=formula)
    with reading(database) as session:
        rows = extracts.observations(session, Wanted(PLAN)).rows
    meta = Meta(title="T", source="S", as_of=NOON, is_illustrative=False)
    files_ = {form.label: form.write(rows, meta) for form in FORMATS.values()}
    (row,) = csv.DictReader(io.StringIO(files_["CSV for Excel"].decode("utf-8-sig")))
    assert row["source"] == f"'{formula}"
    book = openpyxl.load_workbook(io.BytesIO(files_["Excel"]))["Data"]
    kinds = {cell.value: cell.data_type for line in book.iter_rows() for cell in line}
    assert kinds[formula] == "s"  # text, not a formula
    (row,) = csv.DictReader(io.StringIO(files_["CSV for programs"].decode()))
    assert row["source"] == formula
    # What opens by a double click is offered before what does not.
    assert list(files_)[:2] == ["Excel", "CSV for Excel"]


def test_pitfall_16_the_audit_trail_is_whole_without_any_setting(
    session: Session, administrator: Identity, coordinator: Identity, reviewer: Identity
) -> None:
    tiny.chain(session)
    ref = send(session, coordinator)
    review.send_back(session, reviewer, ref, plan=PLAN, note="which law?", now=NOON)
    ref = send(session, coordinator, value=Decimal(61))
    review.accept(session, reviewer, ref, plan=PLAN, now=NOON)
    session.flush()
    own = trail.read(session, administrator, trail.Asked(area="KEN"), now=NOON).rows
    own = own.sort_values("seq")
    assert own["action"].tolist() == [
        "observation.submitted", "observation.returned", "observation.superseded",
        "observation.submitted", "observation.accepted",
    ]  # fmt: skip
    assert audit.problems(session, administrator) == []
    paid = re.compile("licen[cs]e|subscription|edition|enterprise|premium", re.I)
    assert not [field.name for field in fields(Settings) if paid.search(field.name)]
