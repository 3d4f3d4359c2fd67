"""Series as rows of points, missing ones NaN: what every fitted line needs to know of them."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from dashboard.progress import bits
from dashboard.progress.prepare import Reported

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Points:
    """Rows of values and their times, both series x place; a value that is not there is NaN."""

    times: Floats
    values: Floats

    @classmethod
    def used(cls, seen: Reported, used: bits.Bits) -> Self:
        """Return the points of a cube's rows whose bit is set; one missing point where it has none.

        So that whoever asks for the first and last point of a row is never asked about no column.
        """
        values = seen.values
        if values.shape[1] == 0:
            nothing = np.full((len(values), 1), np.nan)
            return cls(nothing, nothing.copy())
        some = np.flatnonzero(used != seen.reported)
        if some.size:
            keep = bits.unpack(used[some], len(seen.years))
            values = values.copy()
            values[some] = np.where(keep, values[some], np.nan)
        return cls(np.broadcast_to(seen.years.astype(np.float64), values.shape), values)

    @classmethod
    def of(cls, times: Floats, values: Floats) -> Self:
        """Return points in the order of time, rows filled up with missing ones.

        A point that is told twice counts once. Raises `ValueError` where one time has two
        different values, for these are never averaged.
        """
        order = np.argsort(times, axis=1, kind="stable")
        times = np.take_along_axis(times, order, axis=1)
        values = np.take_along_axis(values, order, axis=1)
        again = times[:, 1:] == times[:, :-1]
        earlier, later = values[:, :-1], values[:, 1:]
        if (again & (earlier != later) & ~np.isnan(earlier) & ~np.isnan(later)).any():
            raise ValueError("a series has two different values for one period")
        values[:, 1:] = np.where(again & ~np.isnan(earlier), np.nan, later)
        return cls(times, values)

    @property
    def there(self) -> Bools:
        """Return which points exist."""
        return ~np.isnan(self.values)

    @property
    def n(self) -> Places:
        """Return how many points each series has."""
        return tally(self.there)

    @property
    def ends(self) -> tuple[Places, Places]:
        """Return the places of the first and last point; meaningless where there is none."""
        there = self.there
        return there.argmax(axis=1), there.shape[1] - 1 - there[:, ::-1].argmax(axis=1)

    def at(self, place: Places) -> tuple[Floats, Floats]:
        """Return time and value of one place a series."""
        line = np.arange(len(place))
        return self.times[line, place], self.values[line, place]

    def replaced(self, values: Floats) -> "Points":
        """Return the same times with other values."""
        return Points(self.times, values)

    def steps(self) -> tuple[Floats, Floats]:
        """Return time and value differences to the point before, NaN where there is none."""
        there = self.there
        place = np.where(there, np.arange(there.shape[1]), -1)
        before = np.maximum.accumulate(place, axis=1)
        before = np.concatenate([np.full((len(place), 1), -1), before[:, :-1]], axis=1)
        both = there & (before >= 0)
        safe = np.where(both, before, 0)
        dt = self.times - np.take_along_axis(self.times, safe, axis=1)
        dv = self.values - np.take_along_axis(self.values, safe, axis=1)
        return np.where(both, dt, np.nan), np.where(both, dv, np.nan)


def tally(marks: Bools) -> Places:
    """Return how many marks each row has; as a matrix product, which is faster than a sum."""
    return (marks.astype(np.float64) @ np.ones(marks.shape[1])).astype(np.int64)
