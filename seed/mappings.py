"""Which indicators of different plans ask the same, and which figures cannot both be right."""

from decimal import Decimal
from functools import cache
from typing import Final, Literal

from seed import files
from seed.entries import Entry

PLACE: Final = files.HOME / "mappings"


class Asked(Entry):
    """An indicator of a plan."""

    plan: str
    indicator: str


class Mapping(Entry):
    """Indicators of different plans that ask the same: equally, or nearly."""

    relation: Literal["equal", "close"]
    note: str
    indicators: list[Asked]


class Contradiction(Entry):
    """Two indicators of one plan: where the first is high, the second is not near nothing."""

    plan: str
    indicator: str
    at_least: Decimal
    other: str
    below: Decimal
    why: str


class Mappings(Entry):
    """All of them."""

    mapping: list[Mapping]
    contradiction: list[Contradiction]


@cache
def read() -> Mappings:
    """Read what is shipped, and raise `BadInput` with every fault in it."""
    return files.read_folder(PLACE).parse(Mappings)
