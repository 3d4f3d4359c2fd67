"""Names and types of the tables that travel between the rooms of the house.

A plan travels as one value, `PlanFrames`: small tables that say what is measured, and a dense cube
of accepted values. Whoever makes one of these tables passes it through `check`, so that whoever
receives it need not look again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntFlag
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Schema = Mapping[str, str]

WORDS: Final = pd.StringDtype(na_value=np.nan)


class Flag(IntFlag):
    """What a stored value carries besides its number; one byte in the cube.

    A cell with none of these and a NaN value is simply not reported.
    """

    NONE = 0
    ESTIMATED = 1
    PROVISIONAL = 2
    BELOW = 4  # the number is an upper bound: `<5` is stored as 5 with this flag
    ABOVE = 8  # the number is a lower bound: `>95` is stored as 95 with this flag
    BREAK = 16  # the series changes its definition here
    NOT_APPLICABLE = 32
    SUPPRESSED = 64
    NOT_AVAILABLE = 128


OBJECTIVES: Final[Schema] = {
    "objective": "str",
    "position": "int64",
    "title": "str",
    "origin": "str",
}
MEASURES: Final[Schema] = {
    "measure": "str",
    "objective": "str",
    "position": "int64",
    "title": "str",
    "approach": "str",
    "origin": "str",
}
MEASURE_INDICATORS: Final[Schema] = {"measure": "str", "indicator": "str", "is_primary": "bool"}
INDICATORS: Final[Schema] = {
    "indicator": "str",  # the plan's own code, such as PT.4.1
    "objective": "str",
    "measure": "str",  # primary measure
    "position": "int64",
    "name": "str",
    "unit": "str",
    "kind": "str",  # percentage, rate, ratio, count, currency, ordinal, binary, text
    "direction": "int64",  # +1 up is better, -1 down is better, 0 context only
    "type": "str",  # structure, process, outcome
    "tier": "str",  # core, standard, optional
    "lower": "float64",  # natural limits of the indicator, missing where there is none
    "upper": "float64",
    "meets_op": "str",  # '>=', '<=', '=' or empty
    "meets_value": "float64",
    "aggregation": "str",  # rule from State to region
    "aggregation_global": "str",  # rule from State to world
    "weight": "str",  # name of the weight, 'population' or empty
    "min_coverage": "float64",  # share of States below which an aggregate is not published
    "national": "bool",  # whether States report it
    "min_cell": "int64",  # smallest count that may be shown; 0 where nothing is suppressed
}
AREAS: Final[Schema] = {
    "area": "str",  # ISO alpha-3 for States, the code of the group or M49 area otherwise
    "name": "str",
    "kind": "str",  # state, observer, territory, region, subregion, group, world
    "region": "str",  # M49 region code of a State, or empty
    "subregion": "str",
    "is_member": "bool",  # one of the 193 Member States
    "column": "int64",  # place in the tile grid, -1 where it has none
    "row": "int64",
}
MEMBERSHIPS: Final[Schema] = {
    "group": "str",
    "area": "str",
    "since": "float64",  # first day as a year fraction; -inf where always
    "until": "float64",  # day it ended; +inf where still a member
}
WEIGHTS: Final[Schema] = {"weight": "str", "area": "str", "year": "int64", "value": "float64"}
BASELINES: Final[Schema] = {
    "indicator": "str",
    "area": "str",  # empty where the rule holds for every area
    "rule": "str",  # status_at_adoption, fixed_year, first_report, latest_before_appraisal
    "year": "float64",
    "value": "float64",  # missing where the series gives it
}
TARGETS: Final[Schema] = {
    "indicator": "str",
    "area": "str",  # empty where the target holds for every area
    "operator": "str",  # '>=', '<=', '=' or 'between'
    "value": "float64",
    "upper": "float64",  # second bound of a range target
    "year": "int64",
    "status": "str",  # proposed, national, agreed
    "is_interim": "bool",
}
OBSERVATIONS: Final[Schema] = {
    "area": "str",
    "indicator": "str",
    "cell": "str",  # disaggregation such as 'age=child_0_17;sex=female', '_T' for the total
    "period": "str",  # SDMX time period
    "year": "int64",
    "value": "float64",
    "qualifier": "str",  # '', '<' or '>'
    "status": "str",  # SDMX observation status
    "source": "str",
    "accepted_at": "datetime64[us, UTC]",
    "is_illustrative": "bool",
}
PROGRESS: Final[Schema] = {
    "area": "str",
    "indicator": "str",
    "base_year": "float64",
    "base": "float64",
    "year": "float64",  # year of the latest usable value
    "value": "float64",
    "target_year": "float64",
    "target": "float64",
    "share": "float64",  # share of the road from baseline to target, not capped
    "elapsed": "float64",  # share of the time gone, 0 to 1
    "pace": "float64",  # actual over required rate
    "actual_rate": "float64",  # indicator unit a year
    "required_rate": "float64",
    "needed_rate": "float64",  # from the latest value to the target
    "reached": "float64",  # year reached at this pace
    "n_obs": "int64",
    "status": "str",
    "flags": "str",  # words divided by a space, such as 'provisional stale baseline_shifted:2012'
}


@dataclass(frozen=True)
class Stamp:
    """What state of the record a table was made from."""

    as_of: datetime  # the moment recorded up to which the record was read
    version: int  # grows with every change of the record
    is_illustrative: bool  # any generated value among the data


@dataclass(frozen=True)
class Cube:
    """Accepted values, dense: `values[cell, area, indicator, year]`, NaN where there is none.

    `cells[0]` is always the total, `_T`. `flags` has the same shape and holds `Flag` bytes.
    Values are in the indicator's own unit. Where a period covers several years its first counts.
    """

    cells: tuple[str, ...]
    areas: tuple[str, ...]
    indicators: tuple[str, ...]
    years: tuple[int, ...]
    values: Floats
    flags: Bytes
    denominators: Floats | None = None  # of the totals, area x indicator x year, for ratios of sums

    @property
    def totals(self) -> Floats:
        """Return the values of the total, shape area x indicator x year."""
        headline: Floats = self.values[0]
        return headline


@dataclass(frozen=True)
class PlanFrames:
    """A plan as tables: what every measure, chart and file is made from."""

    plan: str
    title: str
    stamp: Stamp
    objectives: pd.DataFrame
    measures: pd.DataFrame
    measure_indicators: pd.DataFrame
    indicators: pd.DataFrame
    areas: pd.DataFrame
    memberships: pd.DataFrame
    weights: pd.DataFrame
    baselines: pd.DataFrame
    targets: pd.DataFrame
    cube: Cube
    notices: tuple[str, ...] = field(default=())
    scope: str = "M49-001"  # area the plan is for: the world, or a group


def check(table: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return the table with exactly the schema's columns and types, or raise `ValueError`.

    Columns the schema does not name are dropped; a missing column or a value that does not fit its
    type is an error of ours, never of the person who typed it, so it is not softened.
    """
    missing = [name for name in schema if name not in table.columns]
    if missing:
        raise ValueError(f"table lacks the columns {', '.join(missing)}")
    checked = table if list(table.columns) == list(schema) else table[list(schema)]
    found = map(str, checked.dtypes)
    wrong = {
        name: kind for (name, kind), held in zip(schema.items(), found, strict=True) if held != kind
    }
    return checked.astype(wrong) if wrong else checked


def build(schema: Schema, *columns: Sequence[Any] | npt.NDArray[Any]) -> pd.DataFrame:
    """Return a table of this schema from plain columns in its order: the quickest way there is.

    Numbers may be given as decimal text, and are missing where there is none; words are never.
    """
    made = [
        _words(column) if kind == "str" else np.asarray(column, dtype=kind)
        for kind, column in zip(schema.values(), columns, strict=True)
    ]
    table = pd.DataFrame(dict(enumerate(made)), index=pd.RangeIndex(len(made[0])), copy=False)
    table.columns = _names(tuple(schema))
    return table


@lru_cache
def _names(names: tuple[str, ...]) -> pd.Index:
    """Return names of columns as pandas keeps them, made once."""
    return pd.Index(names)


def _words(column: Sequence[Any] | npt.NDArray[Any]) -> pd.api.extensions.ExtensionArray:
    """Return text as pandas keeps it, without its looking at each piece again."""
    text = pa.array(column, type=pa.large_string())
    return pd.arrays.ArrowStringArray(text, dtype=WORDS)  # type: ignore[call-arg]  # as since pandas 3


def empty(schema: Schema) -> pd.DataFrame:
    """Return a table of this schema without rows."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in schema.items()})
