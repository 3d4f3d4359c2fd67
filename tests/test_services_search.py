"""Find anything by what people call it, whatever the accents, the language and the fingers do."""

import pytest
from sqlmodel import Session

from dashboard.services import glossary, search, texts
from dashboard.services.search import Entry, Hit, Index
from tests.tiny import PLAN


@pytest.fixture
def index(session: Session) -> Index:
    """Give an index of the tiny record, with one State that has names in many languages."""
    ivory = Entry(
        Hit("state", "CIV", "Côte d'Ivoire", "Africa", "country", {"area": "CIV"}),
        (
            "Côte d'Ivoire",
            "CIV",
            "CI",
            "384",
            "كوت ديفوار",
            "Кот-д’Ивуар",
            "科特迪瓦",
            *search.ALIASES["CIV"],
        ),
    )
    return search.build(
        [
            *search.areas(session),
            ivory,
            *search.plan(texts.load(session, PLAN)),
            *search.terms(glossary.TERMS, str),
        ]
    )


def first(index: Index, question: str) -> tuple[str, str]:
    hit = search.find(index, question)[0]
    return hit.kind, hit.code


@pytest.mark.parametrize(
    "question",
    [
        "Côte d'Ivoire", "cote d ivoire", "COTE D’IVOIRE", "ivory coast", "Ivory Coas",
        "civ", "CI", "384", "كوت ديفوار", "кот-д'ивуар", "科特迪瓦", "科特",
    ],
)  # fmt: skip
def test_a_country_is_found_by_every_name_and_code(index: Index, question: str) -> None:
    assert first(index, question) == ("state", "CIV")


@pytest.mark.parametrize("question", ["Kenia", "kenay", "Kneya", "Kenyaa", "nya kenya"[4:]])
def test_a_slip_of_the_finger_is_forgiven(index: Index, question: str) -> None:
    assert first(index, question) == ("state", "KEN")


def test_a_short_code_is_never_guessed_at(index: Index) -> None:
    assert all(hit.code != "KEN" for hit in search.find(index, "KAN"))


def test_the_code_of_a_country_goes_before_words_that_begin_so(index: Index) -> None:
    assert first(index, "na") == ("state", "NAM")


def test_the_whole_name_goes_before_longer_ones(index: Index) -> None:
    assert first(index, "Africa") == ("region", "M49-002")


def test_measures_indicators_and_objectives_are_found_by_code(index: Index) -> None:
    assert first(index, "A.1") == ("measure", "A.1")
    assert first(index, "A.1.1") == ("indicator", "A.1.1")
    assert first(index, "a.1.1") == ("indicator", "A.1.1")


def test_every_word_of_the_question_has_to_be_found(index: Index) -> None:
    assert search.find(index, "kenya matched") == []
    assert first(index, "matched panel") == ("term", "matched-panel")


@pytest.mark.parametrize("question", ["", "   ", "’", "?!", "∞"])
def test_a_question_without_a_word_finds_nothing(index: Index, question: str) -> None:
    assert search.find(index, question) == []


def test_a_hit_says_which_page_shows_it(index: Index) -> None:
    assert search.find(index, "Kenya")[0].choices == {"area": "KEN"}
    assert search.find(index, "Kenya")[0].page == "country"
    assert search.find(index, "A.1.1")[0].page == "indicator"
    assert search.find(index, "coverage")[0].page == "glossary"


def test_no_more_hits_than_asked_for(index: Index) -> None:
    assert len(search.find(index, "a", most=3)) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [("Österreich", "osterreich"), ("ÎLES Åland", "iles aland"), ("PT.5.1", "pt.5.1"),
     ("المُملكة", "المملكه"), ("e.g. a-b_c", "e.g a b c"), ("中文", "中 文")],
)  # fmt: skip
def test_plain_text_has_no_accents_capitals_or_signs(text: str, said: str) -> None:
    assert search.plain(text) == said


def test_every_term_has_an_address_a_group_and_an_end() -> None:
    codes = [term.code for term in glossary.TERMS]
    assert len(codes) == len(set(codes))
    assert {term.group for term in glossary.TERMS} == set(glossary.GROUPS)
    assert all(term.meaning.endswith(".") for term in glossary.TERMS)
