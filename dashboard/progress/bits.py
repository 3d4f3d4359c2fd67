"""Which years a series reports, as the bits of one integer a series.

Bit *i* stands for the *i*-th year of the cube. "First", "last", "after" and "how many" become a
handful of integer operations on one small array instead of passes over the whole cube.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.int64]
Places = npt.NDArray[np.int64]

WIDTH: Final = 52
"""Years that fit: a double holds the sum of so many powers of two exactly."""

_POWERS: Final = 2.0 ** np.arange(WIDTH)
_MANTISSA: Final = 52
_BIAS: Final = 1023


def pack(marks: npt.NDArray[np.bool_]) -> Bits:
    """Return one integer for each row of marks; the last axis is the years, at most 52.

    Raises `ValueError` for more years.
    """
    years = marks.shape[-1]
    if years > WIDTH:
        raise ValueError(f"progress is measured over at most {WIDTH} years, these are {years}")
    packed: Bits = (marks.astype(np.float64) @ _POWERS[:years]).astype(np.int64)
    return packed


def unpack(bits: Bits, years: int) -> npt.NDArray[np.bool_]:
    """Return the marks behind the integers, one row each, a column a year."""
    marks: npt.NDArray[np.bool_] = (bits[:, None] >> np.arange(years)) & 1 == 1
    return marks


def lowest(bits: Bits) -> Places:
    """Return the place of the lowest bit, -1 where there is none."""
    return highest(bits & -bits)


def highest(bits: Bits) -> Places:
    """Return the place of the highest bit, -1 where there is none."""
    # The exponent of a double is the place of its highest bit.
    place: Places = (bits.astype(np.float64).view(np.int64) >> _MANTISSA) - _BIAS
    return np.maximum(place, -1)


def since(places: Places) -> Bits:
    """Return integers whose bits at and above these places are set; places may lie outside."""
    return np.int64(-1) << np.clip(places, 0, WIDTH)


def at(places: Places) -> Bits:
    """Return integers with the single bit at these places set, none for a place below 0."""
    return np.where(places < 0, 0, np.int64(1) << np.maximum(places, 0))


def count(bits: Bits) -> Places:
    """Return how many bits are set."""
    return np.bitwise_count(bits).astype(np.int64)
