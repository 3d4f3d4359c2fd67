"""The static edition: the pages' own figures as plain files, whole, marked and always the same."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from html import unescape
from posixpath import dirname, join, normpath
from typing import Final
from xml.etree import ElementTree

import pytest
from sqlalchemy.engine import Engine

from dashboard import i18n
from dashboard.services import briefs, edition, observations, review, texts, views
from dashboard.services.edition import Order
from models import Identity, NotFound, reading, unit_of_work
from tests.tiny import CASES, LEVEL, NOON, PERCENT, PLAN, draft

MOMENT: Final = NOON + timedelta(days=1)
ORDER: Final = Order(PLAN, MOMENT, publisher="The tests", address="https://example.org/tiny")
SMALL: Final = 4


@pytest.fixture
def record(database: Engine, coordinator: Identity, reviewer: Identity) -> Engine:
    """Give a record with a few figures, one of them a small count."""
    for number, (indicator, period, value) in enumerate(
        ((PERCENT, "2016", "40"), (PERCENT, "2024", "62.5"), (LEVEL, "2024", "3"),
         (CASES, "2024", str(SMALL)))
    ):  # fmt: skip
        sent = draft(indicator=indicator, period=period, value=Decimal(value))
        send = partial(observations.submit, who=coordinator, draft=sent, plan=PLAN)
        ref = unit_of_work(database, partial(send, token=str(number), now=NOON))
        unit_of_work(database, partial(review.accept, who=reviewer, ref=ref, plan=PLAN, now=NOON))
    return database


KEPT: Final[dict[Order, dict[str, bytes]]] = {}
"""Editions by their order: the record is the same in every test, and so is what it gives."""


def published(engine: Engine, order: Order = ORDER) -> dict[str, bytes]:
    if order not in KEPT:
        KEPT[order] = made(engine, order)
    return KEPT[order]


def made(engine: Engine, order: Order = ORDER) -> dict[str, bytes]:
    with reading(engine) as session:
        return dict(edition.write(session, order))


def text(page: bytes) -> str:
    """Return what a page says, without its markup."""
    return unescape(re.sub(r"<[^>]+>", " ", page.decode()))


def test_there_is_a_page_for_everything_and_every_link_leads_somewhere(record: Engine) -> None:
    files = published(record)
    for wanted in (
        *("index.html", "plan.html", "indicators.html", "countries.html", "regions.html"),
        *("data.html", "method.html", "objectives/A.html", "measures/A.1.html"),
        *(f"indicators/{PERCENT}.html", "countries/KEN.html", "regions/M49-002.html"),
        *("regions/EAC.html", "search.js", "feed.xml", "sitemap.xml", "assets/edition.css"),
    ):
        assert wanted in files
    for name, page in files.items():
        if not name.endswith(".html"):
            continue
        for to in re.findall(r'(?:href|src)="([^"#]+)"', page.decode()):
            if not to.startswith("https://"):
                assert normpath(join(dirname(name), to)) in files, (name, to)


def test_no_page_asks_another_host_or_fetches_anything(record: Engine) -> None:
    for name, content in published(record).items():
        if name.endswith((".html", ".css", ".js")):
            told = content.decode()
            loads = re.findall(r'(?:src|<link rel="stylesheet" href)="(https?:[^"]+)"', told)
            assert not loads, name
            assert "fetch(" not in told
            assert not re.search(r"url\(.?https?:", told)


def test_the_same_snapshot_gives_the_same_bytes(record: Engine) -> None:
    assert made(record) == published(record)


def test_a_country_page_says_what_its_briefing_note_says(record: Engine) -> None:
    told = " ".join(text(published(record)["countries/KEN.html"]).split())
    with reading(record) as session:
        found = views.picture(session, PLAN, as_of=MOMENT, today=MOMENT)
        note = briefs.note(
            session,
            found,
            "KEN",
            words=texts.load(session, PLAN),
            publisher="The tests",
            address=ORDER.address,
            now=MOMENT,
        )
    for line in (*note.sentences.lines, *note.changed.lines, *note.caveats.lines):
        assert " ".join(line.split()) in told
    for fact in note.facts:
        assert f"{fact.value}" in told
    for row in note.indicators.rows:
        assert row.name in told
        assert row.cells[1] in told, "the latest value and its year"


def test_an_indicator_page_has_every_state_with_the_status_of_the_pages(record: Engine) -> None:
    files = published(record)
    with reading(record) as session:
        rows = views.latest(views.picture(session, PLAN, as_of=MOMENT, today=MOMENT), PERCENT)
    taken = list(csv.DictReader(io.StringIO(files[f"indicators/{PERCENT}.csv"].decode())))
    assert {row["area"]: row["status"] for row in taken} == dict(
        zip(rows["area"], rows["status"], strict=True)
    )
    told = text(files[f"indicators/{PERCENT}.html"])
    assert "1 of 4 States report" in told
    assert "62.5%" in told


def test_small_counts_are_on_no_page_and_in_no_file(record: Engine) -> None:
    files = published(record)
    (row,) = [
        row
        for row in csv.DictReader(io.StringIO(files["data/observations.csv"].decode()))
        if row["indicator"] == CASES
    ]
    assert (row["value"], row["status"]) == ("", "Q")
    for row in csv.DictReader(io.StringIO(files[f"indicators/{CASES}.csv"].decode())):
        assert row["value"] == ""
    assert (
        f"{SMALL} (2024)" not in text(files["countries/KEN.html"]).split("Victims turned away")[1]
    )


def test_every_page_says_its_moment_its_licence_and_how_to_cite_it(record: Engine) -> None:
    for name, page in published(record).items():
        if name.endswith(".html"):
            told = text(page)
            assert "Record as known at 1 Jul 2026, 12:00 UTC" in told, name
            assert "Creative Commons Attribution 4.0" in told, name
            assert "The tests: A Plan of Action" in told, name


def test_pretend_data_are_marked_on_every_page_and_in_every_file(
    record: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = views.picture

    def pretended(*given: object, **named: object) -> views.Picture:
        found = real(*given, **named)  # type: ignore[arg-type]
        plan = replace(found.plan, stamp=replace(found.plan.stamp, is_illustrative=True))
        return replace(found, plan=plan)

    monkeypatch.setattr(views, "picture", pretended)
    for name, content in made(record).items():
        if name.endswith(".html"):
            assert text(content).count("ILLUSTRATIVE DATA") >= 2, name
        if name == "feed.xml":
            assert "ILLUSTRATIVE DATA" in content.decode()


def test_the_address_is_in_the_list_of_pages_and_nowhere_without_one(record: Engine) -> None:
    tree = ElementTree.fromstring(published(record)["sitemap.xml"])
    pages = {place.text for place in tree.iter() if place.tag.endswith("loc")}
    assert "https://example.org/tiny/countries/KEN.html" in pages
    files = published(record, replace(ORDER, address=""))
    assert "sitemap.xml" not in files
    assert b"canonical" not in files["index.html"]


def test_news_are_atom_with_what_was_accepted_last(record: Engine) -> None:
    tree = ElementTree.fromstring(published(record)["feed.xml"])
    space = "{http://www.w3.org/2005/Atom}"
    titles = [entry.findtext(f"{space}title") for entry in tree.iter(f"{space}entry")]
    assert "Kenya: Victims assisted (2024)" in titles
    ids = [entry.findtext(f"{space}id") for entry in tree.iter(f"{space}entry")]
    assert len(set(ids)) == len(ids) == 4


def test_other_languages_lie_in_folders_of_their_own(record: Engine) -> None:
    files = published(record, replace(ORDER, languages=("en", i18n.PSEUDO)))
    assert "⟦Overview⟧" in files["en_XA/index.html"].decode()
    assert "⟦" not in files["index.html"].decode()
    assert 'href="../assets/edition.css"' in files["en_XA/index.html"].decode()
    assert i18n.language() == "en", "who asked goes on in their own language"


def test_an_earlier_moment_tells_what_was_known_then(record: Engine) -> None:
    before = published(record, replace(ORDER, as_of=NOON - timedelta(days=1)))
    assert "0 of 4 States report" in text(before[f"indicators/{PERCENT}.html"])


def test_a_plan_that_is_not_there_is_said(record: Engine) -> None:
    with pytest.raises(NotFound, match="No plan has the code"):
        published(record, replace(ORDER, plan="NONE"))
