"""What is read from a file: one row for each figure, with where it was read, and every fault.

What a text means is found once for each different text of a column; rows only carry numbers.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from dashboard.exchange.reading import faults
from dashboard.exchange.reading.faults import Fault, Severity
from dashboard.exchange.reading.numbers import Number

Array = np.ndarray[Any, Any]
TEXTS: Final = (
    *("status", "missing_reason", "qualifier", "text", "numerator", "denominator", "nature"),
    *("source", "source_date", "evidence", "note", "comment", "unit"),
)
"""Roles whose text is taken as it stands; what it may be is checked later."""
MOST_HINTS: Final = 20
MOST: Final = 50_000
"""Faults of one class that are told one by one."""


COLUMNS: Final = ("sheet", "row", "column", "area", "indicator", "cell", "period", "said", *TEXTS)


def nothing() -> pd.DataFrame:
    """Return a table of no reading."""
    return pd.DataFrame({name: pd.Series(dtype="int32") for name in COLUMNS}).assign(
        blocked=pd.Series(dtype="bool")
    )


@dataclass(frozen=True)
class Options:
    """What a person said about a file: roles of columns, the sign of decimals, what is fixed."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    decimal: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)  # area, indicator, period, source
    sheets: tuple[str, ...] = ()
    name: str = ""  # of the file
    is_form: bool = False  # our own workbook: what is not filled in is no fault
    lacks: frozenset[str] = frozenset()  # fields of which the file does not speak


class Told(NamedTuple):
    """What one text means, and what is doubtful about it: classes and the words they need."""

    value: Any
    doubts: tuple[tuple[str, Mapping[str, object]], ...] = ()


class Pool:
    """Distinct values, each with its number."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._codes: dict[Any, int] = {}

    def code(self, value: Any) -> int:
        """Return the number of a value."""
        found = self._codes.get(value)
        if found is None:
            found = self._codes[value] = len(self.values)
            self.values.append(value)
        return found

    def take(self, codes: Array) -> Array:
        """Return the values of these numbers."""
        made = np.empty(len(self.values), dtype=object)
        made[:] = self.values
        found: Array = made[codes]
        return found


class Log:
    """The faults found so far; hints and floods of one class are counted, not listed."""

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self.counts: Counter[str] = Counter()
        self._hints: Counter[tuple[str, str, int]] = Counter()

    def add(
        self, name: str, sheet: str = "", row: int = 0, column: int = 0, /, **words: object
    ) -> bool:
        """Add a fault of a class, and say whether it is an error."""
        self.counts[name] += 1
        one = faults.fault(name, sheet, row, column, **words)
        if one.severity is Severity.HINT:
            self._hints[name, sheet, column] += 1
            if self._hints[name, sheet, column] > MOST_HINTS:
                return False
        if self.counts[name] <= MOST:
            self.found.append(one)
        return one.severity is Severity.ERROR


@dataclass
class Readings:
    """The readings of a file: a row each, of numbers into `pools`; `blocked` rows have errors."""

    table: pd.DataFrame
    pools: dict[str, Pool]
    sheets: Sequence[str]
    log: Log
    places: Mapping[tuple[int, str], int]  # sheet and role to the number of the column
    lacks: Sequence[frozenset[str]] = ()  # of each sheet: fields of which it does not speak
    kept: Mapping[str, dict[int, Any]] = field(default_factory=dict)  # what the record keeps

    def texts(self, name: str) -> Array:
        """Return a column as values instead of numbers."""
        return self.pools[name].take(self.table[name].to_numpy())


def number_of(said: Any) -> Number:
    """Return what a cell says as a number."""
    return said[1] if isinstance(said, tuple) else Number(is_gone=True, doubts=("empty",))
