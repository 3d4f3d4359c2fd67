"""Why a series has the status it has: enough to work it out again by hand."""

import hashlib
import json
import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from dashboard import frames
from dashboard.progress import assessment, cases, linear, methods, presets, workings
from dashboard.progress.cases import Case, Period
from dashboard.progress.explanation import Assessment, Explanation, Input, Sentence
from dashboard.progress.methods import Outcome
from dashboard.progress.presets import ENGINE_VERSION, Preset
from dashboard.progress.rules import Theory
from dashboard.progress.words import FLAGS, LABELS, N_, STATUSES

CONCLUSION: Final = N_("{area}, {indicator}: {status}, as assessed in {year}.")
FITTED: Final = ("escap", "trend")
"""Methods that look at every point, not only at the first and the last."""


def explain(
    plan: frames.PlanFrames,
    area: str,
    indicator: str,
    *,
    year: int,
    method: str = presets.DEFAULT,
    preset: str | None = None,
    interim: int | None = None,
    periods: tuple[Period, Period] | None = None,
    theories: Sequence[Theory] = (),
    window: int | None = None,
    cell: str = cases.TOTAL,
) -> Explanation:
    """Return why a series has its status in the year given, by the method given.

    The arguments are those of `measure`. Raises `ValueError` for an area or indicator that the
    plan does not have, and for an unknown method or preset.
    """
    if area not in plan.cube.areas or indicator not in plan.cube.indicators:
        raise ValueError(f"the plan has no series {indicator} of {area}")
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
    outcome = methods.assess(case, chosen.method, chosen.name)
    place = plan.cube.areas.index(area) * len(plan.cube.indicators)
    place += plan.cube.indicators.index(indicator)
    if case.is_level[place]:
        chosen = presets.find("milestone")
    return _explained(case, chosen, outcome, place)


def _explained(case: Case, preset: Preset, outcome: Outcome, place: int) -> Explanation:
    result = assessed(case, preset, outcome, place)
    area = case.plan.cube.areas[case.area[place]]
    indicator = case.plan.cube.indicators[case.indicator[place]]
    numbers = _numbers(case, outcome, place)
    is_limit = bool(case.prepared.censored[place])
    hidden = is_limit or result.status in {"no_data", "not_applicable"}
    steps = () if hidden else workings.work(preset.method, preset.name, numbers).steps
    fields = {
        "area": area,
        "indicator": indicator,
        "status": LABELS[result.status],
        "year": float(case.year),
    }
    return Explanation(
        area=area,
        indicator=indicator,
        method=preset.method,
        preset=preset.name,
        status=result.status,
        inputs=_inputs(case, preset.method, numbers, place),
        steps=steps,
        rule=workings.rule(preset.method, preset.name, result.status, numbers, is_limit=is_limit),
        conclusion=Sentence(CONCLUSION, fields),
        flags=tuple(_flag(word) for word in result.flags),
        assessment=result,
    )


def assessed(case: Case, preset: Preset, outcome: Outcome, place: int) -> Assessment:
    """Return the result of one series as an object that can be kept and compared."""
    prepared, asked = case.prepared, case.asked
    row = np.array([place])
    status = STATUSES[outcome.status[place]]
    own = int(outcome.label[place])
    label = outcome.words[own] if own >= 0 else status
    parts = {name: float(values[place]) for name, values in outcome.components.items()}
    return Assessment(
        method=preset.method,
        preset=preset.name,
        value=float(outcome.score[place]),
        status=status,
        label=preset.labels.get(label, ""),
        components={name: part for name, part in parts.items() if not math.isnan(part)},
        flags=tuple(str(assessment.flags(case, outcome, row).iloc[0]).split()),
        base=(float(prepared.base_year[place]), float(prepared.base[place])),
        latest=(float(prepared.year[place]), float(prepared.value[place])),
        target=(float(asked.target_year[place]), float(asked.target[place])),
        n_obs=int(prepared.n_obs[place]),
        engine_version=ENGINE_VERSION,
        inputs_hash=_hash(case, preset, place),
    )


def _hash(case: Case, preset: Preset, place: int) -> str:
    """Return a digest of everything about this series that went into its verdict."""
    asked, prepared = case.asked, case.prepared
    points = cases.points(case)
    there = points.there[place]
    given = {
        "method": preset.method,
        "preset": preset.name,
        "year": case.year,
        "base": [float(prepared.base_year[place]), float(prepared.base[place])],
        "latest": [float(prepared.year[place]), float(prepared.value[place])],
        "points": np.stack([points.times[place], points.values[place]])[:, there].tolist(),
        "asked": [
            float(getattr(asked, name)[place])
            for name in ("direction", "target", "target_upper", "target_year", "lower", "upper")
        ],
        "kind": int(asked.kind[place]),
        "flags": [int(prepared.base_flag[place]), int(prepared.flag[place])],
    }
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()


def _numbers(case: Case, outcome: Outcome, place: int) -> workings.Numbers:
    prepared, asked = case.prepared, case.asked
    one = slice(place, place + 1)
    parts = {name: float(values[place]) for name, values in outcome.components.items()}
    parts["share"] = float(methods.levels(prepared.pick(one), asked.pick(one)).score[0])
    return workings.Numbers(
        b=float(prepared.base[place]),
        t0=float(prepared.base_year[place]),
        x=float(prepared.value[place]),
        t1=float(prepared.year[place]),
        T=float(asked.target[place]),
        due=float(asked.target_year[place]),
        U=float(asked.target_upper[place]),
        d=float(asked.direction[place]),
        facts=linear.assess(cases.road_of(prepared.pick(one), asked.pick(one))),
        parts=parts,
    )


def _inputs(case: Case, method: str, it: workings.Numbers, place: int) -> tuple[Input, ...]:
    own = case.prepared.base_place[place] < 0
    rows = [
        Input("b", N_("baseline"), it.b, it.t0, "plan" if own else "observation"),
        Input("x", N_("latest value"), it.x, it.t1, "observation"),
        Input("T", N_("target"), it.T, it.due, "plan"),
        Input("U", N_("upper end of the target range"), it.U, it.due, "plan"),
        Input("d", N_("direction: 1 up is better, -1 down is better"), it.d, math.nan, "plan"),
    ]
    if method in FITTED:
        points = cases.points(case)
        rows += [
            Input("v", N_("reported value"), value, year, "observation")
            for year, value in zip(
                points.times[place].tolist(), points.values[place].tolist(), strict=True
            )
        ]
    return tuple(row for row in rows if not math.isnan(row.value))


def _flag(word: str) -> Sentence:
    """Return the sentence of a flag word; what follows its colon is the sentence's year."""
    name, _, detail = word.partition(":")
    return Sentence(FLAGS[name], {"year": float(detail)} if detail else {})
