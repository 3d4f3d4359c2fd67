"""What readings must obey before they may be sent, checked over whole columns at once.

The rules are those of `rules.check`; here they hold for two million rows in a few seconds. Only
rows in which something is found are looked at one by one, to say so.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pandas as pd

from dashboard.exchange.reading import numbers, periods
from dashboard.exchange.reading.numbers import TRUTH
from dashboard.exchange.reading.vocabulary import SCALED, normal
from dashboard.services import rules
from dashboard.services.imports_names import Names
from dashboard.services.imports_rows import Array, Options, Pool, Readings, number_of
from models import DIGITS, MISSING, EntryMode, Kind, Nature, ObservationStatus

KEY: Final = ["area", "indicator", "cell", "period"]
SAID: Final = ("number", "sign", "state", "text")
"""What two rows of one key must say alike."""
GAPS: Final = frozenset(status.value for status in MISSING)
STATUSES: Final[Mapping[str, str]] = {
    **{status.value: status.value for status in ObservationStatus},
    **{
        normal(word): code
        for code, words in {
            "A": "normal|normal value|reported|final|verified|official|ok|validated",
            "B": "break|break in series|series break",
            "D": "definition differs",
            "E": "estimated|estimate|estimated value|est",
            "I": "imputed",
            "P": "provisional|preliminary|prov",
            "U": "low reliability|unreliable",
            "L": "not available|not collected|missing|no data|n/a",
            "M": "not applicable|cannot exist",
            "Q": "suppressed|confidential|missing suppressed",
        }.items()
        for word in words.split("|")
    },
}
NATURES: Final[Mapping[str, str]] = {
    **{nature.value: nature.value for nature in Nature},
    **{"country data": "C", "country adjusted": "CA", "estimated": "E", "modelled": "M"},
    **{"global monitoring": "G", "c": "C", "ca": "CA", "e": "E", "m": "M", "g": "G"},
    **{"global monitoring data": "G", "estimated data": "E", "modelled data": "M"},
}
PERSONAL: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.\w{2,}"
    r"|(?<![\d.,])\+?\d[\d ()/-]{8,}\d(?![\d.,])"
    r"|\b(mr|mrs|ms|miss|mme|sr|sra|señora|señor|frau|herr|г-жа|السيدة)\.? +[A-ZÀ-ÝА-Я][\w'-]+"
    r"|\b(born|née|né|nacid[oa]|dob|date of birth)\b.{0,20}\d{4}"
    r"|\b(passport|passeport|pasaporte|id card|case) *(no|number|nr|n°|#)?[.: ]*[A-Z]{0,3}\d{4,}"
    r"|\b(victim|survivor|witness|name)s?(?: is| was|'s name is|:| named| called)"
    r" +[A-ZÀ-ÝА-Я][\w'-]+ +[A-ZÀ-ÝА-Я][\w'-]+",
    re.IGNORECASE,
)
NAMED: Final = re.compile(
    r"\b(victim|survivor|witness|girl|boy|woman|man|child)s?,? (named |called )?"
    r"[A-ZÀ-ÝА-Я][a-zà-ýа-я'-]+ [A-ZÀ-ÝА-Я][a-zà-ýа-я'-]+"
)
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""Signs that no page, workbook or markup can carry."""
FIGURE: Final = re.compile(r"[-+]?[\d.,%' ]+")
LONGEST: Final = {
    "missing_reason": 1000,
    "text": 4000,
    "source": 1000,
    "evidence": 2000,
    "note": 4000,
    "comment": 4000,
}
UNITS: Final[Mapping[str, str]] = {
    normal(word): unit
    for unit, words in {
        "percent": "%|percent|per cent|percentage|pct|pt|pourcent|pour cent|por ciento|процент|"
        "проценты|百分比|نسبة مئوية|percentage of population|percent of population",
        "per 100000": "per 100 000|per 100,000|per 100000|per 100 000 population|per100k|/100000|"
        "per 100,000 population|pour 100 000 habitants|por 100 000 habitantes|per_100000_pop",
        "per 10000": "per 10 000|per 10,000|per 10,000 employed|per 10000",
        "per 1000": "per 1 000|per 1,000|per 1000|per 1,000 population|per mille|‰|per_1000_pop",
        "count": "count|counts|number|numbers|persons|people|victims|cases|num|no|countries|"
        "nombre|número|personnes|personas|number of persons|чел|человек|人|units|unit",
        "currency": "usd|us dollars|us$|$|usd per year|dollars|constant usd|current usd",
        "ratio": "ratio|index|quotient",
        "level": "level|score|scale|level 0 4|level 0 3|level 0 2|0 1|binary|yes no|ordinal",
        "thousands": "thousands|thousand|000|000s|in thousands|milliers|miles|тыс|k",
        "millions": "millions|million|in millions|mn|млн|m",
    }.items()
    for word in words.split("|")
}
OTHER_UNIT: Final = re.compile(
    r"\b(thousand|million|billion|milliard|millier|mill[oó]n)\w*\b|тыс|млн|млрд|‰|\bper\b|\bpermil|[€£¥]|"
    r"\b(euros?|pounds?|yen|francs?|pesos?|rupees?|shillings?|rubles?)\b|percentage points?",
    re.IGNORECASE,
)
"""Units of which it is certain that they are another, whatever else they say."""
MONEY: Final = re.compile(r"[A-Z]{3}")
"""The code of a currency; the one we know is told among the units."""
OF_KIND: Final[Mapping[Kind, str]] = {
    Kind.PERCENTAGE: "percent",
    Kind.COUNT: "count",
    Kind.CURRENCY: "currency",
    Kind.RATIO: "ratio",
    Kind.ORDINAL: "level",
    Kind.BINARY: "level",
}
OF: Final = {"not yours": "area", "level": "area"}
"""Faults of a pair of area and indicator that are the area's."""
SIGNS: Final = {"": "", "<": "<", ">": ">", "1": "<", "0": "", "true": "<", "false": ""}
USUAL_PERCENT: Final = 10.0
"""A median of percentages among which one below 1 is asked about."""
MANY: Final = 20.0
"""The least whole number that, where a rate is asked, may be a count of people."""
JUMP: Final = 50.0
"""How many times the usual value of its series a figure must be to be asked about."""


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


class Checks:
    """The checks of one file."""

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
            lower=_array(rows, lambda row: _float(row.lower, -np.inf), -np.inf),
            upper=_array(rows, lambda row: _float(row.upper, np.inf), np.inf),
            whole=number & _array(rows, lambda r: r.is_integer or r.kind in rules.WHOLE, False),
            is_level=number & _array(rows, lambda row: row.kind in rules.WHOLE, False),
            is_text=number & _array(rows, lambda row: row.kind == Kind.TEXT, False),
            within=_array(rows, lambda row: row.numerator_within_denominator, False),
            is_share=_array(rows, lambda row: row.kind == Kind.PERCENTAGE, False),
            levels=[frozenset(row.levels) if row is not None else frozenset() for row in rows],
            rows=rows,
        )

    # All of them --------------------------------------------------------------------------

    def run(self) -> pd.DataFrame:
        """Check everything that the file alone can tell, and return the rows with their values."""
        self._keys()
        self._values()
        self._texts()
        self._units()
        self._numbers()
        self._fractions()
        self._twins()
        self._splits()
        self._shares()
        self._counts()
        return self.table.assign(blocked=self.blocked, left_out=self.left_out)

    # Keys ---------------------------------------------------------------------------------

    def _keys(self) -> None:
        area, period = self.pools["area"], self.pools["period"]
        known = np.array([isinstance(one, int) and one >= 0 for one in area.values])
        about = np.array([row is not None for row in self.limits.rows])
        dated = np.array([bool(one) for one in period.values])
        lost = ~(known[self.of("area")] & about[self.of("indicator")] & dated[self.of("period")])
        self.blocked |= lost
        self._period(period)
        if len(self.table):
            self._pairs(known, about)

    def _period(self, pool: Pool) -> None:
        codes = self.of("period")
        future = np.array([bool(one) and rules.starts(one) > self.today for one in pool.values])
        early = np.array([bool(one) and int(one[:4]) < rules.FIRST_YEAR for one in pool.values])
        said = {"first": rules.FIRST_YEAR}
        for name, wrong in (("future", future), ("too early", early)):
            at = np.flatnonzero(wrong[codes])
            self.mark(
                name, at, lambda one: {"text": pool.values[codes[one]], **said}, role="period"
            )

    def _pairs(self, known: Array, about: Array) -> None:
        """Check each pair of area and indicator once: level, right to send, way of entry."""
        area, indicator, cell = self.of("area"), self.of("indicator"), self.of("cell")
        good = known[area] & about[indicator]
        pairs = area.astype(np.int64) * len(self.limits.rows) + indicator
        used, inverse = np.unique(pairs, return_inverse=True)
        told = [
            self._pair(*divmod(int(pair), len(self.limits.rows)))
            if known[pair // len(self.limits.rows)] and about[pair % len(self.limits.rows)]
            else None
            for pair in used
        ]
        wrong = np.array([one is not None for one in told], dtype=bool)[inverse] & good
        for one in np.flatnonzero(wrong):
            name, words = told[inverse[one]]
            self.mark(name, [one], words, role=OF.get(name, "indicator"))
        self._broken_down(indicator, cell, about)

    def _pair(self, area: int, indicator: int) -> tuple[str, dict[str, object]] | None:
        place = self.names.areas[self.pools["area"].values[area]]
        row = self.limits.rows[indicator]
        words = {"text": place.name, "indicator": row.code, "levels": ", ".join(row.levels)}
        if self.covers is not None and place.id not in self.covers:
            return "not yours", words
        if rules.LEVELS[place.kind] not in row.levels:
            return "level", words
        if row.entry_mode == EntryMode.COMPUTED:
            return "computed", words
        if row.entry_mode == EntryMode.CENTRAL_IMPORT and self.covers is not None:
            return "loaded centrally", words
        return None

    def _broken_down(self, indicator: Array, cell: Array, about: Array) -> None:
        cells = self.pools["cell"].values
        pairs = cell.astype(np.int64) * len(self.limits.rows) + indicator
        used, inverse = np.unique(pairs, return_inverse=True)
        told: list[dict[str, object] | None] = []
        for pair in used:
            code, row = cells[pair // len(about)], self.limits.rows[pair % len(about)]
            parts = [part.split("=")[0] for part in code.split(";") if "=" in part]
            wrong = [part for part in parts if row is not None and part not in row.disaggregations]
            offered = ", ".join(row.disaggregations) if row is not None else ""
            told.append(
                {"indicator": row.code, "dimension": wrong[0], "codes": offered or "–"}
                if wrong
                else None
            )
        faulty = np.array([one is not None for one in told], dtype=bool)[inverse]
        for one in np.flatnonzero(faulty):
            words = told[inverse[one]] or {}
            self.mark("not broken down", [one], words, role="cell")

    # Values -------------------------------------------------------------------------------

    def _values(self) -> None:
        """Give each row its value, bound and status; say what is doubtful about the cell."""
        said = self.of("said")
        found = [number_of(one) for one in self.pools["said"].values]
        pool = self.pools.setdefault("number", Pool())
        codes = np.array([pool.code(one.value) for one in found], dtype=np.int32)
        numbers_ = np.array([_float(one.value, np.nan) for one in found])
        signs = np.array([one.qualifier for one in found], dtype=object)
        status = self.by_text("status", _status)
        self.number, self.amount = codes[said], numbers_[said]
        self.words = self.of("text").copy()
        self.state = status
        doubtful = np.array([bool(one.doubts) or one.is_percent for one in found])
        odd = doubtful[said] | self.limits.is_text[self.of("indicator")]
        for one in np.flatnonzero(odd):
            self._doubt(int(one), found[said[one]])
        self.table = self.table.assign(
            number=self.number,
            value=self.amount,
            text=self.words,
            sign=pd.Series(signs[said], dtype="object"),
            state=pd.Series(status, dtype="object"),
        )
        self._bounds()
        self._gaps()

    def _doubt(self, one: int, found: Any) -> None:
        """Say what is doubtful about one cell, now that its indicator is known."""
        row, text = self.indicator(one), self._said(one)
        if self._is_gap(one) and (found.is_gone or not text.strip()):
            return
        if row is not None and row.kind == Kind.TEXT:
            self._words(one, found, text)
            return
        name = found.doubts[-1] if found.doubts else ""
        if row is not None and name in {"text", "truth value", "unit in value"}:
            value = self._level(row, text)
            if value is not None:
                label = "yes or no" if row.kind == Kind.BINARY else "level by its name"
                self._set(one, value)
                self.mark(label, [one], {"text": text.strip(), "read": value})
                return
        if name == "empty":
            self._empty(one)
            return
        for name in found.doubts:
            words = {"text": text.strip(), "read": found.value}
            self.mark(name, [one], words)
        if found.value is None:
            self.blocked[one] |= not found.is_gone
            self.left_out[one] |= found.is_gone
        if found.is_percent and row is not None and row.kind != Kind.PERCENTAGE:
            words = {"text": found.value, "indicator": row.code, "unit": row.unit}
            self.mark("per cent", [one], words)

    def _said(self, one: int) -> str:
        said = self.pools["said"].values[self.of("said")[one]]
        return said[0] if isinstance(said, tuple) else str(said)

    def _is_gap(self, one: int) -> bool:
        return self.state[one] in GAPS

    def _set(self, one: int, value: str) -> None:
        self.number[one] = self.pools["number"].code(value)
        self.amount[one] = float(value)

    def _words(self, one: int, found: Any, text: str) -> None:
        """Take the cell of an indicator that asks for words as its words."""
        has_words = bool(self.pools["text"].values[self.of("text")[one]])
        if not has_words and text.strip() and found.value is None:
            self.words[one] = self.pools["text"].code(text.strip())
        elif found.value is not None:
            words = {"indicator": self.indicator(one).code}
            self.mark("words wanted", [one], words)
        elif not has_words:
            self._empty(one)

    def _empty(self, one: int) -> None:
        if self.options.is_form:
            self.left_out[one] = True
        elif not self.pools["text"].values[self.of("text")[one]]:
            self.mark("empty", [one], {})

    def _level(self, row: Any, text: str) -> str | None:
        """Return the level that a text names: its label, or yes and no."""
        word = normal(text)
        if row.kind == Kind.BINARY and word in TRUTH:
            return TRUTH[word]
        known = self.names.levels.get(row.scale_code or "", {})
        value = known.get(word)
        if value is None:
            start = re.match(r"(?:level |niveau |nivel )?(\d+)\b", word)
            is_level = row.kind in rules.WHOLE and bool(known) and start is not None
            value = int(start[1]) if is_level and start else None
            if value is not None and value not in known.values():
                return None
        return None if value is None else str(value)

    def _bounds(self) -> None:
        """Take the column of bounds where the cell itself has none."""
        given = self.by_text("qualifier", lambda text: ("", SIGNS.get(text.lower(), "")))
        sign = self.table["sign"].to_numpy()
        self.table = self.table.assign(
            sign=pd.Series(np.where(sign == "", given, sign), dtype="object")
        )

    def _gaps(self) -> None:
        """Check that a row either has a value or says why it has none."""
        gap = self.table["state"].isin(GAPS).to_numpy()
        has = np.isfinite(self.table["value"].to_numpy())
        status = self.table["state"].to_numpy()
        reasons = np.array([bool(one) for one in self.pools["missing_reason"].values])
        unsaid = ~reasons[self.of("missing_reason")]
        self.mark("value with a gap", np.flatnonzero(gap & has), lambda one: {"text": status[one]})
        silent = np.flatnonzero(gap & ~has & unsaid)
        self.mark("no reason", silent, lambda one: {"text": status[one]}, role="status")

    # Numbers ------------------------------------------------------------------------------

    def _numbers(self) -> None:
        indicator, value = self.of("indicator"), self.of("value")
        texts = self.pools["number"].values
        long = np.array([one is not None and _is_long(one) for one in texts])
        with np.errstate(invalid="ignore"):
            checks = {
                "above the limit": value > self.limits.upper[indicator],
                "below the limit": value < self.limits.lower[indicator],
                "not whole": self.limits.whole[indicator]
                & np.isfinite(value)
                & (value != np.floor(value)),
                "bound of a level": self.limits.is_level[indicator] & (self.of("sign") != ""),
                "too long a number": long[self.of("number")],
            }
        for name, wrong in checks.items():
            bound = self.limits.upper if name.startswith("above") else self.limits.lower
            for one in np.flatnonzero(wrong):
                self.mark(name, [one], self._number(int(one), bound))

    def _number(self, one: int, bound: Array) -> dict[str, object]:
        row = self.indicator(one)
        return {
            "text": self.pools["number"].values[self.of("number")[one]],
            "limit": f"{bound[self.of('indicator')[one]]:g}",
            "indicator": row.code if row is not None else "",
            "unit": row.unit if row is not None else "",
        }

    def _fractions(self) -> None:
        top, below = (self._side(name) for name in ("numerator", "denominator"))
        self.table = self.table.assign(top=top, below=below)
        both = np.isfinite(top) & np.isfinite(below)
        if not both.any():
            return
        indicator, value = self.of("indicator"), self.of("value")
        above = both & (below > 0) & (top > below) & self.limits.within[indicator]
        flat = np.isfinite(below) & (below <= 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = 100 * top / below
            off = both & (below > 0) & ~above & self.limits.is_share[indicator]
            off &= np.abs(share - value) > float(rules.TOLERANCE)
        self.mark(
            "fraction",
            np.flatnonzero(above),
            lambda one: {"text": short(top[one]), "other": short(below[one])},
        )
        self.mark("denominator", np.flatnonzero(flat), lambda one: {"text": short(below[one])})
        self.mark(
            "not the fraction",
            np.flatnonzero(off),
            lambda one: {
                "text": short(value[one]),
                "top": short(top[one]),
                "other": short(below[one]),
                "share": f"{share[one]:.1f}",
            },
        )

    def _side(self, name: str) -> Array:
        def read(text: str) -> tuple[str, str | None]:
            if not text:
                return "", None
            found = numbers.read(text, point=self.options.decimal)
            return ("", found.value) if found.value is not None else ("no number", None)

        found = self.by_text(name, read)
        self.table = self.table.assign(**{f"{name}_text": pd.Series(found, dtype="object")})
        return np.array([_float(one, np.nan) for one in found])

    # Texts --------------------------------------------------------------------------------

    def _texts(self) -> None:
        nature = self.by_text("nature", _nature)
        day = self.by_text("source_date", self._day)
        self.by_text("evidence", _address)
        self.table = self.table.assign(
            kind=pd.Series(nature, dtype="object"), day=pd.Series(day, dtype="object")
        )
        for name, most in LONGEST.items():
            self._long(name, most)
        for name in ("missing_reason", "text", "note", "comment", "source"):
            self._control(name)
            self._personal(name)
        self._odd_sources()
        gap = self.table["state"].isin(GAPS).to_numpy()
        unsaid = np.array([not one for one in self.pools["source"].values])[self.of("source")]
        wanted = unsaid & ~gap & ~self.left_out & ~self.blocked
        self.mark("no source", np.flatnonzero(wanted), {}, role="source")

    def _day(self, text: str) -> tuple[str, date | None]:
        if not text:
            return "", None
        found = periods.read(text).period or ""
        try:
            day = date.fromisoformat(found)
        except ValueError:
            return "day", None
        return ("day", None) if day > self.today else ("", day)

    def _long(self, name: str, most: int) -> None:
        long = np.array([len(str(one)) > most for one in self.pools[name].values])
        at = np.flatnonzero(long[self.of(name)])
        self.mark("too long", at, {"column": name, "n": most}, role=name)

    def _control(self, name: str) -> None:
        wrong = np.array([bool(CONTROL.search(str(one))) for one in self.pools[name].values])
        self.mark(
            "control signs", np.flatnonzero(wrong[self.of(name)]), {"column": name}, role=name
        )

    def _odd_sources(self) -> None:
        texts, codes = self.pools["source"].values, self.of("source")
        odd = np.array([bool(FIGURE.fullmatch(str(one))) for one in texts])
        at = np.flatnonzero(odd[codes] & ~self.left_out)
        self.mark("odd source", at, lambda one: {"text": texts[codes[one]]}, role="source")

    def _personal(self, name: str) -> None:
        found = [personal(str(one)) for one in self.pools[name].values]
        at = np.flatnonzero(np.array([bool(one) for one in found])[self.of(name)])
        codes = self.of(name)
        self.mark(
            "personal data",
            at,
            lambda one: {"column": name, "text": found[codes[one]]},
            role=name,
        )

    # Units --------------------------------------------------------------------------------

    def _units(self) -> None:
        unit, indicator = self.of("unit"), self.of("indicator")
        texts = self.pools["unit"].values
        if not any(texts):
            return
        pairs = unit.astype(np.int64) * len(self.limits.rows) + indicator
        used, inverse = np.unique(pairs, return_inverse=True)
        told = [
            _unit(
                texts[pair // len(self.limits.rows)], self.limits.rows[pair % len(self.limits.rows)]
            )
            for pair in used
        ]
        faulty = np.array([bool(one) for one in told])[inverse] & ~self.left_out
        counts = np.array([one == "count" for one in told])[inverse] & ~self.left_out
        self._rates(np.flatnonzero(counts))
        for one in np.flatnonzero(faulty & ~counts):
            row = self.indicator(int(one))
            words = {"text": texts[unit[one]], "indicator": row.code, "unit": row.unit}
            self.mark(told[inverse[one]], [one], words, role="unit")

    def _rates(self, at: Array) -> None:
        """Make rates of counts: numerator, population of that year, and what follows from them."""
        if not len(at):
            return
        codes, periods_ = self.of("number").copy(), self.of("period")
        amount, areas = self.of("value").copy(), self.pools["area"].values
        numerator, denominator = self.of("numerator").copy(), self.of("denominator").copy()
        for one in at:
            text = self.pools["number"].values[codes[one]]
            if text is None or self.blocked[one]:
                continue
            area, row = areas[self.of("area")[one]], self.indicator(int(one))
            given = self.pools["denominator"].values[denominator[one]]
            year = int(self.pools["period"].values[periods_[one]][:4])
            people = _float(given or None, self.people.get((area, year), np.nan))
            if not np.isfinite(people) or people <= 0:
                words = {"text": text, "indicator": row.code, "area": self.names.areas[area].name}
                self.mark("no population", [one], {**words, "year": year})
                self.rateless[one] = True
                continue
            rate = short(float(f"{float(text) * _base(row.unit) / people:.6g}"))
            numerator[one] = self.pools["numerator"].code(text)
            denominator[one] = self.pools["denominator"].code(short(people))
            codes[one], amount[one] = self.pools["number"].code(rate), float(rate)
        self.table = self.table.assign(
            number=codes, value=amount, numerator=numerator, denominator=denominator
        )

    def _shares(self) -> None:
        """Ask where percentages lie between 0 and 1: all of them, or few among larger ones."""
        value, indicator = self.of("value"), self.of("indicator")
        percents = np.array([number_of(one).is_percent for one in self.pools["said"].values])
        good = np.isfinite(value) & self.limits.is_share[indicator] & ~self.blocked
        good &= ~percents[self.of("said")] & (self.of("unit") == self.pools["unit"].code(""))
        below = good & (value > 0) & (value < 1)
        for code in np.unique(indicator[below]):
            at = np.flatnonzero(good & (indicator == code))
            few, held = np.flatnonzero(below & (indicator == code)), value[at]
            about = self.limits.rows[code].code
            usual = float(np.median(held))
            if held.max() <= 1:
                self.mark("share", few[:1], {"n": len(at), "indicator": about})
            elif usual >= USUAL_PERCENT:
                for one in few:
                    words = {"text": short(value[one]), "indicator": about, "usual": short(usual)}
                    self.mark("share in series", [one], words)

    def _counts(self) -> None:
        """Ask where every figure of a rate is a whole number: it may be a count."""
        value, indicator = self.of("value"), self.of("indicator")
        is_rate = np.array(
            [row is not None and row.kind == Kind.RATE for row in self.limits.rows], dtype=bool
        )
        unsaid = self.of("unit") == self.pools["unit"].code("")
        good = np.isfinite(value) & is_rate[indicator] & ~self.blocked & unsaid
        for code in np.unique(indicator[good]):
            at = np.flatnonzero(good & (indicator == code))
            held = value[at]
            if (held == np.floor(held)).all() and held.max() >= MANY:
                row = self.limits.rows[code]
                first = at[int(np.argmax(held))]
                words = {"text": short(value[first]), "indicator": row.code, "unit": row.unit}
                self.mark("count for rate", [first], words)

    # Rows against rows --------------------------------------------------------------------

    def _twins(self) -> None:
        """Find rows of one key: those that say the same count once, the others are all blocked."""
        keys = _joint(
            [self.of(name) for name in KEY], [len(self.pools[name].values) for name in KEY]
        )
        counted = (~self.blocked | self.rateless) & ~self.left_out
        said = {name: self.of(name) for name in SAID}
        table = pd.DataFrame({"key": keys, **said})[counted]
        twins = table[table["key"].duplicated(keep=False)]
        if twins.empty:
            return
        first = twins.groupby("key", sort=False).head(1).set_index("key")
        origin = dict(
            zip(
                first.index,
                first.index.map(dict(zip(twins["key"][::-1], twins.index[::-1], strict=True))),
                strict=True,
            )
        )
        clash = twins.groupby("key")[list(SAID)].nunique(dropna=False).gt(1).any(axis=1)
        clashing = set(clash.index[clash])
        for at, key in zip(twins.index, twins["key"], strict=True):
            head = origin[key]
            if key in clashing:
                mate = self._mate(twins, key, at)
                self.mark("conflict", [at], {"other": self._place(mate, at)})
            elif at != head:
                self.mark("duplicate", [at], {"other": self._place(head, at)})
                self.left_out[at] = True

    def _place(self, one: int, beside: int) -> str:
        """Return the row of a reading, with its sheet where that is another."""
        sheets, row = self.of("sheet"), int(self.of("row")[one])
        sheet = "" if sheets[one] == sheets[beside] else self.readings.sheets[sheets[one]]
        return f"{row} ({sheet})" if sheet else str(row)

    def _mate(self, twins: pd.DataFrame, key: int, at: int) -> int:
        mates = self._mates(twins).get(key, [])
        return next((one for one in mates if one != at), at)

    def _mates(self, twins: pd.DataFrame) -> dict[int, list[int]]:
        if not hasattr(self, "_known_mates"):
            found: dict[int, list[int]] = {}
            for at, key in zip(twins.index, twins["key"], strict=True):
                if len(found.setdefault(key, [])) < 2:
                    found[key].append(at)
            self._known_mates = found
        return self._known_mates

    def _splits(self) -> None:
        """Hold the parts by one dimension against the total of the same file."""
        cells = self.pools["cell"].values
        for dimension, codes in self.names.codes.items():
            parts = [
                number
                for number, cell in enumerate(cells)
                if re.fullmatch(rf"{re.escape(dimension)}=\w+", str(cell))
            ]
            if parts:
                self._split(dimension, parts, len(codes))

    def _split(self, dimension: str, parts: Sequence[int], _groups: int) -> None:
        total = self.pools["cell"].code("_T")
        exact = (
            ~self.blocked & ~self.left_out & np.isfinite(self.of("value")) & (self.of("sign") == "")
        )
        cell = self.of("cell")
        used = exact & (np.isin(cell, parts) | (cell == total))
        names = ["area", "indicator", "period"]
        keys = _joint(
            [self.of(name) for name in names], [len(self.pools[name].values) for name in names]
        )
        table = pd.DataFrame({"key": keys, "value": self.of("value"), "is_total": cell == total})[
            used
        ]
        totals = table[table["is_total"]].groupby("key")["value"].first()
        rest = table[~table["is_total"]]
        groups = (
            rest.groupby("key")["value"]
            .agg(["sum", "min", "max", "count"])
            .join(totals, how="inner")
        )
        if groups.empty:
            return
        heads = table[table["is_total"]].reset_index().groupby("key")["index"].first()
        kinds = self.of("indicator")[heads.loc[groups.index].to_numpy()]
        adds = np.array(
            [
                row is not None and row.kind in {Kind.COUNT, Kind.CURRENCY}
                for row in self.limits.rows
            ]
        )[kinds]
        over = adds & (groups["sum"] > groups["value"] * 1.0005).to_numpy()
        whole = (groups["count"] >= 2).to_numpy() & self.limits.is_share[kinds]
        slack = 0.05 + 0.001 * groups["value"].abs()
        outside = (
            whole
            & (
                (groups["value"] > groups["max"] + slack)
                | (groups["value"] < groups["min"] - slack)
            ).to_numpy()
        )
        for key in groups.index[over | outside]:
            told = groups.loc[key]
            text = (
                short(told["sum"])
                if over[groups.index.get_loc(key)]
                else f"{short(told['min'])}–{short(told['max'])}"
            )
            words = {"dimension": dimension, "text": text, "other": short(told["value"])}
            self.mark("split", [heads[key]], words)


def _joint(columns: Sequence[Array], sizes: Sequence[int]) -> Array:
    """Return one number for each combination of columns of numbers."""
    joint = np.zeros(len(columns[0]), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        joint = joint * max(size, 1) + column
    return joint


def _array(rows: Sequence[Any], read: Callable[[Any], Any], missing: Any = None) -> Array:
    if missing is None:
        return np.array([read(row) for row in rows])
    return np.array([missing if row is None else read(row) for row in rows])


def _float(value: Any, missing: float) -> float:
    return missing if value is None else float(value)


def short(value: float) -> str:
    """Return a number as a person writes it."""
    return format(Decimal(format(value, ".12g")), "f")


def _is_long(text: str) -> bool:
    digits = text.replace("-", "").replace(".", "").strip("0")
    return len(digits) > DIGITS or len(text.lstrip("-").partition(".")[0]) > DIGITS


def _status(text: str) -> tuple[str, str]:
    if not text:
        return "", ObservationStatus.NORMAL.value
    chosen = re.match(r"([A-Z]): ", text)  # from the list of a workbook, with its meaning
    found = STATUSES.get(chosen[1] if chosen else text.upper()) or STATUSES.get(normal(text))
    return ("", found) if found else ("status", ObservationStatus.NORMAL.value)


def _nature(text: str) -> tuple[str, str]:
    if not text:
        return "", Nature.COUNTRY.value
    found = NATURES.get(text) or NATURES.get(normal(text))
    return ("", found) if found else ("nature", Nature.COUNTRY.value)


def _address(text: str) -> tuple[str, str]:
    return ("", text) if not text or re.match(r"https?://\S+\.\S+", text) else ("address", text)


def personal(text: str) -> str:
    """Return the piece of a text that may name a person, or nothing."""
    text = text[: max(LONGEST.values())]
    found = PERSONAL.search(text) or NAMED.search(text)
    return found[0].strip()[:60] if found else ""


def _unit(text: str, row: Any) -> str:
    """Return what is wrong with a unit for an indicator; nothing where they agree."""
    if not text or row is None or normal(text) == normal(row.unit):
        return ""
    if text == "not per cent":  # all that IATI says of a plain unit
        return "unit" if row.kind == Kind.PERCENTAGE else ""
    theirs = UNITS.get(normal(text))
    ours = OF_KIND.get(row.kind) or UNITS.get(normal(row.unit), "rate")
    if theirs is None:
        is_other = OTHER_UNIT.search(text) or SCALED.search(text)
        return "unit" if is_other or MONEY.fullmatch(text.strip()) else "unknown unit"
    if theirs == "count" and row.kind == Kind.RATE and "population" in row.unit:
        return "count"
    return "" if theirs == ours else "unit"


def _base(unit: str) -> int:
    """Return of how many a rate is: per 100,000 population, per 1,000 population."""
    found = re.search(r"per ([0-9][0-9, ]*)", unit)
    return int(re.sub("[, ]", "", found[1])) if found else 1
