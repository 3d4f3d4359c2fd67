"""A snapshot small enough to read: an objective, two indicators, two States, a group."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd

from dashboard.exchange import About, SnapshotTables, canonical, recompute, schema
from dashboard.exchange.codelists import CODE_LISTS

AS_OF: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
ABOUT: Final = About(
    plan="TINY",
    title="Tiny plan",
    symbol="A/TINY/1",
    edition="1.0.0",
    edition_digest="ab" * 32,
    name="First appraisal",
    publisher="Headway",
    as_of=AS_OF,
    assessed=2026,
    method="linear",
    preset="",
    is_illustrative=True,
    software="0.1.0",
    engine="1",
    previous=None,
)
DEFAULTS: Final[dict[str, Any]] = {
    "integer": 0,
    "boolean": False,
    "datetime": AS_OF,
}


def rows(name: str, *given: dict[str, Any]) -> pd.DataFrame:
    """Return a table of the snapshot with these rows; columns not given have plain defaults."""
    fields = schema.RESOURCES[name].fields
    whole = [{f.name: row.get(f.name, _default(f)) for f in fields} for row in given]
    table = pd.DataFrame(whole, columns=[field.name for field in fields])
    return table.astype({field.name: _dtype(field) for field in fields})


def _default(field: canonical.Field) -> Any:
    if field.type == "integer" and not field.required:
        return None
    if field.type == "datetime" and not field.required:
        return None
    if field.codes and field.required:
        return next(iter(CODE_LISTS[field.codes]))
    if field.type == "string" and field.required:
        return "x"
    return DEFAULTS.get(field.type, "")


def _dtype(field: canonical.Field) -> str:
    kinds = {"integer": "Int64", "boolean": "bool", "datetime": "datetime64[us, UTC]"}
    return kinds.get(field.type, "str")


def observation(area: str, period: str, value: str | None, **changes: Any) -> dict[str, Any]:
    """Return a row of observations; the revision is made from area and year."""
    usual = {
        "area": area,
        "m49": {"KEN": "404", "AFG": "004"}[area],
        "indicator": "A.1.1",
        "cell": "_T",
        "period": period,
        "year": int(period[:4]),
        "value": value or "",
        "status": "A" if value else "L",
        "source": "Ministry, annual report",
        "revision": int(period[:4]) - 2000,
        "accepted_at": datetime(2026, 3, 1, tzinfo=UTC),
        "is_illustrative": True,
    }
    return usual | changes


def tables() -> dict[str, pd.DataFrame]:
    """Return the tables of the snapshot, their statuses computed from the rest."""
    observed = [
        observation("KEN", "2016", "20"),
        observation("KEN", "2024", "60.50", note='He said "yes",\nand then no.'),
        observation("AFG", "2018", "10"),
        observation("AFG", "2023", None, missing_reason="=war, not collected"),
    ]
    revised = [{**row, "recorded_at": AS_OF} for row in observed]
    revised.append(
        {
            **revised[1],
            "revision": 23,
            "value": "58",
            "ended_at": datetime(2026, 3, 2, tzinfo=UTC),
            "ended": "superseded",
        }
    )
    made = {
        "plan": rows("plan", {"plan": "TINY", "title": "Tiny plan", "adopted": "2010-07-30"}),
        "objectives": rows("objectives", {"objective": "A", "position": 1, "title": "Prevent"}),
        "measures": rows("measures", {"measure": "A.1", "objective": "A", "title": "Inform"}),
        "measure_indicators": rows(
            "measure_indicators", {"measure": "A.1", "indicator": "A.1.1", "is_primary": True}
        ),
        "indicators": rows(
            "indicators",
            {
                "indicator": "A.1.1",
                "objective": "A",
                "measure": "A.1",
                "position": 1,
                "direction": 1,
                "min_coverage": "0.5",
                "aggregation": "mean",
                "aggregation_global": "mean",
                "lower": "0",
                "upper": "100",
                "national": True,
            },
            {"indicator": "A.1.2", "objective": "A", "position": 2, "min_coverage": "0.5"},
        ),
        "scales": rows("scales", {"scale": "S", "highest": 4}),
        "scale_levels": rows("scale_levels", {"scale": "S", "value": 1, "label": "Some"}),
        "dimensions": rows("dimensions", {"dimension": "sex", "code": "female", "position": 1}),
        "areas": rows(
            "areas",
            {"area": "M49-001", "m49": "001", "kind": "world", "column": -1, "row": -1},
            {
                "area": "KEN",
                "m49": "404",
                "iso2": "KE",
                "iso3": "KEN",
                "kind": "state",
                "is_member": True,
                "name": "Kenya",
                "name_ru": "Кения",
            },
            {
                "area": "AFG",
                "m49": "004",
                "iso2": "AF",
                "iso3": "AFG",
                "kind": "state",
                "is_member": True,
                "name": "Afghanistan",
            },
            {"area": "EAC", "kind": "group", "column": -1, "row": -1},
        ),
        "memberships": rows("memberships", {"group": "EAC", "area": "KEN", "since": "2000-07-07"}),
        "weights": rows(
            "weights",
            {"weight": "population", "area": "KEN", "year": 2020, "value": "53771.3"},
        ),
        "baselines": rows(
            "baselines",
            {"baseline": "b1", "indicator": "A.1.1", "rule": "fixed_year", "year": 2016},
        ),
        "targets": rows(
            "targets",
            {"target": "t1", "indicator": "A.1.1", "operator": ">=", "value": "100", "year": 2030},
        ),
        "observations": rows("observations", *observed),
        "revisions": rows("revisions", *revised),
        "measure_updates": rows(
            "measure_updates",
            {"area": "KEN", "m49": "404", "update": 30, "measure": "A.1", "as_at": "2026-03-01"},
        ),
        "chains": rows(
            "chains",
            {"chain": "KEN", "events": 7, "head": "cd" * 32},
            {"chain": "SYSTEM", "events": 3, "head": "ef" * 32},
        ),
    }
    found = SnapshotTables(ABOUT, made)
    judged = recompute.statuses(found).assign(method="linear", preset="", engine="1", assessed=2026)
    return {**made, "statuses": judged, "aggregates": recompute.aggregates(found)}


def snapshot(**changes: Any) -> SnapshotTables:
    """Return the snapshot, with these things changed in what it says about itself."""
    return SnapshotTables(replace(ABOUT, **changes), tables())
