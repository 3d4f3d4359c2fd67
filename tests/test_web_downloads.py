"""Files of the download centre at a plain address: streamed, marked, bounded, refused in words."""

import csv
import gzip
import io
import threading
import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from dashboard.services import downloads, history, observations, review, standards
from dashboard.services.downloads import Choice
from dashboard.web import downloads as room
from dashboard.web.downloads import Downloads
from models import SYSTEM, Channel, Identity, reading, unit_of_work
from tests import door as doors
from tests.door import Clock
from tests.tiny import NOON, PERCENT, PLAN, draft

TICKET = "ticket-for-a-test"


@pytest.fixture
def record(database: Engine, coordinator: Identity, reviewer: Identity) -> Engine:
    send = partial(observations.submit, who=coordinator, draft=draft(value=Decimal("62.50")))
    ref = unit_of_work(database, partial(send, plan=PLAN, token="a", now=NOON))
    unit_of_work(database, partial(review.accept, who=reviewer, ref=ref, plan=PLAN, now=NOON))
    return database


@pytest.fixture
def centre(record: Engine, tmp_path: Path) -> Downloads:
    return Downloads(doors.door(record, tmp_path, Clock()))


@pytest.fixture
def browser(centre: Downloads) -> Iterator[TestClient]:
    house = doors.house(centre.door, {"/download": centre})
    with TestClient(house, base_url=doors.ADDRESS, client=("10.0.0.1", 50000)) as opened:
        yield opened


@pytest.mark.parametrize("form", downloads.FORMS)
def test_every_form_has_an_address(browser: TestClient, form: str) -> None:
    answer = browser.get(f"/download/{form}?plan={PLAN}")
    assert answer.status_code == 200
    assert answer.content
    assert answer.headers["content-type"].startswith(downloads.FORMS[form].media_type[:20])
    name = f"headway-tiny-observations{downloads.FORMS[form].suffix}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert "creativecommons.org" in answer.headers["link"]


def test_an_address_gives_what_its_words_name(browser: TestClient) -> None:
    answer = browser.get(f"/download/csv?plan={PLAN}&areas=KEN&indicators={PERCENT}&from=2024")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["area"], row["value"]) == ("KEN", "62.50")
    nobody = browser.get(f"/download/csv?plan={PLAN}&areas=FRA")
    assert len(nobody.text.splitlines()) == 1, "the names of the columns, and no row"


def test_text_comes_compressed_and_workbooks_as_they_are(browser: TestClient) -> None:
    packed = browser.get(f"/download/csv?plan={PLAN}", headers={"Accept-Encoding": "gzip"})
    plain = browser.get(f"/download/csv?plan={PLAN}", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    book = browser.get(f"/download/xlsx?plan={PLAN}", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in book.headers
    assert book.content.startswith(b"PK")


def test_a_browser_that_has_the_file_is_told_so(browser: TestClient) -> None:
    tag = browser.get(f"/download/csv?plan={PLAN}").headers["etag"]
    again = browser.get(f"/download/csv?plan={PLAN}", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""


def test_the_head_of_a_file_has_no_body(browser: TestClient) -> None:
    answer = browser.head(f"/download/csv?plan={PLAN}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert browser.head(f"/download/csv?plan={PLAN}&areas=XX9").status_code == 404


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        (f"pdf?plan={PLAN}", 400, "There is no form"),
        (f"csv?plan={PLAN}&from=soon", 400, "no year: write four digits"),
        (f"csv?plan={PLAN}&as_of=2999-01-01", 400, "lies in the future"),
        (f"csv?plan={PLAN}&by=colour", 400, "is none of none, sex"),
        (f"iati?plan={PLAN}&history=yes", 400, "take another form for history"),
        ("csv?plan=NONE", 404, "No plan has the code"),
        ("csv", 404, "No plan has the code"),
        (f"csv?plan={PLAN}&areas=KNE", 404, "Did you mean KEN?"),
        (f"csv?plan={PLAN}&indicators=Z.1", 404, "has no indicator with the code"),
    ],
)
def test_what_cannot_be_had_is_said_in_a_sentence(
    browser: TestClient, centre: Downloads, address: str, status: int, sentence: str
) -> None:
    answer = browser.get(f"/download/{address}")
    assert answer.status_code == status
    assert sentence in answer.text
    assert centre.sending == []


def test_a_page_can_ask_how_far_its_file_is(browser: TestClient) -> None:
    ask = f"/download/progress?ticket={TICKET}"
    assert browser.get(ask).json()["known"] is False
    browser.get(f"/download/csv?plan={PLAN}&ticket={TICKET}")
    told = browser.get(ask).json()
    assert told == {"rows": 1, "of": 1, "done": True, "failed": False, "known": True}


def test_old_tickets_are_forgotten_and_odd_ones_not_kept(
    browser: TestClient, centre: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "KEPT", 2)
    for ticket in ("first-one-1", "second-one", "third-one-3", "<script>"):
        browser.get(f"/download/csv?plan={PLAN}&ticket={ticket}")
    assert list(centre.tickets) == ["second-one", "third-one-3"]


def test_who_fetches_too_much_at_once_is_asked_to_wait(
    browser: TestClient, centre: Downloads
) -> None:
    centre.sending += ["10.0.0.1"] * room.EACH
    answer = browser.get(f"/download/csv?plan={PLAN}")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "try again in a minute" in answer.text
    centre.sending.clear()
    assert browser.get(f"/download/csv?plan={PLAN}").status_code == 200
    assert centre.sending == [], "a place is free again when the file is sent"


def test_a_file_that_breaks_off_is_seen_to_be_broken(
    centre: Downloads, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_named: object) -> Iterator[bytes]:
        yield b"beginning\n"
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(downloads, "stream", broken)
    with pytest.raises(RuntimeError):
        browser.get(f"/download/csv?plan={PLAN}&ticket={TICKET}")
    told = browser.get(f"/download/progress?ticket={TICKET}").json()
    assert (told["done"], told["failed"]) == (False, True)
    assert centre.sending == []


def test_where_the_record_is_not_public_files_are_not_either(
    record: Engine, tmp_path: Path
) -> None:
    centre = Downloads(doors.door(record, tmp_path, Clock(), is_public=False))
    house = doors.house(centre.door, {"/download": centre})
    stranger = TestClient(house, base_url=doors.ADDRESS, follow_redirects=False)
    answer = stranger.get(f"/download/csv?plan={PLAN}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/account/sign-in")


def test_a_shown_address_is_the_one_that_is_answered(browser: TestClient) -> None:
    choice = Choice(PLAN, areas=("KEN",), years=(2020, 2024), with_history=True)
    answer = browser.get("/download/csv", params=downloads.words(choice))
    assert len(answer.text.splitlines()) == 2


def bigger(engine: Engine, first: str, days: int) -> None:
    """Put a value of each of some days into the record, for each State."""
    periods = pd.date_range(first, periods=days).strftime("%Y-%m-%d")
    rows = pd.DataFrame(
        [
            {"indicator": PERCENT, "area": area, "cell": "_T", "period": period, "value": "50.5"}
            for area in ("KEN", "NAM", "UGA", "FRA")
            for period in periods
        ]
    )
    texts = dict.fromkeys(
        ("text", "missing_reason", "evidence", "note", "comment", "qualifier"), ""
    )
    filled = rows.assign(
        **texts,
        status="A",
        nature="C",
        source="Generated for a test " * 5,
        numerator=None,
        denominator=None,
        source_date=None,
        author="nobody",
        decider="nobody",
        recorded_at=NOON,
        decided_at=NOON,
        outcome="accepted",
        decision_note="",
        is_illustrative=False,
    )
    unit_of_work(
        engine,
        lambda session: history.load(
            session, filled, plan=PLAN, channel=Channel.IMPORT, by=SYSTEM.person_id, now=NOON
        ),
    )


@pytest.mark.parametrize(
    ("form", "with_history"),
    [("csv", True), ("xlsx", False), ("parquet", True), ("sdmx-ml-3.0", False)],
)
def test_a_record_many_times_as_large_takes_hardly_more_memory(
    database: Engine, monkeypatch: pytest.MonkeyPatch, form: str, with_history: bool
) -> None:
    monkeypatch.setattr(standards, "CHUNK", 100)
    choice = Choice(PLAN, with_history=with_history)
    peaks, sizes = [], []
    for first, days in (("2001-01-01", 60), ("2011-01-01", 500)):
        bigger(database, first, days)
        with reading(database) as session:
            _measured(session, form, choice)  # what is made once is not counted
            size, peak = _measured(session, form, choice)
        sizes.append(size)
        peaks.append(peak)
    assert sizes[1] > 4 * sizes[0]
    assert peaks[1] < 1.6 * peaks[0]


def _measured(session: object, form: str, choice: Choice) -> tuple[int, int]:
    tracemalloc.start()
    now: datetime = NOON + timedelta(days=1)
    made = downloads.stream(session, form, choice, publisher="Tests", now=now)  # type: ignore[arg-type]
    size = sum(len(part) for part in made)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return size, peak


def test_places_are_counted_by_all_threads(centre: Downloads) -> None:
    def hold() -> None:
        with room._Place(centre, "a"):
            pass

    threads = [threading.Thread(target=hold) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert centre.sending == []


def test_a_compressed_part_can_be_read_before_the_next_comes() -> None:
    made = room._squeezed(iter([b"first,", b"second"]))
    with gzip.GzipFile(fileobj=io.BytesIO(next(made))) as opened:
        assert opened.read1(6) == b"first,"
