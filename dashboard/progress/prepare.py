"""From reported values to one baseline and one latest value a series (methodology, section 3).

Nothing is interpolated or carried forward. A value known only as a limit (`<5`) stays an interval
from `low` to `high`; everywhere else both ends are the value.
"""

from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from dashboard.frames import Flag
from dashboard.progress import bits, rules
from dashboard.progress.rules import Rules

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

STALE_AFTER: Final = 5
"""Years between the latest value and the assessment beyond which the value is stale."""

NEAREST_WITHIN: Final = 2
"""Years around a fixed base year within which another value may stand in for it."""

OPEN_END: Final = 1e-9
"""How near a value may come to a limit that it does not reach, relative to the limit."""


@dataclass(frozen=True)
class Reported:
    """Which years count, as bits of one integer a series (see `bits`), up to the assessment."""

    years: Ints  # of the columns
    values: Floats  # series x year
    flags: Bytes  # series x year
    reported: bits.Bits
    breaks: bits.Bits
    not_applicable: Bools
    asked: Bools  # anything stands in the record, be it only "not available"


@dataclass(frozen=True)
class Prepared:
    """One entry a series; places are places among the years, -1 where there is none."""

    used: bits.Bits  # years from which a trend may be taken
    base: Floats
    base_year: Floats
    base_place: Ints  # -1 also where the plan gives the baseline itself
    base_low: Floats
    base_high: Floats
    value: Floats
    year: Floats
    place: Ints
    low: Floats
    high: Floats
    n_obs: Ints
    flag: Bytes  # Flag byte of the latest value
    shifted: Bools  # the baseline is not of the year that the rule names
    stale: Bools
    broken: Bools  # a break lies between baseline and latest value
    after_plan: Bools  # later values exist that do not count
    censored: Bools

    def pick(self, series: Any) -> Self:
        """Return some series only, by places, slice or mask."""
        return type(self)(*(getattr(self, field.name)[series] for field in fields(self)))


def gather(values: Floats, flags: Bytes, years: tuple[int, ...], year: int) -> Reported:
    """Return what is reported up to the year given; values and flags are series x year."""
    axis = np.asarray(years, dtype=np.int64)
    seen = int(np.searchsorted(axis, year, side="right"))
    values, flags = values[:, :seen], flags[:, :seen]
    reported = bits.pack(~np.isnan(values))
    present = int(np.bitwise_or.reduce(flags, axis=None)) if flags.size else 0
    nothing = np.zeros(len(values), dtype=np.uint64)
    breaks = bits.pack((flags & Flag.BREAK) != 0) if present & Flag.BREAK else nothing
    asked, inapplicable = reported != 0, np.zeros(len(values), dtype=np.bool_)
    if present & (Flag.NOT_APPLICABLE | Flag.NOT_AVAILABLE | Flag.SUPPRESSED):
        asked = asked | (flags != 0).any(axis=1)
        inapplicable_in = bits.pack((flags & Flag.NOT_APPLICABLE) != 0)
        inapplicable = inapplicable_in > reported  # its highest bit is the higher one
    return Reported(axis[:seen], values, flags, reported, breaks, inapplicable, asked)


def prepare(
    seen: Reported, asked: Rules, year: int, *, drop_latest: bool = False, base_step: int = 0
) -> Prepared:
    """Return baseline and latest value of every series as known in the assessment year.

    The deciding value is the first one in or after the target year if there is one, else the
    last: a later value never changes a decision once taken. For the test of robustness
    `drop_latest` leaves the deciding value out, and `base_step` takes the reported value next
    after (+1) or before (-1) the baseline in its place.
    """
    reported = seen.reported
    place = _latest(reported, asked.target_place)
    if drop_latest:
        reported = reported & ~bits.at(place)
        place = _latest(reported, asked.target_place)
    usable = reported & ~bits.since(place + 1)
    base_place, shifted = _baseline(usable, seen.years, asked)
    own = ~np.isnan(asked.base_value)
    first_counted = np.where(own, asked.base_place, base_place)
    if base_step:
        base_place = _stepped(usable, first_counted, base_step)
        own = np.zeros_like(own)
        first_counted = base_place
    broken = np.zeros(len(place), dtype=np.bool_)
    if seen.breaks.any():
        between = seen.breaks & bits.since(first_counted + 1) & ~bits.since(place + 1)
        broken = between != 0
        usable = np.where(broken, usable & bits.since(bits.highest(between)), usable)
        base_place = np.where(broken, bits.lowest(usable), base_place)
        own = own & ~broken
    base_place = np.where(own, -1, base_place)
    base, base_flag = _taken(seen, base_place)
    value, flag = _taken(seen, place)
    base = np.where(own, asked.base_value, base)
    limit = np.uint8(Flag.BELOW | Flag.ABOVE)
    low, high = _interval(value, flag, asked)
    base_low, base_high = _interval(base, base_flag, asked)
    value_year = _year(seen.years, place)
    return Prepared(
        used=usable,
        base=base,
        base_year=np.where(own, asked.base_year, _year(seen.years, base_place)),
        base_place=base_place,
        base_low=base_low,
        base_high=base_high,
        value=value,
        year=value_year,
        place=place,
        low=low,
        high=high,
        n_obs=bits.count(usable),
        flag=flag,
        shifted=shifted & ~own & ~broken & (base_place >= 0),
        stale=value_year < year - STALE_AFTER,
        broken=broken,
        after_plan=(seen.reported & bits.since(place + 1) != 0)
        & (place >= asked.target_place)
        & (place >= 0),
        censored=((flag | base_flag) & limit) != 0,
    )


def _latest(reported: bits.Bits, target_place: Ints) -> Ints:
    decided = bits.lowest(reported & bits.since(target_place))
    return np.where(decided >= 0, decided, bits.highest(reported))


def _baseline(usable: bits.Bits, years: Ints, asked: Rules) -> tuple[Ints, Bools]:
    """Return the place of the baseline by the plan's rule and whether its year had to move."""
    first = bits.lowest(usable)
    from_year = bits.since(asked.base_place)
    after = bits.lowest(usable & from_year)
    before = bits.highest(usable & ~from_year)
    rule = np.where(np.isnan(asked.base_year), rules.FIRST_REPORT, asked.base_rule)
    place = np.where(rule == rules.FIRST_REPORT, first, after)
    fixed = rule == rules.FIXED_YEAR
    if fixed.any():
        ahead = np.where(after >= 0, _year(years, after) - asked.base_year, np.inf)
        behind = np.where(before >= 0, asked.base_year - _year(years, before), np.inf)
        nearest = np.where(ahead <= behind, after, before)
        place = np.where(
            fixed, np.where(np.minimum(ahead, behind) <= NEAREST_WITHIN, nearest, -1), place
        )
    appraisal = rule == rules.BEFORE_APPRAISAL
    place = np.where(appraisal & (before >= 0), before, place)
    on_time = np.where(appraisal, before >= 0, _year(years, place) == asked.base_year)
    return place, (rule != rules.FIRST_REPORT) & ~on_time


def _stepped(usable: bits.Bits, place: Ints, step: int) -> Ints:
    if step > 0:
        return bits.lowest(usable & bits.since(place + 1))
    return bits.highest(usable & ~bits.since(place))


def _taken(seen: Reported, place: Ints) -> tuple[Floats, Bytes]:
    """Return value and flag byte at each place, missing and 0 where there is none."""
    if seen.values.shape[1] == 0:
        return np.full(len(place), np.nan), np.zeros(len(place), dtype=np.uint8)
    line = np.arange(len(place))
    there = place >= 0
    safe = np.where(there, place, 0)
    value = np.where(there, seen.values[line, safe], np.nan)
    return value, np.where(there, seen.flags[line, safe], np.uint8(0))


def _year(years: Ints, place: Ints) -> Floats:
    if len(years) == 0:
        return np.full(len(place), np.nan)
    return np.where(place >= 0, years[np.where(place >= 0, place, 0)], np.nan)


def _interval(value: Floats, flag: Bytes, asked: Rules) -> tuple[Floats, Floats]:
    """Return both ends of what is known: `<5` lies between the natural limit and just under 5."""
    limits = np.uint8(Flag.BELOW | Flag.ABOVE)
    if not (np.bitwise_or.reduce(flag) & limits if flag.size else 0):
        return value, value
    floor = np.where(np.isnan(asked.lower), -np.inf, asked.lower)
    ceiling = np.where(np.isnan(asked.upper), np.inf, asked.upper)
    hair = OPEN_END * np.maximum(1.0, np.abs(value))
    below, above = (flag & Flag.BELOW) != 0, (flag & Flag.ABOVE) != 0
    low = np.where(below, np.minimum(floor, value - hair), np.where(above, value + hair, value))
    high = np.where(above, np.maximum(ceiling, value + hair), np.where(below, value - hair, value))
    return np.where(np.isnan(value), np.nan, low), np.where(np.isnan(value), np.nan, high)
