"""What the pages of countries, regions and comparisons say in the same words."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import pandas as pd

from dashboard.i18n import _, listing, number, plural
from dashboard.i18n.labels import word
from dashboard.services import regions
from dashboard.services.texts import IndicatorText
from dashboard.services.views import Picture
from dashboard.ui import look, widgets
from models import AreaKind

FEW: Final = 12
"""Names told in a row before the rest is counted."""
LONGEST: Final = 8
"""Letters of a unit that may stand in a narrow place."""
SIGNS: Final = {">=": "≥ ", "<=": "≤ "}


def is_state(found: Picture, area: str) -> bool:
    """Say whether an area has a profile of its own: a State, an observer or a territory."""
    return not regions.is_group(found, area)


def page_of(found: Picture, area: str) -> str:
    """Return the page on which an area is shown."""
    return "country" if is_state(found, area) else "region"


def anchor(found: Picture, area: str) -> look.Html:
    """Return the name of an area as a link to its page."""
    return look.anchor(
        found.names.get(area, area), widgets.address(page_of(found, area), area=area)
    )


def unit(said: str) -> str:
    """Return a unit as it stands behind a number; nothing for levels, which have none."""
    if said.startswith(("level", "0/1", "criteria")):
        return ""
    return "%" if said.startswith("%") else said


def amount(value: float, said: str, rule: str = "") -> str:
    """Return a value with its unit; a share of States as per cent of them."""
    if math.isnan(value):
        return "–"
    if rule == regions.SHARE:
        return _("{share}% of States").format(share=number(value * 100, 0))
    tail = unit(said)
    gap = "" if tail in {"", "%"} else " "
    return f"{number(value, 2 if abs(value) < 10 else 1)}{gap}{tail}"


def tight(value: float, year: float, said: str) -> str:
    """Return a value with its year for a narrow place: a long unit stands elsewhere."""
    return dated(value, year, said if len(unit(said)) <= LONGEST else "")


def dated(value: float, year: float, said: str, rule: str = "") -> str:
    """Return a value with its unit and the year it is of: no value stands without its year."""
    if math.isnan(value):
        return "–"
    return (
        f"{amount(value, said, rule)} ({int(year)})"
        if not math.isnan(year)
        else amount(value, said, rule)
    )


def years(since: float, until: float) -> str:
    """Return the years that values are of: one, or from which to which."""
    if math.isnan(since):
        return ""
    return str(int(since)) if since == until else f"{int(since)}–{int(until)}"


def behind(n: int, of: int) -> str:
    """Return how many of how many States stand behind a figure."""
    return plural("{n} of {{of}} State", "{n} of {{of}} States", n).format(of=number(of))


def named(found: Picture, codes: Sequence[str], most: int = FEW) -> str:
    """Return the names of areas in a row, the rest counted."""
    names = found.names
    shown = [names.get(code, code) for code in codes[:most]]
    rest = len(codes) - len(shown)
    if rest:
        shown.append(plural("{n} other", "{n} others", rest))
    return listing(shown)


def under(text: str, small: str) -> look.Html:
    """Return a text with a smaller one under it."""
    return look.Html(f'{escape(text)}<br><span class="hw-muted">{escape(small)}</span>')


def roomy(piece: look.Html) -> look.Html:
    """Return a piece for a column that must not shrink to a word a line on a phone."""
    return look.Html(f'<div style="min-inline-size:14rem">{piece}</div>')


def indicator(row: Mapping[Any, Any], area: str = "", **more: str) -> look.Html:
    """Return code and name of an indicator as a link to its page."""
    choices = {"indicator": str(row["indicator"]), **({"area": area} if area else {}), **more}
    return look.anchor(
        f"{row['indicator']}  {row['name']}", widgets.address("indicator", **choices)
    )


def goals(found: Picture, area: str) -> dict[str, str]:
    """Return the target of each indicator in an area in words, with who stands behind it."""
    aims = found.plan.targets
    aims = aims[~aims["is_interim"] & aims["area"].isin([area, found.plan.scope, ""])]
    nearest = aims["area"].map({area: 0, found.plan.scope: 2}).fillna(1)
    aims = aims.assign(nearest=nearest).sort_values("nearest", kind="stable")
    units = dict(
        zip(found.plan.indicators["indicator"], found.plan.indicators["unit"], strict=True)
    )
    told = {}
    for row in aims.drop_duplicates("indicator").to_dict("records"):
        if math.isnan(row["value"]):
            continue
        told[str(row["indicator"])] = _("{value} by {year} ({status})").format(
            value=SIGNS.get(row["operator"], "")
            + amount(row["value"], units.get(row["indicator"], "")),
            year=row["year"],
            status=word("target_status", row["status"]),
        )
    return told


def rule(code: str) -> str:
    """Return how the figure of a group comes about."""
    return word("aggregation", code)


def kinds() -> dict[str, str]:
    """Return what sort of area each kind is, in words."""
    return {
        AreaKind.STATE.value: _("State"),
        AreaKind.OBSERVER.value: _("Observer State"),
        AreaKind.TERRITORY.value: _("Territory"),
        AreaKind.REGION.value: _("Region"),
        AreaKind.SUBREGION.value: _("Subregion"),
        AreaKind.GROUP.value: _("Group of States"),
        AreaKind.WORLD.value: _("World"),
    }


def has_levels(text: IndicatorText) -> bool:
    """Say whether the values of an indicator are levels, between which there is no road."""
    return text.fields["kind"] in {"ordinal", "binary"}


def running(found: Picture) -> str:
    """Return the sentence on the year that is not over, for which reports are still coming in."""
    return _("{year} is not over: reports are still coming in, so it is shown apart.").format(
        year=found.year
    )


def scale(table: pd.DataFrame) -> float:
    """Return by how much the figures of groups are multiplied to be read: shares are per cent."""
    return 100.0 if table["rule"].isin([regions.SHARE]).any() else 1.0


def unit_of(text: IndicatorText, table: pd.DataFrame) -> str:
    """Return the unit of the figures of groups."""
    return "%" if scale(table) > 1 else unit(str(text.fields["unit"]))


def latest(found: Picture, table: pd.DataFrame) -> str:
    """Return how many States stand behind the latest figure of a group, and of which year."""
    told = table[table["n"] > 0]
    over = told[told["is_publishable"] & (told["year"] < found.year)]  # as the sentence above
    known = (told if over.empty else over).sort_values("year")
    if known.empty:
        return widgets.covered(0, table["states"].max() if len(table) else 0, _("States"))
    last = known.iloc[-1]
    return widgets.covered(
        last["n"], last["states"], _("States in {year}").format(year=int(last["year"]))
    )


def ways() -> str:
    """Return what both ends of a way are."""
    return _("From the value at the baseline to the latest one, each with its year.")
