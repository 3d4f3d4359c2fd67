"""The sixteen cases of bad data, and many more: each told with its cell, and none invented."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from dashboard.exchange.reading.faults import Severity
from dashboard.services import imports, ledger, reads
from dashboard.services.imports_rows import Options
from models import Identity, reading
from tests import messy
from tests.tiny import CASES, CONTEXT, LEVEL, NOON, PERCENT, PLAN, TEXT, TREATY

HEAD = ("indicator", "area", "period", "value", "source")
CLEAN: tuple[tuple[Any, ...], ...] = (
    (PERCENT, "KEN", 2022, 50.5, "Ministry"),
    (PERCENT, "KEN", 2023, 60, "Ministry"),
    (CASES, "KEN", 2023, 12, "Ministry"),
    (CASES, "KEN", 2024, 15, "Ministry"),
)
Look = Callable[..., imports.Looked]


@pytest.fixture
def look(database: Engine, coordinator: Identity) -> Look:
    """Give a way to look at a file as the coordinator of Kenya."""

    def looked(data: bytes | str, who: Identity = coordinator, **options: Any) -> imports.Looked:
        content = data.encode() if isinstance(data, str) else data
        return imports.looking(
            database, who, content, plan=PLAN, name="f.csv", options=Options(**options), now=NOON
        )

    return looked


def told(looked: imports.Looked) -> list[tuple[str, str]]:
    return [(fault.name, fault.cell) for fault in looked.faults]


def table(*rows: Sequence[Any], head: Sequence[str] = HEAD) -> str:
    return messy.csv([head, *CLEAN, *rows] if head == HEAD else [head, *rows])


def values(looked: imports.Looked) -> list[tuple[str, ...]]:
    shown = imports.table(looked)
    shown = shown[shown["outcome"].isin(["new", "revision"])]
    names = ["area", "indicator", "cell", "period", "qualifier", "value"]
    return [tuple(row) for row in shown[names].to_numpy().tolist()]


def test_a_clean_file_has_no_fault(look: Look) -> None:
    for data in (table(), messy.xlsx({"Data": [HEAD, *CLEAN]})):
        looked = look(data)
        assert looked.faults == ()
        assert looked.counts["new"] == len(CLEAN)


SIXTEEN: Mapping[str, tuple[tuple[Any, ...], str, str]] = {
    "duplicate key": ((CASES, "KEN", 2024, 16, "M"), "conflict", "D6"),
    "text in the value column": ((CASES, "KEN", 2021, "many", "M"), "text", "D6"),
    "thousands separator": ((CASES, "KEN", 2021, '"1,234"', "M"), "thousands", "D6"),
    "percentage over 100": ((PERCENT, "KEN", 2021, 101, "M"), "above the limit", "D6"),
    "negative percentage": ((PERCENT, "KEN", 2021, -1, "M"), "below the limit", "D6"),
    "unknown country code": ((PERCENT, "XXX", 2021, 60, "M"), "unknown area", "B6"),
    "year in the future": ((PERCENT, "KEN", 2099, 60, "M"), "future", "C6"),
    "non-numeric year": ((PERCENT, "KEN", "next", 60, "M"), "no period", "C6"),
    "empty value": ((PERCENT, "KEN", 2021, "", "M"), "empty", "D6"),
    "trailing space": ((PERCENT, "KEN ", 2021, 60, "M"), "space", "B6"),
    "formula text": ((PERCENT, "KEN", 2021, "=SUM(A1:A3)", "M"), "formula", "D6"),
    "outlier ×1000": ((CASES, "KEN", 2021, 13000, "M"), "jump", "D6"),
}


@pytest.mark.parametrize("name", SIXTEEN)
def test_a_case_of_bad_data_is_told_with_its_cell(look: Look, name: str) -> None:
    row, fault, cell = SIXTEEN[name]
    looked = look(table(row))
    assert (fault, cell) in told(looked), told(looked)
    assert all(one.message and one.remedy for one in looked.faults)
    assert {one.row for one in looked.faults} <= {5, 6}


def test_mixed_units_are_told(look: Look) -> None:
    head = ("indicator", "area", "period", "value", "unit", "source")
    rows = [(PERCENT, "KEN", 2020, 5, "%", "M"), (PERCENT, "KEN", 2021, 5, "per 100 000", "M")]
    assert told(look(table(*rows, head=head))) == [("unit", "E3")]


@pytest.mark.parametrize(("gone", "said"), [(2, "period"), (3, "value")])
def test_a_missing_column_is_named(look: Look, gone: int, said: str) -> None:
    rows = [[cell for place, cell in enumerate(row) if place != gone] for row in (HEAD, *CLEAN)]
    looked = look(messy.csv(rows))
    assert "missing column" in [one.name for one in looked.faults]
    assert said in looked.of(Severity.ERROR)[0].message
    assert looked.sendable == 0


def test_a_wrong_encoding_is_told_and_the_names_are_right(look: Look) -> None:
    data = messy.csv([HEAD, (PERCENT, "KEN", 2021, 60, "Ministère de l'Intérieur")])
    looked = look(data.encode("cp1252"))
    assert told(looked) == [("encoding", "")]
    assert imports.table(looked)["source"].tolist() == ["Ministère de l'Intérieur"]


def test_looking_changes_nothing(look: Look, database: Engine) -> None:
    def state() -> object:
        with reading(database) as session:
            return reads.version(session), ledger.heads(session)

    before = state()
    look(table(*(row for row, _fault, _cell in SIXTEEN.values())))
    assert state() == before


# Layouts ---------------------------------------------------------------------------------------


def test_years_may_stand_across_below_a_title(look: Look, administrator: Identity) -> None:
    rows = [
        ("Report of the Ministry, 2025", "", "", ""),
        ("", "", "", ""),
        ("Indicateur", "Pays", "2022", "2023", "", ""),
        (PERCENT, "Kenya", 50.5, 61.5, "", ""),
        (CASES, "Kenya", "", "<5", "", ""),
        ("", "", "", "", "", ""),
    ]
    looked = look(messy.xlsx({"Notes": [("Read me",)], "Données": rows}))
    assert values(looked) == [
        ("KEN", PERCENT, "_T", "2022", "", "50.5"),
        ("KEN", PERCENT, "_T", "2023", "", "61.5"),
        ("KEN", CASES, "_T", "2023", "<", "5"),
    ]
    assert {one.name for one in looked.faults} == {"source from the file", "no table"}


def test_indicators_may_stand_across_and_the_area_in_the_title(look: Look) -> None:
    rows = [("Kenya", ""), ("Year", PERCENT, CASES), (2021, 40, 7), (2022, 41, 8)]
    looked = look(messy.xlsx({"Sheet1": rows}), fixed={"source": "Ministry"})
    assert len(values(looked)) == 4
    assert looked.faults == ()


@pytest.mark.parametrize(
    "head",
    [
        ("Показатель", "Страна", "Год", "Значение", "Источник"),
        ("المؤشر", "البلد", "السنة", "القيمة", "المصدر"),
        ("指标", "国家", "年份", "数值", "来源"),
        ("Código del indicador", "País", "Año", "Valor", "Fuente"),
        ("Code de l'indicateur", "Pays", "Année", "Valeur", "Source des données"),
        ("SeriesCode", "GeoAreaCode", "TimePeriod", "Value", "Source"),
    ],
)
def test_headers_are_known_in_six_languages(look: Look, head: tuple[str, ...]) -> None:
    looked = look(messy.csv([head, *CLEAN], ";"))
    assert looked.counts["new"] == len(CLEAN)
    assert looked.faults == ()


@pytest.mark.parametrize("name", ["KE", "404", "404.0", "Kenya", "kenya", "KENYA"])
def test_an_area_is_known_by_every_name(look: Look, name: str) -> None:
    assert values(look(table((PERCENT, name, 2021, 5, "M"), head=HEAD)))[-1][0] == "KEN"


def test_a_near_name_is_suggested_and_never_taken(look: Look) -> None:
    looked = look(table((PERCENT, "Kenia", 2021, 5, "M")))
    (fault,) = looked.faults
    assert fault.name == "like an area"
    assert "Kenya (KEN)" in fault.message
    assert looked.counts["blocked"] == 1


def test_lost_zeros_pools_totals_and_other_peoples_areas(
    look: Look, person: Callable[[str], Identity]
) -> None:
    rows = [
        (PERCENT, "Kenya and Uganda", 2021, 5, "M"),
        (PERCENT, "Total", 2021, 5, "M"),
        (PERCENT, "Namibia", 2021, 5, "M"),
        (PERCENT, "NA", 2021, 5, "M"),
    ]
    assert told(look(table(*rows))) == [
        ("pooled reporters", "B6"),
        ("not yours", "B8"),
        ("ambiguous area", "B9"),
        ("total row", "B7"),
    ]


def test_groups_are_known_by_their_words_and_held_against_the_total(look: Look) -> None:
    head = ("indicator", "area", "year", "sex", "value", "source")
    rows = [
        (CASES, "KEN", 2021, "Total", 20, "M"),
        (CASES, "KEN", 2021, "Female", 15, "M"),
        (CASES, "KEN", 2021, "hommes", 12, "M"),
        (CASES, "KEN", 2021, "martian", 1, "M"),
        (PERCENT, "KEN", 2021, "F", 1, "M"),
    ]
    looked = look(table(*rows, head=head))
    assert told(looked) == [("unknown group", "D5"), ("not broken down", "D6"), ("split", "E2")]
    assert [row[2] for row in values(looked)] == ["_T", "sex=female", "sex=male"]


def test_levels_and_yes_or_no_are_known_by_their_words(look: Look, reviewer: Identity) -> None:
    rows = [(LEVEL, "KEN", 2021, "Working", "M"), (LEVEL, "KEN", 2020, "3 - Working", "M")]
    looked = look(
        table(*rows, (LEVEL, "KEN", 2019, "often", "M"), (TEXT, "KEN", 2021, "Act 8", "M"))
    )
    assert told(looked) == [
        ("text", "D8"),
        ("level by its name", "D6"),
        ("level by its name", "D7"),
    ]
    assert [row[5] for row in values(looked)[-3:-1]] == ["3", "3"]


def test_a_value_or_a_reason_but_not_both(look: Look) -> None:
    head = (*HEAD, "status", "missing_reason")
    rows = [
        (CONTEXT, "KEN", 2021, "", "", "L", "the register starts in 2027"),
        (CONTEXT, "KEN", 2022, "", "", "L", ""),
        (CONTEXT, "KEN", 2023, 5, "M", "not available", "x"),
        (CONTEXT, "KEN", 2020, 5, "M", "great", ""),
        (CONTEXT, "KEN", 2019, "n/a", "M", "", ""),
    ]
    looked = look(table(*rows, head=head))
    assert told(looked) == [
        ("no reason", "F3"),
        ("value with a gap", "D4"),
        ("status", "F5"),
        ("no value", "D6"),
    ]
    assert looked.counts["new"] == 1


def test_fractions_and_sources_are_held_to_the_rules(look: Look) -> None:
    head = ("indicator", "area", "year", "value", "numerator", "denominator", "source")
    rows = [
        (PERCENT, "KEN", 2021, 50, 5, 0, "M"),
        (PERCENT, "KEN", 2022, 50, 6, 10, "M"),
        (PERCENT, "KEN", 2023, 60, 6, 10, ""),
        (PERCENT, "KEN", 2024, 60, "six", 10, "M"),
    ]
    assert told(look(table(*rows, head=head))) == [
        ("denominator", "D2"),
        ("not the fraction", "D3"),
        ("no source", "G4"),
        ("no number", "E5"),
    ]


def test_shares_where_per_cent_is_asked_are_asked_about(look: Look) -> None:
    rows = [
        (PERCENT, "KEN", year, value, "M")
        for year, value in ((2020, 0.4), (2021, 0.5), (2022, 0.615))
    ]
    assert told(look(messy.csv([HEAD, *rows]))) == [("share", "D2")]


def test_free_text_that_may_name_a_person_is_asked_about(look: Look) -> None:
    head = (*HEAD, "note", "victim name")
    rows = [
        (CONTEXT, "KEN", 2021, 1, "M", "victim Jane Roe of the hotel case", "x"),
        (CONTEXT, "KEN", 2022, 1, "M", "see table 12 of annex 3", "x"),
        (CONTEXT, "KEN", 2023, 1, "M", "write to jane@example.org", "x"),
    ]
    assert told(look(table(*rows, head=head))) == [
        ("person column", "G1"),
        ("personal data", "F2"),
        ("personal data", "F4"),
    ]


def test_scrambled_letters_are_mended_and_said(look: Look) -> None:
    name = "Côte d'Ivoire".encode().decode("cp1252")
    looked = look(table((PERCENT, name, 2021, 5, "M")))
    assert ("mojibake", "B6") in told(looked)


def test_what_only_the_centre_may_send_is_refused(look: Look) -> None:
    assert told(look(table((TREATY, "KEN", 2021, 1, "M")))) == [("loaded centrally", "A6")]


def test_duplicates_that_agree_count_once(look: Look) -> None:
    looked = look(table(CLEAN[0]))
    assert told(looked) == [("duplicate", "D6")]
    assert looked.counts["new"] == len(CLEAN)


def test_a_person_may_say_what_a_column_is_and_which_sign_is_decimal(look: Look) -> None:
    head = ("Kennzahl", "Land", "Jahr", "Wert", "Quelle")
    data = messy.csv([head, (CASES, "KEN", 2021, "1.234", "M")], ";")
    assert look(data).sendable == 0
    roles = dict(zip(head, HEAD, strict=True))
    assert look(data, mapping=roles).sendable == 0
    looked = look(data, mapping=roles, decimal=",")
    assert values(looked)[0][5] == "1234"
    assert told(looked) == [("thousands", "D2")]


def test_notes_and_sums_below_a_table_are_left_out_and_said(look: Look) -> None:
    tail = "\nSource: the Ministry\n* provisional\nTotal,,,200,\n"
    looked = look(table() + tail)
    assert told(looked) == [("note row", "A7"), ("note row", "A8"), ("total row", "A9")]
    assert looked.counts["new"] == len(CLEAN)


def test_two_columns_of_one_name_are_refused(look: Look) -> None:
    looked = look(messy.csv([(*HEAD, "value"), (PERCENT, "KEN", 2022, 50, "M", 51)]))
    assert told(looked) == [("column twice", "F1")]


def test_zeros_and_signs_before_a_number_say_nothing(look: Look) -> None:
    rows = [(CONTEXT, "KEN", 2021, "007", "M"), (CONTEXT, "KEN", 2022, "-0", "M")]
    assert [row[5] for row in values(look(messy.csv([HEAD, *rows])))] == ["7", "0"]
