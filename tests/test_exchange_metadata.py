"""What catalogues and reference lists are told of a snapshot."""

import hashlib
import json

from dashboard.exchange import metadata
from dashboard.exchange.schema import RESOURCES
from tests import sealed

ABOUT = sealed.snapshot().about
IDENTITY = "ab" * 32


def test_the_reference_names_publisher_year_version_and_identity() -> None:
    assert metadata.apa(ABOUT, IDENTITY) == (
        "Headway. (2026). [ILLUSTRATIVE DATA, generated for demonstration: not for quotation] "
        "Tiny plan: First appraisal (Version 2026-06-30T12:00:00.000000Z) [Data set]. "
        f"sha256:{IDENTITY}"
    )


def test_no_title_breaks_out_of_bibtex() -> None:
    about = sealed.snapshot(name="100 % of {A_B} \\ & more", is_illustrative=False).about
    made = metadata.bibtex(about, IDENTITY)
    assert r"{{Tiny plan: 100 \% of \{A\_B\} \textbackslash  \& more}}" in made
    plain = made.replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}")
    assert made.startswith("@misc{headway_tiny_abababab,\n")


def test_datacite_has_what_the_scheme_demands_and_the_snapshot_before() -> None:
    told = json.loads(metadata.datacite(sealed.snapshot(previous="cd" * 32).about, "ef" * 32))
    for name in ("creators", "titles", "publisher", "publicationYear", "types"):
        assert told[name], name
    assert told["types"]["resourceTypeGeneral"] == "Dataset"
    assert "cd" * 32 in told["descriptions"][0]["description"]
    assert "descriptions" not in json.loads(metadata.datacite(ABOUT, "ef" * 32))


def test_dcat_names_the_fingerprint_of_every_table() -> None:
    told = json.loads(metadata.dcat(ABOUT, {"data/a.csv": b"a\n", "README.md": b"x"}))
    (only,) = told["dcat:distribution"]
    assert only["dct:title"] == "data/a.csv"
    assert only["spdx:checksum"]["spdx:checksumValue"] == hashlib.sha256(b"a\n").hexdigest()


def test_the_codebook_has_every_column() -> None:
    text = metadata.codebook().decode()
    for resource in RESOURCES.values():
        assert resource.path in text
        for field in resource.fields:
            assert f"| `{field.name}` | {field.type} |" in text
