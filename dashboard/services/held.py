"""What is typed against what the record holds already: figures that cannot be right together.

The checks of a table of figures see only that table. A coordinator who corrects one part of a total
types one cell, and the others stand in the record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from dashboard.i18n import _, breakdowns, number
from dashboard.services import lookup
from dashboard.services.drafts import Cell
from models import TOTAL, Kind, ObservationInput, Qualifier
from seed import mappings


@dataclass(frozen=True)
class Doubt:
    """Figures that cannot be right together: at which cell that was typed, and in words."""

    cell: Cell
    name: str
    message: str


@dataclass(frozen=True)
class Known:
    """The figures of an area, those typed in the place of those held."""

    typed: Mapping[Cell, ObservationInput]
    held: Mapping[Cell, Mapping[str, Any]]  # newest rows that stand, or wait for review

    def value(self, cell: Cell) -> Decimal | None:
        """Return an exact value, as typed or else as held."""
        draft = self.typed.get(cell)
        if draft is not None:
            return draft.value if draft.qualifier == Qualifier.EXACT else None
        row = self.held.get(cell)
        return _decimal(row["value"]) if row and not row["qualifier"] else None

    def side(self, cell: Cell, name: str) -> Decimal | None:
        """Return numerator or denominator, as typed or else as held."""
        draft, row = self.typed.get(cell), self.held.get(cell)
        said: Decimal | None = getattr(draft, name) if draft is not None else None
        return said if said is not None or row is None else _decimal(row[name])


def codes(plan: str, typed: Mapping[Cell, object]) -> set[str]:
    """Return the indicators whose figures have a say in whether those typed can be right."""
    own = {cell.indicator for cell in typed}
    rules = [rule for rule in mappings.read().contradiction if rule.plan == plan]
    return own | {
        code
        for rule in rules
        if own & {rule.indicator, rule.other}
        for code in (rule.indicator, rule.other)
    }


def doubts(session: Session, plan: str, known: Known) -> list[Doubt]:
    """Return what cannot be right together, and is not typed whole: that, other checks find."""
    kinds = {
        code: str(lookup.indicator(session, plan, code)._mapping["kind"])
        for code in {cell.indicator for cell in known.typed}
    }
    groups = lookup.dimensions(session, plan)
    return [
        *_rules(plan, known),
        *(one for cell in known.typed for one in _fraction(cell, known, kinds[cell.indicator])),
        *(
            one
            for cell in sorted({cell._replace(cell=TOTAL) for cell in known.typed})
            if kinds[cell.indicator] == Kind.COUNT
            for dimension, wanted in groups.items()
            for one in _parts(cell, dimension, wanted, known)
        ),
    ]


def _decimal(value: object) -> Decimal | None:
    return None if value is None or value != value else Decimal(str(value))  # noqa: PLR0124


def _rules(plan: str, known: Known) -> Iterator[Doubt]:
    """Hold indicators of one period against each other, where at least one of them is typed."""
    places = {(cell.period, cell.cell) for cell in known.typed}
    for rule in mappings.read().contradiction:
        for period, cell in sorted(places) if rule.plan == plan else ():
            high, low = (Cell(code, period, cell) for code in (rule.indicator, rule.other))
            at = next((one for one in (high, low) if one in known.typed), None)
            top, bottom = known.value(high), known.value(low)
            if at is None or top is None or bottom is None:
                continue
            if top >= rule.at_least and bottom < rule.below:
                said = _("{indicator} is {value} and {other} is {low}: {why}.").format(
                    indicator=rule.indicator,
                    value=number(float(top), 4),
                    other=rule.other,
                    low=number(float(bottom), 4),
                    why=_(rule.why),
                )
                yield Doubt(at, "contradiction", said)


def _fraction(cell: Cell, known: Known, kind: str) -> Iterator[Doubt]:
    draft = known.typed[cell]
    is_whole = (draft.numerator is None) == (draft.denominator is None)
    top, below = known.side(cell, "numerator"), known.side(cell, "denominator")
    if kind != Kind.PERCENTAGE or is_whole or top is None or below is None or top <= below:
        return
    said = _("The numerator {top} is above the denominator {below}, one of them held.")
    shown = {"top": number(float(top), 4), "below": number(float(below), 4)}
    yield Doubt(cell, "fraction", said.format(**shown))


def _parts(cell: Cell, dimension: str, wanted: list[str], known: Known) -> Iterator[Doubt]:
    """Hold the parts of a total by one dimension against it, where some are typed and some held."""
    total = known.value(cell)
    cells = [cell._replace(cell=f"{dimension}={code}") for code in wanted]
    values = {one: value for one in cells if (value := known.value(one)) is not None}
    concerned = [cell, *values]
    typed = [one for one in concerned if one in known.typed]
    if total is None or not values or not typed or len(typed) == len(concerned):
        return
    together = sum(values.values(), Decimal(0))
    if together > total or (len(values) == len(wanted) and together != total):
        said = _(
            "The parts by {dimension} make {sum}, and the total is {total}: not all are typed."
        )
        shown = {
            "dimension": breakdowns.spelled(f"{dimension}={wanted[0]}").partition(":")[0],
            "sum": number(float(together), 4),
            "total": number(float(total), 4),
        }
        yield Doubt(typed[0], "split", said.format(**shown))
