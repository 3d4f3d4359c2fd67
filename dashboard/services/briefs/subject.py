"""What a briefing note is about: an area of a picture, as known on a day, in words."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Final

import pandas as pd
from sqlmodel import Session

from dashboard import i18n
from dashboard.charts import palette
from dashboard.exchange.brief import Colours, Verdict
from dashboard.i18n import _, number, percent
from dashboard.i18n.labels import word
from dashboard.services import reads, scorecards
from dashboard.services.scorecards import Since
from dashboard.services.texts import IndicatorText, PlanTexts
from dashboard.services.views import Picture
from models import FOREVER, Kind

SIGNS: Final = {"<=": "≤ ", "between": "", ">=": "", "=": ""}
"""What stands before a target where more is not better."""
STANDING: Final = ("agreed", "national", "proposed")
"""Whose target it is, those that go before others first."""
LONG: Final = 150
"""Letters of what a person wrote before it is cut: the page of the area has all of it."""


@dataclass(frozen=True)
class Aim:
    """A target: its sign and value, whose it is, and by when."""

    sign: str
    whose: str  # as it stands before the word
    is_proposed: bool
    value: float
    year: int


@dataclass(frozen=True)
class Subject:
    """An area, and everything that its note is made from."""

    session: Session
    found: Picture
    words: PlanTexts
    area: str
    now: datetime
    publisher: str
    address: str  # of this installation, or empty
    before: Callable[[datetime], Picture]  # the same plan as known at an earlier moment

    @property
    def moment(self) -> datetime:
        """Return the moment the note is of."""
        as_of = self.found.plan.stamp.as_of
        return self.now if as_of == FOREVER else as_of

    @property
    def day(self) -> date:
        """Return the day the note is of, in UTC."""
        return self.moment.astimezone(UTC).date()

    @property
    def known(self) -> str:
        """Return that day as the reader writes it."""
        return i18n.date(self.day, "long")

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of areas, in the reader's language where the record has them."""
        return self.found.names | scorecards.names(self.session, i18n.language())

    @property
    def name(self) -> str:
        """Return the name of the area."""
        return self.names[self.area]

    @cached_property
    def since(self) -> Since:
        """What the present is compared with."""
        return scorecards.since(self.session, self.found.plan.plan, moment=self.moment)

    def indicator(self, code: str) -> IndicatorText:
        """Return an indicator in words."""
        return self.words.indicator(code)

    def amount(self, code: str, value: float, *, is_share: bool = False) -> str:
        """Return a value of an indicator with its unit; levels with how high they go."""
        if pd.isna(value):
            return i18n.NOTHING
        if is_share:
            return percent(value)
        text = self.indicator(code)
        if text.fields["kind"] == Kind.BINARY:
            return _("yes") if value >= 1 else _("no")
        if text.levels:
            most = number(text.levels[-1].value)
            return _("level {value} of {most}").format(value=number(value), most=most)
        return with_unit(value, self.unit(code))

    def figure(self, code: str, value: float, *, is_share: bool = False) -> str:
        """Return a value as it stands in a table: levels as bare numbers."""
        if pd.isna(value):
            return i18n.NOTHING
        text = self.indicator(code)
        if is_share or text.fields["kind"] == Kind.BINARY:
            return self.amount(code, value, is_share=is_share)
        return with_unit(value, "%" if self.unit(code) == "%" else "")

    def unit(self, code: str) -> str:
        """Return the unit of an indicator as it stands behind a number; levels have none."""
        text = self.indicator(code)
        unit = str(text.fields["unit"])
        if text.levels or text.fields["kind"] in {Kind.BINARY, Kind.ORDINAL}:
            return ""
        return "%" if unit.startswith("%") else unit

    @cached_property
    def aims(self) -> dict[str, Aim]:
        """The target of each indicator here: the area's own, else that of every area."""
        rows = self.found.plan.targets
        rows = rows[~rows["is_interim"] & rows["area"].isin([self.area, ""])]
        ranked = rows.assign(
            is_common=rows["area"].eq(""), rank=rows["status"].map(list(STANDING).index)
        ).sort_values(["is_common", "rank", "year"], ascending=[True, True, False], kind="stable")
        return {
            str(row["indicator"]): Aim(
                sign=SIGNS.get(str(row["operator"]), ""),
                whose=word("target_status", str(row["status"])),
                is_proposed=row["status"] == STANDING[-1],
                value=float(row["value"]),
                year=int(row["year"]),
            )
            for row in ranked.drop_duplicates("indicator").to_dict("records")
        }

    def aim(self, code: str) -> Aim | None:
        """Return the target of an indicator here, none where none is set."""
        return self.aims.get(code)

    def target(self, code: str) -> str:
        """Return the target of an indicator here, with sign and unit; empty where none is set."""
        aim = self.aim(code)
        return "" if aim is None else aim.sign + self.amount(code, aim.value)

    def upper(self, code: str) -> float | None:
        """Return the natural limit of an indicator, none where it has none."""
        text = self.indicator(code)
        if text.levels:
            return float(text.levels[-1].value)
        limit = text.fields["upper"]
        return None if limit is None else float(limit)


def with_unit(value: float, unit: str) -> str:
    """Return a value with its unit, with as many decimals as the pages show."""
    gap = "" if unit in {"", "%"} else " "
    return f"{number(value, 2 if abs(value) < 10 else 1)}{gap}{unit}"


def dated(text: str, year: float) -> str:
    """Return a figure with the year it is of."""
    return text if math.isnan(year) else f"{text} ({int(year)})"


def ended(text: str) -> str:
    """Return a text with the stop of the reader's language."""
    return _("{said}.").format(said=text)


def shortened(text: str, most: int = LONG) -> str:
    """Return what a person wrote in one line, cut at a word where it is long."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return line[:most].rpartition(" ")[0].rstrip(",;:") + " …"


def verdict(status: str) -> Verdict:
    """Return a status as readers see it."""
    mark = palette.mark(status)
    return Verdict(
        status=status,
        word=palette.word(status),
        sign=mark.sign,
        fill=palette.fill(status, "light"),
        ink=palette.LIGHT.ink if mark.texture else palette.sign_ink(status, "light"),
        texture=mark.texture,
    )


def colours() -> Colours:
    """Return the colours of paper and ink."""
    return Colours(**{name: getattr(palette.LIGHT, name) for name in Colours.__dataclass_fields__})


def known(value: Any) -> float | None:
    """Return a number, or none where it is missing."""
    return None if pd.isna(value) else float(value)


def pinned(subject: Subject) -> str:
    """Return the moment of the note as an address names it: the day, or the moment within it."""
    moment = subject.moment
    if subject.found.plan.stamp.as_of == FOREVER or moment == reads.end_of(subject.day):
        return subject.day.isoformat()
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
