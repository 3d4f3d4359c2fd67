"""From a plan to one row a series: how far, how fast, and what to call it."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import frames
from dashboard.frames import Flag
from dashboard.progress import cases, linear, methods, prepare, presets
from dashboard.progress.cases import Case, Period
from dashboard.progress.methods import Outcome
from dashboard.progress.presets import Preset
from dashboard.progress.rules import Rules, Theory
from dashboard.progress.words import STATUSES, Codes, spelled

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

ASSESSMENTS: Final[frames.Schema] = {
    **frames.PROGRESS,
    "method": "str",
    "preset": "str",
    "score": "float64",  # the method's main number
    "label": "str",  # the method's own name for its verdict, in plain English
}


def measure(
    plan: frames.PlanFrames,
    *,
    year: int,
    method: str = presets.DEFAULT,
    preset: str | None = None,
    interim: int | None = None,
    periods: tuple[Period, Period] | None = None,
    theories: Sequence[Theory] = (),
    window: int | None = None,
    cell: str = cases.TOTAL,
) -> pd.DataFrame:
    """Return one row for each series that has anything in the record, as assessed in the year.

    Columns are those of `ASSESSMENTS`: the facts of `frames.PROGRESS` are the same under every
    method, status, score and label are the method's. Ordinal and binary indicators are always
    assessed by `milestone`. `interim` assesses against the interim targets of a year, `periods`
    compares means of two spans of years, `theories` give a direction for a stated reason, and
    `window` looks only at the last so many years (5 short-term, 15 long-term at Eurostat). `cell`
    measures a disaggregation by what is asked of the total.

    Raises `ValueError` for an unknown method, preset or cell.
    """
    chosen = presets.find(method, preset)
    case = cases.read(
        plan,
        year,
        interim=interim,
        periods=periods,
        theories=theories,
        window=window,
        cell=cell,
    )
    return table(case, chosen, methods.assess(case, chosen.method, chosen.name))


def statuses(cube: frames.Cube, asked: Rules, year: int) -> Codes:
    """Return the status of every series of totals by the default method, and nothing else.

    The same as in `measure`; `asked` is `rules.read` of the plan, kept while the plan stands.
    """
    shape = (-1, len(cube.years))
    return of_rows(
        cube.values[0].reshape(shape), cube.flags[0].reshape(shape), cube.years, asked, year
    )


def of_rows(
    values: Floats, flags: npt.NDArray[np.uint8], years: tuple[int, ...], asked: Rules, year: int
) -> Codes:
    """Return the statuses of series given as rows of values and flags, series x year."""
    seen = prepare.gather(values, flags, years, year)
    return methods.default(seen, prepare.prepare(seen, asked), asked)


def table(case: Case, preset: Preset, outcome: Outcome) -> pd.DataFrame:
    """Return a verdict as a frame, a row for each series with anything in the record."""
    rows = np.flatnonzero(case.seen.asked)
    prepared, asked = case.prepared.pick(rows), case.asked.pick(rows)
    level = case.is_level[rows]
    facts = linear.assess(cases.road(case).pick(rows))
    share = np.where(level, methods.levels(prepared, asked).score, facts.share)
    firm = ~prepared.censored

    def shown(values: Floats) -> Floats:
        """Leave out what would be computed from a mere limit, or as a pace of levels."""
        return np.where(firm & ~level, values, np.nan)

    columns = {
        "area": spelled(case.area[rows], case.plan.cube.areas),
        "indicator": spelled(case.indicator[rows], case.plan.cube.indicators),
        "base_year": prepared.base_year,
        "base": prepared.base,
        "year": prepared.year,
        "value": prepared.value,
        "target_year": asked.target_year,
        "target": asked.target,
        "share": np.where(firm, share, np.nan),
        "elapsed": facts.elapsed,
        "pace": shown(facts.pace),
        "actual_rate": shown(facts.actual_rate),
        "required_rate": shown(facts.required_rate),
        "needed_rate": shown(facts.needed_rate),
        "reached": shown(facts.reached),
        "n_obs": prepared.n_obs,
        "status": spelled(outcome.status[rows], STATUSES),
        "flags": flags(case, outcome, rows),
        "method": _chosen(level, "milestone", preset.method),
        "preset": _chosen(level, presets.find("milestone").name, preset.name),
        "score": outcome.score[rows],
        "label": _labels(preset, outcome, level, rows),
    }
    return frames.check(pd.DataFrame(columns), ASSESSMENTS)


def _chosen(level: Bools, of_levels: str, of_others: str) -> pd.Series:
    return spelled(level.astype(np.int64), (of_others, of_levels))


def _labels(
    preset: Preset, outcome: Outcome, level: Bools, rows: npt.NDArray[np.int64]
) -> pd.Series:
    """Return the method's own name for each verdict, empty where it has none."""
    words = (*outcome.words, *STATUSES)
    own = outcome.label[rows]
    place = np.where(own >= 0, own, outcome.status[rows] + len(outcome.words))
    place = np.where(level, len(words), place)
    return spelled(place, [*(preset.labels.get(word, "") for word in words), ""])


def flags(case: Case, outcome: Outcome, rows: npt.NDArray[np.int64]) -> pd.Series:
    """Return the flag words of some series, divided by a space."""
    prepared, asked, flag = case.prepared, case.asked, case.prepared.flag
    marks: dict[str, Bools] = {
        "provisional": (flag & np.uint8(Flag.PROVISIONAL)) != 0,
        "estimated": (flag & np.uint8(Flag.ESTIMATED)) != 0,
        "stale": prepared.stale(case.year),
        "break": prepared.broken,
        "censored": prepared.censored,
        "after_plan": prepare.after_plan(case.seen, prepared, asked),
        "no_target": np.isnan(asked.target) & (asked.direction != 0),
        **outcome.flags,
    }
    dated = {
        "baseline_shifted": np.where(prepare.shifted(prepared, asked), prepared.base_year, np.nan),
        "theory": asked.theory_until,
    }
    return _joined(
        {name: mark[rows] for name, mark in marks.items()},
        {name: year[rows] for name, year in dated.items()},
    )


def _joined(marks: dict[str, Bools], dated: dict[str, Floats]) -> pd.Series:
    """Return the names of the marks set, and of the years given as `name:year`."""
    key = np.zeros(len(next(iter(marks.values()))), dtype=np.int64)
    for place, mark in enumerate(marks.values()):
        key |= mark.astype(np.int64) << place
    for place, year in enumerate(dated.values()):
        shift = _YEAR_BITS * place + _MARK_BITS
        key |= np.nan_to_num(year, nan=0.0).astype(np.int64) << shift
    kinds, inverse = np.unique(key, return_inverse=True)
    return spelled(inverse, [_words(kind, list(marks), list(dated)) for kind in kinds.tolist()])


_MARK_BITS: Final = 16
_YEAR_BITS: Final = 16


def _words(kind: int, marks: list[str], dated: list[str]) -> str:
    found = [name for place, name in enumerate(marks) if kind >> place & 1]
    for place, name in enumerate(dated):
        year = kind >> (_YEAR_BITS * place + _MARK_BITS) & (1 << _YEAR_BITS) - 1
        found += [f"{name}:{year}"] if year else []
    return " ".join(found)
