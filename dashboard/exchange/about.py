"""What a file says about itself: whose data, as of when, under which licence, real or pretend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd


@dataclass(frozen=True)
class Licence:
    """Under which terms a file may be used."""

    name: str
    title: str
    address: str


CC_BY: Final = Licence(
    "CC-BY-4.0",
    "Creative Commons Attribution 4.0 International",
    "https://creativecommons.org/licenses/by/4.0/",
)
ILLUSTRATIVE: Final = "ILLUSTRATIVE DATA, generated for demonstration: not for quotation"
"""The mark of a file with generated figures; canonical files are English, whoever reads them."""


@dataclass(frozen=True)
class Meta:
    """What goes along with a table that is downloaded from a page."""

    title: str
    source: str
    as_of: datetime
    is_illustrative: bool
    licence: Licence = CC_BY


@dataclass(frozen=True)
class About:
    """What a snapshot says about itself; everything but the tables that its identity rests on."""

    plan: str  # code
    title: str
    symbol: str
    edition: str
    edition_digest: str
    name: str  # what the snapshot was called when it was taken
    publisher: str
    as_of: datetime
    assessed: int  # year of assessment
    method: str
    preset: str
    is_illustrative: bool
    software: str  # version of the program that wrote it
    engine: str  # version of its arithmetic
    previous: str | None  # identity of the snapshot before it
    licence: Licence = CC_BY


@dataclass(frozen=True)
class SnapshotTables:
    """Everything a snapshot is written from: what it says about itself, and its tables by name.

    The tables have the columns of `exchange.schema.RESOURCES`; their rows may come in any order.
    """

    about: About
    tables: Mapping[str, pd.DataFrame]
    wording: bytes = b""
    """The plan as it was installed, as canonical JSON; its SHA-256 is `edition_digest`."""


def moment(value: datetime) -> str:
    """Return a moment as it stands in files: UTC, six decimals, a Z."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_moment(text: str) -> datetime:
    """Read what `moment` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def licence(described: Licence) -> dict[str, Any]:
    """Return a licence as Data Package wants it."""
    return {"name": described.name, "title": described.title, "path": described.address}
