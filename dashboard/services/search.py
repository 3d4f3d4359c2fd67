"""Find anything by what people call it: areas in six languages, the plan, instruments, terms.

An index is made once for a version of the record; a question then costs a millisecond. Accents,
capitals and small slips of the finger do not matter; every word of the question has to be found.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import sqlalchemy as sa
from rapidfuzz import fuzz, process
from sqlmodel import Session

from dashboard.services.glossary import Term
from dashboard.services.texts import MeasureText, PlanTexts, Reference
from models import AreaKind, AreaName, ReferenceArea, columns

KINDS: Final = (
    *("state", "observer", "region", "subregion", "world", "group"),
    *("objective", "measure", "indicator", "instrument", "event", "text", "term"),
)
"""What can be found, in the order in which equals are listed."""
ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "ARE": ("UAE", "Emirates"),
    "BOL": ("Bolivia",),
    "CIV": ("Ivory Coast",),
    "COD": ("DRC", "DR Congo", "Congo-Kinshasa", "Zaire"),
    "COG": ("Congo-Brazzaville",),
    "CPV": ("Cape Verde",),
    "CZE": ("Czech Republic",),
    "FSM": ("FSM",),
    "GBR": ("UK", "Great Britain", "England", "Scotland", "Wales"),
    "IRN": ("Persia",),
    "KOR": ("South Korea",),
    "LAO": ("Laos",),
    "MKD": ("Macedonia", "FYROM"),
    "MMR": ("Burma",),
    "NLD": ("Holland",),
    "PRK": ("North Korea",),
    "PSE": ("Palestine",),
    "RUS": ("Russia",),
    "SWZ": ("Swaziland",),
    "TLS": ("East Timor",),
    "TUR": ("Turkey",),
    "USA": ("US", "America"),
    "VAT": ("Vatican",),
}
"""What people call States beside the names and codes that the record holds."""
_STATES: Final = frozenset({AreaKind.STATE, AreaKind.OBSERVER})
_NAMED, _TITLED, _TOLD = 1.0, 0.8, 0.4
_WORD: Final = re.compile(r"[^\W_]+(?:\.[^\W_]+)*")
_CHARACTER: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_ARABIC: Final = str.maketrans({"ة": "ه", "ى": "ي", "ـ": None})
_SHORTEST: Final = 4
"""Letters from which on a slip of the finger is forgiven."""
_ALIKE: Final = 78
"""Likeness, in per cent, from which on a word is taken for another."""


class Hit(NamedTuple):
    """Something that was found: what it is, and the page and choices that show it."""

    kind: str
    code: str
    title: str
    detail: str
    page: str
    choices: Mapping[str, str]


@dataclass(frozen=True)
class Entry:
    """Something that can be found, with the names it goes by and what is told of it."""

    hit: Hit
    names: tuple[str, ...]
    told: str = ""


@dataclass(frozen=True)
class Index:
    """All that can be found, by its words."""

    entries: tuple[Entry, ...]
    names: tuple[tuple[str, ...], ...]  # plain, by place
    words: Mapping[str, Mapping[int, float]]  # word -> place -> how much it says
    vocabulary: tuple[str, ...] = field(repr=False, default=())


def plain(text: str) -> str:
    """Return a text without capitals, accents and the like."""
    parts = unicodedata.normalize("NFKD", text).casefold().translate(_ARABIC)
    bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return " ".join(split(bare.replace("ʼ", "'")))


def split(text: str) -> list[str]:
    """Return the words of a plain text; Chinese is read character by character."""
    found: list[str] = []
    for word in _WORD.findall(text):
        found += list(word) if _CHARACTER.search(word) else [word]
    return found


def build(entries: Iterable[Entry]) -> Index:
    """Make an index."""
    kept = tuple(entries)
    words: dict[str, dict[int, float]] = defaultdict(dict)
    names = []
    for place, entry in enumerate(kept):
        own = tuple(dict.fromkeys(filter(None, map(plain, entry.names))))
        names.append(own)
        for text, weight in (
            (entry.told, _TOLD),
            (entry.hit.detail, _TOLD),
            (" ".join(own), _NAMED if entry.hit.kind != "text" else _TITLED),
        ):
            for word in split(plain(text)):
                words[word][place] = max(weight, words[word].get(place, 0.0))
    return Index(kept, tuple(names), dict(words), tuple(words))


def find(index: Index, question: str, *, most: int = 50) -> list[Hit]:
    """Return what fits the question best, best first; nothing for an empty question."""
    asked = plain(question)
    tokens = split(asked)
    if not tokens:
        return []
    scores: dict[int, float] = {}
    for number, token in enumerate(tokens):
        here = _places(index, token)
        if number == 0:
            scores = here
        else:
            scores = {place: scores[place] + here[place] for place in scores.keys() & here.keys()}
    ranked = sorted(
        scores, key=lambda place: _rank(index, place, asked, scores[place] / len(tokens))
    )
    return [index.entries[place].hit for place in ranked[:most]]


def _places(index: Index, token: str) -> dict[int, float]:
    """Return where a word is found, and how well it fits."""
    found: dict[int, float] = {}
    for word, likeness in _like(index.vocabulary, token):
        for place, weight in index.words[word].items():
            found[place] = max(found.get(place, 0.0), weight * likeness)
    return found


def _like(vocabulary: Sequence[str], token: str) -> Iterator[tuple[str, float]]:
    """Yield the words that this one may stand for: itself, longer ones, and slips of the finger."""
    beginnings = [word for word in vocabulary if word.startswith(token)]
    for word in beginnings:
        yield word, 1.0 if word == token else 0.75 + 0.15 * len(token) / len(word)
    if len(token) < _SHORTEST or token.replace(".", "").isdigit():
        return
    for word, likeness, _place in process.extract(
        token, vocabulary, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=12
    ):
        if word[0] == token[0] or likeness >= 85:  # the first letter is seldom wrong
            yield word, 0.6 * likeness / 100


def _rank(index: Index, place: int, asked: str, score: float) -> tuple[float, int, int, str]:
    names = index.names[place]
    if asked in names:
        score += 1.0
    elif any(name.startswith(asked) for name in names):
        score += 0.35
    hit = index.entries[place].hit
    return (-round(score, 2), KINDS.index(hit.kind), len(hit.title), hit.title)


def areas(session: Session) -> list[Entry]:
    """Return every State, region and group with its codes and its names in all languages."""
    table, called = columns(ReferenceArea), columns(AreaName)
    connection = session.connection()
    rows = connection.execute(sa.select(table).order_by(table.c.id)).all()
    titles = {row.id: row.name for row in rows}
    names: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(sa.select(called.c.area_id, called.c.name, called.c.formal)):
        names[row.area_id] += [row.name, row.formal]
    return [
        Entry(
            Hit(
                str(row.kind),
                row.code,
                row.name,
                titles.get(row.subregion_id or row.region_id or 0, ""),
                "country" if row.kind in _STATES else "region",
                {"area": row.code},
            ),
            (
                row.name,
                row.code,
                row.iso2,
                row.iso3,
                row.m49,
                *names[row.id],
                *ALIASES.get(row.code, ()),
            ),
        )
        for row in rows
        if row.kind != AreaKind.TERRITORY
    ]


def plan(texts: PlanTexts) -> Iterator[Entry]:
    """Yield everything of a plan that people may look for."""
    for aim in texts.objectives:
        yield Entry(
            Hit("objective", aim.code, aim.title, "", "plan", {"objective": aim.code}),
            (aim.title, aim.code),
            aim.description,
        )
    titles = {aim.code: aim.title for aim in texts.objectives}
    for step in texts.measures:
        actors = ", ".join((*step.lead, *step.support))
        yield Entry(
            Hit(
                "measure",
                step.code,
                step.title,
                titles.get(step.objective, ""),
                "measure",
                {"measure": step.code},
            ),
            (step.title, step.code),
            f"{step.description} {actors}",
        )
    for sheet in texts.indicators:
        told = " ".join(str(sheet.fields.get(name) or "") for name in ("definition", "source"))
        yield Entry(
            Hit(
                "indicator",
                sheet.code,
                sheet.name,
                titles.get(sheet.objective, ""),
                "indicator",
                {"indicator": sheet.code},
            ),
            (sheet.name, sheet.code),
            told,
        )
    yield from _instruments(texts)
    for event in texts.events:
        hit = Hit("event", "", event.title, str(event.starts.year), "plan", {})
        yield Entry(hit, (event.title,), f"{event.body} {event.place}")
    for notice in (texts.legal_nature, *texts.notices):
        hit = Hit("text", "", notice[:120], texts.short_title, "methodology", {})
        yield Entry(hit, (), notice)


def _instruments(texts: PlanTexts) -> Iterator[Entry]:
    """Yield each instrument, and each place in it that a measure serves, with where it leads."""
    served: dict[tuple[str, str], list[tuple[MeasureText, Reference]]] = defaultdict(list)
    for step in texts.measures:
        for place in step.references:
            served[place.instrument, ""].append((step, place))
            served[place.instrument, place.reference].append((step, place))
    for (code, reference), links in served.items():
        step, place = links[0]
        title = place.title or code
        if reference:
            named, told = f"{title}, {reference}", f"{place.article} {title}"
        else:
            named, told = title, ""
        yield Entry(
            Hit(
                "instrument",
                code,
                named,
                ", ".join(dict.fromkeys(link.code for link, _place in links)),
                "measure",
                {"measure": step.code},
            ),
            (f"{code} {reference}",) if reference else (title, code),
            told,
        )


def terms(listed: Iterable[Term], say: Callable[[str], str]) -> Iterator[Entry]:
    """Yield the terms of the glossary in the language that `say` speaks, and in English."""
    for term in listed:
        word, meaning = say(term.word), say(term.meaning)
        hit = Hit("term", term.code, word, meaning, "glossary", {"term": term.code})
        yield Entry(hit, (word, term.word, term.code.replace("_", " ")), meaning)
