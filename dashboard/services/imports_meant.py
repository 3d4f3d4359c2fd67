"""What the texts of a column mean, found once for each; two columns of one role compared."""

from collections.abc import Callable

import numpy as np

from dashboard.exchange.reading.sheets import Kind
from dashboard.services.imports_beside import Beside
from dashboard.services.imports_rows import Array, Pool, Told


class Meant(Beside):
    """The meaning of texts."""

    def _told(
        self, place: int, pool: Pool, read: Callable[[str, Kind], Told], *, log: bool = True
    ) -> Array:
        """Return for each row the number of what its text means, and note what is doubtful."""
        column = self.sheet.columns[place]
        used, inverse = np.unique(self.codes[place][self.rows], return_inverse=True)
        told = [read(column.texts[code], column.kinds[code]) for code in used]
        codes = np.array([pool.code(one.value) for one in told], dtype=np.int32)[inverse]
        if log:
            doubtful = np.array([bool(one.doubts) for one in told], dtype=bool)[inverse]
            self._left_out(told, inverse, place)
            for at in np.flatnonzero(doubtful & ~self.dropped):
                row = int(self.rows[at]) + self.sheet.row
                for name, words in told[inverse[at]].doubts:
                    self.dropped[at] |= name == "total row"
                    is_error = self.log.add(
                        name, self.sheet.name, row, self._number(place), **words
                    )
                    self.blocked[at] |= is_error
        return codes

    def _left_out(self, told: list[Told], inverse: Array, place: int) -> None:
        """Leave out rows about which one remark speaks for all of them."""
        for number, one in enumerate(told):
            for name, words in one.doubts:
                if name == "not asked":
                    at = np.flatnonzero((inverse == number) & ~self.dropped)
                    self.dropped[at] = True
                    row = int(self.rows[at[0]]) + self.sheet.row if len(at) else 0
                    said = {**words, "n": len(at)}
                    self.log.add(name, self.sheet.name, row, self._number(place), **said)

    def _compared(self, role: str, places: list[int], read: Callable[[str, Kind], Told]) -> Array:
        """Read the column of codes; where it is blank, the next; where both differ, say so."""
        pool = self.reader.pools[role]
        before = self.blocked.copy()
        codes = self._told(places[0], pool, read)
        nothing = pool.code(-1)
        for place in places[1:]:
            other = self._told(place, pool, read, log=False)
            texts, mine = self.sheet.columns[place], self.sheet.columns[places[0]]
            blank = np.array([not text.strip() for text in mine.texts])[
                self.codes[places[0]][self.rows]
            ]
            empty = blank & (codes == nothing) & (other != nothing)
            codes[empty] = other[empty]
            self._forgive(places[0], role, empty, before)
            differ = (codes != other) & (codes != nothing) & (other != nothing)
            for at in np.flatnonzero(differ):
                row = int(self.rows[at])
                self.blocked[at] |= self.log.add(
                    "two areas" if role == "area" else "two indicators",
                    self.sheet.name,
                    row + self.sheet.row,
                    self._number(place),
                    text=mine.texts[self.codes[places[0]][row]],
                    other=texts.texts[self.codes[place][row]],
                )
        return codes

    def _forgive(self, place: int, role: str, rows: Array, before: Array) -> None:
        """Take back the fault of a blank code where the name beside it says the same."""
        if not rows.any():
            return
        lines = set((self.rows[rows] + self.sheet.row).tolist())
        number, name = self._number(place), f"no {role}"
        self.log.found = [
            one
            for one in self.log.found
            if not (
                one.name == name
                and one.column == number
                and one.row in lines
                and one.sheet == self.sheet.name
            )
        ]
        self.blocked[rows] = before[rows]

    def _forgive_totals(self) -> None:
        """Take back what is missing in a row that was left out because it is a sum."""
        lines = set((self.rows[self.dropped] + self.sheet.row).tolist())
        if lines:
            self.log.found = [
                one
                for one in self.log.found
                if not (
                    one.name in {"no indicator", "no area", "no period"}
                    and one.row in lines
                    and one.sheet == self.sheet.name
                )
            ]
