"""What may not be shown because it could point at a person: small counts, and what reveals them.

A count from 1 to one less than the indicator's smallest cell is hidden. Where the sum over it and
its neighbours is shown as well, a second cell is hidden with it, so that nobody can subtract.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import frames
from dashboard.frames import Flag
from dashboard.progress.cases import TOTAL
from dashboard.progress.selection import Selection

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

HUNDRED: Final = 100.0
_RANK: Final = 1e-9


@dataclass(frozen=True)
class Relation:
    """A cell that is the sum of others: places among the cells."""

    whole: int
    parts: tuple[int, ...]


def disclosed(plan: frames.PlanFrames) -> frames.PlanFrames:
    """Return the plan as it may be published: hidden values are gone and flagged suppressed."""
    hide = hidden(plan)
    if not hide.any():
        return plan
    cube = plan.cube
    flags = np.where(hide, cube.flags | np.uint8(Flag.SUPPRESSED), cube.flags)
    values = np.where(hide, np.nan, cube.values)
    denominators = cube.denominators
    if denominators is not None:
        denominators = np.where(hide[0], np.nan, denominators)
    return replace(plan, cube=replace(cube, values=values, flags=flags, denominators=denominators))


def hidden(plan: frames.PlanFrames, columns: Sequence[int] | None = None) -> Bools:
    """Return which values of the cube are to be hidden, cell x area x indicator x year.

    With `columns` only these indicators are looked at.
    """
    cube = plan.cube
    table = plan.indicators.set_index("indicator").reindex(pd.Index(cube.indicators))
    least = table["min_cell"].fillna(0).to_numpy(np.float64)
    kind = table["kind"].fillna("").to_numpy(object)
    hide = np.zeros(cube.values.shape, dtype=np.bool_)
    related = relations(cube.cells)
    for place in np.flatnonzero(least > 1):
        if columns is not None and place not in columns:
            continue
        if kind[place] == "count":
            values = cube.values[:, :, place]
            hide[:, :, place] = protect(values, _small(values, least[place]), related)
        elif cube.denominators is not None:
            base = cube.denominators[:, place]
            full = HUNDRED if kind[place] == "percentage" else 1.0
            cases = np.round(cube.values[0, :, place] * base / full)
            hide[0, :, place] = _small(cases, least[place]) | _small(base, least[place])
    return hide


def _small(counts: Floats, least: float) -> Bools:
    """Return where a count is from 1 to one less than the smallest that may be shown."""
    return (counts > 0) & (counts < least)


def relations(cells: Sequence[str]) -> tuple[Relation, ...]:
    """Return which cells are sums of others: those that split one of its dimensions further.

    The total is the sum over the sexes; `sex=female` is the sum of `age=...;sex=female`.
    """
    split = [frozenset() if cell == TOTAL else frozenset(cell.split(";")) for cell in cells]
    found = []
    for whole, dimensions in enumerate(split):
        by_dimension: dict[str, list[int]] = {}
        for part, others in enumerate(split):
            added = others - dimensions
            if dimensions < others and len(added) == 1:
                by_dimension.setdefault(next(iter(added)).split("=")[0], []).append(part)
        found += [Relation(whole, tuple(parts)) for parts in by_dimension.values()]
    return tuple(found)


def protect(values: Floats, small: Bools, related: Sequence[Relation]) -> Bools:
    """Return what to hide: the small cells and, until nothing is revealed, their complements.

    `values` and `small` have the cells as first axis. Where exactly one cell of a relation is
    hidden, its smallest other part that is not zero is hidden with it; where there is none, the
    whole.
    """
    hide = small.copy()
    for _ in range(len(values)):
        before = hide.copy()
        for relation in related:
            _complete(values, hide, relation)
        if (hide == before).all():
            break
    return hide


def _complete(values: Floats, hide: Bools, relation: Relation) -> None:
    parts = np.array(relation.parts)
    members = np.append(parts, relation.whole)
    exposed = hide[members].sum(axis=0) == 1
    if not exposed.any():
        return
    others = np.where(hide[parts] | np.isnan(values[parts]), np.inf, values[parts])
    # A zero hides nothing, for everybody can guess it; it is the last resort.
    others = np.where(others == 0, np.finfo(np.float64).max, others)
    smallest = others.argmin(axis=0)
    has_other = np.isfinite(np.take_along_axis(others, smallest[None], axis=0)[0])
    chosen = np.take(parts, smallest)
    for part in relation.parts:
        hide[part] |= exposed & has_other & (chosen == part)
    hide[relation.whole] |= exposed & ~has_other


def concealed(plan: frames.PlanFrames, picked: Selection, figure: Floats) -> Bools:
    """Return which aggregates not to show, year x group x indicator as in the selection.

    Sums of sensitive counts that are small themselves, or from which a hidden count of a State
    could be worked out.
    """
    conceal = np.zeros(figure.shape, dtype=np.bool_)
    least = picked.min_cell
    summed = np.equal(picked.rules, "sum").astype(np.bool_)
    sensitive = np.flatnonzero((least > 1) & summed.any(axis=0))
    if sensitive.size == 0:
        return conceal
    hide = hidden(plan, picked.columns[sensitive].tolist())[0]
    for column in sensitive:
        conceal[..., column] = _small(figure[..., column], least[column])
        for year, when in enumerate(picked.when):
            members = (picked.members[year] > 0) & summed[:, column, None]
            known = ~np.isnan(picked.values[year, :, column])
            conceal[year, :, column] |= revealing(
                members, hide[:, picked.columns[column], when], known
            )
    return conceal & summed


def revealing(members: Bools, hide: Bools, reports: Bools) -> Bools:
    """Return which group sums to hide, so that no hidden member can be worked out from them.

    For one indicator and year: `members` is group x area, `hide` and `reports` are by area. Every
    sum shown is an equation in the hidden values; a value is revealed if the equations fix it.
    Sums are hidden one by one, that of the fewest reporting States first, until none is.
    """
    unknown = np.flatnonzero(hide & reports)
    conceal = np.zeros(len(members), dtype=np.bool_)
    if unknown.size == 0:
        return conceal
    equations = members[:, unknown].astype(np.float64)
    size = (members & reports).sum(axis=1)
    useful = equations.any(axis=1)
    # A sum over one hidden member gives it away whatever else is shown.
    conceal |= equations.sum(axis=1) == 1
    while True:
        shown = np.flatnonzero(useful & ~conceal)
        exposed = _exposed(equations[shown])
        if not exposed.any():
            return conceal
        guilty = shown[equations[shown][:, exposed].any(axis=1)]
        conceal[guilty[np.argmin(size[guilty])]] = True


def _exposed(equations: Floats) -> Bools:
    """Return which unknowns the equations fix: those whose unit vector they span."""
    if equations.size == 0:
        return np.zeros(equations.shape[1], dtype=np.bool_)
    _, scale, rows = np.linalg.svd(equations, full_matrices=False)
    spanned = rows[scale > _RANK * max(1.0, scale[0])]
    # The share of a unit vector within the row space is the sum of squares of its column.
    found: Bools = (spanned**2).sum(axis=0) > 1.0 - _RANK
    return found
