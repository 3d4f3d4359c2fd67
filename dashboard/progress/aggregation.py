"""One row for each group, indicator and year: the figure, who stands behind it and who is missing.

The rule is the indicator's own; shares are plain fractions. A State that does not report is never
filled in: it is counted, named, and enters the bounds with the least and the most it could bring.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import frames
from dashboard.progress import disclosure, regions
from dashboard.progress.selection import Selection, select
from dashboard.progress.words import spelled

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

RULES: Final = (
    "sum",
    "mean",
    "median",
    "weighted_mean",
    "ratio_of_sums",
    "share_meeting",
    "distribution",
    "direct",
    "recompute",
)
WEIGHED: Final = ("weighted_mean", "ratio_of_sums")
ENTERED: Final = ("direct", "recompute")
"""Rules whose figure is entered for the group itself."""

AGGREGATES: Final[frames.Schema] = {
    "group": "str",
    "indicator": "str",
    "year": "int64",
    "rule": "str",
    "value": "float64",  # share_meeting as a fraction, else the indicator's unit
    "n": "int64",  # States that report
    "states": "int64",  # States that belong in that year and to which the indicator applies
    "coverage": "float64",
    "weight_coverage": "float64",  # missing where no weight is known
    "low": "float64",  # what the value could be at least had all reported; missing if unbounded
    "high": "float64",
    "is_publishable": "bool",
    "missing": "str",  # codes of the States that do not report, divided by a space
}


def aggregate(
    plan: frames.PlanFrames,
    *,
    year: int | None = None,
    groups: Sequence[str] | None = None,
    indicators: Sequence[str] | None = None,
    rule: str | None = None,
) -> pd.DataFrame:
    """Return the aggregates of groups, indicators and years, all where none are given.

    Columns are those of `AGGREGATES`. `rule` shows another rule than the declared one beside it.
    `is_publishable` says whether coverage in States and in weight reaches the indicator's minimum;
    where it does not, show the coverage and not the value. Nor is a share of 100 per cent published
    that stands only because others fell silent (`flattered`). A sum that would show, or let someone
    work out, a count too small to be shown has no value. Raises `ValueError` for an unknown group,
    indicator, year or rule.
    """
    if rule is not None and rule not in RULES:
        raise ValueError(f"no rule of aggregation is called {rule}")
    years = None if year is None else [year]
    picked = select(plan, groups=groups, indicators=indicators, years=years)
    if rule is not None:
        picked = replace(picked, rules=np.full_like(picked.rules, rule))
    return table(plan, picked)


def value(picked: Selection, values: Floats) -> Floats:
    """Return each group's figure by its rule from these values, year x group x indicator.

    A rule that cannot be computed from national values gives none.
    """
    years, groups, _ = picked.members.shape
    out = np.full((years, groups, len(picked.columns)), np.nan)
    for rule in sorted(set(picked.rules.ravel().tolist())):
        where = np.equal(picked.rules, rule).astype(np.bool_)
        some = np.flatnonzero(where.any(axis=0))
        part = _by_rule(rule, picked, values, some)
        out[..., some] = np.where(where[:, some], part, out[..., some])
    return out


def _by_rule(rule: str, picked: Selection, values: Floats, some: Places) -> Floats:
    members = picked.members
    if rule == "share_meeting":
        return regions.mean(picked.condition.met(values)[..., some], members)
    part = values[..., some]
    if rule in {"weighted_mean", "ratio_of_sums"}:
        return regions.weighted_mean(part, members, picked.weights[..., some])
    plain = {"sum": regions.total, "mean": regions.mean, "median": regions.median}
    if rule in plain:
        return plain[rule](part, members)
    return np.full((*members.shape[:2], len(some)), np.nan)


def bounds(picked: Selection) -> tuple[Floats, Floats]:
    """Return what each figure could be at least and at most had every State reported.

    Missing where a State that does not report could bring anything at all. Where the weight of such
    a State is not known either it could outweigh all others: then the natural limits are the ends.
    """
    shares = np.equal(picked.rules, "share_meeting").astype(np.bool_)
    silent = picked.applies & np.isnan(picked.values) & np.isnan(picked.weights)
    heavy = (picked.members @ silent.astype(np.float64)) > 0
    heavy &= np.isin(picked.rules, WEIGHED)
    ends = []
    for filled, worst, limit in (
        (picked.low, 0.0, picked.limits[0]),
        (picked.high, 1.0, picked.limits[1]),
    ):
        known = ~np.isnan(filled) & picked.applies
        whole = (picked.members @ (picked.applies & ~known).astype(np.float64)) == 0
        end = np.where(whole, value(picked, np.where(known, filled, np.nan)), np.nan)
        if shares.any():
            end = np.where(shares, _share_end(picked, worst), end)
        ends.append(np.where(heavy, limit, end))
    return ends[0], ends[1]


def _share_end(picked: Selection, missing_as: float) -> Floats:
    """Return the share that meets with the missing counted as not meeting or as meeting."""
    low, high = picked.condition.met(picked.low), picked.condition.met(picked.high)
    met = np.where(low == high, low, np.nan)  # what both ends agree on is known
    known = picked.condition.met(picked.values)
    met = np.where(np.isnan(known), np.where(np.isnan(met), missing_as, met), known)
    return regions.mean(np.where(picked.applies, met, np.nan), picked.members)


def coverage(picked: Selection) -> regions.Coverage:
    """Return who stands behind each figure."""
    return regions.coverage(~np.isnan(picked.values), picked.applies, picked.members, picked.scale)


def published(plan: frames.PlanFrames, picked: Selection, figure: Floats) -> Bools:
    """Return which figures enough States stand behind and no silence flatters."""
    behind = coverage(picked)
    enough = behind.is_publishable(picked.least) & ~np.isnan(figure)
    return enough & ~flattered(plan, picked, figure)


def flattered(plan: frames.PlanFrames, picked: Selection, figure: Floats) -> Bools:
    """Return the shares that are whole only because a State fell silent that did not meet.

    Everybody who reports meets the condition, and somebody who does not report failed it when last
    known. "All of them" would then be news made of silence.
    """
    shares = np.equal(picked.rules, "share_meeting").astype(np.bool_)
    silent = picked.applies & np.isnan(picked.values)
    suspect: Bools = shares & (figure >= 1.0) & ((picked.members @ silent.astype(np.float64)) > 0)
    some = np.flatnonzero(suspect.any(axis=(0, 1)))
    if some.size == 0:
        return suspect
    last = _last_met(plan, picked, some)[picked.when]
    failed = np.zeros(silent.shape)
    failed[..., some] = (last == 0) & silent[..., some]
    return suspect & ((picked.members @ failed) > 0)


def _last_met(plan: frames.PlanFrames, picked: Selection, some: Places) -> Floats:
    """Return by every year of the cube whether each State met when it was last known."""
    columns = picked.columns[some]
    limit = np.uint8(frames.Flag.BELOW | frames.Flag.ABOVE)
    raw = np.moveaxis(plan.cube.totals[:, columns], -1, 0)
    flags = np.moveaxis(plan.cube.flags[0][:, columns], -1, 0)
    given = picked.condition
    condition = replace(
        given,
        target=given.target[:, some],
        upper=given.upper[:, some],
        sign=given.sign[:, some],
        exact=given.exact[some],
    )
    met = condition.met(np.where((flags & limit) != 0, np.nan, raw))
    years = np.arange(len(met))[:, None, None]
    newest = np.maximum.accumulate(np.where(np.isnan(met), -1, years), axis=0)
    known = np.take_along_axis(met, np.maximum(newest, 0), axis=0)
    return np.where(newest < 0, np.nan, known)


def entered(plan: frames.PlanFrames, picked: Selection) -> Floats:
    """Return the values entered for a group itself where its rule says so, else missing."""
    line = pd.Index(plan.cube.areas).get_indexer(pd.Index(list(picked.groups)))
    own = np.full((len(picked.when), *picked.rules.shape), np.nan)
    for group in np.flatnonzero(line >= 0):
        grid = plan.cube.totals[line[group]][picked.columns][:, picked.when].T
        own[:, group] = np.where(np.isin(picked.rules[group], ENTERED), grid, np.nan)
    return own


def table(plan: frames.PlanFrames, picked: Selection) -> pd.DataFrame:
    """Return a selection as rows of `AGGREGATES`."""
    behind, own = coverage(picked), entered(plan, picked)
    given = ~np.isnan(own)
    computed = value(picked, picked.values)
    hide = disclosure.concealed(plan, picked, computed)
    figures = [
        np.where(given, own, np.where(hide, np.nan, part)) for part in (computed, *bounds(picked))
    ]
    counted_up = np.not_equal(picked.rules, "direct").astype(np.bool_)
    at: tuple[Places, ...] = np.nonzero(((behind.states > 0) & counted_up) | given)
    place, group, indicator = at
    is_own = given[at]

    def counted(values: Floats) -> Floats:
        """Leave out what means nothing for a figure entered at this level."""
        return np.where(is_own, np.nan, values[at])

    publishable = published(plan, picked, figures[0])
    years = np.asarray(plan.cube.years, dtype=np.int64)[picked.when]
    frame = pd.DataFrame(
        {
            "group": spelled(group, picked.groups),
            "indicator": spelled(picked.columns[indicator], plan.cube.indicators),
            "year": years[place],
            "rule": pd.Series(picked.rules[group, indicator].astype(str), dtype="str"),
            "value": figures[0][at],
            "n": np.where(is_own, 0, behind.reporting[at]).astype(np.int64),
            "states": np.where(is_own, 0, behind.states[at]).astype(np.int64),
            "coverage": counted(behind.in_states),
            "weight_coverage": counted(behind.in_weight),
            "low": figures[1][at],
            "high": figures[2][at],
            "is_publishable": publishable[at] | is_own,
            "missing": _missing(plan, picked, at, is_own),
        }
    )
    return frames.check(frame, AGGREGATES)


def _missing(
    plan: frames.PlanFrames, picked: Selection, at: tuple[Places, ...], is_own: Bools
) -> pd.Series:
    """Return who belongs and does not report, as codes divided by a space."""
    place, group, indicator = at
    silent = picked.applies & np.isnan(picked.values)
    absent = (picked.members[place, group] > 0) & silent[place, :, indicator]
    absent[is_own] = False
    # Many rows lack the same States: each set of them is spelled out once.
    known: dict[bytes, int] = {}
    packed = np.packbits(absent, axis=1)
    which = [known.setdefault(line.tobytes(), len(known)) for line in packed]
    first = np.unique(np.array(which, dtype=np.int64), return_index=True)[1]
    codes = np.array(plan.cube.areas, dtype=object)
    names = [" ".join(codes[absent[line]]) for line in first]
    return spelled(np.array(which, dtype=np.int64), names or [""])


def panel(picked: Selection) -> tuple[Floats, Floats, Floats]:
    """Return the figures of a selection's two years over the States that report in both.

    First figure, last figure and the number of States, group x indicator.
    """
    both = ~np.isnan(picked.values).any(axis=0)
    always = picked.members.min(axis=0)
    same = replace(
        picked,
        values=np.where(both, picked.values, np.nan),
        members=np.stack([always, always]),
    )
    figure = value(same, same.values)
    n: Floats = always @ both.astype(np.float64)
    return figure[0], figure[1], n


def matched(
    plan: frames.PlanFrames,
    *,
    first: int,
    last: int,
    groups: Sequence[str] | None = None,
    indicators: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Compare two years over the States that belong, and report, in both.

    A moving set of reporters is the commonest false trend: `first`, `last` and `change` are of
    the matched panel of `n` States, `first_full` and `last_full` of whoever reported in each year.
    """
    picked = select(plan, groups=groups, indicators=indicators, years=[first, last])
    one, two, n = panel(picked)
    full = value(picked, picked.values)
    states = coverage(picked).states[1]
    peopled = np.broadcast_to((picked.members.sum(axis=(0, 2)) > 0)[:, None], n.shape)
    at = np.nonzero(peopled)
    return pd.DataFrame(
        {
            "group": spelled(at[0], picked.groups),
            "indicator": spelled(picked.columns[at[1]], plan.cube.indicators),
            "rule": pd.Series(picked.rules[at].astype(str), dtype="str"),
            "n": n[at].astype(np.int64),
            "states": states[at].astype(np.int64),
            "first": one[at],
            "last": two[at],
            "change": (two - one)[at],
            "first_full": full[0][at],
            "last_full": full[1][at],
        }
    )
