"""A plan becomes rows: every entry one row, every reference whole, every number kept."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from models import Direction, Operator, Part, Table
from seed import areas, content, rows
from seed.rows import Numbers, PlanRows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def made() -> PlanRows:
    plan = content.read("UN-GPA")
    return rows.of_plan(plan, number=1, ids=rows.numbers(plan, 1), now=NOON)


def test_every_entry_becomes_a_row(made: PlanRows) -> None:
    assert len(made.objectives) == 6
    assert len(made.measures) == 59
    assert len(made.indicators) == 70
    assert len(made.baselines) == 70
    assert len(made.targets) == 66  # three have none, one names no number
    assert len(made.articles) == sum(
        len(each.articles) for each in content.read("UN-GPA").instruments
    )


def test_an_indicator_keeps_its_rules(made: PlanRows) -> None:
    indicator = next(row for row in made.indicators if row.code == "PT.8.1")
    assert indicator.direction is Direction.UP
    assert (indicator.lower, indicator.upper) == (Decimal(0), Decimal(100))
    assert (indicator.meets_operator, indicator.meets_value) == (Operator.AT_LEAST, Decimal(90))
    assert (indicator.is_sensitive, indicator.min_cell) == (True, 10)
    assert indicator.disaggregations == ["sex", "age", "form", "citizenship", "disability"]
    assert indicator.aggregation_note.startswith("Sum of numerators over sum of denominators")


def test_each_indicator_has_one_primary_measure(made: PlanRows) -> None:
    primary = [row.indicator_id for row in made.measure_indicators if row.is_primary]
    assert sorted(primary) == sorted(row.id for row in made.indicators)


def test_a_reference_with_a_paragraph_finds_its_article(made: PlanRows) -> None:
    measure = next(row for row in made.measures if row.code == "PT.1")
    links = {
        (link.instrument_code, link.reference): link.article_code
        for link in made.crosswalk_links
        if link.measure_id == measure.id
    }
    assert links["TIPP", "2(b)"] == "2"
    assert links["SDG", "16.3"] == "16.3"


def test_leads_come_before_support(made: PlanRows) -> None:
    measure = next(row for row in made.measures if row.code == "PN.4")
    parts = [row for row in made.measure_actors if row.measure_id == measure.id]
    assert [row.actor_code for row in parts if row.part is Part.LEAD] == ["ICAT", "UNODC"]


def test_codes_that_are_known_keep_their_numbers() -> None:
    plan = content.read("OSCE-AP")
    first = rows.numbers(plan, 2)
    assert first.indicators["PREV.3.1"] == 2001
    known = Numbers(first.objectives, first.measures, {"PART.1.1": 2001, "OLD.1.1": 2002})
    again = rows.numbers(plan, 2, known)
    assert again.indicators["PART.1.1"] == 2001
    assert again.indicators["PREV.3.1"] == 2003
    assert again.measures == first.measures


def test_the_same_target_always_has_the_same_key(made: PlanRows) -> None:
    plan = content.read("UN-GPA")
    later = datetime(2027, 1, 1, tzinfo=UTC)
    again = rows.of_plan(plan, number=1, ids=rows.numbers(plan, 1), now=later)
    assert [row.id for row in made.targets] == [row.id for row in again.targets]
    keys = {row.id for row in made.targets} | {row.id for row in made.baselines}
    assert len(keys) == 136


def test_areas_and_both_plans_fit_the_tables(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'record.db'}")
    sa.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
    Table.metadata.create_all(engine)
    with Session(engine) as session:
        places = areas.rows(areas.read())
        for batch in (places.areas, places.names, places.memberships, places.weights):
            session.add_all(batch)
            session.flush()
        for number, code in enumerate(content.codes(), start=1):
            plan = content.read(code)
            for row in rows.of_plan(plan, number=number, ids=rows.numbers(plan, number), now=NOON):
                session.add(row)
                session.flush()
        session.commit()
    engine.dispose()


def test_a_scale_sets_the_limits_of_its_indicators() -> None:
    plan = content.read("UN-GPA")
    made = rows.of_plan(plan, number=1, ids=rows.numbers(plan, 1), now=NOON)
    limits = {row.code: (row.lower, row.upper) for row in made.indicators}
    assert limits["PT.5.1"] == (Decimal(0), Decimal(4))
    assert limits["G.5.1"] == (Decimal(0), Decimal(10))
