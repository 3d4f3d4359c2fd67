"""Which years a series reports, as the bits of one integer a series.

Bit *i* stands for the *i*-th year of the cube. "First", "last", "after" and "how many" become a
handful of integer operations on one small array instead of passes over the whole cube.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

WIDTH: Final = 64
_ONE: Final = np.uint64(1)
_ALL: Final = np.uint64(2**64 - 1)


def pack(marks: npt.NDArray[np.bool_]) -> Bits:
    """Return one integer for each row of marks; the last axis is the years, at most 64.

    Raises `ValueError` for more than 64 years.
    """
    years = marks.shape[-1]
    if years > WIDTH:
        raise ValueError(f"a cube holds at most {WIDTH} years, this one has {years}")
    packed = np.packbits(marks, axis=-1, bitorder="little")
    padded = np.zeros((*marks.shape[:-1], 8), dtype=np.uint8)
    padded[..., : packed.shape[-1]] = packed
    bits: Bits = padded.view("<u8")[..., 0].astype(np.uint64, copy=False)
    return bits


def lowest(bits: Bits) -> Places:
    """Return the place of the lowest bit, -1 where there is none."""
    alone = bits & (~bits + _ONE)
    return np.frexp(alone.astype(np.float64))[1].astype(np.int64) - 1


def highest(bits: Bits) -> Places:
    """Return the place of the highest bit, -1 where there is none."""
    # A double has 53 bits: halves of 32 are exact, a whole might round up to the next power of two.
    upper = np.frexp((bits >> np.uint64(32)).astype(np.float64))[1].astype(np.int64)
    lower = np.frexp((bits & np.uint64(2**32 - 1)).astype(np.float64))[1].astype(np.int64)
    return np.where(upper > 0, upper + 31, lower - 1)


def since(places: npt.NDArray[np.int64]) -> Bits:
    """Return integers whose bits at and above these places are set; places may lie outside."""
    inside = np.clip(places, 0, WIDTH - 1).astype(np.uint64)
    return np.where(places >= WIDTH, np.uint64(0), _ALL << inside)


def at(places: npt.NDArray[np.int64]) -> Bits:
    """Return integers with the single bit at these places set, none where a place is outside."""
    inside = np.clip(places, 0, WIDTH - 1).astype(np.uint64)
    return np.where((places < 0) | (places >= WIDTH), np.uint64(0), _ONE << inside)


def count(bits: Bits) -> Places:
    """Return how many bits are set."""
    return np.bitwise_count(bits).astype(np.int64)


def unpack(bits: Bits, years: int) -> npt.NDArray[np.bool_]:
    """Return the marks behind the integers, one row each, a column a year."""
    raw = bits.astype("<u8").view(np.uint8).reshape(len(bits), 8)
    return np.unpackbits(raw, axis=1, count=years, bitorder="little").view(np.bool_)
