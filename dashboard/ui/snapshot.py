"""The page of one snapshot: what it holds, its files, its identity, how to cite and check it."""

import io
import json
import zipfile
from typing import Any, Final
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard.exchange import datapackage, metadata, standalone
from dashboard.exchange.schema import RESOURCES
from dashboard.i18n import _, instant, number
from dashboard.progress import LABELS
from dashboard.services import snapshots
from dashboard.services.views import Picture
from dashboard.ui import cached, look, visit
from models import HeadwayError, Snapshot

NAME: Final = "snapshot"
"""What the address calls the snapshot that is shown."""
SHOWN: Final = 100
"""Rows of a table that are shown before it is downloaded."""


def asked() -> str:
    """Return the identity, or the start of it, that the address names; empty for the list."""
    return str(st.query_params.get(NAME, ""))


def link(row: Snapshot) -> str:
    """Return the address of the page of a snapshot within this dashboard."""
    return "snapshots?" + urlencode({"plan": row.plan_code, NAME: row.id})


def address(row: Snapshot) -> str:
    """Return the address at which the file of a snapshot always lies."""
    return f"{visit.address()}/api/v1/snapshots/{row.id}.zip"


def show(found: Picture, identity: str) -> None:
    """Show one snapshot, or say that there is none."""
    try:
        with visit.read() as session:
            row = Snapshot(**snapshots.get(session, identity).model_dump())
    except HeadwayError as error:
        st.error(str(error))
        st.html(look.way(_("All snapshots"), "snapshots"))
        return
    manifest = json.loads(row.manifest)
    st.html(look.way(_("All snapshots"), "snapshots?" + urlencode({"plan": row.plan_code})))
    st.header(row.name)
    if row.is_illustrative and not found.plan.stamp.is_illustrative:
        st.html(look.illustrative_banner())
    st.html(look.facts(_facts(row, manifest)))
    _file(row)
    st.header(_("How to cite it"))
    about = datapackage.about(manifest)
    st.code(metadata.apa(about, row.id), language=None, wrap_lines=True)
    st.code(metadata.bibtex(about, row.id), language=None)
    st.header(_("What it holds"))
    _tables(row, manifest)
    st.header(_("Its files"))
    _files(row, manifest)
    st.header(_("How to verify and fetch it"))
    st.html(how_to_verify(row.file_name))
    st.html(_how_to_fetch(row))
    st.html(
        look.way(
            _("What changed since"),
            "snapshots?" + urlencode({"plan": row.plan_code, "from": row.id, "to": "now"}),
        )
    )


def _facts(row: Snapshot, manifest: dict[str, Any]) -> list[tuple[str, str]]:
    plan, progress = manifest["plan"], manifest["progress"]
    previous = manifest["previous"]
    return [
        (_("As known at"), instant(row.as_of)),
        (_("Taken at"), instant(row.taken_at)),
        (_("Identity"), f"sha256:{row.id}"),
        (_("Signature"), cached.kept("signature", lambda: _signed(row), row.id)),
        (_("Permanent address"), address(row)),
        (_("SHA-256 of the file"), row.digest),
        (_("Size"), _("{n} kB").format(n=number(row.size / 1000, 0))),
        (_("Plan"), f"{plan['title']} ({plan['symbol']}), {plan['edition']}"),
        (_("Method"), f"{progress['method']}, {progress['assessed']}"),
        (_("Licence"), manifest["licence"]["title"]),
        (_("Follows the snapshot"), f"sha256:{previous}" if previous else "–"),
    ]


def _signed(row: Snapshot) -> str:
    """Return with which key a snapshot is signed, in words."""
    signature = datapackage.signature(_content(row.id))
    if signature is None:
        return _("unsigned")
    try:
        signer = standalone.opened(signature, row.manifest.encode())[1]
    except ValueError as error:
        return _("The signature does not fit: {why}").format(why=error)
    return _("signed with the key {key}").format(key=signer)


def _content(identity: str) -> bytes:
    with visit.read() as session:
        return snapshots.content(session, identity)


def _member(identity: str, path: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(_content(identity))) as packed:
        return packed.read(path)


def _file(row: Snapshot) -> None:
    st.download_button(
        _("Download the data package (zip)"),
        data=lambda: _content(row.id),
        file_name=row.file_name,
        mime="application/zip",
        key=f"get_{row.id}",
        icon=":material/download:",
        on_click="ignore",
    )


def _tables(row: Snapshot, manifest: dict[str, Any]) -> None:
    """Show how many series have each status, and the first rows of a table."""
    counts = cached.kept("snapshot statuses", lambda: _counts(row.id), row.id)
    st.html(
        look.table(
            _("Series by status, as stated in the snapshot"),
            [_("Status"), _("Series")],
            [(_(LABELS[status]), number(n)) for status, n in counts],
            numeric={1},
        )
    )
    names = {name: one for name, one in RESOURCES.items() if manifest["rows"].get(name)}
    picked = st.selectbox(
        _("Preview of a table"),
        list(names),
        index=list(names).index("observations") if "observations" in names else 0,
        format_func=lambda name: f"{names[name].title} ({number(manifest['rows'][name])})",
        key="preview",
    )
    if picked is None:
        return
    first = cached.kept("snapshot rows", lambda: _first(row.id, picked), row.id, picked)
    st.dataframe(first, hide_index=True, key="preview_rows", alt=names[picked].title)
    if manifest["rows"][picked] > SHOWN:
        st.caption(_("The first {n} rows; the file has them all.").format(n=number(SHOWN)))


def _counts(identity: str) -> list[tuple[str, int]]:
    table = _table(identity, "statuses")
    found = table["status"].value_counts()
    return [(status, int(found[status])) for status in LABELS if status in found]


def _first(identity: str, name: str) -> pd.DataFrame:
    return _table(identity, name).head(SHOWN)


def _table(identity: str, name: str) -> pd.DataFrame:
    resource = RESOURCES[name]
    return datapackage.table(_member(identity, resource.path), resource.fields)


def _files(row: Snapshot, manifest: dict[str, Any]) -> None:
    """List every file with its fingerprint, and offer each by itself."""
    files = manifest["files"]
    picked = st.selectbox(_("One file by itself"), list(files), index=None, key="file")
    if picked is not None:
        st.download_button(
            _("Download {file}").format(file=picked),
            data=lambda: _member(row.id, picked),
            file_name=picked.rpartition("/")[2],
            key="file_get",
            icon=":material/download:",
            on_click="ignore",
        )
    with st.expander(_("Every file with its size and SHA-256")):
        st.html(
            look.table(
                _("The manifest names these, and its own SHA-256 is the identity"),
                [_("File"), _("Bytes"), "SHA-256"],
                [(path, number(one["bytes"]), one["sha256"]) for path, one in files.items()],
                numeric={1},
            )
        )


def how_to_verify(file: str = "FILE.zip") -> look.Html:
    """Return how anybody verifies a snapshot, with and without this program."""
    rows = [
        (_("With Headway"), f"headway verify {file}"),
        (_("With Python alone"), f"python verify.py {file}"),
        (_("With the Frictionless tools"), f"frictionless validate {file}"),
        (_("With minisign, where it is signed"), "minisign -Vm manifest.json -P KEY"),
    ]
    caption = _("Each of these reads the file and compares every part with its fingerprint")
    return look.table(caption, [_("Way"), _("Command")], rows)


def _how_to_fetch(row: Snapshot) -> look.Html:
    """Return how a program fetches a snapshot, and what can be made of it."""
    rows = [
        (_("Fetch it"), f"curl -O {address(row)}"),
        (_("Go on after a break"), f"curl -C - -O {address(row)}"),
        (_("Make the record anew from it"), f"headway import {row.file_name}"),
    ]
    caption = _("The file never changes: its address answers with ETag and with parts of it")
    return look.table(caption, [_("Purpose"), _("Command")], rows)
