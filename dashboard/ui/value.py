"""What the page of one figure shows: the value, its evidence, its review, and what it means."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import pandas as pd

from dashboard.i18n import _, breakdowns, date, instant, number
from dashboard.i18n.labels import word
from dashboard.services.texts import IndicatorText, PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import indicator, look, series, ways, widgets
from dashboard.ui.ways import Crumb
from models import TOTAL, Kind

Row = Mapping[Any, Any]
API: Final = "/api/v1/observations"


def pick_area(found: Picture, code: str) -> str:
    """Let the visitor choose an area that has figures of this indicator; empty where none has."""
    return indicator.pick_area(found, code)


def pick_period(table: pd.DataFrame) -> str:
    """Let the visitor choose a period, the newest at first; empty where there is no figure."""
    periods = list(dict.fromkeys(table["period"]))
    if not periods:
        return ""
    return widgets.choose(_("Period"), periods, name="period") or periods[0]


def pick_cell(table: pd.DataFrame, period: str) -> str:
    """Let the visitor choose a part of the figure, everybody at first."""
    own = table.loc[table["period"] == period, "cell"]
    cells = sorted(set(own), key=lambda cell: (cell != TOTAL, str(cell)))
    if len(cells) < 2:
        return str(cells[0]) if cells else TOTAL
    picked = widgets.choose(_("Of whom"), cells, name="cell", show=breakdowns.spelled)
    return picked or str(cells[0])


def trail(found: Picture, words: PlanTexts, text: IndicatorText, area: str) -> list[Crumb]:
    """Return the way to a figure: region, country, measure, indicator."""
    names = found.names
    place = found.plan.areas.set_index("area").loc[area]
    steps = []
    if place["region"]:
        region = str(place["region"])
        steps.append(
            Crumb(names.get(region, region), "indicator", {"indicator": text.code, "group": region})
        )
    steps.append(Crumb(names.get(area, area), "country", {"area": area}))
    if text.measures:
        code = text.measures[0]
        choices = {"measure": code, "area": area}
        steps.append(Crumb(f"{code} {words.measure(code).title}", "measure", choices))
    choices = {"indicator": text.code, "area": area}
    return [*steps, Crumb(f"{text.code} {text.name}", "indicator", choices)]


def head(found: Picture, text: IndicatorText, row: Row) -> look.Html:
    """Return the figure itself in cards: value, period, status, when it was accepted."""
    own = found.progress
    own = own[(own["area"] == row["area"]) & (own["indicator"] == text.code)]
    is_latest = row["cell"] == TOTAL and len(own) > 0 and own["year"].iloc[0] == float(row["year"])
    verdict = look.chip(str(own["status"].iloc[0])) if is_latest else ""
    said = series.read(text, row)
    items = [
        look.card(
            f"{found.names.get(row['area'], row['area'])}, {row['period']}",
            said,
            detail=breakdowns.spelled(str(row["cell"])),
            foot=verdict,
        ),
        look.card(
            _("What sort of figure"),
            word("observation_status", str(row["status"])),
            detail=word("nature", str(row["nature"])),
        ),
        look.card(
            _("Accepted"),
            date(row["accepted_at"]),
            detail=_("as {ref} in the record").format(ref=row["ref"]),
        ),
    ]
    return look.cards(items)


def sheet(text: IndicatorText, row: Row, *, plan: str) -> look.Html:
    """Return where a figure comes from: source, evidence, note, components, its address as data."""
    facts = [
        (_("Source"), _said(row["source"]) or "–"),
        (_("Date of the source"), _said(row["source_date"]) or "–"),
        (_("Evidence"), series.evidence(_said(row["evidence"]))),
        (_("Note"), _said(row["note"]) or "–"),
    ]
    for name, label, said in (
        ("numerator", _("Numerator"), text.fields["numerator"]),
        ("denominator", _("Denominator"), text.fields["denominator"]),
    ):
        given = _said(row[name])
        if given:
            what = f" ({said})" if said else ""
            facts.append((label, f"{number(float(given), 4)}{what}"))
    facts += [
        (_("Definition"), text.fields["definition"]),
        (_("Method"), method(text)),
        (_("As data"), look.anchor(_("The same figure as JSON"), as_data(row, plan))),
    ]
    pieces = [look.facts(facts)]
    if row["is_illustrative"]:
        pieces.append(look.notice(_("This figure was generated; no State reported it."),
                                  tone="warn", title=_("Illustrative.")))  # fmt: skip
    return look.join(pieces)


def _said(value: object) -> str:
    """Return what was said; nothing where nothing was."""
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - not a number


def method(text: IndicatorText) -> str:
    """Return how the figure comes about, in words."""
    kind = word("kind", text.fields["kind"])
    entered = word("entry_mode", text.fields["entry_mode"])
    meaning = {
        Kind.PERCENTAGE: _("numerator divided by denominator, times 100"),
        Kind.RATE: _("numerator divided by denominator, times the base of the unit"),
        Kind.RATIO: _("numerator divided by denominator"),
        Kind.COUNT: _("counted once each"),
    }.get(Kind(text.fields["kind"]), "")
    return ". ".join(part for part in (f"{kind}: {meaning}" if meaning else kind, entered) if part)


def as_data(row: Row, plan: str) -> str:
    """Return the address of a figure in the interface for programs."""
    asked = {
        "plan": plan,
        "indicator": row["indicator"],
        "area": row["area"],
        "cell": row["cell"],
        "from_year": int(row["year"]),
        "to_year": int(row["year"]),
    }
    return f"{API}?{urlencode(asked)}"


def steps(table: pd.DataFrame, text: IndicatorText, period: str) -> look.Html:
    """Return what became of the figure of one period, newest first; never by whom."""
    own = table[table["period"] == period]
    if own.empty:
        return look.empty(_("Nothing has been accepted for this period yet."))
    names = {
        "first": _("Accepted as the first figure"),
        "revised": _("Accepted in place of the figure before"),
        "withdrawn": _("Withdrawn"),
    }
    rows = [
        (
            instant(row["at"]),
            names[row["step"]],
            series.read(text, row),
            row["ref"],
            row["source"] or "–",
            series.evidence(str(row["evidence"] or "")),
        )
        for row in own.to_dict("records")
    ]
    heads = [_("When"), _("What"), _("Figure"), _("Number"), _("Source"), _("Evidence")]
    return look.table(_("Review of this figure"), heads, rows, numeric={2})


def beside(text: IndicatorText, table: pd.DataFrame, row: Row) -> look.Html:
    """Return the figures of the same period broken down, and the periods before and after."""
    own = table[(table["period"] == row["period"]) & (table["cell"] != row["cell"])]
    parts = [
        (
            look.anchor(breakdowns.spelled(str(each["cell"])), series.address(each)),
            series.read(text, each),
        )
        for each in own.to_dict("records")
    ]
    pieces = [_neighbours(table, row)]
    if parts:
        heads = [_("Of whom"), _("Value")]
        pieces.append(look.table(_("The same period, of others"), heads, parts, numeric={1}))
    return look.join(pieces)


def _neighbours(table: pd.DataFrame, row: Row) -> look.Html:
    own = table[table["cell"] == row["cell"]].sort_values("period").reset_index(drop=True)
    here = int(own.index[own["period"] == row["period"]][0])
    links = []
    for step, label in (
        (-1, _("The period before: {period}")),
        (1, _("The period after: {period}")),
    ):
        if 0 <= here + step < len(own):
            other = own.iloc[here + step].to_dict()
            text = label.format(period=other["period"])
            links.append(look.anchor(text, series.address(other)))
    return look.line(links) if links else look.Html("")


def back(text: IndicatorText, row: Row) -> look.Html:
    """Return the ways on from a figure: the whole series, the country, the trail of changes."""
    area = str(row["area"])
    return look.line(
        [
            look.anchor(
                _("The whole series"), ways.address("indicator", indicator=text.code, area=area)
            ),
            look.anchor(_("The whole plan in this area"), ways.address("country", area=area)),
            look.anchor(_("Trail of changes"), ways.address("audit", ref=str(row["ref"]))),
        ]
    )
