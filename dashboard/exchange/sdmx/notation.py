"""SDMX-JSON 2.0: observations by the numbers of their codes; what the numbers mean comes last."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.exchange.about import ILLUSTRATIVE, Meta
from dashboard.exchange.sdmx import columns, model
from dashboard.exchange.sdmx.columns import Coded, Columns
from dashboard.exchange.sdmx.model import Structure

MEDIA: Final = "application/vnd.sdmx.data+json;version=2.0.0"
SCHEMA: Final = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/"
    "2.0.0/sdmx-json-data-schema.json"
)
INLINE: Final = tuple(name for name in model.ATTRIBUTES if name not in model.SERIES_ATTRIBUTES)
Numbers = dict[str, dict[str, int]]


def write(
    rows: Iterable[pd.DataFrame], structure: Structure, meta: Meta, *, flow: str = ""
) -> Iterator[bytes]:
    """Yield the observations as SDMX-JSON, chunk by chunk; series are to come one by one."""
    shaped = (columns.shaped(chunk, structure) for chunk in rows)
    return message(shaped, structure, meta, flow=flow)


def message(
    chunks: Iterable[Columns], structure: Structure, meta: Meta, *, flow: str = ""
) -> Iterator[bytes]:
    """Yield columns that are ready as one message."""
    numbers: Numbers = {
        name: {} for name in (*model.KEY, model.TIME, *model.SERIES_ATTRIBUTES, *model.CODED)
    }
    yield _meta(structure, meta, flow or structure.id)
    last: tuple[str, ...] = ()
    for chunk in chunks:
        if not columns.height(chunk):
            continue
        yield _observations(chunk, last, numbers)
        last = columns.key(chunk, columns.height(chunk) - 1)
    yield b"}}}}" if last else b"}}"
    yield b'],"structures":[' + _dump(_structure(structure, numbers, flow)) + b"]}}\n"


def _dump(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _meta(structure: Structure, meta: Meta, flow: str) -> bytes:
    title = f"{meta.title} ({ILLUSTRATIVE})" if meta.is_illustrative else meta.title
    told = {
        "schema": SCHEMA,
        "id": flow,
        "test": False,
        "prepared": meta.as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "contentLanguages": ["en"],
        "name": title,
        "sender": {"id": structure.agency, "name": meta.source},
        "links": [{"rel": "license", "href": meta.licence.address}],
    }
    named = model.urn("Dataflow", structure, flow, structure.version)
    links = [{"rel": "dataflow", "urn": named}]
    start = _dump({"structure": 0, "action": "Information", "links": links})[:-1]
    return b'{"meta":' + _dump(told) + b',"data":{"dataSets":[' + start + b',"series":{'


def _observations(chunk: Columns, last: tuple[str, ...], numbers: Numbers) -> bytes:
    n = columns.height(chunk)
    begins = columns.changes(chunk)
    rows = pa.array(begins)
    key: list[Any] = []
    for name in model.KEY:
        key += [_number(chunk[name], numbers[name]).only(rows), ":"]
    unit = _number(chunk["UNIT_MEASURE"], numbers["UNIT_MEASURE"]).only(rows)
    heads = columns.glued(['}},"', *key[:-1], '":{"attributes":[', unit, '],"observations":{'])
    is_more = bool(last) and columns.key(chunk, 0) == last
    if is_more:
        heads = pa.concat_arrays([pa.array([","]), heads[1:]])
    elif not last:
        heads = pa.concat_arrays([pa.array([heads[0].as_py().removeprefix("}},")]), heads[1:]])
    between = np.ones(n, dtype=np.int32)
    between[begins] = 0
    parts: list[Any] = [
        columns.spread(heads, begins, n),
        Coded(['"', ',"'], pa.array(between)),
        _number(chunk[model.TIME], numbers[model.TIME]),
        '":[',
        _numerals(chunk[model.MEASURE]),
    ]
    for name in INLINE:
        column = chunk[name]
        said = _number(column, numbers[name]) if name in model.CODED else column.map(_said)
        parts += [",", said]
    return columns.octets(columns.glued([*parts, "]"]))


def _numerals(column: Coded) -> "pa.Array":
    """Return the values as numbers of JSON, which knows no leading point or plus, nor `NaN`."""
    texts = column.array()
    if pc.any(pc.match_substring_regex(texts, r"^[+.]|^-\.|^0\d")).as_py():
        texts = column.map(_plain).array()
    return pc.if_else(pc.equal(texts, "NaN"), "null", texts)


def _plain(text: str) -> str:
    return text if text == "NaN" else json.dumps(float(text))


def _said(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if text else "null"


def _number(column: Coded, known: dict[str, int]) -> Coded:
    """Return a column by the numbers of its codes, in the order in which they first appear."""

    def number(text: str) -> str:
        return str(known.setdefault(text, len(known))) if text else "null"

    used = set(column.codes.unique().to_pylist())
    return Coded(
        [number(text) if at in used else "" for at, text in enumerate(column.texts)], column.codes
    )


def _structure(structure: Structure, numbers: Numbers, flow: str) -> dict[str, Any]:
    named = model.urn("Dataflow", structure, flow or structure.id, structure.version)
    dimensions = [
        {**_component(name), "keyPosition": place, "values": _values(structure, name, numbers)}
        for place, name in enumerate(model.KEY)
    ]
    time = {
        **_component(model.TIME),
        "keyPosition": len(model.KEY),
        "roles": ["TIME_PERIOD"],
        "values": [{"value": text} for text in numbers[model.TIME]] or [{"value": "0000"}],
    }
    return {
        "links": [{"rel": "dataflow", "urn": named}],
        "name": structure.names["en"],
        "names": dict(structure.names),
        "dataSets": [0],
        "dimensions": {"dataSet": [], "series": dimensions, "observation": [time]},
        "measures": {
            "observation": [{**_component(model.MEASURE), "format": {"dataType": "Double"}}]
        },
        "attributes": {
            "series": [
                {
                    **_component(name),
                    "relationship": {"dimensions": ["SERIES"]},
                    "isMandatory": True,
                    "values": _values(structure, name, numbers),
                }
                for name in model.SERIES_ATTRIBUTES
            ],
            "observation": [_attribute(structure, name, numbers) for name in INLINE],
        },
    }


def _attribute(structure: Structure, name: str, numbers: Numbers) -> dict[str, Any]:
    found: dict[str, Any] = {
        **_component(name),
        "relationship": {"observation": {}},
        "isMandatory": name in model.NEEDED,
    }
    if name in model.CODED and numbers[name]:
        found["values"] = _values(structure, name, numbers)
    return found


def _component(name: str) -> dict[str, Any]:
    return {"id": name, "name": model.CONCEPTS[name]}


def _values(structure: Structure, name: str, numbers: Numbers) -> list[dict[str, Any]]:
    """Return the codes in the order of their numbers; one that says nothing where there is none."""
    known = {code.id: code for code in structure.codes[name]}
    used = numbers[name] or {next(iter(known)): 0}
    return [
        {"id": code, "name": known[code].names["en"], "names": dict(known[code].names)}
        for code in used
    ]
