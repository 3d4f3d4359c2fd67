"""What a value must obey before it may enter the record, and the sentences when it does not."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from models import (
    MISSING,
    TOTAL,
    AreaKind,
    EntryMode,
    Fault,
    Kind,
    Level,
    ObservationInput,
    Qualifier,
)

FIRST_YEAR: Final = 1990
LEVELS: Final = {
    AreaKind.STATE: Level.NATIONAL,
    AreaKind.OBSERVER: Level.NATIONAL,
    AreaKind.TERRITORY: Level.NATIONAL,
    AreaKind.REGION: Level.REGIONAL,
    AreaKind.SUBREGION: Level.REGIONAL,
    AreaKind.GROUP: Level.REGIONAL,
    AreaKind.WORLD: Level.GLOBAL,
}
WHOLE: Final = frozenset({Kind.ORDINAL, Kind.BINARY})
TOLERANCE: Final = Decimal("0.5")
"""How far a percentage may lie from its own numerator and denominator: rounding, no more."""


def check(
    draft: ObservationInput,
    indicator: Any,
    area: Any,
    *,
    dimensions: Mapping[str, list[str]],
    today: date,
    centrally: bool,
) -> list[Fault]:
    """Return what is wrong with a draft, each fault with the field it is in; none where it may go.

    `indicator` and `area` are the rows behind the draft's codes; `centrally` says that the sender
    may load indicators that come from an international source.
    """
    return [
        *_place(draft, indicator, area, centrally),
        *_period(draft, today),
        *_cell(draft, indicator, dimensions),
        *_number(draft, indicator),
        *_fraction(draft, indicator),
    ]


def _place(draft: ObservationInput, indicator: Any, area: Any, centrally: bool) -> list[Fault]:
    level = LEVELS[area.kind]
    if level not in indicator.levels:
        asked = ", ".join(indicator.levels)
        return [Fault("area", f"{area.name} is {level}, but {draft.indicator} is reported {asked}")]
    if indicator.entry_mode == EntryMode.COMPUTED:
        return [Fault("indicator", f"{draft.indicator} is computed here: it is never entered")]
    if indicator.entry_mode == EntryMode.CENTRAL_IMPORT and not centrally:
        source = indicator.source.rstrip(".")
        return [
            Fault(
                "indicator",
                f"{draft.indicator} is loaded centrally from its source ({source}); "
                "write to the secretariat where the figure is wrong",
            )
        ]
    return []


def _period(draft: ObservationInput, today: date) -> list[Fault]:
    if starts(draft.period) > today:
        return [Fault("period", f"{draft.period} lies in the future")]
    if draft.year < FIRST_YEAR:
        return [Fault("period", f"{draft.period} is before {FIRST_YEAR}")]
    if draft.source_date and draft.source_date > today:
        return [Fault("source_date", f"{draft.source_date} lies in the future")]
    return []


def starts(period: str) -> date:
    """Return the first day of a period: 2024, 2024-07, 2024-Q3, 2024-S2, 2024-07-30 or 2024/P2Y."""
    year, rest = int(period[:4]), period[4:].lstrip("-")
    if rest.startswith(("Q", "S")):
        return date(year, 1 + (3 if rest[0] == "Q" else 6) * (int(rest[1]) - 1), 1)
    if not rest or rest.startswith("/"):
        return date(year, 1, 1)
    return date.fromisoformat(period if len(rest) > 2 else f"{period}-01")


def _cell(
    draft: ObservationInput, indicator: Any, dimensions: Mapping[str, list[str]]
) -> list[Fault]:
    if draft.cell == TOTAL:
        return []
    faults = []
    for part in draft.cell.split(";"):
        dimension, code = part.split("=")
        if dimension not in indicator.disaggregations:
            offered = ", ".join(indicator.disaggregations) or "nothing"
            faults.append(
                Fault("cell", f"{draft.indicator} is broken down by {offered}, not by {dimension}")
            )
        elif code not in dimensions.get(dimension, []):
            offered = ", ".join(dimensions.get(dimension, []))
            faults.append(Fault("cell", f"{dimension} has no code {code}: use one of {offered}"))
    return faults


def _number(draft: ObservationInput, indicator: Any) -> list[Fault]:
    value = draft.value
    if value is None:
        if indicator.kind != Kind.TEXT and draft.status not in MISSING:
            return [Fault("value", f"{draft.indicator} asks for a number")]
        return []
    if indicator.kind == Kind.TEXT:
        return [Fault("value", f"{draft.indicator} asks for words, not for a number")]
    if (indicator.is_integer or indicator.kind in WHOLE) and value != value.to_integral_value():
        return [Fault("value", f"{value} is not a whole number, which {draft.indicator} asks for")]
    if indicator.kind in WHOLE and draft.qualifier != Qualifier.EXACT:
        return [Fault("qualifier", "a level is reported as it is, not as a bound")]
    if indicator.lower is not None and value < indicator.lower:
        return [Fault("value", f"{value} is below {indicator.lower}, the least that is possible")]
    if indicator.upper is not None and value > indicator.upper:
        return [Fault("value", f"{value} is above {indicator.upper}, the most that is possible")]
    return []


def _fraction(draft: ObservationInput, indicator: Any) -> list[Fault]:
    numerator, denominator = draft.numerator, draft.denominator
    if numerator is None or denominator is None:
        return []
    if denominator <= 0:
        return [Fault("denominator", f"{denominator} must be above zero")]
    if indicator.numerator_within_denominator and numerator > denominator:
        return [Fault("numerator", f"{numerator} is above its denominator {denominator}")]
    if indicator.kind == Kind.PERCENTAGE and draft.value is not None:
        share = 100 * numerator / denominator
        if abs(share - draft.value) > TOLERANCE:
            return [
                Fault(
                    "value",
                    f"{draft.value} does not follow from {numerator} of {denominator}, "
                    f"which is {share:.1f} %",
                )
            ]
    return []
