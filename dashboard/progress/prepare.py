"""From reported values to one baseline and one latest value a series (methodology, section 3).

Nothing is interpolated or carried forward. A value known only as a limit (`<5`) stays an interval;
everywhere else both ends are the value.
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

LIMIT: Final = Flag.BELOW | Flag.ABOVE
SILENT: Final = Flag.NOT_APPLICABLE | Flag.NOT_AVAILABLE | Flag.SUPPRESSED


@dataclass(frozen=True)
class Reported:
    """Which years count, as bits of one integer a series (see `bits`), up to the assessment."""

    years: Ints  # of the columns
    values: Floats  # series x year
    flags: Bytes  # series x year
    present: int  # every `Flag` that occurs at all
    reported: bits.Bits
    breaks: bits.Bits | None  # none where nothing breaks

    def among(self, flag: int) -> bits.Bits:
        """Return the years that carry any of these flags."""
        if not self.present & flag:
            return np.zeros_like(self.reported)
        return bits.pack((self.flags & np.uint8(flag)) != 0)

    @property
    def not_applicable(self) -> Bools:
        """Return where the last word of a series is that the indicator does not apply."""
        # Whichever has the higher last bit is the larger integer.
        found: Bools = self.among(Flag.NOT_APPLICABLE) & ~self.reported > self.reported
        return found

    @property
    def asked(self) -> Bools:
        """Return where anything stands in the record, be it only "not available"."""
        found: Bools = (self.reported | self.among(SILENT)) != 0
        return found


@dataclass(frozen=True)
class Prepared:
    """One entry a series; places are places among the years, -1 where there is none."""

    used: bits.Bits  # years from which a trend may be taken
    base: Floats
    base_year: Floats
    base_place: Ints  # -1 also where the plan gives the baseline itself
    base_flag: Bytes
    value: Floats
    year: Floats
    place: Ints
    flag: Bytes  # Flag byte of the latest value
    broken: Bools  # a break lies between baseline and latest value

    def pick(self, series: Any) -> Self:
        """Return some series only, by places, slice or mask."""
        return type(self)(*(getattr(self, field.name)[series] for field in fields(self)))

    @property
    def n_obs(self) -> Ints:
        """Return how many values count."""
        return bits.count(self.used)

    @property
    def censored(self) -> Bools:
        """Return where baseline or latest value is only known as a limit."""
        found: Bools = ((self.flag | self.base_flag) & np.uint8(LIMIT)) != 0
        return found

    def stale(self, year: int) -> Bools:
        """Return where the latest value is too old in the assessment year."""
        found: Bools = self.year < year - STALE_AFTER
        return found


def gather(values: Floats, flags: Bytes, years: tuple[int, ...], year: int) -> Reported:
    """Return what is reported up to the year given; values and flags are series x year."""
    axis = np.asarray(years, dtype=np.int64)
    seen = int(np.searchsorted(axis, year, side="right"))
    if seen < len(axis):
        values, flags = values[:, :seen], flags[:, :seen]
    present = int(np.bitwise_or.reduce(flags, axis=None)) if flags.size else 0
    breaks = bits.pack((flags & Flag.BREAK) != 0) if present & Flag.BREAK else None
    return Reported(axis[:seen], values, flags, present, bits.pack(~np.isnan(values)), breaks)


def prepare(
    seen: Reported,
    asked: Rules,
    *,
    drop_latest: bool = False,
    base_step: int = 0,
    window: int | None = None,
) -> Prepared:
    """Return baseline and latest value of every series.

    The deciding value is the first one in or after the target year if there is one, else the
    last: a later value never changes a decision once taken. For the test of robustness
    `drop_latest` leaves the deciding value out, and `base_step` takes the reported value next
    after (+1) or before (-1) the baseline in its place. With a `window` the baseline is the first
    value at most so many years before the latest, as in short-term and long-term readings.
    """
    used, place = _latest(seen, seen.reported, asked)
    if drop_latest:
        used, place = _latest(seen, seen.reported & ~bits.at(place), asked)
    own = ~np.isnan(asked.base_value)
    base_place = _baseline(used, seen.years, asked)
    if window is not None:
        start = np.searchsorted(seen.years, _year(seen.years, place) - window)
        base_place, own = bits.lowest(used & bits.since(start)), np.zeros_like(own)
    if base_step:
        base_place = _stepped(used, _started(own, base_place, asked), base_step)
        own = np.zeros_like(own)
    broken = np.zeros(len(place), dtype=np.bool_)
    if seen.breaks is not None:
        after = bits.since(_started(own, base_place, asked) + 1)
        between = seen.breaks & after & ~bits.since(place + 1)
        broken = between != 0
        used = np.where(broken, used & bits.since(bits.highest(between)), used)
        base_place = np.where(broken, bits.lowest(used), base_place)
        own = own & ~broken
    return _assembled(seen, asked, used, (base_place, place), own=own, broken=broken)


def _started(own: Bools, base_place: Ints, asked: Rules) -> Ints:
    """Return where each baseline stands, the plan's own ones by their year."""
    return np.where(own, asked.base_place, base_place) if own.any() else base_place


def _assembled(
    seen: Reported,
    asked: Rules,
    used: bits.Bits,
    places: tuple[Ints, Ints],
    *,
    own: Bools,
    broken: Bools,
) -> Prepared:
    """Return the values at the places of baseline and latest, the plan's own figure where given."""
    base_place, place = places
    base, base_flag = _taken(seen, base_place)
    value, flag = _taken(seen, place)
    base_year = _year(seen.years, base_place)
    if own.any():
        base = np.where(own, asked.base_value, base)
        base_year = np.where(own, asked.base_year, base_year)
        base_flag = np.where(own, np.uint8(0), base_flag)
        base_place = np.where(own, -1, base_place)
    return Prepared(
        used=used,
        base=base,
        base_year=base_year,
        base_place=base_place,
        base_flag=base_flag,
        value=value,
        year=_year(seen.years, place),
        place=place,
        flag=flag,
        broken=broken,
    )


def shifted(prepared: Prepared, asked: Rules) -> Bools:
    """Return where the baseline is not of the year that the plan's rule names."""
    named = (asked.base_rule != rules.FIRST_REPORT) & ~np.isnan(asked.base_year)
    on_time = np.where(
        asked.base_rule == rules.BEFORE_APPRAISAL,
        prepared.base_year < asked.base_year,
        prepared.base_year == asked.base_year,
    )
    found: Bools = named & ~on_time & ~prepared.broken & (prepared.base_place >= 0)
    return found


def after_plan(seen: Reported, prepared: Prepared, asked: Rules) -> Bools:
    """Return where values stand in the record that come after the deciding one."""
    decided = (prepared.place >= asked.target_place) & (prepared.place >= 0)
    found: Bools = decided & (seen.reported & bits.since(prepared.place + 1) != 0)
    return found


def interval(value: Floats, flag: Bytes, asked: Rules) -> tuple[Floats, Floats]:
    """Return both ends of what is known: `<5` lies between the natural limit and just under 5."""
    floor = np.where(np.isnan(asked.lower), -np.inf, asked.lower)
    ceiling = np.where(np.isnan(asked.upper), np.inf, asked.upper)
    hair = OPEN_END * np.maximum(1.0, np.abs(value))
    below, above = (flag & np.uint8(Flag.BELOW)) != 0, (flag & np.uint8(Flag.ABOVE)) != 0
    low = np.where(below, np.minimum(floor, value - hair), np.where(above, value + hair, value))
    high = np.where(above, np.maximum(ceiling, value + hair), np.where(below, value - hair, value))
    return np.where(np.isnan(value), np.nan, low), np.where(np.isnan(value), np.nan, high)


def _latest(seen: Reported, reported: bits.Bits, asked: Rules) -> tuple[bits.Bits, Ints]:
    """Return the years up to the deciding value, and its place."""
    last = bits.highest(reported)
    if asked.target_place.size == 0 or asked.target_place.min() >= len(seen.years):
        return reported, last
    decided = bits.lowest(reported & bits.since(asked.target_place))
    place = np.where(decided >= 0, decided, last)
    return reported & ~bits.since(place + 1), place


def _baseline(used: bits.Bits, years: Ints, asked: Rules) -> Ints:
    """Return the place of the baseline by the plan's rule."""
    place = bits.lowest(used)
    dated = np.flatnonzero((asked.base_rule != rules.FIRST_REPORT) & (asked.base_year > 0))
    if dated.size == 0:
        return place
    rule, base_year, some = asked.base_rule[dated], asked.base_year[dated], used[dated]
    from_year = bits.since(asked.base_place[dated])
    after, before = bits.lowest(some & from_year), bits.highest(some & ~from_year)
    found = after
    if (rule == rules.FIXED_YEAR).any():
        ahead = _gap(_year(years, after) - base_year)
        behind = _gap(base_year - _year(years, before))
        nearest = np.where(ahead <= behind, after, before)
        nearest = np.where(np.minimum(ahead, behind) <= NEAREST_WITHIN, nearest, -1)
        found = np.where(rule == rules.FIXED_YEAR, nearest, found)
    late = (rule == rules.BEFORE_APPRAISAL) & (before >= 0)
    place[dated] = np.where(late, before, found)
    return place


def _gap(years: Floats) -> Floats:
    return np.where(np.isnan(years), np.inf, years)


def _stepped(used: bits.Bits, place: Ints, step: int) -> Ints:
    if step > 0:
        return bits.lowest(used & bits.since(place + 1))
    return bits.highest(used & ~bits.since(place))


def _taken(seen: Reported, place: Ints) -> tuple[Floats, Bytes]:
    """Return value and flag byte at each place, missing and 0 where there is none."""
    width = seen.values.shape[1]
    if width == 0:
        return np.full(len(place), np.nan), np.zeros(len(place), dtype=np.uint8)
    spot = np.arange(0, width * len(place), width) + np.maximum(place, 0)
    absent = place < 0
    value = seen.values.take(spot)
    value[absent] = np.nan
    if not seen.present:
        return value, np.zeros(len(place), dtype=np.uint8)
    flag = seen.flags.take(spot)
    flag[absent] = 0
    return value, flag


def _year(years: Ints, place: Ints) -> Floats:
    """Return the year at each place, missing where there is none."""
    # A place of -1 takes the last entry, which is missing.
    return np.append(years.astype(np.float64), np.nan).take(place)
