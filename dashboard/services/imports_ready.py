"""Ready mappings of files that many have: GLOTIP of UNODC, and the UN SDG database.

They say how the names of those files stand to a plan's indicators. A name whose indicator the plan
does not have is left out, and said so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dashboard.exchange.reading.layout import Layout
from dashboard.exchange.reading.vocabulary import normal
from dashboard.services.imports_names import Names


@dataclass(frozen=True)
class Ready:
    """A kind of file: its headers, its names of indicators, and the form its series are about."""

    title: str
    headers: tuple[frozenset[str], ...]  # any of these sets of headers
    indicators: Mapping[str, str]
    cells: Mapping[str, str]
    everybody: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()  # how its codes of indicators begin
    decimal: str = "."  # both put a comma between thousands
    units: Mapping[str, str] = field(default_factory=dict)  # of series, where no column says them


GLOTIP: Final = Ready(
    "UNODC GLOTIP",
    (
        frozenset({"indicator", "dimension", "category", "sex", "age", "year"}),
        frozenset({"iso3", "indicator", "sex", "age", "year", "value", "censored"}),
    ),
    {"Detected trafficking victims": "PT.5.2", "Persons convicted": "PS.1.2"},
    {},
)
SDG: Final = Ready(
    "UN SDG Global Database",
    (
        frozenset({"series", "year", "value", "nature"}),
        frozenset({"seriescode", "geoareacode", "timeperiod", "value"}),
        frozenset({"series", "ref area", "time period", "obs value"}),
    ),
    {
        "SG_REG_BRTH": "PV.9.1",
        "SL_TLF_CHLDEC": "PV.1.2",
        "SI_COV_BENFTS": "PV.1.1",
        "VC_HTF_DETV": "PT.5.2",
        "VC_HTF_DETVSX": "PT.5.2",
        "VC_HTF_DETVFL": "PT.5.2",
        "VC_HTF_DETVOG": "PT.5.2",
        "VC_HTF_DETVOP": "PT.5.2",
    },
    {
        "VC_HTF_DETVSX": "form=sexual_exploitation",
        "VC_HTF_DETVFL": "form=forced_labour",
        "VC_HTF_DETVOG": "form=removal_of_organs",
        "VC_HTF_DETVOP": "form=other",
    },
    everybody=frozenset({"lt5y", "5 17", "5 17y", "y0t4"}),
    starts=(
        "vc",
        "sg",
        "sl",
        "si",
        "sh",
        "se",
        "ag",
        "en",
        "er",
        "dc",
        "eg",
        "it",
        "tg",
        "ny",
        "sn",
    ),
    units={
        "VC_HTF_DETV": "number",
        "VC_HTF_DETVSX": "number",
        "VC_HTF_DETVFL": "number",
        "VC_HTF_DETVOG": "number",
        "VC_HTF_DETVOP": "number",
    },
)
ALL: Final = {"glotip": GLOTIP, "sdg": SDG}


def recognized(layout: Layout, texts: Sequence[str]) -> Ready | None:
    """Return the ready mapping of a file by its headers and some of its names of indicators."""
    headers = {normal(column.header) for column in layout.columns}
    words = {normal(text) for text in texts}
    for ready in ALL.values():
        known = {normal(name) for name in ready.indicators}
        starts = any(word.partition(" ")[0] in ready.starts for word in words)
        if any(wanted <= headers for wanted in ready.headers) and (words & known or starts):
            return ready
    return None


def applied(ready: Ready, names: Names) -> Names:
    """Return the names of a plan with those of a known file."""
    codes = {str(row.code) for row in names.indicators.values()}
    others = {
        normal(theirs): ours if ours in codes else "" for theirs, ours in ready.indicators.items()
    }
    own = {word: word for word in names.indicator_names}
    everybody = frozenset(map(normal, ready.everybody))
    return replace(
        names,
        others={**own, **others},
        is_known_file=True,
        cells={normal(series): cell for series, cell in ready.cells.items()},
        everybody=everybody,
        units={normal(series): unit for series, unit in ready.units.items()},
    )
