"""What changed between two states: each part has its cause, and the parts add up to the whole."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.exchange import SnapshotTables, datapackage, differences, recompute
from dashboard.exchange.differences import CAUSES
from tests import sealed
from tests.sealed import AS_OF, observation

LATER = AS_OF + timedelta(days=30)


def state(**changes: Any) -> SnapshotTables:
    """Return the sealed example with some tables replaced and all sums done again."""
    about = replace(sealed.ABOUT, **changes.pop("about", {}))
    tables = {**sealed.tables(), **changes}
    found = SnapshotTables(about, tables)
    judged = recompute.statuses(found).assign(
        method=about.method, preset=about.preset, engine=about.engine, assessed=about.assessed
    )
    whole = {**tables, "statuses": judged, "aggregates": recompute.aggregates(found)}
    return datapackage.settled(SnapshotTables(about, whole))


def later(**changes: Any) -> SnapshotTables:
    return state(about={"as_of": LATER, **changes.pop("about", {})}, **changes)


def observed(*more: dict[str, Any], without: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the observations of the example but for some (`KEN 2024`), and with others."""
    table = sealed.tables()["observations"]
    kept = table[~(table["area"] + " " + table["period"]).isin(without)]
    return pd.concat([kept, sealed.rows("observations", *more)], ignore_index=True)


def of(table: pd.DataFrame, group: str, year: int) -> pd.Series:
    rows = table[(table["group"] == group) & (table["year"] == year)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_the_same_state_differs_in_nothing() -> None:
    found = differences.between(state(), later())
    assert found.observations.empty
    assert found.statuses.empty
    assert found.aggregates.empty
    assert found.counts["change"].tolist() == [0, 0]


def test_a_revision_and_a_new_report_each_bear_their_part() -> None:
    # World mean of 2024: Kenya alone 60.5; corrected to 70; Afghanistan reports 30: (70+30)/2=50.
    end = later(
        observations=observed(
            observation("KEN", "2024", "70", revision=40),
            observation("AFG", "2024", "30", revision=41, accepted_at=LATER),
            without=("KEN 2024",),
        )
    )
    found = differences.between(state(), end)
    told = dict(zip(found.observations["area"], found.observations["cause"], strict=True))
    assert told == {"KEN": "revision", "AFG": "report"}
    world = of(found.aggregates, "M49-001", 2024)
    assert (world["value_before"], world["value_after"]) == (60.5, 50.0)
    assert (world["change"], world["revision"], world["report"]) == ("-10.5", "9.5", "-20")
    assert (world["n_before"], world["n_after"], world["cause"]) == (1, 2, "revision report")
    # Kenya: 20 in 2016, target 100 in 2030. (60.5-20)/80 = 0.50625; (70-20)/80 = 0.625.
    kenya = found.statuses[found.statuses["area"] == "KEN"].iloc[0]
    assert (kenya["share_before"], kenya["share_after"]) == (0.50625, 0.625)
    assert (kenya["status_before"], kenya["steps"]) == ("moderate", "revision:on_track")


def test_a_withdrawal_is_told_from_a_figure_that_is_hidden_now() -> None:
    gone = observed(without=("KEN 2024",))
    revisions = sealed.tables()["revisions"]
    is_it = (revisions["area"] == "KEN") & (revisions["revision"] == 24)
    withdrawn = revisions.assign(ended=revisions["ended"].where(~is_it, "withdrawn"))
    for table, cause in ((withdrawn, "withdrawal"), (revisions[~is_it], "disclosure")):
        found = differences.between(state(), later(observations=gone, revisions=table))
        assert found.observations["cause"].tolist() == [cause]
        world = of(found.aggregates, "M49-001", 2024)
        assert np.isnan(world["value_after"])
        assert (world["change"], world["cause"]) == ("", cause)


def test_a_figure_reported_as_suppressed_is_a_matter_of_disclosure() -> None:
    hidden = observation("KEN", "2024", None, status="Q", revision=50)
    found = differences.between(
        state(), later(observations=observed(hidden, without=("KEN 2024",)))
    )
    assert found.observations["cause"].tolist() == ["disclosure"]


@pytest.mark.parametrize(
    ("cause", "tables"),
    [
        ("target", {"targets": sealed.tables()["targets"].assign(value="70")}),
        ("edition", {"indicators": sealed.tables()["indicators"].assign(direction=-1)}),
    ],
)
def test_what_nobody_reported_is_due_to_what_was_set(
    cause: str, tables: dict[str, pd.DataFrame]
) -> None:
    found = differences.between(state(), later(**tables))
    assert found.observations.empty
    assert set(found.statuses["cause"]) == {cause}


def test_a_state_that_joins_a_group_changes_its_figure_by_membership() -> None:
    both = pd.concat(
        [
            sealed.tables()["memberships"],
            sealed.rows("memberships", {"group": "EAC", "area": "AFG", "since": "2000-01-01"}),
        ],
        ignore_index=True,
    )
    start = state(observations=observed(observation("AFG", "2024", "30")))
    end = later(observations=observed(observation("AFG", "2024", "30")), memberships=both)
    group = of(differences.between(start, end).aggregates, "EAC", 2024)
    assert (group["change"], group["membership"], group["cause"]) == ("-15.25",) * 2 + (
        "membership",
    )  # 60.5 alone, (60.5+30)/2 = 45.25 together


def test_weights_move_a_weighted_mean() -> None:
    # 60.5 and 30, weights 3:1 = 52.875, weights 1:1 = 45.25.
    rule = sealed.tables()["indicators"].assign(
        aggregation="weighted_mean", aggregation_global="weighted_mean", weight="population"
    )
    figures = observed(observation("AFG", "2024", "30"))

    def weights(kenya: str) -> pd.DataFrame:
        rows = [
            {"weight": "population", "area": area, "year": 2024, "value": value}
            for area, value in (("KEN", kenya), ("AFG", "1"))
        ]
        return sealed.rows("weights", *rows)

    start = state(indicators=rule, observations=figures, weights=weights("3"))
    end = later(indicators=rule, observations=figures, weights=weights("1"))
    world = of(differences.between(start, end).aggregates, "M49-001", 2024)
    assert (world["change"], world["weight"], world["cause"]) == ("-7.625", "-7.625", "weight")


def test_time_alone_moves_a_verdict() -> None:
    found = differences.between(state(), later(about={"assessed": 2029}))
    assert set(found.statuses["cause"]) <= {"time"}


def test_what_an_earlier_program_stated_otherwise_is_due_to_the_method() -> None:
    start = state()
    stated = start.tables["statuses"]
    is_kenya = (stated["area"] == "KEN") & (stated["status"] == "moderate")
    old = stated.assign(status=stated["status"].where(~is_kenya, "limited"))
    start = replace(start, tables={**start.tables, "statuses": old})
    found = differences.between(start, later())
    assert found.statuses[["status_before", "status_after", "cause"]].values.tolist() == [
        ["limited", "moderate", "method"]
    ]
    assert found.counts.set_index("status")["method"].to_dict()["limited"] == -1


def test_two_plans_or_the_later_first_are_refused() -> None:
    with pytest.raises(ValueError, match="two plans"):
        differences.between(state(), later(about={"plan": "OTHER"}))
    with pytest.raises(ValueError, match="the later one"):
        differences.between(later(), state())


FIGURES = st.dictionaries(
    st.tuples(st.sampled_from(["KEN", "AFG"]), st.integers(2014, 2026)),
    st.decimals(0, 100, places=3),
    max_size=12,
)


def _states(
    figures: dict[tuple[str, int], Decimal], *, is_later: bool, target: str
) -> SnapshotTables:
    rows = [
        observation(area, str(year), str(value), revision=1000 * is_later + year)
        for (area, year), value in figures.items()
    ]
    if is_later:
        rows = [{**row, "accepted_at": LATER} for row in rows]
    table = sealed.rows("observations", *rows)
    aims = sealed.tables()["targets"].assign(value=target)
    if is_later:
        return later(observations=table, targets=aims, about={"assessed": 2028})
    return state(observations=table, targets=aims)


@settings(max_examples=10, deadline=None)
@given(FIGURES, FIGURES, st.sampled_from(["100", "55.5"]))
def test_the_parts_always_add_up_to_the_whole(
    first: dict[tuple[str, int], Decimal], last: dict[tuple[str, int], Decimal], target: str
) -> None:
    found = differences.between(
        _states(first, is_later=False, target="100"), _states(last, is_later=True, target=target)
    )
    numbers = found.aggregates[found.aggregates["change"] != ""]
    for row in numbers.to_dict("records"):
        assert sum(Decimal(row[cause]) for cause in CAUSES) == Decimal(row["change"])
        whole = Decimal(repr(row["value_after"])) - Decimal(repr(row["value_before"]))
        assert Decimal(row["change"]) == whole
    assert (found.counts[list(CAUSES)].sum(axis=1) == found.counts["change"]).all()
    for row in found.statuses.to_dict("records"):
        assert row["cause"]
        if row["status_before"] != row["status_after"]:
            assert row["steps"].split()[-1].split(":")[1] == row["status_after"]
