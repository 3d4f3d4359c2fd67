"""The names under which a file may speak of areas, indicators and groups of people."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from rapidfuzz import fuzz, process
from sqlmodel import Session

from dashboard.exchange.reading.vocabulary import normal
from dashboard.services import lookup
from models import AreaName, ScaleLevel, columns

NEAR: Final = 78
"""How like a name a text must be, of 100, for the name to be suggested."""
NAMES: Final = columns(AreaName)
LEVELS: Final = columns(ScaleLevel)
ALIASES: Final[Mapping[str, str]] = {
    "BOL": "Bolivia",
    "BRN": "Brunei",
    "CIV": "Ivory Coast|Cote d Ivoire|Costa de Marfil",
    "COD": "DR Congo|DRC|Congo DR|Congo Dem Rep|Congo Kinshasa|Democratic Republic of Congo|Zaire",
    "COG": "Congo Brazzaville|Congo Rep|Republic of Congo",
    "CPV": "Cape Verde|Cap Vert",
    "CZE": "Czech Republic|République tchèque|República Checa|Чешская Республика",
    "FSM": "Micronesia",
    "GBR": "United Kingdom|UK|Great Britain|Britain|Royaume-Uni|Reino Unido|Великобритания|英国",
    "GMB": "The Gambia",
    "IRN": "Iran|Иран|伊朗|إيران",
    "KOR": "South Korea|Republic of Korea|Korea Rep|Korea South|Corée du Sud|Corea del Sur|韩国",
    "LAO": "Laos",
    "MDA": "Moldova|Republic of Moldova",
    "MKD": "Macedonia|FYROM|FYR Macedonia|The former Yugoslav Republic of Macedonia|TFYR Macedonia",
    "MMR": "Burma|Birmanie|Birmania",
    "NLD": "Holland|The Netherlands",
    "PRK": "North Korea|DPRK|Korea North|Dem People s Rep of Korea",
    "PSE": "Palestine|Palestinian Territories|West Bank and Gaza",
    "RUS": "Russia|Russie|Rusia|Россия|俄罗斯|روسيا",
    "STP": "Sao Tome",
    "SWZ": "Swaziland|Kingdom of Eswatini",
    "SYR": "Syria|Syrie|Siria|Сирия|叙利亚|سوريا",
    "TLS": "East Timor|Timor Est",
    "TUR": "Turkey|Turquie|Turquía|Turkiye",
    "TZA": "Tanzania",
    "USA": "United States|US|USA|United States of America|États-Unis|Estados Unidos|EE UU|США|美国",
    "VAT": "Vatican|Vatican City",
    "VEN": "Venezuela",
    "VNM": "Vietnam|Viet Nam",
}
"""What areas are also called, besides the names in the record."""
DOUBLE: Final[Mapping[str, str]] = {"congo": "COG|COD", "korea": "KOR|PRK", "corea": "KOR|PRK"}
"""Names that more than one area may mean."""
TOTALS_WORDS: Final = (
    "total|grand total|all|all countries|sum|totals|total general|tous les pays|"
    "todos|итого|всего|合计|总计|المجموع|الإجمالي|average|mean|median"
)
TOTALS: Final = frozenset(map(normal, TOTALS_WORDS.split("|")))
JOINED: Final = re.compile(r"\s*(?:/|&|\+|;|,|\band\b|\bet\b|\by\b|\bи\b|和|、|\sو\s?)\s*", re.I)
POOLS: Final = frozenset({"car", "cas", "eeu", "mca", "mcn", "saf", "sam"})
"""Codes of GLOTIP for several reporters of a subregion together."""
EVERYBODY_WORDS: Final = (
    "_T|total|all|both sexes|bothsex|both|all ages|allage|allages|everybody|t|"
    "total general|les deux sexes|ambos sexos|tous|todos|оба пола|всего|总计|全部|"
    "المجموع|both sex"
)
EVERYBODY: Final = frozenset(map(normal, EVERYBODY_WORDS.split("|")))
ACROSS: Final = ("sex", "age")
"""Breakdowns whose groups may head columns of figures."""
MINORS: Final = {
    **dict.fromkeys(("girl", "girls", "filles", "ninas", "девочки", "女孩", "فتيات"), "female"),
    **dict.fromkeys(("boy", "boys", "garcons", "ninos", "мальчики", "男孩", "فتيان"), "male"),
}
"""Words that say a sex and an age at once."""
GROUPS: Final[Mapping[str, Mapping[str, str]]] = {
    "sex": {
        "female": (
            "f|female|females|women|woman|femme|femmes|féminin|mujer|mujeres|femenino|"
            "женский|женщины|ж|女|女性|إناث|أنثى|نساء"
        ),
        "male": (
            "m|male|males|men|man|homme|hommes|masculin|hombre|hombres|masculino|"
            "мужской|мужчины|м|男|男性|ذكور|ذكر|رجال"
        ),
        "other_or_not_stated": "other|unknown|not stated|x|o|u|autre|inconnu|otro|desconocido",
        "not_stated": "other|unknown|not stated|x|u",
    },
    "age": {
        "child_0_17": (
            "0 17|0 to 17|0 to 17 years|lt18y|y0t17|under 18|below 18|child|children|"
            "minors|minor|enfants|mineurs|niños|menores|дети|儿童|أطفال|0 17 years|"
            "less than 18"
        ),
        "adult_18_plus": (
            "18|18+|18 years or over|18 and over|y ge18|>=18|>17|adult|adults|adultes|"
            "adultos|взрослые|成年人|بالغون|18 or over|18 years and over|over 18"
        ),
        "unknown": "unknown|not stated|inconnu|desconocido|неизвестно",
    },
    "form": {
        "sexual_exploitation": "sexual exploitation|sexual|exploitation sexuelle|sex",
        "forced_labour": "forced labour|forced labor|labour|labour exploitation|travail forcé",
        "other": "other forms of exploitation|other forms|other",
        "removal_of_organs": "organ removal|organs|removal of organ",
    },
    "citizenship": {
        "national": "nationals|national|own nationals|citizens",
        "non_national": "abroad|foreign|foreigners|non nationals|foreign nationals",
        "unknown": "unknown",
    },
}
"""What groups of people are also called, besides the codes of the plan."""


@dataclass(frozen=True)
class Found:
    """What a name led to: a number, or why it led nowhere."""

    id: int = -1
    fault: str = ""
    near: str = ""
    code: str = ""


@dataclass(frozen=True)
class Names:
    """All names of a plan's areas, indicators and groups."""

    areas: Mapping[int, Any]
    area_names: Mapping[str, frozenset[int]]
    current: Mapping[int, frozenset[str]]
    indicators: Mapping[int, Any]
    indicator_names: Mapping[str, frozenset[int]]
    sdg: Mapping[str, frozenset[int]]
    dimensions: Mapping[str, Mapping[str, str]]
    levels: Mapping[str, Mapping[str, int]]
    codes: Mapping[str, tuple[str, ...]]
    others: Mapping[str, str] = field(default_factory=dict)  # names of a known file, to our codes
    is_known_file: bool = False  # what is not asked there is left out without a fault
    cells: Mapping[str, str] = field(default_factory=dict)  # what its series are broken down by
    everybody: frozenset[str] = frozenset()  # groups that are the whole of an indicator there
    units: Mapping[str, str] = field(
        default_factory=dict
    )  # of its series, where no column says them

    def headers(self) -> dict[str, str]:
        """Return the headers that name an indicator, an area or a breakdown, with their roles."""
        found = {
            word: f"area:{self.areas[min(ids)].code}"
            for word, ids in self.area_names.items()
            if len(ids) == 1 and len(word) > 2
        }
        found |= {
            word: f"indicator:{self.indicators[min(ids)].code}"
            for word, ids in self.indicator_names.items()
            if len(ids) == 1
        }
        found |= {word: f"group:{cell}" for word, cell in self._groups_across().items()}
        return found | {normal(code): f"dimension:{code}" for code in self.dimensions}

    def _groups_across(self) -> dict[str, str]:
        """Return the words that may head a column of figures of a sex or an age."""
        found: dict[str, set[str]] = defaultdict(set)
        for dimension in ACROSS:
            for word, code in self.dimensions.get(dimension, {}).items():
                found[word].add(f"{dimension}={code}")
        named = {word: min(cells) for word, cells in found.items() if len(cells) == 1}
        words = {**dict.fromkeys(EVERYBODY, "_T"), **named}
        return {word: cell for word, cell in words.items() if len(word) > 2 and word not in MINORS}

    def known(self) -> frozenset[str]:
        """Return the words by which an encoding is recognized."""
        words = {str(row.name).casefold() for row in self.areas.values()}
        return frozenset(words | self.spoken)

    @property
    def spoken(self) -> set[str]:
        """All names of areas as they are written, in small letters."""
        return {name for names in self.current.values() for name in names}

    def area(self, text: str, *, is_iso2: bool = False) -> Found:
        """Return the area a text names."""
        word = normal(text)
        if not word:
            return Found(fault="no area")
        if word in TOTALS:
            return Found(fault="total row")
        number = _m49(text)
        if number is not None:
            return self._numbered(text, number)
        found = self.area_names.get(word, frozenset())
        if word == "na" and not is_iso2:
            return Found(fault="ambiguous area", near="NAM, n/a")
        if len(found) == 1:
            (one,) = found
            is_former = len(word) > 3 and word not in {normal(n) for n in self.current[one]}
            is_alias = is_former and word != normal(str(self.areas[one].code))
            return Found(one, "former name" if is_alias else "", code=self.areas[one].name)
        if found:
            names = ", ".join(sorted(str(self.areas[one].code) for one in found))
            return Found(fault="ambiguous area", near=names)
        if word in POOLS or self._is_pool(text):
            return Found(fault="pooled reporters")
        near = _nearest(word, tuple(self.area_names))
        if not near:
            return Found(fault="unknown area")
        one = min(self.area_names[near])
        return Found(fault="like an area", near=f"{self.areas[one].name} ({self.areas[one].code})")

    def _numbered(self, text: str, number: int) -> Found:
        row = self.areas.get(number)
        if row is None or not row.m49:
            return Found(fault="unknown area")
        is_short = len(text.strip().partition(".")[0]) < 3
        return Found(number, "lost zeros" if is_short else "", near=row.m49, code=row.name)

    def _is_pool(self, text: str) -> bool:
        parts = [normal(part) for part in JOINED.split(text) if part.strip()]
        known = [part for part in parts if self.area_names.get(part) or part in {"curacao"}]
        return len(parts) > 1 and len(known) >= 2

    def indicator(self, text: str) -> Found:
        """Return the indicator a text names."""
        word = normal(text)
        example = next(iter(self.indicators.values())).code if self.indicators else ""
        if not word:
            return Found(fault="no indicator", near=example)
        if self.is_known_file and self.others.get(word, "") == "":
            return Found(fault="not asked")
        word = normal(self.others.get(word, word))
        found = self.indicator_names.get(word) or self.indicator_names.get(word.replace(" ", ""))
        if found and len(found) == 1:
            return Found(min(found))
        by_number = self.sdg.get(text.strip())
        if by_number and len(by_number) == 1:
            (one,) = by_number
            return Found(one, "by its SDG number", code=self.indicators[one].code)
        near = _nearest(word, tuple(self.indicator_names))
        if near:
            row = self.indicators[min(self.indicator_names[near])]
            return Found(fault="like an indicator", near=f"{row.code} {row.name}", code=row.code)
        return Found(fault="unknown indicator", near=example)

    def group(self, dimension: str, text: str) -> str | None:
        """Return the code of a group of people, `_T` for everybody, or none where it is unknown."""
        word = group_word(text)
        if not word or word in EVERYBODY or word in self.everybody:
            return "_T"
        return self.dimensions.get(dimension, {}).get(word)

    def minors(self, text: str) -> str:
        """Return the cell of girls or of boys, where the plan knows sex and age; else nothing."""
        sex, ages = MINORS.get(group_word(text), ""), self.dimensions.get("age", {})
        child = ages.get("child 0 17", "")
        is_known = bool(sex and child) and sex in self.dimensions.get("sex", {}).values()
        return f"age={child};sex={sex}" if is_known else ""


def _m49(text: str) -> int | None:
    found = re.fullmatch(r"(?:M49-)?(\d{1,3})(?:\.0+)?", text.strip(), re.IGNORECASE)
    return int(found[1]) if found else None


@lru_cache(maxsize=4096)
def _nearest(word: str, names: tuple[str, ...]) -> str:
    if len(word) < 4:
        return ""
    found = process.extractOne(
        word, [name for name in names if len(name) > 3], scorer=fuzz.ratio, score_cutoff=NEAR
    )
    return found[0] if found else ""


def load(session: Session, plan: str) -> Names:
    """Read all names of a plan."""
    connection = session.connection()
    areas = {row.id: row for row in connection.execute(sa.select(lookup.AREA))}
    chosen = sa.select(lookup.INDICATOR).where(
        lookup.INDICATOR.c.plan_code == plan, sa.not_(lookup.INDICATOR.c.retired)
    )
    rows = connection.execute(chosen.order_by(lookup.INDICATOR.c.position))
    indicators = {row.id: row for row in rows}
    spoken = list(connection.execute(sa.select(NAMES)))
    current: dict[int, set[str]] = defaultdict(set)
    for name in spoken:
        current[name.area_id].add(str(name.name).casefold())
    for number, row in areas.items():
        current[number].add(str(row.name).casefold())
    codes = lookup.dimensions(session, plan)
    levels = connection.execute(sa.select(LEVELS).where(LEVELS.c.plan_code == plan))
    return Names(
        areas=areas,
        area_names=_area_names(areas, spoken),
        current={number: frozenset(names) for number, names in current.items()},
        indicators=indicators,
        indicator_names=_indicator_names(indicators),
        sdg=_sets((str(row.sdg_indicator), key) for key, row in indicators.items()),
        dimensions={one: _groups(one, known) for one, known in codes.items()},
        levels=_levels(levels),
        codes={one: tuple(known) for one, known in codes.items()},
    )


def _sets(pairs: Iterable[tuple[str, int]]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for word, number in pairs:
        if word:
            found[word].add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def _area_names(areas: Mapping[int, Any], spoken: Iterable[Any]) -> dict[str, frozenset[int]]:
    by_code = {str(row.code): number for number, row in areas.items()}
    pairs: list[tuple[str, int]] = []
    for number, row in areas.items():
        pairs += [(normal(str(text)), number) for text in (row.code, row.iso2, row.name) if text]
    for name in spoken:
        pairs += [(normal(str(name.name)), name.area_id), (normal(name.formal), name.area_id)]
        pairs.append((normal(str(name.formal).removeprefix("the ")), name.area_id))
    for code, names in ALIASES.items():
        if code in by_code:
            pairs += [(normal(name), by_code[code]) for name in names.split("|")]
    found = _sets(pairs)
    for word, both in DOUBLE.items():
        ids = frozenset(by_code[code] for code in both.split("|") if code in by_code)
        if len(ids) > 1 and word not in found:
            found[word] = ids
    return found


def _indicator_names(indicators: Mapping[int, Any]) -> dict[str, frozenset[int]]:
    pairs: list[tuple[str, int]] = []
    for number, row in indicators.items():
        code = normal(str(row.code))
        pairs += [(code, number), (code.replace(" ", ""), number), (normal(row.name), number)]
        pairs.append((normal(f"{row.code} {row.name}"), number))
        pairs += [(normal(name), number) for name in row.names.values()]
    return _sets(pairs)


def _groups(dimension: str, codes: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code in codes:
        also = GROUPS.get(dimension, {}).get(code, "")
        for word in (code, *also.split("|")):
            if word:
                found.setdefault(group_word(word), code)
    return found


def group_word(text: str) -> str:
    """Return the name of a group as it is compared: `<18` is not `18+`."""
    for sign, word in ((">=", " over "), ("<", " under "), (">", " over "), ("+", " over ")):
        text = text.replace(sign, word)
    return normal(text)


def _levels(rows: Iterable[Any]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        label = normal(row.label)
        for word in (label, f"level {row.value}", f"{row.value} {label}", f"{row.value}"):
            found[row.scale_code].setdefault(word, row.value)
    return dict(found)
