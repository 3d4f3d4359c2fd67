"""One area on the whole plan: what stands out, by a rule, and by whom the rest is awaited."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy.engine import Engine

from dashboard.services import profiles, texts
from models import reading
from tests.places import put, seen
from tests.tiny import LEVEL, NOON, PERCENT, PLAN, TEXT, TREATY


def row(indicator: str, status: str, **more: Any) -> dict[str, Any]:
    """Return a row as `profiles.standing` gives it."""
    usual = {
        "flags": "",
        "confidence": "high",
        "tier": "core",
        "worse": 0.5,
        "better": 0.5,
        "share": 1.0,
        "pace": 0.5,
    }
    return {"indicator": indicator, "status": status} | usual | more


def codes(rows: pd.DataFrame) -> list[str]:
    return rows["indicator"].tolist()


def test_the_strongest_are_what_the_region_has_least_reached() -> None:
    rows = pd.DataFrame(
        [
            row("common", "target_met", worse=0.1),
            row("rare", "on_track", worse=0.9),
            row("slow", "moderate", worse=1.0),
            row("half", "target_met", worse=0.5),
            row("few", "target_met", worse=0.2),
        ]
    )
    assert codes(profiles.strongest(rows)) == ["rare", "half", "few"]


def test_the_weakest_are_the_gravest_then_what_others_have_reached() -> None:
    rows = pd.DataFrame(
        [
            row("slow", "limited", better=0.9),
            row("missed", "missed", better=0.1),
            row("still", "not_started", better=0.9),
            row("away", "deteriorating", better=0.1),
            row("met", "target_met"),
        ]
    )
    assert codes(profiles.weakest(rows)) == ["away", "missed", "still"]


@pytest.mark.parametrize("doubt", [{"flags": "stale"}, {"confidence": "low"}])
def test_nothing_old_or_doubtful_makes_a_strength_or_a_gap(doubt: dict[str, str]) -> None:
    rows = pd.DataFrame([row("a", "target_met", **doubt), row("b", "deteriorating", **doubt)])
    assert profiles.strongest(rows).empty
    assert profiles.weakest(rows).empty


def test_a_row_knows_how_many_of_its_region_do_worse_and_better(database: Engine) -> None:
    put(
        database,
        ("KEN", LEVEL, 2024, 4),  # met
        ("UGA", LEVEL, 2020, 1),
        ("UGA", LEVEL, 2024, 2),  # on the way
        ("NAM", LEVEL, 2024, 4),  # met
        ("FRA", LEVEL, 2024, 4),  # elsewhere
    )
    rows = profiles.standing(seen(database), "KEN").set_index("indicator")
    assert (rows.loc[LEVEL, "worse"], rows.loc[LEVEL, "better"]) == (0.5, 0)
    assert rows.loc[LEVEL, "peers"] == 4  # of 2, 4 and 4
    assert (rows.loc[LEVEL, "peers_n"], rows.loc[LEVEL, "peers_of"]) == (3, 3)


def test_what_is_missing_names_by_whom_it_is_awaited(database: Engine) -> None:
    put(database, ("KEN", PERCENT, 2024, 50), ("KEN", LEVEL, 2015, 4))
    found = seen(database)
    with reading(database) as session:
        words = texts.load(session, PLAN)
    rows = profiles.awaited(found, words, profiles.standing(found, "KEN")).set_index("indicator")
    assert PERCENT not in rows.index
    assert "stale" in str(rows.loc[LEVEL, "flags"])  # of 2015: a newer figure is awaited
    assert rows.loc[TREATY, "mode"] == "central_import"
    assert rows.loc[LEVEL, "mode"] == "coordinator"
    assert rows.index[-1] == TREATY, "what States owe comes first"


def test_what_is_told_in_words_is_read_with_its_source(database: Engine) -> None:
    put(database, ("KEN", TEXT, 2023, None), text="The law of 2010 is in force.")
    found = seen(database)
    with reading(database) as session:
        told = profiles.told_in_words(session, found, "KEN", now=NOON)
    assert told[["indicator", "text", "source"]].to_numpy().tolist() == [
        [TEXT, "The law of 2010 is in force.", "The tests"]
    ]
    before = seen(database, as_of=NOON - timedelta(days=1))
    with reading(database) as session:
        assert profiles.told_in_words(session, before, "KEN", now=NOON).empty
