"""The areas: every Member State is there, named, placed and counted once."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from models import AreaKind, BadInput
from seed import areas

SHARED = Path(__file__).parents[2] / "shared" / "data"
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def found() -> areas.Areas:
    return areas.read()


def test_there_are_193_member_states_and_two_observers(found: areas.Areas) -> None:
    kinds = Counter(area.kind for area in found.areas)
    assert len(found.members()) == 193
    assert kinds == {
        AreaKind.WORLD: 1,
        AreaKind.REGION: 5,
        AreaKind.SUBREGION: 25,
        AreaKind.GROUP: 26,
        AreaKind.STATE: 193,
        AreaKind.OBSERVER: 2,
        AreaKind.TERRITORY: 54,
    }


def test_namibia_keeps_its_alpha_2_code(found: areas.Areas) -> None:
    assert found.by_code["NAM"].iso2 == "NA"


def test_every_state_leads_to_the_world(found: areas.Areas) -> None:
    for code in found.members():
        chain = found.ancestors(code)
        assert chain[-1].code == areas.WORLD
        assert chain[-2].kind is AreaKind.REGION


def test_angola_lies_in_middle_africa_but_its_subregion_is_south_of_the_sahara(
    found: areas.Areas,
) -> None:
    assert [area.code for area in found.ancestors("AGO")] == [
        "M49-017",
        "M49-202",
        "M49-002",
        "M49-001",
    ]
    row = next(row for row in areas.rows(found).areas if row.code == "AGO")
    assert (row.id, row.parent_id, row.subregion_id, row.region_id) == (24, 17, 202, 2)


def test_every_area_of_m49_has_a_name_in_six_languages(found: areas.Areas) -> None:
    for name in found.names:
        assert all(getattr(name, language) for language in areas.LANGUAGES), name.code


def test_names_change_on_a_day(found: areas.Areas) -> None:
    assert found.name("TUR", date(2022, 5, 31)) == "Turkey"
    assert found.name("TUR", date(2022, 6, 1)) == "Türkiye"
    assert found.name("MKD", TODAY) == "North Macedonia"


def test_groups_are_read_for_a_day(found: areas.Areas) -> None:
    assert len(found.group("EU", date(2012, 1, 1))) == 27
    assert len(found.group("EU", date(2015, 1, 1))) == 28
    assert len(found.group("EU", TODAY)) == 27
    assert len(found.group("OSCE", TODAY)) == 57
    assert "TLS" not in found.group("ASEAN", date(2025, 10, 25))
    assert "TLS" in found.group("ASEAN", date(2025, 10, 26))


def test_un_regional_groups_hold_every_member_once(found: areas.Areas) -> None:
    groups = [area.code for area in found.areas if area.code.startswith("UN-")]
    places = Counter(state for group in groups for state in found.group(group, TODAY))
    assert set(places) == set(found.members())
    assert set(places.values()) == {1}


def test_south_sudan_belongs_to_no_group_before_it_was_a_state(found: areas.Areas) -> None:
    held = {
        member.group
        for member in found.memberships
        if member.area == "SSD" and member.since <= date(2011, 7, 8)
    }
    assert held == set()


def test_every_member_has_a_cell_of_its_own_a_label_and_a_population(found: areas.Areas) -> None:
    states = [found.by_code[code] for code in found.members()]
    cells = Counter((area.tile_column, area.tile_row) for area in states)
    assert max(cells.values()) == 1
    assert all(area.latitude is not None and area.longitude is not None for area in states)
    people = {
        share.area: share.thousands for share in found.weights if share.weight == "population"
    }
    assert set(found.members()) <= set(people)
    assert 8_000_000 < sum(people.values()) < 8_300_000  # thousands: the world of 2024


def test_parents_are_written_before_their_children(found: areas.Areas) -> None:
    seen: set[int] = set()
    for row in areas.rows(found).areas:
        assert row.parent_id is None or row.parent_id in seen
        seen.add(row.id)


def test_a_fault_names_file_line_entry_and_column(tmp_path: Path) -> None:
    for path in areas.AREAS.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    table = tmp_path / "areas.csv"
    table.write_text(table.read_text("utf-8").replace("NAM,516,state", "NAM,516,country"), "utf-8")
    with pytest.raises(BadInput) as caught:
        areas.read_folder(tmp_path)
    (fault,) = caught.value.faults
    assert fault.where.startswith("areas.csv, line ")
    assert fault.where.endswith(", NAM, kind")
    assert "'country'" in fault.message


def test_an_unknown_member_is_named(tmp_path: Path) -> None:
    for path in areas.AREAS.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "memberships.csv").open("a", encoding="utf-8") as file:
        file.write("EU,ATLANTIS,,,recall\n")
    with pytest.raises(BadInput, match="EU, area: there is no area ATLANTIS"):
        areas.read_folder(tmp_path)


def test_codes_agree_with_the_reference_list(found: areas.Areas) -> None:
    path = SHARED / "countries" / "countries_m49.csv"
    if not path.exists():
        pytest.skip("the reference list is not here")
    with path.open(encoding="utf-8") as file:
        listed = {row["iso3"]: row for row in csv.DictReader(file)}
    assert set(listed) == {area.code for area in found.areas if area.iso3}
    for code, row in listed.items():
        area = found.by_code[code]
        assert (area.iso2, area.m49) == (row["iso2"], row["m49"])
        assert (area.kind is AreaKind.STATE) == (row["un_status"] == "member")
