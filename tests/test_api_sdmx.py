"""SDMX REST: what clients ask, in both versions, and what they get."""

import csv
import gzip
import io
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
import uvicorn
from defusedxml import ElementTree  # type: ignore[import-untyped]
from fastapi.testclient import TestClient
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.routing import Mount

from dashboard.api import sdmx
from dashboard.exchange.sdmx import model
from dashboard.settings import Settings
from models import Identity
from tests import schemas
from tests.test_api import put
from tests.tiny import CASES, LEVEL, NOON, PERCENT

LATER: Final = NOON + timedelta(days=1)
REST: Final = ".".join([""] * 12)
"""The places of a key after the reference area."""
STARS: Final = ".*" * 11
SENT: Final[list[dict[str, Any]]] = [
    {"period": "2016", "value": Decimal("20.50")},
    {"period": "2024", "note": 'counted <twice> & "checked"'},
    {"indicator": CASES, "period": "2023", "value": Decimal(30), "qualifier": "<"},
    {
        "indicator": CASES,
        "period": "2024",
        "value": None,
        "status": "L",
        "missing_reason": "not collected",
    },
    {"indicator": LEVEL, "period": "2024", "value": Decimal(3)},
]


@pytest.fixture
def record(engine: Engine, coordinator: Identity, reviewer: Identity) -> Engine:
    """Give a record with values, a bound and a missing figure."""
    for number, changes in enumerate(SENT):
        put(engine, coordinator, reviewer, at=NOON + timedelta(minutes=number), **changes)
    return engine


def app(engine: Engine, **about: Any) -> Starlette:
    """Return the service as it stands beside the pages."""
    environ = about.pop("environ", {})
    settings = Settings.read({"HEADWAY_HOME": "/nowhere", **environ})
    made = sdmx.make_app(lambda: engine, settings, now=lambda: LATER, **about)
    return Starlette(routes=[Mount("/sdmx", made)])


@pytest.fixture
def client(record: Engine) -> Iterator[TestClient]:
    """Give the service of a public installation."""
    with TestClient(app(record)) as opened:
        yield opened


def rows(body: str) -> list[dict[str, str]]:
    """Read SDMX-CSV."""
    return list(csv.DictReader(io.StringIO(body)))


@pytest.mark.parametrize(
    ("address", "version"),
    [
        ("v1/dataflow/all/all/latest/?", "2.1"),
        ("v1/dataflow/HEADWAY/TINY/1.0?references=all", "2.1"),
        ("v1/datastructure/all/TINY/latest/?references=children", "2.1"),
        ("v1/codelist/HEADWAY/CL_AREA", "2.1"),
        ("v1/conceptscheme", "2.1"),
        ("v1/categoryscheme/all/all/latest?references=parents", "2.1"),
        ("v1/data/TINY", "2.1"),
        (f"v1/data/HEADWAY,TINY,1.0/A.N.A_1_1.404{REST}/all/?startPeriod=2018", "2.1"),
        ("v1/data/TINY/all?detail=serieskeysonly", "2.1"),
        ("v1/data/TINY_TGT", "2.1"),
        ("v1/availableconstraint/TINY/all/all/all?references=all", "2.1"),
        ("v2/structure/dataflow/HEADWAY/TINY/+?references=all", "3.0"),
        ("v2/structure/*", "3.0"),
        ("v2/data/*/HEADWAY/TINY/+", "3.0"),
        (f"v2/data/dataflow/HEADWAY/TINY/~/A.N.A_1_1.404{STARS}", "3.0"),
        ("v2/data/*/*/TINY/*/*?includeHistory=true", "3.0"),
        ("v2/availability/*/HEADWAY/TINY/*/*/REF_AREA,TIME_PERIOD", "3.0"),
    ],
)
def test_every_answer_in_xml_obeys_the_official_schema(
    client: TestClient, address: str, version: str
) -> None:
    answer = client.get(f"/sdmx/{address}")
    assert answer.status_code == 200
    assert schemas.faults(answer.content, version) == []


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("v2/structure/*/*/*/*?format=jsonstructure", "structure"),
        ("v2/availability/*/HEADWAY/TINY?format=json", "structure"),
        ("v2/data/*/*/TINY?format=jsondata", "data"),
        ("v2/data/*/*/TINY_TGT?format=jsondata", "data"),
        ("v1/data/TINY?format=json", "data"),
    ],
)
def test_every_answer_in_json_obeys_the_official_schema(
    client: TestClient, address: str, kind: str
) -> None:
    answer = client.get(f"/sdmx/{address}")
    assert answer.status_code == 200
    assert schemas.json_faults(answer.content, kind) == []


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_data_say_only_what_the_structure_declares(client: TestClient, version: str) -> None:
    path = "v1/data/TINY" if version == "2.1" else "v2/data/*/*/TINY"
    tree = ElementTree.fromstring(client.get(f"/sdmx/{path}").content)
    told = json.loads(client.get("/sdmx/v2/structure/*?format=json").content)
    lists = {one["id"]: {code["id"] for code in one["codes"]} for one in told["data"]["codelists"]}
    named = {
        name: lists.get(f"CL_{name}_TINY", lists.get(f"CL_{name}", set())) for name in model.LISTED
    }
    named["REF_AREA"] = lists["CL_AREA"]
    series = list(tree.iter("Series"))
    assert len(series) == 3
    for one in series:
        assert tuple(one.attrib) == (*model.KEY, *model.SERIES_ATTRIBUTES)
        for part in [one, *one]:
            coded = {name: code for name, code in part.attrib.items() if name in named}
            assert {name for name, code in coded.items() if code not in named[name]} == set()
            assert set(part.attrib) <= {*model.KEY, model.TIME, model.MEASURE, *model.ATTRIBUTES}


def test_a_value_a_bound_and_a_gap_are_told_as_what_they_are(client: TestClient) -> None:
    found = rows(client.get("/sdmx/v2/data/*/*/TINY?format=csvdata").text)
    said = {
        (one["SERIES"], one["TIME_PERIOD"]): (
            one["OBS_VALUE"],
            one["OBS_STATUS"],
            one["OBS_QUALIFIER"],
            one["COMMENT_OBS"],
        )
        for one in found
    }
    assert said == {
        ("A_1_1", "2016"): ("20.50", "A", "", ""),
        ("A_1_1", "2024"): ("62.5", "A", "", 'counted <twice> & "checked"'),
        ("A_1_2", "2023"): ("30", "A", "LT", ""),
        ("A_1_2", "2024"): ("NaN", "L", "", "not collected"),
        ("A_2_1", "2024"): ("3", "A", "", ""),
    }
    assert {one["REF_AREA"] for one in found} == {"404"}
    assert {one["STRUCTURE_ID"] for one in found} == {"HEADWAY:TINY(1.0.0)"}


def test_targets_that_nobody_agreed_to_say_so(client: TestClient) -> None:
    found = rows(client.get("/sdmx/v1/data/TINY_TGT?format=csv").text)
    assert {one["DATAFLOW"] for one in found} == {"HEADWAY:TINY_TGT(1.0)"}
    proposed = [one for one in found if one["COMMENT_OBS"].startswith("Proposed by this project")]
    assert proposed
    assert {one["OBS_QUALIFIER"] for one in found} <= {"GE", "LE", "EQ", "IN"}


@pytest.mark.parametrize(
    ("query", "periods"),
    [
        ("c[TIME_PERIOD]=ge:2020+le:2024", {"2023", "2024"}),
        ("c%5BTIME_PERIOD%5D=lt:2020", {"2016"}),
        ("startPeriod=2017&endPeriod=2023", {"2023"}),
        ("c[SERIES]=A_1_1,A_2_1&c[OBS_VALUE]=gt:50", {"2024"}),
        ("c[OBS_STATUS]=ne:A", {"2024"}),
        ("c[REF_AREA]=404&lastNObservations=1", {"2024"}),
        ("c[SERIES]=A_1_1&firstNObservations=1", {"2016"}),
        ("limit=1&offset=1", {"2024"}),
        (f"updatedAfter={(NOON + timedelta(minutes=3)).strftime('%Y-%m-%dT%H:%M:%SZ')}", {"2024"}),
        (f"asOf={(NOON + timedelta(seconds=1)).strftime('%Y-%m-%dT%H:%M:%SZ')}", {"2016"}),
    ],
)
def test_filters_of_version_2_choose_observations(
    client: TestClient, query: str, periods: set[str]
) -> None:
    answer = client.get(f"/sdmx/v2/data/*/*/TINY/*/*?{query}&format=csvdata")
    assert answer.status_code == 200
    assert {one["TIME_PERIOD"] for one in rows(answer.text)} == periods


def test_history_is_one_data_set_a_moment(
    record: Engine, client: TestClient, coordinator: Identity, reviewer: Identity
) -> None:
    put(record, coordinator, reviewer, period="2016", value=Decimal(21), at=LATER)
    path = f"/sdmx/v2/data/*/*/TINY/*/A.N.A_1_1.404{STARS}"
    tree = ElementTree.fromstring(client.get(f"{path}?includeHistory=true").content)
    sets = list(tree.iter("{http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message}DataSet"))
    told = [
        (one.attrib["TIME_PERIOD"], one.attrib["OBS_VALUE"])
        for each in sets
        for one in each.iter("Obs")
    ]
    assert told == [("2016", "20.50"), ("2024", "62.5"), ("2016", "21")]
    now = rows(client.get(f"{path}?format=csv").text)
    assert [one["OBS_VALUE"] for one in now] == ["21", "62.5"]


@pytest.mark.parametrize(
    ("address", "accept", "status"),
    [
        ("v1/data/TINY/A.N", "", 400),
        ("v1/data/TINY/A.N.<b>.404" + REST, "", 400),
        ("v1/data/TINY?startPeriod=yesterday", "", 400),
        ("v1/data/TINY?colour=red", "", 400),
        ("v2/data/*/*/TINY?c[COLOUR]=red", "", 400),
        ("v1/data/NOPE", "", 404),
        ("v1/data/TINY,OTHER,1.0", "", 404),
        ("v1/data/OTHER,TINY,1.0", "", 404),
        ("v1/data/HEADWAY,TINY,7.0", "", 404),
        (f"v1/data/TINY/A.N.A_1_1.250{REST}", "", 404),
        (f"v2/data/*/*/TINY/*/A.N.A_1_1.250{STARS}", "", 204),
        ("v1/data/TINY", "image/png", 406),
        ("v1/data/TINY", "application/vnd.sdmx.genericdata+xml;version=2.1", 406),
        ("v1/data/TINY", "application/vnd.sdmx.data+json;version=1.0.0", 406),
        ("v1/data/TINY?format=parquet", "", 406),
        ("v1/hierarchicalcodelist", "", 501),
        ("v2/structure/agencyscheme", "", 501),
        ("v2/schema/dataflow/HEADWAY/TINY", "", 501),
        ("v1/data/TINY?dimensionAtObservation=SEX", "", 501),
        ("v1/colour", "", 404),
        ("v3/data/TINY", "", 404),
        ("", "", 404),
    ],
)
def test_what_cannot_be_answered_is_told_with_its_status(
    client: TestClient, address: str, accept: str, status: int
) -> None:
    answer = client.get(f"/sdmx/{address}", headers={"Accept": accept} if accept else {})
    assert answer.status_code == status
    if "json" in accept:
        assert answer.json()["errors"][0]["title"]
    elif status != 204:
        assert schemas.faults(answer.content, "2.1") == []


def test_too_much_is_refused_before_a_byte_is_sent_wrong(record: Engine) -> None:
    with TestClient(app(record, most=3)) as client:
        assert client.get("/sdmx/v1/data/TINY").status_code == 413
        assert client.get(f"/sdmx/v1/data/TINY/A.N.A_1_1.404{REST}").status_code == 200


def test_asking_again_costs_nothing_until_something_changes(
    record: Engine, client: TestClient, coordinator: Identity, reviewer: Identity
) -> None:
    first = client.get("/sdmx/v1/data/TINY", headers={"Accept-Encoding": "identity"})
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/sdmx/v1/data/TINY", headers=tag).status_code == 304
    assert client.get("/sdmx/v1/data/TINY?format=csv", headers=tag).status_code == 200
    put(record, coordinator, reviewer, period="2020", value=Decimal(5), at=LATER)
    assert client.get("/sdmx/v1/data/TINY", headers=tag).status_code == 200


def test_head_and_gzip_tell_the_same(client: TestClient) -> None:
    plain = client.get("/sdmx/v1/data/TINY", headers={"Accept-Encoding": "identity"})
    head = client.head("/sdmx/v1/data/TINY")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["Content-Type"] == plain.headers["Content-Type"]
    with client.stream("GET", "/sdmx/v1/data/TINY", headers={"Accept-Encoding": "gzip"}) as packed:
        assert gzip.decompress(b"".join(packed.iter_raw())) == plain.content
    assert client.post("/sdmx/v1/data/TINY").status_code == 405


def test_only_what_was_asked_for_comes_without_references(client: TestClient) -> None:
    tree = ElementTree.fromstring(client.get("/sdmx/v1/dataflow/all/TINY/latest/").content)
    space = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure}"
    assert [one.attrib["id"] for one in tree.iter(f"{space}Dataflow")] == ["TINY"]
    assert not list(tree.iter(f"{space}Codelist"))


def test_names_of_codes_come_in_the_languages_the_record_has(client: TestClient) -> None:
    told = json.loads(client.get("/sdmx/v2/structure/codelist/*/CL_AREA?format=json").content)
    (areas,) = told["data"]["codelists"]
    names = {one["id"]: one["names"] for one in areas["codes"]}
    assert names["516"] == {"en": "Namibia", "fr": "Namibie"}


def test_an_installation_that_is_not_public_asks_for_a_sign_in(record: Engine) -> None:
    with TestClient(app(record, environ={"HEADWAY_PUBLIC": "0"})) as client:
        assert client.get("/sdmx/v1/data/TINY").status_code == 401
        assert client.get("/sdmx/v1/dataflow").status_code == 401


# Real clients, each in a process of its own ----------------------------------------------------

OLD: Final = """
import sdmx
from sdmx.source import add_source
add_source(dict(id="HW", url="{url}/v1", name="Headway"))
client = sdmx.Client("HW")
told = client.get("dataflow", "TINY", agency_id="HEADWAY", params=dict(references="all"))
assert len(told.structure["TINY"].dimensions.components) == 16
assert str(told.codelist["CL_AREA"]["516"].name.localizations["fr"]) == "Namibie"
message = client.get("data", "TINY", key=dict(REF_AREA="404"), dsd=told.structure["TINY"])
frame = sdmx.to_pandas(message)
print(sorted(float(one) for one in frame.dropna()))
"""
NEW: Final = """
import sdmx
from sdmx.source import add_source
add_source(dict(id="HW", url="{url}/v2", name="Headway", versions=["3.0.0"]))
client = sdmx.Client("HW")
told = client.get(
    "dataflow", "TINY", agency_id="HEADWAY", version="+", params=dict(references="all")
)
message = client.get(
    "data", "TINY", agency_id="HEADWAY", context="*", key="A.N.*.404{stars}",
    dsd=told.structure["TINY"],
)
frame = sdmx.to_pandas(message)
print(sorted(float(one) for one in frame.dropna()))
"""


@pytest.fixture
def address(record: Engine) -> Iterator[str]:
    """Give the address of the service, served on this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app(record), port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.05)
        assert thread.is_alive()
    yield f"http://127.0.0.1:{port}/sdmx"
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("script", [OLD, NEW], ids=["2.1", "3.0"])
def test_sdmx1_reads_structure_and_figures(address: str, script: str) -> None:
    code = script.replace("{url}", address).replace("{stars}", STARS)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [3.0, 20.5, 30.0, 62.5]
    assert PERCENT == "A.1.1"


def test_what_pysdmx_and_rsdmx_send_is_answered(client: TestClient) -> None:
    found = client.get(
        f"/sdmx/v2/data/dataflow/HEADWAY/TINY/1.0.0/A.N.A_1_1.404{STARS}",
        headers={"Accept": "application/vnd.sdmx.data+csv;version=2.0.0"},
    )
    assert [one["OBS_VALUE"] for one in rows(found.text)] == ["20.50", "62.5"]
    assert client.get("/sdmx/v1/dataflow/all/all/latest/?").status_code == 200
    told = client.get("/sdmx/v1/datastructure/all/TINY/latest/?references=children")
    assert b"<str:Codelist " in told.content
    data = client.get(f"/sdmx/v1/data/TINY/A.N.A_1_1.404{REST}/all/?startPeriod=2018")
    assert data.content.count(b"<Obs ") == 1
