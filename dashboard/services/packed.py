"""Series packed into bytes: all accepted values of an area and cell in one row.

A row holds its series one behind the other, in the order of their indicators: a head for each,
then every value, flag byte and denominator, a year apart from the series' first to its last. So a
whole plan is read in a few hundred rows, and one accepted value changes one of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = np.ndarray[Any, Any]
Places = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

SERIES: Final = ("area_id", "cell_id", "indicator_id")
ORDER: Final = (*SERIES, "period")
ROW: Final = (*SERIES, "year", "value", "denominator", "flags", "is_illustrative")
"""What is packed of an accepted row."""
OF: Final = ("area_id", "cell_id")
"""The key of a packed row."""
CONTENT: Final = ("heads", "values", "flags", "denominators")
HEAD: Final = np.dtype("<i4")
"""A head is four of them: indicator, first year, years, and 1 where a value is generated."""
VALUE: Final = np.dtype("<f8")
FLAG: Final = np.dtype("u1")
Row = Mapping[str, Any]
Column = Sequence[Any]


class Series(NamedTuple):
    """Series one behind the other: one entry each, and their years in three long arrays."""

    area: Places
    cell: Places
    indicator: Places
    first: Places  # first year
    length: Places  # years
    pretended: Bools  # any generated value in it
    values: Floats
    flags: Bytes
    denominators: Floats

    @classmethod
    def of(cls, table: pd.DataFrame) -> Self:
        """Return the series of accepted rows, whose columns are those of `ROW`."""
        rows = table.sort_values(list(ORDER), kind="stable")
        return cls.of_sorted({name: rows[name].to_numpy() for name in ROW})

    @classmethod
    def of_sorted(cls, rows: Mapping[str, Array]) -> Self:
        """Return the series of accepted rows in `ORDER`; of periods within a year the last stays.

        `rows` are the columns of `ROW`.
        """
        number = {name: rows[name].astype(np.int64) for name in (*SERIES, "year")}
        changes = [np.diff(number[name], prepend=-1) != 0 for name in SERIES]
        heads = np.flatnonzero(np.logical_or.reduce(changes))
        if not len(heads):
            return cls.none()
        first = np.minimum.reduceat(number["year"], heads)
        length = np.maximum.reduceat(number["year"], heads) - first + 1
        size = int(length.sum())
        counts = np.diff(heads, append=len(number["year"]))
        spot = np.repeat(np.cumsum(length) - length - first, counts) + number["year"]

        def spread(name: str, into: Array) -> Array:
            into[spot] = rows[name].astype(into.dtype)
            return into

        return cls(
            number["area_id"][heads],
            number["cell_id"][heads],
            number["indicator_id"][heads],
            first,
            length,
            np.logical_or.reduceat(rows["is_illustrative"].astype(np.bool_), heads),
            spread("value", np.full(size, np.nan)),
            spread("flags", np.zeros(size, dtype=np.uint8)),
            spread("denominator", np.full(size, np.nan)),
        )

    @classmethod
    def none(cls) -> Self:
        """Return no series at all."""
        no, doubles, flags = np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=np.uint8)
        return cls(no, no, no, no, no, no > 0, doubles, flags, doubles)

    @classmethod
    def read(cls, area: Column, cell: Column, *content: Column) -> Self:
        """Return the series of packed rows, whose columns are area, cell and `CONTENT`."""
        if not area:
            return cls.none()
        heads, values, flags, denominators = content
        many = np.array([len(head) for head in heads]) // (4 * HEAD.itemsize)
        head = np.frombuffer(b"".join(heads), dtype=HEAD).reshape(-1, 4).astype(np.int64)
        return cls(
            np.repeat(np.array(area, dtype=np.int64), many),
            np.repeat(np.array(cell, dtype=np.int64), many),
            head[:, 0],
            head[:, 1],
            head[:, 2],
            head[:, 3] > 0,
            np.frombuffer(b"".join(values), dtype=VALUE),
            np.frombuffer(b"".join(flags), dtype=FLAG),
            _read_denominators(denominators, [len(piece) for piece in flags]),
        )

    def written(self) -> list[dict[str, Any]]:
        """Return the series as packed rows, which `read` reads."""
        changes = (np.diff(numbers, prepend=-1) != 0 for numbers in (self.area, self.cell))
        starts = np.flatnonzero(np.logical_or(*changes))
        if not len(starts):
            return []
        ends = [*starts[1:].tolist(), len(self.area)]
        years = np.append(0, np.cumsum(self.length))
        heads = np.stack([self.indicator, self.first, self.length, self.pretended], axis=1)
        return [
            {
                "area_id": int(self.area[a]),
                "cell_id": int(self.cell[a]),
                "heads": heads[a:b].astype(HEAD).tobytes(),
                "values": self.values[years[a] : years[b]].astype(VALUE).tobytes(),
                "flags": self.flags[years[a] : years[b]].tobytes(),
                "denominators": _bytes_if_any(self.denominators[years[a] : years[b]]),
            }
            for a, b in zip(starts.tolist(), ends, strict=True)
        ]

    def only(self, indicators: Places) -> Self:
        """Return the series of these indicators."""
        kept = np.isin(self.indicator, indicators)
        if kept.all():
            return self
        years = np.repeat(kept, self.length)
        return type(self)(
            self.area[kept],
            self.cell[kept],
            self.indicator[kept],
            self.first[kept],
            self.length[kept],
            self.pretended[kept],
            self.values[years],
            self.flags[years],
            self.denominators[years],
        )


def _read_denominators(pieces: Sequence[bytes | None], years: Sequence[int]) -> Floats:
    if not any(pieces):
        return np.broadcast_to(np.nan, sum(years))
    empty = np.full(max(years), np.nan, dtype=VALUE).tobytes()
    size = VALUE.itemsize
    filled = (piece or empty[: size * n] for piece, n in zip(pieces, years, strict=True))
    return np.frombuffer(b"".join(filled), dtype=VALUE)


def _bytes_if_any(denominators: Floats) -> bytes | None:
    return None if np.isnan(denominators).all() else denominators.astype(VALUE).tobytes()


def replaced(before: Row | None, indicator: int, series: Series) -> dict[str, Any] | None:
    """Return the content of a packed row with one series replaced by another; none if it is empty.

    `before` has the columns of `CONTENT`, or is none where there was no row; `series` is the new
    one, or no series where the indicator has no accepted value any more.
    """
    old = dict.fromkeys(CONTENT, b"") if before is None else dict(before)
    heads = np.frombuffer(old["heads"], dtype=HEAD).reshape(-1, 4)
    at = int(np.searchsorted(heads[:, 0], indicator))
    known = int(at < len(heads) and heads[at, 0] == indicator)
    start = int(heads[:at, 2].sum())
    stop = start + int(heads[at : at + known, 2].sum())
    new = next(iter(series.written()), dict.fromkeys(CONTENT, b""))
    size = len(old["flags"]) - (stop - start) + len(new["flags"])
    if not size:
        return None

    def spliced(name: str, width: int, begin: int = start, end: int = stop) -> bytes:
        return b"".join((old[name][: begin * width], new[name], old[name][end * width :]))

    content: dict[str, Any] = {
        "heads": spliced("heads", 4 * HEAD.itemsize, at, at + known),
        "values": spliced("values", VALUE.itemsize),
        "flags": spliced("flags", FLAG.itemsize),
        "denominators": None,
    }
    if old["denominators"] or new["denominators"]:
        for piece in (old, new):
            piece["denominators"] = piece["denominators"] or _nothing(len(piece["flags"]))
        joined = spliced("denominators", VALUE.itemsize)
        content["denominators"] = _bytes_if_any(np.frombuffer(joined, dtype=VALUE))
    return content


def _nothing(years: int) -> bytes:
    return np.full(years, np.nan, dtype=VALUE).tobytes()
