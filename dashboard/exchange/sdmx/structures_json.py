"""Structure messages of SDMX-JSON 2.0."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from dashboard.exchange.about import ILLUSTRATIVE
from dashboard.exchange.sdmx import artefacts, model
from dashboard.exchange.sdmx.artefacts import CONCEPTS, Available, Chosen
from dashboard.exchange.sdmx.model import Category, Structure
from dashboard.exchange.sdmx.structures import TEXT_TYPES

MEDIA: Final = "application/vnd.sdmx.structure+json;version=2.0.0"
SCHEMA: Final = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/"
    "2.0.0/sdmx-json-structure-schema.json"
)


def write(
    chosen: Sequence[Chosen], *, prepared: datetime, available: Available | None = None
) -> bytes:
    """Return the artefacts of one plan or several as one message."""
    data: dict[str, list[Any]] = {}
    for one in artefacts.once(chosen):
        for name, made in _made(one, available).items():
            data.setdefault(name, []).extend(made)
    message = {
        "meta": {
            "schema": SCHEMA,
            "id": "STRUCTURE",
            "test": False,
            "prepared": prepared.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "contentLanguages": list(model.LANGUAGES),
            "sender": {"id": chosen[0].structure.agency},
        },
        "data": {name: made for name, made in data.items() if made},
    }
    return (json.dumps(message, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _made(chosen: Chosen, available: Available | None) -> dict[str, list[Any]]:
    s = chosen.structure
    flows = {flow.id: flow for flow in s.flows}
    is_ours = available is not None and available.flow in flows
    return {
        "dataStructures": [_definition(s) for _ in chosen.datastructure],
        "categorySchemes": [_categories(s) for _ in chosen.categoryscheme],
        "conceptSchemes": [_concepts(s) for _ in chosen.conceptscheme],
        "codelists": [_codelist(s, name) for name in chosen.codelist],
        "categorisations": [_categorisation(s, name) for name in chosen.categorisation],
        "dataflows": [_flow(s, flows[name]) for name in chosen.dataflow],
        "dataConstraints": [_constraint(s, available)] if available and is_ours else [],
    }


def _named(names: Mapping[str, str]) -> dict[str, Any]:
    return {"name": names["en"], "names": dict(names)}


def _about(s: Structure, name: str, names: Mapping[str, str]) -> dict[str, Any]:
    return {"id": name, "agencyID": s.agency, "version": s.version, **_named(names)}


def _notes(notes: Mapping[str, str]) -> dict[str, Any]:
    made = [{"type": kind, "title": said} for kind, said in notes.items()]
    return {"annotations": made} if made else {}


def _codelist(s: Structure, name: str) -> dict[str, Any]:
    component = artefacts.lists(s)[name]
    codes = [
        {"id": code.id, **_named(code.names), **_notes(code.notes)} for code in s.codes[component]
    ]
    return {**_about(s, name, {"en": model.CONCEPTS[component]}), "codes": codes}


def _concepts(s: Structure) -> dict[str, Any]:
    made = [{"id": name, "name": said} for name, said in model.CONCEPTS.items()]
    return {**_about(s, CONCEPTS, {"en": "Concepts"}), "concepts": made}


def _categories(s: Structure) -> dict[str, Any]:
    return {
        **_about(s, s.scheme, s.names),
        "categories": [_category(one) for one in s.categories],
    }


def _category(one: Category) -> dict[str, Any]:
    below = {"categories": [_category(part) for part in one.below]} if one.below else {}
    return {"id": one.id, **_named(one.names), **below}


def _categorisation(s: Structure, name: str) -> dict[str, Any]:
    flow = name.removeprefix("IN_")
    return {
        **_about(s, name, {"en": f"{flow} in {s.scheme}"}),
        "source": model.urn("Dataflow", s, flow, s.version),
        "target": model.urn("Category", s, s.scheme, s.version, s.categories[0].id),
    }


def _flow(s: Structure, flow: model.Flow) -> dict[str, Any]:
    notes = {"illustrative": ILLUSTRATIVE} if s.is_illustrative else {}
    return {
        **_about(s, flow.id, flow.names),
        **_notes(notes),
        "structure": model.urn("DataStructure", s, s.id, s.version),
    }


def _component(s: Structure, name: str) -> dict[str, Any]:
    return {"id": name, "conceptIdentity": model.urn("Concept", s, CONCEPTS, s.version, name)}


def _represented(s: Structure, name: str) -> dict[str, Any]:
    listed = s.listed(name)
    if not listed:
        return {"localRepresentation": {"format": {"dataType": TEXT_TYPES.get(name, "String")}}}
    urn = model.urn("Codelist", s, listed, s.version)
    return {"localRepresentation": {"enumeration": urn}}


def _definition(s: Structure) -> dict[str, Any]:
    time = {"localRepresentation": {"format": {"dataType": "ObservationalTimePeriod"}}}
    measure = {"localRepresentation": {"format": {"dataType": "Double"}}}
    return {
        **_about(s, s.id, s.names),
        "dataStructureComponents": {
            "dimensionList": {
                "id": "DimensionDescriptor",
                "dimensions": [
                    {**_component(s, name), **_represented(s, name), "position": place}
                    for place, name in enumerate(model.KEY)
                ],
                "timeDimension": {**_component(s, model.TIME), **time},
            },
            "measureList": {
                "id": "MeasureDescriptor",
                "measures": [{**_component(s, model.MEASURE), **measure}],
            },
            "attributeList": {
                "id": "AttributeDescriptor",
                "attributes": [
                    {
                        **_component(s, name),
                        **_represented(s, name),
                        "usage": "mandatory" if name in model.NEEDED else "optional",
                        "attributeRelationship": {"dimensions": list(model.KEY)}
                        if name in model.SERIES_ATTRIBUTES
                        else {"observation": {}},
                    }
                    for name in model.ATTRIBUTES
                ],
            },
        },
    }


def _constraint(s: Structure, available: Available) -> dict[str, Any]:
    keys: list[dict[str, Any]] = [
        {"id": name, "values": [{"value": code} for code in codes]}
        for name, codes in available.codes.items()
        if codes
    ]
    if available.periods is not None:
        first, last = ({"period": period, "isInclusive": True} for period in available.periods)
        keys.append({"id": model.TIME, "timeRange": {"startPeriod": first, "endPeriod": last}})
    counted = {"obs_count": str(available.observations), "series_count": str(available.series)}
    return {
        **_about(s, f"AVAILABLE_{available.flow}", {"en": "What there are figures for"}),
        **_notes(counted),
        "role": "Actual",
        "constraintAttachment": {
            "dataflows": [model.urn("Dataflow", s, available.flow, s.version)]
        },
        "cubeRegions": [{"include": True, "keyValues": keys}],
    }
