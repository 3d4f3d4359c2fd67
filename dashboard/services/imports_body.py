"""From the cells of a sheet to readings: area, indicator, period, group, value and the rest."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.exchange.reading import numbers, periods
from dashboard.exchange.reading.headers import Part
from dashboard.exchange.reading.sheets import Kind
from dashboard.exchange.reading.vocabulary import normal
from dashboard.services.imports_groups import Groups, together
from dashboard.services.imports_rows import TEXTS, Array, Told, nothing


class Body(Groups):
    """The readings of one sheet."""

    def readings(self) -> pd.DataFrame:
        """Return the readings of the sheet."""
        if not len(self.rows):
            return nothing()
        self._remarks()
        self._merged_values()
        self._headless()
        self._twins()
        self._unread()
        keys = {
            "indicator": self._key("indicator", self._indicator),
            "area": self._key("area", self._area()),
            "period": self._key("period", self._period()),
            "cell": self._cells(),
            **{name: self._text(name) for name in TEXTS},
        }
        self._forgive_totals()
        across = self.layout.across()
        if across:
            return pd.concat(
                [self._across(place, parts, keys) for place, parts in across.items()],
                ignore_index=True,
            )
        places = self.layout.at("value")
        if not places:
            return self._frame(keys, np.zeros(len(self.rows), dtype=np.int32), -1)
        return self._frame(keys, self._values(places[0]), places[0])

    def _frame(self, keys: Mapping[str, Array], said: Array, place: int) -> pd.DataFrame:
        table = pd.DataFrame(
            {
                "sheet": np.full(len(self.rows), len(self.reader.sheets) - 1, dtype=np.int16),
                "row": (self.rows + self.sheet.row).astype(np.int32),
                "column": np.full(len(self.rows), self._number(place), dtype=np.int16),
                **keys,
                "said": said,
                "blocked": self.blocked,
            }
        )
        kept: pd.DataFrame = table.loc[~self.dropped]
        return kept

    def _across(self, place: int, parts: Sequence[Part], keys: dict[str, Array]) -> pd.DataFrame:
        """Return the readings below a header that is itself a year, an indicator, a group."""
        own = dict(keys)
        for kind, code in parts:
            if kind == "group":
                own["cell"] = self._joined(keys["cell"], code)
                continue
            role = "period" if kind == "year" else kind
            value: Any = code
            if role == "area":
                value = next(n for n, row in self.names.areas.items() if row.code == code)
            elif role == "indicator":
                value = next(n for n, row in self.names.indicators.items() if row.code == code)
            own[role] = self._all(role, value)
        unit = self.layout.columns[place].unit
        if unit and not self.layout.at("unit"):
            own["unit"] = self._all("unit", unit)
        said = self._values(place)
        gaps = np.array([_is_blank(one) for one in self.reader.pools["said"].values])
        table = self._frame(own, said, place)
        filled: pd.DataFrame = table.loc[~gaps[table["said"].to_numpy()]]
        return filled

    def _all(self, name: str, value: Any) -> Array:
        """Return one value for every row."""
        return np.full(len(self.rows), self.reader.pools[name].code(value), dtype=np.int32)

    def _joined(self, cells: Array, code: str) -> Array:
        """Return the groups of each row together with one that its column is about."""
        pool = self.reader.pools["cell"]
        used, inverse = np.unique(cells, return_inverse=True)
        both = [pool.code(together(pool.values[one], code)) for one in used]
        made: Array = np.array(both, dtype=np.int32)[inverse]
        return made

    def _key(self, role: str, read: Callable[[str, Kind], Told]) -> Array:
        """Return the numbers of areas, indicators or periods; what stands fixed where none does."""
        places = self.layout.at(role)
        pool = self.reader.pools[role]
        fixed = self.reader.options.fixed.get(role, "")
        if not places:
            told = read(fixed, Kind.TEXT) if fixed else Told("")
            return np.full(len(self.rows), pool.code(told.value), dtype=np.int32)
        if len(places) > 1:
            return self._compared(role, places, read)
        return self._told(places[0], pool, read)

    # Areas, indicators, periods -----------------------------------------------------------

    def _area(self) -> Callable[[str, Kind], Told]:
        places = self.layout.at("area")
        is_iso2 = False
        if places:
            texts = [text for text in self.sheet.columns[places[0]].texts if text.strip()]
            short = [text for text in texts if len(text.strip()) == 2]
            is_iso2 = len(short) > len(texts) / 2

        def read(text: str, _kind: Kind) -> Told:
            found = self.names.area(unscrambled(text) or text, is_iso2=is_iso2)
            doubts = list(_letters(text))
            if found.fault and not (found.id < 0 and any(n == "lost letters" for n, _w in doubts)):
                words = {"text": text.strip(), "near": found.near, "read": found.near or found.code}
                doubts.append((found.fault, words))
            if found.id >= 0 and text != text.rstrip():
                doubts.append(("space", {"text": text}))
            return Told(found.id, tuple(doubts))

        return read

    def _indicator(self, text: str, _kind: Kind) -> Told:
        found = self.names.indicator(text)
        doubts: list[tuple[str, Mapping[str, object]]] = []
        if found.fault:
            words = {"text": text.strip(), "near": found.near, "code": found.code}
            doubts.append((found.fault, {**words, "read": found.code}))
        if found.id >= 0 and text != text.rstrip():
            doubts.append(("space", {"text": text}))
        return Told(found.id, tuple(doubts))

    def _period(self) -> Callable[[str, Kind], Told]:
        places = self.layout.at("period")
        header = normal(self.layout.columns[places[0]].header) if places else ""
        is_year = any(word in header for word in ("year", "annee", "ano", "год", "年", "سنة"))

        def read(text: str, kind: Kind) -> Told:
            found = periods.read(text, kind, is_year=is_year)
            words = {"text": text.strip(), "read": found.period}
            return Told(found.period or "", tuple((name, words) for name in found.doubts))

        return read

    # Texts and values ---------------------------------------------------------------------

    def _text(self, role: str) -> Array:
        places = self.layout.at(role)
        pool = self.reader.pools[role]
        fixed = self.reader.options.fixed.get(role, "")
        if not places:
            series = self.layout.at("indicator")
            if role == "unit" and not fixed and series and self.names.units:
                units = self.names.units
                return self._told(
                    series[0], pool, lambda text, _kind: Told(units.get(normal(text), ""))
                )
            return np.full(len(self.rows), pool.code(fixed), dtype=np.int32)
        column = self.sheet.columns[places[0]]
        used, inverse = np.unique(self.codes[places[0]][self.rows], return_inverse=True)
        found = [pool.code(column.texts[code].strip() or fixed) for code in used]
        codes: Array = np.array(found, dtype=np.int32)[inverse]
        return codes

    def _values(self, place: int) -> Array:
        """Return the numbers of what the cells of a column of values say."""
        column = self.sheet.columns[place]
        used, inverse = np.unique(self.codes[place][self.rows], return_inverse=True)
        cells = [(column.texts[code], column.kinds[code]) for code in used]
        point = self.reader.options.decimal or numbers.point(cells)
        pool = self.reader.pools["said"]
        codes = [pool.code((text, numbers.read(text, kind, point=point))) for text, kind in cells]
        found: Array = np.array(codes, dtype=np.int32)[inverse]
        return found


def _is_blank(said: Any) -> bool:
    return said == "" or (isinstance(said, tuple) and said[1].doubts[:1] == ("empty",))


def _letters(text: str) -> list[tuple[str, Mapping[str, object]]]:
    """Return what is wrong with the letters of a text: lost, or saved in a wrong encoding."""
    if "\ufffd" in text:
        return [("lost letters", {"text": text.strip()})]
    mended = unscrambled(text)
    return [("mojibake", {"text": text.strip(), "read": mended.strip()})] if mended else []


def unscrambled(text: str) -> str:
    """Return what a text was before its UTF-8 was read as a Western encoding, or nothing."""
    if text.isascii() or not any(sign in text for sign in "ÃÂÐÑØÙâ"):
        return ""
    for encoding in ("cp1252", "latin-1"):
        try:
            mended = text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        return mended if mended != text else ""
    return ""
