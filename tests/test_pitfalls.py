"""What went wrong elsewhere, each pitfall a test: nobody is embarrassed by a figure shown here."""

from datetime import date

import pytest
from sqlalchemy.engine import Engine

from dashboard import charts
from dashboard.i18n.labels import WORDS
from dashboard.progress import aggregation
from dashboard.services import comparisons, regions, texts
from dashboard.services.texts import PlanTexts
from dashboard.ui import compare, country, places, region, visit
from models import Membership, reading, unit_of_work
from tests.places import put, seen
from tests.tiny import EAC, FRANCE, LEVEL, PERCENT, PLAN


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
