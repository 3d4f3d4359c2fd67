"""From rows of the record to the columns of a message, a chunk at a time.

What a text becomes is found once for each different text; rows are only numbers until they are
written. The bytes of a message are joined column by column and never pass through Python row by
row: that is what makes millions of observations a matter of seconds and a constant of memory.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.exchange.sdmx import model
from dashboard.exchange.sdmx.model import Area, Structure

EACH: Final = Area(model.EACH, "N")
GONE: Final = frozenset({"L", "M", "Q"})
FORBIDDEN: Final = {number: " " for number in range(32) if number not in {9, 10, 13}}
"""Signs that XML cannot hold, not even escaped."""


class Coded:
    """A column: its distinct texts, and for each row the number of its text.

    A column in which hardly any text comes twice, as that of the values, is kept as it stands; what
    is distinct in it is found out when somebody asks.
    """

    def __init__(
        self,
        texts: list[str] | None = None,
        codes: "pa.Array | None" = None,
        *,
        raw: "pa.Array | None" = None,
    ) -> None:
        self._texts, self._codes, self._raw = texts, codes, raw

    @property
    def texts(self) -> list[str]:
        """The distinct texts."""
        self._encode()
        assert self._texts is not None
        return self._texts

    @property
    def codes(self) -> "pa.Array":
        """For each row the number of its text."""
        self._encode()
        return self._codes

    @property
    def is_raw(self) -> bool:
        """Say whether the texts stand row by row."""
        return self._raw is not None

    def _encode(self) -> None:
        if self._texts is None:
            assert self._raw is not None
            found = self._raw.dictionary_encode()
            self._texts, self._codes = found.dictionary.to_pylist(), found.indices

    def numbers(self) -> "np.ndarray[Any, Any]":
        """Return the numbers of the texts as numpy has them."""
        found: np.ndarray[Any, Any] = self.codes.to_numpy(zero_copy_only=False)
        return found

    def map(self, read: Callable[[str], str]) -> "Coded":
        """Return the column with each text changed; texts that become one are one."""
        known: dict[str, int] = {}
        places = [known.setdefault(read(text), len(known)) for text in self.texts]
        if len(known) == len(self.texts):
            return Coded(list(known), self.codes)
        if len(known) == 1:
            return constant(next(iter(known)), len(self))
        return Coded(list(known), pa.array(places, pa.int32()).take(self.codes))

    def array(self) -> "pa.Array":
        """Return the texts of all rows."""
        if self._raw is not None:
            return self._raw
        return pa.array(self.texts, pa.string()).take(self.codes)

    def only(self, rows: "pa.Array") -> "Coded":
        """Return the column at these rows."""
        if self._raw is not None:
            return Coded(raw=self._raw.take(rows))
        return Coded(self.texts, self.codes.take(rows))

    def part(self, first: int, end: int) -> "Coded":
        """Return the rows from the first one to before the end."""
        if self._raw is not None:
            return Coded(raw=self._raw[first:end])
        return Coded(self.texts, self.codes[first:end])

    def __len__(self) -> int:
        return len(self._raw) if self._raw is not None else len(self.codes)


Columns = dict[str, Coded]


def shaped(rows: pd.DataFrame, structure: Structure) -> Columns:
    """Return the components of a message from rows of an extract.

    The rows need area, indicator, cell, period, value (float) or exact (decimal text), qualifier,
    status, missing_reason, nature, source, note, accepted_at and is_illustrative; `upper` may be
    among them. Texts must not be missing; `exact` may be.
    """
    area, indicator = coded(rows["area"]), coded(rows["indicator"])
    cell, period = coded(rows["cell"]), coded(rows["period"])
    areas = {text: structure.areas.get(text, EACH) for text in area.texts}
    series = indicator.map(lambda text: structure.series[text])
    cells = {text: model.split(text) for text in cell.texts}
    periods = {text: model.period(text) for text in period.texts}
    status = coded(rows["status"])
    found = {
        "FREQ": period.map(lambda text: periods[text][0]),
        "REPORTING_TYPE": area.map(lambda text: areas[text].reporting),
        "SERIES": series,
        "REF_AREA": area.map(lambda text: areas[text].code),
        **{
            name: cell.map(lambda text, name=name: cells[text].get(name, model.TOTAL))  # type: ignore[misc]
            for name in model.KEY[4:]
        },
        model.TIME: period.map(lambda text: periods[text][1]),
        model.MEASURE: _values(rows["exact"]),
        "UNIT_MEASURE": series.map(lambda text: structure.units[text]),
        "UNIT_MULT": constant("0", len(rows)),
        "OBS_STATUS": status,
        "NATURE": coded(rows["nature"]),
        "OBS_QUALIFIER": coded(rows["qualifier"]).map(lambda t: model.QUALIFIERS.get(t, "")),
        "UPPER_BOUND": coded(rows["upper"]) if "upper" in rows else constant("", len(rows)),
        "TIME_DETAIL": period.map(lambda text: periods[text][2]),
        "SOURCE_DETAIL": coded(rows["source"]),
        "COMMENT_OBS": _comment(rows),
        "DATA_LAST_UPDATE": moments(rows["accepted_at"]),
        "ILLUSTRATIVE": Coded(["false", "true"], _array(rows["is_illustrative"]).cast(pa.int32())),
    }
    order = (*model.KEY, model.TIME, model.MEASURE, *model.ATTRIBUTES)
    return {name: found[name] for name in order}


def _values(column: pd.Series) -> Coded:
    """Return the values as they were reported; where there is none, `NaN`."""
    array = _array(column).cast(pa.string()).fill_null("")
    return Coded(raw=pc.if_else(pc.equal(array, ""), "NaN", array))


def _comment(rows: pd.DataFrame) -> Coded:
    """Return the note; where there is no value, why there is none, and then the note."""
    if not rows["status"].isin(GONE).any():
        return coded(rows["note"])
    both = rows["missing_reason"].str.cat(rows["note"], sep=" ").str.strip()
    return coded(both.where(rows["status"].isin(GONE), rows["note"]))


def coded(column: pd.Series) -> Coded:
    """Return a column of texts by its distinct ones; what is missing is an empty text."""
    array = _array(column)
    if pa.types.is_dictionary(array.type):
        found = array
    else:
        found = array.cast(pa.string()).fill_null("").dictionary_encode()
    return Coded(found.dictionary.to_pylist(), found.indices)


def _array(column: pd.Series) -> "pa.Array":
    found = pa.array(column, from_pandas=True)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def moments(column: pd.Series) -> Coded:
    """Return moments as SDMX writes them, to the second, in UTC; none is an empty text."""
    array = _array(column).cast(pa.timestamp("s"), safe=False).dictionary_encode()
    texts = [f"{moment.isoformat()}Z" for moment in array.dictionary.to_pylist()]
    return Coded([*texts, ""], array.indices.fill_null(len(texts)))


def constant(text: str, n: int) -> Coded:
    """Return a column in which every row says the same."""
    return Coded([text], pa.array(np.zeros(n, dtype=np.int32)))


Tests = Mapping[str, Sequence[Callable[[str], bool]]]


def passing(columns: Columns, tests: Tests) -> "np.ndarray[Any, Any]":
    """Return for each row whether every component passes its tests."""
    keep = np.ones(height(columns), dtype=bool)
    for name, some in tests.items():
        column = columns[name]
        good = np.array([all(test(text) for test in some) for text in column.texts], dtype=bool)
        if not good.all():
            keep &= good[column.numbers()]
    return keep


def kept(columns: Columns, tests: Tests) -> Columns:
    """Return the rows whose components pass."""
    keep = passing(columns, tests)
    if keep.all():
        return columns
    rows = pa.array(np.flatnonzero(keep))
    return {name: column.only(rows) for name, column in columns.items()}


def part(columns: Columns, first: int, end: int) -> Columns:
    """Return the rows from the first one to before the end."""
    return {name: Coded(column.texts, column.codes[first:end]) for name, column in columns.items()}


def height(columns: Columns) -> int:
    """Return how many rows there are."""
    return len(columns[model.TIME])


def changes(columns: Columns) -> "np.ndarray[Any, Any]":
    """Return the rows at which a new series begins; the first is always one."""
    differs = np.zeros(height(columns), dtype=bool)
    for name in model.KEY:
        if len(columns[name].texts) > 1:
            codes = columns[name].numbers()
            differs[1:] |= codes[1:] != codes[:-1]
    differs[:1] = True
    return np.flatnonzero(differs)


def key(columns: Columns, row: int) -> tuple[str, ...]:
    """Return the key of a row."""
    return tuple(columns[name].texts[columns[name].codes[row].as_py()] for name in model.KEY)


def glued(parts: Sequence["str | pa.Array | Coded"]) -> "pa.Array":
    """Join texts and columns into one text a row; texts stand in every row."""
    ready = [part.array() if isinstance(part, Coded) else part for part in _folded(parts)]
    if all(isinstance(part, str) for part in ready):
        n = next(len(part) for part in parts if not isinstance(part, str))
        return pa.array(ready).take(pa.array(np.zeros(n, dtype=np.int32)))
    return pc.binary_join_element_wise(*ready, "")


MOST_JOINED: Final = 4_000
"""So many texts two columns may make together to be joined as one: fewer than there are rows."""


def _folded(
    parts: Sequence["str | pa.Array | Coded"],
) -> list["str | pa.Array | Coded"]:
    """Join neighbours that make few texts together, so that rows are gone through less often."""
    done: list[str | pa.Array | Coded] = []
    for part in _settled(parts):
        last = done[-1] if done else None
        both = None
        if last is not None and not isinstance(last, pa.Array) and not isinstance(part, pa.Array):
            both = _both(last, part)
        if both is None:
            done.append(part)
        else:
            done[-1] = both
    return done


def _settled(parts: Sequence["str | pa.Array | Coded"]) -> list["str | pa.Array | Coded"]:
    """Take columns that say the same in every row for texts, and join texts that are neighbours."""
    done: list[str | pa.Array | Coded] = []
    for part in parts:
        text = part
        if isinstance(part, Coded) and not part.is_raw and len(part.texts) == 1:
            text = part.texts[0]
        if isinstance(text, str) and done and isinstance(done[-1], str):
            done[-1] += text
        else:
            done.append(text)
    return done


def _both(one: "str | Coded", two: "str | Coded") -> "str | Coded | None":
    """Return two neighbours as one column, or none where that would be too many texts."""
    if isinstance(one, str) or isinstance(two, str):
        return _beside(one, two)
    if one.is_raw or two.is_raw or len(one.texts) * len(two.texts) > MOST_JOINED:
        return None
    size, seconds = len(two.texts), two.texts
    texts = [first + second for first in one.texts for second in seconds]
    return Coded(texts, pa.array(one.numbers() * np.int32(size) + two.numbers()))


def _beside(one: "str | Coded", two: "str | Coded") -> "str | Coded | None":
    """Return a column with a text before or after each of its own."""
    if isinstance(one, str) and isinstance(two, str):
        return one + two
    if isinstance(two, Coded) and isinstance(one, str):
        return None if two.is_raw else Coded([one + text for text in two.texts], two.codes)
    assert isinstance(one, Coded)
    assert isinstance(two, str)
    return None if one.is_raw else Coded([text + two for text in one.texts], one.codes)


def spread(heads: "pa.Array", rows: "np.ndarray[Any, Any]", n: int) -> "pa.Array":
    """Return n texts: these heads at these rows, and nothing elsewhere."""
    places = np.zeros(n, dtype=np.int32)
    places[rows] = np.arange(1, len(rows) + 1, dtype=np.int32)
    return pa.concat_arrays([pa.array([""]), heads]).take(pa.array(places))


def repeated(heads: "pa.Array", rows: "np.ndarray[Any, Any]", n: int) -> "pa.Array":
    """Return n texts: each of these heads from its row on, to before the next."""
    lengths = np.diff(np.append(rows, n))
    return heads.take(pa.array(np.repeat(np.arange(len(rows), dtype=np.int32), lengths)))


def octets(texts: "pa.Array") -> bytes:
    """Return the bytes of texts, one after another."""
    whole = pa.concat_arrays([texts])  # starts at nothing, whatever it was cut from
    data = whole.buffers()[2]
    if data is None:
        return b""
    ends = np.frombuffer(whole.buffers()[1], dtype=np.int32)
    return bytes(memoryview(data)[ends[whole.offset] : ends[whole.offset + len(whole)]])


def attribute(name: str) -> Callable[[str], str]:
    """Return how a text is written as an attribute of XML: nothing where it is empty."""

    def write(text: str) -> str:
        if not text:
            return ""
        return f' {name}="{quoted(text)}"'

    return write


def quoted(text: str) -> str:
    """Return a text as it stands between quotation marks in XML."""
    return escape(
        text.translate(FORBIDDEN), {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    )
