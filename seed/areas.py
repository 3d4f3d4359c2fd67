"""Countries, regions and groups: their codes, names, memberships, places and weights.

Four tables in `seed/areas/`, made to be read and corrected by people: `areas.csv` (one row an
area), `names.csv` (one row an area and the day a name came into use), `memberships.csv` (one row an
area in a group, from a day to a day) and `weights.csv` (one figure a row, with its source). What
their columns mean, and how each fact is known, is told in `seed/areas/README.md`.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from models import AreaKind, AreaName, BadInput, Fault, Membership, ReferenceArea, Weight
from seed import files
from seed.entries import Entry

AREAS: Final = files.HOME / "areas"
LANGUAGES: Final = ("en", "fr", "es", "ru", "zh", "ar")
WORLD: Final = "M49-001"

AreaCode = Annotated[str, Field(pattern=r"^(M49-\d{3}|[A-Z][A-Z-]+)$")]


class Area(Entry):
    """An area of the world, or a group of States."""

    code: AreaCode
    number: Annotated[int, Field(ge=1, le=9999)]
    kind: AreaKind
    iso2: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = ""
    iso3: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = ""
    m49: Annotated[str, Field(pattern=r"^\d{3}$")] = ""
    parent: AreaCode | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    tile_column: Annotated[int, Field(ge=0)] | None = None
    tile_row: Annotated[int, Field(ge=0)] | None = None
    note: str = ""


class Name(Entry):
    """The names of an area in six languages, from a day on (always, where no day is given)."""

    code: AreaCode
    since: date = date.min
    en: str
    fr: str = ""
    es: str = ""
    ru: str = ""
    zh: str = ""
    ar: str = ""
    formal_en: str = ""
    basis: Literal["package", "recall"]
    note: str = ""


class Member(Entry):
    """An area in a group; without days it was a member before 2010, or still is."""

    group: AreaCode
    area: AreaCode
    since: date = date.min
    until: date = date.max  # the last day
    basis: Literal["compared", "recall"]


class Share(Entry):
    """One weight of an area in one year, in thousands."""

    area: AreaCode
    weight: str
    year: int
    thousands: Annotated[float, Field(gt=0)]
    source: str


@dataclass(frozen=True)
class Areas:
    """All areas with their names, memberships and weights."""

    areas: tuple[Area, ...]
    names: tuple[Name, ...]
    memberships: tuple[Member, ...]
    weights: tuple[Share, ...]

    @cached_property
    def by_code(self) -> dict[str, Area]:
        """The areas by their codes."""
        return {area.code: area for area in self.areas}

    def members(self) -> tuple[str, ...]:
        """Return the codes of the Member States of the United Nations, in alphabetical order."""
        return tuple(sorted(area.code for area in self.areas if area.kind is AreaKind.STATE))

    def ancestors(self, code: str) -> list[Area]:
        """Return the areas an area lies in, the nearest first and the world last."""
        known, chain = self.by_code, []
        parent = known[code].parent
        while parent is not None:
            chain.append(known[parent])
            parent = known[parent].parent
        return chain

    def name(self, code: str, day: date) -> str:
        """Return the English short name an area had on a day."""
        known = [name for name in self.names if name.code == code and name.since <= day]
        return max(known, key=lambda name: name.since).en

    def group(self, code: str, day: date) -> frozenset[str]:
        """Return who belonged to a group on a day."""
        return frozenset(
            member.area
            for member in self.memberships
            if member.group == code and member.since <= day <= member.until
        )


@cache
def codes() -> tuple[str, ...]:
    """Return the codes of all areas."""
    return tuple(area.code for area in read().areas)


@cache
def read() -> Areas:
    """Read and check the areas that are shipped; raise `BadInput` with every fault."""
    return read_folder(AREAS)


def read_folder(folder: Path) -> Areas:
    """Read and check the four tables of a folder; raise `BadInput` with every fault."""
    found = Areas(
        tuple(files.read_table(folder / "areas.csv", Area)),
        tuple(files.read_table(folder / "names.csv", Name)),
        tuple(files.read_table(folder / "memberships.csv", Member)),
        tuple(files.read_table(folder / "weights.csv", Share)),
    )
    faults = _faults(found)
    if faults:
        raise BadInput(*faults)
    return found


def _faults(found: Areas) -> list[Fault]:
    known = found.by_code
    faults = [
        Fault(f"areas.csv, {field}", f"{value} is given twice: keep one")
        for field in ("code", "number", "iso2", "m49")
        for value in _repeated([str(getattr(area, field)) for area in found.areas])
        if value
    ]
    links = [
        *(("areas.csv", area.code, "parent", area.parent) for area in found.areas if area.parent),
        *(("names.csv", name.en, "code", name.code) for name in found.names),
        *(("memberships.csv", member.area, "group", member.group) for member in found.memberships),
        *(("memberships.csv", member.group, "area", member.area) for member in found.memberships),
        *(("weights.csv", share.weight, "area", share.area) for share in found.weights),
    ]
    faults += [
        Fault(f"{file}, {label}, {field}", f"there is no area {code}: correct the code or add it")
        for file, label, field, code in links
        if code not in known
    ]
    unnamed = sorted(set(known) - {name.code for name in found.names if name.since == date.min})
    faults += [Fault(f"names.csv, {code}", "give the area a first name") for code in unnamed]
    faults += [
        Fault(f"memberships.csv, {member.group}, {member.area}", "it ends before it starts")
        for member in found.memberships
        if member.until < member.since
    ]
    return faults


def _repeated(values: list[str]) -> list[str]:
    return sorted({value for value in values if values.count(value) > 1})


@dataclass(frozen=True)
class AreaRows:
    """Areas as rows of the record; parents come before their children."""

    areas: list[ReferenceArea]
    names: list[AreaName]
    memberships: list[Membership]
    weights: list[Weight]


def rows(found: Areas) -> AreaRows:
    """Return the areas as rows of the record, in an order that keeps every reference whole."""
    number = {area.code: area.number for area in found.areas}
    depth = {area.code: len(found.ancestors(area.code)) for area in found.areas}
    today = {name.code: name for name in sorted(found.names, key=lambda name: name.since)}
    return AreaRows(
        [
            _area_row(found, area, today[area.code].en)
            for area in sorted(found.areas, key=lambda area: (depth[area.code], area.number))
        ],
        [
            AreaName(
                area_id=number[name.code],
                language=language,
                since=name.since,
                name=getattr(name, language),
                formal=name.formal_en if language == "en" else "",
            )
            for name in found.names
            for language in LANGUAGES
            if getattr(name, language)
        ],
        [
            Membership(
                group_id=number[member.group],
                area_id=number[member.area],
                since=member.since,
                until=member.until,
                basis=member.basis,
            )
            for member in found.memberships
        ],
        [
            Weight(
                area_id=number[share.area],
                name=share.weight,
                year=share.year,
                value=share.thousands * 1000,
                source=share.source,
            )
            for share in found.weights
        ],
    )


def _area_row(found: Areas, area: Area, name: str) -> ReferenceArea:
    above = found.ancestors(area.code)
    region = next((each for each in above if each.kind is AreaKind.REGION), None)
    under = [each for each in above if each.kind is AreaKind.SUBREGION]
    return ReferenceArea(
        id=area.number,
        code=area.code,
        kind=area.kind,
        name=name,
        iso2=area.iso2,
        iso3=area.iso3,
        m49=area.m49,
        parent_id=above[0].number if above else None,
        region_id=region.number if region else None,
        subregion_id=under[-1].number
        if under
        else None,  # the M49 sub-region, not the intermediate
        latitude=area.latitude,
        longitude=area.longitude,
        tile_column=area.tile_column,
        tile_row=area.tile_row,
        note=area.note,
    )
