"""What a briefing note says, block by block, before anybody lays it out.

Everything is worded and formatted already, in one language; only the scales still hold numbers.
A writer lays out what is here and adds nothing.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Colours:
    """The neutral colours of paper and ink, as `#RRGGBB`."""

    ink: str
    muted: str
    surface: str
    axis: str
    grid: str
    region: str
    accent: str
    accent_soft: str
    warning: str
    warning_soft: str


@dataclass(frozen=True)
class Verdict:
    """A status as readers see it: a word, a sign and a fill, never the fill alone."""

    status: str
    word: str
    sign: str
    fill: str
    ink: str  # readable on the fill
    texture: str  # '', hatched, dotted or hollow


@dataclass(frozen=True)
class Fact:
    """One figure of the headline with what it is and who stands behind it."""

    label: str
    value: str
    detail: str


@dataclass(frozen=True)
class Passage:
    """A heading with lines under it; `note` says how they came about."""

    title: str
    lines: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Part:
    """How many have a status."""

    verdict: Verdict
    n: int


@dataclass(frozen=True)
class Bar:
    """One bar of parts, which fill its whole width, and the sentence for who does not see it."""

    label: str
    parts: tuple[Part, ...]
    total: int  # in all parts
    shown: str  # the same as the reader writes it
    said: str


@dataclass(frozen=True)
class Bars:
    """How many stand where: a bar a row, and what the fills mean."""

    title: str
    heads: tuple[str, str, str]  # of the labels, the bars and the totals
    bars: tuple[Bar, ...]
    key: tuple[Verdict, ...]
    note: str


@dataclass(frozen=True)
class Finding:
    """An indicator that stands out, with the numbers that say so."""

    name: str
    said: str
    verdict: Verdict | None


@dataclass(frozen=True)
class Findings:
    """What stands out on one side; `nothing` is said where nothing does."""

    title: str
    rows: tuple[Finding, ...]
    nothing: str


@dataclass(frozen=True)
class Scale:
    """The numbers of one indicator on a scale of its own; what is not known is none."""

    value: float | None
    base: float | None
    target: float | None
    median: float | None
    upper: float | None  # natural limit
    verdict: Verdict
    said: str  # for who does not see it


@dataclass(frozen=True)
class Row:
    """One indicator in the table: its scale and its figures as the reader writes them."""

    name: str
    scale: Scale
    cells: tuple[str, ...]
    mark: str = ""  # such as the unit, or: low confidence


@dataclass(frozen=True)
class Indicators:
    """The table of core indicators; `marks` are what stands on the scales, by kind and word."""

    title: str
    heads: tuple[str, ...]  # indicator, scale, one for each cell, status
    rows: tuple[Row, ...]
    marks: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True)
class Note:
    """A briefing note: one or two pages on one area."""

    plan: str
    area: str
    language: str
    direction: str
    day: date
    is_illustrative: bool
    mark: str  # the sentence that marks illustrative data; empty where all is reported
    stamp: str  # the same in one word, across the page
    kicker: str
    title: str
    lede: str
    facts: tuple[Fact, ...]  # the headline: figures with who stands behind them
    sentences: Passage
    statuses: Bars
    strongest: Findings
    weakest: Findings
    changed: Passage
    blocked: Passage
    indicators: Indicators
    context: Passage
    caveats: Passage
    method: Passage
    citation: Passage
    page: str  # word for "page {n} of {of}"
    author: str
    colours: Colours
