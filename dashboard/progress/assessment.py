"""From a plan to one row a series: how far, how fast, and what to call it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import frames
from dashboard.frames import Flag
from dashboard.progress import linear, milestone, rules
from dashboard.progress.prepare import Prepared, Reported, gather, prepare
from dashboard.progress.rules import KINDS, Rules
from dashboard.progress.words import CODE, STATUSES, Codes, spelled

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_ORDINAL: Final = KINDS.index("ordinal")
_BINARY: Final = KINDS.index("binary")


@dataclass(frozen=True)
class Assessed:
    """The assessment of every series of a cube, one entry a series."""

    seen: Reported
    prepared: Prepared
    result: linear.Linear
    share: Floats
    status: Codes


def measure(
    plan: frames.PlanFrames, *, year: int, method: str = "linear", preset: str | None = None
) -> pd.DataFrame:
    """Return one row per series that has anything in the record, as assessed in the year given.

    Columns are those of `frames.PROGRESS`. Ordinal and binary indicators are always assessed by
    `milestone`: the distance between two levels has no meaning.
    """
    if method != "linear" or preset is not None:
        raise ValueError(f"unknown method {method} {preset or ''}".rstrip())
    asked = rules.read(plan)
    return table(plan, asked, assess(plan.cube, asked, year))


def assess(cube: frames.Cube, asked: Rules, year: int) -> Assessed:
    """Assess all series of the cube's totals by `linear`, levels by `milestone`."""
    shape = (-1, len(cube.years))
    return judge(
        cube.values[0].reshape(shape), cube.flags[0].reshape(shape), cube.years, asked, year
    )


def judge(
    values: Floats, flag: npt.NDArray[np.uint8], years: tuple[int, ...], asked: Rules, year: int
) -> Assessed:
    """Assess series given as rows of values and flags, series x year."""
    seen = gather(values, flag, years, year)
    prepared = prepare(seen, asked, year)
    result = _linear(prepared.base, prepared.value, prepared, asked)
    share, status = result.share, result.status
    level = (asked.kind == _ORDINAL) | (asked.kind == _BINARY)
    if level.any():
        share = share.copy()
        share[level], status[level] = levels(prepared, asked, level)
    doubtful = prepared.censored & ~level
    if doubtful.any():
        share = share.copy()
        _try_ends(prepared, asked, doubtful, share, status)
    status[seen.not_applicable] = CODE["not_applicable"]
    return Assessed(seen, prepared, result, share, status)


def _linear(base: Floats, value: Floats, prepared: Prepared, asked: Rules) -> linear.Linear:
    """Run the formula, a range target as the distance to it that is to become 0."""
    target, direction = asked.target, asked.direction
    ranged = ~np.isnan(asked.target_upper)
    if ranged.any():
        base = np.where(ranged, linear.distance(base, target, asked.target_upper), base)
        value = np.where(ranged, linear.distance(value, target, asked.target_upper), value)
        direction = np.where(ranged & (direction != 0), -1.0, direction)
        target = np.where(ranged, 0.0, target)
    return linear.assess(
        linear.Road(
            base=base,
            base_year=prepared.base_year,
            value=value,
            year=prepared.year,
            target=target,
            target_year=asked.target_year,
            direction=direction,
        )
    )


def levels(prepared: Prepared, asked: Rules, level: Bools) -> tuple[Floats, Codes]:
    """Assess levels; where fewer is better the scale is turned round."""
    direction = asked.direction[level]
    sign = np.where(direction < 0, -1.0, 1.0)
    value, base = prepared.value[level] * sign, prepared.base[level] * sign
    target = asked.target[level] * sign
    share, status = milestone.ordinal(value, base, target)
    yes = asked.kind[level] == _BINARY
    undecided = np.isin(
        status, [CODE[word] for word in ("in_progress", "not_started", "regressed")]
    ) | (status == CODE["insufficient_data"])
    status[yes & undecided] = CODE["not_met"]
    due = prepared.year[level] >= asked.target_year[level]
    status[due & (undecided | (status == CODE["not_met"]))] = CODE["missed"]
    status[(direction == 0) & ~np.isnan(value)] = CODE["context_only"]
    return share, status


def _try_ends(
    prepared: Prepared, asked: Rules, doubtful: Bools, share: Floats, status: Codes
) -> None:
    """Keep a verdict on `<5` only where both ends of every interval agree on it."""
    part, asked = prepared.pick(doubtful), asked.pick(doubtful)
    verdicts = [
        _linear(base, value, part, asked).status
        for base in (part.base_low, part.base_high)
        for value in (part.low, part.high)
    ]
    agreed = np.all([verdict == verdicts[0] for verdict in verdicts], axis=0)
    status[doubtful] = np.where(agreed, verdicts[0], CODE["insufficient_data"])
    share[doubtful] = np.nan


def table(plan: frames.PlanFrames, asked: Rules, assessed: Assessed) -> pd.DataFrame:
    """Return the assessment as a frame, a row for each series with anything in the record."""
    rows = np.flatnonzero(assessed.seen.asked)
    prepared, result = assessed.prepared.pick(rows), assessed.result
    areas, indicators = len(plan.cube.areas), len(plan.cube.indicators)
    area, indicator = np.divmod(rows, max(indicators, 1)) if areas else (rows, rows)
    firm = ~prepared.censored & ~np.isin(asked.kind[rows], (_ORDINAL, _BINARY))

    def exact(values: Floats) -> Floats:
        """Leave out what would be computed from a mere limit."""
        return np.where(firm, values[rows], np.nan)

    columns = {
        "area": spelled(area, plan.cube.areas),
        "indicator": spelled(indicator, plan.cube.indicators),
        "base_year": prepared.base_year,
        "base": prepared.base,
        "year": prepared.year,
        "value": prepared.value,
        "target_year": asked.target_year[rows],
        "target": asked.target[rows],
        "share": assessed.share[rows],
        "elapsed": result.elapsed[rows],
        "pace": exact(result.pace),
        "actual_rate": exact(result.actual_rate),
        "required_rate": exact(result.required_rate),
        "needed_rate": exact(result.needed_rate),
        "reached": exact(result.reached),
        "n_obs": prepared.n_obs,
        "status": spelled(assessed.status[rows], STATUSES),
        "flags": flags(prepared, asked.pick(rows)),
    }
    return frames.check(pd.DataFrame(columns), frames.PROGRESS)


def flags(prepared: Prepared, asked: Rules) -> pd.Series:
    """Return the flag words of each series, divided by a space."""
    marks = (
        ("provisional", (prepared.flag & Flag.PROVISIONAL) != 0),
        ("estimated", (prepared.flag & Flag.ESTIMATED) != 0),
        ("stale", prepared.stale),
        ("break", prepared.broken),
        ("censored", prepared.censored),
        ("after_plan", prepared.after_plan),
        ("no_target", np.isnan(asked.target) & (asked.direction != 0)),
    )
    key = np.zeros(len(prepared.value), dtype=np.int64)
    for place, (_, mark) in enumerate(marks):
        key |= mark.astype(np.int64) << place
    year = np.where(prepared.shifted, np.nan_to_num(prepared.base_year), 0).astype(np.int64)
    keys, inverse = np.unique(key + (year << len(marks)), return_inverse=True)
    vocabulary = [
        " ".join(
            [word for place, (word, _) in enumerate(marks) if number >> place & 1]
            + ([f"baseline_shifted:{number >> len(marks)}"] if number >> len(marks) else [])
        )
        for number in keys.tolist()
    ]
    return spelled(inverse, vocabulary or [""])
