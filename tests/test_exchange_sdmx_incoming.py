"""SDMX of others: read right, or refused with a sentence; never a wrong value."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from sqlalchemy.engine import Engine

from dashboard.exchange import sdmx
from dashboard.exchange.reading.faults import Severity
from dashboard.services import imports, standards
from models import Identity, reading
from tests.test_api import SENT, put
from tests.tiny import CASES, NOON, PLAN

Look = Callable[..., imports.Looked]
Row = tuple[str, str, str, str, str, str]
BASE: Final = ("A.1.1", "KEN", "_T", "2023", "61.5", "A")


@pytest.fixture
def look(database: Engine, coordinator: Identity) -> Look:
    """Give a way to look at a file as the coordinator of Kenya."""

    def looked(data: bytes | str) -> imports.Looked:
        content = data.encode() if isinstance(data, str) else data
        return imports.looking(database, coordinator, content, plan=PLAN, name="f", now=NOON)

    return looked


def read(looked: imports.Looked) -> list[Row]:
    """Return what would be stored."""
    shown = imports.table(looked)
    shown = shown[shown["outcome"].isin(["new", "revision", "unchanged"])]
    names = ["indicator", "area", "cell", "period", "value", "status"]
    return [tuple(row) for row in shown[names].to_numpy().tolist()]


def errors(looked: imports.Looked) -> set[str]:
    return {fault.name for fault in looked.of(Severity.ERROR)}


CSV_2: Final = (
    "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,SERIES,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
    "dataflow,UN:X(1.0.0),I,A,A_1_1,404,_T,2023,61.5,A\n"
)
ML: Final = {
    "structure-specific 3.0": """<m:StructureSpecificData
 xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message">
 <m:Header><m:ID>X</m:ID></m:Header><m:DataSet action="Information">
 <Series FREQ="A" SERIES="A_1_1" REF_AREA="404" SEX="_T">
 <Obs TIME_PERIOD="2023" OBS_VALUE="61.5" OBS_STATUS="A"/></Series></m:DataSet>
 </m:StructureSpecificData>""",
    "flat 2.1": """<m:StructureSpecificData
 xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"><m:DataSet>
 <Obs FREQ="A" SERIES="A_1_1" REF_AREA="404" SEX="_T" TIME_PERIOD="2023" OBS_VALUE="61.5"
 OBS_STATUS="A"/></m:DataSet></m:StructureSpecificData>""",
    "generic 2.1": """<m:GenericData xmlns:m="m" xmlns:g="g"><m:DataSet><g:Series>
 <g:SeriesKey><g:Value id="SERIES" value="A_1_1"/><g:Value id="REF_AREA" value="404"/>
 </g:SeriesKey><g:Attributes><g:Value id="UNIT_MEASURE" value="PERCENT"/></g:Attributes>
 <g:Obs><g:ObsDimension value="2023"/><g:ObsValue value="61.5"/>
 <g:Attributes><g:Value id="OBS_STATUS" value="A"/></g:Attributes></g:Obs>
 </g:Series></m:DataSet></m:GenericData>""",
    "generic 2.0": """<GenericData xmlns="m" xmlns:g="g"><DataSet><g:Series>
 <g:SeriesKey><g:Value concept="SERIES" value="A_1_1"/><g:Value concept="REF_AREA" value="404"/>
 </g:SeriesKey><g:Obs><g:Time>2023</g:Time><g:ObsValue value="61.5"/></g:Obs>
 </g:Series></DataSet></GenericData>""",
    "compact 2.0": """<CompactData xmlns="m" xmlns:n="n"><n:DataSet>
 <n:Series SERIES="A_1_1" REF_AREA="KEN"><n:Obs TIME_PERIOD="2023" OBS_VALUE="61.5"/></n:Series>
 </n:DataSet></CompactData>""",
}


def notation(version: int) -> str:
    """Return the same observation in SDMX-JSON."""
    structure: dict[str, Any] = {
        "dimensions": {
            "series": [
                {"id": "SERIES", "keyPosition": 0, "values": [{"id": "A_1_1", "name": "x"}]},
                {"id": "REF_AREA", "keyPosition": 1, "values": [{"id": "404", "name": "Kenya"}]},
            ],
            "observation": [
                {"id": "TIME_PERIOD", "keyPosition": 2, "values": [{"value": "2023", "id": "2023"}]}
            ],
        },
        "attributes": {
            "series": [],
            "observation": [{"id": "OBS_STATUS", "values": [{"id": "A", "name": "Normal"}]}],
        },
    }
    sets = [{"series": {"0:0": {"attributes": [], "observations": {"0": [61.5, 0]}}}}]
    if version == 1:
        return json.dumps({"header": {}, "structure": structure, "dataSets": sets})
    return json.dumps({"meta": {}, "data": {"structures": [structure], "dataSets": sets}})


@pytest.mark.parametrize(
    "data",
    [
        CSV_2,
        CSV_2.replace(",", ";"),
        "\ufeff" + CSV_2.replace(",", ";").replace("61.5", "61,5"),
        CSV_2.replace("STRUCTURE,", "STRUCTURE[;],", 1),
        CSV_2.replace(",", "\t"),
        CSV_2.replace("404", "404: Kenya").replace("REF_AREA", "REF_AREA: Reference area"),
        "DATAFLOW,SERIES,REF_AREA,TIME_PERIOD,OBS_VALUE\nUN:X(1.0),A_1_1,404,2023,61.5\n",
        *ML.values(),
        notation(1),
        notation(2),
    ],
)
def test_every_form_gives_the_same_observation(look: Look, data: str) -> None:
    looked = look(data)
    assert errors(looked) == set()
    assert read(looked) == [BASE]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (",SEX,", ",COUNTERPART_AREA,", ""),
        ("404,_T", "404,X7", "unknown group"),
        ("404", "999", "unknown area"),
        ("A_1_1", "VC_NOTHING_9", "unknown indicator"),
        ("61.5", "many", "text"),
        ("61.5", "NaN", "empty"),
        ("61.5,A", "61.5,F", "status"),
        ("61.5,A", "61.5,L", "value with a gap"),
        ("2023", "2023-W12", "no date"),
    ],
)
def test_what_the_plan_does_not_know_is_told_and_not_guessed(
    look: Look, old: str, new: str, fault: str
) -> None:
    looked = look(CSV_2.replace(old, new))
    if fault:
        assert read(looked) == []
        assert len(errors(looked)) >= 1
        assert fault in errors(looked) or fault == "no date"
    else:
        assert read(looked) == [BASE]  # an unknown dimension that says total changes nothing


def test_an_unknown_dimension_keeps_its_part_out_of_the_total(look: Look) -> None:
    data = CSV_2.replace(",SEX,", ",COUNTERPART_AREA,").replace("404,_T", "404,800")
    looked = look(data)
    assert read(looked) == []
    (fault,) = looked.of(Severity.ERROR)
    assert fault.name == "unknown group"
    assert "counterpart_area" in fault.message


def test_groups_of_people_are_known_by_the_codes_of_the_standard(look: Look) -> None:
    data = CSV_2.replace("A_1_1", "A_1_2").replace("404,_T", "404,F").replace("61.5", "12")
    assert read(look(data)) == [("A.1.2", "KEN", "sex=female", "2023", "12", "A")]


def test_a_multiplier_multiplies(look: Look) -> None:
    data = CSV_2.replace("OBS_STATUS", "OBS_STATUS,UNIT_MULT").replace("61.5,A", "1.25,A,3")
    data = data.replace("A_1_1", "A_1_2")
    assert [row[4] for row in read(look(data))] == ["1250"]
    group = """<m:StructureSpecificData xmlns:m="m"><m:DataSet>
 <Group xmlns:x="x" SERIES="A_1_2" REF_AREA="404" UNIT_MULT="2"/>
 <Series SERIES="A_1_2" REF_AREA="404"><Obs TIME_PERIOD="2023" OBS_VALUE="1.5"/></Series>
 </m:DataSet></m:StructureSpecificData>"""
    assert [row[4] for row in read(look(group))] == ["150"]


def test_a_thousand_and_a_decimal_are_told_apart_by_the_standard(look: Look) -> None:
    assert [row[4] for row in read(look(CSV_2.replace("61.5", "1.234")))] == ["1.234"]
    assert [row[4] for row in read(look(CSV_2.replace("61.5", "6.15e1")))] == ["61.5"]


def test_a_gap_keeps_its_reason_and_has_no_value(look: Look) -> None:
    data = CSV_2.replace("OBS_STATUS", "OBS_STATUS,COMMENT_OBS").replace(
        "61.5,A", "NaN,O,no survey"
    )
    shown = imports.table(look(data))
    told = shown[["value", "status", "missing_reason", "note"]].iloc[0].tolist()
    assert told == [None, "L", "no survey", ""]


@pytest.mark.parametrize(
    "data",
    [
        CSV_2.replace("UN:X(1.0.0),I", "UN:X(1.0.0),D"),
        CSV_2.replace("UN:X(1.0.0)", "HEADWAY:TINY_TGT(1.0.0)"),
        CSV_2.split("\n", maxsplit=1)[0] + "\n",
        CSV_2.replace("OBS_VALUE", "OTHER_VALUE"),
        ML["flat 2.1"].replace("<m:DataSet>", '<m:DataSet action="Delete">'),
        ML["flat 2.1"][:-40],
        '<!DOCTYPE a [<!ENTITY b "c">]>' + ML["flat 2.1"],
        "<Structure xmlns='m'/>",
        notation(2).replace('"0:0"', '"0:7"'),
        notation(2).replace('"0:0"', '"0"'),
    ],
)
def test_what_cannot_be_taken_in_is_refused_in_a_sentence(look: Look, data: str) -> None:
    looked = look(data)
    assert read(looked) == []
    (fault,) = looked.of(Severity.ERROR)
    assert fault.message.endswith(".")
    assert fault.remedy


@pytest.mark.parametrize("form", sorted(sdmx.FORMATS))
def test_what_we_write_we_read_back(
    database: Engine, coordinator: Identity, reviewer: Identity, look: Look, form: str
) -> None:
    for number, changes in enumerate(SENT):
        put(database, coordinator, reviewer, at=NOON.replace(minute=number), **changes)
    with reading(database) as session:
        asked = standards.Asked(PLAN)
        structure = standards.structure(session, PLAN, publisher="Headway", now=NOON)
        meta = standards.meta(session, asked, publisher="Headway", now=NOON)
        rows = standards.figures(session, asked, set(structure.series))
        data = b"".join(sdmx.FORMATS[form].write(rows, structure, meta))
    looked = look(data)
    assert errors(looked) == set()
    assert looked.counts["unchanged"] == len(SENT)
    assert CASES in set(imports.table(looked)["indicator"])


HELD: Final[list[dict[str, Any]]] = [
    {
        "period": "2016",
        "value": Decimal("20.50"),
        "numerator": Decimal(41),
        "denominator": Decimal(200),
        "evidence": "https://example.org/report",
        "source_date": date(2017, 1, 31),
        "note": "of those over 18",
    },
    {"indicator": CASES, "period": "2023", "value": Decimal(3)},  # too few to be shown
]


@pytest.mark.parametrize("form", [*sorted(sdmx.FORMATS), "iati"])
def test_what_a_form_has_no_place_for_is_no_correction(
    database: Engine, coordinator: Identity, reviewer: Identity, look: Look, form: str
) -> None:
    for number, changes in enumerate(HELD):
        put(database, coordinator, reviewer, at=NOON.replace(minute=number), **changes)
    with reading(database) as session:
        asked = standards.Asked(PLAN)
        parts = standards.stream(session, form, asked, publisher="Headway", now=NOON)
        data = b"".join(parts)
    assert look(data).counts["revision"] == look(data).counts["new"] == 0
    corrected = look(data.replace(b"20.50", b"21.5"))
    table = imports.table(corrected).set_index("outcome")
    assert table.loc["revision", ["value", "evidence", "note"]].to_numpy().tolist() == [
        "21.5",
        "https://example.org/report",
        "of those over 18",
    ]
