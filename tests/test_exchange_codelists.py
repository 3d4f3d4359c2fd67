"""The code lists and columns of a snapshot are those of the record."""

import re

from dashboard import frames, progress
from dashboard.exchange import codelists, recompute, schema, standalone
from dashboard.progress.aggregation import AGGREGATES
from dashboard.services import derived
from models import observation, vocabulary


def test_every_word_of_the_record_has_its_meaning_in_a_code_list() -> None:
    lists = {
        "aggregation": vocabulary.Aggregation,
        "approach": vocabulary.Approach,
        "area_kind": vocabulary.AreaKind,
        "baseline_rule": vocabulary.BaselineRule,
        "confidence": vocabulary.Confidence,
        "content_basis": vocabulary.ContentBasis,
        "implementation": vocabulary.Implementation,
        "indicator_type": vocabulary.IndicatorType,
        "kind": vocabulary.Kind,
        "nature": vocabulary.Nature,
        "observation_status": vocabulary.ObservationStatus,
        "operator": vocabulary.Operator,
        "origin": vocabulary.Origin,
        "qualifier": vocabulary.Qualifier,
        "target_status": vocabulary.TargetStatus,
        "tier": vocabulary.Tier,
    }
    for name, words in lists.items():
        assert set(codelists.CODE_LISTS[name]) == {str(word) for word in words} - {""}, name


def test_statuses_of_progress_are_those_that_the_sums_give() -> None:
    assert list(codelists.CODE_LISTS["progress_status"]) == list(progress.STATUSES)


def test_a_status_and_qualifier_have_the_flags_under_which_the_record_packs_them() -> None:
    for status in vocabulary.ObservationStatus:
        for qualifier in vocabulary.Qualifier:
            found = recompute.FLAGS[status] | recompute.FLAGS[qualifier]
            assert int(found) == derived.flag(status, qualifier)


def test_patterns_are_those_of_the_record_and_known_to_the_script() -> None:
    used = {field.pattern for one in schema.RESOURCES.values() for field in one.fields} - {""}
    assert used == standalone.PATTERNS
    for period in ("2024", "2024-07", "2024-Q3", "2024-S1", "2024-07-30", "2024/P2Y", "2024-13"):
        ours = re.search(schema.PERIOD, period) is not None
        assert ours == (observation.PERIOD.fullmatch(period) is not None), period


def test_every_column_of_progress_and_aggregates_travels() -> None:
    names = {name: {field.name for field in one.fields} for name, one in schema.RESOURCES.items()}
    assert set(frames.PROGRESS) <= names["statuses"]
    assert set(AGGREGATES) - {"missing"} <= names["aggregates"]
    for name in ("objectives", "measures", "measure_indicators", "indicators", "areas"):
        assert set(getattr(frames, name.upper())) <= names[name], name
