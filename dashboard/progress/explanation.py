"""What an explanation consists of: inputs, steps, the rule that decided, in words and numbers.

Words are plain English templates marked with `N_`; whoever shows them translates the template and
then fills in its fields, so that numbers and years take the reader's format.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

Fields = Mapping[str, float | str]
NOTHING: Final = "–"
_SYMBOL: Final = re.compile(r"[A-Za-z][A-Za-z0-9']*")


@dataclass(frozen=True)
class Sentence:
    """A template in plain English and the values of its named fields, numbers as numbers."""

    template: str
    fields: Fields = field(default_factory=dict)

    def plain(self) -> str:
        """Return the English sentence with its numbers put in."""
        return self.template.format(**{name: plain(value) for name, value in self.fields.items()})


@dataclass(frozen=True)
class Input:
    """A number that went in: its letter in the formula, what it is, and from when."""

    symbol: str
    label: str
    value: float
    year: float  # missing where it has none
    origin: str  # observation, plan or method


@dataclass(frozen=True)
class Step:
    """One line of the working: the formula in letters, with the numbers put in, and its result.

    A formula that no hand could fill in, such as the median of all pairs, is told in words and
    `filled` is empty.
    """

    symbol: str
    label: str
    formula: str
    filled: str
    result: float


@dataclass(frozen=True)
class Assessment:
    """The result of one method on one series, whole enough to be kept and compared."""

    method: str
    preset: str
    value: float  # the method's main number
    status: str
    label: str
    components: Mapping[str, float]
    flags: tuple[str, ...]
    base: tuple[float, float]  # year, value
    latest: tuple[float, float]
    target: tuple[float, float]
    n_obs: int
    engine_version: str
    inputs_hash: str


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
    assessment: Assessment

    def plain(self) -> str:
        """Return the whole explanation as English text, a line a step."""
        inputs = [
            f"{it.symbol} = {plain(it.value)} ({it.label}"
            f"{'' if math.isnan(it.year) else f', {plain(it.year)}'})"
            for it in self.inputs
        ]
        steps = [
            f"{it.label}: {it.symbol} = {it.formula}"
            f"{f' = {it.filled}' if it.filled else ''} = {plain(it.result)}"
            for it in self.steps
        ]
        ends = [self.rule.plain(), self.conclusion.plain(), *(it.plain() for it in self.flags)]
        return "\n".join([*inputs, *steps, *ends])


class Working:
    """A working as it is written down: each result is a letter that later lines may use."""

    def __init__(self, **letters: float) -> None:
        self._letters = dict(letters)
        self._steps: list[Step] = []

    def know(self, **letters: float) -> None:
        """Add letters that are given and not worked out."""
        self._letters.update(letters)

    def write(self, symbol: str, label: str, formula: str, result: float) -> None:
        """Write a line whose formula can be filled in; nothing where there is no result."""
        if not math.isnan(result):
            self._steps.append(Step(symbol, label, formula, self.filled(formula), result))
            self._letters[symbol] = result

    def tell(self, symbol: str, label: str, how: str, result: float) -> None:
        """Write a line that is told in words."""
        if not math.isnan(result):
            self._steps.append(Step(symbol, label, how, "", result))
            self._letters[symbol] = result

    def filled(self, formula: str) -> str:
        """Return a formula with the numbers in place of its letters."""
        return _SYMBOL.sub(
            lambda found: (
                bracketed(self._letters[found[0]]) if found[0] in self._letters else found[0]
            ),
            formula,
        )

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the lines in the order in which they were written."""
        return tuple(self._steps)


def plain(value: float | str) -> str:
    """Return a number with as many digits as a calculation by hand needs."""
    if isinstance(value, str):
        return value
    # Adding 0 makes a plain zero of a negative one.
    return NOTHING if math.isnan(value) else f"{value + 0.0:.12g}"


def bracketed(value: float) -> str:
    """Return a number as it stands inside a formula, negative ones in brackets."""
    text = plain(value)
    return f"({text})" if value < 0 else text
