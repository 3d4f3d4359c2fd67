"""The plans as shipped: whole, true to the reference, and refused with a sentence when wrong."""

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models import BadInput, Kind, NotFound
from seed import content
from seed.entries import Indicator, Plan

yaml = pytest.importorskip("yaml")
REFERENCE = Path(__file__).parents[2] / "shared" / "reference" / "global_plan.yaml"
DIRECTIONS = {"increase_good": "up", "decrease_good": "down", "context_dependent": "none"}
ORIGINS = {"gpa": "gpa", "seed": "seed", "instrument": "treaty"}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return content.read("UN-GPA")


@pytest.fixture(scope="module")
def given() -> Any:
    if not REFERENCE.exists():
        pytest.skip("the reference content is not here")
    return yaml.safe_load(REFERENCE.read_text("utf-8"))


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """Return a way to copy the Global Plan with one text changed in one of its files."""

    def change(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "un-gpa"
        shutil.copytree(content.PLANS / "un-gpa", folder)
        text = (folder / file).read_text("utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")
        return folder

    return change


def day(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def test_the_global_plan_is_whole(plan: Plan) -> None:
    assert len(plan.objectives) == 6
    assert len(plan.measures) == 59
    assert len(plan.indicators) == 70
    assert len(plan.scales) == 7
    assert len(plan.actors) == 30
    assert len(plan.instruments) == 26
    assert len(plan.events) == 22
    assert len(plan.related_plans) == 13
    assert len(plan.notices) == 3


def test_every_plan_that_is_shipped_can_be_read() -> None:
    assert content.codes() == ["OSCE-AP", "UN-GPA"]
    for code in content.codes():
        assert content.read(code).code == code


def test_an_unknown_plan_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"code UN-XYZ\. There are: OSCE-AP, UN-GPA\."):
        content.read("UN-XYZ")


def test_entries_stand_in_the_order_of_objectives_and_numbers(plan: Plan) -> None:
    assert [objective.code for objective in plan.objectives] == ["G", "PV", "PT", "PS", "PN", "FU"]
    prevention = [measure.code for measure in plan.measures if measure.objective == "PV"]
    assert prevention[-2:] == ["PV.12", "PV.13"]
    assert plan.indicators[0].code == "G.1.1"


def test_the_heading_is_as_in_the_reference(plan: Plan, given: Any) -> None:
    told = given["plan"]
    for field in (
        *("code", "title", "short_title", "titles", "titles_basis", "symbol", "annex"),
        *("adopted_how", "adopted_by", "agenda_item", "legal_nature", "paragraphs_total"),
        *("paragraphs_total_confidence", "mandate_chain"),
    ):
        assert getattr(plan, field) == told[field], field
    for field in ("adopted", "published", "launched"):
        assert day(getattr(plan, field)) == told[field], field
    assert plan.languages == told["languages_of_official_text"]
    assert [purpose.model_dump() for purpose in plan.purposes] == told["purposes"]
    assert [
        {
            "year": appraisal.year,
            "start": day(appraisal.starts),
            "end": day(appraisal.ends),
            "outcome": appraisal.outcome,
            "basis": appraisal.basis,
        }
        for appraisal in plan.appraisals
    ] == told["appraisals"]
    for field in ("schema_version", "document", "language", "status", "licence_note"):
        assert getattr(plan, field) == given[field], field
    assert plan.notices == given["must_show_in_ui"]
    assert [source.model_dump() for source in plan.sources] == given["sources_read"]


def test_the_vocabulary_is_as_in_the_reference(plan: Plan, given: Any) -> None:
    words, told = plan.vocabulary, given["indicator_vocabulary"]
    assert words["content_basis"] == given["confidence_vocabulary"]["content_basis"]
    assert words["para_confidence"] == given["confidence_vocabulary"]["para_confidence"]
    assert words["measure_tags"] == given["measure_tags"]
    assert words["type"] == told["opr_type"]
    assert words["direction"] == {DIRECTIONS[key]: text for key, text in told["direction"].items()}
    for key in ("tier", "entry_mode", "baseline_rule", "aggregation", "target_status"):
        assert words[key] == told[key], key
    assert words["rules"] == {
        "kinds": ", ".join(told["kind"]),
        "levels": told["reporting_levels"],
        "min_coverage": told["min_coverage"],
        "disclosure": told["disclosure"],
        "codes": given["code_rule"],
    }


def test_objectives_actors_and_instruments_are_as_in_the_reference(plan: Plan, given: Any) -> None:
    assert [
        {
            "code": objective.code,
            "order": objective.position,
            "title": objective.title,
            **({"title_zh": objective.titles["zh"]} if objective.titles else {}),
            "gpa_section": objective.section or None,
            "paras": objective.paras or None,
            "para_confidence": objective.para_confidence,
            "colour_key": objective.colour,
            "description": objective.description,
            "origin": objective.origin,
        }
        for objective in plan.objectives
    ] == given["objectives"]
    assert [actor.model_dump() for actor in plan.actors] == given["actors"]
    assert [instrument.model_dump() for instrument in plan.instruments] == given["instruments"]
    for ours, told in zip(plan.instruments, given["instruments"], strict=True):
        assert list(ours.articles) == list(told["articles"])


def test_scales_and_dimensions_are_as_in_the_reference(plan: Plan, given: Any) -> None:
    assert [
        {
            "code": scale.code,
            "name": scale.name,
            "ordinal": True,
            "min": scale.lowest,
            "max": scale.highest,
            "meets": scale.meets,
            **({"criteria": scale.criteria} if scale.criteria else {}),
            "levels": [level.model_dump() for level in scale.levels],
        }
        for scale in plan.scales
    ] == given["scales"]
    assert [
        {
            "code": dimension.code,
            "name": dimension.name,
            "values": dimension.codes or [f"see {dimension.codes_from} list"],
        }
        for dimension in plan.dimensions
    ] == given["dimensions"]


def test_measures_are_as_in_the_reference(plan: Plan, given: Any) -> None:
    assert [
        {
            "code": measure.code,
            "objective": measure.objective,
            "origin": measure.origin,
            "paras": measure.paras or None,
            "para_confidence": measure.para_confidence,
            "content_basis": measure.content_basis,
            "content_source": measure.content_source,
            "title": measure.title,
            "description": measure.description,
            "actors": {"lead": measure.lead, "support": measure.support},
            "crosswalk": measure.crosswalk,
            "seed_paras": measure.founding_paras,
            "tags": {"approach": measure.approach, "dimensions": measure.dimensions},
        }
        for measure in plan.measures
    ] == [{**measure, "origin": ORIGINS[measure["origin"]]} for measure in given["measures"]]


def test_indicators_are_as_in_the_reference(plan: Plan, given: Any) -> None:
    told = {entry["code"]: entry for entry in given["indicators"]}
    assert [indicator.code for indicator in plan.indicators] == list(told)
    for indicator in plan.indicators:
        assert as_reference(plan, indicator) == normal(told[indicator.code]), indicator.code


def as_reference(plan: Plan, ours: Indicator) -> dict[str, Any]:
    """Return an indicator in the words of the reference; what it leaves out is left out."""
    target, meets, rule = ours.target, ours.meets, ours.aggregation
    checks = {
        "min": ours.lower,
        "max": ours.upper,
        "step": ours.step,
        "integer": ours.is_integer or None,
        "num_le_den": ours.numerator_within_denominator or None,
    }
    return {
        "code": ours.code,
        "objective": ours.objective,
        "name": ours.name,
        "definition": ours.definition,
        "measures": ours.measures,
        "tier": ours.tier,
        "opr_type": ours.type,
        "kind": ours.kind,
        "unit": ours.unit,
        "scoring": "qualitative" if ours.kind in {Kind.ORDINAL, Kind.BINARY} else "quantitative",
        "scale": ours.scale,
        "direction": ours.direction,
        "direction_note": ours.direction_note,
        "score_progress": ours.scores_progress,
        "numerator": ours.numerator,
        "denominator": ours.denominator,
        "disaggregations": ours.disaggregations,
        "reporting_levels": ours.levels,
        "entry_mode": ours.entry_mode,
        "frequency": ours.frequency,
        "baseline": {
            "rule": ours.baseline.rule,
            "year": ours.baseline.year,
            "note": plan.baseline_note_of(ours) or None,
        },
        "target": target
        and {
            "value": target.value,
            "operator": target.operator,
            "year": target.year,
            "applies_to": target.applies_to,
            "status": target.status,
            "note": target.note,
        },
        "meets_when": meets and {"op": meets.operator, "value": meets.value},
        "aggregation": {
            "to_region": rule.region,
            "to_global": rule.world,
            "weight": rule.weight,
            "min_coverage": rule.min_coverage or None,
            "note": plan.note_of(ours),
        },
        "source": {
            "primary": ours.source,
            "custodian": ours.custodian,
            "alternatives": ours.source_alternatives,
            "sdg_indicator": ours.sdg_indicator,
        },
        "human_rights_caveat": ours.human_rights_caveat,
        "validation": {key: value for key, value in checks.items() if value is not None},
        "disclosure": {"sensitive": ours.is_sensitive, "min_cell": ours.min_cell or None},
    }


def normal(told: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of the reference with every optional field named."""
    target, meets, checks = told["target"], told.get("meets_when"), told.get("validation", {})
    flags = ("integer", "num_le_den")
    return {
        **{key: value for key, value in told.items() if key != "known_values"},
        "direction": DIRECTIONS[told["direction"]],
        **{
            key: told.get(key)
            for key in ("scale", "direction_note", "numerator", "denominator", "meets_when")
        },
        "baseline": {key: told["baseline"].get(key) for key in ("rule", "year", "note")},
        "target": target and {"note": None, **target, "value": number(target["value"])},
        "meets_when": meets and {**meets, "value": number(meets["value"])},
        "aggregation": {"weight": None, "min_coverage": None, **told["aggregation"]},
        "source": {"sdg_indicator": None, **told["source"]},
        "disclosure": {"min_cell": None, **told["disclosure"]},
        "validation": {
            key: value if key in flags else number(value) for key, value in checks.items()
        },
    }


def test_known_values_are_as_in_the_reference(plan: Plan, given: Any) -> None:
    ours = [
        (
            known.indicator,
            known.series,
            known.period_text or known.period,
            known.value,
            known.source,
            known.basis,
            known.note,
        )
        for known in plan.known_values
    ]
    assert sorted(map(str, ours)) == sorted(
        str(
            (
                indicator["code"],
                known.get("series"),
                str(known["period"]),
                number(known["value"]),
                known["source"],
                known["basis"],
                known.get("note"),
            )
        )
        for indicator in given["indicators"]
        for known in indicator.get("known_values", [])
    )


def test_dates_and_related_plans_are_as_in_the_reference(plan: Plan, given: Any) -> None:
    assert [
        {
            "start": day(event.starts),
            "end": day(event.ends),
            **event.model_dump(exclude={"starts", "ends", "kind"}),
        }
        for event in plan.events
    ] == given["events"]
    assert [entry.model_dump() for entry in plan.recurring] == given["recurring"]
    assert [entry.model_dump() for entry in plan.groupings] == given["country_groupings"]
    assert [
        {
            **related.model_dump(exclude={"members"}),
            "members_iso3": related.members or None,
        }
        for related in plan.related_plans
    ] == given["related_plans"]


def test_the_second_plan_maps_every_objective_to_the_global_plan(plan: Plan) -> None:
    other = content.read("OSCE-AP")
    assert other.scope == "OSCE"
    for objective in other.objectives:
        links = [
            reference
            for measure in other.measures
            if measure.objective == objective.code
            for reference in measure.crosswalk.get("UN-GPA", [])
        ]
        assert links, objective.code
    known = {objective.code for objective in plan.objectives}
    known |= {measure.code for measure in plan.measures}
    assert {
        reference for measure in other.measures for reference in measure.crosswalk.get("UN-GPA", [])
    } <= known
    assert all(measure.origin == "seed" for measure in other.measures)


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "message"),
    [
        (
            "measures/pt.toml",
            'lead = ["STATES"]',
            'lead = ["STATS"]',
            "un-gpa/measures/pt.toml, measures PT.1, lead",
            "there is no actor STATS",
        ),
        (
            "indicators/pt.toml",
            'scale = "MAT5"',
            'scale = "MAT6"',
            "un-gpa/indicators/pt.toml, indicators PT.4.1, scale",
            "there is no scale MAT6",
        ),
        (
            "indicators/g.toml",
            'kind = "ordinal"',
            'kind = "ordinary"',
            "un-gpa/indicators/g.toml, indicators G.1.1, kind",
            "'ordinal'",
        ),
        (
            "indicators/g.toml",
            'tier = "core"\n',
            "",
            "un-gpa/indicators/g.toml, indicators G.1.1, tier",
            "the field is missing: add it",
        ),
        (
            "indicators/g.toml",
            'tier = "core"\n',
            'teir = "core"\ntier = "core"\n',
            "un-gpa/indicators/g.toml, indicators G.1.1, teir",
            "there is no such field",
        ),
        (
            "indicators/g.toml",
            'code = "G.1.2"',
            'code = "G.2.2"',
            "un-gpa/indicators/g.toml, indicators G.2.2, code",
            "the first measure is G.1, so the code must be G.1 and a number",
        ),
        (
            "indicators/g.toml",
            "target.value = 2",
            "target.value = 3",
            "un-gpa/indicators/g.toml, indicators G.1.1, target",
            "3 lies outside the limits of the indicator, 0 to 2",
        ),
        (
            "indicators/g.toml",
            "target.value = 2",
            'target.value = "2"',
            "un-gpa/indicators/g.toml, indicators G.1.1, target.value",
            "without quotation marks",
        ),
        (
            "measures/ps.toml",
            'crosswalk.TIPP = ["3", "5"]',
            'crosswalk.TIPP = ["3", "55"]',
            "un-gpa/measures/ps.toml, measures PS.1, crosswalk.TIPP",
            "TIPP lists no article for 55",
        ),
        (
            "objectives.toml",
            'code = "PV"',
            'code = "G"',
            "un-gpa/objectives.toml, objectives G, code",
            "G is given 2 times: keep one",
        ),
        (
            "scales.toml",
            "meets = 2",
            "meets = 5",
            "un-gpa/scales.toml, scales RAT3, meets",
            "must rise",
        ),
        (
            "calendar.toml",
            "ends = 2008-02-15",
            "ends = 2007-02-15",
            "un-gpa/calendar.toml, events Vienna Forum to Fight Human Trafficking, ends",
            "the event ends before it starts",
        ),
        (
            "plan.toml",
            'scope = "M49-001"',
            'scope = "MARS"',
            "un-gpa/plan.toml, scope",
            "there is no area MARS",
        ),
        (
            "known_values.toml",
            "value = 3.5",
            "value = 3500",
            "un-gpa/known_values.toml, known_values PV.1.3, value",
            "3500 lies outside the limits",
        ),
    ],
)
def test_a_fault_names_file_entry_and_field(
    copy: Callable[[str, str, str], Path], file: str, old: str, new: str, where: str, message: str
) -> None:
    with pytest.raises(BadInput) as caught:
        content.read_folder(copy(file, old, new))
    told = [fault for fault in caught.value.faults if fault.where == where]
    assert told, str(caught.value)
    assert message in told[0].message


def test_a_broken_file_is_named(copy: Callable[[str, str, str], Path]) -> None:
    with pytest.raises(BadInput, match=r"un-gpa/actors\.toml: this is not valid TOML"):
        content.read_folder(copy("actors.toml", "[[actors]]", "[[actors]"))


def test_a_key_in_two_files_is_refused(copy: Callable[[str, str, str], Path]) -> None:
    folder = copy("sources.toml", "[[sources]]", 'title = "Twice"\n[[sources]]')
    with pytest.raises(BadInput, match=r"un-gpa/sources\.toml, title: plan\.toml has this key"):
        content.read_folder(folder)


def test_a_line_break_inside_a_text_is_a_space(copy: Callable[[str, str, str], Path]) -> None:
    folder = copy(
        "actors.toml",
        'name = "Member States of the United Nations"',
        'name = """\nMember States\n  of the United Nations"""',
    )
    assert content.read_folder(folder).actors[0].name == "Member States of the United Nations"
