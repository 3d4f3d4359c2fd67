"""Of whom a figure is: the groups of people that the columns of a row name."""

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from dashboard.exchange.reading.sheets import Kind
from dashboard.exchange.reading.vocabulary import normal
from dashboard.services.imports_meant import Meant
from dashboard.services.imports_rows import Array, Told


class Groups(Meant):
    """The breakdowns of the rows of one sheet."""

    def _cells(self) -> Array:
        """Return the numbers of the combinations of groups that each row is about."""
        parts = [
            self._told(place, self.reader.pools["cell"], self._cell)
            for place in self.layout.at("cell")
        ]
        for dimension in self.names.dimensions:
            places = self.layout.at(f"dimension:{dimension}")
            pool = self.reader.pools["cell"]
            parts += [self._told(place, pool, self._group(dimension)) for place in places]
        parts += [*self._categories(), *self._series()]
        pool = self.reader.pools["cell"]
        codes = np.full(len(self.rows), pool.code("_T"), dtype=np.int32)
        for part in parts:
            pairs, inverse = np.unique(np.stack([codes, part]), axis=1, return_inverse=True)
            joined = [together(pool.values[one], pool.values[two]) for one, two in pairs.T]
            codes = np.array([pool.code(cell) for cell in joined], dtype=np.int32)[inverse.ravel()]
        return codes

    def _group(self, dimension: str) -> Callable[[str, Kind], Told]:
        def read(text: str, _kind: Kind) -> Told:
            code = self.names.group(dimension, text)
            minors = self.names.minors(text) if code is None else ""
            if minors:
                return Told(minors)
            if code is None:
                words = {
                    "text": text.strip(),
                    "dimension": dimension,
                    "codes": ", ".join(self.names.codes.get(dimension, ())),
                }
                return Told("_T", (("unknown group", words),))
            return Told("_T" if code == "_T" else f"{dimension}={code}")

        return read

    def _cell(self, text: str, _kind: Kind) -> Told:
        """Read `sex=female;age=child_0_17`, in our words or in those of others."""
        cell = "_T"
        doubts: list[tuple[str, Mapping[str, object]]] = []
        for part in text.replace(",", ";").split(";"):
            dimension, sign, group = (piece.strip() for piece in part.partition("="))
            if not part.strip() or dimension in {"_T", "total", "Total"}:
                continue
            spelled = normal(dimension)
            word = next((one for one in self.names.dimensions if normal(one) == spelled), "")
            if not sign or not word:
                known = ", ".join(self.names.dimensions)
                words = {"text": part.strip(), "dimension": "breakdown", "codes": known}
                doubts.append(("unknown group", words))
                continue
            told = self._group(word)(group, Kind.TEXT)
            doubts += told.doubts
            cell = together(cell, told.value)
        return Told(cell, tuple(doubts))

    def _series(self) -> list[Array]:
        """Read the groups that the codes of a known file's series speak of."""
        places = self.layout.at("indicator")
        if not places or not self.names.cells:
            return []

        def read(text: str, _kind: Kind) -> Told:
            return Told(self.names.cells.get(normal(text), "_T"))

        return [self._told(places[0], self.reader.pools["cell"], read)]

    def _categories(self) -> list[Array]:
        """Read a pair of columns of which one names the breakdown and the other the group."""
        kinds, groups = self.layout.at("breakdown"), self.layout.at("category")
        if not kinds or not groups:
            return []
        kind, group = self.sheet.columns[kinds[0]], self.sheet.columns[groups[0]]
        pairs, inverse, counts = np.unique(
            np.stack([self.codes[kinds[0]][self.rows], self.codes[groups[0]][self.rows]]),
            axis=1,
            return_inverse=True,
            return_counts=True,
        )
        inverse = inverse.ravel()
        left_out: Counter[str] = Counter()
        cells = []
        for (one, two), n in zip(pairs.T, counts, strict=True):
            cell = self._category(kind.texts[one], group.texts[two])
            cells.append(cell or "_T")
            if cell is None:
                self.dropped |= inverse == len(cells) - 1
                left_out[kind.texts[one].strip()] += int(n)
        for text, n in left_out.items():
            self.log.add("breakdown left out", self.sheet.name, text=text, n=n)
        codes = np.array([self.reader.pools["cell"].code(cell) for cell in cells], dtype=np.int32)
        return [codes[inverse]]

    def _category(self, kind: str, group: str) -> str | None:
        word = normal(kind).removeprefix("by ").removeprefix("par ").removeprefix("por ")
        if self.names.group("", word) == "_T":
            return "_T" if self.names.group("", group) == "_T" else None
        for dimension in self.names.dimensions:
            if normal(dimension) in word.split() or word == dimension:
                code = self.names.group(dimension, group)
                return None if code is None else "_T" if code == "_T" else f"{dimension}={code}"
        return None


def together(one: str, two: str) -> str:
    """Return two combinations of groups as one."""
    if two in {"", "_T"}:
        return one or "_T"
    return two if one in {"", "_T"} else ";".join(sorted([*one.split(";"), *two.split(";")]))
