"""What catalogues and reference lists want to know of a snapshot: DataCite, DCAT, BibTeX, codebook.

The files inside a snapshot cannot name its identity, which rests on them; they name the SHA-256 of
`datapackage.json`, which names all data. Outside, citations name the identity itself.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from dashboard.exchange.about import ILLUSTRATIVE, About, moment
from dashboard.exchange.codelists import CODE_LISTS
from dashboard.exchange.schema import RESOURCES

MEDIA: Final = {
    "csv": "text/csv",
    "xml": "application/xml",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DATA: Final = ("data/", "codelists/", "parquet/", "xlsx/", "sdmx/", "iati/")
"""Where data lie in a snapshot."""
DCAT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "spdx": "http://spdx.org/rdf/terms#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def title(about: About) -> str:
    """Return the title under which a snapshot is cited, marked where its data are illustrative."""
    mark = f"[{ILLUSTRATIVE}] " if about.is_illustrative else ""
    return f"{mark}{about.title}: {about.name}"


def datacite(about: About, digest: str) -> bytes:
    """Return the record for DataCite (schema 4.5); a DOI, where one is given, is added by whom."""
    people = [{"name": about.publisher, "nameType": "Organizational"}]
    record: dict[str, Any] = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "creators": people,
        "titles": [{"title": title(about), "lang": "en"}],
        "publisher": {"name": about.publisher},
        "publicationYear": about.as_of.year,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Headway snapshot"},
        "version": moment(about.as_of),
        "dates": [{"date": moment(about.as_of), "dateType": "Collected"}],
        "rightsList": [
            {
                "rights": about.licence.title,
                "rightsUri": about.licence.address,
                "rightsIdentifier": about.licence.name,
                "rightsIdentifierScheme": "SPDX",
            }
        ],
        "alternateIdentifiers": [
            {
                "alternateIdentifier": f"sha256:{digest}",
                "alternateIdentifierType": "SHA-256 of datapackage.json",
            }
        ],
    }
    if about.previous:
        # A fingerprint is no registered kind of identifier, so it stands in words.
        said = f"Follows the snapshot sha256:{about.previous}"
        record["descriptions"] = [{"description": said, "descriptionType": "SeriesInformation"}]
    return _written(record)


def dcat(about: About, members: Mapping[str, bytes]) -> bytes:
    """Return the record for portals of open data (DCAT 3, JSON-LD), a distribution a table."""
    files = [
        {
            "@type": "dcat:Distribution",
            "dct:title": path,
            "dct:license": {"@id": about.licence.address},
            "dcat:mediaType": MEDIA[path.rpartition(".")[2]],
            "dcat:byteSize": {"@value": str(len(data)), "@type": "xsd:nonNegativeInteger"},
            "spdx:checksum": {
                "@type": "spdx:Checksum",
                "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                "spdx:checksumValue": hashlib.sha256(data).hexdigest(),
            },
        }
        for path, data in sorted(members.items())
        if path.startswith(DATA)
    ]
    when = {"@value": moment(about.as_of), "@type": "xsd:dateTime"}
    return _written(
        {
            "@context": DCAT,
            "@type": "dcat:Dataset",
            "dct:title": title(about),
            "dct:description": (
                f"State of the record of {about.plan} ({about.symbol}) as of {moment(about.as_of)}"
            ),
            "dct:issued": when,
            "dct:modified": when,
            "dcat:version": moment(about.as_of),
            "dct:license": {"@id": about.licence.address},
            "dct:publisher": {"@type": "foaf:Organization", "foaf:name": about.publisher},
            "dcat:keyword": ["action plan", "indicators", "progress", about.plan],
            "dcat:distribution": files,
        }
    )


def codebook() -> bytes:
    """Return every column and every code in words, as one text to read or print."""
    parts = ["# Codebook\n", "Every table, column and code of this snapshot.\n"]
    for one in RESOURCES.values():
        parts.append(f"\n## {one.title}: `{one.path}`\n\nKey: {', '.join(one.key)}.\n\n")
        parts.append("| column | type | may be empty | codes | what it says |\n")
        parts.append("| --- | --- | --- | --- | --- |\n")
        parts.extend(
            f"| `{field.name}` | {field.type} | {'no' if field.required else 'yes'} | "
            f"{f'`codelists/{field.codes}.csv`' if field.codes else ''} | {field.says} |\n"
            for field in one.fields
        )
    for name, codes in CODE_LISTS.items():
        parts.append(f"\n## Codes: {name.replace('_', ' ')}\n\n")
        parts.extend(f"* `{code}`: {said}\n" for code, said in codes.items())
    return "".join(parts).encode()


def apa(about: About, identity: str) -> str:
    """Return the reference in the style of the American Psychological Association."""
    return (
        f"{about.publisher}. ({about.as_of.year}). {title(about)} (Version {moment(about.as_of)}) "
        f"[Data set]. sha256:{identity}"
    )


def bibtex(about: About, identity: str) -> str:
    """Return the reference for BibTeX; nothing in a title can break out of its braces."""
    fields = {
        "author": f"{{{_tex(about.publisher)}}}",
        "title": f"{{{_tex(title(about))}}}",
        "year": str(about.as_of.year),
        "version": moment(about.as_of),
        "publisher": _tex(about.publisher),
        "note": f"Data set, sha256:{identity}",
    }
    inside = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    key = f"headway_{about.plan.lower().replace('-', '_')}_{identity[:8]}"
    return f"@misc{{{key},\n{inside}}}\n"


def _tex(text: str) -> str:
    """Return text in which no sign means anything to TeX."""
    special = {"\\": r"\textbackslash ", "~": r"\textasciitilde ", "^": r"\textasciicircum "}
    plain = {sign: f"\\{sign}" for sign in "{}%&$#_"}
    return "".join((special | plain).get(sign, sign) for sign in text)


def _written(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
