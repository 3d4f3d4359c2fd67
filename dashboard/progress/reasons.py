"""Why a series has the status it has: enough to work it out again by hand.

Words are plain English templates marked with `N_`; whoever shows them translates the template and
then fills in its fields, so that numbers and years take the reader's format.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from dashboard import frames
from dashboard.progress import assessment, rules
from dashboard.progress.prepare import Prepared
from dashboard.progress.rules import KINDS, Rules
from dashboard.progress.words import FLAGS, N_, STATUSES

Fields = Mapping[str, float | str]


@dataclass(frozen=True)
class Sentence:
    """A template in plain English and the values of its named fields, numbers as numbers."""

    template: str
    fields: Fields = field(default_factory=dict)

    def plain(self) -> str:
        """Return the English sentence with its numbers put in."""
        return self.template.format(**{name: _plain(value) for name, value in self.fields.items()})


@dataclass(frozen=True)
class Input:
    """A number that went in: its letter in the formula, what it is, and from when."""

    symbol: str
    label: str
    value: float
    year: float
    origin: str  # observation, plan


@dataclass(frozen=True)
class Step:
    """One line of the working: the formula in letters, with the numbers put in, and its result."""

    symbol: str
    label: str
    formula: str
    filled: str
    result: float


@dataclass(frozen=True)
class Explanation:
    """Why a series has its status."""

    area: str
    indicator: str
    method: str
    preset: str
    status: str
    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]
    rule: Sentence  # the rule that decided
    conclusion: Sentence
    flags: tuple[Sentence, ...]

    def plain(self) -> str:
        """Return the whole explanation as English text, a line a step."""
        lines = [
            *(
                f"{it.symbol} = {_plain(it.value)} ({it.label}, {_plain(it.year)})"
                for it in self.inputs
            ),
            *(
                f"{it.symbol} = {it.formula} = {it.filled} = {_plain(it.result)}"
                for it in self.steps
            ),
            self.rule.plain(),
            self.conclusion.plain(),
            *(flag.plain() for flag in self.flags),
        ]
        return "\n".join(lines)


def _plain(value: float | str) -> str:
    """Return a number with as many digits as a hand calculation needs; a minus stays readable."""
    if isinstance(value, str):
        return value
    if np.isnan(value):
        return "–"
    return f"{value:.10g}"


def bracketed(value: float) -> str:
    """Return a number as it stands inside a formula, negative ones in brackets."""
    text = _plain(value)
    return f"({text})" if value < 0 else text


RULES: Final[dict[str, str]] = {
    "target_met": N_(
        "The value {value} has reached the target {target}; that counts whatever the pace."
    ),
    "missed": N_(
        "The target year {target_year} has come and {value} does not reach the target {target}."
    ),
    "lost": N_(
        "The target {target} was held at the start, with {base}, and {value} no longer holds it."
    ),
    "on_track": N_("A pace of at least 0.95 of the required one is on track."),
    "moderate": N_("A pace from 0.60 to below 0.95 of the required one is moderate."),
    "limited": N_("A pace above 0 and below 0.60 of the required one is limited."),
    "stagnant": N_("The value stands where it stood at the start."),
    "deteriorating": N_("The value has moved away from the target."),
    "in_progress": N_(
        "The level {value} is above the starting level {base} and below the target {target}."
    ),
    "not_started": N_("The level is still the starting level {base}."),
    "regressed": N_("The level {value} is below the starting level {base}."),
    "not_met": N_("The answer is still no."),
    "insufficient_data": N_(
        "There are too few usable values for a pace, and the target is not met."
    ),
    "no_data": N_("Nothing is reported that could be assessed."),
    "not_applicable": N_("Nothing is to be measured here: it does not apply, or no target is set."),
    "context_only": N_(
        "The indicator has no direction: up may be good or bad, so it takes no colour."
    ),
}
CENSORED: Final = N_("A limit such as <5 leaves open on which side of a class the value lies.")
CONCLUSION: Final = N_("{area}, {indicator}: {status}, as assessed in {year}.")


def explain(plan: frames.PlanFrames, area: str, indicator: str, *, year: int) -> Explanation:
    """Return why a series has its status in the year given.

    Raises `ValueError` for an area or indicator that the plan does not have.
    """
    cube = plan.cube
    if area not in cube.areas or indicator not in cube.indicators:
        raise ValueError(f"the plan has no series {indicator} of {area}")
    line, column = cube.areas.index(area), cube.indicators.index(indicator)
    series = slice(place := line * len(cube.indicators) + column, place + 1)
    asked = rules.read(plan).pick(series)
    values = cube.values[0, line, column][None]
    assessed = assessment.judge(values, cube.flags[0, line, column][None], cube.years, asked, year)
    status = STATUSES[int(assessed.status[0])]
    is_level = KINDS[int(asked.kind[0])] in rules.LEVELS
    return Explanation(
        area=area,
        indicator=indicator,
        method="milestone" if is_level else "linear",
        preset="",
        status=status,
        inputs=_inputs(assessed.prepared, asked),
        steps=_levels(assessed.prepared, asked) if is_level else _steps(assessed, asked),
        rule=_rule(status, assessed, asked),
        conclusion=Sentence(
            CONCLUSION, {"area": area, "indicator": indicator, "status": status, "year": year}
        ),
        flags=_flags(str(assessment.flags(assessed.prepared, asked).iloc[0])),
    )


def _inputs(prepared: Prepared, asked: Rules) -> tuple[Input, ...]:
    own = prepared.base_place[0] < 0
    rows = [
        Input(
            "b",
            N_("baseline"),
            float(prepared.base[0]),
            float(prepared.base_year[0]),
            "plan" if own else "observation",
        ),
        Input(
            "x",
            N_("latest value"),
            float(prepared.value[0]),
            float(prepared.year[0]),
            "observation",
        ),
        Input("T", N_("target"), float(asked.target[0]), float(asked.target_year[0]), "plan"),
    ]
    if not np.isnan(asked.target_upper[0]):
        rows.append(
            Input(
                "U",
                N_("upper end of the target range"),
                float(asked.target_upper[0]),
                float(asked.target_year[0]),
                "plan",
            )
        )
    return tuple(row for row in rows if not np.isnan(row.value))


def _steps(assessed: assessment.Assessed, asked: Rules) -> tuple[Step, ...]:
    prepared, result = assessed.prepared, assessed.result
    if prepared.censored[0]:
        return ()
    b, x, t = (bracketed(float(it[0])) for it in (prepared.base, prepared.value, asked.target))
    t0, t1, end = (
        _plain(float(it[0])) for it in (prepared.base_year, prepared.year, asked.target_year)
    )
    rows: list[Step] = []
    if not np.isnan(asked.target_upper[0]):
        low, high = asked.target[0], asked.target_upper[0]
        for symbol, letter, value in (
            ("b'", "b", prepared.base[0]),
            ("x'", "x", prepared.value[0]),
        ):
            away = float(max(low - value, value - high, 0.0))
            rows.append(
                Step(
                    symbol,
                    N_("distance to the range"),
                    f"max(T - {letter}, {letter} - U, 0)",
                    f"max({_plain(low)} - {bracketed(value)}, "
                    f"{bracketed(value)} - {_plain(high)}, 0)",
                    away,
                )
            )
        b, x, t = bracketed(rows[0].result), bracketed(rows[1].result), "0"
    rows += [
        Step(
            "p",
            N_("share of the road"),
            "(x - b) / (T - b)",
            f"({x} - {b}) / ({t} - {b})",
            float(result.share[0]),
        ),
        Step(
            "a",
            N_("actual rate a year"),
            "(x - b) / (t1 - t0)",
            f"({x} - {b}) / ({t1} - {t0})",
            float(result.actual_rate[0]),
        ),
        Step(
            "r",
            N_("required rate a year"),
            "(T - b) / (tT - t0)",
            f"({t} - {b}) / ({end} - {t0})",
            float(result.required_rate[0]),
        ),
        Step(
            "q",
            N_("pace"),
            "a / r",
            f"{bracketed(float(result.actual_rate[0]))} / "
            f"{bracketed(float(result.required_rate[0]))}",
            float(result.pace[0]),
        ),
        Step(
            "rr",
            N_("rate needed from now on"),
            "(T - x) / (tT - t1)",
            f"({t} - {x}) / ({end} - {t1})",
            float(result.needed_rate[0]),
        ),
        Step(
            "tx",
            N_("year reached at this pace"),
            "t1 + (T - x) / a",
            f"{t1} + ({t} - {x}) / {bracketed(float(result.actual_rate[0]))}",
            float(result.reached[0]),
        ),
    ]
    return tuple(row for row in rows if not np.isnan(row.result))


def _levels(prepared: Prepared, asked: Rules) -> tuple[Step, ...]:
    share = assessment.levels(prepared, asked, np.array([True]))[0]
    b, x, t = (bracketed(float(it[0])) for it in (prepared.base, prepared.value, asked.target))
    step = Step(
        "p",
        N_("share of the levels"),
        "(x - b) / (T - b), from 0 to 1",
        f"({x} - {b}) / ({t} - {b})",
        float(share[0]),
    )
    return () if np.isnan(share[0]) else (step,)


def _rule(status: str, assessed: assessment.Assessed, asked: Rules) -> Sentence:
    prepared = assessed.prepared
    if status == "insufficient_data" and prepared.censored[0]:
        return Sentence(CENSORED)
    return Sentence(
        RULES[status],
        {
            "base": float(prepared.base[0]),
            "value": float(prepared.value[0]),
            "target": float(asked.target[0]),
            "target_year": float(asked.target_year[0]),
        },
    )


def _flags(words: str) -> tuple[Sentence, ...]:
    """Return a sentence for each flag word; what follows its colon is the sentence's field."""
    rows = []
    for word in words.split():
        name, _, detail = word.partition(":")
        rows.append(Sentence(FLAGS[name], {"year": detail, "rule": detail} if detail else {}))
    return tuple(rows)
