"""What went wrong elsewhere, each pitfall a test: nobody is embarrassed by a figure shown here."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session

from dashboard import charts, i18n
from dashboard.i18n.labels import WORDS
from dashboard.progress import aggregation
from dashboard.services import comparisons, observations, regions, review, texts
from dashboard.services.lookup import Ref
from dashboard.services.texts import PlanTexts
from dashboard.ui import compare, country, indicator, measure, places, region, series, visit
from models import Identity, Membership, Target, reading, unit_of_work
from tests import pseudo, tiny
from tests.places import put, seen
from tests.tiny import CASES, CONTEXT, EAC, FRANCE, LEVEL, NOON, PERCENT, PLAN, TREATY

LATER = NOON.replace(hour=15)


@pytest.fixture
def words(database: Engine, monkeypatch: pytest.MonkeyPatch) -> PlanTexts:
    """Let pages read the tiny record, and give its words."""
    monkeypatch.setattr(visit, "engine", lambda: database)
    monkeypatch.setattr(visit, "agent", lambda: "")
    with reading(database) as session:
        return texts.load(session, PLAN)


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
