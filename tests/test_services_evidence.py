"""Evidence: known by content, restricted by default, with revisions that stay, used many times."""

import io
import os
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from dashboard.services import evidence, ledger, observations, review, sessions, stores
from dashboard.services.evidence import File
from dashboard.services.lookup import Ref
from dashboard.settings import Settings
from dashboard.web.evidence import Library
from models import BadInput, Identity, NotAllowed, NotFound, Unavailable, reading, unit_of_work
from tests import door as doors
from tests.door import Clock
from tests.tiny import NOON, PLAN, draft

TODAY = NOON.date()
PDF = b"%PDF-1.7\nannual report"
PNG = b"\x89PNG\r\n\x1a\nxxxx"


def package(**members: str) -> bytes:
    """Return a zip with these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as into:
        for name, text in members.items():
            into.writestr(name.replace("__", "/").replace("_x_", "."), text)
    return made.getvalue()


def add(engine: Engine, who: Identity, content: File | str, **fields: Any) -> int:
    """Add evidence as a face would."""
    said = {"title": "Annual report", **fields}
    return unit_of_work(
        engine,
        lambda session: evidence.add(
            session, who, "KEN", said, content, plan=PLAN, token=str((said, content)), now=NOON
        ),
    )


def library(engine: Engine, who: Identity, today: date = TODAY) -> list[dict[str, Any]]:
    with reading(engine) as session:
        table = evidence.library(session, who, "KEN", plan=PLAN, today=today)
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


@pytest.fixture
def store(tmp_path: Path) -> stores.Folder:
    return stores.Folder(tmp_path / "evidence")


@pytest.fixture
def ref(engine: Engine, coordinator: Identity) -> Ref:
    """Give a figure of Kenya that waits for review."""
    return unit_of_work(
        engine,
        lambda session: observations.submit(
            session, coordinator, draft(), plan=PLAN, token="f", now=NOON
        ),
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0jpeg", "image/jpeg"),
        (b"year;value\n2024;3\n", "text/plain"),
        (package(word__document_x_xml="<w/>"), f"{evidence.OFFICE}wordprocessingml.document"),
        (package(xl__workbook_x_xml="<w/>"), f"{evidence.OFFICE}spreadsheetml.sheet"),
        (
            package(mimetype="application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text",
        ),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, kind: str) -> None:
    assert evidence.look("anything.exe", content) == kind


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"MZ\x90\x00program", "kind that is not taken"),
        (b"<html><script>alert(1)</script>", "kind that is not taken"),
        (b"  <svg onload='x'>", "kind that is not taken"),
        (b"#!/bin/sh\nrm", "kind that is not taken"),
        (b"\xef\xbb\xbf<script>", "kind that is not taken"),
        (package(word__document_x_xml="<w/>", word__vbaProject_x_bin="x"), "macros"),
        (package(report_x_pdf="x"), "archive"),
        (b"PK\x03\x04broken", "broken or has a password"),
        (b"%PDF-" + b"x" * evidence.LARGEST, "larger than 20 MB"),
    ],
)
def test_what_could_be_run_or_hides_something_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        evidence.look("report.pdf", content)


def test_evidence_is_restricted_until_it_is_public_and_rested_on(
    engine: Engine,
    store: stores.Folder,
    ref: Ref,
    coordinator: Identity,
    reviewer: Identity,
    viewer: Identity,
) -> None:
    kept = evidence.keep(store, "C:\\secret\\report.pdf", PDF)
    shut = add(engine, coordinator, kept)
    number = add(engine, coordinator, kept, title="The survey", is_public=True)
    assert kept.name == "report.pdf"
    assert (shut, number) == (1, 2)

    def use(which: int) -> None:
        unit_of_work(
            engine,
            lambda session: evidence.use(session, coordinator, ref, which, plan=PLAN, now=NOON),
        )

    use(shut)
    use(number)
    use(number)
    assert library(engine, viewer) == []
    unit_of_work(engine, lambda session: review.accept(session, reviewer, ref, plan=PLAN, now=NOON))
    (seen,) = library(engine, viewer)
    assert (seen["name"], seen["title"], seen["uses"]) == ("KEN-E2", "The survey", 1)
    assert [row["number"] for row in library(engine, reviewer)] == [2, 1]
    with reading(engine) as session:
        assert evidence.open_file(session, viewer, "KEN", number).digest == kept.digest
        with pytest.raises(NotFound, match="KEN-E1 that you may open"):
            evidence.open_file(session, viewer, "KEN", shut)
        with pytest.raises(NotFound, match="KEN-E9 that you may open"):
            evidence.open_file(session, viewer, "KEN", 9)
        assert evidence.of_rows(session, viewer, [ref], plan=PLAN) == {ref: ["KEN-E2"]}
        inside = evidence.of_rows(session, coordinator, [ref], plan=PLAN)
        assert inside == {ref: ["KEN-E1", "KEN-E2"]}
        assert ledger.verify(session) == []


def test_an_older_revision_stays_readable(
    engine: Engine, store: stores.Folder, coordinator: Identity
) -> None:
    number = add(engine, coordinator, evidence.keep(store, "a.pdf", PDF))
    newer = evidence.keep(store, "b.png", PNG)

    def revise() -> int:
        return unit_of_work(
            engine,
            lambda session: evidence.revise(
                session, coordinator, "KEN", number, newer, plan=PLAN, now=NOON
            ),
        )

    assert (revise(), revise()) == (2, 2)
    with reading(engine) as session:
        first = evidence.open_file(session, coordinator, "KEN", number, revision=1)
        last = evidence.open_file(session, coordinator, "KEN", number)
    assert store.get(first.digest) == PDF
    assert (last.file_name, store.get(last.digest)) == ("b.png", PNG)


def test_only_those_who_report_for_an_area_fill_its_library(
    engine: Engine, coordinator: Identity, neighbour: Identity, reviewer: Identity
) -> None:
    for who in (neighbour, reviewer):
        with pytest.raises(NotAllowed):
            add(engine, who, "https://example.org/report")
    number = add(engine, coordinator, "https://example.org/report")
    for who in (neighbour, reviewer):
        with pytest.raises(NotAllowed):
            unit_of_work(
                engine,
                lambda session, who=who: evidence.retire(  # type: ignore[misc]
                    session, who, "KEN", number, plan=PLAN, now=NOON
                ),
            )


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "file:///etc/passwd", "nowhere"])
def test_an_address_is_one_of_the_web(engine: Engine, coordinator: Identity, address: str) -> None:
    with pytest.raises(BadInput, match="address"):
        add(engine, coordinator, address)


def test_evidence_expires_and_is_retired_but_not_lost(
    engine: Engine, coordinator: Identity
) -> None:
    tomorrow = NOON.date() + timedelta(days=1)
    number = add(engine, coordinator, "https://example.org/law", expires=tomorrow)
    assert not library(engine, coordinator)[0]["is_expired"]
    assert library(engine, coordinator, tomorrow + timedelta(days=1))[0]["is_expired"]
    with pytest.raises(BadInput, match="over already"):
        add(engine, coordinator, "https://example.org/law", expires=date(2020, 1, 1))
    for _again in range(2):
        unit_of_work(
            engine,
            lambda session: evidence.retire(
                session, coordinator, "KEN", number, plan=PLAN, now=NOON
            ),
        )
    assert library(engine, coordinator) == []
    with reading(engine) as session:
        assert evidence.open_file(session, coordinator, "KEN", number).address


def test_a_form_sent_ten_times_adds_one(engine: Engine, coordinator: Identity) -> None:
    for _click in range(10):
        assert add(engine, coordinator, "https://example.org/report") == 1
    assert len(library(engine, coordinator)) == 1


def test_a_file_that_was_changed_in_the_store_is_not_handed_out(store: stores.Folder) -> None:
    digest = store.put(PDF)
    path = store.place / digest[:2] / digest
    os.chmod(path, 0o600)
    path.write_bytes(PDF + b"!")
    with pytest.raises(Unavailable, match="not the one that was recorded"):
        store.get(digest)
    path.unlink()
    for name in (digest, "../../headway.db"):
        with pytest.raises(NotFound):
            store.get(name)


def test_a_file_is_handed_out_as_a_download_and_to_nobody_else(
    database: Engine, tmp_path: Path, coordinator: Identity
) -> None:
    door = doors.door(database, tmp_path, Clock())
    room = Library(door)
    number = add(database, coordinator, evidence.keep(room.store, "Bericht für Genf.pdf", PDF))
    app = doors.house(door, {"/evidence": room})
    with TestClient(app, base_url=doors.ADDRESS, follow_redirects=False) as visitor:
        assert visitor.get(f"/evidence/KEN/{number}").status_code == 404
        assert visitor.get("/evidence/KEN/99999999999999999999").status_code == 404
        visitor.cookies.set(sessions.COOKIE, doors.open_for(database, "coordinator"))
        answer = visitor.get(f"/evidence/KEN/{number}")
        assert answer.status_code == 200
        assert answer.content == PDF
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Serve an S3-compatible service on this machine, with an empty bucket."""
    moto = pytest.importorskip("moto.server")
    boto3 = pytest.importorskip("boto3")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    before = dict(os.environ)
    os.environ.update(keys, AWS_DEFAULT_REGION="us-east-1")
    boto3.client("s3", endpoint_url=f"http://{host}:{port}").create_bucket(Bucket="proofs")
    yield f"http://{host}:{port}"
    server.stop()
    os.environ.clear()
    os.environ.update(before)


def test_a_bucket_keeps_what_a_folder_keeps(bucket: str, tmp_path: Path) -> None:
    environ = {
        "HEADWAY_HOME": str(tmp_path),
        "HEADWAY_EVIDENCE": "s3://proofs/headway",
        "HEADWAY_EVIDENCE_ENDPOINT": bucket,
    }
    store = stores.store(Settings.read(environ))
    digest = store.put(PDF)
    assert digest == stores.Folder(tmp_path).put(PDF)
    assert store.get(digest) == PDF
    with pytest.raises(NotFound, match="not in the store"):
        store.get("0" * 64)


def test_a_bucket_that_is_not_there_is_told_in_a_sentence(bucket: str, tmp_path: Path) -> None:
    environ = {
        "HEADWAY_HOME": str(tmp_path),
        "HEADWAY_EVIDENCE": "s3://nowhere",
        "HEADWAY_EVIDENCE_ENDPOINT": bucket,
    }
    with pytest.raises(Unavailable, match="refused"):
        stores.store(Settings.read(environ)).put(PDF)
    with pytest.raises(BadInput, match="s3://bucket"):
        stores.store(Settings.read(environ | {"HEADWAY_EVIDENCE": "ftp://x"}))
