"""A snapshot in the words of statistical standards, from its tables and nothing else.

What the tables do not say, such as titles in other languages, stands in the wording of the plan
that lies beside them.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pandas as pd

from dashboard.exchange.about import Meta, SnapshotTables
from dashboard.exchange.codelists import TARGET_STATUS
from dashboard.exchange.iati import outgoing
from dashboard.exchange.sdmx import model
from dashboard.exchange.sdmx.model import Area, Category, Code, Structure

LEVELS: Final = {"world": "G", "region": "R", "subregion": "R", "group": "R"}
DIRECTIONS: Final = {1: "up", -1: "down", 0: "none"}
NAMES: Final = ("ar", "es", "fr", "ru", "zh")
WORDS: Final = "text"
"""The kind of an indicator that has no figures."""
Rows = list[dict[str, Any]]


def meta(snapshot: SnapshotTables) -> Meta:
    """Return what goes along with every form of a snapshot."""
    about = snapshot.about
    return Meta(
        title=f"{about.title}: {about.name}",
        source=f"{about.publisher}: {about.title} ({about.symbol}); each figure names its own",
        as_of=about.as_of,
        is_illustrative=about.is_illustrative,
        licence=about.licence,
    )


def titles(snapshot: SnapshotTables) -> dict[str, str]:
    """Return what the plan is called in other languages, where its wording says so."""
    return _others(snapshot.wording).get("", {})


def figures(snapshot: SnapshotTables) -> pd.DataFrame:
    """Return the observations as the standards want them; `exact` is the value as recorded."""
    return snapshot.tables["observations"].assign(
        exact=lambda table: table["value"].astype("str").fillna(""), upper=""
    )


def numeric(snapshot: SnapshotTables) -> pd.DataFrame:
    """Return the figures of indicators that have numbers, series by series."""
    table = figures(snapshot)
    told = snapshot.tables["indicators"]
    return table[table["indicator"].isin(told.loc[told["kind"] != WORDS, "indicator"])]


def structure(snapshot: SnapshotTables) -> Structure:
    """Return what the plan of a snapshot is in SDMX."""
    about = snapshot.about
    others = _others(snapshot.wording)
    indicators = [row for row in _rows(snapshot, "indicators") if row["kind"] != WORDS]
    series = {row["indicator"]: model.identifier(row["indicator"]) for row in indicators}
    return Structure(
        agency=model.identifier(about.publisher, first="A").upper(),
        id=model.identifier(about.plan).upper(),
        version=about.edition or "1.0.0",
        names=model.names(about.title, others.get("")),
        codes=_codes(snapshot, indicators, others),
        categories=_categories(snapshot, indicators, others),
        series=series,
        units={
            series[row["indicator"]]: model.unit(row["kind"], row["unit"]) for row in indicators
        },
        areas={
            row["area"]: Area(_code_of(row), LEVELS.get(row["kind"], "N"))
            for row in _rows(snapshot, "areas")
        },
        is_illustrative=about.is_illustrative,
        prepared=about.as_of,
    )


def _rows(snapshot: SnapshotTables, name: str) -> Rows:
    table = snapshot.tables[name]
    if "position" in table:
        table = table.sort_values("position", kind="stable")
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _others(wording: bytes) -> dict[str, dict[str, str]]:
    """Return titles in other languages by the code of what they name; the plan's under ''."""
    if not wording:
        return {}
    content = json.loads(wording)
    parts = (("objectives", "titles"), ("measures", "titles"), ("indicators", "names"))
    found = {one["code"]: one[key] for part, key in parts for one in content[part]}
    return {**found, "": content["titles"]}


def _code_of(area: Mapping[str, Any]) -> str:
    return str(area["m49"]) or model.identifier(area["area"])


def _codes(
    snapshot: SnapshotTables, indicators: Rows, others: Mapping[str, Mapping[str, str]]
) -> dict[str, tuple[Code, ...]]:
    found = {
        name: model.fixed(name) for name in (*model.KEY, *model.SERIES_ATTRIBUTES, *model.CODED)
    }
    found["SERIES"] = tuple(
        Code(
            model.identifier(row["indicator"]),
            model.names(row["name"], others.get(row["indicator"])),
            notes={
                "code": row["indicator"],
                "direction": DIRECTIONS[int(row["direction"])],
                "measure": row["kind"],
            },
        )
        for row in indicators
    )
    places = tuple(
        Code(
            _code_of(row),
            model.names(row["name"], {code: row[f"name_{code}"] for code in NAMES}),
            notes={
                name: row[key] for name, key in (("ISO2", "iso2"), ("ISO3", "iso3")) if row[key]
            },
        )
        for row in _rows(snapshot, "areas")
    )
    found["REF_AREA"] = (*places, Code(model.EACH, {"en": "Each area by itself"}))
    units = {model.unit(row["kind"], row["unit"]): row["unit"] for row in indicators}
    found["UNIT_MEASURE"] = tuple(Code(unit, {"en": text or unit}) for unit, text in units.items())
    return found | _breakdowns(snapshot)


def _breakdowns(snapshot: SnapshotTables) -> dict[str, tuple[Code, ...]]:
    """Return the code lists of the breakdowns, with the combinations that the figures have."""
    total = Code(model.TOTAL, {"en": "Total"})
    made: dict[str, dict[str, Code]] = {
        name: {model.TOTAL: total} for name in {*model.BREAKDOWNS.values(), model.CUSTOM}
    }
    for row in _rows(snapshot, "dimensions"):
        word = model.breakdown(row["dimension"], row["code"])
        held = made[model.BREAKDOWNS.get(row["dimension"], model.CUSTOM)]
        held[word] = Code(word, {"en": f"{row['name'] or row['dimension']}: {row['code']}"})
    for cell in sorted(snapshot.tables["observations"]["cell"].unique()):
        for name, word in model.split(cell).items():
            made[name].setdefault(word, Code(word, {"en": word}))
    return {name: tuple(held.values()) for name, held in sorted(made.items())}


def _categories(
    snapshot: SnapshotTables, indicators: Rows, others: Mapping[str, Mapping[str, str]]
) -> tuple[Category, ...]:
    """Return objectives, their measures, and the indicators of each."""
    links: dict[str, list[str]] = {}
    for row in _rows(snapshot, "measure_indicators"):
        links.setdefault(row["measure"], []).append(row["indicator"])
    leaves = {
        row["indicator"]: Category(
            model.identifier(row["indicator"]),
            model.names(row["name"], others.get(row["indicator"])),
        )
        for row in indicators
    }
    placed = {one for several in links.values() for one in several}
    branches: dict[str, list[Category]] = {}
    for row in _rows(snapshot, "measures"):
        below = tuple(leaves[one] for one in links.get(row["measure"], ()) if one in leaves)
        said = model.names(row["title"], others.get(row["measure"]))
        branch = Category(model.identifier(row["measure"]), said, below)
        branches.setdefault(row["objective"], []).append(branch)
    for row in indicators:
        if row["indicator"] not in placed:
            branches.setdefault(row["objective"], []).append(leaves[row["indicator"]])
    return tuple(
        Category(
            model.identifier(row["objective"]),
            model.names(row["title"], others.get(row["objective"])),
            tuple(branches.get(row["objective"], ())),
        )
        for row in _rows(snapshot, "objectives")
    )


def results(snapshot: SnapshotTables) -> outgoing.Plan:
    """Return what activities of IATI say of the plan, with its targets and baselines."""
    about = snapshot.about
    others = _others(snapshot.wording)
    told = _rows(snapshot, "plan")[0]
    indicators = _rows(snapshot, "indicators")
    return outgoing.Plan(
        code=about.plan,
        names=model.names(about.title, others.get("")),
        description=", ".join(
            part for part in (f"{about.title} ({about.symbol})", told["legal_nature"]) if part
        ),
        adopted=date.fromisoformat(told["adopted"]),
        agency=model.identifier(about.publisher, first="A").upper(),
        publisher=about.publisher,
        results=tuple(
            outgoing.Result(
                row["objective"],
                model.names(row["title"], others.get(row["objective"])),
                tuple(
                    _indicator(one, others)
                    for one in indicators
                    if one["objective"] == row["objective"]
                ),
            )
            for row in _rows(snapshot, "objectives")
        ),
        places={
            row["area"]: outgoing.Place(
                row["name"], row["iso2"], row["m49"], LEVELS.get(row["kind"], "N")
            )
            for row in _rows(snapshot, "areas")
        },
        targets=_aims(snapshot, "targets"),
        baselines=_aims(snapshot, "baselines"),
    )


def _indicator(
    row: Mapping[str, Any], others: Mapping[str, Mapping[str, str]]
) -> outgoing.Indicator:
    return outgoing.Indicator(
        code=row["indicator"],
        names=model.names(row["name"], others.get(row["indicator"])),
        definition=row["definition"],
        unit=row["unit"],
        kind=row["kind"],
        direction=DIRECTIONS[int(row["direction"])],
        sdg=row["sdg_indicator"],
    )


def _aims(snapshot: SnapshotTables, name: str) -> pd.DataFrame:
    """Return targets or baselines with a value and a year; a key says one thing."""
    table = snapshot.tables[name]
    table = table[(table["value"] != "") & table["year"].notna()]
    is_target = name == "targets"
    said = table["status"].map(TARGET_STATUS) if is_target else [""] * len(table)
    made = table.assign(
        area=table["area"].where(table["area"] != "", model.EACH),
        cell=model.TOTAL,
        period=table["year"].astype("int64").astype("str"),
        exact=table["value"].astype("str"),
        upper=table["upper"].astype("str") if is_target else "",
        qualifier=table["operator"].astype("str") if is_target else "",
        status="A",
        missing_reason="",
        nature="",
        source="",
        note=[". ".join(filter(None, pair)) for pair in zip(said, table["note"], strict=True)],
        accepted_at=table["recorded_at"],
    )
    order = made.sort_values(["area", "indicator", "year", name.removesuffix("s")])
    return order.drop_duplicates(["area", "indicator", "cell", "period"], ignore_index=True)
