"""SDMX: the figures and the structure of a plan as statistical offices exchange them.

Writers are streams: rows go in a chunk at a time, bytes come out, and memory stays what it was.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import pandas as pd

from dashboard.exchange.about import Meta
from dashboard.exchange.sdmx import delimited, markup, notation
from dashboard.exchange.sdmx.model import Structure
from dashboard.progress import N_

Write = Callable[[Iterable[pd.DataFrame], Structure, Meta], Iterator[bytes]]


@dataclass(frozen=True)
class Stream:
    """A way to take figures away as a stream: `write(rows, structure, meta)` yields bytes."""

    label: str  # in English; faces translate it
    suffix: str
    media_type: str
    write: Callable[..., Iterator[bytes]]


FORMATS: Final[dict[str, Stream]] = {
    "sdmx-csv": Stream(
        N_("SDMX-CSV 2.0"), ".sdmx.csv", f"{delimited.MEDIA};version=2.0.0", delimited.write
    ),
    "sdmx-ml-2.1": Stream(
        N_("SDMX-ML 2.1"),
        ".sdmx-2.1.xml",
        markup.MEDIA["2.1"],
        partial(markup.write, version="2.1"),
    ),
    "sdmx-ml-3.0": Stream(
        N_("SDMX-ML 3.0"),
        ".sdmx-3.0.xml",
        markup.MEDIA["3.0"],
        partial(markup.write, version="3.0"),
    ),
    "sdmx-json": Stream(N_("SDMX-JSON 2.0"), ".sdmx.json", notation.MEDIA, notation.write),
}
"""Every way in which figures leave as SDMX."""

__all__ = ["FORMATS", "Stream", "Structure", "Write"]
