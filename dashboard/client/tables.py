"""Answers as DataFrames: the same columns and types every time, also where nothing was found."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

TEXT: Final = "str"
NUMBER: Final = "float64"
WHOLE: Final = "int64"
TRUTH: Final = "bool"
MOMENT: Final = "datetime64[us, UTC]"
LISTED: Final = "object"

Columns = Mapping[str, str]

PLANS: Final[Columns] = {
    **dict.fromkeys(("plan", "title", "short_title", "symbol", "adopted", "adopted_by"), TEXT),
    **dict.fromkeys(("legal_nature", "edition"), TEXT),
    "notices": LISTED,
    "is_illustrative": TRUTH,
}
OBJECTIVES: Final[Columns] = dict.fromkeys(
    ("objective", "title", "description", "section", "paras", "para_confidence", "origin"), TEXT
)
MEASURES: Final[Columns] = {
    **dict.fromkeys(("measure", "objective", "title", "description", "paras"), TEXT),
    **dict.fromkeys(("para_confidence", "content_basis", "approach"), TEXT),
    "dimensions": LISTED,
    "origin": TEXT,
    **dict.fromkeys(("lead", "support", "indicators"), LISTED),
}
INDICATORS: Final[Columns] = {
    **dict.fromkeys(("indicator", "objective"), TEXT),
    "measures": LISTED,
    **dict.fromkeys(("name", "definition", "unit", "kind", "direction", "type", "tier"), TEXT),
    **dict.fromkeys(("aggregation", "aggregation_global"), TEXT),
    **dict.fromkeys(("min_coverage", "lower", "upper"), NUMBER),
    **dict.fromkeys(("source", "custodian", "sdg_indicator", "human_rights_caveat"), TEXT),
    "scores_progress": TRUTH,
}
AREAS: Final[Columns] = {
    **dict.fromkeys(("area", "m49", "iso2", "iso3", "kind", "name"), TEXT),
    "names": LISTED,
    **dict.fromkeys(("region", "subregion"), TEXT),
    "is_member": TRUTH,
}
OBSERVATIONS: Final[Columns] = {
    **dict.fromkeys(("area", "m49", "indicator", "cell", "period"), TEXT),
    "year": WHOLE,
    "value": NUMBER,
    **dict.fromkeys(("exact", "qualifier", "status", "text", "missing_reason"), TEXT),
    **dict.fromkeys(("numerator", "denominator", "nature", "source", "source_date"), TEXT),
    **dict.fromkeys(("evidence", "note"), TEXT),
    "accepted_at": MOMENT,
    "ref": TEXT,
    "is_illustrative": TRUTH,
}
STATUSES: Final[Columns] = {
    **dict.fromkeys(("area", "indicator", "status"), TEXT),
    **dict.fromkeys(("base_year", "base", "year", "value", "target_year", "target"), NUMBER),
    **dict.fromkeys(("share", "elapsed", "pace", "actual_rate", "required_rate"), NUMBER),
    **dict.fromkeys(("needed_rate", "reached"), NUMBER),
    "n_obs": WHOLE,
    "flags": LISTED,
    "method": TEXT,
    "assessed": WHOLE,
    "why": TEXT,
}
AGGREGATES: Final[Columns] = {
    **dict.fromkeys(("group", "indicator"), TEXT),
    "year": WHOLE,
    "rule": TEXT,
    "value": NUMBER,
    **dict.fromkeys(("n", "states"), WHOLE),
    **dict.fromkeys(("coverage", "weight_coverage", "low", "high"), NUMBER),
    "is_publishable": TRUTH,
    "missing": LISTED,
}
SNAPSHOTS: Final[Columns] = {
    **dict.fromkeys(("id", "plan", "name"), TEXT),
    **dict.fromkeys(("as_of", "taken_at"), MOMENT),
    **dict.fromkeys(("file_name", "address", "sha256"), TEXT),
    **dict.fromkeys(("bytes", "observations"), WHOLE),
    "is_illustrative": TRUTH,
}
HITS: Final[Columns] = {
    **dict.fromkeys(("kind", "code", "title", "detail", "page"), TEXT),
    "choices": LISTED,
}
REPORTS: Final[Columns] = {
    **dict.fromkeys(("ref", "subject", "area", "about", "title", "period", "cell"), TEXT),
    "value": NUMBER,
    "state": TEXT,
    "at": MOMENT,
    "note": TEXT,
}
STEPS: Final[Columns] = {
    **dict.fromkeys(("ref", "period"), TEXT),
    "value": NUMBER,
    **dict.fromkeys(("text", "qualifier", "status", "missing_reason", "source"), TEXT),
    **dict.fromkeys(("evidence", "note"), TEXT),
    "is_illustrative": TRUTH,
    **dict.fromkeys(("before", "after", "by"), TEXT),
    "at": MOMENT,
    "step_note": TEXT,
}
RECORDED: Final[Columns] = dict.fromkeys(("ref", "area", "about", "period", "cell"), TEXT)


def frame(
    rows: Sequence[Mapping[str, Any]],
    columns: Columns,
    *,
    fields: Sequence[str] = (),
    meta: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Return rows as a table with these columns (or the chosen ones); `meta` goes into `attrs`.

    A missing number is NaN, a missing text is missing, and neither is ever zero or empty.
    """
    names = list(fields) or list(columns)
    table = pd.DataFrame(list(rows), columns=names)
    kinds: dict[str, Any] = {name: columns.get(name, LISTED) for name in names}
    for name in [name for name in names if kinds[name] == MOMENT]:
        table[name] = pd.to_datetime(table[name], utc=True, format="ISO8601")
    table = table.astype(kinds)
    if meta is not None:
        table.attrs["meta"] = dict(meta)
    return table


def rows(given: pd.DataFrame | Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what is to be sent as plain values: numbers as decimal text, nothing where missing."""
    listed = given.to_dict("records") if isinstance(given, pd.DataFrame) else given
    return [
        {str(name): _plain(value) for name, value in row.items() if not _is_missing(value)}
        for row in listed
    ]


def _is_missing(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; a number keeps fifteen digits, as many as are recorded."""
    if isinstance(value, bool | str):
        return value
    if pd.api.types.is_integer(value):
        return str(int(value))
    if pd.api.types.is_float(value):
        return format(float(value), ".15g")
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value)
