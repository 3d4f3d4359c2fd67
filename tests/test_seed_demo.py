"""The demonstration: the same every time, plausible, and marked as pretended in every row."""

from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from models import (
    PERIOD,
    AreaKind,
    Implementation,
    Kind,
    ObservationInput,
    Role,
    TargetStatus,
    Tier,
    UpdateInput,
)
from seed import areas, content, crosschecks, demo, rows
from seed.demo import Demo

END = datetime(2026, 11, 1, tzinfo=UTC)
BEGIN = datetime(2010, 12, 1, tzinfo=UTC)
PARTS = [
    "age=child_0_17;sex=female",
    "age=adult_18_plus;sex=female",
    "age=child_0_17;sex=male",
    "age=adult_18_plus;sex=male",
]


@pytest.fixture(scope="module")
def made() -> Demo:
    return demo.generate(content.read("UN-GPA"), areas.read())


@pytest.fixture(scope="module")
def table(made: Demo) -> pd.DataFrame:
    return made.observations


@pytest.fixture(scope="module")
def numbers(table: pd.DataFrame) -> pd.DataFrame:
    parts = ["value", "numerator", "denominator"]
    return table.assign(**{name: pd.to_numeric(table[name]) for name in parts})


def latest(table: pd.DataFrame) -> pd.DataFrame:
    accepted = table[table["outcome"] == "accepted"].sort_values("decided_at", kind="stable")
    return accepted.drop_duplicates(["indicator", "area", "cell", "period"], keep="last")


def test_the_same_seed_gives_the_same_bytes(made: Demo) -> None:
    again = demo.generate(content.read("UN-GPA"), areas.read())
    assert_frame_equal(made.observations, again.observations, check_exact=True)
    assert_frame_equal(made.updates, again.updates, check_exact=True)
    other = demo.generate(content.read("OSCE-AP"), areas.read(), seed=1).observations
    usual = demo.generate(content.read("OSCE-AP"), areas.read()).observations
    assert not other.equals(usual)


def test_every_row_says_that_it_is_illustrative(made: Demo) -> None:
    assert made.observations["is_illustrative"].all()
    assert made.updates["is_illustrative"].all()
    told = made.observations[made.observations["missing_reason"] == ""]
    assert told["source"].str.startswith("Illustrative figure").all()
    for name in ("milestone", "blocker", "next_step", "weakness", "gap", "challenge", "resources"):
        texts = made.updates[name]
        assert texts[texts != ""].str.endswith("(illustrative)").all()


def test_every_core_indicator_has_values_but_the_facts(table: pd.DataFrame) -> None:
    core = {each.code for each in content.read("UN-GPA").indicators if each.tier is Tier.CORE}
    assert core - set(table["indicator"]) == {"G.1.1"}
    assert len(set(table["indicator"]) - core) >= 8


def test_treaty_status_is_never_generated(table: pd.DataFrame) -> None:
    assert not set(table["indicator"]) & {"G.1.1", "G.1.2", "G.2.1"}


def test_all_states_and_years_occur_and_some_states_never_report(table: pd.DataFrame) -> None:
    members = set(areas.read().members())
    assert members <= set(table["area"])
    assert set(table["period"].astype(int)) == set(range(2010, 2027))
    asked = table[table["indicator"] == "PN.3.1"]
    assert 10 <= len(members - set(asked["area"])) <= 20


def test_regions_organizations_and_the_world_report_what_is_theirs(table: pd.DataFrame) -> None:
    kinds = {area.code: area.kind for area in areas.read().areas}
    kind = table["area"].map(kinds)
    assert set(table.loc[table["indicator"] == "PN.5.1", "area"].map(kinds)) == {AreaKind.GROUP}
    assert set(kind[table["indicator"] == "PN.7.1"]) == {AreaKind.REGION}
    assert AreaKind.WORLD in set(kind[table["indicator"] == "PT.12.1"])


def test_values_lie_within_the_limits_of_their_indicator(numbers: pd.DataFrame) -> None:
    plan = content.read("UN-GPA")
    for code, of_one in numbers.groupby("indicator"):
        indicator = next(each for each in plan.indicators if each.code == code)
        low, high = crosschecks.limits(plan, indicator)
        value = of_one["value"].dropna()
        assert low is None or value.min() >= float(low), code
        assert high is None or value.max() <= float(high), code
        if indicator.kind in {Kind.ORDINAL, Kind.BINARY, Kind.COUNT}:
            assert (value % 1 == 0).all(), code
        if indicator.numerator_within_denominator:
            both = of_one.dropna(subset=["numerator", "denominator"])
            assert (both["numerator"] <= both["denominator"]).all(), code


def test_a_percentage_follows_from_its_parts(numbers: pd.DataFrame) -> None:
    shares = {
        each.code for each in content.read("UN-GPA").indicators if each.kind is Kind.PERCENTAGE
    }
    of_them = numbers[numbers["indicator"].isin(shares)].dropna(subset=["numerator", "value"])
    made_anew = 100 * of_them["numerator"] / of_them["denominator"]
    assert (made_anew - of_them["value"]).abs().max() <= 0.051
    assert len(of_them) > 10_000


def test_a_missing_value_has_a_reason_and_no_number(table: pd.DataFrame) -> None:
    is_missing = table["status"].isin(["L", "M", "Q"])
    assert (is_missing == table["value"].isna()).all()
    assert (is_missing == (table["missing_reason"] != "")).all()
    assert {"L", "M", "Q", "A", "P", "E", "B"} == set(table["status"])


def test_small_counts_are_given_as_a_bound(numbers: pd.DataFrame) -> None:
    bounds = numbers[numbers["qualifier"] == "<"]
    assert bounds["numerator"].isna().all()
    rate = bounds[bounds["indicator"] == "PT.5.2"]
    assert len(rate) > 500
    assert (rate["value"] - 5 / rate["denominator"]).abs().max() < 0.001
    exact = numbers[(numbers["indicator"] == "PT.5.2") & numbers["numerator"].notna()]
    assert not exact["numerator"].between(1, 4).any()


def test_girls_women_boys_and_men_are_never_more_than_the_total(numbers: pd.DataFrame) -> None:
    # Only the first accepted total of a year is broken down, so that is what the parts belong to.
    of_one = numbers[(numbers["indicator"] == "PT.5.2") & (numbers["outcome"] == "accepted")]
    first = of_one.sort_values("recorded_at", kind="stable").drop_duplicates(
        ["area", "period", "cell"]
    )
    cases = first.pivot(index=["area", "period"], columns="cell", values="numerator").dropna()
    assert len(cases) > 100
    assert (cases[PARTS].sum(axis=1) <= cases["_T"]).all()
    assert (cases["sex=female"] == cases[PARTS[0]] + cases[PARTS[1]]).all()


def test_levels_step_up_more_often_than_down(numbers: pd.DataFrame) -> None:
    of_one = latest(numbers[numbers["indicator"] == "PT.4.1"]).sort_values(["area", "period"])
    step = of_one.groupby("area")["value"].diff().dropna()
    assert (step > 0).sum() > 3 * (step < 0).sum() > 0
    assert step.abs().max() <= 3


def test_moments_are_in_order_and_spread_over_the_years(table: pd.DataFrame) -> None:
    assert table["recorded_at"].min() >= BEGIN
    assert table["recorded_at"].max() < END
    decided = table.dropna(subset=["decided_at"])
    assert (decided["decided_at"] > decided["recorded_at"]).all()
    assert decided["decided_at"].max() < END
    assert set(table["recorded_at"].dt.year) >= set(range(2011, 2027))
    late = table["recorded_at"].dt.year - table["period"].astype(int)
    assert (late >= 2).mean() > 0.05


def test_what_waits_was_not_decided(table: pd.DataFrame) -> None:
    waits = table["outcome"] == "submitted"
    assert 30 < waits.sum() < 600
    assert (waits == table["decided_at"].isna()).all()
    assert (waits == table["decider"].isna()).all()


def test_a_returned_row_is_followed_by_another_for_the_same_figure(table: pd.DataFrame) -> None:
    key = ["indicator", "area", "cell", "period"]
    back = table[table["outcome"] == "returned"]
    assert len(back) > 500
    assert (back["decision_note"] != "").all()
    last = table.sort_values("recorded_at").groupby(key)["recorded_at"].last()
    follows = last.loc[pd.MultiIndex.from_frame(back[key])].to_numpy()
    assert (follows > back["recorded_at"].to_numpy()).mean() > 0.99


def test_some_accepted_values_were_corrected_later(table: pd.DataFrame) -> None:
    accepted = table[table["outcome"] == "accepted"]
    times = accepted.groupby(["indicator", "area", "cell", "period"]).size()
    assert 0.02 < (times > 1).mean() < 0.2
    assert accepted["note"].str.startswith("Corrected").sum() > 500


def test_nobody_accepts_their_own_value(table: pd.DataFrame) -> None:
    decided = table[table["outcome"].isin(["accepted", "returned"])]
    assert not (decided["author"] == decided["decider"]).any()


def test_rows_are_what_the_record_accepts(table: pd.DataFrame) -> None:
    fields = [name for name in ObservationInput.model_fields if name in table.columns]
    for row in table[fields].iloc[::97].to_dict("records"):
        given = {str(name): value for name, value in row.items() if value is not None}
        assert ObservationInput.model_validate(given).indicator
    assert table["period"].map(lambda text: PERIOD.fullmatch(text) is not None).all()


def test_updates_are_what_the_record_accepts(made: Demo) -> None:
    measures = {measure.code for measure in content.read("UN-GPA").measures}
    assert set(made.updates["measure"]) <= measures
    assert set(made.updates["implementation"]) == {
        word.value
        for word in Implementation
        if word not in {Implementation.DISCONTINUED, Implementation.NOT_APPLICABLE}
    }
    for row in made.updates.iloc[::11].to_dict("records"):
        fields = {str(k): v for k, v in row.items() if k in UpdateInput.model_fields}
        assert UpdateInput.model_validate(fields).area
    assert (made.updates["decided_at"] > made.updates["recorded_at"]).all()
    assert made.updates["decided_at"].max() < END


def test_timeliness_is_computed_from_the_generated_rows(numbers: pd.DataFrame) -> None:
    core = [
        each.code
        for each in content.read("UN-GPA").indicators
        if each.tier is Tier.CORE and each.code not in {"G.1.1", "FU.5.2", "PT.12.1"}
    ]
    kenya = numbers[(numbers["area"] == "KEN") & (numbers["cell"] == "_T")]
    by_then = kenya[
        kenya["indicator"].isin(core)
        & (kenya["outcome"] == "accepted")
        & (kenya["status"] != "L")
        & kenya["period"].isin(["2018", "2019", "2020"])
        & (kenya["decided_at"] < datetime(2021, 1, 1, tzinfo=UTC))
    ]
    told = kenya[(kenya["indicator"] == "FU.5.2") & (kenya["period"] == "2020")].iloc[0]
    assert told["numerator"] == by_then["indicator"].nunique()


def test_two_plans_give_one_answer_to_one_question(table: pd.DataFrame) -> None:
    other = demo.generate(content.read("OSCE-AP"), areas.read()).observations
    assert set(other["area"]) <= set(areas.read().group("OSCE", demo.LAST_DAY))
    key = ["area", "period", "recorded_at"]
    both = other[other["indicator"] == "PROT.1.1"].merge(
        table[table["indicator"] == "PT.4.1"], on=key
    )
    assert len(both) == (other["indicator"] == "PROT.1.1").sum() > 100
    assert (both["value_x"].fillna("-") == both["value_y"].fillna("-")).all()


def test_there_is_a_person_for_each_role() -> None:
    assert {person.role for person in demo.PEOPLE} == set(Role)
    assert len({person.key for person in demo.PEOPLE}) == len(demo.PEOPLE)
    assert all(person.email.endswith(".example") for person in demo.PEOPLE)
    assert {person.area for person in demo.PEOPLE if person.area} <= set(areas.codes())


def test_national_targets_are_marked_and_within_limits() -> None:
    plan = content.read("UN-GPA")
    made = demo.targets(plan, areas.read(), rows.numbers(plan, 1))
    assert len(made) > 50
    assert len({row.id for row in made}) == len(made)
    assert all(row.is_illustrative and row.status is TargetStatus.NATIONAL for row in made)
    assert any(row.is_interim for row in made)
    by_id = {number: code for code, number in rows.numbers(plan, 1).indicators.items()}
    for row in made:
        indicator = next(each for each in plan.indicators if each.code == by_id[row.indicator_id])
        low, high = crosschecks.limits(plan, indicator)
        assert (low or Decimal(0)) <= row.value <= (high or Decimal(100))
