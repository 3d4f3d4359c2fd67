"""What stands beside a figure: source, notes, days and addresses, and who may be named there."""

import re
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from dashboard.exchange.reading import periods
from dashboard.services.imports_tools import Tools
from dashboard.services.imports_words import GAPS, LONGEST, address_of, nature_of, personal

CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""Signs that no page, workbook or markup can carry."""
FIGURE: Final = re.compile(r"[-+]?[\d.,%' ]+")


class Texts(Tools):
    """The checks of texts."""

    def _texts(self) -> None:
        nature = self.by_text("nature", nature_of)
        day = self.by_text("source_date", self._day)
        self.by_text("evidence", address_of)
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
