"""The part of a note that depends on what it is about; countries and groups each make one."""

from dataclasses import dataclass

import pandas as pd

from dashboard.charts import palette
from dashboard.exchange.brief import Bar, Bars, Fact, Findings, Indicators, Part, Passage
from dashboard.i18n import _, listing, number
from dashboard.services.briefs.subject import verdict


@dataclass(frozen=True)
class Body:
    """What a note says about its area."""

    facts: tuple[Fact, ...]
    sentences: tuple[str, str, str]
    statuses: Bars
    strongest: Findings
    weakest: Findings
    changed: Passage
    blocked: Passage
    indicators: Indicators
    context: Passage
    caveats: tuple[str, ...]


def bars(counts: pd.DataFrame, *, title: str, note: str) -> Bars:
    """Return how many stand where; `counts` has bar, status and n, bars in their order."""
    drawn = counts[counts["n"] > 0]
    made = []
    for label, rows in drawn.groupby("bar", sort=False):
        tally = dict(zip(rows["status"], rows["n"], strict=True))
        parts = tuple(
            Part(verdict(status), int(tally[status])) for status in palette.ordered(list(tally))
        )
        told = listing([f"{part.verdict.word} {number(part.n)}" for part in parts])
        total = sum(part.n for part in parts)
        shown = number(total)
        said = _("{label}: of {total}, {parts}.").format(label=label, total=shown, parts=told)
        made.append(Bar(str(label), parts, total, shown, said))
    return Bars(
        title=title,
        heads=(_("Objective"), _("How its series stand"), _("Series")),
        bars=tuple(made),
        key=tuple(verdict(status) for status in palette.ordered(list(drawn["status"].unique()))),
        note=note,
    )


def with_more(lines: list[str], most: int) -> tuple[str, ...]:
    """Return the first lines, and how many there are beyond them."""
    if len(lines) <= most:
        return tuple(lines)
    rest = number(len(lines) - most)
    return (*lines[:most], _("And {n} more, on the page of this area.").format(n=rest))
