"""The description of the interface, OpenAPI 3.1, made to say what the interface really does.

FastAPI describes problems as plain JSON, takes every column for certain, and knows no tokens that
are read by hand; the difference is mended here.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI

from dashboard.api import shapes

PROBLEM: Final = "application/problem+json"
TOKEN: Final = "token"  # noqa: S105 - the name of the scheme
SCHEMES: Final = {
    TOKEN: {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of the account page: `Authorization: Bearer headway_…`",
    }
}
CHOSEN: Final = (
    *(shapes.PlanRow, shapes.ObjectiveRow, shapes.MeasureRow, shapes.IndicatorRow),
    *(shapes.AreaRow, shapes.ObservationRow, shapes.ProgressRow, shapes.AggregateRow),
    *(shapes.SnapshotRow, shapes.HitRow, shapes.ReportRow, shapes.StepRow),
)
"""Rows of which `fields` chooses columns: none of them is certain to be there."""
ROWS: Final = re.compile(r"Envelope_list_(?P<row>\w+?)__?$")


def install(app: FastAPI) -> None:
    """Let the app describe itself as it is."""
    plain = app.openapi
    mended: list[dict[str, Any]] = []

    def openapi() -> dict[str, Any]:
        schema = plain()
        if not any(schema is one for one in mended):
            mend(schema)
            mended.append(schema)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def mend(schema: dict[str, Any]) -> None:
    """Mend a description where it stands."""
    parts = schema["components"]
    parts["securitySchemes"] = SCHEMES
    for shape in CHOSEN:
        parts["schemas"][shape.__name__].pop("required", None)
    for method, operation in operations(schema):
        _name_columns(schema, operation)
        operation["security"] = [{TOKEN: []}] if method == "post" else [{}, {TOKEN: []}]
        for status, answer in operation["responses"].items():
            content = answer.get("content", {})
            if status >= "400" and "application/json" in content:
                answer["content"] = {PROBLEM: content["application/json"]}


def _name_columns(schema: dict[str, Any], operation: dict[str, Any]) -> None:
    """Say which columns can be chosen, where some can."""
    answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    row = ROWS.search(answer.get("schema", {}).get("$ref", ""))
    for parameter in operation.get("parameters", []):
        if parameter["name"] == "fields" and row:
            one = "|".join(schema["components"]["schemas"][row["row"]]["properties"])
            parameter["schema"]["pattern"] = f"^(({one})(,({one}))*)?$"


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every method of every address with its description."""
    for methods in schema["paths"].values():
        yield from methods.items()
