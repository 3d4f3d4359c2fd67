"""Why a figure has its colour, in the reader's words."""

import re
from html import escape
from typing import Final

from dashboard.i18n import _, number
from dashboard.progress import Explanation, Sentence, Step, explain
from dashboard.progress.explanation import plain
from dashboard.progress.words import LABELS
from dashboard.services.views import WITHHELD, Picture
from dashboard.ui import look

YEAR = "tx"
"""The symbol of the year in which a target is reached at this pace."""
EXACT: Final = 1e-12
_LONG: Final = re.compile(r"\d+\.\d{5,}(?:e-?\d+)?")


def told(found: Picture, area: str, indicator: str) -> look.Html:
    """Return why a series has its status: what went in, each step with its numbers, the rule."""
    series = found.progress
    series = series[(series["area"] == area) & (series["indicator"] == indicator)]
    if series["flags"].str.contains(WITHHELD).any():
        said_ = _(
            "A newer value is small and therefore not shown; no verdict is given on an older one."
        )
        return look.why("insufficient_data", said_, [])
    reason = explain(
        found.plan, area, indicator, year=found.year, method=found.method, preset=found.preset
    )
    return look.why(reason.status, said(reason.rule), list(_steps(reason)))


def said(sentence: Sentence) -> str:
    """Return a sentence of the engine in the reader's language, numbers in the reader's form."""
    return _(sentence.template).format(
        **{name: shown(name, value) for name, value in sentence.fields.items()}
    )


def shown(name: str, value: float | str) -> str:
    """Return a number as the reader writes it; years stand without grouping."""
    if isinstance(value, str):
        return _(LABELS[value]) if name == "status" and value in LABELS else value
    return str(int(value)) if "year" in name and value == value else number(value, 4)  # noqa: PLR0124


def _steps(reason: Explanation) -> list[str]:
    """Return the inputs, the working and the flags, a line each."""
    inputs = [
        f"{it.symbol} = {number(it.value, 6)}: {_(it.label)}"
        + ("" if it.year != it.year else f" ({int(it.year)})")
        for it in reason.inputs
    ]
    return [*inputs, *map(_step, reason.steps), *(said(flag) for flag in reason.flags)]


def _step(step: Step) -> look.Html:
    """Return a line of the working in figures that can be read; the exact ones are its hint."""
    formula = step.formula if step.filled else _(step.formula)
    exact = " = ".join(
        part for part in (step.symbol, formula, step.filled, plain(step.result)) if part
    )
    short = _LONG.sub(_shortened, step.filled)
    line = f"{step.symbol} = {formula}"
    if step.filled:
        line += f" {'=' if short == step.filled else '≈'} {short}"
    same = short == step.filled and abs(step.result - round(step.result, 4)) < EXACT
    line += f" {'=' if same else '≈'} {_result(step)}: {_(step.label)}"
    return look.Html(f'<span title="{escape(exact)}">{escape(line)}</span>')


def _shortened(found: re.Match[str]) -> str:
    """Return a long number as it is read: four decimals, or four digits below one."""
    value = float(found[0])
    return f"{value:.4g}" if value < 1 else f"{value:.4f}".rstrip("0").rstrip(".")


def _result(step: Step) -> str:
    """Return what a step comes to; a year stands without grouping."""
    return f"{step.result:.1f}" if step.symbol == YEAR else number(step.result, 4)
