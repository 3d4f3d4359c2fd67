"""Whether a figure can be right: limits, fractions, units, rates, shares and counts."""

from typing import Final

import numpy as np
import pandas as pd

from dashboard.exchange.reading import numbers
from dashboard.services import rules
from dashboard.services.imports_rows import Array, number_of
from dashboard.services.imports_tools import Tools, real, short
from dashboard.services.imports_words import per_how_many, wrong_unit
from models import DIGITS, Kind

USUAL_PERCENT: Final = 10.0
"""A median of percentages among which one below 1 is asked about."""
MANY: Final = 20.0
"""The least whole number that, where a rate is asked, may be a count of people."""


class Figures(Tools):
    """The checks of numbers."""

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
        return np.array([real(one, np.nan) for one in found])

    def _units(self) -> None:
        unit, indicator = self.of("unit"), self.of("indicator")
        texts = self.pools["unit"].values
        if not any(texts):
            return
        pairs = unit.astype(np.int64) * len(self.limits.rows) + indicator
        used, inverse = np.unique(pairs, return_inverse=True)
        told = [
            wrong_unit(
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
            people = real(given or None, self.people.get((area, year), np.nan))
            if not np.isfinite(people) or people <= 0:
                words = {"text": text, "indicator": row.code, "area": self.names.areas[area].name}
                self.mark("no population", [one], {**words, "year": year})
                self.rateless[one] = True
                continue
            rate = short(float(f"{float(text) * per_how_many(row.unit) / people:.6g}"))
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


def _is_long(text: str) -> bool:
    digits = text.replace("-", "").replace(".", "").strip("0")
    return len(digits) > DIGITS or len(text.lstrip("-").partition(".")[0]) > DIGITS
