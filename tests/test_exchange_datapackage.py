"""A snapshot is one file: the same tables give the same bytes, and others can read it."""

import hashlib
import io
import json
import os
import subprocess
import sys
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from dashboard.exchange import SnapshotTables, datapackage, recompute, schema
from tests import sealed

SEAL = "from tests import sealed; from dashboard.exchange import datapackage as d; import hashlib; "
SEAL += "s = d.seal(sealed.snapshot()); print(s.identity, hashlib.sha256(s.content).hexdigest())"


@pytest.fixture(scope="module")
def snapshot() -> datapackage.Sealed:
    return datapackage.seal(sealed.snapshot())


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_the_identity_is_the_digest_of_the_manifest_which_names_every_other_file(
    snapshot: datapackage.Sealed,
) -> None:
    inside = members(snapshot.content)
    assert snapshot.identity == hashlib.sha256(inside["manifest.json"]).hexdigest()
    listed = json.loads(inside["manifest.json"])["files"]
    assert set(listed) == set(inside) - {"manifest.json"}
    for path, wanted in listed.items():
        assert wanted["bytes"] == len(inside[path])
        assert wanted["sha256"] == hashlib.sha256(inside[path]).hexdigest()


def test_the_bytes_are_the_same_in_another_process_with_another_hash_seed(
    snapshot: datapackage.Sealed,
) -> None:
    wanted = f"{snapshot.identity} {hashlib.sha256(snapshot.content).hexdigest()}"
    for seed in ("1", "4242"):
        environ = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C"}
        done = subprocess.run(
            [sys.executable, "-c", SEAL], env=environ, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == wanted


def test_the_order_of_rows_and_columns_does_not_matter(snapshot: datapackage.Sealed) -> None:
    tables = {
        name: table.sample(frac=1, random_state=7)[list(reversed(table.columns))]
        for name, table in sealed.tables().items()
    }
    assert datapackage.write(SnapshotTables(sealed.ABOUT, tables)) == snapshot.content


def test_a_changed_figure_gives_another_identity(snapshot: datapackage.Sealed) -> None:
    tables = sealed.tables()
    seen = tables["observations"]
    tables["observations"] = seen.assign(value=seen["value"].replace("60.50", "60.5"))
    changed = datapackage.seal(SnapshotTables(sealed.ABOUT, tables))
    assert changed.identity != snapshot.identity


def test_another_name_or_moment_gives_another_identity(snapshot: datapackage.Sealed) -> None:
    for change in ({"name": "Other"}, {"previous": "cd" * 32}):
        assert datapackage.seal(sealed.snapshot(**change)).identity != snapshot.identity


def test_what_is_read_back_writes_the_same_bytes(snapshot: datapackage.Sealed) -> None:
    back = datapackage.read(snapshot.content)
    assert back.about == sealed.ABOUT
    assert datapackage.write(back) == snapshot.content


def test_the_zip_carries_nothing_of_the_machine(snapshot: datapackage.Sealed) -> None:
    with zipfile.ZipFile(io.BytesIO(snapshot.content)) as packed:
        entries = packed.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {(entry.create_system, entry.external_attr) for entry in entries} == {
        (3, 0o100644 << 16)
    }


def test_no_clock_host_or_person_stands_in_the_manifest(snapshot: datapackage.Sealed) -> None:
    assert set(snapshot.manifest) == {
        "as_of",
        "audit",
        "data_version",
        "files",
        "format",
        "format_version",
        "is_illustrative",
        "licence",
        "name",
        "plan",
        "previous",
        "progress",
        "publisher",
        "rows",
        "software",
    }


def test_codes_of_digits_keep_their_zeros_and_stand_beside_the_iso_code(
    snapshot: datapackage.Sealed,
) -> None:
    rows = members(snapshot.content)["data/observations.csv"].decode().splitlines()
    assert rows[1].startswith('"AFG","004","A.1.1","_T","2018",2018,10,')


def test_a_missing_figure_is_empty_and_says_why(snapshot: datapackage.Sealed) -> None:
    found = datapackage.read(snapshot.content).tables["observations"]
    row = found[found["status"] == "L"].iloc[0]
    assert (row["value"], row["missing_reason"]) == ("", "=war, not collected")


def test_an_illustrative_snapshot_says_so_everywhere_and_a_real_one_nowhere(
    snapshot: datapackage.Sealed,
) -> None:
    inside = members(snapshot.content)
    for path in ("README.md", "CITATION.cff", "datapackage.json"):
        assert b"ILLUSTRATIVE DATA" in inside[path], path
    real = members(datapackage.write(sealed.snapshot(is_illustrative=False)))
    for path in ("README.md", "CITATION.cff", "datapackage.json"):
        assert b"ILLUSTRATIVE DATA" not in real[path], path


def test_a_title_cannot_break_out_of_the_citation() -> None:
    import yaml  # type: ignore[import-untyped]

    inside = members(datapackage.write(sealed.snapshot(name='a"\nlicense: none\n: #é')))
    cited = yaml.safe_load(inside["CITATION.cff"])
    assert cited["title"].endswith('a"\nlicense: none\n: #é')
    assert cited["license"] == "CC-BY-4.0"


def test_the_readme_says_how_to_read_verify_and_cite_and_counts_the_rows(
    snapshot: datapackage.Sealed,
) -> None:
    text = members(snapshot.content)["README.md"].decode()
    for heading in ("## How to read it", "## How to verify it", "## How to cite it"):
        assert heading in text
    assert "| `data/observations.csv` | Accepted observations as of the snapshot | 4 |" in text


def test_a_table_without_a_column_reaches_no_file() -> None:
    tables = sealed.tables()
    tables["observations"] = tables["observations"].drop(columns="status")
    with pytest.raises(ValueError, match="lacks the columns status"):
        datapackage.write(SnapshotTables(sealed.ABOUT, tables))


def test_every_column_is_described(snapshot: datapackage.Sealed) -> None:
    described = json.loads(members(snapshot.content)["datapackage.json"])
    assert described["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    for resource in described["resources"]:
        if resource["path"].startswith("data/"):
            wanted = [field.name for field in schema.RESOURCES[resource["name"]].fields]
            assert [field["name"] for field in resource["schema"]["fields"]] == wanted


def test_frictionless_finds_nothing_to_complain_about(
    snapshot: datapackage.Sealed, tmp_path: Path
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the validator itself
        import frictionless

        path = tmp_path / "snapshot.zip"
        path.write_bytes(snapshot.content)
        report = frictionless.validate(str(path))
        assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])
        assert report.stats["tasks"] == len(snapshot.manifest["rows"])


def test_frictionless_sees_a_changed_byte(snapshot: datapackage.Sealed, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import frictionless

        path = tmp_path / "snapshot.zip"
        with zipfile.ZipFile(path, "w") as packed:
            for name, content in members(snapshot.content).items():
                packed.writestr(name, content.replace(b"60.50", b"90.50"))
        assert not frictionless.validate(str(path)).valid


def test_an_empty_record_still_makes_a_snapshot() -> None:
    empty = {name: sealed.rows(name) for name in schema.RESOURCES}
    empty["plan"] = sealed.tables()["plan"]
    made = datapackage.seal(SnapshotTables(replace(sealed.ABOUT, is_illustrative=False), empty))
    assert made.manifest["rows"]["observations"] == 0
    assert isinstance(datapackage.read(made.content).tables["statuses"], pd.DataFrame)


def test_sums_do_not_depend_on_the_order_of_rows() -> None:
    tables = sealed.tables()
    mixed = {name: table.sample(frac=1, random_state=11) for name, table in tables.items()}
    for add_up in (recompute.statuses, recompute.aggregates):
        one = add_up(SnapshotTables(sealed.ABOUT, tables))
        two = add_up(SnapshotTables(sealed.ABOUT, mixed))
        pd.testing.assert_frame_equal(one, two, check_exact=True)
