"""The download centre: what a choice means, what it gives, and what is refused with a sentence."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

import pytest
from sqlalchemy.engine import Engine

from dashboard.services import downloads, observations, review
from dashboard.services.downloads import Choice
from models import BadInput, Identity, NotFound, reading, unit_of_work
from tests.tiny import CASES, LEVEL, NOON, PERCENT, PLAN, draft

LATER: Final = NOON + timedelta(days=1)
SENT: Final[tuple[dict[str, Any], ...]] = (
    {"period": "2016", "value": Decimal("20.50"), "note": "=1+1"},
    {"period": "2024"},
    {"indicator": CASES, "period": "2023", "value": Decimal(40)},
    {
        "indicator": CASES,
        "period": "2023",
        "value": Decimal(22),
        "cell": "sex=female",
    },
    {"indicator": CASES, "period": "2024", "value": Decimal(3)},
    {"indicator": LEVEL, "period": "2024", "value": Decimal(3)},
    {"period": "2016", "value": Decimal(21)},
)


@pytest.fixture
def record(engine: Engine, coordinator: Identity, reviewer: Identity) -> Engine:
    """Give a record with a breakdown, a small count and a revision."""
    for number, changes in enumerate(SENT):
        at = NOON + timedelta(minutes=number)
        send = partial(observations.submit, who=coordinator, draft=draft(**changes), plan=PLAN)
        ref = unit_of_work(engine, partial(send, token=str(number), now=at))
        unit_of_work(engine, partial(review.accept, who=reviewer, ref=ref, plan=PLAN, now=at))
    return engine


Rows = Callable[..., list[dict[str, str]]]


@pytest.fixture
def rows(record: Engine) -> Rows:
    """Give a way to read what a choice gives as CSV."""

    def read(**choice: Any) -> list[dict[str, str]]:
        with reading(record) as session:
            wanted = Choice(PLAN, **choice)
            made = downloads.stream(session, "csv", wanted, publisher="Tests", now=LATER)
            found = list(csv.DictReader(io.StringIO(b"".join(made).decode())))
            assert downloads.count(session, wanted, now=LATER) == len(found)
            first = downloads.preview(session, wanted, now=LATER, most=2)
            assert len(first) == min(2, len(found))
        return found

    return read


def test_everything_comes_where_nothing_is_chosen(rows: Rows) -> None:
    found = rows()
    assert len(found) == 6
    first = found[0]
    assert (first["area_name"], first["indicator_name"], first["unit"]) == (
        "Kenya",
        "Victims assisted",
        "%",
    )
    assert (first["m49"], first["value"], first["year"]) == ("404", "21", "2016")
    assert first["licence"].startswith("CC-BY-4.0")


def test_small_counts_stay_hidden_in_every_form(record: Engine, rows: Rows) -> None:
    (small,) = rows(indicators=(CASES,), years=(2024, 2024))
    assert (small["value"], small["status"]) == ("", "Q")
    wanted = Choice(PLAN, indicators=(CASES,), years=(2024, 2024))
    for form in downloads.FORMS:
        with reading(record) as session:
            made = b"".join(downloads.stream(session, form, wanted, publisher="Tests", now=LATER))
        assert made
        for told in (b'value="3"', b",3,", b'"value": 3', b'OBS_VALUE="3"', b"[3,"):
            assert told not in made, (form, told)


@pytest.mark.parametrize(
    ("choice", "n"),
    [
        ({"areas": ("KEN",)}, 6),
        ({"areas": ("404",)}, 6),
        ({"areas": ("FRA",)}, 0),
        ({"groups": ("EAC",)}, 6),
        ({"groups": ("M49-002",), "indicators": (PERCENT,)}, 2),
        ({"groups": ("M49-150",)}, 0),
        ({"groups": ("M49-150",), "areas": ("KEN",)}, 6),
        ({"by": ("none",)}, 5),
        ({"by": ("sex",)}, 6),
        ({"years": (2024, 2030)}, 3),
        ({"with_history": True}, 7),
        ({"as_of": NOON}, 1),
        ({"as_of": NOON - timedelta(days=1)}, 0),
    ],
)
def test_a_choice_narrows_what_comes(rows: Rows, choice: dict[str, Any], n: int) -> None:
    assert len(rows(**choice)) == n


def test_who_left_a_group_belongs_to_it_until_then(record: Engine) -> None:
    with reading(record) as session:
        now = downloads.members(session, ("EAC",), as_of=None)
        then = downloads.members(session, ("EAC",), as_of=datetime(2019, 6, 30, tzinfo=UTC))
    assert (now, then) == (["KEN"], ["KEN", "UGA"])


def test_history_says_until_when_a_figure_counted(rows: Rows) -> None:
    old, new = rows(with_history=True, indicators=(PERCENT,), years=(2016, 2016))
    assert (old["value"], new["value"]) == ("20.50", "21")
    assert old["ended_at"].startswith("2026-06-30T12:06")
    assert new["ended_at"] == ""


def test_statuses_and_aggregates_come_as_well(rows: Rows) -> None:
    assert {row["status"] for row in rows(what="progress", areas=("KEN",), indicators=(LEVEL,))}
    told = rows(what="aggregates", groups=("M49-002",), indicators=(LEVEL,))
    assert {row["group"] for row in told} == {"M49-002"}


@pytest.mark.parametrize("form", downloads.FORMS)
def test_every_form_says_licence_source_and_moment_in_a_file_that_has_a_name(
    record: Engine, form: str
) -> None:
    heard: list[int] = []
    with reading(record) as session:
        wanted = Choice(PLAN, with_history=form not in downloads.UNDATED)
        made = downloads.stream(
            session, form, wanted, publisher="Tests", now=LATER, heard=heard.append
        )
        assert b"".join(made)
        meta = downloads.about(session, wanted, publisher="Tests", now=LATER)
    assert sum(heard) == (6 if form in downloads.UNDATED else 7)
    name = downloads.file_name(wanted, form, meta)
    assert name.startswith("headway-tiny-observations")
    assert name.endswith(downloads.FORMS[form].suffix)
    pretend = downloads.file_name(wanted, form, replace(meta, is_illustrative=True))
    assert "illustrative" in pretend


@pytest.mark.parametrize(
    "choice",
    [
        Choice(PLAN),
        Choice(PLAN, areas=("KEN", "UGA"), groups=("EAC",), by=("sex",), years=(2015, 2024)),
        Choice(PLAN, what="aggregates", groups=("M49-002",)),
        Choice(PLAN, with_history=True, as_of=datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        Choice(PLAN, as_of=datetime(2026, 3, 1, 23, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_an_address_restores_the_choice(choice: Choice) -> None:
    assert downloads.parse(downloads.words(choice)) == choice


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"what": "secrets"}, "what: 'secrets' is none of observations"),
        ({"from": "soon"}, "from: 'soon' is no year"),
        ({"from": "2024", "to": "2020"}, "from: the first year is after the last"),
        ({"history": "perhaps"}, "history: 'perhaps' is none of yes, no"),
        ({"as_of": "soon"}, "as_of: soon is no moment"),
        ({"as_of": "2026-03-01T12:00"}, "is no moment"),
        ({"areas": ",".join(f"A{n}" for n in range(501))}, "areas: names more than 500 codes"),
    ],
)
def test_a_word_that_cannot_be_understood_is_answered_with_a_sentence(
    words: dict[str, str], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        downloads.parse({"plan": PLAN, **words})


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BadInput) as found:
        downloads.parse({"plan": PLAN, "from": "soon", "as_of": "later"})
    assert [fault.where for fault in found.value.faults] == ["from", "as_of"]


@pytest.mark.parametrize(
    ("form", "changes", "sentence"),
    [
        ("pdf", {}, "There is no form 'pdf'"),
        ("iati", {"with_history": True}, "take another form for history"),
        ("iati", {"what": "progress"}, "Only observations"),
        ("csv", {"what": "progress", "by": ("sex",)}, "are of totals"),
        ("csv", {"as_of": LATER + timedelta(days=1)}, "lies in the future"),
        ("csv", {"by": ("colour",)}, "'colour' is none of none, sex"),
    ],
)
def test_what_no_file_can_hold_is_refused_before_its_first_byte(
    record: Engine, form: str, changes: dict[str, Any], sentence: str
) -> None:
    with reading(record) as session, pytest.raises(BadInput, match=sentence):
        next(downloads.stream(session, form, Choice(PLAN, **changes), publisher="", now=LATER))


@pytest.mark.parametrize(
    "choice",
    [Choice("NONE"), Choice(PLAN, areas=("XX9",)), Choice(PLAN, groups=("XX9",)),
     Choice(PLAN, indicators=("Z.9",)), Choice("NONE", what="progress")],
)  # fmt: skip
def test_a_code_that_is_not_there_is_said(record: Engine, choice: Choice) -> None:
    with reading(record) as session, pytest.raises(NotFound, match=r"code"):
        downloads.count(session, choice, now=LATER)


def test_what_is_offered_is_what_can_be_had() -> None:
    assert downloads.offered(Choice(PLAN)) == list(downloads.FORMS)
    assert "iati" not in downloads.offered(Choice(PLAN, with_history=True))
    assert downloads.offered(Choice(PLAN, what="progress")) == [
        "csv",
        "excel",
        "xlsx",
        "json",
        "parquet",
    ]
