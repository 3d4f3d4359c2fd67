"""Years as bits of an integer: first, last, after and how many, against plain Python."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.progress import bits

ROWS = st.integers(1, 52).flatmap(
    lambda years: st.lists(
        st.lists(st.booleans(), min_size=years, max_size=years), min_size=1, max_size=5
    )
)


@settings(deadline=None)
@given(ROWS)
def test_bits_say_what_the_marks_say(rows: list[list[bool]]) -> None:
    marks = np.array(rows)
    packed = bits.pack(marks)
    assert (bits.unpack(packed, marks.shape[1]) == marks).all()
    assert bits.count(packed).tolist() == [sum(row) for row in rows]
    places = [[at for at, mark in enumerate(row) if mark] for row in rows]
    assert bits.lowest(packed).tolist() == [row[0] if row else -1 for row in places]
    assert bits.highest(packed).tolist() == [row[-1] if row else -1 for row in places]


@settings(deadline=None)
@given(ROWS, st.integers(-1, 52))
def test_since_and_at_cut_at_a_place(rows: list[list[bool]], place: int) -> None:
    packed = bits.pack(np.array(rows))
    cut = np.full(len(rows), place)
    after = bits.unpack(packed & bits.since(cut), len(rows[0]))
    only = bits.unpack(packed & bits.at(cut), len(rows[0]))
    for row, kept, single in zip(rows, after.tolist(), only.tolist(), strict=True):
        assert kept == [mark and at >= place for at, mark in enumerate(row)]
        assert single == [mark and at == place for at, mark in enumerate(row)]


def test_more_years_than_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 52 years"):
        bits.pack(np.ones((1, 53), dtype=np.bool_))
