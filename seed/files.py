"""Read content files (TOML and CSV) and say in plain words which file, entry and field is wrong."""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from models import BadInput, Fault

HOME: Final = Path(__file__).parent
"""Where the content lies: beside this module."""

Model = TypeVar("Model", bound=BaseModel)

MENDING: Final = {
    "missing": "the field is missing: add it",
    "extra_forbidden": "there is no such field: correct its spelling or remove it",
}
"""What to say in place of Pydantic's words where ours are clearer."""


@dataclass(frozen=True)
class Bundle:
    """The files of one folder, put together: what they say, and where each entry stands."""

    folder: Path
    content: dict[str, Any]
    places: dict[tuple[str, int], str]  # (list, position) -> file

    def where(self, *loc: str | int) -> str:
        """Return a place in words: file, entry by its code, and field."""
        name = self.folder.name
        if not loc:
            return name
        top, rest = str(loc[0]), loc[1:]
        if rest and isinstance(rest[0], int) and (top, rest[0]) in self.places:
            entry = self.content[top][rest[0]]
            label = entry_label(entry) if isinstance(entry, Mapping) else ""
            spot = f"{name}/{self.places[top, rest[0]]}, {top} {label or f'no. {rest[0] + 1}'}"
            return f"{spot}, {dotted(rest[1:])}" if rest[1:] else spot
        file = self.places.get((top, -1), "")
        return f"{name}/{file}, {dotted(loc)}" if file else f"{name}, {dotted(loc)}"

    def parse(self, model: type[Model]) -> Model:
        """Return the content as the model, or raise `BadInput` with every fault in it."""
        try:
            return model.model_validate(self.content)
        except ValidationError as error:
            raise BadInput(
                *(Fault(self.where(*e["loc"]), words(e)) for e in error.errors())
            ) from None


def entry_label(entry: Mapping[str, Any]) -> str:
    """Return what names an entry to a reader: its code, or the next best field."""
    names = ("code", "id", "key", "title", "what", "indicator")
    return next((str(entry[name]) for name in names if entry.get(name)), "")


def dotted(loc: tuple[str | int, ...]) -> str:
    """Return a path of fields in words: positions are counted from one."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in loc)


def words(error: Any) -> str:
    """Return what Pydantic found as a sentence that says how to mend it."""
    if error["type"] in MENDING:
        return MENDING[error["type"]]
    given = repr(error["input"])
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{message} (it reads {given if len(given) < 60 else given[:57] + '…'})"


def read_folder(folder: Path) -> Bundle:
    """Read every TOML file of a folder and below as one.

    Lists of the same name are put one behind the other, in the order of the file names; any other
    key may stand in one file only.

    Raises `BadInput` where a file is no valid TOML or two files give the same key.
    """
    content: dict[str, Any] = {}
    places: dict[tuple[str, int], str] = {}
    faults: list[Fault] = []
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).as_posix()
        for key, value in _toml(path, f"{folder.name}/{name}").items():
            if isinstance(value, list) and all(isinstance(item, dict) for item in value):
                known = content.setdefault(key, [])
                places.update({(key, len(known) + i): name for i in range(len(value))})
                known.extend(value)
            elif key in content:
                where = f"{folder.name}/{name}, {key}"
                faults.append(Fault(where, f"{places[key, -1]} has this key too: keep one of them"))
            else:
                content[key] = value
                places[key, -1] = name
    if faults:
        raise BadInput(*faults)
    return Bundle(folder, content, places)


def _toml(path: Path, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(Fault(where, f"this is not valid TOML: {error}")) from None


def read_table(path: Path, model: type[Model]) -> list[Model]:
    """Read a CSV file with a header as one model a row; an empty field is left to its default.

    No text is taken for a missing value: Namibia's alpha-2 code is `NA`.

    Raises `BadInput` with file, line, the row's first field and the column of every fault.
    """
    rows: list[Model] = []
    faults: list[Fault] = []
    for line, fields in _lines(path):
        given = {key: value for key, value in fields.items() if value != ""}
        try:
            rows.append(model.model_validate(given))
        except ValidationError as error:
            label = next(iter(fields.values()), "")
            faults += [
                Fault(f"{path.name}, line {line}, {label}, {dotted(e['loc'])}", words(e))
                for e in error.errors()
            ]
    if faults:
        raise BadInput(*faults)
    return rows


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restkey="surplus", restval="")
        for fields in reader:
            yield reader.line_num, fields
