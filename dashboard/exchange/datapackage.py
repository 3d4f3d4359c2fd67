"""Snapshots as one file: a Data Package (version 2) in a zip, with a manifest that seals it.

`manifest.json` names the SHA-256 of every other file; its own SHA-256 is the identity of the
snapshot. The same tables always give the same bytes: no clock, no host and no order of rows
enters.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow

from dashboard.exchange import (
    archive,
    canonical,
    companions,
    howto,
    metadata,
    readme,
    schema,
    standalone,
    told,
)
from dashboard.exchange.about import (
    CC_BY,
    ILLUSTRATIVE,
    About,
    Licence,
    SnapshotTables,
    licence,
    moment,
    read_moment,
)
from dashboard.exchange.canonical import Field
from dashboard.exchange.codelists import CODE_LISTS
from dashboard.exchange.schema import PROFILE, RESOURCES

CODES: Final = (
    Field("code", "string", required=True),
    Field("name", "string", "What the code says", required=True),
)
PROGRAM: Final = "headway "
SCRIPT: Final = Path(standalone.__file__)


@dataclass(frozen=True)
class Sealed:
    """A snapshot that is written: its bytes, its identity and what its manifest says."""

    content: bytes
    identity: str
    manifest: dict[str, Any]


def write(snapshot: SnapshotTables) -> bytes:
    """Return the snapshot as the bytes of a zip file."""
    return seal(snapshot).content


Sign = Callable[[bytes, About], bytes]
"""Makes the signature of a manifest."""


def seal(
    snapshot: SnapshotTables, sign: Sign | None = None, *, in_every_form: bool = True
) -> Sealed:
    """Write the snapshot and return its bytes with its identity.

    A signature lies beside the manifest and is no part of the identity. In every form means
    Parquet, a workbook, SDMX and IATI beside the tables.

    Raises `ValueError` where a table or column is missing or a cell does not fit its column.
    """
    ready = {name: _ready(snapshot.tables[name], RESOURCES[name]) for name in RESOURCES}
    members = {
        RESOURCES[name].path: canonical.csv(table, RESOURCES[name].fields)
        for name, table in ready.items()
    }
    rows = {name: len(table) for name, table in ready.items()}
    for name, codes in CODE_LISTS.items():
        members[f"codelists/{name}.csv"] = canonical.csv(_code_list(codes), CODES)
        rows[f"codelist_{name}"] = len(codes)
    if in_every_form:
        members |= companions.members(snapshot, ready)
        members |= howto.members(snapshot.about, told.titles(snapshot))
    if snapshot.wording:
        members[standalone.WORDING] = snapshot.wording
    members[standalone.DESCRIPTOR] = _descriptor(snapshot.about, members)
    digest = hashlib.sha256(members[standalone.DESCRIPTOR]).hexdigest()
    members["datacite.json"] = metadata.datacite(snapshot.about, digest)
    members["dcat.jsonld"] = metadata.dcat(snapshot.about, members)
    members["codebook.md"] = metadata.codebook()
    members["README.md"] = readme.readme(snapshot.about, rows).encode()
    members["CITATION.cff"] = readme.citation(snapshot.about, digest).encode()
    members["verify.py"] = SCRIPT.read_bytes()
    manifest = _manifest(snapshot.about, ready["chains"], rows, members)
    members[standalone.MANIFEST] = canonical.json(manifest)
    identity = hashlib.sha256(members[standalone.MANIFEST]).hexdigest()
    if sign is not None:
        members[standalone.SIGNATURE] = sign(members[standalone.MANIFEST], snapshot.about)
    return Sealed(archive.pack(members), identity, manifest)


def _ready(table: pd.DataFrame, resource: schema.Resource) -> pd.DataFrame:
    return canonical.ordered(table, resource.key)


def _code_list(codes: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame({"code": list(codes), "name": list(codes.values())}, dtype="str")


def _descriptor(about: About, members: Mapping[str, bytes]) -> bytes:
    """Return `datapackage.json`, indented: people read it."""
    mark = f"{ILLUSTRATIVE}. " if about.is_illustrative else ""
    tables = [
        _resource(one.name, one.path, one.title, schema.descriptor(one), members)
        for one in RESOURCES.values()
    ]
    lists = [
        _resource(
            f"codelist_{name}",
            f"codelists/{name}.csv",
            f"Codes: {name.replace('_', ' ')}",
            schema.descriptor(schema.Resource(name, "", CODES, ("code",))),
            members,
        )
        for name in CODE_LISTS
    ]
    described = {
        "$schema": f"{PROFILE}datapackage.json",
        "name": f"headway-{about.plan.lower()}",
        "title": f"{mark}{about.title}: {about.name}",
        "description": (
            f"{mark}State of the record of {about.plan} ({about.symbol}) as of "
            f"{moment(about.as_of)}. README.md says how to read, verify and cite it."
        ),
        "version": moment(about.as_of),
        "created": moment(about.as_of),
        "licenses": [licence(about.licence)],
        "contributors": [{"title": about.publisher, "roles": ["publisher"]}],
        "sources": [
            {"title": f"{about.title} ({about.symbol})"},
            {"title": "The source of each figure stands in its row"},
            {"title": readme.AREAS_NOTICE},
        ],
        "keywords": ["action plan", "progress", "indicators", about.plan],
        "headway": {
            "format": standalone.FORMAT,
            "format_version": schema.FORMAT_VERSION,
            "is_illustrative": about.is_illustrative,
            "as_of": moment(about.as_of),
        },
        "resources": tables + lists,
    }
    return (json.dumps(described, indent=2, ensure_ascii=False) + "\n").encode()


def _resource(
    name: str, path: str, title: str, table: dict[str, Any], members: Mapping[str, bytes]
) -> dict[str, Any]:
    return {
        "$schema": f"{PROFILE}dataresource.json",
        "name": name,
        "title": title,
        "path": path,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(members[path]),
        "hash": f"sha256:{hashlib.sha256(members[path]).hexdigest()}",
        "schema": table,
    }


def _manifest(
    about: About, chains: pd.DataFrame, rows: dict[str, int], members: Mapping[str, bytes]
) -> dict[str, Any]:
    chained = members[standalone.CHAINS]
    return {
        "format": standalone.FORMAT,
        "format_version": schema.FORMAT_VERSION,
        "software": f"{PROGRAM}{about.software}",
        "name": about.name,
        "publisher": about.publisher,
        "plan": {
            "code": about.plan,
            "title": about.title,
            "symbol": about.symbol,
            "edition": about.edition,
            "digest": about.edition_digest,
        },
        "as_of": moment(about.as_of),
        "data_version": int(chains["events"].sum()),
        "is_illustrative": about.is_illustrative,
        "licence": licence(about.licence),
        "progress": {
            "method": about.method,
            "preset": about.preset,
            "assessed": about.assessed,
            "engine": about.engine,
        },
        "audit": {"chains": len(chains), "digest": hashlib.sha256(chained).hexdigest()},
        "previous": about.previous,
        "rows": rows,
        "files": {
            path: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for path, content in sorted(members.items())
        },
    }


def about(manifest: Mapping[str, Any]) -> About:
    """Return what a snapshot says about itself, from its manifest."""
    plan, progress, terms = manifest["plan"], manifest["progress"], manifest["licence"]
    return About(
        plan=plan["code"],
        title=plan["title"],
        symbol=plan["symbol"],
        edition=plan["edition"],
        edition_digest=plan["digest"],
        name=manifest["name"],
        publisher=manifest["publisher"],
        as_of=read_moment(manifest["as_of"]),
        assessed=progress["assessed"],
        method=progress["method"],
        preset=progress["preset"],
        is_illustrative=manifest["is_illustrative"],
        software=manifest["software"].removeprefix(PROGRAM),
        engine=progress["engine"],
        previous=manifest["previous"],
        licence=Licence(terms["name"], terms["title"], terms["path"]),
    )


def read(data: bytes) -> SnapshotTables:
    """Read a snapshot back. Verify it first: this trusts what it is given.

    Numbers come as the decimal text they were recorded as, so that nothing is rounded on the way;
    days as text, moments as moments, missing text as empty.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        manifest = json.loads(packed.read(standalone.MANIFEST))
        tables = {
            name: table(packed.read(resource.path), resource.fields)
            for name, resource in RESOURCES.items()
        }
        has_wording = standalone.WORDING in packed.namelist()
        wording = packed.read(standalone.WORDING) if has_wording else b""
    return SnapshotTables(about(manifest), tables, wording)


def manifest(data: bytes) -> dict[str, Any]:
    """Return what the manifest inside a snapshot says."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        found: dict[str, Any] = json.loads(packed.read(standalone.MANIFEST))
        return found


def signature(data: bytes) -> bytes | None:
    """Return the signature inside a snapshot, or none."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        is_signed = standalone.SIGNATURE in packed.namelist()
        return packed.read(standalone.SIGNATURE) if is_signed else None


def settled(snapshot: SnapshotTables) -> SnapshotTables:
    """Return the tables of a snapshot as they would be read back from its file."""
    tables = {
        name: table(canonical.csv(_ready(snapshot.tables[name], one), one.fields), one.fields)
        for name, one in RESOURCES.items()
    }
    return replace(snapshot, tables=tables)


def table(data: bytes, fields: Sequence[Field]) -> pd.DataFrame:
    """Read a canonical CSV file with these columns."""
    kinds = {
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "datetime": pa.timestamp("us", tz="UTC"),
    }
    found = arrow.read_csv(
        pa.BufferReader(data),
        parse_options=arrow.ParseOptions(newlines_in_values=True),
        convert_options=arrow.ConvertOptions(
            column_types={field.name: kinds.get(field.type, pa.string()) for field in fields},
            null_values=[""],
            strings_can_be_null=False,
        ),
    )
    columns = {field.name: _column(found[field.name], field) for field in fields}
    return pd.DataFrame(columns)


def _column(values: pa.ChunkedArray, field: Field) -> pd.Series:
    mapper = {pa.int64(): pd.Int64Dtype()}.get if field.type == "integer" else None
    column: pd.Series = values.to_pandas(types_mapper=mapper)
    if pa.types.is_string(values.type) and not len(column):
        return pd.Series(pd.array([], dtype="str"))  # Arrow's own has no chunks and cannot merge
    return column.astype("str") if pa.types.is_string(values.type) else column


__all__ = ["CC_BY", "Sealed", "about", "read", "seal", "settled", "signature", "table", "write"]
