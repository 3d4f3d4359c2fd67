"""In which form an SDMX answer is wanted: by `format=`, else by the header Accept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dashboard.api.sdmx_asked import Refused
from dashboard.exchange.sdmx import delimited, markup, notation, structures, structures_json

DATA: Final[Mapping[str, str]] = {
    "csv-1.0": f"{delimited.MEDIA};version=1.0.0",
    "csv-2.0": f"{delimited.MEDIA};version=2.0.0",
    "ml-2.1": markup.MEDIA["2.1"],
    "ml-3.0": markup.MEDIA["3.0"],
    "json-2.0": notation.MEDIA,
}
STRUCTURE: Final[Mapping[str, str]] = {
    "ml-2.1": structures.MEDIA["2.1"],
    "ml-3.0": structures.MEDIA["3.0"],
    "json-2.0": structures_json.MEDIA,
}
WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("csvdata", "csv", "sdmx-csv", "csvfile"), "csv"),
    **dict.fromkeys(("jsondata", "json", "sdmx-json", "jsonstructure"), "json"),
    **dict.fromkeys(("structurespecificdata", "xml", "sdmx-ml", "structure"), "ml"),
    **{"structurespecificdata-2.1": "ml-2.1", "structurespecificdata-3.0": "ml-3.0"},
    **{"csvdata-1.0": "csv-1.0", "csvdata-2.0": "csv-2.0"},
}
XML: Final = frozenset({"application/xml", "text/xml", "*/*", "application/*", "text/*"})


@dataclass(frozen=True)
class Wish:
    """One media type somebody would take, and how gladly."""

    name: str
    version: str
    weight: float


def chosen(version: int, said: str, accept: str, offered: Mapping[str, str]) -> str:
    """Return which of the offered forms is wanted; raise `Refused` (406) where none is."""
    usual = {"csv": "csv-2.0", "json": "json-2.0", "ml": "ml-2.1" if version == 1 else "ml-3.0"}
    if version == 1:
        usual["csv"] = "csv-1.0"
    if said:
        word = WORDS.get(said.lower(), "")
        found = usual.get(word, word)
        if found not in offered:
            raise Refused(406, f"There is no form {said!r}: {', '.join(sorted(set(WORDS)))}.")
        return found
    for wish in sorted(wishes(accept), key=lambda one: -one.weight):
        found = _form(wish, usual)
        if wish.weight and found in offered:
            return found
    raise Refused(406, f"The forms are {', '.join(offered.values())}.")


def wishes(accept: str) -> list[Wish]:
    """Read a header Accept; nothing said means anything."""
    found = []
    for part in (accept or "*/*").split(","):
        name, *rest = (piece.strip() for piece in part.split(";"))
        words = dict(piece.partition("=")[::2] for piece in rest)
        weight = words.get("q", "1")
        amount = float(weight) if re.fullmatch(r"[01](\.\d+)?", weight) else 0.0
        found.append(Wish(name.lower(), words.get("version", ""), amount))
    return found


def _form(wish: Wish, usual: Mapping[str, str]) -> str:
    number = wish.version[:3]
    if wish.name in XML:
        return usual["ml"]
    if wish.name == "application/json":
        return usual["json"]
    if wish.name == "text/csv":
        return usual["csv"]
    end = wish.name.rpartition("+")[2]
    if not wish.name.startswith("application/vnd.sdmx.") or "generic" in wish.name:
        return ""
    if end == "csv":
        return f"csv-{number}" if number else usual["csv"]
    if end == "json":
        return f"json-{number}" if number else usual["json"]
    if end == "xml":
        old = "structurespecificdata" in wish.name
        return f"ml-{number}" if number else ("ml-2.1" if old else usual["ml"])
    return ""
