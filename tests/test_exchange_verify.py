"""Whatever is done to a snapshot, both verifiers see it: Headway's and the script inside."""

import hashlib
import importlib.util
import io
import json
import random
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from dashboard.exchange import SnapshotTables, archive, canonical, datapackage, verify
from tests import sealed

Check = Callable[[bytes], tuple[int, str]]
CONTENT = datapackage.write(sealed.snapshot())
PATHS = sorted(zipfile.ZipFile(io.BytesIO(CONTENT)).namelist())


def members(content: bytes = CONTENT) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the script as it stands inside the snapshot."""
    path = tmp_path_factory.mktemp("script") / "verify.py"
    path.write_bytes(members()["verify.py"])
    return path


@pytest.fixture(scope="module")
def shipped(script: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("shipped_verify", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["shipped_verify"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["headway", "script"])
def check(
    request: pytest.FixtureRequest,
    shipped: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Check:
    """Give each verifier as a function from bytes to exit code and text."""

    def headway(data: bytes) -> tuple[int, str]:
        report = verify.verify(data)
        return report.code, "\n".join([*map(str, report.problems), report.line])

    def alone(data: bytes) -> tuple[int, str]:
        path = tmp_path / "given.zip"
        path.write_bytes(data)
        code = shipped.main([str(path)])
        return code, capsys.readouterr().out

    return headway if request.param == "headway" else alone


def resealed(changed: dict[str, bytes]) -> bytes:
    """Return a snapshot whose manifest and descriptor name the changed files as their own."""
    inside = {**members(), **changed}
    described = json.loads(inside["datapackage.json"])
    for resource in described["resources"]:
        data = inside[resource["path"]]
        resource["bytes"] = len(data)
        resource["hash"] = f"sha256:{hashlib.sha256(data).hexdigest()}"
    inside["datapackage.json"] = json.dumps(described).encode()
    return remanifested(inside)


def remanifested(inside: dict[str, bytes]) -> bytes:
    manifest = json.loads(inside.pop("manifest.json"))
    manifest["files"] = {
        path: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for path, data in inside.items()
    }
    manifest["audit"]["digest"] = manifest["files"]["data/chains.csv"]["sha256"]
    return archive.pack({**inside, "manifest.json": canonical.json(manifest)})


def test_a_sound_snapshot_is_verified_in_one_line_that_can_be_quoted(check: Check) -> None:
    code, text = check(CONTENT)
    identity = hashlib.sha256(members()["manifest.json"]).hexdigest()
    assert code == 0
    assert text.strip() == (
        "VERIFIED: TINY as of 2026-06-30T12:00:00.000000Z, 4 observations, ILLUSTRATIVE DATA, "
        f"unsigned, sha256:{identity}"
    )


def test_the_script_needs_nothing_but_python(script: Path, tmp_path: Path) -> None:
    (tmp_path / "s.zip").write_bytes(CONTENT)
    command = [sys.executable, "-I", "-S", str(script), str(tmp_path / "s.zip")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("VERIFIED: TINY")


def test_the_script_says_how_to_use_it_and_what_it_cannot_open(script: Path) -> None:
    for arguments, said in (
        (["a", "b"], "usage:"),
        (["nowhere.zip"], "nowhere.zip cannot be opened"),
    ):
        command = [sys.executable, "-I", str(script), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 2
        assert said in done.stdout


@pytest.mark.parametrize("path", PATHS)
def test_a_changed_byte_in_any_file_is_seen(check: Check, path: str) -> None:
    inside = members()
    data = bytearray(inside[path])
    place = random.Random(path).randrange(len(data))
    data[place] ^= 1
    code, text = check(archive.pack({**inside, path: bytes(data)}))
    assert code != 0
    assert "VERIFIED" not in text.replace("NOT VERIFIED", "")


@pytest.mark.parametrize("path", PATHS)
def test_a_removed_file_is_seen(check: Check, path: str) -> None:
    inside = members()
    del inside[path]
    code, text = check(archive.pack(inside))
    assert code != 0
    assert path in text


def test_an_added_file_is_seen(check: Check) -> None:
    code, text = check(archive.pack({**members(), "data/extra.csv": b"a\n"}))
    assert code == 1
    assert "data/extra.csv: does not belong to the snapshot" in text


def test_members_in_another_order_are_seen(check: Check) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(CONTENT)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in reversed(old.infolist()):
            new.writestr(entry, old.read(entry))
    code, text = check(out.getvalue())
    assert code == 1
    assert "not in order" in text


def test_rows_in_another_order_are_seen(check: Check) -> None:
    inside = members()
    header, *rows = inside["data/areas.csv"].splitlines(keepends=True)
    code, _ = check(archive.pack({**inside, "data/areas.csv": b"".join([header, *rows[::-1]])}))
    assert code == 1


def test_a_manifest_written_otherwise_is_seen(check: Check) -> None:
    inside = members()
    loose = json.dumps(json.loads(inside["manifest.json"]), indent=1).encode()
    code, text = check(archive.pack({**inside, "manifest.json": loose}))
    assert code == 1
    assert "not in canonical form" in text


@pytest.mark.parametrize("where", ["before", "behind", "comment"])
def test_bytes_beside_the_zip_are_seen(check: Check, where: str) -> None:
    if where == "before":
        data = b"#!/bin/sh\n" + CONTENT
    elif where == "behind":
        data = CONTENT + b"tail"
    else:
        data = CONTENT[:-2] + struct.pack("<H", 4) + b"note"
    code, text = check(data)
    assert code == 1
    assert "something else lies" in text


def test_another_date_or_mode_is_seen(check: Check) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for path, data in sorted(members().items()):
            entry = zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0))
            new.writestr(entry, data)
    code, text = check(out.getvalue())
    assert code == 1
    assert "its date or mode was changed" in text


def test_a_forger_who_seals_it_anew_gets_another_identity(check: Check) -> None:
    inside = members()
    honest = check(CONTENT)[1].rpartition("sha256:")[2]
    forged = inside["data/objectives.csv"].replace(b'"Prevent"', b'"Pretend"')
    code, text = check(resealed({"data/objectives.csv": forged}))
    assert code == 0
    assert text.rpartition("sha256:")[2] != honest


FORGERIES = {
    "a bad code": ("data/observations.csv", b'"A",,,,"C"', b'"Z",,,,"C"', "'Z' does not fit"),
    "a decimal comma": ("data/targets.csv", b",100,", b',"100,0",', "'100,0' does not fit"),
    "a day that is none": ("data/plan.csv", b"2010-07-30", b"2010-02-30", "does not fit"),
    "an M49 without zeros": ("data/areas.csv", b'"004"', b'"4"', "'4' does not fit"),
    "a missing key": ("data/chains.csv", b'"KEN"', b"", "is empty"),
    "a head that is no hash": ("data/chains.csv", b"cd" * 32, b"cd" * 31, "does not fit"),
    "the same key twice": ("data/chains.csv", b'"SYSTEM"', b'"KEN"', "have the same chain"),
    "an unknown area": ("data/weights.csv", b'"KEN"', b'"XXX"', "area XXX is not in areas"),
    "a revision that is not there": (
        "data/revisions.csv",
        b'"AFG",18,',
        b'"AFG",19,',
        "area, revision AFG 18 is not in revisions",
    ),
    "another column": ("data/plan.csv", b"short_title", b"long_title", "other columns"),
    "a row too few": ("data/weights.csv", b'"population","KEN",2020,53771.3,\n', b"", "has 0 rows"),
    "a cell too many": ("data/scales.csv", b",4,", b",4,4,", "too many or too few cells"),
    "a quote left open": ("data/scales.csv", b'"S"', b'"S', "cannot be read as a table"),
    "a byte that is no text": ("data/scales.csv", b'"S"', b'"\xff"', "cannot be read as a table"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_that_contradicts_itself_is_seen(check: Check, name: str) -> None:
    path, old, new, said = FORGERIES[name]
    data = members()[path]
    assert old in data
    code, text = check(resealed({path: data.replace(old, new, 1)}))
    assert code == 1
    assert said in text


def test_a_status_that_does_not_follow_from_the_data_is_seen() -> None:
    data = members()["data/statuses.csv"]
    forged = data.replace(b'"moderate"', b'"on_track"')
    report = verify.verify(resealed({"data/statuses.csv": forged}))
    assert report.code == 1
    assert "KEN A.1.1 is on_track, computed again it is moderate" in report.line


def test_a_figure_that_does_not_carry_its_status_is_seen() -> None:
    inside = members()
    changed = {
        path: inside[path].replace(b"60.50", b"95.50")
        for path in ("data/observations.csv", "data/revisions.csv")
    }
    report = verify.verify(resealed(changed))
    assert report.code == 1
    assert "computed again it is on_track" in report.line


def test_a_description_that_forbids_less_than_the_format_is_seen() -> None:
    inside = members()
    described = json.loads(inside["datapackage.json"])
    for resource in described["resources"]:
        for field in resource["schema"]["fields"]:
            field.pop("constraints", None)
    inside["datapackage.json"] = json.dumps(described).encode()
    report = verify.verify(remanifested(inside))
    assert report.code == 1
    assert "not described as this format describes it" in report.line


def test_chains_that_the_manifest_does_not_name_are_seen(check: Check) -> None:
    inside = members()
    manifest = json.loads(inside["manifest.json"])
    manifest["audit"] = {"chains": 1, "digest": "00" * 32}
    code, text = check(archive.pack({**inside, "manifest.json": canonical.json(manifest)}))
    assert code == 1
    assert "is not the one the manifest names" in text
    assert "another number of chains" in text


def zipped(*entries: tuple[str, bytes], level: int = 9) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as packed:
        for name, data in entries:
            packed.writestr(name, data)
    return out.getvalue()


def lying(size: int) -> bytes:
    """Return a zip whose directory says another unpacked size than is true."""
    data = zipped(("manifest.json", b"0" * 1000))
    return data.replace(struct.pack("<I", 1000), struct.pack("<I", size))


HOSTILE = {
    "nothing": (b"", "not a zip file"),
    "text": (b"hello", "not a zip file"),
    "a cut off zip": (CONTENT[:-40], "not a zip file"),
    "a zip of something else": (zipped(("a.txt", b"a")), "has no manifest.json"),
    "a path upwards": (zipped(("../evil", b"a")), "is not safe"),
    "an absolute path": (zipped(("/etc/passwd", b"a")), "is not safe"),
    "a path of another system": (zipped(("..\\evil", b"a")), "is not safe"),
    "a name with control signs": (zipped(("a\x1b[2J", b"a")), "is not safe"),
    "two names that are one": (zipped(("a", b"1"), ("A", b"2")), "is there twice"),
    "a bomb": (zipped(("manifest.json", bytes(50 << 20))), "times its size"),
    "a crowd": (zipped(*((f"m{n}", b"") for n in range(501))), "has 501 members"),
    "a size that lies downwards": (lying(10), "cannot be unpacked"),
    "a size that lies upwards": (lying(2000), "than the zip says"),
    "a giant": (lying(0xFFFFFFF0), "times its size"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(check: Check, name: str) -> None:
    data, said = HOSTILE[name]
    code, text = check(data)
    assert code == 2
    assert text.splitlines()[-1].startswith("NOT A SNAPSHOT")
    assert said in text


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"format":"headway-snapshot"}',
        b"\xff",
        b"[" * 100_000,
        b'{"format":"headway-snapshot","format_version":["1"],"files":[],"rows":3,"plan":"\\u001b["}',
    ],
)
def test_a_manifest_of_nonsense_is_refused_without_a_traceback(
    check: Check, manifest: bytes
) -> None:
    code, text = check(archive.pack({**members(), "manifest.json": manifest}))
    assert code == 1
    assert "\x1b" not in text


@pytest.mark.parametrize(
    "described",
    [
        b"",
        b"{}",
        b'{"resources":[1]}',
        b'{"resources":[{"name":"a","path":"x"}]}',
        b"[" * 100_000,
        b'{"resources":[{"name":"a","path":"data/plan.csv","schema":{"fields":[{"name":"plan",'
        b'"constraints":{"pattern":"(a+)+$"}}]}}]}',
        b'{"resources":[{"name":"a","path":"data/plan.csv","schema":{"fields":[{"name":"plan",'
        b'"type":"number","constraints":{"minimum":"x"}}]}}]}',
    ],
)
def test_a_description_of_nonsense_is_refused_without_a_traceback(
    check: Check, described: bytes
) -> None:
    inside = {**members(), "datapackage.json": described}
    code, _ = check(remanifested(inside))
    assert code == 1


def test_random_damage_never_raises(check: Check) -> None:
    chance = random.Random(64293)
    for _ in range(60):
        data = bytearray(CONTENT)
        for _ in range(chance.randint(1, 20)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if bytes(data) != CONTENT:
            assert check(bytes(data))[0] != 0


def test_an_unsafe_sign_in_a_name_does_not_reach_the_terminal(check: Check) -> None:
    data = datapackage.write(
        SnapshotTables(sealed.snapshot(plan="T\x1b[31m").about, sealed.tables())
    )
    assert "\x1b" not in check(data)[1]
