"""What a cell of the scorecard stands for: the series in it, or an aggregate and who is missing."""

import math
from collections.abc import Sequence
from typing import Any

from dashboard import progress
from dashboard.i18n import _, listing, number
from dashboard.i18n.labels import word
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import scorecards
from dashboard.services.views import Picture
from dashboard.ui import cells, look, scorecard, why, widgets
from dashboard.ui.scorecard import Card


def pick(shown: Card, places: Sequence[Any]) -> tuple[str, str]:
    """Let the visitor choose a cell, by a click in the table or from two lists."""
    names = scorecard.spoken(shown.found)
    titles = {code: full for code, _short, full in shown.columns}
    options = {code: names.get(code, code) for code in shown.areas}
    label = scorecard.row_names()[shown.view.rows]
    row = scorecard.choose(places[0], label, options, "row", is_open=True)
    label = scorecard.column_names()[shown.view.columns]
    column = scorecard.choose(places[1], label, titles, "column", is_open=True)
    return row, column


def told(shown: Card, row: str, column: str) -> look.Html:
    """Return why a cell looks as it does."""
    found, view, codes = shown.found, shown.view, shown.codes
    if view.is_many:
        asked = found.plan.indicators
        own = asked.loc[asked["objective"] == column, "indicator"]
        inside = [code for code in codes if code in set(own)]
        return _many(found, inside, row, are_groups=view.are_groups)
    if view.are_groups:
        return _aggregate(found, row, column)
    silent = found.progress
    silent = silent[(silent["area"] == row) & (silent["indicator"] == column)]
    if silent.empty:
        return look.empty(_("Nothing is reported here."), _("It counts as not reported."))
    return why.told(found, row, column)


def _many(found: Picture, codes: Sequence[str], row: str, *, are_groups: bool) -> look.Html:
    """Return the series that a cell counts, each with a link to itself."""
    names = found.indicators
    if are_groups:
        return _distributions(found, codes, row, names)
    drawn = scorecards.of_states(found, codes, [row])
    lines = [
        (
            look.anchor(
                f"{cell['column']}  {names[cell['column']]}",
                widgets.address("indicator", indicator=cell["column"], area=row),
            ),
            value(cell["value"], cell["year"]),
            look.chip(cell["status"]),
            _(cells.ARROWS[cell["move"]][1]) if cell["move"] else _("no trend: one report or none"),
            _(cells.SURE[cell["confidence"]][1]) if cell["confidence"] else "–",
        )
        for cell in drawn.to_dict("records")
    ]
    heads = [
        _("Indicator"),
        _("Latest (year)"),
        _("Status"),
        _("Since the report before"),
        _("Confidence"),
    ]
    return look.table(_("What this cell counts"), heads, lines, numeric={1})


def _distributions(
    found: Picture, codes: Sequence[str], group: str, names: dict[str, str]
) -> look.Html:
    states = sorted(scorecards.members(found, group))
    drawn = scorecards.of_states(found, codes, states)
    lines = []
    for code, cell in drawn.groupby("column", sort=False):
        tally = {str(status): int(n) for status, n in cell["status"].value_counts().items()}
        lines.append(
            (
                look.anchor(
                    f"{code}  {names[str(code)]}",
                    widgets.address("indicator", indicator=str(code)),
                ),
                look.strip(tally),
                look.coverage(int(cell["n"].sum()), int(cell["expected"].sum())),
            )
        )
    heads = [_("Indicator"), _("States"), _("Reporting")]
    return look.table(_("What this cell counts"), heads, lines)


def _aggregate(found: Picture, group: str, code: str) -> look.Html:
    """Return what stands behind an aggregate: rule, panel, who reports and who is missing."""
    drawn = progress.aggregate(found.plan, groups=[group], indicators=[code])
    drawn = drawn[(drawn["year"] <= found.year) & ((drawn["n"] > 0) | drawn["is_publishable"])]
    if drawn.empty:
        return look.empty(_("No State of this group has reported."))
    good = drawn[drawn["is_publishable"]]
    latest = (good if len(good) else drawn).iloc[-1]
    cell = scorecards.of_groups(found, [code], [group]).iloc[0]
    names = scorecard.spoken(found)
    missing = [names.get(one, one) for one in str(latest["missing"]).split()]
    shown = cells.short(float(latest["value"]), bool(cell["is_share"])) if len(good) else "–"
    year = int(latest["year"])
    steps = [
        _("Rule: {rule}").format(rule=word("aggregation", str(latest["rule"]))),
        _("{year}: {value}, {n} of {of} States report").format(
            year=year, value=shown, n=number(int(latest["n"])), of=number(int(latest["states"]))
        ),
        _("Assessed over the same {n} of {of} States in baseline and latest year").format(
            n=number(int(cell["n"])), of=number(int(cell["expected"]))
        ),
        _("Not reported for {year}: {states}").format(year=year, states=listing(missing)),
    ]
    status = str(cell["status"])
    said = (
        _("Too few States report for a verdict on the aggregate.")
        if status in WITHOUT_VERDICT
        else _("The status is that of the aggregate.")
    )
    return look.why(status, said, steps)


def value(figure_: float, year: float) -> str:
    """Return a value with its year."""
    if not math.isfinite(figure_ + year):
        return "–"
    return f"{number(figure_)} ({int(year)})"
