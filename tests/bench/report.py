"""One line of the report: what was measured, ours and a reference in the same run, and the goal."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("what", "ours", "reference", "ratio", "to reach")


@dataclass(frozen=True)
class Row:
    """A figure of ours beside a reference taken in the same run.

    `to_reach` bounds `ours / reference`, or `ours` itself where there is no reference.
    """

    what: str
    ours: float
    reference: float | None
    unit: str
    to_reach: float | None = None

    @property
    def ratio(self) -> float | None:
        """Return ours as a multiple of the reference."""
        return None if self.reference is None else self.ours / self.reference

    @property
    def is_reached(self) -> bool:
        """Say whether the goal, where there is one, is reached."""
        held = self.ours if self.reference is None else self.ours / self.reference
        return self.to_reach is None or held <= self.to_reach

    def cells(self) -> tuple[str, ...]:
        """Return the row as text, in the order of `HEAD`."""
        goal = ""
        if self.to_reach is not None:
            bound = f"{self.to_reach:g} {self.unit}" if self.reference is None else self.to_reach
            goal = f"≤ {bound}{'' if self.is_reached else '  missed'}"
        return (
            self.what,
            f"{self.ours:,.2f} {self.unit}",
            "" if self.reference is None else f"{self.reference:,.2f} {self.unit}",
            "" if self.ratio is None else f"{self.ratio:.2f}",
            goal,
        )


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table in plain text."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place in {0, len(HEAD) - 1} else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]
