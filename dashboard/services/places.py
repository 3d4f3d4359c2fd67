"""Areas of a restored record: from the tables of a snapshot back to rows.

What a snapshot does not say of an area (where it lies on a map, its earlier and formal names) is
taken from the areas that are shipped, where they know it by the same code.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

import pandas as pd
from sqlmodel import Session

from models import TOTAL, AreaKind, AreaName, Cell, Membership, ReferenceArea, Weight
from seed import areas as seeded

LANGUAGES: Final = ("ar", "es", "fr", "ru", "zh")
TREE: Final = "M49"
"""The basis of memberships that follow from where an area lies, and are no rows of their own."""
FIRST_GROUP: Final = 9001


def add(session: Session, tables: Mapping[str, pd.DataFrame]) -> None:
    """Add the areas, names, memberships and weights that a snapshot names to an empty record."""
    known = seeded.rows(seeded.read())
    numbers = _numbers(tables["areas"], {one.code: one.id for one in known.areas})
    beside = {one.code: one for one in known.areas}
    given = tables["areas"].to_dict("records")
    placed = {row["area"]: _area(row, numbers, beside.get(row["area"])) for row in given}
    session.add_all(placed.values())
    session.flush()
    above = _parents(tables["memberships"], known.areas)
    for code, row in placed.items():
        parent = above.get(code) or (row.subregion_id or row.region_id)
        row.parent_id = numbers[parent] if isinstance(parent, str) else parent
    session.add_all(_names(given, numbers, known.names, beside))
    session.add_all(_memberships(tables["memberships"], numbers))
    session.add_all(
        Weight(
            area_id=numbers[row["area"]],
            name=row["weight"],
            year=int(row["year"]),
            value=float(row["value"]),
            source=row["source"],
        )
        for row in tables["weights"].to_dict("records")
    )
    session.add(Cell(id=0, code=TOTAL))
    session.flush()


def _numbers(areas: pd.DataFrame, known: Mapping[str, int]) -> dict[str, int]:
    """Return the number of each area: M49 where it has one, else as shipped, else a free one."""
    found: dict[str, int] = {}
    free = max([FIRST_GROUP - 1, *known.values()]) + 1
    for row in areas.sort_values("area").itertuples():
        code = str(row.area)
        if row.m49:
            found[code] = int(str(row.m49))
        elif code in known:
            found[code] = known[code]
        else:
            found[code] = free
            free += 1
    return found


def _area(
    row: Mapping[Any, Any], numbers: Mapping[str, int], beside: ReferenceArea | None
) -> ReferenceArea:
    column, line = int(row["column"]), int(row["row"])
    return ReferenceArea(
        id=numbers[row["area"]],
        code=row["area"],
        kind=AreaKind(row["kind"]),
        name=row["name"],
        **{name: row[name] for name in ("iso2", "iso3", "m49")},
        region_id=numbers.get(row["region"]),
        subregion_id=numbers.get(row["subregion"]),
        latitude=beside.latitude if beside else None,
        longitude=beside.longitude if beside else None,
        tile_column=None if column < 0 else column,
        tile_row=None if line < 0 else line,
        note=beside.note if beside else "",
    )


def _parents(memberships: pd.DataFrame, known: Iterable[ReferenceArea]) -> dict[str, str]:
    """Return the area in which each lies: of those the snapshot names the nearest one."""
    tree = memberships[memberships["basis"] == TREE]
    size = tree["group"].value_counts()
    nearest = tree.assign(size=tree["group"].map(size)).sort_values(["area", "size", "group"])
    found: dict[str, str] = dict(
        nearest.drop_duplicates("area")[["area", "group"]].itertuples(index=False)
    )
    codes = {one.id: one.code for one in known}
    shipped = {one.code: codes[one.parent_id] for one in known if one.parent_id is not None}
    told = set(tree["group"]) | set(tree["area"])
    lies = set(tree[["area", "group"]].itertuples(index=False, name=None))
    trusted = {
        code: parent
        for code, parent in shipped.items()
        if parent in told and ((code, parent) in lies or code not in found)
    }
    return {**found, **trusted}


def _names(
    given: Iterable[Mapping[Any, Any]],
    numbers: Mapping[str, int],
    known: Iterable[AreaName],
    beside: Mapping[str, ReferenceArea],
) -> list[AreaName]:
    """Return the shipped names where the newest is the one that is told, else only that one."""
    shipped: dict[tuple[int, str], list[AreaName]] = {}
    for name in sorted(known, key=lambda name: name.since):
        shipped.setdefault((name.area_id, name.language), []).append(name)
    found = []
    for row in given:
        told = {"en": row["name"], **{code: row[f"name_{code}"] for code in LANGUAGES}}
        of = beside.get(row["area"])
        for language, name in told.items():
            earlier = shipped.get((of.id, language), []) if of is not None else []
            number = numbers[row["area"]]
            if earlier and earlier[-1].name == name:
                found += [AreaName(**{**one.model_dump(), "area_id": number}) for one in earlier]
            elif name:
                found.append(AreaName(area_id=number, language=language, name=name))
    return found


def _memberships(table: pd.DataFrame, numbers: Mapping[str, int]) -> list[Membership]:
    return [
        Membership(
            group_id=numbers[str(row.group)],
            area_id=numbers[str(row.area)],
            since=date.fromisoformat(str(row.since)) if row.since else date.min,
            until=date.fromisoformat(str(row.until)) if row.until else date.max,
            basis=str(row.basis),
        )
        for row in table[table["basis"] != TREE].itertuples()
    ]
