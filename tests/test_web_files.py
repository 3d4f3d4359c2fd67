"""Files: compressed once, kept for ever by browsers, and never one that was not meant."""

import gzip
import os
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from dashboard.web import files
from dashboard.web.files import ASSETS, Files
from tests import door as doors
from tests.door import Clock

BIG = "figure { colour: blue }\n" * 500


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "files"
    (root / "deep").mkdir(parents=True)
    (root / "style.css").write_text(BIG)
    (root / "small.css").write_text("a {}")
    (root / "deep" / "map.geojson").write_text(BIG)
    (root / "font.woff2").write_bytes(bytes(range(256)) * 10)
    (root / ".hidden").write_text("secret")
    (tmp_path / "outside.txt").write_text("secret")
    return root


@pytest.fixture
def browser(folder: Path, tmp_path: Path) -> TestClient:
    return TestClient(Files(folder, "/assets/", kept=tmp_path / "kept", are_hashed=False))


def test_a_file_comes_compressed_where_the_browser_can_read_that(browser: TestClient) -> None:
    answer = browser.get("/assets/style.css")
    assert answer.text == BIG
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 500
    assert answer.headers["vary"] == "Accept-Encoding"
    plain = browser.get("/assets/style.css", headers={"Accept-Encoding": "identity"})
    assert plain.text == BIG
    assert "content-encoding" not in plain.headers
    assert plain.headers["etag"] != answer.headers["etag"]


def test_what_is_small_or_compressed_already_comes_as_it_is(browser: TestClient) -> None:
    assert "content-encoding" not in browser.get("/assets/small.css").headers
    font = browser.get("/assets/font.woff2")
    assert "content-encoding" not in font.headers
    assert font.headers["content-type"] == "font/woff2"


def test_a_file_is_compressed_once_and_kept(browser: TestClient, tmp_path: Path) -> None:
    assert not (tmp_path / "kept").exists()
    browser.get("/assets/style.css")
    (kept,) = (tmp_path / "kept").iterdir()
    assert gzip.decompress(kept.read_bytes()).decode() == BIG
    before = kept.stat().st_mtime_ns
    browser.get("/assets/style.css")
    assert kept.stat().st_mtime_ns == before


def test_everything_can_be_compressed_beforehand(folder: Path, tmp_path: Path) -> None:
    room = Files(folder, "/assets/", kept=tmp_path / "kept", are_hashed=False)
    assert room.prepare() == 2
    assert len(list((tmp_path / "kept").iterdir())) == 1  # both have the same contents


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser can write everywhere")
def test_a_home_that_cannot_be_written_costs_only_time(folder: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    room = Files(folder, "/assets/", kept=locked / "kept", are_hashed=False)
    assert TestClient(room).get("/assets/style.css").text == BIG


def test_a_browser_that_has_the_file_is_told_to_keep_it(browser: TestClient) -> None:
    tag = browser.get("/assets/style.css").headers["etag"]
    answer = browser.get("/assets/style.css", headers={"If-None-Match": f'"other", {tag}'})
    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"] == tag


def test_a_changed_file_has_another_tag(browser: TestClient, folder: Path) -> None:
    tag = browser.get("/assets/style.css").headers["etag"]
    (folder / "style.css").write_text(BIG + "p {}")
    answer = browser.get("/assets/style.css", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.text.endswith("p {}")


def test_only_an_address_with_the_digest_is_kept_for_ever(browser: TestClient) -> None:
    tag = browser.get("/assets/style.css").headers["etag"].strip('"')
    assert "max-age=300" in browser.get("/assets/style.css").headers["cache-control"]
    assert "max-age=300" in browser.get("/assets/style.css?v=00000000").headers["cache-control"]
    assert "immutable" in browser.get(f"/assets/style.css?v={tag[:12]}").headers["cache-control"]


def test_files_with_hashed_names_are_kept_for_ever(folder: Path, tmp_path: Path) -> None:
    room = Files(folder, "/static/", kept=tmp_path / "kept", are_hashed=True)
    assert "immutable" in TestClient(room).get("/static/style.css").headers["cache-control"]


def test_the_head_of_a_file_has_no_body(browser: TestClient) -> None:
    answer = browser.head("/assets/style.css")
    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["content-length"]) > 0


def test_files_are_only_read(browser: TestClient) -> None:
    assert browser.post("/assets/style.css").status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/assets/../outside.txt",
        "/assets/%2e%2e/outside.txt",
        "/assets/..%2foutside.txt",
        "/assets/deep/../../outside.txt",
        "/assets/..\\outside.txt",
        "/assets//etc/passwd",
        "/assets/%2fetc%2fpasswd",
        "/assets/.hidden",
        "/assets/deep",
        "/assets/",
        "/assets/style.css%00",
        "/assets/STYLE.CSS/",
    ],
)
def test_no_address_leads_out_of_the_folder(address: str, folder: Path, tmp_path: Path) -> None:
    room = Files(folder, "/assets/", kept=tmp_path / "kept", are_hashed=False)
    answer = TestClient(room).get(address)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_our_own_files_are_served_below_assets(database: Engine, tmp_path: Path) -> None:
    browser = doors.client(doors.door(database, tmp_path, Clock()))
    answer = browser.get(files.address("account.css"))
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    for name in ("favicon.svg", "geo/world_110m.json", "geo/world.geojson"):
        assert (ASSETS / name).is_file()
        assert browser.get(f"/assets/{name}").content == (ASSETS / name).read_bytes()
