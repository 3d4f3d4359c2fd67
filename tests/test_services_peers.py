"""Fair peers: the distances can be worked out by hand, and nobody can choose."""

import math

import pytest
from sqlalchemy.engine import Engine

from dashboard.services import peers
from models import AreaKind, Membership, NotFound, ReferenceArea, unit_of_work
from tests.places import put, seen
from tests.tiny import NAMIBIA, PERCENT, UGANDA


def test_steps_are_doublings_of_population_and_regions_apart(database: Engine) -> None:
    # Populations in thousands: Kenya 50,000, Uganda 47,500, Namibia 2,500, France 68,000.
    found = peers.of(seen(database), "KEN")
    steps = dict(zip(found["area"], found["steps"], strict=True))
    assert list(steps) == ["UGA", "FRA", "NAM"]
    assert steps["UGA"] == pytest.approx(math.log2(50 / 47.5) + 1)
    assert steps["FRA"] == pytest.approx(math.log2(68 / 50) + 2)
    assert steps["NAM"] == pytest.approx(math.log2(20) + 1)


def test_a_situation_that_only_one_is_in_counts_a_step(database: Engine) -> None:
    def join(session: object) -> None:
        session.add(ReferenceArea(id=9012, code="LDC", kind=AreaKind.GROUP, name="Least developed"))  # type: ignore[attr-defined]
        session.flush()  # type: ignore[attr-defined]
        session.add_all(  # type: ignore[attr-defined]
            Membership(group_id=9012, area_id=number) for number in (UGANDA, NAMIBIA)
        )

    unit_of_work(database, join)
    found = seen(database)
    of_kenya = peers.of(found, "KEN").set_index("area")["situations"].to_dict()
    of_uganda = peers.of(found, "UGA").set_index("area")["situations"].to_dict()
    assert of_kenya == {"FRA": 0, "UGA": 1, "NAM": 1}
    assert of_uganda == {"NAM": 0, "KEN": 1, "FRA": 1}


def test_an_area_whose_population_is_not_known_has_no_fair_peers(database: Engine) -> None:
    assert peers.of(seen(database), "EAC").empty


def test_an_area_that_is_not_there_is_said_to_be_missing(database: Engine) -> None:
    with pytest.raises(NotFound, match="ATLANTIS"):
        peers.of(seen(database), "ATLANTIS")


def test_a_median_of_peers_says_how_many_and_of_which_years(database: Engine) -> None:
    put(
        database, ("KEN", PERCENT, 2022, 40), ("UGA", PERCENT, 2024, 60), ("FRA", PERCENT, 2025, 90)
    )
    row = peers.medians(seen(database), ["KEN", "UGA", "FRA", "NAM"]).iloc[0]
    assert (row["median"], row["n"], row["of"]) == (60, 3, 4)
    assert (row["since"], row["until"]) == (2022, 2025)


def test_a_median_of_two_is_not_shown(database: Engine) -> None:
    put(database, ("KEN", PERCENT, 2022, 40), ("UGA", PERCENT, 2024, 60))
    row = peers.medians(seen(database), ["KEN", "UGA"]).iloc[0]
    assert math.isnan(row["median"])
    assert row["n"] == 2
