"""What every check of readings works with: columns of numbers, limits, and a place for faults."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np

from dashboard.services import rules
from dashboard.services.imports_names import Names
from dashboard.services.imports_rows import Array, Options, Readings
from models import Kind

KEY: Final = ["area", "indicator", "cell", "period"]


@dataclass(frozen=True)
class Limits:
    """What the indicators ask for, as arrays by the number of an indicator in its pool."""

    lower: Array
    upper: Array
    whole: Array
    is_level: Array
    is_text: Array
    within: Array  # whether the numerator lies within the denominator
    is_share: Array  # whether it is a percentage
    levels: list[frozenset[str]]
    rows: list[Any]


class Tools:
    """The readings of one file, and how a fault in them is noted."""

    def __init__(
        self,
        readings: Readings,
        names: Names,
        options: Options,
        *,
        covers: frozenset[int] | None,
        people: Mapping[tuple[int, int], float],
        today: date,
    ) -> None:
        self.readings, self.names, self.options = readings, names, options
        self.covers, self.people, self.today = covers, people, today
        self.table, self.pools, self.log = readings.table, readings.pools, readings.log
        self.limits = self._limits()
        self.blocked = self.table["blocked"].to_numpy().copy()
        self.left_out = np.zeros(len(self.table), dtype=bool)
        self.rateless = np.zeros(len(self.table), dtype=bool)  # known but for the people

    # Tools --------------------------------------------------------------------------------

    def of(self, name: str) -> Array:
        """Return a column of numbers."""
        found: Array = self.table[name].to_numpy()
        return found

    def mark(
        self,
        name: str,
        at: Iterable[Any],
        words: Mapping[str, object] | Callable[[int], Mapping[str, object]],
        *,
        role: str = "",
    ) -> None:
        """Note a fault in each of these rows; `words` gives what its sentence needs."""
        sheet, row, column = self.of("sheet"), self.of("row"), self.of("column")
        for one in at:
            place = int(column[one])
            if role not in {"", "value"}:  # the value's own place where no column says it
                place = self.readings.places.get((int(sheet[one]), role), place)
            is_error = self.log.add(
                name,
                self.readings.sheets[sheet[one]],
                int(row[one]),
                max(place, 0),
                **(words(int(one)) if callable(words) else words),
            )
            self.blocked[one] |= is_error

    def by_text(self, role: str, read: Callable[[str], tuple[str, Any]]) -> Array:
        """Return what the texts of a role mean, and note the class of fault that `read` names."""
        pool = self.pools[role]
        codes = self.of(role)
        told = [read(str(text)) for text in pool.values]
        faulty = np.array([bool(fault) for fault, _value in told])
        at = np.flatnonzero(faulty[codes] & ~self.left_out)
        for one in at:
            text = pool.values[codes[one]]
            self.mark(
                told[codes[one]][0],
                [one],
                {"text": text, "column": role},
                role=role,
            )
        made = np.empty(len(told), dtype=object)
        made[:] = [value for _fault, value in told]
        found: Array = made[codes]
        return found

    def indicator(self, one: int) -> Any:
        """Return the indicator of a row."""
        return self.limits.rows[self.of("indicator")[one]]

    def _limits(self) -> Limits:
        rows = [self.names.indicators.get(number) for number in self.pools["indicator"].values]
        number = _array(rows, lambda row: row is not None)
        return Limits(
            lower=_array(rows, lambda row: real(row.lower, -np.inf), -np.inf),
            upper=_array(rows, lambda row: real(row.upper, np.inf), np.inf),
            whole=number & _array(rows, lambda r: r.is_integer or r.kind in rules.WHOLE, False),
            is_level=number & _array(rows, lambda row: row.kind in rules.WHOLE, False),
            is_text=number & _array(rows, lambda row: row.kind == Kind.TEXT, False),
            within=_array(rows, lambda row: row.numerator_within_denominator, False),
            is_share=_array(rows, lambda row: row.kind == Kind.PERCENTAGE, False),
            levels=[frozenset(row.levels) if row is not None else frozenset() for row in rows],
            rows=rows,
        )


def joint(columns: Sequence[Array], sizes: Sequence[int]) -> Array:
    """Return one number for each combination of columns of numbers."""
    joint = np.zeros(len(columns[0]), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        joint = joint * max(size, 1) + column
    return joint


def _array(rows: Sequence[Any], read: Callable[[Any], Any], missing: Any = None) -> Array:
    if missing is None:
        return np.array([read(row) for row in rows])
    return np.array([missing if row is None else read(row) for row in rows])


def real(value: Any, missing: float) -> float:
    """Return a number, or what stands for one that is missing."""
    return missing if value is None else float(value)


def short(value: float) -> str:
    """Return a number as a person writes it."""
    return format(Decimal(format(value, ".12g")), "f")
