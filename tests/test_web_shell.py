"""The page a browser starts from, in the reader's language and under our name."""

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient
from streamlit import file_util

from dashboard import i18n
from dashboard.web.shell import written
from tests import door as doors
from tests.door import Clock

SOURCE = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def browser(database: Engine, tmp_path: Path) -> TestClient:
    return doors.client(doors.door(database, tmp_path, Clock()))


def test_the_page_bears_our_name_icon_and_words() -> None:
    page = written(SOURCE, "en")
    assert "<title>Headway</title>" in page
    assert '<meta name="description" content="Follow an action plan' in page
    assert 'href="/assets/favicon.svg?v=' in page
    assert "favicon.png" not in page
    assert "Headway draws its pages with JavaScript" in page


def test_the_page_does_not_advertise_what_is_closed() -> None:
    page = written(SOURCE, "en")
    assert "agent" not in page
    assert "You need to enable JavaScript" not in page


def test_nothing_in_the_page_breaks_its_own_rules() -> None:
    page = written(SOURCE, "en")
    assert page.count("<script") == page.count(" src=") == 4  # no script stands in the page
    assert "https://" not in page.replace("https://www.apache.org", "")


def test_our_sheets_come_after_every_other() -> None:
    page = written(SOURCE, "en")
    for sheet in ("fonts", "colours", "look", "cells"):
        assert page.index(f'href="/assets/{sheet}.css?v=') > page.index('<div id="root">')


def test_the_page_keeps_what_streamlit_needs() -> None:
    page = written(SOURCE, "en")
    assert '<div id="root"></div>' in page
    assert page.count("modulepreload") == SOURCE.count("modulepreload") > 10


def test_the_language_and_direction_stand_in_the_page_from_the_first_byte() -> None:
    assert '<html lang="en" dir="ltr">' in written(SOURCE, "en")
    assert '<html lang="ar" dir="rtl">' in written(SOURCE, "ar")
    marked = written(SOURCE, i18n.PSEUDO)
    assert '<html lang="en-XA" dir="ltr">' in marked
    assert "⟦Headway draws its pages" in marked


def test_the_chosen_language_wins_over_the_browsers(browser: TestClient) -> None:
    assert 'lang="en"' in browser.get("/", headers={"Accept-Language": "tlh, de;q=0.5"}).text
    browser.cookies.set(i18n.COOKIE, i18n.PSEUDO)
    answer = browser.get("/entry")
    assert 'lang="en-XA"' in answer.text
    assert answer.headers["vary"] == "Accept-Encoding, Accept-Language, Cookie"


def test_the_page_is_asked_for_again_and_sent_once(browser: TestClient) -> None:
    answer = browser.get("/")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-encoding"] == "gzip"
    again = browser.get("/", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    plain = browser.get("/", headers={"Accept-Encoding": "identity"})
    assert plain.text == answer.text


def test_the_page_is_only_read(browser: TestClient) -> None:
    assert browser.post("/").status_code == 405
    assert browser.head("/").content == b""
